"""Many pieces of work over the same numbers at once: on a few processors of this machine, or on others that are given numbers alone."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

# More would take memory for each, and processors from whoever else looks.
_MOST = 4
Shared = TypeVar("Shared")
Given = TypeVar("Given")
Result = TypeVar("Result")


class Processors(Protocol):
    """Who does many pieces of work over the same numbers.

    They may be those of other machines. So what is handed over is numbers and arrays of numbers, in dataclasses of the analysis, lists
    and tuples, and never a name, an id or a text; and the work is a function of a module of the analysis, which those have as well.
    """

    def each(self, work: Callable[[Shared, Given], Result], shared: Shared, given: Iterable[Given]) -> Iterator[Result]:
        """What the work makes of each of some things, in their order; what it gives does not hang on who does it.

        Args:
            work: given what is shared and one of the things; it changes nothing that another may use.
            shared: what all of the work is over.
            given: the things.
        """

    def close(self) -> None:
        """Let go of whoever does it."""


class ThisMachine:
    """The processors of this machine.

    Example:
        >>> list(THIS_MACHINE.each(pow, 2, [1, 2, 3]))
        [2, 4, 8]
    """

    def each(self, work: Callable[[Shared, Given], Result], shared: Shared, given: Iterable[Given]) -> Iterator[Result]:
        """See `Processors.each`."""
        return side_by_side(partial(work, shared), given)

    def close(self) -> None:
        """Nobody is held."""


THIS_MACHINE = ThisMachine()


def processors_here() -> int:
    """How many things are worked on at once here: one for each processor, four at most.

    Example:
        >>> 1 <= processors_here() <= 4
        True

    Limits: counts those that this process may use, however busy they are.
    """
    return min(_MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def side_by_side(work: Callable[[Given], Result], given: Iterable[Given]) -> Iterator[Result]:
    """What the work makes of each of some things, in their order; no more are begun than are soon asked for.

    Args:
        work: for each; it changes nothing that another may use.
        given: the things.

    Example:
        >>> list(side_by_side(abs, [-1, 2, -3]))
        [1, 2, 3]

    Limits: gains only where the work is done by NumPy and SciPy on long arrays; takes memory for up to four at once.
    """
    processors = processors_here()
    with ThreadPoolExecutor(processors) as pool:
        begun: deque[Future[Result]] = deque()
        for thing in given:
            begun.append(pool.submit(work, thing))
            if len(begun) > processors:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
