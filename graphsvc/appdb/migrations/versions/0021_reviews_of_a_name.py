"""Reviews of people who were named then and no longer are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and mark reviews of people who were sealed by decision after the review."""
    op.add_column("reviews", sa.Column("of_name", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE reviews SET of_name = true WHERE EXISTS (SELECT 1 FROM overrules WHERE overrules.case_id = reviews.case_id"
        " AND overrules.pseudonym = reviews.pseudonym AND overrules.kind = 'sealed' AND overrules.at > reviews.at)"
    )
