"""The demo shop's last weeks of closing the loop: low scores open cases, and most of them have been dealt with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.cases import Opening
from polku.cases.handling import Actor, add_note, close
from polku.cases.rules import Rule
from polku.cases.ruling import save_rule, turn_on
from polku.cases.tables import CaseRow
from polku.demo.responses import SURVEYS_BY_TOUCHPOINT
from polku.workspace import Workspace

SERVICE: Final = Actor(None, "Asiakaspalvelu")
ON_FOR: Final = timedelta(days=28)
RULES: Final = (("delivery", None), ("phone", None))
"""Touchpoints after whose surveys a score of at most so much opens a case; None: in the metric's lowest category."""
CONTACT_H, CLOSE_H, SPREAD = 14.0, 36.0, 1.0
"""Medians of lognormal times from opening to the contact, and from it to closing."""
REACHED: Final = 0.8
OUTCOMES: Final = {"solved": 0.55, "compensated": 0.25, "no_case": 0.08, "other": 0.12}
"""Of customers who were reached; the others could not be."""
SPOKEN: Final = (
    "Pahoittelin ja selvitin, mitä tapahtui.",
    "Kävimme läpi, mikä meni pieleen. Lupasin palata asiaan.",
    "Asiakas oli tyytyväinen, kun soitimme.",
    "Lähetämme uuden tilalle ja hyvitämme toimituskulut.",
)
IN_WORDS: Final = {
    "solved": "",
    "compensated": "Hyvitettiin toimituskulut.",
    "no_case": "Asiakas oli painanut vahingossa väärää numeroa.",
    "other": "Asia siirtyi kuljetusyhtiölle.",
    "not_reached": "Kolme yritystä.",
}


@dataclass(frozen=True, slots=True)
class Course:
    """What comes of a case: when the customer is contacted and how, when it is closed and with what outcome."""

    contact_at: datetime
    reached: bool
    said: str
    close_at: datetime
    outcome: str
    satisfied: bool | None


def deal_with_cases(workspace: Workspace, *, seed: int, now: datetime) -> int:
    """Open cases of the last four weeks, deal with those whose time has come, and return how many there are."""
    with workspace.db.session() as session:
        for touchpoint, threshold in RULES:
            survey, _ = SURVEYS_BY_TOUCHPOINT[touchpoint]
            rule = save_rule(
                session, Rule(survey, survey=survey, threshold=threshold), by=SERVICE.name, now=now
            )
            turn_on(session, rule.id, since=now - ON_FOR, seq=0)
    opened = workspace.part(Opening).catch_up()
    rng = np.random.default_rng((seed, 31))
    with workspace.db.session() as session:
        for case in session.scalars(select(CaseRow).order_by(CaseRow.id)).all():
            _follow(session, case, _course(rng, case.opened_at), now)
    return opened


def _course(rng: np.random.Generator, opened_at: datetime) -> Course:
    hours = rng.lognormal(np.log([CONTACT_H, CLOSE_H]), SPREAD)
    reached = bool(rng.random() < REACHED)
    outcome = str(rng.choice(list(OUTCOMES), p=list(OUTCOMES.values()))) if reached else "not_reached"
    contact_at = opened_at + timedelta(hours=float(hours[0]))
    asked = reached and rng.random() < 0.7
    return Course(
        contact_at=contact_at,
        reached=reached,
        said=str(rng.choice(SPOKEN)),
        close_at=contact_at + timedelta(hours=float(hours[1])),
        outcome=outcome,
        satisfied=bool(rng.random() < 0.75) if asked else None,
    )


def _follow(session: Session, case: CaseRow, course: Course, now: datetime) -> None:
    if course.contact_at < now:
        kind, said = ("call", course.said) if course.reached else ("missed_call", "")
        add_note(session, case.id, kind, said, form=f"demo-{case.id}", by=SERVICE, now=course.contact_at)
    if course.close_at < now:
        close(
            session, case.id, case.version, outcome=course.outcome, words=IN_WORDS[course.outcome],
            satisfied=course.satisfied, by=SERVICE, now=course.close_at,
        )  # fmt: skip
