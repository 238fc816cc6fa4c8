"""Anonymity sets: answers worked out by hand, and properties that are true whatever is shown."""

from __future__ import annotations

import time
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.exposure.omission import Told, fewest
from graphsvc.analysis.exposure.presence import PRIVY, Fact, PresenceGround, ground
from graphsvc.analysis.exposure.witnesses import exposure
from graphsvc.records.relations import RELATIONS


def record(text: str, **changes: Any) -> Claim:
    return claim_from(f"r: {text}", source_kind="record", **changes)


def suspect(name: str) -> Person:
    return Person(name, name, frozenset({"suspect"}), sealed=False)


# Boat c1 carried p1-p5 on 8 May, c2 carried p4-p6 on 9 May; x piloted both. At w1 worked p1 and p7 in May, p2 in June.
CLAIMS = [
    *(record(f"p{n} CROSSED_ON c1") for n in (1, 2, 3, 4, 5)),
    *(record(f"p{n} CROSSED_ON c2") for n in (4, 5, 6)),
    record("x PILOTED c1"),
    record("x PILOTED c2"),
    record("p1 WORKED_AT w1", from_on="2020-05-01", to_on="2020-05-31"),
    record("p7 WORKED_AT w1", from_on="2020-05-01", to_on="2020-05-31"),
    record("p2 WORKED_AT w1", from_on="2020-06-01", to_on="2020-06-30"),
    record("b1 USED_ON c1", subject_kind="boat"),
    record("g1 ORGANISED c2", subject_kind="gang"),
]
DAYS = {"c1": "2020-05-08", "c2": "2020-05-09"}
KNOWN = ground(CLAIMS, [suspect("x")], DAYS)


def knowing(fact: Fact, known: PresenceGround = KNOWN) -> set[str]:
    privy = known.privy(fact)
    return {name for name, number in known.people.items() if privy >> number & 1}


def test_every_relation_says_who_is_privy() -> None:
    assert set(PRIVY) == set(RELATIONS)
    for name, rule in PRIVY.items():
        assert rule.at in ("", "object")
        assert rule.beside in ("", "object", "both")
        kinds = RELATIONS[name]
        # A person as the object is not a place.
        assert not (rule.at and "person" in kinds.objects), name
        assert not (rule.beside and kinds.objects != ("person",)), name


@pytest.mark.parametrize(
    ("fact", "who"),
    [
        (Fact("x", "PILOTED", "c1"), "p1 p2 p3 p4 p5"),
        (Fact("p1", "CROSSED_ON", "c1"), "p1 p2 p3 p4 p5"),
        (Fact("b1", "USED_ON", "c1"), "p1 p2 p3 p4 p5"),
        # A boat or a gang is known to the people on its crossing.
        (Fact("q", "SUPPLIED", "b1"), "p1 p2 p3 p4 p5"),
        (Fact("x", "RUNS", "g1"), "p4 p5 p6"),
        # People who were at the place on those days; later arrivals were not.
        (Fact("p1", "WORKED_AT", "w1", "2020-05-10"), "p1 p7"),
        (Fact("y", "CONTROLS", "w1", "2020-06-10"), "p2"),
        (Fact("y", "CONTROLS", "w1"), "p1 p2 p7"),
        # Known only to the two people in the link, and the accused does not accuse themselves.
        (Fact("x", "PAID", "p1"), "p1"),
        (Fact("x", "RECRUITED", "p6"), "p6"),
        (Fact("p1", "RELATED_TO", "p2"), "p1 p2"),
        # Seen by the people who were with the victim of the act.
        (Fact("y", "COERCED", "p7", "2020-05-10"), "p1 p7"),
        (Fact("y", "DIRECTED", "x", "2020-05-09"), "p4 p5 p6"),
        (Fact("p1", "ASSOCIATES_WITH", "p4"), "p1 p2 p3 p4 p5"),
        (Fact("p1", "ASSOCIATES_WITH", "p6"), "p1 p6"),
        (Fact("p1", "X_SOLD_TO", "p6"), "p1 p6"),
        (Fact("x", "PILOTED", "c9"), ""),
    ],
    ids=lambda value: "-".join(value.key) if isinstance(value, Fact) else "",
)
def test_who_could_have_known(fact: Fact, who: str) -> None:
    known = ground(
        [*CLAIMS, claim_from("s9: y COERCED p7"), claim_from("s9: p1 RELATED_TO p2"), claim_from("s9: x PAID p1")],
        [suspect("x"), suspect("y")],
        DAYS,
    )
    assert knowing(fact, known) == set(who.split())


