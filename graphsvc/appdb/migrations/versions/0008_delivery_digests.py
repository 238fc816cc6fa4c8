"""No digests of deliveries: whoever guessed all of one, an erased person in it, could confirm the guess.

A repeated delivery is told by the rows that are kept (`cases.deliveries.casework`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.drop_column("deliveries", "digest")


def downgrade() -> None:
    """Take it back; an empty digest is that of no delivery."""
    op.add_column("deliveries", sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))
