"""A mail server on loopback that keeps what it is sent, and can be made to fail in the ways that servers do."""

import email
import socketserver
import ssl
from base64 import b64decode
from contextlib import suppress
from email.message import EmailMessage
from email.policy import default
from typing import cast

from tests.loopback import LoopbackServer


class MailServer(LoopbackServer):
    """Speaks enough SMTP for one client after the other. Use as a context manager.

    `refuse` answers every mail with that line; `drip` sends that many bytes of no line, one every so often, for ever;
    with `certificate` it is encrypted from the start, or when asked if `starttls`. `logins` are the passwords given.
    """

    def __init__(
        self,
        *,
        refuse: str | None = None,
        drip: bytes | None = None,
        certificate: ssl.SSLContext | None = None,
        starttls: bool = False,
    ) -> None:
        super().__init__(_handler(self))
        self.refuse, self.drip = refuse, drip
        self.certificate, self.starttls = certificate, starttls
        self.mails: list[EmailMessage] = []
        self.envelopes: list[list[str]] = []
        self.logins: list[str] = []

    @property
    def address(self) -> str:
        return f"smtp://{self.host}:{self.port}"


def _handler(server: MailServer) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.receivers: list[str] = []
            if server.drip is not None:
                self.keep_waiting(server.drip)
            elif server.certificate and not server.starttls:
                with suppress(OSError):  # a client that does not trust us goes
                    self.encrypt(server.certificate)
                    self.talk()
            else:
                self.talk()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()
            self.request.close()  # the encrypted one is not the server's to close

        def keep_waiting(self, drop: bytes) -> None:
            with suppress(OSError):
                while not server.closing.wait(0.02):
                    self.wfile.write(drop)

        def encrypt(self, certificate: ssl.SSLContext) -> None:
            self.request = certificate.wrap_socket(self.request, server_side=True)
            self.setup()

        def talk(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline():
                verb = line.split(b" ")[0].strip().upper().decode()
                if verb == "QUIT":
                    self.say("221 bye")
                    return
                self.answer(verb, line.decode().strip())

        def answer(self, verb: str, line: str) -> None:
            if verb == "EHLO":
                self.say("250-here")
                if server.starttls and not isinstance(self.request, ssl.SSLSocket):
                    self.say("250-STARTTLS")
                self.say("250 AUTH PLAIN")
            elif verb == "STARTTLS" and server.certificate:
                self.say("220 go on")
                self.encrypt(server.certificate)
            elif verb == "AUTH":
                server.logins.append(b64decode(line.rpartition(" ")[2]).decode())
                self.say("235 in")
            elif verb == "RCPT" and server.refuse:
                self.say(server.refuse)
            elif verb == "DATA":
                self.take()
            else:
                if verb == "RCPT":
                    self.receivers.append(line.partition("<")[2].rstrip(">"))
                self.say("250 well")

        def take(self) -> None:
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            server.mails.append(cast(EmailMessage, email.message_from_bytes(b"".join(lines), policy=default)))
            server.envelopes.append(self.receivers)
            self.say("250 kept")

        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

    return Handler
