"""Witness contribution: ranks without witnesses, or with some on the record, equal those of a recomputed ranking."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.dependence import groups
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.basis import basis
from graphsvc.analysis.ranking.hubs import Ranking, rank_basis
from graphsvc.analysis.robustness.brought import Brought, agreements, brought
from tests.analysis.random_cases import in_several_statements, with_passengers

CASES = [make(seed) for make in (in_several_statements, with_passengers) for seed in range(4)]
FIRST = 4


def on_record(ranking: Ranking) -> dict[str, int]:
    """Rank on the record of each person whose score there is above 0."""
    return {lead.id: lead.rank_on_record for lead in ranking.leads if lead.score_on_record > 0}


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_the_rank_without_witnesses_is_that_of_a_ranking_without_them(case: tuple) -> None:  # type: ignore[type-arg]
    claims, persons, dependence = case
    on = basis(claims, persons, dependence)
    rest = rank_basis(basis([claim for claim in claims if claim.source_kind != "witness"], persons, dependence))
    anew = {lead.id: lead.rank for lead in rest.leads}
    contributions = brought(on, rank_basis(on))
    assert {name: each.without for name, each in contributions.items()} == {
        name: anew.get(name) for name in contributions
    }


def test_without_the_witnesses_who_say_of_parts_contacts_rank_again() -> None:
    """Ranks are as if the witnesses had not spoken, so a rank by contacts is not put down to their statements."""
    calls = [claim_from(f"t: p0 CONTACTED p{number}", source_kind="record") for number in range(1, 40)]
    claims = [*calls, *(claim_from(f"s{number}: p7 RUNS g1") for number in range(3))]
    persons = people(*(f"p{number}" for number in range(40)))
    on = basis(claims, persons, {})
    assert on.network is not None
    with_and_without = brought(on, rank_basis(on))
    assert with_and_without["p7"].rank == 1
    anew = {lead.id: lead.rank for lead in rank_basis(basis(calls, persons, {})).leads}
    assert {name: each.without for name, each in with_and_without.items()} == anew
    assert with_and_without["p0"].without == 1


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_an_agreement_is_told_as_the_record_would_be_with_it(case: tuple) -> None:  # type: ignore[type-arg]
    claims, persons, dependence = case
    on = basis(claims, persons, dependence)
    ranking = rank_basis(on)
    first = [lead.id for lead in ranking.leads if lead.rank <= FIRST]
    sources = {claim.source for claim in claims if claim.source_kind == "witness"} - {""}
    witness_groups = groups(sources, dependence)
    ranks_by_group = {frozenset(each.sources): each.ranks for each in agreements(on, ranking, witness_groups, FIRST)}
    now = on_record(ranking)
    for group in witness_groups:

        def put_on_record(claim: Claim, group: frozenset[str] = group) -> Claim:
            theirs = claim.source in group and claim.source_kind == "witness"
            return replace(claim, on_record=claim.on_record or theirs)

        then = on_record(rank_basis(basis(list(map(put_on_record, claims)), persons, dependence)))
        anew = {
            name: (now.get(name), then[name])
            for name in first
            if then.get(name, FIRST + 1) <= FIRST and now.get(name, FIRST + 1) > FIRST
        }
        assert ranks_by_group.get(group, {}) == anew


def test_whoever_only_witnesses_put_forward_is_surfaced_by_them() -> None:
    assert (
        Brought(50, 51).found_through_witnesses,
        Brought(50, 50).found_through_witnesses,
        Brought(51, None).found_through_witnesses,
    ) == (True, False, False)
    claims = [
        claim_from("s1: p1 RUNS g1"),
        claim_from("s1: p1 DIRECTED p2"),
        claim_from("r1: p3 RUNS g2", source_kind="record"),
    ]
    on = basis(claims, people("p1", "p2", "p3"), {})
    contributions = brought(on, rank_basis(on))
    assert contributions["p3"].without == 1
    assert contributions["p1"].without is not None
    assert contributions["p1"].without > 1


def test_without_a_word_of_witnesses_nothing_changes() -> None:
    claims = [
        claim_from("r1: p1 RUNS g1", source_kind="record"),
        claim_from("r2: p2 RUNS g1", source_kind="intelligence"),
    ]
    on = basis(claims, people("p1", "p2"), {})
    ranking = rank_basis(on)
    assert all(each.rank == each.without for each in brought(on, ranking).values())
    assert agreements(on, ranking, []) == []
