"""Work on several things at once, on a few processors: arrays are gone through without holding up others."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

# More would take memory for each, and processors from whoever else looks.
_MOST = 4
Given = TypeVar("Given")
Result = TypeVar("Result")


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
    processors = min(_MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    with ThreadPoolExecutor(processors) as pool:
        begun: deque[Future[Result]] = deque()
        for thing in given:
            begun.append(pool.submit(work, thing))
            if len(begun) > processors:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
