"""How quickly answers are checked and definitions read: python -m benchmarks surveys"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.measure import Figure, median_seconds
from polku.surveys.definition import Definition

_CHECKS = 2_000


def _survey() -> dict[str, Any]:
    """Ten questions of all common types, most of them under a condition."""
    shown = {"visibleIf": "{nps} >= 7 or {channel} anyof ['web', 'app']"}
    return {
        "elements": [
            {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10, "isRequired": True},
            {"type": "radiogroup", "name": "channel", "choices": ["web", "app", "shop"], "isRequired": True},
            {
                "type": "checkbox",
                "name": "reasons",
                "choices": list("abcdef"),
                "showOtherItem": True,
                **shown,
            },
            {"type": "matrix", "name": "aspects", "rows": list("wxyz"), "columns": [1, 2, 3], **shown},
            {"type": "comment", "name": "why", "maxLength": 2000, **shown},
            {"type": "text", "name": "email", "inputType": "email", **shown},
            {"type": "text", "name": "age", "inputType": "number", "min": 15, "max": 120, **shown},
            {"type": "boolean", "name": "again", **shown},
            {"type": "dropdown", "name": "area", "choices": [{"value": i} for i in range(20)], **shown},
            {"type": "comment", "name": "more", "visibleIf": "{why} notempty and {again} = false"},
        ]
    }


def figures() -> Iterator[Figure]:
    survey = _survey()
    definition = Definition.of(survey)
    answers = {
        "nps": 9, "channel": "web", "reasons": ["a", "other"], "reasons-Comment": "mine",
        "aspects": dict.fromkeys("wxyz", 2),
        "why": "It was quick and friendly. " * 5, "email": "name@example.fi", "age": 44, "again": False, "area": 7,
        "more": "No.",
    }  # fmt: skip
    checked = definition.check(answers)
    assert checked.is_valid
    assert checked.answers.keys() == answers.keys()

    def check() -> None:
        for _ in range(_CHECKS):
            definition.check(answers)

    yield Figure("answers to ten questions checked", _CHECKS / median_seconds(check), "checks/s", 2_000, True)
    yield Figure(
        "a definition of ten questions read", 1000 * median_seconds(lambda: Definition.of(survey)), "ms"
    )
