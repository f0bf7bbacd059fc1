"""The thread that makes calls: those of one webhook one after another, of several beside each other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from polku.db import Database
from polku.errors import PolkuError
from polku.jobs import Job, JobKind
from polku.webhooks.calls import Notify, Timing, due, forget, settle
from polku.webhooks.posting import Post, post

log = logging.getLogger(__name__)

IDLE_S: Final = 2.0
"""How often it looks for calls that were put in meanwhile."""
AT_ONCE: Final = 4
"""Webhooks that are called beside each other."""
TURN_S: Final = 10.0
"""After so long of one webhook's calls all are looked at again."""
MOST_A_TURN: Final = 100
KEPT: Final = timedelta(days=30)
"""How long it is told what became of a call."""


class Caller:
    """Makes calls until `stop`. `now` is the clock, for tests; `notify` is told what became of each call, in the unit
    of work that notes it; `timings` say of kinds that may not go at any time when they may. One caller for a
    database."""

    def __init__(
        self,
        db: Database,
        *,
        notify: Notify | None = None,
        timings: Sequence[Timing] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._db, self._notify, self._timings, self._now = db, notify, timings, now
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._client: httpx.Client | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the calls that are being made."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=30)

    def make_due(self) -> int:
        """Make all calls that are due, and return how many were tried. Raises PolkuError when the database fails."""
        tried = 0
        while not self._stopping.is_set():
            with self._db.session(read_only=True) as session:
                turns = due(session, self._now(), most=MOST_A_TURN, timings=self._timings)
            if not turns:
                break
            self._client = self._client or httpx.Client(follow_redirects=False)
            with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
                tried += sum(pool.map(self._turn, turns.values()))
        return tried

    def close(self) -> None:
        """Close connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _turn(self, calls: Sequence[Post]) -> int:
        """Calls of one webhook, as long as it takes them; how many were tried."""
        until, client = time.monotonic() + TURN_S, self._client
        assert client is not None
        for nth, call in enumerate(calls, start=1):
            outcome = post(client, call, self._now())
            with self._db.session() as session:
                state = settle(session, call.id, outcome, self._now(), self._notify)
            if outcome.reason:
                log.warning(
                    "webhook_call id=%d state=%s reason=%s status=%d",
                    call.id,
                    state,
                    outcome.reason,
                    outcome.status,
                )
            over = outcome.is_of_receiver or outcome.reason == "receiver_gone"
            if over or self._stopping.is_set() or time.monotonic() > until:
                return nth
        return len(calls)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.make_due()
            except PolkuError as e:
                log.error("webhooks_wait reason=%s", e.message)
            except Exception:
                if not self._stopping.is_set():  # else the workspace is closed
                    log.exception("webhooks_wait")
            self._stopping.wait(IDLE_S)
        self.close()


def forgetting(db: Database) -> JobKind:
    """The daily job that removes calls which ended more than `KEPT` ago."""

    def run(job: Job) -> None:
        with db.session() as session:
            gone = forget(session, before=datetime.now(UTC) - KEPT)
        log.info("webhook_calls_forgotten count=%d", gone)

    return JobKind("webhooks.forget", run, every=timedelta(days=1))
