"""Links of a case as seen from each end, stored in columns: a million take tens of megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.claims.bins import sorted_into, spans
from graphsvc.records.columns import Batch, as_dictionary, number_texts

Places = NDArray[np.integer[Any]]


class Tie(NamedTuple):
    """A link as seen from one end, with the other end and its belief (0 to 1), from all claims and on the record."""

    other: str
    relation: str
    belief: float
    recorded: float
    outward: bool


class Nearest(NamedTuple):
    """Neighbours of each name, with the most believed link to each; names are positions in the sorted list of names.

    Attributes:
        starts: the neighbours of position `p` are `others[starts[p]:starts[p + 1]]`, most believed first, then by
            position.
        others: positions. beliefs: belief in each link, above 0 and up to 1.
    """

    starts: NDArray[np.int64]
    others: NDArray[np.int64]
    beliefs: NDArray[np.float64]

    def of(self, place: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the neighbours of a position, and the belief in the links to them.

        Example:
            >>> web = Web([("a", "PAID", "b", 0.8, 0.0), ("c", "PAID", "a", 0.9, 0.0)])
            >>> others, beliefs = web.nearest().of(web.place("a"))
            >>> others.tolist(), beliefs.tolist()
            ([2, 1], [0.9, 0.8])

        Limits: none.
        """
        mine = slice(self.starts[place], self.starts[place + 1])
        return self.others[mine], self.beliefs[mine]

    def onward(self, places: Places) -> tuple[Places, Places]:
        """Return every step from some positions, as the index of its start in `places` and its index in `others`.

        Example:
            >>> near = Web([("a", "PAID", "b", 0.8, 0.0), ("c", "PAID", "a", 0.9, 0.0)]).nearest()
            >>> [row.tolist() for row in near.onward(np.array([1, 0]))]
            [[0, 1, 1], [2, 0, 1]]

        Limits: none.
        """
        return spans(self.starts[places], self.starts[places + 1])


