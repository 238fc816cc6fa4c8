"""Leaving out witnesses: the same as never having heard them, only faster."""

from __future__ import annotations

import numpy as np
import pytest

from graphsvc.analysis.doubt import rereading, stability
from graphsvc.analysis.examples import people, said
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import basis
from graphsvc.analysis.score.hubs import rank
from tests.analysis.random_cases import told_at_random


@pytest.mark.parametrize("seed", range(12))
def test_leaving_out_equals_never_having_heard(seed: int) -> None:
    claims, persons, keys = told_at_random(seed)
    on = basis(claims, persons, keys)
    assert on.network is not None
    before = rereading.read(on.network)
    sets = stability.witnesses(on.told) + stability.together(on.told)
    assert sets
    for left_out, (links, belief) in zip(sets, stability.without(on.told, sets), strict=True):
        kept = ~np.isin(on.told.source, left_out)
        whole = parts.score(parts.read(on.operation(on.told.rows(kept))))
        assert rereading.score_if(before, links, belief) == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_range_holds_the_rank_of_every_rerun(seed: int) -> None:
    claims, persons, keys = told_at_random(seed)
    on = basis(claims, persons, keys)
    found = stability.places(on, stability.witnesses(on.told))
    for lead in rank(claims, persons, keys).leads:
        if lead.id in found:
            place = found[lead.id]
            assert place.best <= lead.rank <= place.worst
            assert place.low <= lead.rank <= place.high


def test_who_stands_on_one_witness_is_told_apart_from_who_stands_on_three() -> None:
    told = [f"s{number}: many ORGANISED c1" for number in range(3)] + ["s9: one ORGANISED c2"]
    on = basis([said(text) for text in told], people("many", "one"), {})
    found = stability.places(on, stability.witnesses(on.told))
    assert (found["many"].rests_on_one, found["one"].rests_on_one) == (False, True)


def test_who_shares_a_boat_is_left_out_together() -> None:
    told = [f"s{number}: many ORGANISED c1" for number in range(3)]
    on = basis([said(text) for text in told], people("many"), dict.fromkeys(("s0", "s1", "s2"), frozenset({"boat"})))
    assert stability.places(on, stability.together(on.told))["many"].rests_on_one
    assert not stability.places(on, stability.witnesses(on.told))["many"].rests_on_one


def test_who_of_few_witnesses_spoke_moves_no_range_where_they_are_told_as_one() -> None:
    others = ["x1: p DIRECTED q", "x2: q PILOTED c1", "x3: r ORGANISED c2"]
    boat = {f"s{number}": frozenset({"boat"}) for number in range(5)}
    one, five, apart, better, by_another = (
        stability.places(on, stability.by_person(on.told))
        for on in (
            basis(
                [said(text, **(graded if text.startswith("s") else {})) for text in (*others, *again)],
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
    assert one == five == apart == better == by_another
    assert one["p"].rests_on_one


def test_draws_repeat_with_their_seed() -> None:
    claims, persons, keys = told_at_random(3)
    on = basis(claims, persons, keys)
    again = [stability.places(on, []) for _ in range(2)]
    assert again[0] == again[1]
    assert any(place.low < place.high for place in again[0].values())
