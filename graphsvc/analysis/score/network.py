"""The operation as numbers: what each person who may play a part is believed to do, and to whom they are tied.

Rows are the persons who may play a part, in the order of their ids. Everybody else who was only carried is counted and
not followed: what they are is known. So a case of ten thousand people is a network of about a thousand, and it can be
gone through again and again, each time with some accounts left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import scipy

from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Floats, Ledger
from graphsvc.analysis.evidence.roles import ACTS, DEEDS, LEVEL_TIES

# Relation and end: `to` whom somebody does it, `by` whom it is done to them; `with` where ends are alike.
BLOCKS: tuple[tuple[str, str], ...] = (
    *((relation, end) for relation in ACTS for end in ("to", "by")),
    *((relation, "with") for relation in LEVEL_TIES),
)
_TURNED = {(relation, end): (relation, {"to": "by", "by": "to"}.get(end, end)) for relation, end in BLOCKS}
_PLACE = {block: place for place, block in enumerate(BLOCKS)}


@dataclass(frozen=True, slots=True)
class Entries:
    """What is summed: each entry adds the belief of its link to one sum of one person.

    Attributes:
        link: for each entry the number of its link.
        person: row of the person it is told of.
        column: which of their sums it adds to.
        other: row of the person at the far end, -1 where that is nobody with a row.
    """

    link: Ints
    person: Ints
    column: Ints
    other: Ints

    def chosen(self, rows: Ints) -> Entries:
        """Some of the entries."""
        return Entries(self.link[rows], self.person[rows], self.column[rows], self.other[rows])


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Operation:
    """Sums over links, ready to be weighed.

    Attributes:
        size: how many may play a part.
        ids: they, sorted; empty where it is `nameless`.
        deeds: persons x `roles.DEEDS`: summed belief of what each does, 0 or more.
        carried: persons x `BLOCKS`: summed belief of ties with those only carried.
        ties: (blocks x persons) x persons: summed belief of ties among those who may play a part.
        belief: for each link of the ledger 0 to 1.
        in_deeds: entries of `deeds`; `in_carried` those of `carried`, `in_ties` those of `ties`.
        cell: for each entry of `ties` its place in `ties.data`.
    """

    size: int
    ids: list[str]
    deeds: Floats
    carried: Floats
    ties: scipy.sparse.csr_array
    belief: Floats
    in_deeds: Entries
    in_carried: Entries
    in_ties: Entries
    cell: Ints

    def nameless(self) -> Operation:
        """The same network in numbers alone, without the ids: what other machines may be given.

        Example:
            >>> from graphsvc.analysis.examples import tied
            >>> network = tied("s1: p1 PILOTED c1").nameless()
            >>> network.ids, network.size
            ([], 1)
        """
        return replace(self, ids=[])

    def believing(self, links: Ints, belief: Floats) -> Operation:
        """The same network where these links (numbers, each once) are believed so far instead.

        Example:
            >>> from graphsvc.analysis.examples import tied
            >>> network = tied("s1: p1 PILOTED c1")
            >>> float(network.believing(np.array([0]), np.array([0.0])).deeds.sum().round(9))
            0.0
        """
        change = np.zeros(len(self.belief))
        change[links] = belief - self.belief[links]
        moved = change != 0

        def sums(before: Floats, entries: Entries, place: Ints) -> Floats:
            rows = np.flatnonzero(moved[entries.link])
            if not len(rows):
                return before
            after = before.copy()
            np.add.at(after.reshape(-1), place[rows], change[entries.link[rows]])
            return after

        data = sums(self.ties.data, self.in_ties, self.cell)
        ties = self.ties
        if data is not ties.data:
            ties = scipy.sparse.csr_array((data, ties.indices, ties.indptr), shape=ties.shape)
        return replace(
            self,
            deeds=sums(self.deeds, self.in_deeds, _flat(self.in_deeds, len(DEEDS))),
            carried=sums(self.carried, self.in_carried, _flat(self.in_carried, len(BLOCKS))),
            ties=ties,
            belief=self.belief + change,
        )

    def ends(self) -> Ints:
        """The persons at all ends of links, which `dealt` takes in any order."""
        return np.concatenate([*self._ends(self._first())])

    def dealt(self, ends: Ints) -> Operation:
        """The same links dealt out anew: everybody is told of as often as before, in any role and with anybody.

        Args:
            ends: what `ends` gives, in any order.

        Example:
            >>> from graphsvc.analysis.examples import tied
            >>> network = tied("s1: p1 PILOTED c1", "s2: p2 ASSISTED c1")
            >>> network.dealt(np.random.default_rng(1).permutation(network.ends())).deeds.sum(axis=1).round(3).tolist()
            [0.833, 0.833]
        """
        first = self._first()
        mixed = np.split(ends, np.cumsum([len(part) for part in self._ends(first)])[:-1])
        deeds, carried = replace(self.in_deeds, person=mixed[0]), replace(self.in_carried, person=mixed[1])
        link, column, person, other = self.in_ties.link[first], self.in_ties.column[first], mixed[2], mixed[3]
        back = np.array([_PLACE[_TURNED[block]] for block in BLOCKS])[column]
        both = Entries(
            *(np.concatenate(two) for two in ((link, link), (person, other), (column, back), (other, person)))
        )
        return _network(self.ids, self.size, self.belief, deeds, carried, both)

    def _first(self) -> Ints:
        """Each tie stands twice, once for each end: only its first entry is dealt, the second follows."""
        result: Ints = np.unique(self.in_ties.link, return_index=True)[1]
        return result

    def _ends(self, first: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        ties = self.in_ties
        return self.in_deeds.person, self.in_carried.person, ties.person[first], ties.other[first]


def network(
    ledger: Ledger,
    belief: Floats,
    persons: Collection[str],
    carried: Collection[str],
    dormant: Collection[str] = (),
) -> Operation:
    """The operation that some claims tell of.

    Args:
        ledger: the claims.
        belief: for each link of the ledger 0 to 1.
        persons: ids of all persons; what a gang or a phone does is not what a person does.
        carried: ids of those who were only carried or exploited.
        dormant: those of them who have a row all the same, since they may turn out to play a part. Their own sums are those of
            somebody who does; to everybody else they are carried.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> found = tied("s1: p1 DIRECTED p2", "s1: p1 DIRECTED p3", carried=["p3"])
        >>> found.ids, float(found.ties.sum().round(3)), float(found.carried.sum().round(3))
        (['p1', 'p2'], 1.0, 0.5)

    Limits: what is told of phones, accounts and gangs is not handed on to those who used, held or ran them.
    """
    known, left_out = frozenset(persons), frozenset(carried)
    rows_too = frozenset(dormant)
    ids = [name for name in ledger.ids if name in known and (name not in left_out or name in rows_too)]
    number = {name: place for place, name in enumerate(ids)}
    acting = np.array([number.get(name, -1) for name in ledger.ids], dtype=np.int64)
    only_carried = np.array([name in left_out for name in ledger.ids], dtype=bool)
    inside = (acting >= 0) & ~only_carried
    links, first = np.unique(ledger.link, return_index=True)
    subject, object_ = ledger.subject[first], ledger.object[first]
    relation = [ledger.relations[number] for number in ledger.relation[first].tolist()]
    of: dict[str, list[int]] = {}
    for row, name in enumerate(relation):
        of.setdefault(name, []).append(row)
    entries: dict[str, list[tuple[Ints, ...]]] = {"deeds": [], "carried": [], "ties": []}
    for column, name in enumerate(DEEDS):
        rows = np.array(of.get(name, ()), dtype=np.int64)
        rows = rows[acting[subject[rows]] >= 0]
        entries["deeds"].append(
            (links[rows], acting[subject[rows]], np.full(len(rows), column), np.full(len(rows), -1))
        )
    for column, (name, end) in enumerate(BLOCKS):
        rows = np.array(of.get(name, ()), dtype=np.int64)
        for near, far in _directions(end, subject[rows], object_[rows]):
            both = (acting[near] >= 0) & inside[far] & (near != far)
            apart = (acting[near] >= 0) & only_carried[far] & (near != far)
            for kind, chosen in (("ties", np.flatnonzero(both)), ("carried", np.flatnonzero(apart))):
                person, other = acting[near[chosen]], acting[far[chosen]]
                entries[kind].append((links[rows[chosen]], person, np.full(len(chosen), column), other))
    deeds, apart, ties = (
        Entries(*(np.concatenate(part).astype(np.int64) for part in zip(*entries[kind], strict=True)))
        for kind in ("deeds", "carried", "ties")
    )
    return _network(ids, len(ids), belief, deeds, apart, ties)


def _network(ids: list[str], size: int, belief: Floats, deeds: Entries, carried: Entries, ties: Entries) -> Operation:
    width = max(size, 1)
    cells, cell = np.unique((ties.column * size + ties.person) * width + ties.other, return_inverse=True)
    row, column = np.divmod(cells, width)
    starts = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(BLOCKS) * size))))
    data = np.bincount(cell, weights=belief[ties.link], minlength=len(cells)).astype(float)
    return Operation(
        size=size,
        ids=ids,
        deeds=_summed(deeds, belief, size, len(DEEDS)),
        carried=_summed(carried, belief, size, len(BLOCKS)),
        ties=scipy.sparse.csr_array((data, column, starts), shape=(len(BLOCKS) * size, size)),
        belief=belief,
        in_deeds=deeds,
        in_carried=carried,
        in_ties=ties,
        cell=cell,
    )


def _directions(end: str, subject: Ints, object_: Ints) -> list[tuple[Ints, Ints]]:
    both = [(subject, object_), (object_, subject)]
    return both if end == "with" else both[:1] if end == "to" else both[1:]


def _flat(entries: Entries, width: int) -> Ints:
    return entries.person * width + entries.column


def _summed(entries: Entries, belief: Floats, size: int, width: int) -> Floats:
    total = np.bincount(_flat(entries, width), weights=belief[entries.link], minlength=size * width)
    return total.astype(float).reshape(size, width)
