"""The list of a case as numbers alone: what stands otherwise in it where some claims are left out, or some persons stand, otherwise.

It holds no name and no id, so other machines may be given it (`side_by_side.Processors`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.doubt.candidacy import INSIDE, TIED, Moves, plays
from graphsvc.analysis.doubt.rereading import ClaimChange, Read, Rescored
from graphsvc.analysis.evidence.bins import distinct
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.score import additive
from graphsvc.analysis.score.basis import ONLY_CARRIED

# Scores that differ by less than a billionth are the same: as whole numbers they are sorted list by list, each in its own range.
_DIGITS, _RANGE = 9, 1 << 44
# Events at a place of the list: somebody comes, somebody leaves, an entry begins, an entry ends.
_EVENTS = 4
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
    """The list: the people claims speak of with their scores, and how many others there are.

    Attributes:
        before: the weighed network, without names.
        stands: the standing of each of its people (`candidacy`); row_of: the row of each entity of the ledger, -1 for none.
        unheard: number of listed people no claim speaks of; their score is 0.
        listed: for each row the score as it is listed; falling: minus those of the list, best first. place: for each row its
            place there.
    """

    before: Read
    stands: Ints
    row_of: Ints
    unheard: int
    listed: Floats
    falling: Floats
    place: Ints

    def ranks(self, score: Floats) -> Ints:
        """The rank of each row by some scores."""
        return rereading.ranks(score, {0.0: self.unheard})

    def moved(self, changes: Sequence[ClaimChange], moves: Moves) -> Differs:
        """List the differences without each of some sets."""
        count, row = len(changes), self.row_of[moves.entity]
        turned = plays(moves.to) != plays(self.stands[row])
        some = rereading.rescored(self.before, changes, (moves.left_out[turned], row[turned]))
        those = self._otherwise(some, moves.left_out * len(self.stands) + row, moves.to)
        rank, ranked = self._ranks(those, count), np.isfinite(those.now)
        return (
            those.which,
            those.row,
            np.where(ranked, those.score, 0.0),
            rank,
            ranked,
            *self._stretches(those, count),
        )

    def _otherwise(self, some: Rescored, moving: Ints, to: Ints) -> _Otherwise:
        """Entries of who scores otherwise and of who stands otherwise (list x row, and how), but where it changes nothing."""
        size = len(self.stands)
        scored = some.change * size + some.row
        keys = distinct(np.concatenate((scored, moving)))
        row = keys % size
        score, stands = self.before.scored.score[row], self.stands[row]
        score[np.searchsorted(keys, scored)] = some.score
        stands[np.searchsorted(keys, moving)] = to
        score = listed(score, stands)
        now, before = score.round(_DIGITS), self.listed[row]
        differs = np.flatnonzero(now != before)
        # List by list the best first: what is looked up for them then lies close together.
        differs = differs[np.argsort(_keys(keys[differs] // size, now[differs]))]
        return _Otherwise(keys[differs] // size, row[differs], score[differs], now[differs], before[differs])

    def _ranks(self, those: _Otherwise, count: int) -> Ints:
        """The rank of each entry: who of the list as it was stands before them, and how many more, or fewer, for the entries."""
        wanted, every = _keys(those.which, those.now), np.arange(count) * _RANGE
        was = np.isfinite(those.before)
        earlier = np.sort(_keys(those.which[was], those.before[was]))
        rank: Ints = 1 + np.searchsorted(self.falling, -those.now)
        for sign, keys in ((1, wanted), (-1, earlier)):
            rank += sign * (np.searchsorted(keys, wanted) - np.searchsorted(keys, every)[those.which])
        return rank + (those.now < 0) * self.unheard

    def _stretches(self, those: _Otherwise, count: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Where everybody else stands further back, and by how much: `of`, `first`, `end` and `by` of `Moved`."""
        width = len(self.falling) + 1
        came, left = np.flatnonzero(np.isfinite(those.now)), np.flatnonzero(np.isfinite(those.before))
        own = those.which[left] * width + self.place[those.row[left]]
        # Whoever comes to stand before others moves all of them back, whoever leaves lets them move up.
        keys = (
            those.which[came] * width + np.searchsorted(self.falling, -those.now[came], side="right"),
            those.which[left] * width + np.searchsorted(self.falling, -those.before[left], side="right"),
            own,
            own + 1,
        )
        # What each stands for goes with it as its last digit: so whole numbers alone are sorted.
        ordered = np.sort(np.concatenate([part * _EVENTS + event for event, part in enumerate(keys)]))
        place, event = np.divmod(ordered, _EVENTS)
        of, first = np.divmod(place, width)
        grown = np.concatenate(([0], np.cumsum(np.array([1, -1, 0, 0])[event])))
        shift = grown[1:] - grown[np.searchsorted(of, np.arange(count))][of]
        end = np.where(np.append(of[1:], -1) == of, np.append(first[1:], 0), width - 1)
        apart = np.cumsum(np.array([0, 0, 1, -1])[event]) == 0
        chosen = np.flatnonzero((shift != 0) & (end > first) & apart)
        return of[chosen], first[chosen], end[chosen], shift[chosen]


