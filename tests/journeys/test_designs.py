"""Designed journeys: written, saved, and what is told of attempts at them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.db import Database
from polku.errors import Conflict, InvalidInput, NotFound, UnknownTouchpoint
from polku.journeys.asking.scope import Scope
from polku.journeys.conformance import store
from polku.journeys.conformance.conformance import ConformanceQuestion, Planned
from polku.journeys.conformance.design import MOST_STEPS, Step
from polku.journeys.conformance.queries import JourneyConformance, JourneyDesigns
from polku.journeys.conformance.results import Association, ConformanceOfJourneys, Deviation, StepName
from polku.journeys.conformance.telling import Told, tell
from polku.journeys.conformance.writing import read_steps, written
from polku.journeys.touchpoints import store as touchpoint_store
from polku.journeys.touchpoints.catalogue import Catalogue, Touchpoint
from polku.workspace import Workspace
from tests.journeys.journeys_of import NONE, Event, ask, block_of
from tests.journeys.shop import Shop

KEYS = ("product", "cart", "checkout", "order", "delivery", "phone", "chat")
CATALOGUE = Catalogue(
    (), tuple(Touchpoint(i, k, f"{k}-fi", k.title(), "web", None) for i, k in enumerate(KEYS, start=1))
)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
TWO = (Step(("product",)), Step(("order",)))


# -- writing


def test_steps_are_read_as_they_are_written() -> None:
    given = ["product", " Cart? ", "checkout+<2h", "order < 1d", "Phone|chat-fi?+", ">delivery<5d"]
    assert read_steps(given, CATALOGUE) == (
        Step(("product",)),
        Step(("cart",), required=False),
        Step(("checkout",), repeats=True, within_s=7_200),
        Step(("order",), within_s=86_400),
        Step(("phone", "chat"), required=False, repeats=True),
        Step(("delivery",), direct=True, within_s=432_000),
    )


step_given = st.builds(
    Step,
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True).map(tuple),
    required=st.booleans(),
    repeats=st.booleans(),
    direct=st.booleans(),
    within_s=st.one_of(st.none(), st.integers(1, 10**8)),
)


@given(st.lists(step_given, min_size=1, max_size=MOST_STEPS - 2))
def test_what_is_written_is_read_as_it_was(steps: list[Step]) -> None:
    whole = (Step(("product",)), *steps, Step(("order",)))
    assert read_steps(written(whole).split(","), CATALOGUE) == whole


@pytest.mark.parametrize(
    ("steps", "error", "says"),
    [
        (["product", "carrt"], UnknownTouchpoint, "Did you mean 'cart'"),
        (["product", "cart<soon"], InvalidInput, "'soon' in 'cart<soon' is not a length of time"),
        (["product", "cart<"], InvalidInput, "is not a step"),
        (["product", "<2h"], InvalidInput, "is not a step"),
        (["product", "cart>2h"], InvalidInput, "is not a step"),
        (["product", "?"], InvalidInput, "is not a step"),
        (["product", "cart??"], InvalidInput, "has '\\?' twice"),
        (["product", "cart|"], UnknownTouchpoint, "Unknown touchpoint ''"),
        (["product"], InvalidInput, "2 to 16 steps, not 1"),
        (["product", *["cart"] * 16], InvalidInput, "2 to 16 steps, not 17"),
        (["product?", "cart"], InvalidInput, "The first step begins"),
        (["product<2h", "cart"], InvalidInput, "The first step begins"),
        ([">product", "cart"], InvalidInput, "The first step begins"),
        (["product", "cart?", "order?"], InvalidInput, "must be required"),
        (["product", "cart<0h"], InvalidInput, "limit of step 2 must be longer than 0"),
        (["product", "cart<9999w"], InvalidInput, "at most ten years"),
    ],
)
def test_steps_that_cannot_be(steps: list[str], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read_steps(steps, CATALOGUE)


# -- saving


def test_designs_are_kept_changed_and_deleted(tables: Database) -> None:
    steps = (
        Step(("product",), repeats=True),
        Step(("phone", "chat"), False, direct=True, within_s=60),
        TWO[1],
    )
    with tables.session() as session:
        assert store.add(session, " Ostopolku ", steps, by="Anna", now=NOW) == "ostopolku"
        assert store.add(session, "Ostopolku!", TWO, by="Anna", now=NOW) == "ostopolku-2"
        assert store.add(session, "new", TWO, by="Anna", now=NOW) == "new-2"
    with tables.session(read_only=True) as session:
        saved = store.saved_designs(session)
        assert [(s.design.key, s.design.name) for s in saved][:2] == [
            ("ostopolku", "Ostopolku"),
            ("ostopolku-2", "Ostopolku!"),
        ] or {s.design.key for s in saved} == {"ostopolku", "ostopolku-2", "new-2"}
        assert store.find(session, "OSTOPOLKU").steps == steps
        assert store.find(session, "ostopolku!").key == "ostopolku-2"
        assert {(s.changed_by, s.changed_at) for s in saved} == {("Anna", NOW)}
    with tables.session() as session:
        store.change(session, "ostopolku", "Osto", TWO, by="Ville", now=NOW)
        store.delete(session, "ostopolku-2")
    with tables.session(read_only=True) as session:
        assert store.find(session, "osto").steps == TWO
        assert len(store.saved_designs(session)) == 2
        with pytest.raises(NotFound, match="There is no designed journey 'ostos'\\. Did you mean 'Osto'"):
            store.find(session, "ostos")


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_design_needs_a_name(tables: Database, name: str) -> None:
    with tables.session() as session, pytest.raises(InvalidInput, match="1 to 120"):
        store.add(session, name, TWO, by="Anna", now=NOW)


def test_a_name_is_of_one_design(tables: Database) -> None:
    with tables.session() as session:
        store.add(session, "Osto", TWO, by="Anna", now=NOW)
        other = store.add(session, "Muu", TWO, by="Anna", now=NOW)
        with pytest.raises(Conflict, match="already"):
            store.add(session, "OSTO", TWO, by="Anna", now=NOW)
        with pytest.raises(Conflict, match="already"):
            store.change(session, other, "osto", TWO, by="Anna", now=NOW)
        store.change(session, other, "muu", TWO, by="Anna", now=NOW)  # its own name in other letters


# -- asking


@pytest.fixture(scope="module")
def told_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Forty customers begin with an ad. c0…c19 go product, cart, order, delivery and are content; c20…c29 skip the
    cart, get it late and are not; c30…c39 stop at the product. Ten more only have a cart."""
    shop = Shop(tmp_path_factory.mktemp("held"))
    for i in range(20):
        shop.visits(
            f"c{i}",
            (0, "ad"),
            (1, "product"),
            (2, "cart"),
            (3, "order"),
            (5, "delivery"),
            (6, "answer", 60.0),
        )
    for i in range(20, 30):
        late, score = 12 + i / 10, -40.0 + i
        shop.visits(
            f"c{i}", (0, "ad"), (1, "product"), (3, "order"), (late, "delivery"), (20, "answer", score)
        )
    for i in range(30, 40):
        shop.visits(f"c{i}", (0, "ad"), (1, "product"))
    for i in range(40, 50):
        shop.visits(f"c{i}", (0, "cart"), (90, "answer"))
    shop.tell({f"c{i}": {"plan": "pro" if i < 20 else "free"} for i in range(40)})
    with shop.workspace.db.session() as session:
        steps = (
            Step(("ad",)),
            Step(("product",)),
            Step(("cart",)),
            Step(("order",)),
            Step(("delivery",), within_s=345_600),
        )
        store.add(session, "Ostopolku", steps, by="Anna", now=NOW)
    shop.refreshed()
    yield shop
    shop.close()


