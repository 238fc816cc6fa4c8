"""Members of many bins at once: the rows of these links, the claims of those sources; and what is distinct among many numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from graphsvc.analysis.evidence.dependence import Ints

# Whole numbers that stay in memory: half as wide where they are few enough.
Kept = NDArray[np.signedinteger[Any]]
_FEW = 2**31
# From so many on they are not sorted but counted.
_MANY = 2_000


@dataclass(frozen=True, slots=True)
class Bins:
    """Numbers from 0 sorted into bins.

    Attributes:
        order: the numbers, bin by bin. starts: those of bin `b` are `order[starts[b]:starts[b + 1]]`.
    """

    order: Kept
    starts: Kept

    def members(self, wanted: Ints) -> tuple[Ints, Ints]:
        """The members of each wanted bin, one after the other, and the place in `wanted` of the bin of each.

        Example:
            >>> numbers, whose = sorted_into(np.array([1, 0, 1]), 2).members(np.array([1, 1, 0]))
            >>> numbers.tolist(), whose.tolist()
            ([0, 2, 0, 2, 1], [0, 0, 1, 1, 2])
        """
        whose, which = spans(self.starts[wanted].astype(np.int64), self.starts[wanted + 1])
        return self.order[which].astype(np.int64), whose


def spans(starts: Ints, ends: Kept) -> tuple[Ints, Ints]:
    """The numbers of some spans, one span after the other: for each the place of its span, and the number.

    Args:
        starts: the first of each.
        ends: one more than the last of each.

    Example:
        >>> whose, which = spans(np.array([4, 0]), np.array([6, 1]))
        >>> whose.tolist(), which.tolist()
        ([0, 0, 1], [4, 5, 0])

    Limits: none.
    """
    count = ends - starts
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(np.arange(len(starts)), count), np.repeat(starts, count) + offset


def narrow(values: Ints) -> Kept:
    """The same numbers in half the memory, where they fit: what is computed of them is to be wide again, or it overflows unseen.

    Args:
        values: from -1 on.

    Example:
        >>> narrow(np.array([3, -1])).dtype, narrow(np.array([2**40])).dtype
        (dtype('int32'), dtype('int64'))

    Limits: numpy adds 32 bits to 64 as 64, and 32 bits to a plain number as 32.
    """
    return values.astype(np.int32) if values.max(initial=0) < _FEW else values


def distinct(values: Ints) -> Ints:
    """The values, sorted, each once: NumPy 2.3 and later puts them into a table first, which takes fifty times as long for a million.

    Args:
        values: in any order.

    Example:
        >>> distinct(np.array([3, 1, 3])).tolist()
        [1, 3]

    Limits: none.
    """
    ordered = np.sort(values)
    result: Ints = ordered[np.concatenate((ordered[:1] == ordered[:1], ordered[1:] != ordered[:-1]))]
    return result


def among(values: Ints, ordered: Ints) -> NDArray[np.bool_]:
    """Whether each value is one of some that are sorted; `np.isin` would sort both again.

    Args:
        values: in any order.
        ordered: sorted.

    Example:
        >>> among(np.array([4, 1, 3]), np.array([1, 3])).tolist()
        [False, True, True]

    Limits: none.
    """
    if not len(ordered):
        return np.zeros(len(values), dtype=bool)
    result: NDArray[np.bool_] = ordered[np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)] == values
    return result


def sorted_into(bins: Kept, size: int) -> Bins:
    """Numbers by their bin.

    Args:
        bins: for each number from 0 its bin, 0 to `size - 1`.
        size: how many bins there are.

    Example:
        >>> sorted_into(np.array([1, 0, 1]), 3).starts.tolist()
        [0, 1, 3, 3]

    Limits: none.
    """
    count = len(bins)
    if count < _MANY:
        starts = np.concatenate(([0], np.cumsum(np.bincount(bins, minlength=size)))).astype(np.int64)
        return Bins(narrow(np.argsort(bins, kind="stable")), narrow(starts))
    # Turning a matrix of one cell a row counts them into place: a seventh of the time that a million take to be sorted.
    cells = np.zeros(count, dtype=bool), bins, np.arange(count + 1)
    turned = scipy.sparse.csr_array(cells, shape=(count, size)).tocsc()
    return Bins(narrow(turned.indices), narrow(turned.indptr))
