"""The command line. Each command holds a Session and nothing deeper; errors are one sentence on stderr.

`running` demo, serve · `cases` load, deliveries, cases, simulate · `looking` hubs, behind, query · `moves` moves · `waiting` waiting · `evaluating` evaluate · `reviewing` review, question · `sets` sets · `series` series ·
`writing` cypher · `people` login, logout, users · `log` audit · `protection` vault · `exports` export · `neo4j` the managed server.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path

import click

from graphsvc.cli import (
    cases,
    evaluating,
    exports,
    groups,
    log,
    looking,
    moves,
    neo4j,
    people,
    protection,
    reviewing,
    running,
    series,
    sets,
    waiting,
    writing,
)
from graphsvc.cli.printed import say, say_text
from graphsvc.config import Settings
from graphsvc.errors import RECORDED, GraphsvcError, standing


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="graphsvc")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Folder of the service (GRAPHSVC_HOME).")
@click.pass_context
def program(context: click.Context, home: Path | None) -> None:
    """graphsvc: network-graph investigation for people-smuggling and trafficking cases."""
    context.obj = Settings.read(home=home)


for command in (
    *running.commands,
    *cases.commands,
    *looking.commands,
    moves.moves,
    waiting.waiting,
    *evaluating.commands,
    *reviewing.commands,
    *sets.commands,
    *writing.commands,
    *people.commands,
    log.audit,
    *protection.commands,
    groups.groups,
    series.series,
    exports.export,
    neo4j.neo4j,
):
    program.add_command(command)


@program.command()
@click.pass_obj
def settings(settings: Settings) -> None:
    """Every setting: the variable it is read from, its value, and what it is for."""
    for variable, value, text in settings.shown():
        say(f"{variable:30} {value or '-':40} {text}")


def main() -> None:
    """Run the command line and end the process with the status that fits."""
    os.umask(0o077)  # whatever a command writes may name people
    try:
        program.main(standalone_mode=False)
    except click.exceptions.Abort:
        _end("Stopped.", 130)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        say_text(said.getvalue().rstrip("\n"), err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _end(f"Stopped. {standing()}." if RECORDED.get() else "Stopped.", 130)
    except GraphsvcError as error:
        _end(str(error), error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has enough; what is left of it goes nowhere.
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
