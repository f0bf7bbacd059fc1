"""Designed journeys and their steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from polku.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journey_design",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_design")),
        sa.UniqueConstraint("key", name=op.f("uq_journey_design_key")),
    )
    op.create_table(
        "journey_design_step",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("touchpoints", sa.String(length=800), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("repeats", sa.Boolean(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("within_s", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["design_id"],
            ["journey_design.id"],
            name=op.f("fk_journey_design_step_design_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_design_step")),
    )
    op.create_index(op.f("ix_journey_design_step_design_id"), "journey_design_step", ["design_id"])


def downgrade() -> None:
    op.drop_table("journey_design_step")
    op.drop_table("journey_design")
