"""The Finnish personal identity code (henkilötunnus), with the separators that came into use in 2023.

Form and check character: Digital and Population Data Services Agency (dvv.fi, "The personal identity code").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from polku.text.redaction.spans import Kind, Span

CENTURIES = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_DASHES = "‐‑‒–—−"
_FORM = re.compile(
    rf"(?<![0-9A-Za-z])(\d{{2}})(\d{{2}})(\d{{2}})([-+A-FU-Y{_DASHES}])(\d{{3}})([0-9A-Y])(?![0-9A-Za-z])",
    re.I,
)
_LABEL = re.compile(
    r"(?:henkilötunnu|henkilotunnu|hetu|sotu|sosiaaliturvatunnu|identity code|personal id)", re.I
)
_LABEL_BEFORE = 40


def is_personal_id(code: str) -> bool:
    """Whether a code of the form DDMMYYCZZZQ names a day that was and has the right check character.

    >>> is_personal_id("131052-308T"), is_personal_id("131052X308T"), is_personal_id("131052-308U")
    (True, True, False)
    """
    match = _FORM.fullmatch(code)
    return match is not None and _is_valid(match.groups())


def personal_ids(text: str) -> Iterator[Span]:
    """Codes with the right check character; after a word such as "henkilötunnus" also one that is mistyped."""
    for match in _FORM.finditer(text):
        before = text[max(0, match.start() - _LABEL_BEFORE) : match.start()]
        if _is_valid(match.groups()) or _LABEL.search(before):
            yield Span(match.start(), match.end(), Kind.PERSONAL_ID)


def _is_valid(parts: tuple[str, ...]) -> bool:
    day, month, year, separator, number, check = parts
    century = CENTURIES["-" if separator in _DASHES else separator.upper()]
    try:
        date(century + int(year), int(month), int(day))
    except ValueError:
        return False
    return _CHECKS[int(day + month + year + number) % 31] == check.upper()
