"""Replies as Segment's SDKs understand them, to browsers of any site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from starlette.types import Scope, Send

from polku.errors import PolkuError

_HEADERS_OF_SDKS: Final = "Authorization, Content-Type, X-Retry-Count, AnonymousId, SentAt, Rsa-*"


async def not_post(scope: Scope, send: Send, allowed: str = "POST") -> None:
    if scope["method"] == "OPTIONS":
        await reply(scope, send, 204, b"", _preflight(scope))
        return
    body = {"code": "method_not_allowed", "message": f"Use {allowed} here."}
    await reply(scope, send, 405, msgspec.json.encode(body), [(b"allow", allowed.encode())])


async def reply_error(scope: Scope, send: Send, error: PolkuError, message: str = "") -> None:
    """Programs are told in English; people, if need be, by a `message` in their language."""
    extra = [(b"retry-after", str(error.retry_after_s).encode())] if error.retry_after_s else []
    body = msgspec.json.encode({"code": error.code, "message": message or error.message})
    await reply(scope, send, error.status, body, extra)


async def reply(
    scope: Scope, send: Send, status: int, body: bytes, extra: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *extra]
    for name, value in scope["headers"]:
        if name == b"origin":
            headers += [(b"access-control-allow-origin", value), (b"vary", b"Origin")]
            break
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _preflight(scope: Scope) -> list[tuple[bytes, bytes]]:
    asked = next((v for n, v in scope["headers"] if n == b"access-control-request-headers"), b"")
    return [
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-allow-headers", asked or _HEADERS_OF_SDKS.encode()),
        (b"access-control-max-age", b"86400"),
    ]
