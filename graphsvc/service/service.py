"""The service of one home: signing in, and the sessions it opens."""

from __future__ import annotations

import datetime as dt

from graphsvc.access.log import audit
from graphsvc.access.people import accounts, enrolment, policy
from graphsvc.access.people.attempts import Entrance
from graphsvc.access.people.passwords import MINIMUM_PASSWORD
from graphsvc.access.people.principal import Principal
from graphsvc.access.people.purpose import known_purpose
from graphsvc.access.vault.scratch import Scratch
from graphsvc.cases.home import Home
from graphsvc.errors import NotSignedIn, RequestError
from graphsvc.service.session import Session

NOWHERE = Entrance()
# The same word for every kind of sign-in, so that an auditor who searches for it finds them all.
SIGN_IN = "sign in"


class Service(Home):
    """One home, open in this process: signs people in and opens their sessions."""

    def session(self, principal: Principal, purpose: str, case: str = "") -> Session:
        """Open a session for a signed-in person and a purpose.

        Raises:
            NotSignedIn: the purpose is invalid (see `access.people.purpose`): everyone must give one, and it is logged.
        """
        return Session(self, principal, known_purpose(purpose), case)

    def scratch_file(self, in_memory: int) -> Scratch:
        """Return a new encrypted temporary file, in memory up to this number of bytes."""
        return Scratch(self.settings.home, in_memory)

    # -- signing in on the web --------------------------------------------------------------------------------

    def sign_in(
        self, name: str, password: str, code: str, purpose: str, place: Entrance = NOWHERE, bound: str = ""
    ) -> str:
        """Sign in by name, password and code; return a web token for the cookie.

        Args:
            name: the account's name.
            password: its password.
            code: a code of its second factor, if it has one.
            purpose: why they sign in.
            place: where they sign in from; failed attempts are counted per place.
            bound: where the token will be used from; it is invalid elsewhere.

        Raises:
            NotSignedIn: one of them is wrong (the message does not say which), or the purpose is invalid.
        """
        purpose = known_purpose(purpose)
        principal = self.prove(name, password, code, purpose, place)
        return self._web_token(principal, purpose, bound, limited=self.must_enrol(principal))

    def prove(self, name: str, password: str, code: str, purpose: str, place: Entrance = NOWHERE) -> Principal:
        """Return the principal proved by name, password and code; log failures.

        Raises:
            NotSignedIn: one of them is wrong; the message does not say which.
        """
        try:
            return accounts.sign_in(self.database, self.vault, name, password, code, place)
        except NotSignedIn as error:
            # A password may have been typed as the name, so unknown names are not logged.
            known = accounts.is_known(self.database, name)
            self._log_sign_in(Principal(name if known else "unknown", frozenset()), purpose, f"refused: {error}")
            raise

    def must_enrol(self, principal: Principal) -> bool:
        """Whether one of the person's roles requires a second factor that they have not set up."""
        must = principal.roles & self.second_factor_roles
        return bool(must) and not enrolment.has_second_factor(self.database, principal.name)

    def redeem_link(self, link: str, bound: str = "") -> str:
        """Exchange a one-time link for a web token with the link's account and purpose.

        No second factor is required: anyone who can make links runs the service on this machine and has its database
        and key.

        Raises:
            NotSignedIn: the link is unknown, used or too old.
        """
        return self._web_token(*accounts.redeem(self.database, link, "link"), bound)

    def sign_in_link(self, account: str, purpose: str) -> str:
        """Create a one-time link token for an account, valid for `settings.token_hours`; opened at `/link/<token>`.

        Raises:
            RequestError: there is no such account.
            NotSignedIn: the purpose is invalid.
        """
        lifetime = dt.timedelta(hours=self.settings.token_hours)
        return accounts.issue(self.database, account, "link", lifetime, known_purpose(purpose))

    def choose_password(self, link: str, password: str) -> str:
        """Set the password of the account a setup link is for, and use up the link; return the account's name.

        Raises:
            NotSignedIn: the link is used or has ended.
            RequestError: the password is not accepted; the link remains valid.
        """
        hashed = accounts.hash_password(password, accounts.token_owner(self.database, link, "setup"))
        if not hashed:
            raise RequestError(f"A password needs at least {MINIMUM_PASSWORD} characters.")
        principal, _purpose = accounts.redeem(self.database, link, "setup")
        line = audit.begin(self.database, principal, "setup link", "own account", what="choose password")
        accounts.keep_password(self.database, principal.name, hashed)
        audit.finish(self.database, line, "released")
        return principal.name

    def forget_links(self) -> None:
        """End the one-time links of earlier starts; each start makes new ones."""
        accounts.revoke_links(self.database)

    def session_of(self, token: str, bound: str = "", *, used: bool = True) -> Session:
        """Return the session of a web token.

        Args:
            token: as returned by `sign_in`.
            bound: where it is used from.
            used: whether a person made the request, which extends the token up to its latest end. False when polling.

        Raises:
            NotSignedIn: it is unknown, has ended, or is bound to another place.
        """
        idle = dt.timedelta(minutes=self.settings.session_minutes) if used else None
        return self.session(*accounts.redeem(self.database, token, "web", extend=idle, bound=bound))

    def is_signed_in(self, token: str) -> bool:
        """Whether a web token is valid, wherever it is used from. Enough to accept a request's body, nothing else."""
        return bool(accounts.token_owner(self.database, token, "web"))

    def sign_out(self, token: str) -> None:
        """End a web token; no effect if it has ended."""
        accounts.revoke(self.database, token)

    def hidden_path(self) -> str:
        """Return an unguessable path, the same at every start. Other servers on this machine cannot guess it."""
        return f"/{self.vault.derive_key('web path')[:16].hex()}"

    def web_key(self) -> bytes:
        """Return the key that signs cookies (32 bytes): the same at every start, so that a restart signs no one out."""
        return self.vault.derive_key("web cookies")

    def roles(self) -> list[tuple[str, str, dict[str, bool]]]:
        """Return the role table: (role, description, action → whether allowed), from `access.people.policy`."""
        return [
            (role, says, {action: role in policy.ALLOWED[action] for action in policy.ACTIONS})
            for role, says in policy.ROLES.items()
        ]

    def actions(self) -> dict[str, str]:
        """Map actions to descriptions, from `access.people.policy`."""
        return dict(policy.ACTIONS)

    def _web_token(self, principal: Principal, purpose: str, bound: str, *, limited: bool = False) -> str:
        longest = dt.timedelta(hours=self.settings.session_hours)
        idle = min(dt.timedelta(minutes=self.settings.session_minutes), longest)
        self._log_sign_in(principal, purpose, "released")
        return accounts.issue(
            self.database, principal.name, "web", idle, purpose, limited=limited, longest=longest, bound=bound
        )

    def _log_sign_in(self, principal: Principal, purpose: str, outcome: str) -> None:
        audit.finish(self.database, audit.begin(self.database, principal, purpose, SIGN_IN), outcome)
