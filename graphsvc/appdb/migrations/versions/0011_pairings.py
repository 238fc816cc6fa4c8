"""What somebody decided on two sources, against what the case says they share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change. Cases are written again, with what their sources share kept by reason."""
    op.create_table(
        "pairings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=100), nullable=False),
        sa.Column("one", sa.String(length=40), nullable=False),
        sa.Column("other", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("handling", sa.String(length=1), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("ended_by", sa.String(length=100), server_default="", nullable=False),
        sa.Column("ended_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_pairings_case_id", "pairings", ["case_id"])
    op.execute("UPDATE cases SET state = 'loading'")


def downgrade() -> None:
    """Take it back: what was decided is gone, and figures are computed without it at the next start."""
    op.drop_table("pairings")
    op.execute("UPDATE cases SET state = 'loading'")
