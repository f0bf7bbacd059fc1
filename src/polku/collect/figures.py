"""Numbers that events carry: money and scores."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from polku.collect.refusal import Refusal, shown

SURVEY_RESPONDED: Final = "Survey Responded"

SCALES: Final = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""Lowest and highest answer of each metric."""

_ORDER = re.compile(r"order|purchase|tilaus|osto", re.IGNORECASE)
_BEFORE_PAYING = re.compile(r"cart|checkout|basket|start|view|kori|kassa", re.IGNORECASE)
_REFUND = re.compile(r"refund|palautu|hyvity", re.IGNORECASE)
_UNDONE = re.compile(r"cancel|update|peru|muut", re.IGNORECASE)


@lru_cache(maxsize=4096)
def money_fields(name: str) -> tuple[tuple[str, ...], int]:
    """Which properties of an event of this name hold money, in order of preference, and its sign.

    `revenue` counts on any event but those before paying; `total` and `value` on those that are about an order;
    a refund is negative; an order that was cancelled or changed says nothing new.
    """
    if _BEFORE_PAYING.search(name) or _UNDONE.search(name):
        return (), 1
    if _REFUND.search(name):
        return ("revenue", "total", "value"), -1
    return (("revenue", "total", "value") if _ORDER.search(name) else ("revenue",)), 1


def money(properties: Mapping[str, Any], fields: tuple[str, ...], sign: int) -> float | None:
    """The first of `fields` that is a number, with `sign`."""
    for field in fields:
        amount = number(properties.get(field))
        if amount is not None:
            return sign * abs(amount) if sign < 0 else amount
    return None


def number(value: object) -> float | None:
    """A finite number, also from text such as '19.90' or '19,90'; else None."""
    if isinstance(value, str) and len(value) <= 40:
        text = value.strip().replace(" ", "").replace("\u00a0", "")
        if text.count(",") == 1 and "." not in text:
            text = text.replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        amount = float(value)
    except OverflowError:
        return None
    return amount if math.isfinite(amount) else None


def score(properties: Mapping[str, Any]) -> float:
    """A response's score on −100…100, linear from the scale of its metric.

    Raises Refusal if it says no metric that is known, or a score beyond its scale.

    >>> score({"survey": "s", "metric": "nps", "score": 9})
    80.0
    """
    metric = properties.get("metric")
    scale = SCALES.get(metric.lower()) if isinstance(metric, str) else None
    if scale is None:
        raise Refusal("invalid_score", f"metric is {shown(metric)}. Allowed: {', '.join(SCALES)}")
    given = number(properties.get("score"))
    low, high = scale
    if given is None or not low <= given <= high:
        raise Refusal(
            "invalid_score",
            f"score of {metric} is {shown(properties.get('score'))}. Allowed: {low} to {high}",
        )
    return (given - low) / (high - low) * 200 - 100
