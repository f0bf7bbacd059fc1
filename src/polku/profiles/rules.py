"""Rules of identity: how many identifiers of a type a profile may have, which go first, which mean nobody."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.errors import InvalidInput

USER: Final = "user_id"

BLOCKED_PATTERN: Final = (
    r"^(?:[0-]*|-1|null|nil|none|undefined|nan|n/?a|anonymous|anon|unknown|guest|test|true|false"
    r"|\[object object\]|example@example\.com)$"
)
"""Values that clients send when they know nobody: one profile of all of them would be nobody's."""


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """What may be joined. A profile has at most one user id, always; other types up to `limits` or `limit`.

    Of an event's identifiers those earlier in `priority` are joined first, so that when a limit is met it is
    the lesser ones that stay out. Raises InvalidInput on a limit below 1.
    """

    limit: int = 5
    limits: Mapping[str, int] = field(default_factory=dict)
    priority: Sequence[str] = (USER, "email")
    blocked: str = BLOCKED_PATTERN  # a regular expression on the lower-case, trimmed value

    def __post_init__(self) -> None:
        wrong = [(t, n) for t, n in [("others", self.limit), *self.limits.items()] if n < 1]
        if wrong:
            raise InvalidInput(
                "The limit of '%(type)s' is %(given)s. Allowed: whole numbers from 1.",
                type=wrong[0][0],
                given=wrong[0][1],
            )
        if self.limits.get(USER, 1) != 1:
            raise InvalidInput(
                "The limit of 'user_id' is always 1: two known users are joined only by a person."
            )

    def limit_of(self, type_: str) -> int:
        return 1 if type_ == USER else self.limits.get(type_, self.limit)

    def priority_of(self, type_: str) -> int:
        """0 goes first."""
        return self.priority.index(type_) if type_ in self.priority else len(self.priority)

    def are_blocked(self, values: pa.ChunkedArray[Any]) -> npt.NDArray[np.bool_]:
        """Whether each value means nobody."""
        plain = pc.utf8_lower(pc.utf8_trim_whitespace(values))
        found: npt.NDArray[np.bool_] = pc.match_substring_regex(plain, self.blocked).to_numpy()
        return found

    @property
    def fingerprint(self) -> int:
        text = repr((self.limit, sorted(self.limits.items()), tuple(self.priority), self.blocked))
        return zlib.crc32(text.encode())
