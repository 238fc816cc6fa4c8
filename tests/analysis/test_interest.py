"""Claims in which the source has an interest, worked out by hand."""

from __future__ import annotations

import pytest

from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.interest import ACCUSES, interests
from graphsvc.analysis.examples import claim_from

PERSONS = {"s1": "p1", "s2": "p2"}
ABOUT = claim_from("s1: p9 RUNS g9", id="about")


def record(text: str) -> Claim:
    return claim_from(f"r: {text}", source_kind="record")


def mark_of(*further: Claim) -> str:
    """Mark of the claim by s1 that p9 runs g9, given these other claims."""
    return interests([ABOUT, *further], PERSONS).get("about", "")


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        ([], ""),
        (["p1 RIVAL_OF p9"], "rival"),
        (["p9 RIVAL_OF p1"], "rival"),
        (["p1 RIVAL_OF g9"], "rival"),
        (["p1 MEMBER_OF g1", "g9 RIVAL_OF g1"], "rival"),
        (["p1 RUNS g1", "g1 RIVAL_OF p9"], "rival"),
        (["g1 RIVAL_OF g9"], ""),
        (["p1 OWES p9"], "owes"),
        (["p9 OWES p1"], "owed"),
        (["g9 OWES p1"], "owed"),
        (["p2 OWES p9", "p2 RIVAL_OF g9"], ""),
        (["p1 PAID p9", "p1 ASSOCIATES_WITH p9"], ""),
    ],
)
def test_a_quarrel_or_a_debt_of_the_sources_own_marks_the_claim(texts: list[str], mark: str) -> None:
    assert mark_of(*map(record, texts)) == mark


def test_a_claim_about_who_accuses_the_source_is_marked() -> None:
    persons = {"s1": "p1", "s9": "p9"}
    claims = [
        claim_from("s1: p9 LIVED_AT w1", id="about"),
        claim_from("s9: p1 DIRECTED p3"),
        claim_from("s9: p3 RUNS g1", id="other"),
    ]
    assert interests(claims, persons) == {"about": "accuser"}
    # If two people accuse each other, each makes claims about an accuser.
    assert interests([ABOUT, claim_from("s9: p1 DIRECTED p3", id="back")], persons) == {
        "about": "accuser",
        "back": "accuser",
    }


def test_to_say_that_someone_paid_owes_or_was_carried_accuses_nobody() -> None:
    persons = {"s1": "p1", "s9": "p9"}
    claims = [claim_from("s9: p1 PAID p3", id="paid"), claim_from("s9: p1 CROSSED_ON c1", id="carried")]
    assert "about" not in interests([ABOUT, *claims], persons)
    # Accusers of the source matter only if the claim mentions them.
    assert interests([ABOUT, claim_from("s2: p1 DIRECTED p3")], PERSONS) == {}
    assert {"PAID", "OWES", "CROSSED_ON", "SERVED", "RELATED_TO"}.isdisjoint(ACCUSES)


def test_denied_and_taken_back_quarrels_mark_nothing_but_claims_without_weight_are_marked() -> None:
    assert mark_of(claim_from("r: p1 not RIVAL_OF p9", source_kind="record")) == ""
    assert mark_of(claim_from("r: p1 RIVAL_OF p9", source_kind="record", status="withdrawn")) == ""
    back = claim_from("s1: p9 PILOTED c1", id="back", status="withdrawn")
    denial = claim_from("s1: p9 not PILOTED c2", id="denial")
    assert set(interests([back, denial, record("p1 OWES p9")], PERSONS)) == {"back", "denial"}


def test_the_strongest_stands_and_nobody_has_an_interest_about_themselves() -> None:
    assert mark_of(record("p1 OWES p9"), record("p9 RIVAL_OF p1")) == "rival"
    own = claim_from("s1: p1 PILOTED c1", id="own")
    assert interests([own, record("p1 OWES p1"), record("p1 RIVAL_OF p1")], PERSONS) == {}


def test_who_is_no_source_of_the_case_marks_nothing() -> None:
    assert interests([ABOUT, record("p1 OWES p9")], {}) == {}
    assert interests([record("p9 RUNS g9"), record("p1 OWES p9")], PERSONS) == {}
    report = claim_from("s1: p9 RUNS g9", id="report", source_kind="intelligence")
    accusing = claim_from("s2: p1 DIRECTED p3", source_kind="intelligence")
    assert interests([report, accusing, record("p1 OWES p9"), record("p1 OWES p2")], PERSONS) == {}
