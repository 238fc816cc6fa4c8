"""Crossings that hang together: which of them seem to be of one series, and where to cut.

Two crossings of which little is told may still hang together through others. So all are joined from the most alike on, two parts by the mean
log ratio of the pairs between them (average linkage: Sokal & Michener 1958), and what is joined early counts beside the pair's own ratio.
Clusters are made of the pairs' own ratios, with a cut under which nothing is shown: where nothing reaches it, there is none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from graphsvc.analysis.backend import OWN, by_backend
from graphsvc.analysis.evidence.ledger import Floats
from graphsvc.analysis.linkage.ratios import RatioTable

if TYPE_CHECKING:
    import networkx as nx

# One pair may not outweigh all others of two parts: log ratios beyond these (a factor of about 160,000, and of 400 against) count as these.
_MOST, _LEAST = 12.0, -6.0
# The cut is that of so many crossings; it does not sink below that of a few, nor to ratios that say nothing.
_USUAL, _FEW, _NONE = 100, 20, 0.7


def joined(log_ratios: Floats) -> Floats:
    """For each pair the mean log ratio of the join that first brings both together, all crossings joined from the most alike on.

    Args:
        log_ratios: of every pair, in the order of `ratios.CrossingPairs`.

    Example:
        >>> joined(np.array([5.0, 1.0, 3.0])).tolist()
        [5.0, 2.0, 2.0]

    Limits: a crossing that is alike to half of a part and unlike the other half joins late.
    """
    if not len(log_ratios):
        return log_ratios
    # Imported here: it takes half a second, and whoever compares no crossings needs none of it.
    from scipy.cluster.hierarchy import cophenet, linkage

    tree = linkage(_MOST - np.clip(log_ratios, _LEAST, _MOST), "average")
    result: Floats = _MOST - cophenet(tree)
    return result


def clusters(own: Floats, size: int, table: RatioTable) -> list[list[int]]:
    """The clusters of two crossings or more, as numbers of crossings, the largest first.

    Pairs that reach the cut are ties, and what is more tied within than beyond is a cluster (Louvain: Blondel et al. 2008). The cut grows with
    the number of crossings: among more pairs more are alike by chance. One whose strongest pair is less than the margin above it is not shown.

    Args:
        own: log ratio of each pair, in the order of `ratios.CrossingPairs`.
        size: number of crossings.
        table: with cut and margin.

    Example:
        >>> from graphsvc.analysis.linkage.ratios import shipped
        >>> clusters(np.array([20.0, 0.0, 0.0]), 3, shipped()), clusters(np.zeros(3), 3, shipped())
        ([[0, 1]], [])

    Limits: each crossing is in one cluster at most; a series of which little is told falls into several, or into none.
    """
    import networkx as nx

    least = threshold(size, table)
    graph = _ties(own, size, least)
    groups = nx.community.louvain_communities(graph, seed=1, backend=OWN) if graph.number_of_edges() else []
    strong = [
        sorted(group)
        for group in groups
        if max((tie["weight"] for *_, tie in graph.subgraph(group).edges(data=True)), default=0.0)
        >= least + table.margin
    ]
    return sorted(strong, key=lambda rows: (-len(rows), rows))


def threshold(size: int, table: RatioTable) -> float:
    """The log ratio from which a pair of that many crossings is a tie.

    Example:
        >>> from graphsvc.analysis.linkage.ratios import shipped
        >>> threshold(100, shipped()) == shipped().cut, threshold(2000, shipped()) > shipped().cut
        (True, True)

    Limits: that each crossing is of one series with about as many others, however many there are, is taken for granted.
    """
    return table.cut + math.log(max(size, _FEW) / _USUAL)


def _ties(own: Floats, size: int, least: float) -> nx.Graph[int]:
    import networkx as nx

    graph: nx.Graph[int] = nx.Graph()
    first, second = np.triu_indices(size, 1)
    chosen = np.flatnonzero(own >= max(least, _NONE))
    graph.add_weighted_edges_from(
        zip(first[chosen].tolist(), second[chosen].tolist(), own[chosen].tolist(), strict=True)
    )
    return graph


def together(log_ratios: Floats, whole: Floats, table: RatioTable) -> Floats:
    """The log ratio of each pair with all it hangs together with through others, as far as such figures turned out right.

    Args:
        log_ratios: of some pairs.
        whole: of the same, as `joined` gives it.
        table: what both are worth (`bench.fit_linkage` fits it to how often pairs were linked).

    Example:
        >>> from graphsvc.analysis.linkage.ratios import shipped
        >>> low, high = together(np.array([0.0, 0.0]), np.array([0.0, 8.0]), shipped())
        >>> bool(high > low)
        True

    Limits: right on average over invented worlds, not in each.
    """
    own = np.clip(log_ratios, _LEAST, _MOST)
    result: Floats = table.start + table.own * own + table.whole * whole
    return result


def chances(ratios: Floats, table: RatioTable) -> Floats:
    """How likely it is that each pair is of one series: odds after are the stated odds before times the ratio.

    Args:
        ratios: logarithms, as `together` gives them.
        table: with the stated prior.

    Example:
        >>> from graphsvc.analysis.linkage.ratios import shipped
        >>> chances(np.array([0.0]), shipped()).round(6).tolist() == [round(shipped().prior, 6)]
        True

    Limits: the prior is stated, not known: twice the prior gives about twice the chance while that is small.
    """
    result: Floats = 1 / (1 + np.exp(-(ratios + np.log(table.prior / (1 - table.prior)))))
    return result


def parts_of(own: Floats, size: int, least: float) -> list[list[int]]:
    """The parts that some crossings fall into, each a list of numbers, the largest first, those that hang together with none last.

    Args:
        own: log ratio of each pair of them.
        size: how many there are.
        least: from what log ratio a pair is a tie (`threshold` of the whole case).

    Example:
        >>> parts_of(np.array([5.0, 0.0, 0.0]), 3, 2.0)
        [[0, 1], [2]]

    Limits: one tie is enough to hold two parts together.
    """
    graph = _ties(own, size, least)
    graph.add_nodes_from(range(size))
    return sorted(by_backend(_components, graph), key=lambda rows: (-len(rows), rows))


def _components(graph: nx.Graph[int], **chosen: str) -> list[list[int]]:
    """Gone through at once: a backend may fail only as it is."""
    import networkx as nx

    return [sorted(part) for part in nx.connected_components(graph, **chosen)]
