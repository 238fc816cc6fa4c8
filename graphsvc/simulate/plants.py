"""Planted reports: intelligence in which rivals spread one coherent false story, graded like true reports."""

from __future__ import annotations

import datetime as dt

from graphsvc.simulate import stories
from graphsvc.simulate.facts import TrueFact
from graphsvc.simulate.lies import untrue
from graphsvc.simulate.statements import InventedClaim, InventedStatement, Statement, after, unique

_SUBJECTS = (
    "Who gives the orders in a group.",
    "Who arranges places on boats.",
    "Money and instructions within a group.",
)


def build(telling: InventedStatement) -> list[Statement]:
    """Return the planted reports of a hard world; none in a clean one."""
    hard, rng, world = telling.world.knobs.hard, telling.rng, telling.world
    if hard is None:
        return []
    true_of: dict[str, list[TrueFact]] = {}
    for fact in world.facts.of("MEMBER_OF", "PILOTED", "ASSISTED"):
        true_of.setdefault(world.cast.people[fact.subject].gang, []).append(fact)
    reports = []
    for gang in world.cast.gangs:
        for _ in range(int(hard.plants + rng.random())):
            reports += _story(telling, gang.id, true_of.get(gang.id, []))
    return reports


def _story(telling: InventedStatement, gang: str, true: list[TrueFact]) -> list[Statement]:
    """Return one story in two to four reports, from one or two sources, mixed with true facts about the gang."""
    rng, world = telling.rng, telling.world
    target = stories.choose_blamed(rng, world, gang).id
    begun = world.knobs.day_peak + dt.timedelta(days=rng.randrange(-40, 120))
    facts = stories.about(rng, world, target, gang, begun - dt.timedelta(days=rng.randrange(5, 60)))
    facts = untrue(world, facts + stories.crossings(rng, world, target, gang, rng.randrange(3)))
    if not facts:
        return []
    sources = [f"R{rng.randrange(1, 60):03d}" for _ in range(rng.randrange(1, 3))]
    reports = []
    for _ in range(rng.randrange(2, 5)):
        report = Statement("intelligence", rng.choice(sources), begun, rng.choice(_SUBJECTS))
        telling.grade(report, true=True)
        chosen = rng.sample(facts, min(len(facts), rng.randrange(2, 6)))
        report.claims = unique(InventedClaim(fact, telling.date(fact.on), planted=True) for fact in chosen)
        # Most of what rivals report is true, which makes the rest believable.
        known = [fact for fact in true if fact.subject != target]
        told_of = [InventedClaim(fact, telling.date(fact.on)) for fact in rng.sample(known, min(len(known), 2))]
        report.claims = unique([*report.claims, *told_of])
        report.taken = after(begun + dt.timedelta(days=rng.randrange(40)), report.claims)
        reports.append(report)
    return reports
