"""Whether anybody stands out: by how much the first look like hubs, and by whether chance would do as well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Floats
from graphsvc.analysis.score.additive import Scored, ScoreWeights, chances, summed
from graphsvc.analysis.score.ingredients import TIES
from graphsvc.analysis.score.network import Operation
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors

DEALS = 39
# Deals that can reach the case all the same: at most three times in forty, counting the case itself.
_MAY_REACH = 2
# The first tenth is looked at, and ten at most.
_FIRST, _MOST = 10, 10
# Least mean chance of the first for somebody to stand out.
FEWEST_HUBS = 0.7


def look_like_hubs(scored: Scored, listed: NDArray[np.bool_]) -> bool:
    """Whether the first look enough like hubs: in invented cases about as many of the first ten would be.

    Args:
        scored: the network as it is weighed.
        listed: for each person whether they are ranked.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> from graphsvc.analysis.score.additive import score
        >>> everybody = np.ones(2, dtype=bool)
        >>> look_like_hubs(score(tied("s1: p1 PILOTED c1", "s2: p2 PILOTED c1")), everybody)
        False

    Limits: a threshold set on invented cases. It asks for more than one account of whoever stands first.
    """
    chance = chances(scored.score[listed], scored.weights)
    return bool(len(chance)) and float(_head(chance)) >= FEWEST_HUBS


def stands_out(network: Operation, weights: ScoreWeights, seed: int = 0, processors: Processors = THIS_MACHINE) -> bool:
    """Whether the first score higher than in random deals of the same links (permutation test, one-sided, 7.5 %).

    A deal gives the ends of links to other people: everybody has as many as before, but in any role and with anybody. The mean scores of
    the first are compared.

    Args:
        network: see `network`.
        weights: what it is weighed with.
        seed: of the deals; the same seed gives the same answer.
        processors: who deals.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> from graphsvc.analysis.score.additive import shipped
        >>> one_relation = tied(*(f"s{n}: p{n} ORGANISED c{n}" for n in range(30)))  # any order would do
        >>> stands_out(one_relation, shipped())
        False

    Limits: that somebody stands out does not say that the accounts are true. Where little is told the test sees little. Several claims
    of one source count one by one here, in the case as in the deals.
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
        # A hair lower is the same: sums in another order differ in the last digit.
        as_high += head >= reached - 1e-9
        if as_high > _MAY_REACH:
            return False
    return True


# Weakly referred to by whoever has given it to other machines.
@dataclass(frozen=True, eq=False)
class Dealt:
    """A network without names and the weights of the score."""

    network: Operation
    weights: ScoreWeights


def head_of_deal(shared: Dealt, at: NDArray[np.int32]) -> float:
    """The mean score of the first in one deal.

    Args:
        shared: the network and the weights.
        at: the person at each end of a link.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> from graphsvc.analysis.score.additive import shipped
        >>> network = tied("s1: p1 ORGANISED c1")
        >>> head_of_deal(Dealt(network, shipped()), network.at) > 0
        True

    Limits: says something only beside others.
    """
    return _first(shared.network, shared.weights, at)


def _slots(network: Operation) -> tuple[Ints, Ints]:
    """The ends of links that are dealt out, and the people to deal; in an order that no name and no id decides."""
    at, near = network.at.astype(np.int64), network.entries.near.astype(np.int64)
    dealt = (at >= 0) & network.plays[at]
    # Links alike in what counts in them, and in whom they lead to, can change places without changing any deal.
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
    """The mean score of the first with these people at the ends of links; each claim is a voice of its own."""
    entries = network.entries
    ties = np.flatnonzero(entries.source < 0)
    voices = at[entries.near], entries.column, network.stands
    score = summed(network, weights, *voices, (ties, at[entries.near[ties] ^ 1]))[-1]
    return _head(score[network.plays])


def _head(values: Floats) -> float:
    """The mean of the first tenth, and of ten at most."""
    first = min(max(1, len(values) // _FIRST), _MOST)
    return float(np.sort(values)[-first:].mean()) if len(values) else 0.0
