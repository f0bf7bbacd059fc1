"""Attributes of logs as pieces of JSON, typed as the log says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FRACTION: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_LONGEST_FRACTION: Final = 300
_TEXT: Final = json.JSONEncoder(ensure_ascii=False).encode


def json_value(type_: str, text: str) -> str:
    """A value as JSON. What is not written as its type (int, float, boolean; all others are texts) says stays text."""
    is_number = (
        _INTEGER.fullmatch(text)
        if type_ == "int"
        else type_ == "float" and len(text) <= _LONGEST_FRACTION and _FRACTION.fullmatch(text)
    )
    return text if is_number or (type_ == "boolean" and text in ("true", "false")) else _TEXT(text)


def json_object(members: Iterable[tuple[str, str]]) -> str:
    """An object of names and values that are JSON already."""
    return "{" + ",".join(f"{_TEXT(name)}:{value}" for name, value in members) + "}"
