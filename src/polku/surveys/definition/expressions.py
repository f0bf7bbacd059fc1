"""Conditions as the profile writes them: `{nps} <= 6 and ({why} empty or {channel} anyof ['web', 'app'])`.

The grammar is the part of SurveyJS's that means the same however it is read. Left out, and refused in words: bare words
(`{a} = yes`), sums and functions, comparisons without a question, and `not`, which SurveyJS itself takes for a function
of that name that does not exist; it writes `!( … )` or `negate ( … )`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from polku.errors import Words
from polku.surveys.definition.limits import EXPRESSION_DEEP, EXPRESSION_LETTERS

Scalar = str | float | bool


@dataclass(frozen=True, slots=True)
class Variable:
    """The answer to a question, or to one row of a matrix."""

    name: str
    row: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is one of = != < > <= >= contains notcontains anyof allof noneof."""

    left: Variable
    operator: str
    right: Scalar | tuple[Scalar, ...] | Variable


@dataclass(frozen=True, slots=True)
class Emptiness:
    of: Variable
    wanted: bool


@dataclass(frozen=True, slots=True)
class Negation:
    of: Expression


@dataclass(frozen=True, slots=True)
class Junction:
    """All (and) or any (or) of its parts."""

    every: bool
    parts: tuple[Expression, ...]


Expression = Comparison | Emptiness | Negation | Junction

LISTED: Final = frozenset({"contains", "notcontains", "anyof", "allof", "noneof"})
OPERATORS: Final = ("=", "!=", "<>", "<", ">", "<=", ">=", *sorted(LISTED))
_SPELLED: Final = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "negate": "!"}
_TOKEN: Final = re.compile(
    r"""\s*(?:
      \{(?P<name>[^{}]*)\}
    | '(?P<single>(?:\\['"]|[^'"])*)'
    | "(?P<double>(?:\\['"]|[^'"])*)"
    | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)(?![\w.])
    | (?P<sign><=|>=|<>|!=|==|&&|\|\||[=<>!()\[\],])
    | (?P<word>[A-Za-z_]\w*)
    )""",
    re.VERBOSE,
)


class Malformed(Exception):
    """An expression cannot be read; `said` tells why and where in it."""

    def __init__(self, said: Words) -> None:
        super().__init__(str(said))
        self.said = said


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # name, text, number, sign, word, end
    text: str
    at: int


def variable(name: str) -> Variable:
    """What stands between braces: a question's name, or a matrix and its row."""
    matrix, dot, row = name.partition(".")
    return Variable(matrix, row) if dot else Variable(name)


def parsed(text: str) -> Expression:
    """Read a condition. Raises Malformed."""
    if len(text) > EXPRESSION_LETTERS:
        raise Malformed(Words("it is longer than %(most)s letters", most=EXPRESSION_LETTERS))
    parser = _Parser(list(_tokens(text)))
    found = parser.either(0)
    parser.expect_end()
    return found


def variables(expression: Expression) -> Iterator[Variable]:
    """All questions that it asks about."""
    match expression:
        case Comparison(left, _, right):
            yield left
            if isinstance(right, Variable):
                yield right
        case Emptiness(of):
            yield of
        case Negation(inner):
            yield from variables(inner)
        case Junction(_, parts):
            for part in parts:
                yield from variables(part)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            rest = text[at:].strip()
            raise Malformed(Words("it cannot be read from ‘%(rest)s’ on", rest=rest[:20]))
        kind = str(match.lastgroup)
        said = match[kind]
        if kind in ("single", "double"):
            kind, said = "text", said.replace("\\'", "'").replace('\\"', '"')
        elif kind == "word":
            said = said.lower() if said.lower() in _KEYWORDS else said
        said = _SPELLED.get(said, said) if kind in ("sign", "word") else said
        yield _Token(
            "sign" if said in ("and", "or", "!") and kind != "text" else kind,
            said,
            match.start(kind) if kind != "text" else match.start(),
        )
        at = match.end()
    yield _Token("end", "", len(text))


