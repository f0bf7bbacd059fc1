"""Feedback as an analyst uses it: searched, filtered, corrected by keyboard, followed to the customer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import LANGUAGES, Look
from tests.browser.shops import Shop, opened
from tests.browser.visiting import visiting

pytestmark = pytest.mark.browser
TEXTS = (
    "Toimituksissa oli taas viivettä, tosi huono juttu.",
    "Hinta oli sopiva ja palvelu ystävällistä, kiitos!",
    "Asiakaspalvelu vastasi heti ja auttoi hienosti.",
    "The website is slow and hard to use.",
)


@pytest.fixture(scope="module", params=LANGUAGES)
def shop(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    folder: Path = tmp_path_factory.mktemp("feedback") / "data"
    with opened(browser, folder, request.param) as shop:
        comments = [
            {"text": text, "user_id": f"c{i}", "at": f"2026-03-0{i + 1}T10:00:00Z"}
            for i, text in enumerate(TEXTS)
        ]
        token = (folder / "server.json").read_text().split('"token": "')[1].split('"')[0]
        sent = httpx.post(
            f"{shop.address}/api/v1/feedback/comments",
            json={"comments": comments},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert sent.status_code == 201, sent.text
        yield shop


@pytest.fixture
def page(browser: Browser, look: Look, shop: Shop) -> Iterator[Page]:
    with visiting(browser, look, shop.language, state=shop.administrator) as page:
        yield page


def open_comments(page: Page, shop: Shop) -> None:
    """Until the server has read them."""
    for _ in range(60):
        page.goto(f"{shop.address}/feedback/comments")
        if page.locator(".comments > li").count() == len(TEXTS):
            return
        page.wait_for_timeout(500)
    raise AssertionError("the comments were not read")


def test_comments_are_searched_corrected_by_keyboard_and_lead_to_the_customer(page: Page, shop: Shop) -> None:
    open_comments(page, shop)
    axe(page)
    fits(page)
    page.fill("#text", "toimitus")
    expect(page.locator(".comments > li")).to_have_count(1)
    comment = page.locator(".comments > li")
    expect(comment).to_contain_text(TEXTS[0])
    comment.get_by_role("link", name=shop.word("Correct")).focus()
    page.keyboard.press("Enter")
    sentiment = comment.locator("select[name=sentiment]")
    expect(sentiment).to_be_visible()
    axe(page)
    sentiment.focus()
    sentiment.select_option("neutral")
    comment.get_by_role("button", name=shop.word("Save the correction")).focus()
    page.keyboard.press("Enter")
    expect(comment.locator(".tag").first).to_have_text(shop.word("neutral"))
    expect(comment.locator(".corrections")).to_contain_text("Anna Aalto")
    axe(page)
    comment.get_by_role("button", name=shop.word("Undo")).focus()
    page.keyboard.press("Enter")
    expect(comment.locator(".tag").first).to_have_text(shop.word("negative"))
    page.goto(f"{shop.address}/feedback/comments?sentiment=positive")
    expect(page.locator(".comments > li.positive").first).to_be_visible()
    expect(page.locator(".comments > li.negative")).to_have_count(0)
    page.get_by_role("link", name=shop.word("The customer's path")).first.click()
    expect(page).to_have_url(f"{shop.address}/profiles/" + page.url.rpartition("/")[2])


def test_a_taxonomy_is_tried_before_it_is_saved(page: Page, shop: Shop) -> None:
    open_comments(page, shop)
    for path in ("/feedback", "/feedback/models", "/feedback/taxonomy"):
        page.goto(shop.address + path)
        axe(page)
        fits(page)
    page.locator("#t-new-fi").fill("viive")
    page.locator("#t-new-fi-label").fill("Viiveet")
    page.locator("#t-text").fill("Viive oli pitkä")
    page.locator("#taxonomy-trial button").click()
    expect(page.locator("#taxonomy-trial")).to_contain_text("Viiveet")
    expect(page.locator("#taxonomy-trial")).to_contain_text(TEXTS[0])
    axe(page)
    fits(page)


def test_a_correction_needs_no_script(browser: Browser, look: Look, shop: Shop) -> None:
    with visiting(browser, look, shop.language, state=shop.administrator, script=False) as page:
        open_comments(page, shop)
        page.locator(".corrections a").first.click()
        page.locator("#correction select[name=sentiment]").select_option("neutral")
        page.locator("#correction button").click()
        expect(page.locator(".corrections")).to_contain_text("Anna Aalto")
        page.locator(".corrections button").click()
        expect(page.locator(".corrections")).not_to_contain_text("Anna Aalto")
