"""The ranking again without some of what it is told in: the one that would be there had that never been heard.

Who is ranked changes with it. Each set of rows moves the belief of some links and, of some persons, how they stand
(`candidacy`); both are worked out for some hundreds of sets side by side, on one network in which everybody has a row who
may play a part with something left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.doubt.candidacy import INSIDE, TIED, Candidacy, Moves
from graphsvc.analysis.doubt.pieces import without
from graphsvc.analysis.doubt.rereading import Change
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.score.basis import ONLY_CARRIED, Basis
from graphsvc.analysis.score.network import Operation

# So many sets are left out side by side, each by itself, and links that are believed otherwise for it.
_AT_ONCE, _LINKS_AT_ONCE = 256, 20_000


@dataclass(frozen=True, slots=True)
class Lists:
    """The rankings without some sets of rows.

    Attributes:
        ids: the persons of the network ranked on.
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

    def after(self, first: int) -> Ints:
        """The ranks, where who is not ranked has this one or a later one: a list without them may be short."""
        result: Ints = np.where(self.ranked, self.rank, np.maximum(self.rank, first))
        return result


def lists(on: Basis, left_out: Sequence[Ints]) -> Iterator[Lists]:
    """The ranking without each of some sets of rows, some hundreds of sets at a time.

    Args:
        on: what the ranking is computed on, with a network.
        left_out: sets of numbers of rows of `on.told`.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 HOUSED p3")], people("p1", "p2", "p3"), {})
        >>> (found,) = lists(on, [np.array([0])])
        >>> found.ids, found.left_out.tolist(), found.rank.tolist(), found.ranked.tolist()
        (['p1', 'p2'], [0], [[1, 2]], [[True, True]])

    Limits: a set that moves nobody is passed over. Equal, but for rounding, to everything made anew without the rows, where
    something still puts anyone before others (`Basis.without`).
    """
    if on.network is None or not left_out:
        return
    candidacy = Candidacy(on.told, on.everyone)
    moves = candidacy.without(left_out)
    # Of whom nothing is told any more, nothing speaks for a part either: they are further persons in the list.
    turns_in = (candidacy.now[moves.entity] != INSIDE) & (moves.to == INSIDE) & moves.speaks
    turning = np.bincount(moves.left_out[turns_in], minlength=len(left_out)) > 0
    dormant = [on.told.ids[number] for number in np.unique(moves.entity[turns_in]).tolist()]
    beliefs = without(on.told, left_out)
    # The larger network is gone through for those alone without which somebody turns out to play a part.
    yield from _ranked(_Board(on, on.network, candidacy), np.flatnonzero(~turning), moves, beliefs)
    if dormant:
        yield from _ranked(
            _Board(on, on.operation(on.told, dormant), candidacy), np.flatnonzero(turning), moves, beliefs
        )


def of_one(on: Basis, left_out: Sequence[Ints], person: str, rank: int, score: float) -> Lists:
    """What becomes of one person of the network without each of some sets of rows: lists for every set, in their order.

    Args:
        on: see `lists`.
        left_out: likewise.
        person: their id.
        rank: theirs with nothing left out, which holds where a set moves nobody; `score` likewise.
        score: see `rank`.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 HOUSED p3")], people("p1", "p2", "p3"), {})
        >>> of_one(on, [np.array([0]), np.array([], dtype=int)], "p2", 2, -0.1).rank.tolist()
        [[2], [2]]

    Limits: as `lists`.
    """
    count = len(left_out)
    ranks, scores = np.full((count, 1), rank), np.full((count, 1), score)
    ranked = np.ones((count, 1), dtype=bool)
    for some in lists(on, left_out):
        column = [some.ids.index(person)]
        ranks[some.left_out] = some.rank[:, column]
        scores[some.left_out] = some.score[:, column]
        ranked[some.left_out] = some.ranked[:, column]
    return Lists([person], np.arange(count), scores, ranks, ranked)


def _ranked(board: _Board, chosen: Ints, moves: Moves, beliefs: Sequence[Change]) -> Iterator[Lists]:
    if not len(chosen):
        return
    before = rereading.read(board.network)
    touches = np.diff(before.touched.indptr) > 0
    moving = frozenset(moves.left_out.tolist())
    changes: dict[int, Change] = {}
    for number in chosen.tolist():
        links, belief = beliefs[number]
        touching = touches[links]
        if number in moving or touching.any():
            changes[number] = links[touching], belief[touching]
    numbers = np.array(list(changes), dtype=np.int64)
    ends = np.cumsum([len(links) for links, _ in changes.values()]) // _LINKS_AT_ONCE
    together = ends * len(numbers) + np.arange(len(numbers)) // _AT_ONCE
    for some in np.split(numbers, np.flatnonzero(np.diff(together)) + 1) if len(numbers) else ():
        those = moves.among(some)
        score = rereading.scores_if(before, [changes[number] for number in some.tolist()], board.turned(those))
        listed, others = board.listed(score, those)
        ranked, shown = np.isfinite(listed), board.shown
        rank = rereading.ranks(listed, others)
        ids = [board.network.ids[row] for row in shown.tolist()]
        yield Lists(ids, some, np.where(ranked, listed, 0.0)[:, shown], rank[:, shown], ranked[:, shown])


class _Board:
    """Who is in the list, with what score: those with a row in a network, and how many there are besides.

    Attributes:
        network: the network. shown: the rows of those who have one in the network ranked on, too.
    """

    def __init__(self, on: Basis, network: Operation, candidacy: Candidacy) -> None:
        self.network = network
        place = {name: number for number, name in enumerate(network.ids)}
        self.shown = np.array([row for row, name in enumerate(network.ids) if name not in on.left_out], dtype=np.int64)
        self._now = candidacy.now
        self._row_of = np.array([place.get(name, -1) for name in on.told.ids], dtype=np.int64)
        entity = np.flatnonzero(self._row_of >= 0)
        self._stands = np.empty(network.size, dtype=np.int64)
        self._stands[self._row_of[entity]] = self._now[entity]
        apart = [person.id for person in on.people if person.id not in place]
        carried = sum(name in on.left_out for name in apart)
        self._others = {INSIDE: len(apart) - carried, TIED: carried}

    def turned(self, moves: Moves) -> tuple[Ints, Ints]:
        """Who of those with a row turns from one who may play a part into one only carried, or back: lists and rows."""
        row = self._row_of[moves.entity]
        turned = (row >= 0) & ((moves.to == INSIDE) != (self._now[moves.entity] == INSIDE))
        return moves.left_out[turned], row[turned]

    def listed(self, score: Floats, moves: Moves) -> tuple[Floats, dict[float, Ints]]:
        """Scores as they are listed, minus infinity for who is not; and how many besides have which score, list by list."""
        stands = np.tile(self._stands, (len(score), 1))
        row = self._row_of[moves.entity]
        inside = row >= 0
        stands[moves.left_out[inside], row[inside]] = moves.to[inside]
        listed = np.where(stands == INSIDE, score, np.where(stands == TIED, ONLY_CARRIED, -np.inf))
        which, to, now = moves.left_out[~inside], moves.to[~inside], self._now[moves.entity[~inside]]
        others = {}
        for value, stand in ((0.0, INSIDE), (ONLY_CARRIED, TIED)):
            more = np.bincount(which, weights=(to == stand).astype(float) - (now == stand), minlength=len(score))
            others[value] = self._others[stand] + more.astype(np.int64)
        return listed, others
