"""Close every case: the next start writes its graph again, with the terms that entities and free texts are found by."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.execute("UPDATE cases SET state = 'loading'")


def downgrade() -> None:
    """Nothing to take back: terms that nobody asks for do no harm."""
