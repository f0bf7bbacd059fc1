"""A batch of comments understood, with the shipped models."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InvalidInput
from polku.text import (
    EMOTIONS,
    Analysis,
    Effort,
    Level,
    Polarity,
    analyzed,
    emotions,
    sentiments,
    shipped_source,
    shipped_taxonomy,
    taxonomy_of,
)


def one(text: str, **options: str) -> Analysis:
    return analyzed([text], **options)[0]


@pytest.mark.parametrize(
    ("language", "text", "good"),
    [
        ("fi", "Kaikki toimi hienosti ja sain laitteen kuntoon saman päivän aikana!", True),
        ("fi", "tosi hyva palvelu, suosittelen kylla muillekin", True),
        ("fi", "Ei mitään valittamista", True),
        ("fi", "Olipa mukava käydä teillä", True),
        ("fi", "En suosittele, odotin kuukauden eikä tavaraa kuulunut", False),
        ("fi", "asiakaspalvelu ei vastaa puhelimeen", False),
        ("fi", "Laite meni rikki jo toisella käyttökerralla", False),
        ("fi", "ihan surkeeta touhua", False),
        ("en", "The technician was on time and really kind", True),
        ("en", "No problems at all, would use again", True),
        ("en", "They charged me twice and never refunded it", False),
        ("en", "Not helpful, I will be leaving", False),
    ],
)
def test_sentiment_of_customers_sentences(language: str, text: str, good: bool) -> None:
    assert (sentiments([text], language)[0].balance > 0) == good


@given(st.lists(st.text(max_size=120), max_size=6))
@settings(max_examples=50)
def test_probabilities_whatever_the_text(texts: list[str]) -> None:
    for told in sentiments(texts, "fi"):
        shares = (told.negative, told.neutral, told.positive)
        assert min(shares) >= 0
        assert sum(shares) == pytest.approx(1)
        assert told.label in Polarity
    for felt in emotions(texts, "en"):
        assert set(felt) <= set(EMOTIONS)
        assert list(felt.values()) == sorted(felt.values(), reverse=True)


@given(st.lists(st.text(max_size=80), max_size=4))
@settings(max_examples=30)
def test_a_text_is_told_the_same_alone_as_among_others(texts: list[str]) -> None:
    assert analyzed(texts) == [one(text) for text in texts]


def test_a_clause_has_a_sentiment_of_its_own() -> None:
    told = one("Palvelu oli todella ystävällistä, mutta toimitus myöhästyi viikon ja paketti oli rikki.")
    feelings = {(m.aspect, m.touchpoint): m.sentiment.balance for m in told.mentions}
    assert feelings["friendliness", "customer_service"] > 0 > feelings["speed", "delivery"]
    first = told.mentions[0]
    assert told.redacted.text[first.start : first.end] == "Palvelu oli todella ystävällistä"


def test_portuguese_is_told_as_such_and_not_judged() -> None:
    told = one("Produto chegou antes do prazo, recomendo", expected="fi")
    assert (told.language.code, told.sentiment, told.mentions, told.emotions) == ("pt", None, (), {})


def test_what_is_too_short_to_tell_is_in_the_language_asked() -> None:
    assert one("Ei", expected="fi").language.code == "fi"
    assert one("👍", expected="fi").sentiment is None


def test_names_and_numbers_are_gone_from_what_is_kept() -> None:
    told = one("Soittakaa minulle 040 123 4567. Terveisin Matti Virtanen")
    assert told.redacted.text == "Soittakaa minulle [phone]. Terveisin [name]"


@pytest.mark.parametrize(
    ("text", "effort", "urgent", "levels"),
    [
        ("Jouduin soittamaan kolme kertaa ja jonottamaan", Effort.HIGH, False, {Level.ACTION}),
        ("Tilaaminen oli helppoa ja vaivatonta", Effort.LOW, False, {Level.ACTION}),
        ("Tilaaminen ei ollut helppoa", Effort.HIGH, False, {Level.ACTION}),
        ("Putki vuotaa, tarvitsen apua kiireesti!", None, True, {Level.ACTION}),
        ("Luotan yritykseen, jonka arvot ovat minulle tärkeät", None, False, {Level.MEANING}),
        ("I felt really disappointed", None, False, {Level.EMOTION}),
        ("I had to call several times and wait for hours", Effort.HIGH, False, {Level.ACTION}),
        ("Please call me back immediately, this is dangerous", None, True, set()),
    ],
)
def test_effort_urgency_and_levels(
    text: str, effort: Effort | None, urgent: bool, levels: set[Level]
) -> None:
    told = one(text).signals
    assert (told.effort, told.urgent) == (effort, urgent)
    assert levels <= set(told.levels)


def test_an_expectation_of_quality_is_no_wait() -> None:
    expected, waited = analyzed(["Odotin housujen laadulta enemmän.", "Odotin pakettia kaksi viikkoa."])
    assert "speed" not in {m.aspect for m in expected.mentions}
    assert "speed" in {m.aspect for m in waited.mentions}


def test_the_taxonomy_can_be_edited() -> None:
    own = taxonomy_of('[aspects.sauna]\nlabel = { fi = "Sauna", en = "Sauna" }\nfi = ["sauna", "löyly*"]\n')
    (told,) = analyzed(["Saunassa oli hyvät löylyt"], expected="fi", taxonomy=own)
    assert [(m.aspect, m.touchpoint) for m in told.mentions] == [("sauna", None)]
    assert taxonomy_of(shipped_source()) == shipped_taxonomy()


@pytest.mark.parametrize(
    "text",
    [
        "[aspects",
        "aspects = 3",
        "[aspects.price]\nfi = 'hinta'",
        "[aspects.price]\nfi = []",
        "[aspects.x]\nfi = ['*']",
    ],
)
def test_a_taxonomy_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        taxonomy_of(text)


def test_every_entry_is_named_in_both_languages_and_told_by_words_of_both() -> None:
    taxonomy = shipped_taxonomy()
    for entry in (*taxonomy.aspects, *taxonomy.touchpoints):
        assert entry.label["fi"]
        assert entry.label["en"]
        assert entry.words["fi"]
        assert entry.words["en"]


def test_no_comments_and_a_megabyte_of_one() -> None:
    assert analyzed([]) == []
    (told,) = analyzed(["Palvelu oli hyvää. " * 50_000])
    assert told.language.code == "fi"
    assert len(told.mentions) <= 600
