from __future__ import annotations

import doctest

import pytest

from graphsvc.views import charts, fields, wording


@pytest.mark.parametrize("module", [charts, fields, wording], ids=["charts", "fields", "wording"])
def test_examples_in_docstrings_hold(module: object) -> None:
    tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert tried.attempted > 0
    assert tried.failed == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "asserted by nothing that counts"),
        (0.0, "weakly supported (0.00)"),
        (0.5, "more likely than not (0.50)"),
        (0.65, "supported (0.65)"),
        (1.0, "well supported (1.00)"),
    ],
)
def test_belief_in_words_at_its_bounds(value: float | None, words: str) -> None:
    assert wording.belief(value) == words


def test_a_denial_is_told_as_one() -> None:
    row = {"subject": "P1", "relation": "PILOTED", "object": "X1", "polarity": "denies", "from_on": None, "to_on": None}
    assert wording.claim(row) == "P1 did not, it is said: piloted X1"


def test_crossings_in_sentences_bear_their_date_in_words() -> None:
    row = {
        "subject_name": "Ash",
        "subject_kind": "person",
        "relation": "ORGANISED",
        "object_name": "2020-05-08T04:30Z, Dunkirk",
        "object_kind": "crossing",
    }
    assert wording.claim(row) == "Ash organised 8 May 2020, 04:30 UTC, Dunkirk"


def test_relations_of_the_deliverer_s_own_read_as_words() -> None:
    assert wording.verb("X_SOLD_PHONE_TO") == "sold phone to"
