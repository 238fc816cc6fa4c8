"""`graphsvc neo4j`: fetch, start, look at and stop the managed local Neo4j."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from graphsvc.config import Settings
from graphsvc.store import launch, local
from graphsvc.store.jars import Progress, fetch_jars


@click.group()
def neo4j() -> None:
    """The managed local Neo4j server: fetch, start, status, stop."""


@neo4j.command()
@click.pass_context
def fetch(context: click.Context) -> None:
    """Fetch the server's jars (160 MB, once) and check each against the lock."""
    settings = _settings(context)
    with _progress() as progress:
        folder = fetch_jars(settings, progress)
    click.echo(f"Neo4j {settings.neo4j_version} is in {folder}")
    _say_if_own_server(settings)


@neo4j.command()
@click.pass_context
def start(context: click.Context) -> None:
    """Start the server and keep it running until `graphsvc neo4j stop`."""
    settings = _settings(context)
    if _say_if_own_server(settings):
        return
    with _progress() as progress, local.hold(settings, progress) as server:
        local.keep(settings)
    click.echo(f"Neo4j {server.version} runs at {server.uri} until `graphsvc neo4j stop`.")
    click.echo(f"Its account is {server.username}; the password is in {launch.server_home(settings.home) / 'secret'}")


@neo4j.command()
@click.pass_context
def status(context: click.Context) -> None:
    """Whether the server runs, where, and who uses it. Exit status 3 when it does not run."""
    settings = _settings(context)
    _say_if_own_server(settings)
    answer = local.status(settings)
    if answer is None:
        click.echo(f"No managed Neo4j runs for {settings.home}")
        sys.exit(3)
    click.echo(f"Neo4j {answer['version']}: {answer['state']}, {answer['uri'] or 'no address yet'}")
    click.echo(
        f"used by {answer['holders']} process(es), {'kept until stop' if answer['kept'] else 'ends with the last one'}; "
        f"supervisor {answer['pid']}, Java {answer['java_pid']}"
    )


@neo4j.command()
@click.pass_context
def stop(context: click.Context) -> None:
    """Stop the server, even if others use it."""
    settings = _settings(context)
    _say_if_own_server(settings)
    click.echo("Neo4j has stopped." if local.stop(settings) else f"No managed Neo4j runs for {settings.home}")


def _settings(context: click.Context) -> Settings:
    return context.obj if isinstance(context.obj, Settings) else Settings.read()


def _say_if_own_server(settings: Settings) -> bool:
    """Whether the user's own server is used, and that the managed one is then not."""
    if settings.neo4j_uri:
        click.echo(f"NEO4J_URI is set: graphsvc uses your own server at {settings.neo4j_uri}, not a managed one.")
    return bool(settings.neo4j_uri)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on stderr that appears with the first jar: a fetch that was done before shows none."""
    bars: list[click._termui_impl.ProgressBar[int]] = []

    def tell(done: int, total: int, _name: str) -> None:
        if not bars:
            bars.append(click.progressbar(length=total, label="Fetching Neo4j", file=sys.stderr))
            bars[0].__enter__()
        bars[0].update(done - bars[0].pos)

    try:
        yield tell
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)
