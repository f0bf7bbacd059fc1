"""The live view in a real browser; test_walk.py looks at the other pages of sources."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from polku.collect import api, pages, segment
from polku.web.app import create_app
from polku.workspace import Workspace
from tests.collect.conftest import Collecting, collecting, workspace
from tests.collect.serving import served
from tests.collect.test_protocol import track

__all__ = ["collecting", "workspace"]


@pytest.fixture
def address(workspace: Workspace, collecting: Collecting, page: Page) -> Iterator[str]:
    """A Polku with events, good and bad, in which the page's visitor is logged in."""
    app = create_app(
        workspace,
        routers=[pages.router],
        api=[api.router],
        routes=segment.routes(workspace),
        public=segment.PUBLIC_PATHS,
    )
    with served(app) as at:
        page.goto(f"{at}/setup")
        for name, value in (("company", "Metsä Oy"), ("name", "Anna"), ("email", "anna@example.fi")):
            page.fill(f"[name={name}]", value)
        page.fill("[name=password]", "polku vie perille")
        page.click("main form button.primary")
        collecting.batch(track(context={"page": {"path": "/kengat"}}), track(event=None), track(userId=None))
        collecting.batch(
            {"type": "page", "anonymousId": "a", "properties": {"path": "/"}}, key=collecting.public_key
        )
        workspace.store.flush()
        yield at


def test_events_appear_by_themselves(page: Page, address: str, collecting: Collecting) -> None:
    page.goto(f"{address}/live")
    collecting.batch(track(messageId="new", event="Tilaus maksettu"))
    page.wait_for_selector("text=Tilaus maksettu", timeout=8_000)
    assert page.locator("#live-events").count() == 1
    assert page.locator("h1").count() == 1
    page.click("text=Pysäytä")
    page.wait_for_url("**paused=true")
    collecting.batch(track(messageId="unseen", event="Ei näy"))
    page.wait_for_timeout(2_500)
    assert page.locator("text=Ei näy").count() == 0
