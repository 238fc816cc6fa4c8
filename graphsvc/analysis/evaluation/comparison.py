"""Rankings of one case side by side: that of graphsvc, and textbook measures on the same claims."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from graphsvc.analysis.evaluation import baselines
from graphsvc.analysis.evidence.claims import Claim, Dependence, Person
from graphsvc.analysis.score.hubs import rank

if TYPE_CHECKING:
    import networkx as nx

OURS = "graphsvc"
# Pivots of betweenness: from all persons it takes minutes on larger cases, and orders them the same at the top.
_PIVOTS = 200
_BASELINES: Mapping[str, Callable[[nx.Graph[str], Collection[str]], Mapping[str, float]]] = {
    "degree": lambda graph, _: baselines.degree(graph),
    "betweenness": lambda graph, _: baselines.betweenness(graph, sample=_PIVOTS),
    "effective size": lambda graph, _: baselines.effective_size(graph),
    "PageRank": lambda graph, _: baselines.pagerank(graph),
    "PageRank from witnesses": baselines.pagerank,
}
METHODS = (OURS, *_BASELINES)


def scorings(
    claims: Sequence[Claim],
    persons: Sequence[Person],
    dependence: Dependence,
    witnesses: Collection[str],
    methods: Collection[str] = METHODS,
) -> dict[str, Mapping[str, float]]:
    """Each method with the score it gives to persons.

    Args:
        claims: all there are.
        persons: likewise.
        dependence: what sources share, see `dependence`.
        witnesses: ids of the persons who gave accounts, from whom one of the measures begins.
        methods: names out of `METHODS`.

    Example:
        >>> from graphsvc.analysis.examples import people, said
        >>> found = scorings([said("s1: p1 DIRECTED p2")], people("p1", "p2"), {}, ["p2"])
        >>> list(found) == list(METHODS), found["degree"]
        (True, {'p1': 1.0, 'p2': 1.0})

    Limits: only where it is known who the witnesses are, as in invented cases, can anything begin at them.
    """
    scores: dict[str, Mapping[str, float]] = {}
    if OURS in methods:
        scores[OURS] = {lead.id: lead.score for lead in rank(claims, persons, dependence).leads}
    textbook = [name for name in _BASELINES if name in methods]
    graph = baselines.person_projection(claims if textbook else (), {person.id for person in persons})
    for name in textbook:
        scores[name] = _BASELINES[name](graph, witnesses)
    return scores


def halves(claims: Sequence[Claim], count: int, seed: int = 0) -> list[list[Claim]]:
    """The claims as they would be had only a random half of the witnesses spoken, `count` times.

    Reports and records stay whole. A cheap stand-in for leaving out each statement in turn.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> told = [said("s1: p1 RUNS g1"), said("s2: p1 RUNS g1"), said("s3: p2 RUNS g1", source_kind="record")]
        >>> [[claim.source for claim in half] for half in halves(told, 1)]
        [['s1', 's3']]

    Limits: halves differ from one another by luck; a mean over a few of them says how much rests on who spoke, not on whom.
    """
    rng = np.random.default_rng(seed)
    speakers = sorted({claim.source for claim in claims if claim.source_kind == "witness"})
    samples = []
    for _ in range(count):
        sources = set(rng.permutation(speakers)[: (len(speakers) + 1) // 2].tolist())
        samples.append([claim for claim in claims if claim.source_kind != "witness" or claim.source in sources])
    return samples
