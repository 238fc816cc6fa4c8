"""Table of pairs of cases that share their ids: two rows for each declaration, so that either case finds it."""

from __future__ import annotations

import sqlalchemy as sa

from graphsvc.appdb.schema import metadata, sealed_column

shared_ids = sa.Table(
    "shared_ids",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("other_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("account", sa.String(100), nullable=False),
    sealed_column("reason_sealed", "shared ids {case_id} {other_id}"),  # under the key of the case
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("ended_by", sa.String(100), nullable=False, server_default=""),
    sa.Column("ended_at", sa.DateTime),
)
