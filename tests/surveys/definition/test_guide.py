"""The guide tells the profile as the code has it: types, properties, operators, limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from polku.surveys.definition import limits, profile
from polku.surveys.definition.expressions import OPERATORS
from polku.surveys.definition.markup import TAGS

GUIDE = Path(__file__).parents[3] / "docs/guide"
OF_ALL = set.intersection(*(set(p) for p in profile.TYPES.values() if "html" not in p))


def rows(language: str) -> dict[str, set[str]]:
    """The first cell of each row of a table, and the names in code in the second."""
    text = (GUIDE / language / "survey-definitions.md").read_text()
    found = re.findall(r"^\| `([\w ]+)` \| (.+?) \|(?: .*)?$", text, re.MULTILINE)
    return {name: {n.replace("\\|", "|") for n in re.findall(r"`([^`]+)`", cell)} for name, cell in found}


@pytest.mark.parametrize("language", ["en", "fi"])
def test_tells_every_property_of_every_type(language: str) -> None:
    told = rows(language)
    assert told["survey"] == set(profile.SURVEY)
    assert told["page"] == set(profile.PAGE)
    assert told["panel"] == set(profile.PANEL)
    assert told["question"] == OF_ALL
    for kind, properties in profile.TYPES.items():
        assert told[kind] == set(properties) - (OF_ALL if kind != "html" else set()), kind
    for kind, properties in profile.VALIDATORS.items():
        assert told[f"{kind} validator"] == set(properties) - {"type", "text"}


@pytest.mark.parametrize("language", ["en", "fi"])
def test_tells_operators_tags_and_limits(language: str) -> None:
    told = rows(language)
    assert told["operators"] == {
        *OPERATORS,
        "empty",
        "notempty",
        "and",
        "or",
        "!",
        "negate",
        "==",
        "&&",
        "||",
    }
    assert told["tags"] == set(TAGS)
    text = (GUIDE / language / "survey-definitions.md").read_text()
    told_limits = dict(re.findall(r"^\| `([A-Z_]+)` \| ([\d ]+) \|", text, re.MULTILINE))
    named = {
        n: v
        for n, v in vars(limits).items()
        if n.isupper() and n not in ("FAULTS", "FAULTS_TOLD", "UNKNOWN_TOLD")
    }
    assert {n: int(v.replace(" ", "")) for n, v in told_limits.items()} == {
        n: int(v) for n, v in named.items()
    }
