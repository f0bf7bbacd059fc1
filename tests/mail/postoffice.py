"""A real mail server on loopback that can be told to misbehave."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from polku.mail import Letter, Rendered, Sender, Server

Answer = Callable[[str], str | None]
SENDER = Sender("asiakas@kauppa.example.fi", "Kävelykauppa", "palvelu@kauppa.example.fi")


def _accept(_: str) -> str | None:
    return None


@dataclass
class PostOffice:
    """`at_rcpt` and `at_end` say what is answered to a recipient; None: it is taken.

    "drop" closes the connection instead of answering, "take and drop" does so after the letter was taken.
    """

    port: int = 0
    at_mail: Answer = _accept
    at_rcpt: Answer = _accept
    at_end: Answer = _accept
    slow_s: float = 0.0
    """How long it thinks about a whole letter."""
    slow_at_rcpt_s: float = 0.0
    asked: list[str] = field(default_factory=list)
    """Recipients that it was asked about."""
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def server(self) -> Server:
        return Server("127.0.0.1", self.port, "none", "", "", answers_s=2, accepts_s=2, message_s=10)

    @property
    def times(self) -> Counter[str]:
        return Counter(to for to, _ in self.taken)

    def letter(self, to: str) -> EmailMessage:
        content = next(content for who, content in self.taken if who == to)
        return message_from_bytes(content, policy=default)  # type: ignore[return-value]

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self._told(server, self.at_mail(address)) or "250 OK"

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.asked.append(address)
        if self.slow_at_rcpt_s:
            await asyncio.sleep(self.slow_at_rcpt_s)
        answer = self._told(server, self.at_rcpt(address))
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        answer = self.at_end(envelope.rcpt_tos[0])
        if answer is None or answer == "take and drop":
            self.taken += [(to, envelope.content) for to in envelope.rcpt_tos]
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        return self._told(server, answer) or "250 taken"

    def _told(self, server: SMTP, answer: str | None) -> str | None:
        if answer in ("drop", "take and drop"):
            server.transport.abort()
        return answer


@contextmanager
def open_office(office: PostOffice | None = None, **options: Any) -> Iterator[PostOffice]:
    """A mail server for as long as the context lasts, on the office's port if it has one."""
    office = office or PostOffice()
    office.port = office.port or _free_port()
    controller = Controller(office, "127.0.0.1", office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port where `talk` speaks with each that connects: for what no mail server library does."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def letter_to(address: str, words: str = "Hei") -> Letter:
    return Letter(address, Rendered(words, f"<p>{words}</p>", f"{words}\n"))


def wait_for(what: Callable[[], object], seconds: float = 5) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.01)
