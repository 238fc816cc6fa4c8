"""Which account bears a name: the other tables of the application database know accounts by number."""

from __future__ import annotations

import sqlalchemy as sa

from graphsvc.appdb import tables
from graphsvc.errors import RequestError


def no_such_account(name: str) -> RequestError:
    """The one answer to a name that no account bears."""
    return RequestError(f"There is no account {name!r}. `graphsvc users list` lists them.")


def number_of(connection: sa.Connection, name: str, *, disabled: bool = False) -> int:
    """The number of the account of that name; also of a disabled one where `disabled`.

    Raises:
        RequestError: there is none.
    """
    number = found(connection, name, disabled=disabled)
    if number is None:
        raise no_such_account(name)
    return number


def found(connection: sa.Connection, name: str, *, disabled: bool = False) -> int | None:
    """The same, and None where there is none."""
    table = tables.accounts
    which = [table.c.name == name] if disabled else [table.c.name == name, ~table.c.disabled]
    number = connection.execute(sa.select(table.c.id).where(*which)).scalar()
    return None if number is None else int(number)
