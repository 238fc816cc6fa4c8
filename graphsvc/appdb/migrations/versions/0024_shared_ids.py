"""Pairs of cases that share their ids, by a custodian's declaration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "shared_ids",
        sa.Column("case_id", sa.String(100), sa.ForeignKey("cases.id", name="fk_shared_ids_case_id"), nullable=False),
        sa.Column("other_id", sa.String(100), sa.ForeignKey("cases.id", name="fk_shared_ids_other_id"), nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("ended_by", sa.String(100), nullable=False, server_default=""),
        sa.Column("ended_at", sa.DateTime),
        sa.PrimaryKeyConstraint("case_id", "other_id", name="pk_shared_ids"),
    )
