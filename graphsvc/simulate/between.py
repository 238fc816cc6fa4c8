"""People between hubs and everyone else: go-betweens who relay orders, financiers, and brokers who introduce people."""

from __future__ import annotations

import datetime as dt
import random

from graphsvc.simulate.cast import Cast, InventedPerson
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.hardness import Hard

_COMMANDS = ("DIRECTED", "PAID", "COERCED", "RECRUITED")
_TIES = ("CONTACTED", "ASSOCIATES_WITH")
_UP = ("PAID", "OWES", *_TIES)
# Even careful people slip up now and then.
_SLIP = 0.08


def relay(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> Facts:
    """Move the dealings of an insulated leader or organiser to their go-between."""
    between = {person.boss: person.id for person in reversed(cast.of("go-between"))}
    middles = frozenset(between.values())

    def rewrite(fact: TrueFact) -> list[TrueFact]:
        if fact.subject in middles or fact.object in middles or rng.random() < _SLIP:
            return [fact]
        if fact.subject in between and fact.relation in (*_COMMANDS, *_TIES):
            return [fact.by(between[fact.subject])]
        if fact.object in between and fact.relation in (*_UP, "DIRECTED"):
            # Orders from further above reach the hub directly: there is no go-between on that side.
            return [fact] if fact.relation == "DIRECTED" else [fact.to(between[fact.object])]
        if fact.subject in between and fact.relation == "ORGANISED" and rng.random() < hard.relayed:
            return [fact.by(between[fact.subject])]
        return [fact]

    new_facts = facts.rewritten(rewrite)
    for boss, middle in between.items():
        day = min((fact.on for fact in facts.about(boss) if fact.on), default=None)
        new_facts.add(TrueFact(boss, "DIRECTED", middle, day))
        new_facts.add(TrueFact(middle, "PAID", boss, day, amount=rng.randrange(50, 400) * 100, currency="EUR"))
        new_facts.add(TrueFact(*rng.choice(((boss, "CONTACTED", middle), (middle, "CONTACTED", boss))), day))
    return new_facts


def finance(rng: random.Random, day: dt.date, cast: Cast, facts: Facts) -> Facts:
    """Let financiers fund some of the people in charge, sometimes in several gangs, and be repaid through others."""
    nameless = {person.id for person in cast.of("financier") if rng.random() < 0.6}
    new_facts = facts.rewritten(
        lambda fact: [] if fact.relation == "MEMBER_OF" and fact.subject in nameless else [fact]
    )
    for financier in cast.of("financier"):
        near = [
            person
            for person in cast.of("leader", "organiser", "supplier", "controller")
            if person.gang == financier.gang
        ]
        far = [person for person in cast.of("leader", "organiser", "controller") if person.gang != financier.gang]
        backed = rng.sample(near, min(len(near), 3)) + rng.sample(far, min(len(far), rng.randrange(2)))
        for person in backed:
            new_facts.add(_money(rng, financier, person, day))
            carrier = rng.choice(cast.team(person.id, "cashier", "go-between", "manager") or [person])
            new_facts.add(_money(rng, carrier, financier, day))
            if rng.random() < 0.4:
                new_facts.add(
                    TrueFact(person.id, "OWES", financier.id, day, amount=rng.randrange(50, 500) * 100, currency="EUR")
                )
        for person in rng.sample(backed, min(len(backed), 1)):
            new_facts.add(
                TrueFact(financier.id, rng.choice(("DIRECTED", "ASSOCIATES_WITH", "CONTACTED")), person.id, day)
            )
    return new_facts


def _money(rng: random.Random, payer: InventedPerson, payee: InventedPerson, day: dt.date) -> TrueFact:
    on = day + dt.timedelta(days=rng.randrange(-90, 40))
    return TrueFact(payer.id, "PAID", payee.id, on, amount=rng.randrange(30, 900) * 100, currency="EUR")


def introduce(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> Facts:
    """Make some brokers quiet: they order no one, and keep only a few links to each side, at times to aides there."""
    quiet = {person.id for person in cast.of("broker") if rng.random() < hard.quiet_brokers}

    def rewrite(fact: TrueFact) -> list[TrueFact]:
        if fact.subject in quiet and fact.relation in _COMMANDS:
            return [TrueFact(fact.subject, rng.choice(_TIES), fact.object, fact.on)] if rng.random() < 0.5 else []
        if fact.object in quiet and fact.relation == "PAID" and rng.random() < 0.5:
            return []
        if fact.subject in quiet and fact.relation == "ASSOCIATES_WITH" and rng.random() < 0.3:
            team = cast.team(fact.object)
            return [fact.to(rng.choice(team).id)] if team else [fact]
        return [fact]

    return facts.rewritten(rewrite)
