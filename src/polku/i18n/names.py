"""What languages are called, in the reader's language and in their own."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError

from polku.i18n.catalogue import current_language


def language_name(code: str) -> str:
    """In the reader's language, with a capital letter; the code itself for one that nobody knows.

    >>> language_name("sv")
    'Swedish'
    """
    return _name(code, current_language())


def own_language_name(code: str) -> str:
    """As its speakers call it.

    >>> own_language_name("sv")
    'Svenska'
    """
    return _name(code, code)


@cache
def _name(code: str, within: str) -> str:
    try:
        name = Locale.parse(code, sep="-").get_display_name(within.replace("-", "_")) or code
    except (ValueError, UnknownLocaleError):
        return code
    return name[:1].upper() + name[1:]


def direction(code: str) -> str:
    """How it is written: "ltr", or "rtl" for Arabic, Hebrew and others; of one that nobody knows "ltr".

    >>> direction("ar")
    'rtl'
    """
    try:
        return str(Locale.parse(code, sep="-").text_direction)
    except (ValueError, UnknownLocaleError):
        return "ltr"


@cache
def written_languages() -> tuple[str, ...]:
    """Codes (ISO 639-1) of the languages that a text can be written in, as far as their names are known."""
    return tuple(sorted(str(code) for code in Locale("en").languages if len(str(code)) == 2))
