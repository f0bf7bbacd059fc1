"""Data folders that were damaged, half restored or moved about: told what is wrong, and nothing made worse."""

import shutil
from pathlib import Path

import pytest

from polku.store import EventStore, Refresher
from polku.store.journal import JournalDamaged
from polku.store.segments import StoreDamaged
from tests.events import visits
from tests.store.test_refresh import Resolution


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """25 events in a segment, 5 in the journal only."""
    store = EventStore(tmp_path)
    store.append(visits(5, 5))
    store.close()
    killed = EventStore(tmp_path)
    killed.append(visits(5, 1, first=100))
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "events", copy / "events")
    shutil.copytree(tmp_path / "journal", copy / "journal")
    killed.close()
    return copy


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def events_of(folder: Path) -> int:
    store = EventStore(folder)
    try:
        return store.snapshot.sql("SELECT count(*) AS n FROM events")["n"][0].as_py()
    finally:
        store.close()


def test_whole_folder(folder: Path) -> None:
    assert events_of(folder) == 30


@pytest.mark.parametrize("kept", [0, 50, -1])
def test_half_written_segment(folder: Path, kept: int) -> None:
    segment = next((folder / "events").glob("events-*.parquet"))
    whole = segment.read_bytes()
    segment.write_bytes(whole[:kept])
    before = files(folder)
    with pytest.raises(StoreDamaged, match=rf"{segment.name} cannot be read.*restore the whole data folder"):
        EventStore(folder)
    assert files(folder) == before
    segment.write_bytes(whole)
    assert events_of(folder) == 30


def test_missing_segment(folder: Path) -> None:
    segment = next((folder / "events").glob("identifiers-*.parquet"))
    segment.unlink()
    with pytest.raises(StoreDamaged, match=segment.name):
        EventStore(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": "x", "segments": {}}'])
def test_manifest_that_cannot_be_read(folder: Path, text: str) -> None:
    (folder / "events" / "manifest.json").write_text(text)
    before = files(folder)
    with pytest.raises(StoreDamaged, match=r"manifest\.json cannot be read"):
        EventStore(folder)
    assert files(folder) == before


def test_segments_without_their_manifest_are_never_deleted(folder: Path) -> None:
    """Half a restore: the journal has gone on since the segments were written, or is not there."""
    (folder / "events" / "manifest.json").unlink()
    (folder / "journal" / "000001.log").rename(folder / "journal" / "000009.log")
    before = files(folder)
    with pytest.raises(StoreDamaged, match=r"manifest\.json is missing"):
        EventStore(folder)
    assert files(folder) == before


def test_segments_without_journal(folder: Path) -> None:
    shutil.rmtree(folder / "journal")
    with pytest.raises(JournalDamaged, match=r"000001\.log is missing.*touch"):
        EventStore(folder)
    (folder / "journal").mkdir(exist_ok=True)
    (folder / "journal" / "000001.log").touch()  # as the message says
    store = EventStore(folder)
    store.append(visits(2, 1, first=200))
    assert store.snapshot.sql("SELECT count(*) AS n FROM events")["n"][0].as_py() == 27
    shutil.copytree(folder, folder.parent / "killed")
    store.close()
    assert events_of(folder.parent / "killed") == 27, "what is acknowledged after giving up is kept"


def blocks_after(folder: Path) -> tuple[int, int]:
    """Events in the blocks when they are opened, and once they are refreshed."""
    store = EventStore(folder)
    refresher = Refresher(store, folder, lambda _: Resolution())
    try:
        return refresher.blocks.events, refresher.refresh().events
    finally:
        store.close()


@pytest.mark.parametrize(
    "damage", ["deleted", "no_manifest", "torn_manifest", "format", "torn", "empty", "newer"]
)
def test_blocks_that_cannot_be_used_are_made_anew(folder: Path, damage: str) -> None:
    assert blocks_after(folder) == (0, 30)
    assert blocks_after(folder) == (30, 30)
    blocks = folder / "blocks"
    manifest = blocks / "manifest.json"
    some = next(blocks.glob("*.events.arrow"))
    match damage:
        case "deleted":
            shutil.rmtree(blocks)
        case "no_manifest":
            manifest.unlink()
        case "torn_manifest":
            manifest.write_text(manifest.read_text()[:100])
        case "format":
            manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 99'))
        case "torn":
            some.write_bytes(some.read_bytes()[:200])
        case "empty":
            some.write_bytes(b"")
        case "newer":
            text = manifest.read_text()
            assert '"last_seq": 30' in text
            manifest.write_text(text.replace('"last_seq": 30', '"last_seq": 31'))
    assert blocks_after(folder) == (0, 30)


def test_a_full_disk_is_not_filled_with_half_made_blocks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from polku.store import building

    blocks_after(folder)
    before = files(folder / "blocks")
    store = EventStore(folder)
    store.append(visits(20, 2, first=300))
    refresher = Refresher(store, folder, lambda _: Resolution())
    real = building.write_block
    written: list[str] = []

    def full_at_the_third(folder: Path, name: str, block: object) -> None:
        written.append(name)
        real(folder, name, block)  # type: ignore[arg-type]
        if len(written) >= 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(building, "write_block", full_at_the_third)
    with pytest.raises(OSError, match="No space"):
        refresher.refresh()
    assert len(written) >= 3
    assert files(folder / "blocks") == before
    monkeypatch.undo()
    assert refresher.refresh().events == 70
    store.close()