@pytest.fixture
def folder(told_shop: Shop) -> Workspace:
    return told_shop.workspace


def of(told: ConformanceOfJourneys, kind: str, number: int) -> Deviation:
    return next(d for d in told.deviations if (d.kind, d.step_number) == (kind, number))


def test_who_follows_and_who_deviates(folder: Workspace) -> None:
    told = JourneyConformance(design="ostopolku").answer(folder)
    assert (told.profiles, told.attempts, told.elsewhere) == (50, 40, 10)
    assert (told.design, told.written) == ("Ostopolku", "ad,product,cart,order,delivery<4d")
    assert {w.kind: (w.count, w.share.estimate) for w in told.ways} == {
        "fully": (20, 0.5),
        "deviating": (20, 0.5),
        "not_at_all": (0, 0.0),
        "under_way": (0, 0.0),
    }
    assert told.way("fully").score.estimate == 60
    assert [(s.met, s.through, s.clean) for s in told.steps] == [
        (40, 40, 40), (40, 40, 40), (20, 30, 20), (30, 30, 20), (30, 30, 20)
    ]  # fmt: skip
    assert told.steps[3].after_s.n == 20  # only of those who came to it in turn
    assert {(d.kind, d.step_number): (d.count, d.share.n) for d in told.deviations} == {
        ("skipped", 3): (10, 30),
        ("late", 5): (10, 30),
        ("stopped", 2): (10, 40),
    }
    assert of(told, "late", 5).late_s.estimate == pytest.approx(7.5 * 86_400, rel=0.1)
    assert of(told, "late", 5).late_90_s.reason == "too_few"  # of ten one cannot tell
    assert of(told, "skipped", 3).late_s.reason == "no_observations"


