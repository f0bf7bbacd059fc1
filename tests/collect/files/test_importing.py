"""What becomes of good rows, and of rows that are no events."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polku.collect.files import Collected, import_files, parse_mapping
from polku.errors import InvalidInput
from polku.store import INCOMING, EventType
from tests.collect.files.importing import NOW, VISITS, StoreTarget, target_at, written

ORDERS = """
[source]
name = "Shop"
[read]
timezone = "Europe/Helsinki"
delimiter = ";"
decimal = ","
[table.orders]
files = "orders*.csv"
numbers = ["total"]
join = { customers = "customer = id", paid = "order" }
[table.customers]
[table.payments]
files = "payments.csv"
numbers = ["amount"]
[table.paid]
from = "payments"
group_by = ["order"]
columns = { sum = "sum(amount)", times = "count(*)" }

[[event]]
type = "identify"
table = "customers"
at = "since"
id = "id"
user_id = "id"
identifiers = { email = "mail", phone = "phone", name = "name" }
traits = { city = "city" }

[[event]]
name = "Order Completed"
table = "orders"
at = "bought"
id = "order"
user_id = "customers.id"
value = "total"
properties = { order = "order", city = "customers.city", paid = "paid.sum", times = "paid.times", big = "total > 100" }

[[event]]
name = "Order Delivered"
table = "orders"
at = "delivered"
id = "order"
user_id = "customer"
"""


@pytest.fixture
def shop(tmp_path: Path) -> list[Path]:
    return [
        written(
            tmp_path / "orders-1.csv",
            "order;customer;bought;delivered;total\n"
            "o1;c1;2026-03-28 12:00:00;2026-03-30 12:00:00;1 234,50\n"
            "o2;c2;2026-10-25T03:30:00+03:00;;-5\n",
        ),
        written(tmp_path / "orders-2.csv", "order;customer;bought;delivered;total\no3;c9;2026-01-01;;12\n"),
        written(
            tmp_path / "customers.csv",
            "id;since;mail;phone;name;city\nc1;2025-01-01;Anna@Example.FI ;040 123-4567;Anna;Oulu\n"
            "c2;2025-01-01;no mail;;;\n",
        ),
        written(tmp_path / "payments.csv", "order;amount\no1;1000,1\no1;234,4\no2;-5\n"),
    ]


def test_wide_tables_joins_groups_and_numbers(target: StoreTarget, shop: list[Path]):
    mapping = ORDERS.replace("[table.customers]", '[table.customers]\nfiles = "customers.csv"')
    summary = target.run(mapping, *shop)
    events = target.events()
    assert [(e["name"], e["event_id"]) for e in events] == [
        ("", ":c1"), ("", ":c2"), ("Order Completed", "Order Completed:o1"),
        ("Order Completed", "Order Completed:o2"), ("Order Delivered", "Order Delivered:o1"),
    ]  # fmt: skip
    anna, _, first, second, delivered = events
    assert anna["type"] == EventType.IDENTIFY
    assert json.loads(anna["identifiers"]) == [
        ["email", "anna@example.fi"], ["phone", "0401234567"], ["name", "Anna"]
    ]  # fmt: skip
    assert anna["properties"] == {"city": "Oulu"}
    assert events[1]["identifiers"] is None
    assert first["value"] == 1234.5
    assert first["properties"] == {"order": "o1", "city": "Oulu", "paid": 1234.5, "times": 2, "big": True}
    assert first["occurred_at"] == datetime(2026, 3, 28, 10, tzinfo=UTC)
    assert delivered["occurred_at"] == datetime(2026, 3, 30, 9, tzinfo=UTC)  # summer time
    assert second["occurred_at"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second["properties"] == {"order": "o2", "paid": -5, "times": 1, "big": False}
    # o3's customer is in no file: the row is kept with the reason
    assert [(r["reason"], json.loads(r["payload"])["event"]) for r in target.rejected()] == [
        ("no_identifier", "Order Completed")
    ]
    assert [(e.label, e.rows, e.waiting, e.mapped) for e in summary.events] == [
        ("identify", 2, 0, 2), ("Order Completed", 3, 0, 2), ("Order Delivered", 3, 2, 1)
    ]  # fmt: skip
    assert target.run(mapping, *shop).accepted == 0
    assert target.state() == (5, 1)


def test_a_join_that_would_double_events_is_refused(target: StoreTarget, shop: list[Path]):
    mapping = ORDERS.replace("[table.customers]", '[table.customers]\nfiles = "customers.csv"').replace(
        'paid = "order" }', 'payments = "order" }'
    )
    with pytest.raises(
        InvalidInput, match=r"1 of its keys are there more than once.*\[table\.payments_each\]"
    ):
        target.run(mapping, *shop)


LOG = VISITS.replace('name = "Visit"', 'name_from = "what"') + '[event.rename]\n1 = "Opened"\n'


def test_long_logs_name_events_by_a_column_and_keep_the_file_s_order(target: StoreTarget, tmp_path: Path):
    at = "2026-01-01 10:00:00"
    file = written(tmp_path / "log.csv", f"who,at,what\na,{at},1\na,{at},b\na,{at},1\na,{at},\n")
    summary = target.run(LOG, file)
    assert [e["name"] for e in target.events()] == ["Opened", "b", "Opened"]  # identical rows are two events
    assert [(r.reason, r.rows) for r in summary.rejections] == [("no_name", 1)]
    assert target.run(LOG, file).accepted == 0


def test_the_same_row_in_two_files_is_one_event(target: StoreTarget, tmp_path: Path):
    january = written(tmp_path / "a.csv", "who,at\nx,2026-01-31\ny,2026-01-31\ny,2026-01-31\n")
    february = written(tmp_path / "b.csv", "who,at\ny,2026-01-31\nz,2026-02-01\n")
    assert target.run(VISITS, january).accepted == 3
    summary = target.run(VISITS, january, february)
    assert (summary.accepted, summary.duplicates) == (1, 4)


def test_unreadable_rows_are_kept_with_reason_place_and_content(target: StoreTarget, tmp_path: Path):
    rows = ["anna,yesterday,1", "anna,1969-01-01,1", "anna,2027-01-01,1", "null,2026-01-01,1", "anna,,1",
            "anna,2026-02-30,1", "anna,2026-01-01,many", "anna,999999-01-01,1"]  # fmt: skip
    file = written(tmp_path / "log.csv", "who,at,n\n" + "\n".join(rows) + "\n")
    mapping = VISITS + 'value = "n"\n'
    summary = target.run(mapping, file)
    reasons = {r.reason: r.rows for r in summary.rejections}
    assert reasons == {"bad_time": 3, "time_out_of_range": 2, "no_identifier": 1, "bad_value": 1}
    assert summary.events[0].waiting == 1
    first = target.rejected()[0]
    assert first["detail"].startswith("log.csv, row 1: The time 'yesterday' of at cannot be read.")
    assert json.loads(json.loads(first["payload"])["content"]) == {"who": "anna", "at": "yesterday", "n": "1"}
    again = target.run(mapping, file)
    assert target.state() == (0, 7)
    assert again.rejected == 7


def test_many_bad_rows_are_told_by_reason_with_the_first_of_each(
    target: StoreTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("polku.collect.files.importing.ROWS_A_BATCH", 400)
    bad = ["a,sometime", ",2026-01-01", "a,1900-01-01"]
    rows = [bad[i % 3] if i % 10 else f"good{i},2026-01-01" for i in range(2_000)]
    file = written(tmp_path / "log.csv", "who,at\n" + "\n".join(rows) + "\n")
    summary = target.run(VISITS, file)
    assert (summary.accepted, summary.rejected) == (200, 1800)
    told = {r.reason: r for r in summary.rejections}
    assert {k: r.rows for k, r in told.items()} == {
        "bad_time": 600,
        "no_identifier": 600,
        "time_out_of_range": 600,
    }
    places = [str(e).split(":")[0] for e in told["no_identifier"].examples]
    assert places == ["log.csv, row 2", "log.csv, row 5", "log.csv, row 8"]
    assert all(len(r.examples) == 3 for r in told.values())
    assert "Say how times are written" in str(told["bad_time"].examples[0])


def test_bad_rows_are_compared_with_those_before_without_reading_all_of_them_back(
    target: StoreTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It was done for each batch, so that an import got slower with every bad row there had ever been."""
    monkeypatch.setattr("polku.collect.files.importing.ROWS_A_BATCH", 50)
    file = written(tmp_path / "log.csv", "who,at\n" + "a,sometime\n" * 200)
    read = []
    monkeypatch.setattr(type(target.store.snapshot), "columns", lambda *asked: read.append(asked))
    assert target.run(VISITS, file).rejected == 200
    assert target.run(VISITS, file).rejected == 200
    assert not read
    monkeypatch.undo()
    assert target.state() == (0, 200)


