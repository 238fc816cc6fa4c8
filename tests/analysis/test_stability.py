"""Leaving out a piece of evidence gives the same as a case without it, only faster."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from graphsvc.analysis.claims.bins import among
from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.basis import basis
from graphsvc.analysis.ranking.hubs import rank
from graphsvc.analysis.robustness import stability
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.pieces import pieces
from tests.analysis.random_cases import in_several_statements, told_at_random, with_passengers


@pytest.mark.parametrize("seed", range(6))
def test_every_witness_source_and_statement_is_a_piece_once(seed: int) -> None:
    claims, persons, keys = in_several_statements(seed)
    on = basis(claims, persons, keys)
    row_sets = {frozenset(piece.rows.tolist()) for piece in pieces(on.told)}
    assert len(row_sets) == len(pieces(on.told))
    by: dict[tuple[str, str], set[int]] = {}
    for number, claim in enumerate(on.told.claims):
        by.setdefault(("statement", claim.statement), set()).add(number)
        by.setdefault(("source", claim.source or claim.statement), set()).add(number)
        for key in keys.get(claim.source, ()) if claim.source_kind == "witness" else ():
            by.setdefault(("key", key), set()).add(number)
    assert row_sets == {frozenset(rows) for rows in by.values()}


@pytest.mark.parametrize("invented", [in_several_statements, with_passengers])
@pytest.mark.parametrize("seed", range(4))
def test_the_range_holds_the_rank_of_every_rerun_and_says_what_moves_it_most(
    seed: int, invented: Callable[[int], tuple[list[Claim], list[Person], dict[str, frozenset[str]]]]
) -> None:
    claims, persons, keys = invented(seed)
    on = basis(claims, persons, keys)
    left_out = pieces(on.told)
    places = stability.places(on, left_out)
    assert on.network is not None
    leads = {lead.id: lead for lead in rank(claims, persons, keys).leads}
    everybody = np.array([leads[name].rank if name in leads else len(leads) + 1 for name in on.network.ids])
    without = np.tile(everybody, (len(left_out), 1))
    listed = np.ones(without.shape, dtype=bool)
    for batch in LeavingOut(on).lists([piece.rows for piece in left_out]):
        without[batch.left_out], listed[batch.left_out] = batch.rank, batch.ranked
    without = np.where(listed, without, np.maximum(without, len(leads) + 1))
    for lead in leads.values():
        if lead.id not in places:
            continue
        place, column = places[lead.id], on.network.ids.index(lead.id)
        ranks = without[:, column].tolist()
        assert (place.best, place.worst) == (min(*ranks, lead.rank), max(*ranks, lead.rank))
        assert place.low <= lead.rank <= place.high
        furthest = max(abs(other_rank - lead.rank) for other_rank in ranks)
        if place.most is None:
            assert furthest == 0
        else:
            piece_index = left_out.index(place.most)
            assert place.rank_without == (ranks[piece_index] if listed[piece_index, column] else None)
            assert abs(ranks[left_out.index(place.most)] - lead.rank) == furthest > 0


def test_who_leaves_a_list_that_grows_shorter_has_gained_no_place_by_it() -> None:
    """Only one record distinguishes six people from passengers: without it, they are not ranked."""
    rode = [f"p{number}" for number in range(1, 6)]
    claims = [claim_from(f"log: {name} PILOTED c1", source_kind="record") for name in (*rode, "last")]
    claims += [claim_from(f"s1: {name} CROSSED_ON c1") for name in (*rode, "last")]
    claims += [claim_from("s2: first ORGANISED c1"), claim_from("s3: first DIRECTED p1")]
    on = basis(claims, people("first", *rode, "last"), {})
    places = stability.places(on, pieces(on.told))
    place = places["last"]
    assert place.most is not None
    assert (place.most.kind, place.rank_without, place.worst) == ("record", None, 8)
    assert place.best == 2  # all six share one rank


def test_one_record_of_many_claims_is_told_apart_from_the_reports_beside_it() -> None:
    """The claims of one wiretap are left out together, whichever witnesses are left out."""
    heard = [
        claim_from(f"r1: boss DIRECTED aide{number}", source_kind="record", statement="S300") for number in range(6)
    ]
    heard.append(claim_from("r1: boss RUNS g1", source_kind="record", statement="S300"))
    statements = [claim_from(f"s{number}: other{number} DIRECTED aide{number}") for number in range(6)]
    aides = [claim_from(f"t{number}: aide{number} PILOTED c1") for number in range(6)]
    cast = people("boss", *(f"{kind}{number}" for kind in ("other", "aide") for number in range(6)))
    on = basis([*heard, *statements, *aides], cast, {})
    place = stability.places(on, pieces(on.told))["boss"]
    assert place.most is not None
    assert (place.most.words, place.most.claims) == ("record S300", 7)
    assert (place.best, place.worst, place.rank_without) == (1, 7, 7)


def test_who_stands_on_one_witness_is_told_apart_from_who_stands_on_three() -> None:
    texts = [f"s{number}: many ORGANISED c1" for number in range(3)] + ["s9: one ORGANISED c2"]
    on = basis([claim_from(text) for text in texts], people("many", "one"), {})
    places = stability.places(on, pieces(on.told))
    assert (places["many"].rests_on, places["one"].rests_on) == ((), ("witness",))


def test_a_group_is_named_beside_a_witness_who_is_not_of_it() -> None:
    claims = [
        claim_from("s1: p CONTROLS w1"),
        claim_from("s2: p DIRECTED a"),
        claim_from("s3: p DIRECTED a"),
        claim_from("s4: a PILOTED c1"),
    ]
    claims.append(claim_from("s5: p PILOTED c2"))
    on = basis(claims, people("p", "a"), {"s2": frozenset({"boat"}), "s3": frozenset({"boat"})})
    assert stability.places(on, pieces(on.told))["p"].rests_on == ("witness", "group")


def test_two_pieces_are_held_against_each_other_once_however_many_people_rest_on_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A register may contain a hundred thousand claims, and thousands of people may depend on it."""
    names = [f"p{number}" for number in range(20)]
    # Each whole score falls with report R1, and with the source that gave R1 and R2.
    claims = [claim_from(f"r1: {name} ORGANISED c1", source_kind="intelligence", statement="R1") for name in names]
    claims += [claim_from(f"r1: {name} CONTACTED x", source_kind="intelligence", statement="R2") for name in names]
    compared: list[int] = []

    def count_compared(values: Ints, ordered: Ints) -> NDArray[np.bool_]:
        compared.append(len(values))
        return among(values, ordered)

    monkeypatch.setattr(stability, "among", count_compared)
    on = basis(claims, people(*names), {})
    assert {place.rests_on for place in stability.places(on, pieces(on.told)).values()} == {("report",)}
    assert len(compared) == 1


