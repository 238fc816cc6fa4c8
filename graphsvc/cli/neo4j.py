"""`graphsvc neo4j`: fetch, start, look at and stop the managed local Neo4j."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from graphsvc.cli import progress
from graphsvc.cli.printed import say
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.store.server import local


@click.group()
def neo4j() -> None:
    """The managed local Neo4j server: fetch, start, status, stop."""


@neo4j.command()
@click.pass_context
def fetch(context: click.Context) -> None:
    """Fetch the server's jars (160 MB, once), check each against the lock file, and halve the server's start time."""
    settings = _settings(context)
    with progress.show_progress() as show:
        folder = local.fetch_jars(settings, show)
    say(f"Neo4j {settings.neo4j_version} is in {folder}")
    try:
        with progress.show_progress() as show:
            local.make_ready(settings, folder, show)
    except OperatorError as error:
        say(str(error))
    _say_if_own_server(settings)


@neo4j.command()
@click.pass_context
def start(context: click.Context) -> None:
    """Start the server and keep it running until `graphsvc neo4j stop`."""
    settings = _settings(context)
    if _say_if_own_server(settings):
        return
    with progress.show_progress() as show, local.hold(settings, show) as server:
        local.keep(settings)
    say(f"Neo4j {server.version} runs at {server.uri} until `graphsvc neo4j stop`.")
    say(f"Its account is {server.username}; the password is in {local.secret_file(settings)}")


@neo4j.command()
@click.pass_context
def status(context: click.Context) -> None:
    """Show whether the server runs, where, and who uses it. The exit status is 3 if it does not run."""
    settings = _settings(context)
    _say_if_own_server(settings)
    answer = local.status(settings)
    if answer is None:
        say(f"No managed Neo4j runs for {settings.home}")
        sys.exit(3)
    say(f"Neo4j {answer['version']}: {answer['state']}, {answer['uri'] or 'no address yet'}")
    say(
        f"used by {answer['holders']} process(es), {_ends(answer)}; "
        f"supervisor {answer['pid']}, Java {answer['java_pid']}"
    )


@neo4j.command()
@click.pass_context
def stop(context: click.Context) -> None:
    """Stop the server, even if others use it."""
    settings = _settings(context)
    _say_if_own_server(settings)
    say("Neo4j has stopped." if local.stop(settings) else f"No managed Neo4j runs for {settings.home}")


def _ends(answer: Mapping[str, Any]) -> str:
    """Describe when the server will stop, from its status."""
    if answer["kept"]:
        return "kept until stop"
    seconds = answer["lasts_s"]
    if answer["holders"]:
        return f"ends {seconds} s after the last one" if seconds else "ends with the last one"
    return f"ends in {seconds} s unless somebody uses it"


def _settings(context: click.Context) -> Settings:
    return context.obj if isinstance(context.obj, Settings) else Settings.read()


def _say_if_own_server(settings: Settings) -> bool:
    """Return whether the user's own server is used instead of a managed one; if so, print that."""
    if settings.neo4j_uri:
        say(f"NEO4J_URI is set: graphsvc uses your own server at {settings.neo4j_uri}, not a managed one.")
    return bool(settings.neo4j_uri)


commands = (neo4j,)
