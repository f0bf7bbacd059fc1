"""The thread that sends what is in the outbox, one letter after another, over one connection."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from polku.db import Database
from polku.errors import PolkuError
from polku.mail.outbox import (
    Notify,
    Ready,
    begin_next,
    mark_handed_over,
    next_due,
    put_back,
    recover,
    settle,
)
from polku.mail.smtp import Connection, Reply, Server, ServerTrouble

log = logging.getLogger(__name__)

IDLE_S: Final = 5.0
"""How often it looks for letters that were put in meanwhile."""
KEEPS_OPEN_S: Final = 10.0
"""How long an idle connection is kept; servers close them after a while."""
IN_A_ROW: Final = {"put_off": 5, "dropped": 5, "refused": 20}
"""After so many alike in a row it is rather the server than the letters, and the others are spared."""
FIRST_REST: Final = timedelta(seconds=30)
LONGEST_REST: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing is being sent: a code of `polku.mail.reasons`, what the server said, when it is tried again."""

    reason: str
    status: int
    said: str
    until: datetime


class Postman:
    """Sends by `server` from the address `sender` until `stop`. `now` and `sleep` are the clock, for tests.

    `notify` is told what became of each letter, in the unit of work that notes it. There must be one postman for a
    database: what was being sent when it starts is what an earlier one left.
    """

    def __init__(
        self,
        db: Database,
        server: Server,
        sender: str,
        *,
        per_minute: int = 0,
        notify: Notify | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._db, self._server, self._sender, self._notify = db, server, sender, notify
        self._gap_s = 60 / per_minute if per_minute else 0.0
        self._now = now
        self._stopping, self._awake = threading.Event(), threading.Event()
        self._sleep = sleep or self._stopping.wait
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
        self._streak: tuple[str, int] = ("", 0)
        self._rests = 0
        self._unsettled = True  # something may be marked as being sent that is not
        self.trouble: Trouble | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the letter that is being sent, if the server answers soon."""
        self._stopping.set()
        self._awake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=30)

    def wake(self) -> None:
        """Look into the outbox now."""
        self._awake.set()

    def deliver(self) -> int:
        """Send all that is due, as long as the server takes it; returns how many letters were tried.

        Raises PolkuError when the database fails.
        """
        if self._unsettled:
            with self._db.session() as session:
                left = recover(session, self._now(), self._notify)
            self._unsettled = False
            if left:
                log.warning("letters_left_over count=%d", left)
        tried = 0
        while not self._stopping.is_set() and not self.resting:
            began = time.monotonic()
            ready = self._next()
            if ready is None:
                break
            if self._send(ready):
                tried += 1
                self._sleep(max(0.0, self._gap_s - (time.monotonic() - began)))
        return tried

    @property
    def resting(self) -> bool:
        """Whether the server is left in peace for now."""
        return self.trouble is not None and self.trouble.until > self._now()

    def close(self) -> None:
        """Close the connection to the server."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _next(self) -> Ready | None:
        """The next letter, marked as being sent; None if none is due or there is no server to send it by."""
        now = self._now()
        with self._db.session(read_only=True) as session:
            due = next_due(session)
        if due is None or due > now:
            return None  # asked first, since a writing session tells all caches that they may be old
        if not self._connect():
            return None
        self._unsettled = True
        with self._db.session() as session:
            ready = begin_next(session, now, self._notify)
        self._unsettled = ready is not None
        return ready

    def _connect(self) -> bool:
        if self._connection is None or not self._connection.is_alive():
            self.close()
            try:
                self._connection = Connection(self._server)
            except ServerTrouble as e:
                self._rest(e.reason, e.status, e.said)
                return False
        return True

    def _send(self, ready: Ready) -> bool:
        """Whether the letter was tried; not so when the server takes none at all."""
        assert self._connection is not None
        try:
            reply = self._connection.hand_over(
                ready.content,
                sender=self._sender,
                recipient=ready.recipient,
                before_end=lambda: self._mark(ready.id),
            )
        except ServerTrouble as e:
            with self._db.session() as session:
                put_back(session, ready.id)
            self._unsettled = False
            self._rest(e.reason, e.status, e.said)
            return False
        with self._db.session() as session:
            state = settle(session, ready.id, reply, self._now(), self._notify)
        self._unsettled = False
        log.info("letter id=%d state=%s status=%d", ready.id, state, reply.status)
        self._learn(reply)
        return True

    def _mark(self, id: int) -> None:
        with self._db.session() as session:
            mark_handed_over(session, id)

    def _learn(self, reply: Reply) -> None:
        """Tell a server that is in trouble from letters that are."""
        if reply.outcome == "sent":
            self._streak, self._rests, self.trouble = ("", 0), 0, None
            return
        outcome, before = self._streak
        self._streak = (reply.outcome, before + 1 if outcome == reply.outcome else 1)
        if self._streak[1] >= IN_A_ROW.get(reply.outcome, 5):
            reason = "refuses_all" if reply.outcome == "refused" else "server_puts_off"
            self._streak = ("", 0)
            self._rest(reason, reply.status, reply.said)

    def _rest(self, reason: str, status: int, said: str) -> None:
        pause = min(FIRST_REST * 2 ** min(self._rests, 10), LONGEST_REST)
        self._rests += 1
        self.trouble = Trouble(reason, status, said, self._now() + pause)
        self.close()
        log.warning("mail_waits reason=%s status=%d pause_s=%d", reason, status, pause.total_seconds())

    def _run(self) -> None:
        idle_since = time.monotonic()
        while not self._stopping.is_set():
            try:
                if self.deliver():
                    idle_since = time.monotonic()
            except PolkuError as e:
                log.error("mail_waits reason=%s", e.message)
            except Exception:
                log.exception(
                    "mail_waits"
                )  # of our own making: what was being sent is looked after next time
            if time.monotonic() - idle_since > KEEPS_OPEN_S:
                self.close()
            self._awake.wait(IDLE_S)
            self._awake.clear()
        self.close()
