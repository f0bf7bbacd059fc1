"""A survey in languages that Polku does not speak: SurveyJS says its words in them, and loads nothing more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, PHONE, PHONE_DARK, Look
from tests.browser.visiting import visiting
from tests.server import RunningServer

TITLES = {
    "en": "Would you recommend us?",
    "fi": "Suosittelisitko meitä?",
    "sv": "Skulle du rekommendera oss?",
    "ar": "هل توصي بنا؟",
    "nb": "Ville du anbefale oss?",
}
LOW, HIGH = {"en": "Not at all", "ar": "إطلاقا"}, {"en": "Certainly", "ar": "بالتأكيد"}
ASKED: dict[str, Any] = {
    "title": TITLES,
    "pages": [
        {"name": "first", "elements": [
            {"type": "rating", "name": "score", "rateMin": 0, "rateMax": 10, "isRequired": True, "title": TITLES,
             "minRateDescription": LOW, "maxRateDescription": HIGH},
        ]},
        {"name": "second", "elements": [{"type": "comment", "name": "why", "title": TITLES}]},
    ],
}  # fmt: skip
NEXT, LAST, NEEDED = "pageNextText", "completeText", "requiredError"
SAID = {
    "sv": {NEXT: "Nästa", LAST: "Slutför", NEEDED: "Frågan är obligatorisk."},
    "ar": {NEXT: "التالي", LAST: "إرسال البيانات", NEEDED: ".يرجى الإجابة على السؤال"},
    "nb": {NEXT: "Neste", LAST: "Fullfør", NEEDED: "Vennligst svar på spørsmålet."},
    "fi": {NEXT: "Seuraava", LAST: "Valmis", NEEDED: "Vastaa kysymykseen, kiitos."},
    "en": {NEXT: "Next", LAST: "Complete", NEEDED: "Response required."},
}


@pytest.fixture(scope="module")
def key(browser: Browser, server: RunningServer, administrator: StorageState) -> str:
    with visiting(browser, DESKTOP, "en", state=administrator) as page:
        page.goto(f"{server.address}/surveys/new?template=blank")
        page.locator("[name=name]").fill("Many languages")
        page.locator("main button.primary").first.click()
        page.wait_for_url(re.compile("/surveys/many-languages/edit"))
        page.goto(f"{server.address}/surveys/many-languages/json")
        page.locator("[name=definition]").fill(json.dumps(ASKED))
        page.locator("main button.primary").click()
        page.wait_for_url(re.compile("/surveys/many-languages/edit"))
        page.get_by_role("button", name="Publish").click()
        page.get_by_role("button", name="Publish all the same").click()
        page.wait_for_url(re.compile("/surveys/many-languages$"))
    return "many-languages"


@pytest.mark.parametrize(
    ("language", "look"),
    [("sv", DESKTOP), ("ar", PHONE), ("ar", DESKTOP), ("nb", PHONE_DARK), ("fi", PHONE), ("en", PHONE)],
    ids=str,
)
def test_buttons_and_messages_are_in_the_survey_s_language(
    browser: Browser, server: RunningServer, key: str, language: str, look: Look
) -> None:
    said = SAID[language]
    with visiting(browser, look, "en") as page:
        loaded: list[str] = []
        page.on("request", lambda request: loaded.append(request.url))
        page.goto(f"{server.address}/s/{key}?lang={language}")
        page.get_by_role("button", name=said[NEXT], exact=True).click()
        expect(page.locator(".sd-question__erbox").first).to_have_text(said[NEEDED])
        assert page.evaluate("getComputedStyle(document.body).direction") == (
            "rtl" if language == "ar" else "ltr"
        )
        fits(page)
        axe(page)
        page.get_by_text("9", exact=True).click()
        page.get_by_role("button", name=said[NEXT], exact=True).click()
        page.get_by_role("textbox").fill("…")
        page.get_by_role("button", name=said[LAST], exact=True).click()
        expect(page.locator(".sd-completedpage")).to_be_visible()
        axe(page)
    words = [url for url in loaded if "survey.words." in url]
    assert len(words) == (0 if language == "en" else 1)
    assert len(
        [url for url in loaded if "/static/vendor/" in url and url.split("?")[0].endswith(".js")]
    ) == 2 + len(words)


def test_the_words_at_each_end_of_a_scale_stand_at_it_from_the_right_too(
    browser: Browser, server: RunningServer, key: str
) -> None:
    for language, turned in (("en", False), ("ar", True)):
        with visiting(browser, PHONE, "en") as page:
            page.goto(f"{server.address}/s/{key}?lang={language}")
            first, last = (page.get_by_text(n, exact=True).bounding_box() for n in ("0", "5"))
            low, high = (page.get_by_text(text[language], exact=True).bounding_box() for text in (LOW, HIGH))
            assert first
            assert last
            assert low
            assert high
            assert (first["x"] > last["x"]) == turned
            assert (low["x"] > high["x"]) == turned
