"""What everyone does with their own account: its password, its second factor, its sign-ins. Each act in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from graphsvc.access.log import audit
from graphsvc.access.people import accounts, attempts, changes, enrolment, factors, policy
from graphsvc.access.people.passwords import MINIMUM_PASSWORD
from graphsvc.cases.register import known_cases
from graphsvc.errors import NotSignedIn, RequestError
from graphsvc.service.session import Session

WRONG_CODE = (
    "The code is not right, or has been used already, or too many attempts failed. Wait for the next one and check the"
    " clock of the device that shows it."
)


INSIDE = attempts.Entrance(inside=True)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs, shown once: the secret in base 32, and the same with names as an address."""

    secret: str
    uri: str


def has_password(session: Session) -> bool:
    """Whether this person's account has a password."""
    return not accounts.has_this_password(session.database, session.principal.name, "")


def has_second_factor(session: Session) -> bool:
    """Whether this person's account asks for a second factor."""
    return enrolment.has_second_factor(session.database, session.principal.name)


def cypher_refusal(session: Session) -> str:
    """Why this person's grant for free Cypher does not hold, in one sentence; empty if they have none or it holds."""
    if not session.principal.free_cypher:
        return ""
    return policy.cypher_refusal(session.principal, [row["id"] for row in known_cases(session.database)])


def change_password(session: Session, old: str, new: str, token: str) -> None:
    """A new password for one's own account; ends every other sign-in.

    Raises:
        NotSignedIn: the old one is wrong. RequestError: the new one is too short, or one that anyone would try.
    """
    name = session.principal.name
    with _acting(session, "change password"):
        hashed = accounts.hash_password(new, name)
        if not hashed:
            raise RequestError(f"A password needs at least {MINIMUM_PASSWORD} characters.")
        with _attempt(
            session, name, "The old password is not right, or too many attempts failed. Nothing was changed."
        ):
            if not accounts.has_this_password(session.database, name, old):
                raise NotSignedIn
        accounts.keep_password(session.database, name, hashed)
        changes.end_sign_ins(session.database, name, keep=token)


def begin_second_factor(session: Session) -> Enrolment:
    """Begin to set up a second factor: nothing is asked for before it is confirmed.

    Raises:
        RequestError: there is one already.
    """
    name = session.principal.name
    with _acting(session, "set up second factor"):
        secret = enrolment.begin(session.database, session.service.vault, name)
    return Enrolment(secret, factors.uri(secret, name))


def pending_second_factor(session: Session) -> Enrolment | None:
    """The set-up that waits to be confirmed, or None."""
    name = session.principal.name
    secret = enrolment.pending(session.database, session.service.vault, name)
    return Enrolment(secret, factors.uri(secret, name)) if secret else None


def confirm_second_factor(session: Session, code: str, token: str) -> None:
    """Complete the set-up with a code of it; ends every other sign-in.

    Raises:
        NotSignedIn: the code is wrong, and nothing was changed.
    """
    name = session.principal.name
    with _acting(session, "confirm second factor"):
        with _attempt(session, name, WRONG_CODE):
            if not enrolment.confirm(session.database, session.service.vault, name, code):
                raise NotSignedIn
        changes.end_sign_ins(session.database, name, keep=token)
        changes.unlimit(session.database, token)


def remove_second_factor(session: Session, code: str, token: str) -> None:
    """Take one's second factor away, with a code of it; ends every other sign-in.

    Raises:
        NotSignedIn: the code is wrong, and nothing was changed. RequestError: a role of theirs must have one.
    """
    name = session.principal.name
    with _acting(session, "remove second factor"):
        must = session.principal.roles & session.service.second_factor_roles
        if must:
            raise RequestError(
                f"The role {', '.join(sorted(must))} must have a second factor. If the device is lost or replaced, an"
                " administrator resets it; you set up another at the next sign-in."
            )
        with _attempt(session, name, WRONG_CODE):
            if not accounts.has_this_code(session.database, session.service.vault, name, code):
                raise NotSignedIn
        enrolment.remove(session.database, name)
        changes.end_sign_ins(session.database, name, keep=token)


def end_others(session: Session, token: str) -> int:
    """End every sign-in and unused link of one's own account but this one; how many."""
    with _acting(session, "end other sign-ins"):
        return changes.end_sign_ins(session.database, session.principal.name, keep=token)


@contextmanager
def _attempt(session: Session, name: str, wrong: str) -> Iterator[None]:
    """Something that proves who it is: failures count as at sign-in, apart from those of who is not signed in.

    Raises:
        NotSignedIn: in the words of `wrong`, whether it failed inside or was not looked at.
    """
    key = accounts.attempts_key(session.service.vault)
    if not attempts.begin(session.database, key, name, INSIDE):
        raise NotSignedIn(wrong)
    try:
        yield
    except NotSignedIn:
        raise NotSignedIn(wrong) from None
    attempts.clear(session.database, key, name, INSIDE)


def _acting(session: Session, what: str) -> AbstractContextManager[dict[str, Any]]:
    """One logged act that everyone may do, with their own account alone."""
    return audit.recorded(session.database, session.principal, session.purpose, "own account", what=what)
