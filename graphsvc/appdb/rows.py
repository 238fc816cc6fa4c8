"""Rows of any table: their ids, the transaction they are read or written in, and dataclasses made from them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from graphsvc.appdb.engine import transaction

Made = TypeVar("Made")
# The current transaction, or the database, on which a separate one is opened.
Database = sa.Engine | sa.Connection
Condition = sa.ColumnElement[bool]


def new_id() -> str:
    """Return a random id for a new row, which reveals no order."""
    return secrets.token_hex(16)


def fill(kind: Callable[..., Made], row: Any, **values: Any) -> Made:
    """Make a dataclass from the columns of a row that have the names of its fields, and from other values."""
    names = {field.name for field in fields(cast("Any", kind))}
    return kind(**{name: value for name, value in row._mapping.items() if name in names} | values)


@contextmanager
def within(database: Database) -> Iterator[sa.Connection]:
    """Continue a transaction, or open one on a database."""
    if isinstance(database, sa.Connection):
        yield database
    else:
        with transaction(database) as connection:
            yield connection
