"""List of cases, and the number of changes to each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from graphsvc.access.people.policy import no_such_case
from graphsvc.appdb import tables, transaction

# Run at every request, so built once.
_CASES = sa.select(
    *(tables.cases.c[name] for name in ("id", "state", "version", "version_p", "created_at", "protection"))
).order_by(tables.cases.c.id)
_VERSION = {
    name: sa.select(tables.cases.c[name]).where(tables.cases.c.id == sa.bindparam("case"))
    for name in ("version", "version_p")
}


def known_cases(database: sa.Engine) -> list[dict[str, Any]]:
    """Return every case: id, state, version, version_p, created_at, protection."""
    with transaction(database) as connection:
        return [dict(row) for row in connection.execute(_CASES).mappings()]


def version_for(handling: str) -> str:
    """Return the column that counts changes visible to readers cleared for a handling code."""
    return "version" if handling == "C" else "version_p"


def version_of(database: sa.Engine, case: str, handling: str = "C") -> int:
    """Return the number of changes to a case visible to readers cleared for a handling code.

    Raises:
        NotFound: no such case.
    """
    with transaction(database) as connection:
        version = connection.execute(_VERSION[version_for(handling)], {"case": case}).scalar()
    if version is None:
        raise no_such_case(case)
    return int(version)
