"""Accounts on the command line: sign in, add people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import click

from graphsvc.cli.acting import acting
from graphsvc.config import Settings
from graphsvc.service import Service, Session, entry, staff

Opener = Callable[..., AbstractContextManager[Session]]


@click.command()
@click.argument("name", default="")
@click.option("--link", default="", help="A one-time sign-in link, instead of a password.")
@click.option("--purpose", default="", help="Why; goes with everything done under this sign-in.")
@click.pass_obj
def login(settings: Settings, name: str, link: str, purpose: str) -> None:
    """Sign in on the command line: the token is good for some hours and lies in a private file of the home."""
    purpose = purpose or settings.purpose or click.prompt("Purpose", err=True)
    if not link:
        name = name or settings.user or click.prompt("Name", err=True)
    password = "" if link else click.prompt("Password", hide_input=True, err=True)
    with Service(settings) as service:
        who = entry.command_line_login(service, entry.token_file(settings), name, password, link, purpose)
    click.echo(f"Signed in as {who} for {settings.token_hours} hours.", err=True)


@click.command()
@click.pass_obj
def logout(settings: Settings) -> None:
    """End the sign-in on the command line."""
    with Service(settings) as service:
        ended = entry.command_line_logout(service, entry.token_file(settings))
    click.echo("Signed out." if ended else "Nobody was signed in.", err=True)


@click.group()
def users() -> None:
    """Accounts: list, add, reset, disable. Takes the role administrator."""


@users.command("list")
@acting
def list_users(session: Opener) -> None:
    """Every account with its roles and what it is cleared for."""
    with session() as acts:
        for principal in staff.listed(acts):
            grants = (
                f"{case}:{grant.handling}{'+sources' if grant.sources else ''}"
                for case, grant in principal.grants.items()
            )
            click.echo(
                f"{principal.name:20} {', '.join(sorted(principal.roles)) or 'no role':50} {' '.join(sorted(grants))}"
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
        staff.add(acts, name, roles, grants, password)
    click.echo(f"{name} was added.", err=True)


@users.command()
@click.argument("name")
@acting
def reset(session: Opener, name: str) -> None:
    """Give an account a new password; asks for it, and ends its sign-ins."""
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    with session() as acts:
        staff.reset_password(acts, name, password)
    click.echo(f"{name} has a new password.", err=True)


@users.command()
@click.argument("name")
@acting
def disable(session: Opener, name: str) -> None:
    """Disable an account and end its sign-ins."""
    with session() as acts:
        staff.disable(acts, name)
    click.echo(f"{name} is disabled.", err=True)


commands = (login, logout, users)
