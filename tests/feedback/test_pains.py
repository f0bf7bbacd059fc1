"""Pain points counted by hand and recovered from planted ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.feedback import pains as feedback_pains
from polku.feedback.pains import Commented, Mentions, Pain, ratio
from polku.stats import proportion

Said = tuple[int, int, int, str, bool]
"""Comment, who, at, aspect, whether it was bad."""


def mention(nth: int, who: int, at: int, aspect: str = "speed", *, bad: bool = True) -> Said:
    return nth, who, at, aspect, bad


def pains(told: Sequence[Said], commented: Sequence[tuple[int, int]]) -> list[Pain]:
    things = sorted({(aspect, "delivery") for _, _, _, aspect, _ in told})
    columns = Mentions(
        things,
        *(np.array([t[i] for t in told], np.int64) for i in range(3)),
        np.array([things.index((t[3], "delivery")) for t in told], np.int32),
        np.array([t[4] for t in told], np.bool_),
    )
    who, at = (np.array([c[i] for c in commented], np.int64) for i in range(2))
    return feedback_pains.pains(columns, Commented(who, at))


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 20), st.sampled_from("ab"), st.booleans()), max_size=60
    )
)
def test_people_are_counted_as_one_would_by_hand(made: list[tuple[int, int, str, bool]]) -> None:
    told = [
        (nth // 2, who, at, aspect, bad)
        for nth, (_, _, aspect, bad) in enumerate(made)
        for who, at in [made[nth - nth % 2][:2]]
    ]
    commented = [(who, at) for _, who, at, _, _ in told]
    border = sorted(at for _, at in commented)[int(len(commented) * 0.75)] if commented else 0
    found = {p.aspect: p for p in pains(told, commented)}
    for aspect in "ab":
        of_it = [t for t in told if t[3] == aspect]
        speak, bad = {t[1] for t in of_it}, [t for t in of_it if t[4]]
        if len(speak) < 5 or not bad:
            assert aspect not in found
            continue
        pain = found[aspect]
        assert pain.reach == proportion(len(speak), len({who for who, _ in commented}))
        assert pain.severity == proportion(len({t[1] for t in bad}), len(speak))
        assert pain.trend == ratio(
            len({t[1] for t in bad if t[2] >= border}), len({w for w, at in commented if at >= border}),
            len({t[1] for t in bad if t[2] < border}), len({w for w, at in commented if at < border}),
        )  # fmt: skip
        newest = list(dict.fromkeys(c for _, c in sorted(((t[2], t[0]) for t in bad), reverse=True)))
        assert pain.comments == tuple(newest[: feedback_pains.NEWEST])


def test_counted_by_hand() -> None:
    """40 people comment, one a moment; the newest quarter is from moment 30."""
    commented = [(who, who) for who in range(40)]
    told = [mention(w, w, w, bad=w != 0) for w in (0, 5, 10, 31, 32, 33)]
    (pain,) = pains(told, commented)
    assert pain.reach == proportion(6, 40)
    assert pain.severity == proportion(5, 6)
    assert pain.trend.estimate == pytest.approx((3.5 / 10.5) / (2.5 / 30.5))
    assert pain.trend.low is not None
    assert pain.trend.low < 1 < pain.trend.estimate  # of so few it may be chance
    assert pain.priority.estimate == pytest.approx(6 / 40 * 5 / 6 * pain.trend.estimate)
    assert (pain.count, pain.comments) == (5, (33, 32, 31, 10, 5))


def test_people_are_counted_and_not_their_comments() -> None:
    commented = [(who, who) for who in range(40)] + [(1, 50)] * 30
    told = [mention(w, w, w) for w in range(5)] + [mention(100 + n, 1, 50) for n in range(30)]
    (pain,) = pains(told, commented)
    assert pain.reach == proportion(5, 40)
    assert pain.count == 35


def test_of_fewer_than_five_and_of_no_complaint_nothing_is_told() -> None:
    commented = [(who, who) for who in range(40)]
    assert pains([mention(w, w, w) for w in range(4)], commented) == []
    assert pains([mention(w, w, w, bad=False) for w in range(9)], commented) == []
    assert pains([], []) == []


def test_too_few_for_a_trend_still_rank() -> None:
    commented = [(who, who) for who in range(6)]
    (pain,) = pains([mention(w, w, w) for w in range(6)], commented)
    assert pain.trend.reason == "too_few"
    assert pain.priority.estimate == 1


def test_what_is_common_bad_and_growing_comes_first() -> None:
    rng = np.random.default_rng(2)
    commented = [(who, who) for who in range(2_000)]
    told = []
    for who, at in commented:
        late = at >= 1_500
        for aspect, share, bad in (
            ("grows", 0.2 if late else 0.05, 0.8), ("steady", 0.1, 0.8), ("mild", 0.1, 0.2), ("rare", 0.02, 0.9),
        ):  # fmt: skip
            if rng.random() < share:
                told.append(mention(len(told), who, at, aspect, bad=bool(rng.random() < bad)))
    found = {p.aspect: p for p in pains(told, commented)}
    assert next(iter(found)) == "grows"
    assert list(found).index("steady") < list(found).index("mild")
    trend = found["grows"].trend
    assert trend.low is not None
    assert trend.high is not None
    assert 1.5 < trend.low < 4 < trend.high < 8


def test_the_trend_s_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    commented = [(who, who) for who in range(400)]
    held = 0
    for _ in range(300):
        told = [mention(w, w, at) for w, at in commented if rng.random() < (0.3 if at >= 300 else 0.15)]
        trend = pains(told, commented)[0].trend
        assert trend.low is not None
        assert trend.high is not None
        held += trend.low <= 2 <= trend.high
    assert 0.92 <= held / 300 <= 0.985
