"""What is kept of blocks, and what makes way when there is no room."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from polku.journeys.asking.views import MOST_KEYS, Views
from polku.journeys.asking.views import views as known_views
from polku.journeys.paths.queries import JourneyGraph
from polku.store import Block
from tests.journeys.shop import Shop


def blocks(n: int) -> list[Block]:
    return [Block.empty() for _ in range(n)]


def bytes_(n: int) -> np.ndarray:
    return np.zeros(n, np.uint8)


def keep(views: Views, of: list[Block], key: str, size: int = 10) -> None:
    for block in of:
        views.keep(block, key, key, bytes_(size))


def kept(views: Views, of: list[Block], key: str) -> int:
    return sum(views.get(b, key) == key for b in of)


def test_what_is_kept_is_found_under_its_block_and_key() -> None:
    views, (one, other) = Views(100), blocks(2)
    views.keep(one, "a", "made", bytes_(10), bytes_(5))
    assert views.get(one, "a") == "made"
    assert views.get(other, "a") is None
    assert views.get(one, "b") is None
    assert views.bytes == 15


def test_what_was_longest_not_asked_for_makes_way() -> None:
    views, all_ = Views(100), blocks(4)
    keep(views, all_, "a")
    keep(views, all_, "b")
    assert kept(views, all_, "a") == 4  # now b is the oldest
    keep(views, all_, "c")
    assert [kept(views, all_, key) for key in "abc"] == [4, 0, 4]
    assert views.bytes == 80


def test_of_what_is_too_much_a_part_stays() -> None:
    views, all_ = Views(35), blocks(10)
    keep(views, all_, "a")
    keep(views, all_, "a")  # asked again, block after block
    assert kept(views, all_, "a") == 3
    assert views.bytes == 30


@pytest.mark.parametrize("size", [101, 1_000])
def test_what_is_larger_than_all_room_is_not_kept(size: int) -> None:
    views, (one,) = Views(100), blocks(1)
    views.keep(one, "a", "a", bytes_(size))
    assert views.get(one, "a") is None
    assert views.bytes == 0


def test_however_small_they_are_there_are_not_too_many() -> None:
    views, (one,) = Views(100), blocks(1)
    for key in range(10_000):
        views.keep(one, key, key)
    assert views.get(one, 9_999) == 9_999
    assert sum(views.get(one, key) is not None for key in range(10_000)) <= MOST_KEYS + 1


def test_what_is_made_anew_counts_once() -> None:
    views, (one,) = Views(100), blocks(1)
    for _ in range(30):
        views.keep(one, "a", "a", bytes_(10))
    assert views.bytes == 10


def test_many_threads_keep_and_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    views = Views(500)

    def work(number: int) -> None:
        for i in range(300):
            for block in blocks(3):  # each goes soon
                views.keep(block, i % 7, number, bytes_(10))
                views.get(block, i % 7)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    gc.collect()
    assert views.bytes == 0


def test_views_go_with_their_block() -> None:
    views, all_ = Views(100), blocks(3)
    keep(views, all_, "a")
    del all_[0]
    gc.collect()
    assert views.bytes == 20


def test_what_was_made_of_blocks_that_are_replaced_makes_way() -> None:
    views, all_ = Views(100), blocks(3)
    keep(views, all_, "a")
    views.forget([all_[0], Block.empty()])
    assert [views.get(b, "a") for b in all_] == [None, "a", "a"]
    assert views.bytes == 20
    keep(views, all_[:1], "a")
    del all_[0]
    gc.collect()
    assert views.bytes == 20


def test_of_old_blocks_nothing_is_kept_once_there_are_new_ones(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    gc.collect()
    elsewhere = known_views.bytes
    for customer in range(40):
        shop.visits(str(customer), (0, "ad"), (1, "cart"))
    JourneyGraph().answer(shop.refreshed())
    old, before = shop.workspace.engine.blocks, known_views.bytes - elsewhere
    for customer in range(40):
        shop.visits(str(customer), (2, "order"), source=shop.other)
    shop.refreshed()
    assert old.events == 80  # somebody still looks at them
    assert before < known_views.bytes - elsewhere < 1.6 * before
    shop.close()


def test_without_room_questions_are_answered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from polku.journeys.asking.scope import Scope
    from polku.journeys.asking.views import views
    from polku.journeys.variants.variants import Whole
    from tests.journeys.journeys_of import block_of, of

    block, scope = block_of([of((1, 1), (2, 2), (3, 2)), of((4, 2))]), Scope((1, 2))
    with_room = scope.counted(block), scope.values(block, 0), Whole(scope, collapse=True).hashed(block)
    monkeypatch.setattr(views, "most_bytes", 0)
    again = block_of([of((1, 1), (2, 2), (3, 2)), of((4, 2))])
    without = scope.counted(again), scope.values(again, 0), Whole(scope, collapse=True).hashed(again)
    assert views.get(again, scope) is None
    assert with_room[0].number.tolist() == without[0].number.tolist()
    assert [a.tolist() for a in with_room[1]] == [a.tolist() for a in without[1]]
    assert with_room[2].hashes.tolist() == without[2].hashes.tolist()
