"""Write a migration from what the tables are to what the code says: `python scripts/migration.py "What changes"`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

import polku.app  # noqa: F401 - every slice's tables are declared when it is imported
from polku.db import Database

MIGRATIONS = Path(__file__).parent.parent / "src" / "polku" / "db" / "migrations"


def main() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/polku.db")
        database.upgrade()
        with database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.revision(config, sys.argv[1], autogenerate=True, rev_id=f"{number:04d}")
        database.close()


if __name__ == "__main__":
    main()
