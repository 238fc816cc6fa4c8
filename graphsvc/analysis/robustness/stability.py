"""Stability of a ranking: its changes when an evidence item is left out, and when links are uncertain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.claims.bins import among
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.ranking.basis import Basis
from graphsvc.analysis.robustness.board import ranks_drawn
from graphsvc.analysis.robustness.leaving_out import LeavingOut, Moved, Order, after
from graphsvc.analysis.robustness.pieces import KINDS, Piece

# A lead rests on one item if at least this share of its score depends on it.
RESTS_ON = 0.5
DRAWS = 40
# Share of the draws that lie outside the interval at either end.
_TAIL = 0.05
# Moves collected: how far back, how far up, and how far in either direction.
_TABLES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Stability of one person's rank.

    Attributes:
        best: best rank without any one item, from 1; `worst`: the worst, which is the place after the last where the
            person is not ranked then. Both include the rank with nothing left out.
        loss: greatest share of a positive score that depends on one item, from 0; more than 1 where the score turns
            negative, 0 where it is not positive.
        low, high: best and worst rank of the interval with 90 % of the ranks when links are drawn by their belief.
        rests_on: kinds of item (`pieces.KINDS`) of which one alone carries at least half of the score.
        most: the item without which the rank moves most; None: no item moves it.
        rank_without: the rank then; None: not ranked then, or no item moves it.
    """

    best: int
    worst: int
    loss: float
    low: int
    high: int
    rests_on: tuple[str, ...] = ()
    most: Piece | None = None
    rank_without: int | None = None


def places(
    on: Basis,
    left_out: Sequence[Piece],
    seed: int = 0,
    leaving: LeavingOut | None = None,
    beside: Callable[[Moved], object] = lambda _some: None,
) -> dict[str, Place]:
    """Return the stability of each rank when each item is left out, and when links are drawn by their belief.

    Args:
        on: the basis of the ranking.
        left_out: items of `on.told`, see `pieces.pieces`.
        seed: seed of the draws; the same seed gives the same interval.
        leaving: `LeavingOut` of `on`, if already made.
        beside: function that also receives the rankings without an item, as they are computed.

    Returns:
        Person → stability, for the ranked people in the network; empty where people are ranked by contacts.

    Example:
        >>> from graphsvc.analysis.robustness.pieces import pieces
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> on = basis([claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p2 MANAGED w1")], people("p1", "p2"), {})
        >>> found = places(on, pieces(on.told))
        >>> [(name, place.best, place.worst, place.rests_on, place.most) for name, place in found.items()]
        [('p1', 1, 1, ('witness',), None), ('p2', 2, 2, (), None)]

    Limits: leaves out what was said, but not what it led others to say; two items that only matter together are missed.
    Draws treat links as independent of each other, and the people ranked as fixed.
    """
    if on.network is None:
        return {}
    leaving = leaving or LeavingOut(on)
    score, rank = leaving.order.score, leaving.order.rank
    kinds = list(KINDS)
    kind_of = np.array([kinds.index(piece.kind) for piece in left_out], dtype=np.int64)
    reach = _Reach(kind_of, rank, score)
    for rankings in leaving.differences([piece.rows for piece in left_out]):
        # Without an item the list may be shorter; people no longer on it rank after everyone on it now.
        reach.take(rankings, after(rankings, len(on.people) + 1))
        beside(rankings)
    best, worst, most, then, ranked = reach.rank_ranges()
    low, high = _draw_interval(leaving, seed)
    loss = reach.loss.round(6)
    low, high = np.minimum(low, rank), np.maximum(high, rank)
    by_person: dict[str, Place] = {}
    nested = _Nested(left_out)
    for number in np.flatnonzero(np.isfinite(score)).tolist():
        name = on.network.ids[number]
        piece = left_out[most[number]] if most[number] >= 0 else None
        rank_without = int(then[number]) if piece is not None and ranked[number] else None
        resting = reach.taking[:, number][loss[:, number] >= RESTS_ON].tolist()
        by_person[name] = Place(
            best=int(best[number]),
            worst=int(worst[number]),
            loss=float(loss[:, number].max()),
            low=int(low[number]),
            high=int(high[number]),
            rests_on=nested.kinds(resting),
            most=piece,
            rank_without=rank_without,
        )
    return by_person


