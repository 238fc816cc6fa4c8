"""Family `logistics`, by author F: a small-boat market of loosely coupled service providers.

Boats, beaches, camps, cash, papers, cars and advertising are separate trades. A handful of *outfits* (a boss in another
country, one or two coordinators near the coast, fronts who talk to passengers) buy each service under changing
contracts. On calm days after bad weather the whole backlog leaves, contracts break down, anyone free is hired, and two
outfits share a boat. Fixers belong to no outfit and introduce outfits to providers. Bosses speak to coordinators,
hardly to each other, never to passengers; money reaches their relatives' accounts. Freelance drivers and launchers work
for everyone and run nothing. Pilots are passengers who steer for a cheaper place.

Leaders are bosses; brokers are fixers and heads of a trade who serve four or more outfits; hubs are these, coordinators
and all other heads of trades. Fronts, foremen, couriers, cashiers, collectors, launchers, promoters, managers, pilots
and freelancers are not hubs, although witnesses describe them in the same words. About half of the hubs are named by no
witness, one in ten by no report either.

Passengers meet visible people; one in five to twelve hears of the head of a trade, one in twelve of a boss. Records
name pilots, couriers and straw owners. Calls are known only from seized phones. Police attention is uneven; one report
in eight is a rumour about a harmless person, and about one in eight claims of the others is wrong. Witnesses from one
boat, house or interpreter adopt each other's claims and contradict each other. Nicknames are shared, so about four in
ten honest statements contain a wrong claim. Suspects, guilty or not, deny in interviews.

In a false statement two to four claims accuse an innocent person in place of the true one; motives are rivalry, fear,
the witness's own case, and coaching. Its length is drawn as for true statements. Gradings show little (AUC about .55).
The false links also include honest mistakes, straw owners and claims adopted from liars.
The author's sources, from memory: Campana 2018, 2020; Zhang & Chin 2002; Icduygu & Toktas 2002; Soudijn & Kleemans 2009; Spapens 2010;
Morselli, Giguere & Petit 2007, Morselli 2010; GI-TOC 2024; Europol/EMSC 2021-24; FATF 2022; Campana & Gelsthorpe 2021; Bond & DePaulo
2006; Irwin & Mandel 2019.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.worlds.files import write_table

# Origin → first and last names.
_ORIGINS = {
    "kurd": (
        "Rebin Hewa Goran Karwan Shwan Soran Dara Azad Hiwa Zana Rebaz Aras Diyar Sirwan",
        "Aziz Mahmood Hama Rasul Qadir Salih Omer Karim Sabir Faraj",
    ),
    "afghan": ("Najib Farid Samim Jawad Omid Zabi Habib Rahim", "Noori Stanekzai Ahmadi Popal Wardak Safi"),
    "iran": ("Reza Mehdi Arash Behnam Siavash Leila", "Moradi Karimi Rostami Jafari"),
    "viet": ("Minh Tuan Lan Huong Duc Thao", "Nguyen Tran Le Pham"),
    "albania": ("Ardit Besnik Ilir Fatos Edona", "Hoxha Shehu Gjoka Prifti"),
    "local": (
        "Anna Paul Claire Luc Jan Katrin Tom Ruth Ahmet Marie Sam Nadia",
        "Meyer Dubois Carter Yilmaz Lambert Hughes Peeters Singh",
    ),
}
_NICKNAMES = (
    "Haji;Mamosta;the Engineer;the Tall One;Abu Ali;Uncle;the Barber;Captain;Boxer;Red Cap;Berlin;Kaka Hewa;Kaka Goran;Shorty;the Doctor;"
    "Lion;Teacher;Khal;Twin;Sheikh;Scar;Mr Cash;Zero Nine;the Albanian;Papa;Beard;Hassan Dunkirk;Little Ali;Big Ali;Ranya;Pshdar;"
    "Kermanshah;Cobra;Tiger;the Turk;Baba;Amo;Falcon;Green Jacket;Ali Telegram"
)
_SHORES = [
    ("Loon-Plage", 51.02, 2.21), ("Gravelines", 51.0, 2.12), ("Sangatte", 50.95, 1.76), ("Wissant", 50.89, 1.66),
    ("Hardelot", 50.63, 1.58), ("Berck", 50.41, 1.56), ("De Panne", 51.1, 2.59),
]  # fmt: skip
_LANDINGS = [("Dungeness", 50.91, 0.97), ("Dover", 51.12, 1.32), ("Kingsdown", 51.18, 1.41), ("Hythe", 51.07, 1.08)]
_ABROAD = ["Osnabrueck", "Essen", "Ranya", "Istanbul", "Liege", "Tirana", "Antwerp", "Birmingham", "Sofia", "Milan"]
# Trade → providers, minimum and maximum of aides, chance that a passenger meets an aide, chance of hearing of the head.
_TRADES: dict[str, tuple[int, int, int, float, float]] = {
    "supply": (3, 3, 6, 0, 0.03),
    "beach": (5, 4, 8, 1, 0.2),
    "camp": (4, 3, 6, 0.85, 0.2),
    "hawala": (4, 3, 6, 0.7, 0.1),
    "drive": (3, 4, 8, 0.6, 0.12),
    "ads": (3, 2, 5, 0.4, 0.08),
    "forge": (2, 1, 4, 0.08, 0.1),
    "work": (4, 2, 4, 0.22, 0.2),
}
_HELPERS = ["interpreter", "taxi driver", "landlord", "charity worker", "shopkeeper", "adviser", "doctor"]
_SYMMETRIC = {"CONTACTED", "ASSOCIATES_WITH", "RIVAL_OF", "RELATED_TO", "SAME_AS"}
# Part → chance to be known by name, by nickname, or not at all.
_KNOWN = {
    "hub": (0.4, 0.48, 0.12),
    "aide": (0.45, 0.47, 0.08),
    "pilot": (0.9, 0.08, 0.02),
    "helper": (0.95, 0.05, 0),
    "bystander": (0.72, 0.2, 0.08),
    "passenger": (1, 0, 0),
}
_SEIZED = {"hub": 0.06, "aide": 0.24, "pilot": 0.4, "helper": 0.08, "bystander": 0.08, "passenger": 0}
_REPORTED = {"boss": 0.5, "coordinator": 1.0, "fixer": 0.4}
_REPORTED_PART = {"hub": 0.7, "aide": 0.35, "pilot": 0.12, "helper": 0.15, "bystander": 0.18}
_ACCUSATIONS = (
    "ORGANISED", "PILOTED", "ASSISTED", "RECRUITED", "COERCED", "DIRECTED", "TRANSPORTED", "RUNS", "CONTROLS", "SUPPLIED", "MEMBER_OF",
)  # fmt: skip
_INTERESTS = (
    "asylum claim pending", "owes money for the passage", "hopes for a reference number in the NRM", "relative still in the camp",
    "quarrel about the price", "offered help with housing",
)  # fmt: skip
_PEOPLE = 640
_TABLES = ("people", "boats", "crossings", "gangs", "workplaces", "things", "statements", "links")

Key = tuple[str, str, str]
Row = dict[str, Any]
# A passenger's knowledge: claim, whether only heard, chance of mentioning it.
Seen = tuple[Key, bool, float]


@dataclass(eq=False)
class Provider:
    """A provider of one trade."""

    kind: str
    head: str
    aides: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    things: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Outfit:
    """An outfit and its providers of each service; the first of each list is the usual one."""

    gang: str
    boss: str
    coordinators: list[str]
    fronts: list[str]
    uses: dict[str, list[Provider]] = field(default_factory=dict)


@dataclass(eq=False)
class Person:
    """A person: part and role, names, and employers."""

    part: str
    role: str
    full: str
    nickname: str
    known: str
    nationality: str
    sex: str
    shadow: bool
    category: str = ""
    above: str = ""
    serves: set[str] = field(default_factory=set)
    popularity: float = 0.0
    car: str = ""


@dataclass(eq=False)
class Crossing:
    """A crossing, its outfits and those who work on it."""

    id: str
    day: date
    outfits: list[Outfit]
    boat: str
    crew: Provider
    supplier: Provider
    surge: bool
    coordinator: str
    launchers: list[str] = field(default_factory=list)
    courier: str = ""
    engine: str = ""
    pilots: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Trip:
    """Journey of one passenger."""

    crossing: Crossing
    outfit: Outfit
    home: str
    seen: list[Seen]


@dataclass(frozen=True)
class Account:
    """A statement that was given: its source, interpreter and trip."""

    statement: int
    witness: str
    interpreter: str
    trip: Trip


class World:
    """One world of the family."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.random = np.random.default_rng(seed)
        self.false_share = false_share
        self.people: dict[str, Person] = {}
        self.facts: set[Key] = set()
        self.about: dict[str, list[Key]] = defaultdict(list)
        self.statements: list[Row] = []
        self.links: list[Row] = []
        self.files: dict[str, list[Row]] = defaultdict(list)
        self.made: set[tuple[int, str, str, str]] = set()
        self.claims: dict[int, list[tuple[str, str, str, bool]]] = defaultdict(list)
        # Second rows: person → row, and the reverse.
        self.alias: dict[str, str] = {}
        self.real: dict[str, str] = {}
        self.false_statements: set[int] = set()
        self.false_links: set[Key] = set()
        self.false_denials: set[Key] = set()
        self.numbers = iter(self.random.permutation(np.arange(1000, 1000 + 5 * _PEOPLE)))
        self.ties: list[tuple[str, str, int]] = []
        self.phones: dict[str, list[str]] = defaultdict(list)
        self.outfits: list[Outfit] = []
        self.providers: dict[str, list[Provider]] = defaultdict(list)
        self.freelancers: list[str] = []
        self.crossings: list[Crossing] = []
        self.trips: dict[str, Trip] = {}
        self._market()
        self._season()
        self._journeys()
        self._witnesses()
        self._reports()
        self._records()

    # -- drawing ---------------------------------------------------------------------------------------------------

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _pick(self, options: Iterable[Any], weights: Sequence[float] | None = None) -> Any:
        pool = list(options)
        chances = None if weights is None else np.array(weights, float) / sum(weights)
        return pool[self.random.choice(len(pool), p=chances)]

    def _some(self, options: Iterable[Any], size: int) -> list[Any]:
        pool = list(options)
        return [pool[place] for place in self.random.permutation(len(pool))[: max(0, size)]]

    def _between(self, least: int, most: int) -> int:
        return int(self.random.integers(least, most + 1))

    def _id(self, letter: str) -> str:
        return f"{letter}{next(self.numbers)}"

    def _of(self, *parts: str) -> list[str]:
        return [name for name, person in self.people.items() if person.part in parts]

    def _part(self, name: str) -> str:
        person = self.people.get(name)
        return person.part if person else ""

    def _fact(self, subject: str, relation: str, object_: str) -> None:
        """Record a true link."""
        keys = [(subject, relation, object_)]
        if relation in _SYMMETRIC:
            keys.append((object_, relation, subject))
        for key in keys:
            if key not in self.facts:
                self.facts.add(key)
                self.about[key[0]].append(key)
                self.about[key[2]].append(key)

    def _tie(self, first: str, second: str, calls: int) -> None:
        self.ties.append((first, second, calls))
        self._fact(first, "CONTACTED", second)

    def _person(self, part: str, role: str, origin: str = "") -> str:
        name = self._id("P")
        origin = origin or self._pick(_ORIGINS, (6, 2, 2, 1.5, 2, 0.5))
        first, last = _ORIGINS[origin]
        self.people[name] = Person(
            part=part,
            role=role,
            full=f"{self._pick(first.split())} {self._pick(last.split())}",
            nickname=self._pick(_NICKNAMES.split(";")),
            known=self._pick(("named", "nickname", "unknown"), _KNOWN[part]),
            nationality="" if self._chance(0.4) else origin,
            sex=self._pick(("m", "f", ""), (0.7, 0.15, 0.15)),
            shadow=part == "hub" and self._chance(0.13),
        )
        return name

    def _thing(self, kind: str, value: str) -> str:
        name = self._id("T")
        self.files["things"].append({"id": name, "kind": kind, "value": value})
        return name

    def _place(self, kind: str, called: str, sector: str) -> str:
        name = self._id("W")
        row = {"id": name, "name": called, "kind": kind, "sector": sector}
        self.files["workplaces"].append(row | {"opened_on": f"20{self._between(17, 19)}"})
        return name

    def _phone(self, name: str) -> str:
        """Return one of a person's numbers; hubs and aides change theirs, and have one or two."""
        person, phones = self.people[name], self.phones[name]
        changing = person.part in ("hub", "aide")
        if not phones or (changing and len(phones) < 2 and self._chance(0.3)):
            abroad = person.role in ("boss", "fixer", "supply")
            codes = ("+49", "+964", "+90", "+44", "+355") if abroad else ("+33", "+44", "+32", "+49")
            code = self._pick(codes)
            number = f"{code} {self._between(600, 799)} {self._between(100000, 999999)}"
            phones.append(self._thing("phone", number))
            self._fact(name, "USED", phones[-1])
        return str(self._pick(phones))

    # -- the market: employers and contracts ------------------------------------------------------------------------

    def _market(self) -> None:
        for number in range(6):
            self._outfit(number)
        for kind, (providers, *_) in _TRADES.items():
            for number in range(providers):
                self._provider(kind, number)
        for outfit in self.outfits:
            self._contracts(outfit)
        for _ in range(3):
            self._fixer()
        for _ in range(12):
            # Freelancers work for everyone and run nothing.
            name = self._person("aide", self._pick(("drive", "beach")))
            self.freelancers.append(name)
            for outfit in self._some(self.outfits, self._between(2, 4)):
                self._tie(self._pick(outfit.coordinators + outfit.fronts), name, 6)
        for first, second in [self._some(self.outfits, 2) for _ in range(4)]:
            self._fact(first.gang, "RIVAL_OF", second.gang)
        aides, hubs = self._of("aide"), self._of("hub")
        self._lawful(aides, hubs)
        self._accounts()
        self._second_rows(aides, hubs)

    def _outfit(self, number: int) -> None:
        outfit = Outfit(
            self._id("G"),
            self._person("hub", "boss"),
            [self._person("hub", "coordinator") for _ in range(self._between(1, 2))],
            [self._person("aide", "front") for _ in range(self._between(2, 4))],
        )
        gang = outfit.gang
        self.files["gangs"].append({"id": gang, "name": f"{self._pick(_ABROAD)} line {number + 1}"})
        self.outfits.append(outfit)
        self._fact(outfit.boss, "RUNS", gang)
        for coordinator in outfit.coordinators:
            self._fact(coordinator, "MEMBER_OF", gang)
            self._fact(outfit.boss, "DIRECTED", coordinator)
            self._fact(outfit.boss, "PAID", coordinator)
            self._tie(outfit.boss, coordinator, 8)
        for front in outfit.fronts:
            coordinator = self._pick(outfit.coordinators)
            self.people[front].above = coordinator
            self._fact(front, "MEMBER_OF", gang)
            self._fact(coordinator, "DIRECTED", front)
            self._tie(coordinator, front, 25)

    def _provider(self, kind: str, number: int) -> None:
        _, least, most, _, _ = _TRADES[kind]
        provider = Provider(kind, self._person("hub", kind))
        provider.aides = [self._person("aide", kind) for _ in range(self._between(least, most))]
        self.providers[kind].append(provider)
        self._premises(provider, number)
        head = provider.head
        for place in provider.places:
            self._fact(head, "CONTROLS", place)
        for thing in provider.things:
            self._fact(head, "USED", thing)
        for aide in provider.aides:
            self._aide(provider, aide)
        for aide in provider.aides:
            for colleague in [colleague for colleague in self._some(provider.aides, 2) if colleague != aide]:
                self._fact(aide, "ASSOCIATES_WITH", colleague)
                self._tie(aide, colleague, 5)
                if aide == provider.aides[0]:
                    # The first aide is a foreman.
                    self._fact(aide, "DIRECTED", colleague)

    def _premises(self, provider: Provider, number: int) -> None:
        kind, between, pick = provider.kind, self._between, self._pick
        if kind == "camp":
            camp = f"Camp at {pick(_SHORES)[0]}, sector {number + 1}"
            provider.places = [self._place("dwelling", camp, "camp")]
        elif kind == "hawala":
            shops = ("Phone shop", "Barber", "Grocer", "Travel desk")
            provider.places = [
                self._place("premises", f"{pick(shops)} {between(2, 90)}", "retail") for _ in range(between(1, 2))
            ]
        elif kind == "work":
            provider.places = [self._place(*self._business()) for _ in range(between(1, 3))]
        elif kind == "supply":
            provider.things = [
                self._thing("address", f"Store, {pick(_ABROAD)} {between(1, 200)}") for _ in range(between(1, 3))
            ]
            firm = f"{pick(('Marin', 'Nautik', 'Outdoor', 'Import'))} {between(10, 99)} GmbH"
            provider.things.append(self._thing("organisation", firm))
        elif kind == "ads":
            provider.things = [
                self._thing("online", f"page 'safe road {between(100, 999)}'") for _ in range(between(2, 3))
            ]
        elif kind == "forge":
            provider.things = [self._thing("address", f"Flat, {pick(_ABROAD)} {between(1, 200)}")]

    def _business(self) -> tuple[str, str, str]:
        between = self._between
        businesses = (
            ("premises", f"Hand car wash {between(2, 90)}", "car wash"),
            ("premises", f"Nail bar {between(2, 90)}", "beauty"),
            ("online", f"video page {between(100, 999)}", "online"),
            ("site", f"Yard {between(2, 90)}", "construction"),
        )
        chosen: tuple[str, str, str] = self._pick(businesses)
        return chosen

    def _aide(self, provider: Provider, aide: str) -> None:
        person, head, kind = self.people[aide], provider.head, provider.kind
        person.above = head
        self._fact(head, "DIRECTED", aide)
        self._tie(head, aide, 15)
        if provider.places:
            self._fact(aide, "MANAGED", self._pick(provider.places))
        if provider.things and self._chance(0.7):
            self._fact(aide, "USED", self._pick(provider.things))
        if kind in ("supply", "drive") and self._chance(0.6):
            plate = f"{self._pick('ABDEFGHK')}{self._between(10, 99)}-{self._between(100, 999)}"
            person.car = self._thing("vehicle", plate)
            self._fact(aide, "USED", person.car)
        if kind == "hawala":
            self._fact(aide, "PAID", head)

    def _contracts(self, outfit: Outfit) -> None:
        outfit.uses = {
            kind: self._some(providers, self._pick((1, 2, 3), (0.45, 0.4, 0.15)))
            for kind, providers in self.providers.items()
        }
        for kind, providers in outfit.uses.items():
            for place, provider in enumerate(providers):
                coordinator = self._pick(outfit.coordinators)
                self.people[provider.head].serves.add(outfit.gang)
                if place == 0 or self._chance(0.5):
                    self._tie(coordinator, provider.head, 10 if place == 0 else 4)
                    ends = (coordinator, provider.head) if kind != "hawala" else (provider.head, coordinator)
                    self._fact(ends[0], "PAID", ends[1])
                if self._chance(0.3):
                    self._fact(coordinator, "ASSOCIATES_WITH", provider.head)

    def _fixer(self) -> None:
        fixer = self._person("hub", "fixer")
        for outfit in self._some(self.outfits, self._between(2, 4)):
            partner = self._pick([outfit.boss] + 2 * outfit.coordinators)
            self._tie(fixer, partner, 6)
            self._fact(fixer, "ASSOCIATES_WITH", partner)
            self.people[fixer].serves.add(outfit.gang)
        everybody = [provider for providers in self.providers.values() for provider in providers]
        for provider in self._some(everybody, self._between(3, 5)):
            self._tie(fixer, provider.head, 5)
            self._fact(fixer, "ASSOCIATES_WITH", provider.head)
            ends = (provider.head, fixer) if self._chance(0.5) else (fixer, provider.head)
            self._fact(ends[0], "PAID", ends[1])

    def _lawful(self, aides: Sequence[str], hubs: Sequence[str]) -> None:
        """Add helpers, then relatives, customers, sellers of cars and boats, other people's suspects."""
        for role in [role for role in _HELPERS for _ in range(5)]:
            helper = self._person("helper", role, "local")
            self.people[helper].popularity = self.random.lognormal(0, 0.9)
            for aide in self._some(aides, self._between(0, 5)):
                self._tie(helper, aide, 3)
                if self._chance(0.5):
                    self._fact(helper, "ASSOCIATES_WITH", aide)
            if role == "shopkeeper":
                shop = f"{self._pick(('Grocer', 'Phone shop', 'Cafe'))} {self._between(2, 90)}"
                self._fact(helper, "MANAGED", self._place("premises", shop, "retail"))
        for _ in range(95):
            name = self._person("bystander", "bystander")
            core = self._some(hubs if self._chance(0.3) else aides, self._between(1, 3))
            for contact in core:
                self._tie(name, contact, self._between(1, 20))
                if self._chance(0.3):
                    self._fact(name, "ASSOCIATES_WITH", contact)
            if self._chance(0.25):
                self._fact(name, "RELATED_TO", core[0])
                self._fact(core[0], "PAID", name)

    def _accounts(self) -> None:
        """Let cash go from shop to banker to relatives of bosses and to traders; customers pay in too."""
        self.account = {
            name: self._thing("account", f"IBAN ..{self._between(1000, 9999)}")
            for name in self._of("hub", "aide", "bystander", "helper")
            if self.people[name].role == "hawala" or self._chance(0.12)
        }
        account = self.account
        self.flows: list[tuple[str, str]] = []
        for provider in self.providers["hawala"]:
            head = account[provider.head]
            for aide in provider.aides:
                self.flows.append((account[aide], head))
                customers = [name for name in account if self._part(name) in ("bystander", "helper")]
                self.flows += [(account[name], account[aide]) for name in self._some(customers, 2)]
            recipients = [name for name in account if name != provider.head]
            self.flows += [(head, account[name]) for name in self._some(recipients, 4)]
        for name, thing in account.items():
            self._fact(name, "USED", thing)
        for payer, payee in self.flows:
            self._fact(payer, "PAID", payee)

    def _second_rows(self, aides: Sequence[str], hubs: Sequence[str]) -> None:
        """Let some people be known twice, by name and by nickname."""
        for name in self._some(hubs, 5) + self._some(aides, 7):
            person = self.people[name]
            second_id = self._person(person.part, person.role)
            second = self.people[second_id]
            second.known, second.nickname = "nickname", person.nickname
            second.shadow, second.serves = person.shadow, person.serves
            self.alias[name], self.real[second_id] = second_id, name
            self._fact(name, "SAME_AS", second_id)

    # -- the season: calm days after a backlog, many small crossings, surges -----------------------------------------

    def _season(self) -> None:
        first, weather, backlog = date(2020, 4, 1), 0.0, 0.0
        launches: list[tuple[date, float, int]] = []
        for day in range(540):
            weather = 0.8 * weather + self.random.normal(0, 0.35)
            wave = np.exp(-0.25 + 0.45 * np.cos(2 * np.pi * (day + 80) / 365) + weather)
            backlog += 0.25
            if wave < 0.75:
                number = min(int(backlog), self.random.poisson(0.7 * backlog))
                backlog -= number
                launches += [(first + timedelta(day), wave, number)] * number
        for when, wave, number in sorted(self._some(launches, 48), key=lambda launch: launch[0]):
            self._crossing(when, wave, number)

    def _hire(self, kind: str, outfit: Outfit, *, surge: bool) -> Provider:
        if self._chance(0.45 if surge else 0.12):
            provider: Provider = self._pick(self.providers[kind])
            return provider
        return outfit.uses[kind][0 if self._chance(0.75) else -1]

    def _crossing(self, when: date, wave: float, number: int) -> None:
        surge, outfit = number >= 3, self._pick(self.outfits)
        outfits = [outfit]
        if self._chance(0.4 if surge else 0.12):
            outfits.append(self._pick([candidate for candidate in self.outfits if candidate is not outfit]))
        crossing = Crossing(
            self._id("C"),
            when,
            outfits,
            self._id("B"),
            self._hire("beach", outfit, surge=surge),
            self._hire("supply", outfit, surge=surge),
            surge,
            self._pick(outfit.coordinators),
        )
        self.crossings.append(crossing)
        shore, landing = self._pick(_SHORES), self._pick(_LANDINGS)
        crew = crossing.crew
        crossing.launchers = self._some(crew.aides, self._between(2, 4))
        crossing.launchers += self._some(self.freelancers, 1) if self._chance(0.35) else []
        crossing.launchers += [crew.head] if self._chance(0.15) else []
        row = {"id": crossing.id, "date": when}
        row |= {"launch_site": shore[0], "launch_lat": shore[1], "launch_lon": shore[2]}
        row |= {"landing_site": landing[0], "landing_lat": landing[1], "landing_lon": landing[2]}
        row["people_count"] = int(self.random.poisson(26) + 6)
        row["intercepted_by"] = self._pick(("Border Force", "lifeboat", "police", ""))
        row["notes"] = f"wave height {wave:.1f} m, {number} launches that day"
        self.files["crossings"].append(row)
        length = round(float(self.random.uniform(5, 9.5)), 1)
        boat = {"id": crossing.boat, "kind": "inflatable", "length_m": length}
        self.files["boats"].append(boat | {"engine_hp": self._pick((9.9, 15, 30, 40))})
        self._launch(crossing, outfit)

    def _launch(self, crossing: Crossing, outfit: Outfit) -> None:
        fact, pick, supplier, crew = self._fact, self._pick, crossing.supplier, crossing.crew
        fact(crossing.boat, "USED_ON", crossing.id)
        fact(supplier.head, "SUPPLIED", crossing.boat)
        crossing.courier = pick(supplier.aides)
        crossing.engine = self._thing("part", f"engine {self._between(10**6, 10**7)}")
        fact(crossing.engine, "PART_OF", crossing.boat)
        fact(crossing.engine, "LOCATED_AT", pick(supplier.things))
        self._tie(crossing.courier, pick(crossing.launchers), 2)
        for partner in crossing.outfits:
            fact(partner.gang, "ORGANISED", crossing.id)
            fact(partner.boss, "ORGANISED", crossing.id)
            fact(
                crossing.coordinator if partner is outfit else pick(partner.coordinators),
                "ORGANISED",
                crossing.id,
            )
        for name in [*crossing.launchers, crossing.courier, crew.head]:
            fact(name, "ASSISTED", crossing.id)
        pilots = self._between(1, 2) if self._chance(0.3) else 1
        crossing.pilots = [self._person("pilot", "pilot") for _ in range(pilots)]
        for pilot in crossing.pilots:
            fact(pilot, "PILOTED", crossing.id)
            fact(pilot, "CROSSED_ON", crossing.id)
            self._tie(pilot, pick(outfit.fronts), 4)
            fact(pick([crew.head, *crossing.launchers]), "DIRECTED", pilot)
        fact(crossing.coordinator, "DIRECTED", crew.head)
        # People on the beach report that the courier supplied the boat.
        fact(crossing.courier, "SUPPLIED", crossing.boat)

    # -- life of each passenger ------------------------------------------------------------------------------------

    def _journeys(self) -> None:
        landlords = [name for name in self._of("helper") if self.people[name].role == "landlord"]
        self.homes = []
        for _ in range(18):
            called = f"{self._pick(('House', 'Hotel', 'Hostel'))} {self._between(2, 300)}"
            self.homes.append((self._place("dwelling", called, "housing"), self._pick(landlords)))
        self.helpers = self._of("helper")
        self.popularity = [self.people[name].popularity for name in self.helpers]
        weights = self.random.gamma(1.2, 1, len(self.crossings)).tolist()
        for _ in range(max(60, _PEOPLE - len(self.people))):
            origin = self._pick(("kurd", "iran", "afghan", "viet", "albania"), (4, 2, 2, 1, 1))
            name = self._person("passenger", "passenger", origin)
            crossing = self._pick(self.crossings, weights)
            crossing.people.append(name)
            outfit = self._pick(crossing.outfits)
            self.trips[name] = _Journey(self, name, crossing, outfit).trip()
        for crossing in self.crossings:
            for name in crossing.people:
                passengers = [passenger for passenger in self._some(crossing.people, 3) if passenger != name]
                self.trips[name].seen += [
                    ((passenger, "CROSSED_ON", crossing.id), False, 0.25) for passenger in passengers
                ]

    # -- statements and claims -------------------------------------------------------------------------------------

    def _statement(self, kind: str, day: date, source: str = "", *, is_false: bool = False, **more: Any) -> int:
        grade, assessment = "1", "A"
        if kind != "record":
            grade = self._pick("123", (0.08, 0.67, 0.25) if is_false else (0.12, 0.7, 0.18))
            letters = (0.24, 0.1, 0.28, 0.3, 0.08) if is_false else (0.28, 0.14, 0.28, 0.26, 0.04)
            assessment = self._pick("ABCDE", letters)
        handling = "P" if kind == "record" or self._chance(0.45) else "C"
        row = {
            "kind": kind,
            "source_id": source,
            "taken_on": day,
            "source_grade": grade,
            "assessment": assessment,
            "handling": handling,
            "conditions": "" if handling == "P" else "originator to be asked before further use",
            "on_record": "yes" if kind == "record" or (kind == "witness" and self._chance(0.7)) else "no",
            "status": "given",
        }
        self.statements.append(row | more)
        if is_false:
            self.false_statements.add(len(self.statements) - 1)
        return len(self.statements) - 1

    def _record(self, day: date, summary: str) -> int:
        return self._statement("record", day, summary=summary)

    def _hidden(self, subject: str, object_: str, *, deny: bool) -> bool:
        """Whether a witness or report cannot name these ends because one of them is a shadow."""
        first = self.people.get(subject) or self.people.get(object_)
        second = self.people.get(object_)
        return bool((first and first.shadow and not deny) or (second and second.shadow))

    def _claim(
        self, statement: int, subject: str, relation: str, object_: str, *, deny: bool = False, **more: Any
    ) -> None:
        """Make a claim; whether it is true is looked up in the true world."""
        kind = self.statements[statement]["kind"]
        if kind != "record" and self._hidden(subject, object_, deny=deny):
            return
        real = (self.real.get(subject, subject), relation, self.real.get(object_, object_))
        is_true = real in self.facts or (subject, relation, object_) in self.facts
        if kind != "record" and relation != "SAME_AS":
            subject, object_ = self._row_of(subject), self._row_of(object_)
        if (statement, subject, relation, object_) in self.made:
            return
        self.made.add((statement, subject, relation, object_))
        if deny and is_true:
            self.false_denials.add((subject, relation, object_))
        if not deny and not is_true:
            self.false_links.add((subject, relation, object_))
        row: Row = {"subject_id": subject, "relation": relation, "object_id": object_, "statement_id": statement}
        row["polarity"] = "denies" if deny else "asserts"
        row["subject_as_said"] = self._as_said(kind, subject)
        row["object_as_said"] = self._as_said(kind, object_)
        self.links.append(row | more)
        self.claims[statement].append((subject, relation, object_, deny))

    def _row_of(self, name: str) -> str:
        return self.alias[name] if name in self.alias and self._chance(0.4) else name

    def _as_said(self, kind: str, name: str) -> str:
        person = self.people.get(name)
        named = kind == "witness" and person and person.part != "passenger" and self._chance(0.6)
        return person.nickname if person and named else ""

    def _slip(self, name: str, chance: float) -> str:
        """Return the wrong bearer of a nickname now and then: an honest mistake."""
        person = self.people.get(name)
        if person and person.part in ("hub", "aide", "pilot") and self._chance(chance):
            parts = ("hub", "aide", "bystander", "pilot")
            same = [
                candidate
                for candidate, namesake in self.people.items()
                if namesake.nickname == person.nickname and namesake.part in parts and candidate != name
            ]
            return str(self._pick(same)) if same else name
        return name

    def _lies(self, name: str, trip: Trip, target: str, number: int) -> list[Key]:
        """Make accusations against an innocent person."""
        crossing, gang = trip.crossing, trip.outfit.gang
        camp = self._pick([provider.places[0] for provider in self.providers["camp"]])
        seen = [person for person in crossing.launchers + crossing.pilots if person != target]
        lies = [
            (target, "ORGANISED", crossing.id),
            (target, "RECRUITED", name),
            (target, "DIRECTED", self._pick(seen)),
            (target, "COERCED", name),
            (name, "PAID", target),
            (target, "TRANSPORTED", name),
            (target, "CONTROLS", camp),
            (target, "MEMBER_OF", gang),
            (target, "ASSISTED", crossing.id),
            (target, "HOUSED", name),
            (target, "RUNS", gang),
            (target, "SUPPLIED", crossing.boat),
        ]
        weights = np.array((5, 5, 4, 4, 4, 3, 2, 3, 3, 2, 1, 1)) / 37
        order = self.random.choice(len(lies), size=len(lies), replace=False, p=weights)
        return [lies[place] for place in order if lies[place] not in self.facts][:number]

    # -- witnesses -------------------------------------------------------------------------------------------------

    def _witnesses(self) -> None:
        chosen = self._choose_witnesses()
        self.witnesses = set(chosen)
        turns = [name for name in chosen for _ in range(1 + self._chance(0.15))]
        goats = [name for part in ("helper", "pilot", "aide", "bystander") for name in self._some(self._of(part), 2)]
        self.goats = [name for name in goats if name not in self.witnesses]
        self.liars = self._plan_lies(chosen, turns)
        self.interpreters = [name for name in self._of("helper") if self.people[name].role == "interpreter"]
        self.told: list[Account] = []
        days = [(self.trips[name].crossing.day + timedelta(self._between(1, 150)), name) for name in turns]
        for day, name in sorted(days):
            self._account(day, name)

    def _choose_witnesses(self) -> list[str]:
        """Choose passengers, several from one boat, and a few pilots, who know their own acts."""
        crowd = [name for crossing in self.crossings for name in crossing.people]
        favour = {crossing.id: self.random.gamma(0.8, 1) + 0.05 for crossing in self.crossings}
        odds = np.array([favour[self.trips[name].crossing.id] for name in crowd])
        number = min(62, len(crowd) // 2)
        places = self.random.choice(len(crowd), size=number, replace=False, p=odds / odds.sum())
        chosen = [crowd[place] for place in places]
        for pilot in self._some(self._of("pilot"), 3):
            chosen.append(pilot)
            crossing = next(crossing for crossing in self.crossings if pilot in crossing.pilots)
            companion = self._pick(crowd)
            seen: list[Seen] = [
                ((pilot, "CROSSED_ON", crossing.id), False, 1),
                ((crossing.coordinator, "ORGANISED", crossing.id), True, 0.3),
                ((crossing.crew.head, "ASSISTED", crossing.id), False, 0.4),
            ]
            seen += [((name, "ASSISTED", crossing.id), False, 0.6) for name in crossing.launchers]
            self.trips[pilot] = Trip(crossing, crossing.outfits[0], self.trips[companion].home, seen)
        return chosen

    def _plan_lies(self, chosen: Sequence[str], turns: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Choose liars, their motives and their targets."""
        number = round(self.false_share * len(turns))
        liars: dict[str, tuple[str, str]] = {}

        def turn(name: str, motive: str, target: str) -> None:
            if name not in liars and sum(turns.count(liar) for liar in liars) < number:
                liars[name] = (motive, self.goats[0] if self.people[target].shadow else target)

        houses = {home: [name for name in chosen if self.trips[name].home == home] for home, _ in self.homes}
        full = [home for home, people in houses.items() if len(people) > 2]
        for home in self._some(full, 2 if self.false_share >= 0.15 else 1):
            target = self._pick(self.goats)
            for name in self._some(houses[home], self._between(3, 5)):
                if self.false_share > 0:
                    turn(name, "coached", target)
        for name in self._some(chosen, len(chosen)):
            motive = self._pick(("rivalry", "fear", "own case"), (0.3, 0.35, 0.35))
            turn(name, motive, self._target(name, motive))
        return liars

    def _target(self, name: str, motive: str) -> str:
        trip = self.trips[name]
        rivals = [outfit for outfit in self.outfits if outfit not in trip.crossing.outfits]
        rival = self._pick(rivals or self.outfits)
        met = [key[0] for key, _, _ in trip.seen if key[1] == "SERVED"]
        met += self._some(self._of("bystander"), 4) + trip.crossing.pilots
        if motive == "rivalry":
            pool = [rival.boss, *2 * rival.coordinators, *2 * rival.fronts, rival.uses["beach"][0].head]
            return str(self._pick(pool))
        if motive == "fear" or self._chance(0.4):
            return str(self._pick(self.goats))
        return str(self._pick([person for person in met if person != name]))

    def _account(self, day: date, name: str) -> None:
        trip, is_false = self.trips[name], name in self.liars
        interpreter = self._pick(self.interpreters)
        length = 5 + int(self.random.poisson(5))
        facts = [seen for seen in self._some(trip.seen, len(trip.seen)) if self._chance(seen[2])]
        interest = self._pick(_INTERESTS) if self._chance(0.7 if is_false else 0.55) else ""
        summary = f"Account of the crossing of {trip.crossing.day} and what came before and after it."
        more = {"interpreter_id": interpreter, "interest": interest, "summary": summary}
        statement = self._statement("witness", day, name, is_false=is_false, **more)
        hushed: set[str] = set()
        if is_false:
            hushed = self._accuse(statement, name, trip, facts)
        else:
            facts = self._main_person(name, trip) + facts
        self._talk(statement, Account(statement, name, interpreter, trip), is_false=is_false)
        self._fill(statement, trip, facts, hushed, length)
        if self._chance(0.2 if is_false else 0.05):
            denied = self._pick(trip.seen)[0]
            if denied[0] in self.people and denied[0] != name:
                self._claim(statement, *denied, deny=True)
        statuses = ("given", "withdrawn", "retracted_as_false")
        status = self._pick(statuses, (0.83, 0.05, 0.12) if is_false else (0.92, 0.05, 0.03))
        if status != "given":
            self.statements[statement] |= {"status": status, "status_on": day + timedelta(self._between(20, 200))}
        self.told.append(Account(statement, name, interpreter, trip))

    def _accuse(self, statement: int, name: str, trip: Trip, facts: Sequence[Seen]) -> set[str]:
        """Make a liar's claims; return the people the liar is silent about."""
        motive, target = self.liars[name]
        feared = {end for key, _, _ in facts for end in (key[0], key[2]) if self._part(end) in ("hub", "aide")}
        # All lies are about one person, or one of them is about another.
        number, second = self._between(2, 4), self._chance(0.4)
        lies = self._lies(name, trip, target, number - second)
        lies += self._lies(name, trip, self._pick(self.goats), int(second))
        for key in lies:
            self._claim(statement, *key, assessment="C" if self._chance(0.08) else "")
        return {person for person in sorted(feared) if self._chance(0.7 if motive == "fear" else 0.4)}

    def _main_person(self, name: str, trip: Trip) -> list[Seen]:
        """Choose an honest witness's claims about the person they say most about."""
        named = [
            end
            for key, _, _ in trip.seen
            for end in (key[0], key[2] if key[1] == "PAID" else "")
            if end in self.people and end != name and key[1] not in ("CROSSED_ON", "SERVED")
        ]
        main = self._pick(named, [named.count(person) ** 1.5 for person in named])
        about = [seen for seen in trip.seen if main == seen[0][0] or seen[0][1:] == ("PAID", main)]
        chosen = self._some(about, self._between(2, 5))
        return chosen if self._chance(0.9) else []

    def _talk(self, statement: int, account: Account, *, is_false: bool) -> None:
        """Let witnesses adopt part of another's statement, and contradict others from the same boat."""
        trip = account.trip
        near = [
            earlier
            for earlier in self.told
            if earlier.witness != account.witness
            and (
                earlier.trip.crossing is trip.crossing
                or earlier.trip.home == trip.home
                or (earlier.interpreter == account.interpreter and self._chance(0.2))
            )
        ]
        if near and self._chance(0.4):
            earlier = self._pick(near)
            repeated = [claim for claim in self.claims[earlier.statement] if earlier.witness not in claim[:3]]
            for *key, deny in self._some(repeated, self._between(1, 3)):
                self._claim(statement, *key, deny=deny)
        for earlier in near:
            for subject, relation, object_, deny in self.claims[earlier.statement]:
                strong = relation in ("ORGANISED", "PILOTED", "COERCED", "ASSISTED", "DIRECTED")
                same_boat = earlier.trip.crossing is trip.crossing and subject in self.people
                if same_boat and not deny and strong:
                    wrong = (self.real.get(subject, subject), relation, object_) not in self.facts
                    if self._chance(0.15 if wrong and not is_false else 0.05):
                        self._claim(statement, subject, relation, object_, deny=True)

    def _fill(self, statement: int, trip: Trip, facts: list[Seen], hushed: set[str], length: int) -> None:
        """Fill a statement up to the drawn length, true or false alike."""
        more = self._some([seen for seen in trip.seen if not seen[1] and seen not in facts], 12)
        crossing = trip.crossing
        more += [((passenger, "CROSSED_ON", crossing.id), False, 1) for passenger in self._some(crossing.people, 9)]
        for (subject, relation, object_), heard, _ in facts + more:
            if len(self.claims[statement]) < length and not hushed & {subject, object_}:
                named = self._slip(subject, 0.12 if heard else 0.05)
                assessment = "C" if heard and self._chance(0.4) else ""
                self._claim(statement, named, relation, object_, assessment=assessment)

    # -- reports concern people already known; hubs about twice as often, bosses and fixers less ---------------------

    def _reports(self) -> None:
        known = [name for name, person in self.people.items() if person.part != "passenger" and name not in self.real]
        weights = [_REPORTED.get(self.people[name].role, _REPORTED_PART[self.people[name].part]) for name in known]
        quiet = self._of("aide", "helper", "bystander")
        # Police attention is uneven.
        targets = self._some(self._of("hub"), 5) + self._some(self._of("aide"), 4)
        targets += self._some(self._of("bystander"), 2)
        weights = [weight * (6 if name in targets else 1) for name, weight in zip(known, weights, strict=True)]
        travellers = list(self.trips)
        for _ in range(85):
            day = date(2020, 5, 1) + timedelta(self._between(0, 600))
            rumour, number = self._chance(0.125), self._between(2, 5)
            summary = "Sanitised report from a partner agency."
            statement = self._statement("intelligence", day, is_false=rumour, summary=summary)
            if rumour:
                name = self._pick(travellers)
                lies = self._lies(name, self.trips[name], self._pick(quiet), 9)
                keys = [key for key in lies if name not in key][:number]
            else:
                keys = self._known_of(self._pick(known, weights), number)
            for subject, relation, object_ in keys:
                self._claim(statement, self._slip(subject, 0.1), relation, self._slip(object_, 0.08))
        self._identities()

    def _known_of(self, name: str, number: int) -> list[Key]:
        about = self.about[name]
        fit = [
            key
            for key in about
            if key[1] != "CONTACTED" and "passenger" not in (self._part(key[0]), self._part(key[2]))
        ]
        keys = self._some(fit or about, number)
        return [key for key in keys if key[1] != "SAME_AS" or self._chance(0.5)]

    def _identities(self) -> None:
        for second, name in [pair for pair in self.real.items() if self._chance(0.7)]:
            day = date(2021, 1, self._between(1, 28))
            statement = self._statement("intelligence", day, summary="On identity.")
            self._claim(statement, second, "SAME_AS", name)
        for _ in range(4):
            first = self._pick(self._of("aide", "pilot", "hub"))
            second = self._slip(first, 1)
            if first != second:
                day = date(2021, 2, self._between(1, 28))
                statement = self._statement("intelligence", day, summary="On identity.")
                self._claim(statement, first, "SAME_AS", second, deny=self._chance(0.4))

    # -- records ---------------------------------------------------------------------------------------------------

    def _records(self) -> None:
        for crossing in self.crossings:
            self._crossing_records(crossing)
        self._calls()
        self._bank()
        self._registers()
        self._lawful_records()
        self._interviews()

    def _month(self, month: int, last: int = 30) -> date:
        return date(2021, month, self._between(1, last))

    def _suspect(self, name: str) -> None:
        self.people[name].category = "suspect"

    def _crossing_records(self, crossing: Crossing) -> None:
        claim, day = self._claim, crossing.day
        statement = self._record(day, "Landing register.")
        claim(statement, crossing.boat, "USED_ON", crossing.id)
        for name in crossing.people + crossing.pilots:
            if self._chance(0.6):
                claim(statement, name, "CROSSED_ON", crossing.id)
        for pilot in [pilot for pilot in crossing.pilots if self._chance(0.65)]:
            statement = self._record(day + timedelta(self._between(30, 300)), "Prosecution file.")
            claim(statement, pilot, "PILOTED", crossing.id)
            self.people[pilot].category = self._pick(("suspect", "convicted"))
        if self._chance(0.45):
            statement = self._record(day + timedelta(2), "Examination of engine and hull.")
            claim(statement, crossing.engine, "PART_OF", crossing.boat)
            for key in [key for key in self.about[crossing.engine] if key[1] == "LOCATED_AT"]:
                claim(statement, *key)
        if self._chance(0.25):
            statement = self._record(day - timedelta(self._between(0, 3)), "Roadside stop.")
            courier = crossing.courier
            claim(statement, courier, "ASSISTED", crossing.id)
            self._suspect(courier)
            if self.people[courier].car:
                claim(statement, courier, "USED", self.people[courier].car)
        if self._chance(0.2):
            launcher = self._pick(crossing.launchers)
            claim(self._record(day + timedelta(1), "Beach patrol log."), launcher, "ASSISTED", crossing.id)
            self._suspect(launcher)

    def _calls(self) -> None:
        """Record calls from seized phones, mostly of visible people."""
        seized = [
            name for name, person in self.people.items() if name not in self.real and self._chance(_SEIZED[person.part])
        ]
        ends: set[tuple[str, str]] = set()
        for name in seized:
            day = date(2020, 6, 1) + timedelta(self._between(0, 560))
            statement = self._record(day, "Download of a seized phone.")
            own = self._phone(name)
            self._claim(statement, name, "USED", own)
            for first, second, calls in self.ties:
                if name in (first, second) and self._chance(0.35 if self.people[first].role == "boss" else 0.75):
                    called = second if name == first else first
                    number = self._phone(called)
                    ends.add((called, number))
                    self._fact(own, "CONTACTED", number)
                    weight = 1 + int(self.random.poisson(calls))
                    self._claim(statement, own, "CONTACTED", number, weight=weight)
        for name, number in sorted(ends):
            part = self.people[name].part
            if self._chance({"hub": 0.4, "aide": 0.6, "pilot": 0.8}.get(part, 0.85)):
                kind = "record" if self._chance({"hub": 0.35, "aide": 0.5}.get(part, 0.9)) else "intelligence"
                day = date(2021, 3, 1) + timedelta(self._between(0, 200))
                statement = self._statement(kind, day, summary="Attribution of a number.")
                self._claim(statement, self._slip(name, 0.06), "USED", number)

    def _bank(self) -> None:
        for payer, payee in self.flows:
            if self._chance(0.4):
                statement, amount = self._record(self._month(4), "Bank record."), self._between(2, 90) * 100
                weight = self._between(1, 9)
                self._claim(statement, payer, "PAID", payee, amount=amount, currency="EUR", weight=weight)
        for name, account in self.account.items():
            if self._chance(0.6):
                statement = self._record(self._month(4), "Account opening papers.")
                straw = self._part(name) == "hub" and self._chance(0.4)
                self._claim(statement, self._pick(self._of("bystander")) if straw else name, "USED", account)

    def _registers(self) -> None:
        """Record registered owners, often straw people."""
        for kind in ("hawala", "work", "supply"):
            for provider in self.providers[kind]:
                for owned in provider.places + provider.things:
                    if self._chance(0.7 if owned in provider.places else 0.35):
                        self._register(provider, owned)
        for name in self._of("hub", "bystander", "aide", "helper"):
            # A hub that no source names still has a car or a flat somewhere.
            if name not in self.real and self._chance(0.3):
                kind = self._pick(("vehicle", "address"))
                thing = self._thing(kind, f"{self._pick(_ABROAD)} {self._between(100, 999)}")
                self._fact(name, "USED", thing)
                self._claim(self._record(self._month(5), "Register of vehicles or residents."), name, "USED", thing)

    def _register(self, provider: Provider, owned: str) -> None:
        statement = self._record(date(2020, self._between(1, 12), 3), "Company or tenancy register.")
        if self._chance(0.25):
            owner = provider.head
        elif self._chance(0.5):
            owner = self._pick(provider.aides)
        else:
            owner = self._pick(self._of("bystander"))
        self._claim(statement, owner, "CONTROLS" if owned[0] == "W" else "USED", owned)

    def _lawful_records(self) -> None:
        for helper in self._of("helper"):
            mine = [key for key in self.about[helper] if key[1] == "SERVED" and key[0] == helper]
            if mine and self._chance(0.75):
                statement = self._record(self._month(6), "Bookings, client or tenancy list.")
                for key in mine:
                    if self._chance(0.8):
                        self._claim(statement, *key)
        for place in [place for provider in self.providers["work"] for place in provider.places]:
            if self._chance(0.6):
                statement = self._record(self._month(7), "Inspection of a workplace.")
                for key in self.about[place]:
                    if key[1] in ("WORKED_AT", "MANAGED") and self._chance(0.6):
                        self._claim(statement, *key)

    def _interviews(self) -> None:
        """Record interviews under caution: the guilty and the innocent deny alike."""
        accused: dict[str, list[Key]] = defaultdict(list)
        for row in self.links:
            subject, relation = row["subject_id"], row["relation"]
            if row["polarity"] == "asserts" and subject in self.people and relation in _ACCUSATIONS:
                accused[subject].append((subject, relation, row["object_id"]))
        for name, keys in accused.items():
            person = self.people[name]
            part = person.part
            if part != "passenger" and self._chance(0.08 if part == "hub" else 0.16):
                statement = self._record(self._month(9), "Interview under caution.")
                for key in self._some(keys, self._between(1, 3)):
                    self._claim(statement, *key, deny=True)
            if not person.category and part != "passenger" and self._chance(0.3):
                suspected = self._chance(0.85) or part != "aide"
                person.category = "suspect" if suspected else "convicted"

    # -- the files -------------------------------------------------------------------------------------------------

    @property
    def operations(self) -> dict[str, list[str]]:
        """Return crossing → the people who arranged it."""
        return {crossing.id: [outfit.gang for outfit in crossing.outfits] for crossing in self.crossings}

    def write(self, folder: Path) -> None:
        """Write the world as a case folder; columns keep the order in which rows introduce them."""
        folder.mkdir(parents=True, exist_ok=True)
        numbers = self.random.permutation(np.arange(1000, 1000 + len(self.statements)))
        names = {place: f"S{number}" for place, number in enumerate(numbers)}
        used = {row[end] for row in self.links for end in ("subject_id", "object_id")}
        used |= {row["source_id"] for row in self.statements}
        used |= {row.get("interpreter_id") for row in self.statements}
        for name, person in self.people.items():
            if name in used:
                self.files["people"].append(self._person_row(name, person))
        nonempty = [(place, row) for place, row in enumerate(self.statements) if self.claims[place]]
        statements = [{"id": names[place], **row} for place, row in nonempty]
        self.files["statements"] = sorted(statements, key=lambda row: str(row["id"]))
        shuffled = self._some(self.links, len(self.links))
        self.files["links"] = [row | {"statement_id": names[row["statement_id"]]} for row in shuffled]
        self.files["things"] = [row for row in self.files["things"] if row["id"] in used]
        for table in _TABLES:
            rows = self.files[table]
            columns = dict.fromkeys(name for row in rows for name in row)
            write_table(folder, table, columns, sorted(rows, key=lambda row: str(row.get("id", ""))))
        truth = {name: sorted(values) for name, values in self._truth(names, used).items()}
        (folder / "truth.json").write_text(json.dumps(truth, indent=1))

    def _person_row(self, name: str, person: Person) -> Row:
        called = {"named": person.full, "nickname": person.nickname}.get(person.known, "unknown person")
        worked = person.part == "passenger" and any(key[1] == "WORKED_AT" for key in self.about[name])
        victim = "victim" if worked and self._chance(0.5) else ""
        categories = (person.category, victim, "witness" if name in self.witnesses else "")
        nicknamed = person.known == "named" and person.part in ("hub", "aide", "pilot", "bystander")
        return {
            "id": name,
            "name": called,
            "aliases": person.nickname if nicknamed and self._chance(0.5) else "",
            "identified": person.known,
            "category": ";".join(category for category in categories if category),
            "nationality": person.nationality,
            "sex": person.sex,
        }

    def _truth(self, names: Mapping[int, str], used: set[str]) -> dict[str, Iterable[Any]]:
        present = ("CROSSED_ON", "LIVED_AT", "WORKED_AT")
        active = {
            row[end] for row in self.links if row["relation"] not in present for end in ("subject_id", "object_id")
        }
        hubs = [name for name in self._of("hub") if name in used]
        candidates = [
            name
            for name, person in self.people.items()
            if name in (active if person.part == "pilot" else used)
            and person.part != "passenger"
            and name not in self.witnesses
        ]
        return {
            "hubs": hubs,
            "leaders": [name for name in hubs if self.people[name].role == "boss"],
            "brokers": [name for name in hubs if self._is_broker(self.people[name])],
            "helpers": [name for name in self._of("helper") if name in used],
            "unseen": [name for name in self._of("hub") if name not in used],
            "candidates": candidates,
            "witnesses": self.witnesses,
            "false_statements": [names[place] for place in self.false_statements if self.claims[place]],
            "false_links": [list(key) for key in self.false_links],
            "false_denials": [list(key) for key in self.false_denials],
            "same": [[name, alias] for name, alias in self.alias.items() if {name, alias} <= used],
        }

    @staticmethod
    def _is_broker(person: Person) -> bool:
        return person.role == "fixer" or (person.role in _TRADES and len(person.serves) > 3)


class _Journey:
    """Builder of one passenger's journey."""

    def __init__(self, world: World, name: str, crossing: Crossing, outfit: Outfit) -> None:
        self.world, self.name, self.crossing, self.outfit = world, name, crossing, outfit
        self.front: str = world._pick(outfit.fronts)
        self.seen: list[Seen] = []

    def _saw(self, subject: str, relation: str, object_: str, readiness: float, *, heard: bool = False) -> None:
        self.world._fact(subject, relation, object_)
        self.seen.append(((subject, relation, object_), heard, readiness))

    def _knows(self, subject: str, relation: str, object_: str, readiness: float, *, heard: bool = False) -> None:
        self.seen.append(((subject, relation, object_), heard, readiness))

    def trip(self) -> Trip:
        """Build the whole trip."""
        world, name = self.world, self.name
        self._start()
        self._front_seen()
        self._beach()
        home, landlord = world._pick(world.homes)
        self._saw(name, "LIVED_AT", home, 0.5)
        world._fact(landlord, "SERVED", name)
        number = world._between(0, 3)
        for helper in sorted({world._pick(world.helpers, world.popularity) for _ in range(number)}):
            self._saw(helper, "SERVED", name, 0.3)
        for kind in _TRADES:
            self._trade(kind)
        return Trip(self.crossing, self.outfit, home, self.seen)

    def _start(self) -> None:
        name, crossing = self.name, self.crossing
        self._saw(name, "CROSSED_ON", crossing.id, 1)
        self._saw(self.front, "RECRUITED", name, 0.6)
        self._knows(crossing.boat, "USED_ON", crossing.id, 0.3)
        self._knows(self.outfit.gang, "ORGANISED", crossing.id, 0.25, heard=True)
        self._saw(name, "CONTACTED", self.world._phone(self.front), 0.3)
        for pilot in crossing.pilots:
            self._knows(pilot, "PILOTED", crossing.id, 0.75)

    def _front_seen(self) -> None:
        world, name, front, crossing = self.world, self.name, self.front, self.crossing
        self._saw(front, "ORGANISED", crossing.id, 0.3)
        if world._chance(0.2):
            self._saw(front, "HOUSED", name, 0.5)
        if world._chance(0.4):
            self._saw(name, "PAID", front, 0.4)
        if world._chance(0.25):
            self._saw(front, "TRANSPORTED", name, 0.4)
        for pilot in crossing.pilots:
            self.seen += [(key, False, 0.3) for key in world.about[pilot] if key[1] == "DIRECTED"]
        self._knows(crossing.courier, "SUPPLIED", crossing.boat, 0.06, heard=True)

    def _beach(self) -> None:
        world, crossing, outfit, front = self.world, self.crossing, self.outfit, self.front
        for launcher in crossing.launchers:
            self._knows(launcher, "ASSISTED", crossing.id, 0.4)
            if world._chance(0.12):
                self._saw(launcher, "COERCED", self.name, 0.4)
        self._knows(crossing.coordinator, "ORGANISED", crossing.id, 0.22, heard=True)
        self._knows(outfit.boss, "RUNS", outfit.gang, 0.08, heard=True)
        self._knows(outfit.boss, "ORGANISED", crossing.id, 0.03, heard=True)
        self._knows(world.people[front].above, "DIRECTED", front, 0.12, heard=True)
        self._knows(front, "MEMBER_OF", outfit.gang, 0.2, heard=True)

    def _trade(self, kind: str) -> None:
        """Add the contact with one trade, or none."""
        world, crossing = self.world, self.crossing
        _, _, _, meets, hears = _TRADES[kind]
        if kind == "supply":
            self._knows(crossing.supplier.head, "SUPPLIED", crossing.boat, hears, heard=True)
            self._knows(crossing.courier, "ASSISTED", crossing.id, 0.1)
        if not world._chance(meets):
            return
        if kind == "beach":
            provider, aide = crossing.crew, world._pick(crossing.launchers[:2])
        else:
            provider = world._hire(kind, self.outfit, surge=crossing.surge)
            aide = world._pick(provider.aides)
        spot = world._pick(provider.places) if provider.places else ""
        if kind == "drive" and world._chance(0.2):
            aide = world._pick(world.freelancers)
        self._deal(kind, provider, aide, spot)
        if spot and kind != "hawala" and world._chance(0.5):
            # Residents report that the person who gives orders in a place controls it.
            self._saw(aide, "CONTROLS", spot, 0.25)
        orders = [key for key in world.about[aide] if key[1] == "DIRECTED" and key[2] == aide]
        self.seen += [(key, True, hears) for key in orders]
        if spot:
            self._knows(provider.head, "CONTROLS", spot, hears, heard=True)

    def _deal(self, kind: str, provider: Provider, aide: str, spot: str) -> None:
        name, saw = self.name, self._saw
        if kind == "drive":
            saw(aide, "TRANSPORTED", name, 0.5)
        elif kind == "camp":
            saw(name, "LIVED_AT", spot, 0.5)
            saw(aide, "COERCED", name, 0.4)
            saw(name, "PAID", aide, 0.4)
        elif kind in ("hawala", "forge"):
            saw(name, "PAID", aide, 0.55)
        elif kind == "ads":
            saw(aide, "RECRUITED", name, 0.35)
        elif kind == "work":
            saw(name, "WORKED_AT", spot, 0.8)
            saw(aide, "COERCED", name, 0.5)
            saw(aide, "HOUSED", name, 0.3)
            if (aide, "MANAGED", spot) in self.world.facts:
                self._knows(aide, "MANAGED", spot, 0.6)
            if self.world._chance(0.4):
                saw(name, "OWES", provider.head, 0.3, heard=True)


def make(folder: Path, seed: int, false_share: float) -> None:
    """Write one world of the family."""
    World(seed, false_share).write(folder)