def test_a_stay_without_days_is_none_on_a_day_and_a_denied_one_is_none() -> None:
    claims = [
        record("p1 WORKED_AT w1"),
        record("p2 WORKED_AT w1", from_on="2020-05-08"),
        claim_from("s: p2 LIVED_AT w2"),
    ]
    known = ground(
        [*claims, claim_from("t: p2 not LIVED_AT w2"), claim_from("t: p1 LIVED_AT w2", status="withdrawn")], []
    )
    assert knowing(Fact("y", "CONTROLS", "w1", "2020-05-08"), known) == {"p2"}
    assert knowing(Fact("y", "CONTROLS", "w1"), known) == {"p1", "p2"}
    assert knowing(Fact("y", "CONTROLS", "w2"), known) == set()


def test_a_stay_that_only_may_have_been_on_the_day_makes_no_set_larger() -> None:
    stays = (
        ("p1", "2020-05-01", "2020-05-31"),
        ("p2", "2020", ""),
        ("p3", "2020-05", ""),
        ("p4", "2020-04", "2020-06"),
    )
    known = ground([record(f"{who} WORKED_AT w1", from_on=begin, to_on=end) for who, begin, end in stays], [])
    assert knowing(Fact("y", "CONTROLS", "w1", "2020-05-08"), known) == {"p1", "p4"}
    assert knowing(Fact("y", "CONTROLS", "w1"), known) == {"p1", "p2", "p3", "p4"}


def test_two_rows_said_to_be_one_person_count_once() -> None:
    known = ground([*CLAIMS, claim_from("s: p1 SAME_AS p2")], [], DAYS)
    assert known.privy(Fact("x", "PILOTED", "c1")).bit_count() == 4


def test_what_rests_on_a_witness() -> None:
    known = ground(
        [
            claim_from("s1: x PILOTED c1"),
            claim_from("s2: x not PILOTED c1"),
            claim_from("s3: x PILOTED c1", status="superseded"),
            record("x PILOTED c1"),
            record("x PILOTED c2"),
        ],
        [],
    )
    assert known.rests == {("x", "PILOTED", "c1"): frozenset({"s1", "s2"})}


BOAT, OTHER, WORK, PAY = (
    Fact("x", "PILOTED", "c1"),
    Fact("x", "PILOTED", "c2"),
    Fact("x", "CONTROLS", "w1", "2020-05-10"),
    Fact("x", "PAID", "p1"),
)


def test_sets_are_met_per_witness_and_over_what_was_given_before() -> None:
    now = exposure({BOAT: ["s1", "s2"], OTHER: ["s2"]}, KNOWN, below=3)
    assert [(witness.source, witness.size) for witness in now.witnesses] == [("s2", 2), ("s1", 5)]
    assert (now.smallest, now.safe) == (2, False)
    alone = exposure({OTHER: ["s2"]}, KNOWN, below=3)
    assert (alone.smallest, alone.safe, alone.leave_out) == (3, True, ())
    after = exposure({OTHER: ["s2"]}, KNOWN, below=3, earlier={BOAT: ["s2"]})
    (witness,) = after.witnesses
    assert (witness.size, witness.earlier, witness.before) == (2, 1, 5)
    assert after.leave_out == (OTHER,)
    # A witness is assessed only if something more about them is shown; showing nothing is safe.
    assert exposure({}, KNOWN, below=3, earlier={BOAT: ["s2"]}).witnesses == ()
    assert exposure({}, KNOWN, below=3).safe


