"""Family `first`, by author A: gangs of bosses, middlemen and hands; the easiest family.

Bosses and middlemen are hubs. Passengers report on the crew of their crossing; false statements accuse a lawful
helper.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

COLUMNS = {
    "people": "id name aliases category date_of_birth nationality sex phones notes",
    "boats": "id name kind registration length_m engine_hp notes",
    "crossings": "id date launch_site launch_lat launch_lon landing_site landing_lat landing_lon people_count intercepted_by notes",
    "gangs": "id name aliases notes",
    "workplaces": "id name sector address latitude longitude opened_on closed_on notes",
    "statements": "id kind source_id taken_on source_grade assessment handling on_record interpreter_id summary",
    "links": "subject_id relation object_id statement_id from_date to_date polarity weight notes",
}
Tables = dict[str, list[dict[str, Any]]]
_GANGS, _COOPERATIVE, _CROSSINGS = 6, 0.06, 12
_NATIONALITIES = ["Iranian", "Iraqi", "Kuwaiti", "Syrian", "Afghan"]
_SECTORS = ["car wash", "nail bar", "takeaway", "farm"]


def write(folder: Path, tables: Tables, truth: Mapping[str, object]) -> None:
    """Write the tables of a case and its truth."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if rows or name in ("people", "links"):
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, COLUMNS[name].split())
                writer.writeheader()
                writer.writerows(rows)
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")


