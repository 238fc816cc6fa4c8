"""Pictures of the network that people keep, with their versions; where somebody was last; comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "pictures",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("handling", sa.String(length=1), nullable=False),
        sa.Column("sources", sa.Boolean(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pictures_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
    )
    op.create_index(op.f("ix_pictures_case_id"), "pictures", ["case_id"])
    op.create_table(
        "picture_versions",
        sa.Column("picture_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("state_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name=op.f("fk_picture_versions_picture_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_picture_versions_case_id")),
        sa.PrimaryKeyConstraint("picture_id", "number", name=op.f("pk_picture_versions")),
    )
    op.create_index(op.f("ix_picture_versions_case_id"), "picture_versions", ["case_id"])
    op.create_table(
        "drafts",
        sa.Column("case_id", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("sitting", sa.String(length=32), nullable=False),
        sa.Column("handling", sa.String(length=1), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("picture_id", sa.String(length=40), server_default="", nullable=False),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_drafts_case_id")),
        sa.PrimaryKeyConstraint("case_id", "account", "sitting", name=op.f("pk_drafts")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=100), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("handling", sa.String(length=1), nullable=False),
        sa.Column("sources", sa.Boolean(), nullable=False),
        sa.Column("about_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_comments_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_case_id_about", "comments", ["case_id", "about"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("comments")
    op.drop_table("drafts")
    op.drop_table("picture_versions")
    op.drop_table("pictures")
