"""Figures of a ranking, on lists short enough to do by hand; textbook measures against NetworkX."""

from __future__ import annotations

import math
import re

import networkx as nx
import numpy as np
import pytest

from graphsvc.analysis.evaluation import baselines, comparison, measures
from graphsvc.analysis.evaluation.measures import FIGURES, Planted
from graphsvc.analysis.examples import claim_from, people

LETTERS = "abcdefghijklmnopqrst"
PLANTED = Planted(frozenset("ad"), frozenset("d"), frozenset("a"), frozenset("bc"), frozenset(LETTERS))


def test_figures_of_one_order_by_hand() -> None:
    figures = measures.figures(list(LETTERS), PLANTED)
    assert figures == pytest.approx(
        {
            "average precision": (1 / 1 + 2 / 4) / 2,
            "AUC": (18 + 16) / (2 * 18),
            "hubs in the first 10": 0.2,
            "R-precision": 0.5,
            "helpers in the first 10": 0.2,
            "leaders in the first tenth": 0.0,
            "brokers in the first tenth": 1.0,
        }
    )


def test_nobody_of_a_kind_is_no_figure() -> None:
    nobody = Planted(frozenset(), frozenset(), frozenset(), frozenset(), frozenset("ab"))
    figures = measures.figures(["a", "b"], nobody)
    assert [name for name in FIGURES if math.isnan(figures[name])] == [
        "average precision",
        "AUC",
        "R-precision",
        "helpers in the first 10",
        "leaders in the first tenth",
        "brokers in the first tenth",
    ]


def test_ties_are_broken_every_way() -> None:
    planted = Planted(frozenset("a"), frozenset(), frozenset(), frozenset(), frozenset("ab"))
    # The two are tied, so `a` is first in half of the orders. The mean over seeded orders is repeatable.
    figures = measures.mean_figures({"a": 1.0, "b": 1.0}, planted)
    assert 0.6 < figures["average precision"] < 0.9
    assert figures == pytest.approx(measures.mean_figures({}, planted), nan_ok=True)
    assert measures.mean_figures({"a": 2.0, "b": 1.0}, planted)["AUC"] == 1.0


def test_samples_of_candidates_vary_about_the_figure_and_repeat() -> None:
    scores = {letter: float(-place) for place, letter in enumerate(LETTERS)}
    samples = measures.bootstrap_figures(scores, PLANTED, 100, seed=3)
    values = [sample["AUC"] for sample in samples if not math.isnan(sample["AUC"])]
    low, high = measures.interval(values)
    assert 0.6 < low < 34 / 36 < high <= 1
    again = [sample["AUC"] for sample in measures.bootstrap_figures(scores, PLANTED, 100, seed=3)]
    np.testing.assert_array_equal(again, [sample["AUC"] for sample in samples])


def test_interval_and_means_leave_out_what_is_not_known() -> None:
    assert measures.interval([math.nan, 0.5]) == (0.5, 0.5)
    assert all(map(math.isnan, measures.interval([math.nan])))
    assert measures.means([math.nan, 0.25], 2) == [0.25, 0.25]
    assert measures.means([], 5) == []
    assert math.isnan(measures.mean([math.nan]))
    drawn = measures.means([0.0, 1.0], 200, seed=1)
    assert set(drawn) == {0.0, 0.5, 1.0}
    assert drawn == measures.means([0.0, 1.0], 200, seed=1)


def test_effective_size_is_that_of_networkx() -> None:
    graph: nx.Graph[str] = nx.relabel_nodes(nx.karate_club_graph(), str)
    for _, _, data in graph.edges(data=True):
        data.clear()
    assert baselines.effective_size(graph) == pytest.approx(nx.effective_size(graph))


def test_effective_size_of_nobody() -> None:
    lone: nx.Graph[str] = nx.Graph()
    assert baselines.effective_size(lone) == {}
    assert baselines.pagerank(lone) == {}
    lone.add_node("a")
    assert baselines.effective_size(lone) == {"a": 0.0}


def test_pagerank_from_sources_leads_to_whoever_is_near_them() -> None:
    path: nx.Graph[str] = nx.path_graph(list("abcdefg"))
    plain, near = baselines.pagerank(path), baselines.pagerank(path, ["g"])
    assert plain["b"] == pytest.approx(plain["f"])
    assert near["f"] > near["b"]
    assert sum(near.values()) == pytest.approx(1)
    assert baselines.pagerank(path, ["nobody"]) == plain


def test_half_of_the_witnesses_fall_silent_and_everything_else_stays() -> None:
    claims = [claim_from(f"s{n}: p1 RUNS g{n}") for n in range(6)] + [claim_from("s0: p1 RUNS g9")]
    claims += [
        claim_from("r1: p1 RUNS g1", source_kind="record"),
        claim_from("i1: p1 RUNS g1", source_kind="intelligence"),
    ]
    halves = comparison.halves(claims, 8, seed=1)
    for half in halves:
        assert {claim.source for claim in half} > {"r1", "i1"}
        speaking = {claim.source for claim in half if claim.source_kind == "witness"}
        assert len(speaking) == 3
        # Each half contains all claims of its sources.
        assert [claim for claim in claims if claim.source in speaking | {"r1", "i1"}] == half
    assert len({tuple(claim.id for claim in half) for half in halves}) > 1
    assert halves == comparison.halves(claims, 8, seed=1)


def test_each_method_scores_everybody_it_knows() -> None:
    claims = [claim_from("s1: p1 DIRECTED p2"), claim_from("s2: p2 PILOTED c1"), claim_from("s2: p3 CROSSED_ON c1")]
    persons = people("p1", "p2", "p3")
    scores = comparison.scorings(claims, persons, {}, ["p3"])
    assert list(scores) == list(comparison.METHODS)
    assert scores["degree"] == {"p1": 1.0, "p2": 2.0, "p3": 1.0}
    assert list(comparison.scorings(claims, persons, {}, [], ["degree"])) == ["degree"]


def test_every_baseline_names_its_literature() -> None:
    for name in ("betweenness", "effective_size", "pagerank", "degree"):
        assert re.search(r"\(?[A-Z][a-z]+.* (19|20)\d\d", getattr(baselines, name).__doc__ or "")
