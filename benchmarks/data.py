"""Events for measuring: a made-up log of any size, with 30 kinds of contact."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from polku.store import INCOMING, EventStore, EventType

START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
DAYS = 270
NAMES = (
    "Product Viewed", "Products Searched", "Product List Viewed", "Product Added", "Cart Viewed",
    "Checkout Started", "Payment Info Entered", "Order Completed", "Email Opened", "Email Link Clicked",
    "Call Started", "Chat Started", "Order Shipped", "Delivery Completed", "Survey Responded",
    "Order Returned", "Promotion Viewed", "Promotion Clicked", "Coupon Applied", "Product Shared",
    "Product Reviewed", "Wishlist Product Added", "In-Store Purchase", "Email Delivered", "Product Removed",
    "Order Refunded", "Home Viewed", "Guide Viewed", "Store Visited", "App Opened",
)  # fmt: skip
_CONTEXT = (
    '{"page":{"path":"/tuotteet/1","title":"Kengät"},"locale":"fi-FI",'
    '"library":{"name":"analytics.js","version":"next-1.70.0"}}'
)
BATCH = 100_000


def log(events: int, profiles: int, *, seed: int = 1) -> Iterator[pa.Table]:
    """The log in batches of schema INCOMING, in order of time; profile activity is skewed as in life."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, len(NAMES) + 1) ** 0.7
    names = pa.array(NAMES)
    for first in range(0, events, BATCH):
        n = min(BATCH, events - first)
        who = (profiles * rng.random(n) ** 1.3).astype(np.int64)
        micros = START * 1_000_000 + (
            (first + np.sort(rng.random(n)) * n) / events * DAYS * 86_400_000_000
        ).astype(np.int64)
        kind = rng.choice(len(NAMES), n, p=weights / weights.sum())
        when = pa.array(micros, pa.timestamp("us", tz="UTC"))
        value = pa.array(np.round(rng.gamma(2, 40, n), 2), mask=kind != NAMES.index("Order Completed"))
        score = pa.array(
            rng.integers(-10, 11, n).astype(np.float32) * 10, mask=kind != NAMES.index("Survey Responded")
        )
        users = pa.array([f"customer-{w}" for w in who.tolist()])
        columns = {
            "source": pa.array(np.ones(n, np.int16)),
            "event_id": pa.array([f"event-{i}" for i in range(first, first + n)]),
            "type": pa.array(np.full(n, EventType.TRACK, np.uint8)),
            "name": names.take(pa.array(kind)),
            "received_at": when,
            "occurred_at": when,
            "user_id": users,
            "anonymous_id": pa.array(
                [f"device-{w}" if w % 3 == 0 else None for w in who.tolist()], pa.string()
            ),
            "value": value,
            "score": score,
            "properties": pa.array(
                [f'{{"product_id":"p{w % 997}","category":"kengät"}}' for w in who.tolist()]
            ),
            "context": pa.array([_CONTEXT] * n),
        }
        yield pa.table([columns.get(f.name, pa.nulls(n, f.type)) for f in INCOMING], schema=INCOMING)


def fill(store: EventStore, events: int, profiles: int) -> float:
    """Store the log; returns the seconds it took."""
    start = time.perf_counter()
    for batch in log(events, profiles):
        store.append(batch)
    return time.perf_counter() - start
