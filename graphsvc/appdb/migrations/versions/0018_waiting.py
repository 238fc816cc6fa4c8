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
    op.add_column("deliveries", sa.Column("opened_at", sa.DateTime(), nullable=True))
    op.add_column("deliveries", sa.Column("held_by", sa.String(length=100), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("deliveries") as altered:
        altered.drop_column("held_by")
        altered.drop_column("opened_at")