def test_what_goes_together_with_a_deviation(folder: Workspace) -> None:
    told = JourneyConformance(design="ostopolku").answer(folder)
    score = told.association(of(told, "late", 5), "score")
    assert score is not None
    assert (score.with_it.estimate, score.without_it.estimate, score.clear) == (-15.5, 60.0, True)
    assert (score.with_it.n, score.without_it.n) == (10, 20)
    assert score.difference.estimate == -75.5
    assert told.association(of(told, "late", 5), "outcome") is None  # who gets there, is there
    assert told.association(of(told, "stopped", 2), "outcome") is None
    assert told.tested == 2  # of those who stopped nobody answered


def test_an_outcome_of_ones_own(folder: Workspace) -> None:
    told = JourneyConformance(design="ostopolku", outcome="Vastaus").answer(folder)
    stopped = told.association(of(told, "stopped", 2), "outcome")
    assert told.outcome == "answer"
    assert stopped is not None
    assert (stopped.with_it.estimate, stopped.without_it.estimate) == (0.0, 1.0)
    assert (stopped.difference.estimate, stopped.clear) == (-1.0, True)
    order = JourneyConformance(design="ostopolku", outcome="order").answer(folder)
    assert order.association(of(order, "stopped", 2), "outcome") is None  # it lies ahead


def test_ad_hoc_steps_and_groups(folder: Workspace) -> None:
    told = JourneyConformance(steps=["ad", "cart?", "order"], breakdown="plan").answer(folder)
    assert told.design is None
    assert told.way("fully").count == 30
    each = {g.key: one.way("fully").count for g, one in zip(told.breakdown, told.each, strict=True)}
    assert each == {"pro": 20, "free": 10}
    some = JourneyConformance(steps=["ad", "order"], who=["plan=free"], until=date(2026, 3, 2)).answer(folder)
    assert (some.attempts, some.way("under_way").count) == (20, 20)  # two days are not long enough to stop


def test_a_channel_leaves_others_out(folder: Workspace) -> None:
    told = JourneyConformance(steps=["product", "order"], channel="web").answer(folder)
    assert (told.attempts, told.profiles) == (40, 50)
    assert JourneyConformance(design="ostopolku", channel="web").answer(folder).attempts == 0


def test_without_a_choice_it_is_the_first_design_or_the_usual_steps(folder: Workspace, shop: Shop) -> None:
    assert JourneyConformance().answer(folder).design == "Ostopolku"
    for i in range(6):
        shop.visits(f"c{i}", (0, "ad"), (1, "product"), (2, "cart"))
    told = JourneyConformance().answer(shop.refreshed())
    assert told.design is None
    assert told.written.startswith("ad,product,cart")


def test_designs_are_listed(folder: Workspace) -> None:
    [listed] = JourneyDesigns().answer(folder).designs
    assert (listed.key, listed.name, listed.steps) == (
        "ostopolku",
        "Ostopolku",
        "ad,product,cart,order,delivery<4d",
    )


