"""A connection to a Dask scheduler: sends shared data once, runs pieces of work, and reports a lost scheduler."""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from graphsvc.machines import tasks
from graphsvc.machines.packing import pack, unpack
from graphsvc.machines.scheduler import security, silence
from graphsvc.machines.versions import computes_with, resource

_LOG = logging.getLogger(__name__)
# Seconds a scheduler has to answer, seconds between checks while work is awaited, and seconds to close.
_ANSWER_S, _LOOK_S, _CLOSE_S = 5.0, 1.0, 2.0
# Pieces sent ahead for each thread of a worker. No thread should wait, but few pieces save memory.
_AHEAD = 3


class LostError(Exception):
    """A scheduler can no longer be used; the message gives the reason."""


class Connection:
    """A connection to the scheduler at an address accepted by `scheduler.check_address`.

    Raises:
        LostError: no connection is possible. OperatorError: Dask's settings do not suffice.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        silence()
        self._resources = {resource(): 1}
        self._threads = 0
        self._passed_over: set[str] = set()
        self._sharing = threading.Lock()
        # Data already sent, by its id, for as long as it exists here.
        self._shared: dict[int, tuple[weakref.ref[Any], Any]] = {}
        settings = security(address, "client")
        try:
            self._client = _connect(address, settings)
        except Exception as error:
            # Any exception is possible, since whatever answers there may not be a scheduler.
            raise LostError(f"The scheduler at {address} cannot be reached ({type(error).__name__})") from None
        # When a scheduler is lost, Dask would print a page for each unfinished task; one sentence replaces these.
        loop = self._client.loop.asyncio_loop
        loop.call_soon_threadsafe(loop.set_exception_handler, lambda _loop, _context: None)

    def look(self) -> None:
        """Check the scheduler and its workers.

        Raises:
            LostError: the scheduler does not answer, or no worker there computes exactly as this machine does.
        """
        try:
            if self._client.status != "running":
                raise OSError
            workers = self._client.sync(self._identity, callback_timeout=_ANSWER_S + 1)["workers"]
        except Exception:
            # Any exception means that it did not answer as schedulers do.
            raise LostError(f"The scheduler at {self._address} is gone") from None
        name = next(iter(self._resources))
        fitting = [worker for worker in workers.values() if name in worker["resources"]]
        for at in sorted(workers.keys() - self._passed_over):
            if name not in workers[at]["resources"]:
                self._passed_over.add(at)
                _LOG.warning(
                    "the worker at %s is given nothing: it has another graphsvc, or computes otherwise; start it by `graphsvc worker` of this version (%s)",
                    at,
                    computes_with(),
                )
        # A worker without free memory starts nothing, perhaps never again.
        awake = [worker for worker in fitting if worker["status"] == "running"]
        self._threads = sum(worker["nthreads"] for worker in awake)
        if fitting and not awake:
            raise LostError(f"The workers of the scheduler at {self._address} have no memory left, or are closing")
        if not fitting:
            raise LostError(
                f"The scheduler at {self._address} has no worker that computes the same as this machine: start `graphsvc worker` of this version there"
            )

    async def _identity(self) -> Any:
        return await asyncio.wait_for(self._client.scheduler.identity(n_workers=-1), _ANSWER_S)

    def at_once(self) -> int:
        """Return how many pieces are started before the first is awaited."""
        return _AHEAD * max(self._threads, 1)

    def share(self, numbers: Any) -> Any:
        """Return the future of numbers that all pieces of some work need; they are sent only the first time.

        Raises:
            NotNumbersAlone: they contain something else. LostError: the scheduler is gone.
        """
        if numbers is None:
            return None
        with self._sharing:
            sent = self._shared.get(id(numbers))
            # A scheduler that restarted in the meantime has lost earlier data.
            if sent is not None and sent[0]() is numbers and not sent[1].cancelled():
                return sent[1]
            future = self._submit(tasks.unpack_shared, pack(numbers, type(numbers).__name__))
            try:
                place = id(numbers)
                # Once the numbers are deleted here, the scheduler releases them too.
                reference = weakref.ref(numbers, lambda _ref: self._shared.pop(place, None))
            except TypeError:
                return future
            self._shared[place] = reference, future
            return future

    def begin(self, work: Callable[..., Any], shared: Any, piece: Any) -> Any:
        """Start one piece of work and return its future. Raises as `share`."""
        packed = pack(piece, f"what {work.__name__} is given")
        return self._submit(tasks.done, tasks.name_of(work), shared, packed)

    def _submit(self, task: Callable[..., Any], *arguments: Any) -> Any:
        try:
            # The name is random: one derived from the data would reveal that two cases or two states of one are alike.
            name = f"graphsvc-{uuid.uuid4().hex}"
            return self._client.submit(task, *arguments, key=name, resources=self._resources, pure=False)
        except Exception as error:
            raise LostError(f"The scheduler at {self._address} takes nothing ({type(error).__name__})") from None

    def result(self, future: Any) -> Any:
        """Wait for a piece's result and return it.

        Raises:
            LostError: there will be no result: the scheduler is gone, no worker computes the same any more, or the work
                failed.
        """
        # Requested only once, since each further request for a large result on its way would restart its transfer.
        arriving = asyncio.run_coroutine_threadsafe(future._result(), self._client.loop.asyncio_loop)
        try:
            while True:
                try:
                    return unpack(arriving.result(timeout=_LOOK_S))
                except TimeoutError:
                    if arriving.done():
                        raise
                    self.look()
        except LostError:
            raise
        except Exception as error:
            self.look()
            # Whatever the error, the work is repeated on this machine, where it succeeds or fails as usual.
            raise LostError(f"Work failed at {self._address} or a worker of it ({type(error).__name__})") from None
        finally:
            arriving.cancel()

    def cancel(self, futures: Sequence[Any]) -> None:
        """Cancel work on these pieces."""
        if futures and self._client.status == "running":
            self._client.loop.add_callback(self._client.cancel, list(futures), asynchronous=True, force=True)

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        self._shared.clear()
        try:
            self._client.close(timeout=_CLOSE_S)
        except Exception as error:  # data on its way can no longer be sent
            _LOG.info("a connection to %s was cut: %s", self._address, type(error).__name__)
            with suppress(Exception):
                self._client.scheduler_comm.abort()
            with suppress(Exception):
                self._client._loop_runner.stop()


def _connect(address: str, settings: Any) -> Any:
    """Return a Dask client that leaves no thread behind if it cannot connect."""
    import dask
    from distributed import Client

    class _Ended(Client):  # type: ignore[misc]  # its types are not read
        """A client whose loop also ends if it never connected."""

        def start(self, **options: Any) -> Any:
            """Connect."""
            try:
                return super().start(**options)
            except BaseException:
                self._loop_runner.stop()
                raise

    # Otherwise Dask sends lines of the code around each call, which in a notebook may be a cell with names in it.
    dask.config.set({"distributed.diagnostics.computations.nframes": 0})
    with dask.config.set({"distributed.comm.timeouts.connect": _ANSWER_S, "distributed.comm.retry.count": 0}):
        return _Ended(address, timeout=_ANSWER_S, security=settings, set_as_default=False)
