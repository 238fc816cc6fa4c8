"""The reasons shown are those of the score: they add up to it, and removing any other claim changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.claims.dependence import groups
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.claims.roles import LEVEL_TIES
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking import additive
from graphsvc.analysis.ranking.basis import ONLY_CARRIED, Basis, basis
from graphsvc.analysis.ranking.folding import merge_witness_claims
from graphsvc.analysis.ranking.hubs import Lead, rank_basis, score_of
from graphsvc.analysis.ranking.leads import Explanation, explain
from graphsvc.analysis.ranking.network import Operation
from graphsvc.analysis.ranking.reasons import raising, reasons, share_key, split_scores
from graphsvc.analysis.ranking.structure import by_structure
from tests.analysis.random_cases import told_at_random, with_passengers

Given = tuple[list[Claim], list[Person], Dependence]
Make = Callable[[int], Given]
SEEDS = range(4)


def case(seed: int) -> Given:
    """A random case with a few passengers and a victim."""
    claims, persons, keys = told_at_random(seed)
    persons = [
        replace(person, categories=frozenset({"victim"})) if person.id == "p13" else person for person in persons
    ]
    return [*claims, *(claim_from(f"s9: p{number} CROSSED_ON c1") for number in (11, 12))], persons, keys


def of_contacts(seed: int) -> Given:
    claims, persons, keys = told_at_random(seed)
    return [claim for claim in claims if claim.relation in ("CONTACTED", "OWES", "RIVAL_OF")], persons, keys


def exact(on: Basis) -> dict[str, float]:
    """Score of everyone ranked, before rounding."""
    scores = dict(zip(on.ledger.ids, score_of(on, on.told).tolist(), strict=True))
    carried = on.left_out if on.network is not None else frozenset()
    return {person.id: ONLY_CARRIED if person.id in carried else scores.get(person.id, 0.0) for person in on.people}


def explain_leads(inputs: Given, few_below: int) -> list[tuple[Basis, Lead, Explanation]]:
    """Every lead with its explanation, as shown to a reader with source clearance (0) or without."""
    on = basis(*inputs, few_below=few_below)
    shown_inputs = (merge_witness_claims(inputs[0]), inputs[1], {}) if few_below else inputs
    return [(on, lead, explain(lead.id, *shown_inputs, reasons(on, lead.id))) for lead in rank_basis(on).leads]


@pytest.mark.slow(reason="explains every lead; with contacts alone each ranking shuffles them 99 times")
@pytest.mark.parametrize("few_below", [0, 3])
@pytest.mark.parametrize("make", [case, of_contacts])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_listed_is_what_has_a_share(seed: int, make: Make, few_below: int) -> None:
    for on, lead, why in explain_leads(make(seed), few_below):
        claims = (*why.supporting, *why.lowering, *why.denying)
        assert sum(why.because.shares.values()) == pytest.approx(exact(on)[lead.id], abs=1e-9), lead.id
        assert {share_key(claim) for claim in claims} >= why.because.shares.keys()


@pytest.mark.parametrize("few_below", [0, 3])
@pytest.mark.parametrize("make", [case, of_contacts, with_passengers])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_shares_are_exact(seed: int, make: Make, few_below: int) -> None:
    """With and without source clearance, for contacts alone, and for people who were only carried."""
    on = basis(*make(seed), few_below=few_below)
    assert (on.network is None) == (make is of_contacts)
    scores = exact(on)
    for name, score in scores.items():
        assert sum(reasons(on, name).shares.values()) == pytest.approx(score, abs=1e-9), name
    assert (ONLY_CARRIED in scores.values()) == (make is with_passengers)
    assert [lead.score for lead in rank_basis(on).leads] == pytest.approx(
        sorted(scores.values(), reverse=True), abs=1e-7
    )


@pytest.mark.parametrize("few_below", [0, 3])
@pytest.mark.parametrize("make", [case, of_contacts, with_passengers])
@pytest.mark.parametrize("seed", SEEDS)
def test_relations_by_kind_of_source_add_up_to_each_family(seed: int, make: Make, few_below: int) -> None:
    """If contacts decide ranks, the list is empty: a position depends on all contacts together."""
    on = basis(*make(seed), few_below=few_below)
    kinds = {(claim.relation, "denied" if claim.denies else claim.source_kind) for claim in on.told.claims}
    for lead in rank_basis(on).leads:
        made_of = reasons(on, lead.id).made_of
        families = {name: share for name, share in lead.shares.items() if share and make is not of_contacts}
        assert families == pytest.approx(
            {
                name: sum(share or 0.0 for part in made_of if part.family == name for share in part.by_kind.values())
                for name in dict.fromkeys(part.family for part in made_of)
            },
            abs=1e-8,
        )
        assert {(part.relation, kind) for part in made_of for kind in part.by_kind} <= kinds
        ends = {(part.relation, part.end) for part in made_of}
        assert all(
            any(
                lead.id == (claim.subject if end == "to" else claim.object)
                for claim in on.told.claims
                if claim.relation == relation
            )
            for relation, end in ends
        )


@pytest.mark.parametrize("make", [case, of_contacts])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_raises_everybody_is_what_the_reasons_of_each_say(seed: int, make: Make) -> None:
    on = basis(*make(seed))
    person, row = raising(on, split_scores(on))
    pairs = {(on.told.ids[who], on.told.claims[index].id) for who, index in zip(person, row, strict=True)}
    assert len(pairs) == len(row) > 0
    assert pairs == {
        (name, claim.id)
        for name in on.told.ids
        for because in [reasons(on, name)]
        for claim in on.told.claims
        if claim.asserts and because.share(claim) > 0
    }


def without(on: Basis, removed: Bools) -> dict[str, float]:
    """Scores without some rows, with every other person's chance of being a hub unchanged."""
    left = on.told.rows(~removed)
    if on.network is None:
        whole = sum(by_structure(left, on.inside).values(), start=np.zeros(len(on.ledger.ids)))
        return dict(zip(on.ledger.ids, whole.tolist(), strict=True))
    assert on.scored_network is not None
    fewer = on.operation(left)
    return dict(zip(fewer.ids, tied_to_the_same(fewer, on).tolist(), strict=True))


