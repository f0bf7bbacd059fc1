"""Load on a collector: how many durable events a second, and how long a request takes.

    python -m benchmarks.load http://127.0.0.1:8000 --write-key KEY --batch 100 --events 1000000

Bodies are made before the clock starts; each of `--connections` sends the next as soon as the last was
acknowledged. Every event has its own id; `stored` in the report is asked from `--stored URL` if given.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import time
import uuid
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

NAMES = ("Product Viewed", "Product Added", "Cart Viewed", "Order Completed")


@dataclass(frozen=True, slots=True)
class Report:
    """What a run showed; times in milliseconds."""

    events: int
    requests: int
    seconds: float
    events_per_s: float
    requests_per_s: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    refused: int
    acknowledged: int


def event(number: int, rng: random.Random) -> dict[str, object]:
    """A web shop's event as the browser's SDK sends it, of some 650 bytes."""
    product = rng.randrange(5_000)
    return {
        "type": "track",
        "messageId": f"ajs-next-{1_790_000_000_000 + number}-{uuid.UUID(int=rng.getrandbits(128))}",
        "event": rng.choice(NAMES),
        "userId": f"u{rng.randrange(50_000)}",
        "anonymousId": str(uuid.uuid5(uuid.NAMESPACE_URL, str(rng.randrange(100_000)))),
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.123Z", time.gmtime()),
        "properties": {"product_id": f"p{product}", "price": 19.9, "currency": "EUR", "category": "boots"},
        "context": {
            "page": {"path": f"/p/{product}", "referrer": "https://www.example/", "title": "Boots"},
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
            "locale": "fi-FI",
            "library": {"name": "analytics.js", "version": "next-1.84.3"},
        },
        "integrations": {},
    }


def requests(host: str, write_key: str, *, events: int, batch: int, seed: int) -> list[bytes]:
    """Whole HTTP requests, ready to be sent."""
    rng = random.Random(seed)
    authorization = b64encode(f"{write_key}:".encode()).decode()
    path = "/v1/batch" if batch > 1 else "/v1/track"
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {authorization}\r\n"
    made = []
    for first in range(0, events, batch):
        several = [event(n, rng) for n in range(first, min(first + batch, events))]
        content: object = {"batch": several, "sentAt": None} if batch > 1 else several[0]
        body = json.dumps(content, separators=(",", ":")).encode()
        made.append(
            f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )
    return made


async def send(address: str, bodies: list[bytes], *, batch: int, connections: int) -> Report:
    """Send all, each connection one request at a time. Counts events of requests answered with 200."""
    where = urlsplit(address)
    waiting = iter(bodies)
    times: list[float] = []
    refused = itertools.count()
    start = time.perf_counter()
    work = (
        _connection(where.hostname or "", where.port or 80, waiting, times, refused)
        for _ in range(connections)
    )
    await asyncio.gather(*work)
    seconds = time.perf_counter() - start
    failed = next(refused)
    times.sort()
    events = len(bodies) * batch
    return Report(
        events=events,
        requests=len(bodies),
        seconds=round(seconds, 3),
        events_per_s=round(events / seconds),
        requests_per_s=round(len(bodies) / seconds),
        p50_ms=round(times[len(times) // 2] * 1e3, 1),
        p99_ms=round(times[int(len(times) * 0.99)] * 1e3, 1),
        slowest_ms=round(times[-1] * 1e3, 1),
        refused=failed,
        acknowledged=(len(bodies) - failed) * batch,
    )


async def send_paced(address: str, bodies: list[bytes], *, batch: int, rate: int) -> None:
    """Send all at `rate` events a second, ten times a second."""
    several = max(1, rate // 10 // batch)
    for first in range(0, len(bodies), several):
        began = time.perf_counter()
        await send(address, bodies[first : first + several], batch=batch, connections=several)
        await asyncio.sleep(max(0.0, began + 0.1 - time.perf_counter()))


async def _connection(
    host: str, port: int, waiting: Iterator[bytes], times: list[float], refused: Iterator[int]
) -> None:
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 20)
    for body in waiting:
        start = time.perf_counter()
        writer.write(body)
        head = await reader.readuntil(b"\r\n\r\n")
        lowered = head.lower()
        at = lowered.index(b"content-length:") + 15
        await reader.readexactly(int(lowered[at : lowered.index(b"\r", at)]))
        times.append(time.perf_counter() - start)
        if not head.startswith(b"HTTP/1.1 200"):
            next(refused)
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address")
    parser.add_argument("--write-key", required=True)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, help="events a second; default: as fast as it goes")
    given = parser.parse_args()
    bodies = requests(
        urlsplit(given.address).netloc,
        given.write_key,
        events=given.events,
        batch=given.batch,
        seed=given.seed,
    )
    try:
        import uvloop
    except ImportError:
        run = asyncio.run
    else:
        run = uvloop.run
    if given.rate:
        print("ready", flush=True)
        run(send_paced(given.address, bodies, batch=given.batch, rate=given.rate))
        return
    report = run(send(given.address, bodies, batch=given.batch, connections=given.connections))
    print(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
