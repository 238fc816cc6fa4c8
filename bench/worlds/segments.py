"""Family `segments`, by author B: a segmented smuggling market (after Campana 2018, Morselli 2010, Natarajan).

Small independent firms (organisers, recruiters, transporters, boat suppliers, launch crews, safe-house keepers, money brokers,
workplace controllers) contract crossing by crossing. A hub is the owner of a firm that several other firms need again and again.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.worlds.files import write_table

# Stage → share of firms.
_STAGES = {
    "organise": 0.25,
    "recruit": 0.15,
    "transport": 0.14,
    "boats": 0.12,
    "launch": 0.07,
    "house": 0.05,
    "money": 0.11,
    "work": 0.11,
}
# Stage → weight of each client when a firm's owner is judged: high where another firm is hard to find.
_SCARCE = {
    "organise": 1.1,
    "recruit": 0.3,
    "transport": 0.3,
    "boats": 1.0,
    "launch": 0.25,
    "house": 0.25,
    "money": 1.0,
    "work": 1.3,
}
_STARTS = "Ar Ba Da Fa Ha Ja Ka La Ma Na Ra Sa Ta Za Be De He Le Me Re Se Ti Vi Ni Mi Li Ki Ji Hu Du Ru Yu Go Ko Lo Mo No So To"
_ENDS = "ram man ren vin dar shad rim lan zan mir var kar nik sen ros tan bek jan lim dor hat gim sul rov kel pal nes tor min wan"
_SITES = [
    "Loon dunes", "Gravelines east", "Wissant slip", "Oye beach", "Sangatte", "Equihen", "Berck sands", "De Panne", "Ambleteuse",
]  # fmt: skip
_LANDINGS = ["Kingsdown", "Dungeness", "St Margaret's", "Samphire Hoe", "Greatstone", "Winchelsea", ""]
_SECTORS = [
    "car wash", "nail bar", "packing", "farm", "takeaway", "building", "cleaning", "online video", "fish processing",
]  # fmt: skip
_INTERESTS = [
    "asylum claim pending", "asylum claim pending", "owes for the journey", "family still abroad",
    "promised help with housing", "quarrel over money", "none known", "", "charge dropped",
]  # fmt: skip
_CONDITIONS = ["originator to be asked first", "not outside the team", "no onward sharing without review"]
_COLUMNS = {
    "people": "id name aliases identified category",
    "boats": "id kind length_m engine_hp",
    "crossings": "id date launch_site landing_site people_count intercepted_by",
    "gangs": "id name",
    "workplaces": "id name kind sector closed_on",
    "things": "id kind value name",
    "statements": "id kind source_id taken_on source_grade assessment handling conditions on_record status status_on interest interpreter_id summary",
    "links": "id subject_id relation object_id statement_id from_date polarity weight amount currency subject_as_said assessment",
}
_START = dt.date(2019, 2, 1)

Key = tuple[str, str, str]
Row = dict[str, Any]


@dataclass(eq=False)
class Firm:
    """A firm of one stage; `last`: the firm it hired last for each stage; `bought`: how often it hired each firm."""

    number: int
    stage: str
    reputation: float
    owner: str
    opened: dt.date
    staff: list[str] = field(default_factory=list)
    last: dict[str, Firm] = field(default_factory=dict)
    bought: dict[int, int] = field(default_factory=dict)
    partners: dict[int, int] = field(default_factory=dict)
    jobs: int = 0
    places: list[str] = field(default_factory=list)
    need: float = 0.0


@dataclass(eq=False)
class Person:
    """A person of the world: helper, passenger, outsider or member of a firm."""

    row: Row
    kind: str
    firm: Firm | None = None
    helper: str = ""


@dataclass(eq=False)
class Trip:
    """A crossing and the firms that serve it."""

    crossing: str
    boat: str
    day: dt.date
    organiser: Firm
    passengers: list[str]
    boats: Firm
    launch: Firm
    transport: Firm
    house: Firm | None
    money: Firm
    recruiters: list[Firm]
    crew: list[str]
    pilot: str


@dataclass(eq=False)
class Journey:
    """Journey of one passenger, and the workplace after it."""

    trip: Trip
    recruiter: Firm
    agent: str
    driver: str
    keeper: str | None
    teller: str
    work: Firm | None = None
    workplace: str = ""
    foreman: str = ""


@dataclass(frozen=True)
class Lie:
    """A false story about one person."""

    kind: str
    target: str
    story: list[Key]


class World:
    """One world of the family."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.random = random.Random(f"segments/{seed}")  # noqa: S311 - invented worlds, not secrets
        self.false_share = false_share
        uniform = self.random.uniform
        self.size = int(self.random.triangular(250, 1500, 520))
        self.months = self.random.randint(16, 26)
        self.end = _START + dt.timedelta(days=30 * self.months)
        # Rates of the world: how visible bosses are, how much is lost, how often a firm is hired again.
        self.see_boss, self.missing, self.repeat = uniform(0.22, 0.36), uniform(0.12, 0.28), uniform(0.5, 0.75)
        self.used: set[str] = set()
        self.persons: dict[str, Person] = {}
        self.things: list[Row] = []
        self.workplaces: list[Row] = []
        self.boats: list[Row] = []
        self.crossings: list[Row] = []
        self.statements: list[Row] = []
        self.links: list[Row] = []
        self.false_statements: list[str] = []
        self.false_links: list[Key] = []
        self.facts: set[Key] = set()
        self.pilots: list[str] = []
        self._people()
        self._trade()
        self._judge()
        self.gangs = {self._id("G"): f"the {self._pick(_SITES)} group" for _ in range(self.random.randint(2, 6))}
        self._witnesses()
        self._denials()
        self._reports()
        self._records()

    # -- drawing and writing ---------------------------------------------------------------------------------------

    def _pick(self, options: Sequence[Any]) -> Any:
        return self.random.choice(options)

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _id(self, letter: str) -> str:
        while True:
            name = f"{letter}{self.random.randrange(10**5, 10**6)}"
            if name not in self.used:
                self.used.add(name)
                return name

    def _syllables(self) -> str:
        return f"{self._pick(_STARTS.split())}{self._pick(_ENDS.split())}"

    def _person(self, kind: str) -> str:
        name = self._id("P")
        called = f"{self._syllables()} {self._syllables()}"
        called += self._pick(_ENDS.split()) if self._chance(0.3) else ""
        self.persons[name] = Person({"id": name, "name": called}, kind)
        return name

    def _thing(self, kind: str, value: str, called: str = "") -> str:
        name = self._id("T")
        self.things.append({"id": name, "kind": kind, "value": value, "name": called})
        return name

    def _date(self, first: dt.date, last: dt.date | None = None) -> dt.date:
        days = ((last or self.end) - first).days
        return first + dt.timedelta(days=self.random.randint(0, max(0, days)))

    def _partial_date(self, day: dt.date) -> str:
        drawn = self.random.random()
        if drawn < 0.25:
            return ""
        return day.isoformat()[:7] if drawn < 0.6 else day.isoformat()

    def _statement(self, kind: str, day: dt.date, **more: Any) -> Row:
        pick = self._pick
        row: Row = {"id": self._id("S"), "kind": kind, "taken_on": day.isoformat()}
        if kind == "record":
            row |= {"source_grade": "1", "assessment": pick("AAAB"), "handling": "P", "on_record": "yes"}
        elif kind == "intelligence":
            row |= {"source_grade": pick("1222223"), "assessment": pick("ABBCCCDD"), "handling": pick("PCCC")}
            row["on_record"] = "no"
        else:
            row |= {"source_grade": pick("1222222223"), "assessment": pick("AAABBCD"), "handling": pick("CCCP")}
            row["on_record"] = pick(["yes", "yes", "no"])
        if row["handling"] == "C":
            row["conditions"] = pick(_CONDITIONS)
        row.update(more)
        self.statements.append(row)
        return row

    def _record(self, summary: str, day: dt.date | None = None) -> Row:
        return self._statement("record", day or self._date(_START), summary=summary)

    def _claim(
        self,
        statement: Row,
        subject: str | None,
        relation: str,
        object_: str | None,
        day: dt.date | None = None,
        *,
        polarity: str = "asserts",
        is_false: bool = False,
        **more: Any,
    ) -> None:
        if subject == object_ or subject is None or object_ is None:
            return
        if polarity == "asserts":
            if is_false:
                self.false_links.append((subject, relation, object_))
            else:
                self.facts.add((subject, relation, object_))
        row: Row = {"subject_id": subject, "relation": relation, "object_id": object_}
        row |= {"statement_id": statement["id"], "polarity": polarity}
        row["from_date"] = self._partial_date(day) if day else ""
        self.links.append(row | more)

    # -- the market ------------------------------------------------------------------------------------------------

    def _firm_by_reputation(self, firms: Sequence[Firm]) -> Firm:
        return self.random.choices(firms, [firm.reputation for firm in firms])[0]

    def _people(self) -> None:
        uniform = self.random.uniform
        candidates = int(self.size * uniform(0.44, 0.56))
        helpers, outsiders = int(candidates * uniform(0.08, 0.12)), int(candidates * uniform(0.17, 0.25))
        self.most_pilots = int(candidates * 0.04)
        self.helpers = [self._person("helper") for _ in range(helpers)]
        for name in self.helpers:
            self.persons[name].helper = self._pick(["interpreter", "driver", "landlord", "charity", "adviser"])
        self.outsiders = [self._person("out") for _ in range(outsiders)]
        self.passengers = [self._person("pax") for _ in range(self.size - candidates + self.most_pilots)]
        self._firms(candidates - helpers - outsiders - self.most_pilots)
        for firm in self.at["work"]:
            firm.places = [self._place(self._pick(_SECTORS)) for _ in range(self._pick([1, 1, 2, 3]))]
        for firm in self.at["house"]:
            firm.places = [self._place("dwelling") for _ in range(self._pick([1, 1, 2]))]
        sectors = [*_SECTORS, "dwelling", "dwelling"]
        self.lawful = [self._place(self._pick(sectors)) for _ in range(max(4, helpers // 2))]
        self.busy = self.random.sample(self.helpers, max(3, len(self.helpers) * 2 // 3))
        # Cafe and shop keepers: people everyone meets who run nothing.
        self.cafes = self.outsiders[: max(3, len(self.outsiders) // 9)]

    def _firms(self, people: int) -> None:
        self.firms: list[Firm] = []
        left = people
        while left > 0:
            stage = self._stage()
            size = min(left, 1 + self.random.choices([0, 1, 2, 3, 4, 6], [9, 34, 26, 16, 9, 6])[0])
            left -= size
            firm = Firm(
                len(self.firms),
                stage,
                self.random.lognormvariate(0, 0.8),
                self._person("firm"),
                _START + dt.timedelta(days=self._pick([0, 0, 0, self.random.randint(0, 15 * self.months)])),
            )
            firm.staff = [self._person("firm") for _ in range(size - 1)]
            for name in [firm.owner, *firm.staff]:
                self.persons[name].firm = firm
            self.firms.append(firm)
        self.at = {stage: [firm for firm in self.firms if firm.stage == stage] for stage in _STAGES}

    def _stage(self) -> str:
        """Draw the stage of the next firm: half the time a stage the market lacks, else any."""
        stages, number = list(_STAGES), len(self.firms)
        if number < len(stages):
            return stages[number]

        def lack(stage: str) -> float:
            return _STAGES[stage] * (number + 1) - sum(firm.stage == stage for firm in self.firms)

        if self._chance(0.6):
            return max(stages, key=lack)
        return self.random.choices(stages, list(_STAGES.values()))[0]

    def _place(self, sector: str) -> str:
        name = self._id("W")
        if sector == "dwelling":
            kind = "dwelling"
        elif sector.startswith("online"):
            kind = "online"
        else:
            kind = self._pick(["premises", "premises", "site"])
        row = {"id": name, "name": f"{self._syllables()} {sector}", "kind": kind, "sector": sector}
        row["closed_on"] = "2020-03-24" if kind == "premises" and self._chance(0.3) else ""
        self.workplaces.append(row)
        return name

    def _deal(self, client: Firm, firm: Firm) -> None:
        """Record one contract: the client hires the firm."""
        if client is firm:
            return
        firm.partners[client.number] = firm.partners.get(client.number, 0) + 1
        client.bought[firm.number] = client.bought.get(firm.number, 0) + 1
        firm.jobs += 1
        self.deals.append((client, firm, self.today))

    def _open_firms(self, stage: str) -> list[Firm]:
        return [firm for firm in self.at[stage] if firm.opened <= self.today] or self.at[stage]

    def _hire(self, client: Firm, stage: str) -> Firm:
        old = client.last.get(stage)
        firm = old if old and self._chance(self.repeat) else self._firm_by_reputation(self._open_firms(stage))
        client.last[stage] = firm
        self._deal(client, firm)
        return firm

    def _hand(self, firm: Firm, boss: float = 0.12) -> str:
        """Choose the person seen doing a firm's work: mostly staff, the first of them most; sometimes the owner."""
        if not firm.staff or self._chance(boss):
            return firm.owner
        return self.random.choices(firm.staff, [1 / (1 + place) for place in range(len(firm.staff))])[0]

    # -- trade -----------------------------------------------------------------------------------------------------

    def _trade(self) -> None:
        self.deals: list[tuple[Firm, Firm, dt.date]] = []
        self.trips: list[Trip] = []
        self.journeys: dict[str, Journey] = {}
        pool = list(self.passengers)
        self.random.shuffle(pool)
        number = max(18, int(len(pool) / self.random.uniform(3.2, 5.5)))
        days = sorted(self._date(_START) for _ in range(number))
        for place, day in enumerate(days):
            pool = self._sail(day, pool, number - place)

    def _sail(self, day: dt.date, pool: list[str], left: int) -> list[str]:
        """Make one crossing and return the passengers still waiting."""
        self.today = day
        organiser = self._firm_by_reputation(self._open_firms("organise"))
        organiser.jobs += 1
        crossing, boat = self._id("X"), self._id("B")
        row = {"id": boat, "kind": self._pick(["inflatable", "inflatable", "rib", "fishing"])}
        row |= {"length_m": self._pick(["", "4.5", "6", "7.2"]), "engine_hp": self._pick(["", "15", "30", "40"])}
        self.boats.append(row)
        size = max(1, int(len(pool) / left * self.random.uniform(0.5, 1.6))) if left > 1 else len(pool)
        trip = self._contract(organiser, crossing, boat, day, pool[:size])
        passengers = trip.passengers
        if passengers and len(self.pilots) < self.most_pilots and self._chance(0.6):
            trip.pilot = self._pick(passengers)
        else:
            trip.pilot = self._hand(trip.launch, 0.02)
        if trip.pilot in passengers:
            self.pilots.append(trip.pilot)
        self._log_crossing(trip)
        for name in passengers:
            self.journeys[name] = self._journey(trip)
        self.trips.append(trip)
        return pool[size:]

    def _contract(self, organiser: Firm, crossing: str, boat: str, day: dt.date, passengers: list[str]) -> Trip:
        trip = Trip(
            crossing=crossing,
            boat=boat,
            day=day,
            organiser=organiser,
            passengers=passengers,
            boats=self._hire(organiser, "boats"),
            launch=self._hire(organiser, "launch"),
            transport=self._hire(organiser, "transport"),
            house=self._hire(organiser, "house") if self._chance(0.6) else None,
            money=self._hire(organiser, "money"),
            recruiters=[self._hire(organiser, "recruit") for _ in range(self._pick([1, 1, 2]))],
            crew=[],
            pilot="",
        )
        if self._chance(0.25):
            # The transporter subcontracts to another one.
            carriers = [firm for firm in self.at["transport"] if firm is not trip.transport]
            if carriers:
                subcontractor = self._firm_by_reputation(carriers)
                self._deal(trip.transport, subcontractor)
                trip.transport = subcontractor
        for firm in trip.recruiters:
            if self._chance(0.5):
                self._hire(firm, "money")
        trip.crew = [self._hand(trip.launch) for _ in range(self._pick([1, 2]))]
        return trip

    def _log_crossing(self, trip: Trip) -> None:
        row = {"id": trip.crossing, "date": trip.day.isoformat(), "launch_site": self._pick(_SITES)}
        row["landing_site"] = self._pick(_LANDINGS)
        people = str(len(trip.passengers) + self.random.randint(3, 22)) if self._chance(0.8) else ""
        row["people_count"] = people
        row["intercepted_by"] = self._pick(["", "Border Force", "lifeboat", "police"])
        self.crossings.append(row)

    def _journey(self, trip: Trip) -> Journey:
        recruiter = self._pick(trip.recruiters)
        journey = Journey(
            trip,
            recruiter,
            self._hand(recruiter),
            self._hand(trip.transport),
            self._hand(trip.house) if trip.house else None,
            self._hand(trip.money, 0.25),
        )
        if self._chance(0.35) and self.at["work"]:
            firm = self._firm_by_reputation(self.at["work"])
            # The workplace gets people from one of these firms.
            self._deal(firm, self._pick([recruiter, trip.transport, recruiter]))
            self._deal(recruiter, firm)
            journey.work, journey.workplace = firm, self._pick(firm.places)
            journey.foreman = self._hand(firm, 0.15)
        return journey

    def _judge(self) -> None:
        """Choose as hubs the owners that firms need most, down to the largest drop, 8.3 to 13 % of candidates."""
        for firm in self.firms:
            firm.need = self._need(firm)
        ranked = sorted(self.firms, key=lambda firm: -firm.need)
        self.candidates = [name for name, person in self.persons.items() if person.kind != "pax"] + self.pilots
        least = math.ceil(0.083 * len(self.candidates))
        most = min(int(0.13 * len(self.candidates)), len(ranked) - 1)

        def fall(place: int) -> float:
            if place >= len(ranked):
                return 0
            return math.log(ranked[place - 1].need + 0.5) - math.log(ranked[place].need + 0.5)

        top = ranked[: max(range(least, max(most, least) + 1), key=fall)]
        self.hubs = [firm.owner for firm in top]
        self.leaders = [firm.owner for firm in top if firm.stage in ("organise", "work")]
        self.brokers = [firm.owner for firm in top if firm.stage == "money"]

    def _need(self, firm: Firm) -> float:
        if firm.stage == "organise":
            clients = sum(1 for number in firm.bought.values() if number >= 2) * math.log1p(firm.jobs) / 2
        else:
            clients = sum(min(1.5, 0.5 + 0.5 * number) for number in firm.partners.values())
        need = _SCARCE[firm.stage] * clients + 1e-6 * firm.number
        return need + 0.5 * len(firm.places) if firm.stage == "work" else need

    # -- witness statements ----------------------------------------------------------------------------------------

    def _witnesses(self) -> None:
        number = max(15, min(60, int(len(self.passengers) * self.random.uniform(0.1, 0.2))))
        chosen: list[str] = []
        for trip in self.random.sample(self.trips, len(self.trips)):
            passengers = list(trip.passengers)
            self.random.shuffle(passengers)
            chosen += passengers[: self._pick([1, 1, 2, 3, 4])]
            if len(chosen) >= number:
                break
        self.witnesses = chosen[:number]
        accounts = [(name, turn) for name in self.witnesses for turn in range(self._pick([1, 1, 1, 2]))]
        lies = self._plan_lies(accounts)
        for account in accounts:
            self._account(*account, lies.get(account))

    def _plan_lies(self, accounts: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Lie]:
        number = round(self.false_share * len(accounts))
        boats: dict[str, list[tuple[str, int]]] = {}
        for account in accounts:
            boats.setdefault(self.journeys[account[0]].trip.crossing, []).append(account)
        lies: dict[tuple[str, int], Lie] = {}
        for boat in self.random.sample(sorted(boats), len(boats)):
            firsts = [account for account in boats[boat] if account[1] == 0]
            total = len(lies) + len(firsts)
            if len(firsts) >= 2 and total <= number * 0.55 + 1 and total <= number:
                target = self._scapegoat()
                lies |= dict.fromkeys(firsts, Lie("coached", target, self._story(firsts[0][0], target)))
        rest = [account for account in accounts if account not in lies]
        self.random.shuffle(rest)
        for account in rest[: number - len(lies)]:
            kind = self._pick(["self", "self", "plant"])
            target = self._scapegoat() if kind == "self" else self._pick(self.firms).owner
            if kind == "plant" and target == self.journeys[account[0]].trip.organiser.owner:
                target = self._scapegoat()
            lies[account] = Lie(kind, target, self._story(account[0], target))
        return lies

    def _scapegoat(self) -> str:
        drawn = self.random.random()
        if drawn < 0.25:
            return str(self._pick(self.helpers))
        if drawn < 0.5:
            return str(self._pick(self.outsiders))
        firm = self._pick(self.firms)
        return str(self._pick(firm.staff) if firm.staff else self._pick(self.outsiders))

    def _story(self, witness: str, target: str) -> list[Key]:
        journey = self.journeys[witness]
        trip = journey.trip
        options = [
            (target, "ORGANISED", trip.crossing),
            (target, "DIRECTED", journey.driver),
            (target, "DIRECTED", trip.crew[0]),
            (target, "SUPPLIED", trip.boat),
            (target, "PAID", journey.driver),
            (journey.agent, "PAID", target),
            (target, "DIRECTED", journey.agent),
        ]
        if journey.work:
            options += [(target, "CONTROLS", journey.workplace), (target, "DIRECTED", journey.foreman)]
        return self.random.sample(options, self._pick([2, 3, 3, 4]))

    def _account(self, witness: str, turn: int, lie: Lie | None) -> None:
        journey = self.journeys[witness]
        statement = self._witness_statement(witness, journey.trip.day, turn)
        account = _Account(self, statement, witness, journey, lie)
        account.claim_journey()
        account.claim_hearsay()
        account.claim_work()
        account.claim_helpers()
        if lie:
            self._tell_lie(statement, journey.trip, lie)
        self._withdraw(statement, journey.trip.day, is_false=lie is not None)

    def _witness_statement(self, witness: str, day: dt.date, turn: int) -> Row:
        first, last = day + dt.timedelta(days=3 + 40 * turn), day + dt.timedelta(days=60 + 90 * turn)
        taken, interest, interpreter = self._date(first, last), self._pick(_INTERESTS), ""
        if self._chance(0.7):
            interpreters = [name for name in self.helpers if self.persons[name].helper == "interpreter"]
            interpreter = self._pick(interpreters or [""])
        summaries = ["account of the journey", "second account" if turn else "first account"]
        summary = self._pick([*summaries, "account of the journey and the work", ""])
        return self._statement(
            "witness", taken, source_id=witness, interest=interest, interpreter_id=interpreter, summary=summary
        )

    def _tell_lie(self, statement: Row, trip: Trip, lie: Lie) -> None:
        self.false_statements.append(statement["id"])
        statement["source_grade"] = self._pick("1222233")
        wording = self._pick(["everyone knew he ran it", "the big one", ""])
        for key in lie.story:
            if lie.kind == "coached" or self._chance(0.85):
                assessment = self._pick(["A", "A", "B", ""])
                self._claim(statement, *key, trip.day, is_false=True, subject_as_said=wording, assessment=assessment)
        if self._chance(0.4):
            # The liar also clears the true organiser.
            self._claim(statement, trip.organiser.owner, "ORGANISED", trip.crossing, trip.day, polarity="denies")

    def _withdraw(self, statement: Row, day: dt.date, *, is_false: bool) -> None:
        drawn = self.random.random()
        status = ""
        if drawn < (0.12 if is_false else 0.02):
            status = "retracted_as_false"
        elif drawn < (0.2 if is_false else 0.09):
            status = "withdrawn"
        if status:
            when = self._date(day + dt.timedelta(days=160), day + dt.timedelta(days=300))
            statement.update(status=status, status_on=when.isoformat())

    def _denials(self) -> None:
        witness_statements = {row["id"]: row for row in self.statements if row["kind"] == "witness"}
        false = set(self.false_statements)
        honest = [row for row in witness_statements.values() if row["id"] not in false]
        repeated = {_key(link) for link in self.links if link["statement_id"] in false}
        for key in sorted(repeated & set(self.false_links)):
            if self._chance(0.22) and honest:
                self._claim(self._pick(honest), *key, polarity="denies")
        for link in self.links:
            is_told = link["relation"] in ("DIRECTED", "RECRUITED", "PAID", "HOUSED")
            if link["statement_id"] in witness_statements and is_told and self._chance(0.02):
                link["polarity"] = "withdrawn"

    # -- reports ---------------------------------------------------------------------------------------------------

    def _reports(self) -> None:
        self.staff = [name for firm in self.firms for name in firm.staff]
        for _ in range(int(len(self.candidates) * self.random.uniform(0.55, 0.8))):
            statement = self._statement("intelligence", self._date(_START))
            day = dt.date.fromisoformat(statement["taken_on"])
            drawn = self.random.random()
            if drawn < 0.22:
                self._surveillance(statement, day)
            elif drawn < 0.42:
                self._acquaintance(statement, day)
            elif drawn < 0.66:
                self._contract_seen(statement)
            elif drawn < 0.76:
                self._inside_firm(statement, day)
            elif drawn < 0.84:
                self._gang_label(statement, day)
            else:
                self._wrong_rumour(statement, day)
            if self._chance(0.12):
                self._second_look(statement)

    def _surveillance(self, statement: Row, day: dt.date) -> None:
        firm = self._pick(self.firms)
        seen = self.random.sample([*firm.staff, firm.owner], min(3, len(firm.staff) + 1))
        for second in seen[1:]:
            self._claim(statement, seen[0], self._pick(["ASSOCIATES_WITH", "CONTACTED"]), second, day)
        member = self._pick(seen)
        self._claim(statement, member, "ASSOCIATES_WITH", self._pick(self.outsiders + self.busy), day)

    def _acquaintance(self, statement: Row, day: dt.date) -> None:
        """Report cafes and helpers, across firms."""
        known = self._pick(self.cafes + self.cafes + self.busy)
        for person in self.random.sample(self.staff, min(len(self.staff), self._pick([2, 3, 4]))):
            keys = [(known, "ASSOCIATES_WITH", person), (person, "CONTACTED", known)]
            key: Key = self._pick(keys)
            self._claim(statement, *key, day)

    def _contract_seen(self, statement: Row) -> None:
        """Report a contract, mostly between staff."""
        client, firm, day = self._pick(self.deals)
        first, second = self._hand(client, 0.3), self._hand(firm, 0.3)
        if firm.stage == "boats" and self._chance(0.5):
            trip = self._pick([trip for trip in self.trips if trip.boats is firm] or self.trips)
            if trip.boats is firm:
                self._claim(statement, self._hand(firm, 0.5), "SUPPLIED", trip.boat, day)
        keys = [
            (first, "PAID", second),
            (first, "PAID", second),
            (first, "CONTACTED", second),
            (second, "CONTACTED", first),
            (first, "DIRECTED", second),
            (second, "ASSOCIATES_WITH", first),
        ]
        key: Key = self._pick(keys)
        self._claim(statement, *key, day)

    def _inside_firm(self, statement: Row, day: dt.date) -> None:
        firm = self._pick(self.firms)
        if firm.staff:
            giver = firm.owner if self._chance(0.6) else self._pick(firm.staff)
            self._claim(statement, giver, self._pick(["DIRECTED", "PAID"]), self._pick(firm.staff), day)

    def _gang_label(self, statement: Row, day: dt.date) -> None:
        """Report gangs: police labels for firms."""
        gang = self._pick(sorted(self.gangs))
        for name in self.random.sample(self.staff, min(3, len(self.staff))):
            self._claim(statement, name, "MEMBER_OF", gang, day)
        boss = self._pick([self._pick(self.firms).owner, self._pick(self.staff), self._pick(self.outsiders)])
        owner = any(firm.owner == boss for firm in self.firms)
        self._claim(statement, boss, "RUNS", gang, day, is_false=not owner)
        if self._chance(0.3):
            self._claim(statement, self._pick(self.firms).owner, "RIVAL_OF", self._pick(self.firms).owner, day)
            self._claim(statement, gang, "ORGANISED", self._pick(self.trips).crossing, day)

    def _wrong_rumour(self, statement: Row, day: dt.date) -> None:
        first, second = self._pick(self.outsiders + self.helpers + self.staff), self._pick(self.staff)
        if self._chance(0.55):
            relation = self._pick(["DIRECTED", "PAID", "OWES", "RECRUITED"])
            self._claim(statement, first, relation, second, day, is_false=True)
        elif self._chance(0.5):
            parts = [("ORGANISED", self._pick(self.trips).crossing), ("SUPPLIED", self._pick(self.trips).boat)]
            relation, object_ = self._pick(parts)
            self._claim(statement, first, relation, object_, day, is_false=True)
        else:
            self._claim(statement, first, "CONTROLS", self._pick(self.lawful), day, is_false=True)

    def _second_look(self, statement: Row) -> None:
        strong = ("DIRECTED", "ORGANISED", "SUPPLIED", "CONTROLS", "PAID")
        back = [link for link in self.links[-400:] if link["polarity"] == "asserts" and link["relation"] in strong]
        false = set(self.false_links)
        wrong = [link for link in back if _key(link) in false]
        if back:
            link = self._pick(wrong if wrong and self._chance(0.6) else back)
            self._claim(statement, *_key(link), polarity="denies")

    # -- records ---------------------------------------------------------------------------------------------------

    def _records(self) -> None:
        for trip in self.trips:
            self._arrival(trip)
        for name in self.busy:
            self._lawful_work(name)
        for firm in self.at["work"] + self.at["house"]:
            for place in firm.places:
                self._register(firm, place)
        for place in self.lawful:
            statement = self._record("tenancy or payroll")
            owner, relation = self._pick(self.outsiders + self.helpers), self._pick(["CONTROLS", "MANAGED"])
            self._claim(statement, owner, relation, place)
            for name in self.random.sample(self.passengers, min(len(self.passengers), 4)):
                self._claim(statement, name, self._pick(["LIVED_AT", "WORKED_AT"]), place)
        self._phone_bills()
        for firm in self.at["money"]:
            if self._chance(0.4):
                self._ledger(firm)
        self._kin_and_vehicles()
        for name in self.random.sample(self.candidates, max(2, len(self.candidates) // 60)):
            statement = self._statement("intelligence", self._date(_START))
            outsider, polarity = self._pick(self.outsiders), self._pick(["denies", "asserts"])
            self._claim(statement, name, "SAME_AS", outsider, polarity=polarity, is_false=True)

    def _arrival(self, trip: Trip) -> None:
        statement = self._record("arrival log", trip.day + dt.timedelta(days=self.random.randint(0, 3)))
        self._claim(statement, trip.boat, "USED_ON", trip.crossing, trip.day)
        for name in trip.passengers:
            if self._chance(0.75):
                self._claim(statement, name, "CROSSED_ON", trip.crossing, trip.day)
        if self._chance(0.3):
            self._claim(statement, trip.pilot, "PILOTED", trip.crossing, trip.day)
        if self._chance(0.35):
            engine = self._thing("part", f"SN{self.random.randrange(10**6)}", "engine")
            self._claim(statement, engine, "PART_OF", trip.boat)
        if self._chance(0.25):
            # The record names a buyer on paper.
            buyers = [self._pick(self.outsiders), self._hand(trip.boats, 0.3), self._hand(trip.boats, 0.3)]
            self._claim(statement, self._pick(buyers), "SUPPLIED", trip.boat, trip.day)

    def _lawful_work(self, helper: str) -> None:
        statement = self._record("register of services")
        number = min(len(self.passengers), self.random.randint(6, 22))
        for name in self.random.sample(self.passengers, number):
            self._claim(statement, helper, "SERVED", name)
        if self.persons[helper].helper == "landlord":
            self._claim(statement, helper, "CONTROLS", self._pick(self.lawful))
        for name in self.random.sample(self.candidates, self.random.randint(0, 5)):
            keys = [(name, "PAID", helper), (helper, "SERVED", name), (name, "CONTACTED", helper)]
            self._claim(statement, *self._pick(keys))

    def _register(self, firm: Firm, place: str) -> None:
        """Record the people in the company register: straw owners as well as real ones."""
        statement = self._record("company register or tenancy")
        if self._chance(0.6):
            owners = [self._pick(self.outsiders), self._pick(self.helpers), self._hand(firm, 0.3)]
            self._claim(statement, self._pick(owners), "CONTROLS", place)
        if self._chance(0.5):
            self._claim(statement, self._hand(firm, 0.05), "MANAGED", place)
        for name in self.passengers:
            journey = self.journeys.get(name)
            if journey and journey.workplace == place and self._chance(0.3):
                self._claim(statement, name, "WORKED_AT", place)

    def _phone_bills(self) -> None:
        """Record the bills of seized phones."""
        self.addresses = [
            self._thing("address", f"{self.random.randint(1, 200)} {self._syllables()} Street")
            for _ in range(8 + len(self.firms) // 4)
        ]
        self.phones: dict[tuple[str, int], str] = {}
        for month in range(self.months):
            for _ in range(max(2, len(self.firms) // 9)):
                self._phone_bill(month)

    def _phone_bill(self, month: int) -> None:
        statement = self._record("phone bill", _START + dt.timedelta(days=30 * month + 20))
        if self._chance(0.5):
            near = [deal for deal in self.deals if abs((deal[2] - _START).days // 30 - month) <= 1]
            for client, firm, day in self.random.sample(near, min(len(near), 3)):
                first = self._handset(self._hand(client, 0.35), month)
                second = self._handset(self._hand(firm, 0.35), month)
                self._claim(statement, first, "CONTACTED", second, day, weight=str(self.random.randint(1, 25)))
        else:
            phone = self._handset(self._pick(self.busy + self.cafes + self.staff), month)
            for name in self.random.sample(self.candidates + self.passengers, 4):
                second = self._handset(name, month)
                self._claim(statement, phone, "CONTACTED", second, weight=str(self.random.randint(1, 40)))

    def _handset(self, name: str, month: int) -> str:
        """Return a person's phone for a month; owners of firms change theirs every month."""
        firm = self.persons[name].firm
        owner = firm is not None and firm.owner == name
        key = (name, month if owner else month // 4 if firm else 0)
        if key not in self.phones:
            self.phones[key] = self._thing("phone", f"+447{self.random.randrange(10**8, 10**9)}")
            if self._chance(0.3 if owner else 0.6):
                statement = self._record("subscriber check", _START + dt.timedelta(days=30 * month + 15))
                self._claim(statement, name, "USED", self.phones[key])
                if self._chance(0.2):
                    self._claim(statement, self.phones[key], "LOCATED_AT", self._pick(self.addresses))
        return self.phones[key]

    def _ledger(self, firm: Firm) -> None:
        randint = self.random.randint
        statement = self._record("ledger")
        for name in self.random.sample(self.outsiders, min(len(self.outsiders), randint(2, 4))):
            hand, amount = self._hand(firm, 0.2), str(randint(1, 60) * 50)
            self._claim(statement, name, "PAID", hand, amount=amount, currency="GBP")
        for client in self.random.sample(sorted(firm.partners), min(len(firm.partners), 2)):
            hand, receiver = self._hand(firm, 0.5), self._hand(self.firms[client], 0.4)
            self._claim(statement, hand, "PAID", receiver, amount=str(randint(4, 60) * 250), currency="EUR")

    def _kin_and_vehicles(self) -> None:
        for name in self.candidates:
            if self._chance(0.16):
                statement = self._record("civil register or hire agreement")
                if self._chance(0.6):
                    relative = self._pick(self.outsiders + self.outsiders + self.candidates)
                    self._claim(statement, name, "RELATED_TO", relative)
                else:
                    start, number = self._pick(_STARTS.split()).upper(), self.random.randrange(10, 99)
                    plate = f"{start}{number} {self._pick(_ENDS.split()).upper()}"
                    self._claim(statement, name, "USED", self._thing("vehicle", plate))

    # -- the files -------------------------------------------------------------------------------------------------

    @property
    def operations(self) -> dict[str, list[str]]:
        """Return crossing → the people who arranged it."""
        return {trip.crossing: [trip.organiser.owner] for trip in self.trips}

    def write(self, folder: Path) -> None:
        """Write the world as a case folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, person in self.persons.items():
            self._fill(name, person)
        for link in self.links:
            link["id"] = self._id("L")
        tables: dict[str, Collection[Row]] = {
            "people": [person.row for person in self.persons.values()],
            "boats": self.boats,
            "crossings": self.crossings,
            "gangs": [{"id": gang, "name": called} for gang, called in self.gangs.items()],
            "workplaces": self.workplaces,
            "things": self.things,
            "statements": self.statements,
            "links": self.links,
        }
        for table, rows in tables.items():
            shuffled = list(rows)
            self.random.shuffle(shuffled)
            write_table(folder, table, _COLUMNS[table].split(), shuffled)
        (folder / "truth.json").write_text(json.dumps(self._truth(), indent=1), encoding="utf-8")

    def _fill(self, name: str, person: Person) -> None:
        row = person.row
        row["category"] = ";".join(self._categories(name, person)) or self._pick(["", "other"])
        identified = self.random.choices(["named", "nickname", "unknown", ""], [70, 14, 3, 13])[0]
        row["identified"] = identified
        if identified == "nickname":
            row["name"] = row["name"].split()[0]
        elif identified == "unknown":
            row["name"] = ""
        row["aliases"] = self._syllables() if self._chance(0.12) else ""

    def _categories(self, name: str, person: Person) -> list[str]:
        month = f"@20{self._pick([19, 20])}-{self.random.randint(1, 12):02d}"
        categories = []
        if person.kind == "pax":
            categories = [f"victim{month}"] if self._chance(0.35) else []
            if name in self.pilots and self._chance(0.6):
                categories.append(f"suspect{month}")
        elif person.firm:
            if self._chance(0.45):
                categories = [f"suspect{month if self._chance(0.5) else ''}"]
            if name != person.firm.owner and self._chance(0.12):
                categories.append(f"convicted{month}")
        elif self._chance(0.18):
            categories = ["suspect"]
        if name in self.witnesses and self._chance(0.8):
            categories.append("witness")
        return categories

    def _truth(self) -> Row:
        return {
            "hubs": sorted(self.hubs),
            "leaders": sorted(self.leaders),
            "brokers": sorted(self.brokers),
            "helpers": sorted(self.helpers),
            "candidates": sorted(self.candidates),
            "witnesses": sorted(self.witnesses),
            "false_statements": sorted(self.false_statements),
            "false_links": [list(key) for key in sorted(set(self.false_links) - self.facts)],
        }


class _Account:
    """Builder of one statement; a liar makes fewer true claims."""

    def __init__(self, world: World, statement: Row, witness: str, journey: Journey, lie: Lie | None) -> None:
        self.world, self.statement, self.witness, self.journey, self.lie = world, statement, witness, journey, lie
        self.trip, self.day, self.see = journey.trip, journey.trip.day, world.see_boss

    def _say(
        self, chance: float, subject: str, relation: str, object_: str, day: dt.date | None = None, **more: Any
    ) -> None:
        world = self.world
        if world.random.random() < chance * (1 - world.missing) * (0.55 if self.lie else 1):
            world._claim(self.statement, subject, relation, object_, day or self.day, **more)

    def claim_journey(self) -> None:
        """Claim the witness's own experience."""
        world, say, witness, journey, trip = self.world, self._say, self.witness, self.journey, self.trip
        say(1.2, witness, "CROSSED_ON", trip.crossing)
        if not (self.lie and self.lie.kind == "self"):
            say(0.9, journey.agent, "RECRUITED", witness, self.day - dt.timedelta(days=20))
        say(0.85, journey.driver, "TRANSPORTED", witness)
        if journey.keeper:
            say(0.85, journey.keeper, "HOUSED", witness)
        amount = str(world._pick([1500, 2000, 2500, 3000, 4500]))
        say(0.6, witness, "PAID", journey.teller, amount=amount, currency=world._pick(["EUR", "GBP"]))
        say(0.5, trip.pilot, "PILOTED", trip.crossing)
        for name in trip.crew:
            say(0.6, name, "ASSISTED", trip.crossing)
        for passenger in world.random.sample(trip.passengers, min(len(trip.passengers), 3)):
            say(0.5, witness, "ASSOCIATES_WITH", passenger)

    def claim_hearsay(self) -> None:
        """Claim what an honest witness overheard: about bosses, and across firms."""
        world, say, see, journey, trip = self.world, self._say, self.see, self.journey, self.trip
        self.graded: dict[str, Any] = {"assessment": str(world._pick(["C", "C", "B", ""]))}
        if self.lie:
            return
        wording: dict[str, Any] = {
            "subject_as_said": world._pick(["the one they call uncle", "the man on the phone", "", "", "his boss"])
        }
        orders = (
            (journey.agent, journey.recruiter),
            (journey.driver, trip.transport),
            (trip.crew[0], trip.launch),
            (journey.teller, trip.money),
        )
        for subordinate, firm in orders:
            say(see, firm.owner, "DIRECTED", subordinate, **self.graded, **wording)
        owner, hand, graded = trip.organiser.owner, world._hand, self.graded
        say(see * 1.1, owner, "ORGANISED", trip.crossing, **graded)
        say(see * 0.8, owner, "DIRECTED", world._pick([journey.driver, trip.crew[0], journey.agent]), **graded)
        say(see * 0.45, owner, "PAID", hand(trip.launch, 0.3))
        say(see * 0.55, trip.boats.owner, "SUPPLIED", trip.boat, **graded)
        say(see * 0.4, hand(trip.launch, 0.4), "CONTACTED", trip.boats.owner)
        say(see * 0.6, journey.agent, "CONTACTED", trip.money.owner)
        say(see * 0.3, trip.money.owner, "PAID", hand(trip.organiser, 0.5), **graded)
        say(see * 0.4, self.witness, "OWES", trip.money.owner)
        if world._chance(0.12):
            # An honest mistake: the witness takes a visible person for the organiser.
            taken = world._pick([journey.agent, trip.crew[0], journey.driver])
            world._claim(self.statement, taken, "ORGANISED", trip.crossing, self.day, is_false=True, **graded)

    def claim_work(self) -> None:
        """Claim what the witness saw at a workplace."""
        say, see, witness, journey = self._say, self.see, self.witness, self.journey
        firm = journey.work
        if not firm:
            return
        say(0.95, witness, "WORKED_AT", journey.workplace, self.day + dt.timedelta(days=20))
        say(0.6, journey.foreman, "MANAGED", journey.workplace)
        say(0.5, journey.foreman, "COERCED", witness)
        say(0.3, witness, "PAID", journey.foreman)
        if not self.lie:
            say(see * 1.2, firm.owner, "CONTROLS", journey.workplace, **self.graded)
            say(see, firm.owner, "DIRECTED", journey.foreman, **self.graded)
            say(see * 0.5, witness, "OWES", firm.owner)
            say(see * 0.7, firm.owner, "PAID", journey.agent, **self.graded)

    def claim_helpers(self) -> None:
        """Claim acts of helpers, and orders given by underlings."""
        world, say, witness, journey, trip = self.world, self._say, self.witness, self.journey, self.trip
        relations = {"driver": "TRANSPORTED", "landlord": "HOUSED"}
        for helper in world.random.sample(world.busy, 3):
            say(0.45, helper, relations.get(world.persons[helper].helper, "SERVED"), witness)
            say(0.25, witness, "CONTACTED", helper)
            say(0.12, world._pick([journey.agent, journey.driver]), "ASSOCIATES_WITH", helper)
        firms = [trip.organiser, trip.launch, trip.transport, trip.boats, trip.money, journey.recruiter]
        firms += [firm for firm in (trip.house, journey.work) if firm]
        for _ in range(world._pick([0, 1, 1, 2])):
            firm = world._pick(firms)
            if len(firm.staff) > 1:
                first, second = world.random.sample(firm.staff, 2)
                say(0.6, first, world._pick(["DIRECTED", "PAID", "ASSOCIATES_WITH", "CONTACTED"]), second)


def _key(link: Row) -> Key:
    return link["subject_id"], link["relation"], link["object_id"]


def make(folder: Path, seed: int, false_share: float) -> None:
    """Write one world of the family."""
    World(seed, false_share).write(folder)
