"""LimeSurvey's types of questions, by their letters, and what they are here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TYPES: Final[Mapping[str, str]] = {
    "5": "rating",
    "L": "radiogroup",
    "O": "radiogroup",
    "G": "radiogroup",
    "!": "dropdown",
    "M": "checkbox",
    "P": "checkbox",
    "Y": "boolean",
    "S": "text",
    "N": "text",
    "D": "text",
    "T": "comment",
    "U": "comment",
    "Q": "text",
    "K": "text",
    "R": "ranking",
    "F": "matrix",
    "H": "matrix",
    "A": "matrix",
    "B": "matrix",
    "C": "matrix",
    "E": "matrix",
    "X": "html",
    "|": "file",
}
SPLIT: Final = frozenset({"Q", "K"})
"""Several fields under one title: each becomes a question."""
UNKNOWN: Final[Mapping[str, str]] = {
    "1": "array (dual scale)",
    ":": "array (numbers)",
    ";": "array (texts)",
    "*": "equation",
    "I": "language switch",
}
"""Types that have no like here."""
SCALES: Final[Mapping[str, tuple[str, ...]]] = {
    "A": tuple("12345"),
    "B": tuple(str(i) for i in range(1, 11)),
    "C": ("Y", "N", "U"),
    "E": ("I", "S", "D"),
    "G": ("F", "M"),
}
"""Answers that LimeSurvey knows by the type, without a row of their own."""
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "Y": {"en": "Yes", "fi": "Kyllä"},
    "N": {"en": "No", "fi": "Ei"},
    "U": {"en": "Uncertain", "fi": "En osaa sanoa"},
    "I": {"en": "Increase", "fi": "Kasvaa"},
    "S": {"en": "Same", "fi": "Ennallaan"},
    "D": {"en": "Decrease", "fi": "Vähenee"},
    "F": {"en": "Female", "fi": "Nainen"},
    "M": {"en": "Male", "fi": "Mies"},
}
LETTERS: Final[Mapping[str, str]] = {
    "rating": "L",
    "radiogroup": "L",
    "dropdown": "!",
    "checkbox": "M",
    "boolean": "Y",
    "comment": "T",
    "text": "S",
    "matrix": "F",
    "ranking": "R",
    "file": "|",
    "html": "X",
}
