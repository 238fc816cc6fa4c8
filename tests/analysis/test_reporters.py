"""Figures from several reporters: methods compared with belief, and the chances used to fit belief."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench import fit_beliefs, reporters
from bench.case_folder import Case
from bench.worlds import case, usual_share
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.additive import shipped_weights
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.records.weights import DENIED, OTHER, SHIPPED


def make_case(right: float, wrong: float, seed: int = 1) -> tuple[Case, list[bool]]:
    """Make a case: witnesses assert true links with chance `right`, half of them false ones with chance `wrong`."""
    rng = np.random.default_rng(seed)
    true = [number % 2 == 0 for number in range(80)]
    claims = [
        claim_from(f"s{source}: p{number} DIRECTED p{100 + number % 7}")
        for source in range(12)
        for number, so in enumerate(true)
        if rng.random() < (right if so else wrong if source % 2 else 0.02)
    ]
    claims += [claim_from(f"s{source}: p{100 + member} MEMBER_OF g1") for source in range(12) for member in range(7)]
    return Case(
        "tiny", claims, people(*(f"p{n}" for n in range(107))), {}, {}, {"hubs": [], "candidates": ["p1"]}
    ), true


@pytest.mark.parametrize("method", [reporters.majority, reporters.dawid_skene, reporters.reliability])
def test_each_method_finds_what_is_so(method: Callable[[reporters.Reports], Floats]) -> None:
    world, true = make_case(0.4, 0.4)
    reports = reporters.reports(world)
    values = method(reports)
    so = np.array([true[int(key[0][1:])] for key in reports.keys if key[1] == "DIRECTED"], dtype=bool)
    directed = values[[key[1] == "DIRECTED" for key in reports.keys]]
    assert reporters.auc(so, directed) > 0.6


def test_who_is_often_wrong_counts_less_where_reliability_is_learned() -> None:
    world, true = make_case(0.5, 0.45)
    reports = reporters.reports(world)
    where = [number for number, key in enumerate(reports.keys) if key[1] == "DIRECTED"]
    so = np.array([true[int(reports.keys[number][0][1:])] for number in where], dtype=bool)
    assert reporters.auc(so, reporters.dawid_skene(reports)[where]) > reporters.auc(
        so, reporters.majority(reports)[where]
    )


def test_a_denial_lowers_and_silence_of_who_could_have_told_counts_against() -> None:
    claims = [
        claim_from("s1: p1 RUNS g1"),
        claim_from("s2: p2 RUNS g2"),
        claim_from("s3: p2 not RUNS g2"),
        claim_from("s4: p3 RUNS g3"),
    ]
    claims.append(claim_from("s5: p3 PAID p9"))
    reports = reporters.reports(Case("tiny", claims, [], {}, {}, {}))
    share = dict(zip((key[0] + key[1] for key in reports.keys), reporters.majority(reports).tolist(), strict=True))
    assert (share["p1RUNS"], share["p2RUNS"], share["p3RUNS"]) == (1.0, 0.0, 0.5)


def test_measures_are_those_worked_out_by_hand() -> None:
    true, values = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.3, 0.1])
    assert reporters.auc(true, values) == pytest.approx(3 / 4)
    assert reporters.average_precision(true, values) == pytest.approx((1 + 2 / 3) / 2)
    assert np.isnan(reporters.auc(np.ones(3, dtype=bool), values[:3]))
    # Half are true, so a belief of .85 is off by .35, and a belief of .5 by nothing.
    assert reporters.off(np.full(10, 0.85), np.arange(10) < 5) == pytest.approx(0.35)
    assert reporters.off(np.full(10, 0.5), np.arange(10) < 5) == pytest.approx(0.0)


def test_sorts_of_links_are_parts_of_each_other() -> None:
    judged = reporters.judge((("close", 3001, usual_share(3001)), shipped_weights(), SHIPPED.chances))
    sorts = judged.sorts
    assert all(those.any() for those in sorts.values())
    assert not (sorts["one group of witnesses alone"] & ~sorts["no record"]).any()
    assert (
        sorts["who arranges or directs, one group of witnesses alone"] <= sorts["who arranges or directs, no record"]
    ).all()
    assert judged.values.keys() == judged.hubs.keys()
    assert 0 < judged.true.mean() < 1


def draw_links(chances: dict[str, float], links: int = 4000) -> tuple[Bools, Floats]:
    """Links asserted by one to three witnesses, true as often as independent statements with these chances imply."""
    rng = np.random.default_rng(0)
    sources = np.zeros((links, len(STATEMENT_KINDS) * len(fit_beliefs.SAYS)))
    names = list(chances)
    name_index, how_many = rng.integers(len(names), size=links), rng.integers(1, 4, size=links)
    column = np.array([fit_beliefs.SAYS.index(name) for name in names])
    sources[np.arange(links), column[name_index]] = how_many
    chance = 1 - (1 - np.array(list(chances.values()))[name_index]) ** how_many
    return rng.random(links) < chance, sources


def test_the_chances_of_claims_are_found_again() -> None:
    planted = {"RUNS": 0.4, "CROSSED_ON": 0.9, "DIRECTED": 0.6}
    fitted = fit_beliefs.fit({"worlds": [draw_links(planted)]})
    assert all(abs(fitted["witness"][name] - chance) < 0.06 for name, chance in planted.items())


def test_links_tell_how_many_sources_of_each_kind_assert_and_deny_them() -> None:
    claims = [
        claim_from("s1: p1 RUNS g1"),
        claim_from("s1: p1 RUNS g1", id="again"),
        claim_from("s2: p1 not RUNS g1"),
        replace(claim_from("s3: p2 RUNS g1"), relation="X_LENT"),
    ]
    truth = {"false_links": [["p2", "X_LENT", "g1"]], "mistaken_links": []}
    true, sources = fit_beliefs.links(Case("tiny", claims, [], {}, {}, truth))
    assert true.tolist() == [True, False]
    at = [fit_beliefs.SAYS.index(name) for name in ("RUNS", DENIED, OTHER)]
    assert sources[:, at].tolist() == [[1, 1, 0], [0, 0, 1]]
    assert sources.sum() == 3


def test_a_world_that_does_not_tell_which_links_are_so_is_refused() -> None:
    assert fit_beliefs.truth(case("second", 1, 0.2)) is None
    with pytest.raises(ValueError, match="does not tell"):
        fit_beliefs.links(case("second", 1, 0.2))


def test_only_chances_change_in_the_file() -> None:
    table = fit_beliefs.TARGET.read_text("utf-8")
    chances = {kind: dict(by_relation) | {"RUNS": 0.11} for kind, by_relation in SHIPPED.chances.items()}
    before, after = tomllib.loads(table), tomllib.loads(fit_beliefs.text(chances, table))
    assert all(after[kind].pop("RUNS") == 0.11 != before[kind].pop("RUNS") for kind in STATEMENT_KINDS)
    assert before == after
    assert fit_beliefs.text(SHIPPED.chances, table) == table
