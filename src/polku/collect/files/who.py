"""Who a row is about, in SQL: the same rules as `collect.identifiers` has for what comes over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from polku.collect.files.expressions import literal
from polku.collect.identifiers import BLOCKED

_LONGEST = 200


def id_sql(text: str) -> str:
    """SQL of an id; null where it is empty or stands for nobody."""
    blocked = ", ".join(map(literal, sorted(BLOCKED)))
    trimmed = f"trim({text})"
    fit = f"lower({trimmed}) NOT IN ({blocked}) AND ltrim({trimmed}, '0-') <> ''"
    return f"CASE WHEN {fit} THEN left({trimmed}, {_LONGEST}) END"


def identifiers_sql(texts: Mapping[str, str]) -> str:
    """SQL of JSON [[type, value], …] of the identifiers there are; null when there is none."""
    forms = {"email": _email, "phone": _phone}
    pairs = []
    for type_, text in texts.items():
        value = forms.get(type_, id_sql)(text)
        pairs.append(f"coalesce(',[\"{type_}\",' || to_json({value})::VARCHAR || ']', '')")
    if not pairs:
        return "NULL::VARCHAR"
    joined = " || ".join(pairs)
    return f"CASE WHEN ({joined}) <> '' THEN '[' || substr({joined}, 2) || ']' END"


def _email(text: str) -> str:
    folded = f"lower(trim({text}))"
    return rf"CASE WHEN regexp_full_match({folded}, '[^@\s]+@[^@\s]+\.[^@\s]+') THEN left({folded}, {_LONGEST}) END"


def _phone(text: str) -> str:
    digits = rf"regexp_replace(replace(trim({text}), '(0)', ''), '[\s().\-/]', '', 'g')"
    dialled = f"CASE WHEN starts_with({digits}, '00') THEN '+' || substr({digits}, 3) ELSE {digits} END"
    fit = rf"regexp_full_match({dialled}, '\+?\d{{5,15}}') AND ltrim({dialled}, '+0') <> ''"
    return f"CASE WHEN {fit} THEN {dialled} END"
