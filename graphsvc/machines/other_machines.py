"""Work that goes to the workers of a scheduler, as numbers alone; what they cannot do, or can no longer do, is done here."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from graphsvc.analysis.side_by_side import THIS_MACHINE, Given, Processors, Result, Shared
from graphsvc.errors import OperatorError
from graphsvc.machines.connection import Connection, LostError
from graphsvc.machines.numbers_alone import NotNumbersAlone
from graphsvc.machines.scheduler import checked, require_dask
from graphsvc.machines.versions import resource

_LOG = logging.getLogger(__name__)
# After a fault work is done here for so long, before the scheduler is tried again: each try may take seconds.
_AGAIN_S = 60.0
# What takes no longer is done here: sending it would take as long.
_HERE_S = 1.0


def processors_of(address: str) -> Processors:
    """Who does long work on numbers: the workers of the scheduler at an address, or, where it is empty, this machine.

    Raises:
        OperatorError: nothing may be sent there, or Dask is not installed.

    Example:
        >>> processors_of("") is THIS_MACHINE
        True
    """
    if not address:
        return THIS_MACHINE
    checked(address)
    require_dask()
    return OtherMachines(address)


class OtherMachines:
    """The workers of a scheduler that compute the same as this machine, which does what they do not.

    Connects when there is first something to do. What is given out is numbers alone (`numbers_alone`), in pieces that do not hang on
    how many workers there are, and what comes back is taken in the order of the pieces: so the results are those of this machine.

    Args:
        address: of the scheduler.
        here_s: seconds for which work is done here before the rest of it is given out.
    """

    def __init__(self, address: str, here_s: float = _HERE_S) -> None:
        self._address, self._here_s = address, here_s
        resource()  # of the code that runs here, before another lies in its place
        self._connection: Connection | None = None
        self._changing = threading.Lock()
        self._not_before = 0.0

    def each(self, work: Callable[[Shared, Given], Result], shared: Shared, given: Iterable[Given]) -> Iterator[Result]:
        """See `side_by_side.Processors.each`."""
        things = iter(given)
        yield from THIS_MACHINE.each(work, shared, _taken_within(things, self._here_s))
        for thing in things:
            yield from self._given_out(work, shared, chain([thing], things))

    def _given_out(
        self, work: Callable[[Shared, Given], Result], shared: Shared, things: Iterator[Given]
    ) -> Iterator[Result]:
        connection = self._connected()
        # Pieces that were begun, in their order, each with what is to come of it.
        begun: deque[tuple[Given, Any]] = deque()
        if connection is not None:
            try:
                opened = connection.share(shared)
                most = connection.at_once()
                for thing in things:
                    begun.append((thing, None))
                    begun[-1] = thing, connection.begin(work, opened, thing)
                    if len(begun) > most:
                        yield self._next(connection, begun)
                while begun:
                    yield self._next(connection, begun)
            except LostError as error:
                self._lose(connection, str(error))
            except NotNumbersAlone as error:
                # A fault of ours, and no reason to leave anybody without an answer: nothing was sent.
                _LOG.error("%s; the work is done here", error)
            finally:
                # Whoever needs no more results (it was enough, or was stopped) leaves none to be worked on.
                connection.cancel([future for _, future in begun if future is not None])
        yield from THIS_MACHINE.each(work, shared, chain([thing for thing, _ in begun], things))

    def _next(self, connection: Connection, begun: deque[tuple[Given, Any]]) -> Any:
        """What came of the first of some pieces, which goes from them once it is there."""
        result = connection.result(begun[0][1])
        begun.popleft()
        return result

    def close(self) -> None:
        """Let go of the scheduler. Closing twice does no harm."""
        with self._changing:
            connection, self._connection = self._connection, None
            self._not_before = float("inf")
        if connection is not None:
            connection.close()

    def _connected(self) -> Connection | None:
        """The connection, with a worker that computes the same; None: the work is done here."""
        with self._changing:
            if time.monotonic() < self._not_before:
                return None
            try:
                if self._connection is None:
                    self._connection = Connection(self._address)
                self._connection.look()
            except (LostError, OperatorError) as error:
                self._not_before = time.monotonic() + _AGAIN_S
                connection, self._connection = self._connection, None
                _LOG.warning("%s; the work is done here", str(error).rstrip("."))
                if connection is not None:
                    connection.close()
                return None
            return self._connection

    def _lose(self, connection: Connection, why: str) -> None:
        """Let go of a connection at which nothing more is to be had."""
        with self._changing:
            if self._connection is not connection:
                return  # whoever lost it before has said so
            self._connection = None
            self._not_before = max(self._not_before, time.monotonic() + _AGAIN_S)
        _LOG.warning("%s; the work goes on here", why.rstrip("."))
        connection.close()


def _taken_within(things: Iterator[Given], seconds: float) -> Iterator[Given]:
    """Those of some things that are asked for within some seconds; the others stay."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            thing = next(things)
        except StopIteration:
            return
        yield thing
