"""Rows stored in columns: each value once, and its index for each row, so a million rows need no million objects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, SupportsIndex, overload

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.integer[Any]]


class LazyTexts(ABC, Sequence[str]):
    """Texts that become objects only when they are read."""

    @abstractmethod
    def at(self, places: Places) -> list[str]:
        """Return the texts at some places."""

    @abstractmethod
    def order(self) -> NDArray[np.int64]:
        """Return the places of all texts, sorted by text."""

    @overload
    def __getitem__(self, place: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: SupportsIndex | slice) -> str | list[str]:
        places = range(len(self))[place]
        return (
            self.at(np.array(places, dtype=np.int64)) if isinstance(places, range) else self.at(np.array([places]))[0]
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])


class ValueColumn(NamedTuple):
    """One column: `words[place[row]]` is the value of a row.

    Attributes:
        words: values; usually each once.
        place: for each row, the index of its value.

    Example:
        >>> ValueColumn(["a", "b"], np.array([1, 0, 1])).values()
        ['b', 'a', 'b']
    """

    words: Sequence[Any]
    place: Places

    def values(self) -> list[Any]:
        """Return the values, row by row."""
        if isinstance(self.words, LazyTexts):
            return self.words.at(self.place)
        return list(map(self.words.__getitem__, self.place.tolist()))

    def rows(self, chosen: Places) -> ValueColumn:
        """Return the column restricted to some rows.

        Example:
            >>> ValueColumn(["a", "b"], np.array([1, 0, 1])).rows(np.array([2])).values()
            ['b']
        """
        return ValueColumn(self.words, self.place[chosen])

    def where(self, holds: Callable[[Any], bool]) -> NDArray[np.bool_]:
        """Return, for each row, whether its value satisfies a condition.

        Example:
            >>> ValueColumn(["a", "b"], np.array([1, 0, 1])).where("b".__eq__).tolist()
            [True, False, True]
        """
        return np.array([holds(word) for word in self.words] or [False], dtype=bool)[self.place]

    def distinct_values(self, chosen: NDArray[np.bool_]) -> set[Any]:
        """Return the distinct values of some rows.

        Example:
            >>> ValueColumn(["a", "b"], np.array([1, 0, 1])).distinct_values(np.array([True, False, True]))
            {'b'}
        """
        return set(ValueColumn(self.words, self.rows(np.flatnonzero(chosen)).used_places()).values())

    def used_places(self) -> NDArray[np.int64]:
        """Return the places of the `words` that occur in at least one row.

        Example:
            >>> ValueColumn(["a", "b", "c"], np.array([2, 0, 2])).used_places().tolist()
            [0, 2]
        """
        used = np.zeros(len(self.words), dtype=bool)
        used[self.place] = True
        return np.flatnonzero(used)


class LaidRows(Sequence[tuple[Any, ...]]):
    """Rows in columns: read like a list of tuples, each made only when it is read.

    Example:
        >>> rows = LaidRows([ValueColumn(["a", "b"], np.array([1, 0, 1])), ValueColumn([1], np.array([0, 0, 0]))])
        >>> len(rows), rows[0], rows[1:], list(rows)
        (3, ('b', 1), [('a', 1), ('b', 1)], [('b', 1), ('a', 1), ('b', 1)])
    """

    def __init__(self, columns: Sequence[ValueColumn]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0].place)

    @overload
    def __getitem__(self, place: SupportsIndex) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> list[tuple[Any, ...]]: ...
    def __getitem__(self, place: SupportsIndex | slice) -> tuple[Any, ...] | list[tuple[Any, ...]]:
        if isinstance(place, slice):
            return list(LaidRows([column.rows(np.arange(len(self))[place]) for column in self.columns]))
        return tuple(column.words[column.place[place]] for column in self.columns)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(zip(*(column.values() for column in self.columns), strict=True))


def sort_rows(columns: Sequence[ValueColumn], by: int) -> list[ValueColumn]:
    """Return the rows sorted by the texts of one column; the sort is stable.

    Example:
        >>> columns = ValueColumn(["b", "a"], np.array([0, 1, 0])), ValueColumn([1, 2, 3], np.array([0, 1, 2]))
        >>> [column.values() for column in sort_rows(columns, by=0)]
        [['a', 'b', 'b'], [2, 1, 3]]
    """
    words, place = columns[by]
    turn = np.empty(len(words), dtype=np.int64)
    turn[_order(words)] = np.arange(len(words))
    turned = turn[place]
    rows = np.bincount(turned, minlength=len(words))
    if rows.max(initial=0) > 1:
        order = np.argsort(turned, kind="stable")
    else:  # all texts differ, so each row has its own place
        order = np.empty(len(place), dtype=np.int64)
        order[(np.cumsum(rows) - 1)[turned]] = np.arange(len(place))
    return [column.rows(order) for column in columns]


def _order(words: Sequence[Any]) -> Places:
    """Return the places of some texts, sorted by text."""
    if isinstance(words, LazyTexts):
        return words.order()
    return np.array(sorted(range(len(words)), key=words.__getitem__), dtype=np.int64)


def number_columns(*columns: ValueColumn) -> tuple[list[str], list[NDArray[np.int64]]]:
    """Return the distinct texts of some columns together, sorted, and each column's rows as indices into them.

    Example:
        >>> names, (first, second) = number_columns(ValueColumn(["b", "z"], np.array([0, 0])), ValueColumn(["a"], np.array([0, 0])))
        >>> names, first.tolist(), second.tolist()
        (['a', 'b'], [1, 1], [0, 0])
    """
    used = [column.used_places() for column in columns]
    used_words = [ValueColumn(column.words, places).values() for column, places in zip(columns, used, strict=True)]
    names = sorted(set[str]().union(*used_words))
    number = dict(zip(names, range(len(names)), strict=True))
    numbers = []
    for column, places, words in zip(columns, used, used_words, strict=True):
        turned = np.full(len(column.words), -1, dtype=np.int64)
        turned[places] = np.fromiter(map(number.__getitem__, words), np.int64, len(words))
        numbers.append(turned[column.place])
    return names, numbers
