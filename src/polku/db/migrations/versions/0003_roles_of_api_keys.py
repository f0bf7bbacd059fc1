"""API keys have a role of their own. Those made before may what their users may, as they could."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_key") as table:
        table.add_column(sa.Column("role", sa.String(length=20), nullable=False, server_default="admin"))
    with op.batch_alter_table("api_key") as table:
        table.alter_column("role", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("api_key") as table:
        table.drop_column("role")
