"""What protects sources and material, as use cases: each act passes the gate and is in the log."""

from __future__ import annotations

from graphsvc.access.vault import masterkey
from graphsvc.service.session import Session


def rotate_key(session: Session) -> str:
    """Give the vault a new master key; where it is, in words for who keeps it.

    Raises:
        Refused: the role administrator is missing. OperatorError: the home is being served.
    """
    with session.acting("keys"):
        return masterkey.rotate(session.settings, session.database)
