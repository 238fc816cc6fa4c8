"""Workers who were left without work when their place closed: who left them, and who tells of it."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator

from graphsvc.simulate.facts import TrueFact
from graphsvc.simulate.statements import InventedClaim, Statement
from graphsvc.simulate.world import World

# Chance that those say it who tell of the place: the worker of themselves, others of each.
_OWN, _OTHERS = 0.8, 0.3
_OF_A_PLACE = frozenset({"WORKED_AT", "MANAGED", "CONTROLS"})
_WORDS = "Left without pay when the place closed."


def tell(rng: random.Random, world: World, statements: list[Statement]) -> None:
    """Adds to what happened whom somebody left, and to accounts and reports of these places that they tell it.

    It comes last and draws from a generator of its own, so that nothing else of a world happens or is told otherwise.
    """
    left: dict[str, list[TrueFact]] = defaultdict(list)
    for place, fact in list(_left(world)):
        world.facts.add(fact)
        left[place].append(fact)
    for statement in statements:
        if statement.kind == "record" or statement.false:
            continue
        true = [claim for claim in statement.claims if not (claim.planted or claim.mistaken)]
        places = [
            claim.fact.object for claim in true if claim.fact.relation in _OF_A_PLACE and claim.polarity == "asserts"
        ]
        for fact in (fact for place in dict.fromkeys(places) for fact in left[place]):
            known = fact.on is not None and fact.on <= statement.taken
            if known and rng.random() < (_OWN if fact.object == statement.source else _OTHERS):
                statement.claims.append(InventedClaim(fact, str(fact.on), notes=_WORDS))


def _left(world: World) -> Iterator[tuple[str, TrueFact]]:
    """Place → that whoever controls it left somebody, of whom no work is known after it closed."""
    controlled = {workplace.id: workplace for workplace in world.workplaces if workplace.controller}
    spells: dict[str, list[TrueFact]] = defaultdict(list)
    for fact in world.facts.of("WORKED_AT"):
        spells[fact.subject].append(fact)
    for worker, worked in spells.items():
        last = max(worked, key=lambda fact: fact.on or dt.date.min)
        workplace = controlled.get(last.object)
        if workplace is not None and last.until is not None and last.until == workplace.closed:
            yield workplace.id, TrueFact(workplace.controller, "ABANDONED", worker, last.until)
