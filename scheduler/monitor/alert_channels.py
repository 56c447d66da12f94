"""Channels that carry messages about alerts: webhook, mail, and any URL that Apprise knows."""

import asyncio
import ipaddress
import json
import re
import smtplib
import socket
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp

from news.logline import error_in_words
from news.settings import Settings
from news.text import as_json_line

_MESSAGE_SECONDS = 60.0  # for one message over any channel
_WEBHOOK_SECONDS = aiohttp.ClientTimeout(total=20)
_STEP_SECONDS = 15.0  # for one answer of a mail server
_ALL_SECONDS = 50.0  # for one mail
_CHAT_CHARACTERS = 1900  # a chat takes 2,000
_SECRET_CHARACTERS = 4  # shorter parts of a URL are no tokens
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Message:
    """What a message about alerts says: `headline` and `lines` for people, `records` (one an alert) for programs.

    `archive` names the data folder and its machine; people may run several.
    """

    headline: str
    lines: tuple[str, ...]
    records: tuple[Mapping[str, Any], ...]
    archive: str = ""


@dataclass(frozen=True, slots=True)
class AlertChannel:
    """A way to send messages. `secrets` must not show in an error: a server may repeat what it received."""

    send: Callable[[Message], Awaitable[None]]
    secrets: tuple[str, ...]


def channels(settings: Settings) -> dict[str, AlertChannel]:
    """Return the channels that the settings name, by name: webhook, mail, and the schemes of Apprise URLs."""
    found: dict[str, AlertChannel] = {}
    if url := settings["ALERT_WEBHOOK_URL"]:
        parts = urlsplit(url)
        found["webhook"] = AlertChannel(
            lambda message: post(url, message), (parts.password or "", parts.query, parts.path)
        )
    if settings["ALERT_SMTP_URL"] and settings["ALERT_MAIL_TO"]:
        box = MailBox(settings["ALERT_SMTP_URL"], settings["ALERT_MAIL_TO"], settings["ALERT_MAIL_FROM"])
        password = urlsplit(box.url).password or ""
        found["mail"] = AlertChannel(
            lambda message: asyncio.to_thread(send_mail, box, message), (password, unquote(password))
        )
    for url in settings["ALERT_URLS"]:
        found[_free_name(url.partition("://")[0], found)] = _apprise_channel(url)
    return found


def _free_name(scheme: str, taken: Mapping[str, AlertChannel]) -> str:
    """Return the scheme, or "scheme 2" and so on for further URLs of one service."""
    number = 1 + sum(re.fullmatch(rf"{re.escape(scheme)}( \d+)?", name) is not None for name in taken)
    return scheme if number == 1 else f"{scheme} {number}"


async def try_to_send(channel: AlertChannel, message: Message) -> str | None:
    """Send *message*. Returns why that failed, without secrets; None when it worked. Never raises."""
    try:
        await asyncio.wait_for(channel.send(message), _MESSAGE_SECONDS)
    except TimeoutError:
        return "no answer in time"
    except Exception as error:  # a server can make the libraries raise anything
        problem = error_in_words(error)
        for secret in sorted(channel.secrets, key=len, reverse=True):
            problem = problem.replace(secret, "***") if len(secret) > 1 else problem
        return problem
    return None


def _chat_text(message: Message) -> str:
    """Return the message for a chat, without what would notify the whole room or hide an address behind a word."""
    lines = [message.headline, *message.lines] if len(message.lines) > 1 else message.lines
    shown = "\n".join([*lines, *_place(message)])
    return shown.replace("<", "‹").replace(">", "›").replace("@", "＠")[:_CHAT_CHARACTERS]


def _place(message: Message) -> list[str]:
    return [f"Archive: {message.archive}"] if message.archive else []


# --- webhook


class NotAccepted(Exception):
    """The service answered, but did not accept the message."""


