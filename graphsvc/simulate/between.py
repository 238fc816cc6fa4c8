"""Who stands between hubs and everybody else: go-betweens who relay every order, financiers, brokers who introduce."""

from __future__ import annotations

import datetime as dt
import random

from graphsvc.simulate.cast import Cast, InventedPerson
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.hardness import Hard

_COMMANDS = ("DIRECTED", "PAID", "COERCED", "RECRUITED")
_TIES = ("CONTACTED", "ASSOCIATES_WITH")
_UP = ("PAID", "OWES", *_TIES)
# Even the careful are careless now and then.
_SLIP = 0.08


def relay(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> Facts:
    """What an insulated leader or organiser did or got goes through the go-between instead."""
    between = {one.boss: one.id for one in reversed(cast.of("go-between"))}

    def rewrite(fact: TrueFact) -> list[TrueFact]:
        if fact.subject in between.values() or fact.object in between.values() or rng.random() < _SLIP:
            return [fact]
        if fact.subject in between and fact.relation in (*_COMMANDS, *_TIES):
            return [fact.by(between[fact.subject])]
        if fact.object in between and fact.relation in (*_UP, "DIRECTED"):
            # Orders from further above reach the hub in person: there is nobody between the two.
            return [fact] if fact.relation == "DIRECTED" else [fact.to(between[fact.object])]
        if fact.subject in between and fact.relation == "ORGANISED" and rng.random() < hard.relayed:
            return [fact.by(between[fact.subject])]
        return [fact]

    found = facts.rewritten(rewrite)
    for boss, middle in between.items():
        day = min((one.on for one in facts.about(boss) if one.on), default=None)
        found.add(TrueFact(boss, "DIRECTED", middle, day))
        found.add(TrueFact(middle, "PAID", boss, day, amount=rng.randrange(50, 400) * 100, currency="EUR"))
        found.add(TrueFact(*rng.choice(((boss, "CONTACTED", middle), (middle, "CONTACTED", boss))), day))
    return found


def finance(rng: random.Random, day: dt.date, cast: Cast, facts: Facts) -> Facts:
    """Financiers put up money for some who run things, in several gangs at times, and get it back through others."""
    nameless = {one.id for one in cast.of("financier") if rng.random() < 0.6}
    found = facts.rewritten(lambda one: [] if one.relation == "MEMBER_OF" and one.subject in nameless else [one])
    for financier in cast.of("financier"):
        near = [one for one in cast.of("leader", "organiser", "supplier", "controller") if one.gang == financier.gang]
        far = [one for one in cast.of("leader", "organiser", "controller") if one.gang != financier.gang]
        backed = rng.sample(near, min(len(near), 3)) + rng.sample(far, min(len(far), rng.randrange(2)))
        for one in backed:
            found.add(_money(rng, financier, one, day))
            carrier = rng.choice(cast.team(one.id, "cashier", "go-between", "manager") or [one])
            found.add(_money(rng, carrier, financier, day))
            if rng.random() < 0.4:
                found.add(
                    TrueFact(one.id, "OWES", financier.id, day, amount=rng.randrange(50, 500) * 100, currency="EUR")
                )
        for one in rng.sample(backed, min(len(backed), 1)):
            found.add(TrueFact(financier.id, rng.choice(("DIRECTED", "ASSOCIATES_WITH", "CONTACTED")), one.id, day))
    return found


def _money(rng: random.Random, payer: InventedPerson, payee: InventedPerson, day: dt.date) -> TrueFact:
    on = day + dt.timedelta(days=rng.randrange(-90, 40))
    return TrueFact(payer.id, "PAID", payee.id, on, amount=rng.randrange(30, 900) * 100, currency="EUR")


def introduce(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> Facts:
    """Some brokers order nobody: what is left of them are a few ties to each side, at times to aides there."""
    quiet = {one.id for one in cast.of("broker") if rng.random() < hard.quiet_brokers}

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
