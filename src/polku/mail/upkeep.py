"""What a server does for e-mail by itself: sending, and forgetting letters that ended long ago."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from polku.db import Database
from polku.jobs import Job, JobKind
from polku.mail.outbox import Notify, forget
from polku.mail.postman import Postman
from polku.mail.smtp import Server
from polku.settings import Settings

log = logging.getLogger(__name__)

KEPT: Final = timedelta(days=90)
"""How long the outbox tells what became of a letter."""


def postman_of(settings: Settings, db: Database, notify: Notify | None = None) -> Postman | None:
    """Who sends what is in the outbox; None while no server is set: then it waits."""
    if not settings.sends_mail:
        return None
    server, a_minute = Server.of(settings), settings.mail_per_minute
    return Postman(db, server, settings.mail_from, per_minute=a_minute, notify=notify)


def forgetting(db: Database) -> JobKind:
    """The daily job that removes letters which ended more than `KEPT` ago."""

    def run(job: Job) -> None:
        with db.session() as session:
            gone = forget(session, before=datetime.now(UTC) - KEPT)
        log.info("letters_forgotten count=%d", gone)

    return JobKind("mail.forget", run, every=timedelta(days=1))
