"""Paths as a log: XES (IEEE 1849), plain or gzipped. A customer is a trace."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import msgspec

from polku.exports.paths import Paths

MEDIA_TYPE: Final = "application/xml"
PACKED_MEDIA_TYPE: Final = "application/gzip"

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<classifier name="Activity" keys="concept:name"/>
<string key="concept:name" value="Polku"/>
"""
_TAIL: Final = "</log>\n"
_HAPPENED: Final = frozenset({"track", "page", "screen"})
_PREFIX: Final = "polku:"
"""Before the names of attributes that are Polku's, so that they are none of the events' own."""
_OWN: Final = ("touchpoint", "stage", "channel", "event", "source", "path", "value", "score")
_TAKEN: Final = frozenset({"concept:name", "time:timestamp"})
_NO_XML_LETTERS: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff"
_NO_XML: Final = re.compile(f"[{_NO_XML_LETTERS}]")
_TO_QUOTE: Final = re.compile(f'[&<>"\n\r\t{_NO_XML_LETTERS}]')
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_MOST_INT: Final = 1 << 63
_TRACES_AT_ONCE: Final = 500


def pieces(paths: Paths) -> Iterator[bytes]:
    """The file, piece by piece. Events of no name (identify, group, alias) are told by their traits."""
    yield _HEAD.encode()
    for batch in paths.batches():
        traces: list[str] = []
        for profile, events in groupby(_rows(batch), key=lambda e: str(e["profile"])):
            traces.append(_trace(profile, list(events)))
            if len(traces) >= _TRACES_AT_ONCE:
                yield "".join(traces).encode()
                traces.clear()
        yield "".join(traces).encode()
    yield _TAIL.encode()


def packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same, gzipped."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    for part in batch.to_batches(max_chunksize=20_000):
        yield from part.to_pylist()


def _trace(profile: str, events: list[dict[str, Any]]) -> str:
    happened = [e for e in events if e["type"] in _HAPPENED]
    if not happened:
        return ""
    traits: dict[str, Any] = {}
    for event in events:
        if event["type"] == "identify":
            traits |= _object(event["properties"])
    told = _attributes({f"{_PREFIX}profile": profile} | traits)
    name = _attribute("concept:name", events[0]["customer"])
    return f"<trace>\n{name}{told}{''.join(map(_event, happened))}</trace>\n"


def _event(event: dict[str, Any]) -> str:
    time: datetime = event["time"]
    moment = time.replace(tzinfo=None).isoformat(
        timespec="microseconds" if time.microsecond % 1000 else "milliseconds"
    )
    own = {f"{_PREFIX}{n}": event[n] for n in _OWN}
    told = _attributes(own | _object(event["properties"]))
    return (
        f"<event>\n{_attribute('concept:name', event['activity'] or '')}"
        f'<date key="time:timestamp" value="{moment}+00:00"/>\n{told}</event>\n'
    )


def _object(text: str | None) -> dict[str, Any]:
    found = msgspec.json.decode(text or "{}")
    return found if isinstance(found, dict) else {}


def _attributes(given: dict[str, Any]) -> str:
    return "".join(_attribute(k, v) for k, v in given.items() if v is not None and k not in _TAKEN)


def _attribute(key: str, value: Any) -> str:
    match value:
        case str():
            kind, text = ("date" if _MOMENT.fullmatch(value) else "string"), value
        case bool():
            kind, text = "boolean", "true" if value else "false"
        case int() if abs(value) < _MOST_INT:
            kind, text = "int", str(value)
        case float():
            kind, text = "float", repr(value)
        case _:
            kind, text = "string", msgspec.json.encode(value).decode()
    return f"<{kind} key={_quoted(key)} value={_quoted(text)}/>\n"


def _quoted(text: str) -> str:
    if not _TO_QUOTE.search(text):
        return f'"{text}"'
    return quoteattr(_NO_XML.sub("\ufffd", text))
