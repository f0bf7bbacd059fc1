"""Times as files write them, as moments in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from polku.collect.files.expressions import literal

KNOWN_FORMATS: Final = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y %H.%M.%S", "%d.%m.%Y %H.%M", "%d.%m.%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S",
)  # fmt: skip
"""Ways to write a time that are offered when times cannot be read."""

_OFFSET: Final = r":\d\d([.,]\d+)? ?([zZ]|[+-]\d\d(:?\d\d)?)$"


def time_sql(sql: str, type_: str, *, zone: str, formats: str | list[str] | None) -> str:
    """SQL of the moment (timestamptz; null if it cannot be read) that an expression of a type says.

    A time without an offset is one of `zone`'s clocks: of the hour that comes twice in autumn the second is meant,
    an hour that spring skips is one later.
    """
    if type_.startswith("TIMESTAMP WITH"):
        return sql
    if type_.startswith("TIMESTAMP") or type_ == "DATE":
        return _in_zone(f"CAST({sql} AS TIMESTAMP)", zone)
    if formats:
        each = [formats] if isinstance(formats, str) else formats
        return f"coalesce({', '.join(_of_formats(sql, each, zone))})"
    text = f"trim(CAST({sql} AS VARCHAR))"
    return (
        f"CASE WHEN regexp_matches({text}, '{_OFFSET}') "
        f"THEN CASE WHEN {_sane(f'TRY_CAST({text} AS TIMESTAMP)')} THEN TRY_CAST({text} AS TIMESTAMPTZ) END "
        f"ELSE {_in_zone(f'TRY_CAST({text} AS TIMESTAMP)', zone)} END"
    )


def _of_formats(sql: str, formats: Iterable[str], zone: str) -> Iterable[str]:
    for one in formats:
        if one in ("unix", "unix_ms"):
            scale = 1_000_000 if one == "unix" else 1_000
            number = f"TRY_CAST({sql} AS DOUBLE)"
            # beyond the year 5000 is no time, and would overflow
            moment = f"make_timestamptz(CAST({number} * {scale} AS BIGINT))"
            yield f"CASE WHEN abs({number}) * {scale} < 1e17 THEN {moment} END"
        elif "%z" in one:
            yield f"try_strptime(CAST({sql} AS VARCHAR), {literal(one)})"
        else:
            yield _in_zone(f"try_strptime(trim(CAST({sql} AS VARCHAR)), {literal(one)})", zone)


def _in_zone(timestamp: str, zone: str) -> str:
    return f"CASE WHEN {_sane(timestamp)} THEN timezone({literal(zone)}, {timestamp}) END"


def _sane(timestamp: str) -> str:
    """Whether a time zone can be applied: it fails on what calendars do not reach, and on infinity."""
    return f"{timestamp} BETWEEN TIMESTAMP '1000-01-01' AND TIMESTAMP '5000-01-01'"