def made(before: Read, stands: Ints, row_of: Ints, unheard: int) -> Board:
    """The board of a network that was weighed.

    Args:
        before: the network.
        stands: the standing of each of its people.
        row_of: the row of each entity of the ledger in the network, -1 for none.
        unheard: number of listed people no claim speaks of.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> from graphsvc.analysis.score.additive import shipped
        >>> before = rereading.read(tied("s1: p1 ORGANISED c1", "s2: p2 PILOTED c2").nameless(), shipped(), 2)
        >>> board = made(before, np.full(2, INSIDE), np.array([-1, -1, 0, 1]), 2)
        >>> board.ranks(board.before.scored.score).tolist()
        [1, 4]

    Limits: none.
    """
    scores = listed(before.scored.score, stands).round(_DIGITS)
    falling = np.argsort(-scores, kind="stable")[: int(np.isfinite(scores).sum())]
    place = np.full(len(scores), -1)
    place[falling] = np.arange(len(falling))
    return Board(before, stands, row_of, unheard, scores, -scores[falling], place)


def without_some(board: Board, given: tuple[list[ClaimChange], Moves]) -> Differs:
    """What is otherwise without each of some sets.

    Args:
        board: the list.
        given: of each set what is left out, and who stands otherwise.

    Example:
        >>> from graphsvc.analysis.doubt.leaving_out import LeavingOut
        >>> from graphsvc.analysis.examples import people, said
        >>> from graphsvc.analysis.score.basis import basis
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 PILOTED c2")], people("p1", "p2", "q1", "q2"), {})
        >>> none = np.zeros(0, dtype=np.int64)
        >>> leaving = [ClaimChange(np.array([0]), none, none + 0.0)]
        >>> found = without_some(LeavingOut(on).board, (leaving, Moves(none, none, none)))
        >>> [(column + 0.0).round(9).tolist() for column in found[1:5]]
        [[0.0], [0.0], [1.0], [1.0]]

    Limits: takes memory for all whom the sets touch, so give a hundred at a time.
    """
    return board.moved(*given)


def ranks_drawn(board: Board, holds: Bools) -> Ints:
    """The rank of each row where each link holds or does not.

    Args:
        board: the list.
        holds: for each link.

    Example:
        >>> from graphsvc.analysis.doubt.leaving_out import LeavingOut
        >>> from graphsvc.analysis.examples import people, said
        >>> from graphsvc.analysis.score.basis import basis
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 PILOTED c2")], people("p1", "p2", "q1", "q2"), {})
        >>> board = LeavingOut(on).board
        >>> ranks_drawn(board, np.array([True, True])).tolist(), ranks_drawn(board, np.array([False, False])).tolist()
        ([1, 4], [1, 1])

    Limits: who is ranked stays as it is.
    """
    drawn = replace(board.before.network, standing=holds.astype(float))
    return board.ranks(listed(additive.score(drawn, board.before.scored.weights).score, board.stands))


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
