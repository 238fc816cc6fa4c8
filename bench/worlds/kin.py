"""Family `kin`, by author C: kinship and debt bondage.

Extended families in villages recruit; transport is bought in. People are exploited in workplaces, held by debts, papers
and trusted foremen who were once victims. A closure moves workers to another workplace of the same controller. Hubs:
debt holders, controllers, chief recruiters at origin, members of go-between families, and the few wholesalers who sell
crossings. No one is above them. Witnesses, mostly workers, know foremen well and controllers by hearsay.
The author read: Campana 2016/2018, Surtees 2008, Kara, Siegel & de Blank 2010, Carling on debt, NCA/GLAA reports, UNODC
2018/2020.
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

_SYLLABLES = (
    "ba do kre mi sha lun ter go vi ren",
    "thu lan bich quo nam hai pho dien my ve",
    "zor ali kem haz per dil rau sin oma bek",
    "ade osa efe ubi chi ola ngo tu ika mo",
    "pu stra va dra ili cor ne mar cu ro",
)
_LAST_NAMES = ["Marsh", "Okell", "Pryde", "Hadley", "Toller", "Vane", "Birk", "Sorrell", "Nash", "Cray"]
_FIRST_NAMES = ["Ann", "Col", "Jo", "Ray", "Sue", "Mick", "Dee", "Pat", "Lee", "Kim"]
# Role of an aide → share of the candidates who are not hubs.
_AIDES = {
    "recruiter": 0.14, "foreman": 0.19, "driver": 0.12, "agent": 0.05, "pilot": 0.06, "collector": 0.07, "owner": 0.07,
    "relative": 0.14, "helper": 0.11, "shop": 0.05,
}  # fmt: skip
_HELPERS = ["interpreter", "interpreter", "taxi", "landlord", "landlord", "charity", "solicitor", "doctor"]
_SECTORS = [
    ("car wash", "premises"), ("nail bar", "premises"), ("farm", "site"), ("cannabis house", "dwelling"), ("video site", "online"),
    ("building site", "site"), ("packing shed", "premises"), ("takeaway", "premises"),
]  # fmt: skip
_TOWNS = [
    "Harrowby", "Stenmouth", "Colby", "Northam Vale", "Wickstead", "Elderby", "Marfleet", "Penhurst", "Dunmore", "Ashwell",
]  # fmt: skip
# Relation → relations a source may mistake it for.
_BLURRED = {
    "COERCED": ["DIRECTED", "HOUSED", "CONTACTED"],
    "DIRECTED": ["CONTACTED", "ASSOCIATES_WITH", "COERCED"],
    "HOUSED": ["CONTACTED", "TRANSPORTED"],
    "TRANSPORTED": ["CONTACTED", "ASSOCIATES_WITH"],
    "RECRUITED": ["CONTACTED", "TRANSPORTED", "HOUSED"],
    "PAID": ["OWES", "CONTACTED"],
    "OWES": ["PAID"],
    "MANAGED": ["CONTROLS", "WORKED_AT"],
    "CONTROLS": ["MANAGED"],
    "SERVED": ["CONTACTED", "ASSOCIATES_WITH"],
}
_INTERESTS = [
    "", "", "asylum claim pending", "NRM referral made, decision awaited", "offered safe housing by police 2020-06",
    "owes money at home", "quarrel with the foreman over wages", "cousin of another witness", "seeks leave to remain",
    "was promised help with family reunion", "facing a charge; basis of plea under discussion",
]  # fmt: skip
_SUMMARIES = [
    "Account of work and debts", "Account of the journey", "Second interview", "Account at reception centre", "Section 9 statement", "",
]  # fmt: skip
_SUSPECTS = {"foreman": 0.6, "driver": 0.5, "pilot": 0.6, "relative": 0.3, "owner": 0.4}
_COLUMNS = {
    "people": "id name aliases identified category date_of_birth nationality sex notes",
    "boats": "id name kind length_m engine_hp",
    "crossings": "id date launch_site landing_site people_count",
    "gangs": "id name",
    "workplaces": "id name kind sector address opened_on closed_on",
    "things": "id kind value name notes",
    "statements": "id kind source_id taken_on source_grade assessment handling conditions on_record status status_on interest interpreter_id summary",
    "links": "id subject_id relation object_id statement_id from_date to_date polarity weight amount currency subject_as_said object_as_said assessment",
}
_START = dt.date(2017, 3, 1)
_END = _START + dt.timedelta(days=1640)
_ASK_FIRST = "originator to be asked first"

T = TypeVar("T")
Key = tuple[str, str, str]
Row = dict[str, Any]


@dataclass(eq=False)
class Workplace:
    """A workplace; a lawful one has no controller."""

    id: str
    sector: str
    kind: str
    town: str
    opened: dt.date
    closed: dt.date | None
    controller: str | None
    front: str
    foremen: list[str]
    drivers: list[str]
    landlord: str
    collector: str
    messenger: str
    staff: list[str] = field(default_factory=list)

    @property
    def boss(self) -> str:
        """The true controller of the workplace."""
        return self.controller or self.front


@dataclass(eq=False)
class Dwelling:
    """A house in which workers live."""

    id: str
    town: str
    landlord: str


@dataclass(eq=False)
class Crossing:
    """A crossing: its boat, the wholesaler who sold it, and the people on it."""

    id: str
    day: dt.date
    boat: str
    wholesaler: str
    agent: str
    pilot: str
    aide: str
    passengers: list[str] = field(default_factory=list)


Stint = tuple[Workplace, dt.date, dt.date]


@dataclass(eq=False)
class Life:
    """Journey and work of one passenger; `elder` guarantees the debt, often in good faith."""

    recruiter: str
    lender: str | None
    crossing: Crossing | None
    broker: str | None
    agent: str
    collector: str
    shop: str
    driver: str
    home: Dwelling
    elder: str
    stints: list[Stint] = field(default_factory=list)


@dataclass(eq=False)
class Person:
    """A person, with the attributes of their role."""

    row: Row
    role: str
    clan: int
    region: int
    visibility: float = 1.0
    boss: str | None = None
    regions: list[int] = field(default_factory=list)
    controllers: list[str] = field(default_factory=list)
    chief: str = ""
    lenders: list[str] = field(default_factory=list)
    life: Life | None = None


@dataclass(eq=False)
class Statement:
    """A statement; a silent one leaves out most true claims about hubs."""

    row: Row
    seen: set[tuple[str, str, str, str]] = field(default_factory=set)
    silent: bool = False
    lied: bool = False


@dataclass(frozen=True)
class Lie:
    """Subject of one false statement."""

    kind: str
    target: str
    relations: list[str]


class World:
    """One world of the family."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.random = random.Random(f"kin-{seed}")  # noqa: S311 - invented worlds, not secrets
        self.false_share = false_share
        randint = self.random.randint
        self.size = self._pick([randint(250, 500), randint(450, 900), randint(800, 1500)])
        self.used: set[str] = set()
        self.people: dict[str, Person] = {}
        self.statements: list[Statement] = []
        self.links: list[Row] = []
        self.lies: list[Key] = []
        self.facts: set[Key] = set()
        self.false_statements: list[str] = []
        self.things: list[Row] = []
        self._places_of_origin()
        self._cast()
        self._chains()
        self._workplaces()
        self._lives()
        self._gangs()
        self._witnesses()
        self._reports()
        self._records()
        self._second_rows()

    # -- drawing ---------------------------------------------------------------------------------------------------

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _pick(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def _some(self, options: Iterable[T], size: int) -> list[T]:
        pool = list(options)
        return self.random.sample(pool, min(size, len(pool)))

    def _id(self, prefix: str) -> str:
        while True:
            name = prefix + "".join(self.random.choice("ACDEFHJKLMNPRTUVWXY3479") for _ in range(5))
            if name not in self.used:
                self.used.add(name)
                return name

    def _day(self, first: int, last: int) -> dt.date:
        return _START + dt.timedelta(days=self.random.randint(first, last))

    def _days_after(self, day: dt.date, least: int, most: int) -> dt.date:
        return day + dt.timedelta(days=self.random.randint(least, most))

    def _partial_date(self, day: dt.date | None) -> str:
        if day is None:
            return ""
        return day.isoformat() if self._chance(0.6) else day.isoformat()[:7]

    def _word(self, region: int, syllables: int) -> str:
        pool = _SYLLABLES[region % 5].split()
        return "".join(self.random.choice(pool) for _ in range(syllables)).capitalize()

    def _money(self, least: int, most: int) -> Row:
        amount = str(self.random.randrange(least, most, 50))
        return {"amount": amount, "currency": self._pick(["GBP", "GBP", "EUR", "USD"])}

    def _hearsay(self) -> Row:
        return {"assessment": self._pick(["C", "D", "D", ""])}

    def _sees(self, name: str | None) -> float:
        return self.people[name].visibility if name else 0

    def _sees_hub(self, name: str | None) -> float:
        return self._sees(name) if name in self.hub_set else 1

    # -- people ----------------------------------------------------------------------------------------------------

    def _places_of_origin(self) -> None:
        randint = self.random.randint
        self.regions = randint(2, 5)
        # Regions of villages, then villages and names of clans.
        villages: list[int] = []
        for region in range(self.regions):
            for _ in range(randint(2, 2 + self.size // 150)):
                self._word(region, 2)
                self._pick(["", "an", "el"])
                villages.append(region)
        self.clans: list[tuple[int, str]] = []
        for region in villages:
            self.clans += [(region, self._word(region, 2)) for _ in range(randint(2, 5))]

    def _person(self, role: str, clan: int | None = None, identified: str = "") -> str:
        clan = self.random.randrange(len(self.clans)) if clan is None else clan
        region, family = self.clans[clan]
        local = role in ("helper", "owner") and self._chance(0.6)
        last = self._pick(_LAST_NAMES) if local else family
        called = f"{self._pick(_FIRST_NAMES) if local else self._word(region, 2)} {last}"
        name = self._id("P")
        if not identified:
            identified = "nickname" if self._chance(0.13) else "unknown" if self._chance(0.03) else "named"
        if identified == "nickname":
            title = self._pick(["the ", "Uncle ", "Brother ", "Old ", "Aunt "])
            called = title + self._word(region, 1 + self._chance(0.5))
        row = {"id": name, "name": "" if identified == "unknown" else called}
        row["aliases"] = self._word(region, 1) if self._chance(0.2) else ""
        row |= {"identified": identified, "notes": ""}
        self.people[name] = Person(row, role, clan, region)
        return name

    def _cast(self) -> None:
        uniform = self.random.uniform
        candidates = int(self.size * uniform(0.38, 0.48))
        self._hubs(max(9, round(candidates * uniform(0.088, 0.138))))
        rest = candidates - len(self.hubs)
        self.aides = {
            role: [self._person(role) for _ in range(max(2, round(rest * share)))] for role, share in _AIDES.items()
        }
        self._kin()
        helpers = self.aides["helper"]
        self.trade = {name: self._pick(_HELPERS) for name in helpers}
        for name, trade in zip(helpers, ("interpreter", "taxi", "landlord", "charity", "solicitor"), strict=False):
            self.trade[name] = trade
        self.candidates = self.hubs + [name for names in self.aides.values() for name in names]
        left = self.size - len(self.candidates) - max(2, self.size // 150) - max(1, self.size // 400)
        self.carried = [self._person("worker" if self._chance(0.72) else "passenger") for _ in range(left)]
        self.workers = [name for name in self.carried if self.people[name].role == "worker"]
        self.clan_members: dict[int, list[str]] = {}
        for name in self.candidates + self.carried:
            self.clan_members.setdefault(self.people[name].clan, []).append(name)

    def _hubs(self, number: int) -> None:
        uniform = self.random.uniform
        sizes = {
            "transport": max(1, round(number * 0.06)),
            "chief": max(1, round(number * uniform(0.1, 0.16))),
            "lender": max(2, round(number * uniform(0.2, 0.28))),
            "broker": max(2, round(number * uniform(0.2, 0.27))),
        }
        sizes["controller"] = max(3, number - sum(sizes.values()))
        self.leading: dict[str, list[str]] = {role: [] for role in sizes}
        for role, size in sizes.items():
            for place in range(size):
                clan = None
                if role == "broker" and self.leading[role] and self._chance(0.45):
                    # This go-between is of the same family as the last one.
                    clan = self.people[self.leading[role][-1]].clan
                if role == "chief":
                    home = [clan for clan, (region, _) in enumerate(self.clans) if region == place % self.regions]
                    clan = self._pick(home)
                name = self._person(role, clan)
                self.leading[role].append(name)
                # One hub in six is nearly invisible and never near a witness.
                self.people[name].visibility = self._pick([0.06, 0.35, 0.6, 0.8, 1.0, 1.2])
        self.hubs = [name for names in self.leading.values() for name in names]
        self.hub_set = set(self.hubs)

    def _kin(self) -> None:
        """Make relatives for hubs and aides alike."""
        for name in self.aides["relative"]:
            pool = self.hubs if self._chance(0.4) else self.aides["recruiter"] + self.aides["foreman"]
            relative, person = self.people[self._pick(pool)], self.people[name]
            person.clan, person.region = relative.clan, relative.region
            if person.row["identified"] == "named":
                person.row["name"] = f"{person.row['name'].split()[0]} {self.clans[person.clan][1]}"

    def _of_trade(self, trade: str) -> list[str]:
        helpers = self.aides["helper"]
        return [name for name in helpers if self.trade[name] == trade] or helpers

    def _of_region(self, names: Iterable[str], region: int) -> list[str]:
        return [name for name in names if self.people[name].region == region]

    # -- how the operation runs ------------------------------------------------------------------------------------

    def _chains(self) -> None:
        randint, leading = self.random.randint, self.leading
        for name in self.aides["recruiter"]:
            person = self.people[name]
            same = self._of_region(leading["chief"], person.region) or leading["chief"]
            # Some recruiters have no boss: they recruit only for their own cousins.
            person.boss = self._pick(same) if self._chance(0.8) else None
        for name in leading["lender"]:
            self.people[name].regions = self._some(range(self.regions), randint(1, 2))
        for name in leading["broker"]:
            person = self.people[name]
            person.controllers = self._some(leading["controller"], randint(1, 3))
            person.chief = self._pick(leading["chief"])
            person.lenders = self._some(leading["lender"], randint(1, 2))

    def _workplaces(self) -> None:
        number = max(8, self.size // self.random.randint(15, 22))
        self.workplaces = [self._workplace() for _ in range(number)]
        for place, controller in enumerate(self.leading["controller"]):
            if all(work.controller != controller for work in self.workplaces) and place < len(self.workplaces):
                self.workplaces[place].controller = controller
        landlords = self._of_trade("landlord")
        self.dwellings = [
            Dwelling(self._id("W"), self._pick(_TOWNS), self._pick(landlords)) for _ in range(max(4, self.size // 40))
        ]
        boats = [(self._id("B"), self._pick(self.leading["transport"])) for _ in range(max(5, self.size // 25))]
        aides = self.aides
        self.crossings = [
            Crossing(
                self._id("C"),
                self._day(500, 1500),
                boat,
                wholesaler,
                self._pick(aides["agent"]),
                self._pick(aides["pilot"]),
                self._pick(aides["pilot"] + aides["driver"]),
            )
            for boat, wholesaler in boats
        ]

    def _workplace(self) -> Workplace:
        aides = self.aides
        sector, kind = self._pick(_SECTORS)
        opened, lawful = self._day(0, 900), self._chance(0.2)
        return Workplace(
            id=self._id("W"),
            sector=sector,
            kind=kind,
            town=self._pick(_TOWNS),
            opened=opened,
            closed=self._days_after(opened, 250, 1000) if self._chance(0.5) else None,
            controller=None if lawful else self._pick(self.leading["controller"]),
            front=self._pick(aides["owner"]),
            foremen=self._some(aides["foreman"], self.random.randint(1, 3)),
            drivers=self._some(aides["driver"], 2),
            landlord=self._pick(self._of_trade("landlord")),
            collector=self._pick(aides["collector"]),
            messenger=self._pick(aides["relative"]),
        )

    def _lives(self) -> None:
        for name in self.carried:
            self.people[name].life = self._life(name)
        for work in self.workplaces:
            work.staff = [name for name in self.workers if any(stint[0] is work for stint in self._stints(name))]

    def _life(self, name: str) -> Life:
        region, aides, leading = self.people[name].region, self.aides, self.leading
        recruiter = self._pick(self._of_region(aides["recruiter"], region) or aides["recruiter"])
        lenders = [lender for lender in leading["lender"] if region in self.people[lender].regions]
        lender = self._pick(lenders or leading["lender"]) if self._chance(0.8) else None
        crossing = self._pick(self.crossings) if self._chance(0.55) else None
        if crossing:
            crossing.passengers.append(name)
        life = Life(
            recruiter=recruiter,
            lender=lender,
            crossing=crossing,
            broker=self._pick(leading["broker"]) if self._chance(0.6) else None,
            agent=crossing.agent if crossing else self._pick(aides["agent"]),
            collector=self._pick(aides["collector"] + aides["recruiter"]),
            shop=self._pick(aides["shop"]),
            driver=self._pick(aides["driver"]),
            home=self._pick(self.dwellings),
            elder=self._pick(self._of_region(aides["relative"] + aides["shop"], region) or aides["relative"]),
        )
        if self.people[name].role == "worker":
            life.stints = self._working_life(life)
        return life

    def _working_life(self, life: Life) -> list[Stint]:
        controllers = self.people[life.broker].controllers if life.broker else self.leading["controller"]
        theirs = [work for work in self.workplaces if work.controller in controllers]
        work = self._pick(theirs if self._chance(0.6) and theirs else self.workplaces)
        start = max(work.opened, life.crossing.day if life.crossing else _START)
        stints: list[Stint] = []
        while len(stints) < 3:
            end = min(work.closed or _END, self._days_after(start, 60, 500))
            if end <= start:
                end = start + dt.timedelta(days=30)
            stints.append((work, start, end))
            following = [
                workplace
                for workplace in self.workplaces
                if workplace is not work
                and workplace.opened <= end
                and (workplace.closed is None or workplace.closed > end)
            ]
            same = [
                workplace for workplace in following if workplace.controller and workplace.controller == work.controller
            ]
            moves = (work.closed == end and self._chance(0.75)) or self._chance(0.12)
            if not moves or not following:
                break
            work = self._pick(same) if same and self._chance(0.85) else self._pick(following)
            start = self._days_after(end, 1, 20)
        return stints

    def _stints(self, name: str) -> list[Stint]:
        life = self.people[name].life
        return life.stints if life else []

    def _crossing_of(self, name: str) -> Crossing | None:
        life = self.people[name].life
        return life.crossing if life else None

    def _gangs(self) -> None:
        def family(name: str) -> str:
            return self.clans[self.people[name].clan][1]

        brokers = self._some(self.leading["broker"] + self.leading["lender"], 3)
        relatives = self._some(self.aides["relative"] + self.aides["recruiter"], 3)
        cores = [(f"the {family(name)} house", name) for name in brokers]
        cores += [(f"the {family(name)} people", name) for name in relatives]
        cores.append(("the beach lot", self._pick(self.leading["transport"])))
        # Id, name, and person at the core of each gang.
        self.gangs = [(self._id("G"), called, core) for called, core in cores]

    # -- statements and claims -------------------------------------------------------------------------------------

    def _statement(self, kind: str, source: str = "", day: dt.date | None = None, **more: str) -> Statement:
        row: Row = {"id": self._id("S"), "kind": kind, "source_id": source}
        row["taken_on"] = (day or self._day(1100, 1700)).isoformat()
        row |= {"status": "given", **more}
        statement = Statement(row)
        self.statements.append(statement)
        return statement

    def _identity_report(self, assessment: str, conditions: str) -> Statement:
        more: dict[str, Any] = {"handling": "C", "conditions": conditions, "on_record": "no"}
        more |= {"source_grade": "2", "summary": "Identity report"}
        return self._statement("intelligence", assessment=assessment, **more)

    def _record(self, summary: str, day: dt.date | None = None) -> Statement:
        handling = self._pick(["P", "P", "C"])
        graded = {"source_grade": "1", "assessment": "A", "handling": handling, "on_record": "yes"}
        return self._statement("record", day=day, summary=summary, **graded)

    def claim(
        self,
        statement: Statement,
        subject: str | None,
        relation: str,
        object_: str | None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        *,
        chance: float = 1.0,
        is_true: bool = True,
        polarity: str = "asserts",
        **more: Any,
    ) -> None:
        """Make a claim with a probability; a source may blur the relation, and a liar is silent about hubs."""
        if subject is None or object_ is None or subject == object_ or not self._chance(chance):
            return
        asserts = polarity == "asserts"
        if (subject, relation, object_, polarity) in statement.seen:
            return
        statement.seen.add((subject, relation, object_, polarity))
        about_hub = subject in self.hub_set or object_ in self.hub_set
        if statement.silent and is_true and asserts and about_hub and self._chance(0.7):
            return
        if relation in _BLURRED and asserts and self._chance(0.14):
            relation = self._pick(_BLURRED[relation])
            is_true = is_true and (relation != "CONTROLS" or self._boss_of(object_) == subject)
            if relation not in ("PAID", "OWES"):
                more = {name: value for name, value in more.items() if name not in ("amount", "currency")}
        if self._claimed_lately(statement, (subject, relation, object_), polarity):
            return
        statement.seen.add((subject, relation, object_, polarity))
        more |= self._as_said(statement, subject, object_)
        taken = dt.date.fromisoformat(statement.row["taken_on"])
        if start and start >= taken:
            start = taken - dt.timedelta(days=self.random.randint(5, 90))
        if end and end >= taken:
            end = None
        if asserts and is_true:
            self.facts.add((subject, relation, object_))
        elif asserts:
            self.lies.append((subject, relation, object_))
            statement.lied = True
        row: Row = {"subject_id": subject, "relation": relation, "object_id": object_}
        row |= {"statement_id": statement.row["id"], "from_date": self._partial_date(start)}
        row["to_date"] = self._partial_date(end)
        row["polarity"] = "" if asserts and self._chance(0.5) else polarity
        self.links.append(row | more)

    def _boss_of(self, place: str) -> str:
        return next(work.boss for work in self.workplaces if work.id == place)

    def _claimed_lately(self, statement: Statement, key: Key, polarity: str) -> bool:
        if (*key, polarity) not in statement.seen or key[1] not in _BLURRED:
            return False
        name = statement.row["id"]
        return any(row["statement_id"] == name and _key(row) == key for row in self.links[-80:])

    def _as_said(self, statement: Statement, subject: str, object_: str) -> Row:
        wording: Row = {}
        for name, column in ((subject, "subject_as_said"), (object_, "object_as_said")):
            witness = statement.row["kind"] == "witness"
            if witness and name in self.people and name != statement.row["source_id"] and self._chance(0.15):
                words = ["the tall one", "the cousin", "a man they call ", "the one who came at night"]
                called = self.people[name].row["name"].split() or [""]
                wording[column] = self._pick(words) + called[0]
        return wording

    # -- witnesses and liars ---------------------------------------------------------------------------------------

    def _witnesses(self) -> None:
        self._choose_witnesses()
        self.slots = [name for name in self.witnesses for _ in range(1 + self._chance(0.35))]
        lies = self._plan_lies(round(self.false_share * len(self.slots)))
        for place, name in enumerate(self.slots):
            self._account(name, lies.get(place))

    def _choose_witnesses(self) -> None:
        number = max(15, min(60, int(14 + self.size / self.random.uniform(24, 36))))
        passengers = [name for name in self.carried if self.people[name].role == "passenger"]
        witnesses = self._some(self.workers, round(number * 0.72)) + self._some(passengers, round(number * 0.16))
        foremen = max(1, round(number * 0.06))
        helpers = max(1, number - len(witnesses) - foremen)
        witnesses += self._some(self.aides["foreman"], foremen)
        self.witnesses = witnesses + self._some(self.aides["helper"] + self.aides["shop"], helpers)
        self.random.shuffle(self.witnesses)

    def _group_of(self, name: str) -> list[int]:
        """List the statements that may be coached along with this witness's: same boat or workplace."""
        crossing, stints = self._crossing_of(name), self._stints(name)
        group = []
        for place, witness in enumerate(self.slots):
            together = crossing is not None and self._crossing_of(witness) is crossing
            if stints and stints[0][0] in [stint[0] for stint in self._stints(witness)]:
                together = True
            if witness != name and together:
                group.append(place)
        return group

    def _plan_lies(self, number: int) -> dict[int, Lie]:
        plan: dict[int, Lie] = {}
        free = list(range(len(self.slots)))
        self.random.shuffle(free)
        relations = ["CONTROLS", "DIRECTED", "OWES", "RECRUITED", "PAID", "ORGANISED", "COERCED"]
        while len(plan) < number:
            first = next(place for place in free if place not in plan)
            kind = self._pick(["self", "coached", "coached", "rival", "shield"])
            group = [first]
            if kind in ("coached", "rival"):
                group_members = [place for place in self._group_of(self.slots[first]) if place not in plan]
                group += group_members[: self.random.randint(1, 3)]
            lie = Lie(kind, self._target(kind), self._some(relations, self.random.randint(3, 5)))
            for place in group:
                if len(plan) < number:
                    plan[place] = lie
        return plan

    def _target(self, kind: str) -> str:
        aides = self.aides
        parts = ("relative", "owner", "shop", "driver", "foreman", "recruiter")
        helpers = kind == "coached" and self._chance(0.5)
        names = aides["helper"] if helpers else [name for part in parts for name in aides[part]]
        pool = [name for name in names if name not in self.witnesses]
        relatives = [name for name in aides["relative"] if name not in self.witnesses]
        return self._pick(pool or relatives or aides["owner"])

    def _account(self, name: str, lie: Lie | None) -> None:
        interpreter = self._pick(self._of_trade("interpreter"))
        statement = self._statement(
            "witness",
            name,
            self._taken_on(name),
            source_grade=self._pick(["1", "2", "2", "2", "3"]),
            assessment=self._pick(["A", "A", "B", "C", "D", "E" if self._chance(0.2) else "A"]),
            handling=self._pick(["P", "C"]),
            on_record=self._pick(["yes", "yes", "no", ""]),
            interest=self._pick(_INTERESTS) if self._chance(0.85 if lie else 0.7) else "",
            interpreter_id=interpreter if self._chance(0.7) else "",
            summary=self._pick(_SUMMARIES),
        )
        account = _Account(self, statement, name)
        if lie:
            self.false_statements.append(statement.row["id"])
            statement.silent = True
            account.lie(lie)
        role = self.people[name].role
        if role in ("worker", "passenger"):
            if self._chance(0.85):
                account.road()
            account.work(0.5 if lie and self._chance(0.5) else 1)
            if self._chance(0.75):
                account.hearsay()
        elif role == "foreman":
            account.foreman()
        else:
            account.neighbour()
        account.help(interpreter)
        self._afterwards(statement, name, is_false=lie is not None)

    def _taken_on(self, name: str) -> dt.date:
        days = [self._day(1100, 1600)]
        crossing = self._crossing_of(name)
        after = [stint[1] for stint in self._stints(name)[:1]] + ([crossing.day] if crossing else [])
        return max(days + [self._days_after(day, 10, 120) for day in after])

    def _afterwards(self, statement: Statement, name: str, *, is_false: bool) -> None:
        """Let honest people deny false claims, and sometimes true ones; some withdraw."""
        if not is_false and self._chance(0.2) and self.lies:
            self.claim(statement, *self._pick(self.lies[-60:]), polarity="denies")
        if not is_false and self._chance(0.07) and self._stints(name):
            work = self._stints(name)[0][0]
            boss = self._pick([work.front, work.controller])
            self.claim(statement, boss, "CONTROLS", work.id, polarity="denies")
        row = statement.row
        if self._chance(0.16 if is_false else 0.06):
            statuses = ["withdrawn", "withdrawn", "retracted_as_false"]
            row["status"] = self._pick(statuses) if is_false else "withdrawn"
            row["status_on"] = self._days_after(dt.date.fromisoformat(row["taken_on"]), 10, 120).isoformat()
        elif self._chance(0.08):
            mine = [
                link for link in self.links if link["statement_id"] == row["id"] and link["polarity"] in ("", "asserts")
            ]
            for link in self._some(mine, 2):
                link["polarity"] = "withdrawn"

    # -- reports: short, mixed, one in six wrong -------------------------------------------------------------------

    def _reports(self) -> None:
        # Ids of sources for reports that name no source.
        for _ in range(max(5, self.size // 60)):
            self._id("Q")
        summaries = ["Report on premises", "Report on associates", "Report on movements", ""]
        ordinary = [name for name in self.candidates if name not in self.hub_set]
        for _ in range(max(30, self.size // 5)):
            statement = self._statement(
                "intelligence",
                source_grade=self._pick(["1", "2", "2", "3"]),
                assessment=self._pick("ABCDDE"),
                handling="C",
                conditions=_ASK_FIRST,
                on_record="no",
                summary=self._pick(summaries),
            )
            for _ in range(self.random.randint(1, 4)):
                self._report(statement, ordinary)

    def _report(self, statement: Statement, ordinary: Sequence[str]) -> None:
        subject, relation, object_ = self._reportable()
        is_true = True
        if subject in self.people and self._chance(0.16):
            subject, is_true = self._pick(ordinary), False
        if subject in self.hub_set and self._sees(subject) < 0.1 and self._chance(0.5):
            return
        start = self._day(600, 1500) if self._chance(0.5) else None
        self.claim(statement, subject, relation, object_, start, is_true=is_true)

    def _reportable(self) -> tuple[str | None, str, str | None]:
        """Draw a claim for a report."""
        pick, aides, leading = self._pick, self.aides, self.leading
        work, drawn = pick(self.workplaces), self.random.random()
        broker, recruiter = pick(leading["broker"]), pick(aides["recruiter"])
        lender, crossing = pick(leading["lender"]), pick(self.crossings)
        if drawn < 0.08:
            return work.boss, "CONTROLS", work.id
        if drawn < 0.13:
            return work.controller, "DIRECTED", pick(work.foremen)
        if drawn < 0.19:
            return pick(work.foremen), "MANAGED", work.id
        if drawn < 0.23:
            return self.people[recruiter].boss, pick(["DIRECTED", "CONTACTED", "PAID"]), recruiter
        if drawn < 0.25:
            relation = pick(["CONTACTED", "ASSOCIATES_WITH", "PAID"])
            return broker, relation, pick(self.people[broker].controllers)
        if drawn < 0.27:
            messenger = pick([work.messenger, pick(aides["relative"])])
            relation = pick(["CONTACTED", "DIRECTED", "PAID", "RELATED_TO"])
            return messenger, relation, pick([*work.foremen, work.boss, recruiter])
        if drawn < 0.30:
            return broker, pick(["RELATED_TO", "CONTACTED"]), self.people[broker].chief
        if drawn < 0.34:
            return pick(aides["collector"]), pick(["PAID", "CONTACTED"]), lender
        if drawn < 0.36:
            return pick(aides["shop"] + aides["owner"]), "OWES", pick([lender, pick(aides["shop"])])
        return self._reportable_of_others(drawn, crossing)

    def _reportable_of_others(self, drawn: float, crossing: Crossing) -> Key:
        pick, aides = self._pick, self.aides
        if drawn < 0.39:
            return crossing.wholesaler, "SUPPLIED", crossing.boat
        if drawn < 0.43:
            return pick(aides["agent"]), pick(["ORGANISED", "ASSISTED"]), crossing.id
        if drawn < 0.46:
            return pick(aides["agent"] + aides["driver"]), "SUPPLIED", crossing.boat
        if drawn < 0.50:
            gang, _, core = pick(self.gangs)
            member = pick([core, pick(aides["relative"]), pick(aides["recruiter"])])
            return member, pick(["RUNS", "MEMBER_OF", "MEMBER_OF"]), gang
        if drawn < 0.53:
            gangs = self._some(self.gangs, 2)
            return gangs[0][0], "RIVAL_OF", gangs[1][0]
        if drawn < 0.56:
            return pick(self.candidates), "RIVAL_OF", pick(self.candidates)
        if drawn < 0.62:
            return pick(aides["driver"]), "TRANSPORTED", pick(self.carried)
        if drawn < 0.70:
            foreman, relation = pick(aides["foreman"]), pick(["DIRECTED", "PAID", "CONTACTED"])
            return foreman, relation, pick(aides["driver"] + aides["foreman"] + aides["collector"])
        if drawn < 0.76:
            collector, relation = pick(aides["collector"]), pick(["COERCED", "DIRECTED"])
            return collector, relation, pick(aides["foreman"] + self.workers)
        if drawn < 0.80:
            recruiter, relation = pick(aides["recruiter"]), pick(["DIRECTED", "PAID"])
            return recruiter, relation, pick(aides["agent"] + aides["recruiter"])
        parts = ("foreman", "relative", "helper", "driver", "owner")
        around = [name for part in parts for name in aides[part]]
        return pick(self.candidates), "ASSOCIATES_WITH", pick(around)

    # -- records ---------------------------------------------------------------------------------------------------

    def _records(self) -> None:
        self._phones()
        for _ in range(max(8, self.size // 35)):
            self._call_data(self._record("Call data"))
        register, lease = self._record("Company register extract"), self._record("Tenancy papers")
        for work in self.workplaces:
            self._workplace_records(work, register, lease)
        for crossing in self.crossings:
            self._landing(crossing)
        for _ in range(max(4, self.size // 60)):
            statement = self._record("Money transfer records")
            for _ in range(self.random.randint(6, 16)):
                self._transfer(statement)
        self._family_registers()
        for _ in range(self.size // 25):
            self._search()

    def _add_thing(self, kind: str, value: str, called: str = "") -> str:
        """Add a thing whose value is drawn after its id."""
        name = self.things[-1]["id"]
        self.things[-1] |= {"kind": kind, "value": value, "name": called, "notes": ""}
        return str(name)

    def _phones(self) -> None:
        self.phone: dict[str, str] = {}
        for name in self.candidates + self._some(self.carried, len(self.carried) // 5):
            if self._chance(0.5 if name in self.hub_set else 0.6):
                self.things.append({"id": self._id("T")})
                self.phone[name] = self._add_thing("phone", f"07700 9{self.random.randint(0, 99999):05d}")
        statement = self._record("Subscriber and handset attributions")
        for name, phone in self.phone.items():
            self.claim(statement, name, "USED", phone, chance=0.75)

    def _calls(self, statement: Statement, first: str | None, second: str | None, number: int) -> None:
        if not first or not second:
            return
        if self._chance(0.5):
            first, second = second, first
        if first in self.phone and second in self.phone and self._chance(0.6):
            first, second = self.phone[first], self.phone[second]
        self.claim(statement, first, "CONTACTED", second, self._day(700, 1500), weight=str(number))

    def _call_data(self, statement: Statement) -> None:
        for _ in range(self.random.randint(6, 22)):
            self._call(statement)

    def _call(self, statement: Statement) -> None:
        pick, randint, aides = self._pick, self.random.randint, self.aides
        work = pick(self.workplaces)
        foreman, broker, recruiter = pick(work.foremen), pick(self.leading["broker"]), pick(aides["recruiter"])
        drawn = self.random.random()
        between = self.people[broker]
        if drawn < 0.08:
            self._calls(statement, foreman, work.controller, randint(1, 9))
        elif drawn < 0.12:
            contact = pick([*between.controllers, between.chief, *between.lenders])
            self._calls(statement, broker, contact, randint(1, 6))
        elif drawn < 0.15:
            self._calls(statement, recruiter, self.people[recruiter].boss, randint(1, 8))
        elif drawn < 0.17:
            self._calls(statement, work.collector, pick(self.leading["lender"]), randint(1, 5))
        elif drawn < 0.40:
            near = [*work.drivers, *work.staff, work.collector, work.landlord, work.front]
            self._calls(statement, foreman, pick(near), randint(1, 60))
        elif drawn < 0.60:
            helper = pick(aides["helper"])
            self._calls(statement, helper, pick(self.carried + self.candidates), randint(1, 30))
        elif drawn < 0.75:
            near = self.carried + aides["agent"] + aides["relative"] + aides["recruiter"]
            self._calls(statement, recruiter, pick(near), randint(1, 40))
        elif drawn < 0.90:
            caller = pick(aides["driver"] + aides["agent"])
            parts = ("foreman", "pilot", "driver", "helper", "relative")
            self._calls(statement, caller, pick([name for part in parts for name in aides[part]]), randint(1, 40))
        else:
            caller = pick(aides["relative"] + aides["owner"] + aides["shop"])
            self._calls(statement, caller, pick(self.candidates), randint(1, 20))

    def _workplace_records(self, work: Workplace, register: Statement, lease: Statement) -> None:
        claim, pick = self.claim, self._pick
        on_paper = work.controller is None
        claim(register, work.front, "CONTROLS", work.id, work.opened, work.closed, is_true=on_paper, chance=0.6)
        claim(lease, work.landlord, "SERVED", pick([work.front, *work.foremen]), work.opened, chance=0.7)
        for helper in self._some(self.aides["helper"], 2):
            claim(lease, helper, "SERVED", pick([*work.foremen, work.front, work.controller]), chance=0.35)
        if self._chance(0.5):
            visit = self._record("Inspection visit", self._days_after(work.opened, 130, 400))
            for name in self._some(work.staff, 12):
                claim(visit, name, "WORKED_AT", work.id, work.opened + dt.timedelta(days=120), chance=0.8)
            for foreman in work.foremen:
                claim(visit, foreman, "MANAGED", work.id, chance=0.6)
            claim(visit, work.drivers[0], "ASSOCIATES_WITH", work.foremen[0], chance=0.5)
        if self._chance(0.25):
            self._debt_book(work, self._record("Debt book seized"))

    def _debt_book(self, work: Workplace, statement: Statement) -> None:
        """Claim debts; initials are read as one person or another."""
        for name in self._some(work.staff, self.random.randint(2, 7)):
            life = self.people[name].life
            assert life is not None
            named = [
                life.lender,
                life.collector,
                work.foremen[0],
                work.controller,
                life.shop,
                life.elder,
                work.messenger,
            ]
            holder = self._pick(named)
            chance = 0.7 * min(1, self._sees(holder)) if holder in self.hub_set else 0.7
            self.claim(statement, name, "OWES", holder, chance=chance, **self._money(800, 26000))

    def _landing(self, crossing: Crossing) -> None:
        statement = self._record("Interception and landing log", crossing.day + dt.timedelta(days=1))
        for name in self._some(crossing.passengers, 18):
            self.claim(statement, name, "CROSSED_ON", crossing.id, crossing.day, chance=0.75)
        self.claim(statement, crossing.boat, "USED_ON", crossing.id, chance=0.8)
        self.claim(statement, crossing.pilot, "PILOTED", crossing.id, chance=0.3)
        if self._chance(0.25):
            self.things.append({"id": self._id("T")})
            engine = self._add_thing("part", f"SN{self.random.randint(0, 999999):06d}", "outboard")
            self.claim(statement, engine, "PART_OF", crossing.boat)

    def _transfer(self, statement: Statement) -> None:
        claim, pick, money, aides = self.claim, self._pick, self._money, self.aides
        name = pick(self.carried)
        life, work, drawn = self.people[name].life, pick(self.workplaces), self.random.random()
        kin = pick(self.clan_members[self.people[name].clan])
        assert life is not None
        if drawn < 0.10:
            claim(statement, name, "PAID", life.lender, chance=min(1, self._sees(life.lender)), **money(100, 3000))
        elif drawn < 0.16:
            payer, seen = pick([*work.foremen, work.front]), min(1, self._sees(work.controller))
            claim(statement, payer, "PAID", work.controller, chance=seen, **money(500, 9000))
        elif drawn < 0.20 and life.broker:
            broker = self.people[life.broker]
            payee, seen = pick([broker.chief, *broker.lenders]), min(1, self._sees(life.broker))
            claim(statement, life.broker, "PAID", payee, chance=seen, **money(500, 9000))
        elif drawn < 0.45:
            claim(statement, name, "PAID", kin, **money(50, 900))
        elif drawn < 0.65:
            payee = pick([life.collector, life.recruiter, life.agent, life.shop, life.elder])
            claim(statement, name, "PAID", payee, **money(100, 3000))
        elif drawn < 0.85:
            payer = pick(work.foremen + work.drivers)
            payee = pick([*aides["relative"], *aides["collector"], *aides["shop"], work.landlord])
            claim(statement, payer, "PAID", payee, **money(100, 4000))
        else:
            payee = pick([work.landlord, *work.foremen, *aides["helper"]])
            claim(statement, work.front, "PAID", payee, **money(100, 4000))

    def _family_registers(self) -> None:
        statement, aides = self._record("Family registers and visa forms"), self.aides
        for clan in sorted(self.clan_members):
            members = self.clan_members[clan]
            for _ in range(len(members) // 2):
                first, second = self._some(members, 2)
                self.claim(statement, first, "RELATED_TO", second, chance=0.55)
        for name in self.leading["broker"]:
            # Marriages: links that go-betweens trade on, and as many that mean nothing.
            person = self.people[name]
            self.claim(statement, name, "RELATED_TO", self._pick([person.chief, *person.controllers]), chance=0.3)
        for _ in range(len(self.hubs)):
            first = self._pick(aides["relative"] + aides["recruiter"] + aides["foreman"])
            second = self._pick(aides["relative"] + aides["shop"] + aides["owner"] + aides["collector"])
            self.claim(statement, first, "RELATED_TO", second)

    def _search(self) -> None:
        aides = self.aides
        self.things.append({"id": self._id("T")})
        kind = self._pick(["vehicle", "address", "account", "document"])
        thing = self._add_thing(kind, self._id("V"))
        statement = self._record("Search record")
        pool = aides["driver"] + aides["foreman"] + aides["owner"]
        pool += self._some(self.hubs, 5) + self._some(self.workers, 10)
        for name in self._some(pool + aides["relative"], 2):
            self.claim(statement, name, "LOCATED_AT" if kind == "address" else "USED", thing)

    # -- a few people entered twice --------------------------------------------------------------------------------

    def _second_rows(self) -> None:
        self.second: set[str] = set()
        aides = self.aides
        pool = aides["foreman"] + aides["recruiter"] + aides["driver"]
        chosen = self._some(pool, max(2, self.size // 150)) + self._some(self.hubs, max(1, self.size // 400))
        for name in chosen:
            mine = [row for row in self.links if name in (row["subject_id"], row["object_id"])]
            if len(mine) >= 5 and name not in self.witnesses:
                self._enter_twice(name, mine)
        for _ in range(3):
            report = self._identity_report("D", "not beyond the team")
            first, second = self._pick(aides["foreman"]), self._pick(aides["relative"])
            self.claim(report, first, "SAME_AS", second, is_true=False)

    def _enter_twice(self, name: str, mine: Sequence[Row]) -> None:
        person = self.people[name]
        second_id = self._person(person.role, person.clan, "nickname")
        self.second.add(second_id)
        self.candidates.append(second_id)
        if name in self.hubs:
            self.hubs.append(second_id)
            self.leading[person.role].append(second_id)
        for statement in sorted({row["statement_id"] for row in mine}):
            if self._chance(0.35):
                for row in [row for row in mine if row["statement_id"] == statement]:
                    for end in ("subject_id", "object_id"):
                        row[end] = second_id if row[end] == name else row[end]
        self.claim(self._identity_report("C", _ASK_FIRST), second_id, "SAME_AS", name, chance=0.7)

    # -- the files: missing data, noisy categories, shuffled rows ----------------------------------------------------

    @property
    def operations(self) -> dict[str, list[str]]:
        """Return crossing → the people who arranged it."""
        return {crossing.id: [crossing.agent] for crossing in self.crossings}

    def write(self, folder: Path) -> None:
        """Write the world as a case folder."""
        self.links = [row for row in self.links if not self._chance(0.06)]
        for person in self.people.values():
            self._fill(person)
        folder.mkdir(parents=True, exist_ok=True)
        for row in self.links:
            row["id"] = self._id("L")
        self._write(folder, "people", [person.row for person in self.people.values()])
        self._write(folder, "boats", [self._boat_row(crossing) for crossing in self.crossings])
        self._write(folder, "crossings", [self._crossing_row(crossing) for crossing in self.crossings])
        self._write(folder, "gangs", [{"id": gang, "name": called} for gang, called, _ in self.gangs])
        self._write(folder, "workplaces", self._place_rows())
        self._write(folder, "things", self.things)
        used = {row["statement_id"] for row in self.links}
        used |= {statement.row["id"] for statement in self.statements if statement.row["kind"] == "witness"}
        for statement in self.statements:
            if statement.row["handling"] == "C" and not statement.row.get("conditions"):
                statement.row["conditions"] = "not to be shown outside the team"
        rows = [statement.row for statement in self.statements if statement.row["id"] in used]
        self._write(folder, "statements", rows)
        self._write(folder, "links", self.links)
        (folder / "truth.json").write_text(json.dumps(self._truth(), indent=1))

    def _write(self, folder: Path, name: str, rows: Sequence[Row]) -> None:
        shuffled = list(rows)
        self.random.shuffle(shuffled)
        write_table(folder, name, _COLUMNS[name].split(), shuffled, "\n")

    def _fill(self, person: Person) -> None:
        row = person.row
        row["category"] = ";".join(self._categories(person.role))
        row["nationality"] = self._pick(["", "", f"Region {'ABCDE'[person.region]}"])
        row["sex"] = self._pick(["", "F", "M", "M"])
        row["date_of_birth"] = str(self.random.randint(1960, 2000)) if self._chance(0.3) else ""

    def _categories(self, role: str) -> list[str]:
        if role in ("worker", "passenger"):
            victim = self._chance(0.6 if role == "worker" else 0.2)
            suspect = self._chance(0.03)
            return ["victim"] * victim + ["suspect"] * suspect
        if role in ("helper", "shop"):
            if self._chance(0.15):
                return ["suspect"]
            return ["other"] if self._chance(0.35) else []
        categories = []
        if self._chance(_SUSPECTS.get(role, 0.42)):
            month = f"@2020-{self.random.randint(1, 12):02d}" if self._chance(0.4) else ""
            categories.append(f"suspect{month}")
        if self._chance(0.06):
            categories.append("convicted")
        if self._chance(0.3 if role == "foreman" else 0.04):
            categories.append("victim")
        if not categories and self._chance(0.35):
            categories.append("other")
        return categories

    def _boat_row(self, crossing: Crossing) -> Row:
        kind = "RHIB" if self._chance(0.4) else "inflatable"
        length = self.random.randint(4, 9)
        return {"id": crossing.boat, "kind": kind, "length_m": length, "engine_hp": self._pick([15, 30, 40])}

    def _crossing_row(self, crossing: Crossing) -> Row:
        return {
            "id": crossing.id,
            "date": crossing.day.isoformat(),
            "launch_site": self._pick(["Gravelle beach", "Oye dunes", "Sangate"]),
            "landing_site": self._pick(["Dover", "Folkestone", "Hythe", ""]),
            "people_count": len(crossing.passengers) + self.random.randint(0, 6),
        }

    def _place_rows(self) -> list[Row]:
        rows: list[Row] = []
        for work in self.workplaces:
            row: Row = {"id": work.id, "name": f"{work.town} {work.sector}", "kind": work.kind, "sector": work.sector}
            row |= {"address": work.town, "opened_on": self._partial_date(work.opened) if self._chance(0.8) else ""}
            row["closed_on"] = self._partial_date(work.closed) if self._chance(0.85) else ""
            rows.append(row)
        for house in self.dwellings:
            row = {"id": house.id, "name": f"house at {house.town}", "kind": "dwelling", "sector": ""}
            rows.append(row | {"address": house.town})
        return rows

    def _truth(self) -> Row:
        left = {_key(row) for row in self.links}
        false = sorted({key for key in self.lies if key in left and key not in self.facts})
        reach = {
            lender: sum(person.life is not None and person.life.lender == lender for person in self.people.values())
            for lender in self.leading["lender"]
        }
        for controller in self.leading["controller"]:
            reach[controller] = sum(len(work.staff) for work in self.workplaces if work.controller == controller)
        ranked = sorted((name for name in reach if name not in self.second), key=lambda name: (-reach[name], name))
        return {
            "hubs": sorted(self.hubs),
            "leaders": sorted(ranked[: max(2, round(len(self.hubs) * 0.2))]),
            "brokers": sorted(self.leading["broker"]),
            "helpers": sorted(self.aides["helper"]),
            "candidates": sorted(self.candidates),
            "witnesses": sorted(self.witnesses),
            "false_statements": sorted(self.false_statements),
            "false_links": [list(key) for key in false],
        }


class _Account:
    """Builder of one witness statement."""

    def __init__(self, world: World, statement: Statement, witness: str) -> None:
        self.world, self.statement, self.witness = world, statement, witness
        self.life = world.people[witness].life

    def _say(
        self,
        chance: float,
        subject: str | None,
        relation: str,
        object_: str | None,
        day: dt.date | None = None,
        **more: Any,
    ) -> None:
        self.world.claim(self.statement, subject, relation, object_, day, chance=chance, **more)

    def work(self, clear: float) -> None:
        """Claim what a worker knows of workplaces: foremen from sight, controllers by hearsay, fronts as bosses."""
        for place, (work, start, end) in enumerate(self.life.stints if self.life else []):
            if start.isoformat() < self.statement.row["taken_on"]:
                self._stint(work, start, end, clear, moved=place > 0)

    def _stint(self, work: Workplace, start: dt.date, end: dt.date, clear: float, *, moved: bool) -> None:
        world, say, me = self.world, self._say, self.witness
        assert self.life is not None
        world.claim(self.statement, me, "WORKED_AT", work.id, start, end, chance=0.9)
        world.claim(self.statement, me, "LIVED_AT", self.life.home.id, start, end, chance=0.5)
        mates = [name for name in work.staff if name != me]
        for foreman in work.foremen:
            world.claim(self.statement, foreman, "MANAGED", work.id, start, end, chance=0.75 * clear)
            self._foreman_seen(work, foreman, mates, start, clear)
        for mate in world._some(mates, 3):
            say(0.3, me, "ASSOCIATES_WITH", mate)
            say(0.5, mate, "WORKED_AT", work.id, start)
        self._bosses_seen(work, start)
        say(0.25, work.collector, "COERCED", me, start)
        say(0.3, me, "PAID", work.collector, start, **world._money(100, 1500))
        for driver in work.drivers:
            say(0.4, driver, "TRANSPORTED", me, start)
            say(0.3, driver, "TRANSPORTED", world._pick(mates or [None]), start)
        if moved:
            boss = work.controller
            say(0.2 * world._sees(boss), boss, "DIRECTED", me, start, **world._hearsay())
            say(0.3, work.foremen[0], "TRANSPORTED", me, start)

    def _foreman_seen(self, work: Workplace, foreman: str, mates: Sequence[str], start: dt.date, clear: float) -> None:
        world, say, me, boss = self.world, self._say, self.witness, work.controller
        pick, hearsay, seen = world._pick, world._hearsay, world._sees(work.controller)
        say(0.4 * clear, foreman, "COERCED", me, start)
        say(0.2, foreman, "HOUSED", me, start)
        say(0.3, me, "PAID", foreman, start, **world._money(50, 900))
        say(0.15, me, "OWES", foreman, start, **world._money(200, 3000))
        say(0.25, foreman, "CONTACTED", me, start)
        for mate in world._some(mates, 3):
            say(0.45, foreman, pick(["COERCED", "DIRECTED", "DIRECTED", "HOUSED"]), mate, start)
        near = [*work.drivers, work.front, work.landlord, pick(world.aides["helper"])]
        say(0.35, foreman, "ASSOCIATES_WITH", pick(near), start)
        say(0.3 * seen, boss, "DIRECTED", foreman, start, **hearsay())
        say(0.1 * seen, foreman, "PAID", boss, **hearsay())
        say(0.08 * seen, foreman, "ASSOCIATES_WITH", boss, start)
        say(0.09, work.front, "DIRECTED", foreman, start, is_true=boss is None, **hearsay())
        say(0.1, work.collector, "DIRECTED", foreman, start)
        # The messenger carries orders.
        say(0.11, work.messenger, "DIRECTED", foreman, start, **hearsay())
        say(0.08, foreman, "PAID", work.messenger)
        say(0.1, foreman, "ASSOCIATES_WITH", work.messenger)
        if foreman is not work.foremen[0]:
            say(0.2, work.foremen[0], "DIRECTED", foreman, start)

    def _bosses_seen(self, work: Workplace, start: dt.date) -> None:
        world, say, me, boss = self.world, self._say, self.witness, work.controller
        money, seen = world._money, world._sees(work.controller)
        named = [boss] * 5 + [work.front] * 3 + work.foremen[:1] * 2 + [work.collector, work.messenger]
        who = world._pick(named)
        is_true = who == boss or (not boss and who == work.front)
        say(0.5 * world._sees_hub(who), who, "CONTROLS", work.id, start, is_true=is_true, **world._hearsay())
        say(0.1 * seen, me, "PAID", boss, start, **money(300, 4000))
        say(0.2 * seen, me, "OWES", boss, start, **money(2000, 30000))
        # Controllers also visit: they shout, drive, and house people.
        say(0.16 * seen, boss, "COERCED", me, start)
        say(0.1 * seen, boss, "TRANSPORTED", me, start)
        say(0.12 * seen, boss, "HOUSED", me, start)
        say(0.1 * seen, boss, "MANAGED", work.id, start)
        say(0.05, work.messenger, "COERCED", me, start)
        say(0.06, me, "OWES", work.messenger, start, **money(1000, 20000))
        say(0.05, me, "PAID", work.messenger, start, **money(300, 4000))
        say(0.06, work.front, "HOUSED", me, start)

    def road(self) -> None:
        """Claim who recruited, lent money, housed and drove."""
        world, say, me, life = self.world, self._say, self.witness, self.life
        assert life is not None
        money, hearsay, sees = world._money, world._hearsay, world._sees
        recruiter, broker, lender = life.recruiter, life.broker, life.lender
        clan = world.clan_members[world.people[me].clan]
        say(0.7, recruiter, "RECRUITED", me)
        say(0.25, me, "PAID", recruiter, **money(200, 3000))
        for relative in world._some([name for name in clan if world.people[name].life and name != me], 2):
            cousin = world.people[relative].life
            say(0.4, cousin.recruiter if cousin else None, "RECRUITED", relative)
            say(0.4, me, "RELATED_TO", relative)
        boss = world.people[recruiter].boss
        say(0.22 * sees(boss), boss, "DIRECTED", recruiter, **hearsay())
        say(0.1 * sees(boss), boss, "RECRUITED", me)
        say(0.06 * sees(boss), recruiter, "RELATED_TO", boss)
        say(0.4 * sees(lender), me, "OWES", lender, **money(4000, 30000))
        say(0.12 * sees(lender), me, "PAID", lender, **money(500, 5000))
        say(0.12 * sees(lender), life.collector, "CONTACTED", lender, **hearsay())
        say(0.25, me, "OWES", life.collector, **money(2000, 20000))
        say(0.3, me, "OWES", life.shop, **money(300, 9000))
        say(0.3, me, "OWES", world._pick(clan), **money(300, 8000))
        self._brokers(life)
        self._elders(life)
        say(0.1 * sees(lender), lender, "COERCED", me)
        say(0.1 * sees(lender), lender, "RECRUITED", me)
        say(0.14 * sees(broker), broker, "TRANSPORTED", me)
        say(0.06 * sees(broker), broker, "RECRUITED", me)
        say(0.07 * sees(broker), broker, "SERVED", me)
        say(0.08 * sees(boss), boss, "HOUSED", me)
        say(0.08 * sees(boss), boss, "TRANSPORTED", me)
        say(0.06, life.collector, "COERCED", me)
        say(0.5, life.driver, "TRANSPORTED", me)
        say(0.35, me, "PAID", life.agent, **money(800, 6000))
        if life.crossing:
            self._sea(life.crossing, broker)

    def _brokers(self, life: Life) -> None:
        world, say, me, broker, recruiter = self.world, self._say, self.witness, life.broker, life.recruiter
        seen = world._sees(broker)
        say(0.12 * seen, broker, "HOUSED", me)
        say(0.14 * seen, me, "PAID", broker, **world._money(500, 7000))
        say(0.14 * seen, broker, "CONTACTED", recruiter)
        say(0.06 * seen, broker, "RECRUITED", me)
        if broker:
            person = world.people[broker]
            say(0.08 * seen, broker, "ASSOCIATES_WITH", world._pick(person.controllers))
            say(0.06 * seen, broker, "RELATED_TO", person.chief)
            say(0.12 * seen, broker, "DIRECTED", life.driver)

    def _elders(self, life: Life) -> None:
        world, say, me, elder, recruiter = self.world, self._say, self.witness, life.elder, life.recruiter
        say(0.17, me, "OWES", elder, **world._money(2000, 25000))
        say(0.1, me, "PAID", elder, **world._money(300, 5000))
        say(0.1, elder, "CONTACTED", recruiter)
        say(0.08, elder, "HOUSED", me)
        say(0.06, elder, "DIRECTED", recruiter, **world._hearsay())
        say(0.06, elder, "RELATED_TO", recruiter)

    def _sea(self, crossing: Crossing, broker: str | None) -> None:
        world, say, me, sees = self.world, self._say, self.witness, self.world._sees
        day, wholesaler = crossing.day, crossing.wholesaler
        say(0.85, me, "CROSSED_ON", crossing.id, day)
        say(0.5, crossing.pilot, "PILOTED", crossing.id, day)
        say(0.3, crossing.aide, "ASSISTED", crossing.id, day)
        say(0.3, crossing.agent, "ORGANISED", crossing.id, day)
        say(0.14 * sees(wholesaler), wholesaler, "ORGANISED", crossing.id, day, **world._hearsay())
        say(0.08 * sees(broker), broker, "ORGANISED", crossing.id, day)
        say(0.1 * sees(wholesaler), wholesaler, "DIRECTED", crossing.agent)
        for passenger in world._some([name for name in crossing.passengers if name != me], 3):
            say(0.4, passenger, "CROSSED_ON", crossing.id, day)

    def hearsay(self) -> None:
        """Claim what cousins and friends elsewhere said: all second-hand, with bosses and guarantors confused."""
        world, me, life = self.world, self.witness, self.life
        assert life is not None
        around = world.clan_members[world.people[me].clan] + (life.crossing.passengers if life.crossing else [])
        near = dict.fromkeys(name for name in around if name != me and world._stints(name))
        for friend in world._some(near, world.random.randint(1, 3 + world.size // 400)):
            work, start, _ = world._pick(world._stints(friend))
            foreman = world._pick(work.foremen)
            if start.isoformat() < self.statement.row["taken_on"]:
                self._heard_of(friend, work, start, foreman)

    def _heard_of(self, friend: str, work: Workplace, start: dt.date, foreman: str) -> None:
        world, say, life = self.world, self._say, self.world.people[friend].life
        assert life is not None
        pick, sees_hub, boss, graded = world._pick, world._sees_hub, work.controller, world._hearsay()
        say(0.6, friend, "WORKED_AT", work.id, start, **graded)
        say(0.4, foreman, "MANAGED", work.id, **graded)
        say(0.25, foreman, "COERCED", friend, **graded)
        named = [boss] * 4 + [work.front] * 2 + [work.collector, work.messenger, foreman]
        who = pick(named)
        say(0.4 * sees_hub(who), who, "CONTROLS", work.id, start, is_true=who == work.boss, **graded)
        who = pick([boss, boss, work.front, work.collector, work.messenger])
        is_true = who != work.front or not boss
        say(0.3 * sees_hub(who), who, "DIRECTED", foreman, start, is_true=is_true, **graded)
        guarantors = [life.lender, life.lender, life.lender, boss, life.broker]
        holder = pick([*guarantors, life.elder, life.shop, life.collector, foreman])
        relation = pick(["OWES", "OWES", "PAID"])
        say(0.6 * min(1.2, sees_hub(holder)), friend, relation, holder, **graded)
        chief = world.people[life.recruiter].boss
        say(0.4, life.recruiter, "RECRUITED", friend, **graded)
        say(0.2 * world._sees(chief), chief, "DIRECTED", life.recruiter, **graded)
        who = pick([life.broker, life.elder, life.driver])
        say(0.3 * sees_hub(who), who, pick(["HOUSED", "TRANSPORTED", "CONTACTED"]), friend, **graded)
        near = [*work.drivers, work.landlord, pick(world.aides["helper"])]
        say(0.3, foreman, "ASSOCIATES_WITH", pick(near), **graded)

    def foreman(self) -> None:
        """Claim what a foreman, once a victim, says about the controller: sparingly."""
        world, say, me = self.world, self._say, self.witness
        for work in [work for work in world.workplaces if me in work.foremen][:2]:
            boss, seen = work.controller, world._sees(work.controller)
            say(0.6 * seen, boss, "DIRECTED", me, work.opened)
            say(0.4 * seen, boss, "CONTROLS", work.id)
            say(1.0, me, "MANAGED", work.id, polarity=world._pick(["asserts", "denies"]))
            for foreman in work.foremen:
                say(0.6, foreman, "COERCED", world._pick(work.staff or [None]))
                say(1.0, foreman, "MANAGED", work.id)
            for name in world._some(work.staff, 5):
                say(0.7, name, "WORKED_AT", work.id)
            say(0.5, me, "PAID", work.collector, **world._money(500, 6000))
            say(0.3, work.front, "CONTROLS", work.id, is_true=not boss)

    def neighbour(self) -> None:
        """Claim what helpers and shopkeepers see of two workplaces."""
        world, say = self.world, self._say
        for work in world._some(world.workplaces, 2):
            for foreman in work.foremen:
                say(0.8, foreman, "MANAGED", work.id)
                say(0.6, foreman, "ASSOCIATES_WITH", world._pick([*work.drivers, work.front]))
            boss = work.controller
            say(0.1 * world._sees(boss), boss, "ASSOCIATES_WITH", work.foremen[0])
            say(0.4, work.front, "CONTROLS", work.id, is_true=not boss)
            for name in world._some(work.staff, 4):
                say(0.8, self.witness, "SERVED", name)

    def help(self, interpreter: str) -> None:
        """Claim what helpers did."""
        world, me = self.world, self.witness
        self._say(0.7, interpreter, "SERVED", me)
        more = {"taxi": ["TRANSPORTED"] * 2, "landlord": ["HOUSED"] * 2}
        chances = (("taxi", 0.3), ("landlord", 0.3), ("charity", 0.35), ("solicitor", 0.3), ("doctor", 0.15))
        for trade, chance in chances:
            helper = world._pick(world._of_trade(trade))
            relation = world._pick(["SERVED", "SERVED", "CONTACTED", *more.get(trade, [])])
            self._say(chance, helper, relation, me)

    def lie(self, lie: Lie) -> None:
        """Make false claims, and deny true ones."""
        world, say, me = self.world, self._say, self.witness
        stints = world._stints(me)
        work = stints[0][0] if stints else world._pick(world.workplaces)
        crossing = world._crossing_of(me) or world._pick(world.crossings)
        if lie.kind == "shield" and work.controller:
            self._shield(work)
            return
        target = lie.target
        if lie.kind == "self":
            # The witness denies their own debts and acts, and blames another.
            holder = world._pick([self.life.lender if self.life else None, work.controller, work.foremen[0]])
            say(0.6, me, "OWES", holder, polarity="denies")
            say(0.4, me, "ASSISTED", crossing.id, polarity="denies")
            if world._chance(0.5):
                target = world._pick([*work.foremen, *work.staff, target])
        for relation in lie.relations:
            keys = {
                "CONTROLS": (target, work.id),
                "DIRECTED": (target, world._pick(work.foremen)),
                "OWES": (me, target),
                "RECRUITED": (target, me),
                "PAID": (world._pick([me, *work.foremen]), target),
                "ORGANISED": (target, crossing.id),
                "COERCED": (target, me),
            }
            subject, object_ = keys[relation]
            money = world._money(500, 15000) if relation in ("OWES", "PAID") else {}
            say(1.0, subject, relation, object_, is_true=False, **money)
        if not self.statement.lied:
            pool = world.aides["owner"] + world.aides["relative"]
            candidates = [name for name in pool if name not in (work.front, work.messenger, me)]
            say(1.0, world._pick(candidates or [target]), "CONTROLS", work.id, is_true=False)
        if lie.kind == "rival" and work.controller:
            say(0.4, work.controller, "CONTROLS", work.id, polarity="denies")

    def _shield(self, work: Workplace) -> None:
        """Clear the boss, out of fear or favour, and blame a front."""
        say, boss = self._say, work.controller
        say(1.0, boss, "CONTROLS", work.id, polarity="denies")
        say(0.7, boss, "DIRECTED", work.foremen[0], polarity="denies")
        say(0.6, self.witness, "OWES", self.life.lender if self.life else None, polarity="denies")
        say(0.8, work.front, "CONTROLS", work.id, is_true=boss is None)
        say(0.5, work.front, "DIRECTED", work.foremen[0], is_true=boss is None)


def _key(row: Row) -> Key:
    return row["subject_id"], row["relation"], row["object_id"]


def make(folder: Path, seed: int, false_share: float) -> None:
    """Write one world of the family."""
    World(seed, false_share).write(folder)
