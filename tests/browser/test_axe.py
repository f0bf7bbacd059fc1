from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.axe import axe
from tests.browser.looks import LOOKS, Look

SOUND = """<!doctype html><html lang="en"><title>A page</title>
<meta name="viewport" content="width=device-width">
<main><h1>A page</h1><img alt="A path" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main></html>"""


def test_sound_page_passes(page: Page) -> None:
    page.set_content(SOUND)
    axe(page)


def test_picture_without_text_is_named(page: Page) -> None:
    page.set_content(SOUND.replace('alt="A path"', ""))
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_page_is_looked_at_as_asked(page: Page, look: Look) -> None:
    page.set_content(SOUND)
    assert page.evaluate("innerWidth") == look.width
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (look.theme == "dark")
