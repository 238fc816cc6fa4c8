"""Family `gangmasters`, by author G: labour exploitation in one country, January 2018 to December 2020.

A few *layered* outfits recruit abroad through a chief and local agents, lend the fare, house the workers, place them in
car washes, nail bars, farms and packing halls, and take wages through company fronts and accounts opened in the
workers' names. *Studio* outfits run brothels and online studios. *Family* outfits own one or two places, with a boss in
the yard known to everyone.
*Crossing cells* sell the sea leg; most workers come by road or air. Independent *brokers* (labour, cash, papers,
companies, houses) serve two to four outfits each and are nearly the only links between them. In March 2020 the service
places close: workers are abandoned, moved to places still open, or passed on through a labour broker. Workers meet
agents, drivers, wardens and managers, who give them orders; principals and brokers act through others. Nominee
directors hold the companies on paper. A register that names one as controller, or an invoice that names a straw buyer,
is among the false links, although its statement is not false.

The visibility of each person is drawn by their part. About one hub in eight has none: witnesses and reports name them
only by mistake, and they leave the same faint trace as innocent people. Most witnesses come from a few raids; the least
noticed quarter of outfits is never raided. Reports follow attention and visibility; about one in four is wrong, one in
five is repeated. Housemates share a story about "the real boss", which is right about six times in ten. Honest
witnesses confuse people in 5 % of accusations, and some deny true links.

A false statement is a true statement of that witness in which 35 to 65 % of the accusations name another person;
length, detail and wording stay the same. Gradings say little: each alone has an AUC of about .55 for false statements.

Hubs: leaders (principals, family bosses, crossing organisers), brokers, controllers, finance people, recruiting chiefs, boat suppliers.
The author's sources, from memory: Campana 2018, Campana & Varese 2016; Morselli 2010; Malm & Bichler 2013; Skrivankova 2010, Geddes
et al. 2013, Scott, Craig & Geddes 2012; Clark & Colling 2018; Cockbain & Brayley-Morris 2018; Cooper et al. 2017; Broad 2015; GLAA
2020; DePaulo et al. 2003, Bond & DePaulo 2006; Gabbert, Memon & Allan 2003; Samet 1975, Irwin & Mandel 2019.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.worlds.files import write_table

# Kind of outfit → number of people with each part, and number of places and houses.
_SHAPES: dict[str, dict[str, tuple[int, int]]] = {
    "layered": {
        "leader": (1, 2), "controller": (2, 3), "finance": (1, 1), "chief": (1, 2), "agent": (3, 5), "driver": (2, 4),
        "nominee": (2, 3), "enforcer": (1, 2), "places": (4, 6), "houses": (3, 5),
    },
    "studio": {
        "leader": (1, 1), "controller": (1, 2), "finance": (1, 1), "chief": (0, 1), "agent": (2, 3), "driver": (1, 2),
        "nominee": (1, 2), "enforcer": (1, 1), "places": (3, 4), "houses": (2, 2),
    },
    "family": {"boss": (1, 2), "relative": (1, 3), "driver": (0, 1), "places": (1, 2), "houses": (1, 1)},
    "cell": {
        "organiser": (1, 2), "supplier": (1, 1), "guide": (2, 4), "lookout": (1, 2), "places": (0, 0), "houses": (0, 0),
    },
}  # fmt: skip
_OUTFITS = {"layered": 3, "studio": 1, "family": 6, "cell": 2}
_LEADERS = ("leader", "boss", "organiser")
_BROKERS = ("labour broker", "cash broker", "paper broker", "company broker", "house broker")
_HUBS = (*_LEADERS, *_BROKERS, "controller", "finance", "chief", "supplier")
_HELPERS = ("interpreter", "taxi driver", "landlord", "charity worker", "shopkeeper", "teacher", "nurse")
_LAWFUL = dict(zip((*_HELPERS, "agency consultant", "accountant", "bystander"), (6, 9, 8, 7, 6, 3, 3, 8, 5, 46), strict=True))  # fmt: skip
_VISIBILITY: dict[str, tuple[float, float]] = {
    "leader": (1.3, 5), "boss": (4, 3), "organiser": (2, 4), "controller": (2.2, 3.5), "finance": (2, 4), "chief": (1.6, 4),
    "supplier": (1.5, 4), **dict.fromkeys(_BROKERS, (1.5, 4.5)),
}  # fmt: skip
_SECTORS = {
    "layered": ["car wash", "nail bar", "farm", "food packing", "construction", "recycling"],
    "studio": ["brothel", "online studio", "massage parlour"],
    "family": ["car wash", "nail bar", "restaurant", "barber", "farm"],
}
_KINDS = {"online studio": "online", "farm": "site", "construction": "site"}
_CLOSED = {"car wash", "nail bar", "construction", "brothel", "massage parlour", "restaurant", "barber"}
_NICKNAMES = (
    "Uncle;Chief;the Doctor;Lefty;Sunny;Coach;Auntie;the Engineer;Bigman;Silver;the Teacher;Captain;Baker;Red;the Fox;Johnny;Mister;"
    "Grey;Shorty;the Cousin;Smiler;Tiny;Boxer;the Tall One;Madame;Lucky"
)
_ACCUSATIONS = {
    "RECRUITED", "TRANSPORTED", "HOUSED", "COERCED", "CONTROLS", "DIRECTED", "RUNS", "MANAGED", "ORGANISED", "ASSISTED", "PILOTED",
    "ABANDONED", "MEMBER_OF", "SUPPLIED",
}  # fmt: skip
_UNDATED = ("RELATED_TO", "RIVAL_OF", "MEMBER_OF", "LOCATED_AT", "SAME_AS")
_INTERESTS = [
    "asylum claim pending", "promised help with papers", "unpaid wages", "debt to a relative of the agent", "quarrel in the house",
    "afraid for family at home",
]  # fmt: skip
_SYLLABLES = "ka lo mi ra ten vo sha du bel nor ise gra tu lim zo fen ar dol hes yan"
# Days after 1 January 2018: 23 March 2020, 31 December 2020.
_LOCKDOWN, _END = 811, 1095
_PEOPLE = 650
_ACCOUNTS, _REPORTS, _PHONES, _SECOND_ROWS = 60, 95, 34, 10
_COLUMNS = {
    "people": "id name aliases identified category",
    "gangs": "id name",
    "statements": "id kind source_id taken_on source_grade assessment handling status conditions on_record status_on interest interpreter_id summary",
    "links": "subject_id relation object_id statement_id from_date to_date polarity weight amount currency subject_as_said object_as_said assessment",
    "boats": "id kind length_m engine_hp",
    "crossings": "id date launch_site landing_site people_count intercepted_by",
    "workplaces": "id name kind sector address closed_on",
    "things": "id kind value",
}

Key = tuple[str, str, str]
Row = dict[str, Any]


@dataclass(eq=False)
class Outfit:
    """An outfit: people by part, places and houses with their heads, firms and accounts."""

    kind: str
    gang: str
    notice: float
    people: list[str] = field(default_factory=list)
    by_part: dict[str, list[str]] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    houses: list[str] = field(default_factory=list)
    firms: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    head: dict[str, str] = field(default_factory=dict)

    def of(self, *parts: str) -> list[str]:
        """Return people of these parts."""
        return [name for part in parts for name in self.by_part.get(part, [])]


@dataclass(eq=False)
class Person:
    """A person and how well they can be seen."""

    part: str
    outfit: Outfit | None
    visibility: float
    name: str
    nickname: str
    known: str


@dataclass(eq=False)
class Place:
    """A workplace or house."""

    name: str
    kind: str
    sector: str
    address: str
    closes: int | None
    manager: str = ""


@dataclass(frozen=True)
class Crossing:
    """A crossing, the day it happened and the outfit that arranged it."""

    id: str
    day: int
    people: int
    gang: str


@dataclass(eq=False)
class Claim:
    """A claim before it is written; `dated` is its day if it was taken from another claim."""

    subject: str
    relation: str
    object_: str
    polarity: str = "asserts"
    assessment: str = ""
    weight: int = 1
    dated: tuple[int | None] | None = None

    @property
    def key(self) -> Key:
        """Subject, relation and object."""
        return self.subject, self.relation, self.object_


@dataclass(frozen=True)
class Interview:
    """A planned statement."""

    witness: str
    outfit: Outfit
    story: Key | None
    day: int
    thin: bool
    decoy: str | None


class World:
    """One world of the family."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.random = np.random.default_rng([seed, 40417])
        self.false_share = false_share
        # Ids are numbered at random, so that they carry no information.
        self.ids = {
            letter: [f"{letter}{number:04d}" for number in self.random.permutation(9 * _PEOPLE + 999) + 1]
            for letter in "PBXGWTS"
        }
        self.people: dict[str, Person] = {}
        self.facts: dict[Key, tuple[int | None, int | None]] = {}
        self.paper: set[Key] = set()
        # Witness → fact that they could report → how readily they report it.
        self.knows: dict[str, dict[Key, float]] = {}
        self.stays: dict[str, list[tuple[Outfit, str, str]]] = {}
        self.arrived: dict[str, int] = {}
        self.serves: dict[str, list[Outfit]] = {}
        self.second: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.things: dict[str, tuple[str, str]] = {}
        self.boats: list[str] = []
        self.crossings: list[Crossing] = []
        self.gangs: list[Row] = []
        self.outfits: list[Outfit] = []
        self.brokers: list[str] = []
        self.statements: list[Row] = []
        self.links: list[Row] = []
        self.false_statements: list[str] = []
        self._populate()
        crooks = [*(name for outfit in self.outfits for name in outfit.people), *self.brokers]
        known = [name for name in crooks if self.people[name].visibility > 0.1]
        self.second = {name: self._id("P") for name in self._some(known, _SECOND_ROWS)}
        self._witnesses()
        self._reports()
        self._records()

    # -- drawing ---------------------------------------------------------------------------------------------------

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _between(self, least: int, most: int) -> int:
        return int(self.random.integers(least, most + 1))

    def _pick(self, options: Iterable[Any], weights: Sequence[float] | None = None) -> Any:
        pool = list(options)
        chances = None if weights is None else np.array(weights, float) / np.sum(weights)
        return pool[int(self.random.choice(len(pool), p=chances))]

    def _some(self, options: Iterable[Any], size: int) -> list[Any]:
        pool = list(options)
        return [pool[place] for place in self.random.permutation(len(pool))[: max(0, size)]]

    def _id(self, letter: str) -> str:
        return self.ids[letter].pop()

    def _name(self, parts: int = 1) -> str:
        syllables = _SYLLABLES.split()
        return " ".join("".join(self._some(syllables, self._between(2, 3))).capitalize() for _ in range(parts))

    def _unseen(self, *names: str) -> bool:
        return any(name in self.people and self.people[name].visibility == 0 for name in names)

    def _of(self, *parts: str) -> list[str]:
        return [name for name, person in self.people.items() if person.part in parts]

    def _sees(self, name: str) -> float:
        return self.people[name].visibility

    def _date(self, day: float) -> str:
        return (dt.date(2018, 1, 1) + dt.timedelta(int(np.clip(day, 0, _END)))).isoformat()

    def _partial_date(self, day: int) -> str:
        """Return a day as sources remember it: a day, a month or a year."""
        length: int = self._pick([10, 7, 4], [0.4, 0.45, 0.15])
        return self._date(day)[:length]

    def _thing(self, kind: str, value: str) -> str:
        name = self._id("T")
        self.things[name] = (kind, value)
        return name

    def _address(self, street: str) -> str:
        return self._thing("address", f"{self._between(1, 99)} {self._name()} {street}")

    def _account_number(self) -> str:
        return self._thing("account", f"account {self._between(10**7, 10**8 - 1)}")

    def _lawful_people(self) -> list[str]:
        return self._of(*_HELPERS, "lawful employer", "agency consultant", "bystander", "accountant")

    def _fact(self, subject: str, relation: str, object_: str, start: int | None = None, end: int | None = None) -> Key:
        if subject != object_:
            self.facts.setdefault((subject, relation, object_), (start, end))
        return subject, relation, object_

    def _person(self, part: str, outfit: Outfit | None = None) -> str:
        name = self._id("P")
        hidden = part in _HUBS and part != "boss" and self._chance(0.15)
        visibility = 0.0 if hidden else float(self.random.beta(*_VISIBILITY.get(part, (3.5, 3))))
        called, nickname = self._name(2), self._pick(_NICKNAMES.split(";"))
        known = "nickname" if outfit and self._chance(0.25) else "named"
        self.people[name] = Person(part, outfit, visibility, called, nickname, known)
        if outfit is not None:
            outfit.people.append(name)
            outfit.by_part.setdefault(part, []).append(name)
        return name

    def _place(self, sector: str, kind: str = "premises") -> str:
        name = self._id("W")
        closes = _LOCKDOWN + self._between(0, 3) if sector in _CLOSED and self._chance(0.9) else None
        called = f"{self._name()} {sector.title()}"
        address = f"{self._between(1, 200)} {self._name()} Road"
        self.places[name] = Place(called, _KINDS.get(sector, kind), sector, address, closes)
        return name

    # -- outfits and brokers ---------------------------------------------------------------------------------------

    def _outfit(self, kind: str) -> None:
        outfit = Outfit(kind, self._id("G"), float(self.random.lognormal(0, 0.6)))
        self.outfits.append(outfit)
        self.gangs.append({"id": outfit.gang, "name": f"the {self._name()} lot"})
        sizes = {part: self._between(*most) for part, most in _SHAPES[kind].items()}
        for part, number in sizes.items():
            for _ in range(number if part not in ("places", "houses") else 0):
                self._person(part, outfit)
        tops = outfit.of(*_LEADERS)
        middle = outfit.of("controller") or outfit.of("boss", "organiser")
        for top in tops:
            self._fact(top, "RUNS", outfit.gang)
            for subordinate in outfit.of("controller", "finance", "chief"):
                if self._chance(0.8):
                    self._fact(top, "DIRECTED", subordinate)
        self._spots(outfit, sizes, tops, middle)
        self._hands(outfit, tops, middle)
        self._fronts(outfit, tops)
        for name in outfit.people:
            if self.people[name].part != "nominee":
                self._fact(name, "MEMBER_OF", outfit.gang)

    def _spots(self, outfit: Outfit, sizes: dict[str, int], tops: list[str], middle: list[str]) -> None:
        places = [self._place(self._pick(_SECTORS[outfit.kind])) for _ in range(sizes["places"])]
        houses = [self._place("house", "dwelling") for _ in range(sizes["houses"])]
        for spot in places + houses:
            part = "manager" if spot in places else "warden"
            head = self._pick(middle)
            family = outfit.kind == "family"
            manager = self._pick(outfit.of("boss", "relative")) if family else self._person(part, outfit)
            (outfit.places if part == "manager" else outfit.houses).append(spot)
            outfit.head[spot] = head
            self.places[spot].manager = manager
            self._fact(manager, "MANAGED", spot)
            self._fact(head, "DIRECTED", manager)
            if part == "manager":
                self._fact(head, "CONTROLS", spot)
                if self._chance(0.3):
                    self._fact(self._pick(tops), "CONTROLS", spot)

    def _hands(self, outfit: Outfit, tops: list[str], middle: list[str]) -> None:
        for name in outfit.of("driver", "enforcer", "guide", "lookout", "relative"):
            above = self._pick([middle, tops, outfit.of("manager") or middle], [0.6, 0.2, 0.2])
            self._fact(self._pick(above), "DIRECTED", name)
            if self.people[name].part in ("driver", "guide"):
                start, number, end = self._name()[:2].upper(), self._between(10, 69), self._name()[:3].upper()
                self._fact(name, "USED", self._thing("vehicle", f"{start}{number} {end}"))
        for name in outfit.of("agent"):
            self._fact(self._pick(outfit.of("chief") or tops), "DIRECTED", name)
        for name in outfit.of("relative"):
            self._fact(self._pick(tops), "RELATED_TO", name)
        for name in outfit.of("supplier"):
            self._fact(self._pick(tops), "PAID", name)

    def _fronts(self, outfit: Outfit, tops: list[str]) -> None:
        nominees = outfit.of("nominee")
        holders = nominees or outfit.of("relative", "boss")
        money = (outfit.of("finance") or tops)[0]
        for holder in holders[: len(nominees) or int(outfit.kind == "family")]:
            firm = self._thing("organisation", f"{self._name()} Services Ltd")
            account = self._account_number()
            outfit.firms.append(firm)
            outfit.accounts.append(account)
            self._fact(holder, "USED", firm)
            self._fact(money, "USED", account)
            self._fact(firm, "LOCATED_AT", self._address("House"))
            if self.people[holder].part == "nominee":
                self._fact(money, "DIRECTED", holder)
            for name in self._some(outfit.of("manager", "warden", "driver"), 4):
                self._fact(money, "PAID", name)
            if outfit.places and self._chance(0.6):
                # The register names this holder as controller.
                self.paper.add((holder, "CONTROLS", self._pick(outfit.places)))

    def _broker(self, part: str) -> None:
        broker = self._person(part)
        self.brokers.append(broker)
        account = self._account_number()
        self._fact(broker, "USED", account)
        served = [outfit for outfit in self.outfits if outfit.kind != "cell" or part != "house broker"]
        for outfit in self._some(served, self._between(2, 4)):
            tops = outfit.of(*_LEADERS)
            self._fact(broker, "CONTACTED", self._pick(outfit.of("controller") or tops))
            self._fact(self._pick(outfit.of("finance") or tops), "PAID", broker)
            self.serves.setdefault(broker, []).append(outfit)
            if part == "company broker":
                for firm in outfit.firms[:2]:
                    self._fact(broker, "USED", firm)
            elif part == "cash broker":
                for payer in outfit.accounts[:2]:
                    self._fact(payer, "PAID", account)
            elif part == "house broker":
                for house in self._some(outfit.houses, 2):
                    self._fact(broker, "CONTROLS", house)
            elif part == "paper broker":
                series = f"false permit series {self._between(100, 999)}"
                self._fact(broker, "USED", self._thing("document", series))

    def _populate(self) -> None:
        for kind, number in _OUTFITS.items():
            for _ in range(number):
                self._outfit(kind)
        for number in range(7):
            self._broker(_BROKERS[number % 5])
        for part, number in _LAWFUL.items():
            for _ in range(number):
                self._person(part)
        self.lawful = [self._place(self._pick(["farm", "food packing", "parcel depot"])) for _ in range(6)]
        for place in self.lawful:
            manager = self._person("lawful employer")
            self.places[place].manager = manager
            self._fact(manager, "MANAGED", place)
            self._fact(manager, "CONTROLS", place)
        self.placing = [outfit for outfit in self.outfits if outfit.kind != "cell"]
        self._around()
        for outfit in self.outfits:
            for _ in range(self._between(6, 9) if outfit.kind == "cell" else 0):
                self._crossing(outfit)
        while len(self.people) < _PEOPLE:
            self._life(self._person("worker"))

    def _around(self) -> None:
        """Link other people to outfits, and outfits to each other."""
        crooks = [name for outfit in self.outfits for name in outfit.people]
        for name in self._of("bystander"):
            self._fact(name, self._pick(["RELATED_TO", "ASSOCIATES_WITH"]), self._pick(crooks))
        for name in self._of("agency consultant"):
            for contact in self._some(self._of("manager", "lawful employer"), 3):
                self._fact(name, "CONTACTED", contact)
        for name in self._of("accountant"):
            for firm in self._some([firm for outfit in self.outfits for firm in outfit.firms], 2):
                self._fact(name, "USED", firm)
        for name in self._of("landlord"):
            for _ in range(2):
                self._fact(name, "SERVED", self._pick(self._of("warden", "relative")))
        for outfit in [outfit for outfit in self.placing if outfit.of("leader") and self._chance(0.7)]:
            payer = self._pick(outfit.of("chief") or outfit.of("leader"))
            self._fact(payer, "PAID", self._pick(self._of("organiser")))
        for outfit in self.placing:
            if self._chance(0.3):
                rival = self._pick([candidate for candidate in self.placing if candidate is not outfit])
                self._fact(outfit.gang, "RIVAL_OF", rival.gang)

    def _crossing(self, outfit: Outfit) -> None:
        crossing, boat, day = self._id("X"), self._id("B"), self._between(200, _END - 20)
        pilot = self._person("pilot")
        self.crossings.append(Crossing(crossing, day, self._between(9, 24), outfit.gang))
        self.boats.append(boat)
        self._fact(boat, "USED_ON", crossing, day)
        self._fact(pilot, "PILOTED", crossing, day)
        self._fact(pilot, "CROSSED_ON", crossing, day)
        self._fact(self._pick(outfit.of("organiser")), "ORGANISED", crossing, day)
        self._fact(self._pick(outfit.of("supplier")), "SUPPLIED", boat, day)
        for name in self._some(outfit.of("guide", "lookout"), 2):
            self._fact(name, "ASSISTED", crossing, day)

    # -- the life of a worker --------------------------------------------------------------------------------------

    def _learn(self, worker: str, key: Key, readily: float) -> None:
        """Add a fact to what a worker knows, unless it names an invisible person."""
        if key in self.facts and not self._unseen(key[0], key[2]):
            known = self.knows[worker]
            known[key] = max(readily, known.get(key, 0))

    def _life(self, worker: str) -> None:
        self.knows[worker] = {}
        outfit: Outfit = self._pick(self.placing, [len(candidate.places) for candidate in self.placing])
        day = self._arrive(worker, outfit, self._between(0, 900))
        self.stays[worker], self.arrived[worker] = [], day
        for nominee in outfit.of("nominee"):
            if self._chance(0.4):
                # The payslip names the nominee.
                self._learn(worker, self._fact(nominee, "PAID", worker, day), 0.3)
        for _ in range(self._between(1, 3)):
            if day > _END - 30:
                break
            place, day = self._stay(worker, outfit, day)
            if self.places[place].closes == day:
                if self._chance(0.35):
                    abandoned = self._fact(self.places[place].manager, "ABANDONED", worker, day)
                    self._learn(worker, abandoned, 0.7)
                    break
                if self._chance(0.3):
                    outfit = self._passed_on(worker, outfit, day)
        for helper in self._some(self._of(*_HELPERS), self._between(0, 3)):
            self._learn(worker, self._fact(helper, "SERVED", worker), 0.35)

    def _arrive(self, worker: str, outfit: Outfit, day: int) -> int:
        recruiter = self._pick(outfit.of("agent") or outfit.of("relative") + self._of("labour broker"))
        self._learn(worker, self._fact(recruiter, "RECRUITED", worker, day), 0.8)
        lenders = [*outfit.of("finance"), outfit.head[outfit.places[0]]]
        lender = recruiter if self._chance(0.6) else self._pick(lenders)
        self._learn(worker, self._fact(worker, "OWES", lender, day), 0.6)
        for chief in outfit.of("chief"):
            self._learn(worker, (chief, "DIRECTED", recruiter), 0.7 * self._sees(chief))
            self._learn(worker, (chief, "MEMBER_OF", outfit.gang), 0.25 * self._sees(chief))
        if self._chance(0.27):
            crossing = self._pick([crossing for crossing in self.crossings if crossing.day < 1000])
            self._learn(worker, self._fact(worker, "CROSSED_ON", crossing.id, crossing.day), 0.9)
            day = max(day, crossing.day)
            part = ("PILOTED", "ASSISTED", "ORGANISED")
            for key in [key for key in self.facts if key[2] == crossing.id and key[1] in part]:
                readily = {"PILOTED": 0.65, "ASSISTED": 0.45}.get(key[1], 0.8 * self._sees(key[0]))
                self._learn(worker, key, readily)
        elif outfit.of("driver"):
            self._learn(worker, self._fact(self._pick(outfit.of("driver")), "TRANSPORTED", worker, day), 0.65)
        return day

    def _stay(self, worker: str, outfit: Outfit, day: int) -> tuple[str, int]:
        """Place a worker in one workplace; return the place and the day the stay ended."""
        open_places = [place for place in outfit.places if (self.places[place].closes or _END + 1) > day]
        lawful = self._chance(0.12) or not open_places
        place: str = self._pick(self.lawful if lawful else open_places)
        house = self._pick(outfit.houses)
        until = min(day + self._between(60, 420), _END, self.places[place].closes or _END)
        boss = outfit.head.get(place, outfit.head[outfit.places[0]])
        manager, warden = self.places[place].manager, self.places[house].manager
        self._learn(worker, self._fact(worker, "WORKED_AT", place, day, until), 0.95)
        self._learn(worker, self._fact(worker, "LIVED_AT", house, day, until), 0.85)
        self._learn(worker, self._fact(warden, "HOUSED", worker, day), 0.7)
        self._learn(worker, (manager, "MANAGED", place), 0.7)
        self.stays[worker].append((outfit, place, house))
        orders = self._pick([manager, warden, None], [0.5, 0.15, 0.35])
        harsh = [warden if place in self.lawful else manager, warden, *outfit.of("enforcer")]
        bully = self._pick(harsh + ([boss] if self._chance(0.4) else []))
        if self._chance(0.75):
            self._learn(worker, self._fact(bully, "COERCED", worker, day), 0.75)
        if orders:
            self._learn(worker, self._fact(orders, "DIRECTED", worker, day), 0.5)
        self._learn(worker, (boss, "CONTROLS", place), 0.85 * self._sees(boss))
        self._learn(worker, (boss, "DIRECTED", manager), 0.7 * self._sees(boss))
        self._meet(worker, outfit, day)
        return place, until

    def _meet(self, worker: str, outfit: Outfit, day: int) -> None:
        for top in outfit.of("leader", "boss"):
            self._learn(worker, (top, "RUNS", outfit.gang), 0.55 * self._sees(top))
        for name in outfit.of("finance"):
            if self._chance(0.5):
                # A finance person goes to the bank with the worker.
                self._learn(worker, self._fact(name, "CONTACTED", worker, day), 1.1 * self._sees(name))
        for name in outfit.of("driver")[:2]:
            if self._chance(0.4):
                self._learn(worker, self._fact(name, "TRANSPORTED", worker, day), 0.5)

    def _passed_on(self, worker: str, outfit: Outfit, day: int) -> Outfit:
        """Pass a worker on to another outfit through a labour broker."""
        broker = self._pick(self._of("labour broker"))
        served = [candidate for candidate in self.serves[broker] if candidate.kind != "cell"]
        following: Outfit = self._pick(served or [outfit])
        self._learn(worker, self._fact(broker, "TRANSPORTED", worker, day), 1.1 * self._sees(broker))
        return following

    # -- statements ------------------------------------------------------------------------------------------------

    def _statement(
        self,
        kind: str,
        claims: Iterable[Claim],
        day: int,
        *,
        is_false: bool = False,
        source: str = "",
        summary: str = "",
    ) -> None:
        name, witness = self._id("S"), kind == "witness"
        grade, assessment = "1", "A"
        if kind != "record":
            grade = self._pick("123", [0.13, 0.66, 0.21] if is_false else [0.20, 0.65, 0.15])
            letters = [0.29, 0.15, 0.28, 0.21, 0.07] if is_false else [0.34, 0.19, 0.26, 0.17, 0.04]
            assessment = self._pick("ABCDE", letters)
        handling = self._pick("PC", [0.9, 0.1] if kind == "record" else [0.45, 0.55])
        status = "given"
        if witness:
            statuses = ["given", "withdrawn", "retracted_as_false"]
            status = self._pick(statuses, [0.85, 0.10, 0.05] if is_false else [0.925, 0.06, 0.015])
        row = {
            "id": name,
            "kind": kind,
            "source_id": source,
            "taken_on": self._date(day),
            "source_grade": grade,
            "assessment": assessment,
            "handling": handling,
            "status": status,
            "conditions": "ask the originator before further use" if handling == "C" else "",
            "on_record": "yes" if kind == "record" or (witness and self._chance(0.6)) else "no",
            "status_on": self._date(day + 40) if status != "given" else "",
            "interest": self._pick(_INTERESTS) if witness and self._chance(0.6 if is_false else 0.5) else "",
            "interpreter_id": self._pick(self._of("interpreter")) if witness and self._chance(0.7) else "",
            "summary": summary or "What the witness lived through, as told.",
        }
        self.statements.append(row)
        seen: set[Key] = set()
        for claim in claims:
            if claim.subject != claim.object_ and claim.key not in seen:
                seen.add(claim.key)
                self._link(claim, name, kind, day)
        if is_false:
            self.false_statements.append(name)

    def _link(self, claim: Claim, statement: str, kind: str, day: int) -> None:
        start, end = (claim.dated[0], None) if claim.dated else self.facts.get(claim.key) or (None, None)
        if start is None and claim.relation not in _UNDATED and self._chance(0.4):
            start = self._between(300, max(301, day))
        money = claim.relation in ("PAID", "OWES")
        row = {
            "subject_id": self._row_of(claim.subject, claim.relation, kind),
            "relation": claim.relation,
            "object_id": self._row_of(claim.object_, claim.relation, kind),
            "statement_id": statement,
            "from_date": self._partial_date(start) if start is not None and start <= day else "",
            "to_date": self._partial_date(end) if end is not None and end <= day else "",
            "polarity": claim.polarity,
            "weight": claim.weight,
            "amount": self._between(2, 90) * 100 if money else "",
            "currency": "GBP" if money else "",
            "subject_as_said": self._name_as_said(claim.subject, kind),
            "object_as_said": self._name_as_said(claim.object_, kind),
            "assessment": claim.assessment,
            "truth": claim.key in self.facts,
        }
        self.links.append(row)

    def _row_of(self, name: str, relation: str, kind: str) -> str:
        """Return the id under which a source knows a person."""
        if name in self.second and kind != "record" and relation != "SAME_AS" and self._chance(0.55):
            return self.second[name]
        return name

    def _name_as_said(self, name: str, kind: str) -> str:
        person = self.people.get(name)
        if kind != "record" and person and person.part != "worker" and self._chance(0.55):
            return person.nickname
        return ""

    def _lookalike(self, name: str, *, far: bool = False) -> str:
        """Choose a person who could be mistaken for another."""
        outfit = self.people[name].outfit
        near = [
            candidate
            for candidate in (outfit.people if outfit else [])
            if candidate != name and self._sees(candidate) > 0
        ]
        if near and not far and self._chance(0.6):
            return str(self._pick(near))
        anybody = [
            candidate
            for candidate, person in self.people.items()
            if person.part != "worker" and candidate != name and (person.visibility > 0 or person.part not in _HUBS)
        ]
        return str(self._pick(anybody))

    def _target(self, motive: str, outfit: Outfit) -> str:
        """Choose the person whom a liar accuses."""
        outsiders = [
            name for rival_outfit in self.placing if rival_outfit is not outfit for name in rival_outfit.people
        ]
        rivals = [name for name in outsiders if self._sees(name) > 0.15]
        rivals += self._of("agency consultant", "lawful employer")
        parts = ("nominee", "driver", "agent", "warden")
        own = [name for name in outfit.people if self.people[name].part in parts]
        lawful = self._lawful_people()
        pools = {
            "rivalry": rivals,
            "fear": (own + self._of("pilot")) * 2 + lawful,
            "own case": lawful + own * 2,
            "coaching": own * 3 + lawful + rivals,
        }
        return str(self._pick(pools[motive]))

    # -- witness statements ----------------------------------------------------------------------------------------

    def _day_of(self, claim: Claim) -> int | None:
        return (self.facts.get(claim.key) or (None, None))[0]

    def _account(self, interview: Interview, motive: str) -> list[Claim]:
        witness, outfit, day = interview.witness, interview.outfit, interview.day
        talk = self.random.beta(5, 2) * (0.65 if interview.thin else 1)
        known = {key: readily for key, readily in self.knows[witness].items() if (self.facts[key][0] or 0) <= day}
        claims = self._recall(known, talk)
        for claim in claims:
            accuses = claim.relation in _ACCUSATIONS and claim.subject in self.people
            if claim.subject != witness and accuses and self._chance(0.05):
                claim.dated = (self._day_of(claim),)
                claim.subject = self._lookalike(claim.subject)
        if interview.story and self._chance(0.45):
            claims.append(Claim(*interview.story, assessment="C"))
        worked = [key[2] for key in known if key[1] == "WORKED_AT" and key[0] == witness]
        place = (worked or outfit.places or self.lawful)[-1]
        if self._chance(0.3):
            claims = self._deny(claims, known, place)
        if motive:
            target = (interview.decoy if motive == "coaching" else None) or self._target(motive, outfit)
            claims = self._turn_round(claims, witness, target, place, motive)
        return self._some(claims, len(claims))

    def _recall(self, known: dict[Key, float], talk: float) -> list[Claim]:
        uncertain = ("CONTROLS", "DIRECTED", "RUNS", "ORGANISED")
        claims = [
            Claim(*key, assessment="C" if key[1] in uncertain and self._chance(0.4) else "")
            for key, readily in known.items()
            if self._chance(min(1, readily * talk + 0.05 * (readily > 0.3)))
        ]
        recalled = {claim.key for claim in claims}
        left = [key for key, readily in known.items() if readily > 0 and key not in recalled]
        claims += [Claim(*key) for key in self._some(left, 3 - len(claims))]
        return self._some(claims, 14)

    def _deny(self, claims: list[Claim], known: dict[Key, float], place: str) -> list[Claim]:
        """Add a denial: of a wrong claim, or out of loyalty of a true one."""
        harsh = [key for key in known if key[1] in ("COERCED", "CONTROLS", "DIRECTED", "ABANDONED")]
        if harsh and self._chance(0.35):
            denied: Key = self._pick(harsh)
        else:
            wrong_person = self._lookalike(self.places[place].manager, far=True)
            denied = (wrong_person, self._pick(["CONTROLS", "MANAGED"]), place)
        return [claim for claim in claims if claim.key != denied] + [Claim(*denied, polarity="denies")]

    def _turn_round(self, claims: list[Claim], witness: str, target: str, place: str, motive: str) -> list[Claim]:
        """Change some accusations so that they name the target."""
        accusing = [
            claim
            for claim in claims
            if claim.relation in _ACCUSATIONS
            and claim.subject in self.people
            and claim.subject != witness
            and claim.polarity == "asserts"
        ]
        number = max(2, round(len(accusing) * self.random.uniform(0.35, 0.65)))
        for turn, claim in enumerate(self._some(accusing, number)):
            feared = claim.relation in ("COERCED", "CONTROLS", "DIRECTED", "RUNS", "HOUSED")
            if motive == "fear" and turn == 0 and feared:
                claim.polarity = "denies"
                continue
            claim.dated = claim.dated or (self._day_of(claim),)
            if claim.relation in ("PILOTED", "MANAGED", "RUNS") and self._chance(0.4):
                harms = [("CONTROLS", place), ("COERCED", witness), ("HOUSED", witness)]
                claim.relation, claim.object_ = self._pick(harms)
            if (target, claim.relation, claim.object_) not in self.facts and target != claim.object_:
                claim.subject = target
        if sum(claim.subject == target for claim in claims) < 2:
            claims = self._one_more(claims, witness, target, place)
        return claims

    def _one_more(self, claims: list[Claim], witness: str, target: str, place: str) -> list[Claim]:
        """Add one more accusation of the target, of a usual kind."""
        parts = [
            ("COERCED", witness),
            ("HOUSED", witness),
            ("TRANSPORTED", witness),
            ("CONTROLS", place),
            ("DIRECTED", self.places[place].manager),
        ]
        key: Key = (target, *self._pick(parts, [0.3, 0.25, 0.15, 0.15, 0.15]))
        if key in self.facts:
            return claims
        dated = self._pick([self._day_of(claim) for claim in claims])
        return (claims[:-1] if len(claims) > 4 else claims) + [Claim(*key, dated=(dated,))]

    # -- choice of witnesses ---------------------------------------------------------------------------------------

    def _witnesses(self) -> None:
        floor = np.quantile([outfit.notice for outfit in self.placing], 0.25)
        self.raided = [outfit for outfit in self.placing if outfit.notice > floor]
        insiders = self._some(self._of("driver", "manager", "warden", "relative", "agent"), _ACCOUNTS // 10)
        interviews = self._interviews(self._groups(_ACCOUNTS - len(insiders)))
        interviews += [self._insider(name) for name in insiders]
        motives = self._motives(interviews)
        for place, interview in enumerate(interviews):
            motive = motives.get(place, "")
            claims = self._account(interview, motive)
            self._statement("witness", claims, interview.day, is_false=bool(motive), source=interview.witness)
        self.witnesses = sorted({interview.witness for interview in interviews})

    def _groups(self, most: int) -> list[tuple[Outfit, list[str], Key | None, int]]:
        """Choose the workers who give statements: several after a raid, others alone."""
        groups: list[tuple[Outfit, list[str], Key | None, int]] = []
        chosen: set[str] = set()
        while len(chosen) < 0.68 * _ACCOUNTS:
            outfit: Outfit = self._pick(self.raided, [outfit.notice for outfit in self.raided])
            spot, day = self._pick(outfit.places + outfit.houses), self._between(500, _END - 60)
            workers = [
                worker
                for worker, stays in self.stays.items()
                if worker not in chosen
                and self.arrived[worker] < day - 60
                and any(spot in (place, house) for _, place, house in stays)
            ]
            group = self._some(workers, self._between(3, 7))
            chosen |= set(group)
            story = self._shared_story(outfit, spot)
            if group:
                groups.append((outfit, group, story, day))
        alone = [worker for worker, stays in self.stays.items() if worker not in chosen and stays]
        for worker in self._some(alone, most - len(chosen)):
            day = self._between(self.arrived[worker] + 30, _END - 30)
            groups.append((self.stays[worker][0][0], [worker], None, day))
        return groups

    def _shared_story(self, outfit: Outfit, spot: str) -> Key | None:
        """Draw the story about the real boss that housemates share; None for no story."""
        parts = ("nominee", "manager", "driver", "relative")
        right = [name for name in outfit.people if self.people[name].part in _HUBS and self._sees(name) > 0]
        wrong = [name for name in outfit.people if self.people[name].part in parts]
        named = right if self._chance(0.6) else wrong + self._of("landlord")
        if not named or not self._chance(0.6):
            return None
        boss = self._pick(named)
        manager = self.places[spot].manager
        return (boss, *self._pick([("DIRECTED", manager), ("RUNS", outfit.gang), ("CONTROLS", spot)]))

    def _interviews(self, groups: Iterable[tuple[Outfit, list[str], Key | None, int]]) -> list[Interview]:
        interviews = []
        for outfit, group, story, day in groups:
            decoy = self._target("coaching", outfit) if len(group) > 2 else None
            for worker in group:
                twice = self._chance(0.25)
                first = day + self._between(0, 20)
                interviews.append(Interview(worker, outfit, story, first, twice, decoy))
                if twice:
                    second = min(day + self._between(90, 300), _END)
                    interviews.append(Interview(worker, outfit, story, second, False, decoy))
        return interviews

    def _insider(self, name: str) -> Interview:
        outfit = self.people[name].outfit
        assert outfit is not None
        mine = [
            key
            for key in self.facts
            if name in key or (key[0] in outfit.people and key[2] in outfit.people and self._chance(0.15))
        ]
        known = self._some([key for key in mine if key[0] in self.people and key[1] != "MEMBER_OF"], 18)
        self.knows[name] = {key: self._readily(key) for key in known}
        return Interview(name, outfit, None, self._between(600, _END), False, None)

    def _readily(self, key: Key) -> float:
        if self._unseen(key[0], key[2]):
            return 0
        return (0.55 if key[2] in self.stays else 0.9) * (0.35 + self._sees(key[0]))

    def _motives(self, interviews: Sequence[Interview]) -> dict[int, str]:
        """Choose which statements are false: position → motive."""
        number = round(self.false_share * len(interviews))
        order = [int(place) for place in self.random.permutation(len(interviews))]
        decoys = dict.fromkeys(interview.decoy for interview in interviews if interview.decoy)
        motives: dict[int, str] = {}
        for decoy in self._some(decoys, len(interviews)):
            # Up to four statements from one house are coached.
            most = min(4, number - len(motives)) if len(motives) < 0.22 * number else 0
            for place in [place for place in order if interviews[place].decoy == decoy][:most]:
                motives[place] = "coaching"
        for place in order:
            if len(motives) < number and place not in motives:
                motives[place] = self._pick(["rivalry", "fear", "own case"], [0.25, 0.4, 0.35])
        return motives

    # -- reports ---------------------------------------------------------------------------------------------------

    def _reports(self) -> None:
        relations = _ACCUSATIONS - {"RECRUITED", "TRANSPORTED", "HOUSED", "COERCED", "ABANDONED", "PILOTED"}
        relations |= {"CONTACTED", "PAID", "USED", "ASSOCIATES_WITH", "RELATED_TO"}
        pool = [key for key in self.facts if key[1] in relations and key[0] in self.people and key[2] not in self.stays]
        weights = np.array(
            [self._sees(subject) * self._notice(subject) * self._object_weight(object_) for subject, _, object_ in pool]
        )
        for _ in range(_REPORTS):
            self._report(pool, weights)
        for key in [key for key in self.facts if key[1] == "RIVAL_OF"]:
            day = self._between(300, _END)
            self._statement("intelligence", [Claim(*key)], day, summary="On a quarrel between outfits.")
        self._identities()

    def _notice(self, name: str) -> float:
        outfit = self.people[name].outfit
        return outfit.notice if outfit else 0.6

    def _object_weight(self, name: str) -> float:
        if name not in self.people:
            return 1
        visibility = self._sees(name)
        return visibility and 0.25 + 0.75 * visibility

    def _report(self, pool: Sequence[Key], weights: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        first = int(self.random.choice(len(pool), p=weights / weights.sum()))
        lead = pool[first][0]
        about = [place for place, key in enumerate(pool) if lead in (key[0], key[2]) and weights[place] > 0]
        keys = [pool[place] for place in dict.fromkeys([first, *self._some(about, self._between(0, 3))])]
        wrong = self._chance(0.25)
        day = self._between(max([300, *(self.facts[key][0] or 0 for key in keys)]), _END - 1)
        if wrong and self._chance(0.5):
            keys = self._tip(lead, len(keys))
        elif wrong:
            lookalike = self._lookalike(lead)
            keys = [(lookalike if s == lead else s, relation, lookalike if o == lead else o) for s, relation, o in keys]
        for again in range(1 + self._chance(0.2)):
            summary = "Report from a partner agency." if again else "Sanitised report."
            claims = [Claim(*key) for key in keys[again:] or keys]
            self._statement("intelligence", claims, min(day + 30 * again, _END), is_false=wrong, summary=summary)

    def _tip(self, lead: str, number: int) -> list[Key]:
        """Make a malicious tip about a lawful person."""
        spots = [spot for outfit in self.placing for spot in outfit.places + outfit.houses]
        target, aides = self._pick(self._lawful_people()), self._of("manager", "driver", "warden")
        keys: list[Key] = []
        for _ in range(number):
            parts = [("CONTROLS", self._pick(spots)), ("DIRECTED", self._pick(aides)), ("ASSOCIATES_WITH", lead)]
            keys.append((target, *self._pick(parts)))
        return keys

    def _identities(self) -> None:
        """Report that two ids are the same person: true and false claims, and denials."""
        reported = []
        for name, alias in self.second.items():
            self._fact(alias, "SAME_AS", name)
            if self._chance(0.7):
                reported.append((name, alias))
        for name, alias in reported:
            same = name if self._chance(0.75) else self._lookalike(name)
            polarity = self._pick(["asserts", "denies"], [0.85, 0.15])
            claim = Claim(alias, "SAME_AS", same, polarity=polarity)
            self._statement("intelligence", [claim], self._between(600, _END), summary="On a nickname.")

    # -- records: they name the people who sign, drive, steer and answer the door ------------------------------------

    def _record(self, claims: Sequence[Claim], summary: str, polarity: str = "asserts", day: int | None = None) -> None:
        """Write a record; it is true except for controllers on paper and straw buyers."""
        for claim in claims:
            claim.polarity = polarity
            if claim.relation not in ("CONTROLS", "SUPPLIED"):
                self._fact(*claim.key)
        if not day:
            last = max([300, *((self.facts.get(claim.key) or (0,))[0] or 0 for claim in claims)])
            day = self._between(min(_END - 1, last), _END)
        if claims:
            self._statement("record", claims, day, summary=summary)

    def _facts_of(self, *relations: str) -> list[Key]:
        return [key for key in self.facts if key[1] in relations]

    def _records(self) -> None:
        self.hidden = [name for name in self.people if self._unseen(name)]
        for outfit in self.outfits:
            self._companies(outfit)
        for key in sorted(self.paper):
            self._record([Claim(*key)], "Register of persons with significant control, as filed.")
        self._visits()
        for crossing in self.crossings:
            if self._chance(0.75):
                self._arrival_log(crossing)
        self._purchases()
        self._everyday()
        self._phone_records()
        seen = [name for name in self.phone if self._sees(name) > 0.3 and self.people[name].outfit]
        lawful_people = self._of("landlord", "lawful employer", "nominee")
        for name in self._some(seen, 14) + self._some(lawful_people, 5):
            own = self.people[name].outfit
            place = self._pick((own.places if own else []) or self.lawful)
            self._record([Claim(name, "CONTROLS", place)], "Interview under caution: denies.", "denies")
        self._faint_traces()

    def _companies(self, outfit: Outfit) -> None:
        for firm in outfit.firms:
            keys = [
                key
                for key in self._facts_of("USED", "LOCATED_AT")
                if firm in (key[0], key[2]) and (key[0] not in self.brokers or self._chance(0.5))
            ]
            self._record([Claim(*key) for key in keys], "Company register: officers and office.")
        for account in outfit.accounts:
            # Accounts opened in the workers' names feed the outfit's own account.
            workers = [name for name, stays in self.stays.items() if any(stay[0] is outfit for stay in stays)]
            opened = [(name, self._account_number()) for name in self._some(workers, self._between(3, 8))]
            claims = [Claim(name, "USED", number) for name, number in opened]
            claims += [Claim(number, "PAID", account, weight=self._between(2, 30)) for _, number in opened]
            self._record(claims, "Bank disclosure: accounts opened together.")

    def _visits(self) -> None:
        """Record visits by the labour inspectorate, and payrolls."""
        visited = [spot for outfit in self.raided for spot in self._some(outfit.places + outfit.houses, 4)]
        for spot in visited:
            day = self._between(400, _END)
            presences = [
                key
                for key, (start, end) in self.facts.items()
                if key[2] == spot and key[1] in ("WORKED_AT", "LIVED_AT") and start is not None and end is not None
                if start <= day <= end
            ]
            claims = [Claim(*key) for key in self._some(presences, 9)]
            if self._chance(0.8):
                claims.append(Claim(self.places[spot].manager, "MANAGED", spot))
            self._record(claims, "Visit: people found on the premises.", day=day)
        places = [place for outfit in self.placing for place in outfit.places]
        for spot in self.lawful + self._some(places, len(self.places) // 4):
            worked = [key for key in self._facts_of("WORKED_AT") if key[2] == spot]
            self._record([Claim(*key) for key in self._some(worked, 14)], "Payroll return.")

    def _arrival_log(self, crossing: Crossing) -> None:
        keys = [
            key
            for key in self._facts_of("CROSSED_ON", "PILOTED", "USED_ON")
            if key[2] == crossing.id and (key[1] != "CROSSED_ON" or self._chance(0.6))
        ]
        self._record([Claim(*key) for key in keys], "Coastguard and arrival log.")

    def _purchases(self) -> None:
        for supplier, relation, boat in self._some(self._facts_of("SUPPLIED"), 9):
            # Usually a straw buyer signs instead of the supplier.
            named = self._chance(0.3) and supplier not in self.hidden
            buyer = supplier if named else self._pick(self._of("bystander", "guide", "lookout"))
            self._record([Claim(buyer, relation, boat)], "Seller's invoice for an engine and hull.")
        vehicles = [key for key in self._facts_of("USED") if self.things[key[2]][0] == "vehicle"]
        for key in self._some(vehicles, 14):
            claims = [Claim(*key)]
            for place in self._some(self.places, 2):
                address = self._thing("address", self.places[place].address)
                claims.append(Claim(key[2], "LOCATED_AT", address))
            self._record(claims, "Number plate readings.")

    def _everyday(self) -> None:
        for shopkeeper in self._of("shopkeeper"):
            recruited = self._some(self._facts_of("RECRUITED"), 4)
            claims = [Claim(worker, "PAID", agent, weight=self._between(1, 6)) for agent, _, worker in recruited]
            customers = self._some(self._facts_of("RECRUITED"), 3)
            claims += [Claim(shopkeeper, "SERVED", key[2]) for key in customers]
            self._record(claims, "Money transfer ledger of a shop.")
        for helper in self._of("landlord", "charity worker", "interpreter", "taxi driver"):
            served = self._some([key for key in self._facts_of("SERVED") if key[0] == helper], 5)
            self._record([Claim(*key) for key in served], "Invoices and attendance lists.")

    def _phone_records(self) -> None:
        """Record calls: seized phones belong to visible people, and hubs' numbers are attributed less often."""
        self.phone = {
            name: self._thing("phone", f"07{self._between(10**8, 10**9 - 1)}")
            for name, person in self.people.items()
            if person.part != "worker"
        }
        self.ties: dict[str, list[str]] = {name: [] for name in self.phone}
        relations = ("DIRECTED", "CONTACTED", "PAID", "RELATED_TO", "ASSOCIATES_WITH", "SERVED")
        for subject, relation, object_ in self.facts:
            if subject in self.phone and object_ in self.phone and relation in relations:
                self.ties[subject].append(object_)
                self.ties[object_].append(subject)
        parts = ("driver", "manager", "warden", "agent", "guide", "pilot", "relative", "nominee")
        owners = self._of(*parts)
        ordinary = self._of(*_HELPERS, "bystander", "agency consultant")
        hubs = [name for name in self._of("controller", "boss", "organiser", "finance") if name not in self.hidden]
        attributed: set[str] = set()
        for name in self._some(owners, _PHONES) + self._some(hubs, 3):
            self._download(name, owners, ordinary, attributed)

    def _download(self, name: str, owners: list[str], ordinary: list[str], attributed: set[str]) -> None:
        outfit = self.people[name].outfit
        mates = [owner for owner in owners if self.people[owner].outfit is outfit and owner != name]
        attributed.add(name)
        called = self.ties[name] + self._some(ordinary, self._between(1, 6)) + self._some(mates, self._between(0, 3))
        called = list(dict.fromkeys(called))
        phone = self.phone[name]
        claims = [Claim(name, "USED", phone)]
        for owner in called:
            calls = self._between(1, 120 if owner in self.ties[name] else 50)
            claims.append(Claim(phone, "CONTACTED", self.phone[owner], weight=calls))
        self._record(claims, "Download of a seized phone.")
        for owner in called:
            person = self.people[owner]
            chance = 0.15 + 0.5 * person.visibility if person.part in _HUBS else 0.55
            if owner not in attributed and self._chance(0.7 if owner in ordinary else chance):
                attributed.add(owner)
                self._record([Claim(owner, "USED", self.phone[owner])], "Subscriber check.")

    def _faint_traces(self) -> None:
        """Record a faint trace of some hubs and innocent people alike, and of everyone who would be in no link."""
        linked = {row[end] for row in self.links for end in ("subject_id", "object_id")}
        parts = ("bystander", "accountant", "landlord", "nominee", "taxi driver")
        faint = self.hidden + self._some(self._of(*parts), 2 * len(self.hidden))
        firms = [firm for outfit in self.outfits for firm in outfit.firms]
        summaries = {"USED": "Former officers of a company.", "CONTACTED": "Itemised bill."}
        for name in sorted({*faint, *(owner for owner in self.phone if owner not in linked)}):
            keys = [
                (name, "USED", self._pick(firms)),
                (name, "CONTACTED", self._pick(self.ties[name] or self._of("manager"))),
                (name, "LOCATED_AT", self._address("Court")),
            ]
            key = self._pick(keys)
            self._record([Claim(*key)], summaries.get(key[1], "Electoral roll and parcels."))

    # -- the files -------------------------------------------------------------------------------------------------

    @property
    def operations(self) -> dict[str, list[str]]:
        """Return crossing → the people who arranged it."""
        return {crossing.id: [crossing.gang] for crossing in self.crossings}

    def write(self, folder: Path) -> None:
        """Write the world as a case folder."""
        folder.mkdir(parents=True, exist_ok=True)
        ids = {row[end] for row in self.links for end in ("subject_id", "object_id")}
        self.second = {name: alias for name, alias in self.second.items() if alias in ids}
        tables = {
            "people": self._people_rows(),
            "gangs": self.gangs,
            "statements": self.statements,
            "links": self.links,
            "boats": [self._boat_row(boat) for boat in self.boats],
            "crossings": [self._crossing_row(crossing) for crossing in self.crossings],
            "workplaces": [self._place_row(name, place) for name, place in self.places.items()],
            "things": [
                {"id": name, "kind": kind, "value": value} for name, (kind, value) in self.things.items() if name in ids
            ],
        }
        for table, rows in tables.items():
            ordered = sorted(rows, key=lambda row: str(row.get("id") or row["statement_id"]))
            write_table(folder, table, _COLUMNS[table].split(), ordered)
        (folder / "truth.json").write_text(json.dumps(self._truth(), indent=1))

    def _people_rows(self) -> list[Row]:
        accused = {
            row["subject_id"] for row in self.links if row["relation"] in _ACCUSATIONS and row["polarity"] == "asserts"
        }
        rows: list[Row] = []
        for name, person in self.people.items():
            categories = self._categories(name, person, accused=name in accused)
            worker = person.part == "worker"
            row = {"id": name, "name": person.nickname if person.known == "nickname" else person.name}
            row["aliases"] = person.nickname if not worker and self._chance(0.5) else ""
            rows.append(row | {"identified": person.known, "category": ";".join(categories)})
        for name, alias in self.second.items():
            row = {"id": alias, "name": self.people[name].nickname, "aliases": ""}
            rows.append(row | {"identified": "nickname", "category": ""})
        return rows

    def _categories(self, name: str, person: Person, *, accused: bool) -> list[str]:
        part = person.part
        chance = 0.04
        if accused:
            crook = person.outfit or name in self.brokers or part == "pilot"
            chance = 0.2 + 0.5 * person.visibility if crook else 0.12
        suspect = part != "worker" and (name in self.witnesses or self._chance(chance))
        convicted = part in ("driver", "pilot", "warden") and self._chance(0.15)
        victim = self._chance({"worker": 0.6, "warden": 0.4}.get(part, 0))
        witness = part == "worker" and name in self.witnesses
        categories = {"suspect": suspect, "convicted": convicted, "victim": victim, "witness": witness}
        return [category for category, applies in categories.items() if applies]

    def _boat_row(self, boat: str) -> Row:
        kind, length = self._pick(["inflatable", "rigid inflatable"]), self._between(5, 9)
        return {"id": boat, "kind": kind, "length_m": length, "engine_hp": self._pick([30, 40, 60])}

    def _crossing_row(self, crossing: Crossing) -> Row:
        return {
            "id": crossing.id,
            "date": self._date(crossing.day),
            "launch_site": self._pick(["north beach", "the dunes", "canal mouth"]),
            "landing_site": self._pick(["shingle cove", "harbour", "at sea"]),
            "people_count": crossing.people,
            "intercepted_by": self._pick(["", "coastguard", "border force"]),
        }

    def _place_row(self, name: str, place: Place) -> Row:
        closed = self._date(place.closes) if place.closes else ""
        row = {"id": name, "name": place.name, "kind": place.kind, "sector": place.sector}
        return row | {"address": place.address, "closed_on": closed}

    def _truth(self) -> Row:
        false = {
            (row["subject_id"], row["relation"], row["object_id"])
            for row in self.links
            if row["polarity"] == "asserts" and not row["truth"]
        }

        def both(*parts: str) -> list[str]:
            names = self._of(*parts)
            return sorted(names + [self.second[name] for name in names if name in self.second])

        return {
            "hubs": both(*_HUBS),
            "leaders": both(*_LEADERS),
            "brokers": both(*_BROKERS),
            "helpers": sorted(self._of(*_HELPERS)),
            "candidates": both(*({person.part for person in self.people.values()} - {"worker"})),
            "witnesses": self.witnesses,
            "false_statements": sorted(self.false_statements),
            "false_links": sorted(map(list, false)),
            "same": sorted([alias, name] for name, alias in self.second.items()),
            "parts": {name: person.part for name, person in self.people.items()},
        }


def make(folder: Path, seed: int, false_share: float) -> None:
    """Write one world of the family."""
    World(seed, false_share).write(folder)
