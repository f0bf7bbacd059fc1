"""Why a row is no event, as SQL says it and as a person reads it."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from polku.collect.files.expressions import literal
from polku.errors import Words

UNREADABLE_TIME: Final = Words(
    "The time '%(time)s' of %(column)s cannot be read. Say how times are written with time_format in the mapping."
)
IMPOSSIBLE_TIME: Final = Words("The time '%(time)s' is before 1971 or more than a day ahead.")
NOBODY: Final = Words("The row does not say who it is about.")
NO_NAME: Final = Words("The row has no name for the event.")
NO_NUMBER: Final = Words("The value '%(value)s' is no number.")
OFF_SCALE: Final = Words("The score '%(score)s' is not between %(low)s and %(high)s.")
NO_ID: Final = Words("The row has no id in %(column)s.")
AGAIN: Final = Words("The same event again.")
CONTRADICTING: Final = Words(
    "An earlier row has the same id '%(id)s' and says otherwise; the first was kept."
)
STORED_BEFORE: Final = Words("stored before with the same id and other content")
NO_TIME: Final = Words("The event has no time.")
NO_ISO_TIME: Final = Words(
    "The time '%(time)s' cannot be read. In logs times are written like 2026-11-23T14:05:00.000+02:00."
)
NO_CASE: Final = Words("The event belongs to no trace, or to one without a concept:name.")
TOO_LARGE: Final = Words(
    "The event is too large: at most %(bytes)s bytes of properties, and %(letters)s letters of name and id."
)
_TOLD_BY_SQL: Final = (
    UNREADABLE_TIME, IMPOSSIBLE_TIME, NOBODY, NO_NAME, NO_NUMBER, OFF_SCALE, NO_ID, TOO_LARGE,
    CONTRADICTING,
)  # fmt: skip
_VALUE: Final = re.compile(r"%\((\w+)\)s")


def as_sql(words: Words, **values: str) -> str:
    """SQL of a text in English; `values` are SQL of what stands in it."""
    pieces = _VALUE.split(words.template)  # text, name, text, name, …, text
    parts = [values[p] if i % 2 else literal(p) for i, p in enumerate(pieces) if p]
    return " || ".join(parts)


def as_words(detail: str) -> Words | str:
    """What SQL has said, so that it can be translated."""
    for words in _TOLD_BY_SQL:
        found = _pattern(words.template).fullmatch(detail)
        if found:
            return Words(words.template, **found.groupdict())
    return detail


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = _VALUE.split(template)
    return re.compile(
        "".join(f"(?P<{p}>.*)" if i % 2 else re.escape(p) for i, p in enumerate(pieces)), re.DOTALL
    )
