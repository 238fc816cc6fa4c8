"""The claims of a case as numbers: the sources of each ingredient of each person, and links between people.

Rows are the people that claims mention, sorted by id. A cell is one source of one ingredient of one person, however
many claims it makes, or one person at the other end of a link to a likely hub. Its value is the best standing of its
claims: 1 minus the support of denials.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from graphsvc.analysis.claims.bins import Bins, Kept, narrow, sorted_into
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Floats, Ledger
from graphsvc.analysis.ranking.ingredients import ENDS, FAR, SOURCE_KINDS, TIES, names

_NONE = np.int64(-1)


@dataclass(frozen=True, slots=True)
class Entries:
    """One entry for each claim, end, and ingredient or kind of link.

    Attributes:
        row: the row of the ledger; `near`: the end of the link.
        column: the ingredient; after the ingredients come the kinds of link in `TIES`.
        source: number of the source, -1 for a kind of link.
    """

    row: Kept
    near: Kept
    column: Kept
    source: Kept


# No slots, so that derived values are computed only once, on demand.
@dataclass(frozen=True, eq=False)
class Operation:
    """The network of the people of an operation, ready to score.

    Attributes:
        ids: ids of the people, sorted; empty for a `nameless` network.
        size: number of people.
        columns: number of ingredients; the kinds of link come after them.
        plays: whether each person may play a part; people who were only carried may not.
        standing: the standing of each link of the ledger, 0 to 1.
        at: the person at each end of a link, -1 for none; ends of link `n` are `2n` and `2n + 1`.
        entries: the entries of the claims.
    """

    ids: list[str]
    size: int
    columns: int
    plays: Bools
    standing: Floats
    at: Kept
    entries: Entries

    def nameless(self) -> Operation:
        """Return the network without ids, since other machines may receive only numbers.

        Example:
            >>> from graphsvc.analysis.examples import network_from
            >>> network = network_from("s1: p1 PILOTED c1").nameless()
            >>> network.ids, network.size
            ([], 1)
        """
        return replace(self, ids=[])

    def with_standing(self, standing: Floats) -> Operation:
        """Return a copy of the network in which links have these standings; its cells stay the same.

        Example:
            >>> from graphsvc.analysis.examples import network_from
            >>> network = network_from("s1: p1 PILOTED c1")
            >>> doubted = network.with_standing(network.standing / 2)
            >>> doubted.stands.tolist(), doubted.cells is network.cells
            ([0.5, 0.5], True)
        """
        changed = replace(self, standing=standing)
        vars(changed)["cells"] = self.cells
        return changed

    @property
    def person(self) -> Ints:
        """The person of each entry."""
        return self.at[self.entries.near].astype(np.int64)

    @property
    def other(self) -> Ints:
        """The person at the other end of each entry of a link between people; -1 for other entries."""
        return np.where(self.entries.source < 0, self.at[self.entries.near ^ 1], _NONE)

    @cached_property
    def stands(self) -> Floats:
        """The standing of each entry's link."""
        result: Floats = self.standing[self.entries.near >> 1]
        return result

    @cached_property
    def cells(self) -> Cells:
        """The cells that the entries form."""
        person, neighbour, source = self.person, self.other, self.entries.source.astype(np.int64)
        width = max(self.size, int(source.max(initial=-1)) + 1, 1)
        voice = np.where(source < 0, neighbour, source)
        code = (self.entries.column * max(self.size, 1) + person) * width + voice
        codes, first, cell = np.unique(code, return_index=True, return_inverse=True)
        entries = sorted_into(cell.astype(np.int64), len(codes))
        return Cells(
            narrow(person[first]), narrow(self.entries.column[first].astype(np.int64)), narrow(neighbour[first]), narrow(cell), entries
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a network, each for one source or for one person at the other end of a link.

    Attributes:
        person: the person of each cell; `column`: the ingredient or kind of link; `other`: the person at the other end,
            or -1.
        of: the cell of each entry; `entries`: the entries of each cell.
    """

    person: Kept
    column: Kept
    other: Kept
    of: Kept
    entries: Bins

    def greatest(self, values: Floats) -> Floats:
        """Return the greatest value among the entries of each cell."""
        if not len(self.person):
            return np.zeros(0)
        result: Floats = np.maximum.reduceat(values[self.entries.order], self.entries.starts[:-1])
        return result


def network(
    ledger: Ledger,
    standing: Floats,
    persons: Collection[str],
    carried: Collection[str],
    columns: Mapping[str, int],
) -> Operation:
    """Build the network of some claims.

    Args:
        ledger: the claims.
        standing: standing of each link, see `belief.standing`.
        persons: ids of all persons; acts of gangs and phones do not count.
        carried: ids of people who were only carried or exploited; they do not raise the score of others.
        columns: ingredient → its column, from 0; other ingredients are ignored.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> found = network_from("s1: p1 DIRECTED p2", "s1: p1 DIRECTED p3", carried=["p3"])
        >>> found.ids, found.plays.tolist(), len(found.cells.person) < len(found.entries.row)
        (['p1', 'p2', 'p3'], [True, True, False], True)

    Limits: claims about phones, bank accounts and gangs are not passed on to the people who used, held or ran them.
    """
    known, left_out = frozenset(persons), frozenset(carried)
    ids = [name for name in ledger.ids if name in known]
    row_of = np.full(len(ledger.ids), -1, dtype=np.int64)
    row_of[[name in known for name in ledger.ids]] = np.arange(len(ids))
    links, first = np.unique(ledger.link, return_index=True)
    at = np.full(2 * (int(ledger.link.max(initial=-1)) + 1), -1, dtype=np.int64)
    at[2 * links], at[2 * links + 1] = row_of[ledger.subject[first]], row_of[ledger.object[first]]
    alone = links[ledger.subject[first] == ledger.object[first]]
    at[2 * alone] = at[2 * alone + 1] = -1
    plays = np.array([name not in left_out for name in ids], dtype=bool)
    entries = _entries(ledger, at, columns)
    return Operation(ids, len(ids), len(columns), plays, standing, narrow(at), entries)


def _entries(ledger: Ledger, at: Ints, columns: Mapping[str, int]) -> Entries:
    tables, ties = _tables(ledger.relations, columns)
    kind_of = np.array([SOURCE_KINDS.index(grading[0]) for grading in ledger.gradings] or [0])
    parts = []
    for end in range(len(ENDS)):
        rows = np.flatnonzero(~ledger.denies)
        near = 2 * ledger.link[rows] + end
        rows, near = rows[at[near] >= 0], near[at[near] >= 0]
        far = np.where(at[near ^ 1] >= 0, FAR.index("person"), FAR.index("thing"))
        relation = ledger.relation[rows]
        for table in tables[:, :, end]:
            column = table[relation, far, kind_of[ledger.grading[rows]]] if len(table) else relation
            counts = np.flatnonzero(column >= 0)
            parts.append((rows[counts], near[counts], column[counts], ledger.source[rows[counts]]))
        for number, over in enumerate(ties[:, end]):
            counts = np.flatnonzero(over[relation] & (at[near ^ 1] >= 0))
            column = np.full(len(counts), len(columns) + number)
            parts.append((rows[counts], near[counts], column, np.full(len(counts), -1)))
    return Entries(*(narrow(np.concatenate(part).astype(np.int64)) for part in zip(*parts, strict=True)))


def _tables(relations: list[str], columns: Mapping[str, int]) -> tuple[Ints, Bools]:
    """Return the columns of relations (number x relation x end x far end x kind of source, -1: none), and `TIES`."""
    shape = (len(relations), len(ENDS), len(FAR), len(SOURCE_KINDS))
    named = {
        cell: names(relations[cell[0]], ENDS[cell[1]], FAR[cell[2]], SOURCE_KINDS[cell[3]])
        for cell in np.ndindex(shape)
    }
    tables = np.full((max(map(len, named.values()), default=0), *shape), -1, dtype=np.int64)
    for cell, ingredients in named.items():
        for turn, name in enumerate(ingredients):
            tables[turn, *cell] = columns.get(name, -1)
    ties = np.array(
        [[[name in over and end in ends for name in relations] for end in ENDS] for over, ends in TIES.values()],
        dtype=bool,
    )
    return tables, ties.reshape(len(TIES), len(ENDS), len(relations))
