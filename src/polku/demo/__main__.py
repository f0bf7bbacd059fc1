"""`python -m polku.demo`: make the demo's events in memory and print what came of it."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from datetime import UTC, datetime

from polku.demo import SOURCES, make_demo


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m polku.demo", description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    counts: Counter[tuple[int, int, str]] = Counter()
    size = 0
    for table in make_demo(asked.seed, now=datetime.now(UTC), customers=asked.customers):
        size += table.nbytes
        columns = (table[name].to_pylist() for name in ("source", "type", "name"))
        counts.update(zip(*columns, strict=True))
    seconds = time.perf_counter() - began
    names = {source.id: source.name for source in SOURCES}
    for (source, kind, name), n in sorted(counts.items(), key=lambda item: (item[0][0], -item[1])):
        print(f"{names[source]:<18} {kind} {name or '(identify)':<24} {n:>9,}")
    print(f"{counts.total():,} events, {size / 1e6:,.0f} MB, in {seconds:.1f} s")


if __name__ == "__main__":
    main()
