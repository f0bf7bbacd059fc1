"""Expressions can compute and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from polku.collect.files.expressions import Columns, checked
from polku.collect.files.staging import open_stage
from polku.errors import InvalidInput

COLUMNS = Columns("orders", ["id", "Unit Price", "at"], {"customers": ["city", "zip code"]}, "orders.csv")


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("id", '"id"'),
        ("Unit Price", '"Unit Price"'),
        ("customers.city", "(customers.city\n)"),
        ("lower(ID) || '-' || customers.city", "(lower(ID) || '-' || customers.city\n)"),
        ("CASE WHEN id = '1' THEN 2 END", "(CASE WHEN id = '1' THEN 2 END\n)"),
        ("'constant'", "('constant'\n)"),
    ],
)
def test_columns_and_functions(database: duckdb.DuckDBPyConnection, text: str, sql: str):
    assert checked(text, COLUMNS, database, where="here") == sql


@pytest.mark.parametrize(
    "text",
    [
        "(SELECT content FROM read_text('/etc/passwd'))",
        "id) FROM orders --",
        "id) FROM read_csv('/etc/passwd') WHERE (true",
        "id), (at",
        "id) LIMIT (1",
        "1); DROP TABLE orders; SELECT (1",
        "EXISTS (FROM orders)",
        "?",
        "*",
        "columns('i.*')",
        "sum(id) OVER ()",
        "now()",
        "current_date",
        "random()",
        "md5(uuid()::VARCHAR)",
        "id +",
        "",
        "   ",
    ],
)
def test_anything_else_is_refused(database: duckdb.DuckDBPyConnection, text: str):
    with pytest.raises(InvalidInput) as error:
        checked(text, COLUMNS, database, where="event 'Order', value")
    assert "event 'Order', value" in error.value.message


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("idd", "'id'"),
        ("unit price", "'Unit Price'"),
        ("customers.citty", "'customers.city'"),
        ("lower(att)", "'at'"),
    ],
)
def test_an_unknown_column_names_the_nearest(database: duckdb.DuckDBPyConnection, text: str, near: str):
    with pytest.raises(InvalidInput) as error:
        checked(text, COLUMNS, database, where="here")
    assert f"Did you mean {near}?" in error.value.message
    assert "orders.csv" in error.value.message


def test_a_sealed_stage_reads_no_files_even_without_the_check(tmp_path: Path):
    (tmp_path / "stage").mkdir()
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    stage = open_stage(tmp_path / "stage", memory_limit="200MB", threads=1)
    stage.database.execute(f"SELECT * FROM read_csv('{secret}')")
    stage.seal()
    for query in (
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM read_text('{secret}')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET threads = 2",
    ):
        with pytest.raises(duckdb.Error):
            stage.database.execute(query)
    stage.close()
