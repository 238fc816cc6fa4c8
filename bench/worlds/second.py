"""Family `second`, by author A: harder than `first`, with brokers, suppliers, fixers passing on orders, straw people.

No id, name, category, order of rows or single relation reveals the truth: every relation also involves people who are
not hubs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.worlds.first import COLUMNS, Tables, write

_GANGS, _COOPERATIVE, _CROSSINGS = 5, 0.06, 12
_SECTORS = ["car wash", "nail bar", "takeaway", "farm"]
_FIRST_NAMES = (
    "Sherko Dilan Baran Karim Omid Reza Navid Hiwa Azad Farid Tariq Yusuf Marek Jan Paul Tom Lena Mina Sara Huda"
)
_LAST_NAMES = "Amin Hassan Rahimi Salih Aziz Karimi Haddad Nowak Brown Hall Green Omar Said Rostami Jafari Kader"
_NATIONALITIES = ["Iranian", "Iraqi", "Kuwaiti", "Syrian", "Afghan", "British", ""]
# Role → how often such a person is a suspect.
_SUSPECT = {
    "top": 0.2, "mid": 0.4, "supplier": 0.35, "placeboss": 0.3, "broker": 0.2, "low": 0.45, "fixer": 0.7, "front": 0.4,
    "helper": 0.08, "coerced": 0.5, "passenger": 0,
}  # fmt: skip
_PREFIXES = {"statements": "S", "crossings": "C", "boats": "B", "workplaces": "W", "gangs": "G"}


@dataclass
class _Gang:
    """A gang and the people of each of its roles."""

    name: str
    top: list[str]
    middle: list[str]
    supplier: list[str]
    place_boss: list[str]
    low: list[str]
    fixer: list[str]
    front: list[str]
    broker: str

    def people(self) -> set[str]:
        """All people of the gang except its broker."""
        leading = self.top + self.middle + self.supplier + self.place_boss
        return {*leading, *self.low, *self.fixer, *self.front}


@dataclass
class _Trip:
    """A crossing: the people who run it, and the people who lie about it together."""

    gang: _Gang
    number: int
    crossing: str
    day: str
    crew: list[str]
    organiser: str
    pilot: str
    coached: bool
    accused: str
    interpreter: str


class World:
    """One world of the family."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.random = np.random.default_rng(seed)
        self.false_share = false_share
        self.tables: Tables = {name: [] for name in COLUMNS}
        # Crossing → the people who arranged it.
        self.operations: dict[str, list[str]] = {}
        self.role: dict[str, str] = {}
        self.gangs: list[_Gang] = []
        self.forced: list[str] = []
        self.passengers: list[str] = []
        self.witnesses: set[str] = set()
        self.register = self._statement("record", grade="1", assessment="A")
        self.phones = self._statement("record", grade="1", assessment="A")
        self._helpers()
        self.brokers = [self._person("broker") for _ in range(2)]
        self.hubs = set(self.brokers)
        for number in range(_GANGS):
            self._gang(number)
        self.members = sorted({person for gang in self.gangs for person in gang.people()} | set(self.brokers))
        pool = self.helpers + [person for gang in self.gangs for person in gang.low]
        # Targets of planted statements and reports.
        self.targets = [str(name) for name in self.random.choice(pool, 3, replace=False)]
        for number, gang in enumerate(self.gangs):
            self._operation(number, gang)
        self._around()

    # -- drawing and writing ---------------------------------------------------------------------------------------

    def _hit(self, chance: float) -> bool:
        return bool(self.random.random() < chance)

    def _any(self, people: Sequence[str]) -> str:
        return people[int(self.random.integers(len(people)))]

    def _choice(self, options: Iterable[str | int], weights: Sequence[float] | None = None) -> str:
        drawn: object = self.random.choice(np.array(list(options)), p=weights)
        return str(drawn)

    def _person(self, role: str) -> str:
        name = f"{role}{len(self.role)}"
        self.role[name] = role
        return name

    def _statement(
        self,
        kind: str,
        source: str = "",
        grade: str = "2",
        assessment: str = "D",
        on_record: str = "no",
        interpreter: str = "",
    ) -> str:
        name = f"S{len(self.tables['statements']) + 1:05d}"
        row = {
            "id": name,
            "kind": kind,
            "source_id": source,
            "taken_on": f"2020-{self.random.integers(4, 9):02d}-{self.random.integers(1, 29):02d}",
            "source_grade": grade,
            "assessment": assessment,
            "handling": self._choice(["P", "C"]),
            "on_record": on_record,
            "interpreter_id": interpreter,
            "summary": "",
        }
        self.tables["statements"].append(row)
        return name

    def _link(
        self, ends: tuple[str, str, str], statement: str, polarity: str = "asserts", weight: int = 1, day: str = ""
    ) -> None:
        subject, relation, object_ = ends
        if subject != object_:
            row = {"subject_id": subject, "relation": relation, "object_id": object_, "statement_id": statement}
            self.tables["links"].append(row | {"polarity": polarity, "weight": int(weight), "from_date": day})

    def _report(self, *, is_true: bool = True) -> str:
        """Write a report whose grades lean only slightly towards the truth."""
        grade = self._choice([1, 2, 3], [0.15, 0.55, 0.3] if is_true else [0.08, 0.52, 0.4])
        assessment = self._choice("BCDE", [0.25, 0.35, 0.35, 0.05] if is_true else [0.1, 0.3, 0.45, 0.15])
        return self._statement("intelligence", grade=grade, assessment=assessment)

    def _report_link(self, *ends: str, weight: tuple[int, int] | None = None, is_true: bool = True) -> None:
        """Link two ends in a separate report."""
        subject, relation, object_ = ends
        report = self._report(is_true=is_true)
        self._link((subject, relation, object_), report, weight=int(self.random.integers(*weight)) if weight else 1)

    def _either(self, chance: float, first: str, relation: str, second: str) -> tuple[str, str, str]:
        return (first, relation, second) if self._hit(chance) else (second, relation, first)

    def _vaguely(self, above: str, below: str, directed: float = 0.3) -> None:
        """Report a person as above another, mostly as mere contact."""
        drawn = self.random.random()
        if drawn < directed:
            self._report_link(above, "DIRECTED", below)
        elif drawn < directed + 0.12:
            self._report_link(*self._either(0.7, above, "PAID", below), weight=(1, 6))
        elif drawn < directed + 0.5:
            self._report_link(*self._either(0.5, above, "CONTACTED", below), weight=(1, 12))
        else:
            self._report_link(*self._either(0.5, above, "ASSOCIATES_WITH", below))

    # -- people ----------------------------------------------------------------------------------------------------

    def _helpers(self) -> None:
        self.helpers = [self._person("helper") for _ in range(40)]
        self.interpreters, self.taxis, self.landlords = self.helpers[:12], self.helpers[12:22], self.helpers[22:32]
        reach = dict(zip(self.helpers, self.random.lognormal(0, 1.2, len(self.helpers)), strict=True))
        self.called = np.array([reach[name] for name in self.helpers])
        self.called /= self.called.sum()
        self.quiet = set(self.random.choice(self.helpers, 14, replace=False).tolist())
        self.serving = np.array([0 if name in self.quiet else reach[name] for name in self.helpers])
        self.serving /= self.serving.sum()

    def _gang(self, number: int) -> None:
        random = self.random
        gang = _Gang(
            f"gang{number}",
            [self._person("top") for _ in range(random.integers(1, 3))],
            [self._person("mid") for _ in range(random.integers(2, 5))],
            [self._person("supplier")],
            [self._person("placeboss")],
            [self._person("low") for _ in range(random.integers(10, 18))],
            [self._person("fixer")],
            [self._person("front") for _ in range(2)],
            self.brokers[random.integers(2)],
        )
        if self.gangs and self._hit(0.4):
            gang.supplier = self.gangs[-1].supplier
        self.gangs.append(gang)
        self.tables["gangs"].append({"id": gang.name, "name": ""})
        self.hubs |= {*gang.top, *gang.middle, *gang.supplier, *gang.place_boss}

    # -- one gang's operation --------------------------------------------------------------------------------------

    def _operation(self, number: int, gang: _Gang) -> None:
        # The rest of `low` are look-outs, drivers and money runners, never on a crossing.
        beach = gang.low[: max(5, int(0.6 * len(gang.low)))]
        middleman_of = {person: self._any(gang.middle) for person in gang.low}
        top_of = {person: self._any(gang.top) for person in gang.middle}
        self._seniors(gang, top_of)
        self._juniors(gang, middleman_of)
        workplaces = self._workplaces(number, gang)
        for place in range(_CROSSINGS):
            self._crossing(number, place, gang, beach, middleman_of, top_of, workplaces)

    def _seniors(self, gang: _Gang, top_of: Mapping[str, str]) -> None:
        for person, superior in top_of.items():
            if self._hit(0.5):
                self._vaguely(superior, person)
            if self._hit(0.3):
                self._vaguely(person, gang.supplier[0], 0.1)
            if self._hit(0.35):
                self._vaguely(person, gang.fixer[0])
            if self._hit(0.4):
                if self._hit(0.5):
                    self._report_link(person, "PAID", gang.broker)
                else:
                    self._vaguely(gang.broker, person, 0.1)
        for person in gang.top:
            if self._hit(0.45):
                self._vaguely(person, gang.place_boss[0])
            if self._hit(0.35):
                self._vaguely(gang.broker, person, 0.1)

    def _juniors(self, gang: _Gang, middleman_of: Mapping[str, str]) -> None:
        (fixer,) = gang.fixer
        for person, superior in middleman_of.items():
            if self._hit(0.5):
                self._vaguely(superior, person)
            if self._hit(0.2):
                self._vaguely(self._any(gang.middle), person, 0.1)
            if self._hit(0.6):
                self._report_link(fixer, "CONTACTED", person, weight=(1, 30))
            if self._hit(0.2):
                self._report_link(fixer, "DIRECTED", person)
            if self._hit(0.2):
                self._report_link(person, "MEMBER_OF", gang.name)
            for colleague in gang.low:
                if person < colleague and self._hit(0.1):
                    self._report_link(person, "CONTACTED", colleague, weight=(1, 20))
                if person != colleague and self._hit(0.012):
                    # For example, an older driver directs a younger one.
                    self._report_link(person, self._choice(["DIRECTED", "PAID"]), colleague)
        for person in gang.middle + gang.top:
            if self._hit(0.12):
                self._report_link(person, "MEMBER_OF", gang.name)

    def _workplaces(self, number: int, gang: _Gang) -> list[str]:
        names = [f"place{number}_{place}" for place in range(self.random.integers(3, 6))]
        (boss,) = gang.place_boss
        for name in names:
            row = {"id": name, "name": "", "sector": self._choice(_SECTORS)}
            self.tables["workplaces"].append(row | {"closed_on": self._choice(["", "2020-03-24"])})
            front = self._any(gang.front)
            if self._hit(0.6):
                self._report_link(front, "MANAGED", name)
            if self._hit(0.2):
                # The licence names the front.
                self._report_link(front, "CONTROLS", name)
            if self._hit(0.35):
                self._report_link(boss, "CONTROLS", name)
            if self._hit(0.2):
                self._vaguely(boss, front)
            if self._hit(0.15):
                owner = self._any(self.landlords)
                self._link((owner, "CONTROLS", name), self._statement("record", grade="1", assessment="A"))
        return names

    def _crossing(
        self,
        number: int,
        place: int,
        gang: _Gang,
        beach: Sequence[str],
        middleman_of: Mapping[str, str],
        top_of: Mapping[str, str],
        workplaces: Sequence[str],
    ) -> None:
        random = self.random
        crossing, boat = f"cross{number}_{place}", f"boat{number}_{place}"
        day = f"2020-{random.integers(2, 6):02d}-{random.integers(1, 29):02d}"
        size = int(random.integers(8, 26))
        self.tables["boats"].append({"id": boat, "kind": "dinghy"})
        self.operations[crossing] = [str(number)]
        places = {
            "launch_site": self._choice(["Grande-Synthe", "Calais", "Wissant"]),
            "landing_site": self._choice(["Dover", "Dungeness"]),
        }
        self.tables["crossings"].append({"id": crossing, "date": day, **places, "people_count": size})
        self._link((boat, "USED_ON", crossing), self.register, day=day)
        if self._hit(0.15):
            self._report_link(gang.supplier[0], "SUPPLIED", boat)
        if self._hit(0.10):
            # Someone of low rank drove the boat to the beach.
            self._report_link(self._any(gang.low), "SUPPLIED", boat)
        crew = [str(name) for name in random.choice(beach, size=int(random.integers(1, 4)), replace=False)]
        organiser = middleman_of[crew[0]]
        if self._hit(0.15):
            crew.append(organiser)
        if self._hit(0.04):
            crew.append(self._choice(gang.top + gang.supplier))
        passengers = [self._person("passenger") for _ in range(size)]
        self.passengers += passengers
        pilot = crew[0]
        if self._hit(0.5):
            # A passenger is put at the tiller under threat.
            pilot = passengers[0]
            self.role[pilot] = "coerced"
            self.forced.append(pilot)
        if self._hit(0.1):
            self._report_link(organiser, "ORGANISED", crossing)
        if self._hit(0.06):
            self._report_link(crew[-1], "ORGANISED", crossing)
        coached = self._hit(self.false_share / 2)
        accused, interpreter = self._any(self.helpers), self._any(self.interpreters)
        trip = _Trip(gang, number, crossing, day, crew, organiser, pilot, coached, accused, interpreter)
        for person in passengers:
            self._passenger(person, trip, workplaces, top_of)

    def _passenger(self, person: str, trip: _Trip, workplaces: Sequence[str], top_of: Mapping[str, str]) -> None:
        random, gang = self.random, trip.gang
        self._link((person, "CROSSED_ON", trip.crossing), self.register, day=trip.day)
        workplace = self._any(workplaces)
        worked = self._hit(0.2)
        if worked:
            self._link((person, "WORKED_AT", workplace), self.register)
        for _ in range(random.poisson(0.5)):
            self._link((str(random.choice(self.helpers, p=self.serving)), "SERVED", person), self.register)
        if self._hit(0.3):
            caller = str(random.choice(self.helpers, p=self.called))
            self._link((caller, "CONTACTED", person), self.phones, weight=int(random.integers(1, 9)))
        if self._hit(0.15):
            callers = [gang.fixer[0], trip.organiser, self._any(gang.low), gang.broker, gang.place_boss[0]]
            caller = self._choice(callers, [0.4, 0.2, 0.2, 0.12, 0.08])
            self._link((caller, "CONTACTED", person), self.phones, weight=int(random.integers(1, 5)))
        if self._hit(_COOPERATIVE) and person != trip.pilot:
            self._account(person, trip, top_of, worked=worked)

    # -- witness statements ----------------------------------------------------------------------------------------

    def _account(self, person: str, trip: _Trip, top_of: Mapping[str, str], *, worked: bool) -> None:
        alone = not trip.coached and self._hit(self.false_share / 2 / (1 - self.false_share / 2))
        is_false = trip.coached or alone
        self.witnesses.add(person)
        statement = self._statement(
            "witness",
            person,
            self._choice([1, 2, 3], [0.15, 0.55, 0.3] if is_false else [0.3, 0.52, 0.18]),
            self._choice("ACDE", [0.25, 0.3, 0.3, 0.15] if is_false else [0.35, 0.35, 0.25, 0.05]),
            self._choice(["yes", "no"]),
            trip.interpreter if self._hit(0.7) else self._any(self.interpreters),
        )
        if trip.coached:
            self._link((trip.accused, "ORGANISED", trip.crossing), statement)
            self._link((trip.accused, "RECRUITED", person), statement)
            if self._hit(0.3):
                self._link((trip.accused, "DIRECTED", trip.crew[0]), statement)
        elif alone:
            self._lie(person, trip, statement)
        else:
            self._truth(person, trip, statement, top_of, worked=worked)

    def _lie(self, person: str, trip: _Trip, statement: str) -> None:
        drawn = self.random.random()
        if drawn < 0.45:
            target = self._any(self.helpers)
            self._link((target, "ORGANISED", trip.crossing), statement)
            self._link((target, "RECRUITED", person), statement)
        elif drawn < 0.7:
            rival = self.gangs[(trip.number + 1 + self.random.integers(_GANGS - 1)) % _GANGS]
            target = self._any(rival.low)
            self._link((target, "ORGANISED", trip.crossing), statement)
            self._link((target, "RUNS", rival.name), statement)
        else:
            self._link((trip.organiser, "ORGANISED", trip.crossing), statement, polarity="denies")
            self._link((trip.pilot, "ORGANISED", trip.crossing), statement)
            self._link((trip.pilot, "PILOTED", trip.crossing), statement)

    def _truth(self, person: str, trip: _Trip, statement: str, top_of: Mapping[str, str], *, worked: bool) -> None:
        gang, crew, crossing, organiser = trip.gang, trip.crew, trip.crossing, trip.organiser
        (fixer,), (boss,) = gang.fixer, gang.place_boss
        for member in dict.fromkeys([*crew, trip.pilot]):
            if self._hit(0.65):
                self._link((member, "PILOTED" if member == trip.pilot else "ASSISTED", crossing), statement)
        if self._hit(0.3):
            self._link((self._any(crew), "TRANSPORTED", person), statement)
        if self._hit(0.1):
            self._link((self._any(self.taxis), "TRANSPORTED", person), statement)
        if self._hit(0.3):
            named = self._choice([organiser, fixer, crew[0]], [0.6, 0.25, 0.15])
            self._link((named, "ORGANISED", crossing), statement)
        if self._hit(0.2):
            named = self._choice([organiser, fixer, crew[-1]], [0.25, 0.5, 0.25])
            self._link((named, "RECRUITED", person), statement)
        if self._hit(0.25):
            named = self._choice([fixer, organiser, gang.broker, crew[0]], [0.5, 0.15, 0.2, 0.15])
            self._link((person, "PAID", named), statement)
        if self._hit(0.15):
            named = self._choice([self._any(self.landlords), self._any(gang.low)])
            self._link((named, "HOUSED", person), statement)
        if worked and self._hit(0.4):
            named = self._choice([gang.front[0], boss], [0.65, 0.35])
            self._link((named, self._choice(["COERCED", "DIRECTED"]), person), statement)
        if self._hit(0.1):
            self._link((self._choice([organiser, fixer], [0.6, 0.4]), "DIRECTED", crew[0]), statement)
        if self._hit(0.04):
            named = self._choice([top_of[organiser], organiser, fixer], [0.45, 0.3, 0.25])
            self._link((named, "RUNS", gang.name), statement)
        if self._hit(0.05):
            self._link((trip.pilot, "PILOTED", crossing), statement, polarity="denies")
        if self.false_share and self._hit(self.false_share / 4):
            target = self.targets[self.random.integers(3)]
            self._link((target, "ORGANISED", crossing), statement)
            if self._hit(0.3):
                self._link((target, "RUNS", gang.name), statement)

    # -- around it -------------------------------------------------------------------------------------------------

    def _around(self) -> None:
        random = self.random
        for _ in range(round(self.false_share * 15)):
            # Planted reports, well graded.
            target, member = self.targets[random.integers(3)], self._any(self.members)
            report = self._statement("intelligence", grade=self._choice([1, 2]), assessment="B")
            self._link((target, "DIRECTED", member), report)
        for member in self.members:
            self._lawful_touch(member)
        for member in self.members:
            # A lawful trade, equally often for hubs and aides; some members once came by boat.
            if self._hit(0.3):
                size = min(len(self.passengers), 1 + int(6 * random.lognormal(0, 1.2)))
                for person in random.choice(self.passengers, size=size, replace=False):
                    self._link((member, "SERVED", str(person)), self.register)
            if self._hit(0.1):
                crossings = self.tables["crossings"]
                self._link((member, "CROSSED_ON", crossings[random.integers(len(crossings))]["id"]), self.register)
        for person in self.members + self.helpers:
            # Loose contact without meaning.
            if self._hit(0.25):
                relation = self._choice(["CONTACTED", "ASSOCIATES_WITH"])
                self._report_link(
                    person, relation, self._choice(self.members + self.helpers), weight=(1, 4), is_true=False
                )

    def _lawful_touch(self, member: str) -> None:
        for _ in range(self.random.poisson(0.6)):
            helper = str(self.random.choice(self.helpers, p=self.called))
            drawn = self.random.random()
            if drawn < 0.5 and helper not in self.quiet:
                self._report_link(helper, "SERVED", member)
            elif drawn < 0.8:
                ends = self._either(0.5, helper, "CONTACTED", member)
                self._link(ends, self.phones, weight=int(self.random.integers(1, 9)))
            elif drawn < 0.9:
                self._report_link(member, "PAID", helper)
            else:
                self._report_link(helper, "ASSOCIATES_WITH", member)
        # Sparse links between gangs, partly wrong.
        if self._hit(0.10):
            self._report_link(member, "CONTACTED", self._any(self.members), is_true=False)
        if self._hit(0.05):
            self._report_link(member, "RELATED_TO", self._any(self.members))
        if self._hit(0.04):
            self._report_link(member, self._choice(["DIRECTED", "PAID"]), self._any(self.members), is_true=False)

    # -- the files -------------------------------------------------------------------------------------------------

    def write(self, folder: Path) -> None:
        """Write the world as a case folder, with new ids and shuffled rows."""
        candidates = sorted({*self.helpers, *self.members, *self.forced})
        numbers = self.random.permutation(len(self.role))
        renamed = {name: f"P{numbers[place]:05d}" for place, name in enumerate(self.role)}
        self._people(renamed)
        for table, prefix in _PREFIXES.items():
            rows = self.tables[table]
            for row, number in zip(rows, self.random.permutation(len(rows)), strict=True):
                renamed[row["id"]] = f"{prefix}{number:05d}"
                row["id"] = renamed[row["id"]]
            rows.sort(key=lambda row: str(row["id"]))
        self.operations = {renamed[name]: gangs for name, gangs in self.operations.items()}
        for row in self.tables["links"]:
            row["statement_id"] = renamed[row["statement_id"]]
            row["subject_id"] = renamed.get(row["subject_id"], row["subject_id"])
            row["object_id"] = renamed.get(row["object_id"], row["object_id"])
        for row in self.tables["statements"]:
            row["source_id"] = renamed.get(row["source_id"], "")
            row["interpreter_id"] = renamed.get(row["interpreter_id"], "")
        links = self.tables["links"]
        self.tables["links"] = [links[place] for place in self.random.permutation(len(links))]
        lists = {"hubs": self.hubs, "candidates": candidates, "witnesses": self.witnesses}
        truth: dict[str, object] = {
            name: sorted(renamed[person] for person in people) for name, people in lists.items()
        }
        write(folder, self.tables, truth | {"roles": {renamed[name]: self.role[name] for name in candidates}})

    def _people(self, renamed: Mapping[str, str]) -> None:
        first_names, last_names = _FIRST_NAMES.split(), _LAST_NAMES.split()
        for name, role in self.role.items():
            called = f"{self.random.choice(first_names)} {self.random.choice(last_names)}"
            row = {"id": renamed[name], "name": called, "category": self._category(name, role)}
            self.tables["people"].append(row | {"nationality": self._choice(_NATIONALITIES)})
        self.tables["people"].sort(key=lambda row: str(row["id"]))

    def _category(self, name: str, role: str) -> str:
        if name in self.witnesses and self._hit(0.5):
            return "witness"
        if self._hit(_SUSPECT[role]):
            return "suspect"
        return "victim" if role in ("passenger", "coerced") and self._hit(0.6) else "other"


def make(folder: Path, seed: int, false_share: float) -> None:
    """Write one world of the family."""
    World(seed, false_share).write(folder)
