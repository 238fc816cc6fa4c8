"""Merged witness statements, and the figures computed from them."""

from __future__ import annotations

import random
from typing import Any

import pytest

from graphsvc.analysis.claims.belief import link_table
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.folding import as_told, told_belief
from graphsvc.analysis.ranking.hubs import rank

FEW = 3


def coarse_beliefs(*claims: Claim) -> list[float]:
    return [told_belief(figures, FEW) for figures in link_table(as_told(claims, {}, FEW), {}).values()]


def accounts(text: str, count: int, *, first: int = 0, **changes: Any) -> list[Claim]:
    return [claim_from(f"s{number}: {text}", **changes) for number in range(first, first + count)]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("grade", ["2C", "1A", "3E"])
def test_few_alone_are_believed_some(count: int, grade: str) -> None:
    assert coarse_beliefs(*accounts("p1 RUNS g1", count, source_grade=grade[0], assessment=grade[1])) == [0.5]


def test_what_others_say_or_many_deny_is_told_as_it_is() -> None:
    single = accounts("p1 RUNS g1", 1)
    record = claim_from("r1: p1 RUNS g1", source_kind="record")
    assert coarse_beliefs(*single, record) == [0.875]
    assert coarse_beliefs(*single, claim_from("r1: p1 not RUNS g1", source_kind="record")) == [0.375]
    assert coarse_beliefs(*single, *accounts("p1 not RUNS g1", 2, first=5)) == [0.5]  # few assert it, few deny it
    assert coarse_beliefs(*single, *accounts("p1 not RUNS g1", 10, first=5)) == [0.125]
    assert coarse_beliefs(*accounts("p1 RUNS g1", 3)) == [0.875]


@pytest.mark.parametrize("seed", range(8))
def test_a_ranking_of_what_is_told_is_the_same_whoever_of_the_few_spoke_and_however_well(seed: int) -> None:
    rng = random.Random(seed)
    persons = people(*(f"p{number}" for number in range(8)))
    base = [
        claim_from(f"r{n}: {subject} {relation} {target}", source_kind="intelligence")
        for n, (relation, (subject, target)) in enumerate(
            (rng.choice(("DIRECTED", "PAID", "RECRUITED")), rng.sample([person.id for person in persons], 2))
            for _ in range(12)
        )
    ]
    texts = [
        f"{subject} DIRECTED {target}" for subject, target in (rng.sample([p.id for p in persons], 2) for _ in range(5))
    ]

    def rank_version(version: str) -> object:
        heard = []
        for number, text in enumerate(dict.fromkeys(texts)):
            speakers = {"one": [0], "another": [number + 3], "two": [number, number + 9]}[version]
            grade = {"source_grade": str(rng.randint(1, 3)), "assessment": rng.choice("ABCDE")}
            heard += [claim_from(f"s{speaker}: {text}", **grade) for speaker in speakers]
        ranking = rank([*base, *heard], persons, {}, few_below=FEW)
        return (
            ranking.verdict,
            ranking.reason,
            [(lead.id, lead.score, lead.rank, lead.rank_on_record) for lead in ranking.leads],
        )

    assert rank_version("one") == rank_version("another") == rank_version("two")
