"""Taking personal data out of what is stored, and keeping the original for a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from polku.db import Database
from polku.jobs import Job, JobKind
from polku.originals import store
from polku.originals.store import Original
from polku.settings import Settings
from polku.text import redacted
from polku.workspace import Workspace

log = logging.getLogger(__name__)


def without(text: str) -> tuple[str, bool]:
    """A text without the personal data that is found in it, and whether there was any."""
    done = redacted(text)
    return done.text, bool(done.found)


def keep(workspace: Workspace, originals: Sequence[Original], now: datetime | None = None) -> None:
    """Keep texts apart; nothing, if the settings say that originals are not kept.

    Called before their events are stored: an event without its original would be a loss, an original without its event
    is removed in time.
    """
    if originals and workspace.settings.originals_days:
        with workspace.db.session() as session:
            store.add(session, originals, now or datetime.now(UTC))


def forgetting(settings: Settings, db: Database) -> JobKind:
    """The daily job that removes originals older than the settings say; all of them, if they are not to be kept."""

    def run(job: Job) -> None:
        with db.session() as session:
            gone = store.forget(session, before=datetime.now(UTC) - timedelta(days=settings.originals_days))
        log.info("originals_forgotten count=%d", gone)

    return JobKind("originals.forget", run, every=timedelta(days=1))
