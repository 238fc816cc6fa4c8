"""How the operation runs: orders and money between hubs, and from hubs to the people witnesses can name."""

from __future__ import annotations

import datetime as dt
import random

from graphsvc.simulate.cast import HUBS, MEMBERS, Cast, InventedPerson
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.knobs import Knobs
from graphsvc.simulate.sea import Crossing
from graphsvc.simulate.work import Workplace


def tell(
    rng: random.Random,
    knobs: Knobs,
    cast: Cast,
    crossings: list[Crossing],
    workplaces: list[Workplace],
    facts: Facts,
) -> None:
    """Add the orders and payments in every gang, its suppliers, controllers and brokers, and its quarrels."""
    for person in cast.hubs + cast.aides:
        if person.gang:
            facts.add(TrueFact(person.id, "MEMBER_OF", person.gang))
    for gang in cast.gangs:
        head = gang.leader or (gang.organisers[0] if gang.organisers else None)
        if head is not None:
            facts.add(TrueFact(head.id, "RUNS", gang.id))
        for organiser in gang.organisers:
            if gang.leader is not None:
                _order(rng, knobs, gang.leader, organiser, facts)
                _pay(rng, knobs, organiser, gang.leader, 400, facts)
            _cell(rng, knobs, cast, organiser, facts)
    managers: dict[str, set[str]] = {}
    for workplace in workplaces:
        if workplace.manager:
            managers.setdefault(workplace.controller, set()).add(workplace.manager)
    for controller in cast.of("controller"):
        for manager in sorted(managers.get(controller.id, ())):
            _order(rng, knobs, controller, cast.people[manager], facts)
            _pay(rng, knobs, cast.people[manager], controller, 60, facts)
    _supply(rng, knobs, cast, crossings, facts)
    for broker in cast.of("broker"):
        _broker(rng, knobs, cast, broker, facts)
    _rivals(rng, cast, facts)


def _day(rng: random.Random, knobs: Knobs) -> dt.date:
    return knobs.day_peak + dt.timedelta(days=rng.randrange(-95, 45))


def _order(rng: random.Random, knobs: Knobs, above: InventedPerson, below: InventedPerson, facts: Facts) -> None:
    facts.add(TrueFact(above.id, "DIRECTED", below.id, _day(rng, knobs)))


def _pay(
    rng: random.Random, knobs: Knobs, payer: InventedPerson, payee: InventedPerson, hundreds: int, facts: Facts
) -> None:
    amount = max(1, round(hundreds * rng.uniform(0.3, 1.7))) * 100
    facts.add(
        TrueFact(payer.id, "PAID", payee.id, _day(rng, knobs), amount=amount, currency=rng.choice(("EUR", "GBP")))
    )


def _cell(rng: random.Random, knobs: Knobs, cast: Cast, organiser: InventedPerson, facts: Facts) -> None:
    """Add orders and pay in one cell. Aides order and pay each other too, so neither alone reveals the organiser."""
    team = cast.team(organiser.id)
    for aide in team:
        if rng.random() < (0.85 if aide.role in ("cashier", "recruiter", "keeper") else 0.5):
            _order(rng, knobs, organiser, aide, facts)
        if rng.random() < 0.3:
            _pay(rng, knobs, organiser, aide, 8, facts)
    for cashier in cast.team(organiser.id, "cashier"):
        if cashier.role == "cashier":
            _pay(rng, knobs, cashier, organiser, 150, facts)
            for aide in rng.sample(team, min(4, len(team))):
                _pay(rng, knobs, cashier, aide, 6, facts)
    for senior in cast.team(organiser.id, "assistant", "recruiter"):
        for aide in rng.sample(team, min(3, len(team))):
            if rng.random() < 0.6:
                _order(rng, knobs, senior, aide, facts)


def _supply(rng: random.Random, knobs: Knobs, cast: Cast, crossings: list[Crossing], facts: Facts) -> None:
    """Supply boats to each gang from its own suppliers, or from another gang's."""
    suppliers = cast.of("supplier")
    sources = {gang.id: cast.of_gang(gang.id, "supplier") for gang in cast.gangs}
    for supplier in suppliers:
        other_gangs = [gang.id for gang in cast.gangs if gang.id != supplier.gang]
        if other_gangs and rng.random() < knobs.second_gang:
            sources[rng.choice(other_gangs)].append(supplier)
    supplied: set[str] = set()
    for crossing in crossings:
        boat = crossing.boat
        organiser = cast.people[crossing.organiser]
        known = sources[organiser.gang]
        # Some boats are bought by an aide in a shop, or have an unknown origin.
        if boat.id in supplied or not known or rng.random() < 0.2:
            continue
        supplied.add(boat.id)
        supplier = rng.choice(known)
        facts.add(TrueFact(supplier.id, "SUPPLIED", boat.id, crossing.day - dt.timedelta(days=rng.randrange(2, 20))))
        facts.add(TrueFact(supplier.gang, "SUPPLIED", boat.id))
        if rng.random() < 0.5:
            _pay(rng, knobs, organiser, supplier, 35, facts)


def _broker(rng: random.Random, knobs: Knobs, cast: Cast, broker: InventedPerson, facts: Facts) -> None:
    """Link a broker with two gangs, or with a cell at sea and a controller of workplaces."""
    first = rng.choice(cast.of("organiser"))
    candidates = [hub for hub in cast.of("organiser", "controller", "supplier") if hub.gang != first.gang]
    ends = [first, *rng.sample(candidates, min(len(candidates), 2))]
    for end in ends:
        facts.add(TrueFact(broker.id, "ASSOCIATES_WITH", end.id, _day(rng, knobs)))
        _pay(rng, knobs, end, broker, 50, facts)
        team = cast.team(end.id)
        for aide in rng.sample(team, min(2, len(team))):
            _order(rng, knobs, broker, aide, facts)
            if rng.random() < 0.4:
                _pay(rng, knobs, broker, aide, 10, facts)
    if rng.random() < 0.5:
        _pay(rng, knobs, broker, ends[-1], 80, facts)
    workers = cast.of("worker")
    for worker in rng.sample(workers, min(len(workers), rng.randrange(4))):
        facts.add(TrueFact(broker.id, "RECRUITED", worker.id, _day(rng, knobs)))


def _rivals(rng: random.Random, cast: Cast, facts: Facts) -> None:
    """Add quarrels between gangs, and between their people."""
    for gang in cast.gangs:
        candidates = [candidate for candidate in cast.gangs if candidate is not gang]
        second = rng.choice(candidates)
        facts.add(TrueFact(gang.id, "RIVAL_OF", second.id))
        members, rivals = (cast.of_gang(side.id, *HUBS, *MEMBERS) for side in (gang, second))
        for _ in range(min(3, len(members), len(rivals))):
            facts.add(TrueFact(rng.choice(members).id, "RIVAL_OF", rng.choice(rivals).id))
