"""Those of whom everything is said that is said of hubs: straw owners, buyers of boats, stand-ins, seniors."""

from __future__ import annotations

import random

from graphsvc.simulate.cast import AIDES, Cast, InventedPerson
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.hardness import Hard
from graphsvc.simulate.sea import Crossing
from graphsvc.simulate.work import Workplace


def own(rng: random.Random, hard: Hard, cast: Cast, workplaces: list[Workplace], facts: Facts) -> Facts:
    """Straw owners control workplaces in name; lawful ones are controlled by whoever runs them."""
    held: dict[str, InventedPerson] = {}
    for one in workplaces:
        if one.controller and rng.random() < hard.fronting:
            team = [person for person in cast.of("front") if person.boss == one.controller]
            held[one.id] = rng.choice(team or cast.of("front") + cast.of("landlord"))

    def rewrite(fact: TrueFact) -> list[TrueFact]:
        if fact.relation != "CONTROLS" or fact.subject not in cast.people or fact.object not in held:
            return [fact]
        front = held[fact.object]
        found = [fact.by(front.id)]
        if rng.random() < 0.6:
            found.append(fact)
        if front.role == "front":
            found.append(TrueFact(fact.subject, "DIRECTED", front.id, fact.on))
            if rng.random() < 0.5:
                found.append(_money(rng, front.id, fact.subject, fact))
            if rng.random() < 0.5:
                found.append(_money(rng, fact.subject, front.id, fact))
        return found

    found = facts.rewritten(rewrite)
    for one in workplaces:
        if not one.controller:
            found.add(TrueFact(one.manager, "CONTROLS", one.id, one.opened))
        elif one.id in held and held[one.id].role == "front" and one.workers:
            # A straw owner signs contracts and wages.
            for worker in rng.sample(one.workers, min(len(one.workers), 3)):
                found.add(TrueFact(held[one.id].id, rng.choice(("DIRECTED", "RECRUITED", "PAID")), worker, one.opened))
    return found


def _money(rng: random.Random, payer: str, payee: str, like: TrueFact) -> TrueFact:
    return TrueFact(payer, "PAID", payee, like.on, amount=rng.randrange(3, 90) * 100, currency="GBP")


def buy(rng: random.Random, hard: Hard, cast: Cast, crossings: list[Crossing], facts: Facts) -> Facts:
    """Boats that an aide bought in a shop, or somebody sold lawfully."""
    supplied = {fact.object for fact in facts.of("SUPPLIED") if fact.subject in cast.people}
    bought = {one.boat.id: one for one in crossings if rng.random() < hard.shop}
    found = facts.rewritten(lambda one: [] if one.relation == "SUPPLIED" and one.object in bought else [one])
    for boat, crossing in bought.items():
        aides = cast.team(crossing.organiser)
        buyer = rng.choice(aides) if aides and (boat in supplied or rng.random() < 0.7) else None
        buyer = buyer or rng.choice(cast.of("bystander"))
        found.add(TrueFact(buyer.id, "SUPPLIED", boat, crossing.day))
    return found


def stand_in(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> Facts:
    """Aides who arranged one crossing for somebody else, who then often had no hand in it."""

    def rewrite(fact: TrueFact) -> list[TrueFact]:
        if fact.relation != "ORGANISED" or fact.subject not in cast.people or rng.random() >= hard.stand_in:
            return [fact]
        person = cast.people[fact.subject]
        team = cast.team(person.boss or person.id)
        if not team:
            return [fact]
        found = [fact.by(rng.choice(team).id)]
        return [*found, fact] if rng.random() < 0.5 else found

    return facts.rewritten(rewrite)


def command(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> None:
    """Seniors direct and pay others of their gang, some of another one, and recruit those who are carried."""
    aides = [one for one in cast.aides if one.role in AIDES]
    carried = cast.of("carried")
    days = [fact.on for fact in facts.of("DIRECTED") if fact.on]
    for senior in rng.sample(aides, round(len(aides) * hard.seniors)):
        here = [one for one in cast.aides if one.gang == senior.gang and one is not senior]
        for one in rng.sample(here, min(len(here), rng.randrange(3, 9))):
            if (one.id, "DIRECTED", senior.id) not in facts:
                facts.add(TrueFact(senior.id, "DIRECTED", one.id, rng.choice(days)))
            if rng.random() < 0.4:
                day = rng.choice(days)
                facts.add(TrueFact(senior.id, "PAID", one.id, day, amount=rng.randrange(2, 20) * 100, currency="EUR"))
        if rng.random() < 0.3:
            facts.add(TrueFact(senior.id, "DIRECTED", rng.choice(aides).id, rng.choice(days)))
        for one in rng.sample(carried, min(len(carried), rng.randrange(2, 9))):
            facts.add(TrueFact(senior.id, "RECRUITED", one.id, rng.choice(days)))


def loud(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> list[TrueFact]:
    """What is believed of loud members, honestly and wrongly: that they run the gang."""
    told = []
    for gang in cast.gangs:
        members = [one for one in cast.aides if one.gang == gang.id]
        chosen = rng.sample(members, min(len(members), 1 + (rng.random() < hard.loud)))
        told += [TrueFact(one.id, "RUNS", gang.id) for one in chosen]
    return [one for one in told if one.key not in facts]
