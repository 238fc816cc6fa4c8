"""Whether anyone stands out: how much the first people look like hubs, and whether chance would do as well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Floats
from graphsvc.analysis.ranking.additive import Scored, ScoreWeights, chances, sum_cells
from graphsvc.analysis.ranking.ingredients import TIES
from graphsvc.analysis.ranking.network import Operation
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors

DEALS = 39
# Number of shuffles that may score as high as the case: at most 3 in 40, counting the case itself.
_MAY_REACH = 2
# The first tenth of the list is compared, but at most ten people.
_FIRST, _MOST = 10, 10
# Someone stands out only if the first people's mean chance of being hubs is at least this.
FEWEST_HUBS = 0.7


def look_like_hubs(scored: Scored, listed: NDArray[np.bool_]) -> bool:
    """Whether the mean chance of the first people reaches `FEWEST_HUBS`; in invented cases, about that share were hubs.

    Args:
        scored: the scored network.
        listed: for each person whether they are ranked.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> from graphsvc.analysis.ranking.additive import score
        >>> everybody = np.ones(2, dtype=bool)
        >>> look_like_hubs(score(network_from("s1: p1 PILOTED c1", "s2: p2 PILOTED c1")), everybody)
        False

    Limits: a threshold set on invented cases. One statement about the first person is not enough to reach it.
    """
    chance = chances(scored.score[listed], scored.weights)
    return bool(len(chance)) and float(_head(chance)) >= FEWEST_HUBS


def stands_out(network: Operation, weights: ScoreWeights, seed: int = 0, processors: Processors = THIS_MACHINE) -> bool:
    """Whether the first people score higher than in random shuffles of the links (permutation test, one-sided, 7.5 %).

    A shuffle assigns the ends of links to other people: each person keeps their number of links, but in any role and
    with anyone. The mean scores of the first people are compared.

    Args:
        network: see `network`.
        weights: weights of the score.
        seed: seed of the shuffles; the same seed gives the same answer.
        processors: workers that compute the shuffles.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> from graphsvc.analysis.ranking.additive import shipped_weights
        >>> one_relation = network_from(*(f"s{n}: p{n} ORGANISED c{n}" for n in range(30)))  # any order would do
        >>> stands_out(one_relation, shipped_weights())
        False

    Limits: a person who stands out may do so through false statements. With few claims the test has little power.
    Several claims of one source count one by one here, in the case as in the shuffles.
    """
    shared = Dealt(network.nameless(), weights.nameless())
    bare = shared.network
    slots, people = _slots(bare)
    reached = _first(bare, weights, bare.at)
    rng = np.random.default_rng(seed)

    def deals() -> NDArray[np.int32]:
        at = bare.at.astype(np.int32)
        at[slots] = rng.permutation(people)
        return at

    as_high = 0
    for head in processors.each(head_of_deal, shared, (deals() for _ in range(DEALS))):
        # Sums added in another order differ in the last digit, so a hair lower counts as equal.
        as_high += head >= reached - 1e-9
        if as_high > _MAY_REACH:
            return False
    return True


# No slots: code that has sent an instance to other machines keeps a weak reference to it.
@dataclass(frozen=True, eq=False)
class Dealt:
    """A network without names, and the weights of the score."""

    network: Operation
    weights: ScoreWeights


def head_of_deal(shared: Dealt, at: NDArray[np.int32]) -> float:
    """Return the mean score of the first people in one shuffle.

    Args:
        shared: the network and the weights.
        at: the person at each end of a link.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> from graphsvc.analysis.ranking.additive import shipped_weights
        >>> network = network_from("s1: p1 ORGANISED c1")
        >>> head_of_deal(Dealt(network, shipped_weights()), network.at) > 0
        True

    Limits: meaningful only in comparison with other shuffles.
    """
    return _first(shared.network, shared.weights, at)


def _slots(network: Operation) -> tuple[Ints, Ints]:
    """Return the ends of links to shuffle and the people to assign, in an order independent of names and ids."""
    at, near = network.at.astype(np.int64), network.entries.near.astype(np.int64)
    dealt = (at >= 0) & network.plays[at]
    # Links with the same ingredients and the same shuffled ends can be swapped without changing any shuffle.
    marks = np.random.default_rng(0).integers(1 << 40, size=(network.columns + len(TIES) + 1, 2))
    alike = np.bincount(near >> 1, marks[network.entries.column, near & 1], minlength=len(network.standing))
    alike += dealt.reshape(-1, 2) @ marks[-1]
    links = np.lexsort((network.standing.round(9), alike))
    slots = (2 * links[:, None] + np.arange(2)).reshape(-1)
    slots = slots[dealt[slots]]
    often = np.bincount(at[slots], minlength=network.size)
    people = np.argsort(often, kind="stable")
    return slots, np.repeat(people, often[people])


def _first(network: Operation, weights: ScoreWeights, at: NDArray[np.signedinteger]) -> float:
    """Return the mean score of the first people, given the people at the ends of links; every claim counts."""
    entries = network.entries
    ties = np.flatnonzero(entries.source < 0)
    voices = at[entries.near], entries.column, network.stands
    score = sum_cells(network, weights, *voices, (ties, at[entries.near[ties] ^ 1]))[-1]
    return _head(score[network.plays])


def _head(values: Floats) -> float:
    """Return the mean of the first tenth, of at most ten values."""
    first = min(max(1, len(values) // _FIRST), _MOST)
    return float(np.sort(values)[-first:].mean()) if len(values) else 0.0
