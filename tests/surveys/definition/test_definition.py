"""Definitions read: what is refused, with its place, and what others see of those that are taken."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import TooLarge
from polku.i18n import in_words, use_language
from polku.surveys.definition import Definition, InvalidDefinition, limits
from polku.surveys.definition.profile import PAGE, PANEL, SURVEY, TYPES, Kind
from polku.surveys.definition.surveyjs import PROPERTIES
from polku.surveys.definition.surveyjs import TYPES as OTHER_TYPES
from tests.surveys.definition import making, oracle

Raw = dict[str, Any]
NPS: Raw = {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10}


def of(*elements: Raw, **survey: Any) -> Definition:
    return Definition.of({**survey, "elements": list(elements)})


def faults(*elements: Any, **survey: Any) -> list[tuple[str, str]]:
    return faults_of({**survey, "elements": list(elements)})


def faults_of(raw: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDefinition) as caught:
        Definition.of(raw)
    return [(f.place, f.code) for f in caught.value.faults]


@settings(max_examples=30, deadline=None)
@given(making.surveys())
def test_gives_back_what_it_was_made_of(survey: Raw) -> None:
    definition = Definition.of(survey)
    assert definition.json == survey
    assert Definition.read(definition.text) == definition
    assert hash(Definition.of(definition.json)) == hash(definition)


def test_what_it_gives_back_is_a_copy() -> None:
    definition = of(NPS)
    definition.json["elements"].clear()
    assert definition.json["elements"] == [NPS]


def test_tells_all_faults_with_their_places_and_the_nearest_names() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        Definition.of({
            "titel": "x",
            "pages": [{"elements": [
                {"type": "ratin", "name": "a"},
                {"type": "rating", "name": "b", "rateMx": 3},
                {"type": "radiogroup", "name": "c", "choices": ["x"], "choicesByUrl": {}},
            ]}],
        })  # fmt: skip
    assert [(f.place, f.code) for f in caught.value.faults] == [
        ("titel", "unknown_property"),
        ("pages[0].elements[0].type", "unknown_type"),
        ("pages[0].elements[1].rateMx", "unknown_property"),
        ("pages[0].elements[2].choicesByUrl", "unsupported_property"),
    ]
    assert "Did you mean 'rateMax'?" in caught.value.message
    assert "Did you mean 'rating'?" in caught.value.message
    assert caught.value.details["faults"][0]["place"] == "titel"
    with use_language("fi"):
        assert "Tarkoititko ”rateMax”?" in in_words(caught.value)


@pytest.mark.parametrize(
    "name", sorted(PROPERTIES - {n for p in TYPES.values() for n in p} - {"html", "elements"})
)
def test_properties_of_surveyjs_beyond_the_profile_are_refused(name: str) -> None:
    assert ("elements[0]." + name, "unsupported_property") in faults({**NPS, name: True})


@pytest.mark.parametrize("kind", sorted(OTHER_TYPES))
def test_types_of_surveyjs_beyond_the_profile_are_refused(kind: str) -> None:
    assert faults({"type": kind, "name": "a"}) == [("elements[0].type", "unsupported_type")]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ([NPS, {**NPS, "name": "NPS"}], ("elements[1].name", "duplicate_name")),
        ([{**NPS, "visibleIf": "{npx} = 1"}], ("elements[0].visibleIf", "unknown_question")),
        ([{**NPS, "visibleIf": "{nps} = 1"}], ("elements[0].visibleIf", "circular_visibility")),
        ([{**NPS, "title": "You said {sp}"}], ("elements[0].title", "unknown_question")),
        ([{**NPS, "name": "constructor"}], ("elements[0].name", "bad_name")),
        ([{**NPS, "name": "a.b"}], ("elements[0].name", "bad_name")),
        ([{**NPS, "name": "a-Comment"}], ("elements[0].name", "bad_name")),
        ([{**NPS, "rateMax": -1}], ("elements[0].rateMax", "contradiction")),
        ([{**NPS, "rateMax": 50}], ("elements[0].rateMax", "bad_scale")),
        ([{**NPS, "rateStep": 3}], ("elements[0].rateMax", "bad_scale")),
        ([{**NPS, "isRequired": "yes"}], ("elements[0].isRequired", "wrong_kind")),
        ([{**NPS, "rateType": "star"}], ("elements[0].rateType", "unknown_word")),
        ([{**NPS, "title": {"suomi!": "x"}}], ("elements[0].title.suomi!", "unknown_language")),
        ([{**NPS, "title": {"fi": 1}}], ("elements[0].title.fi", "wrong_kind")),
        ([{**NPS, "title": "x" * 10_001}], ("elements[0].title", "too_long")),
        ([{**NPS, "title": "\ud800"}], ("$", "not_text")),
        ([{"type": "rating"}], ("elements[0].name", "missing")),
        ([{"name": "x"}], ("elements[0].type", "missing")),
        (["x"], ("elements[0]", "wrong_kind")),
        ([{"type": "dropdown", "name": "d", "choices": ["a", "A"]}], ("elements[0].choices[1]", "duplicate_value")),
        ([{"type": "dropdown", "name": "d"}], ("elements[0].choices", "missing")),
        (
            [{"type": "dropdown", "name": "d", "choices": ["other"], "showOtherItem": True}],
            ("elements[0].choices[0]", "duplicate_value"),
        ),
        (
            [{"type": "text", "name": "t", "validators": [{"type": "regex", "regex": "(?=a)b"}]}],
            ("elements[0].validators[0].regex", "bad_pattern"),
        ),
        (
            [{"type": "text", "name": "t", "validators": [{"type": "expression"}]}],
            ("elements[0].validators[0].type", "unsupported_type"),
        ),
        ([{"type": "text", "name": "t", "min": 3}], ("elements[0].min", "contradiction")),
        (
            [{"type": "text", "name": "t", "inputType": "date", "min": "2026-02-30"}],
            ("elements[0].min", "wrong_kind"),
        ),
        ([{"type": "html", "name": "h", "html": "<script>x</script>"}], ("elements[0].html", "bad_html")),
        ([{"type": "html", "name": "h", "html": "<p onclick='x'>"}], ("elements[0].html", "bad_html")),
        ([{"type": "html", "name": "h", "html": "<a href='javascript:x'>"}], ("elements[0].html", "bad_html")),
        ([{"type": "html", "name": "h", "html": "<img src=x onerror=y"}], ("elements[0].html", "bad_html")),
        (
            [{"type": "comment", "name": "c"}, {"type": "html", "name": "h", "html": "{c}"}],
            ("elements[1].html", "unsafe_piping"),
        ),
        (
            [{"type": "checkbox", "name": "c", "choices": [1, 2]}, {**NPS, "visibleIf": "{c} = 1"}],
            ("elements[1].visibleIf", "wrong_operator"),
        ),
        (
            [{"type": "matrix", "name": "m", "rows": ["r"], "columns": [1]}, {**NPS, "visibleIf": "{m.q} = 1"}],
            ("elements[1].visibleIf", "unknown_row"),
        ),
    ],
)  # fmt: skip
def test_refuses(elements: list[Any], expected: tuple[str, str]) -> None:
    assert expected in faults(*elements)


def test_longer_circles_are_named() -> None:
    with pytest.raises(InvalidDefinition, match="a → b → c → a"):
        of(
            {**NPS, "name": "a", "visibleIf": "{b} = 1"},
            {**NPS, "name": "b", "visibleIf": "{c} = 1"},
            {"type": "panel", "name": "p", "visibleIf": "{a} = 1", "elements": [{**NPS, "name": "c"}]},
        )


@pytest.mark.parametrize(
    "expression",
    [
        "", "{a}", "{a} =", "= 1", "{a} = 1 and", "({a} = 1", "{a} = 1)", "{a} = yes", "{a} = ''", "not {a} = 1",
        "not ({a} = 1)", "!{a} = 1", "{a} + 1 = 2", "age({a}) > 1", "1 < {a}", "{a} anyof 'b'", "{a} anyof []",
        "{a} = 1 = 2", "{a} = 007", "{a = 1", "{a} = 'x", "(" * 30 + "{a} = 1" + ")" * 30, "{a} = 1 " * 400, "{}  = 1",
        "{a} empty empty", "{a} ≤ 3",
    ],
)  # fmt: skip
def test_expressions_that_are_none_are_refused(expression: str) -> None:
    told = faults({**NPS, "name": "a"}, {**NPS, "name": "b", "visibleIf": expression})
    assert {place for place, _ in told} == {"elements[1].visibleIf"}


@pytest.mark.parametrize(
    "raw", [None, [], "x", 3, {}, {"elements": []}, {"pages": {}}, {"pages": [], "elements": []}]
)
def test_what_is_no_survey_is_refused(raw: Any) -> None:
    assert faults_of(raw)


def test_deep_and_large_ones_are_refused() -> None:
    deep: Any = NPS
    for i in range(2000):
        deep = {"type": "panel", "name": f"p{i}", "elements": [deep]}
    assert faults(deep) == [("$", "not_json")]
    for i in range(8):
        deep = {"type": "panel", "name": f"p{i}", "elements": [deep if i else NPS]}
    assert "too_deep" in {code for _, code in faults(deep)}
    assert faults(*({**NPS, "name": f"q{i}"} for i in range(limits.QUESTIONS + 1)))[0][1] == "too_many"
    with pytest.raises(TooLarge):
        Definition.read(" " * (limits.SURVEY_BYTES + 1))


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"a": NaN}', '{"elements": [], "elements": []}', "[" * 100_000, b"\xff\xfe\x00", "1" * 5000],
)
def test_text_that_is_no_json_is_refused(content: str | bytes) -> None:
    with pytest.raises(InvalidDefinition):
        Definition.read(content)


def test_tells_what_is_asked() -> None:
    definition = of(
        {**NPS, "title": {"default": "How likely?", "fi": "Kuinka todennäköisesti?"}},
        {"type": "comment", "name": "why"},
        {
            "type": "checkbox",
            "name": "c",
            "choices": [1, {"value": "b", "text": {"fi": "Bee"}}],
            "hasOther": True,
        },
        {"type": "html", "name": "h", "html": "<p>x</p>"},
    )
    nps, why, several = definition.questions
    assert nps.scale == (0, 10)
    assert nps.title.within("fi") == "Kuinka todennäköisesti?"
    assert nps.title.within("sv") == "How likely?"
    assert [why.is_comment, nps.is_comment] == [True, False]
    assert why.title.within("en") == "why"
    assert [c.within("fi") for c in several.choices] == ["1", "Bee"]
    assert definition.keys == ("nps", "why", "c", "c-Comment")


def test_tells_what_is_missing_in_which_language() -> None:
    definition = of(
        {
            **NPS,
            "title": {"default": "How likely?", "fi": "Kuinka todennäköisesti?"},
            "description": "Only English",
        },
        {"type": "dropdown", "name": "d", "choices": [{"value": 1, "text": {"fi": "Yksi", "sv": "Ett"}}]},
    )
    assert definition.languages == ("en", "fi", "sv")
    missing = {c.language: [m.place for m in c.missing] for c in definition.completeness()}
    assert missing == {
        "en": ["elements[1].choices[0].text"],
        "fi": ["elements[0].description"],
        "sv": ["elements[0].title", "elements[0].description"],
    }
    assert [round(c.share, 2) for c in definition.completeness()] == [0.67, 0.67, 0.33]


def test_plain_texts_are_in_the_survey_s_own_language() -> None:
    definition = of({**NPS, "title": "Kuinka todennäköisesti?"}, locale="fi")
    assert definition.languages == ("fi",)
    assert definition.questions[0].title.within("fi") == "Kuinka todennäköisesti?"


def test_json_in_bytes_may_be_in_any_encoding_of_json() -> None:
    assert Definition.read(json.dumps({"elements": [NPS]}).encode("utf-16")) == of(NPS)


def _places(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    return [path, *(place for key, one in inner for place in _places(one, (*path, key)))]


JUNK = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        1.5,
        10**400,
        1e308,
        "",
        "x",
        "{q0} = 1",
        "{q0",
        "\ud800",
        "\x00",
        [],
        [[]],
        [None],
        {},
        {"a": {}},
    ]
)


@settings(max_examples=100, deadline=None)
@given(making.surveys(), st.data())
def test_whatever_is_given_is_taken_or_refused(survey: Raw, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(_places(survey)[1:]))
    survey = json.loads(json.dumps(survey))
    inner: Any = survey
    for key in place[:-1]:
        inner = inner[key]
    names = [
        "title",
        "visibleIf",
        "choices",
        "rows",
        "validators",
        "rateMin",
        "max",
        "elements",
        "rateValues",
    ]
    name = data.draw(st.sampled_from(names))
    inner[place[-1]] = data.draw(JUNK)
    if isinstance(inner, dict) and data.draw(st.booleans()):
        inner[name] = data.draw(JUNK)
    try:
        definition = Definition.of(survey)
    except InvalidDefinition as refusal:
        told = refusal.faults
    else:
        told = ()
        assert definition.json == survey
    assert told == () or all(fault.place for fault in told)


@pytest.mark.parametrize(
    "name",
    [
        "no",
        "title",
        "row",
        "item",
        "panel",
        "survey",
        "value",
        "length",
        "true",
        "null",
        "5",
        "a b",
        "ä",
        "x-y",
        "a/b",
    ],
)
def test_names_that_are_taken_mean_their_question_to_surveyjs(name: str) -> None:
    survey = {"elements": [{"type": "rating", "name": name}, {**NPS, "visibleIf": f"{{{name}}} = 3"}]}
    definition = Definition.of(survey)
    for value in (2, 3):
        assert list(definition.visible({name: value})) == oracle.visible(survey, {name: value})


@pytest.mark.parametrize("name", ["pageno", "pagecount", "locale", "self", "$x", "toString", "__proto__"])
def test_names_that_mean_something_else_to_surveyjs_are_refused(name: str) -> None:
    assert faults({"type": "rating", "name": name}) == [("elements[0].name", "bad_name")]


def test_surveyjs_knows_every_property_of_the_profile() -> None:
    """Except the older names hasOther and hasNone, which it takes without listing them."""
    made: dict[Kind, Any] = {
        Kind.TEXT: {"default": "x", "fi": "y"}, Kind.HTML: "<p>x</p>", Kind.FLAG: True, Kind.COUNT: 2, Kind.NUMBER: 2,
        Kind.BOUND: 2, Kind.EXPRESSION: "{first} = 1", Kind.PLAIN: "a", Kind.VALUE: "a", Kind.LANGUAGE: "fi",
        Kind.CHOICES: [1, {"value": 2, "text": "two"}],
        Kind.VALIDATORS: [{"type": "regex", "regex": "a", "caseInsensitive": True, "text": "x"}],
    }  # fmt: skip

    def full(properties: Any, **own: Any) -> Raw:
        values = {n: p.words[0] if p.kind is Kind.WORD else made.get(p.kind) for n, p in properties.items()}
        return {n: v for n, v in {**values, **own}.items() if v is not None}

    elements = [{"type": "rating", "name": "first"}]
    for kind, properties in TYPES.items():
        own: Raw = {"type": kind, "name": kind}
        own |= {"inputType": "number"} if kind == "text" else {}
        own |= {"rateMin": 1, "rateMax": 5, "rateStep": 1} if kind == "rating" else {}
        own |= {"valueFalse": "b"} if kind == "boolean" else {}
        elements.append(full(properties, **own))
    panel = full(PANEL, type="panel", name="part", elements=elements)
    survey = full(SURVEY, elements=None, pages=[full(PAGE, name="page", elements=[panel])])
    del panel["visibleIf"], survey["pages"][0]["visibleIf"]
    assert Definition.of(survey).json == survey
    assert oracle.errors_in_json(survey) == []
    assert oracle.errors_in_json({"elements": [{"type": "rating", "name": "a", "rateMx": 3}]})


def test_what_is_equal() -> None:
    assert of({**NPS, "isRequired": True}) != of(NPS)
    assert Definition.of({"elements": [NPS], "title": "x"}) == Definition.of(
        {"title": "x", "elements": [NPS]}
    )
    one, true = ({"type": "dropdown", "name": "d", "choices": [value]} for value in (1, True))
    assert of(one) != of(true)


def test_what_is_wrong_everywhere_is_not_read_to_its_end() -> None:
    began = time.perf_counter()
    assert len(faults({**NPS, **{f"rateMax{i}": i for i in range(40_000)}})) == 500
    assert len(faults({**NPS, "title": " ".join(f"{{nps{i}}}" for i in range(1_200))})) == 500
    assert faults({**NPS, "x" * 900_000: 1}) == [("elements[0]." + "x" * 50, "unknown_property")]
    assert time.perf_counter() - began < 5


def test_the_message_tells_the_first_fifty() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        of({**NPS, **{f"x{i}": i for i in range(60)}})
    assert caught.value.message.count("\n") == 51
    assert caught.value.message.endswith("… and 10 more")
