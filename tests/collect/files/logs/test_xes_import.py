"""Importing XES: every trace a customer, nothing lost, nothing twice, and what is bad told."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polku.collect.files import Collected, DamagedFile, ImportSummary, import_logs
from polku.errors import Conflict, InvalidInput
from tests.collect.files.importing import NOW, StoreTarget, written
from tests.collect.files.logs.writing import HEAD, event, log, trace

DAY = "2026-01-01T10:00:00.000+02:00"
LATER = "2026-01-02T10:00:00.000+02:00"
TRANSITION = '<string key="lifecycle:transition" value="COMPLETE"/>'
TITLE = '<string key="concept:name" value="Loans"/>'


def run(target: StoreTarget, *files: Path, **options: object) -> ImportSummary:
    return import_logs(files, target, now=NOW, **options)  # type: ignore[arg-type]


def says(error: pytest.ExceptionInfo[InvalidInput], *words: str) -> None:
    for word in words:
        assert word in error.value.message


def test_a_trace_is_a_customer(target: StoreTarget, tmp_path: Path):
    amount = '<int key="amount" value="5000"/>'
    file = written(
        tmp_path / "log.xes",
        log(TITLE, trace("c1", amount, event("pay", LATER), event("apply", DAY, TRANSITION)), trace("c2")),
    )
    summary = run(target, file)
    told = [(e["type"], e["name"], e["occurred_at"], e["user_id"], e["properties"]) for e in target.events()]
    first, second = datetime(2026, 1, 1, 8, tzinfo=UTC), datetime(2026, 1, 2, 8, tzinfo=UTC)
    assert told == [
        (1, "pay", second, "c1", {}),
        (1, "apply", first, "c1", {"lifecycle:transition": "COMPLETE"}),
        (4, "", first, "c1", {"amount": 5000}),
    ]
    assert (summary.source, summary.accepted, summary.rejected) == ("Loans", 3, 0)
    assert [(e.label, e.rows, e.accepted) for e in summary.events] == [
        ("(concept:name)", 2, 2),
        ("identify", 1, 1),
    ]


def test_importing_again_adds_nothing_and_a_longer_log_what_is_new(target: StoreTarget, tmp_path: Path):
    twice = event("wait", DAY, TRANSITION) * 2
    file = written(tmp_path / "log.xes", log(trace("c", twice)))
    assert run(target, file).accepted == 2, "alike events of a log are several events"
    before = target.events()
    again = run(target, file)
    assert (again.accepted, again.duplicates) == (0, 2)
    assert target.events() == before
    longer = written(tmp_path / "log.xes", log(trace("b", twice), trace("c", twice, event("pay", LATER))))
    assert run(target, longer).accepted == 3


def test_an_identity_tells_events_from_each_other(target: StoreTarget, tmp_path: Path):
    def with_id(name: str, text: str) -> Path:
        one = event(name, DAY, f'<id key="identity:id" value="{text}"/>')
        return written(tmp_path / "log.xes", log(trace("c", one)))

    assert run(target, with_id("pay", "1")).accepted == 1
    corrected = run(target, with_id("paid", "1"))
    assert (corrected.accepted, corrected.rejected) == (0, 1)
    assert corrected.rejections[0].reason == "duplicate_id"
    assert run(target, with_id("paid", "2")).accepted == 1


def test_names_that_would_mean_nobody_are_cases_all_the_same(target: StoreTarget, tmp_path: Path):
    cases = ("0", "unknown", " 7 ", "0-1")
    file = written(tmp_path / "log.xes", log(*(trace(c, event("e", DAY)) for c in cases)))
    run(target, file)
    assert [e["user_id"] for e in target.events()] == ["case 0", "case unknown", "7", "0-1"]


def test_a_trace_without_a_name_goes_by_its_identity(target: StoreTarget, tmp_path: Path):
    one = f'<trace><id key="identity:id" value="t7"/>{event("e", DAY)}</trace>'
    run(target, written(tmp_path / "log.xes", log(one)))
    assert target.events()[0]["user_id"] == "t7"


def test_each_activity_brings_a_touchpoint(target: StoreTarget, tmp_path: Path):
    names = ["A_Submit", "A Submit", "a_submit", "Päätös", "x" * 100, "x" * 99 + "y"]
    file = written(tmp_path / "log.xes", log(trace("c", *(event(n, DAY) for n in [*names, "Päätös"]))))
    summary = run(target, file, source="Lainat")
    plans = {p.match[0].name: p for p in target.touchpoints}
    assert summary.touchpoints == target.touchpoints
    assert list(plans)[:2] == ["A_Submit", "Päätös"], "the most frequent first"
    assert plans["Päätös"].key == "lainat-paatos"
    assert (plans["Päätös"].fi, plans["Päätös"].en, plans["Päätös"].channel) == ("Päätös", "Päätös", "other")
    assert "a_submit" not in plans, "rules do not look at capitals"
    keys = [p.key for p in target.touchpoints]
    assert len(set(keys)) == 5
    assert all(len(k) <= 60 for k in keys)
    again: list[str] = []
    target.touchpoints.clear()
    run(target, file, source="Lainat")
    again = [p.key for p in target.touchpoints]
    assert again == keys


def test_where_the_usual_stage_is_missing_touchpoints_come_without_one(target: StoreTarget, tmp_path: Path):
    class WithoutStages(StoreTarget):
        def install_touchpoints(self, touchpoints, source):  # type: ignore[no-untyped-def]
            if any(t.stage for t in touchpoints):
                raise InvalidInput("'customership' is not known.")
            return super().install_touchpoints(touchpoints, source)

    other = WithoutStages(target.store)
    run(other, written(tmp_path / "log.xes", log(trace("c", event("e", DAY)))))
    assert [t.stage for t in other.touchpoints] == [None]

    class Failing(StoreTarget):
        def install_touchpoints(self, touchpoints, source):  # type: ignore[no-untyped-def]
            raise Conflict("no more")

    with pytest.raises(Conflict):
        run(Failing(target.store), tmp_path / "log.xes")


def test_a_dry_run_stores_nothing_and_shows_all(tmp_path: Path):
    kept = Collected([])
    file = written(tmp_path / "log.xes", log(trace("c", '<int key="n" value="1"/>', event("e", DAY))))
    summary = import_logs([file], kept, dry_run=True, now=NOW)
    assert kept.tables == []
    assert [(p["type"], p["name"], p["user_id"]) for p in summary.preview] == [
        ("track", "e", "c"),
        ("identify", "", "c"),
    ]
    assert (summary.mapped, summary.accepted, summary.source) == (2, 0, "log")
    assert [t.key for t in summary.touchpoints] == ["log-e"]


def test_a_type_of_customers_is_for_ocel(target: StoreTarget, tmp_path: Path):
    with pytest.raises(InvalidInput, match="is for OCEL"):
        run(target, written(tmp_path / "log.xes", log(trace("c", event("e", DAY)))), customer_type="customer")


def test_several_logs_need_a_name_unless_they_have_one(target: StoreTarget, tmp_path: Path):
    one = written(tmp_path / "a.xes", log(trace("c", event("e", DAY))))
    two = written(tmp_path / "b.xes.gz", gzip.compress(log(trace("c", event("e", LATER))).encode()))
    with pytest.raises(InvalidInput) as error:
        run(target, one, two)
    says(error, "several logs: a, b", "--source NAME")
    assert target.state() == (0, 0)
    assert run(target, one, two, source="Both").files == {"a.xes": 1, "b.xes.gz": 1}
    for file in (one, two):
        written(file, log(TITLE, trace("c", event("e", DAY))))
    assert run(target, one, two).source == "Loans"


def test_events_that_are_none_are_rejected_and_the_rest_goes_on(target: StoreTarget, tmp_path: Path):
    nameless = f'<event><date key="time:timestamp" value="{DAY}"/></event>\n'
    timeless = '<event><string key="concept:name" value="a"/></event>\n'
    huge = event("huge", DAY, f'<string key="k" value="{"x" * 70_000}"/>')
    bad = [
        nameless, timeless, event("b", "yesterday"), event("d", "1931-01-01T00:00:00Z"), event(" ", DAY),
        event("y" * 201, DAY), huge,
    ]  # fmt: skip
    stray = event("stray", DAY)
    unnamed = f"<trace>{event('u', DAY)}</trace>"
    traces = [trace("c", event("e", DAY), *bad), stray, unnamed, trace("x" * 201, stray)]
    file = written(tmp_path / "log.xes", log(*traces))
    summary = run(target, file)
    assert [e["name"] for e in target.events()] == ["e"]
    counts = {r.reason: r.rows for r in summary.rejections}
    assert counts == {
        "no_name": 2, "no_time": 1, "bad_time": 1, "time_out_of_range": 1, "row_too_large": 3, "no_identifier": 2,
    }  # fmt: skip
    assert summary.mapped + summary.rejected == 11
    told = {r["reason"]: (r["detail"], json.loads(r["payload"])) for r in target.rejected()}
    assert told["bad_time"][0].startswith("log.xes, line 10: The time 'yesterday' cannot be read.")
    assert told["no_time"][1]["content"] == timeless.strip()
    assert len(told["row_too_large"][1]["content"]) <= 4_000
    before = target.state()
    assert run(target, file).accepted == 0
    assert target.state() == before


def test_traits_are_said_at_the_first_time_that_can_be(target: StoreTarget, tmp_path: Path):
    times = ("1931-01-01T00:00:00Z", "2099-01-01T00:00:00Z", LATER)
    file = written(
        tmp_path / "log.xes", log(trace("c", '<int key="n" value="1"/>', *(event("e", t) for t in times)))
    )
    run(target, file)
    assert [(e["type"], e["occurred_at"].day) for e in target.events()] == [(1, 2), (4, 2)]


def test_traits_that_are_too_large_are_rejected(target: StoreTarget, tmp_path: Path):
    file = written(
        tmp_path / "log.xes", log(trace("c", f'<string key="k" value="{"x" * 70_000}"/>', event("e", DAY)))
    )
    summary = run(target, file)
    assert (summary.accepted, summary.rejected) == (1, 1)
    assert summary.events[1].rejected == 1


def test_times_without_a_zone_are_told(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.xes", log(trace("c", event("e", "2026-01-01T08:00:00"), event("f", DAY))))
    summary = run(target, file)
    assert [str(n) for n in summary.notes] == [
        "log.xes: times that do not say their zone, taken to be UTC: 1."
    ]
    assert {e["occurred_at"] for e in target.events()} == {datetime(2026, 1, 1, 8, tzinfo=UTC)}


ENDLESS = '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
FOREIGN = '<!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (log(trace("c", event("e", DAY))).replace("</event>", ""), ["not well-formed XML", "line 8", "mismatched tag"]),
        (HEAD.replace("<log", ENDLESS + "<log") + trace("&b;") + "</log>", ["<!DOCTYPE", "line 2", "remove the decl"]),
        (HEAD.replace("<log", FOREIGN + "<log") + trace("&a;") + "</log>", ["<!DOCTYPE"]),
        (log(trace("&b;", event("e", DAY))), ["undefined entity"]),
        ("<html><body/></html>", ["XML, but no event log", "<html>"]),
        ("who,at\nanna,2026-01-01\n", ["no log that Polku knows", "--mapping"]),
        (b"PK\x03\x04zip", ["no log that Polku knows"]),
        ("", ["log.xes is empty"]),
        ("<log>", ["ends too early, on line 1", "Nothing was imported"]),
    ],
)  # fmt: skip
def test_files_that_are_no_logs_say_what_to_do(
    target: StoreTarget, tmp_path: Path, content: str | bytes, words: list[str]
):
    good = written(tmp_path / "good.xes", log(trace("c", event("e", DAY))))
    file = written(tmp_path / "log.xes", content)
    with pytest.raises(InvalidInput) as error:
        run(target, good, file, source="Both")
    says(error, "log.xes", *words)
    assert target.state() == (0, 0), "nothing of the good one either"


def test_half_a_gzip(target: StoreTarget, tmp_path: Path):
    traces = (trace(f"c{i * 7919}", event("e", DAY), event("f", LATER)) for i in range(3000))
    whole = gzip.compress(log(*traces).encode())
    file = written(tmp_path / "log.xes.gz", whole[: len(whole) // 2])
    with pytest.raises(DamagedFile) as error:
        run(target, file)
    says(error, "log.xes.gz is damaged", "ends too early", "--keep-going")
    assert target.state() == (0, 0)
    part = run(target, file, keep_going=True)
    assert 1000 < part.accepted < 6000
    assert any("damaged" in str(n) for n in part.notes)
    written(file, whole)
    assert run(target, file).accepted == 6000 - part.accepted


def test_what_has_no_end_is_refused(target: StoreTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("polku.collect.files.logs.xml.LONGEST", 3 << 20)
    monkeypatch.setattr("polku.collect.files.logs.plain.WINDOW", 1 << 20)
    endless = '<string key="k" value="' + "x" * (6 << 20)
    file = written(tmp_path / "log.xes", log(trace("c", event("e", DAY, endless + '"/>'))))
    with pytest.raises(InvalidInput) as error:
        run(target, file)
    says(error, "longer than 3 MB", "quotation mark left open")


def test_a_mapping_reads_a_log_as_a_table(target: StoreTarget, tmp_path: Path):
    customer = '<string key="customer" value="anna"/>'
    file = written(
        tmp_path / "log.xes.gz",
        gzip.compress(
            log(
                trace("c1", customer, event("pay", DAY, TRANSITION), event("bad", "soon")),
                trace("c2", customer, event("start", DAY), event("pay", LATER, TRANSITION)),
            ).encode()
        ),
    )
    mapping = """