class World:
    """One world of the family."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.random = np.random.default_rng(seed)
        self.false_share = false_share
        self.tables: Tables = {name: [] for name in COLUMNS}
        # Crossing → the people who arranged it.
        self.operations: dict[str, list[str]] = {}
        self.hubs: set[str] = set()
        self.candidates: list[str] = []
        self.witnesses: set[str] = set()
        self.members: list[str] = []
        self.register = self._statement("record", grade="1", assessment="A", day="2020-05-10")
        self.helpers = [self._person(f"H{number}") for number in range(30)]
        self.candidates += self.helpers
        for gang in range(_GANGS):
            self._gang(gang)
        self._contact_with_helpers()

    def _any(self, people: Sequence[str]) -> str:
        return people[int(self.random.integers(len(people)))]

    def _letter(self, letters: str) -> str:
        letter: str = self.random.choice(list(letters))
        return letter

    def _person(self, name: str, category: str = "other", **more: str) -> str:
        self.tables["people"].append({"id": name, "name": f"Name {name}", "category": category, **more})
        return name

    def _statement(
        self,
        kind: str,
        source: str = "",
        grade: str = "2",
        assessment: str = "D",
        on_record: str = "no",
        day: str = "2020-06-01",
    ) -> str:
        name = f"S{len(self.tables['statements']) + 1}"
        row = {
            "id": name,
            "kind": kind,
            "source_id": source,
            "taken_on": day,
            "source_grade": grade,
            "assessment": assessment,
        }
        self.tables["statements"].append(row | {"handling": "P", "on_record": on_record, "summary": ""})
        return name

    def _link(
        self,
        subject: str,
        relation: str,
        object_: str,
        statement: str,
        polarity: str = "asserts",
        weight: int = 1,
        day: str = "",
    ) -> None:
        row = {"subject_id": subject, "relation": relation, "object_id": object_, "statement_id": statement}
        self.tables["links"].append(row | {"polarity": polarity, "weight": weight, "from_date": day})

    def _report(self, grade: str = "2", assessment: str = "D") -> str:
        return self._statement("intelligence", grade=grade, assessment=assessment)

    def _gang(self, gang: int) -> None:
        random = self.random
        self.tables["gangs"].append({"id": f"G{gang}", "name": f"Group {gang}"})
        bosses = [self._person(f"B{gang}_{number}", "suspect") for number in range(random.integers(1, 3))]
        middle, low = (
            [
                self._person(f"{letter}{gang}_{number}", random.choice(["suspect", "other"]))
                for number in range(random.integers(*most))
            ]
            for letter, most in (("K", (3, 6)), ("F", (9, 18)))
        )
        self.hubs |= {*bosses, *middle}
        self.candidates += bosses + middle + low
        self.members += bosses + middle + low
        boss_of = {person: self._any(bosses) for person in middle}
        middleman_of = {person: self._any(middle) for person in low}
        self._orders(boss_of, 0.45)
        self._orders(middleman_of, 0.6, middle)
        self._contacts(low, f"G{gang}")
        workplaces = self._workplaces(gang, low, middle)
        for number in range(_CROSSINGS):
            self._crossing(gang, number, low, middleman_of, boss_of, workplaces)

    def _orders(self, above: Mapping[str, str], chance: float, middle: Sequence[str] = ()) -> None:
        random = self.random
        for person, superior in above.items():
            if random.random() < chance:
                relation = random.choice(["DIRECTED", "PAID", "CONTACTED"])
                grade = str(random.integers(1, 4))
                self._link(superior, relation, person, self._report(grade, self._letter("BCD")))
            if middle and random.random() < 0.25:
                contact, report = self._any(middle), self._report()
                self._link(contact, "CONTACTED", person, report, weight=int(random.integers(1, 9)))

    def _contacts(self, low: Sequence[str], gang: str) -> None:
        random = self.random
        for place, person in enumerate(low):
            for contact in low[place + 1 :]:
                if random.random() < 0.1:
                    report = self._report(assessment=self._letter("CD"))
                    self._link(person, "CONTACTED", contact, report, weight=int(random.integers(1, 20)))
            if random.random() < 0.3:
                self._link(person, "MEMBER_OF", gang, self._report(assessment="C"))

    def _workplaces(self, gang: int, low: Sequence[str], middle: Sequence[str]) -> list[str]:
        random = self.random
        names = [f"W{gang}_{number}" for number in range(random.integers(3, 7))]
        for name in names:
            row = {"id": name, "name": f"Place {name}", "sector": random.choice(_SECTORS)}
            self.tables["workplaces"].append(row | {"closed_on": random.choice(["", "2020-03-24"])})
            self._link(self._any(low), "MANAGED", name, self._report(assessment="C"))
            if random.random() < 0.4:
                self._link(self._any(middle), "CONTROLS", name, self._report(assessment="C"))
        return names

    def _crossing(
        self,
        gang: int,
        number: int,
        low: Sequence[str],
        middleman_of: Mapping[str, str],
        boss_of: Mapping[str, str],
        workplaces: Sequence[str],
    ) -> None:
        random = self.random
        crossing, boat = f"X{gang}_{number}", f"V{gang}_{number}"
        day = f"2020-{random.integers(2, 6):02d}-{random.integers(1, 29):02d}"
        self.tables["boats"].append({"id": boat, "kind": "dinghy"})
        self.operations[crossing] = [f"G{gang}"]
        size = int(random.integers(8, 26))
        places = {
            "launch_site": random.choice(["Grande-Synthe", "Calais", "Wissant"]),
            "landing_site": random.choice(["Dover", "Dungeness"]),
        }
        self.tables["crossings"].append({"id": crossing, "date": day, **places, "people_count": size})
        self._link(boat, "USED_ON", crossing, self.register, day=day)
        crew = [str(name) for name in random.choice(low, size=min(len(low), int(random.integers(1, 4))), replace=False)]
        organiser = middleman_of[crew[0]]
        passengers = [
            self._person(f"M{gang}_{number}_{place}", "victim", nationality=random.choice(_NATIONALITIES))
            for place in range(size)
        ]
        for person in passengers:
            self._link(person, "CROSSED_ON", crossing, self.register, day=day)
            if random.random() < 0.2:
                self._link(person, "WORKED_AT", self._any(workplaces), self.register)
            if random.random() < 0.15:
                self._link(self._any(self.helpers), "SERVED", person, self.register)
            if random.random() < _COOPERATIVE:
                self._account(person, crossing, crew, organiser, boss_of[organiser], f"G{gang}")

    def _account(self, person: str, crossing: str, crew: Sequence[str], organiser: str, boss: str, gang: str) -> None:
        random = self.random
        self.witnesses.add(person)
        grade = str(random.choice([1, 2, 3], p=[0.25, 0.55, 0.2]))
        statement = self._statement("witness", person, grade, self._letter("ACD"), random.choice(["yes", "no"]))
        if random.random() < self.false_share:
            accused = self._any(self.helpers)
            self._link(accused, "ORGANISED", crossing, statement)
            self._link(accused, "RECRUITED", person, statement)
            return
        for member in crew:
            if random.random() < 0.75:
                self._link(member, "PILOTED" if member == crew[0] else "ASSISTED", crossing, statement)
            if random.random() < 0.35:
                self._link(member, "TRANSPORTED", person, statement)
        if random.random() < 0.35:
            self._link(organiser, "ORGANISED", crossing, statement)
        if random.random() < 0.15:
            self._link(organiser, "RECRUITED", person, statement)
        if random.random() < 0.05:
            self._link(boss, "RUNS", gang, statement)
        if random.random() < 0.05:
            self._link(crew[0], "PILOTED", crossing, self._statement("witness", person, grade), polarity="denies")

    def _contact_with_helpers(self) -> None:
        for member in self.members:
            if self.random.random() < 0.2:
                self._link(self._any(self.helpers), "SERVED", member, self._report())
            if self.random.random() < 0.06:
                self._link(member, "CONTACTED", self._any(self.members), self._report("3"))

    def write(self, folder: Path) -> None:
        """Write the world as a case folder."""
        self.tables["links"] = [row for row in self.tables["links"] if row["subject_id"] != row["object_id"]]
        lists: dict[str, Collection[str]] = {
            "hubs": self.hubs,
            "candidates": self.candidates,
            "witnesses": self.witnesses,
        }
        write(folder, self.tables, {name: sorted(people) for name, people in lists.items()})


def make(folder: Path, seed: int, false_share: float) -> None:
    """Write one world of the family."""
    World(seed, false_share).write(folder)
