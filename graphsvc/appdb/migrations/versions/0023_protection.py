"""The protection of a case, which decides which of its people are named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; every existing case stays a witness case, the stricter protection."""
    op.add_column("cases", sa.Column("protection", sa.String(10), nullable=False, server_default="witness"))
    op.add_column("cases", sa.Column("loosened_at", sa.DateTime))
