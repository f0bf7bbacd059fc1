"""Segment's browser SDK on a shop's page of another origin, told only where we are."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from polku.collect import segment
from tests.collect.conftest import Collecting, collecting, workspace
from tests.collect.serving import MODULES, served
from tests.required import missing

__all__ = ["collecting", "workspace"]

SHOP = """<!doctype html><title>Retkikauppa</title><link rel="icon" href="data:,">
<script src="/sdk/index.js"></script>"""

CALLS = """async ({ writeKey, cdnURL, batching }) => {
  const settings = batching ? { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 6 } } } } : {}
  const analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey, cdnURL }, { integrations: settings })
  const [ready] = await analytics
  await ready.page('Shop', 'Boots', { campaign: 'syksy' })
  await ready.identify('u1', { email: 'Anna@Example.fi', plan: 'gold' })
  await ready.track('Order Completed', { revenue: 49.9, products: [{ name: 'Retkikeitin äö 🥾' }] })
  await ready.screen('App', 'Home', { tab: 2 })
  await ready.group('g9', { employees: 12 })
  await ready.alias('u1', 'old')
}"""


async def shop(_: Request) -> HTMLResponse:
    return HTMLResponse(SHOP)


@pytest.fixture
def shop_address() -> Iterator[str]:
    bundle = MODULES / "@segment" / "analytics-next" / "dist" / "umd"
    if not bundle.exists():
        missing("node", "no browser SDK: make assets")
    with served(
        Starlette(routes=[Route("/boots", shop), Mount("/sdk", StaticFiles(directory=bundle))])
    ) as at:
        yield at


@pytest.mark.parametrize("batching", [False, True])
def test_all_six_calls_arrive_whole(
    collecting: Collecting,
    shop_address: str,
    page: Page,
    batching: bool,
) -> None:
    with served(Starlette(routes=segment.routes(collecting.workspace))) as address:
        page.goto(f"{shop_address}/boots?size=42")
        page.evaluate(CALLS, {"writeKey": collecting.public_key, "cdnURL": address, "batching": batching})
        until = time.monotonic() + 15
        while len(collecting.events()) < 6 and time.monotonic() < until:
            page.wait_for_timeout(50)
    assert collecting.rejected() == []
    events = {e["type"]: e for e in collecting.events()}
    assert sorted(events) == [1, 2, 3, 4, 5, 6]
    assert {e["context"]["library"]["name"] for e in events.values()} == {"analytics.js"}
    assert len({e["anonymous_id"] for e in events.values()}) == 1
    assert {e["path"] for e in events.values()} == {"/boots"}
    assert all(e["context"]["page"]["search"] == "?size=42" for e in events.values())
    track, seen, screen, identify, group, alias = (events[n] for n in range(1, 7))
    assert (track["name"], track["user_id"], track["value"]) == ("Order Completed", "u1", 49.9)
    assert track["properties"]["products"] == [{"name": "Retkikeitin äö 🥾"}]
    assert (seen["name"], seen["extra"]["category"], seen["properties"]["campaign"]) == (
        "Boots",
        "Shop",
        "syksy",
    )
    assert (screen["name"], screen["properties"]["tab"]) == ("Home", 2)
    assert identify["properties"] == {"email": "Anna@Example.fi", "plan": "gold"}
    assert identify["identifiers"] == [["email", "anna@example.fi"]]
    assert (group["extra"]["groupId"], group["properties"]) == ("g9", {"employees": 12})
    assert (alias["user_id"], alias["extra"]["previousId"]) == ("u1", "old")
    assert alias["identifiers"] == [["anonymous_id", "old"]]  # a public key never joins two known users
