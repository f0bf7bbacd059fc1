"""Refreshing journey blocks as events come in, in the background."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from polku.store.background import give_way
from polku.store.blocks import Blocks
from polku.store.building import built
from polku.store.events import EventStore
from polku.store.resolving import Resolution
from polku.store.snapshot import Snapshot

log = logging.getLogger(__name__)

SHARE_OF_TIME = 0.1
SHORTEST_PAUSE_S = 1.0

Resolve = Callable[[Snapshot], Resolution]


class Refresher:
    """Keeps the blocks of a store fresh, in a thread that works at most about a tenth of the time."""

    def __init__(self, store: EventStore, folder: Path, resolve: Resolve, *, threads: int = 2) -> None:
        self._store, self._folder, self._resolve, self._threads = store, folder / "blocks", resolve, threads
        self._folder.mkdir(parents=True, exist_ok=True)
        self.blocks = Blocks.open(self._folder)
        if self.blocks.last_seq >= store.snapshot.next_seq:  # an older copy of the events was put back
            self.blocks = Blocks.empty()
        self.before_new: list[Callable[[Blocks], None]] = []
        """Called with new blocks before they replace the old ones: to have frequent answers ready."""
        self._identity: object = self  # unlike any that is resolved: the first refresh looks at everyone
        self._refreshing = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def has_none_yet(self) -> bool:
        """Whether there are events, and no blocks have ever been built of any."""
        return self.blocks.last_seq == 0 and self._store.snapshot.next_seq > 1

    def refresh(self, threads: int | None = None) -> Blocks:
        """Merge in what has come since the last refresh; returns when done."""
        with self._refreshing:
            snapshot = self._store.snapshot
            resolution = self._resolve(snapshot)
            if self._is_current(snapshot, resolution):
                return self.blocks
            started = time.perf_counter()
            old = self.blocks
            if (old.identity_version, old.rules_version) != (
                resolution.identity_version,
                resolution.rules_version,
            ):
                old = replace(Blocks.empty(), kinds=old.kinds)
            try:
                blocks = built(old, snapshot, resolution, self._folder, threads or self._threads)
            except OSError:
                self.blocks.remove_others(self._folder)  # else a full disk is filled with half-made blocks
                raise
            for prepare in self.before_new:
                prepare(blocks)
            self.blocks, self._identity = blocks, resolution.identity
            log.info(
                "blocks_refreshed events=%d profiles=%d seconds=%.2f",
                self.blocks.events,
                self.blocks.profiles,
                time.perf_counter() - started,
            )
            return self.blocks

    def start(self) -> None:
        """Refresh in the background until `stop`."""
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)
        self._thread.start()

    def soon(self) -> None:
        """Refresh without waiting for the usual pause: rules or identities have changed."""
        self._wake.set()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        give_way()
        while not self._stopping.is_set():
            started = time.perf_counter()
            try:
                # One processor stays free for those who wait; only the very first blocks are waited for themselves.
                self.refresh(threads=1 if self.blocks.events else None)
            except OSError as e:
                log.error("blocks_not_written reason=%s", e)
            except Exception:
                log.exception("refresh_failed")
            # With nothing to merge it only waited for its kernels: the first events must not wait as long again.
            took = time.perf_counter() - started if self.blocks.events else 0.0
            self._wake.wait(max(SHORTEST_PAUSE_S, took * (1 / SHARE_OF_TIME - 1)))
            self._wake.clear()  # before looking whether to stop: else a stop just here would be slept over

    def _is_current(self, snapshot: Snapshot, resolution: Resolution) -> bool:
        b = self.blocks
        return self._identity is resolution.identity and (
            b.last_seq,
            b.identity_version,
            b.rules_version,
        ) == (
            snapshot.next_seq - 1,
            resolution.identity_version,
            resolution.rules_version,
        )
