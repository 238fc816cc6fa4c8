"""The links of a case as each of their ends sees them, held in columns: a million of them take tens of megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphsvc.records.columns import LaidRows, ValueColumn, numbered


class Tie(NamedTuple):
    """A link as seen from one end: who is at the other, and how far it is believed (0 to 1), at all and on the record."""

    other: str
    relation: str
    belief: float
    recorded: float
    outward: bool


class Web:
    """Ties by who has them.

    Args:
        links: subject, relation, object, belief, belief on the record.

    Example:
        >>> web = Web([("a", "PAID", "b", 0.8, 0.0)])
        >>> web.ties("b"), web.ties("c")
        ([Tie(other='a', relation='PAID', belief=0.8, recorded=0.0, outward=False)], [])

    Limits: a link of something with itself leads nowhere and is left out.
    """

    def __init__(self, links: Iterable[tuple[str, str, str, float, float]]) -> None:
        places: dict[str, int] = {}
        relations: dict[str, int] = {}
        # Both ends of a link stand side by side: from the one and from the other.
        ends, which, beliefs, recorded = array("i"), array("i"), array("d"), array("d")
        for subject, relation, target, belief, on_record in links:
            if subject == target:
                continue
            first = places.setdefault(subject, len(places))
            second = places.setdefault(target, len(places))
            ends.extend((first, second))
            which.append(relations.setdefault(relation, len(relations)))
            beliefs.append(belief)
            recorded.append(on_record)
        pairs = np.frombuffer(ends, np.int32).reshape(-1, 2) if ends else np.empty((0, 2), np.int32)
        self._lay(places, tuple(relations), pairs, (which, beliefs, recorded))

    @classmethod
    def laid(cls, columns: Sequence[ValueColumn]) -> Web:
        """The same of links in columns.

        Example:
            >>> rows = [ValueColumn([value], np.array([0])) for value in ("a", "PAID", "b", 0.8, 0.0)]
            >>> Web.laid(rows).ties("b")
            [Tie(other='a', relation='PAID', belief=0.8, recorded=0.0, outward=False)]

        Limits: as of all.
        """
        names, (subject, target) = numbered(columns[0], columns[2])
        apart = np.flatnonzero(subject != target)
        relations, (which,) = numbered(columns[1].rows(apart))
        held = [np.array(column.words, dtype=np.float64)[column.place[apart]] for column in columns[3:5]]
        web = cls(())
        places = {name: place for place, name in enumerate(names)}
        pairs = np.column_stack((subject, target))[apart].astype(np.int32)
        numbers: list[array[Any]] = [array("i", which.astype(np.int32).tobytes())]
        numbers += [array("d", column.tobytes()) for column in held]
        web._lay(places, tuple(relations), pairs, numbers)
        return web

    def _lay(
        self,
        places: dict[str, int],
        relations: tuple[str, ...],
        pairs: NDArray[np.int32],
        numbers: Iterable[array[Any]],
    ) -> None:
        """Puts the links by their ends; `numbers`: of each its relation, its belief, and that on the record."""
        self._places, self._names, self._relations = places, tuple(places), relations
        # By end, and of one end in the order in which the links came.
        order = np.argsort(pairs, axis=None, kind="stable")
        link = order >> 1
        self._starts = np.searchsorted(pairs.ravel()[order], np.arange(len(self._names) + 1)).tolist()
        self._others = array("i", pairs[:, ::-1].ravel()[order].tobytes())
        self._inward = (order & 1).astype(np.int8).tobytes()
        self._which, self._beliefs, self._recorded = (
            array(of.typecode, np.frombuffer(of, of.typecode)[link].tobytes() if of else b"") for of in numbers
        )

    @property
    def relations(self) -> tuple[str, ...]:
        """Every relation there is, once.

        Example:
            >>> Web([("a", "PAID", "b", 0.8, 0.0), ("b", "PAID", "c", 0.8, 0.0)]).relations
            ('PAID',)

        Limits: none.
        """
        return self._relations

    def ties(self, name: str) -> list[Tie]:
        """The ties of one, in the order in which their links came; none if it has none.

        Example:
            >>> [tie.other for tie in Web([("a", "PAID", "b", 0.8, 0.0), ("c", "OWES", "a", 0.5, 0.5)]).ties("a")]
            ['b', 'c']

        Limits: they are made anew each time.
        """
        inward = self._inward[self._mine(name)]
        return [Tie(*values, not other_way) for values, other_way in zip(self.beside(name), inward, strict=True)]

    def beside(self, name: str) -> Iterator[tuple[str, str, float, float]]:
        """The same but for which way they go, as plain values: who is at the other end, relation, belief, belief on the record.

        Example:
            >>> list(Web([("a", "PAID", "b", 0.8, 0.0)]).beside("b"))
            [('a', 'PAID', 0.8, 0.0)]

        Limits: as `ties`.
        """
        mine = self._mine(name)
        others = map(self._names.__getitem__, self._others[mine])
        relations = map(self._relations.__getitem__, self._which[mine])
        return zip(others, relations, self._beliefs[mine], self._recorded[mine], strict=True)

    def beyond(
        self,
        names: Collection[str],
        *,
        relations: Collection[str] = (),
        without: Collection[str] = (),
        least: float = 0.0,
        recorded: float = 0.0,
    ) -> dict[str, int]:
        """How many others each of some is tied to that are none of them.

        Args:
            names: whose ties are counted; who has none, or is not there, has none beyond.
            relations: only ties by these relations; empty for all.
            without: and by none of these.
            least: only ties believed at least so much, 0 to 1.
            recorded: only ties believed at least so much on the record, 0 to 1.

        Example:
            >>> web = Web([("a", "PAID", "b", 0.8, 0.0), ("c", "PAID", "a", 0.8, 0.0), ("c", "OWES", "a", 0.2, 0.2)])
            >>> web.beyond(["a", "b"]), web.beyond(["a"], relations=["PAID"], recorded=0.1)
            ({'a': 1, 'b': 0}, {'a': 0})

        Limits: takes time by all ties of these, whichever are counted.
        """
        mine = np.array([self._places[name] for name in names if name in self._places], np.int64)
        inside = np.zeros(len(self._names), bool)
        inside[mine] = True
        starts = np.array([self._starts[place] for place in mine], np.int64)
        lengths = np.array([self._starts[place + 1] for place in mine], np.int64) - starts
        which = np.repeat(starts - lengths.cumsum() + lengths, lengths) + np.arange(lengths.sum())
        others = np.asarray(self._others)[which].astype(np.int64)
        goes = ~inside[others]
        goes &= np.asarray(self._beliefs)[which] >= least
        if recorded > 0:
            goes &= np.asarray(self._recorded)[which] >= recorded
        wanted = [name not in without and (not relations or name in relations) for name in self._relations]
        goes &= np.array(wanted, bool)[np.asarray(self._which)[which]]
        size = max(len(self._names), 1)
        pairs = np.sort(np.repeat(mine, lengths)[goes] * size + others[goes])
        first = np.ones(len(pairs), bool)
        first[1:] = pairs[1:] != pairs[:-1]
        counts = np.bincount(pairs[first] // size, minlength=size)
        return {name: int(counts[self._places[name]]) if name in self._places else 0 for name in names}

    def _mine(self, name: str) -> slice:
        place = self._places.get(name)
        return slice(0) if place is None else slice(self._starts[place], self._starts[place + 1])


def web_of(rows: Sequence[tuple[Any, ...]]) -> Web:
    """The ties of rows of `paths.links`, as they are or in columns; what is told of no belief on the record has none.

    Example:
        >>> web_of([("a", "PAID", "b", 0.8, None)]).ties("b")[0].recorded
        0.0

    Limits: as `Web`.
    """
    if not isinstance(rows, LaidRows):
        return Web((*row[:4], row[4] or 0.0) for row in rows)
    *others, recorded = rows.columns
    return Web.laid([*others, ValueColumn([word or 0.0 for word in recorded.words], recorded.place)])
