"""Programs that Polku is compared with: each in an environment of its own, made when it is first needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent.parent / ".cache" / "peers"
PACKAGES: Final = {
    "r4pm": ("r4pm==0.6.2", "polars==2.1.0", "pyarrow"),
    "pm4py": ("pm4py==2.7.23.11", "pyarrow"),
    "retentioneering": ("retentioneering==5.2.4", "pyarrow"),
}
"""What each needs. Nothing of it is ever installed with Polku."""


def python_of(peer: str) -> Path | None:
    """The Python of a peer's environment; None if that has not been made."""
    path = FOLDER / peer / "bin" / "python"
    return path if path.exists() else None


def made(peer: str) -> Path:
    """The same, made now if it is not there: `uv` brings the packages."""
    if (found := python_of(peer)) is not None:
        return found
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", FOLDER / peer], check=True)
    python = FOLDER / peer / "bin" / "python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *PACKAGES[peer]], check=True)
    return python


def told(python: Path, script: str, *arguments: str | Path) -> Any:
    """What a script printed as JSON."""
    done = subprocess.run(
        [python, "-c", script, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True, timeout=1800,
        env=os.environ | {"RETENTIONEERING_NO_TRACK": "1"},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])
