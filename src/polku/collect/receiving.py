"""Taking in a request's body: all of it, or of one that is too large its beginning and its size."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from starlette.types import Receive

from polku.collect.protocol import LARGEST_BODY
from polku.collect.refusal import Cut, Oversized, Refusal, Unfinished

KEPT: Final = 32 * 1024
"""Bytes that are kept of a body that is too large: enough to see what it was."""
COUNTED: Final = 16 << 20
"""Bytes after which no more of such a body is read."""
_END: Final = 1024
"""SDKs write the key of a batch behind its events."""
_KEY: Final = re.compile(rb'"writeKey"\s*:\s*"([^"\\]{1,200})"')


async def receive_body(receive: Receive) -> bytes:
    """The whole body. Raises Oversized, and Unfinished if the client goes away.

    One that is too large is read to its end, so that its sender hears the answer, but not remembered.
    """
    parts: list[bytes] = []
    size, end = 0, b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Unfinished
        part: bytes = message.get("body", b"")
        if not size and len(part) <= LARGEST_BODY and not message.get("more_body", False):
            return part
        if size <= LARGEST_BODY:
            parts.append(part)
        size += len(part)
        end = (end + part)[-_END:]
        over = size > LARGEST_BODY
        more = message.get("more_body", False)
        if over and (not more or size > COUNTED):
            raise _oversized(b"".join(parts), end, Cut(size, KEPT, more))
        if not more:
            return b"".join(parts)


def _oversized(beginning: bytes, end: bytes, cut: Cut) -> Oversized:
    if is_packed(beginning):
        try:
            beginning = zlib.decompressobj(31).decompress(beginning, LARGEST_BODY)
        except zlib.error:
            beginning = b""
    return Oversized(cut, beginning[:KEPT], beginning + b"\n" + end)


def is_packed(body: bytes) -> bool:
    """Whether it is gzip: what the headers say of it does not matter."""
    return body[:2] == b"\x1f\x8b"


def inflate(body: bytes) -> bytes:
    """The body without gzip, if it has that.

    Raises Refusal for a damaged one, and Oversized as soon as it grows over the limit.
    """
    parts: list[bytes] = []
    size = 0
    while is_packed(body):
        member = zlib.decompressobj(31)
        try:
            parts.append(member.decompress(body, LARGEST_BODY + 1 - size))
        except zlib.error as e:
            raise Refusal("invalid_gzip", f"{e}", seen=b"".join(parts)) from None
        size += len(parts[-1])
        if size > LARGEST_BODY:
            whole = b"".join(parts)
            raise Oversized(Cut(size, KEPT, more=True), whole[:KEPT], whole)
        if not member.eof:
            raise Refusal("invalid_gzip", "it ends too early", seen=b"".join(parts))
        body = member.unused_data
    return b"".join(parts) if parts else body


def named_keys(text: bytes) -> Iterator[str]:
    """The write keys that a body names which cannot be read as a whole."""
    for found in _KEY.finditer(text):
        yield found[1].decode("utf-8", "replace")
