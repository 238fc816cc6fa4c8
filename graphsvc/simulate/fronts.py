"""People who look like hubs: straw owners, buyers of boats, stand-ins, seniors."""

from __future__ import annotations

import random

from graphsvc.simulate.cast import AIDES, MEMBERS, Cast, InventedPerson
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.hardness import Hard
from graphsvc.simulate.sea import Crossing
from graphsvc.simulate.work import Workplace


def own(rng: random.Random, hard: Hard, cast: Cast, workplaces: list[Workplace], facts: Facts) -> Facts:
    """Let straw owners control workplaces in name, and managers control lawful workplaces."""
    owners: dict[str, InventedPerson] = {}
    for workplace in workplaces:
        if workplace.controller and rng.random() < hard.fronting:
            team = [person for person in cast.of("front") if person.boss == workplace.controller]
            owners[workplace.id] = rng.choice(team or cast.of("front") + cast.of("landlord"))

    def rewrite(fact: TrueFact) -> list[TrueFact]:
        if fact.relation != "CONTROLS" or fact.subject not in cast.people or fact.object not in owners:
            return [fact]
        front = owners[fact.object]
        substitutes = [fact.by(front.id)]
        if rng.random() < 0.6:
            substitutes.append(fact)
        if front.role == "front":
            substitutes.append(TrueFact(fact.subject, "DIRECTED", front.id, fact.on))
            if rng.random() < 0.5:
                substitutes.append(_money(rng, front.id, fact.subject, fact))
            if rng.random() < 0.5:
                substitutes.append(_money(rng, fact.subject, front.id, fact))
        return substitutes

    new_facts = facts.rewritten(rewrite)
    for workplace in workplaces:
        if not workplace.controller:
            new_facts.add(TrueFact(workplace.manager, "CONTROLS", workplace.id, workplace.opened))
        elif workplace.id in owners and owners[workplace.id].role == "front" and workplace.workers:
            # A straw owner signs contracts and pays wages.
            for worker in rng.sample(workplace.workers, min(len(workplace.workers), 3)):
                new_facts.add(
                    TrueFact(
                        owners[workplace.id].id, rng.choice(("DIRECTED", "RECRUITED", "PAID")), worker, workplace.opened
                    )
                )
    return new_facts


def _money(rng: random.Random, payer: str, payee: str, like: TrueFact) -> TrueFact:
    return TrueFact(payer, "PAID", payee, like.on, amount=rng.randrange(3, 90) * 100, currency="GBP")


def buy(rng: random.Random, hard: Hard, cast: Cast, crossings: list[Crossing], facts: Facts) -> Facts:
    """Let some boats be bought in a shop by an aide, or sold lawfully by a bystander."""
    supplied = {fact.object for fact in facts.of("SUPPLIED") if fact.subject in cast.people}
    bought = {crossing.boat.id: crossing for crossing in crossings if rng.random() < hard.shop}
    new_facts = facts.rewritten(lambda fact: [] if fact.relation == "SUPPLIED" and fact.object in bought else [fact])
    for boat, crossing in bought.items():
        aides = cast.team(crossing.organiser)
        buyer = rng.choice(aides) if aides and (boat in supplied or rng.random() < 0.7) else None
        buyer = buyer or rng.choice(cast.of("bystander"))
        new_facts.add(TrueFact(buyer.id, "SUPPLIED", boat, crossing.day))
    return new_facts


def stand_in(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> Facts:
    """Let aides arrange some crossings for an organiser, who then often had no hand in them."""

    def rewrite(fact: TrueFact) -> list[TrueFact]:
        if fact.relation != "ORGANISED" or fact.subject not in cast.people or rng.random() >= hard.stand_in:
            return [fact]
        person = cast.people[fact.subject]
        team = cast.team(person.boss or person.id)
        if not team:
            return [fact]
        substitutes = [fact.by(rng.choice(team).id)]
        return [*substitutes, fact] if rng.random() < 0.5 else substitutes

    return facts.rewritten(rewrite)


def command(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> None:
    """Let seniors direct and pay members of their gang, and some of another gang, and recruit passengers."""
    aides = [aide for aide in cast.aides if aide.role in AIDES]
    carried = cast.of("carried")
    days = [fact.on for fact in facts.of("DIRECTED") if fact.on]
    for senior in rng.sample(aides, round(len(aides) * hard.seniors)):
        members = [aide for aide in cast.of_gang(senior.gang, *MEMBERS) if aide is not senior]
        for member in rng.sample(members, min(len(members), rng.randrange(3, 9))):
            if (member.id, "DIRECTED", senior.id) not in facts:
                facts.add(TrueFact(senior.id, "DIRECTED", member.id, rng.choice(days)))
            if rng.random() < 0.4:
                day = rng.choice(days)
                facts.add(
                    TrueFact(senior.id, "PAID", member.id, day, amount=rng.randrange(2, 20) * 100, currency="EUR")
                )
        if rng.random() < 0.3:
            facts.add(TrueFact(senior.id, "DIRECTED", rng.choice(aides).id, rng.choice(days)))
        for passenger in rng.sample(carried, min(len(carried), rng.randrange(2, 9))):
            facts.add(TrueFact(senior.id, "RECRUITED", passenger.id, rng.choice(days)))


def loud(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> list[TrueFact]:
    """Make rumours, honest but wrong, that loud members run their gang."""
    rumours = []
    for gang in cast.gangs:
        members = cast.of_gang(gang.id, *MEMBERS)
        chosen = rng.sample(members, min(len(members), 1 + (rng.random() < hard.loud)))
        rumours += [TrueFact(member.id, "RUNS", gang.id) for member in chosen]
    return [rumour for rumour in rumours if rumour.key not in facts]