def tied_to_the_same(fewer: Operation, on: Basis) -> Floats:
    """Scores of a smaller network in which everyone keeps their chance of being a hub in the whole network."""
    assert on.scored_network is not None
    assert on.network is not None
    weights, cells = on.score_weights, fewer.cells
    chance = dict(zip(on.network.ids, on.scored_network.chance.tolist(), strict=True))
    parts, value = additive.score(fewer, weights), cells.greatest(fewer.stands)
    sums = np.zeros((fewer.size, len(weights.ties)))
    for cell in np.flatnonzero(cells.other >= 0).tolist():
        sums[cells.person[cell], cells.column[cell] - fewer.columns] += (
            value[cell] * chance[fewer.ids[cells.other[cell]]]
        )
    result: Floats = parts.own + np.log1p(sums) @ weights.ties
    return result


@pytest.mark.parametrize("few_below", [0, 3])
@pytest.mark.parametrize("make", [case, of_contacts, with_passengers])
@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_claim_that_has_no_share_nothing_changes_and_without_those_that_have_nothing_is_left(
    seed: int, make: Make, few_below: int
) -> None:
    """Merged statements are removed together. People who were only carried have a separate test."""
    on = basis(*make(seed), few_below=few_below)
    claims = on.told.claims
    keys = np.array([number_of(claims, claim) for claim in claims])
    before = without(on, np.zeros(len(claims), dtype=bool))
    idle = 0
    for name in before.keys() - on.left_out - things(claims):
        because = reasons(on, name)
        about = [row for row, claim in enumerate(claims) if name in (claim.subject, claim.object)]
        none = [row for row in about if share_key(claims[row]) not in because.shares]
        for row in none:
            assert without(on, keys == keys[row])[name] == pytest.approx(before[name], abs=1e-9), claims[row]
        having = np.isin(np.arange(len(claims)), [row for row in about if row not in none])
        assert without(on, having)[name] == pytest.approx(0.0, abs=1e-9)
        idle += len(none)
    assert idle, "otherwise nothing was tried"


