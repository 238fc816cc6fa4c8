"""Who is ranked."""

from __future__ import annotations

import pytest

from graphsvc.analysis.candidates import candidates
from graphsvc.analysis.evidence import Person
from graphsvc.analysis.examples import said


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
