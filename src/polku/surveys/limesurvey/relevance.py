"""Conditions: LimeSurvey's relevance equations made of ours, and ours of them, as far as both can say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from polku.surveys.definition.comparing import spelled
from polku.surveys.definition.expressions import (
    Comparison,
    Emptiness,
    Expression,
    Junction,
    Negation,
    Variable,
)
from polku.surveys.definition.questions import OTHER
from polku.surveys.limesurvey.coding import OTHER_CODE

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<sign><=|>=|==|!=|&&|\|\||[<>!()])
    |(?P<word>[A-Za-z0-9_]+(?:\.NAOK|\.valueNAOK|\.value|\.code)?))""",
    re.VERBOSE,
)
_SIGNS: Final = {
    "==": "=", "eq": "=", "!=": "!=", "ne": "!=", "<": "<", "lt": "<", ">": ">", "gt": ">", "<=": "<=", "le": "<=",
    ">=": ">=", "ge": ">=",
}  # fmt: skip
_JOINTS: Final = {"&&": "and", "and": "and", "||": "or", "or": "or"}


class Unspeakable(Exception):
    """The other language cannot say this."""


@dataclass(slots=True)
class Codes:
    """What LimeSurvey's names mean: `questions` by code; `choices` and `rows` of matrices by code_subcode."""

    questions: set[str] = field(default_factory=set)
    choices: dict[str, tuple[str, str]] = field(default_factory=dict)
    rows: dict[str, tuple[str, str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """12345X1X2 (survey, group, question) by code."""


def from_lime(relevance: str, codes: Codes) -> str:
    """A condition of the profile; empty for one that always holds. Raises Unspeakable."""
    text = relevance.strip()
    if text in ("", "1"):
        return ""
    return _Reader(_tokens(text), codes).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unspeakable
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        at = match.end()
    return [*found, ("end", "")]


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], codes: Codes) -> None:
        self._tokens, self._codes, self._at, self._depth = tokens, codes, 0, 0

    def whole(self) -> str:
        said = self._joined("or")
        if self._tokens[self._at][0] != "end":
            raise Unspeakable
        return said

    def _joined(self, joint: str) -> str:
        def part() -> str:
            return self._joined("and") if joint == "or" else self._one()

        parts = [part()]
        while _JOINTS.get(self._tokens[self._at][1].lower()) == joint:
            self._at += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else f" {joint} ".join(f"({p})" for p in parts)

    def _take(self, *texts: str) -> tuple[str, str]:
        token = self._tokens[self._at]
        if texts and token[1] not in texts:
            raise Unspeakable
        self._at += 1
        return token

    def _closed(self) -> str:
        self._take("(")
        self._depth += 1
        if self._depth > 20:
            raise Unspeakable
        said = self._joined("or")
        self._take(")")
        self._depth -= 1
        return said

    def _one(self) -> str:
        kind, text = self._tokens[self._at]
        if text == "!":
            self._at += 1
            return f"!({self._one()})"
        if text == "(":
            return self._closed()
        if text == "is_empty":
            self._at += 1
            self._take("(")
            name = self._take()[1]
            self._take(")")
            return self._compared(name, "=", "")
        if kind != "word":
            raise Unspeakable
        self._at += 1
        sign = _SIGNS.get(self._take()[1].lower())
        kind, value = self._take()
        if sign is None or kind not in ("text", "number"):
            raise Unspeakable
        return self._compared(text, sign, value if kind == "number" else value[1:-1])

    def _compared(self, name: str, sign: str, value: str) -> str:
        code = name.split(".")[0]
        code = self._codes.aliases.get(code, code)
        if "'" in value or '"' in value or "\\" in value:
            raise Unspeakable
        if code in self._codes.choices and sign in ("=", "!=") and value in ("Y", ""):
            question, choice = self._codes.choices[code]
            chosen = (value == "Y") == (sign == "=")
            return f"{{{question}}} {'contains' if chosen else 'notcontains'} '{choice}'"
        if value == OTHER_CODE and sign not in ("=", "!="):
            raise Unspeakable
        if code in self._codes.rows:
            question, row = self._codes.rows[code]
            code = f"{question}.{row}"
        elif code not in self._codes.questions:
            raise Unspeakable
        if value == "" and sign in ("=", "!="):
            return f"{{{code}}} {'empty' if sign == '=' else 'notempty'}"
        value = OTHER if value == OTHER_CODE else value
        constant = value if _is_number(value) else f"'{value}'"
        return f"{{{code}}} {sign} {constant}"


def to_lime(expression: Expression, codes: Mapping[str, str], several: frozenset[str]) -> str:
    """LimeSurvey's equation. `codes` gives its code for a name, name.row and name=value; `several` are the checkboxes.

    Raises Unspeakable.
    """
    match expression:
        case Junction(every, parts):
            joint = " and " if every else " or "
            return "(" + joint.join(to_lime(p, codes, several) for p in parts) + ")"
        case Negation(of):
            return f"!({to_lime(of, codes, several)})"
        case Emptiness(of, wanted):
            if of.row is None and of.name in several:
                raise Unspeakable
            return f"{'' if wanted else '!'}is_empty({_code(of, codes)}.NAOK)"
        case Comparison():
            return _comparison_to_lime(expression, codes, several)


def _comparison_to_lime(made: Comparison, codes: Mapping[str, str], several: frozenset[str]) -> str:
    left, operator, right = made.left, made.operator, made.right
    if isinstance(right, Variable):
        raise Unspeakable
    values = right if isinstance(right, tuple) else (right,)
    if left.name in several and left.row is None:
        chosen = [f'{codes.get(f"{left.name}={_plain(v)}", "")}.NAOK == "Y"' for v in values]
        if any(c.startswith(".") for c in chosen):
            raise Unspeakable
        all_of = operator in ("contains", "allof", "notcontains")
        said = "(" + (" and " if all_of else " or ").join(chosen) + ")"
        return f"!{said}" if operator in ("notcontains", "noneof") else said
    code = _code(left, codes)
    if operator in ("anyof", "noneof"):
        said = "(" + " or ".join(f"{code}.NAOK == {_constant(left, v, codes)}" for v in values) + ")"
        return f"!{said}" if operator == "noneof" else said
    if operator not in _LIME or (
        operator in _ORDERS and isinstance(values[0], str) and _is_number(values[0])
    ):
        raise Unspeakable  # LimeSurvey compares by number what looks like one, not by letters
    return f"({code}.NAOK {_LIME[operator]} {_constant(left, values[0], codes)})"


_LIME: Final = {"=": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


_ORDERS: Final = ("<", ">", "<=", ">=")


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text) is not None


def _code(of: Variable, codes: Mapping[str, str]) -> str:
    key = of.name if of.row is None else f"{of.name}.{of.row}"
    if key not in codes:
        raise Unspeakable
    return codes[key]


def _plain(value: object) -> str:
    return spelled(value)


def _constant(of: Variable, value: object, codes: Mapping[str, str]) -> str:
    """A value in an equation: a choice by its code, and nothing else where there are choices."""
    plain = _plain(value)
    said = codes.get(f"{of.name}={plain}", plain)
    offers = any(key.startswith(f"{of.name}=") for key in codes)
    if '"' in said or (offers and f"{of.name}={plain}" not in codes):
        raise Unspeakable
    return said if isinstance(value, float) and said == plain else f'"{said}"'
