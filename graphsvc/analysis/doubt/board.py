"""The list of a case as numbers alone: what stands otherwise in it where some links are believed, or some persons stand, otherwise.

It holds no name and no id, so other machines may be given it (`side_by_side.Processors`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.doubt.candidacy import INSIDE, TIED, Moves, plays
from graphsvc.analysis.doubt.rereading import Change, Read, Rescored
from graphsvc.analysis.evidence.bins import distinct
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import ONLY_CARRIED

# Scores that differ by less than a billionth are the same: as whole numbers they are sorted list by list, each in its own range.
_DIGITS, _RANGE = 9, 1 << 44
# What can happen at a place of the list: somebody comes, leaves, or stands there; others with one of two scores are more or fewer.
_EVENTS = 8
# What some rankings have otherwise: `which`, `person`, `score`, `rank`, `ranked`, `of`, `first`, `end` and `by` of `leaving_out.Moved`.
Differs = tuple[Ints, Ints, Floats, Ints, Bools, Ints, Ints, Ints, Ints]


@dataclass(frozen=True, slots=True)
class _Otherwise:
    """Those of a board who score otherwise, or are listed otherwise, list by list the best first: so ranks are looked up."""

    which: Ints
    row: Ints
    score: Floats
    now: Floats
    before: Floats


# Weakly referred to by whoever has given it to other machines, and by itself alone: no two are alike.
@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Board:
    """Who is in the list, with what score: those with a row in a network, and how many there are besides.

    Attributes:
        before: the network as it was read, `nameless`.
        now: how each entity of the ledger stands (`candidacy`); row_of: its row in the network, -1 where it has none.
        stands: how who has each row stands.
        rivals: score of those without a row → how they stand and how many they are.
        listed: for each row the score as it is listed; falling: minus those of the list, best first. place: for each row its
            place there; number: theirs among those who have a row in the network ranked on, -1 for others.
    """

    before: Read
    now: Ints
    row_of: Ints
    stands: Ints
    rivals: dict[float, tuple[int, int]]
    listed: Floats
    falling: Floats
    place: Ints
    number: Ints

    def ranks(self, score: Floats) -> Ints:
        """The rank of each row by some scores."""
        return rereading.ranks(score, {value: count for value, (_, count) in self.rivals.items()})

    def moved(self, changes: Sequence[Change], moves: Moves) -> Differs:
        """What is otherwise without some sets: of each the links believed otherwise, and who stands otherwise."""
        count = len(changes)
        row = self.row_of[moves.entity]
        inside = row >= 0
        turned = inside & (plays(moves.to) != plays(self.now[moves.entity]))
        some = rereading.rescored(self.before, changes, (moves.left_out[turned], row[turned]))
        those = self._otherwise(some, moves.left_out[inside] * len(self.stands) + row[inside], moves.to[inside])
        which, now = moves.left_out[~inside], self.now[moves.entity[~inside]]
        more = {
            value: np.bincount(
                which, weights=(moves.to[~inside] == stand).astype(float) - (now == stand), minlength=count
            ).astype(np.int64)
            for value, (stand, _) in self.rivals.items()
        }
        rank, ranked = self._ranks(those, count, more), np.isfinite(those.now)
        shown = self.number[those.row] >= 0
        return (
            those.which[shown],
            self.number[those.row[shown]],
            np.where(ranked, those.score, 0.0)[shown],
            rank[shown],
            ranked[shown],
            *self._stretches(those, count, more),
        )

    def _otherwise(self, some: Rescored, moving: Ints, to: Ints) -> _Otherwise:
        """Entries of who scores otherwise and of who stands otherwise (list x row, and how), but where it changes nothing."""
        size = len(self.stands)
        scored = some.change * size + some.row
        keys = distinct(np.concatenate((scored, moving)))
        row = keys % size
        score, stands = self.before.score[row], self.stands[row]
        score[np.searchsorted(keys, scored)] = some.score
        stands[np.searchsorted(keys, moving)] = to
        score = listed(score, stands)
        now, before = score.round(_DIGITS), self.listed[row]
        differs = np.flatnonzero(now != before)
        # List by list the best first: what is looked up for them then lies close together.
        differs = differs[np.argsort(_keys(keys[differs] // size, now[differs]))]
        return _Otherwise(keys[differs] // size, row[differs], score[differs], now[differs], before[differs])

    def _ranks(self, those: _Otherwise, count: int, more: Mapping[float, Ints]) -> Ints:
        """The rank of each entry: who of the list as it was stands before them, and how many more, or fewer, for the entries."""
        wanted, every = _keys(those.which, those.now), np.arange(count) * _RANGE
        was = np.isfinite(those.before)
        earlier = np.sort(_keys(those.which[was], those.before[was]))
        rank: Ints = 1 + np.searchsorted(self.falling, -those.now)
        for sign, keys in ((1, wanted), (-1, earlier)):
            rank += sign * (np.searchsorted(keys, wanted) - np.searchsorted(keys, every)[those.which])
        for value, (_, number) in self.rivals.items():
            rank += (those.now < value) * (number + more[value][those.which])
        return rank

    def _stretches(self, those: _Otherwise, count: int, more: Mapping[float, Ints]) -> tuple[Ints, Ints, Ints, Ints]:
        """Where everybody else stands further back, and by how much: `of`, `first`, `end` and `by` of `Moved`."""
        width = len(self.falling) + 1
        came, left = np.flatnonzero(np.isfinite(those.now)), np.flatnonzero(np.isfinite(those.before))
        own = those.which[left] * width + self.place[those.row[left]]
        # Whoever comes to stand before others moves all of them back, whoever leaves lets them move up.
        keys = [
            those.which[came] * width + np.searchsorted(self.falling, -those.now[came], side="right"),
            those.which[left] * width + np.searchsorted(self.falling, -those.before[left], side="right"),
            own,
            own + 1,
        ]
        for value, number in more.items():
            keys.append(np.flatnonzero(number) * width + int(np.searchsorted(self.falling, -value, side="right")))
        # What each stands for goes with it as its last digit: so whole numbers alone are sorted.
        ordered = np.sort(np.concatenate([part * _EVENTS + event for event, part in enumerate(keys)]))
        place, event = np.divmod(ordered, _EVENTS)
        of, first = np.divmod(place, width)
        shifts = np.array([1, -1, 0, 0, *(0 for _ in more)])[event]
        for turn, number in enumerate(more.values(), start=4):
            those_besides = np.flatnonzero(event == turn)
            shifts[those_besides] = number[of[those_besides]]
        grown = np.concatenate(([0], np.cumsum(shifts)))
        shift = grown[1:] - grown[np.searchsorted(of, np.arange(count))][of]
        end = np.where(np.append(of[1:], -1) == of, np.append(first[1:], 0), width - 1)
        apart = np.cumsum(np.array([0, 0, 1, -1, *(0 for _ in more)])[event]) == 0
        chosen = np.flatnonzero((shift != 0) & (end > first) & apart)
        return of[chosen], first[chosen], end[chosen], shift[chosen]


def made(before: Read, now: Ints, row_of: Ints, rivals: dict[float, tuple[int, int]], shown: Ints) -> Board:
    """The board of a network that was read.

    Args:
        before: the network.
        now: how each entity of the ledger stands.
        row_of: for each entity its row in the network, -1 where it has none.
        rivals: score of those listed without a row → how they stand and how many they are.
        shown: the rows of those who have one in the network ranked on.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> none = np.array([0])
        >>> board = made(rereading.read(tied("s1: p1 ORGANISED c1").nameless()), none, none, {0.0: (INSIDE, 2)}, none)
        >>> board.ranks(board.before.score).tolist()
        [1]

    Limits: none.
    """
    size = before.network.size
    entity = np.flatnonzero(row_of >= 0)
    stands = np.empty(size, dtype=np.int64)
    stands[row_of[entity]] = now[entity]
    scores = listed(before.score, stands).round(_DIGITS)
    falling = np.argsort(-scores, kind="stable")[: int(np.isfinite(scores).sum())]
    place, number = np.full(size, -1), np.full(size, -1)
    place[falling] = np.arange(len(falling))
    number[shown] = np.arange(len(shown))
    return Board(before, now, row_of, stands, rivals, scores, -scores[falling], place, number)


def without_some(board: Board, given: tuple[list[Change], Moves]) -> Differs:
    """What is otherwise without each of some sets.

    Args:
        board: the list.
        given: of each set the links believed otherwise, and who stands otherwise.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> none = np.array([0])
        >>> board = made(rereading.read(tied("s1: p1 ORGANISED c1").nameless()), none, none, {0.0: (INSIDE, 2)}, none)
        >>> nobody = Moves(none[:0], none[:0], none[:0], none[:0] > 0)
        >>> [(column + 0.0).round(9).tolist() for column in without_some(board, ([(none, np.array([0.0]))], nobody))[2:5]]
        [[0.0], [1.0], [1.0]]

    Limits: takes memory for all whom the sets touch, so give a hundred at a time.
    """
    return board.moved(*given)


def ranks_drawn(board: Board, holds: Bools) -> Ints:
    """The rank of each row where each link holds or does not.

    Args:
        board: the list.
        holds: for each link.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> none = np.array([0])
        >>> board = made(rereading.read(tied("s1: p1 ORGANISED c1").nameless()), none, none, {0.0: (INSIDE, 2)}, none)
        >>> ranks_drawn(board, np.array([True])).tolist(), ranks_drawn(board, np.array([False])).tolist()
        ([1], [1])

    Limits: who is ranked stays as it is.
    """
    network = board.before.network
    believed = network.believing(np.arange(len(network.belief)), holds.astype(float))
    return board.ranks(listed(parts.score(parts.read(believed)), board.stands))


def listed(score: Floats, stands: Ints) -> Floats:
    """Scores as they are listed: minus infinity for who is not.

    Args:
        score: for each.
        stands: how each stands, see `candidacy`.

    Example:
        >>> listed(np.array([3.0, 3.0]), np.array([INSIDE, TIED])).tolist() == [3.0, ONLY_CARRIED]
        True

    Limits: none.
    """
    result: Floats = np.where(stands == INSIDE, score, np.where(stands == TIED, ONLY_CARRIED, -np.inf))
    return result


def _keys(which: Ints, score: Floats) -> Ints:
    """Whole numbers that sort list by list, best first; who is not listed comes last."""
    listed = np.isfinite(score)
    falling = np.where(listed, _RANGE // 2 - np.rint(np.where(listed, score, 0.0) * 10**_DIGITS), _RANGE - 1)
    keys: Ints = which * _RANGE + falling.astype(np.int64)
    return keys
