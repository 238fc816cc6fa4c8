"""Leaving something out gives the same ranking as a case that never had it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.roles import PUTS_BEFORE
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.basis import Basis, basis
from graphsvc.analysis.ranking.hubs import rank_basis
from graphsvc.analysis.robustness import leaving_out
from graphsvc.analysis.robustness.candidacy import APART, BARRED, INSIDE, TIED, Candidacy
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.pieces import Piece, pieces
from tests.analysis.random_cases import with_passengers


def made_anew(
    on: Basis, claims: Sequence[Claim], persons: list[Person], keys: dict[str, frozenset[str]], rows: np.ndarray
) -> Basis:
    removed = {id(on.told.claims[row]) for row in rows.tolist()}
    return basis([claim for claim in claims if id(claim) not in removed], persons, keys)


def hold_against_lists_made_anew(on: Basis, left_out: list[Piece], anew: Callable[[Ints], Basis]) -> None:
    """Compare the ranking without each piece with a recomputed one; a skipped piece must change no rank."""
    assert on.network is not None
    ranks = {lead.id: lead.rank for lead in rank_basis(on).leads}
    compared = set()
    for batch in LeavingOut(on).lists([piece.rows for piece in left_out]):
        for row, place in enumerate(batch.left_out.tolist()):
            compared.add(place)
            leads = {lead.id: lead for lead in rank_basis(anew(left_out[place].rows)).leads}
            for column, name in enumerate(on.network.ids):
                assert bool(batch.ranked[row, column]) == (name in leads), (left_out[place], name)
                if name in leads:
                    assert batch.score[row, column] == pytest.approx(leads[name].score, abs=1e-8), (
                        left_out[place],
                        name,
                    )
                    assert batch.rank[row, column] == leads[name].rank, (left_out[place], name)
                elif name in ranks:
                    assert batch.rank[row, column] == len(leads) + 1
    assert compared
    for place, piece in enumerate(left_out):
        if place not in compared:
            assert {lead.id: lead.rank for lead in rank_basis(anew(piece.rows)).leads} == ranks


@pytest.mark.parametrize("seed", range(16))
def test_without_a_piece_the_list_is_the_one_made_anew(seed: int) -> None:
    claims, persons, keys = with_passengers(seed)
    on = basis(claims, persons, keys)
    hold_against_lists_made_anew(on, pieces(on.told), lambda rows: made_anew(on, claims, persons, keys, rows))


@pytest.mark.parametrize("seed", range(8))
def test_nor_is_it_another_where_accounts_are_told_as_one(seed: int) -> None:
    """The recomputed case consists of merged claims, whose statements share no source."""
    claims, persons, keys = with_passengers(seed)
    on = basis(claims, persons, keys, few_below=3)
    left_out = pieces(on.told, told_as_one=True)
    assert "few" in {piece.kind for piece in left_out}
    assert on.left_out & {person.id for person in on.people}
    hold_against_lists_made_anew(on, left_out, lambda rows: made_anew(on, on.told.claims, persons, {}, rows))


def test_cases_at_random_have_every_way_to_turn() -> None:
    """Otherwise the tests above might not test anything."""
    turned = set()
    for seed in range(16):
        claims, persons, keys = with_passengers(seed)
        on = basis(claims, persons, keys)
        candidacy = Candidacy(on.told, persons)
        moves = candidacy.without([piece.rows for piece in pieces(on.told)])
        turned |= set(zip(candidacy.now[moves.entity].tolist(), moves.to.tolist(), strict=True))
    assert turned >= {(INSIDE, TIED), (INSIDE, APART), (TIED, INSIDE), (APART, INSIDE), (TIED, APART)}


@pytest.mark.parametrize("seed", range(16))
def test_how_they_stand_is_what_the_candidates_are(seed: int) -> None:
    claims, persons, keys = with_passengers(seed)
    on = basis(claims, persons, keys)
    candidacy = Candidacy(on.told, persons)
    chosen = {person.id for person in on.people}
    for number, name in enumerate(on.told.ids):
        now = candidacy.now[number]
        if name in on.persons:
            inside, outside = (INSIDE, TIED) if name in chosen else (BARRED, APART)
            assert now == (outside if name in on.left_out else inside)
        else:
            assert now == -1


def test_who_is_only_carried_without_a_record_leaves_the_list_with_it() -> None:
    claims = [
        claim_from("log: p1 PILOTED c1", source_kind="record"),
        claim_from("s1: p1 CROSSED_ON c1"),
        claim_from("s1: p2 ORGANISED c1"),
        claim_from("s2: p3 CROSSED_ON c1"),
        claim_from("s2: p3 CONTACTED p2"),
    ]
    on = basis(claims, people("p1", "p2", "p3"), {})
    assert on.network is not None
    (batch,) = LeavingOut(on).lists([np.array([0])], ["p1", "p2"])
    assert (batch.ranked.tolist(), batch.rank.tolist()) == ([[False, True]], [[3, 1]])  # p2, then p3 because of a tie
    anew = on.without(np.array([0]))
    assert [lead.id for lead in rank_basis(anew).leads] == ["p2", "p3"]


def test_a_wage_is_pay_again_without_what_says_that_it_is_one() -> None:
    claims = [
        claim_from("s1: boss MANAGED w1"),
        claim_from("s2: worker WORKED_AT w1"),
        claim_from("s2: worker CROSSED_ON c1"),
        claim_from("s3: boss PAID worker"),
        claim_from("s4: mate CROSSED_ON c1"),
        claim_from("s4: mate CONTACTED worker"),
        claim_from("s5: boss ORGANISED c1"),
    ]
    persons = people("boss", "worker", "mate")
    on = basis(claims, persons, {})
    on_its_own = [np.array([number]) for number in range(len(claims))]
    moves = Candidacy(on.told, persons).without([*on_its_own, np.array([0, 3])])
    turned = [
        (place, on.told.ids[who], to)
        for place, who, to in zip(moves.left_out.tolist(), moves.entity.tolist(), moves.to.tolist(), strict=True)
    ]
    assert sorted(turned) == [
        (0, "mate", TIED),
        (0, "worker", INSIDE),
        (1, "mate", TIED),
        (1, "worker", INSIDE),
        (4, "mate", INSIDE),  # no claim is left that they were carried
    ]
    left_out = [Piece("statement", f"s{row[0]}", (), 1, row) for row in on_its_own]
    hold_against_lists_made_anew(on, left_out, lambda rows: made_anew(on, claims, persons, {}, rows))


def test_what_somebody_does_to_themselves_is_passed_over_whoever_they_turn_out_to_be() -> None:
    claims = [
        claim_from("s1: p1 CROSSED_ON c1"),
        claim_from("s2: p1 CONTACTED p1"),
        claim_from("s3: p1 CONTACTED p2"),
        claim_from("s2: p2 ORGANISED c1"),
    ]
    on = basis(claims, people("p1", "p2"), {})
    assert on.network is not None
    (batch,) = LeavingOut(on).lists([np.array([0])])
    anew = {lead.id: lead.score for lead in rank_basis(on.without(np.array([0]))).leads}
    now = {
        name: score
        for name, score, is_ranked in zip(batch.ids, batch.score[0], batch.ranked[0], strict=True)
        if is_ranked
    }
    assert now == pytest.approx(anew, abs=1e-9)


@pytest.mark.slow(reason="makes sixteen cases again without each of their pieces")
def test_random_cases_are_ranked_by_parts_whatever_is_left_out() -> None:
    """`LeavingOut.lists` promises correct results only for cases ranked by parts."""
    for seed in range(16):
        claims, persons, keys = with_passengers(seed)
        on = basis(claims, persons, keys)
        for piece in pieces(on.told):
            left = [claim for claim in made_anew(on, claims, persons, keys, piece.rows).told.claims if claim.asserts]
            assert any(claim.relation in PUTS_BEFORE for claim in left)


@pytest.mark.parametrize("seed", range(4))
def test_however_often_it_is_asked_and_for_what_it_tells_the_same(seed: int) -> None:
    """Intermediate results are cached between questions, and the next question may be about other people."""
    on = basis(*with_passengers(seed))
    assert on.network is not None
    row_sets = [piece.rows for piece in pieces(on.told)]
    row_sets += [np.union1d(first, second) for first, second in zip(row_sets, row_sets[3:], strict=False)]
    once = LeavingOut(on)
    for rows in row_sets[::-4]:
        anew = LeavingOut(on)
        for person in on.network.ids[::5]:
            first, second = once.of_one([rows], person), anew.of_one([rows], person)
            assert first.rank.tolist() == second.rank.tolist()
            assert first.ranked.tolist() == second.ranked.tolist()
            assert first.score == pytest.approx(second.score, abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_few_or_many_at_once_come_to_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    on = basis(*with_passengers(seed))
    rows = [piece.rows for piece in pieces(on.told)]
    scores, ranks = [], []
    for most in (16_000, 3):
        monkeypatch.setattr(leaving_out, "_ROWS_AT_ONCE", most)
        lists = list(LeavingOut(on).lists(rows))
        assert (len(lists) > 3) == (most == 3)
        scores.append(np.concatenate([batch.score for batch in lists]))
        ranks.append(np.concatenate([batch.rank for batch in lists]))
    assert scores[0] == pytest.approx(scores[1], abs=1e-12)
    assert ranks[0].tolist() == ranks[1].tolist()
