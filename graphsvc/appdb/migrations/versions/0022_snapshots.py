"""The mark of a case's state as visible under handling code P, to which snapshots belong."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; until a case is next written it has no mark, and no snapshots under P."""
    op.add_column("cases", sa.Column("mark_p", sa.String(32)))
