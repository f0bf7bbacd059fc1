"""Countries whose public holidays are known."""

from __future__ import annotations

from typing import Final

AS_A_RULE: Final = "FI"


def is_country(code: str) -> bool:
    """Whether it is a country (ISO 3166-1) or a part of one (as in ISO 3166-2: DE-BY) with holidays that are known, or
    empty."""
    if code in ("", AS_A_RULE):
        return True
    import holidays  # a third of a second, which nobody who leaves it as it is should wait for

    country, dash, part = code.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    return country in known and (not dash or part in known[country])