def test_what_to_leave_out_is_the_fewest() -> None:
    # s1 is safe without the boat or without the work, so one is enough; s2 loses its only fact.
    exposed = exposure({BOAT: ["s1"], WORK: ["s1"], PAY: ["s2"]}, KNOWN, below=2)
    assert [(witness.source, witness.size) for witness in exposed.witnesses] == [("s1", 1), ("s2", 1)]
    assert (len(exposed.leave_out), exposed.exact, PAY in exposed.leave_out) == (2, True, True)
    # Leaving out one fact of both witnesses is better than leaving out one fact of each.
    shared = exposure({BOAT: ["s1"], OTHER: ["s2"], PAY: ["s1", "s2"]}, KNOWN, below=3)
    assert (shared.leave_out, shared.exact) == ((PAY,), True)
    assert shared.ranked[0][0] == PAY
    ordered = [entry.fact for entry in next(w for w in shared.witnesses if w.source == "s1").facts]
    assert ordered == [PAY, BOAT]


def test_what_cannot_be_taken_back_cannot_be_left_out() -> None:
    exposed = exposure({BOAT: ["s1"], PAY: ["s1"]}, KNOWN, below=2, earlier={PAY: ["s1"]})
    assert set(exposed.leave_out) == {BOAT, PAY}


sets = st.dictionaries(st.integers(0, 6), st.integers(0, 2**8 - 1), min_size=1, max_size=5)


def disclosed_facts(numbers: dict[int, int], before: dict[int, int]) -> Told:
    facts = {Fact("x", "PILOTED", f"c{number}"): those for number, those in numbers.items()}
    return Told({Fact("x", "PILOTED", f"c{number}"): those for number, those in before.items()}, facts)


@settings(max_examples=60)
@given(st.lists(sets, min_size=1, max_size=3), st.integers(1, 4))
def test_leaving_out_is_enough_and_no_choice_is_smaller(witness_sets: list[dict[int, int]], below: int) -> None:
    witnesses = [disclosed_facts(by_fact, {}) for by_fact in witness_sets]
    chosen, least = fewest(witnesses, below)
    assert all(witness.safe(below, chosen) for witness in witnesses)
    facts = sorted({fact for witness in witnesses for fact in witness.now}, key=str)
    for number in range(len(chosen)):
        for fewer in combinations(facts, number):
            assert not all(witness.safe(below, frozenset(fewer)) for witness in witnesses)
    assert len(chosen) == least


@settings(max_examples=100)
@given(sets, sets, st.sets(st.integers(0, 6)), sets)
def test_leaving_out_lowers_no_set_and_giving_more_raises_none(
    now: dict[int, int], before: dict[int, int], out: set[int], more: dict[int, int]
) -> None:
    whole = disclosed_facts(now, {number + 10: those for number, those in before.items()})
    left = {number: those for number, those in now.items() if number not in out}
    if left:
        assert disclosed_facts(left, {number + 10: those for number, those in before.items()}).size() >= whole.size()
    earlier = {number + 10: those for number, those in before.items()}
    later = disclosed_facts(now, earlier | {number + 20: those for number, those in more.items()})
    assert later.size() <= whole.size()
    for fact, gained in whole.gains().items():
        if len(whole.others()) > 1:
            assert whole.size({fact}) == whole.size() + gained


def test_a_large_case_takes_little_time() -> None:
    many = [record(f"p{n} CROSSED_ON c{n % 400}") for n in range(20_000)]
    many += [claim_from(f"s{n}: x PILOTED c{n}") for n in range(400)]
    began = time.process_time()
    known = ground(many, people(*(f"p{n}" for n in range(20_000))), {})
    sources_by_fact = {Fact("x", "PILOTED", f"c{n}"): ["one"] for n in range(400)}
    exposed = exposure(sources_by_fact, known, below=5)
    assert time.process_time() - began < 10
    assert exposed.smallest == 0
    # No two boats have a person in common, so only one fact may stay. A search for the fewest stops earlier.
    assert len(exposed.leave_out) == 399
    assert exposed.at_least > 1
    assert not exposed.exact
