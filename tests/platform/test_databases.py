from __future__ import annotations

from sqlalchemy import create_engine, inspect, text


def test_every_test_gets_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text("CREATE TABLE seen (id INTEGER PRIMARY KEY)"))
        assert inspect(connection).get_table_names() == ["seen"]
    engine.dispose()


def test_another_test_does_not_see_its_tables(database_url: str) -> None:
    test_every_test_gets_an_empty_database(database_url)
