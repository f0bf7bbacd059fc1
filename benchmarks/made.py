"""A data folder whose journey blocks are made up at once, for sizes at which storing every event would take hours.

Everything above the blocks is as always: touchpoints, queries, answers. Events that come afterwards are stored,
resolved and merged into the blocks like any others.
"""

from __future__ import annotations

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.data import DAYS, NAMES, START, log
from polku.journeys import Touchpoints
from polku.library import make_folder, open_workspace
from polku.profiles import Identities
from polku.settings import Settings, read_settings
from polku.store import EventType
from polku.store.blocks import BUCKETS, FORMAT, Block, buckets_of, write_block
from polku.store.keys import identifier_keys

FOLDER = Path(__file__).parent.parent / ".cache" / "bench"
A_PROFILE = 20
"""Events of a profile, on average."""
_KEYS_AT_ONCE = 1_000_000


def folder(events: int) -> Path:
    """A folder with about so many events in its blocks, of a twentieth as many profiles; made once and kept."""
    path = FOLDER / f"blocks-{events}"
    if not (path / "made").exists():
        shutil.rmtree(path, ignore_errors=True)
        start = time.perf_counter()
        settings = read_settings(path)
        make_folder(settings)
        made = _make(settings, events // A_PROFILE)
        (path / "made").touch()
        print(f"  (made blocks of {made:,} events in {time.perf_counter() - start:.0f} s)", flush=True)
    return path


def _make(settings: Settings, profiles: int) -> int:
    with open_workspace(settings) as workspace:
        rules = workspace.part(Touchpoints).rules()
        batch = next(log(100_000, 100_000))
        code_of = dict(zip(batch["name"].to_pylist(), rules.touchpoints(batch).tolist(), strict=True))
        codes = np.array([code_of[n] for n in NAMES], np.uint16)
        identity = workspace.part(Identities).resolve(workspace.store.snapshot)
        manifest = {"identity_version": identity.version, "rules_version": rules.version}
    keys = np.concatenate(
        [
            identifier_keys("user_id", pa.chunked_array([[f"customer-{i}" for i in range(low, high)]]))
            for low in range(0, profiles, _KEYS_AT_ONCE)
            if (high := min(low + _KEYS_AT_ONCE, profiles)) > low
        ]
    )
    bucket = buckets_of(keys)
    blocks = settings.folder / "blocks"
    blocks.mkdir(exist_ok=True)

    def one(number: int) -> tuple[str, int]:
        block = _block(np.sort(keys[bucket == number]), codes, seed=number)
        name = f"{number:02d}-made"
        write_block(blocks, name, block)
        return name, len(block)

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(one, range(BUCKETS)))
    told: dict[str, Any] = {
        "format": FORMAT,
        "last_seq": 0,
        "as_of": datetime.now(UTC).isoformat(),
        "files": [name for name, _ in made],
        "kinds": [(int(EventType.TRACK), n) for n in NAMES],
    } | manifest
    (blocks / "manifest.json").write_text(json.dumps(told))
    return sum(n for _, n in made)


def _block(profiles: npt.NDArray[np.uint64], codes: npt.NDArray[np.uint16], seed: int) -> Block:
    rng = np.random.default_rng(seed)
    sizes = rng.geometric(1 / A_PROFILE, len(profiles))
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    n = int(offsets[-1])
    weights = 1 / np.arange(1, len(NAMES) + 1) ** 0.7
    followers = np.random.default_rng(1).choice(len(NAMES), (len(NAMES), 3))
    kind, seconds = np.empty(n, np.uint16), np.empty(n, np.uint32)
    _walk(offsets, np.cumsum(weights / weights.sum()), followers, seed, START, DAYS * 86_400, kind, seconds)
    ordered, answered = kind == NAMES.index("Order Completed"), kind == NAMES.index("Survey Responded")
    value, score = np.full(n, np.nan, np.float32), np.full(n, np.nan, np.float32)
    value[ordered] = rng.gamma(2, 40, int(ordered.sum()))
    score[answered] = rng.integers(-10, 11, int(answered.sum())) * 10
    return Block.of(
        profiles,
        offsets,
        time=seconds,
        millisecond=np.zeros(n, np.uint16),
        touchpoint=codes[kind],
        kind=kind,
        source=np.ones(n, np.int16),
        value=value,
        score=score,
        seq=np.zeros(n, np.int64),
    )


@numba.njit(nogil=True)  # type: ignore[untyped-decorator]
def _walk(
    offsets: Any, shares: Any, followers: Any, seed: int, start: int, span: int, kind: Any, at: Any
) -> None:
    """Three of four steps go to what usually follows, in minutes, days or weeks."""
    np.random.seed(seed)
    for p in range(len(offsets) - 1):
        now = start + np.random.random() * span
        here = -1
        for i in range(offsets[p], offsets[p + 1]):
            draw = np.random.random()
            if here >= 0 and draw < 0.75:
                here = followers[here, 0 if draw < 0.45 else 1 if draw < 0.67 else 2]
            else:
                here = np.searchsorted(shares, np.random.random())
            often = np.random.random()
            now += np.random.exponential(90.0 if often < 0.6 else 172_800.0 if often < 0.9 else 1_728_000.0)
            kind[i], at[i] = here, np.uint32(now)
