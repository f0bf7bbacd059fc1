"""Funnels from words to results: steps as they are written, groups, spans of time, and those who drop out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from polku.errors import InvalidInput, UnknownTouchpoint
from polku.journeys.asking.who import conditions, in_words
from polku.journeys.funnel.condition import written
from polku.journeys.funnel.queries import JourneyConversion, JourneyDropouts, JourneyFunnel
from polku.journeys.funnel.steps import read, step_written
from polku.journeys.stages.queries import JourneyStages
from polku.journeys.touchpoints.known import Touchpoints
from polku.stats import false_discovery, two_proportions
from polku.store.keys import identifier_key
from polku.workspace import Workspace
from tests.journeys.shop import START, Shop


def ids(*customers: int) -> list[str]:
    return [f"{identifier_key('user_id', f'c{n}'):016x}" for n in customers]


def profiles(query: JourneyFunnel, workspace: Workspace) -> list[int]:
    return [s.profiles for s in query.answer(workspace).steps]


# -- steps as they are written


def test_steps_are_read_from_one_text_and_from_several(busy_shop: Shop) -> None:
    catalogue = busy_shop.workspace.part(Touchpoints).catalogue()
    text = "Mainos|product>cart,!delivery|answer[score<0],!ad,order[value>100&category=a],"
    query = JourneyFunnel.of({"steps": text})
    assert query.steps == JourneyFunnel.of({"steps": text.split(",")}).steps
    steps = read(query.steps, catalogue)
    assert [step_written(s, catalogue) for s in steps] == [
        ["ad|product"],
        ["cart"],
        ["!delivery|answer[score<0]|ad", "order[value>100&category=a]"],
    ]
    again = [t for s in steps for t in step_written(s, catalogue)]
    assert read(again, catalogue) == steps


@pytest.mark.parametrize(
    ("steps", "error", "says"),
    [
        ("!ad,cart", InvalidInput, "'!ad' comes before the first step"),
        ("cart,!ad", InvalidInput, "'!ad' comes after the last step"),
        ("cart,ad||order", InvalidInput, r"'ad\|\|order' lacks a touchpoint"),
        ("cart,!,order", InvalidInput, "'!' lacks a touchpoint"),
        ("cart,order[value>", InvalidInput, "cannot be read"),
        ("cart,!oder,order", UnknownTouchpoint, "Did you mean 'order'"),
        ("", InvalidInput, "1 to 32 steps"),
        (",".join(["cart"] * 33), InvalidInput, "1 to 32 steps, not 33"),
        (",".join(f"cart[a>{n}]" for n in range(7)), InvalidInput, "at most 6 different conditions"),
    ],
)
def test_steps_that_are_none_are_told(busy_shop: Shop, steps: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        JourneyFunnel.of({"steps": steps}).answer(busy_shop.workspace)


@pytest.mark.parametrize("window", ["within", "between"])
def test_a_window_of_no_length_is_refused(busy_shop: Shop, window: str) -> None:
    with pytest.raises(InvalidInput, match="longer than 0"):
        JourneyFunnel.of({"steps": "ad", window: "0d"}).answer(busy_shop.workspace)


def test_any_of_exclusions_and_windows_from_words(busy_shop: Shop) -> None:
    # ad on day 0, product 1 … 1.9, the first six cart on 2, five of them order on 3, delivery 5, answer 6
    workspace = busy_shop.workspace
    assert profiles(JourneyFunnel.of({"steps": "ad,delivery|cart"}), workspace) == [10, 6]
    assert profiles(JourneyFunnel.of({"steps": "ad,!order,delivery|cart"}), workspace) == [10, 6]
    assert profiles(JourneyFunnel.of({"steps": "ad,!order,delivery"}), workspace) == [10, 0]
    assert profiles(JourneyFunnel.of({"steps": "ad,order,delivery", "between": "2d"}), workspace) == [
        10,
        0,
        0,
    ]
    assert (
        profiles(JourneyFunnel.of({"steps": "order,delivery,answer", "between": "2d"}), workspace) == [5] * 3
    )
    told = JourneyFunnel.of({"steps": "cart,!ad|answer,order", "within": "2d", "between": "30h"}).answer(
        workspace
    )
    assert (told.within_s, told.between_s) == (2 * 86_400, 30 * 3600)
    assert (told.steps[1].without, told.steps[1].step.key) == ("ad|answer", "order")


def test_an_exclusion_of_another_channel_is_as_if_it_had_not_happened(busy_shop: Shop) -> None:
    steps = {"steps": "order,!delivery,answer"}
    assert profiles(JourneyFunnel.of(steps), busy_shop.workspace) == [5, 0]
    asked = JourneyFunnel.of({"steps": "ad,!product,cart", "channel": "web"})
    assert [s.reason for s in asked.answer(busy_shop.workspace).steps] == ["never_occurs", None]


def test_times_have_quartiles(busy_shop: Shop) -> None:
    told = JourneyFunnel(steps=["product", "cart", "order"]).answer(busy_shop.workspace)
    order = told.times[2]
    # product at 1, 1.1, … 1.4; order at 3
    assert order.median_s.estimate == pytest.approx(1.8 * 86_400, rel=0.07)
    assert order.wait_median_s.estimate == pytest.approx(86_400, rel=0.07)
    assert (order.first_quartile_s.n, order.third_quartile_s.n) == (5, 5)
    assert sum(t.profiles for t in told.to_convert) == 5
    assert all(a.to_s == b.from_s for a, b in zip(told.to_convert, told.to_convert[1:], strict=False))
    assert JourneyFunnel(steps=["order", "product"]).answer(busy_shop.workspace).to_convert == ()


# -- groups


@pytest.fixture(scope="module")
def two_plans(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Sixty customers begin: of 20 pro 18 buy, of 20 free 6, of 16 others 8, and of four of whom nobody knows 2."""
    shop = Shop(tmp_path_factory.mktemp("plans"))
    plans = ["pro"] * 20 + ["free"] * 20 + ["trial"] * 16 + [""] * 4
    buy = (
        [n < 18 for n in range(20)]
        + [n < 6 for n in range(20)]
        + [n < 8 for n in range(16)]
        + [True, True, False]
    )
    for n, (plan, buys) in enumerate(zip(plans, [*buy, False], strict=True)):
        shop.visits(f"c{n}", (0, "cart"), *([(1, "order")] if buys else []))
        if plan:
            shop.tells(f"c{n}", plan=plan)
    yield shop
    shop.close()


