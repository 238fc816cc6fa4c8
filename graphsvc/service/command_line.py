"""Signing in at the command line: with a token stored in the home, or as the home's only account."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.attempts import Entrance
from graphsvc.access.people.principal import Principal
from graphsvc.access.people.purpose import known_purpose
from graphsvc.config import Settings
from graphsvc.errors import NotSignedIn
from graphsvc.service.service import SIGN_IN, Service
from graphsvc.service.session import Session

COMMAND_LINE = Entrance("command line")
# Purpose logged if the home's only account gave none.
LOCAL_PURPOSE = "local use, no purpose given"


def token_file(settings: Settings) -> Path:
    """Return the path of the token stored by `graphsvc login`."""
    return settings.home / "token"


def command_line_session(service: Service, token_file: Path, user: str, purpose: str, case: str = "") -> Session:
    """Open a session for a command, with the token from `login` or as the only account of the home.

    Raises:
        NotSignedIn: neither is available; the message says what to do.
    """
    token = _read(token_file)
    if token:
        try:
            principal, token_purpose = accounts.redeem(service.database, token, "cli")
        except NotSignedIn:
            token_file.unlink(missing_ok=True)
            raise NotSignedIn("Your sign-in on the command line has ended. Run `graphsvc login` again.") from None
        if user and user != principal.name:
            raise NotSignedIn(f"You are signed in as {principal.name}, not {user}. Run `graphsvc login {user}`.")
        return service.session(principal, purpose or token_purpose, case)
    only = accounts.only_account(service.database, user, service.second_factor_roles)
    return service.session(only, purpose or LOCAL_PURPOSE, case)


def command_line_login(
    service: Service, token_file: Path, name: str, password: str, code: str, link: str, purpose: str
) -> Principal:
    """Prove ownership of an account by password and code, or one-time link, and store a token for later commands.

    Returns:
        The principal; `must_enrol` is set if all they may do is set up a second factor.

    Raises:
        NotSignedIn: password, code or link is wrong, or the purpose is invalid.
    """
    limited, purpose = False, known_purpose(purpose)
    if link:
        principal: Principal = accounts.redeem(service.database, link.rstrip("/").rpartition("/")[2], "link")[0]
    else:
        principal = service.prove(name, password, code, purpose, COMMAND_LINE)
        limited = service.must_enrol(principal)
    audit.finish(
        service.database, audit.begin(service.database, principal, purpose, SIGN_IN, where="command line"), "released"
    )
    lifetime = dt.timedelta(hours=service.settings.token_hours)
    token = accounts.issue(service.database, principal.name, "cli", lifetime, purpose, limited=limited)
    _write(token_file, token)
    return replace(principal, must_enrol=limited)


def kept_token(token_file: Path) -> str:
    """Return the token stored by `graphsvc login`; empty if signed out."""
    return _read(token_file)


def command_line_logout(service: Service, token_file: Path) -> bool:
    """End the token of the command line; return whether there was one."""
    token = _read(token_file)
    if token:
        accounts.revoke(service.database, token)
        token_file.unlink(missing_ok=True)
    return bool(token)


def local_account(service: Service) -> str:
    """Return the name of the home's only account, which the person at the machine may use; empty if there are more."""
    known = accounts.list_accounts(service.database)
    return known[0].name if len(known) == 1 else ""


def _read(path: Path) -> str:
    return path.read_text("ascii", errors="replace").strip() if path.exists() else ""


def _write(path: Path, token: str) -> None:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(token)
    part.replace(path)
