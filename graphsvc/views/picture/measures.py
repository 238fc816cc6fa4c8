"""Measures by which the nodes of a picture can be coloured and sized, computed on the picture alone. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphsvc.analysis.backend import OWN, by_backend
from graphsvc.views.picture.network import Picture

if TYPE_CHECKING:
    import networkx as nx

# With more nodes than this, betweenness is estimated from paths that start at this many (Brandes and Pich 2007).
_STARTS = 300


def measure(view: Picture) -> dict[str, dict[str, Any]]:
    """Return `links`, `between` and `community` of each node.

    Args:
        view: the picture.

    Returns:
        id → `links` (number in the picture), `between` (0 to 1: share of the shortest paths between other nodes that
        pass through the node) and `community` (from 1, the largest; by greedy modularity: Clauset, Newman and Moore
        2004). Direction and belief of links are ignored: the measures show how the picture hangs together, not the
        part that people play. Links that are denied or contested bring nobody into a community.
    """
    import networkx as nx

    graph = _graph(view)
    starts = _STARTS if len(graph) > _STARTS else None
    between = by_backend(nx.betweenness_centrality, graph, k=starts, seed=0)
    community = communities(view)
    return {
        node.id: {"links": node.links, "between": between[node.id], "community": community[node.id]}
        for node in view.nodes
    }


def communities(view: Picture) -> dict[str, int]:
    """Return id → community, as in `measure`."""
    import networkx as nx

    graph = _graph(view, denied=False)
    member_sets = (
        nx.community.greedy_modularity_communities(graph, backend=OWN)
        if graph.number_of_edges()
        else [{node} for node in graph]
    )
    groups = sorted((sorted(members) for members in member_sets), key=lambda group: (-len(group), group))
    return {node: number for number, group in enumerate(groups, 1) for node in group}


def _graph(view: Picture, *, denied: bool = True) -> nx.Graph[str]:
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(node.id for node in view.nodes)
    graph.add_edges_from(
        (edge.subject, edge.object)
        for edge in view.edges
        if edge.subject != edge.object and (denied or not edge.denied)
    )
    return graph