def number_of(claims: Sequence[Claim], claim: Claim) -> int:
    """Index of the first claim with the same share key as this claim."""
    return next(row for row, candidate in enumerate(claims) if share_key(candidate) == share_key(claim))


def things(claims: Sequence[Claim]) -> set[str]:
    return {claim.object for claim in claims if claim.object_kind != "person"}


@pytest.mark.parametrize("few_below", [0, 3])
def test_without_a_claim_that_has_no_share_who_is_only_carried_stands_where_they_stood_or_is_not_ranked(
    few_below: int,
) -> None:
    """A tie has no share but gets them ranked; without the claims with a share, no claim says they were carried."""
    stayed = left = 0
    for on in (basis(*with_passengers(seed), few_below=few_below) for seed in SEEDS):
        claims = on.told.claims
        for name in sorted({person.id for person in on.people} & on.left_out):
            because = reasons(on, name)
            about = np.array([name in (claim.subject, claim.object) for claim in claims])
            having = np.array([because.share(claim) != 0 for claim in claims]) & about
            for row in np.flatnonzero(about & ~having).tolist():
                anew = on.without(np.flatnonzero([share_key(claim) == share_key(claims[row]) for claim in claims]))
                assert name in anew.left_out
                if name in {person.id for person in anew.people}:
                    assert exact(anew)[name] == ONLY_CARRIED
                    stayed += 1
                else:
                    assert claims[row].relation in LEVEL_TIES
                    left += 1
            assert name not in on.without(np.flatnonzero(having)).left_out
    assert stayed
    assert left


