"""Comments to survey responses: what people write, by what they met, how they felt and in which language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from polku.demo import phrases_en, phrases_fi
from polku.demo.things import PARCEL, THINGS

CURT_SHARE: Final = 0.14
SECOND_SHARE: Final = 0.4
THIRD_SHARE: Final = 0.12
TYPO_SHARE: Final = 0.07
CARELESS_SHARE: Final = 0.12

_ALTERNATIVES = re.compile(r"\{([^{}]*)\}")
_BLAMED: Final = (
    ("late_delivery", "late_earlier"),
    ("mobile_payment_failed", "payment"),
    ("evening_chat_wait", "chat_wait"),
    ("order_returned", "return"),
)
_PRAISED: Final = (("guide", "guide"), ("onboarding_email", "onboarding"), ("order_returned", "return"))
_BELIED: Final = {
    "checkout+": "mobile_payment_failed",
    "phone+": "phone_unsolved",
    "phone-": "phone_solved",
    "chat+": "evening_chat_wait",
}
"""What people would not write of a touchpoint after they met this: the events would belie them."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a comment is about.

    `language` fi or en; the survey's touchpoint; effects met; score on −100…100; `product` an index of
    PRODUCTS or −1; `late_days` of the order that is asked about.
    """

    language: str
    touchpoint: str
    met: frozenset[str]
    score: float
    product: int = -1
    late_days: int = 0


def comment(rng: np.random.Generator, occasion: Occasion) -> str:
    """One comment: curt or of one to three sentences, now and then written carelessly."""
    phrases = phrases_en if occasion.language == "en" else phrases_fi
    mood = "+" if occasion.score > 15 else "-" if occasion.score < -15 else "="
    if rng.random() < CURT_SHARE:
        return _one(rng, phrases.CURT[mood])
    topic = _topic(rng, occasion, mood)
    parts = [_one(rng, phrases.OPENINGS[topic])]
    if rng.random() < SECOND_SHARE:
        parts.append(_one(rng, phrases.SECONDS.get(topic, phrases.SECONDS[mood])))
    if rng.random() < THIRD_SHARE:
        parts.append(_one(rng, phrases.SECONDS[mood]))
    sentences = [_written(rng, part, occasion) for part in dict.fromkeys(parts)]
    return _careless(rng, " ".join(sentences))


def _one(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _topic(rng: np.random.Generator, occasion: Occasion, mood: str) -> str:
    """What is on the person's mind: mostly what moved the score, else the touchpoint that is asked about."""
    if mood == "=":
        return f"{occasion.touchpoint}=" if rng.random() < 0.6 else "any="
    if mood == "-" and occasion.late_days > 0 and rng.random() < 0.85:
        return "late-"
    causes = _BLAMED if mood == "-" else _PRAISED
    noticed = [topic for effect, topic in causes if effect in occasion.met]
    if occasion.late_days > 0 and "late_earlier" in noticed:
        noticed.remove("late_earlier")
    if noticed and rng.random() < (0.75 if mood == "-" else 0.35):
        return f"{noticed[int(rng.integers(len(noticed)))]}{mood}"
    return f"{_of_touchpoint(rng, occasion, mood)}{mood}"


def _of_touchpoint(rng: np.random.Generator, occasion: Occasion, mood: str) -> str:
    draw = rng.random()
    if draw < 0.15 or _BELIED.get(f"{occasion.touchpoint}{mood}") in occasion.met:
        return "any"
    if occasion.touchpoint == "delivery":
        praises_delivery = mood == "+" and occasion.late_days == 0 and draw < 0.65
        return "delivery" if praises_delivery else "product"
    return occasion.touchpoint


def _written(rng: np.random.Generator, phrase: str, occasion: Occasion) -> str:
    """A phrase with its slots filled and its alternatives chosen, beginning with a capital."""
    thing = THINGS[occasion.product] if occasion.product >= 0 else PARCEL
    english = occasion.language == "en"
    cases = [thing.english] * 3 if english else [thing.nom, thing.part, thing.gen]
    slots = dict(zip(("nom", "part", "gen"), cases, strict=True)) | {"days": _days(occasion)}
    for name, word in slots.items():
        phrase = phrase.replace(f"{{{name}}}", word)
    while found := _ALTERNATIVES.search(phrase):
        chosen = _one(rng, tuple(found[1].split("|")))
        phrase = phrase[: found.start()] + chosen + phrase[found.end() :]
    return phrase[:1].upper() + phrase[1:]


def _days(occasion: Occasion) -> str:
    if occasion.language == "en":
        return "a day" if occasion.late_days == 1 else f"{occasion.late_days} days"
    return "päivän" if occasion.late_days == 1 else f"{occasion.late_days} päivää"


def _careless(rng: np.random.Generator, text: str) -> str:
    """As people type: sometimes all in lower case, without the full stop, or with two letters swapped."""
    if rng.random() < CARELESS_SHARE:
        text = text.lower().rstrip(".")
    if rng.random() < TYPO_SHARE and len(text) > 12:
        i = int(rng.integers(3, len(text) - 3))
        if text[i : i + 2].isalpha():
            text = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    return text
