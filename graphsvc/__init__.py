"""graphsvc: network-graph investigation for people-smuggling and trafficking cases.

For notebooks: `connect()` returns a Session, which the web pages and the command line use too.

    session = graphsvc.connect(purpose="who is behind the boats of 8 May", case="demo")
    session.frame("crossings.behind", crossing="C0008")   # a named query as a pandas table
    session.cypher_frame("MATCH (b:Boat {case: $case}) RETURN b.id, b.name")   # your own Cypher, with the grant
    session.graph(of="operation")                          # the case as a NetworkX graph
    session.hubs()                                         # leads: intelligence, never evidence
    session.show("P0123")                                  # the network view in the cell, offline

`docs/architecture.md` in the repository lists the packages and which of them may import which.
"""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphsvc.service import Session

__all__ = ["connect"]


def connect(purpose: str, *, user: str = "", case: str = "", home: str | Path | None = None) -> Session:
    """Return a session for the account signed in on the command line, or for the only account of the home.

    A managed Neo4j is started if none runs, and ends some minutes after the process or `session.close()` (`GRAPHSVC_NEO4J_LINGER_S`).

    Args:
        purpose: why; written in the log with everything that is read.
        user: account that acts if no one has signed in with `graphsvc login`.
        case: an existing case; may be left out if this account can see only one.
        home: folder of the service (default: GRAPHSVC_HOME, else the platform's user data folder).

    Raises:
        NotFound: the case does not exist, or this account may not see it.
        NotSignedIn: no account is signed in, or the purpose is not a single line of 1 to 200 characters.
        OperatorError: the folder is not a home of the service, or Neo4j cannot be started or reached.
    """
    # Imported here so that `import graphsvc` is fast.
    from graphsvc.access.people.policy import no_such_case
    from graphsvc.access.people.purpose import known_purpose
    from graphsvc.appdb import require_home
    from graphsvc.config import Settings
    from graphsvc.service import Service, command_line

    purpose = known_purpose(purpose)
    settings = Settings.read(home=Path(home) if home is not None else None)
    require_home(settings)
    service = Service(settings)
    try:
        session = command_line.command_line_session(
            service, command_line.token_file(settings), user or settings.user, purpose, case
        )
        if case and case not in {visible.id for visible in session.cases()}:
            raise no_such_case(case)
        service.recover()
    except BaseException:
        service.close()
        raise
    atexit.register(service.close)
    return session
