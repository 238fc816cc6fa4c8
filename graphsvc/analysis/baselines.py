"""Textbook measures, for comparison only: on realistic cases they rank little better than chance."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import networkx as nx

from graphsvc.analysis.evidence import Claim


def person_projection(claims: Iterable[Claim], persons: Collection[str]) -> nx.Graph[str]:
    """Persons, tied where a claim with weight ties them, or ties both to one crossing, boat, gang or workplace.

    Example:
        >>> claim = Claim("c1", "p1", "SERVED", "p2", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "person")
        >>> list(person_projection([claim], {"p1", "p2"}).edges)
        [('p1', 'p2')]

    Limits: everything counts here, lawful service too. Things of more than 50 persons tie nobody: they tie everybody.
    """
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
            graph.add_edges_from((one, two) for number, one in enumerate(ordered) for two in ordered[:number])
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return graph


def degree(graph: nx.Graph[str]) -> dict[str, float]:
    """Number of others each person is tied to.

    Example:
        >>> degree(nx.path_graph(["a", "b", "c"]))
        {'a': 1.0, 'b': 2.0, 'c': 1.0}

    Limits: high degree predicts being arrested, not leading (Morselli 2010).
    """
    return {person: float(count) for person, count in graph.degree()}


def betweenness(graph: nx.Graph[str], sample: int | None = None, seed: int = 0) -> dict[str, float]:
    """Share of shortest paths through each person (Freeman 1977), 0 to 1.

    With `sample`, from that many seeded pivots instead of all.

    Example:
        >>> betweenness(nx.path_graph(["a", "b", "c"]))
        {'a': 0.0, 'b': 1.0, 'c': 0.0}

    Limits: puts interpreters, drivers and landlords on top, who lie on paths by serving many.
    """
    pivots = None if sample is None else min(sample, len(graph))
    found: dict[str, float] = nx.betweenness_centrality(graph, k=pivots, seed=seed)
    return found
