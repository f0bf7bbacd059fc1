"""A text in one language or in several, as SurveyJS writes it: "…" or {"default": "…", "fi": "…"}."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

DEFAULT: Final = "default"
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")


def is_language(code: str) -> bool:
    """Whether it looks like a language's code: fi, en, pt-br."""
    return _LANGUAGE.fullmatch(code) is not None


@dataclass(frozen=True, slots=True)
class Localised:
    """A text by language; what stands under "default" is in the survey's own language."""

    texts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, raw: str | Mapping[str, str], own_language: str) -> Localised:
        if isinstance(raw, str):
            return cls(((own_language, raw),) if raw else ())
        own = raw.get(own_language) or raw.get(DEFAULT)
        named = {own_language: own} if own else {}
        named.update({language: text for language, text in raw.items() if language != DEFAULT and text})
        return cls(tuple(named.items()))

    def __iter__(self) -> Iterator[str]:
        """The languages that it is written in."""
        return (language for language, _ in self.texts)

    def __bool__(self) -> bool:
        return bool(self.texts)

    def within(self, language: str) -> str:
        """The text in this language; if it has none, in the survey's own, else in any; empty if there is none.

        The first text is the one in the survey's own language, where there is one.
        """
        return dict(self.texts).get(language) or (self.texts[0][1] if self.texts else "")


def strings_of(raw: str | Mapping[str, Any]) -> Iterator[str]:
    """Every language's text."""
    yield from [raw] if isinstance(raw, str) else raw.values()
