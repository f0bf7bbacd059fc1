"""Mailings to segments and by text message, whom a survey shows itself to, and consent as a rule of asking."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from polku.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

Columns = tuple[sa.Column[Any], ...]


def _mailing() -> Columns:
    return (
        sa.Column("kind", sa.String(length=8), nullable=False, server_default="list"),
        sa.Column("channel", sa.String(length=8), nullable=False, server_default="email"),
        sa.Column("segment", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("who", sa.Text(), nullable=False, server_default=""),
        sa.Column("words", sa.Text(), nullable=False, server_default=""),
        sa.Column("state", sa.String(length=12), nullable=False, server_default="done"),
        sa.Column("total", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("read_to", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("told", sa.Text(), nullable=False, server_default="{}"),
    )


def _rules() -> Columns:
    return (
        sa.Column("consent_trait", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("ask_unknown", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def _placement() -> Columns:
    return (
        sa.Column("segment", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("who", sa.Text(), nullable=False, server_default=""),
        sa.Column("touchpoint", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("within_minutes", sa.Integer(), nullable=False, server_default="30"),
    )


def upgrade() -> None:
    for table, columns in (
        ("survey_mailing", _mailing()),
        ("asking_rules", _rules()),
        ("survey_placement", _placement()),
    ):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
    op.execute("UPDATE survey_mailing SET kind = 'trigger' WHERE touchpoint <> ''")
    with op.batch_alter_table("invitation") as batch:
        batch.add_column(sa.Column("mailing", sa.Integer(), nullable=True))
    op.create_index("ix_invitation_mailing", "invitation", ["mailing"])
    op.create_table(
        "site_key",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_key")),
    )


def downgrade() -> None:
    op.drop_table("site_key")
    op.drop_index("ix_invitation_mailing", "invitation")
    with op.batch_alter_table("invitation") as batch:
        batch.drop_column("mailing")
    for table, columns in (
        ("survey_placement", _placement()),
        ("asking_rules", _rules()),
        ("survey_mailing", _mailing()),
    ):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)
