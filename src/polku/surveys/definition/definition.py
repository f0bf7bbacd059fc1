"""A survey's definition: what SurveyJS shows and what Polku checks, from one JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Self

from polku.errors import TooLarge, Words
from polku.surveys.definition import checking, completeness, limits, piping
from polku.surveys.definition.answers import check_of
from polku.surveys.definition.checking import Asked, Checked
from polku.surveys.definition.completeness import LanguageCompleteness
from polku.surveys.definition.conditions import condition
from polku.surveys.definition.consistency import check_consistency
from polku.surveys.definition.faults import Fault, InvalidDefinition
from polku.surveys.definition.localised import Localised
from polku.surveys.definition.questions import Question, question
from polku.surveys.definition.reading import FoundElement, FoundText, Reading
from polku.surveys.definition.references import check_references, needed_by
from polku.surveys.definition.values import COMMENT, OBJECT, is_text

OWN_LANGUAGE = "en"
"""Of plain texts, where the survey's `locale` names no other; as in SurveyJS."""
_NO_ANSWER: Mapping[str, Any] = {"matrix": {}, "checkbox": []}


class Definition:
    """An immutable survey within the documented profile of SurveyJS's JSON (docs/guide/en/survey-definitions.md).

    Two are equal if their JSON is. `asked` holds the questions made ready for checking, in their
    order; `keys` all names that an answer may have.
    """

    def __init__(self, text: str, reading: Reading) -> None:
        """Use `of` or `read`: what is given here has been found to be without faults."""
        self._text, self._reading = text, reading
        raw = self.json
        self.own_language: str = raw.get("locale") or OWN_LANGUAGE
        self.title = Localised.of(raw.get("title", ""), self.own_language)
        asking = [e for e in reading.elements if e.raw["type"] != "html"]
        self.questions: tuple[Question, ...] = tuple(
            question(e.place, e.raw, self.own_language) for e in asking
        )
        self.asked: Mapping[str, Asked] = {
            q.name: self._asked(q, e) for q, e in zip(self.questions, asking, strict=True)
        }
        self._by_need = _in_order_of_need(asking)
        self.keys: tuple[str, ...] = tuple(
            key
            for q in self.questions
            for key in ((q.name, q.name + COMMENT) if q.has_other or q.has_comment else (q.name,))
        )

    @classmethod
    def of(cls, raw: Any) -> Self:
        """A definition from parsed JSON. Raises InvalidDefinition, which tells all faults with their places."""
        if not isinstance(raw, dict):
            raise InvalidDefinition([Fault("$", "wrong_kind", OBJECT)])
        try:
            text = json.dumps(raw, ensure_ascii=False, allow_nan=False)
        except (ValueError, TypeError, RecursionError) as e:
            said = Words("it is no JSON, or lies too deep within itself")
            raise InvalidDefinition([Fault("$", "not_json", said)]) from e
        _small_enough(len(text.encode("utf-8", "surrogatepass")))
        raw = json.loads(text)
        if not is_text(text):
            raise InvalidDefinition([Fault("$", "not_text", Words("it holds characters that are no text"))])
        reading = Reading()
        reading.survey(raw)
        for element in reading.elements:
            check_consistency(element.raw, element.place, reading.faults)
        if not reading.elements and not reading.faults:
            reading.faults.add("", "no_questions", Words("it asks nothing"))
        if len(reading.elements) > limits.QUESTIONS:
            said = Words(
                "it has %(n)s questions; at most %(most)s", n=len(reading.elements), most=limits.QUESTIONS
            )
            reading.faults.add("", "too_many", said)
        check_references(reading)
        if reading.faults:
            raise InvalidDefinition(reading.faults)
        return cls(text, reading)

    @classmethod
    def read(cls, content: str | bytes) -> Self:
        """A definition from the text of a JSON file. Raises InvalidDefinition, or TooLarge for one over 1 MB."""
        _small_enough(len(content))
        try:
            raw = json.loads(content, object_pairs_hook=_without_doubles, parse_constant=_no_number)
        except _Doubled as e:
            raise InvalidDefinition([Fault("$", "duplicate_property", e.said)]) from e
        except json.JSONDecodeError as e:
            said = Words("it is no JSON: line %(line)s, column %(column)s", line=e.lineno, column=e.colno)
            raise InvalidDefinition([Fault("$", "not_json", said)]) from e
        except (ValueError, RecursionError) as e:
            said = Words("it is no JSON, or lies too deep within itself")
            raise InvalidDefinition([Fault("$", "not_json", said)]) from e
        return cls.of(raw)

    @property
    def json(self) -> dict[str, Any]:
        """What it was made of: a copy, which may be changed."""
        raw: dict[str, Any] = json.loads(self._text)
        return raw

    @property
    def shown(self) -> dict[str, Any]:
        """What SurveyJS is given to show: the same, and it forgets at once what was answered to questions it hides, so
        that conditions there mean what they mean in `visible`."""
        return {**self.json, "clearInvisibleValues": "onHiddenContainer"}

    @property
    def text(self) -> str:
        """The JSON as text, in one line, its properties in the order in which they were given."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Definition) and self._canonical == other._canonical

    def __hash__(self) -> int:
        return hash(self._canonical)

    @cached_property
    def _canonical(self) -> str:
        """Equal for equal definitions: the order of properties means nothing, but 1 is not true."""
        return json.dumps(self.json, sort_keys=True)

    def __repr__(self) -> str:
        title = self.title.within(self.own_language)
        return f"Definition({title!r}, {len(self.questions)} questions)"

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """All languages that some of its texts are written in, its own first."""
        return completeness.languages(self._reading.texts, self.own_language)

    @property
    def texts(self) -> tuple[FoundText, ...]:
        """All its texts that are said in a language, with their places, in their order."""
        return tuple(self._reading.texts)

    def completeness(self) -> tuple[LanguageCompleteness, ...]:
        """What is missing in each of its languages."""
        return completeness.completeness(self._reading.texts, self.own_language)

    def visible(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The questions that these answers show, in order, with what was answered (None: nothing).

        An answer to a hidden question counts as none, for other questions too: the fixed point of hiding and
        forgetting, reached in one pass, since no visibility hangs on itself and questions are looked at after those
        they need.
        """
        counted: dict[str, Any] = {}
        shown: set[str] = set()
        for name in self._by_need:
            if all(condition(counted) for condition in self.asked[name].shown_if):
                shown.add(name)
                if name in answers:
                    counted[name] = answers[name]
        return {name: counted.get(name) for name in self.asked if name in shown}

    def check(
        self, answers: Mapping[str, Any], *, partial: bool = False, language: str | None = None
    ) -> Checked:
        """Hold answers against the definition: what to keep, what was not asked, and what is wrong with the rest.

        `partial` is for saving as one goes: nothing need be there yet, but what is there must be right. `language` is
        the respondent's (default: the survey's own): problems speak it. Raises InvalidInput if the answers are no
        object.
        """
        return checking.check(self, answers, partial=partial, language=language or self.own_language)

    def piped(self, text: str, answers: Mapping[str, Any], language: str | None = None) -> str:
        """A text with its {name} replaced by what was answered: choices by their texts. See `piping.piped`."""
        return piping.piped(self, text, answers, language or self.own_language)

    def _asked(self, asked: Question, element: FoundElement) -> Asked:
        return Asked(
            question=asked,
            shown_if=tuple(condition(c.expression) for c in element.visible_if),
            required_if=condition(element.required_if.expression) if element.required_if else None,
            required_text=Localised.of(element.raw.get("requiredErrorText", ""), self.own_language),
            other_text=Localised.of(element.raw.get("otherErrorText", ""), self.own_language),
            check=check_of(asked, element.raw, self.own_language),
            no_answer=_NO_ANSWER.get(asked.type),
        )


def _in_order_of_need(elements: Iterable[FoundElement]) -> tuple[str, ...]:
    """Names of questions, each behind those on which its visibility hangs."""
    needs = {str(e.raw["name"]): needed_by(e.visible_if) for e in elements}
    ordered: dict[str, None] = {}

    def place(name: str) -> None:
        if name not in ordered:
            for needed in needs[name]:
                place(needed)
            ordered[name] = None

    for name in needs:
        place(name)
    return tuple(ordered)


def _small_enough(size: int) -> None:
    if size > limits.SURVEY_BYTES:
        raise TooLarge(
            "This survey has %(size)s bytes; at most %(most)s. Pictures are best linked, not put into it.",
            size=size,
            most=limits.SURVEY_BYTES,
        )


class _Doubled(ValueError):
    def __init__(self, said: Words) -> None:
        super().__init__(str(said))
        self.said = said


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of two properties of one name JSON would keep the last and drop the other in silence."""
    made = dict(pairs)
    if len(made) < len(pairs):
        name = next(n for i, (n, _) in enumerate(pairs) if n in dict(pairs[:i]))
        raise _Doubled(Words("an object has '%(name)s' twice", name=name[:50]))
    return made


def _no_number(said: str) -> Any:
    raise ValueError(said)
