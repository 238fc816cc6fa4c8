"""External daily counts that a case is compared with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "reference_series",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column(
            "case_id", sa.String(100), sa.ForeignKey("cases.id", name="fk_reference_series_case_id"), nullable=False
        ),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary, nullable=False),
        sa.Column("counts_sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reference_series"),
    )
    op.create_index("ix_reference_series_case_id", "reference_series", ["case_id"])
