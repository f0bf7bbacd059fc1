"""Which column of a table holds what, and a row as a comment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from polku.collect import Refusal, score
from polku.errors import InvalidInput
from polku.feedback.files.brought import FIELDS, Brought, Wish

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "comment": (
        "comment", "text", "review", "message", "kommentti", "teksti", "palaute", "arvio", "viesti", "vastaus",
        "verbatim", "feedback", "body", "content", "review_body", "review_text", "review_comment_message",
    ),
    "at": (
        "at", "time", "date", "timestamp", "created_at", "datetime", "sent_at", "aika", "aikaleima", "päivä", "pvm",
        "päivämäärä", "review_creation_date",
    ),
    "score": ("score", "nps", "rating", "stars", "pisteet", "arvosana", "tähdet", "review_score"),
    "email": ("email", "e-mail", "mail", "sähköposti"),
    "user_id": ("user_id", "customer_id", "userid", "customer", "asiakasnumero", "asiakas"),
    "touchpoint": ("touchpoint", "kosketuspiste"),
    "language": ("language", "lang", "locale", "kieli"),
    "kind": ("kind", "laji"),
    "author": ("author", "sender", "from", "speaker", "role", "kirjoittaja", "lähettäjä", "puhuja"),
    "conversation": ("conversation", "conversation_id", "chat_id", "thread", "thread_id", "ticket", "keskustelu"),
}  # fmt: skip
"""What a column is called that holds each of FIELDS, the likeliest first."""
assert set(NAMES) == set(FIELDS)
_WORDS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "at": (
        frozenset({"date", "time", "timestamp", "at", "pvm", "aika"}),
        frozenset({"response", "answer", "review", "survey", "comment", "created", "sent", "vastaus"}),
    ),
    "score": (frozenset({"score", "arvosana"}), frozenset({"nps", "csat", "ces", "survey", "customer"})),
}
"""Words that such a column's name has where it is called as nobody foresaw: one of the first and one of the second."""

_FORMATS: Final = (
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H.%M",
    "%d.%m.%Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d",
)
_LONGEST_WORD: Final = 200
_PARTED: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Mapped:
    """The column of each field that has one."""

    columns: Mapping[str, str]

    def value(self, row: Mapping[str, Any], field: str) -> Any:
        return row.get(self.columns[field]) if field in self.columns else None

    def word(self, row: Mapping[str, Any], field: str) -> str | None:
        value = self.value(row, field)
        return str(value).strip()[:_LONGEST_WORD] or None if value is not None else None


def mapped(columns: Sequence[str], wish: Wish) -> Mapped:
    """The columns wished for, and for what is not said those that are called so.

    Raises InvalidInput for a column that is not there, and if none can be the comments'.
    """
    known = {c.strip().lower(): c for c in reversed([c for c in columns if c])}
    found: dict[str, str] = {}
    for field in FIELDS:
        wanted = wish.columns.get(field)
        if wanted is None:
            name = next((known[n] for n in NAMES[field] if n in known), None) or _alike(field, known)
        elif not wanted:
            continue
        elif (name := known.get(wanted.strip().lower())) is None:
            raise InvalidInput(
                "There is no column '%(column)s'. There are: %(columns)s",
                column=wanted,
                columns=", ".join(known.values()),
            )
        if name is not None and name not in found.values():
            found[field] = name
    if "comment" not in found:
        raise NoComments(columns)
    return Mapped(found)


def _alike(field: str, known: Mapping[str, str]) -> str | None:
    """A column called much as one of the field's is: CUSTOMER_RESPONSE_DATE, NPS_SCORE."""
    one, other = _WORDS.get(field, (frozenset(), frozenset()))
    return next((c for n, c in known.items() if one & (words := _words(n)) and other & words), None)


def _words(name: str) -> frozenset[str]:
    return frozenset(_PARTED.split(name.strip().lower()))


class NoComments(InvalidInput):
    """No column looks like one of comments; `columns` are those that there are."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(
            "No column looks like one of texts. Name it; there are: %(columns)s",
            columns=", ".join(c for c in columns if c),
        )
        self.columns = tuple(c for c in columns if c)


def brought(row: Mapping[str, Any], by: Mapped, wish: Wish) -> Brought | None:
    """A row as a comment; None if it has none."""
    said = by.value(row, "comment")
    if not isinstance(said, str) or not said.strip():
        return None
    return Brought(
        said.strip(),
        moment(by.value(row, "at"), wish.zone),
        by.word(row, "user_id"),
        by.word(row, "email"),
        scored(by.value(row, "score"), wish.metric or metric_of(by.columns)),
        by.word(row, "touchpoint"),
        by.word(row, "kind"),
        by.word(row, "language"),
    )


def scored(given: Any, metric: str) -> float | None:
    """A score on −100…100 by its metric; None where there is none, or it is beyond its scale."""
    if given in (None, "") or not metric:
        return None
    try:
        return score({"metric": metric, "score": given})
    except Refusal:
        return None


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A time that can be told, in UTC: ISO 8601, as Finns write it (1.3.2026 14:05), or as letters do."""
    if isinstance(value, str):
        value = _parsed(value.strip())
    if not isinstance(value, datetime):
        return None
    try:
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - its zone is put on by whoever asks
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text) if "," in text else None
    except (ValueError, TypeError, IndexError):
        return None


def metric_of(columns: Mapping[str, str]) -> str:
    """What the scores of a table are, if their column's name says it."""
    words = _words(columns.get("score", ""))
    return next((m for m in ("nps", "csat", "ces") if m in words), "")
