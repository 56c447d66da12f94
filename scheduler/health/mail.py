"""Sends a message as e-mail through a server of one's own."""

import ipaddress
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from scheduler.health.message import Message

_STEP_SECONDS = 15.0
_ALL_SECONDS = 50.0
_PORTS = {"smtp": 25, "smtps": 465}


class PasswordInTheOpen(Exception):
    """The server takes no encryption, and the password would travel in the open."""


@dataclass(frozen=True, slots=True)
class MailBox:
    """Where mail goes: `url` is smtp:// (encrypted when the server offers it) or smtps://, `to` the receivers."""

    url: str = field(repr=False)  # holds a password
    to: tuple[str, ...]
    sender: str | None = None


def send_mail(box: MailBox, message: Message) -> None:
    """Send it; blocks for up to a minute. Raises smtplib's errors, OSError or PasswordInTheOpen."""
    mail = _mail(box, message)
    with _connection(box.url) as server:
        server.send_message(mail, to_addrs=list(box.to))


def _mail(box: MailBox, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = f"[newskeep] {message.headline}"
    mail["From"] = box.sender or f"newskeep@{_own_name()}"
    mail["To"] = ", ".join(box.to)
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid("newskeep", _own_name())
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join(message.lines) + "\n\nnewskeep health   shows all rules and alerts.\n")
    return mail


@contextmanager
def _connection(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    port, context = parts.port or _PORTS[parts.scheme], ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(local_hostname=_own_name(), timeout=_STEP_SECONDS, context=context)
        if secure
        else smtplib.SMTP(local_hostname=_own_name(), timeout=_STEP_SECONDS)
    )
    server._host = host  # type: ignore[attr-defined]  # the name that its certificate must have
    end = threading.Timer(_ALL_SECONDS, _hang_up, [server])  # time-outs are per answer, and one may come drop by drop
    end.daemon = True
    end.start()
    try:
        server.connect(host, port)
        _introduce(server, parts.username, parts.password, host, context, secure=secure)
        yield server
    finally:
        end.cancel()
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _introduce(
    server: smtplib.SMTP, user: str | None, password: str | None, host: str, context: ssl.SSLContext, *, secure: bool
) -> None:
    server.ehlo()
    if not secure and server.has_extn("starttls"):
        server.starttls(context=context)
        server.ehlo()
        secure = True
    if user:
        if not secure and not _is_here(host):
            raise PasswordInTheOpen(f"{host} offers no encryption, and the password would travel in the open")
        server.login(unquote(user), unquote(password or ""))


def _is_here(host: str) -> bool:
    """True for this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hang_up(server: smtplib.SMTP) -> None:
    if server.sock:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)


def _own_name() -> str:
    name = socket.gethostname()
    return name if name.isascii() and name.replace("-", "").replace(".", "").isalnum() else "localhost"
