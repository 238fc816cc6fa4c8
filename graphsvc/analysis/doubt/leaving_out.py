"""The ranking again without some of what it is told in: the one that would be there had that never been heard.

Who is ranked changes with it. Each set of rows moves the belief of some links and, of some persons, how they stand
(`candidacy`); both are worked out for a hundred sets side by side, on a network in which everybody has a row who
may play a part with something left out. Most sets change the score of a few; everybody else moves up or back as a whole
stretch of the list does, and is not gone through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.doubt.board import Board, listed, made, without_some
from graphsvc.analysis.doubt.candidacy import INSIDE, TIED, Candidacy, Moves, plays
from graphsvc.analysis.doubt.pieces import without
from graphsvc.analysis.doubt.rereading import Change
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.score.basis import ONLY_CARRIED, Basis
from graphsvc.analysis.score.network import Operation
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors

# So many sets are left out side by side, each by itself; so many links are believed otherwise for them; so many persons, over all of
# these sets, may score otherwise then. One that goes beyond it alone is by itself.
_AT_ONCE, _LINKS_AT_ONCE, _PERSONS_AT_ONCE = 128, 8_000, 200_000


@dataclass(frozen=True, slots=True)
class Order:
    """The list with nothing left out.

    Attributes:
        ids: the persons of the network ranked on.
        at: for each place of the list, best first, the number of the person in `ids`; -1 for another with a row in the network
            gone through. Those without one have no place here, so a place is no rank.
        score: of each of `ids`; `rank` theirs, from 1.
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
            read, without its ids. order: the list.

    Raises:
        ValueError: there is no network, as nobody is given a part.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 HOUSED p3")], people("p1", "p2", "p3"), {})
        >>> leaving = LeavingOut(on)
        >>> (some,) = leaving.moved([np.array([0])])
        >>> some.order.ids, some.person.tolist(), some.rank.tolist(), some.score.round(9).tolist()
        (['p1', 'p2'], [0], [1], [0.0])
        >>> (some,) = leaving.lists([np.array([0])])
        >>> some.ids, some.left_out.tolist(), some.rank.tolist(), some.ranked.tolist()
        (['p1', 'p2'], [0], [[1, 2]], [[True, True]])
        >>> leaving.of_one([np.array([0]), np.array([], dtype=int)], "p2").rank.tolist()
        [[2], [2]]

    Limits: a set that moves nobody is passed over, but by `of_one`. Equal, but for rounding, to everything made anew without the
    rows, where something still puts anyone before others (`Basis.without`). Holds two networks, and what was read of them.
    """

    def __init__(self, on: Basis, processors: Processors = THIS_MACHINE) -> None:
        if on.network is None:
            raise ValueError("nobody is given a part: there is no network to leave anything out of")
        self.on, self.network, self.processors = on, on.network, processors
        self._candidacy = Candidacy(on.told, on.everyone)
        self.board, self.order = _laid_out(on, on.network, self._candidacy)
        self.before = self.board.before
        self.numbers = {name: number for number, name in enumerate(on.network.ids)}
        # The board of a larger network, and who of those besides has a row in it.
        self._larger: tuple[Board, Order, frozenset[str]] | None = None

    def moved(self, left_out: Sequence[Ints]) -> Iterator[Moved]:
        """What the ranking without each of some sets of rows has otherwise, a hundred sets at a time.

        Args:
            left_out: sets of numbers of rows of `on.told`.
        """
        if not left_out:
            return
        ledger = self.on.told
        moves = self._candidacy.without(left_out)
        # Of whom nothing is told any more, nothing speaks for a part either: they are further persons in the list.
        turns_in = ~plays(self._candidacy.now[moves.entity]) & plays(moves.to) & moves.speaks
        turning = np.bincount(moves.left_out[turns_in], minlength=len(left_out)) > 0
        dormant = frozenset(ledger.ids[number] for number in np.unique(moves.entity[turns_in]).tolist())
        beliefs = without(ledger, left_out)
        # The larger network is gone through for those alone without which somebody turns out to play a part.
        if not turning.all():
            yield from self._ranked((self.board, self.order), np.flatnonzero(~turning), moves, beliefs)
        if dormant:
            yield from self._ranked(self._with(dormant), np.flatnonzero(turning), moves, beliefs)

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
        at = np.flatnonzero(some.order.at >= 0)
        for place in at[column[some.order.at[at]] >= 0].tolist():
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

    def believing(self, changes: Sequence[Change], person: str) -> Lists:
        """What becomes of one person of the network where some links are believed otherwise: a list for each change, in their order.

        Args:
            changes: each by itself; everybody stands as they do.
            person: their id.
        """
        none = np.zeros(0, dtype=np.int64)
        nobody = Moves(none, none, none, none > 0)
        moved = self._ranked((self.board, self.order), np.arange(len(changes)), nobody, changes)
        return self._of_one(moved, len(changes), person)

    def _of_one(self, moved: Iterator[Moved], count: int, person: str) -> Lists:
        number, order = self.numbers[person], self.order
        ranks, scores = np.full((count, 1), order.rank[number]), np.full((count, 1), order.score[number])
        ranked = np.isfinite(scores)
        for some in (self.listed(each, [person]) for each in moved):
            ranks[some.left_out], scores[some.left_out], ranked[some.left_out] = some.rank, some.score, some.ranked
        return Lists([person], np.arange(count), scores, ranks, ranked)

    def _with(self, dormant: frozenset[str]) -> tuple[Board, Order]:
        """The list of a network in which these have a row as well, and whoever had one before."""
        larger = self._larger
        if larger is None or not dormant <= larger[2]:
            those = dormant if larger is None else dormant | larger[2]
            network = self.on.operation(self.on.told, sorted(those))
            larger = self._larger = *_laid_out(self.on, network, self._candidacy), those
        return larger[:2]

    def _ranked(
        self, on: tuple[Board, Order], chosen: Ints, moves: Moves, beliefs: Sequence[Change]
    ) -> Iterator[Moved]:
        board, order = on
        touches = np.diff(board.before.touched.indptr) > 0
        moving = frozenset(moves.left_out.tolist())
        changes: dict[int, Change] = {}
        for number in chosen.tolist():
            links, belief = beliefs[number]
            touching = touches[links]
            if number in moving or touching.any():
                changes[number] = links[touching], belief[touching]
        numbers = np.array(list(changes), dtype=np.int64)
        batches = (
            np.split(numbers, _starts(board, list(changes.values()), moves.among(numbers))) if len(numbers) else []
        )
        given = (([changes[number] for number in some.tolist()], moves.among(some)) for some in batches)
        for some, differs in zip(batches, self.processors.each(without_some, board, given), strict=True):
            yield Moved(order, some, *differs)


def _starts(board: Board, changes: Sequence[Change], moves: Moves) -> Ints:
    """Where, among some sets, another batch begins: so that none holds many more sets, links or persons than go at once, but for a set that does alone."""
    before, count = board.before, len(changes)
    row = board.row_of[moves.entity]
    inside = row >= 0
    reached = rereading.reached(before, changes, (moves.left_out[inside], row[inside]))
    full = (
        np.arange(count) // _AT_ONCE,
        np.cumsum([len(links) for links, _ in changes]) // _LINKS_AT_ONCE,
        np.cumsum(reached) // _PERSONS_AT_ONCE,
    )
    starts: Ints = np.flatnonzero(np.any([np.diff(number) for number in full], axis=0)) + 1
    return starts


def _laid_out(on: Basis, network: Operation, candidacy: Candidacy) -> tuple[Board, Order]:
    """The list on a network: as numbers, and with the ids of those who have a row in the network ranked on, too."""
    place = {name: number for number, name in enumerate(network.ids)}
    shown = np.array([row for row, name in enumerate(network.ids) if name not in on.left_out], dtype=np.int64)
    row_of = np.array([place.get(name, -1) for name in on.told.ids], dtype=np.int64)
    apart = [person.id for person in on.people if person.id not in place]
    carried = sum(name in on.left_out for name in apart)
    rivals = {0.0: (INSIDE, len(apart) - carried), ONLY_CARRIED: (TIED, carried)}
    entity = np.flatnonzero(row_of >= 0)
    inside = np.zeros(network.size, dtype=bool)
    inside[row_of[entity]] = plays(candidacy.now[entity])
    board = made(rereading.read(network.nameless(), inside), candidacy.now, row_of, rivals, shown)
    score = listed(board.before.score, board.stands)
    at = board.number[np.argsort(-board.listed, kind="stable")[: len(board.falling)]]
    ids = [network.ids[row] for row in shown.tolist()]
    return board, Order(ids, at, score[shown], board.ranks(score)[shown])
