"""Serving the pages: `serve` for a home, `demo` for an invented case with a sign-in link for each role."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

import click
from filelock import FileLock, Timeout

from graphsvc.cli.printed import say
from graphsvc.cli.progress import show_progress
from graphsvc.cli.serving import serving
from graphsvc.config import LAST_PORT, Settings
from graphsvc.errors import OperatorError
from graphsvc.service import Service, command_line, invented

_PORT = click.option(
    "--port", type=click.IntRange(0, LAST_PORT), help="Port of the pages (GRAPHSVC_PORT); 0: any free."
)


@click.command()
@_PORT
@click.pass_obj
def serve(settings: Settings, port: int | None) -> None:
    """Serve the pages of this home until Ctrl-C."""
    settings = dataclasses.replace(settings, port=port if port is not None else settings.port, neo4j_linger_s=0)
    with _alone(settings), show_progress() as progress, Service(settings, progress) as service:
        service.store()
        service.recover()
        service.forget_links()
        with serving(service) as address:
            say(f"graphsvc serves {settings.home} at {address}", err=True)
            account = command_line.local_account(service)
            if account:
                say(f"Sign in as {account}: {_link(service, address, account, command_line.LOCAL_PURPOSE)}", err=True)
            say("Ctrl-C stops it.", err=True)


@click.command()
@_PORT
@click.pass_obj
def demo(settings: Settings, port: int | None) -> None:
    """Serve an invented case in a separate home, with a one-time sign-in link for each role."""
    # The demo has a separate home, as anyone at this machine can use its accounts, which must not be near real cases.
    settings = dataclasses.replace(
        settings,
        home=settings.home / "demo",
        jars=settings.jars or settings.home / "jars",
        port=port if port is not None else settings.port,
        neo4j_linger_s=0,
        processes=settings.processes or 1,
    )
    with _alone(settings), show_progress() as progress, Service(settings, progress) as service:
        service.store()
        service.recover()
        service.forget_links()
        accounts = invented.demo_case(service, progress)
        with serving(service) as address:
            progress(1, 1, "")
            say("", f"The demo case is at {address}", "")
            for account, cleared in accounts.items():
                say(f"  {account:14} {cleared}", f"  {'':14} {_link(service, address, account, 'trying the demo')}")
            say(
                "",
                "Each link signs in once, from this machine only. On the command line:",
                f"  graphsvc --home {settings.home} login --link LINK",
                "Ctrl-C stops everything.",
            )


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Hold the lock of the home, so that only one server runs for it."""
    lock = FileLock(settings.home / "serve.lock", timeout=0.1, mode=0o600)
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise OperatorError(
            f"graphsvc is serving {settings.home} already. Use that one, stop it with Ctrl-C where it runs,"
            " or choose another folder with GRAPHSVC_HOME."
        ) from None
    except OSError as error:
        raise OperatorError(
            f"The folder {settings.home} cannot be written ({error.strerror}). Free space there or make it writable,"
            " or set GRAPHSVC_HOME to another folder."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _link(service: Service, address: str, account: str, purpose: str) -> str:
    return f"{address}/link/{service.sign_in_link(account, purpose)}"


commands = (serve, demo)
