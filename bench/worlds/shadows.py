"""Family `shadows`, by author H: a smuggling case in which important people take care not to be seen.

Several local groups, no kingpin, about one organiser to five or six aides (Campana 2018). Ranks: 5 leader; 4
lieutenant, supplier, paymaster, workplace controller, broker; 2 foreman, house keeper, collector; 1 pilot, driver,
guard, lookout. Ranks 4 and 5 are hubs. A foreman passes on orders on the beach and is an aide, although passengers take
him for the boss.

Secrecy before efficiency (Baker & Faulkner 1993; Morselli, Giguere & Petit 2007): each true fact is seen with a chance
that falls with the rank of the highest person in it, and varies per person. So facts are not missing at random (Sparrow
1991; Ficara et al. 2021). Some hubs are not named at all. Leaders act through relatives and fronts (Kleemans & van de
Bunt 1999): leases, accounts, vehicles and the leader's own phone are in the front's name, and registers name the front.
One person, several rows: a boss has a civil name (in registers) and nicknames (in statements); SAME_AS claims link
them, many are missing, some are wrong.

Organised lies: rival groups coach the passengers of a boat or the workers of a house to accuse a competitor, or an
innocent person, of their own group's acts; two to six witnesses tell the story through different interpreters, and
informants repeat some of it (Heuer 1999; Whaley 1982). Single liars act from fear, to shift blame, or to improve their
case. A false defector may be among the insiders. Police attention follows visible people (Morselli 2010; Calderoni
2012); everyone accused is booked as a suspect. Informants are good on some topics and poor on others (Dunnighan &
Norris 1999; Joseph & Corkill 2011). A few true insiders who left know the chain of command of their own group; they
make few mistakes, and keep silent about relatives. Helpers meet everyone lawfully; a few hubs have such an occupation
as cover.

A liar first has an honest statement drawn and then replaces claims one for one, so length and detail reveal almost
nothing. Gradings have an AUC of about .56. All numbers are the author's guesses within what the literature describes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.worlds.files import write_table

# Observer → rank of the highest person in a fact → visibility: a chance for witnesses, a weight for the others.
_SEEN = {
    "passenger": {0: 0.30, 1: 0.60, 2: 0.45, 4: 0.20, 5: 0.02},
    "insider": {0: 0.15, 1: 0.20, 2: 0.40, 4: 0.65, 5: 0.55},
    "informant": {0: 0.30, 1: 0.60, 2: 0.65, 4: 0.50, 5: 0.10},
    "police": {0: 0.45, 1: 1.0, 2: 1.3, 4: 0.30, 5: 0.03},
}
_TOPICS = {
    "command": "DIRECTED RUNS MEMBER_OF RELATED_TO",
    "supply": "SUPPLIED USED USED_ON",
    "places": "CONTROLS MANAGED HOUSED COERCED LIVED_AT WORKED_AT",
    "money": "PAID OWES",
    "movement": "ORGANISED PILOTED ASSISTED TRANSPORTED RECRUITED",
}
_TOPIC_OF = {relation: topic for topic, relations in _TOPICS.items() for relation in relations.split()}
# Most witnesses are interviewed for an hour or two, not about everything.
_ASKED = 11
_FIRST_NAMES = (
    "Adan Arben Azad Bako Behar Besnik Dara Dawit Diar Ermal Farhad Fatos Goran Hamid Haval Ilir Jamal Karwan Kaveh Kiros Lirim Luan "
    "Mehari Mirwan Nabil Omid Petrit Rebaz Sabri Samir Shorsh Tariq Tesfay Thanh Van Yonas Zana Zemar Minh Lan Selam Hana Leyla Mira "
    "Nasrin Rojin Sahar Drita"
)
_LAST_NAMES = (
    "Ahmeti Barzan Berhe Dang Daud Ferati Gebre Gjoni Hakimi Hoti Ibrahimi Jafari Karimi Kola Le Mahdi Marku Mirza Nazari Nguyen Osman "
    "Pham Qadir Rahimi Rexha Saleh Shala Tahir Tekle Tran Wali Yusuf Zeneli Zaman"
)
_NICKNAMES = (
    "the Doctor,Haji,the Engineer,Scorpion,Uncle,the Tall One,Abu Noor,the Barber,Captain,Zero,the Teacher,Gold Tooth,the Turk,Shepherd,"
    "Black Jacket,the Accountant,Lion,Mamosta,the German,Little Brother,Red Car,Khal,the Old Man,Hewa,Blue Eyes,the Baker,Bossman,"
    "the Cousin,Silent,Kaka,the Pharmacist,Limper"
)
_SITES = [
    ("Grand-Fort dunes", 51.00, 2.10), ("Loon beach", 51.02, 2.20), ("Sangatte slip", 50.94, 1.75), ("Wissant", 50.89, 1.66),
    ("Oye shore", 51.00, 2.04), ("Le Portel", 50.71, 1.57),
]  # fmt: skip
_HELPERS = {"interpreter": 0.011, "taxi": 0.014, "landlord": 0.014, "ngo": 0.010, "shopkeeper": 0.016}
_SUMMARIES = [
    "Account of the journey and of the people met.", "Account of the house, the work and who gave orders.",
    "Second interview, on names and payments.",
]  # fmt: skip
_ACTS = "PILOTED ASSISTED DIRECTED ORGANISED COERCED RUNS CONTROLS MEMBER_OF RECRUITED SUPPLIED PAID SAME_AS"
_INSIDE = (
    "DIRECTED", "RUNS", "CONTROLS", "PAID", "SUPPLIED", "ORGANISED", "USED", "MEMBER_OF", "RELATED_TO",
)  # fmt: skip
_PEOPLE = 700

Key = tuple[str, str, str]
Row = dict[str, Any]


@dataclass(eq=False)
class Gang:
    """A group and its people by rank; `landlords`: the landlord of each of its houses."""

    id: str
    size: float
    leaders: list[str]
    lieutenants: list[str] = field(default_factory=list)
    specialists: dict[str, str] = field(default_factory=dict)
    foremen: list[str] = field(default_factory=list)
    aides: list[str] = field(default_factory=list)
    fronts: list[str] = field(default_factory=list)
    houses: list[str] = field(default_factory=list)
    landlords: dict[str, str] = field(default_factory=dict)

    @property
    def middle(self) -> list[str]:
        """People of rank 4."""
        return self.lieutenants + list(self.specialists.values())


@dataclass(eq=False)
class Person:
    """A person; a front acts for another person, a broker serves several gangs."""

    role: str
    rank: int
    gang: str | None
    nickname: str
    fame: float
    rows: list[str]
    acts_for: str = ""
    serves: list[Gang] = field(default_factory=list)
    covered: bool = False


@dataclass(eq=False)
class Fact:
    """Start of a true link, and the gang it belongs to."""

    day: str
    gang: str | None


@dataclass(eq=False)
class Crossing:
    """A crossing and the people carried on it."""

    row: Row
    passengers: list[str]
    gang: Gang
    boat: str

    @property
    def id(self) -> str:
        """Id of the crossing."""
        return str(self.row["id"])

    @property
    def day(self) -> str:
        """Day of the crossing."""
        return str(self.row["date"])


@dataclass(frozen=True)
class Lie:
    """A false story: coached or individual, and its claims."""

    coached: bool
    script: list[Key]


class World:
    """One world of the family."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.random = np.random.default_rng(seed)
        self.false_share = false_share
        full = [f"{first} {last}" for first in _FIRST_NAMES.split() for last in _LAST_NAMES.split()]
        # Civil names are unique: accidental namesakes of witnesses would only test the sealing.
        self.names = iter(self._some(full, 9999))
        # Shuffled numbers, so that ids carry no information.
        self.numbers = {letter: iter(self.random.permutation(9000) + 1000) for letter in "PBCGWTS"}
        self.people: dict[str, Person] = {}
        self.rows: dict[str, Row] = {}
        # Id of a row → the person.
        self.owner: dict[str, str] = {}
        self.facts: dict[Key, Fact] = {}
        # Facts by crossing or workplace, and by passenger.
        self.scene: dict[str, list[Key]] = {}
        self.lived: dict[str, list[Key]] = {}
        # The row by which a group of observers knows a person.
        self.known: dict[tuple[str, str], str] = {}
        self.began: dict[tuple[str, str], str] = {}
        self.boats: list[Row] = []
        self.crossings: list[Crossing] = []
        self.gangs: list[Gang] = []
        self.workplaces: list[Row] = []
        self.things: list[Row] = []
        self.statements: list[Row] = []
        self.links: list[Row] = []
        self.false_statements: set[str] = set()
        self.false_links: set[Key] = set()
        self.coached: list[Row] = []
        self.phone: dict[str, str] = {}
        self.calls: dict[str, set[str]] = {}
        self.forced: list[str] = []
        self._cast()
        self._operate()
        self._witnesses()
        self._informants()
        self._records()

    # -- small tools -----------------------------------------------------------------------------------------------

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _pick(self, options: Sequence[Any], weights: Sequence[float] | None = None) -> Any:
        chances = None
        if weights is not None:
            chances = np.asarray(weights, float)
            chances = chances / chances.sum()
        return options[self.random.choice(len(options), p=chances)]

    def _some(self, options: Sequence[Any], size: int | np.integer[Any]) -> list[Any]:
        return [options[place] for place in self.random.permutation(len(options))[: max(0, int(size))]]

    def _id(self, letter: str) -> str:
        return f"{letter}{next(self.numbers[letter])}"

    def _day(self, first: str = "2019-03-01", days: int = 560) -> str:
        later = dt.timedelta(days=int(self.random.integers(1, days)))
        return (dt.date.fromisoformat(first) + later).isoformat()

    def _rank(self, name: str) -> int:
        return self.people[name].rank if name in self.people else 0

    def _highest(self, key: Key) -> int:
        return max(self._rank(key[0]), self._rank(key[2]))

    def _fame(self, name: str, otherwise: float) -> float:
        return self.people[name].fame if name in self.people else otherwise

    def _person(
        self, role: str, rank: int = 0, gang: str | None = None, category: str = "other", nickname_only: float = 0.0
    ) -> str:
        name, full = self._id("P"), next(self.names)
        called = rank or (role != "passenger" and self._chance(0.15))
        nickname = self._pick(_NICKNAMES.split(",")) if called else ""
        only = self._chance(nickname_only) and bool(nickname)
        self.people[name] = Person(role, rank, gang, nickname, float(self.random.lognormal(-0.2, 0.6)), [name])
        row = {"id": name, "name": nickname if only else full}
        row["aliases"] = nickname if nickname and not only and self._chance(0.4) else ""
        self.rows[name] = row | {"identified": "nickname" if only else "named", "category": category}
        self.owner[name] = name
        return name

    def _alias(self, person: str) -> None:
        """Add a row under which some sources know a person."""
        name, nickname = self._id("P"), self._pick(_NICKNAMES.split(","))
        row = {"id": name, "name": nickname, "aliases": "", "identified": "nickname", "category": "other"}
        self.rows[name] = row
        self.owner[name] = person
        self.people[person].rows.append(name)

    def _row_for(self, name: str, group: str) -> str:
        """Return the row an observer uses, shared by everyone who talks together; records know the civil name."""
        if name not in self.people or len(self.people[name].rows) == 1 or group == "record":
            return name
        if (name, group) not in self.known:
            rows = self.people[name].rows
            weights = [0.25] + [0.75 / (len(rows) - 1)] * (len(rows) - 1)
            self.known[name, group] = self._pick(rows, weights)
        return self.known[name, group]

    def _fact(
        self,
        subject: str,
        relation: str,
        object_: str,
        day: str = "",
        gang: str | None = None,
        scene: str = "",
    ) -> Key:
        key = (subject, relation, object_)
        self.facts[key] = Fact(day, gang)
        self.began.setdefault((relation, object_), day)
        if scene:
            self.scene.setdefault(scene, []).append(key)
        return key

    def _call(self, first: str, second: str) -> None:
        if first in self.phone and second in self.phone and first != second:
            self.calls.setdefault(first, set()).add(second)
            self.calls.setdefault(second, set()).add(first)

    def _thing(self, kind: str, value: str, name: str) -> None:
        self.things.append({"id": name, "kind": kind, "value": value, "name": ""})

    # -- people ----------------------------------------------------------------------------------------------------

    def _cast(self) -> None:
        self.help = {
            role: [self._person(role) for _ in range(max(3, round(_PEOPLE * share)))]
            for role, share in _HELPERS.items()
        }
        self.helpers = [name for names in self.help.values() for name in names]
        self.bystanders = [
            self._person("bystander", category="suspect" if self._chance(0.3) else "other")
            for _ in range(round(_PEOPLE * 0.065))
        ]
        gangs = max(4, round(_PEOPLE / 115))
        for _ in range(gangs):
            self._gang()
        self.brokers = []
        for _ in range(max(3, round(gangs * 0.6))):
            served = self._some(self.gangs, 2 + self.random.integers(0, 3))
            broker = self._person("broker", 4, None, nickname_only=0.3)
            self.people[broker].serves = served
            self.brokers.append(broker)
        for name, person in list(self.people.items()):
            self._equip(name, person)
        for gang in self.gangs:
            for leader in gang.leaders:
                # A leader's phone is in the front's name: calls go to the front's phone.
                front = next(front for front in gang.fronts if self.people[front].acts_for == leader)
                self.phone[leader] = self.phone[front]
                self._fact(front, "USED", self.phone[front], gang=gang.id)
                self._fact(leader, "USED", self.phone[front], gang=gang.id)
        self.rivals = {
            gang.id: [self.gangs[place - 1], self._pick([rival for rival in self.gangs if rival is not gang])]
            for place, gang in enumerate(self.gangs)
        }

    def _gang(self) -> None:
        random, person = self.random, self._person
        name, size = self._id("G"), float(random.lognormal(0, 0.35))
        gang = Gang(name, size, [person("leader", 5, name) for _ in range(1 + self._chance(0.2))])
        gang.lieutenants = [
            person("lieutenant", 4, name, nickname_only=0.3) for _ in range(1 + random.binomial(2, 0.35))
        ]
        kinds = [kind for kind in ("supplier", "paymaster", "controller") if self._chance(0.5)] or ["paymaster"]
        gang.specialists = {kind: person(kind, 4, name, nickname_only=0.2) for kind in kinds}
        gang.foremen = [
            person(self._pick(["foreman", "keeper", "collector"]), 2, name, nickname_only=0.3)
            for _ in range(2 + random.poisson(1.5 * size))
        ]
        roles = ["pilot", "driver", "guard", "lookout", "recruiter"]
        gang.aides = [
            person(self._pick(roles), 1, name, nickname_only=0.4) for _ in range(6 + random.poisson(10 * size))
        ]
        for boss in gang.leaders + gang.middle:
            fronts = 1 + random.binomial(2, 0.5) if self._rank(boss) == 5 else random.binomial(1, 0.35)
            for _ in range(fronts):
                front = person("front", 0, name)
                self.people[front].acts_for = boss
                gang.fronts.append(front)
                self._fact(boss, "RELATED_TO", front, gang=name)
        self.gangs.append(gang)

    def _equip(self, name: str, person: Person) -> None:
        """Give a person further rows, a cover and a phone."""
        binomial, rank = self.random.binomial, person.rank
        number = 1 + binomial(1, 0.3) if rank == 5 else binomial(1, {4: 0.35, 2: 0.12, 1: 0.05}.get(rank, 0))
        for _ in range(number):
            self._alias(name)
        if rank == 4 and self._chance(0.15):
            self._pick(["taxi", "landlord", "shopkeeper"])
            person.covered = True
        if rank or person.role in self.help or person.role == "front" or self._chance(0.5):
            phone = self._id("T")
            self._thing("phone", f"+44 7{self.random.integers(10**8, 10**9)}", phone)
            self.phone[name] = phone

    # -- true events -----------------------------------------------------------------------------------------------

    def _operate(self) -> None:
        number = max(120, _PEOPLE - len(self.people))
        self.passengers = [
            self._person("passenger", category="victim" if self._chance(0.3) else "other") for _ in range(number)
        ]
        for gang in self.gangs:
            self._command(gang)
            self._front_business(gang)
            houses = 1 + self.random.binomial(2, 0.5) + (2 if "controller" in gang.specialists else 0)
            for place in range(houses):
                self._house(gang, place)
        for broker in self.brokers:
            for gang in self.people[broker].serves:
                contact = self._pick(gang.middle)
                self._call(broker, contact)
                self._fact(broker, "PAID" if self._chance(0.5) else "DIRECTED", contact, gang=gang.id)
        for _ in range(round(_PEOPLE / 10)):
            self._crossing(self._pick(self.gangs, [gang.size for gang in self.gangs]))
        for name, rivals in self.rivals.items():
            for rival in rivals:
                self._fact(name, "RIVAL_OF", rival.id)

    def _command(self, gang: Gang) -> None:
        paymaster = gang.specialists.get("paymaster", "")
        for leader in gang.leaders:
            self._fact(leader, "RUNS", gang.id, gang=gang.id)
            for subordinate in gang.middle:
                self._fact(leader, "DIRECTED", subordinate, gang=gang.id)
                self._call(subordinate, leader)
        for foreman in gang.foremen:
            for lieutenant in self._some(gang.lieutenants, 1 + self._chance(0.3)):
                self._fact(lieutenant, "DIRECTED", foreman, gang=gang.id)
                self._call(lieutenant, foreman)
            if paymaster:
                self._fact(paymaster, "PAID", foreman, gang=gang.id)
                self._call(paymaster, foreman)
        for aide in gang.aides:
            # Small groups have no middle rank.
            above = [
                [self._pick(gang.foremen)],
                [self._pick(gang.lieutenants)],
                [self._pick(gang.foremen), self._pick(gang.lieutenants)],
            ]
            for boss in self._pick(above, [0.45, 0.3, 0.25]):
                self._fact(boss, "DIRECTED", aide, gang=gang.id)
                self._call(boss, aide)
            if paymaster and self._chance(0.3):
                self._fact(paymaster, "PAID", aide, gang=gang.id)
            for contact in self._some(self.helpers + self.bystanders, self.random.poisson(1.5)):
                self._call(aide, contact)
        for member in gang.leaders + gang.middle + gang.foremen + gang.aides:
            self._fact(member, "MEMBER_OF", gang.id, gang=gang.id)

    def _front_business(self, gang: Gang) -> None:
        paymaster = gang.specialists.get("paymaster", "")
        for front in gang.fronts:
            thing = self._id("T")
            kind = self._pick(["account", "vehicle", "organisation"])
            self._thing(kind, f"{self.random.integers(10**6, 10**7)}", thing)
            boss = self.people[front].acts_for
            self._fact(front, "USED", thing, gang=gang.id)
            self._fact(boss, "USED", thing, gang=gang.id)
            if paymaster and boss in gang.leaders:
                self._fact(paymaster, "PAID", thing, gang=gang.id)

    def _house(self, gang: Gang, place: int) -> None:
        house = self._id("W")
        safe = place == 0 or self._chance(0.3)
        family = self._pick(_LAST_NAMES.split())
        kind = "house" if safe else self._pick(["car wash", "nails", "packing", "online studio"])
        row = {"id": house, "name": f"{family} {kind}", "kind": "dwelling" if safe else "premises"}
        row |= {"sector": "" if safe else "services", "opened_on": "2018"}
        row["closed_on"] = "" if safe or self._chance(0.5) else "2020-03-24"
        self.workplaces.append(row)
        gang.houses.append(house)
        controller = gang.specialists.get("controller") or self._pick(gang.lieutenants)
        self._fact(controller, "CONTROLS", house, gang=gang.id, scene=house)
        self._fact(self._pick(gang.foremen), "MANAGED", house, gang=gang.id, scene=house)
        if gang.fronts and self._chance(0.5):
            self._fact(self._pick(gang.fronts), "MANAGED", house, gang=gang.id)
        landlord = self._pick(self.help["landlord"])
        self._fact(landlord, "SERVED", self._pick(gang.foremen), gang=gang.id)
        gang.landlords[house] = landlord

    def _crossing(self, gang: Gang) -> None:
        name, boat, site, day = self._id("C"), self._id("B"), self._pick(_SITES), self._day()
        boss = self._pick(gang.leaders) if self._chance(0.12) else self._pick(gang.lieutenants)
        brokers = [broker for broker in self.brokers if gang in self.people[broker].serves]
        brokered = bool(brokers) and self._chance(0.45)
        supplier = self._pick(brokers) if brokered else gang.specialists.get("supplier", boss)
        kind, length = self._pick(["dinghy", "rhib"]), f"{self.random.integers(4, 10)}"
        power = self._pick(["15", "30", "40"])
        self.boats.append({"id": boat, "kind": kind, "length_m": length, "engine_hp": power})
        self._fact(boss, "ORGANISED", name, day, gang.id, name)
        self._fact(gang.id, "ORGANISED", name, day, gang.id, name)
        self._fact(supplier, "SUPPLIED", boat, day, gang.id, name)
        self._fact(boat, "USED_ON", name, day, gang.id, name)
        if self._chance(0.25):
            # A lawful sale: the record names the shop.
            self._fact(self._pick(self.help["shopkeeper"]), "SUPPLIED", boat, day, gang.id, name)
        passengers = self._some(self.passengers, self.random.integers(5, 12))
        pilot = self._pilot(gang, name, day, passengers)
        self._fact(pilot, "PILOTED", name, day, gang.id, name)
        team = self._some(gang.aides, self.random.integers(1, 4))
        for aide in [*team, self._pick(gang.foremen)]:
            self._fact(aide, "ASSISTED", name, day, gang.id, name)
        row = {"id": name, "date": day, "launch_site": site[0], "launch_lat": site[1], "launch_lon": site[2]}
        row |= {"landing_site": "Kent coast", "people_count": len(passengers) + int(self.random.integers(1, 9))}
        stopped = self._pick(["Border Force", "RNLI", "coastguard"]) if self._chance(0.6) else ""
        row["intercepted_by"] = stopped
        self.crossings.append(Crossing(row, passengers, gang, boat))
        house, keeper = self._pick(gang.houses), self._pick(gang.foremen)
        for passenger in passengers:
            self._carry(passenger, gang, name, day, house, keeper, team)

    def _pilot(self, gang: Gang, crossing: str, day: str, passengers: list[str]) -> str:
        """Choose the pilot: sometimes a passenger acting under duress."""
        if self._chance(0.3) and len(self.forced) < _PEOPLE * 0.02:
            pilot = passengers.pop()
            self.passengers.remove(pilot)
            self.forced.append(pilot)
            self.rows[pilot]["category"] = "suspect;victim"
            self._fact(pilot, "CROSSED_ON", crossing, day, gang.id)
            return pilot
        return str(self._pick(gang.aides))

    def _carry(
        self, passenger: str, gang: Gang, crossing: str, day: str, house: str, keeper: str, team: Sequence[str]
    ) -> None:
        pick = self._pick
        lived = self.lived.setdefault(passenger, [])
        cover = [name for name in gang.middle + self.brokers if self.people[name].covered]
        driver = pick(self.help["taxi"]) if self._chance(0.45) else pick(team)
        keys = [
            (passenger, "CROSSED_ON", crossing),
            (passenger, "LIVED_AT", house),
            (keeper, "HOUSED", passenger),
            (driver, "TRANSPORTED", passenger),
            (pick(gang.aides), "RECRUITED", passenger),
            (passenger, "PAID", pick(gang.foremen)),
            (pick(self.help["ngo"]), "SERVED", passenger),
            (pick(self.help["shopkeeper"] + self.help["taxi"] + cover * 2), "SERVED", passenger),
        ]
        lived += [self._fact(*key, day, gang.id) for key in keys]
        if self._chance(0.35):
            lived.append(self._fact(pick(gang.aides), "COERCED", passenger, day, gang.id))
        if self._chance(0.3):
            lived.append(self._fact(gang.landlords[house], "HOUSED", passenger, day, gang.id))
        if self._chance(0.3):
            workplace = pick(gang.houses)
            lived.append(self._fact(passenger, "WORKED_AT", workplace, day, gang.id))
            lived += [key for key in self.scene[workplace] if self._chance(0.5)]

    # -- observation -----------------------------------------------------------------------------------------------

    def _statement(
        self,
        kind: str,
        day: str,
        *,
        is_true: bool = True,
        source: str = "",
        grade: str = "",
        interpreter: str = "",
        **more: str,
    ) -> str:
        name = self._id("S")
        grade = grade or self._pick("123", [0.24, 0.66, 0.10] if is_true else [0.18, 0.66, 0.16])
        letters = [0.30, 0.15, 0.30, 0.22, 0.03] if is_true else [0.25, 0.13, 0.30, 0.25, 0.07]
        assessment = self._pick("ABCDE", letters)
        if kind == "record":
            grade, assessment = self._pick("12", [0.8, 0.2]), self._pick("AB", [0.8, 0.2])
        handling = "C" if kind == "intelligence" or self._chance(0.3) else "P"
        row = {
            "id": name,
            "kind": kind,
            "source_id": source,
            "taken_on": day,
            "source_grade": grade,
            "assessment": assessment,
            "handling": handling,
            "conditions": "case team only" if handling == "C" else "",
            "on_record": "yes" if kind == "record" or (kind == "witness" and self._chance(0.6)) else "no",
            "status": "given",
            "status_on": "",
            "interpreter_id": interpreter,
            "interest": "",
            "summary": self._pick(_SUMMARIES) if kind == "witness" else "",
        }
        self.statements.append(row | more)
        return name

    def _record(self, day: str, summary: str) -> str:
        return self._statement("record", day, summary=summary)

    def _claim(self, statement: str, key: Key, group: str, polarity: str = "asserts", **more: Any) -> None:
        subject, relation, object_ = key
        first, second = self._row_for(subject, group), self._row_for(object_, group)
        if first == second:
            return
        # False claims are dated as true claims are.
        day = self.facts[key].day if key in self.facts else self.began.get((relation, object_), "")
        if polarity == "asserts" and key not in self.facts and relation not in ("SAME_AS", "ASSOCIATES_WITH"):
            self.false_links.add((first, relation, second))
        wording = ""
        if subject in self.people and group != "record" and self._chance(0.5):
            wording = self.rows[first]["name"] if first != subject else self.people[subject].nickname
        row = {"subject_id": first, "relation": relation, "object_id": second, "statement_id": statement}
        row |= {"from_date": day[:7] if self._chance(0.3) else day, "polarity": polarity, "subject_as_said": wording}
        self.links.append(row | more)

    def _slip(self, key: Key) -> Key:
        """Make an honest mistake: the front for the boss, a man with the same nickname, a visible person."""
        subject, relation, object_ = key
        if subject not in self.people or self.people[subject].rank == 0:
            return key
        nickname = self.people[subject].nickname
        same = [
            name
            for name, person in self.people.items()
            if person.nickname and person.nickname == nickname and name != subject
        ]
        fronts = [name for name, person in self.people.items() if person.acts_for == subject]
        if self._chance(0.5):
            taken = self._pick(fronts or same or self.helpers)
        else:
            taken = self._pick(same or fronts or self.bystanders)
        return (taken, relation, object_) if taken != object_ else key

    # -- passengers' statements ------------------------------------------------------------------------------------

    def _honest(self, witness: str, crossing: Crossing) -> list[Key]:
        """Choose what a witness would truthfully report about one crossing."""
        gang = crossing.gang
        near = self.scene[crossing.id] + [key for key in self.lived.get(witness, []) if key[1] != "CROSSED_ON"]
        # A passenger who bargained for the others knows the boss; the rest know a name at most.
        bold = 4 if self._chance(0.15) else 0.8
        relations = ("DIRECTED", "RUNS", "CONTROLS", "PAID")
        near += [
            key
            for key, fact in self.facts.items()
            if fact.gang == gang.id
            and key[1] in relations
            and key[2] not in self.passengers
            and key not in near
            and self._rank(key[0])
            and self._chance(0.5)
        ]
        account = [key for key in dict.fromkeys(near) if self._chance(self._visible(key, witness, bold))]
        return [(witness, "CROSSED_ON", crossing.id), *self._some(account, _ASKED)]

    def _visible(self, key: Key, witness: str, bold: float) -> float:
        highest = self._highest(key)
        heard = bold < 1 and key[1] in ("DIRECTED", "RUNS", "PAID") and witness not in key
        boldness = bold if highest >= 4 else 1
        return _SEEN["passenger"][highest] * self._fame(key[0], 0.5) * boldness * (0.35 if heard else 1)

    def _script(self, crossing: Crossing, target: str, house: str = "") -> list[Key]:
        """Make two to four false claims about one person, of kinds that true statements contain."""
        gang = crossing.gang
        aide, foreman = self._pick(gang.aides), self._pick(gang.foremen)
        place = house or self._pick(gang.houses)
        keys = [
            (target, "DIRECTED", aide),
            (target, "DIRECTED", foreman),
            (target, "PAID", aide),
            (target, "CONTROLS", place),
        ]
        if house:
            keys += [(target, "MANAGED", place), (target, "PAID", foreman)]
        else:
            keys += [(target, "ORGANISED", crossing.id), (target, "SUPPLIED", crossing.boat)]
        free = [key for key in keys if key not in self.facts and key[0] != key[2]]
        return self._some(free, self.random.integers(2, 5))

    def _lie(self, account: list[Key], script: list[Key], witness: str, crossing: Crossing) -> list[Key]:
        """Replace claims one for one: first claims that expose the liar's own group; small true facts fill gaps."""
        low = [key for key in self._some(account[1:], 99) if self._rank(key[0]) < 4]
        around = self._some(self.scene[crossing.id] + self.lived.get(witness, []), 99)
        low += [
            key
            for key in around
            if self._rank(key[0]) < 4 and key not in account and key[1] not in ("CROSSED_ON", "USED_ON")
        ]
        number = max(len(account) - 1, 2)
        return account[:1] + script[:number] + low[: max(0, number - len(script))]

    def _witnesses(self) -> None:
        chosen = self._choose_witnesses()
        self._insiders()
        number = round(self.false_share * (len(chosen) + len(self.insiders))) - bool(self.dangle)
        groups: dict[str, list[tuple[str, Crossing]]] = {}
        for name, crossing in chosen:
            groups.setdefault(crossing.id, []).append((name, crossing))
        lies = self._plan_lies(chosen, groups, number)
        shared = {crossing: self._pick(self.help["interpreter"]) for crossing in groups}
        talk: dict[str, list[Key]] = {}
        for turn, (name, crossing) in enumerate(chosen):
            self._account(name, crossing, lies.get(name), talk, shared, turn)
        self.witnesses = [name for name, _ in chosen] + self.insiders
        for name in self.insiders:
            self._insider_account(name)

    def _choose_witnesses(self) -> list[tuple[str, Crossing]]:
        number = int(np.clip(_PEOPLE * 0.083, 37, 72))
        chosen: dict[str, Crossing] = {}
        for crossing in self._some(self.crossings, len(self.crossings)):
            fresh = [name for name in crossing.passengers if name not in chosen]
            for name in self._some(fresh, self.random.integers(1, 7)):
                chosen[name] = crossing
            if len(chosen) >= number:
                break
        return list(chosen.items())

    def _plan_lies(
        self,
        chosen: Sequence[tuple[str, Crossing]],
        groups: Mapping[str, list[tuple[str, Crossing]]],
        number: int,
    ) -> dict[str, Lie]:
        houses: dict[str, list[tuple[str, Crossing]]] = {}
        for name, crossing in chosen:
            home = next(key[2] for key in self.lived[name] if key[1] == "LIVED_AT")
            houses.setdefault(home, []).append((name, crossing))
        plan: dict[str, Lie] = {}
        together = [("", group) for group in groups.values()] + list(houses.items())
        for home, everybody in self._some(together, 99):
            # Coached boats and houses: about two thirds of the lies.
            first = everybody[0][1]
            free = [pair for pair in everybody if pair[0] not in plan and pair[1].gang is first.gang][:6]
            if len(free) < 2:
                continue
            if len(plan) >= 0.65 * number or number - len(plan) < 2:
                break
            self._coach(plan, free[: min(len(free), number - len(plan))], free[0][1], home)
        left = [pair for pair in chosen if pair[0] not in plan]
        for name, crossing in self._some(left, max(0, number - len(plan))):
            # Individual liars.
            gang = crossing.gang
            targets = [
                self._pick(self.helpers),
                self._pick(gang.aides),
                self._pick(gang.fronts or self.bystanders),
                self._pick(self.forced or self.bystanders),
            ]
            target = self._pick(targets, [0.4, 0.25, 0.15, 0.2])
            plan[name] = Lie(False, self._script(crossing, target))
        return plan

    def _coach(
        self, plan: dict[str, Lie], pairs: Sequence[tuple[str, Crossing]], crossing: Crossing, home: str
    ) -> None:
        gang = crossing.gang
        rival = self._pick(self.rivals[gang.id])
        targets = [
            self._pick(rival.middle),
            self._pick(rival.aides + rival.foremen),
            self._pick(self.helpers + self.bystanders),
            self._pick(rival.fronts or self.bystanders),
        ]
        target = self._pick(targets, [0.35, 0.25, 0.28, 0.12])
        script = self._script(crossing, target, home)
        names = [name for name, _ in pairs]
        plan |= dict.fromkeys(names, Lie(True, script))
        row = {"crossing": crossing.id, "house": home or None, "by": gang.id, "target": target}
        self.coached.append(row | {"script": script, "witnesses": names})

    def _account(
        self,
        witness: str,
        crossing: Crossing,
        lie: Lie | None,
        talk: dict[str, list[Key]],
        shared: Mapping[str, str],
        turn: int,
    ) -> None:
        script = lie.script if lie else []
        account = self._add_talk(witness, crossing, talk.get(crossing.id, []), self._honest(witness, crossing))
        if lie and script:
            part = script
            if lie.coached:
                part = self._some(script, max(2, len(script) - int(self.random.integers(0, 2))))
            account = self._lie(account, part, witness, crossing)
        else:
            named = [key for key in account if key[0] in self.people and self._rank(key[0])]
            talk.setdefault(crossing.id, []).extend(named)
        deny = self._chance(0.25)
        account = account[:-1] if deny and len(account) > 3 + len(script) else account
        interpreters = self.help["interpreter"]
        own = not (lie and lie.coached) and self._chance(0.7)
        interpreter = shared[crossing.id] if own else interpreters[turn % len(interpreters)]
        statement = self._take_statement(witness, crossing, interpreter, is_false=bool(script))
        self._tell(statement, account, crossing, script, (interpreter, "SERVED", witness))
        if deny:
            self._deny(statement, crossing, is_false=bool(script))

    def _add_talk(self, witness: str, crossing: Crossing, earlier: Sequence[Key], account: list[Key]) -> list[Key]:
        """Add what witnesses heard from each other in the boat and in the house."""
        talk = [key for key in earlier if key not in account and witness not in (key[0], key[2])]
        rest = [
            key
            for key in self.scene[crossing.id]
            if key not in account and key not in talk and self._rank(key[0]) < 4 and key[1] != "USED_ON"
        ]
        more = self._some(talk, 99) + self._some(rest, 99)
        return account + more[: self.random.binomial(3, 0.3)]

    def _take_statement(self, witness: str, crossing: Crossing, interpreter: str, *, is_false: bool) -> str:
        self._fact(interpreter, "SERVED", witness)
        day = self._day(crossing.day, 120)
        interests = [
            "",
            "asylum claim pending",
            "owes part of the fare",
            "quarrelled with the keeper",
            "relocated with support",
        ]
        interest = self._pick(interests, [0.45, 0.3, 0.1 + 0.05 * is_false, 0.08, 0.07])
        statement = self._statement(
            "witness", day, is_true=not is_false, source=witness, interpreter=interpreter, interest=interest
        )
        row = self.rows[witness]
        categories = [category for category in row["category"].split(";") if category != "other"]
        row["category"] = ";".join([*categories, "witness"])
        if is_false:
            self.false_statements.add(statement)
        if self._chance(0.16 if is_false else 0.06):
            retracted = self._chance(0.6 if is_false else 0.35)
            status = "retracted_as_false" if retracted else "withdrawn"
            self.statements[-1] |= {"status": status, "status_on": self._day(crossing.day, 300)}
        return statement

    def _tell(
        self, statement: str, account: Iterable[Key], crossing: Crossing, script: Sequence[Key], served: Key
    ) -> None:
        for key in [*account, served]:
            claimed = key
            if not script and key[1] not in ("CROSSED_ON", "SERVED") and self._chance(0.03):
                claimed = self._slip(key)
            group = crossing.id if self._chance(0.8) else statement
            above = self._rank(claimed[0]) >= 4 and self._chance(0.6)
            uncertain = above or (claimed in script and self._chance(0.5))
            self._claim(statement, claimed, group, assessment="C" if uncertain else "")

    def _deny(self, statement: str, crossing: Crossing, *, is_false: bool) -> None:
        if is_false:
            # Out of fear, the witness denies that the boss organised the crossing.
            key = next(key for key in self.scene[crossing.id] if key[1] == "ORGANISED")
        else:
            pool = [row["target"] for row in self.coached] + self.help["landlord"] + self.help["taxi"]
            candidates = [name for name in pool if (name, "ORGANISED", crossing.id) not in self.facts]
            key = (self._pick(candidates), "ORGANISED", crossing.id)
        self._claim(statement, key, crossing.id, "denies")

    # -- insiders --------------------------------------------------------------------------------------------------

    def _insiders(self) -> None:
        """Choose aides close to a boss who left; sometimes a false defector sent by a rival."""
        number = 2 + self.random.integers(0, max(2, len(self.gangs) // 2))
        self.insiders: list[str] = []
        self.dangle = ""
        for gang in self._some(self.gangs, number):
            single = [name for name in gang.aides if len(self.people[name].rows) == 1 and name not in self.insiders]
            insider = self._pick(single)
            self.insiders.append(insider)
            self.rows[insider]["category"] = "suspect;witness"
        if self.false_share * 50 >= 3 and self._chance(0.5):
            self.dangle = self._pick(self.insiders)

    def _insider_account(self, insider: str) -> None:
        gang = next(gang for gang in self.gangs if gang.id == self.people[insider].gang)
        is_false = insider == self.dangle
        account = self._inside(insider, gang)
        interpreter = self._pick(self.help["interpreter"])
        day = self._day("2020-03-01", 200)
        statement = self._statement(
            "witness",
            day,
            is_true=not is_false,
            source=insider,
            interpreter=interpreter,
            summary="Account by a former member, on who gave orders and how money moved.",
            interest=self._pick(["", "hopes for a lighter charge", "quarrel over pay"], [0.4, 0.4, 0.2]),
        )
        if is_false:
            self.false_statements.add(statement)
            account = self._turn(gang, account)
        for key in account:
            claimed = self._slip(key) if not is_false and self._chance(0.02) else key
            self._claim(statement, claimed, statement)
        for name in sorted({key[0] for key in account if key[0] in self.people}):
            if len(self.people[name].rows) > 1 and self._chance(0.5):
                self._same(statement, name)
        self._fact(interpreter, "SERVED", insider)

    def _inside(self, insider: str, gang: Gang) -> list[Key]:
        pool = [
            key
            for key, fact in self.facts.items()
            if fact.gang == gang.id
            and key[1] in _INSIDE
            and insider not in key
            and key[2] not in self.passengers
            and key[0] not in self.passengers
        ]
        rarely = ("ORGANISED", "SUPPLIED", "MEMBER_OF", "USED")
        account = [
            key
            for key in pool
            if self._chance(_SEEN["insider"][self._highest(key)] * (0.45 if key[1] in rarely else 1))
        ]
        kin = self._pick(gang.leaders + gang.lieutenants + gang.foremen)
        # Insiders are asked mostly about people of the upper ranks.
        account = sorted(account, key=lambda key: self.random.random() - 0.5 * (self._rank(key[0]) >= 4))
        account = account[: 18 + self.random.integers(0, 15)]
        return [key for key in account if self._chance(0.85) or kin not in key]

    def _turn(self, gang: Gang, account: Iterable[Key]) -> list[Key]:
        """Name people of a rival gang in place of the upper people."""
        rival = self._pick(self.rivals[gang.id])
        pool = rival.foremen + rival.lieutenants + self.bystanders[:4]
        substitutes = {boss: self._pick(pool) for boss in gang.leaders + gang.middle}
        return [
            (substitutes[key[0]], key[1], key[2]) if key[0] in substitutes and self._chance(0.8) else key
            for key in account
        ]

    def _same(self, statement: str, person: str, wrong: str = "") -> None:
        rows = self.people[person].rows
        first, second = [rows[-1], wrong] if wrong else self._some(rows, 2)
        if wrong:
            self.false_links.add((first, "SAME_AS", second))
        row = {"subject_id": first, "relation": "SAME_AS", "object_id": second, "statement_id": statement}
        self.links.append(row | {"from_date": "", "polarity": "asserts", "subject_as_said": ""})

    # -- informants ------------------------------------------------------------------------------------------------

    def _informants(self) -> None:
        self.many_rows = [name for name, person in self.people.items() if len(person.rows) > 1]
        facts = [
            key
            for key, fact in self.facts.items()
            if key[1] in _TOPIC_OF and fact.gang and key[0] not in self.passengers
        ]
        for number in range(max(8, round(_PEOPLE / 55))):
            self._informant(number, facts)

    def _informant(self, number: int, facts: Sequence[Key]) -> None:
        skill = {topic: 0.92 if self._chance(0.5) else 0.38 for topic in _TOPICS}
        mean = np.mean(list(skill.values())) + self.random.normal(0, 0.15)
        near = {gang.id for gang in self._some(self.gangs, 1 + self.random.integers(0, 3))}
        grade = "1" if mean > 0.78 else "3" if mean < 0.48 else "2"
        source = f"INF-{self.random.integers(100, 999)}-{number}"
        visible = [name for gang in self.gangs for name in gang.aides + gang.foremen + gang.fronts]
        loud = self._some(self.helpers + self.bystanders + visible, 5)
        for _ in range(self.random.integers(3, 12)):
            topic = self._pick(list(_TOPICS))
            mine = [key for key in facts if _TOPIC_OF[key[1]] == topic and self.facts[key].gang in near]
            if mine:
                day = self._day("2019-06-01", 480)
                statement_grade = grade if self._chance(0.8) else "2"
                statement = self._statement("intelligence", day, source=source, grade=statement_grade)
                if self._inform(statement, mine, skill[topic], source, loud) and topic == "command":
                    self._identity(statement, near, skill[topic])

    def _inform(self, statement: str, mine: Sequence[Key], skill: float, source: str, loud: Sequence[str]) -> bool:
        """Make an informant's claims; return whether there were any."""
        weights = [
            _SEEN["informant"][self._highest(key)]
            * self._fame(key[0], 0.3)
            * (0.15 if key[2] in self.passengers else 1)
            for key in mine
        ]
        wrong = total = 0
        for _ in range(1 + self.random.binomial(3, 0.45)):
            key = self._pick(mine, weights)
            if self.coached and self._chance(0.04):
                # Circular reporting: the informant repeats a coached story.
                key = self._pick(self._pick(self.coached)["script"])
            elif not self._chance(skill):
                # The informant repeats a rumour, or makes a mistake.
                rumour = key[1] == "ORGANISED" or (key[0] in self.people and self._chance(0.6))
                key = (self._pick(loud), key[1], key[2]) if rumour else self._slip(key)
            if key[0] != key[2]:
                wrong += key not in self.facts
                total += 1
                self._claim(statement, key, source)
        if total == 0:
            self.statements.pop()
        elif wrong * 2 >= total:
            self.false_statements.add(statement)
        return total > 0

    def _identity(self, statement: str, near: set[str], skill: float) -> None:
        if self.many_rows and self._chance(0.35):
            known = [name for name in self.many_rows if self.people[name].gang in near]
            person = self._pick(known or self.many_rows)
            self._same(statement, person, "" if self._chance(skill) else self._pick(self.bystanders))

    # -- records ---------------------------------------------------------------------------------------------------

    def _records(self) -> None:
        arrested = self._arrests()
        for crossing in self.crossings:
            if crossing.row["intercepted_by"]:
                self._interception(crossing)
        for name in arrested:
            if name in self.phone and not self._chance(0.4):
                self._download(name)
        self._observations(arrested)
        for gang in self.gangs:
            self._registers(gang)
        summary = "Register extract or bank report"
        for _ in range(round(_PEOPLE / 18)):
            # The same kinds of record exist about people with nothing to hide.
            ordinary = self.bystanders + self.helpers + [name for gang in self.gangs for name in gang.aides]
            first, second = self._some(ordinary, 2)
            key = self._fact(first, self._pick(["RELATED_TO", "PAID", "SERVED"]), second)
            self._claim(self._record(self._day(days=600), summary), key, "record")
        self._book()
        self._custody(arrested)

    def _arrests(self) -> list[str]:
        """Arrest mostly visible people."""
        arrested = []
        for name, person in self.people.items():
            if name in self.passengers or name in self.insiders:
                continue
            ordinary = 0.04 if person.role in ("front", "bystander") else 0.02
            chance = {1: 0.33, 2: 0.28, 4: 0.05, 5: 0.01}.get(person.rank, ordinary)
            if self._chance(chance) or name in self.forced:
                arrested.append(name)
                if "suspect" not in self.rows[name]["category"]:
                    self.rows[name]["category"] = "convicted" if self._chance(0.25) else "suspect"
        return arrested

    def _interception(self, crossing: Crossing) -> None:
        """Record the people on board, the boat, and the man at the tiller."""
        statement = self._record(crossing.day, "Interception log")
        keys = [(name, "CROSSED_ON", crossing.id) for name in crossing.passengers if self._chance(0.85)]
        keys.append((crossing.boat, "USED_ON", crossing.id))
        keys += [
            key
            for key in self.scene[crossing.id]
            if (key[1] == "PILOTED" and self._chance(0.6)) or (key[1] == "SUPPLIED" and key[0] in self.helpers)
        ]
        for key in keys:
            self._claim(statement, key, "record")

    def _download(self, name: str) -> None:
        """Record calls one step up the chain, often to a number without a name."""
        statement = self._record(self._day("2019-06-01", 480), "Phone download")
        phone = self.phone[name]
        self._claim(statement, self._fact(name, "USED", phone), "record")
        done: set[str] = set()
        for contact in sorted(self.calls.get(name, ())):
            number, calls = self.phone[contact], 1 + self.random.poisson(6)
            seen = self._chance({5: 0.3, 4: 0.6}.get(self._rank(contact), 0.85))
            if not seen or number in done or phone == number:
                continue
            done.add(number)
            self._claim(statement, self._fact(phone, "CONTACTED", number), "record", weight=calls)
            user = contact
            if self._rank(contact) == 5:
                user = next(front for front, person in self.people.items() if person.acts_for == contact)
            if self._chance({4: 0.25, 2: 0.55, 1: 0.6}.get(self._rank(user), 0.8)):
                self._claim(statement, self._fact(user, "USED", number), "record")
                self._claim(statement, self._fact(name, "CONTACTED", user), "record", weight=calls)

    def _observations(self, arrested: Sequence[str]) -> None:
        everyone = [
            name
            for name in self.people
            if name not in self.passengers and name not in self.insiders and name not in self.forced
        ]
        attention = [
            _SEEN["police"][self._rank(name)] * self.people[name].fame * (1.5 if name in arrested else 1)
            for name in everyone
        ]
        for _ in range(round(_PEOPLE / 14)):
            name = self._pick(everyone, attention)
            gang = self.people[name].gang
            statement = self._record(self._day("2019-06-01", 480), "Observation log")
            near = [
                weight * (8 if gang and self.people[person].gang == gang else 1)
                for weight, person in zip(attention, everyone, strict=True)
            ]
            for _ in range(1 + self.random.binomial(3, 0.4)):
                person = self._pick(everyone, near)
                if person != name:
                    self._claim(statement, self._fact(name, "ASSOCIATES_WITH", person), "record")

    def _registers(self, gang: Gang) -> None:
        """Record the people in registers and bank reports: the front, the landlord."""
        keys = [
            key
            for key, fact in self.facts.items()
            if fact.gang == gang.id
            and (
                (key[0] in gang.fronts and key[1] in ("USED", "MANAGED"))
                or key[1] == "RELATED_TO"
                or (key[1] == "PAID" and key[2][0] == "T")
            )
        ]
        for key in keys:
            if self._chance(0.55):
                statement = self._record(self._day(days=600), "Register extract or bank report")
                self._claim(statement, key, "record")

    def _book(self) -> None:
        """Book everyone accused of a part as a suspect, rightly or not."""
        records = {row["id"] for row in self.statements if row["kind"] == "record"}
        passengers, acts = set(self.passengers), set(_ACTS.split())
        for link in self.links:
            relation = link["relation"]
            if relation in acts and (link["statement_id"] not in records or relation == "PILOTED"):
                ends = [link["subject_id"]] + [link["object_id"]] * (relation == "SAME_AS")
                for name in ends:
                    row = self.rows.get(name, {})
                    if name not in passengers and row.get("category") == "other":
                        row["category"] = "suspect"

    def _custody(self, arrested: Sequence[str]) -> None:
        """Record denials in custody, true or not."""
        relations = ("PILOTED", "ASSISTED", "ORGANISED", "HOUSED", "MANAGED")
        free = [name for name in arrested if name not in self.forced]
        for name in self._some(free, len(arrested) // 4):
            keys = [key for key in self.facts if key[0] == name and key[1] in relations]
            if keys:
                statement = self._record(self._day("2020-01-01", 250), "Custody record: denied")
                self._claim(statement, self._pick(keys), "record", "denies")

    # -- the files -------------------------------------------------------------------------------------------------

    @property
    def operations(self) -> dict[str, list[str]]:
        """Return crossing → the people who arranged it."""
        return {crossing.id: [crossing.gang.id] for crossing in self.crossings}

    def write(self, folder: Path) -> None:
        """Write the world as a case folder; columns keep the order in which rows introduce them."""
        folder.mkdir(parents=True, exist_ok=True)
        used = {link[end] for link in self.links for end in ("subject_id", "object_id")}
        for row, person in self.owner.items():
            # Nicknames and passengers that no source mentions get no row.
            if row not in used and (person != row or person in self.passengers):
                del self.rows[row]
        truth = self._truth(used)
        tables: dict[str, Sequence[Row]] = {
            "people": sorted(self.rows.values(), key=lambda row: str(row["id"])),
            "boats": self.boats,
            "crossings": [crossing.row for crossing in self.crossings],
            "gangs": [{"id": gang.id, "name": f"Group {place}"} for place, gang in enumerate(self.gangs, start=1)],
            "workplaces": self.workplaces,
            "things": [row for row in self.things if row["id"] in used],
            "statements": sorted(self.statements, key=lambda row: str(row["taken_on"])),
            "links": self._link_rows(),
        }
        for table, rows in tables.items():
            write_table(folder, table, dict.fromkeys(name for row in rows for name in row), rows)
        (folder / "truth.json").write_text(json.dumps(truth, indent=1))

    def _link_rows(self) -> list[Row]:
        ends = ("subject_id", "relation", "object_id", "statement_id", "polarity")
        links: dict[tuple[str, ...], Row] = {}
        for link in self.links:
            links.setdefault(tuple(link[end] for end in ends), link)
        return [link | {"id": f"L{place}"} for place, link in enumerate(links.values(), start=1)]

    def _rows_of(self, people: Iterable[str]) -> list[str]:
        return sorted(row for person in people for row in self.people[person].rows if row in self.rows)

    def _truth(self, used: set[str]) -> Row:
        hubs = [name for name, person in self.people.items() if person.rank >= 4]
        hub_rows, skipped = self._rows_of(hubs), set(self.passengers) | set(self.witnesses)
        owner = self.owner
        false = [
            list(key)
            for key in sorted(self.false_links)
            if (owner.get(key[0], key[0]), key[1], owner.get(key[2], key[2])) not in self.facts
        ]
        return {
            "hubs": hub_rows,
            "leaders": self._rows_of(name for name in hubs if self._rank(name) == 5),
            "brokers": self._rows_of(self.brokers),
            "helpers": sorted(self.helpers),
            "candidates": sorted(row for row in self.rows if owner[row] not in skipped),
            "witnesses": sorted(self.witnesses),
            "false_statements": sorted(self.false_statements),
            "false_links": false,
            "same_person": [
                [row for row in self.people[name].rows if row in self.rows]
                for name in hubs
                if len(self.people[name].rows) > 1
            ],
            "coached": self.coached,
            "insiders": self.insiders,
            "false_insider": self.dangle or None,
            "unnamed_hubs": [row for row in hub_rows if row not in used],
            "foremen": self._rows_of(name for name, person in self.people.items() if person.rank == 2),
            "fronts": self._rows_of(name for name, person in self.people.items() if person.role == "front"),
        }


def make(folder: Path, seed: int, false_share: float) -> None:
    """Write one world of the family."""
    World(seed, false_share).write(folder)
