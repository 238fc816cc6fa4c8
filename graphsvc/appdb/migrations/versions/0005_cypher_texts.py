"""The texts of Cypher that were typed, beside their lines of the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "cypher_texts",
        sa.Column("line", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("case_id", sa.String(100), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["line"], ["log.id"], name=op.f("fk_cypher_texts_line")),
        sa.PrimaryKeyConstraint("line", name=op.f("pk_cypher_texts")),
    )
    op.create_index(op.f("ix_cypher_texts_case_id"), "cypher_texts", ["case_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("cypher_texts")
