"""The people of a world: their roles, their organisations, and each member's boss."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from graphsvc.simulate import names, places
from graphsvc.simulate.knobs import SMALLEST_HUBS, SMALLEST_ORGANISATION, Knobs

HUBS = ("organiser", "leader", "broker", "supplier", "controller", "financier")
AIDES = {
    "pilot": 28,
    "recruiter": 14,
    "driver": 14,
    "manager": 10,
    "assistant": 14,
    "keeper": 10,
    "cashier": 7,
    "enforcer": 3,
}
# Roles between hubs and everyone else, in hard worlds only: they relay orders, or lend their name.
BETWEEN = ("go-between", "front")
MEMBERS = (*AIDES, *BETWEEN)
HELPERS = ("interpreter", "taxi driver", "charity worker", "landlord", "doctor", "money transfer agent")
# Roles of people only transported or put to work: never ranked. A `double` is a second row for a person.
PASSIVE = ("carried", "worker")
FORCED = "coerced pilot"
DOUBLE = "double"


@dataclass(slots=True)
class InventedPerson:
    """One row of people.csv and the truth about it: role, gang, and the hub they answer to (`boss`, an id)."""

    id: str
    role: str
    nationality: str
    sex: str
    name: str
    aliases: list[str]
    identified: str = "named"
    born: str = ""
    disputed: bool = False
    phones: list[str] = field(default_factory=list)
    gang: str = ""
    boss: str = ""
    same_as: str = ""
    category: list[str] = field(default_factory=list)
    notes: str = ""
    sealed: bool = False
    handling: str = ""
    review_on: str = ""


@dataclass(slots=True)
class Gang:
    """One gang: its leader (optional) and its organisers, each with a cell of aides."""

    id: str
    name: str
    aliases: list[str]
    leader: InventedPerson | None = None
    organisers: list[InventedPerson] = field(default_factory=list)


@dataclass
class Cast:
    """All people, by id and by role, and the gangs."""

    people: dict[str, InventedPerson]
    gangs: list[Gang]

    def __post_init__(self) -> None:
        # Cache: every crossing, statement and link asks for the same few lists of people.
        self._asked: dict[tuple[str, ...], tuple[InventedPerson, ...]] = {}
        self._gangs: dict[tuple[str, ...], dict[str, list[InventedPerson]]] = {}
        self._roles: dict[str, list[InventedPerson]] = {}
        self._teams: dict[str, list[InventedPerson]] = {}
        self.double_of: dict[str, str] = {}
        for person in self.people.values():
            self._roles.setdefault(person.role, []).append(person)
            if person.boss:
                self._teams.setdefault(person.boss, []).append(person)
            if person.same_as:
                self.double_of[person.same_as] = person.id

    def of(self, *roles: str) -> tuple[InventedPerson, ...]:
        """Return people of these roles, in the order of the roles."""
        if roles not in self._asked:
            self._asked[roles] = tuple(person for role in roles for person in self._roles.get(role, []))
        return self._asked[roles]

    def of_gang(self, gang: str, *roles: str) -> list[InventedPerson]:
        """Return people of these roles in a gang, in the order of the roles, as a new list."""
        if roles not in self._gangs:
            grouped = self._gangs[roles] = {}
            for person in self.of(*roles):
                grouped.setdefault(person.gang, []).append(person)
        return list(self._gangs[roles].get(gang, ()))

    def team(self, boss: str, *roles: str) -> list[InventedPerson]:
        """Return aides who answer to `boss`: those with one of the roles, or all aides if none has one."""
        team = self._teams.get(boss, [])
        return [person for person in team if person.role in roles] or team

    def recast(self, people: Iterable[InventedPerson], role: str) -> None:
        """Give people a new role."""
        recast = {person.id: person for person in people}
        for before in {person.role for person in recast.values()}:
            self._roles[before] = [person for person in self._roles[before] if person.id not in recast]
        for person in recast.values():
            person.role = role
            self._roles.setdefault(role, []).append(person)
        self._asked.clear()
        self._gangs.clear()

    @property
    def hubs(self) -> tuple[InventedPerson, ...]:
        """The people who keep the operation running."""
        return self.of(*HUBS)

    @property
    def aides(self) -> tuple[InventedPerson, ...]:
        """Members who are not hubs."""
        return self.of(*MEMBERS)

    @property
    def helpers(self) -> tuple[InventedPerson, ...]:
        """The people who meet many others lawfully."""
        return self.of(*HELPERS)


def tokens(rng: random.Random, prefix: str, count: int) -> list[str]:
    """Return `count` ids in random order, so that an id reveals nothing about the order of creation."""
    numbers = list(range(1, count + 1))
    rng.shuffle(numbers)
    return [f"{prefix}{number:04d}" for number in numbers]


def _roles(knobs: Knobs, people: int) -> dict[str, int]:
    """Return the number of people in each role in a world of `people`; the numbers add up to `people`."""
    members = max(SMALLEST_ORGANISATION, round(people * knobs.member_share))
    hubs = max(SMALLEST_HUBS, round(members * knobs.hub_share))
    counts = {
        "leader": max(1, round(hubs * knobs.leader_share)),
        "broker": max(1, round(hubs * knobs.broker_share)),
        "supplier": max(1, round(hubs * 0.14)),
        "controller": max(1, round(hubs * 0.17)),
    }
    between: dict[str, int] = {}
    if knobs.hard:
        counts["financier"] = max(1, round(hubs * knobs.hard.financiers))
        leaders_and_organisers = hubs - sum(counts.values()) + counts["leader"]
        between = {
            "go-between": max(1, round(leaders_and_organisers * knobs.hard.insulated)),
            "front": max(1, round(counts["controller"] * knobs.hard.fronting * 1.5)),
        }
    counts["organiser"] = hubs - sum(counts.values())
    aides = members - hubs - sum(between.values())
    counts |= between
    total, left = sum(AIDES.values()), aides
    for position, (role, share) in enumerate(AIDES.items()):
        counts[role] = min(left, max(1, round(aides * share / total)))
        if position == len(AIDES) - 1:
            counts["pilot"] += left - counts[role]
        left -= counts[role]
    helpers = max(2, round(people * knobs.helper_share))
    for position, role in enumerate(HELPERS):
        counts[role] = (helpers + len(HELPERS) - 1 - position) // len(HELPERS)
    counts["bystander"] = max(1, round(people * knobs.bystander_share))
    counts[DOUBLE] = int(people * knobs.double_share)
    passive = people - sum(counts.values())
    counts["worker"] = min(max(1, round(people * knobs.worker_share)), passive - 2)
    counts["carried"] = passive - counts["worker"]
    return counts


def _born(rng: random.Random, role: str, peak: dt.date) -> tuple[str, bool]:
    """Return (date of birth, whether the age is disputed): some passengers are children, or say so."""
    young = role in PASSIVE and rng.random() < 0.12
    age = rng.uniform(12, 18) if young else rng.gauss(29, 7) if role in PASSIVE else rng.gauss(36, 9)
    day = peak - dt.timedelta(days=round(max(12.0 if young else 18.5, age) * 365.25))
    born = rng.choices((day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}", ""), (62, 6, 12, 20))[0]
    return born, role in PASSIVE and (rng.random() < (0.3 if young else 0.015))


def _person(rng: random.Random, token: str, role: str, peak: dt.date) -> InventedPerson:
    """Return one person with a suitable name; members are often known by less than their full name."""
    member = role in AIDES or role in HUBS or role in BETWEEN
    if role in HELPERS or role == "bystander":
        nation = rng.choices(("United Kingdom", "France", ""), (45, 20, 35))[0] or names.nationality(rng, member=True)
    else:
        nation = names.nationality(rng, member=member)
    sex = "female" if rng.random() < (0.42 if role in HELPERS else 0.3 if role == "worker" else 0.16) else "male"
    name, native = names.full_name(rng, nation, sex)
    aliases = [native] if native and rng.random() < 0.5 else []
    identified = rng.choices(("named", "nickname", "unknown"), (70, 24, 6))[0] if member else "named"
    nickname = f"{name.split()[0]} {rng.choice(names.NICKNAMES)}"
    if identified == "nickname":
        name, aliases = nickname, []
    elif identified == "unknown":
        name, aliases = "", []
    elif member and rng.random() < 0.5:
        aliases.append(nickname)
    born, disputed = _born(rng, role, peak) if identified == "named" else ("", False)
    return InventedPerson(
        token, role, nation if identified != "unknown" else "", sex, name, aliases, identified, born, disputed
    )


def _organise(rng: random.Random, people: list[InventedPerson]) -> list[Gang]:
    """Put members into gangs and cells: organisers get a cell, leaders get organisers, controllers get a team."""
    by_role: dict[str, list[InventedPerson]] = {}
    for person in people:
        by_role.setdefault(person.role, []).append(person)
    organisers, leaders = by_role["organiser"], by_role["leader"]
    count = max(2, len(leaders), round(len(organisers) / 2))
    gangs = []
    for position, token in enumerate(tokens(rng, "G", count)):
        word = places.gang_word(position)
        aliases = [f"{word} people", f"those of the {word.lower()}"][: rng.randrange(3)]
        gangs.append(Gang(token, f"{word} group", aliases))
    for position, person in enumerate(organisers):
        gangs[position % count].organisers.append(person)
        person.gang = gangs[position % count].id
    # Organisers are dealt out in turn, so the first gangs have the most cells: leaders get those.
    for leader, gang in zip(leaders, gangs, strict=False):
        gang.leader, leader.gang = leader, gang.id
    for person in by_role["supplier"] + by_role["controller"] + by_role.get("financier", []):
        person.gang = rng.choice(gangs).id
    weights = [rng.uniform(0.5, 2) for _ in organisers]
    for role in AIDES:
        for position, person in enumerate(by_role.get(role, [])):
            if role == "manager":
                boss = by_role["controller"][position % len(by_role["controller"])]
            elif position < len(organisers) and role != "enforcer":
                boss = organisers[position]
            else:
                boss = rng.choices(organisers, weights)[0]
            person.boss, person.gang = boss.id, boss.gang
    _stand_between(by_role)
    return gangs


def _stand_between(by_role: dict[str, list[InventedPerson]]) -> None:
    """Assign go-betweens to leaders and organisers, and fronts to controllers, one each in turn."""
    above = {"go-between": by_role["leader"] + by_role["organiser"], "front": by_role["controller"]}
    for role in BETWEEN:
        for position, person in enumerate(by_role.get(role, [])):
            boss = above[role][position % len(above[role])]
            person.boss, person.gang = boss.id, boss.gang


def build(rng: random.Random, knobs: Knobs, people: int) -> Cast:
    """Make the cast of a world of `people` rows: each person's role, name and place in an organisation."""
    ids = tokens(rng, "P", people)
    everybody = [
        _person(rng, ids.pop(), role, knobs.day_peak)
        for role, count in _roles(knobs, people).items()
        for _ in range(count)
    ]
    gangs = _organise(rng, everybody)
    members = [person for person in everybody if person.role in (*AIDES, *HUBS, *BETWEEN)]
    doubles = [person for person in everybody if person.role == DOUBLE]
    for double, member in zip(doubles, rng.sample(members, len(doubles)), strict=True):
        double.same_as, double.identified = member.id, "nickname"
        first_name = member.name.split()[0] if member.name else ""
        double.name, double.aliases = f"{first_name} {rng.choice(names.NICKNAMES)}".strip(), []
        double.nationality, double.sex, double.born = member.nationality, member.sex, ""
    return Cast({person.id: person for person in everybody}, gangs)
