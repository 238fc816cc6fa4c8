"""Things that are valid until a time: sign-ins, sign-in links, open identities. Setting the clock back ends them all.

Otherwise setting the clock back would extend them. The latest time known comes from the newest line of the log and from
this process.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from graphsvc.appdb import tables

# States of a request in which its subject can be opened.
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
    """End all sign-ins, links and open identities; return how many of each kind there were."""
    requests = tables.requests
    signed_in = connection.execute(tables.tokens.delete()).rowcount
    timed = (requests.c.state.in_(OPEN), requests.c.until.is_not(None))
    opened = connection.execute(requests.update().where(*timed).values(state="ended", ended_at=at)).rowcount
    return {"sign_ins": signed_in, "identities": opened}