def test_numbers_that_are_none(target: StoreTarget, tmp_path: Path):
    file = written(
        tmp_path / "log.csv",
        "who,at,n\na,2026-01-01,1.5\nb,2026-01-01,much\nc,2026-01-01,nan\nd,2026-01-01,\n",
    )
    mapping = VISITS.replace("[table.log]", '[table.log]\nnumbers = ["n"]') + 'value = "n"\n'
    summary = target.run(mapping, file)
    assert [e["value"] for e in target.events()] == [1.5, None]
    assert {r.reason: r.rows for r in summary.rejections} == {"bad_number": 2}
    with pytest.raises(InvalidInput, match=r"names column 'm', which is not in log\.csv"):
        target.run(mapping.replace('["n"]', '["m"]'), file)


def test_an_id_that_comes_twice(target: StoreTarget, tmp_path: Path):
    file = written(
        tmp_path / "log.csv", "who,at,id\na,2026-01-01,1\na,2026-01-01,1\nb,2026-01-01,1\nc,2026-01-01,\n"
    )
    summary = target.run(VISITS + 'id = "id"\n', file)
    assert (summary.accepted, summary.duplicates) == (1, 1)
    assert {r.reason: r.rows for r in summary.rejections} == {"duplicate_id": 1, "no_id": 1}
    assert "the first was kept" in target.rejected()[0]["detail"]
    target.run(VISITS + 'id = "id"\n', file)
    assert target.state() == (1, 2)


