"""Text messages: their words, and how many pieces a network makes of them, each of which is paid for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from polku.errors import InvalidInput
from polku.i18n import gettext, use_language

STOP: Final = "STOP"
"""What is answered by whom wants no more of them; the gateway tells us."""
LONGEST: Final = 600
PLACES: Final = ("{link}", "{company}", "{stop}")
"""What stands for something else in a company's own words."""

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€\f")
"""3GPP TS 23.038, 6.2.1: each of these takes the room of two."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """How a text goes over the network: in GSM-7 (160 letters alone, 153 each of several) or UCS-2 (70, 67)."""

    encoding: Literal["GSM-7", "UCS-2"]
    length: int
    count: int

    @property
    def room(self) -> int:
        """Of how many letters one piece is."""
        single, several = (160, 153) if self.encoding == "GSM-7" else (70, 67)
        return single if self.count <= 1 else several


def pieces(text: str) -> Pieces:
    """What a network makes of a text. 3GPP TS 23.038 (letters) and TS 23.040, 9.2.3.24.1 (several pieces).

    No letter is cut in two: an extended one (GSM-7) or a surrogate pair (UCS-2) that does not fit goes whole into the
    next piece.
    """
    is_basic = all(c in _BASIC or c in _EXTENDED for c in text)
    sizes = [2 if c in _EXTENDED else 1 for c in text] if is_basic else [1 + (ord(c) > 0xFFFF) for c in text]
    single, several = (160, 153) if is_basic else (70, 67)
    length = sum(sizes)
    count = 1 if length <= single else _cut(sizes, several)
    return Pieces("GSM-7" if is_basic else "UCS-2", length, count)


def _cut(sizes: list[int], room: int) -> int:
    count, left = 1, room
    for size in sizes:
        if size > left:
            count, left = count + 1, room
        left -= size
    return count


def checked_words(words: str) -> str:
    """A company's own words. Raises InvalidInput for those without a link, without a way out, or too long."""
    if "{link}" not in words or "{stop}" not in words:
        raise InvalidInput(
            "The text must have {link}, where the personal link goes, and {stop}, the word that ends messages.",
            field="words",
        )
    if len(words) > LONGEST:
        raise InvalidInput("A text message has at most %(most)s letters.", most=LONGEST, field="words")
    return words


def invitation_text(
    *, language: str, company: str, link: str, words: str = "", reminder: bool = False
) -> str:
    """An invitation or a reminder as a text message: the company's `words`, or ours in the reader's language."""
    if not words:
        with use_language(language):
            words = _ours(company, reminder=reminder)
    told = {"{link}": link, "{company}": company, "{stop}": STOP}
    for place, value in told.items():
        words = words.replace(place, value)
    return words


def _ours(company: str, *, reminder: bool) -> str:
    if not company:
        return gettext("How did it go? Answer here: {link} No more messages: reply {stop}")
    if reminder:
        return gettext(
            "{company}: there is still time to tell how it went: {link} No more messages: reply {stop}"
        )
    return gettext("{company}: how did it go? Answer here: {link} No more messages: reply {stop}")