def test_groups_are_compared_with_all_other_groups(two_plans: Shop) -> None:
    told = JourneyFunnel(steps=["cart", "order"], breakdown="plan").answer(two_plans.refreshed())
    at = {d.group: d for d in told.differences}
    assert [g.key for g in told.breakdown] == [d.group for d in told.differences] == ["free", "pro", "trial"]
    assert (at["pro"].converted.estimate, at["pro"].others.estimate) == (0.9, 14 / 36)  # none of the unknown
    alone = [two_proportions(6, 20, 26, 36), two_proportions(18, 20, 14, 36), two_proportions(8, 16, 24, 40)]
    assert [d.difference for d in told.differences] == [c.difference for c in alone]
    assert [d.q for d in told.differences] == false_discovery([c.p_value for c in alone])
    assert [d.is_clear for d in told.differences] == [True, True, False]
    assert JourneyFunnel(steps=["cart", "order"]).answer(two_plans.workspace).differences == ()


def test_groups_too_small_to_compare_are_not(shop: Shop) -> None:
    for n in range(12):
        shop.visits(f"c{n}", (0, "cart"), *([(1, "order")] if n < 4 else []))
        shop.tells(f"c{n}", plan="few" if n < 4 else "many")
    told = JourneyFunnel(steps=["cart", "order"], breakdown="plan").answer(shop.refreshed())
    assert [(d.group, d.q, d.is_clear) for d in told.differences] == [
        ("many", None, False),
        ("few", None, False),
    ]
    assert told.differences[1].difference.reason == "too_few"


# -- spans of time


def test_conversion_by_the_day_on_which_one_began(shop: Shop) -> None:
    for n in range(6):
        shop.visits(f"c{n}", (0, "cart"), (1, "cart"), (1.5, "order"))
    shop.visits("late", (2, "cart"))
    told = JourneyConversion.of({"steps": "cart,order", "within": "1d", "by": "day"}).answer(shop.refreshed())
    assert [(s.start, s.began, s.converted) for s in told.spans] == [
        (date(2026, 3, 1), 6, 0),  # a day and a half is too long
        (date(2026, 3, 2), 6, 6),
        (date(2026, 3, 3), 1, 0),
    ]
    assert [s.share.estimate for s in told.spans] == [0, 1, None]
    assert told.spans[2].share.reason == "too_few"
    assert (told.by, told.within_s) == ("day", 86_400)


