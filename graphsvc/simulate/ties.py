"""Everyday links: lawful service, calls, being seen together, family. They are many, and say little about control."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Sequence

from graphsvc.simulate.cast import HELPERS, HUBS, Cast, InventedPerson
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.knobs import Knobs
from graphsvc.simulate.sea import Crossing
from graphsvc.simulate.work import Workplace


class _Helpers:
    """Random choice of the helpers people meet: a few of each kind meet most."""

    def __init__(self, rng: random.Random, cast: Cast, tail: float) -> None:
        self._rng = rng
        self._helpers = rng.sample(cast.helpers, len(cast.helpers))
        weights = [1 / (position + 1) ** tail for position in range(len(self._helpers))]
        self._edges = list(itertools.accumulate(weights))

    def draw_helpers(self, count: int) -> list[InventedPerson]:
        """Draw up to `count` different helpers."""
        drawn = self._rng.choices(self._helpers, cum_weights=self._edges, k=count)
        return list({person.id: person for person in drawn}.values())


def tell(
    rng: random.Random,
    knobs: Knobs,
    cast: Cast,
    crossings: list[Crossing],
    workplaces: list[Workplace],
    facts: Facts,
) -> None:
    """Add everyone's everyday links."""
    helpers = _Helpers(rng, cast, knobs.hard.tail if knobs.hard else 0.85)
    for person in cast.of("carried", "worker"):
        _serve(rng, knobs, helpers, person, rng.choice((1, 2, 3, 4, 5)), facts)
    _together(rng, knobs, [crossing.passengers for crossing in crossings], facts)
    _together(rng, knobs, [workplace.workers for workplace in workplaces], facts)
    for person in cast.aides:
        _aide(rng, knobs, cast, helpers, person, facts)
    for person in cast.hubs:
        _hub(rng, knobs, cast, helpers, person, facts)
    _around(rng, knobs, cast, helpers, facts)
    if knobs.hard:
        known = cast.of("bystander") + cast.aides
        for person in cast.hubs + cast.aides + cast.of("bystander"):
            _neighbours(rng, knobs, cast, known, helpers, person, facts)
    # People who recruited or drove someone often called them.
    for fact in facts.of("RECRUITED", "TRANSPORTED"):
        if rng.random() < 0.35:
            _call(rng, knobs, fact.subject, fact.object, facts, few=True)


def _day(rng: random.Random, knobs: Knobs) -> dt.date:
    return knobs.day_peak + dt.timedelta(days=rng.randrange(-110, 70))


def _call(rng: random.Random, knobs: Knobs, caller: str, called: str, facts: Facts, *, few: bool = False) -> None:
    weight = 1 + min(200, int(rng.expovariate(1 / (3 if few else 9))))
    facts.add(TrueFact(caller, "CONTACTED", called, _day(rng, knobs), weight=weight))


def _serve(
    rng: random.Random, knobs: Knobs, helpers: _Helpers, person: InventedPerson, count: int, facts: Facts
) -> None:
    """Let helpers serve a person, call them, and be paid if they charge."""
    for helper in helpers.draw_helpers(count):
        facts.add(TrueFact(helper.id, "SERVED", person.id, _day(rng, knobs)))
        if rng.random() < 0.5:
            caller, called = rng.sample((helper.id, person.id), 2)
            _call(rng, knobs, caller, called, facts, few=True)
        if helper.role in ("taxi driver", "landlord", "money transfer agent") and rng.random() < 0.5:
            amount = rng.randrange(2, 90) * 10
            facts.add(TrueFact(person.id, "PAID", helper.id, _day(rng, knobs), amount=amount, currency="GBP"))


def _together(rng: random.Random, knobs: Knobs, crowds: list[list[str]], facts: Facts) -> None:
    """Link people of one boat or workplace; some are family."""
    for crowd in crowds:
        for first, second in itertools.pairwise(crowd):
            if rng.random() < 0.3:
                facts.add(TrueFact(first, "RELATED_TO", second))
        for person in crowd:
            for neighbour in rng.sample(crowd, min(8, len(crowd))):
                if rng.random() < 0.5:
                    _call(rng, knobs, person, neighbour, facts)
                elif rng.random() < 0.5:
                    facts.add(TrueFact(person, "ASSOCIATES_WITH", neighbour, _day(rng, knobs)))


