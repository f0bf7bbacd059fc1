"""The score that a response's event carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polku.metrics import metric
from polku.surveys.definition import Definition
from polku.surveys.reading import measuring
from polku.surveys.results import item_place
from polku.surveys.store import Tags


def measured(
    definition: Definition, tags: Mapping[str, Tags], answers: Mapping[str, Any]
) -> tuple[str, float] | None:
    """The first metric of which every item was answered, and the number that it is on its own scale: the answer to its
    only item, or the figure of several."""
    given: dict[str, dict[int, float]] = {}
    for question in measuring(definition, tags):
        if question.key in answers:
            given.setdefault(question.metric or "", {}).setdefault(
                item_place(question), answers[question.key]
            )
    for key, items in given.items():
        chosen = metric(key)
        if len(items) == len(chosen.items):
            return key, chosen.figure_of([a for _, a in sorted(items.items())]) if len(items) > 1 else items[
                0
            ]
    return None
