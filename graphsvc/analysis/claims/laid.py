"""Claims stored in columns and turned into objects only when read, so that the claims of a single person load fast."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from typing import Any, SupportsIndex, overload

import numpy as np

from graphsvc.analysis.claims.bins import Bins, sorted_into
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.records.columns import Batch, batch_of, encode, number_texts, reader

# Sorted ids; for each row the positions of its subject and its object among them.
Ends = tuple[list[str], Ints, Ints]
NAMES = tuple(item.name for item in fields(Claim))
# Number of claims turned into objects at a time; if more than one claim in `_MANY` is wanted, all are converted.
_AT_ONCE, _MANY = 1 << 16, 8
# Attributes whose text is interned. Ids are not: claims of other clearances, with the same ids, are seldom in memory.
_SHARED = frozenset(item.name for item in fields(Claim) if item.type == "str") - {"id", "statement"}


class LaidClaims(Sequence[Claim]):
    """A sequence of claims that behaves like a list: each claim is turned into an object once, when it is read.

    Args:
        columns: one for each attribute of a claim, named after it, in order.
        twins: returns claims already in memory, by id; an equal claim reuses that object.
        lasting: a context manager in which objects that will be kept are made.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> claims = columnar_claims([claim_from("s1: p1 RUNS g1"), claim_from("s2: p2 RUNS g1")])
        >>> len(claims), claims[1].source, claims[1] is claims[1], [claim.source for claim in claims]
        (2, 's2', True, ['s1', 's2'])

    Limits: after the first full iteration a list is in memory as well as the columns.
    """

    def __init__(
        self,
        columns: Batch,
        twins: Callable[[], Mapping[str, Claim]] = dict,
        lasting: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._size = len(columns)
        self._columns = columns
        self._twins, self._lasting = twins, lasting
        self._ends: Ends | None = None
        self._readers: list[Callable[..., list[Any]]] = []
        self._made: dict[int, Claim] = {}
        self._all: list[Claim] | None = None
        self._alone = threading.Lock()

    def columns(self) -> Batch:
        """Return the columns."""
        return self._columns

    def ends(self) -> Ends:
        """Return the sorted ids of all subjects and objects, and for each row the positions of both among them."""
        if self._ends is None:
            names, (subject, object_) = number_texts(self._columns["subject"], self._columns["object"])
            self._ends = names, subject, object_
        return self._ends

    def objects(self) -> Iterable[Claim]:
        """Return the claims that have already been turned into objects."""
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
                        self._all, self._made, self._readers = claims, {}, []
        return self._all

    def _some(self, rows: Ints) -> list[Claim]:
        numbers = rows.tolist()
        missing = [row for row in dict.fromkeys(numbers) if row not in self._made]
        if missing:
            self._made.update(zip(missing, self._new(np.array(missing)), strict=True))
        return list(map(self._made.__getitem__, numbers))

    def _new(self, rows: Ints) -> Iterator[Claim]:
        if not self._readers:
            columns = zip(self._columns.columns, self._columns.schema, strict=True)
            self._readers = [reader(column, field, shared=field.name in _SHARED) for column, field in columns]
        return itertools.starmap(Claim, zip(*(read(rows) for read in self._readers), strict=True))


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

    def apart(self) -> LaidClaims:
        """Return these rows alone, in columns."""
        return LaidClaims(self._claims.columns().take(self._rows))

    def numbers(self, name: str) -> Ints:
        """Return one attribute of each claim, as a position in the sorted list of its distinct texts."""
        return number_texts(self._claims.columns()[name].take(self._rows))[1][0]

    def texts(self, name: str) -> list[Any]:
        """Return one attribute of each claim, without making claim objects."""
        columns = self._claims.columns()
        return reader(columns[name], columns.field(name), shared=name in _SHARED)(self._rows)

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
    """Claims by entity, as subject or object, in order; entities without claims are absent.

    Args:
        claims: claims in columns.
        rows: rows to include (default: all).
        twice: whether to list a claim twice if its subject is also its object.

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
    """Convert claims to columns; claims already in columns are not converted again.

    Example:
        >>> list(columnar_claims([]))
        []

    Limits: takes memory for both the columns and the objects.
    """
    if isinstance(claims, LaidClaims):
        return claims
    if isinstance(claims, SomeClaims):
        return claims.apart()
    rows = list(claims)
    columns = LaidClaims(batch_of((encode([getattr(claim, name) for claim in rows]) for name in NAMES), NAMES))
    columns._all = rows
    return columns


def of_twins(claim: Claim, twins: Mapping[str, Claim]) -> Claim:
    """Return the equal claim with the same id from `twins`, or else the claim itself.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> claim, twin = claim_from("s1: p1 RUNS g1"), claim_from("s1: p1 RUNS g1")
        >>> of_twins(claim, {twin.id: twin}) is twin, of_twins(claim, {}) is claim
        (True, True)

    Limits: none.
    """
    twin = twins.get(claim.id)
    return twin if twin is not None and twin == claim else claim
