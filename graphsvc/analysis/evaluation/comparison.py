"""Rankings of one case side by side: graphsvc, and textbook measures on the same claims."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.evaluation import baselines
from graphsvc.analysis.ranking.hubs import rank

if TYPE_CHECKING:
    import networkx as nx

OURS = "graphsvc"
# Number of pivots for betweenness; with all persons, larger cases take minutes and have the same order at the top.
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
    """Return the scores of each method, by person.

    Args:
        claims: all claims.
        persons: all persons.
        dependence: shared circumstances of sources, see `dependence`.
        witnesses: ids of the persons who gave statements; one of the measures starts from them.
        methods: names from `METHODS`.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> found = scorings([claim_from("s1: p1 DIRECTED p2")], people("p1", "p2"), {}, ["p2"])
        >>> list(found) == list(METHODS), found["degree"]
        (True, {'p1': 1.0, 'p2': 1.0})

    Limits: a measure can start at witnesses only where their identities are known, as in invented cases.
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
    """Return the claims as if only a random half of the witnesses had spoken, `count` times.

    Reports and records stay complete. A cheap substitute for leaving out each statement in turn.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> told = [claim_from("s1: p1 RUNS g1"), claim_from("s2: p1 RUNS g1"), claim_from("s3: p2 RUNS g1", source_kind="record")]
        >>> [[claim.source for claim in half] for half in halves(told, 1)]
        [['s1', 's3']]

    Limits: halves differ by luck; a mean over a few halves shows how much depends on which witnesses spoke, but not
    which of them matter.
    """
    rng = np.random.default_rng(seed)
    speakers = sorted({claim.source for claim in claims if claim.source_kind == "witness"})
    samples = []
    for _ in range(count):
        sources = set(rng.permutation(speakers)[: (len(speakers) + 1) // 2].tolist())
        samples.append([claim for claim in claims if claim.source_kind != "witness" or claim.source in sources])
    return samples
