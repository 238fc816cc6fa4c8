"""Textbook measures, for comparison only: on realistic cases they rank little better than chance."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np

from graphsvc.analysis.backend import by_backend
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.ranking import structure

if TYPE_CHECKING:
    import networkx as nx


def person_projection(claims: Iterable[Claim], persons: Collection[str]) -> nx.Graph[str]:
    """Return a graph of persons, linked by a claim between them or by claims about the same crossing, boat or gang.

    Example:
        >>> claim = Claim("c1", "p1", "SERVED", "p2", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "person")
        >>> list(person_projection([claim], {"p1", "p2"}).edges)
        [('p1', 'p2')]

    Limits: every relation counts, lawful service too. Things with more than 50 persons link no one, as they would link
    everyone.
    """
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(sorted(persons))
    met: dict[str, set[str]] = {}
    for claim in claims:
        if not claim.asserts:
            continue
        if claim.subject in persons and claim.object in persons:
            graph.add_edge(claim.subject, claim.object)
        elif claim.subject in persons:
            met.setdefault(claim.object, set()).add(claim.subject)
    for those in met.values():
        if len(those) <= 50:
            ordered = sorted(those)
            graph.add_edges_from((first, second) for number, first in enumerate(ordered) for second in ordered[:number])
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return graph


def degree(graph: nx.Graph[str]) -> dict[str, float]:
    """Return the number of others each person is linked to.

    Example:
        >>> import networkx as nx
        >>> degree(nx.path_graph(["a", "b", "c"]))
        {'a': 1.0, 'b': 2.0, 'c': 1.0}

    Limits: high degree predicts being arrested, not leading (Morselli 2010).
    """
    return {person: float(count) for person, count in graph.degree()}


def betweenness(graph: nx.Graph[str], sample: int | None = None, seed: int = 0) -> dict[str, float]:
    """Return the share of shortest paths through each person (Freeman 1977), 0 to 1.

    With `sample`, paths start from that many seeded pivots instead of from everyone.

    Example:
        >>> import networkx as nx
        >>> betweenness(nx.path_graph(["a", "b", "c"]))
        {'a': 0.0, 'b': 1.0, 'c': 0.0}

    Limits: puts interpreters, drivers and landlords on top: they are on many paths because they serve many people.
    """
    import networkx as nx

    pivots = None if sample is None else min(sample, len(graph))
    scores: dict[str, float] = by_backend(nx.betweenness_centrality, graph, k=pivots, seed=seed)
    return scores


def effective_size(graph: nx.Graph[str]) -> dict[str, float]:
    """Return each person's number of contacts, minus those reached through other contacts (Burt 1992; Borgatti 1997).

    Example:
        >>> import networkx as nx
        >>> effective_size(nx.path_graph(["a", "b", "c"]))
        {'a': 1.0, 'b': 2.0, 'c': 1.0}

    Limits: grows with degree, and puts people who lawfully serve passengers of every boat on top.
    """
    ends = [(person, contact) for person, contact in graph.edges]
    place = {person: number for number, person in enumerate(graph)}
    first = np.array([place[person] for person, _ in ends], dtype=np.int64)
    second = np.array([place[contact] for _, contact in ends], dtype=np.int64)
    sizes = structure.effective_size(structure.contacts(first, second, len(place)))
    return dict(zip(place, sizes.tolist(), strict=True))


def pagerank(graph: nx.Graph[str], sources: Collection[str] = ()) -> dict[str, float]:
    """Return PageRank (Brin & Page 1998) with damping 0.85; the values add up to 1.

    With `sources`, the walk restarts at one of those persons each time (Haveliwala 2002) and favours people near them.

    Example:
        >>> import networkx as nx
        >>> found = pagerank(nx.path_graph(["a", "b", "c"]), ["a"])
        >>> max(found, key=found.get), found["a"] > found["c"]
        ('b', True)

    Limits: on an undirected graph it follows degree; started at witnesses it finds people who deal with witnesses,
    which hubs do not. Sources that are not in the graph are ignored.
    """
    import networkx as nx

    if not graph:
        return {}
    start = {person: 1.0 for person in sources if person in graph}
    scores: dict[str, float] = by_backend(nx.pagerank, graph, personalization=start or None)
    return scores
