"""Changes to a definition: each gives a new one that SurveyJS still understands."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import NotFound
from polku.surveys.building import editing
from polku.surveys.building.form import check_name, form_of, properties_of, with_values_as_before
from polku.surveys.definition import Definition
from polku.surveys.store import Tags

LANGUAGES = ("fi", "en")
OWN: dict[str, Any] = {
    "pages": [
        {"name": "page1", "elements": [
            {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10, "title": {"fi": "Ehkä?", "en": "Well?"}},
            {"type": "comment", "name": "why", "visibleIf": "{nps} <= 6"},
        ]},
        {"name": "page2", "elements": [
            {"type": "checkbox", "name": "what", "choices": ["a", {"value": "b", "text": "B"}]},
        ]},
    ]
}  # fmt: skip


def names(raw: Any) -> list[list[str]]:
    return [[e["name"] for e in page["elements"]] for page in raw["pages"]]


def test_questions_move_within_a_page_and_over_its_border() -> None:
    assert names(editing.moved(OWN, "why", -1)) == [["why", "nps"], ["what"]]
    assert names(editing.moved(OWN, "why", 1)) == [["nps"], ["why", "what"]]
    assert names(editing.moved(OWN, "what", -1)) == [["nps", "why", "what"]]
    assert names(editing.moved(OWN, "nps", -1)) == names(OWN)
    assert names(editing.moved(OWN, "what", 1)) == names(OWN)


def test_a_page_begins_where_one_says_and_ends_with_its_last_question() -> None:
    assert names(editing.split(OWN, "why")) == [["nps"], ["why"], ["what"]]
    assert names(editing.split(OWN, "nps")) == names(OWN)
    assert names(editing.removed(OWN, "what")) == [["nps", "why"]]
    alone = {"elements": [{"type": "text", "name": "one"}]}
    assert names(editing.removed(alone, "one")) == [[]]


def test_pages_are_joined() -> None:
    assert names(editing.joined(OWN, "what")) == [["nps", "why", "what"]]
    assert names(editing.joined(OWN, "nps")) == names(OWN)


def test_a_new_name_is_known_wherever_the_question_is_spoken_of() -> None:
    raw = editing.changed(
        OWN, "what", {"title": {"en": "You said {nps}, {npsx} and {nps-Comment}"}, "visibleIf": "{nps} > 1"}
    )
    raw = editing.renamed(raw, "nps", "score")
    assert names(raw) == [["score", "why"], ["what"]]
    assert raw["pages"][0]["elements"][1]["visibleIf"] == "{score} <= 6"
    assert raw["pages"][1]["elements"][0]["title"] == {"en": "You said {score}, {npsx} and {score-Comment}"}
    assert raw["pages"][1]["elements"][0]["visibleIf"] == "{score} > 1"


def test_lines_are_moved_and_removed_by_their_buttons() -> None:
    data = {
        f"choice-{i}-{part}": text
        for i, text in enumerate("abc")
        for part, text in (("value", text), ("en", text.upper()))
    }

    def values(shift: str) -> list[str]:
        return [
            c["value"] for c in properties_of(data | {"shift": shift}, "radiogroup", LANGUAGES)["choices"]
        ]

    assert values("") == ["a", "b", "c"]
    assert values("choice-2-up") == ["a", "c", "b"]
    assert values("choice-0-up") == ["a", "b", "c"]
    assert values("choice-1-remove") == ["a", "c"]
    assert values("choice-9-remove") == values("row-1-remove") == ["a", "b", "c"]


def test_a_scale_that_names_its_points_keeps_them() -> None:
    element = {
        "type": "rating",
        "name": "r",
        "rateValues": [{"value": 1, "text": "Low"}, {"value": 2, "text": {"fi": "Korkea"}}],
    }
    form = form_of(element, Tags(), LANGUAGES)
    assert [(r.value, dict(r.texts)) for r in form.rates] == [
        ("1", {"fi": "", "en": "Low"}),
        ("2", {"fi": "Korkea", "en": ""}),
    ]
    data = {"rate-0-value": "1", "rate-0-en": "Low", "rate-1-value": "2", "rate-1-fi": "Korkea"}
    found = properties_of(data, "rating", LANGUAGES)
    assert found["rateValues"] == [
        {"value": "1", "text": {"en": "Low"}},
        {"value": "2", "text": {"fi": "Korkea"}},
    ]
    assert found["rateMin"] is None
    kept = with_values_as_before(found | {"rateValues": [*found["rateValues"], {"value": "3"}]}, element)
    assert [one["value"] for one in kept["rateValues"]] == [1, 2, 3]


def test_texts_that_name_no_language_are_in_the_survey_s_own() -> None:
    element = {"type": "text", "name": "a", "title": "Mitä?", "description": {"default": "Näin", "en": "So"}}
    form = form_of(element, Tags(), LANGUAGES, "fi")
    assert (form.titles, form.descriptions) == ({"fi": "Mitä?", "en": ""}, {"fi": "Näin", "en": "So"})


def test_a_copy_stands_behind_under_a_name_of_its_own() -> None:
    raw, name = editing.copied(OWN, "nps")
    assert name == "nps1"
    assert names(raw)[0] == ["nps", "nps1", "why"]
    assert editing.copied(raw, "nps1")[1] == "nps2"


def test_nobody_finds_a_question_that_is_gone() -> None:
    with pytest.raises(NotFound, match="no question 'gone'"):
        editing.moved(OWN, "gone", 1)


@pytest.mark.parametrize("type_", editing.TYPES)
def test_a_new_question_of_any_kind_can_be_shown_at_once(type_: str) -> None:
    raw, name = editing.added(OWN, type_, page=1, languages=LANGUAGES)
    assert names(raw)[1][-1] == name
    Definition.of(raw)
    raw, _ = editing.added(raw, type_, page=2, languages=LANGUAGES)
    assert len(raw["pages"]) == 3
    Definition.of(raw)


@pytest.mark.parametrize("before", editing.TYPES)
@pytest.mark.parametrize("after", editing.TYPES)
def test_a_question_can_become_one_of_any_other_kind(before: str, after: str) -> None:
    raw, name = editing.added({"pages": []}, before, page=0, languages=LANGUAGES)
    form = {"title-fi": "Mitä?", "title-en": "What?", "required": "on"}
    raw = editing.changed(raw, name, properties_of(form, after, LANGUAGES))
    if after in (*editing.WITH_CHOICES, "matrix") and before != after:
        form |= {
            f"{n}-{i}-{k}": f"{n}{i}"
            for n in ("choice", "row", "column")
            for i in range(3)
            for k in ("value", "fi", "en")
        }
        raw = editing.changed(raw, name, properties_of(form, after, LANGUAGES))
    elif after in (*editing.WITH_CHOICES, "matrix"):
        return  # its choices were emptied: the definition says so when it is published
    Definition.of(raw)


MOVES = st.lists(
    st.tuples(st.sampled_from(["up", "down", "split", "remove", "copy", "add"]), st.integers(0, 20)),
    max_size=15,
)


@given(MOVES)
def test_whatever_is_done_no_question_is_lost_or_doubled(moves: list[tuple[str, int]]) -> None:
    raw, known = copy.deepcopy(OWN), 3
    for does, number in moves:
        spots = editing.spots(raw)
        if does == "add" or not spots:
            raw, _ = editing.added(raw, "text", page=number % (len(raw["pages"]) + 1), languages=LANGUAGES)
            known += 1
            continue
        name = spots[number % len(spots)].name
        before = copy.deepcopy(raw)
        if does == "copy":
            new, _ = editing.copied(raw, name)
            known += 1
        elif does == "remove":
            new = editing.removed(raw, name)
            known -= 1
        elif does == "split":
            new = editing.split(raw, name)
        else:
            new = editing.moved(raw, name, -1 if does == "up" else 1)
        assert raw == before
        raw = new
        found = [s.name for s in editing.spots(raw)]
        assert len(found) == len(set(found)) == known
        pages = [p["name"] for p in raw["pages"]]
        assert len(pages) == len(set(pages))
        assert all(p["elements"] for p in raw["pages"]) or len(raw["pages"]) == 1


def test_a_form_gives_back_what_it_shows() -> None:
    element = {
        "type": "radiogroup", "name": "q", "title": {"fi": "Mikä?", "en": "Which?"}, "isRequired": True,
        "visibleIf": "{nps} >= 9", "showOtherItem": True,
        "choices": [{"value": "a", "text": {"fi": "Yksi", "en": "One"}}, {"value": 2, "text": {"fi": "Kaksi"}}],
    }  # fmt: skip
    form = form_of(element, Tags(), LANGUAGES)
    assert (form.condition.question, form.condition.operator, form.condition.value) == ("nps", ">=", "9")
    typed = {
        "required": "on",
        "other": "on",
        "condition-question": "nps",
        "condition-operator": ">=",
        "condition-value": "9",
    }
    typed |= {f"title-{c}": t for c, t in form.titles.items()}
    typed |= {f"choice-{i}-{c}": t for i, row in enumerate(form.choices) for c, t in row.texts.items()}
    typed |= {f"choice-{i}-value": row.value for i, row in enumerate(form.choices)}
    found = properties_of(typed, "radiogroup", LANGUAGES)
    assert {k: found[k] for k in ("title", "isRequired", "visibleIf", "showOtherItem")} == {
        k: element[k] for k in ("title", "isRequired", "visibleIf", "showOtherItem")
    }
    assert [c["text"] for c in found["choices"]] == [{"fi": "Yksi", "en": "One"}, {"fi": "Kaksi"}]


def test_a_condition_that_the_form_cannot_show_stays_as_it_was_written() -> None:
    written = "{nps} <= 6 and {why} notempty"
    form = form_of({"type": "text", "name": "q", "visibleIf": written}, Tags(), LANGUAGES)
    assert form.condition.written == written
    assert properties_of({"condition-written": written}, "text", LANGUAGES)["visibleIf"] == written


def test_values_of_choices_are_made_where_none_was_given() -> None:
    lines = (("Yksi", ""), ("", ""), ("Kaksi", "item1"))
    typed = {f"choice-{i}-fi": text for i, (text, _) in enumerate(lines)}
    typed |= {f"choice-{i}-value": value for i, (_, value) in enumerate(lines)}
    found = properties_of(typed, "checkbox", ("fi",))["choices"]
    assert [c["value"] for c in found] == ["item2", "item1"]


def test_names_are_such_that_expressions_can_have_them() -> None:
    assert check_name("oma_nimi2", ["muu"]) is None
    for wrong in ("", "2a", "ä", "a b", "a" * 61, "muu"):
        assert check_name(wrong, ["muu"])
