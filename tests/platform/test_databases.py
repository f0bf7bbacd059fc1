from __future__ import annotations

from sqlalchemy import create_engine, inspect, select, text

from polku.collect.store import create_source
from polku.collect.tables import Source
from polku.db import Database


def test_every_test_gets_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text("CREATE TABLE seen (id INTEGER PRIMARY KEY)"))
        assert inspect(connection).get_table_names() == ["seen"]
    engine.dispose()


def test_another_test_does_not_see_its_tables(database_url: str) -> None:
    test_every_test_gets_an_empty_database(database_url)


def test_every_test_gets_empty_tables_that_number_from_one(tables: Database) -> None:
    with tables.session() as session:
        assert session.scalars(select(Source)).all() == []
        assert create_source(session, name="Shop", kind="web").id == 1


def test_another_test_does_not_see_what_was_put_there(tables: Database) -> None:
    test_every_test_gets_empty_tables_that_number_from_one(tables)
