"""Passengers forced to pilot: they did it under coercion, and are not hubs."""

from __future__ import annotations

import random

from graphsvc.simulate.cast import FORCED, Cast
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.hardness import Hard
from graphsvc.simulate.sea import Crossing


def choose(rng: random.Random, hard: Hard, cast: Cast, crossings: list[Crossing]) -> list[str]:
    """Put a passenger at the tiller of some crossings; return the ids of these passengers."""
    pilots = []
    for crossing in rng.sample(crossings, max(1, round(len(crossings) * hard.forced))):
        grown = [
            token
            for token in crossing.passengers
            if cast.people[token].role == "carried" and not cast.people[token].disputed
        ]
        if grown:
            crossing.pilots = [rng.choice(grown)]
            pilots += crossing.pilots
    return sorted(set(pilots))


def coerce(rng: random.Random, cast: Cast, crossings: list[Crossing], forced: list[str], facts: Facts) -> None:
    """Add facts about the people who forced these passengers."""
    for crossing in crossings:
        for pilot in crossing.pilots:
            team = cast.team(crossing.organiser, "enforcer", "driver", "keeper")
            if pilot in forced and team:
                facts.add(TrueFact(rng.choice(team).id, "COERCED", pilot, crossing.day))
    cast.recast((cast.people[token] for token in forced), FORCED)
