"""With which weights of gradings a case's figures were computed: none yet, so the next start computes them anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("cases", sa.Column("graded_with", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("cases", "graded_with")
