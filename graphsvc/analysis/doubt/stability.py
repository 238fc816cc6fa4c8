"""How sure a ranking is: what becomes of it when a piece of what it is told in is left out, and on uncertain links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.doubt.leaving_out import lists
from graphsvc.analysis.doubt.pieces import KINDS, Piece
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import Basis
from graphsvc.analysis.score.network import Operation

# A lead rests on one piece if so much of its score goes with it.
RESTS_ON = 0.5
DRAWS = 40
# Of the draws so many lie outside the interval at either end.
_TAIL = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """How far one person's place in the list holds.

    Attributes:
        best: best rank over all that was left out, from 1; `worst` the worst, which is a place after the last where they are not
            ranked then. Both hold the rank with nothing left out.
        loss: greatest share of a positive score that goes with one piece, from 0; more than 1 where the score turns negative, 0
            where it is not positive.
        low: best of the nine in ten ranks that uncertain data leave likely; `high` the worst of them.
        rests_on: kinds of piece (`pieces.KINDS`) of which one takes half of the score, or more, along.
        most: the piece without which the rank moves most; None: none moves it.
        rank_without: the rank then; None: they are not ranked then, or none moves it.
    """

    best: int
    worst: int
    loss: float
    low: int
    high: int
    rests_on: tuple[str, ...] = ()
    most: Piece | None = None
    rank_without: int | None = None


def places(on: Basis, left_out: Sequence[Piece], seed: int = 0) -> dict[str, Place]:
    """How far each place holds when each piece is left out, and when links are drawn by their belief.

    Args:
        on: what the ranking is computed on.
        left_out: pieces of `on.told`, see `pieces.pieces`.
        seed: of the draws; the same seed gives the same interval.

    Returns:
        Person → place, for those of whom the network knows; nothing where nobody is given a part.

    Example:
        >>> from graphsvc.analysis.doubt.pieces import pieces
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 MANAGED w1")], people("p1", "p2"), {})
        >>> found = places(on, pieces(on.told))
        >>> [(name, place.best, place.worst, place.rests_on, place.most) for name, place in found.items()]
        [('p1', 1, 1, ('witness',), None), ('p2', 2, 2, (), None)]

    Limits: leaves out what was said, not what it led others to say; two pieces that only matter together are missed.
    Draws take links as independent of each other, and who is ranked as it is. Of those only carried who stand in the list for a
    tie to who plays a part nothing is told.
    """
    if on.network is None:
        return {}
    score, others = parts.score(parts.read(on.network)), on.others
    rank = rereading.ranks(score, others)
    size = on.network.size
    best, worst, furthest = rank.copy(), rank.copy(), np.zeros(size, dtype=np.int64)
    most, then, ranked = np.full(size, -1), rank.copy(), np.ones(size, dtype=bool)
    kinds, everyone = list(KINDS), np.arange(size)
    kind_of = np.array([kinds.index(piece.kind) for piece in left_out], dtype=np.int64)
    loss, taking = np.zeros((len(kinds), size)), np.full((len(kinds), size), -1)
    raised = score > 0
    for some in lists(on, [piece.rows for piece in left_out]):
        numbers = some.left_out
        # Without a piece the list itself may be shorter: who is not in it then is after all who are in it now.
        now = some.after(len(on.people) + 1)
        np.minimum(best, now.min(axis=0), out=best)
        np.maximum(worst, now.max(axis=0), out=worst)
        moved = np.abs(now - rank)
        which = moved.argmax(axis=0)
        reach = moved.max(axis=0)
        further = reach > furthest
        furthest[further], most[further] = reach[further], numbers[which[further]]
        then[further] = now[which, everyone][further]
        ranked[further] = some.ranked[which, everyone][further]
        gone = np.divide(score - some.score, score, out=np.zeros(now.shape), where=raised)
        for place in np.unique(kind_of[numbers]).tolist():
            of_kind = np.flatnonzero(kind_of[numbers] == place)
            greatest = of_kind[gone[of_kind].argmax(axis=0)]
            more = gone[greatest, everyone] > loss[place]
            loss[place, more], taking[place, more] = gone[greatest, everyone][more], numbers[greatest][more]
    low, high = _drawn(on.network, others, seed)
    loss = loss.round(6)
    low, high = np.minimum(low, rank), np.maximum(high, rank)
    held: dict[str, Place] = {}
    for number, name in enumerate(on.network.ids):
        piece = left_out[most[number]] if most[number] >= 0 else None
        rank_without = int(then[number]) if piece is not None and ranked[number] else None
        resting = [
            left_out[piece]
            for lost, piece in zip(loss[:, number].tolist(), taking[:, number].tolist(), strict=True)
            if lost >= RESTS_ON
        ]
        held[name] = Place(
            best=int(best[number]),
            worst=int(worst[number]),
            loss=float(loss[:, number].max()),
            low=int(low[number]),
            high=int(high[number]),
            rests_on=_rests_on(resting),
            most=piece,
            rank_without=rank_without,
        )
    return held


def _rests_on(resting: Sequence[Piece]) -> tuple[str, ...]:
    """Their kinds, without those of which a part, or the whole that they are part of, was named before."""
    named: list[Piece] = []
    for piece in resting:
        own = set(piece.rows.tolist())
        if not any(own.issuperset(other.rows.tolist()) or own.issubset(other.rows.tolist()) for other in named):
            named.append(piece)
    return tuple(piece.kind for piece in named)


def _drawn(network: Operation, others: Sequence[float], seed: int) -> tuple[Ints, Ints]:
    """The interval that holds nine in ten ranks when each link holds as often as it is believed."""
    rng = np.random.default_rng(seed)
    links = np.arange(len(network.belief))
    drawn = np.empty((DRAWS, network.size), dtype=np.int64)
    for number in range(DRAWS):
        holds = (rng.random(len(links)) < network.belief).astype(float)
        drawn[number] = rereading.ranks(parts.score(parts.read(network.believing(links, holds))), others)
    drawn.sort(axis=0)
    tail = int(_TAIL * DRAWS)
    return drawn[tail], drawn[DRAWS - 1 - tail]
