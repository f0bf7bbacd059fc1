"""The texts of a draft in its languages: put in by their places, nothing else changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InvalidInput
from polku.surveys.building.translating import incomplete, languages_of, own_language, texts, translated
from polku.surveys.definition import Definition
from polku.surveys.ready import ready_surveys

RAW: dict[str, Any] = {
    "locale": "fi",
    "title": "Miten meni?",
    "pages": [{"name": "p", "title": {"default": "Sivu", "en": "Page"}, "elements": [
        {"type": "radiogroup", "name": "how", "title": {"fi": "Hyvin?", "pt-br": "Bem?"},
         "choices": ["a", {"value": "b", "text": "Bee"}]},
        {"type": "panel", "name": "box", "elements": [{"type": "text", "name": "in", "title": "Sisällä"}]},
        {"type": "comment", "name": "bare"},
    ]}],
}  # fmt: skip


def test_languages_are_found_also_in_a_draft_with_faults() -> None:
    assert languages_of(RAW) == ("fi", "en", "pt-br")
    assert languages_of(RAW | {"nonsense": 1}) == ("fi", "en", "pt-br")
    assert (own_language(RAW), own_language({}), languages_of({"pages": []})) == ("fi", "en", ("en",))


def test_what_is_missing_is_told_by_language_and_question() -> None:
    found = incomplete(Definition.of(RAW))
    assert found.untitled == ("bare",)
    assert found.missing["fi"] == ()
    assert [m.place for m in found.missing["en"]] == [
        "title", "pages[0].elements[0].title", "pages[0].elements[0].choices[1].text",
        "pages[0].elements[1].elements[0].title",
    ]  # fmt: skip


def test_a_text_is_put_in_and_the_others_stay() -> None:
    raw = translated(RAW, "sv", {"title": " Hur gick det? ", "pages[0].elements[0].choices[1].text": "Be"})
    assert raw["title"] == {"default": "Miten meni?", "sv": "Hur gick det?"}
    assert raw["pages"][0]["elements"][0]["choices"][1]["text"] == {"default": "Bee", "sv": "Be"}
    assert languages_of(raw) == ("fi", "en", "pt-br", "sv")
    raw = translated(raw, "fi", {"title": "Kuinka meni?", "pages[0].title": "Yksi"})
    assert raw["title"] == {"default": "Kuinka meni?", "sv": "Hur gick det?"}
    assert raw["pages"][0]["title"] == {"default": "Yksi", "en": "Page"}
    raw = translated(raw, "sv", {"title": ""})
    assert raw["title"] == {"default": "Kuinka meni?"}
    assert "title" not in translated(raw, "fi", {"title": ""})
    assert RAW["title"] == "Miten meni?"


@pytest.mark.parametrize(
    "place", ["", "name", "pages", "pages[9].title", "pages[0].elements[0].choices[0].text", "__class__", "a b",
              "title.fi"]
)  # fmt: skip
def test_there_is_a_text_or_it_is_refused(place: str) -> None:
    with pytest.raises(InvalidInput, match="no text at"):
        translated(RAW, "sv", {place: "x"})


@given(
    ready=st.sampled_from(ready_surveys()),
    written=st.lists(st.text(st.characters(categories=("L",)), min_size=1, max_size=9), min_size=1),
)
def test_a_language_put_in_whole_is_complete_and_taken_out_leaves_no_trace(
    ready: Any, written: list[str]
) -> None:
    before = Definition.of(ready.json)
    places = [text.place for text in texts(before, "sv")]
    given = {place: written[i % len(written)] for i, place in enumerate(places)}
    after = Definition.of(translated(before.json, "sv", given))
    assert {text.place: text.said for text in texts(after, "sv")} == given
    assert incomplete(after).missing["sv"] == ()
    assert texts(after, "fi") == texts(before, "fi")
    again = translated(after.json, "sv", dict.fromkeys(places, ""))
    assert texts(Definition.of(again), "fi") == texts(before, "fi")
    assert "sv" not in Definition.of(again).languages
