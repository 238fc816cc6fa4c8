"""What false accounts could do to a ranking: how few would have to be false, and how few invented ones would suffice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.doubt.rereading import Read
from graphsvc.analysis.doubt.stability import without
from graphsvc.analysis.evidence.belief import claim_belief
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Floats
from graphsvc.analysis.evidence.roles import WHOM
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import Basis
from graphsvc.analysis.score.ingredients import NAMES

TOP = 10
# More than this many sources all false is no longer worth telling.
_MOST = 12
# Pairs are tried among so many of those who say most.
_TRIED_IN_PAIRS = 25
# An invented account names a crossing and two people directed, and is graded as most are.
_DIRECTED, _GRADE = 2, ("witness", "2", "C")


@dataclass(frozen=True, slots=True)
class FalseAccounts:
    """Witnesses whose accounts, all false, would take somebody out of the first places.

    Attributes:
        sources: their pseudonyms, the one that carries most first; empty where no set of them would do.
        rank: the rank then.
        fewest: whether no smaller set does; found by trying all of them, up to pairs. Else there may be one.
    """

    sources: tuple[str, ...]
    rank: int
    fewest: bool


def would_leave(on: Basis, names: list[str], lead: str, top: int = TOP) -> FalseAccounts | None:
    """The fewest witnesses found whose accounts would all have to be false for this person to leave the first places.

    One witness after the other is left out, each time the one who costs most; single witnesses and pairs are all tried.

    Args:
        on: what the ranking is computed on.
        names: pseudonyms of the sources of `on.told`, by number.
        lead: the person.
        top: how many first places there are.

    Returns:
        None where the person is not among them or nobody is given a part.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 SUPPLIED b1"), said("s2: p2 ORGANISED c1")], people("p1", "p2"), {})
        >>> would_leave(on, ["s1", "s2"], "p1", top=1)
        FalseAccounts(sources=('s1',), rank=2, fewest=True)

    Limits: takes all a witness said for false together; reports and records are believed throughout.
    """
    network = on.network
    if network is None or lead not in network.ids:
        return None
    row, others = network.ids.index(lead), on.others
    before = rereading.read(network)
    if rereading.ranks(before.score, others)[row] > top:
        return None

    def tried(sets: list[Ints]) -> tuple[Ints, Floats]:
        scores = [rereading.score_if(before, *changed) for changed in without(on.told, sets)]
        ranks = [int(rereading.ranks(score, others)[row]) for score in scores]
        return np.array(ranks, dtype=np.int64), np.array([score[row] for score in scores])

    left = _near(on, before, row)
    gone: list[int] = []
    while left and len(gone) < _MOST:
        ranks, scores = tried([np.array([*gone, source]) for source in left])
        worst = int(np.lexsort((scores, -ranks))[0]) if ranks.max() > top else int(scores.argmin())
        gone.append(left.pop(worst))
        if ranks[worst] > top:
            pairs = list(combinations(_near(on, before, row)[:_TRIED_IN_PAIRS], 2)) if len(gone) > 2 else []
            ranks_of_pairs = tried([np.array(pair) for pair in pairs])[0] if pairs else ranks[:0]
            if ranks_of_pairs.size and ranks_of_pairs.max() > top:  # greed may miss two that do it together
                best = int(ranks_of_pairs.argmax())
                return FalseAccounts(
                    tuple(names[source] for source in pairs[best]), int(ranks_of_pairs[best]), fewest=True
                )
            return FalseAccounts(tuple(names[source] for source in gone), int(ranks[worst]), fewest=len(gone) < 3)
    return FalseAccounts((), int(rereading.ranks(before.score, others)[row]), fewest=False)


def _near(on: Basis, before: Read, row: int) -> list[int]:
    """Witnesses who speak of this person or of somebody tied to them, who says most of them first."""
    rows = np.union1d(before.near[[row]].indices, [row])
    links = np.unique(before.touched[:, rows].tocoo().row)
    said = np.flatnonzero(np.isin(on.told.link, links) & on.told.witness)
    own = np.isin(on.told.link[said], before.touched[:, [row]].tocoo().row)
    weight = np.bincount(on.told.source[said], weights=1.0 + len(said) * own)
    order = np.argsort(-weight, kind="stable")
    return [int(source) for source in order if weight[source] > 0]


def invented_needed(on: Basis, top: int = TOP, most: int = 20) -> int | None:
    """How many agreeing invented accounts would put somebody of whom nothing is told among the first places.

    Each is the account of one more independent witness, graded 2C: that the person organised a crossing and directed the
    two who are most clearly hands-on.

    Args:
        on: what the ranking is computed on.
        top: how many first places there are.
        most: where to stop counting.

    Returns:
        None where `most` would not do, or nobody is given a part.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> told = [said("s1: p1 RUNS g1"), said("s2: p2 PILOTED c1"), said("s3: p3 PILOTED c1")]
        >>> invented_needed(basis(told, people("p1", "p2", "p3"), {}), top=1)
        1

    Limits: one kind of story; what it does to the score of others is left out. It says what care is worth, not that
    anybody lied.
    """
    if on.network is None or not on.network.size:
        return None
    before = rereading.read(on.network)
    everyone = np.sort(np.concatenate((before.score, on.others)))[::-1]
    bar = everyone[min(top, len(everyone)) - 1]
    kinds = before.whom[-1]
    directed = kinds[np.argsort(-kinds[:, list(WHOM).index("hands-on")], kind="stable")[:_DIRECTED]].sum(axis=0)
    belief = claim_belief(*_GRADE, weights=on.told.weights)
    for accounts in range(1, most + 1):
        support = 1 - (1 - belief) ** accounts
        values = np.zeros((1, len(NAMES)))
        values[0, NAMES.index("ORGANISED")] = np.log1p(support)
        for place, whom in enumerate(WHOM):
            values[0, NAMES.index(f"DIRECTED to {whom}")] = np.log1p(support * directed[place])
        if parts.score(values)[0] > bar:
            return accounts
    return None
