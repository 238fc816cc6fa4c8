"""A connection to a Dask scheduler: what is shared is sent once, work in the order it is asked for, and what is lost is said."""

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
from graphsvc.machines.numbers_alone import NotNumbersAlone, require_numbers
from graphsvc.machines.packing import pack, unpack
from graphsvc.machines.scheduler import security, silence
from graphsvc.machines.versions import computes_with, resource

_LOG = logging.getLogger(__name__)
# What a scheduler is given to answer, and how often it is looked at while work is waited for.
_ANSWER_S, _LOOK_S, _CLOSE_S = 5.0, 1.0, 2.0
# So many pieces for each thread of a worker are on their way at once: it never waits for its next, and memory is for few.
_AHEAD = 3


class LostError(Exception):
    """Nothing more is to be had from a scheduler: why, in a sentence."""


class Connection:
    """A connection to the scheduler at an address that was `scheduler.checked`.

    Raises:
        LostError: there is none. OperatorError: Dask's settings do not do for it.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        silence()
        self._resources = {resource(): 1}
        self._threads = 0
        self._passed_over: set[str] = set()
        self._sharing = threading.Lock()
        # What was sent already, by its id, for as long as it lives here.
        self._shared: dict[int, tuple[weakref.ref[Any], Any]] = {}
        settings = security(address, "client")
        try:
            self._client = _connected(address, settings)
        except Exception as error:
            # Of whatever kind: what answers there may be no scheduler.
            raise LostError(f"The scheduler at {address} cannot be reached ({type(error).__name__})") from None
        # What it leaves unfinished as a scheduler goes would be printed, a page for each; that it went is said in a sentence.
        loop = self._client.loop.asyncio_loop
        loop.call_soon_threadsafe(loop.set_exception_handler, lambda _loop, _context: None)

    def look(self) -> None:
        """See who works there.

        Raises:
            LostError: the scheduler does not answer, or nobody there computes the same as this machine.
        """
        try:
            if self._client.status != "running":
                raise OSError
            workers = self._client.sync(self._identity, callback_timeout=_ANSWER_S + 1)["workers"]
        except Exception:
            # Of whatever kind: it did not answer as schedulers do.
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
        # One that has no memory left begins nothing, and may never again.
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
        """How many pieces are begun before the first is waited for."""
        return _AHEAD * max(self._threads, 1)

    def share(self, numbers: Any) -> Any:
        """Numbers that all of some work is over, on their way; sent once, however often they are shared.

        Raises:
            NotNumbersAlone: they are not that alone. LostError: the scheduler is gone.
        """
        if numbers is None:
            return None
        with self._sharing:
            sent = self._shared.get(id(numbers))
            # A scheduler that was started again meanwhile has nothing of before.
            if sent is not None and sent[0]() is numbers and not sent[1].cancelled():
                return sent[1]
            require_numbers(numbers, type(numbers).__name__)
            future = self._submit(tasks.unpack_shared, pack(numbers))
            try:
                place = id(numbers)
                # Gone here, it goes there.
                gone = weakref.ref(numbers, lambda _ref: self._shared.pop(place, None))
            except TypeError:
                return future
            self._shared[place] = gone, future
            return future

    def begin(self, work: Callable[..., Any], shared: Any, given: Any) -> Any:
        """One piece of work on its way. Raises as `share`."""
        require_numbers(given, f"what {work.__name__} is given")
        try:
            name = tasks.name_of(work)
        except ValueError as error:
            raise NotNumbersAlone(str(error)) from None
        return self._submit(tasks.done, name, shared, pack(given))

    def _submit(self, task: Callable[..., Any], *given: Any) -> Any:
        try:
            # A name of its own: one made of what is given would tell two cases, or two states of one, to be alike.
            name = f"graphsvc-{uuid.uuid4().hex}"
            return self._client.submit(task, *given, key=name, resources=self._resources, pure=False)
        except Exception as error:
            raise LostError(f"The scheduler at {self._address} takes nothing ({type(error).__name__})") from None

    def result(self, future: Any) -> Any:
        """What came of a piece, waited for.

        Raises:
            LostError: nothing will: the scheduler is gone, nobody there computes the same any more, or the work failed there.
        """
        # Begun once: whoever asked again and again for what is long on its way would begin it anew each time.
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
            # Whatever it was: tried again here it succeeds, or fails as it would have here.
            raise LostError(f"Work failed at {self._address} or a worker of it ({type(error).__name__})") from None
        finally:
            arriving.cancel()

    def cancel(self, futures: Sequence[Any]) -> None:
        """Have no more of these worked on."""
        if futures and self._client.status == "running":
            self._client.loop.add_callback(self._client.cancel, list(futures), asynchronous=True, force=True)

    def close(self) -> None:
        """Let go of it, whatever became of it."""
        self._shared.clear()
        try:
            self._client.close(timeout=_CLOSE_S)
        except Exception as error:  # what was on its way cannot be sent any more
            _LOG.info("a connection to %s was cut: %s", self._address, type(error).__name__)
            with suppress(Exception):
                self._client.scheduler_comm.abort()
            with suppress(Exception):
                self._client._loop_runner.stop()


def _connected(address: str, settings: Any) -> Any:
    """A client of Dask's that leaves no thread behind where it cannot connect."""
    import dask
    from distributed import Client

    class _Ended(Client):  # type: ignore[misc]  # its types are not read
        """A client whose loop ends with it also where it never began."""

        def start(self, **given: Any) -> Any:
            """Connect."""
            try:
                return super().start(**given)
            except BaseException:
                self._loop_runner.stop()
                raise

    # Read whenever something is given out: lines of the code around a call, in a notebook a cell with names in it.
    dask.config.set({"distributed.diagnostics.computations.nframes": 0})
    with dask.config.set({"distributed.comm.timeouts.connect": _ANSWER_S, "distributed.comm.retry.count": 0}):
        return _Ended(address, timeout=_ANSWER_S, security=settings, set_as_default=False)
