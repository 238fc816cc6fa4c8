"""Managing accounts: for administrators, each act in the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from graphsvc.access.log import audit
from graphsvc.access.people import accounts, attempts, changes
from graphsvc.access.people.account_of import no_such_account
from graphsvc.access.people.changes import Account
from graphsvc.access.people.passwords import MINIMUM_PASSWORD
from graphsvc.access.people.principal import ANY_CASE, Grant
from graphsvc.cases.case_name import require_name
from graphsvc.errors import RequestError
from graphsvc.records.grading import HANDLING
from graphsvc.service.home import Service
from graphsvc.service.session import Session


def listed(session: Session) -> list[Account]:
    """Every account, disabled ones too, by name.

    Raises:
        Refused: the role administrator is missing. So for all here.
    """
    with session.acting("accounts", what="list"):
        return changes.everyone(session.database)


def clearances(account: Account) -> list[tuple[str, str]]:
    """(case, text such as `C+sources`) of each grant of an account."""
    return [(case, given.handling + "+sources" * given.sources) for case, given in account.grants.items()]


def one(session: Session, name: str) -> Account:
    """One account.

    Raises:
        RequestError: there is none of that name. So for all here.
    """
    with session.acting("accounts", what="look", account=name):
        found = [account for account in changes.everyone(session.database) if account.name == name]
        if not found:
            raise no_such_account(name)
    return found[0]


def add(session: Session, name: str, roles: Sequence[str], grants: Sequence[str], password: str) -> None:
    """Add an account; `grants` as texts like `dover:C+sources` or `*:P`. Without a password it chooses one by link.

    Raises:
        RequestError: the name is taken, or a role, grant or password is none.
    """
    cleared = dict(map(_grant, grants))
    with session.acting("accounts", what="add", account=name, roles=list(roles), grants=list(grants)):
        there = changes.everyone(session.database)
        if len(there) == 1 and not there[0].password:
            # With a second account everyone must sign in; who has no password would have locked themselves out.
            raise RequestError(
                f"Choose a password for {there[0].name} first (`graphsvc account password`, or the page of your account):"
                " with a second account in this home everyone must sign in."
            )
        accounts.add(session.database, name, roles, cleared, password)


def setup_link(session: Session, name: str) -> str:
    """A one-time token with which the account's owner chooses a password, from wherever they are.

    Its password ends, and so do its sign-ins: whoever has the link is the owner.

    Raises:
        RequestError: there is no such account, or it is one's own.
    """
    with session.acting("accounts", what="setup link", account=name):
        if name == session.principal.name:
            raise RequestError(
                "Change your own password on the page of your account, or with `graphsvc account password`."
            )
        changes.forget_password(session.database, name)
        attempts.clear(session.database, accounts.attempts_key(session.service.vault), name)
        lifetime = dt.timedelta(hours=session.service.settings.token_hours)
        return accounts.issue(session.database, name, "setup", lifetime)


def choose_password(service: Service, link: str, password: str) -> str:
    """Use a setup link up: the account it is for has this password from now on. Gives its name.

    Raises:
        NotSignedIn: the link is used or has ended. RequestError: the password is not taken, and the link still good.
    """
    hashed = accounts.hash_password(password, accounts.token_owner(service.database, link, "setup"))
    if not hashed:
        raise RequestError(f"A password needs at least {MINIMUM_PASSWORD} characters.")
    principal, _purpose = accounts.redeem(service.database, link, "setup")
    line = audit.begin(service.database, principal, "setup link", "own account", what="choose password")
    accounts.keep_password(service.database, principal.name, hashed)
    audit.finish(service.database, line, "released")
    return principal.name


def reset_password(session: Session, name: str, password: str) -> None:
    """Give an account a new password and end its sign-ins."""
    with session.acting("accounts", what="reset", account=name):
        changes.reset_password(session.database, name, password)
        attempts.clear(session.database, accounts.attempts_key(session.service.vault), name)


def reset_second_factor(session: Session, name: str) -> bool:
    """Take an account's second factor away and end its sign-ins; whether it had one."""
    with session.acting("accounts", what="reset second factor", account=name):
        return changes.remove_second_factor(session.database, name)


def disable(session: Session, name: str) -> None:
    """Disable an account and end its sign-ins.

    Raises:
        Refused: it is the last administrator.
    """
    with session.acting("accounts", what="disable", account=name):
        changes.disable(session.database, name)


def enable(session: Session, name: str) -> None:
    """Let a disabled account sign in again."""
    with session.acting("accounts", what="enable", account=name):
        changes.enable(session.database, name)


def set_roles(session: Session, name: str, roles: Sequence[str]) -> None:
    """Give an account these roles and no others, and end its sign-ins.

    Raises:
        Refused: it is the last administrator and would not be one.
    """
    with session.acting("accounts", what="roles", account=name, roles=list(roles)):
        changes.set_roles(session.database, name, roles)


def grant(session: Session, name: str, clearance: str) -> None:
    """Clear an account for a case, as a text like `dover:C+sources`, and end its sign-ins."""
    case, given = _grant(clearance)
    with session.acting("accounts", what="grant", account=name, grant=clearance):
        changes.grant(session.database, name, case, given)


def revoke(session: Session, name: str, case: str) -> None:
    """Take an account's clearance for a case back and end its sign-ins."""
    with session.acting("accounts", what="revoke", account=name, of=case):
        changes.revoke(session.database, name, case)


def set_free_cypher(session: Session, name: str, *, given: bool) -> None:
    """Give or take the grant for free Cypher, and end the account's sign-ins."""
    with session.acting("accounts", what="free Cypher", account=name, given=given):
        changes.set_free_cypher(session.database, name, given=given)


def _grant(text: str) -> tuple[str, Grant]:
    case, _, code = text.rpartition(":")
    handling, _, sources = code.partition("+")
    if not case or handling not in HANDLING or sources not in ("", "sources"):
        raise RequestError(f"Write a grant as CASE:P, CASE:C or CASE:C+sources (CASE may be *), not {text!r}.")
    if case != ANY_CASE:
        require_name(case)
    return case, Grant(handling, sources == "sources")
