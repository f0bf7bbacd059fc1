"""The migrations make the very tables that the slices declare."""

from importlib import import_module
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import polku
from polku.db import Base, Database

PACKAGE = Path(polku.__file__).parent


def test_migrations_lead_to_the_declared_tables(database_url: str) -> None:
    for file in sorted(PACKAGE.rglob("tables.py")):
        import_module(".".join(("polku", *file.relative_to(PACKAGE).with_suffix("").parts)))
    database = Database(database_url)
    database.upgrade()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    database.close()
