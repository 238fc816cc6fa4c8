"""Who has a hand in which stage of the operation: recruiting, transport, boats, houses, workplaces, money."""

from __future__ import annotations

import numpy as np

from graphsvc.analysis.evidence.ledger import Floats, Ledger
from graphsvc.analysis.evidence.roles import ORDERS, STAGES

# What directing somebody with a hand in a stage counts, against having one oneself.
ONE_ORDER_AWAY = 0.5
# From here on somebody counts among those of a stage: about one deed believed by half, or two people directed.
LEAST_HAND = 0.3


def hands(ledger: Ledger, belief: Floats) -> Floats:
    """How far each entity has a hand in each stage, themselves or one order away: entities x `roles.STAGES`, 0 to 1.

    Args:
        ledger: the claims.
        belief: for each link how far it is believed, 0 to 1.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> from graphsvc.analysis.examples import said
        >>> ledger = encode([said("s1: p1 DIRECTED p2"), said("s2: p2 SUPPLIED b1")], {})
        >>> hand = hands(ledger, np.array([0.5, 0.5]))
        >>> dict(zip(ledger.ids, hand[:, list(STAGES).index("boat")].round(2).tolist()))
        {'b1': 0.0, 'p1': 0.09, 'p2': 0.39}

    Limits: what is told of. Whoever has others hold the money through two hands is in no stage.
    """
    link, first = np.unique(ledger.link, return_index=True)
    subject, object_ = ledger.subject[first], ledger.object[first]
    size = len(ledger.ids)

    def summed(relations: frozenset[str], worth: Floats) -> Floats:
        rows = np.flatnonzero(ledger.of(relations)[first])
        return np.bincount(subject[rows], weights=worth[rows], minlength=size).astype(float)

    own = np.column_stack([summed(frozenset(relations), belief[link]) for relations in STAGES.values()])
    themselves = -np.expm1(-own)
    ordered = np.column_stack(
        [summed(ORDERS, belief[link] * themselves[object_, place]) for place in range(len(STAGES))]
    )
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
        values = rounded[members]
        ahead = len(values) - np.searchsorted(np.sort(values), values, side="right")
        for member, rank in zip(members.tolist(), (1 + ahead).tolist(), strict=True):
            ranks[member][stage] = rank
    return ranks
