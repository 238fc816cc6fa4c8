"""Workers abandoned when their workplace closed, and the statements that mention it."""

from __future__ import annotations

import random

from graphsvc.simulate.statements import InventedClaim, Statement
from graphsvc.simulate.world import World

# Chance that a statement about the workplace mentions the abandonment: by the worker concerned, and by others.
_OWN, _OTHERS = 0.8, 0.3
_OF_A_PLACE = frozenset({"WORKED_AT", "MANAGED", "CONTROLS"})
_WORDS = "Left without pay when the place closed."


def tell(rng: random.Random, world: World, statements: list[Statement]) -> None:
    """In statements about closed workplaces, claim that the controllers abandoned workers.

    It runs last and with its own generator, so that nothing else in a world changes.
    """
    for statement in statements:
        if statement.kind == "record" or statement.false:
            continue
        true = [claim for claim in statement.claims if not (claim.planted or claim.mistaken)]
        places = [
            claim.fact.object for claim in true if claim.fact.relation in _OF_A_PLACE and claim.polarity == "asserts"
        ]
        for fact in (fact for place in dict.fromkeys(places) for fact in world.abandoned.get(place, ())):
            known = fact.on is not None and fact.on <= statement.taken
            if known and rng.random() < (_OWN if fact.object == statement.source else _OTHERS):
                statement.claims.append(InventedClaim(fact, str(fact.on), notes=_WORDS))
