"""Accounts that were added by form and wait to open with others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "waiting",
        sa.Column("case_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("held_by", sa.String(length=100), server_default="", nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_waiting_case_id")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_waiting")),
    )
    op.add_column("deliveries", sa.Column("opened_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("deliveries") as altered:
        altered.drop_column("opened_at")
    op.drop_table("waiting")
