"""Files as an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from polku.errors import Words
from polku.surveys.definition import limits
from polku.surveys.definition.refusal import NO_ANSWER, Refused
from polku.surveys.definition.values import is_text

_FILE_KEYS: Final = frozenset({"name", "type", "content", "size"})
_FILE_NAME_LETTERS: Final = 255
_UNSAFE_NAME: Final = re.compile(r"[/\\\x00-\x1f\x7f]")


def checked_files(value: Any, raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files that were sent, held against a question's properties. Raises Refused."""
    accepted = [t.strip().lower() for t in str(raw.get("acceptedTypes", "")).split(",") if t.strip()]
    most_files = int(raw.get("maxFiles", limits.FILES)) if raw.get("allowMultiple") else 1
    largest = int(raw.get("maxSize", limits.FILE_BYTES))
    files = value if isinstance(value, list) else [value]
    if len(files) > most_files:
        raise Refused("too_many", Words("Send at most %(most)s files.", most=most_files))
    return [_one_file(f, accepted, largest) for f in files]


def _one_file(value: Any, accepted: list[str], largest: int) -> dict[str, Any]:
    """A file as SurveyJS sends it: name, media type, content as a data: address or where it was put, size."""
    if not isinstance(value, dict) or not value.keys() <= _FILE_KEYS:
        raise Refused("bad_file", NO_ANSWER)
    name, kind, content = (value.get(key, "") for key in ("name", "type", "content"))
    if not all(isinstance(v, str) and is_text(v) for v in (name, kind, content)):
        raise Refused("bad_file", NO_ANSWER)
    if not 0 < len(name) <= _FILE_NAME_LETTERS or _UNSAFE_NAME.search(name) or name in (".", ".."):
        raise Refused("bad_file", Words("This name of a file cannot be used."))
    if accepted and not any(_accepts(one, name.lower(), kind.lower()) for one in accepted):
        raise Refused("file_type", Words("Only these kinds of files: %(kinds)s", kinds=", ".join(accepted)))
    size = value.get("size", 0)
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise Refused("bad_file", NO_ANSWER)
    if max(size, _bytes_in(content)) > largest:
        raise Refused(
            "file_size", Words("The file is too large: at most %(most)s kB.", most=max(1, largest // 1000))
        )
    return value


def _bytes_in(content: str) -> int:
    """How large the content of a data: address is."""
    head, comma, body = content.partition(",")
    return len(body) * 3 // 4 - body[-2:].count("=") if comma and head.endswith(";base64") else len(body)


def _accepts(accepted: str, name: str, kind: str) -> bool:
    """As the `accept` of a file field in HTML: .pdf, image/*, application/pdf."""
    if accepted.startswith("."):
        return name.endswith(accepted)
    return kind.startswith(accepted[:-1]) if accepted.endswith("/*") else kind == accepted
