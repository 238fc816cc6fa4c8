"""Positions in plain contact networks, against NetworkX."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array

from graphsvc.analysis.score.structure import closure, contacts, effective_size, harmonic, rewired, stands_out


@pytest.fixture
def graph() -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.gnm_random_graph(60, 150, seed=4)
    return graph


def network_of(graph: nx.Graph[int]) -> csr_array:
    first, second = np.array(graph.edges).T
    return contacts(first, second, 60)


def test_measures_are_those_of_networkx(graph: nx.Graph[int]) -> None:
    network = network_of(graph)
    sizes = nx.effective_size(graph)
    assert effective_size(network).tolist() == pytest.approx([sizes[node] for node in range(60)], abs=1e-9)
    close = nx.harmonic_centrality(graph)
    assert harmonic(network).tolist() == pytest.approx([close[node] / 59 for node in range(60)], abs=1e-9)
    assert closure(network) == pytest.approx(nx.transitivity(graph), abs=1e-9)


def test_rewiring_keeps_contacts_and_moves_ties(graph: nx.Graph[int]) -> None:
    network = network_of(graph)
    mixed = rewired(network, np.random.default_rng(1))
    assert mixed.sum(axis=1).tolist() == network.sum(axis=1).tolist()
    assert (mixed.multiply(network)).sum() < network.sum() / 2
    assert set(mixed.data.tolist()) == {1.0}
    assert mixed.diagonal().sum() == 0


def test_chance_abstains_and_circles_do_not(graph: nx.Graph[int]) -> None:
    assert not stands_out(network_of(graph))[0]
    circles = nx.relaxed_caveman_graph(12, 5, 0.1, seed=2)
    assert stands_out(network_of(circles))[0]
