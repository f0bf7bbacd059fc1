"""What is told of who was invited to a survey and who answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.i18n import gettext, percent
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class StepOf:
    """A step from the invitation to the answer, and which share of those invited came so far."""

    key: str  # invited, delivered, opened, started, completed
    name: str
    count: int
    share: Annotated[Estimate, Field(description="Of those invited, 0–1")]


@dataclass(frozen=True, slots=True)
class InvitedOf:
    """Those invited of a kind, beside the others. `who` are the conditions that they are found by."""

    value: str
    name: str
    invited: int
    completed: int
    rate: Annotated[Estimate, Field(description="Share of them that answered, 0–1")]
    others: Annotated[Estimate, Field(description="The same of the others")]
    difference: Annotated[Estimate, Field(description="Less the others' rate")]
    share_invited: Annotated[float, Field(description="Their share of those invited, 0–1")]
    share_completed: Annotated[float, Field(description="Their share of those who answered, 0–1")]
    q: Annotated[float | None, Field(description="Rate of false discoveries at which it counts as one")]
    is_clear: Annotated[bool, Field(description="Whether q is at most 0.05: hardly chance")]
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeOf:
    """By what those invited are told apart; of fewer than five nothing is told, `hidden` such kinds there are."""

    key: str
    name: str
    values: tuple[InvitedOf, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class CameBy:
    """How many answered by a way that nobody was invited by."""

    channel: str
    name: str
    completed: int


@dataclass(frozen=True, slots=True)
class SurveyResponseRate(Answer):
    """Who was invited and who answered; with `rate` unknown where nobody was invited."""

    key: str
    name: str
    invited: int
    waiting: Annotated[int, Field(description="Still to be asked")]
    can_answer: Annotated[int, Field(description="Invited, and can still answer")]
    rate: Annotated[Estimate, Field(description="Share of those invited that answered, 0–1")]
    steps: tuple[StepOf, ...]
    attributes: tuple[AttributeOf, ...]
    says: Annotated[tuple[str, ...], Field(description="What it means, in sentences")]
    uninvited: Annotated[tuple[CameBy, ...], Field(description="Answers of those who were not invited")]
    started_lately: Annotated[int, Field(description="Began within 30 days, on the survey's own page")]
    completion: Annotated[Estimate, Field(description="Share of those who finished, 0–1")]


def sentences(attributes: Sequence[AttributeOf], rate: Estimate) -> list[str]:
    """What differs for sure, the largest differences first, at most three; that nothing does, where so many were
    asked that it would have been seen."""
    clear = [(a, v) for a in attributes for v in a.values if v.is_clear and v.difference.estimate is not None]
    if not clear:
        if rate.estimate is None or not any(len(a.values) > 1 for a in attributes):
            return []
        return [gettext("No group answers clearly more or less than the others.")]
    clear.sort(key=lambda c: -abs(c[1].difference.estimate or 0))
    told, seen = [], set()
    for attribute, value in clear:
        if attribute.key in seen:  # of two values the one says what the other does
            continue
        seen.add(attribute.key)
        told.append(_sentence(attribute, value))
    return told[:3]


def _sentence(attribute: AttributeOf, value: InvitedOf) -> str:
    said = {
        "kind": attribute.name,
        "value": value.name,
        "share": percent(value.rate.estimate or 0),
        "low": percent(value.rate.low or 0),
        "high": percent(value.rate.high or 0),
        "others": percent(value.others.estimate or 0),
    }
    if (value.difference.estimate or 0) < 0:
        return gettext(
            "%(kind)s: %(value)s answered less: %(share)s (%(low)s–%(high)s) against %(others)s of the others.",
            **said,
        )
    return gettext(
        "%(kind)s: %(value)s answered more: %(share)s (%(low)s–%(high)s) against %(others)s of the others.",
        **said,
    )
