"""Helpers in hard worlds: they drive and house people, and for some of them no service is on record."""

from __future__ import annotations

import random

from graphsvc.simulate.cast import Cast, InventedPerson
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.hardness import Hard

_WHO = {"TRANSPORTED": ("taxi driver", "charity worker"), "HOUSED": ("landlord", "charity worker")}
# Relations that an unrecorded service looks like.
_LOOKS = {
    "taxi driver": ("TRANSPORTED", "CONTACTED"),
    "landlord": ("HOUSED", "CONTACTED", "ASSOCIATES_WITH"),
    "charity worker": ("ASSOCIATES_WITH", "CONTACTED", "HOUSED", "TRANSPORTED"),
    "interpreter": ("CONTACTED", "ASSOCIATES_WITH"),
    "doctor": ("CONTACTED", "ASSOCIATES_WITH"),
    "money transfer agent": ("CONTACTED", "PAID"),
}


def drive_and_house(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> Facts:
    """Let some passengers arrive by taxi, or sleep at a lawful landlord's; a few helpers get most of them."""
    drawn: dict[str, list[InventedPerson]] = {}
    for relation, roles in _WHO.items():
        helpers = cast.of(*roles)
        drawn[relation] = rng.sample(helpers, len(helpers))
    weights = {relation: [1 / (1 + n) ** hard.tail for n in range(len(those))] for relation, those in drawn.items()}

    def rewrite(fact: TrueFact) -> list[TrueFact]:
        if fact.relation in drawn and rng.random() < hard.lawful_rides:
            return [fact.by(rng.choices(drawn[fact.relation], weights[fact.relation])[0].id)]
        return [fact]

    new_facts = facts.rewritten(rewrite)
    for aide in cast.aides:
        # Members take taxis and rent rooms too.
        if rng.random() < hard.lawful_rides:
            relation = rng.choice(tuple(_WHO))
            helper = rng.choices(drawn[relation], weights[relation])[0]
            new_facts.add(TrueFact(helper.id, relation, aide.id))
    return new_facts


def forget(rng: random.Random, hard: Hard, cast: Cast, facts: Facts) -> Facts:
    """Remove the recorded services of some helpers: only contact, rides, beds and money remain."""
    unbooked = {helper.id: helper.role for helper in cast.helpers if rng.random() < hard.unbooked}

    def rewrite(fact: TrueFact) -> list[TrueFact]:
        if fact.relation != "SERVED" or fact.subject not in unbooked:
            return [fact]
        relation = rng.choice(_LOOKS[unbooked[fact.subject]])
        amount = rng.randrange(2, 90) * 10 if relation == "PAID" else 0
        return [TrueFact(fact.subject, relation, fact.object, fact.on, amount=amount, currency="GBP" if amount else "")]

    return facts.rewritten(rewrite)
