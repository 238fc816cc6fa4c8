"""The log as a chain of lines: an act and how it ended are a line each, numbered without gaps.

Lines there are keep their order and get new numbers; the key of the chain is not the database's to know, so the first
service that opens the log chains them (`access.log.chain`) and says so in it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("log") as old:
        old.drop_index("ix_log_at")
    op.rename_table("log", "log_before")
    # PostgreSQL keeps the name of the key beside the table's new one.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_log RENAME TO pk_log_before")
    log = op.create_table(
        "log",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("of_line", _ID, nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=100), server_default="", nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("sources_hmac", sa.String(length=64), nullable=False),
        sa.Column("hmac", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["of_line"], ["log.id"], name=op.f("fk_log_of_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
        sa.UniqueConstraint("of_line", name=op.f("uq_log_of_line")),
    )
    for column in ("at", "account", "action", "case_id"):
        op.create_index(op.f(f"ix_log_{column}"), "log", [column])
    op.create_table(
        "log_sources",
        sa.Column("line", _ID, nullable=False),
        sa.Column("pseudonym", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["line"], ["log.id"], name=op.f("fk_log_sources_line")),
        sa.PrimaryKeyConstraint("line", "pseudonym", name=op.f("pk_log_sources")),
    )
    op.create_index(op.f("ix_log_sources_pseudonym"), "log_sources", ["pseudonym"])
    _carry_over(log)
    op.drop_table("log_before")


def _carry_over(log: sa.Table) -> None:
    """Each old line as the line of the act and, if it ended, that of its end."""
    before = sa.table(
        "log_before",
        *(sa.column(name) for name in ("id", "account", "purpose", "action", "case_id", "outcome", "rows")),
        sa.column("at", sa.DateTime),
        sa.column("ended_at", sa.DateTime),
        sa.column("detail", sa.JSON),
    )
    number = 0
    end = {"account": "", "purpose": "", "action": "", "case_id": "", "detail": {}}
    sealed = {"sources_hmac": "", "hmac": ""}
    connection = op.get_bind()
    for row in connection.execute(sa.select(before).order_by(before.c.id)).all():
        number += 1
        act = {name: getattr(row, name) for name in ("at", "account", "purpose", "action", "case_id", "detail")}
        connection.execute(
            log.insert().values(id=number, of_line=None, outcome="begun", rows=None, **(end | act), **sealed)
        )
        if row.ended_at is not None:
            ended = {"at": row.ended_at, "outcome": row.outcome, "rows": row.rows}
            connection.execute(log.insert().values(id=number + 1, of_line=number, **end, **ended, **sealed))
            number += 1


def downgrade() -> None:
    """Take the change back: a line for each act again. What the chain proved is lost."""
    op.create_table(
        "log_before",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=100), server_default="", nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=200), server_default="begun", nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_before")),
    )
    op.execute(
        "INSERT INTO log_before (id, at, account, purpose, action, case_id, detail, outcome, rows, ended_at)"
        " SELECT act.id, act.at, act.account, act.purpose, act.action, act.case_id, act.detail,"
        " COALESCE(ended.outcome, act.outcome), ended.rows, ended.at"
        " FROM log AS act LEFT JOIN log AS ended ON ended.of_line = act.id WHERE act.of_line IS NULL"
    )
    op.drop_table("log_sources")
    op.drop_table("log")
    op.rename_table("log_before", "log")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_log_before RENAME TO pk_log")
    op.create_index(op.f("ix_log_at"), "log", ["at"])
