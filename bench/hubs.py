"""Time to find hubs: seconds from Neo4j to the list of leads; the ranking alone, compared with NetworkX betweenness."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import networkx as nx

from bench.stage import Figure, invent_case, measure_seconds, open_service, quiet, session_of
from graphsvc.analysis.evaluation.baselines import person_projection
from graphsvc.analysis.ranking.hubs import rank

GOAL_S, GOAL_RATIO = 5.0, 20.0
RUNS = 5
# Betweenness is timed on shortest paths from this many nodes, and extrapolated to all nodes.
PIVOTS = 40


def run(people: int) -> Iterator[Figure]:
    """Measure everything on one loaded case, without cached results."""
    with invent_case(people) as folder, open_service() as service:
        session = session_of(service, "bench")
        session.deliveries.load(folder, quiet)

        def rank_afresh() -> None:
            service.forget()
            session.leads.ranking()

        cold = measure_seconds(rank_afresh)
        whole = statistics.median(measure_seconds(rank_afresh) for _ in range(RUNS))
        reading = statistics.median(measure_seconds(session._material._read) for _ in range(RUNS))
        claims, persons, dependence = session._material.analysis_input()
        ranking = statistics.median(measure_seconds(lambda: rank(claims, persons, dependence)) for _ in range(RUNS))
        assert len(session.leads.ranking().leads) > people / 4, "most people are candidates"

    yield Figure(f"{len(persons):,} persons, {len(claims):,} claims: first list after the load", f"{cold:.2f} s")
    yield Figure(f"from Neo4j to the list, median of {RUNS}", f"{whole:.2f} s", f"< {GOAL_S:.0f} s", whole < GOAL_S)
    yield Figure("  of which reading", f"{reading:.2f} s")
    yield Figure("  of which the graph part", f"{ranking:.2f} s")
    graph = person_projection(claims, {person.id for person in persons})
    pivots = min(PIVOTS, len(graph))
    sampled = measure_seconds(lambda: nx.betweenness_centrality(graph, k=pivots, seed=1))
    full = sampled * len(graph) / pivots
    size = f"{len(graph):,} nodes, {graph.number_of_edges():,} edges"
    yield Figure(f"NetworkX betweenness, {pivots} of {size}", f"{sampled:.1f} s")
    yield Figure("  extrapolated to all", f"{full:,.0f} s")
    ratio = full / ranking
    yield Figure("graph part: times as fast", f"{ratio:,.0f}", f"≥ {GOAL_RATIO:.0f}", ratio >= GOAL_RATIO)
