"""Translations: one `fi.po` in each slice's folder, read as they are and merged."""

from __future__ import annotations

from contextvars import ContextVar, Token
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final

from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parent.parent
LANGUAGES: Final = {"fi": "Suomi", "en": "English"}
"""Code and own name of each language; English is the source and needs no catalogue."""

_language: ContextVar[str] = ContextVar("language", default="en")


class use_language:  # noqa: N801  used as a function: use_language("fi"), or with use_language("fi"):
    """Speak this language from now on in this context; as a context manager, until the end of the block."""

    def __init__(self, code: str) -> None:
        self._token: Token[str] = _language.set(code if code in LANGUAGES else "en")

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _language.reset(self._token)


def current_language() -> str:
    return _language.get()


def translate(text: str) -> str:
    """The translation of `text`, its placeholders still open; `text` itself when there is none."""
    translated = _catalogue(_language.get()).get(text)
    return translated[0] if translated else text


def is_translated(text: str) -> bool:
    """Whether the current language says this in its own words."""
    return text in _catalogue(_language.get())


def translate_plural(singular: str, plural: str, num: int) -> str:
    """As `translate`, in the form for `num`. Finnish and English share the rule: one, or not one."""
    form = 0 if num == 1 else 1
    translated = _catalogue(_language.get()).get(singular, ())
    return translated[form] if len(translated) > form else (singular, plural)[form]


@cache
def _catalogue(language: str) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for path in catalogue_files(language):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and not message.fuzzy:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    forms = (
                        (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                    )
                    if all(forms):
                        merged[key] = forms
    return merged


def catalogue_files(language: str) -> list[Path]:
    """The catalogues of a language, one in each folder that has something to say, in a fixed order."""
    return sorted(PACKAGE.rglob(f"{language}.po"))
