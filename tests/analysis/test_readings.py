"""Innocent readings: each is found where it fits and absent where it does not, also on merged statements."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.examples import claim_from
from graphsvc.analysis.ranking.folding import merge_witness_claims
from graphsvc.analysis.robustness.readings import InnocentReading, readings

INTERPRETER = [claim_from(f"s{n}: i SERVED m{n}") for n in range(40)] + [
    claim_from(f"s{n}: m{n} CONTACTED i") for n in range(41)
]
FITS = {
    "served": INTERPRETER,
    "serving": [claim_from(f"s1: i SERVED a{n}") for n in range(3)],
    "family": [claim_from("s1: i DIRECTED a"), claim_from("s2: i RECRUITED b"), claim_from("s3: i RELATED_TO a")],
    "paid": [claim_from("s1: a PAID i"), claim_from("s2: i SERVED a"), claim_from("s2: i SERVED b")],
    "coerced": [claim_from("s1: i PILOTED c1"), claim_from("s1: boss COERCED i")],
    "same": [claim_from("s1: i SAME_AS j")],
    "one boat": [
        claim_from("s1: i DIRECTED a"),
        claim_from("s1: i DIRECTED b"),
        claim_from("s1: a PILOTED c1"),
        claim_from("s1: b CROSSED_ON c1"),
    ],
}
DOES_NOT = {
    "served": [claim_from("s1: i SERVED a"), claim_from("s2: i CONTACTED a"), claim_from("s3: i CONTACTED b")],
    "serving": [claim_from(f"s1: i SERVED a{n}") for n in range(2)]
    + [claim_from(f"s1: a{n} SERVED i") for n in range(3)],
    "family": [claim_from("s1: i DIRECTED a"), claim_from("s3: i RELATED_TO c")],
    "paid": [claim_from("s1: a PAID i"), claim_from("s1: b PAID i"), claim_from("s2: i SERVED a")],
    "coerced": [claim_from("s1: i PILOTED c1"), claim_from("s1: i COERCED boss")],
    "same": [claim_from("s1: i not SAME_AS j")],
    "one boat": [claim_from("s1: i DIRECTED a"), claim_from("s1: a PILOTED c1"), claim_from("s1: a PILOTED c2")],
}


def read(claims: list[Claim], *more: Collection[Any]) -> list[InnocentReading]:
    return readings("i", claims, claims, *more)


@pytest.mark.parametrize("name", FITS)
def test_found_where_it_fits(name: str) -> None:
    names = {reading.name for reading in read(FITS[name])}
    assert name in names
    assert name not in {reading.name for reading in read(DOES_NOT[name])}


@pytest.mark.parametrize("name", FITS)
def test_what_was_taken_back_makes_no_reading(name: str) -> None:
    for claim in FITS[name]:
        claim.status = "withdrawn"
    try:
        assert read(FITS[name]) == []
    finally:
        for claim in FITS[name]:
            claim.status = "active"


@pytest.mark.parametrize("name", FITS)
def test_told_as_one_it_reads_the_same(name: str) -> None:
    assert read(merge_witness_claims(FITS[name])) == read(FITS[name])
    twice = FITS[name] + [claim_from(claim.id.replace(claim.source, "another", 1)) for claim in FITS[name]]
    assert read(merge_witness_claims(twice)) == read(merge_witness_claims(FITS[name]))


def test_the_numbers_are_of_people() -> None:
    met, serving = read(INTERPRETER)
    assert met.text.startswith("Met 40 of the 41 people")
    assert serving.text.startswith("Is said to have served 40 people lawfully")
    assert len(met.entities) == len(serving.entities) == 40


def test_whom_a_lead_served_is_told_though_nobody_told_of_a_meeting_and_one_order_raises_them() -> None:
    doctor = [claim_from(f"s{n}: i SERVED m{n}") for n in range(28)] + [claim_from("s1: i DIRECTED a")]
    (reading,) = read(doctor, [doctor[-1]])
    assert (reading.name, len(reading.entities)) == ("serving", 28)
    assert reading.text.startswith("Is said to have served 28 people lawfully")


def test_of_whom_the_service_is_denied_is_not_counted_unless_the_denial_was_taken_back() -> None:
    served = [claim_from(f"s1: i SERVED a{n}") for n in range(4)]
    denied = [claim_from(f"s2: i not SERVED a{n}") for n in range(2)]
    (reading,) = read([*served, denied[0]])
    assert reading.entities == ("a1", "a2", "a3")
    assert read([*served, *denied]) == read(merge_witness_claims([*served, *denied])) == []
    withdrawn = [claim_from(claim.id) for claim in denied]
    for claim in withdrawn:
        claim.status = "withdrawn"
    assert len(read([*served, *withdrawn])[0].entities) == 4


def test_an_interest_is_said_beside_whatever_else_raises_a_lead() -> None:
    claims = [claim_from("s1: i RUNS g1"), claim_from("s2: i DIRECTED a")]
    texts = {
        interested: [reading.text.partition(" sources")[0] for reading in read(claims, claims, set(interested))]
        for interested in ((), ("s1",), ("s1", "s2"), ("s3",))
    }
    assert texts == {
        (): [],
        ("s1",): ["Among who says what raises it are"],
        ("s1", "s2"): ["Said only by"],
        ("s3",): [],
    }
    assert read(claims, [], {"s1"}) == [], "what raises nobody is no matter"
    assert read(merge_witness_claims(claims), merge_witness_claims(claims), {"s1", "s2"}) == []


def test_orders_aboard_are_told_from_orders_ashore() -> None:
    ashore = FITS["one boat"]
    aboard = [*ashore, claim_from("s2: i CROSSED_ON c1")]
    (first,), (second,) = read(ashore), read(aboard)
    assert "aboard" not in first.text
    assert "aboard" in second.text
