"""The codes by which LimeSurvey will know questions, answers and rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from polku.errors import Words
from polku.surveys.definition import Question
from polku.surveys.definition.comparing import spelled
from polku.surveys.definition.questions import OTHER

QUESTION: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}")
_ANSWER: Final = re.compile(r"[A-Za-z0-9]{1,5}")
OTHER_CODE: Final = "-oth-"
"""LimeSurvey's answer "other"."""


@dataclass(slots=True)
class Coding:
    """Codes by name, name=value and name.row; those of checkboxes' choices and of rows begin with the question's."""

    of: dict[str, str]
    tell: Callable[[str, Words], None]

    def unused(
        self, wanted: str, taken: Iterable[str], *, letter: str, form: re.Pattern[str], place: str
    ) -> str:
        """The wanted code if LimeSurvey takes it and it is free, else another, which is told."""
        taken = set(taken)
        if form.fullmatch(wanted) and wanted not in taken:
            return wanted
        code = next(f"{letter}{i}" for i in range(1, len(taken) + 2) if f"{letter}{i}" not in taken)
        self.tell(place, Words("LimeSurvey would not take this code; it is written as %(code)s", code=code))
        return code

    def in_conditions(self, questions: Iterable[Question]) -> Mapping[str, str]:
        """Those that a relevance equation may use: of a ranking LimeSurvey asks in another way."""
        rankings = {q.name for q in questions if q.type == "ranking"}
        return {key: code for key, code in self.of.items() if key not in rankings}


def coding(questions: Iterable[Question], tell: Callable[[str, Words], None]) -> Coding:
    made = Coding({}, tell)
    codes: list[str] = []
    for question in questions:
        code = made.unused(question.name, codes, letter="Q", form=QUESTION, place=question.name)
        codes.append(code)
        made.of[question.name] = code
        _add_answers(made, question, code)
        _add_rows(made, question, code)
    return made


def _add_answers(made: Coding, question: Question, code: str) -> None:
    name, taken = question.name, list[str]()
    for position, choice in enumerate(question.choices):
        value = spelled(choice.value)
        if question.type == "boolean":
            made.of[f"{name}={value}"] = "YN"[position]
            continue
        answer = made.unused(value, taken, letter="A", form=_ANSWER, place=f"{name}.{value}")
        taken.append(answer)
        made.of[f"{name}={value}"] = f"{code}_{answer}" if question.type == "checkbox" else answer
    if question.has_other and question.type != "checkbox":
        made.of[f"{name}={OTHER}"] = OTHER_CODE


def _add_rows(made: Coding, question: Question, code: str) -> None:
    taken = list[str]()
    for row in question.rows:
        value = spelled(row.value)
        sub = made.unused(value, taken, letter="SQ", form=QUESTION, place=f"{question.name}.{value}")
        taken.append(sub)
        made.of[f"{question.name}.{value}"] = f"{code}_{sub}"
