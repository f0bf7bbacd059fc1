"""A respondent's answers held against the definition that they answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from polku.errors import InvalidInput, Words
from polku.i18n import in_words, use_language
from polku.surveys.definition import limits
from polku.surveys.definition.answers import Check, comment_text
from polku.surveys.definition.conditions import Answers, Condition
from polku.surveys.definition.localised import Localised
from polku.surveys.definition.questions import OTHER, Question
from polku.surveys.definition.refusal import Refused
from polku.surveys.definition.values import COMMENT

if TYPE_CHECKING:
    from polku.surveys.definition.definition import Definition


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer is not taken: the question's name, a stable code, and a message for the respondent."""

    question: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers as they may be kept, in the order of the questions.

    `dropped` names what was left out since it was not asked: questions that the answers hide, and texts beside choices
    that were not chosen. An answer with a problem is not among `answers`.
    """

    answers: dict[str, Any]
    dropped: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_valid(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made ready to be checked."""

    question: Question
    shown_if: tuple[Condition, ...]
    required_if: Condition | None
    required_text: Localised
    other_text: Localised
    check: Check
    no_answer: Any
    """What is checked where nothing was answered: a matrix may want every row, a checkbox some choices, though
    neither is required; SurveyJS asks the same. None if nothing may be answered."""


_REQUIRED = Words("An answer is needed.")
_OTHER_MISSING = Words("Write what you mean by “other”.")


def check(definition: Definition, given: Mapping[str, Any], *, partial: bool, language: str) -> Checked:
    """See `Definition.check`."""
    if not isinstance(given, dict):
        raise InvalidInput('Answers should be an object: {"question": answer, …}.')
    visible = definition.visible(given)
    refused: list[tuple[str, Refused]] = []
    answers: dict[str, Any] = {}
    for name in visible:
        asked = definition.asked[name]
        answers.update(_answer(asked, given, visible, refused, partial=partial))
    known = definition.keys
    dropped = tuple(
        k
        for k in known
        if k in given and not _is_blank(given[k]) and _not_asked(k, definition, visible, given)
    )
    names = frozenset(known)
    unknown = [str(key) for key in given if key not in names]
    for_none = Refused("unknown_question", Words("There is no such question."))
    refused.extend((key[:100], for_none) for key in unknown[: limits.UNKNOWN_TOLD])
    return Checked(answers, dropped, tuple(_told(refused, language)))


def _answer(
    asked: Asked, given: Answers, visible: Answers, refused: list[tuple[str, Refused]], *, partial: bool
) -> Iterator[tuple[str, Any]]:
    """What is kept of the answer to one visible question; what is wrong with it goes to `refused`."""
    question = asked.question
    name, value = question.name, given.get(question.name)
    try:
        if not _is_blank(value):
            kept = asked.check(value, partial)
            yield from [(name, kept)] if kept not in ([], {}) else ()
        elif not partial and (asked.required_if(visible) if asked.required_if else question.is_required):
            raise Refused("required", asked.required_text or _REQUIRED)
        elif asked.no_answer is not None:
            asked.check(asked.no_answer, partial)
    except Refused as e:
        refused.append((name, e))
    try:
        yield from _comment(asked, given, partial)
    except Refused as e:
        refused.append((name, e))


def _comment(asked: Asked, given: Mapping[str, Any], partial: bool) -> Iterator[tuple[str, Any]]:
    question = asked.question
    if not (question.has_other or question.has_comment):
        return
    written, is_other = given.get(question.name + COMMENT), is_other_chosen(question, given)
    if not _is_blank(written):
        text = comment_text(written)
        if question.has_comment or is_other:
            yield question.name + COMMENT, text
    elif is_other and not partial:
        raise Refused("other_text_missing", asked.other_text or _OTHER_MISSING)


def is_other_chosen(question: Question, given: Mapping[str, Any]) -> bool:
    value = given.get(question.name)
    return question.has_other and (value == OTHER or (isinstance(value, list) and OTHER in value))


def _not_asked(
    key: str, definition: Definition, visible: Mapping[str, Any], given: Mapping[str, Any]
) -> bool:
    name = key.removesuffix(COMMENT) if key not in definition.asked else key
    if name not in visible:
        return True
    question = definition.asked[name].question
    return key != name and not question.has_comment and not is_other_chosen(question, given)


def _is_blank(value: Any) -> bool:
    """Whether it is no answer, as SurveyJS has it: false and 0 are answers, spaces are none."""
    if isinstance(value, str):
        return not value or value.isspace()
    if isinstance(value, dict):
        return not any(v is not None and v != "" for v in value.values())
    return value is None or value == []


def _told(refused: list[tuple[str, Refused]], language: str) -> Iterator[Problem]:
    if not refused:
        return
    with use_language(language):
        for name, why in refused:
            said = why.said.within(language) if isinstance(why.said, Localised) else in_words(why.said)
            yield Problem(name, why.code, said)