async def post(url: str, message: Message) -> None:
    """Post *message* as JSON; `text` and `content` are what the usual chat programs show.

    Raises NotAccepted, or what aiohttp raises when no answer comes in time.
    """
    text = _chat_text(message)
    body = as_json_line({"v": 1, "type": "alerts", "text": text, "content": text,
                         "archive": message.archive, "alerts": message.records})  # fmt: skip
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "newskeep"}
    async with (
        aiohttp.ClientSession(timeout=_WEBHOOK_SECONDS, trust_env=True) as session,
        # some servers turn a redirected POST into a GET: report a failure instead
        session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as answer,
    ):
        if not 200 <= answer.status < 300:
            raise NotAccepted(f"the webhook answered {answer.status}")


# --- any URL of Apprise


def _apprise_channel(url: str) -> AlertChannel:
    rest = url.partition("://")[2]
    pieces = {part for part in re.split(r"[/?&=@:,]+", rest) if len(part) >= _SECRET_CHARACTERS}
    return AlertChannel(lambda message: send_by_apprise(url, message), (url, rest, *pieces, *map(unquote, pieces)))


async def send_by_apprise(url: str, message: Message) -> None:
    """Send *message* by a process that Apprise may block. Raises NotAccepted with what Apprise said."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "scheduler.monitor.apprise_child",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    request = json.dumps({"url": url, "title": "Newskeep", "body": _chat_text(message)})
    try:
        output, _ = await child.communicate(request.encode())
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise NotAccepted(" ".join(output.decode(errors="replace").split()) or "Apprise failed without a reason")


# --- mail


class PasswordInTheOpen(Exception):
    """The mail server offers no encryption, so the password would travel in the open."""


@dataclass(frozen=True, slots=True)
class MailBox:
    """A mail server and the receivers `to`. `url` is smtp:// (encrypted when the server offers it) or smtps://."""

    url: str = field(repr=False)  # holds a password
    to: tuple[str, ...]
    sender: str | None = None


def send_mail(box: MailBox, message: Message) -> None:
    """Send *message*; block for up to a minute. Raises smtplib's errors, OSError or PasswordInTheOpen."""
    mail = _mail(box, message)
    with _connection(box.url) as server:
        server.send_message(mail, to_addrs=list(box.to))


def _mail(box: MailBox, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = f"[newskeep] {message.headline}"
    mail["From"] = box.sender or f"newskeep@{_host_name()}"
    mail["To"] = ", ".join(box.to)
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid("newskeep", _host_name())
    mail["Auto-Submitted"] = "auto-generated"
    footer = "\n".join([*_place(message), "newskeep health   shows all rules and alerts.\n"])
    mail.set_content("\n\n".join([*message.lines, footer]))
    return mail


@contextmanager
def _connection(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    port, context = parts.port or _PORTS[parts.scheme], ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(local_hostname=_host_name(), timeout=_STEP_SECONDS, context=context)
        if secure
        else smtplib.SMTP(local_hostname=_host_name(), timeout=_STEP_SECONDS)
    )
    server._host = host  # type: ignore[attr-defined]  # its certificate must have this name
    end = threading.Timer(_ALL_SECONDS, _hang_up, [server])  # an answer may come byte by byte, each in time
    end.daemon = True
    end.start()
    try:
        server.connect(host, port)
        _log_in(server, parts.username, parts.password, host, context, secure=secure)
        yield server
    finally:
        end.cancel()
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _log_in(
    server: smtplib.SMTP, user: str | None, password: str | None, host: str, context: ssl.SSLContext, *, secure: bool
) -> None:
    server.ehlo()
    if not secure and server.has_extn("starttls"):
        server.starttls(context=context)
        server.ehlo()
        secure = True
    if user:
        if not secure and not _is_loopback(host):
            raise PasswordInTheOpen(f"{host} offers no encryption, and the password would travel in the open")
        server.login(unquote(user), unquote(password or ""))


def _is_loopback(host: str) -> bool:
    """Return True when *host* is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hang_up(server: smtplib.SMTP) -> None:
    if server.sock:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)


def _host_name() -> str:
    name = socket.gethostname()
    return name if name.isascii() and name.replace("-", "").replace(".", "").isalnum() else "localhost"
