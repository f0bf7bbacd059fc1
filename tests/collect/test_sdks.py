"""Segment's released SDKs, unmodified, with only the host changed: all six calls arrive whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from segment.analytics import Client
from starlette.applications import Starlette

from polku.collect import segment
from tests.collect.conftest import Collecting
from tests.collect.serving import node, served

TRACK, PAGE, SCREEN, IDENTIFY, GROUP, ALIAS = range(1, 7)
PROPERTIES = {"revenue": 49.9, "currency": "EUR", "products": [{"sku": "A-1", "name": "Retkikeitin äö 🥾"}]}


@pytest.fixture
def address(collecting: Collecting) -> Iterator[str]:
    with served(Starlette(routes=segment.routes(collecting.workspace))) as at:
        yield at


def by_type(collecting: Collecting) -> dict[int, dict[str, Any]]:
    assert collecting.rejected() == []
    events = collecting.events()
    assert len({e["event_id"] for e in events}) == len(events)
    assert sorted(e["type"] for e in events) == [TRACK, PAGE, SCREEN, IDENTIFY, GROUP, ALIAS]
    for event in events:
        assert abs(event["occurred_at"] - datetime.now(UTC)) < timedelta(minutes=1)
    return {e["type"]: e for e in events}


def check_calls(collecting: Collecting, library: str) -> dict[int, dict[str, Any]]:
    events = by_type(collecting)
    assert {e["context"]["library"]["name"] for e in events.values()} == {library}
    track = events[TRACK]
    assert (track["name"], track["user_id"], track["value"]) == ("Order Completed", "u1", 49.9)
    assert track["properties"] == PROPERTIES
    assert (events[PAGE]["name"], events[PAGE]["extra"]["category"]) == ("Boots", "Shop")
    assert events[PAGE]["path"] == "/boots"
    assert events[SCREEN]["name"] == "Home"
    assert events[SCREEN]["properties"] == {"tab": 2}
    assert events[IDENTIFY]["properties"] == {"email": "Anna@Example.fi", "plan": "gold"}
    assert events[IDENTIFY]["identifiers"] == [["email", "anna@example.fi"]]
    assert events[GROUP]["extra"]["groupId"] == "g9"
    assert events[GROUP]["properties"] == {"employees": 12}
    assert events[ALIAS]["extra"]["previousId"] == "old"
    assert events[ALIAS]["identifiers"] == [["previous_id", "old"]]
    return events


@pytest.mark.parametrize("gzip", [False, True])
def test_python(collecting: Collecting, address: str, gzip: bool) -> None:
    failures: list[object] = []
    client = Client(
        collecting.key, host=address, gzip=gzip, on_error=lambda *e: failures.append(e), max_retries=0
    )
    client.track("u1", "Order Completed", PROPERTIES, integrations={"Other": False})
    client.page("u1", "Shop", "Boots", {"url": "https://shop.example/boots?size=42"})
    client.screen("u1", "App", "Home", {"tab": 2})
    client.identify("u1", {"email": "Anna@Example.fi", "plan": "gold"})
    client.group("u1", "g9", {"employees": 12})
    client.alias("old", "u1")
    client.shutdown()
    assert failures == []
    events = check_calls(collecting, "analytics-python")
    assert events[TRACK]["extra"] == {"integrations": {"Other": False}}


def test_python_a_value_that_is_no_number_loses_no_other_event(collecting: Collecting, address: str) -> None:
    client = Client(collecting.key, host=address, max_retries=0)
    client.track("u1", "Bad", {"x": float("nan")})
    client.track("u1", "Good", {"x": 1})
    client.shutdown()
    assert [e["name"] for e in collecting.events()] == ["Good"]
    assert collecting.reasons() == ["not_a_number"]


NODE = """
import { Analytics } from '@segment/analytics-node'
const [writeKey, host] = process.argv.slice(1)
const properties = JSON.parse(process.argv[3])
const analytics = new Analytics({ writeKey, host, maxRetries: 0 })
const failures = []
analytics.on('error', e => failures.push(e))
analytics.track({ userId: 'u1', event: 'Order Completed', properties, integrations: { Other: false } })
analytics.page({ userId: 'u1', category: 'Shop', name: 'Boots', properties: { url: 'https://shop.example/boots?s=1' } })
analytics.screen({ userId: 'u1', name: 'Home', properties: { tab: 2 } })
analytics.identify({ userId: 'u1', traits: { email: 'Anna@Example.fi', plan: 'gold' } })
analytics.group({ userId: 'u1', groupId: 'g9', traits: { employees: 12 } })
analytics.alias({ userId: 'u1', previousId: 'old' })
await analytics.closeAndFlush()
if (failures.length) { console.error(failures); process.exit(1) }
"""


def test_node(collecting: Collecting, address: str) -> None:
    import json

    node(NODE, collecting.key, address, json.dumps(PROPERTIES))
    events = check_calls(collecting, "@segment/analytics-node")
    assert events[TRACK]["extra"] == {"integrations": {"Other": False}}
