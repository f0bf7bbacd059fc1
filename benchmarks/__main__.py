"""`make bench`: prints every figure beside its target and its baseline. `python -m benchmarks NAME…` runs some."""

from __future__ import annotations

import importlib
import platform
import sys

ALL = ("appending", "ingesting", "questions", "identity", "serving", "charts", "logs", "mining", "scale")


def main() -> None:
    print(
        f"{platform.machine()}, {platform.python_implementation()} {platform.python_version()}; medians unless said"
    )
    for name in sys.argv[1:] or ALL:
        print(f"\n{name}", flush=True)
        for figure in importlib.import_module(f"benchmarks.{name}").figures():
            print(f"  {figure.line()}", flush=True)


if __name__ == "__main__":
    main()
