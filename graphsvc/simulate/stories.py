"""False stories that make someone the head of a gang, and fit what is true of everyone else."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from graphsvc.simulate.cast import HUBS, MEMBERS, InventedPerson
from graphsvc.simulate.facts import TrueFact
from graphsvc.simulate.world import World

# Kinds of people blamed in a story, with their weights.
_BLAMED = {"aide": 35, "go-between": 15, "stranger": 25, "helper": 25}
# Relations of the boss that are attributed to a colleague.
_PART = ("ORGANISED", "CONTROLS", "DIRECTED", "PAID", "RUNS", "SUPPLIED")


def choose_blamed(rng: random.Random, world: World, gang: str) -> InventedPerson:
    """Choose a person for rivals of a gang to blame: its aide or go-between, another gang's member, or a helper."""
    cast = world.cast
    pools: dict[str, Sequence[InventedPerson]] = {
        "aide": cast.of_gang(gang, *MEMBERS),
        "go-between": cast.of_gang(gang, "go-between"),
        "stranger": [aide for aide in cast.aides if aide.gang != gang],
        "helper": cast.helpers,
    }
    filled = {name: pool for name, pool in pools.items() if pool}
    chosen = rng.choices(list(filled), [_BLAMED[name] for name in filled])[0]
    return rng.choice(filled[chosen])


def about(rng: random.Random, world: World, target: str, gang: str, day: dt.date | None) -> list[TrueFact]:
    """Return false facts that make `target` head of the gang, as of `day`: running it, ordering, paying, recruiting."""
    cast = world.cast
    members = [aide.id for aide in cast.of_gang(gang, *MEMBERS) if aide.id != target]
    facts = [TrueFact(target, "RUNS", gang), TrueFact(target, "MEMBER_OF", gang)]
    for member in rng.sample(members, min(len(members), rng.randrange(2, 6))):
        facts.append(TrueFact(target, "DIRECTED", member, day))
        if rng.random() < 0.5:
            facts.append(TrueFact(target, "PAID", member, day, amount=rng.randrange(3, 40) * 100, currency="EUR"))
        if rng.random() < 0.25:
            facts.append(TrueFact(target, "RECRUITED", member, day))
    if rng.random() < 0.4:
        hubs = [hub.id for hub in cast.of_gang(gang, *HUBS)]
        # The real head is presented as taking orders.
        facts += [TrueFact(target, "DIRECTED", hub, day) for hub in rng.sample(hubs, min(1, len(hubs)))]
    return facts


def crossings(rng: random.Random, world: World, target: str, gang: str, count: int) -> list[TrueFact]:
    """Return up to `count` crossings of a gang that `target` supposedly arranged, or supplied the boat for."""
    own = [crossing for crossing in world.crossings if world.cast.people[crossing.organiser].gang == gang]
    facts = []
    for crossing in rng.sample(own, min(count, len(own))):
        facts.append(TrueFact(target, "ORGANISED", crossing.id, crossing.day, place=crossing.launch[0]))
        if rng.random() < 0.3:
            facts.append(TrueFact(target, "SUPPLIED", crossing.boat.id, crossing.day))
    return facts


def instead(world: World, boss: str, colleague: str, before: dt.date) -> list[TrueFact]:
    """Return true facts about a boss, attributed to a colleague."""
    return [
        fact.by(colleague)
        for fact in world.facts.about(boss)
        if fact.subject == boss and fact.relation in _PART and (fact.on is None or fact.on <= before)
    ]
