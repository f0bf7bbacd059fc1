"""How long counter-examples are looked for: a little in the default suite, in earnest in `make truth`."""

from __future__ import annotations

import os
from typing import Any, Final

import hypothesis

THOROUGH: Final = bool(os.environ.get("POLKU_THOROUGH"))
SHARE: Final = 4
"""The default suite tries one of so many."""


def times(most: int) -> int:
    """How often to try what is tried `most` times in `make truth`."""
    return most if THOROUGH else min(most, max(5, most // SHARE))


def examples(most: int, **options: Any) -> hypothesis.settings:
    """`most` examples of a property in `make truth`, fewer in the default suite."""
    return hypothesis.settings(max_examples=times(most), deadline=None, **options)
