"""Positions in plain contact networks, against NetworkX."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array

from graphsvc.analysis.ranking.structure import (
    betweenness,
    closure,
    contacts,
    effective_size,
    harmonic,
    rewire,
    stands_out,
)


@pytest.fixture
def graph() -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.gnm_random_graph(60, 150, seed=4)
    return graph


def network_of(graph: nx.Graph[int]) -> csr_array:
    first, second = np.array([edge[:2] for edge in graph.edges]).T
    return contacts(first, second, graph.number_of_nodes())


def test_measures_are_those_of_networkx(graph: nx.Graph[int]) -> None:
    network = network_of(graph)
    sizes = nx.effective_size(graph)
    assert effective_size(network).tolist() == pytest.approx([sizes[node] for node in range(60)], abs=1e-9)
    close = nx.harmonic_centrality(graph)
    assert harmonic(network).tolist() == pytest.approx([close[node] / 59 for node in range(60)], abs=1e-9)
    between = nx.betweenness_centrality(graph, normalized=False)
    assert betweenness(network).tolist() == pytest.approx([between[node] for node in range(60)], abs=1e-9)
    assert closure(network) == pytest.approx(nx.transitivity(graph), abs=1e-9)


def test_betweenness_along_a_chain_and_beside_others_is_that_of_networkx() -> None:
    chain: nx.Graph[int] = nx.disjoint_union(nx.path_graph(60), nx.gnm_random_graph(30, 60, seed=2))
    between = nx.betweenness_centrality(chain, normalized=False)
    assert betweenness(network_of(chain)).tolist() == pytest.approx([between[node] for node in chain], abs=1e-9)


def test_rewiring_keeps_contacts_and_moves_ties(graph: nx.Graph[int]) -> None:
    network = network_of(graph)
    mixed = rewire(network, np.random.default_rng(1))
    assert mixed.sum(axis=1).tolist() == network.sum(axis=1).tolist()
    assert (mixed.multiply(network)).sum() < network.sum() / 2
    assert set(mixed.data.tolist()) == {1.0}
    assert mixed.diagonal().sum() == 0


def test_rewired_networks_close_as_those_of_single_swaps_do() -> None:
    """Earlier, swaps in independent batches closed fewer triangles, so chance looked like structure."""
    club: nx.Graph[int] = nx.Graph(nx.karate_club_graph().edges)
    rng = np.random.default_rng(1)
    ours = [closure(rewire(network_of(club), rng)) for _ in range(200)]
    theirs = []
    for seed in range(200):
        nx.double_edge_swap(club, nswap=2 * club.number_of_edges(), max_tries=10**6, seed=seed)
        theirs.append(nx.transitivity(club))
    error = (np.var(ours) / 200 + np.var(theirs[20:]) / 60) ** 0.5
    assert abs(np.mean(ours) - np.mean(theirs[20:])) < 3 * error


@pytest.mark.slow(reason="rewires a hundred networks, some of them a hundred times")
def test_networks_dealt_out_at_random_raise_few_alarms() -> None:
    """Each has the degrees of a club with two leaders, rewired by single swaps: one in twenty may pass the test."""
    club: nx.Graph[int] = nx.Graph(nx.karate_club_graph().edges)
    answers = []
    for seed in range(100):
        nx.double_edge_swap(club, nswap=5 * club.number_of_edges(), max_tries=10**6, seed=seed)
        answers.append(stands_out(network_of(club), seed=seed))
    # If the rate is one in twenty, more than ten alarms are improbable (about 1 in 90).
    assert sum(is_alarm for is_alarm, _ in answers) <= 10
    # Most are recognised as chance by dealing the contacts out, not because no one reaches far.
    assert sum("chance" in why for _, why in answers) >= 50


@pytest.mark.parametrize("seed", range(10))
def test_skewed_numbers_of_contacts_are_enough_whoever_these_are_with(seed: int) -> None:
    """Dealing contacts out keeps each person's number of contacts, so very large numbers remain, as the manual says."""
    network = network_of(nx.barabasi_albert_graph(150, 2, seed=seed))
    for each in (network, rewire(network, np.random.default_rng(seed), rounds=60)):
        assert stands_out(each) == (True, "someone has contacts out of all proportion to the others")


@pytest.mark.parametrize(
    "alike",
    [
        nx.ring_of_cliques(12, 6),
        nx.connected_caveman_graph(12, 6),
        nx.watts_strogatz_graph(100, 6, 0.1, seed=1),
        nx.random_geometric_graph(100, 0.18, seed=1),
        nx.random_geometric_graph(200, 0.12, seed=2),
        nx.gnm_random_graph(60, 150, seed=4),
    ],
)
def test_where_all_are_alike_nobody_stands_out(alike: nx.Graph[int]) -> None:
    assert not stands_out(network_of(alike))[0]


def test_circles_that_somebody_holds_together_stand_out() -> None:
    circles = nx.relaxed_caveman_graph(12, 5, 0.1, seed=2)
    bridged = nx.Graph(circles)
    bridged.add_edges_from((0, 5 * circle + 1) for circle in range(1, 12))
    assert stands_out(network_of(bridged))[0]
