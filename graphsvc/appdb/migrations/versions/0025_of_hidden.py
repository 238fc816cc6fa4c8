"""Records with requests and holds whether their person was hidden then; earlier ones about a person count as hidden."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column to both tables."""
    for table in ("holds", "requests"):
        op.add_column(table, sa.Column("of_hidden", sa.Boolean, nullable=False, server_default=sa.true()))
    holds = sa.table("holds", sa.column("pseudonym"), sa.column("of_hidden", sa.Boolean))
    requests = sa.table("requests", sa.column("kind"), sa.column("of_hidden", sa.Boolean))
    op.execute(holds.update().where(holds.c.pseudonym == "").values(of_hidden=False))
    op.execute(requests.update().where(requests.c.kind.in_(("export", "loosen"))).values(of_hidden=False))
