"""Parallel tasks over shared numbers: the interface, and this machine's threads. `machines` has the other machines."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

# Each further thread would need memory, and take processors from other readers.
_MOST = 4
Shared = TypeVar("Shared")
Given = TypeVar("Given")
Result = TypeVar("Result")


class Processors(Protocol):
    """Workers for many tasks over the same numbers.

    They may be on other machines. So all data passed consists of numbers and arrays of numbers, in dataclasses of the
    analysis, lists and tuples, and never of names, ids or texts. The work is a function in a module of the analysis,
    which the other machines also have.
    """

    def each(self, work: Callable[[Shared, Given], Result], shared: Shared, tasks: Iterable[Given]) -> Iterator[Result]:
        """Apply the work to each item and yield the results in order; no result depends on which worker computed it.

        An error of the work is raised in place of its result. Closing the iterator stops work that is not needed.

        Args:
            work: function of the shared data and one item; it must not change data that another task may use.
            shared: data common to all tasks.
            tasks: the items.
        """

    def close(self) -> None:
        """Release the workers."""


class ThisMachine:
    """A pool with one thread for each processor of this machine, at most four.

    Example:
        >>> list(THIS_MACHINE.each(pow, 2, [1, 2, 3]))
        [2, 4, 8]

    Limits: faster only where NumPy and SciPy do the work on long arrays; needs memory for up to four tasks at a time.
    """

    def each(self, work: Callable[[Shared, Given], Result], shared: Shared, tasks: Iterable[Given]) -> Iterator[Result]:
        """See `Processors.each`. Starts only a few items ahead."""
        processors = processors_here()
        with ThreadPoolExecutor(processors) as pool:
            begun: deque[Future[Result]] = deque()
            for task in tasks:
                begun.append(pool.submit(work, shared, task))
                if len(begun) > processors:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()

    def close(self) -> None:
        """Do nothing; there are no workers to release."""


THIS_MACHINE = ThisMachine()


def processors_here() -> int:
    """Return how many tasks run in parallel here, which is one for each processor, at most four.

    Example:
        >>> 1 <= processors_here() <= 4
        True

    Limits: counts the processors this process may use, however busy they are.
    """
    return min(_MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
