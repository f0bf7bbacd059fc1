"""The profile of SurveyJS's JSON that Polku takes: every type and property, documented in the guide.

Whatever is not named here is refused with its place: a property that were dropped in silence would make the survey
that is shown another one than the survey that is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from polku.surveys.definition import limits


class Kind(Enum):
    """What a property holds."""

    NAME = auto()
    TYPE = auto()
    TEXT = auto()  # in one language or several
    HTML = auto()  # the same, with tags
    FLAG = auto()
    COUNT = auto()  # a whole number
    NUMBER = auto()
    BOUND = auto()  # a number, or a day for dates
    EXPRESSION = auto()
    WORD = auto()  # one of a few
    PLAIN = auto()  # a text of no language: a pattern, a media type
    VALUE = auto()  # a text, a number, true or false
    LANGUAGE = auto()
    CHOICES = auto()
    VALIDATORS = auto()
    ELEMENTS = auto()
    PAGES = auto()


@dataclass(frozen=True, slots=True)
class Property:
    kind: Kind
    words: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


Properties = Mapping[str, Property]
_TEXT, _FLAG, _NUMBER = Property(Kind.TEXT), Property(Kind.FLAG), Property(Kind.NUMBER)
_EXPRESSION, _PLAIN, _VALUE = Property(Kind.EXPRESSION), Property(Kind.PLAIN), Property(Kind.VALUE)
_CHOICES, _ELEMENTS = Property(Kind.CHOICES), Property(Kind.ELEMENTS)


def _count(least: int, most: int) -> Property:
    return Property(Kind.COUNT, least=least, most=most)


def _word(*words: str) -> Property:
    return Property(Kind.WORD, words)


_NAMED: Final[Properties] = {"name": Property(Kind.NAME)}
_TITLED: Final[Properties] = {"title": _TEXT, "description": _TEXT, "visibleIf": _EXPRESSION}
_SHOWN: Final[Properties] = {"type": Property(Kind.TYPE), **_NAMED, "startWithNewLine": _FLAG}

SURVEY: Final[Properties] = {
    "title": _TEXT,
    "description": _TEXT,
    "locale": Property(Kind.LANGUAGE),
    "pages": Property(Kind.PAGES),
    "elements": _ELEMENTS,
    "completedHtml": Property(Kind.HTML),
    "completeText": _TEXT,
    "pageNextText": _TEXT,
    "pagePrevText": _TEXT,
    "showProgressBar": _FLAG,
    "showQuestionNumbers": _FLAG,
    "questionsOnPageMode": _word("standard", "singlePage", "questionPerPage"),
    "clearInvisibleValues": _word("onHiddenContainer"),
}
PAGE: Final[Properties] = {**_NAMED, **_TITLED, "elements": _ELEMENTS}
PANEL: Final[Properties] = {**_SHOWN, **_TITLED, "elements": _ELEMENTS}

_QUESTION: Final[Properties] = {
    **_SHOWN,
    **_TITLED,
    "isRequired": _FLAG,
    "requiredIf": _EXPRESSION,
    "requiredErrorText": _TEXT,
}
_COMMENTED: Final[Properties] = {"showCommentArea": _FLAG, "commentText": _TEXT, "commentPlaceholder": _TEXT}
_CHOOSING: Final[Properties] = {
    **_QUESTION,
    **_COMMENTED,
    "choices": _CHOICES,
    "choicesOrder": _word("none", "asc", "desc", "random"),
    "showOtherItem": _FLAG,
    "hasOther": _FLAG,
    "otherText": _TEXT,
    "otherPlaceholder": _TEXT,
    "otherErrorText": _TEXT,
    "showNoneItem": _FLAG,
    "hasNone": _FLAG,
    "noneText": _TEXT,
}
_COLUMNED: Final[Properties] = {"colCount": _count(0, 6)}
_WRITING: Final[Properties] = {
    **_QUESTION,
    "maxLength": _count(1, limits.ANSWER_LETTERS),
    "placeholder": _TEXT,
    "validators": Property(Kind.VALIDATORS),
}

TYPES: Final[Mapping[str, Properties]] = {
    "rating": {
        **_QUESTION,
        **_COMMENTED,
        "rateMin": _count(-100, 100),
        "rateMax": _count(-100, 100),
        "rateStep": _count(1, 100),
        "rateValues": _CHOICES,
        "minRateDescription": _TEXT,
        "maxRateDescription": _TEXT,
        "rateType": _word("labels", "stars", "smileys"),
        "displayMode": _word("auto", "buttons", "dropdown"),
    },
    "radiogroup": {**_CHOOSING, **_COLUMNED},
    "checkbox": {
        **_CHOOSING,
        **_COLUMNED,
        "minSelectedChoices": _count(0, limits.CHOICES),
        "maxSelectedChoices": _count(0, limits.CHOICES),
    },
    "dropdown": {**_CHOOSING, "placeholder": _TEXT},
    "boolean": {
        **_QUESTION,
        **_COMMENTED,
        "labelTrue": _TEXT,
        "labelFalse": _TEXT,
        "valueTrue": _VALUE,
        "valueFalse": _VALUE,
    },
    "comment": {**_WRITING, "rows": _count(1, 50), "autoGrow": _FLAG},
    "text": {
        **_WRITING,
        "inputType": _word("text", "email", "number", "date", "tel"),
        "min": Property(Kind.BOUND),
        "max": Property(Kind.BOUND),
    },
    "matrix": {**_QUESTION, "rows": _CHOICES, "columns": _CHOICES, "eachRowRequired": _FLAG},
    "ranking": {**_QUESTION, "choices": _CHOICES, "selectToRankEnabled": _FLAG},
    "file": {
        **_QUESTION,
        "allowMultiple": _FLAG,
        "acceptedTypes": _PLAIN,
        "maxSize": _count(1, limits.FILE_BYTES),
        "maxFiles": _count(1, limits.FILES),
    },
    "html": {**_SHOWN, "visibleIf": _EXPRESSION, "html": Property(Kind.HTML)},
}
"""Questions by their type; html asks nothing."""

CHOICE: Final[Properties] = {"value": _VALUE, "text": _TEXT}
VALIDATORS: Final[Mapping[str, Properties]] = {
    "numeric": {"type": Property(Kind.TYPE), "text": _TEXT, "minValue": _NUMBER, "maxValue": _NUMBER},
    "text": {
        "type": Property(Kind.TYPE),
        "text": _TEXT,
        "minLength": _count(0, limits.ANSWER_LETTERS),
        "maxLength": _count(0, limits.ANSWER_LETTERS),
    },
    "email": {"type": Property(Kind.TYPE), "text": _TEXT},
    "regex": {"type": Property(Kind.TYPE), "text": _TEXT, "regex": _PLAIN, "caseInsensitive": _FLAG},
}
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "radiogroup": ("choices",),
    "checkbox": ("choices",),
    "dropdown": ("choices",),
    "ranking": ("choices",),
    "matrix": ("rows", "columns"),
    "html": ("html",),
    "regex": ("regex",),
}
"""What a type cannot be without, besides its name."""
SEVERAL: Final = frozenset({"checkbox", "ranking"})
"""Types whose answer is a list of choices."""
WRITTEN: Final = frozenset({"comment", "text"})
"""Types whose answer is in the respondent's own words."""
