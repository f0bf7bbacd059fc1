"""Reminders by hand."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from polku.surveys.distribution.jobs import A_TIME, remind_of
from polku.surveys.distribution.planning import rules_of
from polku.surveys.distribution.rules import read_rules
from polku.surveys.inviting.quiet import next_sending_time
from polku.workspace import Workspace

SINCE_LAST: Final = timedelta(days=1)
"""Nobody gets two letters of one survey on one day."""
WORK_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many reminders go; with `quiet_until` none did, since nothing goes before then."""

    sent: int
    quiet_until: datetime | None = None


def remind_now(workspace: Workspace, key: str, now: datetime) -> Reminded:
    """Remind all who were asked a day ago or longer and have not answered, once more than rules do by themselves at
    the least, never more often than they allow at the most."""
    with workspace.db.session(read_only=True) as session:
        rules = read_rules(session)
    limits = rules_of(workspace, rules)
    opens = next_sending_time(now, limits.hours, limits.zone)
    if opens != now:
        return Reminded(0, opens or now)
    done, until = 0, time.monotonic() + WORK_S
    while time.monotonic() < until:
        looked = remind_of(workspace, [key], now, after=SINCE_LAST, most=max(1, rules.reminders))
        done += looked
        if looked < A_TIME:
            break
    return Reminded(done)
