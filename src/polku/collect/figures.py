"""Numbers that events carry: money and scores."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from polku.collect.refusal import Refusal, shown
from polku.metrics import metrics

SURVEY_RESPONDED: Final = "Survey Responded"

_ORDER = re.compile(r"order|purchase|tilaus|osto", re.IGNORECASE)
_BEFORE_PAYING = re.compile(r"cart|checkout|basket|start|view|kori|kassa", re.IGNORECASE)
_REFUND = re.compile(r"refund|palautu|hyvity", re.IGNORECASE)
_UNDONE = re.compile(r"cancel|update|peru|muut", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Money:
    """Which properties of an event hold money, in order of preference, and its sign."""

    fields: tuple[str, ...]
    sign: int = 1

    def amount(self, properties: Mapping[str, Any]) -> float | None:
        """The first of the properties that is a number."""
        for field in self.fields:
            amount = number(properties.get(field))
            if amount is not None:
                return amount if self.sign > 0 else -abs(amount)
        return None


_ORDERS_MONEY = Money(("revenue", "total", "value"))
_REFUNDS_MONEY = Money(("revenue", "total", "value"), -1)
_OTHER_MONEY = Money(("revenue",))
_NO_MONEY = Money(())


@lru_cache(maxsize=4096)
def money_of(name: str) -> Money:
    """Where events of this name hold money.

    `revenue` counts on any event but those before paying; `total` and `value` on those that are about an order;
    a refund is negative; an order that was cancelled or changed says nothing new.
    """
    if _BEFORE_PAYING.search(name) or _UNDONE.search(name):
        return _NO_MONEY
    if _REFUND.search(name):
        return _REFUNDS_MONEY
    return _ORDERS_MONEY if _ORDER.search(name) else _OTHER_MONEY


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
    known = metrics().get(metric.lower()) if isinstance(metric, str) else None
    if known is None:
        raise Refusal("invalid_score", f"metric is {shown(metric)}. Allowed: {', '.join(metrics())}")
    given = number(properties.get("score"))
    low, high = known.scale
    if given is None or not low <= given <= high:
        raise Refusal(
            "invalid_score",
            f"score of {metric} is {shown(properties.get('score'))}. Allowed: {low:g} to {high:g}",
        )
    return known.score(given)
