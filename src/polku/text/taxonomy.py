"""Aspects × touchpoints: what a clause speaks of, by word lists that the company can edit."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from polku.errors import InvalidInput
from polku.text.phrases import Phrases, Token

LANGUAGES = ("fi", "en")


@dataclass(frozen=True, slots=True)
class Entry:
    """An aspect or a touchpoint: what it is called and which words tell it, by language."""

    name: str
    label: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Taxonomy:
    """What is looked for in comments; made of TOML as taxonomy.toml in this package is."""

    aspects: tuple[Entry, ...]
    touchpoints: tuple[Entry, ...]

    def matches(self, words: Sequence[Token], language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the aspects and of the touchpoints that the words tell, each once, in the order of the words."""
        aspects, touchpoints = self._phrases(language)
        return tuple(dict.fromkeys(f.name for f in aspects.found(words))), tuple(
            dict.fromkeys(f.name for f in touchpoints.found(words))
        )

    @functools.cached_property
    def _compiled(self) -> dict[str, tuple[Phrases, Phrases]]:
        return {
            language: (
                Phrases({e.name: e.words.get(language, ()) for e in self.aspects}),
                Phrases({e.name: e.words.get(language, ()) for e in self.touchpoints}),
            )
            for language in LANGUAGES
        }

    def _phrases(self, language: str) -> tuple[Phrases, Phrases]:
        return self._compiled[language]


def taxonomy_of(text: str) -> Taxonomy:
    """Read a taxonomy from TOML. Raises InvalidInput that says which part of it cannot be used."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(
            "The taxonomy is no TOML: %(why)s. Export the current one and change that.", why=str(error)
        ) from None
    made = Taxonomy(_entries(told, "aspects"), _entries(told, "touchpoints"))
    assert made._compiled  # every phrase is read now, not when the first comment comes
    return made


def shipped_source() -> str:
    """The TOML of the taxonomy that comes with Polku, to be copied and edited."""
    return (files("polku.text") / "taxonomy.toml").read_text(encoding="utf-8")


@functools.cache
def shipped_taxonomy() -> Taxonomy:
    return taxonomy_of(shipped_source())


def _entries(told: Mapping[str, Any], group: str) -> tuple[Entry, ...]:
    entries = told.get(group, {})
    if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):
        raise InvalidInput("In the taxonomy [%(group)s.name] tables were expected.", group=group)
    return tuple(_entry(group, name, entry) for name, entry in entries.items())


def _entry(group: str, name: str, told: Mapping[str, Any]) -> Entry:
    label = told.get("label", {})
    words = {language: told.get(language, []) for language in LANGUAGES}
    right = (
        isinstance(label, dict)
        and all(isinstance(text, str) for text in label.values())
        and all(isinstance(ws, list) and all(isinstance(w, str) for w in ws) for ws in words.values())
        and any(words.values())
    )
    if not right:
        raise InvalidInput(
            "In the taxonomy [%(group)s.%(name)s] needs a label by language and a list of words in fi or en.",
            group=group,
            name=name,
        )
    return Entry(name, dict(label), {language: tuple(ws) for language, ws in words.items()})
