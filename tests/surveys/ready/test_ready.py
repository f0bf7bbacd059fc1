from __future__ import annotations

import re

import pytest

from polku.errors import NotFound
from polku.i18n import use_language
from polku.surveys.ready import ReadySurvey, ready_survey, ready_surveys
from tests.surveys.definition import oracle

ALL = ready_surveys()


def test_all_are_found() -> None:
    assert [t.key for t in ALL] == [
        "nps", "csat", "ces", "post-delivery", "post-service", "epsi", "exit", "loyalty", "three-levels", "umux-lite",
    ]  # fmt: skip


def test_unknown_ones_are_told_with_the_nearest() -> None:
    assert ready_survey("nps").key == "nps"
    with pytest.raises(NotFound, match="Did you mean 'post-delivery'"):
        ready_survey("post-delivry")


@pytest.mark.parametrize("template", ALL, ids=lambda t: t.key)
def test_each_is_complete_in_both_languages(template: ReadySurvey) -> None:
    definition = template.definition
    assert {c.language: len(c.missing) for c in definition.completeness()} == {"en": 0, "fi": 0}
    assert all(c.texts for c in definition.completeness())
    for question in definition.questions:
        offered = [c for c in question.choices if question.type != "rating"]
        assert all(set(c.text) == {"en", "fi"} for c in (*offered, *question.rows)), question.name
        assert question.title.within("en") != question.title.within("fi")
    with use_language("fi"):
        finnish = str(template.name), str(template.purpose)
    assert finnish != (str(template.name), str(template.purpose))


@pytest.mark.parametrize("template", ALL, ids=lambda t: t.key)
def test_each_says_what_its_questions_measure(template: ReadySurvey) -> None:
    names = {q.name for q in template.definition.questions}
    assert template.tags
    assert set(template.tags) <= names
    assert {q.name for q in template.definition.questions if not q.is_comment} - set(template.tags) <= {
        "contact_me"
    }
    for tag in template.tags.values():
        assert tag.level in ("action", "emotion", "meaning")
    assert not re.search(r'"(metric|level|touchpoint)"', template.definition.text)


@pytest.mark.parametrize("template", ALL, ids=lambda t: t.key)
def test_surveyjs_understands_each(template: ReadySurvey) -> None:
    assert oracle.errors_in_json(template.definition.json) == []
    shown = oracle.visible(template.definition.json, {})
    assert list(template.definition.visible({})) == shown
    required = {q.name for q in template.definition.questions if q.is_required}
    assert oracle.refused(template.definition.json, {}) == required & set(shown)


def test_nps_asks_the_reason_in_words_that_fit_the_score() -> None:
    definition = ready_survey("nps").definition
    assert [list(definition.visible({"recommend": s}))[1:] for s in (0, 6, 7, 8, 9, 10)] == [
        ["why_not"], ["why_not"], ["what_lacks"], ["what_lacks"], ["what_works"], ["what_works"],
    ]  # fmt: skip


def test_a_bad_delivery_may_be_followed_up() -> None:
    definition = ready_survey("post-delivery").definition
    answers = {"delivery": 2, "aspects": {"condition": "no"}, "contact_me": True}
    assert definition.check(answers).answers == answers
    assert definition.check({"delivery": 5, "contact_me": True}).dropped == ("contact_me",)


SCALES = {
    ("nps", "recommend"): (0, 10), ("csat", "satisfaction"): (1, 5), ("ces", "ease"): (1, 7),
    ("epsi", "overall"): (1, 10), ("loyalty", "repurchase"): (0, 10), ("umux-lite", "needs"): (1, 7),
}  # fmt: skip


@pytest.mark.parametrize(("key", "name"), SCALES)
def test_scales_are_those_of_the_metric(key: str, name: str) -> None:
    questions = {q.name: q for q in ready_survey(key).definition.questions}
    assert questions[name].scale == SCALES[key, name]
