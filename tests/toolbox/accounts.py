"""Accounts with a role and a grant, their sessions, and browsers that are signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask
from flask.testing import FlaskClient

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.service import Service, Session

WHOLE = Grant("C", sources=True)
# Name of the account → its role, and its grant for a case; None: no grant.
Roles = Mapping[str, tuple[str, Grant | None]]
People = Callable[[str], Session]


def add(service: Service, case: str, roles: Roles) -> None:
    """Add accounts with one role each; `*` is every case."""
    for name, (role, grant) in roles.items():
        accounts.add(service.database, name, [role], {case: grant} if grant else {})


def find_account(service: Service, name: str) -> Principal:
    return next(account for account in accounts.list_accounts(service.database) if account.name == name)


def session(service: Service, name: str, case: str) -> Session:
    return service.session(find_account(service, name), "tests", case)


def people(service: Service, case: str, roles: Roles) -> People:
    """`people("low")`: the session of one of these new accounts, at the case."""
    add(service, case, roles)
    return lambda name: session(service, name, case)


def signed_in(app: Flask, name: str, purpose: str = "tests") -> FlaskClient:
    """Return a browser signed in as an account by a one-time link."""
    service: Service = app.extensions["graphsvc"]
    client: FlaskClient = app.test_client()
    assert client.get(f"/link/{service.sign_in_link(name, purpose)}").status_code == 303
    return client
