"""The engine that has a Spark cluster answer the same questions, over the blocks of a lake; and builds these there.

Only imported where POLKU_ENGINE names a cluster: it needs `pip install polku[spark]`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pyspark import SparkContext

from polku.errors import NotReady
from polku.store import kernels
from polku.store.blocks import Block, Blocks, Kind
from polku.store.cluster import Cluster
from polku.store.duck import DuckDb
from polku.store.engine import P, Question, R_co, Through, merged
from polku.store.kernels import check_ready
from polku.store.lake.building import Bucket, PartFile, Plan, first_of_each, resolve, survey, write_bucket
from polku.store.lake.collectors import Damage
from polku.store.lake.events import LakeEvents
from polku.store.lake.place import Place
from polku.store.lake.versions import Version, current, open_block, open_version, publish
from polku.store.resolving import MOST_KINDS
from polku.store.snapshot import Snapshot

log = logging.getLogger(__name__)

LOOK_S: Final = 15.0
"""How often a server looks whether there are newer blocks."""
PIECES_A_CORE: Final = 2
EVENTS_A_PIECE: Final = 1_000_000
"""A worker holds so many events at a time while it sorts them, or those of one bucket if it has more."""

Look = Callable[[Block], Block]
Piece = Sequence[tuple[str, Look | None]]
"""Some blocks by their names, and how each is looked at."""


def engine_of(
    master: str, lake: Place, asker: str, *, spill: Path, memory_limit: str, threads: int
) -> SparkEngine:  # fmt: skip
    """The engine of a cluster; it connects when it is first asked."""
    return SparkEngine(
        Cluster(master), lake, asker, DuckDb(spill, memory_limit=memory_limit, threads=threads)
    )


class SparkEngine:
    """Answers on the workers of a cluster over the blocks of a lake that were built for the data folder `asker`.

    They are built by `polku lake build`, which a server with a lake does by itself; here newer ones are looked for.
    """

    def __init__(self, cluster: Cluster, lake: Place, asker: str, duckdb: DuckDb) -> None:
        self.cluster = cluster
        self._lake, self._asker, self._duckdb = lake, asker, duckdb
        self._version: Version | None = None
        self._prepares: list[Callable[[Blocks], None]] = []
        self._refreshing = threading.Lock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def blocks(self) -> Blocks:
        """The current blocks. Raises NotReady before any were built."""
        version = self._version
        if version is None:
            self.refresh()
            version = self._version
        if version is None:
            raise NotReady(
                "The lake has no journey blocks for this folder yet. Build them: polku lake build --data FOLDER"
            )
        return version.blocks

    @property
    def statements(self) -> Snapshot:
        self.blocks  # noqa: B018 - raises NotReady before there are any
        assert self._version is not None
        return self._version.statements(self._lake, self._duckdb)

    @property
    def stored(self) -> LakeEvents:
        self.blocks  # noqa: B018 - as above
        assert self._version is not None
        return LakeEvents(self._lake, list(self._version.collectors))

    def ask(
        self,
        question: Question[P, R_co],
        blocks: Blocks | None = None,
        through: Through | None = None,
        *,
        background: bool = False,
    ) -> R_co:
        """Raises NotReady before blocks were built, ClusterUnavailable when the cluster does not answer."""
        check_ready()
        asked = blocks or self.blocks
        named: list[tuple[str, Look | None]] = list(
            zip(asked.files, _looks(through, len(asked.files)), strict=True)
        )
        folder = _folder_of(asked)

        def job(context: SparkContext) -> list[P]:
            size = _size_of_piece(len(named), context.defaultParallelism * PIECES_A_CORE)
            pieces: list[Piece] = [named[i : i + size] for i in range(0, len(named), size)]
            asking = Asked(question, self._lake, folder)
            answered: list[P] = context.parallelize(pieces, len(pieces)).mapPartitions(asking).collect()
            return answered

        return question.finish(merged(self.cluster.run(job), question.merge))

    def build(
        self,
        plan: Plan,
        parts: Sequence[PartFile],
        *,
        as_of: datetime,
        events: int,
        seen: dict[str, int],
        damaged: Sequence[Damage],
    ) -> Version:
        """See `build`."""
        return build(self.cluster, plan, parts, as_of=as_of, events=events, seen=seen, damaged=damaged)

    def before_new(self, prepare: Callable[[Blocks], None]) -> None:
        self._prepares.append(prepare)

    def refresh(self) -> Blocks:
        """Take the newest blocks that were built."""
        with self._refreshing:
            folder = current(self._lake, self._asker)
            if folder is None or (self._version is not None and self._version.folder == folder):
                return self._version.blocks if self._version else Blocks.empty()
            try:
                version = open_version(self._lake, folder)
            except (KeyError, TypeError, ValueError) as e:
                raise NotReady(
                    "The blocks of the lake cannot be used (%(why)s). Build them again: polku lake build --data FOLDER",
                    why=e,
                ) from e
            for prepare in self._prepares if self._version else ():
                prepare(version.blocks)
            self._version = version
            log.info("lake_blocks_opened version=%s events=%d", folder, version.events)
            return version.blocks

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="lake", daemon=True)
        self._thread.start()

    def soon(self) -> None:
        self._wake.set()

    def close(self) -> None:
        self._stopping.set()
        self._wake.set()
        self.cluster.close()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.refresh()
            except NotReady as e:
                log.warning("lake_not_refreshed reason=%s", e.message)
            except OSError as e:
                log.error("lake_not_refreshed reason=%s", e)
            except Exception:
                if not self._stopping.is_set():
                    log.exception("lake_not_refreshed")
            self._wake.wait(LOOK_S)
            self._wake.clear()


@dataclass(frozen=True)
class Asked:
    """A question as workers answer it: a partial for each piece."""

    question: Question[Any, Any]
    lake: Place
    folder: str

    def __call__(self, pieces: Iterable[Piece]) -> Iterator[Any]:
        on_worker()
        for piece in pieces:
            yield merged([self._partial(name, look) for name, look in piece], self.question.merge)

    def _partial(self, name: str, look: Look | None) -> Any:
        block = _block(self.lake, self.folder, name)
        return self.question.partial(look(block) if look else block)


_opened: dict[tuple[str, str], dict[str, Block]] = {}
"""Blocks of the newest version that this worker has looked at, and what was made of them for earlier questions."""


def _block(lake: Place, folder: str, name: str) -> Block:
    if (lake.url, folder) not in _opened:
        _opened.clear()
    known = _opened.setdefault((lake.url, folder), {})
    if name not in known:
        known[name] = open_block(lake, folder, name)
    return known[name]


def on_worker() -> None:
    """Make a worker's process ready: its kernels are compiled once and kept where its user may write."""
    kernels.use_own_cache()


