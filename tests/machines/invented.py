"""Random cases with one marker word in every name, id and text, and all results that other machines may compute."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from graphsvc.analysis.displacement.cohorts import whereabouts
from graphsvc.analysis.displacement.flows import find_departures
from graphsvc.analysis.displacement.stays import WorkPlace, WorkTie
from graphsvc.analysis.ranking.additive import shipped_weights
from graphsvc.analysis.ranking.basis import Basis, basis
from graphsvc.analysis.ranking.chance import Dealt
from graphsvc.analysis.ranking.hubs import rank_basis
from graphsvc.analysis.robustness.falsehood import alone, would_leave
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.pieces import pieces
from graphsvc.analysis.robustness.questions import weigh
from graphsvc.analysis.robustness.stability import places
from graphsvc.analysis.side_by_side import Processors
from tests.analysis.random_cases import with_passengers

WORD = "canary"


def case(seed: int) -> Basis:
    """A random case."""
    claims, persons, keys = with_passengers(seed)
    return basis(
        [
            replace(
                claim,
                id=_prefix(claim.id),
                subject=_prefix(claim.subject),
                object=_prefix(claim.object),
                statement=_prefix(claim.statement),
                source=_prefix(claim.source),
            )
            for claim in claims
        ],
        [replace(person, id=_prefix(person.id), name=f"{WORD.title()} Surname {person.id}") for person in persons],
        {_prefix(source): frozenset(map(_prefix, those)) for source, those in keys.items()},
    )


def _prefix(text: str) -> str:
    return f"{WORD} {text}" if text else ""


PLACES = [f"{WORD}-w{number}" for number in range(12)]


def _work() -> tuple[list[WorkPlace], list[WorkTie]]:
    """Three closed places; the people of one of them left together. Many other people come and go."""
    rng = random.Random(3)
    places_of = [
        WorkPlace(name, f"{WORD} {name}", closed_on="2020-03-20" if n < 3 else "") for n, name in enumerate(PLACES)
    ]
    ties = []
    for number in range(120):
        person, last = f"{WORD}-p{number}", PLACES[number % 3] if number < 30 else rng.choice(PLACES[3:])
        after = PLACES[3] if number % 3 == 0 and number < 30 else rng.choice(PLACES[3:])
        ties.append(WorkTie(person, "WORKED_AT", last, 0.8, first_on="2020-01-05"))
        if after != last:
            ties.append(WorkTie(person, "WORKED_AT", after, 0.8, first_on=f"2020-04-{1 + number % 28:02}"))
    return places_of, ties


def deals(count: int) -> tuple[Dealt, list[np.ndarray]]:
    """A network without names, and `count` random deals of its links."""
    network = case(1).network
    assert network is not None
    rng = np.random.default_rng(1)
    ways = []
    for _ in range(count):
        at = network.at.astype(np.int32)
        at[at >= 0] = rng.permutation(at[at >= 0])
        ways.append(at)
    return Dealt(network.nameless(), shipped_weights().nameless()), ways


def results(processors: Processors, seeds: Sequence[int] = (1, 2)) -> list[Any]:
    """All results computed by these processors, as plain values that are compared to the last digit."""
    computed: list[Any] = []
    for seed in seeds:
        on = case(seed)
        left_out, leaving = pieces(on.told), LeavingOut(on, processors)
        ranking = rank_basis(on, processors)
        computed.append(ranking)
        computed.append(places(on, left_out, leaving=leaving))
        computed.append(
            [
                [_plain(getattr(batch, name)) for name in ("left_out", "which", "person", "score", "rank", "of", "by")]
                for batch in leaving.differences([piece.rows for piece in left_out])
            ]
        )
        singly = alone(leaving, left_out, top=4)
        computed += [would_leave(on, singly, lead.id, 4, leaving) for lead in ranking.leads[:3]]
        computed += [weigh(lead.id, on, leaving=leaving) for lead in ranking.leads[:2]]
    left = find_departures(whereabouts(*_work()), draws=199, processors=processors)
    computed.append({place: asdict(each.test) for place, each in left.items()})
    return computed


def _plain(array: np.ndarray) -> list[Any]:
    plain: list[Any] = array.tolist()
    return plain
