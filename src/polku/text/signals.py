"""Effort, urgency and level of experience, told by word lists (lexicon.toml): rules that can be read, not a model."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from polku.text.phrases import Found, Phrases, Token


class Effort(StrEnum):
    """What it took of the customer, where the text tells it."""

    HIGH = "high"
    LOW = "low"


class Level(StrEnum):
    """The three levels of experience: what was done, how it felt, what it means."""

    ACTION = "action"
    EMOTION = "emotion"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Signals:
    """`effort` is None where nothing tells it; `levels` may be several, or none; `told_by` are the phrases found."""

    effort: Effort | None
    urgent: bool
    levels: tuple[Level, ...]
    told_by: tuple[str, ...]


NOTHING = Signals(None, False, (), ())
_OTHER_SIDE = {Effort.HIGH: Effort.LOW, Effort.LOW: Effort.HIGH}


def signals(words: Sequence[Token], language: str) -> Signals:
    """What the words of a text tell; `language` is "fi" or "en".

    Effort is high where more phrases tell high effort than low; a denied phrase counts for the other side ("ei
    vaikea"). Where as many tell each, it is high: a customer who had to wait for a quick answer did wait.
    """
    found = _lists(language).found(words)
    sides = [_side(f) for f in found if f.name in ("high", "low")]
    high, low = sides.count(Effort.HIGH), sides.count(Effort.LOW)
    urgent = any(f.name == "urgent" and not f.denied for f in found)
    named = {f.name for f in found}
    return Signals(
        effort=None if high == low == 0 else Effort.HIGH if high >= low else Effort.LOW,
        urgent=urgent,
        levels=tuple(level for level in Level if level in named),
        told_by=tuple(dict.fromkeys(f.phrase for f in found)),
    )


def _side(found: Found) -> Effort:
    side = Effort(found.name)
    return _OTHER_SIDE[side] if found.denied else side


@functools.cache
def _lists(language: str) -> Phrases:
    told = tomllib.loads((files("polku.text") / "lexicon.toml").read_text(encoding="utf-8"))[language]
    return Phrases({**told["effort"], **told["urgency"], **told["levels"]})
