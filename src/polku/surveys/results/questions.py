"""A question as its results need it: what kind it is, what it and its choices are called, what it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from polku.i18n import current_language

Kind = Literal[
    "rating",
    "radiogroup",
    "dropdown",
    "checkbox",
    "boolean",
    "matrix",
    "ranking",
    "comment",
    "text",
    "file",
    "html",
]
ONE_OF: Final = ("radiogroup", "dropdown", "boolean")
TEXTS: Final = ("comment", "text", "file")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that may be chosen. `is_missing`: choosing it is no answer, as "I don't know" is none."""

    key: str
    titles: Mapping[str, str] = field(default_factory=dict)
    is_missing: bool = False

    @property
    def title(self) -> str:
        return title_of(self.titles, self.key)


@dataclass(frozen=True, slots=True)
class Question:
    """`key` is its name in answers. A rating is on the whole numbers `low`…`high`; `choices` are those of a choice, the
    columns of a matrix, what is ranked; `rows` a matrix's. `metric` is one of the catalogue, `item` which of its
    items this is where it has several. `level` and `touchpoint` say what it is about.
    """

    key: str
    kind: Kind
    titles: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    low: int = 1
    high: int = 5
    metric: str | None = None
    item: str | None = None
    level: Literal["action", "emotion", "meaning"] | None = None
    touchpoint: str | None = None

    @property
    def title(self) -> str:
        return title_of(self.titles, self.key)


BOOLEAN: Final = (
    Choice("true", {"en": "Yes", "fi": "Kyllä"}),
    Choice("false", {"en": "No", "fi": "Ei"}),
)
"""What a boolean question is chosen from."""


def key_of(value: Any) -> str:
    """The key of what was chosen, as JSON has it: true is "true", 2.0 is "2"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def title_of(titles: Mapping[str, str], key: str) -> str:
    """In the reader's language, else in any, else the key."""
    return titles.get(current_language()) or titles.get("default") or next(iter(titles.values()), "") or key
