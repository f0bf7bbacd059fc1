"""Words, numbers and dates in the reader's language. The English string is the key of its translation.

Placeholders are `%(name)s`; a per cent sign in a message is written `%%`.
"""

from polku.i18n.catalogue import (
    LANGUAGES,
    current_language,
    is_translated,
    translate,
    translate_plural,
    use_language,
)
from polku.i18n.formats import (
    ago,
    current_zone,
    day,
    duration,
    moment,
    money,
    month,
    number,
    percent,
    signed,
    use_timezone,
)
from polku.i18n.names import direction, language_name, own_language_name, written_languages
from polku.i18n.texts import LazyText, at_a_terminal, both_forms, gettext, in_words, lazy, ngettext

_l = lazy

__all__ = [
    "LANGUAGES",
    "LazyText",
    "_l",
    "ago",
    "at_a_terminal",
    "both_forms",
    "current_language",
    "current_zone",
    "day",
    "direction",
    "duration",
    "gettext",
    "in_words",
    "is_translated",
    "language_name",
    "lazy",
    "moment",
    "money",
    "month",
    "ngettext",
    "number",
    "own_language_name",
    "percent",
    "signed",
    "translate",
    "translate_plural",
    "use_language",
    "use_timezone",
    "written_languages",
]
