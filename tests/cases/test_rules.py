"""Which answers are low, and which rule decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from polku.cases.rules import Answer, Measured, Rule, is_low, judged
from polku.metrics import metrics

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ANY = Rule("Any", on=True, on_since=NOW, id=1)


def answer(metric: str = "nps", score: float = 3, **more: object) -> Answer:
    given = {"answered_at": NOW, "received_at": NOW, "survey": "s", "own": Measured(metric, score)} | more
    return Answer(source=1, response="r", seq=1, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("metric", "highest_low"), [("nps", 6), ("csat", 2), ("ces", 3), ("epsi", 59.9), ("cli", 49.9)]
)
def test_low_is_the_lowest_category_of_the_metric(metric: str, highest_low: float) -> None:
    assert is_low(Measured(metric, highest_low), None)
    assert not is_low(Measured(metric, metrics()[metric].categories[-2].low), None)


def test_without_categories_only_a_threshold_can_be_low() -> None:
    assert not is_low(Measured("umux-lite", 0), None)
    assert is_low(Measured("umux-lite", 40), 40)
    assert not is_low(Measured("umux-lite", 41), 40)
    assert not is_low(Measured("nobody-knows", 0), 10)


def test_the_most_particular_rule_decides() -> None:
    of_survey = replace(ANY, survey="s", id=2)
    of_question = replace(of_survey, question="q", id=3)
    asked = answer(answers={"q": 1}, questions={"q": "ces"})
    assert judged([ANY, of_survey, of_question], asked) == (of_question, Measured("ces", 1))
    assert judged([ANY, of_survey], asked) == (of_survey, Measured("nps", 3))
    assert judged([ANY, replace(of_survey, survey="t")], asked) == (ANY, Measured("nps", 3))
    high = answer(score=9, answers={"q": 1}, questions={"q": "ces"})
    assert judged([ANY, of_survey, of_question], high) == (of_question, Measured("ces", 1))


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        (replace(ANY, on=False), answer()),
        (ANY, answer(score=7)),
        (ANY, answer(own=None)),
        (ANY, answer(answered_at=NOW - timedelta(seconds=1))),  # before the rule was turned on
        (replace(ANY, known_only=True), answer()),
        (replace(ANY, question="q"), answer()),
        (replace(ANY, question="q"), answer(answers={"q": "no number"}, questions={"q": "nps"})),
        (replace(ANY, question="q"), answer(answers={"q": True}, questions={"q": "nps"})),
    ],
)
def test_what_opens_nothing(rule: Rule, given: Answer) -> None:
    assert judged([rule], given) is None


def test_one_who_can_be_contacted_opens_a_rule_of_known_ones() -> None:
    assert judged([replace(ANY, known_only=True)], answer(profile=5, is_known=True)) is not None
