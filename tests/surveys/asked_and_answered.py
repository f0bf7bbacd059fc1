"""A survey of which the truth is known: those in Oulu are less happy, and answer less."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import update

from polku.collect import SURVEY_RESPONDED
from polku.journeys import Touchpoints
from polku.profiles import Identities
from polku.store import EventType
from polku.store.keys import identifier_key
from polku.surveys import store
from polku.surveys.inviting import Candidate, Decision
from polku.surveys.inviting.ledger import record
from polku.surveys.inviting.tables import Invitation
from polku.surveys.known import KnownSurveys
from polku.workspace import Workspace
from tests.profiles.happenings import NOW, event, happen

RAW: dict[str, Any] = {
    "title": {"fi": "Suositteletko?", "en": "Would you recommend us?"},
    "elements": [
        {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10, "title": "Suositteletko?"},
        {"type": "radiogroup", "name": "why", "choices": ["price", "service"], "title": "Miksi?"},
        {"type": "comment", "name": "words", "title": "Kerro lisää"},
    ],
}
OULU, HELSINKI = 200, 600
RATE = {"Oulu": 0.15, "Helsinki": 0.45}
HAPPY = {"Oulu": 0.2, "Helsinki": 0.6}
"""The share of promoters; the rest are detractors, so that NPS is −60 and 20, and of all who were asked 0."""


def asked_and_answered(workspace: Workspace, *, anonymous: bool = False) -> str:
    """A published survey, everybody asked by e-mail, some of them answered; the survey's key."""
    rng = np.random.default_rng(3)
    cities = ["Oulu"] * OULU + ["Helsinki"] * HELSINKI
    names = [f"{'o' if city == 'Oulu' else 'h'}{i}" for i, city in enumerate(cities)]
    with workspace.db.session() as session:
        survey = store.create(
            session, name="Vuosikysely", definition=RAW, tags={"nps": store.Tags("nps")}, anonymous=anonymous,
            touchpoint="", by="Anna", now=NOW - timedelta(days=40),
        )  # fmt: skip
        store.publish(session, survey.key, by="Anna", now=NOW - timedelta(days=40))
    asked = workspace.part(KnownSurveys).by_key(survey.key)
    traits = [
        event("", user=n, type=EventType.IDENTIFY, properties={"city": c, "plan": "pro" if i % 4 else "free"})
        for i, (n, c) in enumerate(zip(names, cities, strict=True))
    ]
    answers, came = [], []
    for i, (name, city) in enumerate(zip(names, cities, strict=True)):
        if rng.random() >= RATE[city]:
            continue
        came.append(i)
        score = 10 if rng.random() < HAPPY[city] else 2
        said = {"nps": score, "why": "price" if score == 2 else "service"}
        if i % 5 == 0:
            said["words"] = "Toimitus kesti liian kauan."
        about = {"survey": survey.key, "version": 1, "language": "fi", "channel": "email", "answers": said}
        answers.append(
            event(
                SURVEY_RESPONDED,
                user=None if anonymous else name,
                source=asked.source,
                ago=timedelta(days=int(i % 20), hours=1),
                properties=about,
            )
        )
    happen(workspace.store, *traits, *answers)
    workspace.engine.refresh()
    _invited(workspace, survey.key, names, set(came), anonymous)
    workspace.part(Touchpoints).catalogue()
    return survey.key


def _invited(workspace: Workspace, key: str, names: list[str], came: set[int], anonymous: bool) -> None:
    keys = np.array([identifier_key("user_id", n) for n in names], np.uint64)
    profiles = workspace.part(Identities).current().profiles(keys).tolist()
    when = NOW - timedelta(days=30)
    decisions = [
        Decision(Candidate(p, key, f"campaign:c:{i}", when, "email", f"a{i}@example.fi"), send_at=when)
        for i, p in enumerate(profiles)
    ]
    with workspace.db.session() as session:
        record(
            session, decisions, version=1, anonymous=anonymous, channel="email",
            answer_within=timedelta(days=60), now=when,
        )  # fmt: skip
        session.execute(update(Invitation).values(state="sent", sent_at=when))
        answered = [f"campaign:c:{i}" for i in sorted(came)]
        session.execute(
            update(Invitation).where(Invitation.occasion.in_([*(f"{key}/{a}" for a in answered)]))
            .values(state="answered")
        )  # fmt: skip
