"""How far back questions remember where the catalogue has more touchpoints than ever occur."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from polku.journeys.asking.answers import Answers
from polku.journeys.asking.contexts import OccurQuestion, occurring
from polku.journeys.asking.scope import Scope
from polku.journeys.attribution.queries import JourneyAttribution
from polku.journeys.next.queries import JourneyNext
from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.known import Touchpoints
from polku.journeys.touchpoints.rules import Rule
from polku.journeys.touchpoints.spec import TouchpointSpec
from polku.store import Block
from tests.journeys.journeys_of import ask, block_of, of
from tests.journeys.shop import TOUCHPOINTS, Shop, busy

NEVER = 60


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The busy shop with its six touchpoints."""
    shop = busy(Shop(tmp_path_factory.mktemp("narrow")))
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The same with sixty more, before its own ones, that nobody ever meets."""
    shop = Shop(tmp_path_factory.mktemp("wide"))
    never = [
        TouchpointSpec(f"never{i}", "Ei", "No", "web", "awareness", rules=(Rule(type="track", name=f"n{i}"),))
        for i in range(NEVER)
    ]
    with shop.workspace.db.session() as session:
        store.install_touchpoints(session, never)
    busy(shop)
    yield shop
    shop.close()


def test_what_occurs_is_what_anyone_meets_in_the_scope() -> None:
    block = block_of([of((6, 1), (50, 3)), of((4, 2)), of((9, 5))])
    scope = Scope((1, 2, 3, 4, 5), 5, 40)
    assert ask(OccurQuestion(scope), block).tolist() == [True, False, False, False, True]
    parts = [block.choose(np.array([i])) for i in range(3)]
    assert ask(OccurQuestion(scope), *parts, Block.empty()).tolist() == [True, False, False, False, True]
    assert not ask(OccurQuestion(scope), Block.empty()).any()


def test_only_where_all_are_too_many_those_that_never_occur_are_left_out(narrow: Shop, wide: Shop) -> None:
    for shop, known in ((narrow, len(TOUCHPOINTS)), (wide, len(TOUCHPOINTS) + NEVER)):
        catalogue = shop.workspace.part(Touchpoints).catalogue()
        scope = Scope(tuple(t.code for t in catalogue.touchpoints))
        assert scope.size == known
        answers = shop.workspace.part(Answers)
        left = occurring(scope, answers)
        assert [catalogue.by_code[c].key for c in left.codes] == [t[0] for t in TOUCHPOINTS]
        nothing = replace(scope, high=1)
        assert occurring(nothing, answers) == nothing
        kept = catalogue.touchpoint("never7").code if shop is wide else scope.codes[0]
        assert kept in occurring(scope, answers, always=[kept]).codes


@pytest.mark.parametrize("more", [{}, {"who": ["met:cart"]}, {"among": "all"}, {"level": "channel"}])
def test_touchpoints_that_never_occur_change_nothing_of_attribution(
    narrow: Shop, wide: Shop, more: dict[str, object]
) -> None:
    one, other = (
        JourneyAttribution.of({"outcome": "order"} | more).answer(s.workspace) for s in (narrow, wide)
    )
    assert "markov3" in one.models
    assert (other.models, other.earners, other.credits) == (one.models, one.earners, one.credits)


@pytest.mark.parametrize("so_far", [[], ["ad", "product", "cart"]])
def test_touchpoints_that_never_occur_change_nothing_of_what_comes_next(
    narrow: Shop, wide: Shop, so_far: list[str]
) -> None:
    one, other = (JourneyNext(so_far=so_far).answer(s.workspace) for s in (narrow, wide))
    assert one.order == 3
    assert (other.order, other.steps, other.rests_on) == (one.order, one.steps, one.rests_on)


def test_a_path_so_far_may_have_what_never_occurs(wide: Shop) -> None:
    told = JourneyNext(so_far=["never3"]).answer(wide.workspace)
    assert (told.reason, told.rests_on, told.order) == ("never_occurs", 0, 3)
