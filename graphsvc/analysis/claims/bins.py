"""Look-up of the members of many bins at once, such as the rows of some links, and fast set operations on integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from graphsvc.analysis.claims.dependence import Ints

# Integers kept in memory for long are 32 bits wide if all are small enough.
Kept = NDArray[np.signedinteger[Any]]
_FEW = 2**31
# From this count on, values are placed by counting instead of sorting.
_MANY = 2_000


@dataclass(frozen=True, slots=True)
class Bins:
    """Numbers from 0 sorted into bins.

    Attributes:
        order: the numbers, bin by bin. starts: the members of bin `b` are `order[starts[b]:starts[b + 1]]`.
    """

    order: Kept
    starts: Kept

    def members(self, wanted: Ints) -> tuple[Ints, Ints]:
        """Return the members of the wanted bins, in sequence, and for each member the position of its bin in `wanted`.

        Example:
            >>> numbers, whose = sorted_into(np.array([1, 0, 1]), 2).members(np.array([1, 1, 0]))
            >>> numbers.tolist(), whose.tolist()
            ([0, 2, 0, 2, 1], [0, 0, 1, 1, 2])
        """
        positions, entries = spans(self.starts[wanted].astype(np.int64), self.starts[wanted + 1])
        return self.order[entries].astype(np.int64), positions


def spans(starts: Ints, ends: Kept) -> tuple[Ints, Ints]:
    """Return all numbers of some spans in sequence, as two arrays: the positions of their spans, and the numbers.

    Args:
        starts: the first number of each span.
        ends: one more than the last number of each span.

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
    """Return the numbers in half the memory if they fit; widen them before computing, or they overflow silently.

    Args:
        values: integers from -1 up.

    Example:
        >>> narrow(np.array([3, -1])).dtype, narrow(np.array([2**40])).dtype
        (dtype('int32'), dtype('int64'))

    Limits: a sum with 64-bit numbers has 64 bits, but a sum with a Python integer stays at 32.
    """
    return values.astype(np.int32) if values.max(initial=0) < _FEW else values


def distinct(values: Ints) -> Ints:
    """Return the distinct values, sorted; `np.unique` of NumPy 2.3+ hashes first, 50 times slower for a million.

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
    """Return whether each value is in a sorted array; `np.isin` would sort both again.

    Args:
        values: in any order.
        ordered: the sorted array.

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
    """Sort numbers into bins.

    Args:
        bins: for each number from 0 its bin, 0 to `size - 1`.
        size: number of bins.

    Example:
        >>> sorted_into(np.array([1, 0, 1]), 3).starts.tolist()
        [0, 1, 3, 3]

    Limits: none.
    """
    count = len(bins)
    if count < _MANY:
        starts = np.concatenate(([0], np.cumsum(np.bincount(bins, minlength=size)))).astype(np.int64)
        return Bins(narrow(np.argsort(bins, kind="stable")), narrow(starts))
    # Converting a sparse matrix (one cell per row) sorts by counting, in a seventh of the time for a million numbers.
    cells = np.zeros(count, dtype=bool), bins, np.arange(count + 1)
    turned = scipy.sparse.csr_array(cells, shape=(count, size)).tocsc()
    return Bins(narrow(turned.indices), narrow(turned.indptr))
