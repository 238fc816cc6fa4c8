"""Members of many bins at once: the rows of these links, the claims of those sources; and what is distinct among many numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.evidence.dependence import Ints


@dataclass(frozen=True, slots=True)
class Bins:
    """Numbers from 0 sorted into bins.

    Attributes:
        order: the numbers, bin by bin. starts: those of bin `b` are `order[starts[b]:starts[b + 1]]`.
    """

    order: Ints
    starts: Ints

    def members(self, wanted: Ints) -> tuple[Ints, Ints]:
        """The members of each wanted bin, one after the other, and the place in `wanted` of the bin of each.

        Example:
            >>> numbers, whose = sorted_into(np.array([1, 0, 1]), 2).members(np.array([1, 1, 0]))
            >>> numbers.tolist(), whose.tolist()
            ([0, 2, 0, 2, 1], [0, 0, 1, 1, 2])
        """
        count = self.starts[wanted + 1] - self.starts[wanted]
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return self.order[np.repeat(self.starts[wanted], count) + offset], np.repeat(np.arange(len(wanted)), count)


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


def sorted_into(bins: Ints, size: int) -> Bins:
    """Numbers by their bin.

    Args:
        bins: for each number from 0 its bin, 0 to `size - 1`.
        size: how many bins there are.

    Example:
        >>> sorted_into(np.array([1, 0, 1]), 3).starts.tolist()
        [0, 1, 3, 3]

    Limits: none.
    """
    starts = np.concatenate(([0], np.cumsum(np.bincount(bins, minlength=size)))).astype(np.int64)
    return Bins(np.argsort(bins, kind="stable").astype(np.int64), starts)
