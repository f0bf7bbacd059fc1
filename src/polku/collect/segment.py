"""Segment's protocol over HTTP: raw ASGI, since this is the path that must be fast."""

from __future__ import annotations

import asyncio
import binascii
import logging
import time
from base64 import b64decode
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from polku.collect import bodies
from polku.collect.bodies import Delivery
from polku.collect.encoding import encode_events, encode_rejected
from polku.collect.mending import Message
from polku.collect.protocol import LARGEST_BODY, MOST_EVENTS
from polku.collect.reading import read_batch, read_event, rows_of, write_key
from polku.collect.receiving import inflate, named_keys, receive_body
from polku.collect.refusal import Oversized, Refusal, Refused, Unfinished
from polku.collect.replies import not_post, reply, reply_error
from polku.collect.rows import Arrival, Row, moment
from polku.collect.sources import KnownSource, KnownSources
from polku.errors import PolkuError, TooLarge
from polku.settings import Settings
from polku.web.client import Origin
from polku.workspace import Workspace

log = logging.getLogger("polku.collect")

SINGLE: Final = {
    "track": ("t", "track"),
    "page": ("p", "page"),
    "identify": ("i", "identify"),
    "group": ("g", "group"),
    "alias": ("a", "alias"),
    "screen": ("s", "screen"),
}
BATCHES: Final = ("b", "batch", "import")
PUBLIC_PATHS: Final = ("/v1/",)
"""Path prefixes that need no log-in: write keys open them."""

_OK: Final = b'{"success":true}'
_BYTES_OF_EVENT: Final = 512
"""Roughly; how many events a body holds is known when it has been read."""
_SMALLER: Final = (
    f"Send at most {MOST_EVENTS} events and {LARGEST_BODY // 1024} KB ({LARGEST_BODY} bytes, unpacked) a request: "
    "share the events out over several requests, or set the SDK's batch size lower (Node: flushAt, "
    "Python: upload_size, browser: deliveryStrategy.config.size)."
)
"""What to do about a request that is too large."""


