import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from polku.errors import FolderInUse, NotReady
from polku.store import FolderLock, announce, kernels, running_server


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    alone: list[object] = []
    monkeypatch.setattr(kernels, "_registered", alone)
    return alone


def test_a_kernel_takes_read_only_columns(registered: list[object]) -> None:
    @kernels.kernel("u2[] i8")
    def total(column, start):  # type: ignore[no-untyped-def]
        for x in column:
            start += x
        return start

    column = np.arange(5, dtype=np.uint16)
    column.flags.writeable = False
    assert total(column, 7) == 17
    assert kernels.progress() == (1, 1)


def test_a_request_never_waits_for_a_compiler(registered: list[object]) -> None:
    @kernels.kernel("i8")
    def same(x):  # type: ignore[no-untyped-def]
        return x

    token = kernels.in_request.set(True)
    with pytest.raises(NotReady, match="0 of 1"):
        same(1)
    assert kernels.compile_all() > 0
    assert same(1) == 1
    kernels.in_request.reset(token)


RACER = """
import sys, time
from pathlib import Path
from numba.core import event
from polku.store import kernels
import raced

folder = Path(sys.argv[1])
kernels.use_cache(folder / "cache")
(folder / f"ready{sys.argv[2]}").touch()
while not (folder / "go").exists():
    time.sleep(0.001)
with event.install_recorder("numba:compile") as compiled:
    assert raced.total(3) == 6
print(len(compiled.buffer))
"""
RACED = """
from polku.store import kernels

@kernels.kernel("i8")
def total(n):
    found = 0
    for x in range(n + 1):
        found += x
    return found
"""


def test_of_two_processes_one_compiles_and_the_other_takes_it_from_the_cache(tmp_path: Path) -> None:
    (tmp_path / "raced.py").write_text(RACED)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(tmp_path), str(number)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in (1, 2)
    ]
    while len(list(tmp_path.glob("ready*"))) < len(racers):
        assert all(racer.poll() is None for racer in racers)
        time.sleep(0.01)
    (tmp_path / "go").touch()
    compiled = sorted(int(racer.communicate(timeout=60)[0]) for racer in racers)
    assert compiled[0] == 0
    assert compiled[1] > 0


def test_one_process_has_a_folder(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(FolderInUse, match="Another process has"):
        FolderLock(tmp_path)
    assert running_server(tmp_path) is None
    announce(tmp_path, "http://127.0.0.1:1", "secret")
    found = running_server(tmp_path)
    assert found is not None
    assert (found.url, found.token) == ("http://127.0.0.1:1", "secret")
    assert (tmp_path / "server.json").stat().st_mode & 0o077 == 0
    lock.release()
    assert running_server(tmp_path) is None
    FolderLock(tmp_path).release()
