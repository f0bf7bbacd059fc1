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
