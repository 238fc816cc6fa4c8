"""False statements: leaving out the found set really moves the lead, and no smaller tried set does."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.basis import Basis, basis
from graphsvc.analysis.ranking.hubs import rank_basis, ranks
from graphsvc.analysis.robustness.falsehood import FALSE, Alone, FalseAccounts, alone, invented_needed, would_leave
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.pieces import Piece, pieces
from tests.analysis.random_cases import in_several_statements, with_passengers

TOP = 3


def leaving(on: Basis, lead: str, top: int = TOP) -> FalseAccounts | None:
    return would_leave(on, singly(on, pieces(on.told), top), lead, top)


def singly(on: Basis, left_out: list[Piece], top: int = 10) -> Alone | None:
    return None if on.network is None else alone(LeavingOut(on), left_out, top)


def place_without(on: Basis, lead: str, left_out: Iterable[Piece]) -> int | None:
    """Rank in a recomputed ranking without these pieces; None if not ranked."""
    anew = on.without(np.unique(np.concatenate([piece.rows for piece in left_out])))
    return next((ranked_lead.rank for ranked_lead in rank_basis(anew).leads if ranked_lead.id == lead), None)


@pytest.mark.parametrize(
    ("claims", "bystanders"),
    [
        # The people with claims come after all the people without any.
        (["s1: g1 SUPPLIED b1", *(f"s{number}: p1 PILOTED c{number}" for number in range(2, 9))], 12),
        # Without the one statement that makes p1 a passenger, the network has no rows.
        (["s1: g1 SUPPLIED b1", "s2: p1 CROSSED_ON c1", "s3: p1 CONTACTED g1"], 12),
    ],
)
def test_where_nobody_told_of_is_among_the_first_nobody_can_leave_them(claims: list[str], bystanders: int) -> None:
    cast = people("p1", "p2", *(f"q{number}" for number in range(bystanders)))
    on = basis([claim_from(text) for text in claims], cast, {})
    effects = singly(on, pieces(on.told))
    assert effects is not None
    assert (len(effects.leads), len(effects.worst)) == (0, 0)
    assert would_leave(on, effects, "p1") is None


def told_in_pieces(seed: int) -> Basis:
    return basis(*(in_several_statements if seed % 2 else with_passengers)(seed))


def places_without(on: Basis, left_out: Iterable[Piece]) -> dict[str, int]:
    """Ranks of all people in a recomputed ranking without these pieces."""
    return ranks(on.without(np.unique(np.concatenate([piece.rows for piece in left_out]))))


def out(places: dict[str, int], lead: str, top: int) -> bool:
    return places.get(lead, top + 1) > top


@pytest.mark.parametrize("top", [TOP, 10])
@pytest.mark.parametrize("seed", range(8))
def test_without_them_the_lead_is_out_and_where_one_alone_would_do_it_is_one(seed: int, top: int) -> None:
    on = told_in_pieces(seed)
    assert on.network is not None
    false = [piece for piece in pieces(on.told) if piece.kind in FALSE]
    assert {piece.kind for piece in false} == set(FALSE)
    without_one = [places_without(on, [piece]) for piece in false]
    for lead, rank in ranks(on).items():
        departure = leaving(on, lead, top)
        assert (departure is None) == (rank > top or lead not in on.network.ids), lead
        if departure is None:
            continue
        one_would_do = any(out(places, lead, top) for places in without_one)
        assert (len(departure.pieces) == 1) == one_would_do, lead
        assert departure.fewest == (len(departure.pieces) in (1, 2)), lead
        if departure.pieces:
            places = places_without(on, departure.pieces)
            assert places.get(lead) == departure.rank
            assert out(places, lead, top)
        else:
            assert departure.rank == rank
            assert departure.tried > 0


def test_cases_at_random_need_one_and_two() -> None:
    """Ensure that the test above meets leads that leave without one piece, and leads that need two."""
    needed = set()
    for on in map(told_in_pieces, range(8)):
        leaving_out = LeavingOut(on)
        singly = alone(leaving_out, pieces(on.told), TOP)
        departures = (would_leave(on, singly, lead, TOP, leaving_out) for lead in ranks(on))
        needed |= {len(departure.pieces) for departure in departures if departure is not None}
    assert {1, 2} <= needed


def test_whom_a_record_keeps_there_a_false_record_takes_out() -> None:
    claims = [
        claim_from("log: p1 ORGANISED c1", source_kind="record", statement="S1"),
        claim_from("s1: p1 ORGANISED c1"),
        claim_from("s2: p3 PILOTED c1"),
        claim_from("s3: p2 ORGANISED c2"),
    ]
    departure = leaving(basis(claims, people("p1", "p2", "p3"), {}), "p1", top=1)
    assert departure is not None
    assert [piece.words for piece in departure.pieces][:1] in (["record S1"], ["one witness"])
    assert departure.rank == 2


def test_in_a_short_list_who_is_only_carried_without_a_record_leaves_it_with_their_last_tie() -> None:
    claims = [
        claim_from("log: p1 PILOTED c1", source_kind="record"),
        claim_from("s1: p1 CROSSED_ON c1"),
        claim_from("s2: p1 CONTACTED p2"),
        claim_from("s3: p2 ORGANISED c1"),
        claim_from("s4: p2 DIRECTED p1"),
    ]
    departure = leaving(basis(claims, people("p1", "p2"), {}), "p1", top=10)
    assert departure is not None
    assert {(piece.kind, piece.sources) for piece in departure.pieces} == {("record", ("log",)), ("witness", ("s2",))}
    assert departure.rank is None


@pytest.mark.parametrize("seed", range(30))
def test_however_short_the_list_it_is_looked_through(seed: int) -> None:
    claims, persons, keys = with_passengers(seed)
    few = {person.id for person in persons[:3] + persons[-4:]}
    few_claims = [
        claim
        for claim in claims
        if {claim.subject, claim.object} & few
        and not ({claim.subject, claim.object} & ({person.id for person in persons} - few))
    ]
    on = basis(few_claims, [person for person in persons if person.id in few], keys)
    for lead in rank_basis(on).leads:
        departure = leaving(on, lead.id, top=10)
        if departure is not None and departure.pieces:
            assert place_without(on, lead.id, departure.pieces) == departure.rank


def test_whom_nothing_tried_takes_out_stays() -> None:
    departure = leaving(
        basis([claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p2 PILOTED c1")], people("p1", "p2"), {}), "p1", top=2
    )
    assert departure is not None
    assert (departure.pieces, departure.rank, departure.fewest) == ((), 1, False)


def test_who_is_not_among_the_first_has_nothing_to_leave() -> None:
    claims = [claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p2 PILOTED c1")]
    assert leaving(basis(claims, people("p1", "p2"), {}), "p2", top=1) is None
    assert leaving(basis([claim_from("s1: p1 CONTACTED p2")], people("p1", "p2"), {}), "p1") is None


def test_the_better_a_case_is_told_the_more_it_takes_to_invent() -> None:
    def count_needed(voices: int) -> int:
        texts = [
            f"s{n}{k}: boss{n} {deed}"
            for n in range(3)
            for k in range(voices)
            for deed in (f"ORGANISED c{n}", f"DIRECTED aide{n}")
        ]
        texts += [f"t{n}: aide{n} PILOTED c{n}" for n in range(3)]
        cast = people(*(f"{kind}{n}" for kind in ("boss", "aide") for n in range(3)), "nobody")
        return invented_needed(basis([claim_from(text) for text in texts], cast, {}), top=3) or 99

    assert count_needed(1) <= count_needed(2) <= count_needed(4)
    assert count_needed(4) > count_needed(1)


@pytest.mark.parametrize("seed", range(6))
def test_one_walk_through_all_pieces_tells_what_one_through_the_false_ones_does(seed: int) -> None:
    on = basis(*with_passengers(seed))
    left_out = pieces(on.told)
    both = singly(on, left_out, TOP), singly(on, [piece for piece in left_out if piece.kind in FALSE], TOP)
    for lead in rank_basis(on).leads[: TOP + 1]:
        first, second = (would_leave(on, each, lead.id, TOP) for each in both)
        assert (first is None) == (second is None)
        if first is not None and second is not None:
            assert [piece.words for piece in first.pieces] == [piece.words for piece in second.pieces]
            assert (first.rank, first.fewest, first.tried) == (second.rank, second.fewest, second.tried)
