"""The command line. Commands use only a Session, nothing below it; an error is one sentence on stderr."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click

from graphsvc.cli.printed import say, say_text
from graphsvc.config import Settings
from graphsvc.errors import RECORDED, GraphsvcError, standing

# Module → its commands. A module is loaded when one of its commands runs, or when the help lists all commands.
ROOMS = {
    "running": ("demo", "serve"),
    "cases": ("load", "deliveries", "cases", "simulate"),
    "looking": ("hubs", "behind", "linked", "query"),
    "moves": ("moves",),
    "series": ("series",),
    "sets": ("sets",),
    "waiting": ("waiting",),
    "reviewing": ("review", "question"),
    "writing": ("cypher",),
    "exports": ("export",),
    "groups": ("groups",),
    "protection": ("vault", "reveal", "hold", "seal", "known", "erase"),
    "people": ("login", "logout", "account", "users"),
    "log": ("audit",),
    "evaluating": ("evaluate",),
    "neo4j": ("neo4j",),
    "working": ("worker",),
}


@contextmanager
def unseen(*names: str) -> Iterator[None]:
    """Prevent imports of some modules in the block: the Neo4j driver would take 0.2 s to load them just for types.

    Use it only in a process that runs a single command. In a notebook, users may give the driver tables to handle.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: there is no such module
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _import_room(room: str) -> ModuleType:
    with unseen("pandas", "pyarrow"):
        return import_module(f"graphsvc.cli.{room}")


def beside(*arguments: object) -> None:
    """Serve pages in another process: see `serving.serve_beside`."""
    _import_room("serving").serve_beside(*arguments)


class Program(click.Group):
    """All commands by name; the modules of a command are loaded only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the name and the place are of click
        """Return the names of all commands, sorted."""
        return sorted([*self.commands, *(name for names in ROOMS.values() for name in names)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the module of a command and return the command; None if there is no command of that name."""
        for room, names in ROOMS.items():
            if cmd_name in names:
                commands: tuple[click.Command, ...] = _import_room(room).commands
                return next(command for command in commands if command.name == cmd_name)
        return super().get_command(ctx, cmd_name)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="graphsvc")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Folder of the service (GRAPHSVC_HOME).")
@click.pass_context
def program(context: click.Context, home: Path | None) -> None:
    """graphsvc: network-graph investigation for people-smuggling and trafficking cases."""
    context.obj = Settings.read(home=home)


@program.command()
@click.pass_obj
def settings(settings: Settings) -> None:
    """List every setting: its environment variable, its value and its purpose."""
    for variable, value, text in settings.shown():
        say(f"{variable:30} {value or '-':40} {text}")


def main() -> None:
    """Run the command line and end the process with the matching exit status."""
    os.umask(0o077)  # files that commands write may name people
    try:
        program.main(standalone_mode=False)
    except click.exceptions.Abort:
        _end("Stopped.", 130)
    except click.ClickException as error:
        buffer = io.StringIO()
        error.show(buffer)
        say_text(buffer.getvalue().rstrip("\n"), err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _end(f"Stopped. {standing()}." if RECORDED.get() else "Stopped.", 130)
    except GraphsvcError as error:
        _end(str(error), error.exit_code)
    except BrokenPipeError:
        # The program that reads our output has closed it; discard the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT):
            raise
        _end(
            f"{error.filename or 'The disk'} cannot be written ({error.strerror}). Free space or choose another folder.",
            71,
        )


def _end(sentence: str, status: int) -> None:
    say(f"graphsvc: {sentence}", err=True)
    sys.exit(status)
