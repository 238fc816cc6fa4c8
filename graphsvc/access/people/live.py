"""Sign-ins, sign-in links and open identities, all valid for a limited time; setting the clock back ends them.

Otherwise setting the clock back would extend them. The clock is compared with the newest line of the log and with the
latest time that this process has seen.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from graphsvc.appdb import tables

# States of a request to reveal an identity in which the identity can be opened.
OPEN = ("agreed", "opened")
# Clock corrections, and differences between two machines, amount to seconds.
TOLERANCE = dt.timedelta(minutes=2)


def set_back(at: dt.datetime, latest: dt.datetime | None) -> bool:
    """Whether a clock that shows `at` was set back since it showed `latest`.

    Example:
        >>> noon = dt.datetime(2026, 3, 4, 12)
        >>> set_back(noon, noon + dt.timedelta(minutes=1)), set_back(noon, noon + dt.timedelta(hours=1))
        (False, True)
    """
    return latest is not None and at < latest - TOLERANCE


def end_all(connection: sa.Connection, at: dt.datetime) -> dict[str, int]:
    """End all sign-ins, links and open identities; return the number of sign-ins with links, and of identities."""
    requests = tables.requests
    signed_in = connection.execute(tables.tokens.delete()).rowcount
    timed = (requests.c.state.in_(OPEN), requests.c.until.is_not(None))
    opened = connection.execute(requests.update().where(*timed).values(state="ended", ended_at=at)).rowcount
    return {"sign_ins": signed_in, "identities": opened}
