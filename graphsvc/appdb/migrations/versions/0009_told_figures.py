"""Close every case: the next start writes its graph again, with the figures as a reader without source clearance is told them."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.execute("UPDATE cases SET state = 'loading'")


def downgrade() -> None:
    """Nothing to take back: figures that nobody asks for do no harm."""
