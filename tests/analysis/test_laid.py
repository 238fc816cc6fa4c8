"""Claims in columns: every result is the same before and after the claims become objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from random import Random

import numpy as np
import pytest

from graphsvc.analysis.claims import laid as module
from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.claims.laid import ByEnd, LaidClaims, SomeClaims, columnar_claims
from graphsvc.analysis.claims.ledger import Ledger, encode
from graphsvc.analysis.examples import claim_from
from graphsvc.analysis.ranking.basis import Basis, basis
from graphsvc.analysis.ranking.candidates import carried_people, split_people
from graphsvc.analysis.ranking.hubs import rank_basis
from graphsvc.analysis.ranking.leads import explain, surroundings
from graphsvc.analysis.ranking.reasons import reasons
from graphsvc.analysis.robustness.brought import brought
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.pieces import pieces
from graphsvc.analysis.robustness.questions import weigh
from tests.analysis.random_cases import told_at_random, with_passengers

Given = tuple[list[Claim], list[Person], Dependence]
SEEDS = range(6)


def vary(make: Callable[[int], Given], seed: int) -> Given:
    """Make a random case with some claims withdrawn, superseded, sourceless, about a victim, or linking to oneself."""
    claims, persons, keys = make(seed)
    random = Random(seed)
    claims = [
        replace(
            claim,
            polarity=random.choices([claim.polarity, "denies", "withdrawn"], [8, 1, 1])[0],
            status=random.choices(["active", "superseded", "withdrawn"], [8, 1, 1])[0],
            source=random.choices([claim.source, ""], [8, 1])[0],
            amount=random.choice([None, 1, 1.0, 2.5]),
            interest=random.choices(["", "owes"], [8, 1])[0] if claim.source_kind == "witness" else "",
        )
        for claim in claims
    ]
    names = sorted({person.id for person in persons})
    for number, name in enumerate(random.choices(names, k=6)):
        claims.append(replace(claim_from(f"s{number}: {name} CONTACTED {name}"), id=f"self {number}"))
        claims.append(replace(claim_from(f"s{number}: {name} CROSSED_ON c{number % 2}"), id=f"aboard {number}"))
        claims.append(
            replace(claim_from(f"r{number}: {name} PAID {names[0]}", source_kind="record"), id=f"paid {number}")
        )
    persons = [
        replace(person, categories=frozenset(random.choices(["victim", "suspect", "other"], k=1))) for person in persons
    ]
    claims = [replace(claim, id=f"{claim.id} {number}") for number, claim in enumerate(claims)]
    random.shuffle(claims)
    return claims, persons, keys


def same(first: Ledger, second: Ledger) -> None:
    """Compare two ledgers in full, including the types of numbers."""
    for item in fields(Ledger):
        first_value, second_value = getattr(first, item.name), getattr(second, item.name)
        if isinstance(first_value, np.ndarray):
            assert first_value.dtype == second_value.dtype, item.name
            assert first_value.tolist() == second_value.tolist(), item.name
        elif item.name == "colours":
            assert str(first_value) == str(second_value)
        else:
            assert (list(first_value) if isinstance(first_value, Sequence) else first_value) == (
                list(second_value) if isinstance(second_value, Sequence) else second_value
            ), item.name


def in_columns(claims: list[Claim]) -> LaidClaims:
    """Store the claims in columns, with none of them an object yet."""
    return LaidClaims(columnar_claims(claims).columns())


@pytest.mark.parametrize("make", [told_at_random, with_passengers])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_ledger_and_who_is_ranked_are_the_same_and_no_claim_is_made_an_object(
    seed: int, make: Callable[[int], Given]
) -> None:
    claims, persons, keys = vary(make, seed)
    columns = in_columns(claims)
    ledger = encode(columns, keys)
    assert split_people(columns, persons) == split_people(claims, persons)
    assert carried_people(columns, persons) == carried_people(claims, persons)
    around, plain = surroundings(columns, persons), surroundings(claims, persons)
    assert around.carried == plain.carried
    assert sorted(around.touching) == sorted(plain.touching)
    assert ledger.claims.texts("statement") == [claim.statement for claim in claims if claim.counts]
    assert list(columns.objects()) == []
    for name, touching in plain.touching.items():
        assert list(around.touching[name]) == list(touching)
    same(ledger, encode(claims, keys))
    same(
        ledger.rows(~ledger.denies), encode(claims, keys).rows(~ledger.denies)
    )  # also once some claims have become objects


@pytest.mark.parametrize("few_below", [0, 3])
@pytest.mark.parametrize("make", [told_at_random, with_passengers])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_ranking_its_reasons_questions_and_pieces_are_the_same(
    seed: int, make: Callable[[int], Given], few_below: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MANY", 0)  # as in a large case: some claims are made objects one by one
    claims, persons, keys = vary(make, seed)
    columns = in_columns(claims)
    on, plain = (basis(variant, persons, keys, few_below=few_below) for variant in (columns, claims))
    same(on.told, plain.told)
    same(on.ledger, plain.ledger)
    assert (on.people, on.left_out) == (plain.people, plain.left_out)
    ranking = rank_basis(plain)
    assert rank_basis(on) == ranking
    assert brought(on, ranking) == brought(plain, ranking)
    _the_same_of_leads(on, plain, columns, (claims, persons, keys))
    if plain.network is None:
        assert on.network is None
        return
    theirs, before = (pieces(of.told, told_as_one=bool(few_below)) for of in (on, plain))
    assert theirs == before
    assert [piece.rows.tolist() for piece in theirs] == [piece.rows.tolist() for piece in before]
    leaving, former = LeavingOut(on), LeavingOut(plain)
    for lead in ranking.leads[:8]:
        assert weigh(lead.id, on, leaving=leaving) == weigh(lead.id, plain, leaving=former)


def _the_same_of_leads(on: Basis, plain: Basis, columns: LaidClaims, inputs: Given) -> None:
    claims, persons, keys = inputs
    fresh = in_columns(claims)
    about, around = ByEnd(fresh), surroundings(fresh, persons, plain.left_out)
    for person in plain.people[:8]:
        because = reasons(plain, person.id)
        assert reasons(on, person.id) == because
        mine = [claim for claim in claims if person.id in (claim.subject, claim.object)]
        assert list(about.get(person.id, ())) == mine
        assert explain(person.id, about.get(person.id, ()), (), keys, because, around=around) == explain(
            person.id, mine, (), keys, because, around=surroundings(claims, persons)
        )


def test_a_claim_is_one_object_however_it_is_asked_for() -> None:
    claims = [claim_from(f"s{number}: p{number} RUNS g1") for number in range(40)]
    columns = in_columns(claims)
    (first,) = columns.at(np.array([3]))
    picked = SomeClaims(columns, np.array([2, 3]))
    assert picked[1] is first
    assert list(picked)[1] is first
    assert columns[3] is first
    assert len(list(columns.objects())) == 2
    every = list(columns)
    assert every == claims
    assert every[3] is first
    assert columns[3] is first
    assert columns[-1] is every[-1]
    assert columns[1:3] == claims[1:3]
    assert list(picked) == claims[2:4]
    assert [claim.id for claim in picked.among(np.array([1]))] == [claims[3].id]
    with pytest.raises(IndexError):
        _ = columns[40]


def test_of_claims_that_are_in_memory_already_the_equal_ones_are_taken() -> None:
    claims = [claim_from(f"s{number}: p{number} RUNS g1") for number in range(3)]
    in_memory = {claims[0].id: claims[0], claims[1].id: replace(claims[1], weight=7)}
    every = list(LaidClaims(columnar_claims(claims).columns(), lambda: in_memory))
    assert every == claims
    assert every[0] is claims[0]
    assert every[1] is not in_memory[claims[1].id]


def test_what_is_asked_of_some_keeps_being_right_once_all_are_objects() -> None:
    claims = [claim_from(f"s{number}: p{number % 5} RUNS g1") for number in range(40)]
    columns = in_columns(claims)
    about = ByEnd(columns)
    before = list(about["p1"])
    assert len(list(columns)) == 40
    assert [id(claim) for claim in about["p1"]] == [id(claim) for claim in before]
    assert len(about["g1"]) == 40
    with pytest.raises(KeyError):
        _ = about["p9"]


def test_claims_that_are_objects_stay_those_objects() -> None:
    claims = [claim_from(f"s{number}: p{number} RUNS g1") for number in range(3)]
    columns = columnar_claims(claims)
    assert [id(claim) for claim in columns] == [id(claim) for claim in claims]
    assert columnar_claims(columns) is columns
    assert list(columnar_claims(SomeClaims(columns, np.array([2])))) == [claims[2]]
