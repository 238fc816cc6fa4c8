"""Managing accounts: for administrators, each act in the log."""

from __future__ import annotations

from collections.abc import Sequence

from graphsvc.access import accounts
from graphsvc.access.principal import Grant, Principal
from graphsvc.errors import RequestError
from graphsvc.records.grading import HANDLING
from graphsvc.service.session import Session


def listed(session: Session) -> list[Principal]:
    """Every account that is not disabled, by name.

    Raises:
        Refused: the role administrator is missing. So for all here.
    """
    with session.acting("accounts", what="list"):
        return accounts.listed(session.database)


def add(session: Session, name: str, roles: Sequence[str], grants: Sequence[str], password: str) -> None:
    """Add an account; `grants` as texts like `dover:C+sources` or `*:P`.

    Raises:
        RequestError: the name is taken, or a role, grant or password is none.
    """
    cleared = dict(map(_grant, grants))
    with session.acting("accounts", what="add", account=name, roles=list(roles), grants=list(grants)):
        accounts.add(session.database, name, roles, cleared, password)


def reset_password(session: Session, name: str, password: str) -> None:
    """Give an account a new password and end its sign-ins."""
    with session.acting("accounts", what="reset", account=name):
        accounts.reset_password(session.database, name, password)


def disable(session: Session, name: str) -> None:
    """Disable an account and end its sign-ins."""
    with session.acting("accounts", what="disable", account=name):
        accounts.disable(session.database, name)


def _grant(text: str) -> tuple[str, Grant]:
    case, _, code = text.rpartition(":")
    handling, _, sources = code.partition("+")
    if not case or handling not in HANDLING or sources not in ("", "sources"):
        raise RequestError(f"Write a grant as CASE:P, CASE:C or CASE:C+sources (CASE may be *), not {text!r}.")
    return case, Grant(handling, sources == "sources")
