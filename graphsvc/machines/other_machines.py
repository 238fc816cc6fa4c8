"""Sends work, as numbers only, to the workers of a scheduler; work that they cannot do is done here."""

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
from graphsvc.machines.packing import NotNumbersAlone
from graphsvc.machines.scheduler import check_address, require_dask
from graphsvc.machines.versions import resource

_LOG = logging.getLogger(__name__)
# Seconds after an error during which all work is done here, since each attempt to reach the scheduler takes time.
_AGAIN_S = 60.0
# Seconds of work always done here, since sending shorter work would take as long.
_HERE_S = 1.0


def processors_of(address: str) -> Processors:
    """Return the processors for long numeric work: the workers of a scheduler or, if `address` is empty, this machine.

    Raises:
        OperatorError: the address may not be used, or Dask is not installed.

    Example:
        >>> processors_of("") is THIS_MACHINE
        True
    """
    if not address:
        return THIS_MACHINE
    check_address(address)
    require_dask()
    return OtherMachines(address)


class OtherMachines:
    """The workers of a scheduler that compute exactly as this machine does; this machine does the rest.

    Connects when there is work for the first time. Only numbers are sent (`packing`), in pieces that do not depend on
    the number of workers, and results are returned in the order of the pieces: so they equal this machine's own
    results.

    Args:
        address: address of the scheduler.
        here_s: seconds of work done here before the rest is sent out.
    """

    def __init__(self, address: str, here_s: float = _HERE_S) -> None:
        self._address, self._here_s = address, here_s
        resource()  # computed from the files now, before an upgrade can replace them
        self._connection: Connection | None = None
        self._changing = threading.RLock()
        self._not_before = 0.0

    def each(
        self, work: Callable[[Shared, Given], Result], shared: Shared, pieces: Iterable[Given]
    ) -> Iterator[Result]:
        """See `side_by_side.Processors.each`."""
        things = iter(pieces)
        yield from THIS_MACHINE.each(work, shared, _taken_within(things, self._here_s))
        for thing in things:
            yield from self._given_out(work, shared, chain([thing], things))

    def _given_out(
        self, work: Callable[[Shared, Given], Result], shared: Shared, things: Iterator[Given]
    ) -> Iterator[Result]:
        connection = self._connect()
        # Pieces that were started, in order, each with its future.
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
                self._lose(connection, error, "goes on here")
            except NotNumbersAlone as error:
                # This is a bug of ours, but nothing was sent, so it is no reason to leave a reader without an answer.
                _LOG.error("%s; the work is done here", error)
            finally:
                # A caller that needs no more results (it has enough, or was stopped) must leave no work running.
                connection.cancel([future for _, future in begun if future is not None])
        yield from THIS_MACHINE.each(work, shared, chain([thing for thing, _ in begun], things))

    def _next(self, connection: Connection, begun: deque[tuple[Given, Any]]) -> Any:
        """Return the result of the first of some pieces, and remove the piece once the result has arrived."""
        result = connection.result(begun[0][1])
        begun.popleft()
        return result

    def close(self) -> None:
        """Close the connection to the scheduler. Closing twice does no harm."""
        with self._changing:
            connection, self._connection = self._connection, None
            self._not_before = float("inf")
        if connection is not None:
            connection.close()

    def _connect(self) -> Connection | None:
        """Return the connection if a worker there computes the same as this machine; None if the work is done here."""
        with self._changing:
            if time.monotonic() < self._not_before:
                return None
            try:
                if self._connection is None:
                    self._connection = Connection(self._address)
                self._connection.look()
            except (LostError, OperatorError) as error:
                self._lose(self._connection, error, "is done here")
            return self._connection

    def _lose(self, connection: Connection | None, why: Exception, outcome: str) -> None:
        """Report a lost scheduler once, close any connection to it, and do not reconnect for a while."""
        with self._changing:
            if self._connection is not connection:
                return  # an earlier call has reported the loss
            self._connection = None
            self._not_before = max(self._not_before, time.monotonic() + _AGAIN_S)
        _LOG.warning("%s; the work %s", str(why).rstrip("."), outcome)
        if connection is not None:
            connection.close()


def _taken_within(things: Iterator[Given], seconds: float) -> Iterator[Given]:
    """Yield the things requested within some seconds; the rest stay in the iterator."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            thing = next(things)
        except StopIteration:
            return
        yield thing
