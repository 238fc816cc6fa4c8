"""Make rows uninformative: in hard worlds names, categories, sex and the like are shuffled among rankable people."""

from __future__ import annotations

import random

from graphsvc.simulate import names
from graphsvc.simulate.cast import DOUBLE, PASSIVE, Cast

_DEALT = (
    "name",
    "aliases",
    "identified",
    "born",
    "disputed",
    "nationality",
    "sex",
    "category",
    "notes",
    "handling",
    "review_on",
)


def draw(rng: random.Random, cast: Cast) -> None:
    """Shuffle the contents of people.csv among all people except passive ones and second rows."""
    ranked = [person for person in cast.people.values() if person.role not in PASSIVE and person.role != DOUBLE]
    rows = [tuple(getattr(person, name) for name in _DEALT) for person in ranked]
    for person, row in zip(ranked, rng.sample(rows, len(rows)), strict=True):
        for name, value in zip(_DEALT, row, strict=True):
            setattr(person, name, value)
    for double in cast.of(DOUBLE):
        member = cast.people[double.same_as]
        first_name = member.name.split()[0] if member.name else ""
        double.name = f"{first_name} {rng.choice(names.NICKNAMES)}".strip()
        double.nationality, double.sex = member.nationality, member.sex
