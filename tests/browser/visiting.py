"""A visitor's page, watched for what no page of ours may do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, StorageState

from tests.browser.looks import Look
from tests.server import RunningServer
from tests.web.visits import ADMIN


@contextmanager
def visiting(
    browser: Browser, look: Look, language: str, *, state: StorageState | None = None, script: bool = True
) -> Iterator[Page]:
    """A page of a visitor of their own, with the cookies of `state`.

    At the end it fails if a script failed, the console complained, or anything was missing or was fetched
    from another host.
    """
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.theme,
        locale={"fi": "fi-FI", "en": "en-GB"}[language],
        timezone_id="Europe/Helsinki",
        is_mobile=look.width < 600,
        has_touch=look.width < 600,
        reduced_motion="reduce",
        java_script_enabled=script,
        storage_state=state,
    )
    page = context.new_page()
    failures: list[str] = []

    def note_foreign(request: Request) -> None:
        host = urlsplit(request.url).hostname
        if request.url.startswith("http") and host != "127.0.0.1":
            failures.append(f"fetched from elsewhere: {request.url}")

    def note_missing(response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            failures.append(f"answered {response.status}: {response.url}")

    def note_complaint(message: ConsoleMessage) -> None:
        # A page that says 422 or 404 is a page; a part of one is told of by note_missing.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            failures.append(f"console: {message.text}")

    page.on("request", note_foreign)
    page.on("response", note_missing)
    page.on("console", note_complaint)
    page.on("pageerror", lambda error: failures.append(f"script failed: {error}"))
    page.set_default_timeout(15_000)
    yield page
    context.close()
    assert not failures, "\n".join(failures)


def set_up(page: Page, server: RunningServer) -> None:
    """Make the administrator of a data folder that has none; the page is then theirs."""
    page.goto(server.address)
    for name in ("company", "name", "email", "password"):
        page.locator(f"[name={name}]").fill(ADMIN[name])
    code = page.locator("[name=code]")
    if code.count():  # behind a public address nobody is known to be on this machine
        told = re.search(r"the code is (\S+)", server.log.read_text())
        assert told
        code.fill(told[1])
    page.locator("main button.primary").click()
    page.wait_for_url(re.compile("/journeys/"))
