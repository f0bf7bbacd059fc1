"""Putting a message into words."""

from __future__ import annotations

from polku.i18n.catalogue import translate, translate_plural
from polku.i18n.formats import number


def gettext(text: str, **values: object) -> str:
    """`text` in the current language, with `%(name)s` filled from `values`."""
    return translate(text) % values


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The singular for 1, else the plural, with `%(num)s` (formatted) and the other placeholders filled."""
    return translate_plural(singular, plural, num) % {"num": number(num), **values}


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
