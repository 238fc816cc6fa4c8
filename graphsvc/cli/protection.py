"""Protecting sources and material on the command line: the vault's key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from graphsvc.cli.acting import acting
from graphsvc.service import Session, protection

Opener = Callable[..., AbstractContextManager[Session]]


@click.group()
def vault() -> None:
    """The vault that holds the identities of sealed persons."""


@vault.command()
@acting
def rotate(session: Opener) -> None:
    """Give the vault a new master key; nobody is signed out. Takes the role administrator."""
    with session() as acts:
        click.echo(protection.rotate_key(acts))


commands = (vault,)
