"""The ranking again without some of what it is told in: the one that would be there had that never been heard.

Who is ranked changes with it. Each set of rows takes voices away and changes, of some persons, how they stand (`candidacy`); both are
worked out for a hundred sets side by side. Most sets change the score of a few; everybody else moves up or back as a whole stretch
of the list does, and is not gone through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.doubt.board import listed, made, without_some
from graphsvc.analysis.doubt.candidacy import Candidacy, Moves
from graphsvc.analysis.doubt.pieces import without
from graphsvc.analysis.doubt.rereading import ClaimChange
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.score.basis import Basis
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors

# Sets that are left out side by side, and rows in all of them together. A larger set goes alone.
_AT_ONCE, _ROWS_AT_ONCE = 128, 16_000


@dataclass(frozen=True, slots=True)
class Order:
    """The list with nothing left out.

    Attributes:
        ids: the people of the network.
        at: for each place of the list, best first, the number of the person in `ids`. Those of whom no claim speaks have no place here,
            so a place is no rank.
        score: of each of `ids` as it is listed, minus infinity for who is not; `rank` theirs, from 1.
    """

    ids: list[str]
    at: Ints
    score: Floats
    rank: Ints


@dataclass(frozen=True, slots=True)
class Moved:
    """The rankings without some sets of rows, told by what differs from the list with nothing left out.

    Somebody who scores otherwise, or is not ranked any more, has an entry; of everybody else only the rank moves, by as much as
    that of those who stand beside them, and it is said for whole stretches of the list.

    Attributes:
        order: the list with nothing left out.
        left_out: for each ranking the place of its set.
        which: for each entry the ranking, by its place in `left_out`; `person` the number in `order.ids`.
        score: theirs then, 0 for who is not ranked; `rank` theirs, the place after the last for who is not ranked; `ranked`
            whether they are.
        of: for each stretch the ranking; `first` the first place of `order.at`, `end` the one after the last.
        by: by how many places everybody there who has no entry stands further back.
    """

    order: Order
    left_out: Ints
    which: Ints
    person: Ints
    score: Floats
    rank: Ints
    ranked: Bools
    of: Ints
    first: Ints
    end: Ints
    by: Ints


@dataclass(frozen=True, slots=True)
class Lists:
    """The rankings without some sets of rows.

    Attributes:
        ids: the persons they are of.
        left_out: for each list the place of its set.
        score: lists x persons: the score there, 0 for who is not ranked then.
        rank: likewise their rank, from 1; for who is not ranked the place after the last.
        ranked: likewise whether they are.
    """

    ids: list[str]
    left_out: Ints
    score: Floats
    rank: Ints
    ranked: Bools


def after(some: Moved | Lists, first: int) -> Ints:
    """The ranks, where who is not ranked has this one or a later one: a list without them may be short.

    Args:
        some: rankings without some sets of rows.
        first: a place, from 1.

    Example:
        >>> none = np.zeros((1, 1))
        >>> after(Lists(["p1"], np.array([0]), none, np.array([[2]]), none > 0), 9).tolist()
        [[9]]

    Limits: none.
    """
    result: Ints = np.where(some.ranked, some.rank, np.maximum(some.rank, first))
    return result


class LeavingOut:
    """The ranking of one case without some of what it is told in, as often as one likes: what all of that takes is made once.

    Attributes:
        on: what the ranking is computed on. processors: who works it out; they are given numbers alone.
        network: of `on`. numbers: id of a person → their row in it. board: the list as numbers. before: the network as it was
            weighed, without its ids. order: the list.

    Raises:
        ValueError: there is no network, as nobody is given a part.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 HOUSED p3")], people("p1", "p2", "p3"), {})
        >>> leaving = LeavingOut(on)
        >>> (some,) = leaving.moved([np.array([0])])
        >>> some.order.ids, some.person.tolist(), some.rank.tolist(), some.score.round(9).tolist()
        (['p1', 'p2', 'p3'], [0], [1], [0.0])
        >>> (some,) = leaving.lists([np.array([0])])
        >>> some.ids, some.left_out.tolist(), some.rank.tolist(), some.ranked.tolist()
        (['p1', 'p2', 'p3'], [0], [[1, 2, 3]], [[True, True, False]])
        >>> leaving.of_one([np.array([0]), np.array([], dtype=int)], "p2").rank.tolist()
        [[2], [2]]

    Limits: equal, but for rounding, to everything made again without the rows, where something still puts anyone before others
    (`Basis.without`).
    """

    def __init__(self, on: Basis, processors: Processors = THIS_MACHINE) -> None:
        if on.network is None:
            raise ValueError("nobody is given a part: there is no network to leave anything out of")
        self.on, self.network, self.processors = on, on.network, processors
        self._candidacy = Candidacy(on.told, on.everyone)
        self.numbers = {name: number for number, name in enumerate(on.network.ids)}
        row_of = np.array([self.numbers.get(name, -1) for name in on.told.ids], dtype=np.int64)
        stands = np.empty(on.network.size, dtype=np.int64)
        entity = np.flatnonzero(row_of >= 0)
        stands[row_of[entity]] = self._candidacy.now[entity]
        self.before = rereading.read(on.network.nameless(), on.score_weights.nameless(), len(on.told.claims))
        self.board = made(self.before, stands, row_of, on.unheard)
        score = listed(self.before.scored.score, stands)
        at = np.argsort(-self.board.listed, kind="stable")[: len(self.board.falling)]
        self.order = Order(on.network.ids, at, score, self.board.ranks(score))

    def moved(self, left_out: Sequence[Ints]) -> Iterator[Moved]:
        """What the ranking without each of some sets of rows has otherwise, a hundred sets at a time.

        Args:
            left_out: sets of numbers of rows of `on.told`.
        """
        if left_out:
            yield from self._ranked(without(self.on.told, left_out), self._candidacy.without(left_out))

    def lists(self, left_out: Sequence[Ints], persons: Sequence[str] | None = None) -> Iterator[Lists]:
        """`moved` as whole lists, of some persons of the network or of all; takes memory for sets x persons.

        Args:
            left_out: see `moved`.
            persons: their ids (default: all of the network).
        """
        ids = self.network.ids if persons is None else list(persons)
        for some in self.moved(left_out):
            yield self.listed(some, ids)

    def listed(self, some: Moved, ids: list[str]) -> Lists:
        """What `moved` gave as whole lists, of some persons of the network."""
        number, column = np.array([self.numbers[name] for name in ids], dtype=np.int64), np.full(self.network.size, -1)
        column[number] = np.arange(len(ids))
        shape = len(some.left_out), 1
        score, rank = np.tile(some.order.score[number], shape), np.tile(some.order.rank[number], shape)
        ranked = np.isfinite(score)
        for place in np.flatnonzero(column[some.order.at] >= 0).tolist():
            over = (some.first <= place) & (place < some.end)
            rank[some.of[over], column[some.order.at[place]]] += some.by[over]
        entry = np.flatnonzero(column[some.person] >= 0)
        cell = some.which[entry], column[some.person[entry]]
        score[cell], rank[cell], ranked[cell] = some.score[entry], some.rank[entry], some.ranked[entry]
        return Lists(ids, some.left_out, score, rank, ranked)

    def of_one(self, left_out: Sequence[Ints], person: str) -> Lists:
        """What becomes of one person of the network without each of some sets of rows: lists for every set, in their order.

        Args:
            left_out: see `moved`.
            person: their id.
        """
        return self._of_one(self.moved(left_out), len(left_out), person)

    def standing(self, changes: Sequence[ClaimChange], person: str) -> Lists:
        """Rank one person again after each of some changes: one list for each change, in their order.

        Args:
            changes: each on its own; candidates stay the same.
            person: their id.
        """
        none = np.zeros(0, dtype=np.int64)
        return self._of_one(self._ranked(changes, Moves(none, none, none)), len(changes), person)

    def _of_one(self, moved: Iterator[Moved], count: int, person: str) -> Lists:
        number, order = self.numbers[person], self.order
        ranks, scores = np.full((count, 1), order.rank[number]), np.full((count, 1), order.score[number])
        ranked = np.isfinite(scores)
        for some in (self.listed(each, [person]) for each in moved):
            ranks[some.left_out], scores[some.left_out], ranked[some.left_out] = some.rank, some.score, some.ranked
        return Lists([person], np.arange(count), scores, ranks, ranked)

    def _ranked(self, changes: Sequence[ClaimChange], moves: Moves) -> Iterator[Moved]:
        rows = np.cumsum([len(change.gone) + len(change.links) for change in changes])
        full = np.arange(len(changes)) // _AT_ONCE, rows // _ROWS_AT_ONCE
        starts = np.flatnonzero(np.any([np.diff(number) for number in full], axis=0)) + 1
        batches = np.split(np.arange(len(changes)), starts)
        given = (([changes[number] for number in some.tolist()], moves.among(some)) for some in batches)
        for some, differs in zip(batches, self.processors.each(without_some, self.board, given), strict=True):
            yield Moved(self.order, some, *differs)
