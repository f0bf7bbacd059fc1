"""Handing one message to a mail server (SMTP, RFC 5321), in steps that can be noted on the way."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, Self

from polku.errors import InvalidInput
from polku.settings import Settings

Outcome = Literal["sent", "refused", "put_off", "dropped", "uncertain"]
"""What became of one message.

sent: the server has taken it over. refused: it never will (5xx). put_off: not now (4xx). dropped: the connection broke
before the end of the message was sent, so a server must not deliver it (RFC 5321, 4.1.1.4). uncertain: it broke
between the end of the message and the server's answer: it may have been taken or not, and SMTP has no way to ask.
"""

_TOO_LARGE: Final = 552
_CLOSING: Final = 421
_GO_ON: Final = 354
_LONGEST_REPLY: Final = 300
_QUIET_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a message, the server's status (0: it gave none) and its words, on one line."""

    outcome: Outcome
    status: int = 0
    said: str = ""


class ServerTrouble(Exception):
    """Nothing can be sent by this server now, whatever the message. `reason` is a code of `polku.mail.reasons`."""

    def __init__(self, reason: str, status: int = 0, said: str = "") -> None:
        super().__init__(reason, status, said)
        self.reason, self.status, self.said = reason, status, said


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to speak with it. The password is in no text that is made of it."""

    host: str
    port: int
    security: str
    user: str
    password: str
    answers_s: float = 60
    """How long one answer may take."""
    accepts_s: float = 300
    """How long it may think about a whole message; RFC 5321 has 10 minutes, which others would wait for."""
    message_s: float = 600
    """How long one message may take in all, also from a server that answers a letter a minute."""

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.security})"

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises InvalidInput if none is set."""
        if not settings.sends_mail:
            raise InvalidInput(
                "No e-mail can be sent: set 'smtp_host' and 'mail_from' in polku.toml, or POLKU_SMTP_HOST and "
                "POLKU_MAIL_FROM."
            )
        return cls(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
        )


class Connection:
    """An open, authenticated connection. Raises ServerTrouble when it cannot be had."""

    def __init__(self, server: Server) -> None:
        self._server, self._used_at = server, time.monotonic()
        with _trouble():
            self._smtp = _opened(server)
            try:
                _greet(self._smtp, server)
            except BaseException:
                self._smtp.close()
                raise

    def is_alive(self) -> bool:
        """Whether the server is still there: asked of it when nothing was said for a while."""
        if self._smtp.sock is not None and time.monotonic() - self._used_at > _QUIET_S:
            with suppress(OSError, smtplib.SMTPException):
                status, _ = self._smtp.noop()
                if status // 100 == 2:
                    return True
            self._smtp.close()
        return self._smtp.sock is not None

    def hand_over(
        self, message: bytes, *, sender: str, recipient: str, before_end: Callable[[], None] = lambda: None
    ) -> Reply:
        """Give one message (CRLF lines, ASCII) to the server.

        `before_end` is called when all but the line that ends the message has been sent: until then the server may
        not deliver it, from then on only its answer tells. Raises ServerTrouble when it takes no message at all.
        """
        ended = False

        def end() -> None:
            nonlocal ended
            before_end()
            ended = True

        try:
            with self._deadline():
                self._used_at = time.monotonic()
                return self._transaction(message, sender, recipient, end)
        except (OSError, smtplib.SMTPException) as e:
            self._smtp.close()
            return Reply("uncertain" if ended else "dropped", said=_line(str(e)))
        except BaseException:
            self._smtp.close()  # what is half sent must not be ended by what follows
            raise

    def close(self) -> None:
        """Say goodbye, and close whatever the server answers."""
        with suppress(OSError, smtplib.SMTPException):
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(2)
                self._smtp.quit()
        self._smtp.close()

    def _transaction(self, message: bytes, sender: str, recipient: str, end: Callable[[], None]) -> Reply:
        smtp = self._smtp
        options = [f"size={len(message)}"] if smtp.has_extn("size") else []
        status, said = smtp.mail(sender, options)
        if status // 100 == 5 and status != _TOO_LARGE:
            smtp.close()
            raise ServerTrouble("sender_refused", status, _text(said))  # it would be so with every message
        if status // 100 == 2:
            status, said = smtp.rcpt(recipient)
        if status // 100 == 2:
            status, said = smtp.docmd("data")
        if status != _GO_ON:
            return self._declined(status, said)
        smtp.send(_stuffed(message))
        end()
        if smtp.sock is not None:
            smtp.sock.settimeout(self._server.accepts_s)
        smtp.send(b".\r\n")
        status, said = smtp.getreply()
        if smtp.sock is not None:
            smtp.sock.settimeout(self._server.answers_s)
        if status // 100 == 2:
            return Reply("sent", status, _text(said))
        return self._declined(status, said)

    def _declined(self, status: int, said: bytes) -> Reply:
        if status == _CLOSING:
            self._smtp.close()
        else:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.rset()
        return Reply("refused" if status // 100 == 5 else "put_off", status, _text(said))

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        def cut() -> None:
            with suppress(OSError, AttributeError):
                self._smtp.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]  # None: closed meanwhile

        timer = threading.Timer(self._server.message_s, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _opened(server: Server) -> smtplib.SMTP:
    smtp: smtplib.SMTP
    if server.security == "tls":
        smtp = smtplib.SMTP_SSL(
            server.host, server.port, _own_name(), timeout=server.answers_s, context=_context()
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, _own_name(), timeout=server.answers_s)
    assert smtp.sock is not None
    # The end of a letter goes by itself: it must not wait until the server has acknowledged what came before.
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return smtp


def _greet(smtp: smtplib.SMTP, server: Server) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        if not smtp.has_extn("starttls"):
            raise ServerTrouble("no_starttls")  # never in the clear instead
        smtp.starttls(context=_context())
        smtp.ehlo()
    if server.user:
        smtp.login(server.user, server.password)


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


@cache
def _own_name() -> str:
    """How we greet. Looked up once: where names are not resolved it takes seconds."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


@contextmanager
def _trouble() -> Iterator[None]:
    """What goes wrong before any message, as ServerTrouble."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as e:
        raise ServerTrouble("not_authenticated", e.smtp_code, _text(e.smtp_error)) from e
    except smtplib.SMTPNotSupportedError as e:
        raise ServerTrouble("not_authenticated", said=_line(str(e))) from e
    except smtplib.SMTPResponseException as e:
        raise ServerTrouble("server_declines", e.smtp_code, _text(e.smtp_error)) from e
    except ssl.SSLError as e:
        raise ServerTrouble("not_secure", said=_line(str(e))) from e
    except (OSError, smtplib.SMTPException) as e:
        silent = isinstance(e, TimeoutError) or isinstance(e.__context__, TimeoutError)  # smtplib wraps it
        raise ServerTrouble("server_silent" if silent else "server_unreachable", said=_line(str(e))) from e


def _stuffed(message: bytes) -> bytes:
    """Lines that begin with a dot get another (RFC 5321, 4.5.2)."""
    stuffed = re.sub(rb"(?m)^\.", b"..", message)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _text(said: bytes | str) -> str:
    return _line(said if isinstance(said, str) else said.decode("utf-8", "replace"))


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST_REPLY].strip()
