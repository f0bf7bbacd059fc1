"""Interviews brought in the browser: chosen or dropped, looked at, corrected, brought; a broken one is told."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, IN_TURN, Look
from tests.browser.visiting import visiting
from tests.feedback.documents import docx
from tests.server import RunningServer

VTT = b"""WEBVTT

00:00:01.000 --> 00:00:02.000
<v Anna>How was it?</v>

00:00:02.000 --> 00:00:04.000
<v Maija>I waited for two weeks, call me: 040 123 4567.</v>
"""
WORDS = {
    "en": ("1 comment would be brought", "Bring 1 comment", "was brought", "cut short or damaged"),
    "fi": ("1 kommentti tuotaisiin", "Tuo 1 kommentti", "tuotiin", "katkennut tai vahingoittunut"),
}


def chosen(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "", "buffer": content}])


@pytest.mark.parametrize(("look", "language"), IN_TURN, ids=str)
def test_an_interview_is_looked_at_and_a_broken_document_told(
    browser: Browser, server: RunningServer, administrator: StorageState, look: Look, language: str
) -> None:
    would, bring, brought, broken = WORDS[language]
    with visiting(browser, look, language, state=administrator) as page:
        _speak(page, server, language)
        page.goto(f"{server.address}/feedback/bring")
        axe(page)
        fits(page)
        chosen(page, "half.docx", docx(["Anna: Hei?", "Maija: Moi."])[:300])
        expect(page.locator(".error")).to_contain_text(broken)
        axe(page)
        fits(page)
        chosen(page, "interview.vtt", VTT)
        expect(page.locator(".lead")).to_contain_text(would)
        expect(page.locator("mark")).to_have_text("[phone]")
        assert "040 123" not in page.content()
        assert page.get_by_label("Maija").is_checked()
        assert not page.get_by_label("Anna").is_checked()
        axe(page)
        fits(page)
        page.get_by_role("button", name=bring).click()
        expect(page.locator(".flash")).to_contain_text(brought)


def test_a_dropped_file_is_taken(
    browser: Browser, server: RunningServer, administrator: StorageState
) -> None:
    with visiting(browser, DESKTOP, "en", state=administrator) as page:
        page.goto(f"{server.address}/feedback/bring")
        page.evaluate(
            """(content) => {
              const files = new DataTransfer();
              const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
              files.items.add(new File([bytes], "interview.vtt"));
              const event = new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
              document.querySelector(".drop").dispatchEvent(event);
            }""",
            base64.b64encode(VTT).decode(),
        )
        page.wait_for_url(re.compile("/feedback/bring/.+"))
        expect(page.locator("h1")).to_have_text("interview.vtt")


def test_without_script_a_file_is_chosen_and_corrected(
    browser: Browser, server: RunningServer, administrator: StorageState
) -> None:
    with visiting(browser, DESKTOP, "en", state=administrator, script=False) as page:
        page.goto(f"{server.address}/feedback/bring")
        chosen(page, "interview.vtt", VTT)
        page.locator("form.bring button.primary").click()
        page.locator("input[name=customer][value=Anna]").check()
        page.locator("button[value=look]").click()
        expect(page.locator(".lead")).to_contain_text(re.compile("^2 "))
        page.locator("button[value=discard]").click()
        expect(page.locator(".flash")).to_be_visible()


def _speak(page: Page, server: RunningServer, language: str) -> None:
    page.goto(f"{server.address}/settings/account")
    with page.expect_navigation():  # on a phone it is in the menu
        page.locator(f"button[name=language][value={language}]").first.evaluate("button => button.click()")
