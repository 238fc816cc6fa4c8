"""List of cases, and the number of changes to each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from graphsvc.access.gate.standing import VERSION
from graphsvc.access.people.policy import no_such_case
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import tables, transaction

# Run at every request, so built once.
_CASES = sa.select(
    *(tables.cases.c[name] for name in ("id", "state", *VERSION.values(), "created_at", "protection"))
).order_by(tables.cases.c.id)
_VERSION = {
    readers: sa.select(tables.cases.c[name]).where(tables.cases.c.id == sa.bindparam("case"))
    for readers, name in VERSION.items()
}


def known_cases(database: sa.Engine) -> list[dict[str, Any]]:
    """Return every case: id, state, version, version_s, version_p, created_at, protection."""
    with transaction(database) as connection:
        return [dict(row) for row in connection.execute(_CASES).mappings()]


def version_of(database: sa.Engine, case: str, grant: Grant) -> int:
    """Return the number of changes to a case that are visible at a clearance.

    Raises:
        NotFound: no such case.
    """
    with transaction(database) as connection:
        version = connection.execute(_VERSION[grant.among], {"case": case}).scalar()
    if version is None:
        raise no_such_case(case)
    return int(version)
