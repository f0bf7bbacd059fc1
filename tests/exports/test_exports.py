"""Exports: every event once, in the order of paths, readable by others; whole files or none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polku
from benchmarks import peers
from polku import journeys
from polku.collect.files import import_logs
from polku.collect.files.target import LocalTarget
from polku.errors import Conflict, InvalidInput
from polku.exports import EventExport, write, xes
from polku.exports.paths import PATHS
from polku.library import QUERIES, open_workspace
from polku.settings import read_settings
from polku.workspace import Workspace
from tests.collect.files.logs.writing import event, log, trace
from tests.folders import demo_folder, empty_folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with open_workspace(read_settings(demo_folder(tmp_path_factory.mktemp("shop") / "data"))) as workspace:
        yield workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(read_settings(empty_folder(tmp_path / "data"))) as opened:
        yield opened


def exported(workspace: Workspace, path: Path, **given: Any) -> Path:
    form = path.name.split(".", 1)[1]
    write(path, EventExport.of(given).export(workspace, form).pieces)
    return path


def table(workspace: Workspace, folder: Path, **given: Any) -> pa.Table:
    path = folder / "events.parquet"
    path.unlink(missing_ok=True)
    return pq.read_table(exported(workspace, path, **given))


def imported(workspace: Workspace, folder: Path, text: str) -> int:
    file = folder / "in.xes"
    file.write_text(text)
    return import_logs([file], LocalTarget(workspace.store, workspace.db, journeys.install_plans)).accepted


def traces(path: Path) -> list[tuple[str, list[dict[str, str]]]]:
    """A log's traces and events by ElementTree, attributes as they are written."""
    root = ElementTree.parse(path).getroot()
    return [(_texts(t)["concept:name"], [_texts(e) for e in t.iter("event")]) for t in root.iter("trace")]


def _texts(element: ElementTree.Element) -> dict[str, str]:
    return {a.attrib["key"]: a.attrib["value"] for a in element if "key" in a.attrib}


def test_every_event_of_somebody_is_there_once_in_the_order_of_paths(shop: Workspace, tmp_path: Path):
    told = table(shop, tmp_path)
    stored = shop.store.snapshot.columns("events", ["event_id", "key", "source"])
    assert told.schema == PATHS
    assert told.num_rows == len({(e["source"], e["event_id"]) for e in stored.to_pylist() if e["key"]})
    rows = told.select(["profile", "time"]).to_pylist()
    changes = [a for a, b in pairwise(rows) if a["profile"] != b["profile"]]
    assert len(changes) + 1 == len({r["profile"] for r in rows}) == shop.engine.blocks.profiles
    seconds = [(r["profile"], r["time"].replace(microsecond=0)) for r in rows]
    for (one, before), (other, after) in pairwise(seconds):
        assert one != other or before <= after


def test_a_path_is_told_as_elsewhere(shop: Workspace, tmp_path: Path):
    told = table(shop, tmp_path).to_pylist()
    of = Counter(r["customer"] for r in told)
    customer = next(c for c, n in of.most_common() if ":" not in c)
    mine = [r for r in told if r["customer"] == customer]
    timeline = next(q for q in QUERIES if q.path == "profiles/timeline")
    shown = timeline.of({"id": customer, "limit": 200}).answer(shop)
    assert {r["profile"] for r in mine} == {shown.profile}
    assert [r["touchpoint"] for r in mine][::-1][:50] == [h.touchpoint for h in shown.happenings][:50]
    assert [r["source"] for r in mine][::-1][:50] == [h.source for h in shown.happenings][:50]
    named = [r for r in mine if r["touchpoint"]]
    assert named
    assert all(r["activity"] and r["channel"] and r["type"] in ("track", "page", "screen") for r in named)
    assert all(r["activity"] is None for r in mine if r["type"] in ("identify", "group", "alias"))


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-03-01", "until": "2026-03-31"},
        {"source": "Verkkokauppa"},
        {"channel": "phone"},
        {"since": "2030-01-01"},
    ],
)
def test_a_part_of_it(shop: Workspace, tmp_path: Path, asked: dict[str, str]):
    whole, part = table(shop, tmp_path), table(shop, tmp_path, **asked)
    if "source" in asked:
        asked = {"source": whole["source"][0].as_py()}
        part = table(shop, tmp_path, **asked)
        wanted = pc.equal(whole["source"], asked["source"])
    elif "channel" in asked:
        wanted = pc.equal(whole["channel"], "phone")
    elif "until" in asked:  # Helsinki's days
        low, high = datetime(2026, 2, 28, 22, tzinfo=UTC), datetime(2026, 3, 31, 21, tzinfo=UTC)
        wanted = pc.and_(pc.greater_equal(whole["time"], low), pc.less(whole["time"], high))
    else:
        wanted = pa.array([False] * whole.num_rows)
    assert part.equals(whole.filter(wanted))
    assert part.num_rows < whole.num_rows
    assert part.num_rows or "2030-01-01" in asked.values()


