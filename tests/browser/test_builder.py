"""The builder used as an analyst does: languages completed, surveys brought from files, questions ordered by keys."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from polku.surveys.definition import Definition
from polku.surveys.limesurvey import read_lss
from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, IN_TURN, LANGUAGES, PHONE, PHONE_DARK, Look
from tests.browser.visiting import visiting
from tests.server import RunningServer

LSS = Path(__file__).parents[1] / "surveys/limesurvey/files"
OLD = {
    "title": "Old survey",
    "logoPosition": "right",
    "pages": [{"elements": [
        {"type": "signaturepad", "name": "sign"},
        {"type": "rating", "name": "how", "title": {"default": "How was it?", "fi": "Kuinka meni?"}},
        {"type": "comment", "name": "why", "title": "Why?", "visibleIf": "{sign} notempty"},
    ]}],
}  # fmt: skip


def speak(page: Page, server: RunningServer, look: Look, language: str) -> None:
    page.context.add_cookies([{"name": "polku_theme", "value": look.theme, "url": server.address}])
    page.goto(f"{server.address}/surveys")
    button = page.locator(f"button[name=language][value={language}]").first
    if button.get_attribute("aria-pressed") is None:
        page.evaluate("b => b.closest('form').requestSubmit(b)", button.element_handle())
        expect(page.locator("html")).to_have_attribute("lang", language)


def brought(page: Page, server: RunningServer, content: bytes, name: str = "old.json") -> None:
    page.goto(f"{server.address}/surveys/new")
    page.locator("#f-file").set_input_files({"name": name, "mimeType": "application/json", "buffer": content})
    page.locator("#import button").click()
    page.wait_for_load_state()


def key_of(page: Page) -> str:
    page.wait_for_url(re.compile("/surveys/[^/]+/edit"))
    return page.url.split("/")[4]


@pytest.mark.parametrize(("look", "language"), IN_TURN, ids=str)
def test_a_survey_is_brought_and_completed_without_script(
    browser: Browser, server: RunningServer, administrator: StorageState, look: Look, language: str
) -> None:
    with visiting(browser, look, language, state=administrator) as page:
        speak(page, server, look, language)
        state = page.context.storage_state()
    with visiting(browser, look, language, state=state, script=False) as page:
        brought(page, server, json.dumps(OLD).encode())
        told = page.locator(".untaken dt").all_inner_texts()
        assert told == ["logoPosition", "sign", "why.visibleIf"]
        page.locator("main button.primary").click()
        key = key_of(page)
        panel = page.locator("#languages")
        assert panel.locator(".lacking-texts a").all_inner_texts() != []
        panel.locator(".lacking-texts a", has_text="Why?").click()
        expect(page.locator("#q-save")).to_be_visible()
        page.locator(".question-form [name=title-fi]").fill("Miksi?")
        page.locator("#q-save").click()
        expect(page.locator("#languages .lacking-texts a")).to_have_count(1)
        page.locator("#languages select").select_option("sv")
        page.locator("#languages form button").click()
        fields = page.locator(".translation textarea")
        for i, text in enumerate(("Gammal", "Hur gick det?", "Varför?")):
            fields.nth(i).fill(text)
        page.locator(".translation button.primary").click()
        expect(page.locator("#languages .tag.on")).to_have_count(
            2
        )  # English and Swedish; Finnish lacks the title
        page.locator(".actions form button").click()
        expect(page.locator("#lacking li")).to_have_count(1)
        page.locator("#lacking button").click()
        page.wait_for_url(f"{server.address}/surveys/{key}")
        page.goto(f"{server.address}/s/{key}?lang=sv")
        expect(page.locator("h1")).to_have_text("Gammal")
        assert page.locator("header nav a").all_inner_texts() == ["English", "Suomi", "Svenska"]


@pytest.mark.parametrize(("look", "language"), IN_TURN, ids=str)
def test_its_pages_are_whole_in_every_look(
    browser: Browser, server: RunningServer, administrator: StorageState, look: Look, language: str
) -> None:
    with visiting(browser, look, language, state=administrator) as page:
        speak(page, server, look, language)
        brought(page, server, b"name;score\n", "list.csv")
        expect(page.locator("#f-file-error")).to_be_visible()
        _whole(page)
        brought(page, server, json.dumps(OLD).encode())
        _whole(page)
        page.locator("main button.primary").click()
        key = key_of(page)
        page.wait_for_load_state("networkidle")
        _whole(page)
        page.locator(".actions form button").click()
        expect(page.locator("#lacking")).to_be_visible()
        _whole(page)
        for path in ("texts?language=sv", "texts?language=en", "edit?question=how#open"):
            page.goto(f"{server.address}/surveys/{key}/{path}")
            page.wait_for_load_state("networkidle")
            _whole(page)
        page.goto(f"{server.address}/surveys/{key}")
        page.locator("details.carried > summary").click()
        _whole(page)


def _whole(page: Page) -> None:
    fits(page)
    axe(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_survey_of_limesurvey_goes_in_and_out(
    browser: Browser, server: RunningServer, administrator: StorageState, language: str
) -> None:
    file = sorted(LSS.glob("*.lss"))[0]
    with visiting(browser, PHONE, language, state=administrator) as page:
        speak(page, server, PHONE, language)
        brought(page, server, file.read_bytes(), file.name)
        if page.locator(".untaken").count():
            page.locator("main button.primary").click()
        key = key_of(page)
        page.goto(f"{server.address}/surveys/{key}")
        page.locator("details.carried > summary").click()
        contents = {}
        for form in ("json", "lss"):
            with page.expect_download() as download:
                page.locator(f"details.carried a[download='{key}.{form}']").click()
            contents[form] = Path(download.value.path()).read_bytes()
    definition = Definition.read(contents["json"])
    assert definition == read_lss(file.read_bytes()).definition
    assert len(read_lss(contents["lss"]).definition.questions) == len(definition.questions)


def test_a_hundred_megabytes_are_refused_on_a_page_and_nothing_stored(
    browser: Browser, server: RunningServer, administrator: StorageState, tmp_path: Path
) -> None:
    large = tmp_path / "large.lss"
    large.write_bytes(b"<document>" + b" " * 100_000_000)
    with visiting(browser, DESKTOP, "en", state=administrator) as page:
        speak(page, server, DESKTOP, "en")
        page.goto(f"{server.address}/surveys")
        before = page.locator("main").inner_text()
        page.goto(f"{server.address}/surveys/new")
        page.locator("#f-file").set_input_files(large)
        page.locator("#import button").click()
        expect(page.get_by_text("The file is larger than 20 MB.")).to_be_visible()
        axe(page)
        page.goto(f"{server.address}/surveys")
        assert page.locator("main").inner_text() == before


@pytest.mark.parametrize(("look", "language"), [(DESKTOP, "fi"), (PHONE_DARK, "en")], ids=str)
def test_questions_are_made_and_ordered_by_keys_and_nothing_typed_is_lost(
    browser: Browser, server: RunningServer, administrator: StorageState, look: Look, language: str
) -> None:
    with visiting(browser, look, language, state=administrator) as page:
        speak(page, server, look, language)
        page.goto(f"{server.address}/surveys/new?template=blank")
        page.locator("#f-name").fill("By keys")
        page.keyboard.press("Enter")
        key = key_of(page)
        _press(page, "button[value='add:rating']")
        expect(page.locator(".question-form textarea").first).to_be_focused()
        page.keyboard.type("Kuinka meni?")
        _press(page, "button[value='add:radiogroup']")  # not saved, and kept all the same
        expect(page.locator("[name=choice-0-value]")).to_be_visible()
        expect(page.locator(".question-head b").first).to_have_text("Kuinka meni?")
        expect(page.locator(".question-form textarea").first).to_be_focused()
        page.keyboard.type("Miksi?")
        for i, text in enumerate(("Hinta", "Laatu")):
            page.locator(f"[name=choice-{i}-fi]").fill(text)
        _press(page, "#choice-1-up")
        expect(page.locator("[name=choice-0-fi]")).to_have_value("Laatu")
        expect(page.locator("#choice-1-up")).to_be_focused()
        _press(page, "#choice-2-remove")
        page.locator(".condition [name=condition-question]").evaluate("e => e.closest('details').open = true")
        page.locator("[name=condition-question]").select_option("question1")
        page.locator("[name=condition-operator]").select_option("<=")
        page.locator("[name=condition-value]").fill("3")
        page.locator("#q-required").check()
        _press(page, "#q-save")
        expect(page.locator(".question-form [role=status]")).not_to_be_empty()
        _press(page, "#up-question2")
        expect(page.locator(".question-head b").first).to_have_text("Miksi?")
        expect(page.locator("#up-question2")).to_be_focused()
        _press(page, "#down-question2")
        expect(page.locator(".question-head b").first).to_have_text("Kuinka meni?")
        _press(page, "button[value=split]")
        expect(page.locator(".page-break")).to_have_count(1)
        _press(page, "button[value=join]")
        expect(page.locator(".page-break")).to_have_count(0)
        page.locator(".actions form button").click()
        page.locator("#lacking button").click() if page.locator("#lacking").count() else None
        page.wait_for_url(f"{server.address}/surveys/{key}")
        page.goto(f"{server.address}/s/{key}?lang=fi")
        expect(page.get_by_text("Miksi?")).to_have_count(0)
        page.get_by_text("2", exact=True).click()
        expect(page.get_by_text("Laatu")).to_be_visible()
        page.locator(".sd-navigation__complete-btn").click()
        expect(page.locator(".sd-question__erbox").first).to_be_visible()  # it must be answered


def _press(page: Page, button: str) -> None:
    page.locator(button).first.focus()
    old = page.locator(".asked").element_handle()
    page.keyboard.press("Enter")
    old.wait_for_element_state("hidden")  # what came back is in its place
