from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.text import UNKNOWN, clauses, language, lemmas


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Toimitus oli nopea ja palvelu hyvää", "fi"),
        ("hyva palvelu, kaikki toimi", "fi"),
        ("Nopea toimitus", "fi"),
        ("Delivery was quick and the staff friendly", "en"),
        ("Slow", "en"),
        ("Snabb leverans och bra service, tack så mycket", "sv"),
        ("Produto chegou antes do prazo, recomendo", "pt"),
        ("Das Produkt ist leider nicht angekommen", "de"),
        ("👍👍", UNKNOWN),
        ("12345", UNKNOWN),
        ("asdf qwer", UNKNOWN),
        ("", UNKNOWN),
        ("https://example.com/hyva", UNKNOWN),
    ],
)
def test_the_language_of_a_text(text: str, code: str) -> None:
    assert language(text).code == code


def test_a_mixed_text_tells_its_other_language() -> None:
    told = language(
        "Palvelu oli todella hyvää ja nopeaa, kiitos siitä teille. The delivery was late and nobody called me back."
    )
    assert {told.code, *told.others} == {"fi", "en"}


@given(st.text(max_size=300))
def test_clauses_are_parts_of_the_text_in_order(text: str) -> None:
    at = 0
    for clause in clauses(text):
        assert at <= clause.start < clause.end
        assert text[clause.start : clause.end] == clause.text
        at = clause.end


def test_clauses_turn_where_the_text_turns() -> None:
    def parts(text: str) -> list[str]:
        return [c.text for c in clauses(text)]

    assert parts("Hinta oli hyvä mutta laatu huono") == ["Hinta oli hyvä", "mutta laatu huono"]
    assert parts("Vaikka hinta oli korkea, tuote on hyvä") == ["Vaikka hinta oli korkea,", "tuote on hyvä"]
    assert parts("Great food but slow service. Thanks!") == ["Great food", "but slow service.", "Thanks!"]
    assert parts("Maksoi 12.50 euroa") == ["Maksoi 12.50 euroa"]
    assert parts("...") == []


def test_lemmas_of_inflected_words() -> None:
    assert lemmas("Toimitukset myöhästyivät, tilaukseni katosi", "fi") == [
        "toimitus",
        "myöhästyä",
        "tilaus",
        "kadota",
    ]
    assert lemmas("Deliveries were late", "en")[0] == "delivery"
    assert lemmas("os produtos", "pt") == ["os", "produtos"]
