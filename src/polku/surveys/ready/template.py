"""What a ready survey consists of, and the parts that several of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from polku.i18n import LazyText
from polku.surveys.definition import Definition

Level = Literal["action", "emotion", "meaning"]
Text = dict[str, str]


@dataclass(frozen=True, slots=True)
class Tag:
    """What a question measures: the metric it is an item of (empty: none), and the level of experience it is about.

    Tags are kept beside the survey's JSON, never in it. `metric` is the key of a metric in polku.metrics' catalogue;
    the question then has the name of the metric's item.
    """

    metric: str = ""
    level: Level | None = None


@dataclass(frozen=True)
class ReadySurvey:
    """A survey to begin with. `tags` go by the name of the question; `source` says where a scale comes from.
    `order` is where it stands among the others: what most begin with comes first."""

    key: str
    name: LazyText
    purpose: LazyText
    json: Mapping[str, Any]
    tags: Mapping[str, Tag]
    source: str = ""
    order: int = 50

    @cached_property
    def definition(self) -> Definition:
        return Definition.of(self.json)


def text(english: str, finnish: str) -> Text:
    """A text in both languages, as SurveyJS writes it."""
    return {"default": english, "fi": finnish}


def scale(name: str, title: Text, low: Text, high: Text, *, least: int = 1, most: int) -> dict[str, Any]:
    """A rating in numbers, with words at both ends; buttons, since a narrow page would make a menu of it."""
    return {
        "type": "rating",
        "name": name,
        "title": title,
        "isRequired": True,
        "rateMin": least,
        "rateMax": most,
        "minRateDescription": low,
        "maxRateDescription": high,
        "displayMode": "buttons",
    }


def agreement(name: str, title: Text, *, most: int = 7) -> dict[str, Any]:
    """How much one agrees with a statement."""
    low = text("Strongly disagree", "Täysin eri mieltä")
    return scale(name, title, low, text("Strongly agree", "Täysin samaa mieltä"), most=most)


def recommend(name: str = "recommend") -> dict[str, Any]:
    """The question of the Net Promoter Score, 0–10."""
    title = text(
        "How likely are you to recommend us to a friend or colleague?",
        "Kuinka todennäköisesti suosittelisit meitä ystävälle tai työkaverille?",
    )
    low, high = (
        text("Not at all likely", "En lainkaan todennäköisesti"),
        text("Extremely likely", "Erittäin todennäköisesti"),
    )
    return scale(name, title, low, high, least=0, most=10)


def in_own_words(name: str, title: Text, *, visible_if: str = "") -> dict[str, Any]:
    """A comment; nobody has to write one."""
    asked = {"type": "comment", "name": name, "title": title, "rows": 3, "maxLength": 5000}
    return {**asked, "visibleIf": visible_if} if visible_if else asked


def survey(title: Text, *questions: Mapping[str, Any], thanks: Text | None = None) -> dict[str, Any]:
    """All on one page, with thanks."""
    said = thanks or text("Thank you for your answer!", "Kiitos vastauksestasi!")
    return {
        "title": title,
        "showQuestionNumbers": False,
        "elements": [dict(q) for q in questions],
        "completeText": text("Send", "Lähetä"),
        "completedHtml": {language: f"<p>{words}</p>" for language, words in said.items()},
    }
