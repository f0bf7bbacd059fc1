"""A text in the languages that Polku speaks, kept where it belongs: a metric is one file, its Finnish included."""

from __future__ import annotations

from dataclasses import dataclass

from polku.i18n import current_language


@dataclass(frozen=True, slots=True)
class Wording:
    """`str` of it is in the reader's language."""

    en: str
    fi: str

    def __str__(self) -> str:
        return self.fi if current_language() == "fi" else self.en
