"""Who an event is about, beyond its user and anonymous id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from polku.collect.protocol import LONGEST_TEXT

BLOCKED: Final = frozenset({
    "", "-1", "null", "none", "nil", "nan", "undefined", "true", "false", "anonymous", "anon", "unknown", "guest",
    "visitor", "user", "test", "n/a", "na", "not set", "(not set)", "not available", "not_available", "[object object]",
})  # fmt: skip
"""Values that stand for nobody; together with those of only zeros and dashes, they never join events."""

_LONGEST_BLOCKED: Final = max(map(len, BLOCKED))
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TYPE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_OURS: Final = frozenset({"user_id", "anonymous_id", "previous_id", "name"})


def is_blocked(value: str) -> bool:
    """Whether an id stands for nobody: 'null', 'Unknown', '0000-0000', …

    >>> is_blocked(" NULL"), is_blocked("00000000-0000-0000-0000-000000000000"), is_blocked("0100")
    (True, True, False)
    """
    if len(value) > _LONGEST_BLOCKED and not value[0].isspace() and not value[-1].isspace():
        return value[0] in "0-" and not value.strip("0-")
    text = value.strip().lower()
    return text in BLOCKED or not text.strip("0-")


def email(value: object) -> str | None:
    """An e-mail address in the one form it is kept in, or None if it is none."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return None
    text = value.strip().lower()
    return text if _EMAIL.fullmatch(text) else None


def phone(value: object) -> str | None:
    """A phone number as + and digits, or digits alone if it came without a country; None if it is none.

    >>> phone("+358 (0)40 123-4567"), phone("00358401234567"), phone("040 123 4567")
    ('+358401234567', '+358401234567', '0401234567')
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > 40:
        return None
    text = value.strip().replace("(0)", "")
    digits = re.sub(r"[\s().\-/]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    plain = digits.removeprefix("+")
    if not (plain.isascii() and plain.isdigit() and 5 <= len(plain) <= 15) or not plain.strip("0"):
        return None
    return digits


def of_traits(traits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """E-mail, phone and name of a person's traits."""
    if (address := email(traits.get("email"))) is not None:
        yield "email", address
    if (number := phone(traits.get("phone"))) is not None:
        yield "phone", number
    if (name := _name(traits)) is not None:
        yield "name", name


def of_external_ids(given: object) -> Iterator[tuple[str, str]]:
    """Identifiers of `context.externalIds`: [{"id", "type", "collection", "encoding"}, …]; hashed ones are left out."""
    for item in given if isinstance(given, list) else ():
        if not isinstance(item, dict) or item.get("encoding") not in (None, "none"):
            continue
        type_, value = item.get("type"), item.get("id")
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(type_, str) or not isinstance(value, str) or len(value) > LONGEST_TEXT:
            continue
        type_ = re.sub(r"[.\s-]+", "_", type_.strip().lower())
        value = {"email": email, "phone": phone}.get(type_, str.strip)(value)
        if value and not is_blocked(value) and _TYPE.fullmatch(type_) and type_ not in _OURS:
            yield type_, value


def _name(traits: Mapping[str, Any]) -> str | None:
    whole = traits.get("name")
    if not isinstance(whole, str) or not whole.strip():
        parts = (
            traits.get("firstName") or traits.get("first_name"),
            traits.get("lastName") or traits.get("last_name"),
        )
        whole = " ".join(p for p in parts if isinstance(p, str))
    text = " ".join(whole.split())
    return text[:200] if text and not is_blocked(text) else None
