"""Rules of identity: how many identifiers of a type a profile may have, which go first, which mean nobody."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.errors import InvalidInput
from polku.i18n import gettext, use_language
from polku.store import LABEL_TYPES

USER: Final = "user_id"

BLOCKED_PATTERN: Final = (
    r"^(?:[0-]*|-1|null|nil|none|undefined|nan|n/?a|anonymous|anon|unknown|guest|test|true|false"
    r"|\[object object\]|example@example\.com)$"
)
"""Values that clients send when they know nobody: one profile of all of them would be nobody's."""

MOST_OF_A_TYPE: Final = 100
MOST_TYPES: Final = 50
LONGEST_TYPE: Final = 80
MOST_BLOCKED: Final = 200
LONGEST_BLOCKED: Final = 200
LEAST_BESIDE_STAR: Final = 3


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """What may be joined. A profile has at most one user id, always; other types up to `limits` or `limit`.

    Of an event's identifiers those earlier in `priority` are joined first, so that when a limit is met it is
    the lesser ones that stay out. `blocked` are the company's own values that mean nobody, beside
    BLOCKED_PATTERN: `*` stands for any text; capital letters and surrounding blanks never matter.
    """

    limit: int = 5
    limits: Mapping[str, int] = field(default_factory=dict)
    priority: Sequence[str] = (USER, "email")
    blocked: Sequence[str] = ()

    def limit_of(self, type_: str) -> int:
        return 1 if type_ == USER else self.limits.get(type_, self.limit)

    def priority_of(self, type_: str) -> int:
        """0 goes first."""
        return self.priority.index(type_) if type_ in self.priority else len(self.priority)

    def are_blocked(self, values: pa.ChunkedArray[Any]) -> npt.NDArray[np.bool_]:
        """Whether each value means nobody."""
        plain = _plain(values)
        found: npt.NDArray[np.bool_] = pc.match_substring_regex(plain, BLOCKED_PATTERN).to_numpy()
        return found | _among(plain, self.blocked)

    @property
    def fingerprint(self) -> int:
        parts = (self.limit, sorted(self.limits.items()), tuple(self.priority), tuple(self.blocked))
        return zlib.crc32(repr(parts).encode())


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """Rules that somebody put in force. Number 0 are those that Polku comes with."""

    number: int
    rules: IdentityRules
    changed_by: str = ""
    changed_at: datetime | None = None


def are_like(values: pa.ChunkedArray[Any], blocked: str) -> npt.NDArray[np.bool_]:
    """Whether each value is one that an entry of `IdentityRules.blocked` speaks of."""
    return _among(_plain(values), [blocked])


def problems(rules: IdentityRules) -> dict[str, str]:
    """What is wrong, by field (`limit`, `limits.email`, `priority`, `blocked`); empty when nothing is."""
    found: dict[str, str] = {}
    for name, text in (*_of_limits(rules), *_of_priority(rules), *_of_blocked(rules)):
        found.setdefault(name, text)
    return found


def check(rules: IdentityRules) -> None:
    """Raises InvalidInput with the first thing that is wrong and the fields of all."""
    with use_language("en"):  # the page shows problems beside their fields; programs read English
        found = problems(rules)
    if found:
        name, text = next(iter(found.items()))
        raise InvalidInput("Cannot use the field %(field)s.", field=name).told(
            f"{name}: {text}", fields=found
        )


def _of_limits(rules: IdentityRules) -> Iterator[tuple[str, str]]:
    wrong = gettext("Give a whole number from 1 to %(most)s.", most=MOST_OF_A_TYPE)
    if not 1 <= rules.limit <= MOST_OF_A_TYPE:
        yield "limit", wrong
    if len(rules.limits) > MOST_TYPES:
        yield "limits", gettext("At most %(most)s types of identifier.", most=MOST_TYPES)
    for type_, limit in rules.limits.items():
        if type_ == USER and limit != 1:
            yield f"limits.{type_}", gettext("Always 1: two known customers are joined only by a person.")
        elif not 1 <= limit <= MOST_OF_A_TYPE:
            yield f"limits.{type_}", wrong
        elif not _is_type(type_):
            yield f"limits.{type_}", _no_type(type_)


def _of_priority(rules: IdentityRules) -> Iterator[tuple[str, str]]:
    given = list(rules.priority)
    if given[:1] != [USER]:
        yield "priority", gettext("The customer number (user_id) is always first.")
    elif len(given) > MOST_TYPES:
        yield "priority", gettext("At most %(most)s types of identifier.", most=MOST_TYPES)
    elif len(set(given)) < len(given):
        yield "priority", gettext("Each type of identifier stands in the order once.")
    for type_ in given:
        if not _is_type(type_):
            yield "priority", _no_type(type_)


def _of_blocked(rules: IdentityRules) -> Iterator[tuple[str, str]]:
    if len(rules.blocked) > MOST_BLOCKED:
        yield (
            "blocked",
            gettext("At most %(most)s values. Use * to cover several with one.", most=MOST_BLOCKED),
        )
    for value in rules.blocked:
        beside = len(value.replace("*", "").strip())
        if len(value) > LONGEST_BLOCKED:
            text = gettext(
                "A value has at most %(most)s characters: %(start)s…", most=LONGEST_BLOCKED, start=value[:30]
            )
            yield "blocked", text
        elif not beside or ("*" in value and beside < LEAST_BESIDE_STAR):
            text = gettext(
                "“%(value)s” would block too much. Give at least %(least)s characters beside *.",
                value=value,
                least=LEAST_BESIDE_STAR,
            )
            yield "blocked", text


def _is_type(type_: str) -> bool:
    return 0 < len(type_) <= LONGEST_TYPE and type_ == type_.strip() and type_ not in LABEL_TYPES


def _no_type(type_: str) -> str:
    return gettext("“%(type)s” is no type of identifier that joins customers.", type=type_[:LONGEST_TYPE])


def _plain(values: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    plain: pa.ChunkedArray[Any] = pc.utf8_lower(pc.utf8_trim_whitespace(values))
    return plain


def _among(plain: pa.ChunkedArray[Any], blocked: Sequence[str]) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(plain), np.bool_)
    if not blocked:
        return found
    entries = [str(e) for e in _plain(pa.chunked_array([list(blocked)], pa.string())).to_pylist()]
    whole = [e for e in entries if "*" not in e]
    if whole:
        found |= pc.is_in(plain, pa.array(whole)).to_numpy()
    if len(whole) < len(entries):
        found |= pc.match_substring_regex(plain, _pattern(e for e in entries if "*" in e)).to_numpy()
    return found


def _pattern(entries: Iterator[str]) -> str:
    """A regular expression of RE2 that only what the entries speak of fits; nothing in them but `*` means more
    than itself."""
    fitting = (".*".join(re.escape(part) for part in entry.split("*")) for entry in entries)
    return rf"(?s)\A(?:{'|'.join(fitting)})\z"
