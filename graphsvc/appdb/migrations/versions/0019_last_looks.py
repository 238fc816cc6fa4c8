"""The time when an account last marked the news of a case as seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "last_looks",
        sa.Column("case_id", sa.String(100), sa.ForeignKey("cases.id", name="fk_last_looks_case_id"), nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "account", name="pk_last_looks"),
    )
