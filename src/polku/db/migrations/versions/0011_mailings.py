"""Mailings of surveys, rules of asking, and addresses from lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from polku.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asking_rules",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("gap_days", sa.Integer(), nullable=False),
        sa.Column("touchpoint_gap_days", sa.Integer(), nullable=False),
        sa.Column("gap_without_answer_days", sa.Integer(), nullable=False),
        sa.Column("most_a_year", sa.Integer(), nullable=False),
        sa.Column("latest_days", sa.Integer(), nullable=False),
        sa.Column("opens", sa.SmallInteger(), nullable=False),
        sa.Column("closes", sa.SmallInteger(), nullable=False),
        sa.Column("weekends", sa.Boolean(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("remind_after_days", sa.Integer(), nullable=False),
        sa.Column("reminders", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asking_rules")),
    )
    op.create_table(
        "survey_mailing",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("survey", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("touchpoint", sa.String(length=80), nullable=False),
        sa.Column("after_days", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("looked_seq", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_mailing")),
    )
    op.create_index("ix_survey_mailing_survey", "survey_mailing", ["survey"])
    op.create_table(
        "survey_recipient",
        sa.Column("survey", sa.String(length=60), nullable=False),
        sa.Column("profile", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("survey", "profile", name=op.f("pk_survey_recipient")),
    )
    op.create_index(op.f("ix_survey_recipient_added_at"), "survey_recipient", ["added_at"])


def downgrade() -> None:
    op.drop_table("survey_recipient")
    op.drop_table("survey_mailing")
    op.drop_table("asking_rules")
