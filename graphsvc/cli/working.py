"""`graphsvc worker`: lends the processors of this machine to a service on another machine."""

from __future__ import annotations

import click

from graphsvc.cli.printed import say
from graphsvc.config import Settings
from graphsvc.errors import OperatorError


@click.command()
@click.option("--threads", type=click.IntRange(1, 64), help="Threads at once (default: one a processor, four at most).")
@click.option(
    "--memory-mb",
    type=click.IntRange(512),
    help="Memory it may take, in MiB (default: the machine's, by its share of the processors).",
)
@click.pass_obj
def worker(settings: Settings, threads: int | None, memory_mb: int | None) -> None:
    """Compute for the scheduler that GRAPHSVC_SCHEDULER names, for services of this version, until Ctrl-C.

    It opens no home and no case, and receives numbers but no names. It runs whatever the scheduler sends, so use only your own.
    """
    # Imported here, as it loads modules for computing that other commands do not need.
    from graphsvc.machines.worker import work

    if not settings.scheduler:
        raise OperatorError(
            "GRAPHSVC_SCHEDULER names no scheduler to work for. Set it: tls://HOST:PORT, or tcp://127.0.0.1:PORT at this machine."
        )
    work(settings.scheduler, say, threads or 0, memory_mb or 0)


commands = (worker,)
