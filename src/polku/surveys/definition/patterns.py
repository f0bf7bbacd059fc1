"""Regular expressions of a survey, run on what anybody may send.

They are run by RE2, which takes time in proportion to the text: a pattern such as (a+)+$ cannot hold up the server, as
it would with Python's own. RE2 has no look-ahead and no references back; patterns with them are refused.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc


def is_pattern(pattern: str) -> bool:
    """Whether RE2 can read it."""
    try:
        found(pattern, ignore_case=False)("")
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeError):
        return False
    return True


def found(pattern: str, *, ignore_case: bool) -> Callable[[str], bool]:
    """A function that tells whether the pattern occurs in a text, as JavaScript's `test` does."""
    kind = pa.string()

    def occurs(text: str) -> bool:
        told = pc.match_substring_regex(pa.scalar(text, kind), pattern, ignore_case=ignore_case)
        return bool(told.as_py())

    return occurs