def test_a_span_is_over_when_nobody_in_it_has_time_left(busy_shop: Shop) -> None:
    def over(**given: Any) -> list[bool]:
        query = JourneyConversion.of({"steps": "ad,order", "by": "day", **given})
        return [s.is_over for s in query.answer(busy_shop.workspace).spans]

    assert all(over())  # the shop's events are long past
    assert over(since="2026-03-01", until="2026-03-05", within="2d") == [True] * 3 + [False] * 2
    assert over(since="2026-03-01", until="2026-03-05", within="4d", between="1d") == [True] * 4 + [False]
    assert over(since="2026-03-01", until="2026-03-05") == [True] * 5


# -- those who drop out


def test_dropouts_are_listed_newest_first(busy_shop: Shop) -> None:
    asked = {"steps": "ad,product,cart", "at": 2}
    told = JourneyDropouts.of(asked).answer(busy_shop.workspace)
    assert [d.profile for d in told.dropouts] == ids(9, 8, 7, 6)
    assert told.dropouts[0].at == START + timedelta(days=1.9)
    assert (told.total, told.step.key, told.step.name_en) == (4, "product", "Product page")
    few = JourneyDropouts.of(asked | {"top": 2}).answer(busy_shop.workspace)
    assert (few.total, [d.profile for d in few.dropouts]) == (4, ids(9, 8))
    through = JourneyDropouts.of(asked | {"at": 3}).answer(busy_shop.workspace)
    assert through.total == 6
    assert through.dropouts[0].at == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_dropouts_of_a_step_that_is_not_there(busy_shop: Shop) -> None:
    with pytest.raises(InvalidInput, match="no step 3: the funnel has 2"):
        JourneyDropouts(steps=["ad", "!cart", "product"], at=3).answer(busy_shop.workspace)


@pytest.mark.parametrize(
    ("who", "those"),
    [
        ("funnel:ad>product>cart:2", 4),
        ("funnel:ad>product>cart:3", 6),
        ("!funnel:ad>product>cart:3", 4),
        (
            "funnel:ad>product>cart:2:1d",
            1,
        ),  # whoever is within a day of the ad at the product page is not at the cart
        ("funnel:ad>product>cart:2:within=30h", 3),
        ("funnel:ad>product>cart:2:30h:until=2026-03-01", 0),
        ("funnel:cart>order:1", 1),
        ("funnel:cart>!order>delivery|answer:1", 6),
        ('funnel:cart>"Tilaus":2:source="Verkkokauppa":channel=web', 5),
        ("funnel:cart>order[score>0]:1", 6),
    ],
)
def test_any_question_can_be_asked_of_those_who_dropped_out(busy_shop: Shop, who: str, those: int) -> None:
    assert JourneyStages(who=[who]).answer(busy_shop.workspace).profiles == those


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("funnel:ad>cart", "Write e.g. funnel:product>cart>purchase:2"),
        ("funnel:ad>cart:two", "Write e.g. funnel"),
        ("funnel:ad>cart:1:30d:2w", "Write e.g. funnel"),
        ("funnel:ad>cart:1:colour=red", "within=…, between=…"),
        ("funnel:ad>cart:1:soon", "within"),
        ("funnel:ad>cart:3", "no step 3"),
        ("funnel:ad>crat:1", "Did you mean 'cart'"),
    ],
)
def test_conditions_on_funnels_that_are_none(busy_shop: Shop, who: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        JourneyStages(who=[who]).answer(busy_shop.workspace)


def test_the_condition_of_a_list_of_dropouts_finds_the_same(busy_shop: Shop) -> None:
    given = {
        "steps": "ad,!delivery,product|cart[score>0],cart",
        "at": 2,
        "within": "36h",
        "between": "90m",
        "until": "2026-03-20",
        "source": "Verkkokauppa",
    }
    query = JourneyDropouts.of(given)
    text = written(query)
    assert in_words(text, busy_shop.workspace.part(Touchpoints).catalogue(), "en") == (
        "Got to Product page / Cart (score > 0) and no further: "
        "Advertisement → Product page / Cart (score > 0) → Cart"
    )
    assert text == (
        "funnel:ad>!delivery>product|cart[score>0]>cart:2:36h:between=90m:until=2026-03-20:source=Verkkokauppa"
    )
    (condition,) = conditions([text], busy_shop.workspace)
    assert condition.behaviour == query.dropped(busy_shop.workspace)
    assert JourneyDropouts.of({"steps": "ad,cart", "at": 1, "who": text}).who == [text]
