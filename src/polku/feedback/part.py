"""The part of a long text that is analysed."""

from __future__ import annotations

from typing import Final

from polku.feedback.file import LONGEST, shortened
from polku.text import redacted

BESIDE_THE_END: Final = 200
"""Characters: more than any personal data that is found has."""


def analysed_part(text: str) -> str:
    """Personal data goes out before a long text is cut: half a number would not be known as one. It is looked for
    further than what is kept, so that nothing kept stands beside the end of what was looked at."""
    if len(text) <= LONGEST:
        return text
    without = redacted(text[: 2 * LONGEST]).text
    return shortened(without[:-BESIDE_THE_END] if len(text) > 2 * LONGEST else without)
