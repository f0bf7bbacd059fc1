"""`polku` commands in this process, by the same door that the program has: a process of its own costs seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from polku.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    def run(*arguments: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["polku", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as e:
            code = int(e.code or 0)
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return run
