"""Putting a message into words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from polku.errors import PolkuError, Words, filled
from polku.i18n.catalogue import current_language, translate, translate_plural
from polku.i18n.formats import number

_COMMAND: Final = re.compile(r"(?:See|Find one with): (polku [^.]+)$")


def gettext(text: str, **values: object) -> str:
    """`text` in the current language, with `%(name)s` filled from `values`."""
    return translate(text) % values


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The singular for 1, else the plural, with `%(num)s` (formatted) and the other placeholders filled."""
    return translate_plural(singular, plural, num) % {"num": number(num), **values}


def in_words(said: object) -> str:
    """What an error says, or Words, in the current language, with values that are Words put into it too."""
    if isinstance(said, Words | PolkuError):
        return filled(translate(said.template), _spoken(said.values))
    return str(said)


def at_a_terminal(error: PolkuError) -> str:
    """What an error says to who types commands. Its translation is for pages too, where no command is the next step;
    here it is told as in English."""
    if current_language() == "en":
        return error.message
    said, command = in_words(error), _COMMAND.search(error.message)
    if command is None or command[1] in said:
        return said
    see = gettext("See: %(command)s", command=command[1])
    return f"{said} {see}"


def _spoken(values: Mapping[str, object]) -> dict[str, object]:
    return {name: in_words(v) if isinstance(v, Words) else v for name, v in values.items()}


class LazyText:
    """A text for a module's constants: put into words when it is shown, in the language of that moment."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return gettext(self.text)

    def __repr__(self) -> str:
        return f"lazy({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LazyText) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


def lazy(text: str) -> LazyText:
    return LazyText(text)


def both_forms(singular: str, plural: str) -> tuple[str, str]:
    """A text with a plural, said where there is no number yet."""
    return singular, plural
