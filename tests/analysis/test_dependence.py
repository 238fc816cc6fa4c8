"""Keys of sources express exactly what two sources share, and the decisions against it, pair by pair."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from graphsvc.analysis.claims.dependence import cliques, groups, in_common, shared_keys
from graphsvc.analysis.examples import claim_from
from graphsvc.cases.graph.figures import shares

BOAT = {name: [("crossing", "c1")] for name in ("s1", "s2", "s3", "s4")}


@pytest.mark.parametrize("seed", range(60))
def test_two_sources_have_a_key_in_common_exactly_if_they_depend_on_each_other(seed: int) -> None:
    rng = random.Random(seed)
    sources = [f"s{number}" for number in range(rng.randint(2, 7))]
    things = [("crossing", "c1"), ("crossing", "c2"), ("place", "c1"), ("family", "p1")]
    shares = {source: rng.sample(things, rng.randint(0, 3)) for source in sources}
    pairs = list(combinations(sources, 2))
    apart = rng.sample(pairs, rng.randint(0, len(pairs)))
    joined = [pair for pair in pairs if pair not in apart and rng.random() < 0.2]
    keys = shared_keys(shares, apart, [*joined, ("s0", "nobody")])
    assert set(keys) == set(sources)
    for first, second in pairs:
        share = not set(shares[first]).isdisjoint(shares[second])
        depend = (share and (first, second) not in apart) or (first, second) in joined
        assert bool(keys[first] & keys[second]) == depend, (first, second)


def test_without_decisions_a_thing_makes_one_key_however_many_hold_it() -> None:
    keys = shared_keys(BOAT)
    assert set(keys.values()) == {frozenset({"k0"})}
    many = {f"s{number:03}": [("interpreter", "p1")] for number in range(200)}
    split = shared_keys(many, apart=[("s000", "s001")])
    assert max(len(own_keys) for own_keys in split.values()) <= 2


def test_two_apart_are_two_groups_until_a_third_who_depends_on_both_speaks_as_well() -> None:
    keys = shared_keys(BOAT, apart=[("s1", "s2")])
    assert len(groups(["s1", "s2"], keys)) == 2
    assert len(groups(["s1", "s2", "s3"], keys)) == 1
    assert len(groups(["s1", "s2", "s3"], shared_keys(BOAT, apart=list(combinations(("s1", "s2", "s3"), 2))))) == 3


def test_two_joined_are_one_group_and_take_nobody_along() -> None:
    keys = shared_keys({"s1": [], "s2": [("place", "w1")], "s3": [("place", "w1")]}, joined=[("s1", "s2")])
    assert len(groups(["s1", "s2"], keys)) == 1
    assert len(groups(["s1", "s3"], keys)) == 2
    # In a figure that uses all three, they form one group.
    assert len(groups(["s1", "s2", "s3"], keys)) == 1


def test_cliques_hold_no_pair_apart() -> None:
    assert cliques(["s1"], []) == []
    assert cliques(["s1", "s2"], [("s1", "s2")]) == []
    assert cliques(["s1", "s2"], [("s1", "s3")]) == [{"s1", "s2"}]


def test_what_is_recorded_as_shared_is_told_whatever_was_decided() -> None:
    shares = {"s1": [("crossing", "c1"), ("place", "w1")], "s2": [("crossing", "c1")], "s3": [("place", "w1")]}
    assert [
        (circumstance.reason, circumstance.thing, circumstance.sources)
        for circumstance in in_common(["s1", "s2"], shares)
    ] == [("crossing", "c1", ("s1", "s2"))]
    assert [circumstance.reason for circumstance in in_common(shares, shares)] == ["crossing", "place"]
    assert in_common(["s1", "nobody"], shares) == []


TOGETHER = [
    ("w1 CROSSED_ON c1", "w2 CROSSED_ON c1", "crossing"),
    ("w1 PILOTED c1", "w2 CROSSED_ON c1", "crossing"),
    ("w1 ASSISTED c1", "w2 CROSSED_ON c1", "crossing"),
    ("w1 WORKED_AT h1", "w2 WORKED_AT h1", "place"),
    ("w1 LIVED_AT h1", "w2 LIVED_AT h1", "place"),
    ("w1 LIVED_AT h1", "w2 WORKED_AT h1", "place"),
    ("w1 MANAGED h1", "w2 WORKED_AT h1", "place"),
    ("p1 RECRUITED w1", "p1 RECRUITED w2", "recruiter"),
    ("w1 RELATED_TO p1", "p1 RELATED_TO w2", "family"),
    ("w1 RELATED_TO w2", "w9 CROSSED_ON c9", "family"),
]


def keys_where(*texts: str) -> dict[str, frozenset[str]]:
    """Keys of two witnesses, s1 and s2, with the ids w1 and w2; s3 makes these claims about them."""
    claims = [
        claim_from(text) for text in ("s1: p7 DIRECTED p8", "s2: p7 DIRECTED p8", *(f"s3: {text}" for text in texts))
    ]
    gradings: dict[str, dict[str, str]] = {claim.statement: {} for claim in claims}
    return shared_keys(shares(claims, gradings, {"s1": "w1", "s2": "w2"}))


@pytest.mark.parametrize(("first", "second", "reason"), TOGETHER)
def test_witnesses_of_one_boat_house_workplace_recruiter_or_family_are_one_group(
    first: str, second: str, reason: str
) -> None:
    claims = [
        claim_from(text) for text in ("s1: p7 DIRECTED p8", "s2: p7 DIRECTED p8", f"s3: {first}", f"s4: {second}")
    ]
    things = shares(claims, {claim.statement: {} for claim in claims}, {"s1": "w1", "s2": "w2"})
    assert {common.reason for common in in_common(["s1", "s2"], things)} == {reason}
    assert len(groups(["s1", "s2"], keys_where(first, second))) == 1
    # They stay independent if the things differ, if one claim is a denial, or if it concerns only one witness.
    elsewhere = second.replace("c1", "c2").replace("h1", "h2").replace("p1", "p2")
    for texts in ((first, elsewhere), (first, ""), (first, second.replace(" ", " not ", 1))):
        if reason != "family" or "w2" not in first:
            assert len(groups(["s1", "s2"], keys_where(*filter(None, texts)))) == 2, texts


@pytest.mark.parametrize("relation", ["HOUSED", "TRANSPORTED", "DIRECTED", "PAID", "SERVED", "CONTACTED"])
def test_to_have_dealt_with_the_same_person_makes_nobody_depend_on_anybody(relation: str) -> None:
    """A keeper has more than one house; people who lived in the same house have claims that say so."""
    assert len(groups(["s1", "s2"], keys_where(f"p1 {relation} w1", f"p1 {relation} w2"))) == 2
