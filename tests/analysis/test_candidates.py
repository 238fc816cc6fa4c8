"""Who is ranked."""

from __future__ import annotations

import pytest

from graphsvc.analysis.candidates import candidates
from graphsvc.analysis.evidence import Person
from graphsvc.analysis.examples import people, said


@pytest.mark.parametrize(
    ("text", "sealed", "category", "ranked"),
    [
        ("s: p CROSSED_ON c", False, "", False),
        ("s: p CROSSED_ON c", False, "suspect", True),
        ("s: p PILOTED c", True, "", True),
        ("s: p PAID q", True, "", False),
        ("s: p PAID q", False, "", True),
        ("s: q PAID p", True, "", True),
        ("s: q RECRUITED p", False, "", False),
        ("s: q SERVED p", False, "", True),
        ("s: p SERVED q", False, "", True),
        ("s: p CONTACTED q", False, "", True),
        ("s: p CONTACTED q", True, "", False),
        ("s: q RUNS g", False, "", True),
        ("s: q RUNS g", False, "victim", False),
        ("s: q RUNS g", True, "", False),
        ("s: p not PILOTED c", True, "", False),
    ],
)
def test_who_is_ranked(text: str, sealed: bool, category: str, ranked: bool) -> None:
    person = Person("p", "", frozenset({category} - {""}), sealed)
    assert ("p" in candidates([said(text)], [person])) is ranked


def test_withdrawn_parts_make_no_candidate() -> None:
    person = Person("p", "", frozenset(), True)
    assert not candidates([said("s: p PILOTED c", status="withdrawn")], [person])


def test_who_was_carried_and_is_in_touch_with_those_who_play_a_part_was_not_only_carried() -> None:
    told = [
        said("s1: boss ORGANISED x1"),
        said("s1: pal CROSSED_ON x1"),
        said("s2: pal CONTACTED boss"),
        said("s1: other CROSSED_ON x1"),
        said("s2: other ASSOCIATES_WITH pal"),
        said("s3: driver SERVED other"),
        said("s3: driver CONTACTED third"),
        said("s3: third CROSSED_ON x1"),
    ]
    everyone = people("boss", "pal", "other", "driver", "third")
    assert candidates(told, everyone) == {"boss", "pal", "driver"}
    assert candidates(told, people("boss", "pal", sealed=["pal"])) == {"boss"}
