"""Labelled texts that the models of `polku.text` are trained and measured on, read from POLKU_REAL_DATA.

Not part of the product. FinnSentiment and XED are CC BY 4.0; the others are for measuring only.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(os.environ.get("POLKU_REAL_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
XED_EMOTIONS = ("anger", "anticipation", "disgust", "fear", "joy", "sadness", "surprise", "trust")
"""By the number that stands for them in the files, from 1."""
POSITIVE = frozenset({"anticipation", "joy", "trust"})
NEGATIVE = frozenset({"anger", "disgust", "fear", "sadness"})
"""Polarity of Plutchik's emotions as the makers of XED map them; surprise says nothing of it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text; polarity −1, 0 or 1, or None where it is not known or both; what emotions it has."""

    text: str
    polarity: int | None
    emotions: frozenset[str] = field(default=frozenset())

    def means(self, name: str) -> bool:
        """Whether the text is `positive`, is `neutral`, or has the emotion."""
        if name in ("positive", "neutral"):
            return self.polarity == (1 if name == "positive" else 0)
        return name in self.emotions


def is_held_out(text: str) -> bool:
    """A fifth of texts, chosen by what they say: copies of one text are all in it or all not."""
    said = re.sub(r"\W+", " ", text.lower()).strip()
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), "big") % 5 == 0


def finnsentiment() -> list[Labelled]:
    signs = {"neg": -1, "neut": 0, "pos": 1}
    return list(
        _without_copies(
            Labelled(line.strip(), sign)
            for name, sign in signs.items()
            for line in (DATA / f"finnsentiment/FinnSentiment2020{name}.txt").read_text("utf-8").splitlines()
            if line.strip()
        )
    )


def xed(language: str) -> list[Labelled]:
    return list(_without_copies(_xed(language)))


def _xed(language: str) -> Iterator[Labelled]:
    for line in (DATA / f"xed/{language}-annotated.tsv").read_text("utf-8").splitlines():
        text, _, numbers = line.rpartition("\t")
        emotions = frozenset(XED_EMOTIONS[int(n) - 1] for n in numbers.split(","))
        good, bad = bool(emotions & POSITIVE), bool(emotions & NEGATIVE)
        yield Labelled(text, None if good == bad else 1 if good else -1, emotions)
    for line in (DATA / f"xed/neu_{language}.txt").read_text("utf-8").splitlines():
        yield Labelled(line.split("\t")[1], 0)


def _without_copies(texts: Iterable[Labelled]) -> Iterator[Labelled]:
    """The first of texts that are the same letter by letter."""
    seen: set[str] = set()
    for one in texts:
        if one.text not in seen:
            seen.add(one.text)
            yield one


def rows(name: str, *, encoding: str = "utf-8") -> list[dict[str, str]]:
    with (DATA / name).open(encoding=encoding, errors="replace", newline="") as file:
        return list(csv.DictReader(file))
