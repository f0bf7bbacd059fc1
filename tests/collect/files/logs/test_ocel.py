"""OCEL 2.0 in its three forms: whose each event is, what it says of them, and what is bad told."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from polku.collect.files import DamagedFile, ImportSummary, import_logs
from polku.errors import InvalidInput
from tests.collect.files.importing import NOW, StoreTarget, written

EPOCH = "1970-01-01T00:00:00Z"


def entity(id: str, type: str, *related: str, **attributes: str) -> dict[str, Any]:
    relationships = [
        dict(zip(("objectId", "qualifier"), (r + ":").split(":")[:2], strict=True)) for r in related
    ]
    given = [{"name": n, "value": v, "time": EPOCH} for n, v in attributes.items()]
    return {"id": id, "type": type, "attributes": given, "relationships": relationships}


def event(id: str, type: str, time: str, *related: str, **attributes: str) -> dict[str, Any]:
    return entity(id, type, *related, **attributes) | {"time": time}


def declared(name: str, **attributes: str) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": n, "type": t} for n, t in attributes.items()]}


def log() -> dict[str, Any]:
    """Two customers, an order of one, two items: some events name customers, some the order, some neither."""
    anna = entity("anna", "customer", "o1:places", city="Turku", age="40")
    anna["attributes"].append({"name": "city", "value": "Oulu & Ii", "time": "2024-01-05T10:00:00Z"})
    return {
        "objectTypes": [
            declared("customer", city="string", age="integer"), declared("order"), declared("item"),
        ],
        "eventTypes": [declared("order", price="float", item="string")],
        "objects": [
            anna, entity("liisa", "customer"), entity("idle", "customer", age="1"),
            entity("o1", "order", "i1", "i2"), entity("i1", "item"), entity("i2", "item"),
        ],
        "events": [
            event("e1", "order", "2024-01-01T10:00:00Z", "anna:buyer", "o1", "i1", "i2", price="12.5", item="x"),
            event("e2", "ship", "2024-01-02T10:00:00Z", "o1"),
            event("e3", "clean", "2024-01-03T10:00:00Z", "i1"),
            event("e4", "meet", "2024-01-04T10:00:00+02:00", "anna", "liisa"),
        ],
    }  # fmt: skip


EXPECTED = [
    (1, "order", "2024-01-01 10:00", "anna",
     {"price": 12.5, "item": "x", "item (objects)": ["i1", "i2"], "order": "o1", "ocel:qualifier": "buyer"}),
    (1, "ship", "2024-01-02 10:00", "anna", {"order": "o1"}),
    (1, "meet", "2024-01-04 08:00", "anna", {"customer": "liisa"}),
    (1, "meet", "2024-01-04 08:00", "liisa", {"customer": "anna"}),
    (4, "", "2024-01-01 10:00", "anna", {"city": "Turku", "age": 40}),
    (4, "", "2024-01-05 10:00", "anna", {"city": "Oulu & Ii"}),
]  # fmt: skip


def as_json(path: Path, given: dict[str, Any]) -> Path:
    return written(path.with_suffix(".json"), json.dumps(given))


def as_gzipped_json(path: Path, given: dict[str, Any]) -> Path:
    return written(path.with_suffix(".jsonocel.gz"), gzip.compress(json.dumps(given).encode()))


def as_xml(path: Path, given: dict[str, Any]) -> Path:
    def types(kind: str) -> str:
        each = ""
        for t in given[f"{kind}Types"]:
            attributes = "".join(
                f'<attribute name="{a["name"]}" type="{a["type"]}"/>' for a in t["attributes"]
            )
            each += f'<{kind}-type name="{t["name"]}"><attributes>{attributes}</attributes></{kind}-type>'
        return f"<{kind}-types>{each}</{kind}-types>"

    def entities(kind: str) -> str:
        each = ""
        for e in given[f"{kind}s"]:
            time = f' time="{e["time"]}"' if "time" in e else ""
            relations = "".join(
                f'<relationship object-id="{r["objectId"]}" qualifier="{r["qualifier"]}"/>'
                for r in e["relationships"]
            )
            attributes = "".join(
                f'<attribute name="{a["name"]}" time="{a["time"]}">{a["value"].replace("&", "&amp;")}</attribute>'
                for a in e["attributes"]
            )
            head = f'<{kind} id={quoteattr(e["id"])} type="{e["type"]}"{time}>'
            each += f"{head}<attributes>{attributes}</attributes><objects>{relations}</objects></{kind}>"
        return f"<{kind}s>{each}</{kind}s>"

    body = types("object") + types("event") + entities("object") + entities("event")
    return written(path.with_suffix(".xml"), f"<?xml version='1.0'?>\n<log>{body}</log>")


def as_sqlite(path: Path, given: dict[str, Any]) -> Path:
    path = path.with_suffix(".sqlite")
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as db:
        for kind in ("object", "event"):
            db.execute(f"CREATE TABLE {kind} (ocel_id TEXT, ocel_type TEXT)")
            db.execute(f"CREATE TABLE {kind}_map_type (ocel_type TEXT, ocel_type_map TEXT)")
            kinds = {"integer": "INTEGER", "float": "REAL", "string": "TEXT"}
            declared = {
                t["name"]: {a["name"]: kinds[a["type"]] for a in t["attributes"]}
                for t in given[f"{kind}Types"]
            }
            for type_ in sorted({e["type"] for e in given[f"{kind}s"]}):
                mapped = type_.title().replace(" ", "")
                columns = "".join(f', "{n}" {t}' for n, t in declared.get(type_, {}).items())
                db.execute(
                    f'CREATE TABLE "{kind}_{mapped}" (ocel_id TEXT, ocel_time TEXT, ocel_changed_field TEXT{columns})'
                )
                db.execute(f"INSERT INTO {kind}_map_type VALUES (?, ?)", (type_, mapped))
            for e in given[f"{kind}s"]:
                db.execute(f"INSERT INTO {kind} VALUES (?, ?)", (e["id"], e["type"]))
                times: dict[str, dict[str, str]] = {e.get("time", EPOCH): {}}
                for a in e["attributes"]:
                    times.setdefault(e.get("time", a["time"]), {})[a["name"]] = a["value"]
                for time, values in times.items():
                    changed = next(iter(values)) if kind == "object" and time != EPOCH else None
                    names = ", ".join(
                        ["ocel_id", "ocel_time", "ocel_changed_field", *(f'"{n}"' for n in values)]
                    )
                    marks = ", ".join("?" * (3 + len(values)))
                    db.execute(
                        f'INSERT INTO "{kind}_{e["type"].title().replace(" ", "")}" ({names}) VALUES ({marks})',
                        (e["id"], time, changed, *values.values()),
                    )
        db.execute("CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT)")
        db.execute(
            "CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT)"
        )
        for kind, table in (("event", "event_object"), ("object", "object_object")):
            for e in given[f"{kind}s"]:
                for r in e["relationships"]:
                    db.execute(
                        f"INSERT INTO {table} VALUES (?, ?, ?)", (e["id"], r["objectId"], r["qualifier"])
                    )
        db.commit()
    return path


Form = Callable[[Path, dict[str, Any]], Path]
FORMS: list[Form] = [as_json, as_gzipped_json, as_xml, as_sqlite]


def run(target: StoreTarget, *files: Path, **options: Any) -> ImportSummary:
    return import_logs(files, target, now=NOW, **options)


def told(target: StoreTarget) -> list[tuple[Any, ...]]:
    return [
        (e["type"], e["name"], f"{e['occurred_at']:%Y-%m-%d %H:%M}", e["user_id"], e["properties"])
        for e in target.events()
    ]


@pytest.mark.parametrize("form", FORMS)
def test_events_are_those_of_the_customers_they_name_or_whose_objects_they_name(
    target: StoreTarget, tmp_path: Path, form: Form
):
    file = form(tmp_path / "log", log())
    summary = run(target, file)
    assert sorted(told(target), key=str) == sorted(EXPECTED, key=str)
    assert [str(n).removeprefix(f"{file.name}: ") for n in summary.notes] == [
        "the customers are the objects of type 'customer': 3.",
        "events left out since they belong to no customer: 1.",
        "customers left out since they have no events: 1.",
    ]
    assert (summary.source, summary.accepted, summary.rejected) == ("log", 6, 0)
    assert sorted(p.en for p in target.touchpoints) == ["meet", "order", "ship"]
    assert run(target, file).accepted == 0


def test_every_form_gives_the_same_events(target: StoreTarget, tmp_path: Path):
    accepted = [run(target, form(tmp_path / "log", log())).accepted for form in FORMS]
    assert accepted == [6, 0, 0, 0]


def test_another_type_may_be_the_customer(target: StoreTarget, tmp_path: Path):
    run(target, as_json(tmp_path / "log", log()), customer_type="item")
    assert [(e["user_id"], e["name"]) for e in target.events() if e["type"] == 1] == [
        ("i1", "order"), ("i2", "order"), ("i1", "ship"), ("i2", "ship"), ("i1", "clean"),
    ]  # fmt: skip


def test_who_is_the_customer_is_asked_when_it_is_open(target: StoreTarget, tmp_path: Path):
    other = json.loads(json.dumps(log()).replace('"customer"', '"patient"'))
    file = as_json(tmp_path / "log", other)
    with pytest.raises(InvalidInput) as error:
        run(target, file)
    assert "--customer-type" in error.value.message
    assert "patient (3), item (2), order (1)" in error.value.message
    with pytest.raises(InvalidInput) as error:
        run(target, file, customer_type="patients")
    assert "Did you mean 'patient'?" in error.value.message
    assert target.state() == (0, 0)
    assert run(target, file, customer_type="patient").accepted == 6
    only = log() | {
        "objects": [entity("k", "machine")],
        "events": [event("e", "run", "2024-01-01T10:00:00Z", "k")],
    }
    assert run(target, as_json(tmp_path / "log", only)).accepted == 1


def test_of_what_is_said_twice_the_last_holds(target: StoreTarget, tmp_path: Path):
    given = log()
    given["objects"][0]["attributes"] += [
        {"name": "age", "value": str(n), "time": "1970-01-01T00:00:00Z"} for n in (41, 42)
    ]
    run(target, as_json(tmp_path / "log", given))
    assert next(e for e in target.events() if e["type"] == 4)["properties"]["age"] == 42


def test_a_corrected_event_is_no_new_event(target: StoreTarget, tmp_path: Path):
    run(target, as_json(tmp_path / "log", log()))
    changed = log()
    changed["events"][1]["type"] = "deliver"
    summary = run(target, as_json(tmp_path / "log", changed))
    assert (summary.accepted, [(r.reason, r.rows) for r in summary.rejections]) == (0, [("duplicate_id", 1)])


@pytest.mark.parametrize("form", FORMS)
def test_events_that_are_none_are_rejected(target: StoreTarget, tmp_path: Path, form: Form):
    given = log()
    given["events"] += [event("e5", "late", "soon", "anna"), event("e6", " ", "2024-01-01T10:00:00Z", "anna"),
                        event("e7", "old", "1950-01-01T10:00:00Z", "anna")]  # fmt: skip
    file = form(tmp_path / "log", given)
    summary = run(target, file)
    assert summary.accepted == 6
    assert {r.reason: r.rows for r in summary.rejections} == {
        "bad_time": 1,
        "no_name": 1,
        "time_out_of_range": 1,
    }
    assert any("The time 'soon' cannot be read" in r["detail"] for r in target.rejected())
    before = target.state()
    run(target, file)
    assert target.state() == before


def test_an_object_that_is_not_in_the_log_is_told(target: StoreTarget, tmp_path: Path):
    given = log()
    given["events"][1]["relationships"].append({"objectId": "gone", "qualifier": ""})
    notes = map(str, run(target, as_json(tmp_path / "log", given)).notes)
    assert "log.json: objects that events name and that are not in the log: 1." in notes


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("l.json", "{}", ["no OCEL 2.0", "objects"]),
        ("l.json", '{"objects": [], "events": [{"id": 5}]}', ["no OCEL 2.0", "events[0]"]),
        ("l.json", '{"objects": [], "events": [', ["no whole JSON", "Nothing was imported"]),
        ("l.json", "[1]", ["no log that Polku knows"]),
        ("l.xml", "<log><objects></log>", ["not well-formed XML"]),
        ("l.xmlocel", "<log><trace/></log>", ["no OCEL 2.0", "neither <events>"]),
        ("l.xml", "<!DOCTYPE log [<!ENTITY a 'b'>]><log><objects/></log>", ["<!DOCTYPE"]),
        ("l.xml", "<log><events><event type='x'/></events></log>", ["no OCEL 2.0", "<event> has no id"]),
        ("l.sqlite", b"SQLite format 3\x00" + b"\x00" * 3000, ["l.sqlite", "OCEL 2.0"]),
    ],
)  # fmt: skip
def test_what_is_no_ocel_says_what_to_do(
    target: StoreTarget, tmp_path: Path, name: str, content: str | bytes, words: list[str]
):
    with pytest.raises(InvalidInput) as error:
        run(target, written(tmp_path / name, content))
    for word in [name, *words]:
        assert word in error.value.message
    assert target.state() == (0, 0)


def test_a_database_without_the_tables(target: StoreTarget, tmp_path: Path):
    file = as_sqlite(tmp_path / "log", log())
    with closing(sqlite3.connect(file)) as db:
        db.execute("DROP TABLE event_object")
        db.execute('DROP TABLE "event_Ship"')
        db.commit()
    with pytest.raises(InvalidInput, match="no table event_object, event_Ship"):
        run(target, file)
    half = written(tmp_path / "half.sqlite", as_sqlite(tmp_path / "log", log()).read_bytes()[:-9000])
    with pytest.raises(DamagedFile, match=r"half\.sqlite"):
        run(target, half)


def test_an_empty_log(target: StoreTarget, tmp_path: Path):
    with pytest.raises(InvalidInput, match="--customer-type"):
        run(target, written(tmp_path / "log.json", '{"objects": [], "events": []}'))
