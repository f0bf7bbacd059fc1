"""When somebody who was invited to a survey began to answer it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from polku.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invitation") as table:
        table.add_column(sa.Column("started_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("invitation") as table:
        table.drop_column("started_at")
