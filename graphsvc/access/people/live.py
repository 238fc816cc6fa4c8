"""What is live until a time: sign-ins, links that sign in, identities that are open. A clock that was set back ends all of it.

Otherwise whoever sets the clock back has them live on. How late it was is told by the newest line of the log and by what
this process has seen.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from graphsvc.appdb import tables

# States of a request in which what it asked for can be had.
OPEN = ("agreed", "opened")
# Clocks are corrected by seconds, and those of two machines differ by that much.
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
    """End all of it; how many of each kind there were."""
    asked = tables.requests
    signed_in = connection.execute(tables.tokens.delete()).rowcount
    timed = (asked.c.state.in_(OPEN), asked.c.until.is_not(None))
    opened = connection.execute(asked.update().where(*timed).values(state="ended", ended_at=at)).rowcount
    return {"sign_ins": signed_in, "identities": opened}
