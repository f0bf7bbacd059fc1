"""Surveys from files of SurveyJS and LimeSurvey: what is taken, what is told, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polku.errors import InvalidInput, TooLarge
from polku.surveys.building.bringing import bring
from polku.surveys.definition import Definition, InvalidDefinition
from polku.surveys.limesurvey import write_lss
from polku.surveys.ready import ready_surveys

FILES = Path(__file__).parent / "limesurvey/files"


def surveyjs(*elements: Any, **more: Any) -> bytes:
    return json.dumps({"pages": [{"name": "p", "elements": list(elements)}], **more}).encode()


@pytest.mark.parametrize("ready", ready_surveys(), ids=lambda r: r.key)
def test_a_ready_survey_comes_back_from_its_json_whole(ready: Any) -> None:
    definition = Definition.of(ready.json)
    brought = bring(definition.text.encode("utf-8-sig"))
    assert (brought.definition, brought.untaken) == (definition, ())
    assert bring(write_lss(definition).content).definition.questions


@pytest.mark.parametrize("file", sorted(FILES.glob("*.lss")), ids=lambda f: f.name)
def test_a_survey_of_limesurvey_is_known_by_its_content(file: Path) -> None:
    assert bring(file.read_bytes()).definition.questions


def test_what_surveyjs_knows_and_polku_does_not_is_left_out_and_told() -> None:
    brought = bring(
        surveyjs(
            {"type": "signaturepad", "name": "sign"},
            {"type": "text", "name": "site", "inputType": "url", "titleLocation": "left", "title": "Site?"},
            {
                "type": "comment",
                "name": "after",
                "visibleIf": "{sign} notempty",
                "requiredIf": "{sign} empty",
            },
            {"type": "paneldynamic", "name": "many", "templateElements": [{"type": "text", "name": "inner"}]},
            logoPosition="right",
            showQuestionNumbers="off",
            showProgressBar="top",
        )
    )
    assert [(u.place, str(u.said).partition(";")[0].partition(":")[0]) for u in brought.untaken] == [
        ("logoPosition", "'logoPosition' has no like here"),
        ("sign", "questions of the type 'signaturepad' have no like here"),
        ("site.inputType", "'url' has no like here"),
        ("site.titleLocation", "'titleLocation' has no like here"),
        ("many", "questions of the type 'paneldynamic' have no like here"),
        ("after.visibleIf", "the condition cannot be said here, so this is always shown"),
        ("after.requiredIf", "the condition cannot be said here, so it was left out"),
    ]  # fmt: skip
    assert [q.name for q in brought.definition.questions] == ["site", "after"]
    assert brought.definition.json["showQuestionNumbers"] is False
    assert brought.definition.json["showProgressBar"] is True


def test_a_page_of_which_nothing_is_left_goes() -> None:
    raw = {
        "pages": [
            {"elements": [{"type": "image", "name": "a"}]},
            {"elements": [{"type": "text", "name": "b"}]},
        ]
    }
    assert len(bring(json.dumps(raw).encode()).definition.json["pages"]) == 1


def test_faults_that_are_no_matter_of_the_profile_are_told_and_the_file_refused() -> None:
    with pytest.raises(InvalidDefinition, match=r"there is no question 'nowhere'"):
        bring(surveyjs({"type": "text", "name": "a", "visibleIf": "{nowhere} = 1"}, logoPosition="right"))
    with pytest.raises(InvalidDefinition, match=r"is taken") as refused:
        bring(
            surveyjs(
                {"type": "text", "name": "a"}, {"type": "text", "name": "a"}, {"type": "image", "name": "c"}
            )
        )
    assert [f.code for f in refused.value.faults] == ["duplicate_name"]
    with pytest.raises(InvalidDefinition, match=r"it asks nothing|needs pages"):
        bring(surveyjs({"type": "image", "name": "a"}))


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><document><LimeSurveyDocType>&c;</LimeSurveyDocType></document>"""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"%PDF-1.7 ...", "neither"),
        (b"name;score\nanna;9\n", "neither"),
        ('{"title": "Hyvä'.encode("latin-1"), "not written in UTF-8: byte 15"),
        (b'{"pages": [', "no JSON: line 1"),
        (b"[]", "should be an object"),
        (b"[" * 100_000, "too deep"),
        (b'{"pages": [], "pages": []}', "'pages' twice"),
        (LAUGHS, "document type declaration"),
        (b"<html><body>log in</body></html>", "begins with <html>"),
        (b"<?xml version='1.0' encoding='klingon'?><document/>", "encoding is unknown|unknown encoding"),
        (b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType><groups>", "only part of it"),
        (b"<document><LimeSurveyDocType>Group</LimeSurveyDocType></document>", "should be 'Survey'"),
    ],
)  # fmt: skip
def test_what_is_no_survey_is_refused_in_words(content: bytes, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        bring(content)


@pytest.mark.parametrize("file", sorted(FILES.glob("*.lss"))[:1], ids=lambda f: f.name)
def test_a_half_written_file_is_refused_wherever_it_ends(file: Path) -> None:
    content = file.read_bytes()
    for end in range(1, len(content) - 20, max(1, len(content) // 60)):
        with pytest.raises(InvalidInput):
            bring(content[:end])


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        bring(b'{"title": "' + b"x" * 1_000_000 + b'"}')
    with pytest.raises(TooLarge):
        bring(b"<document>" + b" " * 20_000_000)
