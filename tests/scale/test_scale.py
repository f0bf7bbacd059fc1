"""A real Spark cluster answers as one machine does, whatever becomes of its workers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from polku import lake
from polku.errors import ClusterUnavailable
from polku.journeys.asking.over_time import ExtentQuestion
from polku.journeys.map.queries import JourneyMap
from polku.library import open_workspace
from polku.profiles import ProfileList
from polku.settings import read_settings
from polku.store.lake.place import Place
from polku.store.lake.writing import collector_id
from polku.workspace import Workspace
from tests.scale.asking import compare, made, questions, told
from tests.scale.clusters import StandaloneCluster, standalone
from tests.scale.world import World, make_world

pytestmark = [pytest.mark.scale, pytest.mark.timeout(600)]

CUSTOMERS = int(os.environ.get("POLKU_SCALE_CUSTOMERS", "250"))


@dataclass(frozen=True)
class Scale:
    world: World
    cluster: StandaloneCluster
    spark: Workspace
    embedded: Workspace


@pytest.fixture(scope="module")
def scale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scale]:
    """Both collectors have written, one file of one of them is half there, and blocks are built."""
    folder, begun = tmp_path_factory.mktemp("scale"), time.perf_counter()
    world = make_world(folder, customers=CUSTOMERS)
    for one in (world.here, world.there):
        with open_workspace(read_settings(one, lake=str(world.lake))) as workspace:
            lake.write(workspace)
    with standalone(folder / "cluster") as cluster, pytest.MonkeyPatch.context() as patch:
        print(f"\nthe cluster is there after {time.perf_counter() - begun:.1f} s")
        for name, value in cluster.environment.items():
            patch.setenv(name, value)
        asking = read_settings(world.here, lake=str(world.lake), engine=cluster.address)
        with open_workspace(asking) as spark, open_workspace(read_settings(world.whole)) as embedded:
            embedded.engine.refresh()
            cast("Any", spark.engine).cluster.first_patience_s = 120  # a busy machine starts Java slowly
            started = time.perf_counter()
            built = lake.build(spark)
            print(f"\nblocks of {built.events} events built in {time.perf_counter() - started:.1f} s")
            spark.engine.refresh()
            yield Scale(world, cluster, spark, embedded)


def test_each_event_is_in_the_blocks_once(scale: Scale) -> None:
    whole = scale.embedded.engine.blocks
    assert lake.contents(Place(str(scale.world.lake))).events > whole.events  # some came to both
    assert (scale.spark.engine.blocks.events, scale.spark.engine.blocks.profiles) == (
        whole.events,
        whole.profiles,
    )


def test_every_question_is_answered_alike(scale: Scale) -> None:
    rows = [compare(made(query, given), scale.spark, scale.embedded) for query, given in questions()]
    print(f"\n{told(rows)}")
    assert [(r.question, r.differs) for r in rows if r.differs] == []


class Slow:
    """A question that takes a while on every block, so that a worker can go meanwhile."""

    def __init__(self, question: Any, each_s: float) -> None:
        self.question, self.each_s = question, each_s

    def partial(self, block: Any) -> Any:
        import time

        time.sleep(self.each_s)
        return self.question.partial(block)

    def merge(self, a: Any, b: Any) -> Any:
        return self.question.merge(a, b)

    def finish(self, partial: Any) -> Any:
        return self.question.finish(partial)


def test_a_worker_that_goes_in_the_middle_changes_no_answer(scale: Scale) -> None:
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(__import__(Slow.__module__, fromlist=["Slow"]))
    going = threading.Timer(2.0, scale.cluster.kill_worker)
    going.start()
    found = scale.spark.engine.ask(Slow(ExtentQuestion(), 0.15))  # ten seconds of work for two
    going.join()
    assert len(scale.cluster.workers) == 1
    assert found == scale.embedded.engine.ask(ExtentQuestion())
    scale.cluster.add_workers()


def test_a_worker_that_goes_while_blocks_are_built_changes_nothing(scale: Scale) -> None:
    going = threading.Timer(1.0, scale.cluster.kill_worker)
    going.start()
    built = lake.build(scale.spark, buckets=64)
    going.join()
    assert (built.events, built.profiles) == (
        scale.embedded.engine.blocks.events,
        scale.embedded.engine.blocks.profiles,
    )
    row = compare(JourneyMap(), scale.spark, scale.embedded)
    assert not row.differs
    scale.cluster.add_workers()


def test_a_half_written_file_is_told_and_the_rest_is_built(scale: Scale) -> None:
    files = sorted(
        (scale.world.lake / "collectors" / collector_id(scale.world.there) / "events").glob("*.parquet")
    )
    whole = files[-1].read_bytes()
    files[-1].write_bytes(whole[: len(whole) // 2])
    try:
        built = lake.build(scale.spark)
        assert [Path(d.file).name for d in built.damaged] == [files[-1].name]
        assert 0 < built.events < scale.embedded.engine.blocks.events
    finally:
        files[-1].write_bytes(whole)


def test_a_cluster_that_goes_is_told_within_seconds_and_used_again_when_it_is_back(scale: Scale) -> None:
    scale.cluster.stop()
    started = time.perf_counter()
    with pytest.raises(ClusterUnavailable, match="does not answer"):
        scale.spark.engine.ask(ExtentQuestion())
    assert time.perf_counter() - started < 30
    started = time.perf_counter()
    with pytest.raises(ClusterUnavailable):  # by now it is known
        scale.spark.engine.ask(ExtentQuestion())
    assert time.perf_counter() - started < 5
    assert ProfileList().answer(scale.spark)  # needs no cluster
    scale.cluster.start(workers=1)
    assert scale.spark.engine.ask(ExtentQuestion()) is not None
