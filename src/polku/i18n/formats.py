"""Numbers, money and times as they are written in the reader's language.

A true minus (−), and narrow no-break spaces, so that a number never breaks over two lines.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import TracebackType
from zoneinfo import ZoneInfo

from babel import dates, numbers

from polku.i18n.catalogue import current_language, translate

_LOCALES = {"fi": "fi", "en": "en_GB"}
_DAY = {"fi": "d.M.y", "en": "d MMM y"}
_TIME = {"fi": "H.mm", "en": "HH:mm"}
_NARROW = "\u202f"

_zone: ContextVar[str] = ContextVar("zone", default="Europe/Helsinki")


class use_timezone:  # noqa: N801  used as a function, like use_language
    """Write times in this zone (an IANA name) from now on in this context, or until the end of the block."""

    def __init__(self, name: str) -> None:
        self._token: Token[str] = _zone.set(ZoneInfo(name).key)

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _zone.reset(self._token)


def current_zone() -> ZoneInfo:
    return ZoneInfo(_zone.get())


def number(x: float, digits: int = 0) -> str:
    """1 234,5 in Finnish, 1,234.5 in English; always `digits` decimals."""
    shown = round(x, digits) + 0.0  # adding 0.0 turns −0.0 into 0.0
    # Babel's own formatting takes ten times as long, and a page has hundreds of numbers.
    return _typeset(f"{shown:,.{digits}f}".translate(_separators(_locale())))


@cache
def _separators(locale: str) -> dict[int, str]:
    """What a locale writes for the comma between thousands and for the decimal point."""
    return str.maketrans({",": numbers.get_group_symbol(locale), ".": numbers.get_decimal_symbol(locale)})


def signed(x: float, digits: int = 0) -> str:
    """A change or a score: +18, −21, 0."""
    return number(x, digits) if round(x, digits) <= 0 else f"+{number(x, digits)}"


def percent(share: float, digits: int = 0) -> str:
    """A share 0–1 as per cent: 51,6 % in Finnish, 51.6% in English."""
    space = _NARROW if current_language() == "fi" else ""
    return f"{number(share * 100, digits)}{space}%"


def money(amount: float, currency: str = "EUR", digits: int = 0) -> str:
    """1 234 € in Finnish, €1,234 in English."""
    pattern = f"{_decimals(digits)}\xa0¤" if current_language() == "fi" else f"¤{_decimals(digits)}"
    shown = round(amount, digits) + 0.0
    return _typeset(
        numbers.format_currency(shown, currency, format=pattern, locale=_locale(), currency_digits=False)
    )


def day(when: date) -> str:
    """23.11.2026, 23 Nov 2026; of a moment, the day it is in the current zone."""
    when = _local(when) if isinstance(when, datetime) else when
    return dates.format_date(when, format=_DAY[current_language()], locale=_locale())


def month(when: date) -> str:
    """Maaliskuu 2026, March 2026: the month a day is in."""
    text = dates.format_date(when, format="LLLL y", locale=_locale())
    return text[:1].upper() + text[1:]


def moment(when: datetime) -> str:
    """23.11.2026 klo 9.34, 23 Nov 2026, 09:34; in the current zone."""
    local = _local(when)
    clock = dates.format_time(local.time(), format=_TIME[current_language()], locale=_locale())
    return (
        f"{day(local.date())} klo {clock}" if current_language() == "fi" else f"{day(local.date())}, {clock}"
    )


def duration(length: timedelta) -> str:
    """In the largest unit that says enough: 45 s, 6 min, 3 t, 2 pv in Finnish; 3 h, 2 d in English."""
    hours, days = ("t", "pv") if current_language() == "fi" else ("h", "d")
    units = ((86_400, days), (3600, hours), (60, "min"), (1, "s"))
    size, unit = next((u for u in units if abs(length.total_seconds()) >= u[0]), units[-1])
    value = length.total_seconds() / size
    digits = 1 if size >= 3600 and abs(value) < 10 and round(value, 1) != round(value) else 0
    return f"{number(value, digits)}{_NARROW}{unit}"


def ago(when: datetime, now: datetime) -> str:
    """5 minuuttia sitten, 5 minutes ago; within a minute, just now."""
    if abs(now - when) < timedelta(minutes=1):
        return translate("just now")
    return dates.format_timedelta(when - now, add_direction=True, locale=_locale(), granularity="minute")


def _locale() -> str:
    return _LOCALES[current_language()]


def _decimals(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _typeset(text: str) -> str:
    return text.replace("\xa0", _NARROW).replace("-", "−")


def _local(when: datetime) -> datetime:
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(current_zone())
