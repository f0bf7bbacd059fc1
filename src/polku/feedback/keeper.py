"""A server that reads comments as they come, in a thread that lets others go first."""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from polku.errors import PolkuError
from polku.feedback.comments import Comments
from polku.feedback.kept import KeptAnswers
from polku.feedback.pain_points import pain_points
from polku.feedback.themes import MOST_READ, FoundThemes
from polku.store.background import give_way
from polku.workspace import FOREVER, Workspace

log = logging.getLogger(__name__)

LOOKS_EVERY_S: Final = 5.0
RESTS: Final = 3
"""While events come in, reading rests so many times as long as it worked: whoever sends them waits for an answer."""


class CommentKeeper:
    """Looks for new comments every few seconds, until `stop`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._comments = workspace.part(Comments)
        self._store = workspace.store
        self._seen, self._worked_since = 0, 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="comment-keeper", daemon=True)

    def start(self) -> None:
        self._comments.kept = True
        self._thread.start()

    def stop(self) -> None:
        """End after the comments that are being read."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=30)

    def _stop(self) -> bool:
        """Asked between batches: rests while events come in, and tells whether to end."""
        next_seq = self._store.snapshot.next_seq
        rest = RESTS * (time.monotonic() - self._worked_since) if next_seq > self._seen else 0
        stopping = self._stopping.wait(rest)
        self._seen, self._worked_since = next_seq, time.monotonic()
        return stopping

    def _read_anew(self) -> None:
        """A batch at a time with a pause as long as it took: answering goes first, and new comments do not wait."""
        until = time.monotonic() + LOOKS_EVERY_S
        while time.monotonic() < until:
            begun = time.monotonic()
            if self._comments.read_anew(batches=1, stopping=self._stopping):
                return
            if self._stopping.wait(time.monotonic() - begun):
                return

    def _work_ahead(self) -> None:
        """What the page of feedback asks first, where it takes long: so nobody waits for it after a start."""
        with self._comments.file.reading() as connection:
            beyond = connection.execute("SELECT 1 FROM comment LIMIT 1 OFFSET ?", (MOST_READ,)).fetchone()
        if beyond and not self._stopping.is_set():
            self._workspace.part(FoundThemes).of(0, FOREVER, every="month", language=None, touchpoint=None)
            pain_points(self._workspace, low=0, high=FOREVER, touchpoint=None, limit=1)

    def _run(self) -> None:
        give_way()
        ahead = False
        while not self._stopping.wait(LOOKS_EVERY_S):
            try:
                self._seen, self._worked_since = self._store.snapshot.next_seq, time.monotonic()
                self._comments.catch_up(self._stop)
                self._read_anew()
                if not ahead:
                    self._work_ahead()
                    ahead = True
                self._workspace.part(KeptAnswers).renew()
            except PolkuError as e:
                log.warning("comments_not_read reason=%s", e.message)
            except OSError as e:
                log.error("comments_not_read reason=%s", e)
            except Exception:
                if not self._stopping.is_set():  # else the workspace is closed
                    log.exception("comments_not_read")
