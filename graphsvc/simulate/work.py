"""The workplaces: controllers, managers and workers, and where workers went after a closure."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass, field

from graphsvc.simulate import places
from graphsvc.simulate.cast import Cast, InventedPerson, tokens
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.knobs import Knobs

# Lockdown: on 23 March 2020 in the United Kingdom; places closed before and after it.
_FIRST_CLOSING, _CLOSING_DAYS = dt.date(2020, 3, 18), 60


@dataclass(slots=True)
class Workplace:
    """One row of workplaces.csv; `controller` and `manager` are ids. A lawful workplace has only a manager."""

    id: str
    name: str
    kind: str
    sector: str
    town: tuple[str, float, float]
    address: str
    opened: dt.date
    closed: dt.date | None
    controller: str = ""
    manager: str = ""
    workers: list[str] = field(default_factory=list)


def build(rng: random.Random, knobs: Knobs, cast: Cast, people: int) -> list[Workplace]:
    """Return the workplaces of a world; the first four are a dwelling, a car wash, a video site and a nail bar."""
    count = max(4, round(people * knobs.workplace_share))
    controllers, owners = cast.of("controller"), cast.of("bystander")
    workplaces = []
    for position, token in enumerate(tokens(rng, "W", count)):
        sector, kind, word, shuts = places.SECTORS[position % len(places.SECTORS)]
        closed = None
        if shuts and (position == 1 or rng.random() < knobs.closing):
            closed = _FIRST_CLOSING + dt.timedelta(days=rng.randrange(_CLOSING_DAYS))
        opened = (
            dt.date(2020, 3, 25) + dt.timedelta(days=rng.randrange(40)) if kind == "online" else dt.date(2017, 1, 1)
        )
        workplace = Workplace(
            token,
            f"{rng.choice(places.FANCIES)} {word}",
            kind,
            sector,
            rng.choice(places.TOWNS),
            f"{rng.randrange(1, 180)} {rng.choice(places.STREETS)}",
            opened if kind == "online" else opened + dt.timedelta(days=rng.randrange(900)),
            closed,
        )
        if position < 4 or rng.random() < 0.75:
            controller = controllers[position % len(controllers)]
            team = cast.team(controller.id, "manager")
            workplace.controller, workplace.manager = controller.id, rng.choice(team).id if team else ""
        else:
            workplace.manager = rng.choice(owners).id
        workplaces.append(workplace)
    return workplaces


def tell(rng: random.Random, knobs: Knobs, cast: Cast, workplaces: list[Workplace], facts: Facts) -> None:
    """Add facts on who controls, manages, works and lives where, and on managers' treatment of workers."""
    for workplace in workplaces:
        if workplace.controller:
            facts.add(TrueFact(workplace.controller, "CONTROLS", workplace.id, workplace.opened))
            facts.add(TrueFact(cast.people[workplace.controller].gang, "CONTROLS", workplace.id))
        if workplace.manager:
            facts.add(TrueFact(workplace.manager, "MANAGED", workplace.id, workplace.opened, workplace.closed))
    exploiting = [workplace for workplace in workplaces if workplace.controller]
    early = [workplace for workplace in exploiting if workplace.kind in ("premises", "site")]
    homes = [workplace for workplace in exploiting if workplace.kind == "dwelling"]
    homes_of = _by_controller(homes)
    still_open = [workplace for workplace in exploiting if workplace.kind != "dwelling" and not workplace.closed]
    open_of = _by_controller(still_open)
    online = [workplace for workplace in still_open if workplace.kind == "online"]
    online_of = _by_controller(online)
    for worker in cast.of("worker"):
        first = rng.choice(early)
        start = knobs.day_peak - dt.timedelta(days=rng.randrange(60, 300))
        _work(rng, cast, worker, first, start, first.closed, facts)
        near = homes_of.get(first.controller, homes)
        facts.add(TrueFact(worker.id, "LIVED_AT", rng.choice(near).id, start))
        if first.closed and rng.random() < 0.8:
            same = open_of.get(first.controller)
            sites = online_of.get(first.controller) if same else online
            options = sites if sites and rng.random() < 0.45 else same or still_open
            _work(
                rng, cast, worker, rng.choice(options), first.closed + dt.timedelta(days=rng.randrange(25)), None, facts
            )


def _by_controller(workplaces: list[Workplace]) -> dict[str, list[Workplace]]:
    grouped: dict[str, list[Workplace]] = {}
    for workplace in workplaces:
        grouped.setdefault(workplace.controller, []).append(workplace)
    return grouped


def _work(
    rng: random.Random,
    cast: Cast,
    worker: InventedPerson,
    workplace: Workplace,
    start: dt.date,
    end: dt.date | None,
    facts: Facts,
) -> None:
    """Add one spell of work, with its orders, pay, debts and coercion."""
    start = max(start, workplace.opened)
    facts.add(TrueFact(worker.id, "WORKED_AT", workplace.id, start, end if end and end > start else None))
    workplace.workers.append(worker.id)
    manager = workplace.manager
    if not manager:
        return
    facts.add(TrueFact(manager, "DIRECTED", worker.id, start))
    if rng.random() < 0.5:
        facts.add(TrueFact(manager, "PAID", worker.id, start, amount=rng.randrange(4, 30) * 10, currency="GBP"))
    if rng.random() < 0.35:
        facts.add(TrueFact(manager, "COERCED", worker.id, start))
    if rng.random() < 0.3:
        # The debt for the journey is often owed to the controller, a person seldom seen at the workplace.
        lender = workplace.controller if rng.random() < 0.3 else rng.choice(cast.aides).id
        facts.add(TrueFact(worker.id, "OWES", lender, start, amount=rng.randrange(5, 60) * 100, currency="GBP"))


def abandonments(workplaces: list[Workplace], facts: Facts) -> dict[str, list[TrueFact]]:
    """Map workplaces to facts that their controllers abandoned workers, without known work afterwards."""
    controlled = {workplace.id: workplace for workplace in workplaces if workplace.controller}
    spells: dict[str, list[TrueFact]] = defaultdict(list)
    for fact in facts.of("WORKED_AT"):
        spells[fact.subject].append(fact)
    left: dict[str, list[TrueFact]] = defaultdict(list)
    for worker, worked in spells.items():
        last = max(worked, key=lambda fact: fact.on or dt.date.min)
        workplace = controlled.get(last.object)
        if workplace is not None and last.until is not None and last.until == workplace.closed:
            left[workplace.id].append(TrueFact(workplace.controller, "ABANDONED", worker, last.until))
    return dict(left)
