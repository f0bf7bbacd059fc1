"""The texts of a survey's draft in its languages: which there are, what is missing, and putting one in."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from polku.errors import InvalidInput
from polku.surveys.building.editing import DEFAULT, OWN_LANGUAGE, Raw
from polku.surveys.definition import Definition, InvalidDefinition
from polku.surveys.definition.completeness import MissingText, languages
from polku.surveys.definition.localised import Localised
from polku.surveys.definition.reading import Reading

_STEP: Final = re.compile(r"([A-Za-z]+)((?:\[\d+\])?)")


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be translated: where it stands, of which question (empty: the survey's own), as it is in the survey's
    own language or else in any, and what the language that is looked at has of it."""

    place: str
    question: str
    original: str
    said: str
    is_html: bool

    @property
    def kind(self) -> str:
        """The property that it is, such as title, or text of a choice."""
        return self.place.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """What keeps a draft from being whole: texts that a language has not, and questions that say nothing."""

    missing: Mapping[str, tuple[MissingText, ...]]
    untitled: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.untitled) or any(self.missing.values())


def own_language(raw: Mapping[str, Any]) -> str:
    """The language of texts that name none."""
    locale = raw.get("locale")
    return locale if isinstance(locale, str) and locale else OWN_LANGUAGE


def languages_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages that some text of a draft is written in, its own first; also of a draft with faults."""
    reading = Reading()
    with suppress(InvalidDefinition):  # so many faults that the rest was not looked at
        reading.survey(raw)
    return languages(reading.texts, own_language(raw))


def incomplete(definition: Definition) -> Incomplete:
    """What is not said yet."""
    titled = {t.owner for t in definition.texts if t.place.endswith(".title") and Localised.of(t.raw, "en")}
    untitled = tuple(q.name for q in definition.questions if q.name not in titled)
    return Incomplete({one.language: one.missing for one in definition.completeness()}, untitled)


def texts(definition: Definition, language: str) -> tuple[Text, ...]:
    """Every text that is said in some language, in the order of the survey."""
    own = definition.own_language
    said = [(text, Localised.of(text.raw, own)) for text in definition.texts]
    return tuple(
        Text(
            text.place,
            text.owner,
            localised.within(own),
            dict(localised.texts).get(language, ""),
            text.is_html,
        )
        for text, localised in said
        if localised
    )


def translated(raw: Mapping[str, Any], language: str, texts: Mapping[str, str]) -> Raw:
    """With these texts, by their places, in a language; an empty one takes it away. The other languages stay.

    A text that is left in no language goes. Raises InvalidInput for a place where there is no text.
    """
    new = copy.deepcopy(dict(raw))
    own = own_language(raw)
    for place, text in texts.items():
        holder, name = _at(new, place)
        said = _with(holder[name], language, text.strip(), own)
        if said:
            holder[name] = said
        else:
            del holder[name]
    return new


def _with(value: Any, language: str, text: str, own: str) -> dict[str, str]:
    said = dict(value) if isinstance(value, Mapping) else {DEFAULT: str(value)}
    key = DEFAULT if language == own and own not in said and DEFAULT in said else language
    if text:
        said[key] = text
    else:
        said.pop(key, None)
    return {k: v for k, v in said.items() if v}


def _at(raw: Raw, place: str) -> tuple[dict[str, Any], str]:
    """The object that holds the text at a place, and the text's name in it."""
    found: Any = raw
    steps = place.split(".")
    try:
        for step in steps[:-1]:
            name, index = _step(step)
            found = found[name] if index is None else found[name][index]
        name, index = _step(steps[-1])
        if index is None and isinstance(found, dict) and isinstance(found[name], str | dict):
            return found, name
    except (KeyError, IndexError, TypeError, ValueError):
        pass
    raise InvalidInput(
        "There is no text at '%(place)s'. Somebody may have changed the survey.", place=place[:80]
    )


def _step(step: str) -> tuple[str, int | None]:
    found = _STEP.fullmatch(step)
    if found is None:
        raise ValueError(step)
    return found[1], int(found[2][1:-1]) if found[2] else None
