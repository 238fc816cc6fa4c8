"""Finds an account by its name: other tables of the application database refer to accounts by number."""

from __future__ import annotations

import sqlalchemy as sa

from graphsvc.appdb import tables
from graphsvc.errors import RequestError


def no_such_account(name: str) -> RequestError:
    """Return the error for a name that no account has."""
    return RequestError(f"There is no account {name!r}. `graphsvc users list` lists them.")


def number_of(connection: sa.Connection, name: str, *, disabled: bool = False) -> int:
    """Return the number of the account with a name; disabled accounts count only if `disabled`.

    Raises:
        RequestError: there is no such account.
    """
    number = find_number(connection, name, disabled=disabled)
    if number is None:
        raise no_such_account(name)
    return number


def find_number(connection: sa.Connection, name: str, *, disabled: bool = False) -> int | None:
    """Return the same as `number_of`, or None if there is no such account."""
    table = tables.accounts
    conditions = [table.c.name == name] if disabled else [table.c.name == name, ~table.c.disabled]
    number = connection.execute(sa.select(table.c.id).where(*conditions)).scalar()
    return None if number is None else int(number)