def _looks(through: Through | None, blocks: int) -> Sequence[Look | None]:
    return through if through is not None else [None] * blocks


def _folder_of(blocks: Blocks) -> str:
    folder: str = blocks.blocks.folder  # type: ignore[attr-defined]  # only blocks of a lake are asked here
    return folder


def _size_of_piece(blocks: int, pieces: int) -> int:
    """How many blocks a piece has: a power of two, so that partials are merged as on one machine."""
    size = 1
    while size < blocks and blocks // (2 * size) >= pieces:
        size *= 2
    return size


# -- building


@dataclass(frozen=True)
class _Resolving:
    plan: Plan

    def __call__(self, part: PartFile) -> Iterator[tuple[int, bytes]]:
        on_worker()
        return resolve(self.plan, part)


@dataclass(frozen=True)
class _Deduplicating:
    plan: Plan

    def __call__(self, chunks: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        on_worker()
        for group in _grouped(chunks).values():
            yield from first_of_each(self.plan, group)


@dataclass(frozen=True)
class _Writing:
    plan: Plan

    def __call__(self, chunks: Iterable[tuple[int, bytes]]) -> Iterator[Bucket]:
        on_worker()
        for bucket, those in _grouped(chunks).items():
            yield write_bucket(self.plan, bucket, those)


def _grouped(chunks: Iterable[tuple[int, bytes]]) -> dict[int, list[bytes]]:
    grouped: dict[int, list[bytes]] = {}
    for bucket, chunk in chunks:
        grouped.setdefault(bucket, []).append(chunk)
    return grouped


def build(
    cluster: Cluster, plan: Plan, parts: Sequence[PartFile], *, as_of: datetime, events: int, seen: dict[str, int],
    damaged: Sequence[Damage] = (),
) -> Version:  # fmt: skip
    """Build blocks of all parts on a cluster, and make them the current ones.

    A part that cannot be read is told in the version's `damaged`. Raises ClusterUnavailable and OSError.
    """
    started = time.perf_counter()
    lake = plan.lake

    def surveying(context: SparkContext) -> Any:
        return context.parallelize(parts, max(1, len(parts))).map(lambda p: survey(lake, p)).collect()

    found = cluster.run(surveying) if parts else []
    kinds: dict[Kind, None] = {}
    for one in found:
        kinds |= dict.fromkeys(one.kinds)
    sound = [p for p, s in zip(parts, found, strict=True) if s.damage is None]
    plan = replace(plan, kinds=tuple(kinds)[:MOST_KINDS])

    def building(context: SparkContext) -> Any:
        chunks = context.parallelize(sound, max(1, len(sound))).flatMap(_Resolving(plan))
        pieces = min(plan.buckets, max(PIECES_A_CORE * context.defaultParallelism, events // EVENTS_A_PIECE))
        if plan.deduplicate:
            chunks = chunks.partitionBy(pieces, int).mapPartitions(_Deduplicating(plan))
        return chunks.partitionBy(pieces, int).mapPartitions(_Writing(plan)).collect()

    buckets = [Bucket(n) for n in range(plan.buckets)]
    for bucket in cluster.run(building):
        buckets[bucket.number] = bucket
    version = publish(
        lake,
        plan.folder,
        buckets,
        kinds=plan.kinds,
        as_of=as_of,
        identity_version=plan.resolution.identity_version,
        rules_version=plan.resolution.rules_version,
        collectors=seen,
        damaged=[*damaged, *(s.damage for s in found if s.damage)],
    )
    log.info(
        "lake_built events=%d profiles=%d damaged=%d seconds=%.1f",
        version.events,
        version.profiles,
        len(version.damaged),
        time.perf_counter() - started,
    )
    return version
