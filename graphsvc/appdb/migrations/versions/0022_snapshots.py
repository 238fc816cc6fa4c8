"""The state of a case as it shows under handling code P, which snapshots are of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; cases have none in it until they are written again, and no snapshot under P."""
    op.add_column("cases", sa.Column("mark_p", sa.String(32)))
