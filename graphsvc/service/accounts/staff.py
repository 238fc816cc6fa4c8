"""Managing accounts, for administrators. Each act is logged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from graphsvc.access.people import accounts, attempts, changes
from graphsvc.access.people.account_of import no_such_account
from graphsvc.access.people.changes import ManagedAccount
from graphsvc.access.people.principal import ANY_CASE, Grant
from graphsvc.cases.case_name import require_name
from graphsvc.errors import RequestError
from graphsvc.records.grading import HANDLING
from graphsvc.service.ask import Ask


class Accounts:
    """The accounts of a home, as an administrator manages them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def list_accounts(self) -> list[ManagedAccount]:
        """Return every account, including disabled ones, by name.

        Raises:
            Refused: the role administrator is missing. The same for all methods here.
        """
        with self._ask.act_anywhere("accounts", what="list"):
            return changes.everyone(self._ask.database)

    def look(self, name: str) -> ManagedAccount:
        """Return one account.

        Raises:
            RequestError: there is no account of that name. The same for all methods here.
        """
        with self._ask.act_anywhere("accounts", what="look", **self._who(name)):
            matches = [account for account in changes.everyone(self._ask.database) if account.name == name]
            if not matches:
                raise no_such_account(name)
        return matches[0]

    def add(self, name: str, roles: Sequence[str], grants: Sequence[str], password: str) -> None:
        """Add an account; without a password, its owner sets one through a setup link.

        Args:
            name: the account's name.
            roles: its roles.
            grants: written like `dover:C+sources` or `*:P`.
            password: its password; may be empty.

        Raises:
            RequestError: the name is taken, or a role, grant or password is invalid.
        """
        cleared = dict(map(_grant, grants))
        with self._ask.act_anywhere("accounts", what="add", account=name, roles=list(roles), grants=list(grants)):
            existing = changes.everyone(self._ask.database)
            if len(existing) == 1 and not existing[0].password:
                # With a second account everyone must sign in; a first account without a password would be locked out.
                raise RequestError(
                    f"Choose a password for {existing[0].name} first (`graphsvc account password`, or the page of your account):"
                    " with a second account in this home everyone must sign in."
                )
            accounts.add(self._ask.database, name, roles, cleared, password)

    def setup_link(self, name: str) -> str:
        """Create a one-time token with which the account's owner can choose a password from any machine.

        The account's password and sign-ins become invalid: the link now proves ownership.

        Raises:
            RequestError: there is no such account, or it is the administrator's own.
        """
        with self._ask.act_anywhere("accounts", what="setup link", **self._who(name)):
            if name == self._ask.principal.name:
                raise RequestError(
                    "Change your own password on the page of your account, or with `graphsvc account password`."
                )
            changes.forget_password(self._ask.database, name)
            attempts.clear(self._ask.database, accounts.attempts_key(self._ask.home.vault), name)
            lifetime = dt.timedelta(hours=self._ask.settings.token_hours)
            return accounts.issue(self._ask.database, name, "setup", lifetime)

    def reset_password(self, name: str, password: str) -> None:
        """Give an account a new password and end its sign-ins."""
        with self._ask.act_anywhere("accounts", what="reset", **self._who(name)):
            changes.reset_password(self._ask.database, name, password)
            attempts.clear(self._ask.database, accounts.attempts_key(self._ask.home.vault), name)

    def reset_second_factor(self, name: str) -> bool:
        """Remove an account's second factor and end its sign-ins; return whether it had one."""
        with self._ask.act_anywhere("accounts", what="reset second factor", **self._who(name)):
            return changes.remove_second_factor(self._ask.database, name)

    def disable(self, name: str) -> None:
        """Disable an account and end its sign-ins.

        Raises:
            Refused: it is the last administrator.
        """
        with self._ask.act_anywhere("accounts", what="disable", **self._who(name)):
            changes.disable(self._ask.database, name)

    def enable(self, name: str) -> None:
        """Let a disabled account sign in again."""
        with self._ask.act_anywhere("accounts", what="enable", **self._who(name)):
            changes.enable(self._ask.database, name)

    def set_roles(self, name: str, roles: Sequence[str]) -> None:
        """Give an account exactly these roles, and end its sign-ins.

        Raises:
            Refused: it is the last administrator and would lose that role.
        """
        with self._ask.act_anywhere("accounts", what="roles", **self._who(name), roles=list(roles)):
            changes.set_roles(self._ask.database, name, roles)

    def grant(self, name: str, clearance: str) -> None:
        """Clear an account for a case, written like `dover:C+sources`, and end its sign-ins."""
        case, grant = _grant(clearance)
        with self._ask.act_anywhere("accounts", what="grant", **self._who(name), grant=clearance):
            changes.grant(self._ask.database, name, case, grant)

    def revoke(self, name: str, case: str) -> None:
        """Revoke an account's clearance for a case, and end its sign-ins."""
        cleared = {of for account in changes.everyone(self._ask.database) for of in account.grants}
        with self._ask.act_anywhere(
            "accounts", what="revoke", **self._who(name), **{"of" if case in cleared else "sought_case": case}
        ):
            changes.revoke(self._ask.database, name, case)

    def _who(self, name: str) -> dict[str, str]:
        """Return a typed name for the log: as `account` if it exists, else as `sought`, logged only by its length."""
        names = {account.name for account in changes.everyone(self._ask.database)}
        return {"account" if name in names else "sought": name}

    def set_free_cypher(self, name: str, *, is_granted: bool) -> None:
        """Grant or revoke free Cypher, and end the account's sign-ins."""
        with self._ask.act_anywhere("accounts", what="free Cypher", **self._who(name), given=is_granted):
            changes.set_free_cypher(self._ask.database, name, is_granted=is_granted)


def _grant(text: str) -> tuple[str, Grant]:
    case, _, code = text.rpartition(":")
    handling, _, sources = code.partition("+")
    if not case or handling not in HANDLING or sources not in ("", "sources"):
        raise RequestError(f"Write a grant as CASE:P, CASE:C or CASE:C+sources (CASE may be *), not {text!r}.")
    if case != ANY_CASE:
        require_name(case)
    return case, Grant(handling, sources == "sources")
