"""Whether someone may write Cypher freely at this moment: asked, and written in the log, before each run."""

from __future__ import annotations

from graphsvc.access import policy
from graphsvc.service.register import known_cases
from graphsvc.service.session import Session


def require_free_cypher(session: Session) -> None:
    """Nothing, if this person may write Cypher freely in the database as it is now.

    Raises:
        Refused: role or grant is missing, or the grant is suspended because cases lie outside their clearance.
    """
    with session.acting("cypher", step="permission"):
        policy.require_cypher(session.principal, [row["id"] for row in known_cases(session.database)])
