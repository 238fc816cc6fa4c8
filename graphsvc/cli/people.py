"""Accounts on the command line: signing in, the user's own account, all accounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import say
from graphsvc.config import Settings
from graphsvc.errors import RequestError
from graphsvc.service import Service, Session, command_line

Opener = Callable[..., AbstractContextManager[Session]]


@click.command()
@click.argument("name", default="")
@click.option("--link", default="", help="A one-time sign-in link, instead of a password.")
@click.option("--purpose", default="", help="Why; goes with everything done under this sign-in.")
@click.pass_obj
def login(settings: Settings, name: str, link: str, purpose: str) -> None:
    """Sign in on the command line: the token is valid for some hours and stored in a private file of the home."""
    purpose = purpose or settings.purpose or click.prompt("Purpose", err=True)
    if not link:
        name = name or settings.user or click.prompt("Name", err=True)
    password = "" if link else click.prompt("Password", hide_input=True, err=True)
    # Every user is asked for a code. Otherwise a stranger would learn that the password is right, and who needs a code.
    code = "" if link else _code("Code (empty without a second factor)", default="")
    with Service(settings) as service:
        who = command_line.command_line_login(
            service, command_line.token_file(settings), name, password, code, link, purpose
        )
    say(f"Signed in as {who.name} for {settings.token_hours} hours.", err=True)
    if who.must_enrol:
        say("Your role takes a second factor: set it up now with `graphsvc account second-factor`.", err=True)


@click.command()
@click.pass_obj
def logout(settings: Settings) -> None:
    """End the sign-in on the command line."""
    with Service(settings) as service:
        ended = command_line.command_line_logout(service, command_line.token_file(settings))
    say("Signed out." if ended else "Nobody was signed in.", err=True)


@click.group()
def account() -> None:
    """Your own account: password, second factor, sign-ins."""


@account.command("password")
@acting
def own_password(session: Opener) -> None:
    """Change your password; asks for the old one, and ends your other sign-ins."""
    with session() as acts:
        old = click.prompt("Old password", hide_input=True, err=True) if acts.account.has_password() else ""
        new = click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
        acts.account.change_password(old, new, _token(acts))
    say("Your password was changed.", err=True)


@account.command("second-factor")
@click.option("--remove", is_flag=True, help="Take it away, with a code of it.")
@acting
def own_second_factor(session: Opener, remove: bool) -> None:
    """Set up a second factor: shows its secret once, then asks for a code."""
    with session() as acts:
        if remove:
            acts.account.remove_second_factor(_code("Code"), _token(acts))
            say("Your second factor was removed.", err=True)
            return
        second_factor = acts.account.begin_second_factor()
        say("Give this to an authenticator app; it is not shown again:", err=True)
        say(f"  secret   {second_factor.secret}", f"  address  {second_factor.uri}", err=True)
        acts.account.confirm_second_factor(_code("Code it shows"), _token(acts))
    say("Your second factor is set up: from now on signing in takes a code.", err=True)


@account.command("end-others")
@acting
def end_others(session: Opener) -> None:
    """End your sign-ins everywhere else."""
    with session() as acts:
        ended = acts.account.end_others(_token(acts))
    say(f"Ended: {ended}.", err=True)


def _code(text: str, default: str | None = None) -> str:
    return str(click.prompt(text, default=default, hide_input=True, show_default=False, err=True))


def _token(acts: Session) -> str:
    return command_line.kept_token(command_line.token_file(acts.ask.settings))


@click.group()
def users() -> None:
    """Accounts: list, add, change, disable. Requires the administrator role."""


@users.command("list")
@acting
def list_users(session: Opener) -> None:
    """List every account, including disabled ones: roles, clearance, second factor."""
    with session() as acts:
        for account in acts.accounts.list_accounts():
            grants = (f"{case}:{grant.handling}{'+sources' * grant.sources}" for case, grant in account.grants.items())
            clearance = [*grants, "cypher" * account.free_cypher]
            state = [
                "disabled" * account.disabled,
                "second factor" * account.second_factor,
                "no password" * (not account.password),
            ]
            say(
                f"{account.name:20} {', '.join(account.roles) or 'no role':40} {' '.join(filter(None, clearance)) or '-':30}"
                f" {', '.join(filter(None, state))}".rstrip()
            )


@users.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, help="A role; may be repeated.")
@click.option(
    "--grant",
    "grants",
    multiple=True,
    metavar="CASE:CODE[+sources]",
    help="Clearance for a case (or *), such as dover:C+sources.",
)
@acting
def add(session: Opener, name: str, roles: Sequence[str], grants: Sequence[str]) -> None:
    """Add an account; asks for its password."""
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    with session() as acts:
        acts.accounts.add(name, roles, grants, password)
    say(f"{name} was added.", err=True)


@users.command()
@click.argument("name")
@click.option("--second-factor", is_flag=True, help="Remove a lost second factor instead.")
@acting
def reset(session: Opener, name: str, second_factor: bool) -> None:
    """Give an account a new password (asks for it), or remove its second factor. Ends its sign-ins."""
    if second_factor:
        with session() as acts:
            had = acts.accounts.reset_second_factor(name)
        say(f"{name} has no second factor any more." if had else f"{name} had no second factor.", err=True)
        return
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    with session() as acts:
        acts.accounts.reset_password(name, password)
    say(f"{name} has a new password.", err=True)


@users.command()
@click.argument("name")
@click.argument("roles", nargs=-1)
@acting
def roles(session: Opener, name: str, roles: Sequence[str]) -> None:
    """Replace an account's roles (none given: removes all) and sign it out."""
    with session() as acts:
        acts.accounts.set_roles(name, roles)
    say(f"{name} has {'the roles ' + ', '.join(sorted(set(roles))) if roles else 'no role'} now.", err=True)


@users.command()
@click.argument("name")
@click.argument("clearance", required=False, metavar="[CASE:CODE[+sources]]")
@click.option("--revoke", metavar="CASE", help="Revoke the clearance for a case (* for all).")
@click.option("--cypher/--no-cypher", default=None, help="Give or take the grant for free Cypher.")
@acting
def grant(session: Opener, name: str, clearance: str | None, revoke: str | None, cypher: bool | None) -> None:
    """Grant or revoke an account's clearance for a case (dover:C+sources) or free Cypher. Ends its sign-ins."""
    if clearance is None and revoke is None and cypher is None:
        raise RequestError("Say what: CASE:CODE[+sources], --revoke CASE, --cypher or --no-cypher.")
    with session() as acts:
        if revoke is not None:
            acts.accounts.revoke(name, revoke)
        if clearance is not None:
            acts.accounts.grant(name, clearance)
        if cypher is not None:
            acts.accounts.set_free_cypher(name, is_granted=cypher)
    say(f"The clearance of {name} was changed.", err=True)


@users.command()
@click.argument("name")
@acting
def disable(session: Opener, name: str) -> None:
    """Disable an account and end its sign-ins."""
    with session() as acts:
        acts.accounts.disable(name)
    say(f"{name} is disabled.", err=True)


@users.command()
@click.argument("name")
@acting
def enable(session: Opener, name: str) -> None:
    """Let a disabled account sign in again."""
    with session() as acts:
        acts.accounts.enable(name)
    say(f"{name} can sign in again.", err=True)


commands = (login, logout, account, users)
