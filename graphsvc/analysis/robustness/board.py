"""The ranked list of a case in numbers only, and its changes when claims are left out or people change status.

The list contains no names or ids, so it may be sent to other machines (`side_by_side.Processors`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.claims.bins import distinct
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.ranking import additive
from graphsvc.analysis.ranking.basis import ONLY_CARRIED
from graphsvc.analysis.robustness import rereading
from graphsvc.analysis.robustness.candidacy import INSIDE, TIED, Moves, plays
from graphsvc.analysis.robustness.rereading import ClaimChange, Read, Rescored

# Scores that differ by less than a billionth are equal. They are sorted as integers, each list in its own range.
_DIGITS, _RANGE = 9, 1 << 44
# Events at a place of the list: a person arrives, a person leaves, an entry begins, an entry ends.
_EVENTS = 4
# Differences of rankings: `which`, `person`, `score`, `rank`, `ranked`, `of`, `first`, `end`, `by` of
# `leaving_out.Moved`.
Differs = tuple[Ints, Ints, Floats, Ints, Bools, Ints, Ints, Ints, Ints]


@dataclass(frozen=True, slots=True)
class _Otherwise:
    """People of a board with a different score or listing, sorted by list, best first, for looking up ranks."""

    which: Ints
    row: Ints
    score: Floats
    now: Floats
    before: Floats


# A slot for weak references: code that has sent a board to other machines keeps one. Compared by identity.
@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Board:
    """The ranked list, with the people mentioned in claims, their scores, and the number of other people.

    Attributes:
        before: the scored network, without names.
        stands: the status of each of its people (`candidacy`); row_of: the row of each entity of the ledger, -1 for
            none.
        unheard: number of listed people no claim mentions; their score is 0.
        listed: the listed score of each row; falling: the negated listed scores, best first. place: the place of each
            row in the list.
    """

    before: Read
    stands: Ints
    row_of: Ints
    unheard: int
    listed: Floats
    falling: Floats
    place: Ints

    def ranks(self, score: Floats) -> Ints:
        """Return the rank of each row by some scores."""
        return rereading.ranks(score, {0.0: self.unheard})

    def differences(self, changes: Sequence[ClaimChange], moves: Moves) -> Differs:
        """Return how the ranking changes when each set of claims is left out."""
        count, row = len(changes), self.row_of[moves.entity]
        turned = plays(moves.to) != plays(self.stands[row])
        new_scores = rereading.rescore(self.before, changes, (moves.left_out[turned], row[turned]))
        those = self._otherwise(new_scores, moves.left_out * len(self.stands) + row, moves.to)
        rank, ranked = self._ranks(those, count), np.isfinite(those.now)
        return (
            those.which,
            those.row,
            np.where(ranked, those.score, 0.0),
            rank,
            ranked,
            *self._stretches(those, count),
        )

    def _otherwise(self, new_scores: Rescored, moving: Ints, to: Ints) -> _Otherwise:
        """Return entries for new scores and new statuses (list x row, and the status) that change the listing."""
        size = len(self.stands)
        scored = new_scores.change * size + new_scores.row
        keys = distinct(np.concatenate((scored, moving)))
        row = keys % size
        score, status = self.before.scored.score[row], self.stands[row]
        score[np.searchsorted(keys, scored)] = new_scores.score
        status[np.searchsorted(keys, moving)] = to
        score = listed_scores(score, status)
        now, before = score.round(_DIGITS), self.listed[row]
        differs = np.flatnonzero(now != before)
        # Sorted by list, best first, so that later look-ups for them are close together in memory.
        differs = differs[np.argsort(_keys(keys[differs] // size, now[differs]))]
        return _Otherwise(keys[differs] // size, row[differs], score[differs], now[differs], before[differs])

    def _ranks(self, those: _Otherwise, count: int) -> Ints:
        """Return the rank of each entry, its place in the original list corrected for arrivals and exits before it."""
        wanted, every = _keys(those.which, those.now), np.arange(count) * _RANGE
        was = np.isfinite(those.before)
        earlier = np.sort(_keys(those.which[was], those.before[was]))
        rank: Ints = 1 + np.searchsorted(self.falling, -those.now)
        for sign, keys in ((1, wanted), (-1, earlier)):
            rank += sign * (np.searchsorted(keys, wanted) - np.searchsorted(keys, every)[those.which])
        return rank + (those.now < 0) * self.unheard

    def _stretches(self, those: _Otherwise, count: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Return the stretches of other people that move, and by how much: `of`, `first`, `end` and `by` of `Moved`."""
        width = len(self.falling) + 1
        came, left = np.flatnonzero(np.isfinite(those.now)), np.flatnonzero(np.isfinite(those.before))
        own = those.which[left] * width + self.place[those.row[left]]
        # A person who arrives moves those after them back; a person who leaves lets them move up.
        keys = (
            those.which[came] * width + np.searchsorted(self.falling, -those.now[came], side="right"),
            those.which[left] * width + np.searchsorted(self.falling, -those.before[left], side="right"),
            own,
            own + 1,
        )
        # The event is appended as the last digit, so that only integers are sorted.
        ordered = np.sort(np.concatenate([part * _EVENTS + event for event, part in enumerate(keys)]))
        place, event = np.divmod(ordered, _EVENTS)
        of, first = np.divmod(place, width)
        grown = np.concatenate(([0], np.cumsum(np.array([1, -1, 0, 0])[event])))
        shift = grown[1:] - grown[np.searchsorted(of, np.arange(count))][of]
        end = np.where(np.append(of[1:], -1) == of, np.append(first[1:], 0), width - 1)
        apart = np.cumsum(np.array([0, 0, 1, -1])[event]) == 0
        chosen = np.flatnonzero((shift != 0) & (end > first) & apart)
        return of[chosen], first[chosen], end[chosen], shift[chosen]


