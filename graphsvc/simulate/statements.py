"""Statements and claims before they are written, and how facts are reported: grade, handling, date, wording."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from graphsvc.simulate.cast import HELPERS, HUBS, MEMBERS, InventedPerson
from graphsvc.simulate.facts import TrueFact
from graphsvc.simulate.world import World

CONDITIONS = (
    "Not to be shared outside the investigation team.",
    "No action without consulting the source handler.",
    "Ask the originator before any disclosure.",
    "For the safeguarding lead only.",
)
DENIALS = (
    "Says that this is not so.",
    "Says that it was somebody else.",
    "Says that this person had no part in it.",
)
# Weights of the grades, by whether the statement is true. A grade reveals a little, never everything.
_GRADES = {True: {"1": 25, "2": 65, "3": 10}, False: {"1": 10, "2": 60, "3": 30}}
_ASSESSMENTS = {
    True: {"A": 46, "B": 18, "C": 20, "D": 12, "E": 4},
    False: {"A": 24, "B": 10, "C": 22, "D": 26, "E": 18},
}
# Weights of the grades of the best liars.
_GRADES_WELL = {"1": 35, "2": 60, "3": 5}
_ASSESSMENTS_WELL = {"A": 60, "B": 20, "C": 14, "D": 5, "E": 1}
_SHARED = {"witness": 0.4, "intelligence": 0.45, "record": 0.75}
_LOOKS = (
    "the tall one",
    "the one with two phones",
    "the one in the red jacket",
    "the one they called boss",
    "the one with the list",
    "somebody older, quiet",
    "the one who always drove",
    "somebody with a bandaged hand",
)


@dataclass(slots=True)
class InventedClaim:
    """One claim of a statement. `planted`: a lie; `mistaken`: honestly wrong."""

    fact: TrueFact
    date: str = ""
    polarity: str = "asserts"
    assessment: str = ""
    handling: str = ""
    subject_as_said: str = ""
    object_as_said: str = ""
    notes: str = ""
    planted: bool = False
    mistaken: bool = False


@dataclass(slots=True)
class Statement:
    """One statement with its claims. `false`: a witness statement that lies."""

    kind: str
    source: str
    taken: dt.date
    summary: str
    claims: list[InventedClaim] = field(default_factory=list)
    grade: str = ""
    assessment: str = ""
    handling: str = ""
    conditions: str = ""
    on_record: str = ""
    status: str = ""
    status_on: str = ""
    interest: str = ""
    interpreter: str = ""
    false: bool = False
    sanitised: str = ""


class InventedStatement:
    """Random choice of how the facts of one world are reported."""

    def __init__(self, rng: random.Random, world: World) -> None:
        self.rng = rng
        self.world = world
        self._people = world.cast.people
        self._looks: dict[tuple[str, str], str] = {}
        self.hubs = frozenset(hub.id for hub in world.cast.hubs)
        self._accusable = world.cast.aides + world.cast.of("bystander") + world.cast.helpers

    def grade(self, statement: Statement, true: bool, *, well: bool = False) -> None:
        """Fill grade, assessment and handling; a knob sets how far they follow the truth. `well`: grade a good liar."""
        rng, skill = self.rng, self.world.knobs.grading_skill
        for name, table, best in (
            ("grade", _GRADES, _GRADES_WELL),
            ("assessment", _ASSESSMENTS, _ASSESSMENTS_WELL),
        ):
            weights = best if well else table[true] if rng.random() < skill else table[True]
            setattr(statement, name, rng.choices(list(weights), list(weights.values()))[0])
        statement.handling = "P" if rng.random() < _SHARED[statement.kind] else "C"
        if statement.handling == "C":
            statement.conditions = rng.choice(CONDITIONS)

    def date(self, day: dt.date | None) -> str:
        """Return a day as precisely as a person remembers it."""
        if day is None:
            return ""
        return self.rng.choices((day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}", ""), (60, 25, 5, 10))[0]

    def words(self, speaker: str, token: str) -> str:
        """Return a witness's fixed words for a person: an alias, a given name with appearance, or appearance alone."""
        if speaker == token or token not in self._people:
            return ""
        if (speaker, token) not in self._looks:
            self._looks[speaker, token] = self._look(self._people[token])
        return self._looks[speaker, token]

    def _look(self, person: InventedPerson) -> str:
        if self.rng.random() < 0.3:
            return ""
        named = [alias for alias in person.aliases if alias.isascii()]
        if named and self.rng.random() < 0.6:
            return named[0]
        look = self.rng.choice(_LOOKS)
        return f"{person.name.split()[0]}, {look}" if person.name and self.rng.random() < 0.7 else look

    def account(self, speaker: str, fact: TrueFact) -> InventedClaim:
        """Return a claim in the words of a witness (id)."""
        claim = InventedClaim(fact, self.date(fact.on))
        claim.subject_as_said, claim.object_as_said = (
            self.words(speaker, fact.subject),
            self.words(speaker, fact.object),
        )
        person = self._people.get(fact.subject)
        # In a hard world the handling of a claim must reveal nothing about the person it is about.
        careful = person is not None and (self.world.knobs.hard is not None or person.role in HUBS)
        if careful and self.rng.random() < 0.12:
            claim.handling = "C"
        if self.rng.random() < 0.12:
            claim.assessment = self.rng.choice("ABCD")
        return claim

    def known_as(self, fact: TrueFact) -> TrueFact:
        """Return the fact, sometimes with the second row of its subject instead of the first."""
        double = self.world.cast.double_of.get(fact.subject)
        if double is None or self.rng.random() < 0.55:
            return fact
        return swap_subject(fact, double)

    def misjudge(self, fact: TrueFact) -> TrueFact | None:
        """Return the fact with another person as its subject, or None if that would also be true."""
        suspect = self.rng.choice(self._near(fact) or self._accusable)
        wrong = swap_subject(fact, suspect.id)
        if wrong.key in self.world.facts or wrong.subject == wrong.object:
            return None
        return wrong

    def _near(self, fact: TrueFact) -> list[InventedPerson]:
        """Return people of the same cell, if mistakes fall on them; [] if anyone may be mistaken for the subject."""
        hard = self.world.knobs.hard
        if hard is None or self.rng.random() >= hard.near:
            return []
        person, cast = self._people[fact.subject], self.world.cast
        boss = person.boss or person.id
        cell = [self._people[boss], *cast.team(boss)]
        if len(cell) == 1:
            # A person without a cell is mistaken for another member of the gang, and a helper for another helper.
            cell = cast.of_gang(person.gang, *HUBS, *MEMBERS) if person.gang else []
            cell = cell or (list(cast.helpers) if person.role in HELPERS else [])
        return [member for member in cell if member is not person]

    def interpreter(self, person: InventedPerson, few: list[InventedPerson]) -> str:
        """Return the id of the interpreter, or '' if none is needed. One or two do most interviews."""
        if not few or person.nationality in ("United Kingdom", "") or self.rng.random() < 0.15:
            return ""
        weights = [4 / (1 + position) for position in range(len(few))]
        return self.rng.choices(few, weights)[0].id


def after(taken: dt.date, claims: Iterable[InventedClaim]) -> dt.date:
    """Return the day `taken`, or the day of the latest fact claimed if that is later."""
    return max([taken, *(claim.fact.on for claim in claims if claim.fact.on)])


def swap_subject(fact: TrueFact, subject: str) -> TrueFact:
    """Return the same fact about another subject."""
    return TrueFact(
        subject, fact.relation, fact.object, fact.on, fact.until, fact.weight, fact.amount, fact.currency, fact.place
    )


def unique(claims: Iterable[InventedClaim]) -> list[InventedClaim]:
    """Return claims without those whose fact an earlier claim asserts or denies."""
    return list({claim.fact.key: claim for claim in reversed(list(claims))}.values())[::-1]