def _aide(
    rng: random.Random, knobs: Knobs, cast: Cast, helpers: _Helpers, person: InventedPerson, facts: Facts
) -> None:
    """Let aides call each other often and their boss sometimes, and use the same taxis and flats as everyone."""
    team = [aide for aide in cast.team(person.boss) if aide is not person]
    for colleague in rng.sample(team, min(4, len(team))):
        _call(rng, knobs, person.id, colleague.id, facts)
        if rng.random() < 0.6:
            facts.add(TrueFact(person.id, "ASSOCIATES_WITH", colleague.id, _day(rng, knobs)))
    if person.boss and rng.random() < 0.4:
        _call(rng, knobs, person.boss, person.id, facts)
    for helper in helpers.draw_helpers(2):
        _call(rng, knobs, person.id, helper.id, facts)
        if rng.random() < 0.4:
            facts.add(TrueFact(helper.id, "SERVED", person.id, _day(rng, knobs)))
        if helper.role in ("landlord", "money transfer agent"):
            amount = rng.randrange(3, 40) * 100
            facts.add(TrueFact(person.id, "PAID", helper.id, _day(rng, knobs), amount=amount, currency="GBP"))
    # An aide now and then works for a second cell, which does not make a broker.
    if rng.random() < 0.08:
        colleague = rng.choice(cast.aides)
        facts.add(TrueFact(person.id, "ASSOCIATES_WITH", colleague.id, _day(rng, knobs)))


def _hub(rng: random.Random, knobs: Knobs, cast: Cast, helpers: _Helpers, person: InventedPerson, facts: Facts) -> None:
    """Give hubs few calls: to people they direct and to an outsider, hardly to each other."""
    ordered = [fact for fact in facts.about(person.id) if fact.relation in ("DIRECTED", "ASSOCIATES_WITH")]
    for fact in rng.sample(ordered, min(2, len(ordered))):
        _call(rng, knobs, fact.subject, fact.object, facts)
    if rng.random() < 0.6:
        _call(rng, knobs, person.id, rng.choice(cast.of("bystander")).id, facts)
    if rng.random() < 0.3:
        facts.add(TrueFact(helpers.draw_helpers(1)[0].id, "SERVED", person.id, _day(rng, knobs)))


def _neighbours(
    rng: random.Random,
    knobs: Knobs,
    cast: Cast,
    known: Sequence[InventedPerson],
    helpers: _Helpers,
    person: InventedPerson,
    facts: Facts,
) -> None:
    """Give everyone neighbours in hard worlds, some many, some few; for hubs these are the only visible links."""
    carried = cast.of("carried")
    those = [rng.choice(carried).id for _ in range(min(20, int(rng.expovariate(1 / 2))))]
    if person.role in HUBS:
        count = min(40, int(rng.expovariate(1 / 9)))
        those += [rng.choice(known).id if rng.random() < 0.7 else helpers.draw_helpers(1)[0].id for _ in range(count)]
    for neighbour in those:
        if rng.random() < 0.5:
            caller, called = rng.sample((person.id, neighbour), 2)
            _call(rng, knobs, caller, called, facts, few=True)
        else:
            facts.add(
                TrueFact(
                    *rng.choice(((person.id, "ASSOCIATES_WITH", neighbour), (neighbour, "ASSOCIATES_WITH", person.id)))
                )
            )


def _around(rng: random.Random, knobs: Knobs, cast: Cast, helpers: _Helpers, facts: Facts) -> None:
    """Link helpers with each other and with people of every kind, and bystanders with anyone."""
    known = cast.of("bystander") + cast.aides
    for helper in cast.helpers:
        for contact in rng.sample(cast.helpers, min(3, len(cast.helpers))):
            _call(rng, knobs, helper.id, contact.id, facts)
        for contact in rng.sample(known, min(rng.randrange(2, 9), len(known))):
            facts.add(TrueFact(helper.id, "ASSOCIATES_WITH", contact.id, _day(rng, knobs)))
        # A transfer agent passes on lawful money, also to people who collect for a gang.
        cashiers = cast.of("cashier")
        if helper.role == HELPERS[-1]:
            for cashier in rng.sample(cashiers, min(3, len(cashiers))):
                amount = rng.randrange(5, 60) * 100
                facts.add(TrueFact(helper.id, "PAID", cashier.id, _day(rng, knobs), amount=amount, currency="EUR"))
    for person in cast.of("bystander"):
        for contact in rng.sample(known, min(3, len(known))) + helpers.draw_helpers(1):
            _call(rng, knobs, person.id, contact.id, facts)
        for contact in rng.sample(known, min(rng.randrange(4), len(known))):
            facts.add(TrueFact(person.id, "ASSOCIATES_WITH", contact.id, _day(rng, knobs)))
        if rng.random() < 0.2:
            amount = rng.randrange(1, 30) * 100
            payee = rng.choice(known).id
            facts.add(TrueFact(person.id, "PAID", payee, _day(rng, knobs), amount=amount, currency="GBP"))
        if rng.random() < 0.3:
            facts.add(TrueFact(person.id, "RELATED_TO", rng.choice(known).id))
