"""Whole stories that put somebody at the head of a gang: false, and coherent with what is true of everybody else."""

from __future__ import annotations

import datetime as dt
import random

from graphsvc.simulate.cast import InventedPerson
from graphsvc.simulate.facts import TrueFact
from graphsvc.simulate.world import World

# Whom a story blames, and how often.
_BLAMED = {"aide": 35, "go-between": 15, "stranger": 25, "helper": 25}
# What a colleague is given of the boss's part.
_PART = ("ORGANISED", "CONTROLS", "DIRECTED", "PAID", "RUNS", "SUPPLIED")


def blamed(rng: random.Random, world: World, gang: str) -> InventedPerson:
    """Whom rivals of a gang blame: one of its aides or go-betweens, a member of another gang, or a helper."""
    cast = world.cast
    here = [one for one in cast.aides if one.gang == gang]
    pools = {
        "aide": here,
        "go-between": [one for one in cast.of("go-between") if one.gang == gang],
        "stranger": [one for one in cast.aides if one.gang != gang],
        "helper": cast.helpers,
    }
    filled = {name: pool for name, pool in pools.items() if pool}
    chosen = rng.choices(list(filled), [_BLAMED[name] for name in filled])[0]
    return rng.choice(filled[chosen])


def about(rng: random.Random, world: World, target: str, gang: str, day: dt.date | None) -> list[TrueFact]:
    """What makes a head of the gang out of `target`, as of `day`: it runs, orders, pays and recruits."""
    cast = world.cast
    members = [one.id for one in cast.aides if one.gang == gang and one.id != target]
    told = [TrueFact(target, "RUNS", gang), TrueFact(target, "MEMBER_OF", gang)]
    for one in rng.sample(members, min(len(members), rng.randrange(2, 6))):
        told.append(TrueFact(target, "DIRECTED", one, day))
        if rng.random() < 0.5:
            told.append(TrueFact(target, "PAID", one, day, amount=rng.randrange(3, 40) * 100, currency="EUR"))
        if rng.random() < 0.25:
            told.append(TrueFact(target, "RECRUITED", one, day))
    if rng.random() < 0.4:
        hubs = [one.id for one in cast.hubs if one.gang == gang]
        # Those who do run it are made into helpers of the one who does not.
        told += [TrueFact(target, "DIRECTED", one, day) for one in rng.sample(hubs, min(1, len(hubs)))]
    return told


def crossings(rng: random.Random, world: World, target: str, gang: str, count: int) -> list[TrueFact]:
    """Up to `count` crossings of a gang that `target` is said to have arranged, or to have brought the boat for."""
    own = [one for one in world.crossings if world.cast.people[one.organiser].gang == gang]
    told = []
    for one in rng.sample(own, min(count, len(own))):
        told.append(TrueFact(target, "ORGANISED", one.id, one.day, place=one.launch[0]))
        if rng.random() < 0.3:
            told.append(TrueFact(target, "SUPPLIED", one.boat.id, one.day))
    return told


def instead(world: World, boss: str, colleague: str, before: dt.date) -> list[TrueFact]:
    """What is true of a boss, told of a colleague."""
    return [
        fact.by(colleague)
        for fact in world.facts.about(boss)
        if fact.subject == boss and fact.relation in _PART and (fact.on is None or fact.on <= before)
    ]
