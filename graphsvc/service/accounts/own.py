"""A person's own account: its password, second factor and sign-ins. Each act is logged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from graphsvc.access.log import audit
from graphsvc.access.people import accounts, attempts, changes, enrolment, factors, policy
from graphsvc.access.people.passwords import MINIMUM_PASSWORD
from graphsvc.cases.versions import known_cases
from graphsvc.errors import NotSignedIn, RequestError
from graphsvc.service.ask import Ask

WRONG_CODE = (
    "The code is not right, or has been used already, or too many attempts failed. Wait for the next one and check the"
    " clock of the device that shows it."
)


INSIDE = attempts.Entrance(inside=True)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Data for an authenticator app, shown once: the secret in base 32, and a URI with secret, account and issuer."""

    secret: str
    uri: str


class OwnAccount:
    """The current person's account."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def has_password(self) -> bool:
        """Whether this person's account has a password."""
        return not accounts.has_this_password(self._ask.database, self._ask.principal.name, "")

    def has_second_factor(self) -> bool:
        """Whether this person's account requires a second factor."""
        return enrolment.has_second_factor(self._ask.database, self._ask.principal.name)

    def cypher_refusal(self) -> str:
        """Return a sentence on why this person's grant for free Cypher is invalid; empty if it is valid, or missing."""
        if not self._ask.principal.free_cypher:
            return ""
        return policy.cypher_refusal(self._ask.principal, [row["id"] for row in known_cases(self._ask.database)])

    def change_password(self, old: str, new: str, token: str) -> None:
        """Change the account's password; ends every other sign-in.

        Raises:
            NotSignedIn: the old password is wrong.
            RequestError: the new password is too short or too common.
        """
        name = self._ask.principal.name
        with self._act("change password"):
            hashed = accounts.hash_password(new, name)
            if not hashed:
                raise RequestError(f"A password needs at least {MINIMUM_PASSWORD} characters.")
            with self._attempt(
                name, "The old password is not right, or too many attempts failed. Nothing was changed."
            ):
                if not accounts.has_this_password(self._ask.database, name, old):
                    raise NotSignedIn
            accounts.keep_password(self._ask.database, name, hashed)
            changes.end_sign_ins(self._ask.database, name, keep=token)

    def begin_second_factor(self) -> Enrolment:
        """Begin to set up a second factor; it is not required until confirmed.

        Raises:
            RequestError: a second factor exists already.
        """
        name = self._ask.principal.name
        with self._act("set up second factor"):
            secret = enrolment.begin(self._ask.database, self._ask.home.vault, name)
        return Enrolment(secret, factors.uri(secret, name))

    def pending_second_factor(self) -> Enrolment | None:
        """Return the set-up waiting to be confirmed, or None."""
        name = self._ask.principal.name
        secret = enrolment.pending(self._ask.database, self._ask.home.vault, name)
        return Enrolment(secret, factors.uri(secret, name)) if secret else None

    def confirm_second_factor(self, code: str, token: str) -> None:
        """Complete the set-up with one of its codes; ends every other sign-in.

        Raises:
            NotSignedIn: the code is wrong, and nothing was changed.
        """
        name = self._ask.principal.name
        with self._act("confirm second factor"):
            with self._attempt(name, WRONG_CODE):
                if not enrolment.confirm(self._ask.database, self._ask.home.vault, name, code):
                    raise NotSignedIn
            changes.end_sign_ins(self._ask.database, name, keep=token)
            changes.unlimit(self._ask.database, token)

    def remove_second_factor(self, code: str, token: str) -> None:
        """Remove the account's second factor, with one of its codes; ends every other sign-in.

        Raises:
            NotSignedIn: the code is wrong, and nothing was changed.
            RequestError: one of the person's roles requires a second factor.
        """
        name = self._ask.principal.name
        with self._act("remove second factor"):
            must = self._ask.principal.roles & self._ask.home.second_factor_roles
            if must:
                raise RequestError(
                    f"The role {', '.join(sorted(must))} must have a second factor. If the device is lost or replaced, an"
                    " administrator resets it; you set up another at the next sign-in."
                )
            with self._attempt(name, WRONG_CODE):
                if not accounts.has_this_code(self._ask.database, self._ask.home.vault, name, code):
                    raise NotSignedIn
            enrolment.remove(self._ask.database, name)
            changes.end_sign_ins(self._ask.database, name, keep=token)

    def end_others(self, token: str) -> int:
        """End every other sign-in and unused link of the account; return how many."""
        with self._act("end other sign-ins"):
            return changes.end_sign_ins(self._ask.database, self._ask.principal.name, keep=token)

    @contextmanager
    def _attempt(self, name: str, wrong: str) -> Iterator[None]:
        """Count an attempt to prove identity, as at sign-in but separately from attempts of signed-out people.

        Raises:
            NotSignedIn: the proof failed, or too many attempts were made; the message is `wrong`.
        """
        key = accounts.attempts_key(self._ask.home.vault)
        if not attempts.begin(self._ask.database, key, name, INSIDE):
            raise NotSignedIn(wrong)
        try:
            yield
        except NotSignedIn:
            raise NotSignedIn(wrong) from None
        attempts.clear(self._ask.database, key, name, INSIDE)

    def _act(self, change: str) -> AbstractContextManager[dict[str, Any]]:
        """Log one act on the person's own account, which needs no role."""
        return audit.log_act(self._ask.database, self._ask.principal, self._ask.purpose, "own account", what=change)