class Web:
    """Links, indexed by the names at both ends.

    Args:
        links: subject, relation, object, belief, belief on the record.

    Example:
        >>> web = Web([("a", "PAID", "b", 0.8, 0.0)])
        >>> web.ties("b"), web.ties("c")
        ([Tie(other='a', relation='PAID', belief=0.8, recorded=0.0, outward=False)], [])

    Limits: a link from a name to itself leads nowhere and is left out.
    """

    def __init__(self, links: Iterable[tuple[str, str, str, float, float]]) -> None:
        links = list(links)
        names = sorted({end for subject, _, target, *_ in links if subject != target for end in (subject, target)})
        places = {name: place for place, name in enumerate(names)}
        relations: dict[str, int] = {}
        # Both ends of a link are adjacent: seen from one end, then from the other.
        ends, relation_of, beliefs, recorded = array("i"), array("i"), array("d"), array("d")
        for subject, relation, target, belief, on_record in links:
            if subject == target:
                continue
            ends.extend((places[subject], places[target]))
            relation_of.append(relations.setdefault(relation, len(relations)))
            beliefs.append(belief)
            recorded.append(on_record)
        pairs = np.frombuffer(ends, np.int32).reshape(-1, 2) if ends else np.empty((0, 2), np.int32)
        self._lay(places, tuple(relations), pairs, (relation_of, beliefs, recorded))

    @classmethod
    def from_columns(cls, columns: Batch) -> Web:
        """Build the web from links in columns.

        Example:
            >>> from graphsvc.records.columns import batch_of, encode
            >>> Web.from_columns(batch_of(encode([value]) for value in ("a", "PAID", "b", 0.8, None))).ties("b")
            [Tie(other='a', relation='PAID', belief=0.8, recorded=0.0, outward=False)]

        Limits: as `Web`.
        """
        names, (subject, target) = number_texts(columns[0], columns[2])
        apart = np.flatnonzero(subject != target)
        relations, (relation_of,) = number_texts(columns[1].take(apart))
        belief_columns = [_numbers(columns[place])[apart] for place in (3, 4)]
        web = cls(())
        places = {name: place for place, name in enumerate(names)}
        pairs = np.column_stack((subject, target))[apart].astype(np.int32)
        numbers: list[array[Any]] = [array("i", relation_of.astype(np.int32).tobytes())]
        numbers += [array("d", column.tobytes()) for column in belief_columns]
        web._lay(places, tuple(relations), pairs, numbers)
        return web

    def _lay(
        self,
        places: dict[str, int],
        relations: tuple[str, ...],
        pairs: NDArray[np.int32],
        numbers: Iterable[array[Any]],
    ) -> None:
        """Store the links by end; `numbers`: the relation, belief and belief on the record of each."""
        self._places, self._names, self._relations = places, tuple(places), relations
        # Sorted by end, stable, so links keep their input order.
        ends = sorted_into(pairs.ravel(), len(self._names))
        order, link = ends.order, ends.order >> 1
        self._starts = ends.starts.tolist()
        self._others = array("i", pairs[:, ::-1].ravel()[order].tobytes())
        self._inward = (order & 1).astype(np.int8).tobytes()
        self._which, self._beliefs, self._recorded = (
            array(of.typecode, np.frombuffer(of, of.typecode)[link].tobytes() if of else b"") for of in numbers
        )

    @property
    def relations(self) -> tuple[str, ...]:
        """Every relation, once.

        Example:
            >>> Web([("a", "PAID", "b", 0.8, 0.0), ("b", "PAID", "c", 0.8, 0.0)]).relations
            ('PAID',)

        Limits: none.
        """
        return self._relations

    def ties(self, name: str) -> list[Tie]:
        """Return the links of a name in input order; empty if it has none.

        Example:
            >>> [tie.other for tie in Web([("a", "PAID", "b", 0.8, 0.0), ("c", "OWES", "a", 0.5, 0.5)]).ties("a")]
            ['b', 'c']

        Limits: the objects are created on each call.
        """
        inward = self._inward[self._mine(name)]
        return [Tie(*values, not other_way) for values, other_way in zip(self.beside(name), inward, strict=True)]

    def beside(self, name: str) -> Iterator[tuple[str, str, float, float]]:
        """Yield the links of a name as plain values: other end, relation, belief, belief on the record.

        Example:
            >>> list(Web([("a", "PAID", "b", 0.8, 0.0)]).beside("b"))
            [('a', 'PAID', 0.8, 0.0)]

        Limits: as `ties`.
        """
        mine = self._mine(name)
        neighbours = map(self._names.__getitem__, self._others[mine])
        relations = map(self._relations.__getitem__, self._which[mine])
        return zip(neighbours, relations, self._beliefs[mine], self._recorded[mine], strict=True)

    def place(self, name: str) -> int | None:
        """Return the position of a name among all linked names, sorted; None if it has no links.

        Example:
            >>> web = Web([("a", "PAID", "b", 0.8, 0.0)])
            >>> web.place("b"), web.place("c")
            (1, None)

        Limits: in a web built from columns, names without links have positions too.
        """
        return self._places.get(name)

    def names(self, places: Iterable[int]) -> tuple[str, ...]:
        """Return the names at some positions.

        Example:
            >>> Web([("a", "PAID", "b", 0.8, 0.0)]).names([1, 0])
            ('b', 'a')

        Limits: none.
        """
        return tuple(map(self._names.__getitem__, places))

    def between(self, name: str, partner: str) -> list[Tie]:
        """Return the links between two names, in input order.

        Example:
            >>> web = Web([("a", "PAID", "b", 0.8, 0.0), ("b", "OWES", "a", 0.5, 0.5), ("a", "PAID", "c", 0.9, 0.0)])
            >>> [tie.relation for tie in web.between("a", "b")], web.between("b", "c")
            (['PAID', 'OWES'], [])

        Limits: as `ties`.
        """
        mine = self._mine(name)
        rows = np.flatnonzero(np.asarray(self._others[mine]) == self._places.get(partner, -1)) + mine.start
        return [
            Tie(
                partner,
                self._relations[self._which[row]],
                self._beliefs[row],
                self._recorded[row],
                not self._inward[row],
            )
            for row in rows.tolist()
        ]

    def nearest(
        self,
        *,
        relations: Collection[str] = (),
        least: float = 0.0,
        recorded: bool = False,
        avoiding: Collection[str] = (),
    ) -> Nearest:
        """Return the neighbours of everyone, with the most believed link to each.

        Args:
            relations: only links of these relations; empty for all.
            least: minimum belief of a link, 0 to 1; belief is always above 0.
            recorded: whether to use belief on the record.
            avoiding: names that are never neighbours.

        Example:
            >>> near = Web([("a", "PAID", "b", 0.8, 0.0), ("b", "OWES", "a", 0.9, 0.5)]).nearest(least=0.1)
            >>> near.starts.tolist(), near.others.tolist(), near.beliefs.tolist()
            ([0, 1, 2], [1, 0], [0.9, 0.9])

        Limits: sorts all links of the case.
        """
        size = len(self._names)
        neighbours = np.asarray(self._others).astype(np.int64)
        owner = np.repeat(np.arange(size), np.diff(self._starts))
        beliefs = np.asarray(self._recorded if recorded else self._beliefs)
        outside = np.zeros(size, bool)
        outside[[self._places[name] for name in avoiding if name in self._places]] = True
        goes = (beliefs >= least) & (beliefs > 0) & self._by(relations)[np.asarray(self._which)] & ~outside[neighbours]
        owner, neighbours, beliefs = owner[goes], neighbours[goes], beliefs[goes]
        # Each pair by its most believed link, then each name's neighbours by falling belief.
        order = np.lexsort((-beliefs, owner * size + neighbours))
        pair = (owner * size + neighbours)[order]
        first = np.ones(len(pair), bool)
        first[1:] = pair[1:] != pair[:-1]
        best = order[first]
        owner, neighbours, beliefs = owner[best], neighbours[best], beliefs[best]
        order = np.lexsort((neighbours, -beliefs, owner))
        starts = np.searchsorted(owner[order], np.arange(size + 1))
        return Nearest(starts, neighbours[order], beliefs[order])

    def beyond(
        self,
        names: Collection[str],
        *,
        relations: Collection[str] = (),
        without: Collection[str] = (),
        least: float = 0.0,
        recorded: float = 0.0,
    ) -> dict[str, int]:
        """Count each name's neighbours outside the given names.

        Args:
            names: names whose links are counted; a name without links has 0.
            relations: only links of these relations; empty for all.
            without: relations that do not count.
            least: minimum belief of a link, 0 to 1.
            recorded: minimum belief on the record, 0 to 1.

        Example:
            >>> web = Web([("a", "PAID", "b", 0.8, 0.0), ("c", "PAID", "a", 0.8, 0.0), ("c", "OWES", "a", 0.2, 0.2)])
            >>> web.beyond(["a", "b"]), web.beyond(["a"], relations=["PAID"], recorded=0.1)
            ({'a': 1, 'b': 0}, {'a': 0})

        Limits: takes time for all links of these names, including those not counted.
        """
        mine = np.array([self._places[name] for name in names if name in self._places], np.int64)
        inside = np.zeros(len(self._names), bool)
        inside[mine] = True
        starts, ends = (np.array([self._starts[place + more] for place in mine], np.int64) for more in (0, 1))
        owners, rows = spans(starts, ends)
        neighbours = np.asarray(self._others)[rows].astype(np.int64)
        goes = ~inside[neighbours]
        goes &= np.asarray(self._beliefs)[rows] >= least
        if recorded > 0:
            goes &= np.asarray(self._recorded)[rows] >= recorded
        goes &= self._by(relations, without)[np.asarray(self._which)[rows]]
        size = max(len(self._names), 1)
        pairs = np.sort(mine[owners[goes]] * size + neighbours[goes])
        first = np.ones(len(pairs), bool)
        first[1:] = pairs[1:] != pairs[:-1]
        counts = np.bincount(pairs[first] // size, minlength=size)
        return {name: int(counts[self._places[name]]) if name in self._places else 0 for name in names}

    def reach(
        self,
        names: Sequence[str],
        known: Collection[str],
        room: int,
        *,
        relations: Collection[str] = (),
        without: Collection[str] = (),
        least: float = 0.0,
        recorded: float = 0.0,
        aside: Collection[str] = (),
        aside_of: Collection[str] = (),
    ) -> dict[str, list[str]]:
        """Return neighbours of some names that are not yet known, most believed first; names without any are absent.

        Args:
            names: names whose neighbours are wanted.
            known: names that are known already.
            room: maximum number of neighbours for each.
            relations: only links of these relations; empty for all.
            without: relations that do not count.
            least: minimum belief of a link, 0 to 1.
            recorded: minimum belief on the record, 0 to 1.
            aside: relations whose other end is returned only if there is no other neighbour.
            aside_of: relations whose subject is returned only if there is no other neighbour of their object.

        Example:
            >>> web = Web([("a", "PAID", "b", 0.8, 0.0), ("c", "CROSSED_ON", "a", 0.9, 0.0)])
            >>> web.reach(["a"], ["a"], 5), web.reach(["a", "b"], ["a", "b"], 5, aside_of=["CROSSED_ON"])
            ({'a': ['c', 'b']}, {'a': ['c']})

        Limits: takes time for all links of these names. Ties in belief are broken by relation, then subject and object,
        by name.
        """
        is_known = np.zeros(len(self._names), bool)
        is_known[[self._places[name] for name in known if name in self._places]] = True
        wanted = self._by(relations, without)
        last, last_of = (np.array([name in those for name in self._relations], bool) for those in (aside, aside_of))
        by_name = np.argsort(np.argsort(self._relations)) if self._relations else np.zeros(0, np.int64)
        neighbours = {}
        for name in names:
            mine = self._mine(name)
            ends, relation_of = (np.asarray(each[mine]).astype(np.int64) for each in (self._others, self._which))
            belief = np.asarray(self._beliefs[mine])
            goes = wanted[relation_of] & ~is_known[ends] & (belief >= least)
            if recorded > 0:
                goes &= np.asarray(self._recorded[mine]) >= recorded
            if not goes.any():
                continue
            ends, relation_of, belief = ends[goes], relation_of[goes], belief[goes]
            inward = np.frombuffer(self._inward[mine], np.int8)[goes] > 0
            me = self._places[name]
            order = np.lexsort((np.where(inward, me, ends), np.where(inward, ends, me), by_name[relation_of], -belief))
            beside = (last[relation_of] | (inward & last_of[relation_of]))[order]
            ordered = ends[order]
            offered = ordered if beside.all() else ordered[~beside]
            neighbours[name] = list(self.names(list(dict.fromkeys(offered.tolist()))[:room]))
        return neighbours

    def _by(self, relations: Collection[str], without: Collection[str] = ()) -> NDArray[np.bool_]:
        """Return for each relation whether it is one of `relations` (if empty: any) and not one of `without`."""
        return np.array(
            [name not in without and (not relations or name in relations) for name in self._relations], bool
        )

    def _mine(self, name: str) -> slice:
        place = self._places.get(name)
        return slice(0) if place is None else slice(self._starts[place], self._starts[place + 1])


def web_of(rows: Sequence[tuple[Any, ...]] | Batch) -> Web:
    """Build a web from rows of the query `paths.links`, plain or in columns; a missing belief on the record is 0.

    Example:
        >>> web_of([("a", "PAID", "b", 0.8, None)]).ties("b")[0].recorded
        0.0

    Limits: as `Web`.
    """
    if not isinstance(rows, Sequence):
        return Web.from_columns(rows)
    return Web((*row[:4], row[4] or 0.0) for row in rows)


def _numbers(column: Any) -> NDArray[np.float64]:
    """Return the numbers of a column, which may be JSON; a missing number is 0."""
    column = as_dictionary(column)
    words = column.dictionary.to_numpy(zero_copy_only=False).astype(np.float64)
    numbers: NDArray[np.float64] = np.nan_to_num(words)[column.indices.to_numpy()]
    return numbers
