"""Accounts: second factor, the grant for free Cypher, and failed sign-ins counted by name, whoever has it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    # Column by column: on SQLite a batch would copy the table, which others refer to.
    op.add_column("accounts", sa.Column("free_cypher", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_column("accounts", "failures")
    op.drop_column("accounts", "locked_until")
    op.add_column("tokens", sa.Column("limited", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_second_factors_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "attempts",
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_at"), "attempts", ["at"])


def downgrade() -> None:
    """Take the change back. Second factors are lost."""
    op.drop_index(op.f("ix_attempts_at"), "attempts")
    op.drop_table("attempts")
    op.drop_table("second_factors")
    op.drop_column("tokens", "limited")
    op.add_column("accounts", sa.Column("locked_until", sa.DateTime(), nullable=True))
    op.add_column("accounts", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.drop_column("accounts", "free_cypher")