RESPONSES = (
    VISITS.replace('name = "Visit"', "")
    + """
properties = { shop = "shop" }
[event.response]
survey = "After delivery"
metric = "%s"
score = "score"
comment = "comment"
language = "fi"
"""
)


@pytest.mark.parametrize(
    ("metric", "scores"),
    [
        ("nps", {"0": -100, "5": 0, "10": 100}),
        ("csat", {"1": -100, "4": 50}),
        ("ces", {"1": -100, "4": 0, "7": 100}),
    ],
)
def test_responses(target: StoreTarget, tmp_path: Path, metric: str, scores: dict[str, float]):
    lines = [f'u{s},2026-01-01,{s},"Hyvä ""homma""",Oulu' for s in [*scores, "11", "x", "-1"]]
    file = written(tmp_path / "log.csv", "who,at,score,comment,shop\n" + "\n".join(lines) + "\n")
    summary = target.run(RESPONSES % metric, file)
    events = target.events()
    assert [e["name"] for e in events] == ["Survey Responded"] * len(scores)
    assert [e["score"] for e in events] == list(scores.values())
    assert events[0]["properties"] == {
        "survey": "After delivery", "metric": metric, "score": int(next(iter(scores))), "comment": 'Hyvä "homma"',
        "language": "fi", "shop": "Oulu",
    }  # fmt: skip
    assert {r.reason: r.rows for r in summary.rejections} == {"bad_score": 3}


