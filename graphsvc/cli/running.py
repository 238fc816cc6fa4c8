"""Serving the pages: `serve` for a home, `demo` for an invented case with a link for each role."""

from __future__ import annotations

import dataclasses
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
from filelock import FileLock, Timeout
from waitress import wasyncore
from waitress.server import create_server

from graphsvc.cli.printed import say
from graphsvc.cli.progress import shown
from graphsvc.config import LAST_PORT, Settings
from graphsvc.errors import OperatorError
from graphsvc.service import Service, command_line, invented, settle

_THREADS = 8
_PORT = click.option(
    "--port", type=click.IntRange(0, LAST_PORT), help="Port of the pages (GRAPHSVC_PORT); 0: any free."
)


@click.command()
@_PORT
@click.pass_obj
def serve(settings: Settings, port: int | None) -> None:
    """Serve the pages of this home until Ctrl-C."""
    settings = dataclasses.replace(settings, port=port if port is not None else settings.port, neo4j_linger_s=0)
    with _alone(settings), shown() as progress, Service(settings, progress) as service:
        service.store()
        service.recover()
        service.forget_links()
        with _serving(service) as address:
            say(f"graphsvc serves {settings.home} at {address}", err=True)
            account = command_line.local_account(service)
            if account:
                say(f"Sign in as {account}: {_link(service, address, account, command_line.LOCAL_PURPOSE)}", err=True)
            say("Ctrl-C stops it.", err=True)


@click.command()
@_PORT
@click.pass_obj
def demo(settings: Settings, port: int | None) -> None:
    """Serve an invented case, in a home of its own, with a one-time sign-in link for each role."""
    # A home of its own: the accounts that anyone at this machine may use have no place beside real cases.
    settings = dataclasses.replace(
        settings,
        home=settings.home / "demo",
        jars=settings.jars or settings.home / "jars",
        port=port if port is not None else settings.port,
        neo4j_linger_s=0,
    )
    with _alone(settings), shown() as progress, Service(settings, progress) as service:
        service.store()
        service.recover()
        service.forget_links()
        accounts = invented.demo_case(service, progress)
        with _serving(service) as address:
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
    """One server a home."""
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


@contextmanager
def _serving(service: Service) -> Iterator[str]:
    """Serve after the block (which says where), until Ctrl-C or a signal to end."""
    # Imported here: the other commands need not wait for what only pages need.
    from graphsvc.web import create_app, door, intake

    settings = service.settings
    body = (settings.upload_mb + 1) * 1024 * 1024
    port = _free_port(settings)
    address = door.address_of(settings, service.hidden_path(), port)
    app = create_app(service, address)
    sockets: dict[int, wasyncore.dispatcher] = {}
    server = create_server(
        app,
        sockets,
        host=settings.host,
        port=port,
        threads=_THREADS,
        max_request_body_size=body,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )
    server.channel_class = intake.channel_of(app, service)

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Both, also where a shell started us with one of them ignored.
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield address
        settle()
        service.plan_ahead()
        service.keep_opening()
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        server.close()
        # Of browsers that keep their connection too.
        wasyncore.close_all(sockets, ignore_all=True)
        say("Stopping.", err=True)


def _link(service: Service, address: str, account: str, purpose: str) -> str:
    return f"{address}/link/{service.sign_in_link(account, purpose)}"


def _free_port(settings: Settings) -> int:
    """The port to serve on: the one that is set, or any that is free for 0."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
            return int(probe.getsockname()[1])
        except (OSError, TypeError) as error:  # a TypeError where the host cannot be written as one
            why = getattr(error, "strerror", None) or "GRAPHSVC_HOST is no host"
            raise OperatorError(
                f"Port {settings.port} on {settings.host} cannot be used ({why}). Stop what uses it,"
                " or choose another: GRAPHSVC_PORT=0 takes any that is free."
            ) from None


commands = (serve, demo)
