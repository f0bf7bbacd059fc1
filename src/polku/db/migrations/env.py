"""Run by Alembic through `Database.upgrade`, which hands over the connection."""

from typing import Any

from alembic import context

from polku.db.base import Base, UtcDateTime


def _type_of_ours(kind: str, item: Any, migration: Any) -> Any:
    if kind == "type" and isinstance(item, UtcDateTime):
        migration.imports.add("from polku.db import UtcDateTime")
        return "UtcDateTime()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_type_of_ours,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
