"""A question as others see it: what is asked, of which kind, and what may be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from polku.i18n import gettext, use_language
from polku.surveys.definition.comparing import spelled
from polku.surveys.definition.localised import Localised
from polku.surveys.definition.profile import WRITTEN

Value = str | int | float | bool

OTHER, NONE = "other", "none"
"""The values by which SurveyJS keeps "something else" and "none of these"."""
_RATE_MIN, _RATE_MAX, _RATE_STEP = 1, 5, 1
"""What SurveyJS takes where a scale does not say."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers offered: choices, rows and columns of a matrix, points of a scale."""

    value: Value
    text: Localised

    def within(self, language: str) -> str:
        """Its text, or its value if it has none."""
        return self.text.within(language) or spelled(self.value)


@dataclass(frozen=True, slots=True)
class Question:
    """What a definition asks; html, which asks nothing, is none.

    `choices` are those of a choice, the points of a scale, or the columns of a matrix; `rows` are a matrix's. A choice
    with `has_other` takes a text of the respondent's own too, kept under `name-Comment`, and so does one with
    `has_comment`. `is_comment` says that the answer is in the respondent's own words.
    """

    place: str
    name: str
    type: str
    title: Localised
    description: Localised
    choices: tuple[Choice, ...]
    rows: tuple[Choice, ...]
    has_other: bool
    has_none: bool
    has_comment: bool
    is_required: bool
    input_type: str

    @property
    def is_comment(self) -> bool:
        return self.type == "comment" or (self.type == "text" and self.input_type == "text")

    @property
    def scale(self) -> tuple[float, float] | None:
        """The least and the greatest point of a rating in numbers."""
        points = [c.value for c in self.choices if isinstance(c.value, int | float)]
        if self.type != "rating" or len(points) != len(self.choices):
            return None
        return min(points), max(points)


def question(place: str, raw: Mapping[str, Any], own_language: str) -> Question:
    """The question that an element of a definition without faults asks."""
    kind = str(raw["type"])
    return Question(
        place=place,
        name=str(raw["name"]),
        type=kind,
        title=Localised.of(raw.get("title") or str(raw["name"]), own_language),
        description=Localised.of(raw.get("description", ""), own_language),
        choices=tuple(_offered(raw, own_language)),
        rows=tuple(choices_of(raw["rows"], own_language)) if kind == "matrix" else (),
        has_other=bool(raw.get("showOtherItem", raw.get("hasOther"))),
        has_none=bool(raw.get("showNoneItem", raw.get("hasNone"))),
        has_comment=bool(raw.get("showCommentArea")),
        is_required=bool(raw.get("isRequired")),
        input_type=str(raw.get("inputType", "text")) if kind in WRITTEN else "",
    )


def choices_of(raw: Sequence[Any], own_language: str) -> Iterator[Choice]:
    """Choices, written as values or as {"value": …, "text": …}."""
    for one in raw:
        if isinstance(one, dict):
            yield Choice(one["value"], Localised.of(one.get("text", ""), own_language))
        else:
            yield Choice(one, Localised(()))


def scale_of(raw: Mapping[str, Any]) -> list[int]:
    """The points of a rating that gives no rateValues."""
    least = int(raw.get("rateMin", _RATE_MIN))
    return list(range(least, int(raw.get("rateMax", _RATE_MAX)) + 1, int(raw.get("rateStep", _RATE_STEP))))


def _offered(raw: Mapping[str, Any], own_language: str) -> Iterator[Choice]:
    kind = raw["type"]
    if kind == "rating":
        yield from choices_of(raw.get("rateValues") or scale_of(raw), own_language)
    elif kind == "boolean":
        for sign, value, word in (("True", True, "Yes"), ("False", False, "No")):
            own = raw.get(f"label{sign}")
            text = Localised.of(own, own_language) if own else _in_each_language(word)
            yield Choice(raw.get(f"value{sign}", value), text)
    else:
        yield from choices_of(raw.get("columns" if kind == "matrix" else "choices", ()), own_language)


def _in_each_language(word: str) -> Localised:
    """What SurveyJS says where a boolean has no labels of its own."""
    texts = []
    for language in ("en", "fi"):
        with use_language(language):
            texts.append((language, _SAID[word]()))
    return Localised(tuple(texts))


_SAID: Final = {"Yes": lambda: gettext("Yes"), "No": lambda: gettext("No")}
