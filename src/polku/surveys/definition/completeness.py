"""In which languages a survey can be answered, and what is still to be translated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polku.surveys.definition.localised import Localised
from polku.surveys.definition.reading import FoundText


@dataclass(frozen=True, slots=True)
class MissingText:
    """A text that a language has not: where, of which question (empty: the survey's own), and what it says."""

    place: str
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class LanguageCompleteness:
    language: str
    texts: int
    """How many there are to be said."""
    missing: tuple[MissingText, ...]

    @property
    def share(self) -> float:
        """0–1; a survey without any text is complete."""
        return 1 - len(self.missing) / self.texts if self.texts else 1.0


def languages(texts: Sequence[FoundText], own_language: str) -> tuple[str, ...]:
    """All languages that some text is written in, the survey's own first."""
    found = {language for text in texts for language in Localised.of(text.raw, own_language)}
    return (own_language, *sorted(found - {own_language}))


def completeness(texts: Sequence[FoundText], own_language: str) -> tuple[LanguageCompleteness, ...]:
    """For each language, the texts that some other language has and it has not."""
    said = [(text, Localised.of(text.raw, own_language)) for text in texts]
    said = [(text, localised) for text, localised in said if localised]
    return tuple(
        LanguageCompleteness(
            language,
            len(said),
            tuple(
                MissingText(text.place, text.owner, localised.within(language))
                for text, localised in said
                if language not in localised
            ),
        )
        for language in languages(texts, own_language)
    )
