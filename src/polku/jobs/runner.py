"""The thread that does what is due, one job after another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

from polku.db import Database
from polku.errors import PolkuError
from polku.jobs.kinds import Job, JobKind
from polku.jobs.store import claim, ensure_recurring, fail, finish, next_due, release

log = logging.getLogger(__name__)

LOOKS_EVERY_S: Final = 5.0
"""A job that somebody schedules without waking the runner begins at most this much late."""


class Runner:
    """Does jobs of the given kinds until `stop`. `now` is the clock, for tests.

    One runner for a database: leases that it finds when it starts are of a process that is gone, so what that one was
    at is done again at once.
    """

    def __init__(
        self,
        db: Database,
        kinds: Iterable[JobKind],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._db, self._now = db, now
        self._kinds = {kind.name: kind for kind in kinds}
        self._stopping, self._awake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Nothing to do without kinds."""
        if self._kinds:
            self._thread.start()

    def stop(self) -> None:
        """End after the job that is being done, if that is soon; else it is done again at the next start."""
        self._stopping.set()
        self._awake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=30)

    def wake(self) -> None:
        """Look for jobs now."""
        self._awake.set()

    def prepare(self) -> None:
        """Take up what an earlier process left, and have a job of each recurring kind."""
        with self._db.session() as session:
            release(session)
            ensure_recurring(session, self._kinds.values(), self._now())

    def run_due(self) -> int:
        """Do all that is due, and return how many jobs were tried. Raises PolkuError when the database fails."""
        tried = 0
        while not self._stopping.is_set() and self._is_due():
            with self._db.session() as session:
                job = claim(session, self._kinds.values(), self._now())
            if job is None:
                break
            self._do(job)
            tried += 1
        return tried

    def _is_due(self) -> bool:
        """Asked first, since a writing session tells all caches that they may be old."""
        with self._db.session(read_only=True) as session:
            due = next_due(session, self._kinds.values())
        return due is not None and due <= self._now()

    def _do(self, job: Job) -> None:
        kind = self._kinds[job.kind]
        try:
            kind.run(job)
        except Exception as e:
            with self._db.session() as session:
                gone = fail(session, job, kind, _told(e), self._now())
            log.log(
                logging.ERROR if gone else logging.WARNING,
                "job_failed kind=%s id=%d attempt=%d given_up=%s reason=%s",
                job.kind,
                job.id,
                job.attempts,
                gone,
                _told(e),
                exc_info=None if isinstance(e, PolkuError) else e,
            )
            return
        with self._db.session() as session:
            finish(session, job, kind, self._now())

    def _run(self) -> None:
        prepared = False
        while not self._stopping.is_set():
            try:
                if not prepared:
                    self.prepare()
                    prepared = True
                self.run_due()
            except PolkuError as e:
                log.error("jobs_wait reason=%s", e.message)
            except Exception:
                if not self._stopping.is_set():  # else the workspace is closed
                    log.exception("jobs_wait")
            self._awake.wait(LOOKS_EVERY_S)
            self._awake.clear()


def _told(error: Exception) -> str:
    """What is kept and logged of an error: our own words, else its kind only, since others may tell personal data."""
    return error.message if isinstance(error, PolkuError) else type(error).__name__