@pytest.mark.parametrize("same", [True, False])
def test_told_as_one_nothing_says_which_reports_are_of_one_source(same: bool) -> None:
    reports = [
        claim_from(
            f"r1: p DIRECTED a{n}", source_kind="intelligence", statement=f"R{n}", source="r1" if same else f"r{n}"
        )
        for n in range(3)
    ]
    report_pieces = pieces(basis(reports, people("p", "a0", "a1", "a2"), {}, few_below=3).told, told_as_one=True)
    assert sorted(piece.words for piece in report_pieces) == ["report R0", "report R1", "report R2"]
    assert all(piece.sources == () for piece in report_pieces)


def test_who_shares_a_boat_is_left_out_together() -> None:
    texts = [f"s{number}: many ORGANISED c1" for number in range(3)]
    on = basis(
        [claim_from(text) for text in texts], people("many"), dict.fromkeys(("s0", "s1", "s2"), frozenset({"boat"}))
    )
    assert stability.places(on, pieces(on.told))["many"].rests_on == ("group",)


def test_who_of_few_witnesses_spoke_moves_no_range_where_they_are_told_as_one() -> None:
    fixed = ["x1: p DIRECTED q", "x2: q PILOTED c1", "x3: r ORGANISED c2"]
    boat = {f"s{number}": frozenset({"boat"}) for number in range(5)}
    by_one, five, apart, better, by_another = (
        stability.places(on, pieces(on.told, told_as_one=True))
        for on in (
            basis(
                [claim_from(text, **(graded if text.startswith("s") else {})) for text in (*fixed, *again)],
                people("p", "q", "r"),
                keys,
                few_below=3,
            )
            for keys, again, graded in (
                (boat, ["s0: p ORGANISED c1"], {}),
                (boat, [f"s{number}: p ORGANISED c1" for number in range(5)], {}),
                ({}, [f"s{number}: p ORGANISED c1" for number in range(2)], {}),
                (boat, ["s0: p ORGANISED c1"], {"source_grade": "1", "assessment": "A"}),
                (boat, ["x3: p ORGANISED c1"], {}),
            )
        )
    )
    assert by_one == five == apart == better == by_another
    assert by_one["p"].rests_on == ("few",)


def test_draws_repeat_with_their_seed() -> None:
    claims, persons, keys = told_at_random(3)
    on = basis(claims, persons, keys)
    again = [stability.places(on, []) for _ in range(2)]
    assert again[0] == again[1]
    assert any(place.low < place.high for place in again[0].values())
