"""Rejected events that were taken later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from polku.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replayed_event",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("replayed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_replayed_event")),
    )


def downgrade() -> None:
    op.drop_table("replayed_event")
