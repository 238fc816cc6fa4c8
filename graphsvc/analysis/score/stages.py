"""Who has a hand in which stage of the operation: recruiting, transport, boats, houses, workplaces, money."""

from __future__ import annotations

import numpy as np

from graphsvc.analysis.evidence.ledger import Floats
from graphsvc.analysis.evidence.roles import DEEDS, ORDERS, STAGES
from graphsvc.analysis.score.network import BLOCKS, Operation

# What directing somebody with a hand in a stage counts, against having one oneself.
ONE_ORDER_AWAY = 0.5
# From here on somebody counts among those of a stage: about one deed believed by half, or two people directed.
LEAST_HAND = 0.3


def hands(network: Operation) -> Floats:
    """How far each person has a hand in each stage, themselves or one order away: persons x `roles.STAGES`, 0 to 1.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> hand = hands(tied("s1: p1 DIRECTED p2", "s2: p2 SUPPLIED b1"))
        >>> hand[:, list(STAGES).index("boat")].round(2).tolist()  # p1, p2
        [0.09, 0.39]

    Limits: what is told of. Whoever has others hold the money through two hands is in no stage.
    """
    tied = np.asarray(network.ties.sum(axis=1)).reshape(len(BLOCKS), network.size)
    own = np.zeros((network.size, len(STAGES)))
    for place, relations in enumerate(STAGES.values()):
        for relation in relations:
            if relation in DEEDS:
                own[:, place] += network.deeds[:, DEEDS.index(relation)]
            else:
                block = BLOCKS.index((relation, "to"))
                own[:, place] += tied[block] + network.carried[:, block]
    themselves = -np.expm1(-own)
    ordered = np.zeros_like(own)
    for relation in sorted(ORDERS):
        block = BLOCKS.index((relation, "to"))
        ordered += network.ties[block * network.size : (block + 1) * network.size] @ themselves
    result: Floats = -np.expm1(-(own + ONE_ORDER_AWAY * ordered))
    return result


def places(hand: Floats, score: Floats) -> list[dict[str, int]]:
    """For each person the rank among those with a hand in each stage, from 1; ties share the lowest.

    Example:
        >>> places(np.array([[0.9] + [0.0] * 5, [0.5] + [0.0] * 5]), np.array([1.0, 2.0]))
        [{'recruit': 2}, {'recruit': 1}]

    Limits: a rank among few says little; how many there are stands beside it.
    """
    ranks: list[dict[str, int]] = [{} for _ in score]
    rounded = score.round(9)
    for place, stage in enumerate(STAGES):
        members = np.flatnonzero(hand[:, place] >= LEAST_HAND)
        for member in members:
            ranks[member][stage] = 1 + int((rounded[members] > rounded[member]).sum())
    return ranks