[source]
name = "Loans"
[table.log]
[[event]]
table = "log"
name_from = "name"
at = "time"
user_id = "case_attributes ->> 'customer'"
properties = "attributes"
when = "attributes ->> 'lifecycle:transition' = 'COMPLETE'"
[[event]]
table = "log"
name = "Any"
at = "time"
user_id = "'liisa'"
properties = { loan = "case" }
"""
    summary = target.run(mapping, file)
    assert [(e["name"], e["user_id"], e["properties"]) for e in target.events()] == [
        ("pay", "anna", {"lifecycle:transition": "COMPLETE"}),
        ("pay", "anna", {"lifecycle:transition": "COMPLETE"}),
        ("Any", "liisa", {"loan": "c1"}),
        ("Any", "liisa", {"loan": "c2"}),
        ("Any", "liisa", {"loan": "c2"}),
    ]
    assert [(r.reason, r.rows) for r in summary.rejections] == [("bad_time", 1)]
    assert target.run(mapping, file).accepted == 0


def test_properties_from_one_column_of_json(target: StoreTarget, tmp_path: Path):
    lines = [{"w": "a", "t": "2026-01-01", "p": {"x": 1, "y": None}}, {"w": "b", "t": "2026-01-01", "p": [1]}]
    file = written(tmp_path / "log.jsonl", "\n".join(map(json.dumps, lines)))
    mapping = (
        '[source]\nname = "S"\n[table.log]\n[[event]]\nname = "E"\ntable = "log"\nat = "t"\nuser_id = "w"\n'
    )
    target.run(mapping + 'properties = "p"\n', file)
    assert [e["properties"] for e in target.events()] == [{"x": 1, "y": None}, {}]


def test_a_row_that_is_too_large_is_rejected_alone(target: StoreTarget, tmp_path: Path):
    rows = [{"w": "a", "t": "2026-01-01", "p": "x" * n} for n in (10, 70_000)]
    file = written(tmp_path / "log.jsonl", "\n".join(map(json.dumps, rows)))
    mapping = (
        '[source]\nname = "S"\n[table.log]\n[[event]]\nname = "E"\ntable = "log"\nat = "t"\nuser_id = "w"\n'
    )
    summary = target.run(mapping + 'properties = ["p"]\n', file)
    assert (summary.accepted, [r.reason for r in summary.rejections]) == (1, ["row_too_large"])
