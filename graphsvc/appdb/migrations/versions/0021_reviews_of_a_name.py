"""Which reviews are of somebody who stood by name then and does not any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; whom two persons sealed since they were reviewed is known."""
    op.add_column("reviews", sa.Column("of_name", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE reviews SET of_name = true WHERE EXISTS (SELECT 1 FROM overrules WHERE overrules.case_id = reviews.case_id"
        " AND overrules.pseudonym = reviews.pseudonym AND overrules.kind = 'sealed' AND overrules.at > reviews.at)"
    )
