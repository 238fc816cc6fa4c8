"""The score again with some links believed otherwise, worked out only where it can have changed.

What one witness told touches a few persons; the first reading changes for them alone, each further one for those tied
to whom it changed for. Everybody else keeps what they had, so the answer is the one a full rerun gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Floats
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.ingredients import ingredients
from graphsvc.analysis.score.network import Operation


@dataclass(frozen=True, slots=True)
class Read:
    """A network as it was read, round by round.

    Attributes:
        network: what was read.
        whom: before each reading persons x `roles.WHOM`; the first takes everybody for the average.
        score: for each person, see `parts.score`.
        near: persons x persons: who is tied to whom at all.
        touched: link x persons: whose sums it adds to.
    """

    network: Operation
    whom: list[Floats]
    score: Floats
    near: csr_array
    touched: csr_array


def read(network: Operation) -> Read:
    """Reads a network and keeps what further readings need.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> len(read(tied("s1: p1 DIRECTED p2")).whom)
        3

    Limits: as `parts.read`.
    """
    tables = parts.readings()
    whom = [np.tile(parts.kinds(tables[0].start[None, :]), (network.size, 1))]
    for reading in tables[:-1]:
        whom.append(parts.kinds(ingredients(network, whom[-1]) @ reading.says + reading.start))
    score = parts.score(ingredients(network, whom[-1]))
    ties = network.ties.tocoo()
    size = network.size
    near = coo_array((np.ones(ties.nnz, dtype=bool), (ties.row % max(size, 1), ties.col)), shape=(size, size)).tocsr()
    entries = (network.in_deeds, network.in_carried, network.in_ties)
    link, person = (np.concatenate([getattr(entry, name) for entry in entries]) for name in ("link", "person"))
    shape = (len(network.belief), size)
    touched = coo_array((np.ones(len(link), dtype=bool), (link, person)), shape=shape).tocsr()
    return Read(network, whom, score, near, touched)


def score_if(before: Read, links: Ints, belief: Floats) -> Floats:
    """The score of everybody where these links are believed so far instead.

    Args:
        before: see `read`.
        links: their numbers, each once.
        belief: for each of them 0 to 1.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> before = read(tied("s1: p1 ORGANISED c1"))
        >>> score_if(before, np.array([0]), np.array([0.0])).round(6).tolist()
        [0.0]

    Limits: none beyond `parts.read`: equal to reading the changed network whole.
    """
    rows = np.unique(before.touched[links].indices).astype(np.int64)
    if not len(rows):
        return before.score
    network = before.network.believing(links, belief)
    whom = before.whom[0]
    for reading, former in zip(parts.readings()[:-1], before.whom[1:], strict=True):
        moved = parts.kinds(ingredients(network, whom, rows) @ reading.says + reading.start)
        whom = former.copy()
        whom[rows] = moved
        rows = np.union1d(rows, before.near[rows].indices).astype(np.int64)
    after = before.score.copy()
    after[rows] = parts.score(ingredients(network, whom, rows))
    return after


def ranks(score: Floats, others: Sequence[float] = ()) -> Ints:
    """Place of each in the list of all, from 1; ties share the lowest.

    Args:
        score: for each.
        others: scores of further persons in the list.

    Example:
        >>> ranks(np.array([2.0, 1.0, 2.0]), [3.0]).tolist()
        [2, 4, 2]

    Limits: scores that differ by less than a billionth are the same.
    """
    everyone = np.sort(np.concatenate((score, np.asarray(others, dtype=float))).round(9))
    result: Ints = 1 + len(everyone) - np.searchsorted(everyone, score.round(9), side="right")
    return result.astype(np.int64)
