"""How everybody stands in a case, by name or by pseudonym, kept apart from the cells, and a version of what is P alone.

Cases are written again with it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("cases", sa.Column("standings_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("cases", sa.Column("version_p", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE cases SET version_p = version")
    op.execute("UPDATE cases SET state = 'loading'")


def downgrade() -> None:
    """Take it back."""
    op.drop_column("cases", "version_p")
    op.drop_column("cases", "standings_sealed")