@pytest.mark.parametrize(
    ("text", "formats", "moment"),
    [
        ("29.3.2026 4:30", '"%d.%m.%Y %H:%M"', datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("29.03.2026", '["%Y/%m/%d", "%d.%m.%Y"]', datetime(2026, 3, 28, 22, 0, tzinfo=UTC)),
        ("1767225600.5", '"unix"', datetime(2026, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)),
        ("1767225600000", '"unix_ms"', datetime(2026, 1, 1, tzinfo=UTC)),
        ("2024-02-29T12:00:00Z", "[]", datetime(2024, 2, 29, 12, tzinfo=UTC)),
        ("2026-07-01 12:00:00.123456+0300", "[]", datetime(2026, 7, 1, 9, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-10-25 03:30:00", "[]", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),  # the second of two
        (
            "2026-03-29 03:30:00",
            "[]",
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        ),  # does not exist: an hour later
        ("2026-01-15", "[]", datetime(2026, 1, 14, 22, tzinfo=UTC)),
    ],
)
def test_times(target: StoreTarget, tmp_path: Path, text: str, formats: str, moment: datetime):
    file = written(tmp_path / "log.csv", f"who,at\na,{text}\n")
    target.run(VISITS.replace("[table.log]", f"[table.log]\ntime_format = {formats}"), file)
    assert [e["occurred_at"] for e in target.events()] == [moment]


def test_json_lines_keep_types_and_reach_into_objects(target: StoreTarget, tmp_path: Path):
    lines = [
        {"user": {"id": 7, "tags": ["a"]}, "at": "2026-01-01T10:00:00Z", "n": 1, "ok": True, "s": "1"},
        {"user": {"id": 8}, "at": "2026-01-01T10:00:00Z", "n": 2.5, "extra": None},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    file = written(tmp_path / "log.jsonl.gz", gzip.compress(text.encode()))
    mapping = VISITS.replace('"who"', '"user.id"') + 'properties = ["n", "ok", "s", "user.tags", "extra"]\n'
    target.run(mapping, file)
    assert [e["user_id"] for e in target.events()] == ["7", "8"]
    assert [e["properties"] for e in target.events()] == [
        {"n": 1, "ok": True, "s": "1", "user.tags": ["a"]}, {"n": 2.5}
    ]  # fmt: skip


def test_parquet_of_several_shapes(target: StoreTarget, tmp_path: Path):
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    pq.write_table(pa.table({"who": [1, 2], "at": [at, None], "note": ["x", "y"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"at": [at.replace(tzinfo=None)], "who": [3]}), tmp_path / "b.parquet")
    mapping = VISITS + 'properties = ["note"]\n'
    summary = target.run(mapping, tmp_path / "a.parquet", tmp_path / "b.parquet")
    assert [(e["user_id"], e["properties"]) for e in target.events()] == [("1", {"note": "x"}), ("3", {})]
    assert summary.events[0].waiting == 1


def test_a_dry_run_stores_nothing_and_tells_all(tmp_path: Path):
    file = written(tmp_path / "log.csv", "who,at\na,2026-01-01\nb,tomorrow\na,2026-01-02\n")
    kept = Collected([])
    summary = import_files([file], parse_mapping(VISITS), kept, dry_run=True, now=NOW)
    assert kept.tables == []
    assert [p["user_id"] for p in summary.preview] == ["a", "a"]
    assert (summary.mapped, summary.accepted) == (2, 0)
    assert tuple(map(str, summary.rejections[0].examples)) == (
        "log.csv, row 2: The time 'tomorrow' of at cannot be read. Say how times are written with time_format in "
        "the mapping.",
    )


def test_files_that_no_table_asks_for_are_told(target: StoreTarget, tmp_path: Path):
    log = written(tmp_path / "log.csv", "who,at\na,2026-01-01\n")
    other = written(tmp_path / "sellers.csv", "x\n1\n")
    mapping = VISITS.replace("[table.log]", '[table.log]\nfiles = ["LOG*.csv"]')
    assert target.run(mapping, log, other).ignored == ["sellers.csv"]


def test_an_expression_that_fails_on_a_row_says_which(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.csv", "who,at,n\na,2026-01-01,x\n")
    with pytest.raises(InvalidInput, match=r"event 'Visit'.*Could not convert.*TRY_CAST"):
        target.run(VISITS + 'properties = { n = "CAST(n AS INTEGER)" }\n', file)


def test_more_than_memory(tmp_path: Path):
    """150,000 rows through 24 MB: what does not fit is spilled, batches are small."""
    at = pa.repeat(pa.scalar(datetime(2026, 1, 1, tzinfo=UTC)), 150_000)
    ids = pa.array(range(150_000))
    who = pa.array([f"user-{i % 1000}-{'x' * 60}" for i in range(150_000)])
    pq.write_table(pa.table({"who": who, "at": at, "id": ids}), tmp_path / "log.parquet")
    batches: list[int] = []

    class Counting(Collected):
        def append(self, table):  # type: ignore[no-untyped-def]
            batches.append(table.num_rows)
            return super().append(table.slice(0, 0))

    mapping = parse_mapping(VISITS + 'id = "id"\n')
    summary = import_files(
        [tmp_path / "log.parquet"], mapping, Counting([]), now=NOW, memory_limit="24MB", threads=1
    )
    assert summary.mapped == sum(batches) == 150_000
    assert max(batches) <= 131_072


cells = st.one_of(
    st.none(),
    st.sampled_from(
        ["", "a", "b", "null", "0", "2026-01-01", "2026-01-01 10:00:00", "29.3.2026", "ä ö", '"', "x,y"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(cells, cells, cells), max_size=12), st.booleans(), st.booleans())
def test_importing_twice_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, ...]], with_id: bool, as_json: bool
):
    """Whatever is in a table, the second import leaves the store as the first left it, and no row is lost."""
    folder = tmp_path_factory.mktemp("twice")
    if as_json:
        lines = [json.dumps({"who": a, "at": b, "note": c}) for a, b, c in [("z", "2025-01-01", "n"), *rows]]
        file = written(folder / "log.jsonl", "\n".join(lines) + "\n")
    else:
        quoted = [",".join('"' + (c or "").replace('"', '""') + '"' for c in row) for row in rows]
        file = written(folder / "log.csv", "\n".join(["who,at,note", "z,2025-01-01,n", *quoted]) + "\n")
    mapping = VISITS + 'properties = ["note"]\n' + ('id = "note"\n' if with_id else "")
    mapping = mapping if not with_id else VISITS + 'id = "note"\nproperties = ["note", "who"]\n'
    with target_at(folder) as target:
        first = target.run(mapping, file)
        events, rejected = target.events(), target.rejected()
        second = target.run(mapping, file)
        assert target.events() == events
        assert target.rejected() == rejected
        assert second.accepted == 0
        event = first.events[0]
        assert event.rows == len(rows) + 1
        assert event.rows == event.waiting + event.accepted + event.duplicates + event.rejected
        assert set(INCOMING.names) >= set(events[0])
