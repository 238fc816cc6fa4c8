"""The reasons shown for a lead."""

from __future__ import annotations

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.basis import basis
from graphsvc.analysis.ranking.leads import Explanation, explain
from graphsvc.analysis.ranking.reasons import reasons


def why_is(lead: str, claims: list[Claim], persons: list[Person]) -> Explanation:
    return explain(lead, claims, persons, {}, reasons(basis(claims, persons, {}), lead))


CLAIMS = [
    claim_from("s1: a PILOTED c1"),
    claim_from("s2: top DIRECTED a"),
    claim_from("log: top PAID a", source_kind="record"),
    claim_from("s3: top not DIRECTED a"),
    claim_from("s4: top RUNS g1", status="withdrawn"),
    claim_from("s5: top SERVED a"),
    claim_from("s6: boss DIRECTED top"),
    claim_from("s7: boss HOUSED top"),
]


def test_accounts_for_and_against_and_who_stands_behind() -> None:
    why = why_is("top", CLAIMS, people("top", "a", "boss"))
    assert {claim.id for claim in why.supporting} == {"s2: top DIRECTED a", "log: top PAID a"}
    assert [why.because.share(claim) for claim in why.supporting] == sorted(
        map(why.because.share, why.supporting), reverse=True
    )
    # Crew are housed and take orders; people who provide lawful services are seldom hubs.
    assert {claim.id for claim in why.lowering} == {"s7: boss HOUSED top", "s6: boss DIRECTED top", "s5: top SERVED a"}
    assert why.other == ()
    assert [claim.source for claim in why.denying] == ["s3"]
    assert [claim.source for claim in why.taken_back] == ["s4"]
    assert why.because.share(why.denying[0]) < 0
    assert why.groups == (frozenset({"s2"}),)
    assert why.other_sources == ("log",)


def test_paths_lead_from_sources_over_the_operation() -> None:
    why = why_is("top", CLAIMS, people("top", "a", "boss"))
    ways = {path.source: [claim.id for claim in path.claims] for path in why.paths}
    assert ways["s2"] == ["s2: top DIRECTED a"]
    # The pilot's passenger leads to `top` through the strongest claim about the pilot: the record.
    assert ways["s1"] == ["s1: a PILOTED c1", "log: top PAID a"]
    assert "log" not in ways
    assert "s5" not in ways
    assert list(why.paths) == sorted(why.paths, key=lambda path: -path.strength)


def test_those_who_were_carried_are_no_step() -> None:
    claims = [
        claim_from("s1: m CROSSED_ON c1"),
        claim_from("s2: m CONTACTED x"),
        claim_from("s2: x DIRECTED m"),
        claim_from("s3: m CONTACTED z"),
    ]
    why = why_is("x", claims, people("x", "z", "m", sealed=["m"]))
    assert {path.source for path in why.paths} == {"s2"}


def test_nobody_known() -> None:
    why = why_is("nobody", CLAIMS, [])
    assert (why.supporting, why.paths, why.groups) == ((), (), ())
