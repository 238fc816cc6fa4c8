"""Family `reported`, by the project: randomised worlds, reported as in real cases.

The other families by the project give liars away: their statements are longer than true ones, and graders seem to know.
In this family

- a false statement is as long as a true one, and makes several false claims about one person; detail does not give
  liars away (DePaulo et al. 2003, Bond & DePaulo 2006);
- gradings say little: grade and assessment each tell false statements from true ones with an AUC of about .53, and
  nothing about who directs (Samet 1975, Irwin & Mandel 2019, from memory);
- people of higher rank are seen by fewer (Sparrow 1991, Morselli 2010): visibility is drawn for each person, by rank;
- registers name straw owners of workplaces and straw buyers of boats more often than the people who control and supply
  them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from bench.worlds.randomised import HUBS, OUTSIDE, TOP, Tale, World

Key = tuple[str, str, str]
# Parameters of the distribution of visibility: for leaders and financiers, other hubs, go-betweens.
_TOP_SEEN, _HUBS_SEEN, _BETWEEN_SEEN = (1.6, 2.2), (3.2, 2.0), (4.0, 1.5)
# Weights of grades 1 to 3 and assessments A to E, for true and for false statements.
_GRADES = {True: (20, 65, 15), False: (17, 65, 18)}
_ASSESSMENTS = {True: (32, 18, 27, 18, 5), False: (30, 17, 28, 19, 6)}
_HARMS = ("RECRUITED", "COERCED", "TRANSPORTED", "DIRECTED")


class ReportedWorld(World):
    """One world of the family; `case()` returns it."""

    def __init__(self, seed: int, false_share: float) -> None:
        self.drawn = random.Random(f"reported/{seed}")  # noqa: S311 - invented worlds, not secrets
        self.straw = self.drawn.uniform(0.5, 0.9)
        self.visibility: dict[str, float] = {}
        super().__init__(seed + 2_000_000, false_share)

    # -- people of higher rank are seen by fewer --------------------------------------------------------------------

    def _visible(self, name: str) -> float:
        if name not in self.visibility:
            role = self.role.get(name, "")
            shape = _TOP_SEEN if role in TOP else _HUBS_SEEN if role in HUBS else _BETWEEN_SEEN
            ranked = role in (*HUBS, "go-between")
            self.visibility[name] = self.drawn.betavariate(*shape) if ranked else 1.0
        return self.visibility[name]

    def _shows(self, key: Key) -> bool:
        return self.drawn.random() < min(self._visible(key[0]), self._visible(key[2]))

    def _observe(self, keys: Iterable[Key], chance: float) -> list[Key]:
        return [key for key in super()._observe(keys, chance) if self._shows(key)]

    # -- a false statement is as long as a true one ----------------------------------------------------------------

    def _liars(self, witnesses: dict[str, str]) -> dict[str, tuple[list[Key], list[Key], str]]:
        """Keep the lies for later; until then liars only leave out the person they hide."""
        self.lies = super()._liars(witnesses)
        return {name: ([], [], hidden) for name, (_, _, hidden) in self.lies.items()}

    def _make_statements(self) -> None:
        super()._make_statements()
        for tale in self.tales:
            if tale.kind == "intelligence" and tale.true:
                tale.claims = [(key, polarity) for key, polarity in tale.claims if self._shows(key)]
        accounts = [tale for tale in self.tales if tale.kind == "witness"]
        lengths = [len(dict(tale.claims)) for tale in accounts if tale.true and tale.claims]
        for tale in accounts:
            if tale.source in self.lies:
                self._retell(tale, self.drawn.choice(lengths or [4]))
        self.tales = [tale for tale in self.tales if tale.claims]

    def _retell(self, tale: Tale, length: int) -> None:
        """Replace part of a true statement with lies about one person."""
        accusations, denied, _ = self.lies[tale.source]
        false = self._accusations(accusations, tale.source)
        number = min(length, max(2, round(length * self.drawn.uniform(0.35, 0.65))), len(false))
        claims = [(key, "asserts") for key in self.drawn.sample(false, number)]
        if denied and len(claims) < length:
            claims.append((denied[0], "denies"))
        claimed = {key for key, _ in claims}
        true = [item for item in tale.claims if item[0] not in claimed]
        self.drawn.shuffle(true)
        # Minor true claims fill the gaps.
        presence = "CROSSED_ON" if tale.scene[0] == "c" else "WORKED_AT"
        sightings = [((name, presence, tale.scene), "asserts") for name in self.crowd[tale.scene]]
        tale.claims = list(dict([*claims, *true, *sightings]).items())[:length]

    def _accusations(self, accusations: Sequence[Key], witness: str) -> list[Key]:
        target = accusations[0][0]
        harms = [(target, relation, witness) for relation in self.drawn.sample(_HARMS, len(_HARMS))]
        keys = dict.fromkeys([*accusations, *harms])
        return [key for key in keys if key not in self.facts and key[0] != key[2]]

    def _grade(self, tale: Tale) -> tuple[str, str]:
        if tale.kind == "record":
            return super()._grade(tale)
        grade = self.rng.choices("123", _GRADES[tale.true])[0]
        return grade, self.rng.choices("ABCDE", _ASSESSMENTS[tale.true])[0]

    # -- registers name straw owners -------------------------------------------------------------------------------

    def _records(self) -> None:
        super()._records()
        straws = [*self.people("bystander", *OUTSIDE[:-1]), *self.people("manager", "assistant", "driver")]
        true = {(key[1], key[2]): key[0] for key in self.facts if key[0] in self.role and self.role[key[0]] in HUBS}
        owned = [("CONTROLS", place) for place in self.things["workplace"]]
        owned += [("SUPPLIED", boat) for boat in self.things["boat"]]
        for number, (relation, thing) in enumerate(owned):
            if self.drawn.random() < 0.7:
                is_straw = self.drawn.random() < self.straw
                owner = (
                    self.drawn.choice(straws) if is_straw or (relation, thing) not in true else true[relation, thing]
                )
                claims = [((owner, relation, thing), "asserts")]
                if relation == "CONTROLS" and self.drawn.random() < 0.4:
                    claims.append(((owner, "MANAGED", thing), "asserts"))
                self.tales.append(Tale("record", f"register {number}", claims=claims))