@pytest.mark.parametrize("few_below", [0, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_where_there_are_contacts_alone_nobody_moves_without_a_claim_that_has_no_share_for_anybody(
    seed: int, few_below: int
) -> None:
    """Even if the claim is the only one that mentions a person."""
    claims, persons, keys = of_contacts(seed)
    claims += [
        claim_from("s1: p1 RIVAL_OF alone"),
        claim_from("s2: p2 OWES alone"),
        claim_from("s2: alone not CONTACTED p1"),
    ]
    persons = [*persons, *people("alone")]
    on = basis(claims, persons, keys, few_below=few_below)
    having = {key for person in on.people for key in reasons(on, person.id).shares}
    idle = [claim for claim in on.told.claims if share_key(claim) not in having]
    assert "alone" in {claim.object for claim in idle}
    anew = on.without(np.flatnonzero([share_key(claim) not in having for claim in on.told.claims]))
    assert exact(anew) == pytest.approx(exact(on), abs=1e-12)
    fewer = [claim for claim in claims if "alone" not in (claim.subject, claim.object)]
    assert exact(basis(fewer, persons, keys, few_below=few_below)) == pytest.approx(exact(on), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_counted_is_what_is_listed(seed: int) -> None:
    inputs = case(seed)
    for _, lead, why in explain_leads(inputs, 0):
        assert (lead.groups, lead.other_sources) == (len(why.groups), len(why.other_sources)), lead.id
        moving = [claim for claim in why.denying if why.because.share(claim)]
        assert lead.denied == len(moving)
        assert (lead.score > 0) <= bool(lead.groups or lead.other_sources), lead.id


def test_who_denies_that_somebody_was_carried_is_counted_of_who_is_only_carried() -> None:
    """In the score of a person who was only carried, only a denial of that has a share."""
    claims = [
        claim_from("s1: boss ORGANISED c1"),
        claim_from("s2: mate CROSSED_ON c1"),
        claim_from("s2: mate CONTACTED boss"),
        claim_from("s3: mate not CROSSED_ON c1"),
        claim_from("r1: mate not CROSSED_ON c1", source_kind="record"),
        claim_from("s4: mate not WORKED_AT w1"),
        claim_from("s5: boss not CROSSED_ON c1"),
    ]
    leads = {lead.id: lead for lead in rank_basis(basis(claims, people("boss", "mate"), {})).leads}
    assert leads["mate"].shares["only_carried"] == ONLY_CARRIED
    assert (leads["mate"].denied, leads["mate"].denying_groups, leads["mate"].denying_others) == (2, 1, 1)
    assert leads["boss"].denied == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_who_stands_behind_a_lead_is_counted_alike_where_accounts_are_told_as_one(seed: int) -> None:
    """Groups are counted over all witness statements that assert the raising links."""
    inputs = case(seed)
    for _, lead, why in explain_leads(inputs, 3):
        raising = {claim.key for claim in why.supporting if why.because.share(claim) > 0}
        speaking = [claim for claim in inputs[0] if claim.key in raising and claim.asserts]
        assert lead.other_sources == len({claim.source for claim in speaking if claim.source_kind != "witness"})
        witnesses = {claim.source for claim in speaking if claim.source_kind == "witness"}
        assert lead.groups == len(groups(witnesses, inputs[2])), lead.id


@pytest.mark.parametrize("tie", ["p1 RIVAL_OF p2", "p1 OWES p2", "p2 OWES p1", "p2 RIVAL_OF p1"])
def test_a_tie_that_says_nothing_of_a_part_raises_nobody(tie: str) -> None:
    base_claims = [claim_from("s1: p2 RUNS g1"), claim_from("s2: p2 DIRECTED p3"), claim_from("s3: p3 PILOTED c1")]
    before, after = (
        {lead.id: lead.score for lead in rank_basis(basis(claims, people("p1", "p2", "p3"), {})).leads}
        for claims in (base_claims, [*base_claims, claim_from(f"r: {tie}", source_kind="record")])
    )
    assert after == before
    assert before["p1"] == 0.0


@pytest.mark.parametrize("tie", ["p1 RIVAL_OF p2", "p1 OWES p2"])
def test_nor_where_there_are_contacts_alone(tie: str) -> None:
    base_claims = [claim_from("s1: p2 CONTACTED p3"), claim_from("s2: p3 CONTACTED p4")]
    before, after = (
        {lead.id: lead.score for lead in rank_basis(basis(claims, people("p1", "p2", "p3", "p4"), {})).leads}
        for claims in (base_claims, [*base_claims, claim_from(f"r: {tie}", source_kind="record")])
    )
    assert after["p1"] == before["p1"] == 0.0


def test_what_is_denied_and_nobody_asserts_has_no_share_and_hinders_none() -> None:
    """The last link of the case is only denied."""
    for denial in ("s2: p3 not CONTACTED p2", "s2: p9 not RUNS g1", "s2: p9 not ORGANISED c1"):
        inputs: Given = [claim_from("s1: p1 CONTACTED p2"), claim_from(denial)], people("p1", "p2", "p3", "p9"), {}
        for few_below in (0, 3):
            for on, lead, why in explain_leads(inputs, few_below):
                assert sum(why.because.shares.values()) == pytest.approx(exact(on)[lead.id], abs=1e-9)
                assert (lead.denied, lead.denying_groups) == (0, 0)


@pytest.mark.parametrize("few_below", [0, 3])
def test_where_contacts_stand_out_what_is_said_of_a_part_has_its_share(few_below: int) -> None:
    star = [claim_from(f"t: p0 CONTACTED p{number}", source_kind="record") for number in range(1, 40)]
    claims = [
        claim_from("s1: p7 RUNS g1"),
        claim_from("s2: p7 not RUNS g1"),
        claim_from("s1: p7 DIRECTED p8"),
        claim_from("s1: g2 SUPPLIED b1"),
    ]
    cast = people(*(f"p{number}" for number in range(40)))
    on = basis([*star, *claims], cast, {}, few_below=few_below)
    assert on.network is None
    scores = exact(on)
    for name, score in scores.items():
        assert sum(reasons(on, name).shares.values()) == pytest.approx(score, abs=1e-9), name
    by_what = {claim.relation + claim.polarity: reasons(on, "p7").share(claim) for claim in on.told.claims}
    assert by_what["RUNSasserts"] > 0
    assert by_what["DIRECTEDasserts"] > 0
    assert set(reasons(on, "p8").shares) == {"t: p0 CONTACTED p8"}
