"""Checks that the worlds for fitting and measuring the score contain what they are made for."""

from __future__ import annotations

import pytest

from bench import witnesses
from bench.case_folder import Case
from bench.worlds import case, usual_share
from bench.worlds.randomised import HUBS

SEEDS = range(3001, 3007)


@pytest.fixture(scope="module")
def close() -> list[Case]:
    return [case("close", seed, usual_share(seed)) for seed in SEEDS]


def dealings(world: Case, relation: str) -> set[tuple[str, str, str]]:
    """True links from passengers to hubs."""
    roles = world.truth["roles"]
    return {
        key
        for key in world.truth["facts"]
        if key[1] == relation and roles[key[0]] == "carried" and roles[key[2]] in HUBS
    }


@pytest.mark.parametrize("relation", ["PAID", "CONTACTED"])
def test_in_close_worlds_passengers_pay_and_call_those_who_run_it_and_it_is_told(
    close: list[Case], relation: str
) -> None:
    """In other families this never happens, so the score learned that people who deal with passengers are no hubs."""
    true = [dealings(world, relation) for world in close]
    assert sum(map(bool, true)) > len(close) / 2
    asserted = [
        {claim.key for claim in world.claims if claim.asserts} & those for world, those in zip(close, true, strict=True)
    ]
    assert sum(map(bool, asserted)) > len(close) / 2
    assert not any(dealings(case("worlds", seed, usual_share(seed)), relation) for seed in SEEDS)


def test_who_was_forced_to_steer_is_counted_among_the_first_fifty(close: list[Case]) -> None:
    world = next(world for world in close if "coerced pilot" in world.truth["roles"].values())
    pilots = sum(role == "coerced pilot" for role in world.truth["roles"].values())
    ranking = witnesses.leads(world)
    assert len(witnesses.forced_in_first(world, ranking)) == pilots
    listed = {lead.id for lead in ranking[:50]}
    roles = world.truth["roles"]
    assert sum(witnesses.forced_in_first(world, ranking)) == sum(roles[name] == "coerced pilot" for name in listed)
    assert not any(witnesses.forced_in_first(world, []))
    assert witnesses.share([]) == "–"
    assert witnesses.share([True, False]) == "50.0% of 2"
