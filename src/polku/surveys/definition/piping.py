"""Answers shown in later texts: "You gave us {nps}. Why?"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from polku.surveys.definition.checking import is_other_chosen
from polku.surveys.definition.comparing import spelled
from polku.surveys.definition.expressions import variable
from polku.surveys.definition.questions import NONE, OTHER, Choice, Question
from polku.surveys.definition.references import PIPED
from polku.surveys.definition.values import COMMENT

if TYPE_CHECKING:
    from polku.surveys.definition.definition import Definition


def piped(definition: Definition, text: str, answers: Mapping[str, Any], language: str) -> str:
    """`text` with {name} and {matrix.row} replaced; nothing stands where nothing was answered.

    What is put in may be the respondent's own words: it is plain text, and whoever shows it as HTML escapes it.
    Names of no question are left as they are.
    """
    visible = definition.visible(answers)

    def shown(name: str, whole: str) -> str:
        of = variable(name)
        if of.name not in definition.asked:
            return whole
        question, value = definition.asked[of.name].question, visible.get(of.name)
        if of.row is not None:
            value = value.get(of.row) if isinstance(value, dict) else None
        return _said(question, value, answers, language)

    return PIPED.sub(lambda match: shown(match[1], match[0]), text)


def _said(question: Question, value: Any, answers: Mapping[str, Any], language: str) -> str:
    match value:
        case None:
            return ""
        case list() if question.type == "file":
            return ", ".join(str(f.get("name", "")) for f in value if isinstance(f, dict))
        case list():
            return ", ".join(_said(question, one, answers, language) for one in value)
        case dict():
            rows = {spelled(r.value): r for r in question.rows}
            return ", ".join(
                f"{rows[row].within(language)}: {_said(question, one, answers, language)}"
                for row, one in value.items()
                if row in rows
            )
        case _ if value == OTHER and is_other_chosen(question, answers):
            return str(answers.get(question.name + COMMENT, ""))
        case _:
            return _text_of(question.choices, value, language)


def _text_of(choices: tuple[Choice, ...], value: Any, language: str) -> str:
    said = spelled(value)
    return next(
        (c.within(language) for c in choices if spelled(c.value) == said), "" if value == NONE else said
    )
