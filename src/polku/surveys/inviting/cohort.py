"""All who were asked by a survey, as columns: to compare those who answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from polku.surveys.inviting.tables import Invitation

ASKED: Final = ("queued", "sent", "answered", "refused", "failed", "expired")
"""Those whose letter went, goes now, or was to go and could not be delivered."""
CAN_ANSWER: Final = ("queued", "sent")

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cohort:
    """Invitations in their order. `opened` and `started` are never known of anonymous surveys; who answered has
    done both, whether or not it was noted."""

    profiles: npt.NDArray[np.uint64]
    version: Sequence[str]
    touchpoint: Sequence[str]
    channel: Sequence[str]
    language: Sequence[str]
    delivered: Mask
    opened: Mask
    started: Mask
    answered: Mask
    open: Mask
    waiting: int

    def __len__(self) -> int:
        return len(self.profiles)


def cohort(session: Session, survey: str, *, since: datetime, until: datetime) -> Cohort:
    """Those asked with since ≤ time < until, by when the letter went or was to go; `waiting` are still to be asked."""
    at = func.coalesce(Invitation.sent_at, Invitation.due_at, Invitation.decided_at)
    chosen = (Invitation.survey == survey, at >= since, at < until)
    columns = (
        Invitation.profile, Invitation.version, Invitation.touchpoint, Invitation.channel, Invitation.language,
        Invitation.state, Invitation.sent_at, Invitation.opened_at, Invitation.started_at,
    )  # fmt: skip
    wanted = select(*columns).where(*chosen, Invitation.state.in_(ASKED)).order_by(Invitation.id)
    rows: list[Any] = list(session.execute(wanted).all())
    waiting = select(func.count()).where(*chosen, Invitation.state == "waiting")
    states = np.array([r.state for r in rows], object)
    answered = states == "answered"
    started = answered | _given([r.started_at for r in rows])
    return Cohort(
        np.array([int(r.profile, 16) for r in rows], np.uint64),
        [str(r.version) for r in rows],
        [r.touchpoint for r in rows],
        [r.channel for r in rows],
        [r.language for r in rows],
        answered | _given([r.sent_at for r in rows]),
        started | _given([r.opened_at for r in rows]),
        started,
        answered,
        np.isin(states, CAN_ANSWER),
        int(session.scalar(waiting) or 0),
    )


def _given(values: Sequence[Any]) -> Mask:
    return np.array([v is not None for v in values], np.bool_)
