"""`make bench`: prints every figure beside its target and its baseline. `python -m benchmarks NAME…` runs some.

Each runs in a process of its own, so that its memory is its own; an answer that differs from another program's ends it.
"""

from __future__ import annotations

import importlib
import platform
import subprocess
import sys

ALL = (
    "appending",
    "ingesting",
    "questions",
    "identity",
    "serving",
    "charts",
    "logs",
    "mining",
    "surveys",
    "coverage",
    "listening",
    "browsing",
    "feedback",
    "alarms",
    "scale",
)


def main() -> None:
    print(
        f"{platform.machine()}, {platform.python_implementation()} {platform.python_version()}; medians unless said"
    )
    names = sys.argv[1:] or ALL
    failed = [n for n in names if subprocess.run([sys.executable, "-c", _ALONE, n]).returncode]
    sys.exit(f"ended too early: {', '.join(failed)}" if failed else 0)


_ALONE = "import sys; from benchmarks.__main__ import run; run(sys.argv[1])"


def run(name: str) -> None:
    """Print the figures of one benchmark."""
    print(f"\n{name}", flush=True)
    for figure in importlib.import_module(f"benchmarks.{name}").figures():
        print(f"  {figure.line()}", flush=True)


if __name__ == "__main__":
    main()
