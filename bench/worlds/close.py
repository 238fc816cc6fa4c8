"""Family `close`, by the project: randomised worlds whose hubs deal with passengers, and whose orders look like contact.

In `bench.worlds.randomised`, hubs stay away from passengers and manual work, and their orders are reported as orders.
In this family they take money and calls from passengers, steer, drive, house and recruit, at rates drawn for each world
(zero in some). Reports and phones show links of command as mere contact, and each kind of source covers some cells well
and others hardly.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from bench.worlds.randomised import AIDES, HUBS, World
from graphsvc.records.statement_kinds import STATEMENT_KINDS

# (manual act, its object, how often a hub does it in a world in which hubs do it at all).
_BY_HAND = (
    ("PILOTED", "crossing", 0.15),
    ("ASSISTED", "crossing", 0.5),
    ("MANAGED", "workplace", 0.6),
    ("TRANSPORTED", "passenger", 0.3),
    ("HOUSED", "passenger", 0.3),
    ("RECRUITED", "passenger", 0.4),
    ("COERCED", "passenger", 0.15),
    ("DIRECTED", "passenger", 0.4),
)
_CONTACT = {"DIRECTED": "CONTACTED", "PAID": "CONTACTED", "RECRUITED": "ASSOCIATES_WITH", "COERCED": "ASSOCIATES_WITH"}


class CloseWorld(World):
    """One world of the family; `case()` returns it."""

    def __init__(self, seed: int, false_share: float) -> None:
        rng = random.Random(f"close/{seed}")  # noqa: S311 - invented worlds, not secrets
        self.by_hand = {row: rng.random() ** 2 for row in _BY_HAND}
        self.hands = rng.uniform(0.2, 0.8)
        self.takes_money, self.takes_calls = rng.uniform(0.0, 0.6), rng.uniform(0.0, 0.8)
        self.as_contact = rng.choice((0.0, rng.uniform(0.1, 0.5), rng.uniform(0.4, 0.9)))
        self.sees = {kind: rng.choice((1.0, rng.uniform(0.2, 1.0))) for kind in STATEMENT_KINDS}
        self.spotty = rng.random() < 0.5
        self.drawn = rng
        self.sight: dict[tuple[str, int], float] = {}
        super().__init__(seed + 1_000_000, false_share)

    def _outsiders(self) -> None:
        super()._outsiders()
        rng = self.drawn
        for scene, crowd in self.crowd.items():
            (cell,) = self._touch[scene]
            near = [name for name in self.people(*HUBS, "go-between") if cell in self.cell[name]]
            for name in near:
                works = rng.random() < self.hands
                for (relation, to, rate), level in self.by_hand.items():
                    if works and to == ("crossing" if scene[0] == "c" else "workplace") and rng.random() < rate * level:
                        self._fact(name, relation, scene)
                    for person in crowd if works and to == "passenger" and rng.random() < level else ():
                        if rng.random() < rate:
                            self._fact(name, relation, person)
                for person in crowd:
                    if rng.random() < self.takes_money / len(near):
                        self._fact(person, "PAID", name)
                    if rng.random() < self.takes_calls / len(near):
                        ends = (person, name) if rng.random() < 0.7 else (name, person)
                        self._fact(ends[0], "CONTACTED", ends[1])
        # People who give orders are in contact with those who get them, so a report of mere contact is true.
        for subject, relation, object_ in list(self.facts):
            roles = {self.role.get(subject), self.role.get(object_)}
            if relation in _CONTACT and roles <= {*HUBS, *AIDES, "go-between"} and rng.random() < self.as_contact:
                first, second = (subject, object_) if rng.random() < 0.5 else (object_, subject)
                self._fact(first, _CONTACT[relation], second)
                self.by_contact.add((subject, relation, object_))

    def _happen(self) -> None:
        self.by_contact: set[tuple[str, str, str]] = set()
        super()._happen()

    def _sight(self, kind: str, key: tuple[str, str, str]) -> float:
        """Return how well a kind of source covers the cells of a link."""
        cells = set().union(*(self.cell.get(end) or self._touch.get(end, set()) for end in (key[0], key[2])))
        if not self.spotty or not cells:
            return self.sees[kind]
        for cell in cells:
            if (kind, cell) not in self.sight:
                self.sight[kind, cell] = self.drawn.choice((1.0, 1.0, 0.1))
        return self.sees[kind] * max(self.sight[kind, cell] for cell in cells)

    def _observe(self, keys: Iterable[tuple[str, str, str]], chance: float) -> list[tuple[str, str, str]]:
        return [key for key in super()._observe(keys, chance) if self.drawn.random() < self._sight("witness", key)]

    def _make_statements(self) -> None:
        super()._make_statements()
        rng = self.drawn
        for tale in self.tales:
            if tale.kind == "witness" or not tale.true:
                continue
            # Sources that see only contact report contact.
            tale.claims = [
                (key, polarity)
                for key, polarity in tale.claims
                if key not in self.by_contact and rng.random() < self._sight(tale.kind, key)
            ]
        self.tales = [tale for tale in self.tales if tale.claims]
