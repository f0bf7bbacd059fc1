"""What a server does for invitations by itself."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from polku.db import Database
from polku.jobs import Job, JobKind
from polku.surveys.inviting.ledger import expire

log = logging.getLogger(__name__)


def expiring(db: Database) -> JobKind:
    """The hourly job that ends invitations which can no longer be answered."""

    def run(job: Job) -> None:
        with db.session() as session:
            ended = expire(session, datetime.now(UTC))
        if ended:
            log.info("invitations_expired count=%d", ended)

    return JobKind("surveys.expire", run, every=timedelta(hours=1))
