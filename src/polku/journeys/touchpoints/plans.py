"""Touchpoints that an import's mapping brings with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from polku.collect.files import Match, Source, TouchpointPlan
from polku.journeys.touchpoints.rules import USUAL_POSITION, Rule
from polku.journeys.touchpoints.spec import TouchpointSpec
from polku.journeys.touchpoints.store import install_touchpoints

POSITION: Final = USUAL_POSITION - 1
"""Tried before the usual touchpoints: a mapping knows its own events best."""


def install_plans(session: Session, plans: Sequence[TouchpointPlan], source: Source) -> int:
    """Add the touchpoints that are not there yet; returns how many. A match without a source means `source`."""
    return install_touchpoints(session, [_spec(p, source) for p in plans])


def _spec(plan: TouchpointPlan, source: Source) -> TouchpointSpec:
    rules = tuple(_rule(m, source) for m in plan.match)
    return TouchpointSpec(plan.key, plan.fi, plan.en, plan.channel, plan.stage, rules, plan.position)


def _rule(match: Match, source: Source) -> Rule:
    if match.equals is not None:
        operator, value = "equals", _text(match.equals)
    elif match.contains is not None:
        operator, value = "contains", match.contains
    else:
        operator, value = ("exists", "") if match.property else ("", "")
    return Rule(
        source=source.name if match.source is None else match.source,
        type=match.type or "",
        name=match.name or "",
        path=match.path or "",
        property=match.property or "",
        operator=operator,
        value=value,
        position=POSITION,
    )


def _text(value: str | bool | float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else value
