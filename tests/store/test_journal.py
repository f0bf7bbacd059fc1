import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import StorageFull
from polku.store import journal
from polku.store.journal import Journal, JournalDamaged, Position

START = Position(1, 0)


def contents(folder: Path, start: Position = START) -> list[bytes]:
    opened = Journal(folder, start)
    try:
        return [r.payload for r in opened.records(start)]
    finally:
        opened.close()


def test_what_was_appended_is_there_after_reopening(tmp_path: Path) -> None:
    written = Journal(tmp_path)
    ends = written.append([(1, b"first"), (2, b"second")])
    written.append([(1, b"third")])
    written.close()
    assert contents(tmp_path) == [b"first", b"second", b"third"]
    assert contents(tmp_path, ends[0]) == [b"second", b"third"]


@given(cut=st.integers(0, 60), garbage=st.binary(max_size=40))
def test_a_torn_end_is_cut_and_nothing_before_it(tmp_path_factory, cut: int, garbage: bytes) -> None:
    folder = tmp_path_factory.mktemp("journal")
    written = Journal(folder)
    written.append([(1, b"whole" * 4)])
    whole = written.end.offset
    written.append([(1, b"torn" * 8)])
    written.close()
    file = folder / "000001.log"
    data = file.read_bytes()
    kept = max(whole, len(data) - 1 - cut)
    file.write_bytes(data[:kept] + garbage[:-1])
    assert contents(folder) == [b"whole" * 4]
    again = Journal(folder)
    again.append([(1, b"after")])
    again.close()
    assert contents(folder) == [b"whole" * 4, b"after"]


def test_damage_before_the_last_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "ROTATE_AT_BYTES", 10)
    written = Journal(tmp_path)
    written.append([(1, b"one two three")])
    written.append([(1, b"four")])
    written.close()
    first = tmp_path / "000001.log"
    first.write_bytes(first.read_bytes()[:-1] + b"X")
    with pytest.raises(JournalDamaged, match=r"000001\.log"):
        contents(tmp_path)


def test_damage_in_the_middle_of_the_last_file_is_told_and_nothing_cut(tmp_path: Path) -> None:
    written = Journal(tmp_path)
    second = written.append([(1, b"first")])[-1].offset
    written.append([(1, b"second")])
    written.append([(2, b"third")])
    written.close()
    file = tmp_path / "000001.log"
    data = bytearray(file.read_bytes())
    data[second + 2] ^= 0x40  # in the length: the record seems to reach beyond the end, as a torn one does
    file.write_bytes(data)
    with pytest.raises(JournalDamaged, match=f"truncate -s {second} ") as told:
        Journal(tmp_path)
    assert file.read_bytes() == data
    os.truncate(file, second)  # as the message says
    assert contents(tmp_path) == [b"first"]
    assert "keep a copy" in told.value.message


def test_damage_in_what_segments_hold_does_not_matter(tmp_path: Path) -> None:
    written = Journal(tmp_path)
    needed = written.append([(1, b"first")])[-1]
    written.append([(1, b"second")])
    written.close()
    file = tmp_path / "000001.log"
    file.write_bytes(b"X" * needed.offset + file.read_bytes()[needed.offset :])
    assert contents(tmp_path, needed) == [b"second"]


def test_a_missing_file_is_told_and_may_be_given_up(tmp_path: Path) -> None:
    needed = Position(7, 1234)
    with pytest.raises(JournalDamaged, match=r"touch .*000007\.log"):
        Journal(tmp_path, needed)
    (tmp_path / "000007.log").touch()
    again = Journal(tmp_path, needed)
    again.append([(1, b"after")])
    again.close()
    assert contents(tmp_path, needed) == [b"after"]


def test_a_file_that_ends_before_the_segments_do_is_told(tmp_path: Path) -> None:
    written = Journal(tmp_path)
    needed = written.append([(1, b"first"), (1, b"second")])[-1]
    written.close()
    os.truncate(tmp_path / "000001.log", 9)
    with pytest.raises(JournalDamaged, match=f"ends at byte 9, but segments hold .* byte {needed.offset}"):
        Journal(tmp_path, needed)


def test_files_before_a_position_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "ROTATE_AT_BYTES", 10)
    written = Journal(tmp_path)
    written.append([(1, b"one two three")])
    end = written.append([(1, b"four")])[-1]
    written.drop_before(end)
    written.close()
    assert [p.name for p in tmp_path.iterdir()] == ["000002.log"]
    assert contents(tmp_path, Position(2, 0)) == [b"four"]


def test_a_full_disk_takes_back_the_whole_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Journal(tmp_path)
    written.append([(1, b"kept")])
    real = journal._write_all
    calls = []

    def full_at_the_second(descriptor: int, *parts: bytes) -> None:
        calls.append(1)
        if len(calls) == 2:
            real(descriptor, parts[0])  # part of it fits
            raise OSError(28, "No space left on device")
        real(descriptor, *parts)

    monkeypatch.setattr(journal, "_write_all", full_at_the_second)
    with pytest.raises(StorageFull, match="free some space"):
        written.append([(1, b"lost a"), (1, b"lost b")])
    monkeypatch.undo()
    written.append([(1, b"also kept")])
    written.close()
    assert contents(tmp_path) == [b"kept", b"also kept"]
