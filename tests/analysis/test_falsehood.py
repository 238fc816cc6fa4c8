"""False accounts: taking out what a set of witnesses said really moves the lead, and no smaller set that was tried does."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from graphsvc.analysis.doubt.falsehood import invented_needed, would_leave
from graphsvc.analysis.examples import people, said
from graphsvc.analysis.score.basis import basis
from graphsvc.analysis.score.hubs import rank
from tests.analysis.random_cases import told_at_random

TOP = 3


def _sources(claims: list) -> list[str]:  # type: ignore[type-arg]
    return sorted({claim.source for claim in claims})


@pytest.mark.parametrize("seed", range(8))
def test_without_them_the_lead_is_out_and_with_fewer_it_is_not(seed: int) -> None:
    claims, persons, keys = told_at_random(seed)
    on = basis(claims, persons, keys)
    ranking = rank(claims, persons, keys)
    names = _sources(claims)
    witnesses = sorted({claim.source for claim in claims if claim.source_kind == "witness"})
    for lead in ranking.leads[:TOP]:
        found = would_leave(on, names, lead.id, top=TOP)
        if found is None or not found.sources:
            continue

        def place(left_out: tuple[str, ...], who: str = lead.id) -> int:
            kept = [claim for claim in claims if claim.source not in left_out]
            network = on.operation(on.told.rows(~np.isin(on.told.source, [names.index(one) for one in left_out])))
            assert kept
            assert network.size
            from graphsvc.analysis.doubt import rereading
            from graphsvc.analysis.score import parts

            score = parts.score(parts.read(network))
            return int(rereading.ranks(score, on.others)[network.ids.index(who)])

        assert place(found.sources) == found.rank > TOP
        if len(found.sources) > 1:
            assert all(place((one,)) <= TOP for one in witnesses)
        if len(found.sources) > 2:
            assert all(place(pair) <= TOP for pair in combinations(witnesses, 2))


def test_whom_records_keep_there_no_false_account_takes_out() -> None:
    claims = [
        said("log: p1 ORGANISED c1", source_kind="record"),
        said("s1: p1 ORGANISED c1"),
        said("s2: p2 PILOTED c1"),
    ]
    found = would_leave(basis(claims, people("p1", "p2"), {}), ["log", "s1", "s2"], "p1", top=1)
    assert found is not None
    assert (found.sources, found.rank) == ((), 1)


def test_who_is_not_among_the_first_has_nothing_to_leave() -> None:
    claims = [said("s1: p1 ORGANISED c1"), said("s2: p2 PILOTED c1")]
    assert would_leave(basis(claims, people("p1", "p2"), {}), ["s1", "s2"], "p2", top=1) is None
    assert would_leave(basis([said("s1: p1 CONTACTED p2")], people("p1", "p2"), {}), ["s1"], "p1") is None


def test_the_better_a_case_is_told_the_more_it_takes_to_invent() -> None:
    def needed(voices: int) -> int:
        told = [
            f"s{n}{k}: boss{n} {what}"
            for n in range(3)
            for k in range(voices)
            for what in (f"ORGANISED c{n}", f"DIRECTED aide{n}")
        ]
        told += [f"t{n}: aide{n} PILOTED c{n}" for n in range(3)]
        cast = people(*(f"{kind}{n}" for kind in ("boss", "aide") for n in range(3)), "nobody")
        return invented_needed(basis([said(text) for text in told], cast, {}), top=3) or 99

    assert needed(1) <= needed(2) <= needed(4)
    assert needed(4) > needed(1)