def test_a_log_holds_what_happened_and_who_it_happened_to(shop: Workspace, tmp_path: Path):
    events = table(shop, tmp_path)
    happened = [r for r in events.to_pylist() if r["type"] in ("track", "page", "screen")]
    made = EventExport.of({}).export(shop, "xes")
    write(tmp_path / "log.xes", made.pieces)
    told = traces(tmp_path / "log.xes")
    assert (
        (made.events, made.customers)
        == (len(happened), len(told))
        == (sum(len(e) for _, e in told), len(told))
    )
    assert [(n, e["concept:name"]) for n, es in told for e in es] == [
        (r["customer"], r["activity"] or "") for r in happened
    ]
    assert [e["time:timestamp"][:19] for _, es in told for e in es] == [
        f"{r['time']:%Y-%m-%dT%H:%M:%S}" for r in happened
    ]


def test_what_is_imported_is_exported_and_can_be_imported_again(workspace: Workspace, tmp_path: Path):
    day = "2026-01-01T10:00:00.123+02:00"
    more = (
        '<int key="n" value="5"/><boolean key="b" value="true"/><float key="f" value="0.5"/>'
        '<date key="d" value="2026-01-01T10:00:00+02:00"/>'
    )
    city = '<string key="city" value="Ii"/>'
    text = log(trace("c1", city, event("a", day, more), event("b", day)), trace("c2", event("a", day)))
    assert imported(workspace, tmp_path, text) == 4
    root = ElementTree.parse(exported(workspace, tmp_path / "log.xes")).getroot()
    first = next(t for t in root.iter("trace") if _texts(t)["concept:name"] == "c1")
    assert {k: v for k, v in _texts(first).items() if k != "polku:profile"} == {
        "concept:name": "c1",
        "city": "Ii",
    }
    kinds = {a.attrib["key"]: (a.tag, a.attrib["value"]) for a in next(first.iter("event"))}
    assert kinds["n"] == ("int", "5")
    assert kinds["b"] == ("boolean", "true")
    assert kinds["f"] == ("float", "0.5")
    assert kinds["d"] == ("date", "2026-01-01T10:00:00+02:00")
    assert kinds["time:timestamp"] == ("date", "2026-01-01T08:00:00.123+00:00")
    assert kinds["polku:touchpoint"] == ("string", "in-a")
    again = import_logs(
        [tmp_path / "log.xes"], LocalTarget(workspace.store, workspace.db, journeys.install_plans)
    )
    assert (again.source, again.events[0].accepted, again.rejected) == ("Polku", 3, 0)


values = (
    st.text(max_size=8) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
)
_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 65534, 65535], "�")


