"""LimeSurvey's files: brought, written, and refused. The fixtures are made by hand, in the form of versions 2 and 6."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InvalidInput, TooLarge
from polku.surveys.definition import Definition
from polku.surveys.limesurvey import read_lss, write_lss
from polku.surveys.limesurvey.xml import MOST_BYTES
from polku.surveys.ready import ready_surveys
from tests.surveys.definition import making

FILES = Path(__file__).parent / "files"
NEW, OLD = ((FILES / f"delivery_v{v}.lss").read_bytes() for v in (6, 2))
BROUGHT = read_lss(NEW)


def test_both_forms_bring_the_same() -> None:
    assert read_lss(OLD) == BROUGHT


def test_brings_types_texts_and_order() -> None:
    questions = {q.name: q for q in BROUGHT.definition.questions}
    assert {n: q.type for n, q in questions.items()} == {
        "channel": "radiogroup", "rate": "rating", "why": "comment", "went": "checkbox", "better": "comment",
        "grid": "matrix", "code": "text", "age": "text", "rank": "ranking", "again": "boolean",
        "names_first": "text", "names_last": "text", "odd": "comment",
    }  # fmt: skip
    assert BROUGHT.definition.languages == ("en", "fi")
    assert questions["channel"].title.within("fi") == "Mistä ostit?"
    assert [c.within("fi") for c in questions["channel"].choices] == ["Verkkokauppa", "Myymälä"]
    assert questions["channel"].has_other
    assert [r.within("en") for r in questions["grid"].rows] == ["Delivery", "Packing"]
    assert questions["rate"].scale == (1, 5)
    assert all(not c.missing for c in BROUGHT.definition.completeness())


def test_brings_conditions() -> None:
    visible = BROUGHT.definition.visible
    assert "why" in visible({"rate": 2})
    assert "why" not in visible({"rate": 3})
    assert "better" in visible({"rate": 3, "went": ["SQ002"]})
    assert "better" not in visible({"went": ["SQ002"]})
    assert "again" in visible({"rate": 3, "grid": {"G1": "A2"}})
    assert "age" not in visible({})


def test_tells_what_could_not_be_brought_with_its_place() -> None:
    assert [u.place for u in BROUGHT.untaken] == [
        "code.question", "age", "sum", "end.question", "odd.relevance", "odd.question", "odd.mandatory",
        "surveys_languagesettings.surveyls_email_invite (en)", "surveys_languagesettings.surveyls_email_invite (fi)",
        "quota",
    ]  # fmt: skip
    assert "<script" not in BROUGHT.definition.text


def test_what_was_brought_is_written_and_brought_again() -> None:
    written = write_lss(BROUGHT.definition)
    again = read_lss(written.content)
    by_name = {q.name: q for q in again.definition.questions}
    for question in BROUGHT.definition.questions:
        name = {"names_first": "Q1", "names_last": "Q2"}.get(question.name, question.name)
        same = by_name[name]
        assert (same.type, same.title, same.choices, same.rows) == (
            question.type, question.title, question.choices, question.rows,
        )  # fmt: skip
    assert again.definition.check({"rate": 2}, partial=True).answers == {"rate": 2}
    assert "why" in again.definition.visible({"rate": 2})
    assert "why" not in again.definition.visible({"rate": 3})
    assert "better" in again.definition.visible({"rate": 3, "went": ["SQ002"]})
    assert [u.place for u in again.untaken] == []


@pytest.mark.parametrize("key", [t.key for t in ready_surveys()])
def test_ready_surveys_can_be_written(key: str) -> None:
    template = next(t for t in ready_surveys() if t.key == key)
    again = read_lss(write_lss(template.definition).content)
    assert len(again.definition.questions) == len(template.definition.questions)
    assert again.definition.languages == template.definition.languages


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_is_written_can_be_brought_and_means_the_same(data: st.DataObject) -> None:
    """Conditions that LimeSurvey cannot say are told; all others show the same questions as before."""
    survey = data.draw(making.surveys())
    definition = Definition.of(survey)
    written = write_lss(definition)
    again = read_lss(written.content)
    assert [q.name for q in again.definition.questions] == [q.name for q in definition.questions]
    if any("visibleIf" in u.place for u in written.untaken):
        return
    assert again.untaken == ()
    answers = data.draw(making.answers(survey))
    in_letters = {
        name: {True: "Y", False: "N"}[v] if isinstance(v, bool) else v for name, v in answers.items()
    }
    assert list(again.definition.visible(in_letters)) == list(definition.visible(answers))


DOCTYPE = b"""<?xml version="1.0"?><!DOCTYPE document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><document><LimeSurveyDocType>&c;</LimeSurveyDocType></document>"""
FETCHED = DOCTYPE.replace(b'"aaaaaaaaaa"', b'SYSTEM "file:///etc/passwd"')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (DOCTYPE, "document type"),
        (FETCHED, "document type"),
        (NEW[: len(NEW) // 2], "only part of it"),
        (b"", "only part of it"),
        (b"PK\x03\x04", "not well-formed"),
        (b"<html></html>", "begins with <html>"),
        (NEW.replace(b">Survey<", b">Question<"), "'Question'"),
        (NEW.replace(b"<type><![CDATA[L]]></type>", b"<type/>"), "no code, type or group"),
        (b"<document>" + b"<a>" * 10_000, "deeper"),
        (b"<?xml version='1.0' encoding='nobody'?><document/>", "encoding"),
        (b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", "no questions"),
    ],
)
def test_refuses_files_that_are_none(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_lss(content)


def test_huge_files_are_refused_and_large_ones_read_in_time() -> None:
    with pytest.raises(TooLarge):
        read_lss(b" " * (MOST_BYTES + 1))
    row = b"<row><id>1</id><aid>7</aid><answer>x</answer><language>en</language></row>"
    with pytest.raises(TooLarge):
        read_lss(NEW.replace(b"<answer_l10ns>", b"<answer_l10ns><rows>" + row * 100_001 + b"</rows>", 1))
    began = time.perf_counter()
    grown = NEW.replace(b"  <rows>\n   <row>\n    <id>", b"  <rows>" + row * 30_000 + b"<row><id>", 1)
    assert read_lss(grown).definition == BROUGHT.definition
    assert time.perf_counter() - began < 5


def test_two_questions_of_one_code_are_told() -> None:
    doubled = NEW.replace(b"<title><![CDATA[why]]></title>", b"<title><![CDATA[rate]]></title>")
    with pytest.raises(InvalidInput, match="the name 'rate' is taken"):
        read_lss(doubled)
