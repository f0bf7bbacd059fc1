"""Surveys: who is asked, who answers, and the score that the planted effects give."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from polku.demo.calendar import HOME, HOUR, MINUTE, Calendar, Flags, Floats, Ints
from polku.demo.comments import Occasion, comment
from polku.demo.log import Log
from polku.demo.people import People
from polku.demo.sources import SURVEYS
from polku.demo.truths import (
    BASE,
    CONCENTRATION,
    EFFECTS,
    EXPECTED_LIMIT,
    RESPONSE_INTERCEPT,
    RESPONSE_SLOPE,
    STEPS,
    WINDOW_DAYS,
)  # fmt: skip

METRICS: Final = ("nps", "csat", "ces")
SURVEYS_BY_TOUCHPOINT: Final = {
    "delivery": ("Toimituksen jälkeen", "nps"),
    "store": ("Myymäläkäynnin jälkeen", "nps"),
    "phone": ("Puhelun jälkeen", "csat"),
    "chat": ("Chatin jälkeen", "csat"),
    "checkout": ("Kassan jälkeen", "ces"),
}
TOUCHPOINTS: Final = tuple(SURVEYS_BY_TOUCHPOINT)
COMMENT_SHARE: Final = 0.35


@dataclass(frozen=True, slots=True)
class Responses:
    """One row a response; `met` has a column per effect of truths.EFFECTS. This is the generating design."""

    person: Ints
    at: Ints
    touchpoint: Ints
    metric: Ints
    met: Flags
    expected: Floats
    steps: Ints
    score: Floats
    product: Ints
    late_days: Ints


@dataclass(frozen=True, slots=True)
class Invitations:
    """Who is asked after which of TOUCHPOINTS, when it is sent and when it would be answered."""

    person: Ints
    touchpoint: Ints
    sent_at: Ints
    answer_at: Ints
    product: Ints
    late_days: Ints


@dataclass(frozen=True, slots=True)
class Asked:
    """What a survey asks about, one row a time: who, when, which product (−1: none) and how late it came."""

    person: Ints
    at: Ints
    product: Ints
    late_days: Ints

    @classmethod
    def plainly(cls, person: Ints, at: Ints) -> Asked:
        return cls(person, at, np.full(len(person), -1), np.zeros(len(person), dtype=np.int64))


def invite(rng: np.random.Generator, calendar: Calendar, occasions: dict[str, Asked]) -> Invitations:
    """Invitations by touchpoint: at once, or some days after a delivery or a store visit."""
    parts = []
    for name, asked in occasions.items():
        at, n = asked.at, len(asked.at)
        if name in ("delivery", "store"):
            sent = calendar.later(
                rng, at, rng.integers(3, 6, n) if name == "delivery" else np.ones(n, np.int64), HOME
            )
        else:
            sent = at + rng.integers(1, 30, n) * MINUTE
        answer = sent + np.minimum(rng.lognormal(1.0, 1.3, n), 70) * HOUR
        parts.append(
            Invitations(
                person=asked.person,
                touchpoint=np.full(n, TOUCHPOINTS.index(name)),
                sent_at=sent,
                answer_at=answer.astype(np.int64),
                product=asked.product,
                late_days=asked.late_days,
            )
        )
    return Invitations(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Invitations)))


def answer(rng: np.random.Generator, log: Log, people: People, invited: Invitations) -> Responses:
    """The responses that come of the invitations, by the model of truths."""
    metric = np.array([METRICS.index(SURVEYS_BY_TOUCHPOINT[t][1]) for t in TOUCHPOINTS])[invited.touchpoint]
    met = np.stack(
        [log.met(e.key, invited.person, invited.answer_at, days=WINDOW_DAYS) for e in EFFECTS], axis=1
    )
    moved = people.mood[invited.person] + met @ np.array([e.score for e in EFFECTS])
    base = np.array([BASE[m] for m in METRICS])[metric]
    expected = np.clip(base + moved, -EXPECTED_LIMIT, EXPECTED_LIMIT)
    intercept = np.array([RESPONSE_INTERCEPT[m] for m in METRICS])[metric]
    answers = rng.random(len(metric)) < 1 / (1 + np.exp(-intercept - RESPONSE_SLOPE * moved))
    answers &= log.within(invited.sent_at) & log.within(invited.answer_at)
    steps = np.array([STEPS[m] for m in METRICS])[metric]
    mean = (expected + 100) / 200
    weight = np.array([CONCENTRATION[m] for m in METRICS])[metric]
    chosen = rng.binomial(steps, rng.beta(mean * weight, (1 - mean) * weight))
    return Responses(
        person=invited.person[answers],
        at=invited.answer_at[answers],
        touchpoint=invited.touchpoint[answers],
        metric=metric[answers],
        met=met[answers],
        expected=expected[answers],
        steps=chosen[answers],
        score=(200 * chosen / steps - 100)[answers],
        product=invited.product[answers],
        late_days=invited.late_days[answers],
    )


def note(
    rng: np.random.Generator, log: Log, people: People, invited: Invitations, responses: Responses
) -> None:
    """Survey Sent and Survey Responded events."""
    surveys = [SURVEYS_BY_TOUCHPOINT[TOUCHPOINTS[t]] for t in invited.touchpoint]
    log.add(
        SURVEYS,
        "Survey Sent",
        at=invited.sent_at,
        identifiers=_reached(people, invited.person, invited.touchpoint),
        properties=[f'{{"survey":"{name}","metric":"{metric}"}}' for name, metric in surveys],
    )
    log.add(
        SURVEYS,
        "Survey Responded",
        at=responses.at,
        identifiers=_reached(people, responses.person, responses.touchpoint),
        score=responses.score,
        properties=_answers(rng, people, responses),
    )


def _reached(people: People, person: Ints, touchpoint: Ints) -> list[str]:
    """How the survey reached them; after a call both ways, which joins the number to the address."""
    by_phone = TOUCHPOINTS.index("phone")
    return [
        f'[["email","{people.email[p]}"],["phone","{people.phone[p]}"]]'
        if t == by_phone
        else f'[["email","{people.email[p]}"]]'
        for p, t in zip(person, touchpoint, strict=True)
    ]


def _answers(rng: np.random.Generator, people: People, responses: Responses) -> list[str]:
    answers = []
    keys = [e.key for e in EFFECTS]
    comments = rng.random(len(responses.person)) < COMMENT_SHARE
    for i, person in enumerate(responses.person):
        touchpoint = TOUCHPOINTS[responses.touchpoint[i]]
        survey, metric = SURVEYS_BY_TOUCHPOINT[touchpoint]
        language = "en" if people.english[person] else "fi"
        score = int(responses.steps[i]) + (0 if metric == "nps" else 1)
        said: dict[str, object] = {"survey": survey, "metric": metric, "score": score}
        if comments[i]:
            occasion = Occasion(
                language=language,
                touchpoint=touchpoint,
                met=frozenset(k for k, m in zip(keys, responses.met[i], strict=True) if m),
                score=float(responses.score[i]),
                product=int(responses.product[i]),
                late_days=int(responses.late_days[i]),
            )
            said["comment"] = comment(rng, occasion)
        said |= {"language": language, "touchpoint": touchpoint}
        answers.append(json.dumps(said, ensure_ascii=False))
    return answers
