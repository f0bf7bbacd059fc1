"""A body that is not quite JSON: not-a-number values and stray bytes spoil one event, not those that came with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from polku.collect.protocol import Event
from polku.collect.refusal import Refusal, Refused, shown


@dataclass(slots=True)
class Message:
    """A body that could be read: its events as structures, or as texts to be read one by one."""

    events: list[Event] = field(default_factory=list)
    items: list[bytes] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    write_key: str | None = None
    sent_at: datetime | None = None
    context: bytes = b""
    integrations: bytes = b""


def read_broken(body: bytes, error: Exception, *, batch: bool) -> Message:
    """Save what can be: not-a-number values and stray bytes spoil one event, not those that came with it."""
    try:
        whole = json.loads(body.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        reason = "invalid_utf8" if isinstance(error, UnicodeDecodeError) else "invalid_json"
        raise Refusal(reason, str(error)) from None
    if not isinstance(whole, dict):
        raise Refusal(
            "not_a_batch" if batch else "not_an_object", f"the body is {shown(whole)}. Allowed: an object"
        )
    items = whole.pop("batch", None) if batch else [whole]
    if not isinstance(items, list):
        raise Refusal("not_a_batch", f"batch is {shown(items)}. Allowed: an array of events")
    message = Message(write_key=whole.get("writeKey") if isinstance(whole.get("writeKey"), str) else None)
    if batch and isinstance(whole.get("sentAt"), str):
        message.sent_at = _lenient_time(whole["sentAt"])
    for name in ("context", "integrations") if batch else ():
        spoilt, common = _mended(whole.get(name))
        if spoilt is None and isinstance(whole.get(name), dict):
            setattr(message, name, common)
    for kind, made in map(_mended, items):
        if kind is None:
            message.items.append(made)
        else:
            detail = {
                "not_a_number": "it holds NaN or an infinite number",
                "invalid_utf8": "it holds stray bytes",
            }
            message.refused.append(Refused(kind, detail[kind], made))
    return message


def _mended(item: Any) -> tuple[str | None, bytes]:
    try:
        text = json.dumps(item, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return "not_a_number", json.dumps(item).encode()
    try:
        return None, text.encode()
    except UnicodeEncodeError:
        return "invalid_utf8", text.encode("utf-8", "surrogatepass" if _has_lone(text) else "surrogateescape")


def _has_lone(text: str) -> bool:
    """Whether it holds half surrogate pairs, written as escapes, and not merely stray bytes."""
    return any("\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" for c in text)


def _lenient_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
