"""Failed sign-ins by address as well, sign-ins that begin and are bound, and the level of recipients and of what views keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change. Whoever is signed in on the web signs in anew, and failures are counted anew."""
    op.drop_table("attempts")
    op.create_table(
        "attempts",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_name_hash"), "attempts", ["name_hash"])
    op.create_index(op.f("ix_attempts_until"), "attempts", ["until"])
    op.create_table(
        "known_places",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_known_places_account_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_known_places")),
    )
    op.create_index(op.f("ix_known_places_account_id"), "known_places", ["account_id"])
    op.execute("DELETE FROM tokens WHERE kind = 'web'")
    op.add_column("tokens", sa.Column("ends_at", sa.DateTime(), nullable=True))
    op.add_column("tokens", sa.Column("bound", sa.String(length=64), server_default="", nullable=False))
    # Whoever was named in an export that P alone says is told at P; of the others nothing says so.
    op.add_column("recipients", sa.Column("handling", sa.String(length=1), server_default="C", nullable=False))
    op.execute(
        "UPDATE recipients SET handling = 'P' WHERE EXISTS (SELECT 1 FROM exports WHERE exports.case_id ="
        " recipients.case_id AND exports.recipient = recipients.id AND exports.handling = 'P')"
    )
    op.add_column("picture_versions", sa.Column("sources", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute(
        sa.text(
            "UPDATE picture_versions SET sources = :no WHERE EXISTS (SELECT 1 FROM pictures WHERE pictures.id ="
            " picture_versions.picture_id AND pictures.account = picture_versions.account AND pictures.sources = :no)"
        ).bindparams(sa.bindparam("no", False, sa.Boolean()))
    )


def downgrade() -> None:
    """Take it back."""
    for table, column in (
        ("picture_versions", "sources"),
        ("recipients", "handling"),
        ("tokens", "bound"),
        ("tokens", "ends_at"),
    ):
        with op.batch_alter_table(table) as altered:
            altered.drop_column(column)
    op.drop_table("known_places")
    op.drop_table("attempts")
    op.create_table(
        "attempts",
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_at"), "attempts", ["at"])
