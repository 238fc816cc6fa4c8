"""Stages of the operation people have a hand in: recruiting, transport, boats, houses, workplaces, money."""

from __future__ import annotations

import numpy as np

from graphsvc.analysis.claims.ledger import Floats, Ledger
from graphsvc.analysis.claims.roles import ORDERS, STAGES

# Weight of directing a person who has a hand in a stage, relative to having a hand in it oneself.
ONE_ORDER_AWAY = 0.5
# Minimum value of `hands` that counts in a stage: about one deed believed by half, or two people directed.
LEAST_HAND = 0.3


def hands(ledger: Ledger, belief: Floats) -> Floats:
    """Return how far each entity has a hand in each stage, itself or one order away: entities x `STAGES`, 0 to 1.

    Args:
        ledger: the claims.
        belief: belief in each link, 0 to 1.

    Example:
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> from graphsvc.analysis.examples import claim_from
        >>> ledger = encode([claim_from("s1: p1 DIRECTED p2"), claim_from("s2: p2 SUPPLIED b1")], {})
        >>> hand = hands(ledger, np.array([0.5, 0.5]))
        >>> dict(zip(ledger.ids, hand[:, list(STAGES).index("boat")].round(2).tolist()))
        {'b1': 0.0, 'p1': 0.09, 'p2': 0.39}

    Limits: only what is reported. A person two orders away from the deed is in no stage.
    """
    link, first = np.unique(ledger.link, return_index=True)
    subject, object_ = ledger.subject[first], ledger.object[first]
    size = len(ledger.ids)

    def add_up(relations: frozenset[str], worth: Floats) -> Floats:
        rows = np.flatnonzero(ledger.of(relations)[first])
        return np.bincount(subject[rows], weights=worth[rows], minlength=size).astype(float)

    own = np.column_stack([add_up(frozenset(relations), belief[link]) for relations in STAGES.values()])
    themselves = -np.expm1(-own)
    ordered = np.column_stack(
        [add_up(ORDERS, belief[link] * themselves[object_, place]) for place in range(len(STAGES))]
    )
    result: Floats = -np.expm1(-(own + ONE_ORDER_AWAY * ordered))
    return result


def places(hand: Floats, score: Floats) -> list[dict[str, int]]:
    """Return each person's rank among those with a hand in each stage, from 1; ties share the lowest.

    Example:
        >>> places(np.array([[0.9] + [0.0] * 5, [0.5] + [0.0] * 5]), np.array([1.0, 2.0]))
        [{'recruit': 2}, {'recruit': 1}]

    Limits: a rank among few people says little; their number is shown next to it.
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
