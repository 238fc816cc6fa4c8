"""The reasons shown are the score's own: they add up to it, and what is no reason can go without a trace."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graphsvc.analysis.evidence.claims import Claim, Dependence, Person
from graphsvc.analysis.evidence.dependence import groups
from graphsvc.analysis.examples import people, said
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import Basis, basis
from graphsvc.analysis.score.folding import folded
from graphsvc.analysis.score.hubs import Lead, ranked
from graphsvc.analysis.score.ingredients import ingredients
from graphsvc.analysis.score.leads import Explanation, explain
from graphsvc.analysis.score.reasons import reasons, share_key
from tests.analysis.random_cases import told_at_random

Given = tuple[list[Claim], list[Person], Dependence]
SEEDS = range(4)


def case(seed: int) -> Given:
    """A case told at random, with a few carried and a victim."""
    claims, persons, keys = told_at_random(seed)
    persons = [
        replace(person, categories=frozenset({"victim"})) if person.id == "p13" else person for person in persons
    ]
    return [*claims, *(said(f"s9: p{number} CROSSED_ON c1") for number in (11, 12))], persons, keys


def of_contacts(seed: int) -> Given:
    claims, persons, keys = told_at_random(seed)
    return [claim for claim in claims if claim.relation in ("CONTACTED", "OWES", "RIVAL_OF")], persons, keys


def explained(given: Given, few_below: int) -> list[tuple[Basis, Lead, Explanation]]:
    """Every lead with its explanation, as a reader with source clearance has them (0) or one without."""
    on = basis(*given, few_below=few_below)
    shown = (folded(given[0]), given[1], {}) if few_below else given
    return [(on, lead, explain(lead.id, *shown, reasons(on, lead.id))) for lead in ranked(on).leads]


@pytest.mark.slow(
    reason="explains every lead; where there are contacts alone each ranking deals them out anew 99 times"
)
@pytest.mark.parametrize("few_below", [0, 3])
@pytest.mark.parametrize("make", [case, of_contacts])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_shares_add_up_to_the_score(seed: int, make: object, few_below: int) -> None:
    assert callable(make)
    for _, lead, why in explained(make(seed), few_below):
        claims = (*why.supporting, *why.lowering, *why.denying)
        assert sum(why.because.shares.values()) == pytest.approx(lead.score, abs=1e-7), lead.id
        assert {share_key(claim) for claim in claims} >= why.because.shares.keys()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_shares_are_exact(seed: int) -> None:
    on = basis(*case(seed))
    assert on.network is not None
    scores = dict(zip(on.network.ids, parts.score(parts.read(on.network)), strict=True))
    for name, score in scores.items():
        assert sum(reasons(on, name).shares.values()) == pytest.approx(score, abs=1e-9)


def without(on: Basis, dropped: np.ndarray) -> dict[str, float]:
    """Scores where some rows are gone, others being taken for what they are taken for with them."""
    assert on.network is not None
    fewer = on.operation(on.told.rows(~dropped))
    values = ingredients(fewer, parts.seen(on.network))
    return dict(zip(fewer.ids, parts.score(values).tolist(), strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_claim_that_has_no_share_nothing_changes_and_without_those_that_have_nothing_is_left(
    seed: int,
) -> None:
    on = basis(*case(seed))
    assert on.network is not None
    before = without(on, np.zeros(len(on.told.claims), dtype=bool))
    idle = 0
    for name in on.network.ids:
        because = reasons(on, name)
        about = [row for row, claim in enumerate(on.told.claims) if name in (claim.subject, claim.object)]
        none = [row for row in about if share_key(on.told.claims[row]) not in because.shares.keys() | because.joining]
        for row in none:
            gone = np.arange(len(on.told.claims)) == row
            assert without(on, gone)[name] == pytest.approx(before[name], abs=1e-9), on.told.claims[row].id
        having = [row for row in about if row not in none]
        gone = np.isin(np.arange(len(on.told.claims)), having)
        assert without(on, gone)[name] == pytest.approx(0.0, abs=1e-9)
        idle += len(none)
    assert idle, "otherwise nothing was tried"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_counted_is_what_is_listed(seed: int) -> None:
    given = case(seed)
    for _, lead, why in explained(given, 0):
        assert (lead.groups, lead.other_sources) == (len(why.groups), len(why.other_sources)), lead.id
        moving = [claim for claim in why.denying if why.because.share(claim)]
        assert lead.denied == len(moving)
        assert (lead.score > 0) <= bool(lead.groups or lead.other_sources), lead.id


@pytest.mark.parametrize("seed", SEEDS)
def test_who_stands_behind_a_lead_is_counted_alike_where_accounts_are_told_as_one(seed: int) -> None:
    """As far as the same links raise it: how many groups there are is counted on all that was said of these."""
    given = case(seed)
    for _, lead, why in explained(given, 3):
        raising = {claim.key for claim in why.supporting if why.because.share(claim) > 0}
        speaking = [claim for claim in given[0] if claim.key in raising and claim.asserts]
        assert lead.other_sources == len({claim.source for claim in speaking if claim.source_kind != "witness"})
        witnesses = {claim.source for claim in speaking if claim.source_kind == "witness"}
        assert lead.groups == len(groups(witnesses, given[2])), lead.id


@pytest.mark.parametrize("tie", ["p1 RIVAL_OF p2", "p1 OWES p2", "p2 OWES p1", "p2 RIVAL_OF p1"])
def test_a_tie_that_says_nothing_of_a_part_raises_nobody(tie: str) -> None:
    told = [said("s1: p2 RUNS g1"), said("s2: p2 DIRECTED p3"), said("s3: p3 PILOTED c1")]
    before, after = (
        {lead.id: lead.score for lead in ranked(basis(claims, people("p1", "p2", "p3"), {})).leads}
        for claims in (told, [*told, said(f"r: {tie}", source_kind="record")])
    )
    assert after == before
    assert before["p1"] == 0.0


@pytest.mark.parametrize("tie", ["p1 RIVAL_OF p2", "p1 OWES p2"])
def test_nor_where_there_are_contacts_alone(tie: str) -> None:
    told = [said("s1: p2 CONTACTED p3"), said("s2: p3 CONTACTED p4")]
    before, after = (
        {lead.id: lead.score for lead in ranked(basis(claims, people("p1", "p2", "p3", "p4"), {})).leads}
        for claims in (told, [*told, said(f"r: {tie}", source_kind="record")])
    )
    assert after["p1"] == before["p1"] == 0.0


def test_what_is_denied_and_nobody_asserts_has_no_share_and_hinders_none() -> None:
    """The last link of all is one that is only denied."""
    for denial in ("s2: p3 not CONTACTED p2", "s2: p9 not RUNS g1", "s2: p9 not ORGANISED c1"):
        given: Given = [said("s1: p1 CONTACTED p2"), said(denial)], people("p1", "p2", "p3", "p9"), {}
        for few_below in (0, 3):
            for _, lead, why in explained(given, few_below):
                assert sum(why.because.shares.values()) == pytest.approx(lead.score, abs=1e-7)
                assert (lead.denied, lead.denying_groups) == (0, 0)


@pytest.mark.parametrize(("relation", "listed", "score"), [("ORGANISED", "lowering", 1), ("PILOTED", "supporting", -1)])
def test_a_claim_that_joins_two_groups_takes_from_what_they_say(relation: str, listed: str, score: int) -> None:
    keys = {"s1": frozenset({"boat"}), "s2": frozenset({"house"}), "s3": frozenset({"boat", "house"})}
    # Somebody else organises something: where nobody does, steering puts nobody before others.
    claims = [*(said(f"{source}: p1 {relation} c1") for source in ("s1", "s2")), said("s9: p9 ORGANISED c9")]
    # Who steers again and again is crew, and with each further boat more so.
    claims += [said(f"s{number}: p1 PILOTED c{number}") for number in range(10, 18)]
    weak = said(f"s3: p1 {relation} c1", assessment="E")
    persons = people("p1", "p9")
    on = basis([*claims, weak], persons, keys)
    why = explain("p1", [*claims, weak], persons, keys, reasons(on, "p1"))
    assert "s3" in [claim.source for claim in getattr(why, listed)]
    assert why.because.share(weak) == 0.0
    apart, joined = (
        next(lead for lead in ranked(basis(told, persons, keys)).leads if lead.id == "p1")
        for told in (claims, [*claims, weak])
    )
    assert score * joined.score < score * apart.score
    assert len(why.groups) == joined.groups