@dataclass
class OneEvent:
    """Paths of a single event with these properties."""

    properties: dict[str, Any]

    def batches(self) -> Iterator[pa.Table]:
        row = {
            "profile": "1",
            "customer": "c",
            "activity": "a",
            "type": "track",
            "time": datetime(2026, 1, 1, tzinfo=UTC),
        }
        yield pa.Table.from_pylist([row | {"properties": json.dumps(self.properties)}], schema=PATHS)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=5), values | st.lists(values, max_size=2) | st.none(), max_size=4
    )
)
def test_whatever_properties_hold_the_log_is_sound(properties: dict[str, Any]):
    root = ElementTree.fromstring(b"".join(xes.pieces(OneEvent(properties))))  # type: ignore[arg-type]
    told = _texts(next(root.iter("event")))
    plainly = [name.translate(_XML) for name in properties]
    for plain, value in zip(plainly, properties.values(), strict=True):
        if value is None or plain in ("concept:name", "time:timestamp") or plainly.count(plain) > 1:
            continue
        if isinstance(value, str):
            assert told[plain] == value.translate(_XML)
        elif isinstance(value, bool):
            assert told[plain] == str(value).lower()
        elif isinstance(value, int | float):
            assert float(told[plain]) == float(value)


def test_small_pieces_make_the_same_file(shop: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    whole = exported(shop, tmp_path / "whole.xes").read_bytes()
    before = table(shop, tmp_path)
    monkeypatch.setattr("polku.exports.paths.ROWS_AT_ONCE", 100)
    assert exported(shop, tmp_path / "small.xes").read_bytes() == whole
    assert table(shop, tmp_path).equals(before)


def test_an_empty_folder(workspace: Workspace, tmp_path: Path):
    assert table(workspace, tmp_path).num_rows == 0
    assert traces(exported(workspace, tmp_path / "log.xes")) == []


def test_what_cannot_be_exported_leaves_nothing_behind(tmp_path: Path):
    folder = demo_folder(tmp_path / "data")
    with polku.open(folder) as p:
        for name, words in (
            ("events.csv", "events.parquet, log.xes or log.xes.gz"),
            ("no/log.xes", "no folder"),
        ):
            with pytest.raises(InvalidInput, match=words):
                p.export(tmp_path / name)
        with pytest.raises(InvalidInput, match="Unknown source 'Nobody'"):
            p.export(tmp_path / "log.xes", source="Nobody")
        with pytest.raises(InvalidInput, match="Swap the two days"):
            p.export(tmp_path / "log.xes", since="2026-02-02", until="2026-01-01")
        done = p.export(tmp_path / "log.xes.gz")
        assert done.events > done.customers > 100
        with pytest.raises(Conflict, match="already"):
            p.export(tmp_path / "log.xes.gz")

    def failing() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "half.xes", failing())
    assert sorted(f.name for f in tmp_path.iterdir()) == ["data", "log.xes.gz"]


READ_BY_R4PM = """
import json, sys, r4pm
from r4pm import bindings, df
events, _ = df.import_xes(sys.argv[1])
found = bindings.discover_dfg(event_log=r4pm.import_item("EventLog", sys.argv[1]))
print(json.dumps({
    "events": events.height,
    "cases": events["case:concept:name"].n_unique(),
    "follow": {" → ".join(pair): times for pair, times in found["directly_follows_relations"]},
}))
"""


def test_another_program_reads_the_log_alike(shop: Workspace, tmp_path: Path):
    python = peers.python_of("r4pm")
    if python is None:
        pytest.skip("r4pm is not there; 'python -m benchmarks logs' brings it into .cache/peers")
    read = peers.told(python, READ_BY_R4PM, exported(shop, tmp_path / "log.xes.gz"))
    rows = [r for r in table(shop, tmp_path).to_pylist() if r["type"] in ("track", "page", "screen")]
    follow = Counter(
        f"{a['activity'] or ''} → {b['activity'] or ''}"
        for a, b in pairwise(rows)
        if a["profile"] == b["profile"]
    )
    assert read == {"events": len(rows), "cases": len({r["profile"] for r in rows}), "follow": dict(follow)}