_KEYWORDS: Final = LISTED | {"and", "or", "negate", "not", "empty", "notempty", "true", "false"}


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, sign: str) -> bool:
        if self._next.kind == "sign" and self._next.text == sign:
            self._at += 1
            return True
        return False

    def expect_end(self) -> None:
        if self._next.kind != "end":
            raise _unexpected(self._next)

    def either(self, depth: int) -> Expression:
        if depth > EXPRESSION_DEEP:
            raise Malformed(
                Words("it has more than %(most)s parentheses within each other", most=EXPRESSION_DEEP)
            )
        parts = [self._both(depth)]
        while self._takes("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Junction(every=False, parts=tuple(parts))

    def _both(self, depth: int) -> Expression:
        parts = [self._one(depth)]
        while self._takes("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Junction(every=True, parts=tuple(parts))

    def _one(self, depth: int) -> Expression:
        if self._takes("!"):
            if not self._takes("("):
                raise Malformed(Words("after ‘!’ there should be a parenthesis: !({question} = 1)"))
            return Negation(self._closed(depth))
        if self._takes("("):
            return self._closed(depth)
        return self._said_of_a_question()

    def _closed(self, depth: int) -> Expression:
        inner = self.either(depth + 1)
        if not self._takes(")"):
            raise Malformed(Words("a parenthesis is not closed"))
        return inner

    def _said_of_a_question(self) -> Expression:
        first = self._take()
        if first.kind == "word" and first.text == "not":
            raise Malformed(Words("SurveyJS has no ‘not’; write !( … ) or negate ( … )"))
        if first.kind != "name":
            raise _unexpected(first, Words("a question in braces, such as {nps}, should come first"))
        left, operator = variable(first.text), self._take()
        if operator.kind == "word" and operator.text in ("empty", "notempty"):
            return Emptiness(left, operator.text == "empty")
        if operator.text not in OPERATORS or operator.kind not in ("sign", "word"):
            raise _unexpected(operator, Words("after a question comes one of %(signs)s", signs=_SIGNS))
        listed = operator.text in ("anyof", "allof", "noneof")
        if listed and not (self._next.kind == "sign" and self._next.text == "["):
            raise Malformed(Words("after %(operator)s comes a list: ['a', 'b']", operator=operator.text))
        right = self._list() if listed else self._value()
        return Comparison(left, operator.text, right)

    def _list(self) -> tuple[Scalar, ...]:
        self._take()
        values = [self._constant()]
        while self._takes(","):
            values.append(self._constant())
        if not self._takes("]"):
            raise Malformed(Words("a list is not closed with ]"))
        return tuple(values)

    def _value(self) -> Scalar | Variable:
        return variable(self._take().text) if self._next.kind == "name" else self._constant()

    def _constant(self) -> Scalar:
        token = self._take()
        if token.kind == "text" and token.text:
            return token.text
        if token.kind == "text":
            raise Malformed(Words("instead of comparing with an empty text, write empty or notempty"))
        if token.kind == "number":
            return float(token.text)
        if token.kind == "word" and token.text in ("true", "false"):
            return token.text == "true"
        if token.kind == "word":
            raise Malformed(Words("texts stand in quotation marks: '%(text)s'", text=token.text))
        raise _unexpected(token, Words("a number, a text in quotation marks, true or false should come here"))


_SIGNS: Final = ", ".join((*OPERATORS, "empty", "notempty"))


def _unexpected(token: _Token, wanted: Words | str = "") -> Malformed:
    if token.kind == "end":
        return Malformed(
            Words("it ends too early; %(wanted)s", wanted=wanted) if wanted else Words("it is empty")
        )
    if wanted:
        return Malformed(
            Words("‘%(text)s’ (letter %(at)s): %(wanted)s", text=token.text, at=token.at + 1, wanted=wanted)
        )
    return Malformed(
        Words("‘%(text)s’ (letter %(at)s) does not belong there", text=token.text, at=token.at + 1)
    )
