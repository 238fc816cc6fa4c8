"""One world: its people and what truly happened, from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from graphsvc.simulate import cast as casting
from graphsvc.simulate import chain, forced, rework, sea, standing, ties, veil, work
from graphsvc.simulate import things as objects
from graphsvc.simulate.cast import DOUBLE, PASSIVE, Cast
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.knobs import Knobs
from graphsvc.simulate.sea import Crossing
from graphsvc.simulate.things import Things
from graphsvc.simulate.work import Workplace


@dataclass
class World:
    """The people and events of a world, before anyone reports them.

    Attributes:
        rumours: false facts that honest people believe.
        abandoned: workplace → facts that its controller abandoned workers when it closed. Kept apart from `facts`, from
            which all other claims are drawn.
    """

    knobs: Knobs
    cast: Cast
    crossings: list[Crossing]
    workplaces: list[Workplace]
    things: Things
    facts: Facts
    rumours: list[TrueFact] = field(default_factory=list)
    abandoned: dict[str, list[TrueFact]] = field(default_factory=dict)

    def __contains__(self, key: object) -> bool:
        """Whether a relation (subject, relation, object) truly holds."""
        return key in self.facts or any(fact.key == key for left in self.abandoned.values() for fact in left)

    def linking(self) -> list[str]:
        """Return ids of people who link gangs with nothing else in common: brokers, and suppliers of two gangs."""
        gang_of_boat: dict[str, set[str]] = {}
        for crossing in self.crossings:
            gang_of_boat.setdefault(crossing.boat.id, set()).add(self.cast.people[crossing.organiser].gang)
        served: dict[str, set[str]] = {}
        for fact in self.facts.of("SUPPLIED"):
            served.setdefault(fact.subject, set()).update(gang_of_boat[fact.object])
        suppliers = [supplier.id for supplier in self.cast.of("supplier") if len(served.get(supplier.id, ())) > 1]
        return [broker.id for broker in self.cast.of("broker")] + suppliers

    def candidates(self) -> list[str]:
        """Return ids of everyone rankable, before it is known who gives statements."""
        return [
            person.id for person in self.cast.people.values() if person.role not in PASSIVE and person.role != DOUBLE
        ]


def _identities(rng: random.Random, cast: Cast, facts: Facts) -> None:
    """Link second rows to the same person, and add some custom relations."""
    for real, double in cast.double_of.items():
        facts.add(TrueFact(double, "SAME_AS", real))
    aides = cast.aides
    for person in rng.sample(aides, max(1, len(aides) // 15)):
        facts.add(TrueFact(person.id, "X_LENT_PHONE_TO", rng.choice(aides).id))
    for person in rng.sample(cast.of("carried"), max(1, len(cast.of("carried")) // 60)):
        facts.add(TrueFact(person.id, "X_SHARED_ROOM_WITH", rng.choice(cast.of("carried", "worker")).id))
    for person in cast.of("bystander"):
        if rng.random() < 0.15:
            facts.add(TrueFact(person.id, "X_VOUCHED_FOR", rng.choice(aides).id))


def build(seed: int, knobs: Knobs, people: int) -> World:
    """Build the world of a seed. Each part has its own generator, so that parts can change independently."""

    def source(part: str) -> random.Random:
        return random.Random(f"{seed}/{part}")

    facts = Facts()
    cast = casting.build(source("cast"), knobs, people)
    crossings = sea.build(source("sea"), knobs, cast, people)
    pilots = forced.choose(source("forced"), knobs.hard, cast, crossings) if knobs.hard else []
    workplaces = work.build(source("work"), knobs, cast, people)
    sea.tell(source("sea facts"), cast, crossings, facts)
    work.tell(source("work facts"), knobs, cast, workplaces, facts)
    chain.tell(source("chain"), knobs, cast, crossings, workplaces, facts)
    _identities(source("identities"), cast, facts)
    ties.tell(source("ties"), knobs, cast, crossings, workplaces, facts)
    facts, rumours = rework.rework(source, knobs, cast, crossings, workplaces, pilots, facts)
    things = objects.build(source("things"), knobs, cast, crossings, facts)
    standing.give(source("standing"), knobs, cast, facts)
    if knobs.hard:
        veil.draw(source("veil"), cast)
    return World(knobs, cast, crossings, workplaces, things, facts, rumours, work.abandonments(workplaces, facts))
