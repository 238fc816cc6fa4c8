"""Claims stored in columns and turned into objects only when read: one person's claims need not wait for a million."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from typing import Any, SupportsIndex, overload

import numpy as np

from graphsvc.analysis.claims.bins import Bins, sorted_into
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.records.columns import ValueColumn, number_columns

# Sorted ids; for each row the positions of its subject and its object among them.
Ends = tuple[list[str], Ints, Ints]
NAMES = tuple(item.name for item in fields(Claim))
# Number of claims turned into objects at a time; if more than one claim in `_MANY` is wanted, all are converted.
_AT_ONCE, _MANY = 1 << 16, 8
_SEVERAL = 2


class LaidClaims(Sequence[Claim]):
    """A sequence of claims that behaves like a list: a claim turned into an object stays that object.

    Args:
        columns: one for each attribute of a claim, in order.
        twins: returns claims already in memory, by id; an equal claim reuses that object.
        lasting: a context manager for making objects that will be kept.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> claims = columnar_claims([claim_from("s1: p1 RUNS g1"), claim_from("s2: p2 RUNS g1")])
        >>> len(claims), claims[1].source, claims[1] is claims[1], [claim.source for claim in claims]
        (2, 's2', True, ['s1', 's2'])

    Limits: after the first full iteration it holds a list besides the columns.
    """

    def __init__(
        self,
        columns: Sequence[ValueColumn],
        twins: Callable[[], Mapping[str, Claim]] = dict,
        lasting: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._size = len(columns[0].place)
        self._columns = dict(zip(NAMES, columns, strict=True))
        self._twins, self._lasting = twins, lasting
        self._ends: Ends | None = None
        self._made: dict[int, Claim] = {}
        self._all: list[Claim] | None = None
        self._alone = threading.Lock()

    def columns(self) -> Mapping[str, ValueColumn]:
        """Return attribute → column."""
        return self._columns

    def ends(self) -> Ends:
        """Return every id at an end of a claim, sorted, and for each row the numbers of its subject and object."""
        if self._ends is None:
            names, (subject, object_) = number_columns(self._columns["subject"], self._columns["object"])
            self._ends = names, subject, object_
        return self._ends

    def objects(self) -> Iterable[Claim]:
        """Return the claims that are objects already."""
        return self._all if self._all is not None else [*self._made.values()]

    def at(self, rows: Ints) -> list[Claim]:
        """Return the claims in some rows."""
        if self._all is None and len(rows) * _MANY <= self._size:
            with self._alone:
                if self._all is None:
                    return self._some(rows)
        return list(map(self._whole().__getitem__, rows.tolist()))

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: SupportsIndex) -> Claim: ...
    @overload
    def __getitem__(self, place: slice) -> list[Claim]: ...
    def __getitem__(self, place: SupportsIndex | slice) -> Claim | list[Claim]:
        if isinstance(place, slice):
            return self.at(np.arange(self._size)[place])
        row = range(self._size)[place]
        claim = self._made.get(row)
        return self.at(np.array([row]))[0] if claim is None else claim

    def __iter__(self) -> Iterator[Claim]:
        return iter(self._whole())

    def _whole(self) -> list[Claim]:
        if self._all is None:
            with self._alone:
                if self._all is None:
                    with self._lasting():
                        twins = self._twins()
                        rows = np.arange(self._size)
                        parts = (self._new(rows[first : first + _AT_ONCE]) for first in rows[::_AT_ONCE].tolist())
                        claims = [of_twins(claim, twins) for part in parts for claim in part]
                        for row, claim in self._made.items():
                            claims[row] = claim
                        self._all, self._made = claims, {}
        return self._all

    def _some(self, rows: Ints) -> list[Claim]:
        numbers = rows.tolist()
        missing = [row for row in dict.fromkeys(numbers) if row not in self._made]
        if missing:
            self._made.update(zip(missing, self._new(np.array(missing)), strict=True))
        return list(map(self._made.__getitem__, numbers))

    def _new(self, rows: Ints) -> list[Claim]:
        values = (column.rows(rows).values() for column in self._columns.values())
        return [Claim(*row) for row in zip(*values, strict=True)]


class SomeClaims(Sequence[Claim]):
    """Some rows of claims in columns, in row order.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> claims = columnar_claims([claim_from("s1: p1 RUNS g1"), claim_from("s2: p2 RUNS g1")])
        >>> some = SomeClaims(claims, np.array([1]))
        >>> len(some), some[0] is claims[1], [claim.source for claim in some]
        (1, True, ['s2'])

    Limits: as `LaidClaims`.
    """

    def __init__(self, claims: LaidClaims, rows: Ints) -> None:
        self._claims, self._rows = claims, rows

    def at(self, rows: Ints) -> list[Claim]:
        """Return the claims in some of these rows."""
        return self._claims.at(self._rows[rows])

    def among(self, rows: Ints) -> SomeClaims:
        """Return a selection of these rows."""
        return SomeClaims(self._claims, self._rows[rows])

    def column(self, name: str) -> ValueColumn:
        """Return one attribute as a column."""
        return self._claims.columns()[name].rows(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: SupportsIndex) -> Claim: ...
    @overload
    def __getitem__(self, place: slice) -> SomeClaims: ...
    def __getitem__(self, place: SupportsIndex | slice) -> Claim | SomeClaims:
        if isinstance(place, slice):
            return SomeClaims(self._claims, self._rows[place])
        return self._claims[int(self._rows[place])]

    def __iter__(self) -> Iterator[Claim]:
        return iter(self._claims.at(self._rows))


class ByEnd(Mapping[str, Sequence[Claim]]):
    """Entity → the claims that have it at an end, in order; entities without claims are absent.

    Args:
        claims: claims in columns.
        rows: rows to include (default: all).
        twice: whether a claim whose subject is its object is listed twice.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> claims = columnar_claims([claim_from("s1: p1 RUNS g1"), claim_from("s2: p2 RUNS g1")])
        >>> by_end = ByEnd(claims)
        >>> sorted(by_end), [claim.source for claim in by_end["g1"]], by_end.get("p3", [])
        (['g1', 'p1', 'p2'], ['s1', 's2'], [])

    Limits: as `LaidClaims`.
    """

    def __init__(self, claims: LaidClaims, rows: Ints | None = None, *, twice: bool = False) -> None:
        self._claims = claims
        self._rows = np.arange(len(claims)) if rows is None else rows
        names, *ends = claims.ends()
        subject, object_ = ends if rows is None else (numbers[rows] for numbers in ends)
        self._place = {name: place for place, name in enumerate(names)}
        both = np.column_stack((subject, object_))
        if not twice:
            both[subject == object_, 1] = len(names)
        self._bins: Bins = sorted_into(both.ravel(), len(names) + 1)

    def __getitem__(self, name: str) -> SomeClaims:
        members, _ = self._bins.members(np.array([self._place[name]]))
        if not len(members):
            raise KeyError(name)
        return SomeClaims(self._claims, self._rows[members >> 1])

    def __iter__(self) -> Iterator[str]:
        spoken_of = np.flatnonzero(np.diff(self._bins.starts)[: len(self._place)])
        names = [*self._place]
        return iter([names[place] for place in spoken_of.tolist()])

    def __len__(self) -> int:
        return int(np.count_nonzero(np.diff(self._bins.starts)[: len(self._place)]))


def columnar_claims(claims: Iterable[Claim]) -> LaidClaims:
    """Return the claims in columns, unless they are already.

    Example:
        >>> list(columnar_claims([]))
        []

    Limits: takes memory for both the columns and the objects.
    """
    if isinstance(claims, LaidClaims):
        return claims
    if isinstance(claims, SomeClaims):
        return LaidClaims([claims.column(name) for name in NAMES])
    rows = list(claims)
    columns = LaidClaims([_column([getattr(claim, name) for claim in rows]) for name in NAMES])
    columns._all = rows
    return columns


def of_twins(claim: Claim, twins: Mapping[str, Claim]) -> Claim:
    """Return the equal claim with the same id among some claims, or else the claim itself.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> claim, twin = claim_from("s1: p1 RUNS g1"), claim_from("s1: p1 RUNS g1")
        >>> of_twins(claim, {twin.id: twin}) is twin, of_twins(claim, {}) is claim
        (True, True)

    Limits: none.
    """
    twin = twins.get(claim.id)
    return twin if twin is not None and twin == claim else claim


def _column(values: Collection[Any]) -> ValueColumn:
    # The values 1 and True are equal, but stay apart.
    keys = values if len({*map(type, values)}) < _SEVERAL else [(type(value), value) for value in values]
    number = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    words = [*number] if keys is values else [word for _, word in number]
    return ValueColumn(words, np.fromiter(map(number.__getitem__, keys), np.int64, len(keys)))