def make_board(before: Read, status: Ints, row_of: Ints, unheard: int) -> Board:
    """Make the board of a scored network.

    Args:
        before: the network.
        status: the status of each of its people.
        row_of: the row of each entity of the ledger in the network, -1 for none.
        unheard: number of listed people no claim mentions.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> from graphsvc.analysis.ranking.additive import shipped_weights
        >>> before = rereading.read(network_from("s1: p1 ORGANISED c1", "s2: p2 PILOTED c2").nameless(), shipped_weights(), 2)
        >>> board = make_board(before, np.full(2, INSIDE), np.array([-1, -1, 0, 1]), 2)
        >>> board.ranks(board.before.scored.score).tolist()
        [1, 4]

    Limits: none.
    """
    scores = listed_scores(before.scored.score, status).round(_DIGITS)
    falling = np.argsort(-scores, kind="stable")[: int(np.isfinite(scores).sum())]
    place = np.full(len(scores), -1)
    place[falling] = np.arange(len(falling))
    return Board(before, status, row_of, unheard, scores, -scores[falling], place)


def without_some(board: Board, changes: tuple[list[ClaimChange], Moves]) -> Differs:
    """Return how the ranking changes when each set of claims is left out.

    Args:
        board: the list.
        changes: for each set the change of the claims, and the people whose status changes.

    Example:
        >>> from graphsvc.analysis.robustness.leaving_out import LeavingOut
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> on = basis([claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p2 PILOTED c2")], people("p1", "p2", "q1", "q2"), {})
        >>> none = np.zeros(0, dtype=np.int64)
        >>> leaving = [ClaimChange(np.array([0]), none, none + 0.0)]
        >>> found = without_some(LeavingOut(on).board, (leaving, Moves(none, none, none)))
        >>> [(column + 0.0).round(9).tolist() for column in found[1:5]]
        [[0.0], [0.0], [1.0], [1.0]]

    Limits: takes memory for everyone the sets affect, so pass about a hundred at a time.
    """
    return board.differences(*changes)


def ranks_drawn(board: Board, holds: Bools) -> Ints:
    """Return the rank of each row, given which links are true.

    Args:
        board: the list.
        holds: for each link whether it is true.

    Example:
        >>> from graphsvc.analysis.robustness.leaving_out import LeavingOut
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> on = basis([claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p2 PILOTED c2")], people("p1", "p2", "q1", "q2"), {})
        >>> board = LeavingOut(on).board
        >>> ranks_drawn(board, np.array([True, True])).tolist(), ranks_drawn(board, np.array([False, False])).tolist()
        ([1, 4], [1, 1])

    Limits: the people who are ranked stay the same.
    """
    drawn = board.before.network.with_standing(holds.astype(float))
    return board.ranks(listed_scores(additive.score(drawn, board.before.scored.weights).score, board.stands))


def listed_scores(score: Floats, status: Ints) -> Floats:
    """Return scores as they are listed, with minus infinity for people not listed.

    Args:
        score: the score of each person.
        status: the status of each person, see `candidacy`.

    Example:
        >>> listed_scores(np.array([3.0, 3.0]), np.array([INSIDE, TIED])).tolist() == [3.0, ONLY_CARRIED]
        True

    Limits: none.
    """
    result: Floats = np.where(status == INSIDE, score, np.where(status == TIED, ONLY_CARRIED, -np.inf))
    return result


def _keys(list_number: Ints, score: Floats) -> Ints:
    """Return integers that sort by list, best first; people not listed come last."""
    listed = np.isfinite(score)
    falling = np.where(listed, _RANGE // 2 - np.rint(np.where(listed, score, 0.0) * 10**_DIGITS), _RANGE - 1)
    keys: Ints = list_number * _RANGE + falling.astype(np.int64)
    return keys