class _Reach:
    """Changes of ranks and losses of scores over all rankings, collected as they are computed.

    A move of a stretch of the list is recorded on two stretches of a power of two that cover it, in one table for each
    power. The tables are passed down to single places at the end. So the cost of a ranking depends on its number of
    stretches, not on their length.

    Attributes:
        loss: kinds of item x people: greatest share of a positive score that depends on one item; `taking`: that item,
            -1 for none.
    """

    def __init__(self, kind_of: Ints, rank: Ints, score: Floats) -> None:
        self._kind_of, self._rank, self._score = kind_of, rank, score
        self._pieces = max(len(kind_of), 1)
        self._reach = np.zeros((_TABLES, len(rank)), dtype=np.int64)
        self._order: Order | None = None
        self._by_length = np.zeros((_TABLES, 0, 0), dtype=np.int64)
        self._numbers: list[Ints] = []
        self._turn = 0
        self.loss, self.taking = np.zeros((len(KINDS), len(rank))), np.full((len(KINDS), len(rank)), -1)

    def take(self, rankings: Moved, now: Ints) -> None:
        """Record the differences of some rankings; `now`: the ranks of their entries."""
        if rankings.order is not self._order:
            self._hand_down()
            self._order = rankings.order
            long = len(rankings.order.at)
            self._by_length = np.zeros((_TABLES, long.bit_length(), long), dtype=np.int64)
        entries = self._values(now - self._rank[rankings.person], rankings.which, rankings.ranked)
        for table, values in zip(self._reach, entries, strict=True):
            np.maximum.at(table, rankings.person, values)
        stretches = self._values(rankings.by, rankings.of, np.ones(len(rankings.of), dtype=bool))
        length = np.frexp(rankings.end - rankings.first)[1] - 1
        for by_length, values in zip(self._by_length, stretches, strict=True):
            np.maximum.at(by_length, (length, rankings.first), values)
            np.maximum.at(by_length, (length, rankings.end - (1 << length)), values)
        self._lose(rankings)
        self._numbers.append(rankings.left_out)
        self._turn += len(rankings.left_out)

    def rank_ranges(self) -> tuple[Ints, Ints, Ints, Ints, Bools]:
        """Return for each person the best and worst rank, the item that moves it most (-1: none), and the rank then."""
        self._hand_down()
        back, up, furthest = self._reach
        rest, ranked = np.divmod(furthest, 2)
        rest, later = np.divmod(rest, 2)
        by, turn = np.divmod(rest, self._pieces)
        numbers = np.concatenate([*self._numbers, np.zeros(1, dtype=np.int64)])
        most = np.where(by > 0, numbers[np.where(by > 0, self._pieces - 1 - turn, 0)], -1)
        return self._rank - up, self._rank + back, most, self._rank + np.where(later > 0, by, -by), ranked > 0

    def _values(self, by: Ints, set_number: Ints, ranked: Bools) -> tuple[Ints, Ints, Ints]:
        """Return how far ranks fall, rise and move at all, encoded so that the earliest ranking wins ties."""
        turn = self._pieces - 1 - (self._turn + set_number)
        furthest = ((np.abs(by) * self._pieces + turn) * 2 + (by > 0)) * 2 + ranked
        return by, -by, np.where(by != 0, furthest, 0)

    def _lose(self, rankings: Moved) -> None:
        before = self._score[rankings.person]
        entry = np.flatnonzero((before > 0) & (rankings.score < before))
        numbers, person = rankings.left_out[rankings.which[entry]], rankings.person[entry]
        share_lost = 1 - rankings.score[entry] / before[entry]
        cell = self._kind_of[numbers] * len(self._score) + person
        loss, taking = self.loss.reshape(-1), self.taking.reshape(-1)
        former = loss[cell]
        np.maximum.at(loss, cell, share_lost)
        # Ties go to the first item, which is written last and so stays.
        first = np.flatnonzero((share_lost > former) & (share_lost == loss[cell]))[::-1]
        taking[cell[first]] = numbers[first]

    def _hand_down(self) -> None:
        if self._order is None:
            return
        at = self._order.at
        for table, by_length in zip(self._reach, self._by_length, strict=True):
            for length in range(len(by_length) - 1, 0, -1):
                half = 1 << (length - 1)
                shorter, longer = by_length[length - 1], by_length[length]
                np.maximum(shorter, longer, out=shorter)
                np.maximum(shorter[half:], longer[: len(at) - half], out=shorter[half:])
            if len(by_length):
                table[at] = np.maximum(table[at], by_length[0])
        self._order = None


class _Nested:
    """Cached look-up of which items contain which, since many people rest on the same few items."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._known: dict[tuple[int, int], bool] = {}

    def kinds(self, resting: Sequence[int]) -> tuple[str, ...]:
        """Return the kinds of some items, skipping each item that contains, or is part of, an earlier one."""
        named: list[int] = []
        for piece in resting:
            if not any(self._part(piece, earlier) or self._part(earlier, piece) for earlier in named):
                named.append(piece)
        return tuple(self._pieces[piece].kind for piece in named)

    def _part(self, part: int, whole: int) -> bool:
        """Whether all rows of one item are rows of the other."""
        known = self._known.get((part, whole))
        if known is None:
            # The rows of an item are sorted.
            rows, among_these = self._pieces[part].rows, self._pieces[whole].rows
            known = len(rows) <= len(among_these) and bool(among(rows, among_these).all())
            self._known[part, whole] = known
        return known


def _draw_interval(leaving: LeavingOut, seed: int) -> tuple[Ints, Ints]:
    """Return the interval with 90 % of the ranks when each link is true with the probability of its belief."""
    rng, belief = np.random.default_rng(seed), leaving.on.belief
    draws = (rng.random(len(belief)) < belief for _ in range(DRAWS))
    drawn = np.sort(np.stack(list(leaving.processors.each(ranks_drawn, leaving.board, draws))), axis=0)
    tail = int(_TAIL * DRAWS)
    return drawn[tail], drawn[DRAWS - 1 - tail]
