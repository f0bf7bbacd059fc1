"""Runs the benchmarks of this folder, or those that are named: python -m benchmarks [charts …]"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main(wanted: list[str]) -> None:
    names = sorted(p.stem for p in Path(__file__).parent.glob("[!_]*.py"))
    if unknown := set(wanted) - set(names):
        sys.exit(f"No benchmark {', '.join(sorted(unknown))}. There are: {', '.join(names)}")
    for name in wanted or names:
        print(f"== {name}", flush=True)
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
