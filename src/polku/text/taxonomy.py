"""Aspects × touchpoints: what a clause speaks of, by word lists that the company can edit."""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import xxhash

from polku.errors import InvalidInput
from polku.text.phrases import Found, Phrases, Token

LANGUAGES = ("fi", "en")
GROUPS: Final = ("aspects", "touchpoints")
EXCEPT: Final = "-"
"""Before a phrase: where that stands, its words tell nothing (in "-vastata * odotus" nobody answers)."""
MOST_ENTRIES: Final = 60
MOST_PHRASES: Final = 500
LONGEST: Final = 80
"""Characters of a phrase or a label."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Entry:
    """An aspect or a touchpoint: what it is called and which words tell it, by language. A hidden one is not looked
    for; `was` are names of others that have been joined to it."""

    name: str
    label: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    hidden: bool = False
    was: tuple[str, ...] = ()

    def called(self, language: str) -> str:
        return self.label.get(language) or next(iter(self.label.values()), self.name)


@dataclass(frozen=True)
class Taxonomy:
    """What is looked for in comments; made of TOML as taxonomy.toml in this package is, or of the same as JSON."""

    aspects: tuple[Entry, ...]
    touchpoints: tuple[Entry, ...]

    def matches(self, words: Sequence[Token], language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the aspects and of the touchpoints that the words tell, each once, in the order of the words."""
        aspects, touchpoints = self.found(words, language)
        return tuple(dict.fromkeys(f.name for f in aspects)), tuple(
            dict.fromkeys(f.name for f in touchpoints)
        )

    def found(self, words: Sequence[Token], language: str) -> tuple[list[Found], list[Found]]:
        """The phrases that tell aspects, and those that tell touchpoints."""
        aspects, touchpoints = self._compiled[language]
        return aspects.found(words), touchpoints.found(words)

    @functools.cached_property
    def digest(self) -> str:
        """Of all that is looked for: equal for taxonomies that find the same."""
        found = [[[e.name, e.words] for e in getattr(self, group) if not e.hidden] for group in GROUPS]
        return xxhash.xxh3_64_hexdigest(json.dumps(found, sort_keys=True).encode())

    @functools.cached_property
    def names(self) -> dict[str, str]:
        """The present name of each aspect, by that and by all it had."""
        return {old: e.name for e in self.aspects for old in (*e.was, e.name)}

    @functools.cached_property
    def _compiled(self) -> dict[str, tuple[_Lists, _Lists]]:
        return {
            language: (_Lists.of(self.aspects, language), _Lists.of(self.touchpoints, language))
            for language in LANGUAGES
        }

    def plain(self) -> dict[str, Any]:
        """As JSON has it; `taxonomy_from` reads it."""
        return {group: {e.name: _plain(e) for e in getattr(self, group)} for group in GROUPS}


@dataclass(frozen=True, slots=True)
class _Lists:
    """The phrases of entries that are not hidden, and those that are excepted."""

    phrases: Phrases
    excepted: Phrases | None

    @staticmethod
    def of(entries: Sequence[Entry], language: str) -> _Lists:
        told: dict[str, list[str]] = {}
        excepted: dict[str, list[str]] = {}
        for entry in entries:
            for phrase in () if entry.hidden else entry.words.get(language, ()):
                (excepted if phrase.startswith(EXCEPT) else told).setdefault(entry.name, []).append(
                    phrase.removeprefix(EXCEPT)
                )
        return _Lists(Phrases(told), Phrases(excepted) if excepted else None)

    def found(self, words: Sequence[Token]) -> list[Found]:
        found = self.phrases.found(words)
        without = self.excepted.found(words) if found and self.excepted else []
        return [
            f
            for f in found
            if not any(x.name == f.name and x.first <= f.first and f.end <= x.end for x in without)
        ]


def taxonomy_of(text: str) -> Taxonomy:
    """Read a taxonomy from TOML. Raises InvalidInput that says which part of it cannot be used."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(
            "The taxonomy is no TOML: %(why)s. Export the current one and change that.", why=str(error)
        ) from None
    return taxonomy_from(told)


def taxonomy_from(told: object) -> Taxonomy:
    """Read a taxonomy from what JSON or TOML has. Raises InvalidInput that says which part of it cannot be used."""
    if not isinstance(told, Mapping):
        raise InvalidInput(
            "The taxonomy must have aspects and touchpoints. Export the current one and change that."
        )
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
    if isinstance(entries, list | tuple) and all(isinstance(e, Mapping) and "name" in e for e in entries):
        entries = {str(e["name"]): e for e in entries}  # as an answer of the API has them
    if not isinstance(entries, Mapping) or not all(isinstance(e, Mapping) for e in entries.values()):
        raise InvalidInput("In the taxonomy [%(group)s.name] tables were expected.", group=group)
    if len(entries) > MOST_ENTRIES:
        raise InvalidInput(
            "The taxonomy has %(n)s %(group)s; at most %(most)s are taken. Join some.",
            n=len(entries),
            group=group,
            most=MOST_ENTRIES,
        )
    made = tuple(_entry(group, name, entry) for name, entry in entries.items())
    if group == "aspects":
        _check_old_names(made)
    return made


def _check_old_names(entries: Sequence[Entry]) -> None:
    every = [name for e in entries for name in (e.name, *e.was)]
    twice = sorted({name for name in every if every.count(name) > 1})
    if twice:
        raise InvalidInput(
            "In the taxonomy '%(name)s' is both a name and an old name. Take it out of one 'was'.",
            name=twice[0],
        )


def _entry(group: str, name: str, told: Mapping[str, Any]) -> Entry:
    label, was = told.get("label", {}), told.get("was", [])
    words = {language: told.get(language, []) for language in LANGUAGES}
    hidden = told.get("hidden", False)
    right = (
        isinstance(label, Mapping)
        and all(isinstance(text, str) and len(text) <= LONGEST for text in label.values())
        and all(_are_phrases(ws) for ws in words.values())
        and _are_phrases(was)
        and isinstance(hidden, bool)
        and any(words.values())
    )
    if not right or not _NAME.fullmatch(name):
        raise InvalidInput(
            "In the taxonomy [%(group)s.%(name)s] needs a name of a–z, 0–9 and _, a label by language and a list of "
            "words in fi or en; at most %(most)s of each, %(longest)s characters long.",
            group=group,
            name=name[:LONGEST],
            most=MOST_PHRASES,
            longest=LONGEST,
        )
    told_words = {language: tuple(dict.fromkeys(ws)) for language, ws in words.items()}
    return Entry(name, dict(label), told_words, hidden, tuple(was))


def _are_phrases(given: object) -> bool:
    return (
        isinstance(given, list | tuple)
        and len(given) <= MOST_PHRASES
        and all(isinstance(w, str) and len(w) <= LONGEST for w in given)
    )


def _plain(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {"label": dict(entry.label)}
    told |= {language: list(entry.words.get(language, ())) for language in LANGUAGES}
    told |= {"hidden": True} if entry.hidden else {}
    return told | ({"was": list(entry.was)} if entry.was else {})
