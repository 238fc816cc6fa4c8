"""Family `cells`, by author D: compartmented cells under pressure; each channel of reporting shows different things.

Each crossing is run by an ad-hoc cell. Remote leaders are reached by phone and messenger only; coordinators rotate;
pilots are passengers with a discount or under force. Each cell is covered by only some channels: witnesses (own boat,
own house, rumour), surveillance (beach crew, cars), phone records (frequent callers), informers (who exaggerate the
role of rivals), records (few, exact).
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bench.worlds.files import write_table

_GIVEN = (
    "Aram Bilal Cemal Dara Emin Farid Goran Hadi Idris Jamal Karwan Latif Marwan Nabil Omid Parwiz Qasim Rebin Salar Tariq Umid Vian Walid Yasin Zana "
    "Ardit Besnik Dritan Flamur Gezim Ilir Kushtrim Luan Minh Hieu Tuan Linh Lan Ngoc Samir Hoda Leyla Maryam Nadia Shirin Roza Amal Selam Dawit Yonas Abel "
    "Mikael Senait Paul Claire Marc Anna Peter Joan Lucas Sofia Henk Ineke"
)
_FAMILY = (
    "Adani Barzo Celik Darwesh Elmi Farhan Gashi Hoxhaj Ismat Jafari Kovan Lamari Mirzo Nuri Osmani Pirani Qadri Rostami Sabri Tahiri Usman Vesali Wardak "
    "Yildir Zamani Tesfay Haile Bekele Tran Pham Bui Vo Dupre Lemaire Martel Hobbs Carter Maes Janse Vos Keller Brandt Rossel Shehu Leka Marku"
)
_NICKNAMES = (
    "the Captain;the Uncle;the Tall One;Hajji;the Teacher;the Barber;Little One;the Doctor;Scar;the Turk;Red Cap;the Engineer;the Cousin;Mamosta;the Greek;"
    "Grey Beard;the Fox;the Baker;Two Phones;the Driver;the Student;Big Brother;the Silent;Kaka;Limp;the Accountant;the Frenchman;Boxer"
)
_SITES = [
    "Dune north", "Old fort beach", "Canal mouth", "Camp slipway", "Lighthouse car park", "Wreck bay", "Pine track", "Sluice road",
    "Gravel pit shore",
]  # fmt: skip
_LANDINGS = ["Shingle point", "Harbour arm", "Cliff gap", "Marsh lane", "at sea"]
_INTERESTS = [
    "asylum claim pending", "asked for accommodation away from others", "owes part of the fare", "quarrel over money",
    "charged in the same matter", "promised a letter of support", "family still abroad", "says he was threatened",
    "appeal heard next month",
]  # fmt: skip
_SUMMARIES = ["account of the journey", "account of house and boat", "second account", "interview after landing"]
_COLUMNS = {
    "people": "id name aliases identified category nationality sex",
    "boats": "id name kind registration length_m engine_hp",
    "crossings": "id date launch_site landing_site people_count intercepted_by",
    "gangs": "id name",
    "workplaces": "id name kind address",
    "things": "id kind value",
    "statements": "id kind source_id taken_on source_grade assessment handling conditions on_record status status_on interest interpreter_id summary",
    "links": "id subject_id relation object_id statement_id from_date polarity weight amount currency subject_as_said assessment",
}
# Channels that cover a cell: witnesses, phones, surveillance, informers, records.
_CHANNELS = ["W", "WP", "WS", "S", "P", "I", "W", "SP", "WI", "WR", "P"]
_START = dt.date(2019, 3, 1)

T = TypeVar("T")
Key = tuple[str, str, str]
Row = dict[str, Any]


@dataclass(eq=False)
class Circle:
    """Remote leaders, and the people who carry their orders."""

    gang: str
    leaders: list[str]
    messengers: list[str]
    coordinators: list[str]


@dataclass(eq=False)
class House:
    """A safe house."""

    id: str
    keeper: str
    controller: str
    owner: str


@dataclass(eq=False)
class Crossing:
    """One crossing of a cell."""

    id: str
    day: dt.date
    coordinator: str
    boat: str
    passengers: list[str]
    pilots: list[str]
    logistics: str
    trader: str


@dataclass(eq=False)
class Treatment:
    """Treatment of one passenger."""

    recruiter: str
    driver: str
    house: House


@dataclass(eq=False)
class Cell:
    """A cell and everything it uses; a freelance cell has no leader behind it."""

    circle: Circle
    freelance: bool
    channels: str
    house: House
    other_house: House
    foreman: str
    crew: list[str]
    drivers: list[str]
    recruiters: list[str]
    paymaster: str
    collector: str
    messenger: str
    broker: str
    logistics: str
    taxi: str
    interpreter: str
    charity: str
    crossings: list[Crossing] = field(default_factory=list)
    passengers: list[str] = field(default_factory=list)
    coordinators: list[str] = field(default_factory=list)
    treated: dict[str, Treatment] = field(default_factory=dict)


Account = tuple[str, int]
Lie = tuple[str, str]


class World:
    """One world of the family."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.random = random.Random(f"cells-{seed}")  # noqa: S311 - invented worlds, not secrets
        self.false_share = false_share
        self.used: set[str] = set()
        self.facts: dict[Key, int] = {}
        self.statements: list[Row] = []
        self.claims: list[Row] = []
        self.things: list[Row] = []
        self.false_statements: list[str] = []
        self._people()
        self._circles()
        self._cells()
        self._witnesses()
        self._surveillance()
        self._phones()
        self._informers()
        self._records()
        self._second_ids()

    # -- drawing ---------------------------------------------------------------------------------------------------

    def _pick(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _some(self, options: Iterable[T], size: float) -> list[T]:
        pool = list(options)
        return self.random.sample(pool, max(0, min(int(size), len(pool))))

    def _id(self, prefix: str, digits: int = 5) -> str:
        while True:
            name = f"{prefix}{self.random.randrange(10**digits):0{digits}d}"
            if name not in self.used:
                self.used.add(name)
                return name

    def _later(self, day: dt.date, least: int = 2, most: int = 120) -> dt.date:
        return day + dt.timedelta(days=self.random.randint(least, most))

    def _nickname(self) -> str:
        return self._pick(_NICKNAMES.split(";")) if self._chance(0.5) else ""

    def _true(self, *key: str) -> None:
        subject, relation, object_ = key
        self.facts[subject, relation, object_] = 1

    # -- people and roles ------------------------------------------------------------------------------------------

    def _people(self) -> None:
        uniform = self.random.uniform
        # About one person in seven is named in no statement, and so has no row.
        self.size = int(1.17 * (265 * 5.2 ** self.random.random()))
        candidates = int(self.size * uniform(0.42, 0.52))
        self.second_ids = max(2, int(candidates * uniform(0.025, 0.045)))
        phantoms = self.random.randint(1, 3)
        hubs = round(candidates * uniform(0.088, 0.115))
        self.ids = [self._id("P") for _ in range(self.size - self.second_ids - phantoms)]
        self.random.shuffle(self.ids)
        self.pool = iter(self.ids)
        self._hubs(hubs)
        self._others(candidates - len(self.hubs) - self.second_ids - phantoms)
        # Rows for "the Captain" that belong to no real person.
        self.phantoms = [self._id("P") for _ in range(phantoms)]

    def _take(self, size: float) -> list[str]:
        return [next(self.pool) for _ in range(max(0, int(size)))]

    def _hubs(self, size: int) -> None:
        leaders = max(2, round(size * self.random.uniform(0.12, 0.2)))
        logistics, paymasters = max(2, round(size * 0.17)), max(2, round(size * 0.13))
        brokers, controllers = max(2, round(size * 0.17)), max(1, round(size * 0.1))
        self.leaders, self.logistics, self.paymasters = (self._take(n) for n in (leaders, logistics, paymasters))
        self.brokers, self.controllers = self._take(brokers), self._take(controllers)
        self.coordinators = self._take(max(3, size - leaders - logistics - paymasters - brokers - controllers))
        self.hubs = [
            *self.leaders, *self.logistics, *self.paymasters, *self.brokers, *self.controllers, *self.coordinators,
        ]  # fmt: skip

    def _others(self, rest: int) -> None:
        helpers = int(rest * self.random.uniform(0.14, 0.2))
        self.helpers = self._take(helpers)
        self.interpreters, self.taxis, self.landlords, self.charities = (self.helpers[place::4] for place in range(4))
        crew, self.drivers = self._take(max(8, rest * 0.21)), self._take(max(4, rest * 0.1))
        self.keepers, self.recruiters = self._take(max(2, rest * 0.07)), self._take(max(3, rest * 0.08))
        self.messengers = self._take(max(2, rest * 0.05))
        self.collectors, self.traders = self._take(max(2, rest * 0.05)), self._take(max(2, rest * 0.03))
        self.pilots_left = int(rest * 0.11)
        groups = (crew, self.drivers, self.keepers, self.recruiters, self.messengers, self.collectors, self.traders)
        self.bystanders = self._take(max(4, rest - helpers - sum(map(len, groups)) - self.pilots_left))
        # Pilots are chosen from the passengers.
        self.passengers = list(self.pool)
        self.foremen = crew[: max(2, len(crew) // 4)]
        self.gophers = crew[len(self.foremen) :]

    # -- circles, cells, crossings ---------------------------------------------------------------------------------

    def _circles(self) -> None:
        number = max(2, min(len(self.leaders), round(len(self.leaders) * 0.7)))
        self.circles: list[Circle] = []
        for place in range(number):
            circle = Circle(
                self._id("G", 4),
                self.leaders[place::number],
                self.messengers[place::number] or [self._pick(self.messengers)],
                self.coordinators[place::number] or [self._pick(self.coordinators)],
            )
            self.circles.append(circle)
            for person in circle.leaders:
                self._true(person, "RUNS", circle.gang)
                self._true(person, "MEMBER_OF", circle.gang)

    def _cells(self) -> None:
        number = max(5, round(len(self.passengers) / self.random.uniform(15, 22)))
        controllers = self.controllers + self.controllers + self.landlords
        self.houses = [
            House(self._id("W", 4), self._pick(self.keepers), self._pick(controllers), self._pick(self.landlords))
            for _ in range(max(4, int(number * 0.7)))
        ]
        for house in self.houses:
            self._true(house.keeper, "MANAGED", house.id)
            self._true(house.controller, "CONTROLS", house.id)
            self._true(house.owner, "CONTROLS", house.id)
        self.crossings: list[Crossing] = []
        self.boats: list[str] = []
        self.pilots: list[str] = []
        self.left = self.random.sample(self.passengers, len(self.passengers))
        share = len(self.left) / number
        plan = (_CHANNELS * number)[:number]
        self.random.shuffle(plan)
        plan[:2] = ["W", "WP"]
        self.cells = [self._cell(plan[place], share) for place in range(number)]
        self.cell_of: dict[str, tuple[Cell, Crossing]] = {}
        for cell in self.cells:
            for crossing in cell.crossings:
                for person in crossing.passengers:
                    self.cell_of.setdefault(person, (cell, crossing))
        self.facts_by: dict[str, list[Key]] = {}
        for key in self.facts:
            self.facts_by.setdefault(key[0], []).append(key)
        # Passenger → facts about hubs met in person.
        self.met: dict[str, list[Key]] = {}
        for hub in self.hubs:
            for key in self.facts_by.get(hub, []):
                if key[2] in self.cell_of:
                    self.met.setdefault(key[2], []).append(key)

    def _cell(self, channels: str, share: float) -> Cell:
        randint = self.random.randint
        circle = self._pick(self.circles)
        cell = Cell(
            circle=circle,
            freelance=self._chance(0.15),
            channels=channels,
            house=self._pick(self.houses),
            other_house=self._pick(self.houses),
            foreman=self._pick(self.foremen),
            crew=self._some(self.gophers, randint(2, 5)),
            drivers=self._some(self.drivers, randint(1, 3)),
            recruiters=self._some(self.recruiters, randint(1, 2)),
            paymaster=self._pick(self.paymasters),
            collector=self._pick(self.collectors),
            messenger=self._pick(circle.messengers),
            broker=self._pick(self.brokers),
            logistics=self._pick(self.logistics),
            taxi=self._pick(self.taxis),
            interpreter=self._pick(self.interpreters),
            charity=self._pick(self.charities),
        )
        day = _START + dt.timedelta(days=self.random.randrange(480))
        crossings = self._pick([1, 1, 2, 2, 3])
        for _ in range(crossings):
            day += dt.timedelta(days=randint(2, 20))
            self._crossing(cell, day, share / crossings)
        self._business(cell)
        for person in cell.passengers:
            self._treat(cell, person)
        return cell

    def _crossing(self, cell: Cell, day: dt.date, share: float) -> None:
        circle = cell.circle
        # Coordinators rotate, and are lent to other circles.
        coordinator = self._pick(self.coordinators) if self._chance(0.3) else self._pick(circle.coordinators)
        boat = self._id("B", 4)
        self.boats.append(boat)
        size = min(len(self.left), max(3, int(share * self.random.uniform(0.7, 1.3))))
        passengers = [self.left.pop() for _ in range(size)] or self._some(self.passengers, 4)
        pilots: list[str] = []
        if self.pilots_left > 0 and self._chance(0.92):
            chosen = self._some(passengers, min(self.pilots_left, self._pick([1, 1, 2])))
            pilots = [person for person in chosen if person not in self.pilots]
            self.pilots += pilots
            self.pilots_left -= len(pilots)
        crossing = Crossing(
            self._id("X", 4),
            day,
            coordinator,
            boat,
            passengers,
            pilots,
            cell.logistics if self._chance(0.75) else self._pick(self.logistics),
            self._pick(self.traders),
        )
        self.crossings.append(crossing)
        cell.crossings.append(crossing)
        cell.coordinators.append(coordinator)
        cell.passengers += passengers
        self._happen(cell, crossing)

    def _happen(self, cell: Cell, crossing: Crossing) -> None:
        coordinator, circle = crossing.coordinator, cell.circle
        self._true(coordinator, "ORGANISED", crossing.id)
        self._true(coordinator, "DIRECTED", cell.foreman)
        self._true(crossing.boat, "USED_ON", crossing.id)
        self._true(crossing.logistics, "SUPPLIED", crossing.boat)
        self._true(crossing.trader, "SUPPLIED", crossing.boat)
        for person in crossing.pilots:
            self._true(person, "PILOTED", crossing.id)
            self._true(cell.foreman, "DIRECTED", person)
            self._true(cell.foreman, "COERCED", person)
            self._true(person, "OWES", self._pick(cell.recruiters))
        for person in crossing.passengers:
            self._true(person, "CROSSED_ON", crossing.id)
        for person in [cell.foreman, *cell.crew]:
            self._true(person, "ASSISTED", crossing.id)
        if not cell.freelance:
            for person in circle.leaders:
                self._true(person, "ORGANISED", crossing.id)
                self._true(person, "DIRECTED", coordinator)
                self._true(person, "DIRECTED", cell.messenger)
            self._true(cell.messenger, "DIRECTED", coordinator)
            self._true(coordinator, "MEMBER_OF", circle.gang)
            self._true(cell.messenger, "MEMBER_OF", circle.gang)

    def _business(self, cell: Cell) -> None:
        coordinator = cell.coordinators[0]
        for person in cell.crew:
            self._true(cell.foreman, "DIRECTED", person)
            self._true(cell.foreman, "PAID", person)
            self._true(cell.paymaster, "PAID", cell.foreman)
        for person in cell.drivers:
            self._true(cell.paymaster, "PAID", person)
            self._true(coordinator, "DIRECTED", person)
        self._true(cell.collector, "PAID", cell.paymaster)
        self._true(cell.paymaster, "PAID", coordinator)
        self._true(cell.paymaster, "PAID", cell.logistics)
        self._true(cell.broker, "PAID", coordinator)
        self._true(cell.broker, "ASSOCIATES_WITH", coordinator)
        self._true(cell.broker, "DIRECTED", cell.recruiters[0])
        if not cell.freelance:
            self._true(cell.paymaster, "PAID", cell.circle.leaders[0])

    def _treat(self, cell: Cell, person: str) -> None:
        treatment = Treatment(
            self._pick(cell.recruiters),
            self._pick([*cell.drivers, cell.taxi]),
            self._pick([cell.house, cell.other_house]),
        )
        cell.treated[person] = treatment
        self._true(treatment.recruiter, "RECRUITED", person)
        self._true(treatment.driver, "TRANSPORTED", person)
        self._true(treatment.house.keeper, "HOUSED", person)
        self._true(person, "LIVED_AT", treatment.house.id)
        self._true(person, "PAID", cell.collector)
        self._true(cell.interpreter, "SERVED", person)
        self._true(cell.charity, "SERVED", person)
        self._true(cell.taxi, "SERVED", person)
        if self._chance(0.12):
            # Hubs deal with passengers too.
            near = [cell.coordinators[0], cell.paymaster, cell.broker, cell.logistics, treatment.house.controller]
            hub = self._pick(near + cell.circle.leaders)
            self._true(hub, self._pick(["CONTACTED", "RECRUITED", "HOUSED", "ASSOCIATES_WITH"]), person)

    # -- statements and claims -------------------------------------------------------------------------------------

    def _statement(
        self,
        kind: str,
        source: str,
        day: dt.date,
        grade: str,
        assessment: str,
        handling: str = "",
        **more: str,
    ) -> Row:
        row: Row = {"id": self._id("S"), "kind": kind, "source_id": source, "taken_on": day.isoformat()}
        row |= {"source_grade": grade, "assessment": assessment}
        row |= {"handling": handling or ("P" if self._chance(0.5) else "C"), "conditions": "", "on_record": ""}
        row |= {"status": "given", "status_on": "", "interest": "", "interpreter_id": "", "summary": ""}
        if row["handling"] == "C":
            row["conditions"] = "ask the owner first"
        row.update(more)
        self.statements.append(row)
        return row

    def _report(self, day: dt.date, grade: str, assessment: str, summary: str) -> Row:
        return self._statement("intelligence", "", day, grade, assessment, summary=summary)

    def _record(self, day: dt.date, summary: str) -> Row:
        return self._statement("record", "", day, "1", "A", summary=summary)

    def _claim(
        self, statement: Row, key: Key, day: dt.date | None = None, polarity: str = "asserts", **more: Any
    ) -> None:
        subject, relation, object_ = key
        if subject == object_:
            return
        row: Row = {"id": self._id("L", 6), "subject_id": subject, "relation": relation, "object_id": object_}
        row |= {"statement_id": statement["id"], "polarity": polarity, "from_date": ""}
        if day and self._chance(0.7):
            row["from_date"] = self._pick([day.isoformat(), day.isoformat(), day.isoformat()[:7]])
        row.update(more)
        self.claims.append(row)

    def _fact(self, statement: Row, key: Key, day: dt.date | None = None, **more: Any) -> None:
        """Add a claim of a link to a statement, and note that the link is true."""
        self._true(*key)
        self._claim(statement, key, day, **more)

    def _maybe(
        self,
        statement: Row,
        day: dt.date,
        rows: Iterable[tuple[float, str, str, str]],
        scale: float = 1.0,
        **more: Any,
    ) -> None:
        """Add a claim for each row, with the probability in that row."""
        for chance, subject, relation, object_ in rows:
            if self._chance(chance * scale):
                self._claim(statement, (subject, relation, object_), day, **more)

    def _rumour(self, statement: Row, cell: Cell, crossing: Crossing) -> None:
        """Add a claim of a rumour from the house about the people behind a crossing."""
        key: Key
        if self._chance(0.38):
            leading = [cell.coordinators[0]] if cell.freelance else cell.circle.leaders
            target = self._pick([*leading, crossing.coordinator])
            about = self.facts_by[target]
            leads = [key for key in about if key[1] in ("ORGANISED", "DIRECTED", "RUNS")]
            key = self._pick(leads + [key for key in about if key[1] == "RUNS"] * 3)
        else:
            pool = self._some(self.visible, 3) + self._some(self.innocent, 2) + self.phantoms
            target = self._pick([*pool, cell.foreman, cell.recruiters[0]])
            organised = ("ORGANISED", crossing.id)
            runs = ("RUNS", cell.circle.gang)
            directed = ("DIRECTED", self._pick([cell.foreman, *cell.drivers]))
            key = (target, *self._pick([organised, organised, runs, directed, ("SUPPLIED", crossing.boat)]))
        assessment = self._pick("CCD")
        nickname = "the Captain" if self._chance(0.4) else self._nickname()
        self._claim(statement, key, crossing.day, assessment=assessment, subject_as_said=nickname)

    # -- witnesses -------------------------------------------------------------------------------------------------

    def _witnesses(self) -> None:
        self.visible = self.foremen + self.gophers + self.drivers + self.recruiters + self.keepers + self.taxis
        self.visible = self.visible + self.collectors
        self.innocent = self.helpers + self.bystanders + self.pilots + self.traders
        self._choose_witnesses()
        accounts = [(person, turn) for person in self.witnesses for turn in range(2 if self._chance(0.2) else 1)]
        lies = self._plan_lies(accounts)
        statements = {account: self._account(account, lies.get(account)) for account in accounts}
        self._denials(statements)
        for row in self.claims:
            if row["polarity"] == "asserts" and self._chance(0.012):
                row["polarity"] = "withdrawn"

    def _choose_witnesses(self) -> None:
        """Choose witnesses boat by boat, from the cells that witnesses cover."""
        number = max(15, min(60, round(self.size * self.random.uniform(0.05, 0.075))))
        covered = [cell for cell in self.cells if "W" in cell.channels]
        self.witnesses: list[str] = []
        boats = [crossing for cell in covered for crossing in cell.crossings if len(crossing.passengers) > 2]
        self.random.shuffle(boats)
        while len(self.witnesses) < number and boats:
            crossing = boats.pop()
            for person in self._some(crossing.passengers, self._pick([1, 2, 2, 3, 4])):
                fresh = person not in self.witnesses and len(self.witnesses) < number
                if fresh and self.cell_of[person][1] is crossing:
                    self.witnesses.append(person)
        more = [person for cell in covered for person in cell.passengers if person not in self.witnesses]
        self.witnesses += self._some(more, number - len(self.witnesses))

    def _plan_lies(self, accounts: Sequence[Account]) -> dict[Account, Lie]:
        number = round(self.false_share * len(accounts))
        boatmates: dict[str, list[Account]] = {}
        for account in accounts:
            boatmates.setdefault(self.cell_of[account[0]][1].id, []).append(account)
        plan: dict[Account, Lie] = {}
        boats = list(boatmates)
        self.random.shuffle(boats)
        for boat in boats:
            # Coached boats make up about half of the false statements.
            group = boatmates[boat]
            if len(group) >= 2 and len(plan) + 2 <= number * 0.55 + 1 and len(plan) + 2 <= number:
                decoy = self._pick(self.visible + self.innocent + self.phantoms)
                for account in group[: min(len(group), number - len(plan), 4)]:
                    plan[account] = ("coached", decoy)
        for account in self._some([account for account in accounts if account not in plan], number - len(plan)):
            plan[account] = (self._pick(["self", "self", "plant"]), self._pick(self.visible + self.innocent))
        return plan

    def _account(self, account: Account, lie: Lie | None) -> Row:
        witness, turn = account
        cell, crossing = self.cell_of[witness]
        statement = self._statement(
            "witness",
            witness,
            self._later(crossing.day, 1, 200),
            self._pick("12222223"),
            self._pick("AAABCD"),
            on_record=self._pick(["yes", "yes", ""]),
            interpreter_id=cell.interpreter if self._chance(0.55) else "",
            interest=self._pick(_INTERESTS) if self._chance(0.55 if lie else 0.4) else "",
            summary=self._pick(_SUMMARIES),
        )
        self._honest(statement, witness, cell, crossing, (0.55 if lie else 1.0) * (0.5 if turn else 1))
        if lie:
            self._lie(statement, witness, cell, crossing, *lie)
            self.false_statements.append(statement["id"])
        if self._chance(0.14 if lie else 0.04):
            statement["status"] = self._pick(["withdrawn", "retracted_as_false"] if lie else ["withdrawn"])
            statement["status_on"] = self._later(dt.date.fromisoformat(statement["taken_on"]), 5, 90).isoformat()
        return statement

    def _honest(self, statement: Row, witness: str, cell: Cell, crossing: Crossing, scale: float) -> None:
        treatment, day = cell.treated[witness], crossing.day
        self._claim(statement, (witness, "CROSSED_ON", crossing.id), day)
        for person in self._some(crossing.passengers, self.random.randint(1, 4)):
            self._claim(statement, (person, "CROSSED_ON", crossing.id), day)
        rows = [(0.7, person, "PILOTED", crossing.id) for person in crossing.pilots if person != witness]
        rows += [(0.4, person, "ASSISTED", crossing.id) for person in [cell.foreman, *cell.crew]]
        rows += [
            (0.6, treatment.driver, "TRANSPORTED", witness),
            (0.6, treatment.house.keeper, "HOUSED", witness),
            (0.6, treatment.recruiter, "RECRUITED", witness),
            (0.45, cell.interpreter, "SERVED", witness),
            (0.3, cell.charity, "SERVED", witness),
            (0.25, cell.taxi, "SERVED", witness),
            (0.3, cell.foreman, "DIRECTED", self._pick(cell.crew + crossing.pilots)),
        ]
        rows += [(0.25, cell.foreman, "COERCED", person) for person in crossing.pilots[:1]]
        rows += [(0.4, *key) for key in self.met.get(witness, [])]
        self._maybe(statement, day, rows, scale, subject_as_said=self._nickname())
        self._maybe(statement, day, [(0.6, witness, "LIVED_AT", treatment.house.id)], scale)
        amount = self.random.randrange(12, 60) * 50
        self._maybe(statement, day, [(0.5, witness, "PAID", cell.collector)], scale, amount=amount, currency="EUR")
        self._hearsay(statement, cell, crossing, treatment, scale)

    def _hearsay(self, statement: Row, cell: Cell, crossing: Crossing, treatment: Treatment, scale: float) -> None:
        # The coordinator came once or phoned.
        driver = cell.drivers[0]
        met = self._pick([("ORGANISED", crossing.id), ("DIRECTED", cell.foreman), ("DIRECTED", driver)])
        if met[1] == driver:
            self._true(crossing.coordinator, *met)
        supplier = self._pick([crossing.logistics, crossing.logistics, crossing.trader])
        rows = [
            (0.38, crossing.coordinator, *met),
            (0.3, treatment.house.controller, "CONTROLS", treatment.house.id),
            (0.22, supplier, "SUPPLIED", crossing.boat),
            (0.12, cell.messenger, "CONTACTED", crossing.coordinator),
            (0.16, cell.paymaster, "PAID", self._pick([cell.foreman, *cell.drivers])),
        ]
        self._maybe(statement, crossing.day, rows, scale, assessment=self._pick("ABCC"))
        if self._chance(0.65 * scale):
            self._rumour(statement, cell, crossing)

    def _lie(self, statement: Row, witness: str, cell: Cell, crossing: Crossing, kind: str, decoy: str) -> None:
        day = crossing.day
        if kind == "plant":
            # A witness sent by another circle: blames outsiders and clears the true organiser.
            second = self._pick([first for first in self.cells if first.circle is not cell.circle] or self.cells)
            decoy = self._pick([*second.crew, *second.recruiters, decoy])
        options = [
            (decoy, "ORGANISED", crossing.id),
            (decoy, "RUNS", cell.circle.gang),
            (decoy, "DIRECTED", cell.foreman),
            (decoy, "DIRECTED", self._pick(cell.drivers)),
            (decoy, "SUPPLIED", crossing.boat),
            (decoy, "COERCED", witness),
            (decoy, "CONTROLS", cell.treated[witness].house.id),
            (decoy, "PAID", self._pick(cell.crew)),
        ]
        options = [key for key in options if key not in self.facts and key[0] != key[2]]
        if kind == "coached":
            chosen = self._some(options[:4], 2) + self._some(options[4:], 1)
        else:
            chosen = self._some(options, self.random.randint(2, 4))
        for key in chosen:
            nickname = "the Captain" if self._chance(0.35) else self._nickname()
            self._claim(statement, key, day, subject_as_said=nickname, assessment=self._pick(["", "", "A", "C"]))
        if kind == "self":
            other_passenger = self._pick([person for person in crossing.passengers if person != witness])
            if witness in crossing.pilots:
                self._claim(statement, (witness, "PILOTED", crossing.id), day, "denies")
            if other_passenger not in crossing.pilots:
                self._claim(statement, (other_passenger, "PILOTED", crossing.id), day)
        elif self._chance(0.6):
            recruiter = cell.treated[witness].recruiter
            keys = [
                (crossing.coordinator, "ORGANISED", crossing.id),
                (recruiter, "RECRUITED", witness),
                (crossing.coordinator, "DIRECTED", cell.foreman),
            ]
            self._claim(statement, self._pick(keys), day, "denies")

    def _denials(self, statements: dict[Account, Row]) -> None:
        """Let people who were there deny claims of others, a few of them to protect someone."""
        about: dict[str, list[Row]] = {}
        for row in self.claims:
            about.setdefault(row["object_id"], []).append(row)
        for account, statement in statements.items():
            crossing = self.cell_of[account[0]][1]
            for row in self._some(about.get(crossing.id, []), 6):
                elsewhere = row["statement_id"] != statement["id"] and row["polarity"] == "asserts"
                if row["relation"] == "ORGANISED" and elsewhere:
                    key = (row["subject_id"], row["relation"], row["object_id"])
                    if self._chance(0.12 if key in self.facts else 0.3):
                        self._claim(statement, key, None, "denies")

    # -- surveillance: beach crew and cars -------------------------------------------------------------------------

    def _thing(self, kind: str, value: str) -> str:
        name = self._id("T")
        self.things.append({"id": name, "kind": kind, "value": value})
        return name

    def _plate(self) -> str:
        letters = "".join(self._pick("ABCDEFGHJKLMNPRSTVWXYZ") for _ in range(2))
        return letters + f"{self.random.randrange(1000):03d}" + self._pick("ABCDEFGH")

    def _surveillance(self) -> None:
        self.cars: dict[str, str] = {}
        self.addresses = [
            self._thing("address", f"{self.random.randint(1, 90)} {self._pick(_SITES)} road") for _ in range(8)
        ]
        for cell in self.cells:
            watched = self.random.randint(2, 3) if "S" in cell.channels else int(self._chance(0.1))
            for _ in range(watched):
                self._observe(cell)

    def _observe(self, cell: Cell) -> None:
        day = self._pick(cell.crossings).day
        crossing = min(cell.crossings, key=lambda first: abs((first.day - day).days))
        when = self._later(day, 0, 9)
        statement = self._report(when, self._pick("112"), self._pick("AAB"), "observation")
        team = [cell.foreman, *cell.crew]
        for person in self._some(team, 4):
            self._claim(statement, (person, "ASSISTED", crossing.id), day)
        for _ in range(3):
            subject, object_ = self.random.sample([*team, *cell.drivers, cell.taxi, cell.house.keeper], 2)
            self._fact(statement, (subject, "ASSOCIATES_WITH", object_), day)
        for person in [*cell.drivers, cell.taxi]:
            if person not in self.cars:
                self.cars[person] = self._thing("vehicle", self._plate())
            if self._chance(0.6):
                self._fact(statement, (person, "USED", self.cars[person]), day)
                if self._chance(0.4):
                    self._fact(statement, (self.cars[person], "LOCATED_AT", self._pick(self.addresses)), day)
            for passenger in self._some(cell.passengers, self.random.randint(0, 2)):
                self._fact(statement, (person, "TRANSPORTED", passenger), day)
        rows = [
            (0.5, cell.house.keeper, "MANAGED", cell.house.id),
            (0.25, crossing.logistics, "SUPPLIED", crossing.boat),
            (0.25, crossing.coordinator, "DIRECTED", cell.foreman),
        ]
        self._maybe(statement, day, rows)
        coordinator = crossing.coordinator
        pairs = [
            (crossing.logistics, self._pick(cell.drivers)),
            (coordinator, cell.foreman),
            (cell.broker, coordinator),
        ]
        for hub, second in pairs:
            if self._chance(0.33):
                self._fact(statement, (hub, "ASSOCIATES_WITH", second), day)
        for person in self._some(self.bystanders, 2):
            self._fact(statement, (person, "ASSOCIATES_WITH", self._pick(team)), day)

    # -- phone records: hubs call seldom, with phones not always attributed ----------------------------------------

    def _phones(self) -> None:
        self.phone: dict[str, str] = {}
        for cell in self.cells:
            for _ in range(self.random.randint(2, 3) if "P" in cell.channels else int(self._chance(0.12))):
                self._calls(cell)

    def _phone_of(self, person: str, statement: Row, day: dt.date) -> str:
        changing = self.hubs + self.drivers + self.foremen
        if person not in self.phone or (person in changing and self._chance(0.25)) or self._chance(0.06):
            number = f"+{self._pick(['33', '44', '49', '32'])}7{self.random.randrange(10**8):08d}"
            self.phone[person] = self._thing("phone", number)
        self._true(person, "USED", self.phone[person])
        if self._chance(0.75):
            self._claim(statement, (person, "USED", self.phone[person]), day)
        return self.phone[person]

    def _calls(self, cell: Cell) -> None:
        randint = self.random.randint
        day = self._pick(cell.crossings).day
        statement = self._record(self._later(day, 20, 150), "call data")
        coordinator = self._pick(cell.coordinators)
        calls: list[tuple[str, str, int]] = []
        callers = [cell.taxi, cell.interpreter, cell.charity, cell.house.keeper]
        for person in cell.drivers + cell.recruiters + callers:
            pool = cell.passengers + cell.crew + self.bystanders[:40]
            calls += [(person, second, randint(4, 60)) for second in self._some(pool, randint(2, 5))]
        calls += [(cell.foreman, second, randint(3, 30)) for second in cell.crew]
        rare = [
            (coordinator, cell.foreman),
            (coordinator, cell.logistics),
            (cell.paymaster, coordinator),
            (cell.broker, coordinator),
            (cell.broker, self._pick(self.cells).coordinators[0]),
            (coordinator, self._pick(cell.recruiters)),
            (cell.messenger, coordinator),
            (cell.logistics, cell.paymaster),
        ]
        if not cell.freelance:
            leaders = cell.circle.leaders
            rare += [(self._pick(leaders), second) for second in (cell.messenger, coordinator, cell.paymaster)]
        calls += [(first, second, randint(1, 6)) for first, second in rare if first != second and self._chance(0.55)]
        for caller, second, number in [call for call in calls if call[0] != call[1]]:
            if self._chance(0.5):
                self._fact(statement, (caller, "CONTACTED", second), day, weight=number)
            else:
                phones = (self._phone_of(caller, statement, day), "CONTACTED", self._phone_of(second, statement, day))
                self._fact(statement, phones, day, weight=number)

    # -- informers: sanitised reports, loyal to one circle, about the others ----------------------------------------

    def _informers(self) -> None:
        for _ in range(max(3, len(self.cells) // 5)):
            loyal = self._pick(self.circles)
            targets = [cell for cell in self.cells if cell.circle is not loyal] or self.cells
            targets = [cell for cell in targets if "I" in cell.channels] * 3 + targets
            for _ in range(self.random.randint(2, 4)):
                self._inform(loyal, self._pick(targets))

    def _inform(self, loyal: Circle, cell: Cell) -> None:
        crossing = self._pick(cell.crossings)
        statement = self._statement(
            "intelligence",
            "",
            self._later(crossing.day, 5, 120),
            self._pick("2233"),
            self._pick("BCCD"),
            handling="C",
            conditions="not to be shown outside the team",
            summary="information received",
        )
        big = [*cell.circle.leaders, crossing.coordinator, cell.logistics, cell.broker]
        small = [cell.foreman, *cell.crew, *cell.recruiters, cell.house.keeper, cell.collector, cell.taxi]
        small += [self._pick(self.innocent), self._pick(self.phantoms)]
        for _ in range(self.random.randint(3, 6)):
            self._allegation(statement, cell, crossing, big, small)
        if self._chance(0.5):
            rival = self._pick(loyal.coordinators + self._some(self.foremen + self.gophers, 2))
            self._fact(statement, (rival, "RIVAL_OF", self._pick(big + small[:3])))
        if self._chance(0.3):
            coordinator = self._pick(loyal.coordinators)
            own = [
                one_crossing.id
                for one_cell in self.cells
                if one_cell.circle is loyal
                for one_crossing in one_cell.crossings
            ]
            denied = self._pick(own) if own else crossing.id
            self._claim(statement, (coordinator, "ORGANISED", denied), None, "denies")

    def _allegation(
        self, statement: Row, cell: Cell, crossing: Crossing, big: Sequence[str], small: Sequence[str]
    ) -> None:
        target = self._pick(big) if self._chance(0.3) else self._pick(small)
        options = [
            ("ORGANISED", crossing.id),
            ("RUNS", cell.circle.gang),
            ("DIRECTED", self._pick(cell.crew)),
            ("SUPPLIED", crossing.boat),
            ("MEMBER_OF", cell.circle.gang),
            ("DIRECTED", cell.recruiters[0]),
            ("PAID", cell.foreman),
            ("CONTROLS", cell.house.id),
        ]
        key: Key = (target, *self._pick(options))
        if target in big and self._chance(0.75):
            # About important people, reports are more often right than wrong.
            about = self.facts_by[target]
            key = self._pick([fact for fact in about if fact[1] not in ("PAID", "ASSOCIATES_WITH")] or about)
        self._claim(statement, key, crossing.day, subject_as_said=self._nickname())

    # -- records: few and exact ------------------------------------------------------------------------------------

    def _records(self) -> None:
        for cell in self.cells:
            rich = "R" in cell.channels
            for crossing in cell.crossings:
                self._landing(cell, crossing, rich=rich)
            if self._chance(0.6 if rich else 0.1):
                self._ledger(cell)
        for house in self.houses:
            if self._chance(0.4):
                statement = self._record(self._later(_START, 0, 500), "tenancy register")
                self._claim(statement, (house.owner, "CONTROLS", house.id))
        statement = self._record(self._later(_START, 300, 500), "family register")
        for person in self._some(self.bystanders, len(self.bystanders) * 0.6):
            self._fact(statement, (person, "RELATED_TO", self._pick(self.ids)))
        statement = self._record(self._later(_START, 300, 500), "support service log")
        for person in self.helpers:
            for passenger in self._some(self.passengers, self.random.randint(1, 9)):
                self._fact(statement, (person, "SERVED", passenger))
            for contact in self._some(self.visible + self.hubs, self.random.randint(0, 2)):
                self._fact(statement, (person, "CONTACTED", contact))

    def _landing(self, cell: Cell, crossing: Crossing, *, rich: bool) -> None:
        day = crossing.day
        if self._chance(0.75):
            statement = self._record(self._later(day, 0, 2), "landing register")
            seen = len(crossing.passengers) * self.random.uniform(0.6, 1)
            for person in self._some(crossing.passengers, seen):
                self._claim(statement, (person, "CROSSED_ON", crossing.id), day)
            self._claim(statement, (crossing.boat, "USED_ON", crossing.id), day)
            for person in crossing.pilots:
                if self._chance(0.4):
                    self._claim(statement, (person, "PILOTED", crossing.id), day)
        if self._chance(0.5 if rich else 0.12):
            statement = self._record(self._later(day, 5, 60), "seizure and purchase papers")
            part = self._thing("part", f"E{self.random.randrange(10**6):06d}")
            self._fact(statement, (part, "PART_OF", crossing.boat), day)
            supplier = crossing.trader if self._chance(0.6) else crossing.logistics
            self._claim(statement, (supplier, "SUPPLIED", crossing.boat), day)
            user = self._pick([crossing.logistics, crossing.trader, self._pick(cell.drivers)])
            self._fact(statement, (user, "USED", part), day)

    def _ledger(self, cell: Cell) -> None:
        randrange = self.random.randrange
        day, coordinator = cell.crossings[0].day, cell.coordinators[0]
        statement = self._record(self._later(day, 20, 200), "transfer ledger")
        payments = [
            (cell.collector, cell.paymaster),
            (cell.paymaster, coordinator),
            (cell.paymaster, cell.logistics),
            (cell.broker, coordinator),
            (cell.paymaster, cell.foreman),
        ]
        payments += [(person, cell.collector) for person in self._some(cell.passengers, 4)]
        for payer, payee in payments:
            if self._chance(0.55):
                amount, weight = randrange(5, 90) * 100, self.random.randint(1, 4)
                self._fact(statement, (payer, "PAID", payee), day, amount=amount, currency="EUR", weight=weight)
        for _ in range(3):
            key = (self._pick(self.bystanders), "PAID", self._pick(self.taxis + self.landlords))
            self._fact(statement, key, day, amount=randrange(5, 90) * 20, currency="EUR")

    # -- second ids: some claims about a person name another row -----------------------------------------------------

    def _second_ids(self) -> None:
        mentions: dict[str, int] = {}
        for row in self.claims:
            for end in ("subject_id", "object_id"):
                mentions[row[end]] = mentions.get(row[end], 0) + 1
        candidates = [name for name in self.ids if name not in self.passengers or name in self.pilots]
        often = [name for name in candidates if mentions.get(name, 0) >= 4 and name not in self.witnesses]
        twice = self._some(often, self.second_ids)
        self.second = {name: self._id("P") for name in twice}
        statements = [row["id"] for row in self.statements]
        moved = {(statement, name) for name in twice for statement in statements if self._chance(0.4)}
        self._double_facts()
        for row in self.claims:
            for end in ("subject_id", "object_id"):
                if (row["statement_id"], row[end]) in moved:
                    row[end] = self.second[row[end]]
        for row in self.statements:
            if (row["id"], row["interpreter_id"]) in moved:
                row["interpreter_id"] = self.second[row["interpreter_id"]]
        self._identities(candidates)

    def _double_facts(self) -> None:
        """Add the true links of people with a second id under that id as well."""
        second = self.second
        for subject, relation, object_ in list(self.facts):
            self._true(second.get(subject, subject), relation, object_)
            self._true(subject, relation, second.get(object_, object_))
            self._true(second.get(subject, subject), relation, second.get(object_, object_))

    def _identities(self, candidates: list[str]) -> None:
        better = self._report(self._later(_START, 500, 600), "2", "C", "identity comparison")
        worse = self._report(self._later(_START, 500, 600), "2", "D", "identity comparison")
        for name, second in self.second.items():
            self._true(name, "SAME_AS", second)
            self._true(second, "SAME_AS", name)
            if self._chance(0.65):
                self._claim(self._pick([better, worse]), (name, "SAME_AS", second))
            elif self._chance(0.3):
                self._claim(worse, (name, "SAME_AS", second), None, "denies")
        self.candidates = candidates + list(self.second.values()) + self.phantoms
        for _ in range(max(2, self.second_ids // 2)):
            first, second = self.random.sample(self.candidates, 2)
            self._claim(self._pick([better, worse]), (first, "SAME_AS", second))
            if self._chance(0.3):
                self._claim(worse if self._chance(0.5) else better, (first, "SAME_AS", second), None, "denies")

    # -- the files: nothing in a person's row reveals the truth -----------------------------------------------------

    @property
    def operations(self) -> dict[str, list[str]]:
        """Return crossing → the people who arranged it."""
        return {
            crossing.id: [cell.foreman if cell.freelance else cell.circle.gang]
            for cell in self.cells
            for crossing in cell.crossings
        }

    def write(self, folder: Path) -> None:
        """Write the world as a case folder; people in no statement have no row."""
        known = {row[end] for row in self.claims for end in ("subject_id", "object_id")}
        known |= {row[end] for row in self.statements for end in ("source_id", "interpreter_id")}
        everybody = [name for name in self.ids + list(self.second.values()) + self.phantoms if name in known]
        candidates = [name for name in self.candidates if name in known]
        people = [self._person(name, candidates) for name in everybody]
        folder.mkdir(parents=True, exist_ok=True)
        self._write(folder, "people", people)
        self._write(folder, "boats", [self._boat(name) for name in self.boats])
        self._write(folder, "crossings", [self._crossing_row(crossing) for crossing in self.crossings])
        gangs = [{"id": circle.gang, "name": f"the {self._pick(_SITES)} people"} for circle in self.circles]
        self._write(folder, "gangs", gangs)
        houses = [
            {"id": house.id, "name": f"house {self.random.randint(1, 300)}", "kind": "dwelling"}
            for house in self.houses
        ]
        self._write(folder, "workplaces", houses)
        self._write(folder, "things", self.things)
        self._write(folder, "statements", self.statements)
        self._write(folder, "links", self.claims)
        truth = json.dumps(self._truth(known, candidates), indent=1)
        (folder / "truth.json").write_text(truth, encoding="utf-8")

    def _person(self, name: str, candidates: Sequence[str]) -> Row:
        identified = "named" if self._chance(0.62) else self._pick(["nickname", "nickname", "unknown"])
        if name in self.witnesses:
            identified = "named"
        elif name in self.phantoms:
            identified = "nickname"
        called = {
            "named": f"{self._pick(_GIVEN.split())} {self._pick(_FAMILY.split())}",
            "nickname": self._pick(_NICKNAMES.split(";")),
            "unknown": "",
        }
        categories = []
        if name in self.passengers and self._chance(0.3):
            categories.append("victim")
        if name in candidates:
            if self._chance(0.33):
                categories.append(self._pick(["suspect", "suspect@2020", "suspect@2020-03"]))
            if self._chance(0.07 + 0.25 * (name in self.pilots)):
                categories.append("convicted")
        elif self._chance(0.05):
            categories.append("suspect")
        if self._chance(0.1):
            categories.append("other")
        return {
            "id": name,
            "name": called[identified],
            "aliases": self._pick(_NICKNAMES.split(";")) if self._chance(0.2) else "",
            "identified": identified,
            "category": ";".join(categories),
            "nationality": "",
            "sex": self._pick(["m", "m", "m", "f", ""]),
        }

    def _boat(self, name: str) -> Row:
        kind, length = self._pick(["rhib", "dinghy", "dinghy", ""]), self._pick(["", 5, 6, 7])
        return {"id": name, "kind": kind, "length_m": length, "engine_hp": self._pick(["", 15, 30, 40])}

    def _crossing_row(self, crossing: Crossing) -> Row:
        day = crossing.day.isoformat()
        return {
            "id": crossing.id,
            "date": day if self._chance(0.85) else day[:7],
            "launch_site": self._pick(_SITES),
            "landing_site": self._pick(_LANDINGS),
            "people_count": len(crossing.passengers) + self.random.randint(0, 9) if self._chance(0.8) else "",
            "intercepted_by": self._pick(["border patrol", "coastguard", ""]),
        }

    def _write(self, folder: Path, name: str, rows: Sequence[Row]) -> None:
        shuffled = list(rows)
        self.random.shuffle(shuffled)
        write_table(folder, name, _COLUMNS[name].split(), shuffled, "\n")

    def _truth(self, known: set[str], candidates: Sequence[str]) -> Row:
        asserted = {
            (row["subject_id"], row["relation"], row["object_id"]): 1
            for row in self.claims
            if row["polarity"] == "asserts"
        }

        def both(people: Sequence[str]) -> list[str]:
            rows = (row for name in people for row in (name, self.second.get(name)))
            return sorted(row for row in rows if row is not None and row in known)

        return {
            "hubs": both(self.hubs),
            "leaders": both(self.leaders),
            "brokers": both(self.brokers),
            "helpers": both(self.helpers),
            "candidates": sorted(candidates),
            "witnesses": sorted(self.witnesses),
            "false_statements": sorted(self.false_statements),
            "false_links": sorted(list(key) for key in asserted if key not in self.facts),
        }


def make(folder: Path, seed: int, false_share: float) -> None:
    """Write one world of the family."""
    World(seed, false_share).write(folder)
