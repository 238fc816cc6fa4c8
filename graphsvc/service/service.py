"""A home that people come to: how they sign in, and the sessions it hands out."""

from __future__ import annotations

import datetime as dt

from graphsvc.access.log import audit
from graphsvc.access.people import accounts, enrolment, policy
from graphsvc.access.people.attempts import Entrance
from graphsvc.access.people.principal import Principal
from graphsvc.access.people.purpose import known_purpose
from graphsvc.cases.home import Home
from graphsvc.errors import NotSignedIn
from graphsvc.service.session import Session

NOWHERE = Entrance()
# One word for every way in, so that an auditor who asks for it finds them all.
SIGN_IN = "sign in"


class Service(Home):
    """Everything one process holds open for a home, and the sessions of those who have proven who they are."""

    def session(self, principal: Principal, purpose: str, case: str = "") -> Session:
        """A session of someone who has proven who they are, for a purpose.

        Raises:
            NotSignedIn: the purpose is none (see `access.people.purpose`): why is asked of everyone and written in the log.
        """
        return Session(self, principal, known_purpose(purpose), case)

    # -- signing in on the web --------------------------------------------------------------------------------

    def sign_in(
        self, name: str, password: str, code: str, purpose: str, place: Entrance = NOWHERE, bound: str = ""
    ) -> str:
        """A web token for who name, password and code prove, to be kept in their cookie.

        Args:
            name: of the account.
            password: its own.
            code: of its second factor, if it has one.
            purpose: why.
            place: where they sign in from; failures are counted by it.
            bound: where the token is used from: elsewhere it is good for nothing.

        Raises:
            NotSignedIn: one of them is wrong (in the same words whichever), or the purpose is none.
        """
        purpose = known_purpose(purpose)
        principal = self.prove(name, password, code, purpose, place)
        return self._web_token(principal, purpose, bound, limited=self.must_enrol(principal))

    def prove(self, name: str, password: str, code: str, purpose: str, place: Entrance = NOWHERE) -> Principal:
        """Who name, password and code prove; that someone failed to is in the log.

        Raises:
            NotSignedIn: in the same words whatever was wrong.
        """
        try:
            return accounts.sign_in(self.database, self.vault, name, password, code, place)
        except NotSignedIn as error:
            # What was typed as a name may be a password, so a name that is none is not written down.
            known = accounts.is_known(self.database, name)
            self._signed(Principal(name if known else "unknown", frozenset()), purpose, f"refused: {error}")
            raise

    def must_enrol(self, principal: Principal) -> bool:
        """Whether a role of theirs must have a second factor and they have set none up."""
        must = principal.roles & self.second_factor_roles
        return bool(must) and not enrolment.has_second_factor(self.database, principal.name)

    def redeem_link(self, link: str, bound: str = "") -> str:
        """A web token for the account and purpose of a one-time link, which is used up.

        No second factor is asked for: who makes links runs the service at this machine and holds its database and key.

        Raises:
            NotSignedIn: the link is unknown, used or too old.
        """
        return self._web_token(*accounts.redeem(self.database, link, "link"), bound)

    def sign_in_link(self, account: str, purpose: str) -> str:
        """A new one-time link token of an account, good for `settings.token_hours`; opened at `/link/<token>`.

        Raises:
            RequestError: there is no such account. NotSignedIn: the purpose is none.
        """
        lifetime = dt.timedelta(hours=self.settings.token_hours)
        return accounts.issue(self.database, account, "link", lifetime, known_purpose(purpose))

    def forget_links(self) -> None:
        """End the one-time links of earlier starts: they are made anew at each."""
        accounts.revoke_links(self.database)

    def session_of(self, token: str, bound: str = "", *, used: bool = True) -> Session:
        """The session a web token stands for.

        Args:
            token: as `sign_in` gave it.
            bound: where it is used from.
            used: somebody uses it, which keeps it alive up to its end; what a page asks by itself does not.

        Raises:
            NotSignedIn: it is unknown, has ended, or is bound to elsewhere.
        """
        idle = dt.timedelta(minutes=self.settings.session_minutes) if used else None
        return self.session(*accounts.redeem(self.database, token, "web", extend=idle, bound=bound))

    def is_signed_in(self, token: str) -> bool:
        """Whether a web token lives, wherever it is used from: enough to take in what comes with it, and no more."""
        return bool(accounts.token_owner(self.database, token, "web"))

    def sign_out(self, token: str) -> None:
        """End a web token; nothing if it has ended."""
        accounts.revoke(self.database, token)

    def hidden_path(self) -> str:
        """A path that nobody can guess, the same at every start: below it pages are safe from other ports of a machine."""
        return f"/{self.vault.derived('web path')[:16].hex()}"

    def web_key(self) -> bytes:
        """The key that signs cookies (32 bytes): the same at every start, so that a restart signs nobody out."""
        return self.vault.derived("web cookies")

    def roles(self) -> list[tuple[str, str, dict[str, bool]]]:
        """The role table: (role, what it is, action → whether it allows it), from `access.people.policy`."""
        return [
            (role, says, {action: role in policy.ALLOWED[action] for action in policy.ACTIONS})
            for role, says in policy.ROLES.items()
        ]

    def actions(self) -> dict[str, str]:
        """Action → what it is, from `access.people.policy`."""
        return dict(policy.ACTIONS)

    def _web_token(self, principal: Principal, purpose: str, bound: str, *, limited: bool = False) -> str:
        longest = dt.timedelta(hours=self.settings.session_hours)
        idle = min(dt.timedelta(minutes=self.settings.session_minutes), longest)
        self._signed(principal, purpose, "released")
        return accounts.issue(
            self.database, principal.name, "web", idle, purpose, limited=limited, longest=longest, bound=bound
        )

    def _signed(self, principal: Principal, purpose: str, outcome: str) -> None:
        audit.finish(self.database, audit.begin(self.database, principal, purpose, SIGN_IN), outcome)