def test_a_design_outlives_a_touchpoint_and_says_so(own_busy_shop: Shop) -> None:
    workspace = own_busy_shop.workspace
    with workspace.db.session() as session:
        store.add(session, "Osto", (Step(("ad",)), Step(("cart",)), Step(("order",))), by="Anna", now=NOW)
    with workspace.db.session() as session:
        touchpoint_store.delete_touchpoint(session, "cart")
    with pytest.raises(
        InvalidInput, match="'Osto' has a step of the touchpoint 'cart', which has been deleted"
    ):
        JourneyConformance(design="Osto").answer(own_busy_shop.refreshed())
    assert JourneyDesigns().answer(workspace).designs[0].steps == "ad,cart,order"


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"design": "ostopolk"}, NotFound, "Did you mean 'Ostopolku'"),
        ({"design": "ostopolku", "steps": ["ad", "cart"]}, InvalidInput, "not both"),
        ({"steps": ["ad", "crat"]}, UnknownTouchpoint, "Did you mean 'cart'"),
        ({"design": "ostopolku", "outcome": "crat"}, UnknownTouchpoint, "Did you mean 'cart'"),
    ],
)
def test_what_cannot_be_asked_is_told(
    folder: Workspace, asked: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        JourneyConformance(**asked).answer(folder)


# -- what is found among attempts of which the truth is known

PLAN = (Planned((1,)), Planned((2,)), Planned((3,), within_s=10), Planned((4,)), Planned((5,)))
STEPS = tuple(Step((KEYS[c - 1],), within_s=p.within_s) for p in PLAN for c in p.codes)
NAMES = [StepName(s.touchpoints[0], "", "") for s in STEPS]


def drawn(rng: np.random.Generator, attempts: int, *, worse: float, fewer: float) -> Told:
    """Attempts that skip the second step, repeat it or are slow to the third, each by itself; they answer after the
    third, happily or not by their own nature. The slow ones, who are late unless they skipped, are `worse` by so many
    points and have `fewer` of the last step."""
    journeys: list[list[Event]] = []
    for _ in range(attempts):
        skips, again, slow = rng.random(3) < (0.25, 0.25, 0.3)
        way: list[Event] = [(0, 1, 1, NONE)]
        way += [] if skips else [(5, 2, 1, NONE)] * (2 if again else 1)
        way.append((40 if slow else 12, 3, 1, NONE))
        mood = rng.normal(10 - worse * slow, 40)
        way += [
            (50 + k, 0, 1, float(np.float32(mood + rng.normal(0, 10)))) for k in range(rng.integers(0, 3))
        ]
        if rng.random() < 0.7 - fewer * slow:
            way += [(60, 4, 1, NONE), (70, 5, 1, NONE)]
        journeys.append(way)
    question = ConformanceQuestion(Scope((1, 2, 3, 4, 5)), PLAN, 10**9)
    return tell(ask(question, block_of(journeys)), STEPS, NAMES, None)


def is_planted(one: Association) -> bool:
    return (one.kind, one.step_number) == ("late", 3)


def is_by_chance(one: Association) -> bool:
    """Whether it has nothing to do with what is planted: who stops at the third step was slow more often."""
    return one.kind in ("skipped", "repeated")


@pytest.mark.parametrize("attempts", [60, 400])
def test_where_nothing_goes_together_hardly_ever_anything_is_found(attempts: int) -> None:
    rng, runs = np.random.default_rng(21), 80
    wrong = [any(a.clear for a in drawn(rng, attempts, worse=0, fewer=0).associations) for _ in range(runs)]
    assert np.mean(wrong) <= 0.05 + 2.6 * (0.05 * 0.95 / runs) ** 0.5


def test_what_is_planted_is_found_and_hardly_anything_else() -> None:
    rng, runs = np.random.default_rng(22), 50
    chance, seen = [], []
    for _ in range(runs):
        told = drawn(rng, 500, worse=30, fewer=0.3)
        clear = [a for a in told.associations if a.clear]
        chance.append(sum(map(is_by_chance, clear)) / max(1, len(clear)))
        seen += [a.clear for a in told.associations if is_planted(a)]
    assert np.mean(chance) <= 0.05 + 2.6 * np.std(chance) / runs**0.5
    assert len(seen) == 2 * runs
    assert np.mean(seen) >= 0.9
