"""Gives readers cleared for P and for sources a separate data version, which starts at that of P readers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the version and the mark of these readers."""
    op.add_column("cases", sa.Column("version_s", sa.Integer, nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("mark_s", sa.String(32)))
    cases = sa.table("cases", *(sa.column(name) for name in ("version_s", "version_p", "mark_s", "mark_p")))
    op.execute(cases.update().values(version_s=cases.c.version_p, mark_s=cases.c.mark_p))
