"""What the graph held of each case when it was last written: none is known yet, so the next start writes it again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("cases", sa.Column("held", sa.JSON(), nullable=True))
    op.execute("UPDATE cases SET state = 'loading'")


def downgrade() -> None:
    """Take it back."""
    op.drop_column("cases", "held")
