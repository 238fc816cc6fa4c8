"""A scheduler's worker, which offers the resource our work requires and has no pages, dashboard or data on disk."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

from graphsvc.analysis.side_by_side import processors_here
from graphsvc.errors import OperatorError
from graphsvc.machines.scheduler import check_address, host_of, require_dask, security, silence
from graphsvc.machines.versions import computes_with, digest, resource

_REACH_S, _CLOSE_S = 10.0, 5.0
# Share of its memory above which a worker accepts nothing new. It never writes its memory to disk.
_PAUSE = 0.85
# Modules for most of the work, loaded before the first piece arrives.
_READY = (
    "graphsvc.analysis.robustness.board",
    "graphsvc.analysis.ranking.chance",
    "graphsvc.analysis.displacement.deals",
)


def work(address: str, say: Callable[[str], None], threads: int = 0, memory_mb: int = 0) -> None:
    """Work for a scheduler until the scheduler is gone or a signal ends it.

    Args:
        address: address of the scheduler.
        say: called with a sentence once the worker is connected.
        threads: number of threads (0: as many as graphsvc uses when it serves on this machine).
        memory_mb: memory in MiB; with 85 % of it in use, it starts nothing new (0: its threads' share of the machine's
            memory).

    Raises:
        OperatorError: the address is not valid, Dask is not installed or set up for it, or the scheduler is missing or
            lost.
    """
    check_address(address)
    require_dask()
    # The worker's threads already use all processors; extra threads for small matrix products would only compete.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    silence()
    import dask

    for module in _READY:
        import_module(module)

    settings = {
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": _PAUSE,
        "distributed.worker.profile.enabled": False,
        "distributed.comm.timeouts.connect": _REACH_S,
    }
    with dask.config.set(settings), tempfile.TemporaryDirectory(prefix="graphsvc-worker-") as folder:
        limit: int | str = memory_mb << 20 if memory_mb else "auto"
        asyncio.run(_work(address, say, threads or processors_here(), limit, folder))


async def _work(address: str, say: Callable[[str], None], threads: int, memory: int | str, folder: str) -> None:
    from distributed import Worker

    class _WithoutPages(Worker):  # type: ignore[misc]  # its types are not read
        """A worker that listens only for the scheduler and other workers."""

        def start_http_server(self, *_given: object, **_named: object) -> None:
            """Start no server."""

    asked_to_end = asyncio.Event()
    with suppress(NotImplementedError):  # on Windows, where Ctrl-C ends the process as it is
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)
    worker = _WithoutPages(
        address,
        nthreads=threads,
        memory_limit=memory,
        local_directory=folder,
        resources={resource(): threads},
        security=security(address, "worker"),
        # Over loopback the other workers are here as well; over TLS it listens at every address of the machine.
        host=host_of(address) if address.startswith("tcp://") else None,
        protocol=address.partition("://")[0],
        death_timeout=_REACH_S,
        dashboard=False,
    )
    try:
        await worker
    except (OSError, TimeoutError, RuntimeError) as error:
        raise OperatorError(
            f"The scheduler at {address} cannot be reached ({type(error).__name__}). Start it (`dask scheduler`), or correct GRAPHSVC_SCHEDULER."
        ) from None
    say(f"Working for {address} with {threads} threads: graphsvc {digest()}, {computes_with()}.")
    ending, finished = asyncio.ensure_future(asked_to_end.wait()), asyncio.ensure_future(worker.finished())
    await asyncio.wait((ending, finished), return_when=asyncio.FIRST_COMPLETED)
    if asked_to_end.is_set():
        await worker.close(timeout=_CLOSE_S, reason="asked to end")
        finished.cancel()
        return
    ending.cancel()
    raise OperatorError(f"The scheduler at {address} is gone. Start `graphsvc worker` again once it is back.")
