"""The tables of the first release, frozen: every later change is a separate migration.

It has the number 0024 because the earlier migrations led to the same tables: a home that had them all is unchanged.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = None
branch_labels = None
depends_on = None

_LINE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    first = sa.MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )
    sa.Table(
        "accounts",
        first,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(200), nullable=False, server_default=""),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("free_cypher", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    sa.Table(
        "attempts",
        first,
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("name_hash", sa.String(64), nullable=False, index=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False, index=True),
    )
    sa.Table(
        "cases",
        first,
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("key_sealed", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(10), nullable=False, server_default="open"),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("dependence_sealed", sa.LargeBinary),
        sa.Column("graded_with", sa.String(64)),
        sa.Column("standings_sealed", sa.LargeBinary),
        sa.Column("version_p", sa.Integer, nullable=False, server_default="0"),
        sa.Column("held", sa.JSON),
        sa.Column("mark_p", sa.String(32)),
        sa.Column("protection", sa.String(10), nullable=False, server_default="witness"),
        sa.Column("loosened_at", sa.DateTime),
    )
    sa.Table(
        "jobs",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("case_id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("total", sa.Integer, nullable=False, server_default="0"),
        sa.Column("text", sa.Text, nullable=False, server_default=""),
        sa.Column("result", sa.JSON),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
    )
    sa.Table(
        "log",
        first,
        sa.Column("id", _LINE, primary_key=True, autoincrement=False),
        sa.Column("of_line", sa.ForeignKey("log.id"), unique=True),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("account", sa.String(100), nullable=False, index=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("action", sa.String(40), nullable=False, index=True),
        sa.Column("case_id", sa.String(100), nullable=False, server_default="", index=True),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("outcome", sa.String(200), nullable=False),
        sa.Column("rows", sa.Integer),
        sa.Column("sources_hmac", sa.String(64), nullable=False),
        sa.Column("hmac", sa.String(64), nullable=False),
    )
    sa.Table(
        "rewrites",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.String(100), nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("done_at", sa.DateTime),
    )
    sa.Table(
        "uploads",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("case_id", sa.String(100), nullable=False),
        sa.Column("suffix", sa.String(10), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
    )
    sa.Table(
        "vault",
        first,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("root_sealed", sa.LargeBinary, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rotated_at", sa.DateTime),
    )
    sa.Table(
        "account_roles",
        first,
        sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("role", sa.String(40), primary_key=True),
    )
    sa.Table(
        "comments",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("sources", sa.Boolean, nullable=False),
        sa.Column("about_sealed", sa.LargeBinary, nullable=False),
        sa.Column("words_sealed", sa.LargeBinary, nullable=False),
        sa.Column("taken_back_at", sa.DateTime),
        sa.Index("ix_comments_case_id_about", "case_id", "about"),
    )
    sa.Table(
        "cypher_texts",
        first,
        sa.Column("line", sa.ForeignKey("log.id"), primary_key=True),
        sa.Column("case_id", sa.String(100), nullable=False, index=True),
        sa.Column("text_sealed", sa.LargeBinary, nullable=False),
        sa.Column("masked", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    sa.Table(
        "deliveries",
        first,
        sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("partial", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("loaded_at", sa.DateTime, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary),
        sa.Column("opened_at", sa.DateTime),
    )
    sa.Table(
        "drafts",
        first,
        sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("account", sa.String(100), primary_key=True),
        sa.Column("sitting", sa.String(32), primary_key=True),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("picture_id", sa.String(40), nullable=False, server_default=""),
        sa.Column("number", sa.Integer, nullable=False, server_default="0"),
        sa.Column("state_sealed", sa.LargeBinary, nullable=False),
    )
    sa.Table(
        "exports",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("recipient", sa.String(40), nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("nodes", sa.Integer, nullable=False),
        sa.Column("links", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary, nullable=False),
        sa.Column("content_sealed", sa.LargeBinary),
        sa.Column("shown_sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("given_at", sa.DateTime),
        sa.Column("recall", sa.String(10), nullable=False, server_default=""),
        sa.Column("recall_at", sa.DateTime),
        sa.Column("recalled_at", sa.DateTime),
    )
    sa.Table(
        "grants",
        first,
        sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("case_id", sa.String(100), primary_key=True),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("sources", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    sa.Table(
        "holds",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("pseudonym", sa.String(40), nullable=False, server_default=""),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
        sa.Column("review_on", sa.Date, nullable=False),
        sa.Column("added_by", sa.String(100), nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.Column("released_by", sa.String(100), nullable=False, server_default=""),
        sa.Column("released_at", sa.DateTime),
    )
    sa.Table(
        "identities",
        first,
        sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("pseudonym", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary, nullable=False),
        sa.Column("values_sealed", sa.LargeBinary, nullable=False),
    )
    sa.Table(
        "known_places",
        first,
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    sa.Table(
        "log_sources",
        first,
        sa.Column("line", sa.ForeignKey("log.id"), primary_key=True),
        sa.Column("pseudonym", sa.String(40), primary_key=True, index=True),
    )
    sa.Table(
        "overrules",
        first,
        sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("pseudonym", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    sa.Table(
        "pairings",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("one", sa.String(40), nullable=False),
        sa.Column("other", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(11), nullable=False),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("ended_by", sa.String(100), nullable=False, server_default=""),
        sa.Column("ended_sealed", sa.LargeBinary),
        sa.Column("ended_at", sa.DateTime),
    )
    sa.Table(
        "pictures",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("sources", sa.Boolean, nullable=False),
        sa.Column("words_sealed", sa.LargeBinary, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
    sa.Table(
        "provenance",
        first,
        sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("claim_id", sa.String(40), primary_key=True),
        sa.Column("delivery", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
    )
    sa.Table(
        "questions",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("claim_id", sa.String(40), nullable=False),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    sa.Table(
        "recipients",
        first,
        sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name_sealed", sa.LargeBinary, nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.Column("handling", sa.String(1), nullable=False, server_default="C"),
    )
    sa.Table(
        "requests",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("pseudonym", sa.String(40), nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(100), nullable=False, server_default=""),
        sa.Column("decided_at", sa.DateTime),
        sa.Column("answer_sealed", sa.LargeBinary),
        sa.Column("until", sa.DateTime),
        sa.Column("opened_at", sa.DateTime),
        sa.Column("ended_at", sa.DateTime),
    )
    sa.Table(
        "reviews",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("pseudonym", sa.String(40), nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("judgement", sa.String(10), nullable=False),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("sources", sa.Boolean, nullable=False),
        sa.Column("case_version", sa.Integer, nullable=False),
        sa.Column("rules", sa.String(20), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary, nullable=False),
        sa.Column("of_name", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    sa.Table(
        "saved_queries",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
    sa.Table(
        "second_factors",
        first,
        sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("key_sealed", sa.LargeBinary, nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary, nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),
    )
    sa.Table(
        "tokens",
        first,
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("purpose", sa.Text, nullable=False, server_default=""),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("limited", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("ends_at", sa.DateTime),
        sa.Column("bound", sa.String(64), nullable=False, server_default=""),
    )
    sa.Table(
        "waiting",
        first,
        sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("partial", sa.Boolean, nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("held_by", sa.String(100), nullable=False, server_default=""),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary, nullable=False),
    )
    sa.Table(
        "picture_versions",
        first,
        sa.Column("picture_id", sa.ForeignKey("pictures.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("said", sa.String(200), nullable=False),
        sa.Column("state_sealed", sa.LargeBinary, nullable=False),
        sa.Column("sources", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    sa.Table(
        "last_looks",
        first,
        sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("account", sa.String(100), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    sa.Table(
        "reference_series",
        first,
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("handling", sa.String(1), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary, nullable=False),
        sa.Column("counts_sealed", sa.LargeBinary, nullable=False),
    )
    sa.Table(
        "shared_ids",
        first,
        sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("other_id", sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("ended_by", sa.String(100), nullable=False, server_default=""),
        sa.Column("ended_at", sa.DateTime),
    )
    first.create_all(op.get_bind(), checkfirst=False)
