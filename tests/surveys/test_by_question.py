"""Each kind of question by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from polku.errors import InvalidInput
from polku.i18n import use_language
from polku.metrics import metric
from polku.stats import proportion, scale_mean
from polku.surveys.results import Choice, Question, Responses, by_metric, by_question
from tests.surveys.responses import (
    CHANNELS,
    EVERY,
    GRID,
    NPS,
    RANKS,
    REASON,
    WELL,
    WORDS,
    drawn,
    responses,
    table,
)


def only(answers: list[object], question: Question, **columns: list[object]) -> object:
    return by_question(
        responses([{} if a is None else {question.key: a} for a in answers], (question,), **columns)
    )[0]


def test_a_rating() -> None:
    told = only([10, 9, 8, 6, 0, 10, None, "7", 11], NPS)
    assert (told.asked, told.answered, told.visibility) == (9, 7, "grey")
    assert [s.count for s in told.shares] == [1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2]
    assert told.shares[10].share == proportion(2, 7)
    assert told.mean == scale_mean([10, 9, 8, 6, 0, 10, 7], 0, 10)
    assert told.measures[0].estimate == metric("nps").estimate([10, 9, 8, 6, 0, 10, 7])
    assert [c.count for c in told.categories] == [3, 2, 2]


def test_a_choice_with_a_former_one_and_no_opinion() -> None:
    told = only(["price", "price", "service", "dk", "former", "price"], REASON)
    assert told.answered == 5
    assert [(s.key, s.count) for s in told.shares] == [("price", 3), ("service", 1), ("former", 1)]
    assert told.shares[0].share == proportion(3, 5)
    with use_language("fi"):
        assert only(["price"] * 5, REASON).shares[0].title == "price suomeksi"


def test_several_choices_are_shares_of_those_who_answered() -> None:
    told = only([["web"], ["web", "shop"], ["phone", "web"], ["shop"], [], ["web", "web"]], CHANNELS)
    assert told.answered == 5
    assert [(s.key, s.count) for s in told.shares] == [("web", 4), ("shop", 2), ("phone", 1)]
    assert told.shares[0].share == proportion(4, 5)


def test_a_matrix_a_ranking_a_boolean_and_words() -> None:
    rows = only([{"speed": 1, "tone": 3}] * 4 + [{"speed": 2}] * 4, GRID).rows
    assert [(r.key, r.answered) for r in rows] == [("speed", 8), ("tone", 4)]
    assert [s.count for s in rows[0].shares] == [4, 4, 0]
    assert rows[1].shares == ()  # four answers are hidden
    ranks = only([["b", "a", "c"]] * 4 + [["b"]], RANKS).ranks
    assert [r.key for r in ranks] == ["b", "a", "c"]
    assert ranks[0].first == proportion(5, 5)
    assert ranks[1].mean_rank.estimate == pytest.approx((4 * 2 + 2.5) / 5)
    assert [s.count for s in only([True, False, True, True, True], WELL).shares] == [4, 1]
    words = only(["good", "  ", None, "bad", "so so", "x", "y", "z"], WORDS)
    assert (words.answered, words.share) == (6, proportion(6, 8))


def test_what_a_boolean_stands_for_may_be_said_otherwise() -> None:
    asked = Question("well", "boolean", choices=(Choice("yes"), Choice("no")))
    assert [(s.key, s.count) for s in only(["yes", "no", "yes", "yes", "?"] * 2, asked).shares] == [
        ("yes", 6),
        ("no", 2),
    ]


def test_a_question_may_be_called_as_a_column_of_responses() -> None:
    asked = Question("channel", "radiogroup", choices=(Choice("shop"), Choice("web")))
    told = by_question(responses([{"channel": "shop"}] * 6, (asked,), channel=["email"] * 6))[0]
    assert [(s.key, s.count) for s in told.shares] == [("shop", 6), ("web", 0)]


def test_few_answers_are_hidden() -> None:
    told = only([10, 9, 0, 3], NPS)
    assert (told.visibility, told.shares, told.categories) == ("hidden", (), ())
    assert told.mean.reason == "too_few"
    assert by_question(responses([], EVERY))[0].mean.reason == "no_observations"


def test_every_kind_and_html_is_none() -> None:
    told = by_question(responses(drawn(60)))
    assert [r.question.key for r in told] == [q.key for q in EVERY if q.kind != "html"]
    assert all(r.visibility == "told" for r in told if r.question.key != "reason")


def test_answers_may_have_columns_of_their_own() -> None:
    answers = drawn(30)
    own = table(answers).drop_columns(["answers"])
    for question in EVERY:
        if question.kind != "html":
            own = own.append_column(question.key, [[a[question.key] for a in answers]])
    assert by_question(Responses.of(own, EVERY)) == by_question(responses(answers))


def test_a_customer_who_answers_often_counts_as_one() -> None:
    answers = [{"recommend": 10}] * 50 + [{"recommend": int(a)} for a in range(10)]
    once = by_question(responses(answers, (NPS,)))[0]
    often = by_question(responses(answers, (NPS,), profile=["p"] * 50 + [None] * 10))[0]
    assert often.mean.estimate == once.mean.estimate
    of = responses([{}] * 6, (NPS,), profile=["p", None, "q", "p", None, "r"]).clusters
    assert of[0] == of[3]
    assert len(set(of.tolist())) == 5
    assert often.mean.half_width > 1.5 * once.mean.half_width


def test_weights() -> None:
    told = responses([{"reason": "price"}] * 10 + [{"reason": "service"}] * 10, (REASON,))
    weighted = by_question(told.weighted(np.array([1.5] * 10 + [0.5] * 10)))[0]
    assert weighted.shares[0].share.estimate == pytest.approx(0.75)
    assert weighted.effective_n == pytest.approx(20**2 / (10 * 1.5**2 + 10 * 0.5**2))
    assert by_question(told)[0].effective_n == 20


def test_a_metric_of_three_questions_with_its_reliability() -> None:
    items = [i.key for i in metric("epsi").items]
    asked = tuple(
        Question(f"q{i}", "rating", low=1, high=10, metric="epsi", item=k) for i, k in enumerate(items)
    )
    rng = np.random.default_rng(2)
    mood = rng.integers(3, 9, 80)
    answers = [{f"q{i}": int(m + rng.integers(-1, 2)) for i in range(3)} for m in mood]
    answers[0].pop("q2")
    told = by_metric(responses(answers, asked))[0]
    rows = [[a["q0"], a["q1"], a["q2"]] for a in answers[1:]]
    assert told.measures[0].estimate == metric("epsi").estimate(rows)
    assert told.reliability.n == 79
    assert 0.85 < told.reliability.low < told.reliability.estimate < told.reliability.high < 1
    assert by_metric(responses(drawn(40)))[0].reliability is None


def test_tables_that_cannot_be_read() -> None:
    with pytest.raises(InvalidInput, match="lack the column profile"):
        Responses.of(pa.table({"response_id": ["a"]}), EVERY)
    broken = table([{}]).drop_columns(["answers"]).append_column("answers", [["{"]])
    with pytest.raises(InvalidInput, match="no JSON"):
        Responses.of(broken, EVERY)
    with pytest.raises(InvalidInput, match="no question 'nps'"):
        responses([{}]).question("nps")


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (Question("q", "rating", low=1, high=7, metric="csat"), "asked as a rating from 1 to 5"),
        (
            Question("q", "rating", low=1, high=10, metric="epsi"),
            "Its items are: overall, expectations, ideal",
        ),
        (Question("q", "rating", low=1, high=10, metric="epsy"), "Nearest: epsi"),
    ],
)
def test_questions_that_cannot_tell_their_metric(question: Question, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        by_metric(responses([{"q": 3}], (question,)))