class LoopAcknowledger:
    """Resolves futures of an event loop, all of a commit in one go."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def acknowledge(self, tickets: list[Any], error: Exception | None) -> None:
        try:
            self._loop.call_soon_threadsafe(_resolve, tickets, error)
        except RuntimeError:  # the loop is closed: nobody waits any more
            log.info("acknowledgement_late tickets=%d", len(tickets))


def _resolve(tickets: list[asyncio.Future[None]], error: Exception | None) -> None:
    for future in tickets:
        if future.done():
            continue  # the client has gone
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


class Collector:
    """Takes requests of Segment's SDKs; a part of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._store = workspace.store
        self._sources = workspace.part(KnownSources)
        self._acknowledger: LoopAcknowledger | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reads_at_once = False

    async def take(self, scope: Scope, receive: Receive, type_: str | None) -> int:
        """Store what a request brings: a batch, or one event of `type_`.

        Returns how many events were refused (and kept as such). Raises PolkuError.
        """
        received_us = time.time_ns() // 1000
        source = self._by_request(scope)
        body = b""
        try:
            body = await receive_body(receive)
            body = inflate(body)
            if source is None and (key := write_key(body)):
                source = self._by_key(key)
            self._reads_at_once = self._reads_at_once or bodies.ready()
            if source is not None and self._reads_at_once:
                delivery = Delivery(body, Arrival(source.id, source.public, received_us, type=type_))
                await self._submit(bodies.encode_bodies, delivery, 1 + len(body) // _BYTES_OF_EVENT)
                if not delivery.careful:
                    return delivery.refused
            message = read_batch(body) if type_ is None else read_event(body)
        except Refusal as e:
            payload = e.beginning if isinstance(e, Oversized) else body
            source = source or self._by_traces(scope, e.seen or body)
            await self._refuse_whole(source, received_us, Refused(e.reason, e.detail, payload))
            raise _malformed(e) from None
        except Unfinished:
            raise Unreadable("The client went away.") from None
        source = source or self._by_key(message.write_key or _query_key(scope))
        return await self._keep(message, Arrival(source.id, source.public, received_us, type=type_))

    async def append(self, rows: Sequence[Row]) -> None:
        """Store events of our own; returns when they are durable. Raises Overloaded and StorageFull."""
        await self._submit(encode_events, rows, len(rows))

    async def _keep(self, message: Message, arrival: Arrival) -> int:
        rows, refused = rows_of(message, arrival)
        waiting = []
        if rows:
            waiting.append(self._submit(encode_events, rows, len(rows)))
        if refused:
            kept = (moment(arrival.received_us), arrival.source, refused)
            waiting.append(self._submit(encode_rejected, kept, len(refused)))
        for future in waiting:
            await future
        return len(refused)

    async def _refuse_whole(self, source: KnownSource | None, received_us: int, refused: Refused) -> None:
        """Keep a body that could not be read, if it is known whose it is."""
        if source is not None:
            kept = (moment(received_us), source.id, [refused])
            await self._submit(encode_rejected, kept, 1)

    def _submit(self, encode: Any, payload: Any, rows: int) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        if self._acknowledger is None or self._loop is not loop:
            self._loop, self._acknowledger = loop, LoopAcknowledger(loop)
        future: asyncio.Future[None] = loop.create_future()
        self._store.submit(encode, payload, rows=rows, ticket=future, to=self._acknowledger)
        return future

    def _by_request(self, scope: Scope) -> KnownSource | None:
        """The source that the request's headers name, or None if they name none."""
        for name, value in scope["headers"]:
            if name == b"authorization" and value[:6].lower() == b"basic ":
                try:
                    key = b64decode(value[6:]).decode().partition(":")[0]
                except (binascii.Error, UnicodeDecodeError):
                    return None
                return self._by_key(key) if key else None
        return None

    def _by_traces(self, scope: Scope, text: bytes) -> KnownSource | None:
        """The source of a body that cannot be read, by the first known key it names, else by the address's.

        None if no key is named: nothing of strangers is kept. Raises PolkuError if the address names an unknown one.
        """
        known = next((k for k in named_keys(text) if self._sources.by_key(k)), None)
        key = known or _query_key(scope)
        return self._by_key(key) if key else None

    def _by_key(self, write_key: str | None) -> KnownSource:
        source = self._sources.by_key(write_key) if write_key else None
        if source is None:
            self._sources.refuse("unknown_write_key")
            raise UnknownWriteKey("The write key is unknown. Copy it from the source's page in Polku.")
        if source.disabled:
            self._sources.refuse("source_disabled")
            raise SourceDisabled(f"Source '{source.name}' is disabled. Enable it on its page in Polku.")
        return source


class UnknownWriteKey(PolkuError):
    code = "unknown_write_key"
    status = 401


class SourceDisabled(PolkuError):
    code = "source_disabled"
    status = 403


class Unreadable(PolkuError):
    code = "unreadable"
    status = 400


def routes(workspace: Workspace) -> Sequence[BaseRoute]:
    """The routes of the protocol, for the application to add; see PUBLIC_PATHS."""
    collector = workspace.part(Collector)
    batches = [Route(f"/v1/{path}", _Endpoint(collector, None)) for path in BATCHES]
    singles = [
        Route(f"/v1/{path}", _Endpoint(collector, type_)) for type_, paths in SINGLE.items() for path in paths
    ]
    return [
        *batches,
        *singles,
        Route("/v1/m", _Discard()),
        Route("/v1/projects/{write_key}/settings", _Settings(workspace)),
    ]


class _Endpoint:
    """One address of the protocol."""

    def __init__(self, collector: Collector, type_: str | None) -> None:
        self._collector = collector
        self._type = type_

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await not_post(scope, send)
            return
        try:
            refused = await self._collector.take(scope, receive, self._type)
        except PolkuError as e:
            await reply_error(scope, send, e)
            return
        except Exception:
            log.exception("request_failed path=%s", scope["path"])
            await reply_error(scope, send, PolkuError("Something went wrong at our side. Send again."))
            return
        body = _OK if not refused else msgspec.json.encode({"success": True, "rejected": refused})
        await reply(scope, send, 200, body)


class _Discard:
    """Takes the browser SDK's figures about itself, and forgets them: they would go to a foreign host otherwise."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await not_post(scope, send)
            return
        try:
            await receive_body(receive)
        except Oversized as e:
            await reply_error(scope, send, _malformed(e))
            return
        except Unfinished:
            return
        await reply(scope, send, 200, _OK)


class _Settings:
    """What the browser SDK asks before it sends anything: exactly one destination, and that is us."""

    def __init__(self, workspace: Workspace) -> None:
        self._sources = workspace.part(KnownSources)
        self._settings = workspace.settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await not_post(scope, send, allowed="GET")
            return
        key = scope["path_params"]["write_key"]
        if self._sources.by_key(key) is None:
            self._sources.refuse("unknown_write_key")
            await reply_error(scope, send, _missing_source())
            return
        protocol, _, host = base_url(HTTPConnection(scope), self._settings).partition("://")
        ours = {"apiKey": key, "apiHost": f"{host}/v1", "protocol": protocol}
        settings = {"integrations": {"Segment.io": ours}, "metrics": {"sampleRate": 0}, "plan": {}}
        await reply(scope, send, 200, msgspec.json.encode(settings))


def base_url(request: HTTPConnection, settings: Settings) -> str:
    """How the one who asks reaches us, e.g. https://polku.example.fi"""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    scheme = "https" if Origin(settings).is_https(request) else "http"
    return f"{scheme}://{request.headers.get('host') or f'{settings.host}:{settings.port}'}"


def _missing_source() -> PolkuError:
    error = UnknownWriteKey("The write key is unknown. Copy it from the source's page in Polku.")
    error.status = 404
    return error


def _malformed(refusal: Refusal) -> PolkuError:
    if isinstance(refusal, Oversized):
        more = "more than " if refusal.cut.more else ""
        return TooLarge(f"The request is too large: it is {more}{refusal.cut.size} bytes. {_SMALLER}")
    if refusal.reason == "batch_too_large":
        return TooLarge(f"The request is too large: {refusal.detail}. {_SMALLER}")
    error = Unreadable(f"The request cannot be read ({refusal.reason}): {refusal.detail}")
    error.code = refusal.reason
    return error


def _query_key(scope: Scope) -> str | None:
    query = scope.get("query_string", b"")
    given = parse_qs(query.decode("latin-1")).get("writeKey") if query else None
    return given[0] if given else None
