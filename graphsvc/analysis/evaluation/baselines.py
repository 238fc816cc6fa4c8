"""Textbook measures, for comparison only: on realistic cases they rank little better than chance."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np

from graphsvc.analysis.backend import by_backend
from graphsvc.analysis.evidence.claims import Claim
from graphsvc.analysis.score import structure

if TYPE_CHECKING:
    import networkx as nx


def person_projection(claims: Iterable[Claim], persons: Collection[str]) -> nx.Graph[str]:
    """Persons, tied where a claim with weight ties them, or ties both to one crossing, boat, gang or workplace.

    Example:
        >>> claim = Claim("c1", "p1", "SERVED", "p2", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "person")
        >>> list(person_projection([claim], {"p1", "p2"}).edges)
        [('p1', 'p2')]

    Limits: everything counts here, lawful service too. Things of more than 50 persons tie nobody: they tie everybody.
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
    """Number of others each person is tied to.

    Example:
        >>> import networkx as nx
        >>> degree(nx.path_graph(["a", "b", "c"]))
        {'a': 1.0, 'b': 2.0, 'c': 1.0}

    Limits: high degree predicts being arrested, not leading (Morselli 2010).
    """
    return {person: float(count) for person, count in graph.degree()}


def betweenness(graph: nx.Graph[str], sample: int | None = None, seed: int = 0) -> dict[str, float]:
    """Share of shortest paths through each person (Freeman 1977), 0 to 1.

    With `sample`, from that many seeded pivots instead of all.

    Example:
        >>> import networkx as nx
        >>> betweenness(nx.path_graph(["a", "b", "c"]))
        {'a': 0.0, 'b': 1.0, 'c': 0.0}

    Limits: puts interpreters, drivers and landlords on top, who lie on paths by serving many.
    """
    import networkx as nx

    pivots = None if sample is None else min(sample, len(graph))
    scores: dict[str, float] = by_backend(nx.betweenness_centrality, graph, k=pivots, seed=seed)
    return scores


def effective_size(graph: nx.Graph[str]) -> dict[str, float]:
    """Contacts less those a person's other contacts already reach (Burt 1992, in the form of Borgatti 1997), 0 or more.

    Example:
        >>> import networkx as nx
        >>> effective_size(nx.path_graph(["a", "b", "c"]))
        {'a': 1.0, 'b': 2.0, 'c': 1.0}

    Limits: grows with degree, and puts those who lawfully serve people of every boat on top.
    """
    ends = [(person, other) for person, other in graph.edges]
    place = {person: number for number, person in enumerate(graph)}
    first = np.array([place[person] for person, _ in ends], dtype=np.int64)
    second = np.array([place[other] for _, other in ends], dtype=np.int64)
    sizes = structure.effective_size(structure.contacts(first, second, len(place)))
    return dict(zip(place, sizes.tolist(), strict=True))


def pagerank(graph: nx.Graph[str], sources: Collection[str] = ()) -> dict[str, float]:
    """PageRank (Brin & Page 1998) with damping 0.85; adds up to 1.

    With `sources`, the walk begins again at one of those persons each time (Haveliwala 2002): who is near to them.

    Example:
        >>> import networkx as nx
        >>> found = pagerank(nx.path_graph(["a", "b", "c"]), ["a"])
        >>> max(found, key=found.get), found["a"] > found["c"]
        ('b', True)

    Limits: undirected, it follows degree; begun at witnesses it finds those who deal with witnesses, which hubs do not.
    Sources that are not in the graph are left out.
    """
    import networkx as nx

    if not graph:
        return {}
    start = {person: 1.0 for person in sources if person in graph}
    scores: dict[str, float] = by_backend(nx.pagerank, graph, personalization=start or None)
    return scores
