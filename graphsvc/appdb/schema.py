"""Names of constraints, and encrypted columns: a value can be decrypted only in its own row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def sealed_column(name: str, context: str, *, nullable: bool = False) -> sa.Column[bytes]:
    """Return a column of encrypted text; `context`, filled in with the row's columns, binds each value to its row."""
    return sa.Column(name, sa.LargeBinary, nullable=nullable, info={"context": context})


def context_of(column: sa.Column[bytes], row: Mapping[str, Any] | sa.RowMapping) -> str:
    """Return the text that binds the sealed words of a column to a row."""
    return str(column.info["context"]).format(**row)
