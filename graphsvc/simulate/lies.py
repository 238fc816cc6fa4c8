"""False statements: the person blamed and for what, the motive, the accomplices, and the person protected."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import dataclass

from graphsvc.simulate import stories
from graphsvc.simulate.cast import InventedPerson
from graphsvc.simulate.facts import TrueFact
from graphsvc.simulate.world import World

# Motive → weight, and the statement's note on the source's interest.
MOTIVES = {
    "rival": (25, "Had worked with people who quarrel with the person named."),
    "creditor": (20, "Owes money to the person named."),
    "helper": (25, "Quarrelled with the person named over a fee."),
    "bystander": (30, "Asked whether a name would help the claim to stay."),
}


@dataclass(frozen=True)
class Plot:
    """A story shared by some statements.

    Attributes:
        target: id of the person blamed.
        interest: note on the motive.
        shared: the false facts that all these statements assert.
        denied: the true facts they deny, or ().
        hidden: id of the hub they keep silent about, or ''.
    """

    target: str
    interest: str
    shared: tuple[TrueFact, ...]
    denied: tuple[TrueFact, ...]
    hidden: str


def groups(rng: random.Random, scenes: list[str], count: int, collusion: float, most: int = 4) -> list[list[int]]:
    """Choose which `count` statements are false, grouped by shared story.

    Args:
        rng: the generator.
        scenes: boat or house of each statement.
        count: number of false statements, from 0 to the number of statements.
        collusion: chance that a statement is false together with others of its scene.
        most: maximum number of statements that share one story, 2 or more.
    """
    free = dict.fromkeys(rng.sample(range(len(scenes)), len(scenes)))
    free_of: dict[str, list[int]] = {}
    for account in free:
        free_of.setdefault(scenes[account], []).append(account)
    grouped: list[list[int]] = []
    while count > 0:
        first = next(iter(free))
        if rng.random() < collusion:
            # At a scene with several interviews, several witnesses can agree on a story.
            first = max(itertools.islice(free, 12), key=lambda account: len(free_of[scenes[account]]))
        together = [first]
        if rng.random() < collusion:
            together += [account for account in free_of[scenes[first]] if account != first]
        together = together[: min(count, rng.randrange(2, most + 1))]
        for account in together:
            del free[account]
            free_of[scenes[first]].remove(account)
        grouped.append(together)
        count -= len(together)
    return grouped


def plot(rng: random.Random, world: World, witnesses: list[InventedPerson], scene: str) -> Plot:
    """Return a story about one boat or workplace, shared by `witnesses`."""
    around = world.facts.about(scene)
    boss = next(
        (fact for fact in around if fact.relation in ("ORGANISED", "CONTROLS") and fact.subject in world.cast.people),
        None,
    )
    hidden = boss.subject if boss else ""
    if world.knobs.hard and rng.random() < world.knobs.hard.insider_lies:
        crossed = next((fact.on for fact in around if fact.relation == "USED_ON"), None)
        inside = _colleague(rng, world, witnesses, boss, crossed or world.knobs.day_peak)
        if inside:
            return inside
    at_sea = any(fact.relation == "USED_ON" for fact in around)
    main = "ORGANISED" if at_sea else "CONTROLS"
    while True:
        motive = rng.choices(list(MOTIVES), [weight for weight, _ in MOTIVES.values()])[0]
        target = _target(rng, world, motive, witnesses, hidden)
        if target and (target, main, scene) not in world.facts:
            break
    day = boss.on if boss else None
    lies = [TrueFact(target, main, scene, day, place=boss.place if boss else "")]
    seen = "PILOTED" if at_sea else "MANAGED"
    for fact in around:
        if fact.relation == seen:
            lies.append(TrueFact(target, "DIRECTED", fact.subject, day))
            lies.append(TrueFact(target, "PAID", fact.subject, day, amount=rng.randrange(3, 20) * 100, currency="EUR"))
        elif fact.relation == "USED_ON":
            lies.append(TrueFact(target, "SUPPLIED", fact.subject, day))
    extra = rng.randrange(3)
    if world.knobs.hard:
        gangs = [fact.subject for fact in around if fact.relation == main and fact.subject not in world.cast.people]
        lies += stories.about(rng, world, target, gangs[0], day) if gangs else []
        extra = rng.randrange(1, 6)
    shared = [lies[0], *rng.sample(lies[1:], min(len(lies) - 1, extra))]
    denied = (boss,) if boss and rng.random() < world.knobs.denial else ()
    return Plot(target, MOTIVES[motive][1], tuple(untrue(world, shared)), denied, hidden)


def _colleague(
    rng: random.Random, world: World, witnesses: list[InventedPerson], boss: TrueFact | None, day: dt.date
) -> Plot | None:
    """Let a lying aide attribute the boss's acts until `day` to a colleague; None if no witness is an aide."""
    telling = {witness.id for witness in witnesses}
    aides = [witness for witness in witnesses if witness.boss]
    if not aides:
        return None
    hidden = aides[0].boss
    team = [colleague.id for colleague in world.cast.team(hidden) if colleague.id not in telling]
    if not team:
        return None
    target = rng.choice(team)
    facts = untrue(world, stories.instead(world, hidden, target, day))
    if not facts:
        return None
    shared = rng.sample(facts, min(len(facts), rng.randrange(2, 7)))
    denied = (boss,) if boss and boss.subject == hidden and rng.random() < world.knobs.denial else ()
    return Plot(target, MOTIVES["rival"][1], tuple(shared), denied, hidden)


def own(rng: random.Random, world: World, plot: Plot, witness: InventedPerson) -> list[TrueFact]:
    """Return false facts that a statement adds about its own source."""
    relations = rng.sample(("RECRUITED", "COERCED", "TRANSPORTED", "HOUSED"), rng.randrange(3))
    lived = [
        fact.on for fact in world.facts.about(witness.id) if fact.on and fact.relation in ("CROSSED_ON", "WORKED_AT")
    ]
    day = min(lived, default=plot.shared[0].on)
    return untrue(world, [TrueFact(plot.target, relation, witness.id, day) for relation in relations])


def untrue(world: World, facts: list[TrueFact]) -> list[TrueFact]:
    """Return the facts that are untrue and do not relate a thing to itself."""
    return [fact for fact in facts if fact.key not in world.facts and fact.subject != fact.object]


def _target(rng: random.Random, world: World, motive: str, witnesses: list[InventedPerson], hidden: str) -> str:
    """Choose a person to blame, never one of the witnesses; '' if the motive fits no one."""
    telling = {witness.id for witness in witnesses}
    gang = world.cast.people[hidden].gang if hidden else ""
    if motive == "rival":
        hubs = () if world.knobs.hard else world.cast.hubs
        pool = [person.id for person in world.cast.aides + hubs if person.gang != gang]
    elif motive == "creditor":
        pool = [
            fact.object
            for witness in witnesses
            for fact in world.facts.about(witness.id)
            if fact.relation == "OWES" and fact.subject == witness.id
        ]
    else:
        pool = [person.id for person in (world.cast.helpers if motive == "helper" else world.cast.of("bystander"))]
    pool = [token for token in pool if token not in telling]
    return rng.choice(pool) if pool else ""
