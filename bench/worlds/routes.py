"""Family `routes`, by author E: routes run in stages (desert, Balkan, coast), each by a separate facilitator.

A stage (diaspora recruiting, passage, safe houses, coast, work at the end) is run by a facilitator with a crew under a
foreman seen by everyone; facilitators buy from each other and know only their neighbours. Some coasts are a franchise:
a brand holder takes a fee for a stretch of beach and never meets a crew. Money goes by hawala; few hawaladars serve
several routes, and their clerks are seen. Officials look away: petty ones at the barrier, protectors behind. Guides and
pilots are often passengers under force. Hubs: brand holders, facilitators, hawaladars and protectors of several stages,
suppliers, controllers of workplaces. Foremen, clerks, touts, straw owners, guides, petty officials and helpers are not
hubs.
The author read: Campana 2018/2020, Tinti & Reitano 2016, Achilli 2018, Sanchez 2017, UNODC 2018, Carling 2006, Global Initiative on Libya.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bench.worlds.files import write_table

_STAGES = ("diaspora", "passage", "houses", "coast")
_HUBS = {"brand", "facilitator", "hawaladar", "supplier", "protector", "controller"}
_SEEN = ("guide", "coerced", "keeper", "tout", "foreman", "spotter", "enforcer")
_HELPERS = ["interpreter", "taxi", "landlord", "charity", "lawyer", "phoneshop", "remitter"]
_STARTS = "Ab Ha Sa Mo Ka Te Yo Ber Ni Dra Sha Ze Lu Go Mi Ra Fa Is"
_ENDS = "dul mid lim had rem sfa nas isa kol gan rin vic mar tar ben sou dra lek"
_SITES = ["dunes north", "old pier", "Zuwara east", "river bend", "salt pans"]
_COLUMNS = {
    "people": "id name identified category",
    "boats": "id kind",
    "gangs": "id name",
    "crossings": "id date people_count launch_site",
    "workplaces": "id kind",
    "statements": "id kind source_id taken_on source_grade assessment handling conditions on_record interest interpreter_id",
    "links": "subject_id relation object_id statement_id from_date polarity weight amount currency assessment",
}
_START = dt.date(2018, 5, 1)

T = TypeVar("T")
Row = dict[str, Any]


@dataclass(eq=False)
class Crew:
    """A crew of one stage of one route, and the people above and around it."""

    route: int
    stage: str
    bosses: list[str]
    foreman: str
    brand: str | None
    gang: str | None
    low: list[str]
    hawaladar: str
    protector: str | None
    petty: str
    supplier: str | None


@dataclass(eq=False)
class Business:
    """Workplaces under one controller, and their owners on paper."""

    controller: str
    straw: list[str]
    managers: list[str]
    places: list[str]
    hawaladar: str
    workers: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Trip:
    """One crossing, with the crew of each stage on the way to it."""

    crossing: str
    boat: str
    day: dt.date
    passengers: list[str]
    way: list[Crew]
    pilot: str


class World:
    """One world of the family."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.random = random.Random(f"routes-{seed}")  # noqa: S311 - invented worlds, not secrets
        self.false_share = false_share
        self.used: set[str] = set()
        self.role: dict[str, str] = {}
        self.people: dict[str, Row] = {}
        self.statements: list[Row] = []
        self.claims: list[Row] = []
        self.false_statements: list[str] = []
        self.false_links: list[list[str]] = []
        self.witnesses: list[str] = []
        self._habits()
        self._services()
        self._routes()
        self._businesses()
        self._journeys()
        self.hubs = self._hubs()
        self.missing = self.random.uniform(0.05, 0.2)
        self._rumours()
        self._passenger_accounts()
        self._insider_accounts()
        self._worker_accounts()
        self._police()
        self._seized_phones()
        self._counter_books()
        self._registers()
        self._services_on_record()
        self._charge()

    # -- drawing ---------------------------------------------------------------------------------------------------

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _pick(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def _some(self, options: Iterable[T], size: float) -> list[T]:
        pool = list(options)
        return self.random.sample(pool, max(0, min(int(size), len(pool))))

    def _id(self, prefix: str) -> str:
        while True:
            name = prefix + "".join(self.random.choice("0123456789BCDFGHJKMNPQRTVWXZ") for _ in range(5))
            if name not in self.used:
                self.used.add(name)
                return name

    def _day(self) -> dt.date:
        return _START + dt.timedelta(days=self.random.randint(0, 560))

    def _partial_date(self, day: dt.date) -> str:
        return self._pick([day.isoformat(), day.isoformat(), day.isoformat()[:7], ""])

    def _hundreds(self, least: int, most: int, unit: int = 100) -> Row:
        return {"amount": str(self.random.randint(least, most) * unit), "currency": "EUR"}

    # -- people ----------------------------------------------------------------------------------------------------

    def _habits(self) -> None:
        """Draw how visible the upper people are, and how well each channel works."""
        uniform = self.random.uniform
        self.size = int(260 * 5 ** self.random.random())
        self.see, self.rumour, self.wire = uniform(0.12, 0.35), uniform(0.1, 0.5), uniform(0.3, 0.9)
        self.cooperative, self.ledger, self.reports = uniform(0.1, 0.28), uniform(0.2, 0.9), uniform(0.5, 1.3)

    def _person(self, role: str) -> str:
        name = self._id("P")
        self.role[name] = role
        identified = "nickname" if self._chance(0.15) else "unknown" if self._chance(0.03) else "named"
        called = "" if identified == "unknown" else self._full_name(identified)
        self.people[name] = {"id": name, "name": called, "identified": identified, "category": ""}
        return name

    def _full_name(self, identified: str) -> str:
        starts, ends = _STARTS.split(), _ENDS.split()
        called = self._pick(["the ", "Uncle ", "Hajj ", ""]) + self._pick(starts) + self._pick(ends)
        return called if identified == "nickname" else f"{called} {self._pick(starts)}{self._pick(ends)}"

    def _persons(self, role: str, number: int) -> list[str]:
        return [self._person(role) for _ in range(number)]

    def _services(self) -> None:
        randint = self.random.randint
        self.routes = randint(2, 4)
        self.helpers = self._persons("helper", max(12, self.size // 22))
        self.trade = {name: self._pick(_HELPERS) for name in self.helpers}
        self.bystanders = self._persons("bystander", self.size // 9)
        self.hawaladars = self._persons("hawaladar", randint(2, 3) + self.routes // 2)
        self.clerks = {name: self._persons("clerk", randint(1, 3)) for name in self.hawaladars}
        self.suppliers = self._persons("supplier", randint(1, 2) + self.routes // 3)
        self.protectors = self._persons("protector", randint(1, self.routes))
        self.petty = self._persons("petty", randint(3, 4 + self.routes))

    def _routes(self) -> None:
        self.brands: list[str] = []
        self.gangs: list[str] = []
        self.crews: list[Crew] = []
        most = max(1, round(self.size / 380))
        for route in range(self.routes):
            brand = gang = None
            if self._chance(0.7):
                brand = self._person("brand")
                self.brands.append(brand)
                gang = self._id("G")
                self.gangs.append(gang)
            for stage in _STAGES:
                for _ in range(max(1, round(most * self.random.uniform(0.4, 1.4)))):
                    self._facilitator(route, stage, brand, gang)
        self.at = {
            (route, stage): [crew for crew in self.crews if (crew.route, crew.stage) == (route, stage)]
            for route in range(self.routes)
            for stage in _STAGES
        }

    def _facilitator(self, route: int, stage: str, brand: str | None, gang: str | None) -> None:
        bosses = [self._person("facilitator")]
        if self._chance(0.15):
            bosses.append(self._person("facilitator"))
        coast = stage == "coast"
        for _ in range(self.random.choice([1, 1, 2])):
            crew = Crew(
                route=route,
                stage=stage,
                bosses=list(bosses),
                foreman=self._person("foreman"),
                brand=brand if brand and coast and self._chance(0.8) else None,
                gang=gang if brand and coast else None,
                low=[self._person(self._low(stage)) for _ in range(self.random.randint(3, 7))],
                hawaladar=self._pick(self.hawaladars),
                protector=self._pick(self.protectors) if self._chance(0.35) else None,
                petty=self._pick(self.petty),
                supplier=self._pick(self.suppliers) if coast else None,
            )
            self.crews.append(crew)

    def _low(self, stage: str) -> str:
        on_the_beach = self._pick(["guide", "spotter", "enforcer"])
        return {"diaspora": "tout", "passage": "guide", "houses": "keeper", "coast": on_the_beach}[stage]

    def _businesses(self) -> None:
        randint = self.random.randint
        self.businesses = [
            Business(
                self._person("controller"),
                self._persons("straw", randint(0, 2)),
                self._persons("manager", randint(1, 2)),
                [self._id("W") for _ in range(randint(1, 3))],
                self._pick(self.hawaladars),
            )
            for _ in range(randint(2, 3 + self.size // 300))
        ]
        self.passengers = self._persons("passenger", max(80, self.size - len(self.people)))

    # -- journeys --------------------------------------------------------------------------------------------------

    def _journeys(self) -> None:
        self.crossings: list[Row] = []
        self.boats: list[Row] = []
        self.trips: list[Trip] = []
        left = list(self.passengers)
        self.random.shuffle(left)
        coast = [crew for crew in self.crews if crew.stage == "coast"]
        while left:
            self._trip(self._pick(coast), left)

    def _trip(self, crew: Crew, left: list[str]) -> None:
        crossing, boat, day = self._id("C"), self._id("B"), self._day()
        passengers = [left.pop() for _ in range(min(len(left), self.random.randint(6, 24)))]
        way = [*(self._pick(self.at[crew.route, stage]) for stage in _STAGES[:3]), crew]
        pilot = self._pick(passengers) if self._chance(0.6) else self._pick(crew.low)
        if pilot in passengers:
            self.role[pilot] = "coerced"
        people = len(passengers) + self.random.randint(0, 20)
        row = {"id": crossing, "date": day.isoformat(), "people_count": people}
        self.crossings.append(row | {"launch_site": self._pick(_SITES)})
        self.boats.append({"id": boat, "kind": self._pick(["rib", "dinghy", "wooden"])})
        self.trips.append(Trip(crossing, boat, day, passengers, way, pilot))
        for person in passengers:
            if self._chance(0.22):
                self._pick(self.businesses).workers.append(person)

    def _hubs(self) -> list[str]:
        """List the people several crews depend on."""
        load: dict[str, int] = {}
        for crew in self.crews:
            for person in [*crew.bosses, crew.brand, crew.hawaladar, crew.protector, crew.supplier]:
                if person:
                    load[person] = load.get(person, 0) + 1
        always = ("facilitator", "controller", "brand")
        hubs = [person for person in self.people if self.role[person] in _HUBS]
        return [person for person in hubs if self.role[person] in always or load.get(person, 0) >= 2]

    # -- statements ------------------------------------------------------------------------------------------------

    def _statement(self, kind: str, day: dt.date, source: str = "", **more: str) -> str:
        row: Row = {"id": self._id("S"), "kind": kind, "source_id": source, "taken_on": day.isoformat()}
        row["on_record"] = "yes" if kind == "record" or (kind == "witness" and self._chance(0.45)) else "no"
        row["handling"] = "P" if kind == "record" or self._chance(0.3) else "C"
        if kind == "record":
            row |= {"source_grade": "1", "assessment": "A"}
        elif kind == "witness":
            row |= {"source_grade": self._pick("1222223"), "assessment": self._pick("AABBCCD")}
        else:
            row |= {"source_grade": self._pick("12222333"), "assessment": self._pick("BBCCCDD")}
        if row["handling"] == "C":
            row["conditions"] = "ask the originator"
        row.update(more)
        self.statements.append(row)
        name: str = row["id"]
        return name

    def _say(
        self,
        statement: str,
        subject: str | None,
        relation: str,
        object_: str | None,
        day: dt.date | None = None,
        *,
        is_false: bool = False,
        assessment: str = "",
        **more: str,
    ) -> None:
        if not subject or not object_ or subject == object_ or (not is_false and self._chance(self.missing)):
            return
        row: Row = {"subject_id": subject, "relation": relation, "object_id": object_, "statement_id": statement}
        row |= {"from_date": self._partial_date(day) if day else "", "assessment": assessment}
        self.claims.append(row | more)
        if is_false:
            self.false_links.append([subject, relation, object_])

    def _rumours(self) -> None:
        """Choose the name rumoured in the camp of each route."""
        self.camp = {}
        for route in range(self.routes):
            crew = self._pick(self.at[route, "coast"])
            named = [crew.bosses[0], crew.brand or crew.bosses[0], crew.foreman]
            self.camp[route] = self._pick([*named, self._pick(self.helpers), self._pick(crew.low)])

    def _lie(self, statement: str, trip: Trip, witness: str, *, insider: bool) -> None:
        """Name another person in place of the upper people."""
        crew, crossing = trip.way[3], trip.crossing
        kinds = ["helper", "fellow", "foreman", "helper", "rival"]
        kind = self._pick(["helper", "fellow", "colleague", "rival", "shield"] if insider else kinds)
        if kind == "helper":
            accused = self._pick(self.helpers)
        elif kind == "fellow":
            accused = self._pick(trip.passengers)
        elif kind == "colleague":
            accused = self._pick(crew.low)
        elif kind == "foreman":
            accused = crew.foreman
        else:
            accused = self._pick(self._pick(self.crews).low)
        lies = [
            ("ORGANISED", crossing),
            ("DIRECTED", trip.pilot),
            ("DIRECTED", crew.foreman),
            ("SUPPLIED", trip.boat),
            ("PAID", crew.foreman),
            ("RECRUITED", witness),
            ("COERCED", self._pick(trip.passengers)),
        ]
        for relation, object_ in self._some(lies, self.random.randint(1, 3)):
            self._say(statement, accused, relation, object_, trip.day, is_false=True)
        for relation, object_ in (("ORGANISED", crossing), ("DIRECTED", crew.foreman)) if kind == "shield" else ():
            if self._chance(0.6):
                row = {"subject_id": crew.bosses[0], "relation": relation, "object_id": object_}
                self.claims.append(row | {"statement_id": statement, "polarity": "denies"})

    def _passenger(self, statement: str, trip: Trip, witness: str) -> None:
        say, pick, chance = self._say, self._pick, self._chance
        diaspora, passage, houses, coast = trip.way
        crossing, day, pilot = trip.crossing, trip.day, trip.pilot
        say(statement, witness, "CROSSED_ON", crossing, day)
        if chance(0.6):
            say(statement, pick(diaspora.low), "RECRUITED", witness, day)
        if chance(0.5):
            payees = [pick(self.clerks[diaspora.hawaladar]), pick(diaspora.low), diaspora.foreman]
            say(statement, witness, "PAID", pick(payees), day, **self._hundreds(8, 60))
        if chance(0.5):
            say(statement, pick(passage.low), "TRANSPORTED", witness)
        if chance(0.5):
            say(statement, pick(houses.low), "HOUSED", witness)
        if chance(0.6):
            say(statement, pilot, "PILOTED", crossing, day)
        if chance(0.4):
            say(statement, coast.foreman, "DIRECTED", pick([pilot, witness, pick(coast.low)]))
        if chance(0.3):
            say(statement, pick(coast.low), "ASSISTED", crossing, day)
        if pilot in trip.passengers and chance(0.5):
            say(statement, pick([coast.foreman, pick(coast.low)]), "COERCED", pilot)
        if chance(self.see):
            boss = pick(pick(trip.way).bosses)
            part = pick([("ORGANISED", crossing), ("DIRECTED", pick([coast, houses]).foreman)])
            say(statement, boss, *part, assessment=pick("CCD"))
        if chance(self.rumour):
            self._repeat_rumour(statement, coast, crossing)
        if chance(0.25):
            say(statement, pick(self.helpers), "SERVED", witness)

    def _repeat_rumour(self, statement: str, coast: Crew, crossing: str) -> None:
        named = self.camp[coast.route]
        part = ("ORGANISED", crossing)
        if coast.gang:
            part = self._pick([part, ("RUNS", coast.gang)])
        is_false = self.role[named] not in ("facilitator", "brand")
        self._say(statement, named, *part, assessment=self._pick("CD"), is_false=is_false)

    def _insider(self, statement: str, crew: Crew, witness: str) -> None:
        say, pick, chance, see = self._say, self._pick, self._chance, self.see
        foreman = crew.foreman
        say(statement, foreman, "DIRECTED", witness)
        if chance(0.5):
            say(statement, foreman, "PAID", witness, **self._hundreds(1, 9))
        for subordinate in self._some(crew.low, 3):
            giver = foreman if chance(0.5) else witness
            say(statement, giver, "DIRECTED" if chance(0.4) else "ASSOCIATES_WITH", subordinate)
        if chance(see + 0.25):
            boss, relation = pick(crew.bosses), pick(["DIRECTED", "PAID", "DIRECTED"])
            say(statement, boss, relation, foreman, assessment=pick("BCC"))
        if chance(see):
            say(statement, pick(crew.bosses), "RECRUITED", pick([witness, foreman]))
        if crew.brand and chance(see):
            part = pick([(crew.bosses[0], "PAID", crew.brand), (crew.brand, "RUNS", crew.gang)])
            say(statement, *part, assessment="C")
        if chance(0.2):
            say(statement, foreman, "PAID", crew.petty)
        if crew.protector and chance(see / 2):
            say(statement, crew.bosses[0], "PAID", crew.protector, assessment="D")
        for trip in self._some([trip for trip in self.trips if crew in trip.way], 3):
            if crew.supplier and chance(see + 0.1):
                say(statement, crew.supplier, "SUPPLIED", trip.boat, trip.day, assessment=pick("BC"))
            if chance(0.4):
                say(statement, pick(crew.low), "ASSISTED", trip.crossing, trip.day)
            if chance(see):
                say(statement, pick(crew.bosses), "ORGANISED", trip.crossing, trip.day)
        if chance(0.3):
            say(statement, pick(self.clerks[crew.hawaladar]), "PAID", foreman)
        if chance(see / 2):
            say(statement, crew.hawaladar, "PAID", pick([crew.bosses[0], foreman]), assessment="C")

    # -- witnesses -------------------------------------------------------------------------------------------------

    def _weeks_later(self, day: dt.date) -> dt.date:
        return day + dt.timedelta(days=self.random.randint(3, 120))

    def _passenger_accounts(self) -> None:
        interpreters = [name for name in self.helpers if self.trade[name] == "interpreter"] or self.helpers[:2]
        for trip in self.trips:
            interpreter = self._pick(interpreters)
            for person in trip.passengers:
                if self._chance(self.cooperative * (2.5 if trip.pilot == person else 1)):
                    self._passenger_account(trip, person, interpreter)

    def _passenger_account(self, trip: Trip, person: str, interpreter: str) -> None:
        statement = self._statement(
            "witness",
            self._weeks_later(trip.day),
            person,
            interpreter_id=interpreter if self._chance(0.7) else "",
            interest=self._pick(["", "", "asylum claim pending", "owes part of the fare"]),
        )
        self.witnesses.append(person)
        if self._chance(self.false_share):
            self.false_statements.append(statement)
            self._say(statement, person, "CROSSED_ON", trip.crossing)
            self._lie(statement, trip, person, insider=False)
            return
        self._passenger(statement, trip, person)
        if trip.pilot == person and self._chance(0.6):
            coast = trip.way[3]
            self._say(statement, self._pick([coast.foreman, self._pick(coast.low)]), "COERCED", person)

    def _insider_accounts(self) -> None:
        for crew in self.crews:
            for person in crew.low:
                if self._chance(self.cooperative * 0.7):
                    interests = ["charged in the same matter", "", "quarrel over money"]
                    day = self._weeks_later(self._day())
                    statement = self._statement("witness", day, person, interest=self._pick(interests))
                    self.witnesses.append(person)
                    trips = [trip for trip in self.trips if crew in trip.way]
                    if self._chance(self.false_share) and trips:
                        self.false_statements.append(statement)
                        trip = dataclasses.replace(self._pick(trips), way=[crew] * 4)
                        self._lie(statement, trip, person, insider=True)
                    else:
                        self._insider(statement, crew, person)

    def _worker_accounts(self) -> None:
        for business in self.businesses:
            for person in business.workers:
                if self._chance(self.cooperative * 1.3):
                    self._worker_account(business, person)

    def _worker_account(self, business: Business, person: str) -> None:
        say, pick, chance = self._say, self._pick, self._chance
        statement = self._statement("witness", self._day(), person)
        self.witnesses.append(person)
        place = pick(business.places)
        say(statement, person, "WORKED_AT", place)
        manager = pick(business.managers)
        say(statement, manager, "MANAGED", place)
        if chance(self.false_share):
            self.false_statements.append(statement)
            accused = pick(self.helpers + business.workers)
            say(statement, accused, "CONTROLS", place, is_false=True)
            say(statement, accused, "COERCED", person, is_false=True)
            return
        if chance(self.see + 0.1):
            say(statement, business.controller, "CONTROLS", place, assessment=pick("BCD"))
        if chance(0.3):
            say(statement, manager, pick(["COERCED", "PAID", "HOUSED"]), person)
        if chance(self.see):
            say(statement, business.controller, "DIRECTED", manager)
        if chance(0.3):
            lender = pick([business.controller, manager, pick(self.clerks[business.hawaladar])])
            say(statement, person, "OWES", lender, **self._hundreds(10, 150))

    # -- reports: the police look where they looked before -----------------------------------------------------------

    def _police(self) -> None:
        watched = self._some(self.crews, max(2, len(self.crews) * self.random.uniform(0.3, 0.6)))
        pool = [person for crew in watched for person in [*crew.low, crew.foreman]] + self.helpers
        self.known = self._some(pool, len(watched) * 3)
        for crew in self.crews:
            number = int((3 if crew in watched else 1) * self.reports * self.random.uniform(0.5, 2))
            for _ in range(number):
                day = self._day()
                statement = self._statement("intelligence", day, self._id("R") if self._chance(0.8) else "")
                if self._chance(self.false_share * 0.7):
                    self._false_report(statement, crew)
                else:
                    self._report(statement, crew)

    def _false_report(self, statement: str, crew: Crew) -> None:
        self.false_statements.append(statement)
        accused = self._pick(self.known or self.helpers)
        lies = [
            ("DIRECTED", self._pick(crew.low)),
            ("ORGANISED", self._pick(self.trips).crossing),
            ("PAID", crew.foreman),
            ("CONTACTED", crew.bosses[0]),
            ("MEMBER_OF", crew.gang),
            ("SUPPLIED", self._pick(self.boats)["id"]),
        ]
        for relation, object_ in self._some(lies, self.random.randint(1, 3)):
            self._say(statement, accused, relation, object_, is_false=True)

    def _report(self, statement: str, crew: Crew) -> None:
        say, pick, chance = self._say, self._pick, self._chance
        foreman, boss = crew.foreman, crew.bosses[0]
        for subordinate in self._some(crew.low, self.random.randint(1, 3)):
            say(statement, foreman, pick(["DIRECTED", "ASSOCIATES_WITH", "CONTACTED"]), subordinate)
        if crew.gang:
            say(statement, pick([foreman, *crew.low]), "MEMBER_OF", crew.gang)
        if chance(self.see + 0.1):
            relations = ["DIRECTED", "CONTACTED", "ASSOCIATES_WITH", "PAID"]
            say(statement, pick(crew.bosses), pick(relations), foreman)
        neighbour = pick([candidate for candidate in self.crews if candidate.route == crew.route])
        if chance(self.see):
            say(statement, boss, pick(["CONTACTED", "PAID", "ASSOCIATES_WITH"]), neighbour.bosses[0])
        self._report_above(statement, crew)
        if chance(0.25):
            say(statement, foreman, pick(["PAID", "CONTACTED"]), crew.petty)
        if chance(0.35):
            helper = pick(self.helpers)
            say(statement, helper, pick(["ASSOCIATES_WITH", "CONTACTED"]), pick([foreman, *crew.low]))
        if chance(0.1):
            say(statement, boss, "RIVAL_OF", pick(self.crews).bosses[0])

    def _report_above(self, statement: str, crew: Crew) -> None:
        boss, brand, protector, supplier = crew.bosses[0], crew.brand, crew.protector, crew.supplier
        if brand and self._chance(self.see):
            keys = [
                (boss, "PAID", brand),
                (boss, "CONTACTED", brand),
                (brand, "RUNS", crew.gang),
                (brand, "DIRECTED", boss),
            ]
            self._say(statement, *self._pick(keys))
        if protector and self._chance(self.see * 0.7):
            protected = [
                (boss, "PAID", protector),
                (protector, "ASSOCIATES_WITH", boss),
                (protector, "CONTACTED", crew.hawaladar),
            ]
            self._say(statement, *self._pick(protected))
        if supplier and self._chance(self.see):
            supplied = [
                (boss, "PAID", supplier),
                (supplier, "CONTACTED", crew.foreman),
                (supplier, "ASSOCIATES_WITH", boss),
            ]
            self._say(statement, *self._pick(supplied))

    # -- records ---------------------------------------------------------------------------------------------------

    def _seized_phones(self) -> None:
        """Record calls from crews' phones, mostly to those around them."""
        randint = self.random.randint
        for crew in self._some(self.crews, len(self.crews) * self.wire):
            statement = self._statement("record", self._day(), "operator")
            for owner in self._some([crew.foreman, *crew.low], randint(1, 3)):
                called = self._some([*crew.low, crew.foreman], 4)
                called += self._some(self.helpers, randint(0, 3))
                called += self._some(self.bystanders, randint(0, 3))
                called += self._some(self.passengers, randint(0, 4))
                called += [crew.bosses[0]] if self._chance(0.3) else []
                called += [self._pick(self.clerks[crew.hawaladar])] if self._chance(0.4) else []
                for contact in called:
                    self._say(statement, owner, "CONTACTED", contact, weight=str(randint(1, 40)))

    def _counter_books(self) -> None:
        """Record the contents of counter books: bosses among many people who only send money home."""
        for hawaladar in self.hawaladars:
            if self._chance(self.ledger):
                self._counter_book(hawaladar, self._statement("record", self._day(), "seizure"))

    def _counter_book(self, hawaladar: str, statement: str) -> None:
        pick, counter = self._pick, [hawaladar, *self.clerks[hawaladar]]
        for crew in self.crews:
            for _ in range(2 if crew.hawaladar == hawaladar else 0):
                if self._chance(0.4):
                    paid = (pick(counter), "PAID", pick([crew.bosses[0], crew.foreman]))
                    received = (pick([crew.foreman, *crew.low]), "PAID", pick(counter))
                    self._say(statement, *pick([paid, received]), **self._hundreds(5, 200))
        for customer in self._some(self.bystanders, 10) + self._some(self.passengers, 15):
            self._say(statement, customer, "PAID", pick(counter), **self._hundreds(1, 30, 50))
        for partner in self._some([name for name in self.hawaladars if name != hawaladar], 2):
            if self._chance(0.6):
                self._say(statement, hawaladar, "PAID", partner, **self._hundreds(100, 900))

    def _registers(self) -> None:
        register = self._statement("record", self._day(), "register")
        log = self._statement("record", self._day(), "border log")
        for business in self.businesses:
            for place in business.places:
                on_paper = (business.straw or [business.controller]) if self._chance(0.9) else [business.controller]
                for owner in on_paper:
                    self._say(register, owner, "CONTROLS", place)
                for manager in business.managers:
                    if self._chance(0.3):
                        self._say(register, manager, "MANAGED", place)
            for owner in self._some(self.bystanders, 2):
                place = self._id("W")
                business.places.append(place)
                self._say(register, owner, "CONTROLS", place)
        for trip in self.trips:
            self._say(log, trip.boat, "USED_ON", trip.crossing, trip.day)
            for person in trip.passengers:
                if self._chance(0.5):
                    self._say(log, person, "CROSSED_ON", trip.crossing, trip.day)
            if self._chance(0.15):
                self._say(log, trip.pilot, "PILOTED", trip.crossing, trip.day)

    def _services_on_record(self) -> None:
        rota = self._statement("record", self._day(), "charity rota")
        for helper in self.helpers:
            for passenger in self._some(self.passengers, self.random.randint(2, 25)):
                statement = rota if self._chance(0.7) else self._statement("intelligence", self._day())
                relation = "SERVED" if self._chance(0.75) else self._pick(["TRANSPORTED", "CONTACTED", "HOUSED"])
                self._say(statement, helper, relation, passenger)
        around = self.bystanders + [person for crew in self.crews for person in crew.low]
        for person in self.bystanders:
            for contact in self._some(around, 1):
                statement = self._statement("intelligence", self._day())
                self._say(statement, person, self._pick(["RELATED_TO", "ASSOCIATES_WITH"]), contact)

    def _charge(self) -> None:
        """Mark visible people as suspects."""
        for person, row in self.people.items():
            role = self.role[person]
            seen = (
                (role in _SEEN and self._chance(0.25))
                or (role in _HUBS and self._chance(0.08))
                or (role == "helper" and self._chance(0.05))
            )
            if seen:
                row["category"] = self._pick(["suspect", "suspect", "convicted"])
            elif role == "passenger" and self._chance(0.1):
                row["category"] = "victim"

    # -- the files -------------------------------------------------------------------------------------------------

    @property
    def operations(self) -> dict[str, list[str]]:
        """Return crossing → the people who arranged it."""
        return {trip.crossing: [trip.way[3].foreman] for trip in self.trips}

    def write(self, folder: Path) -> None:
        """Write the world as a case folder."""
        folder.mkdir(parents=True, exist_ok=True)
        ends = ("subject_id", "relation", "object_id", "statement_id", "polarity", "from_date")
        unique: dict[tuple[str, ...], Row] = {}
        for row in self.claims:
            unique.setdefault(tuple(row.get(name, "") for name in ends), row)
        claims = list(unique.values())
        named = {row[end] for row in claims for end in ("subject_id", "object_id")} | set(self.witnesses)
        named |= {row.get("interpreter_id") for row in self.statements}
        people = [name for name in self.people if name in named or self.role[name] in ("passenger", "helper")]
        places = [place for business in self.businesses for place in business.places]
        self._write(folder, "people", [self.people[name] for name in people])
        self._write(folder, "boats", self.boats)
        self._write(folder, "gangs", [{"id": gang, "name": ""} for gang in self.gangs])
        self._write(folder, "crossings", self.crossings)
        self._write(folder, "workplaces", [{"id": place, "kind": "premises"} for place in places])
        self._write(folder, "statements", self.statements)
        self._write(folder, "links", claims)
        (folder / "truth.json").write_text(json.dumps(self._truth(people)), encoding="utf-8")

    def _write(self, folder: Path, name: str, rows: Sequence[Row]) -> None:
        shuffled = list(rows)
        self.random.shuffle(shuffled)
        write_table(folder, name, _COLUMNS[name].split(), shuffled)

    def _truth(self, people: Sequence[str]) -> Row:
        in_files = set(people)

        def among(people: Iterable[str]) -> list[str]:
            return [person for person in people if person in in_files]

        return {
            "hubs": among(self.hubs),
            "leaders": among(self.brands),
            "brokers": among(person for person in self.hubs if self.role[person] in ("hawaladar", "protector")),
            "helpers": among(self.helpers),
            "candidates": [person for person in people if self.role[person] != "passenger"],
            "witnesses": sorted(set(self.witnesses)),
            "false_statements": self.false_statements,
            "false_links": self.false_links,
            "roles": {person: self.role[person] for person in people},
        }


def make(folder: Path, seed: int, false_share: float) -> None:
    """Write one world of the family."""
    World(seed, false_share).write(folder)
