"""Candidates: the people who are ranked."""

from __future__ import annotations

import pytest

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.candidates import split_people


def candidates(claims: list[Claim], persons: list[Person]) -> frozenset[str]:
    return split_people(claims, persons)[0]


@pytest.mark.parametrize("sealed", [False, True], ids=["by name", "by pseudonym"])
@pytest.mark.parametrize(
    ("text", "category", "ranked"),
    [
        ("s: p CROSSED_ON c", "", False),
        ("s: p CROSSED_ON c", "suspect", True),
        ("s: p PILOTED c", "", True),
        ("s: p PAID q", "", True),
        ("s: q PAID p", "", True),
        ("s: q RECRUITED p", "", False),
        ("s: q SERVED p", "", True),
        ("s: p SERVED q", "", True),
        ("s: p CONTACTED q", "", True),
        ("s: q RUNS g", "", True),
        ("s: q RUNS g", "victim", False),
        ("s: p not PILOTED c", "", True),
    ],
)
def test_who_is_ranked_and_how_they_stand_plays_no_part(text: str, sealed: bool, category: str, ranked: bool) -> None:
    person = Person("p", "", frozenset({category} - {""}), sealed)
    assert ("p" in candidates([claim_from(text)], [person])) is ranked


@pytest.mark.parametrize(
    ("more", "ranked"),
    [
        ([], True),
        (["s2: boss COERCED p"], False),
        (["s2: boss not COERCED p"], True),
        (["s2: boss COERCED p", "s3: boss not COERCED p"], False),
        (["s2: boss COERCED p", "s3: p CONTACTED boss", "s3: p PAID boss"], False),
        (["s2: boss COERCED p", "s3: p ORGANISED c"], True),
        (["s2: boss COERCED p", "s3: p COERCED q"], True),
    ],
)
def test_a_forced_pilot_is_never_ranked_unless_they_commanded(more: list[str], ranked: bool) -> None:
    claims = [claim_from("s1: p PILOTED c"), *map(claim_from, more)]
    assert ("p" in candidates(claims, people("p", "boss"))) is ranked


def test_a_child_is_never_ranked_whatever_is_said() -> None:
    child = Person("p", "", frozenset({"suspect"}), True, child=True)
    assert candidates([claim_from("s: p ORGANISED c"), claim_from("s: p PILOTED c")], [child]) == set()


def test_withdrawn_parts_make_no_candidate() -> None:
    carried = claim_from("s: p CROSSED_ON c")
    taken_back = claim_from("s: p PILOTED c", status="withdrawn")
    assert not candidates([carried, taken_back], people("p"))
    assert candidates([carried, claim_from("s: p PILOTED c")], people("p"))


def test_who_was_carried_and_is_in_touch_with_those_who_play_a_part_was_not_only_carried() -> None:
    claims = [
        claim_from("s1: boss ORGANISED x1"),
        claim_from("s1: pal CROSSED_ON x1"),
        claim_from("s2: pal CONTACTED boss"),
        claim_from("s1: other CROSSED_ON x1"),
        claim_from("s2: other ASSOCIATES_WITH pal"),
        claim_from("s3: driver SERVED other"),
        claim_from("s3: driver CONTACTED third"),
        claim_from("s3: third CROSSED_ON x1"),
    ]
    everyone = people("boss", "pal", "other", "driver", "third")
    assert candidates(claims, everyone) == {"boss", "pal", "driver"}
    assert candidates(claims, people("boss", "pal", sealed=["pal"])) == {"boss", "pal"}


@pytest.mark.parametrize(
    ("texts", "ranked"),
    [
        (["s1: worker WORKED_AT w1", "s2: boss MANAGED w1", "s3: boss PAID worker"], False),
        (["s1: worker WORKED_AT w1", "s2: boss CONTROLS w2", "s3: boss PAID worker"], False),
        (["s1: worker WORKED_AT w1", "s3: boss PAID worker"], True),
        (["s1: worker WORKED_AT w1", "s2: boss not MANAGED w1", "s3: boss PAID worker"], True),
        (["s1: worker CROSSED_ON c1", "s2: boss MANAGED w1", "s3: boss PAID worker"], True),
        (["s1: worker WORKED_AT w1", "s2: boss MANAGED w1", "s3: boss PAID worker", "s4: other PAID worker"], True),
        (["s1: worker WORKED_AT w1", "s2: boss MANAGED w1", "s3: boss PAID worker", "s4: worker MANAGED w1"], True),
    ],
)
def test_a_wage_gives_no_part(texts: list[str], ranked: bool) -> None:
    """A worker paid by the person who runs the workplace is not a candidate because of that pay."""
    claims = [*map(claim_from, texts), claim_from("s5: mate WORKED_AT w1"), claim_from("s5: mate CONTACTED worker")]
    chosen = candidates(claims, people("worker", "mate"))
    assert chosen == ({"worker", "mate"} if ranked else set())
