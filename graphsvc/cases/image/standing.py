"""Who stands in the graph by name and who by a pseudonym: decided once, when they first come, and kept. Pure.

What a reader sees of a person never depends on whether that person is a source. Whoever plays a visible part (acts in the
operation, serves lawfully, interprets, is a suspect or convicted) stands by name; everybody else by a pseudonym, witness
or not, and so do people under 18, of disputed age and those whom a delivery marks as sealed.

What is decided stays, whatever later deliveries, empty cells or undos say: who is sealed stays sealed, who is named
stays named. Only what two persons decided (`decided`) changes it. Somebody known from handling code C alone is decided
on anew when a P statement first speaks of them, from what is P alone, and then can only be sealed: so what is C moves
nothing for those cleared for P.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from graphsvc.access import vault
from graphsvc.analysis.evidence.roles import ACTIVE_SUBJECT, PASSIVE_OBJECT, PASSIVE_SUBJECT, TIED_OBJECT, TIED_SUBJECT
from graphsvc.cases.image.handling import Handling
from graphsvc.ingest.fold import State
from graphsvc.ingest.report import FoldedRow
from graphsvc.names.seal import CHARGED, PROTECTED, categories, mark, split_identity
from graphsvc.records.relations import doing, those
from graphsvc.records.tables import DWELLING

# Whom a home shows by name (setting GRAPHSVC_NAMED) → what that means.
NAMED = MappingProxyType(
    {
        "part": "who plays a visible part",
        "tie": "who plays a visible part, and who is only said to know, pay or take orders from somebody",
    }
)
# What of a person's things is sealed with them: these ties lead to a person and are no part of the operation.
OWN = frozenset(those(lambda relation: relation.sealed == "theirs"))
# A dwelling of which nothing is told but who lives there, all of them sealed, is their home, and sealed with them.
HOME = frozenset(those(lambda relation: relation.sealed == "home"))
_THEIRS = OWN | HOME
_ACTIVE, _TIED, _PASSIVE = "active", "tied", "passive"
SAME = doing("is the same")
# What goes to the vault with an identity and tells none.
_NO_IDENTITY = frozenset({"category", "notes"})
NO_PART = "no visible part"
WHERE_THEY_LIVE = "where somebody sealed lives"
THE_SAME = "the same as somebody sealed"
BY_DECISION = "two persons decided"
WITH_THEIRS = "used by somebody sealed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person or thing stands.

    Attributes:
        sealed: whether by a pseudonym.
        level: `P`, or `C` if it was decided while only what is C spoke of them.
        since: the day it was decided on (ISO).
        why: why sealed, in words of our own; of who two persons opened, the mark that they knew of; else empty for who is named.
        against: number of the first delivery after which the cells would decide otherwise; 0: they do not.
        asked: of who is named, why a delivery says that they should be sealed; empty: none does.
        identities: every row ever delivered of who is sealed, oldest first; of a person, what is not told under P bears `handling` C.
        moved_to: the pseudonym that they have, or would have, instead since an erasure took a name out of their id; empty: this one.
    """

    sealed: bool
    level: str
    since: str
    why: str = ""
    against: int = 0
    asked: str = ""
    identities: tuple[Mapping[str, Any], ...] = ()
    moved_to: str = ""


# Pseudonym that a person or thing has or would have → how they stand.
Standings = Mapping[str, Standing]


@dataclass(frozen=True, slots=True)
class Deciding:
    """What standings are decided by, beside the state.

    Attributes:
        key: the case's data key.
        on: the day that counts for being under 18.
        named: whom the home shows by name, a word of `NAMED`.
        decided: pseudonym → what persons decided: `sealed`, `opened` or `erased`.
        now: pseudonyms of whom it is being decided now.
        today: the day of the decision.
    """

    key: bytes
    on: dt.date
    named: str = "part"
    decided: Mapping[str, str] = field(default_factory=dict)
    now: Collection[str] = ()
    today: dt.date = dt.date.min


def standings(before: Standings, state: State, by: Deciding, number: int = 0) -> dict[str, Standing]:
    """The standings after a delivery.

    Args:
        before: those of before it; they are kept, also of who is not in the state any more, but for people by name.
        state: what the deliveries up to it made.
        by: what they are decided by.
        number: its number, to be told where it would decide otherwise.

    Who stands by name and is in no delivery any more is forgotten: a delivery taken back was a mistake, and who is
    delivered again may be sealed then.
    """
    handling = Handling(state)
    facts = _Facts(state, handling)
    before = _under_their_ids(before, by)
    moved = {name: old for name, old in before.items() if old.moved_to}
    # Of who stood by name it is kept alone which pseudonym they would have now.
    before = {name: old for name, old in before.items() if old.sealed or not old.moved_to}
    result = {name: old for name, old in before.items() if old.sealed and by.decided.get(name) != "opened"}
    for identifier, row in state.records["people"].items():
        name = vault.pseudonym(by.key, "person", identifier)
        result[name] = _person(before.get(name), facts, identifier, row, handling, by, name, number)
    _same(result, before, state, handling, by)
    sealed = {person for person in state.records["people"] if result[vault.pseudonym(by.key, "person", person)].sealed}
    _things(result, before, state, handling, sealed, by)
    for name, old in moved.items():
        result[name] = replace(result.get(name) or Standing(False, old.level, old.since), moved_to=old.moved_to)
    return {name: standing for name, standing in result.items() if by.decided.get(name) != "erased"}


def formerly(standing: Standings, names: Collection[str]) -> frozenset[str]:
    """The pseudonyms that whoever has one of these had, or would have had, before erasures took names out of their ids."""
    result, asked = set[str](), frozenset(names)
    while asked:
        asked = frozenset(name for name, entity in standing.items() if entity.moved_to in asked) - result
        result |= asked
    return frozenset(result)


def sealed_ids(standing: Standings, state: State, key: bytes) -> dict[str, str]:
    """Ids of sealed persons and things of a state → their pseudonyms."""
    return {
        identifier: name
        for table, kind in (("people", "person"), ("things", "thing"), ("workplaces", "thing"))
        for identifier in state.records[table]
        if (entity := standing.get(name := vault.pseudonym(key, kind, identifier))) is not None and entity.sealed
    }


def alone_theirs(state: State, key: bytes, person: str) -> set[str]:
    """Pseudonyms of the things and dwellings that lead to a person (by pseudonym) and to nobody else."""
    led: dict[str, set[str]] = defaultdict(set)
    for row in state.claims.values():
        if row.values["relation"] in _THEIRS:
            led[row.values["object_id"]].add(row.values["subject_id"])
    return {
        vault.pseudonym(key, "thing", thing)
        for thing, people in led.items()
        if {vault.pseudonym(key, "person", identifier) for identifier in people} == {person}
    }


def opened_by(before: Standings, after: Standings, number: int) -> int:
    """How many identities a delivery would open if what is decided did not stay: for its preview."""
    return sum(
        standing.sealed and standing.against == number and not (name in before and before[name].against == number)
        for name, standing in after.items()
    )


def asked_by(before: Standings, after: Standings) -> int:
    """How many people by name a delivery is the first to say should be sealed."""
    return sum(bool(standing.asked) and not (name in before and before[name].asked) for name, standing in after.items())


def by_name(standing: Standings) -> set[str]:
    """Pseudonyms that those who stand by name would have."""
    return {name for name, entity in standing.items() if not entity.sealed and not entity.moved_to}


def sealed_anew(before: Standings, after: Standings) -> set[str]:
    """Pseudonyms of who stood by name before, and stands by a pseudonym after."""
    return {name for name in by_name(before) if name in after and after[name].sealed}


def _under_their_ids(before: Standings, by: Deciding) -> Standings:
    """The standings, with whoever is sealed under the pseudonym of the id that they are known by now.

    An erasure takes the erased name out of ids as out of all other text, in rows and in what is known alike, and a pseudonym is
    made from the id: they would come as somebody new, by name. The pseudonym that they had stays sealed, as their id may come
    again; of what is known the part stays there that stands under that id.
    """
    if "erased" not in by.decided.values():
        return before
    result, coming = dict(before), list[tuple[str, Standing, Mapping[str, Any]]]()
    for old, standing in before.items():
        for identity in standing.identities if standing.sealed else ():
            name = vault.pseudonym(by.key, vault.kind_of(old), identity["id"])
            if name != old:
                coming.append((name, standing, identity))
                left = tuple(known for known in result[old].identities if known is not identity)
                against = result[old].against if left else 0
                result[old] = replace(result[old], against=against, identities=left, moved_to="" if left else name)
    for name, standing, identity in coming:
        there = result.get(name)
        if there is None or not there.sealed:
            there = replace(standing, identities=(), moved_to="")
        if identity not in there.identities:
            there = replace(there, identities=(*there.identities, identity))
        result[name] = there
    return result


def _person(
    old: Standing | None,
    facts: _Facts,
    identifier: str,
    row: FoldedRow,
    handling: Handling,
    by: Deciding,
    name: str,
    number: int,
) -> Standing:
    level = handling.entity(identifier)
    values = row.values if level == "C" or row.open is None else row.open
    marked = mark(values, by.on)
    why = marked or _why(facts.of(identifier, level), values, by)
    decision = by.decided.get(name)
    today = by.today.isoformat()
    if decision == "sealed":
        standing = old if old is not None and old.sealed else Standing(True, level, today, BY_DECISION)
    elif decision == "opened":
        # What they knew of when they decided asks nothing; a mark that comes later does, and so does one that comes again.
        if name in by.now or (old is not None and old.sealed):
            standing = Standing(False, level, today, marked)
        else:
            standing = old if old is not None else Standing(False, level, today)
    elif old is None:
        standing = Standing(bool(why), level, today, why)
    elif old.level == "C" and level == "P":
        standing = replace(old, level="P") if old.sealed or not why else Standing(True, "P", today, why)
    elif not old.sealed and level == "C":
        # What told of them under P was taken back: their name is of what is C again, which decides nothing under P.
        standing = replace(old, level="C")
    else:
        standing = old
    if not standing.sealed:
        return replace(standing, asked=marked if marked != standing.why else "", identities=())
    against = 0 if why else standing.against or number
    return replace(standing, against=against, asked="", identities=_person_known(standing.identities, row, level))


def _why(parts: Collection[str], values: Mapping[str, Any], by: Deciding) -> str:
    """Why somebody is sealed who comes now without a mark; empty if they stand by name."""
    named = set(categories(values))
    if _ACTIVE in parts or named & CHARGED:
        return ""
    if by.named == "tie" and _TIED in parts and _PASSIVE not in parts and not named & PROTECTED:
        return ""
    return NO_PART


def _same(result: dict[str, Standing], before: Standings, state: State, handling: Handling, by: Deciding) -> None:
    """Whoever is asserted to be the same as somebody sealed is sealed with them, unless they stood by name before."""
    ties: dict[str, set[str]] = defaultdict(set)
    for row in state.claims.values():
        if (
            row.values["relation"] in SAME
            and row.status == "active"
            and row.values.get("polarity", "asserts") == "asserts"
        ):
            subject, target = row.values["subject_id"], row.values["object_id"]
            level = handling.claim(row.values)
            for mine, theirs in ((subject, target), (target, subject)):
                if level == "P" or handling.entity(mine) == "C":
                    ties[mine].add(theirs)
    names = {person: vault.pseudonym(by.key, "person", person) for person in set(ties).union(*ties.values())}
    waiting = [person for person in ties if result[names[person]].sealed]
    while waiting:
        for other in ties[waiting.pop()]:
            standing, old = result[names[other]], before.get(names[other])
            if standing.sealed:
                continue
            new = old is None or (old.level == "C" and standing.level == "P")
            if by.decided.get(names[other]) == "opened" or not new:
                result[names[other]] = replace(standing, asked=standing.asked or THE_SAME)
                continue
            known = _person_known((), state.records["people"][other], standing.level)
            result[names[other]] = replace(standing, sealed=True, why=THE_SAME, asked="", identities=known)
            waiting.append(other)


def _things(
    result: dict[str, Standing],
    before: Standings,
    state: State,
    handling: Handling,
    sealed: Collection[str],
    by: Deciding,
) -> None:
    """The standings of things and workplaces: things and dwellings are sealed with whom they lead to."""
    homes = {workplace for workplace, row in state.records["workplaces"].items() if row.values.get("kind") == DWELLING}
    owned, told_otherwise = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for row in state.claims.values():
        subject, relation, target = (row.values[name] for name in ("subject_id", "relation", "object_id"))
        level = handling.claim(row.values)
        if subject in sealed and (relation in OWN or (relation in HOME and target in homes)):
            owned[target].add(level)
        elif row.status == "active" and row.values.get("polarity", "asserts") == "asserts":
            for end in homes.intersection((subject, target)):
                told_otherwise[end].add(level)
    for table, why in (("things", WITH_THEIRS), ("workplaces", WHERE_THEY_LIVE)):
        for identifier, row in state.records[table].items():
            name = vault.pseudonym(by.key, "thing", identifier)
            level, old = handling.entity(identifier), before.get(name)
            # Of what stands under P nothing that is C decides.
            seen = {"P"} if level == "P" else {"P", "C"}
            theirs = not seen.isdisjoint(owned[identifier]) and seen.isdisjoint(told_otherwise[identifier])
            standing = _thing(old, level, by.decided.get(name), why if theirs else "", by.today.isoformat())
            record = "thing" if table == "things" else "workplace"
            known = _known(standing.identities, record, row.values) if standing.sealed else ()
            result[name] = replace(standing, identities=known)


def _thing(old: Standing | None, level: str, decision: str | None, why: str, today: str) -> Standing:
    """How a thing or dwelling stands, given why it is somebody's (empty: it is not)."""
    if decision != "opened" and (decision == "sealed" or why) and (old is None or not old.sealed):
        return Standing(True, level, today, BY_DECISION if decision == "sealed" else why)
    if old is None or (decision == "opened" and old.sealed):
        return Standing(False, level, today)
    return replace(old, level="P") if old.level == "C" and level == "P" else old


def _person_known(
    identities: tuple[Mapping[str, Any], ...], row: FoldedRow, level: str
) -> tuple[Mapping[str, Any], ...]:
    """The same with what a row says under P of somebody who stands there, and with what it says in all: that bears `handling` C."""
    if level == "P" and row.open is not None:
        identities = _known(identities, "person", row.open)
        if row.open == row.values:
            return identities
    return _known(identities, "person", row.values, handling="C")


def _known(
    identities: tuple[Mapping[str, Any], ...], kind: str, values: Mapping[str, Any], **beside: str
) -> tuple[Mapping[str, Any], ...]:
    """The identities with what a row says of somebody and what stands `beside` it, if it says anything new."""
    now = {name: value for name, value in split_identity(kind, values)[1].items() if name not in _NO_IDENTITY}
    if "kind" in values:
        now["kind"] = values["kind"]
    now |= beside
    return identities if now in identities else (*identities, now)


class _Facts:
    """What claims that assert something tell of each person, under P alone and under both codes."""

    def __init__(self, state: State, handling: Handling) -> None:
        self._told: dict[str, dict[str, set[str]]] = {"P": defaultdict(set), "C": defaultdict(set)}
        for row in state.claims.values():
            values = row.values
            if row.status != "active" or values.get("polarity", "asserts") != "asserts":
                continue
            levels = ("P", "C") if handling.claim(values) == "P" else ("C",)
            relation = values["relation"]
            for end, active, passive, tied in (
                ("subject_id", ACTIVE_SUBJECT, PASSIVE_SUBJECT, TIED_SUBJECT),
                ("object_id", (), PASSIVE_OBJECT, TIED_OBJECT),
            ):
                self._tell(values[end], relation, {_ACTIVE: active, _PASSIVE: passive, _TIED: tied}, levels)
        for identifier, row in state.records["statements"].items():
            interpreter = row.values.get("interpreter_id")
            if interpreter is not None:
                for level in ("P", "C") if handling.statement(identifier) == "P" else ("C",):
                    self._told[level][interpreter].add(_ACTIVE)

    def _tell(
        self, identifier: str, relation: str, tables: Mapping[str, Collection[str]], levels: Iterable[str]
    ) -> None:
        for what, relations in tables.items():
            if relation in relations:
                for level in levels:
                    self._told[level][identifier].add(what)

    def of(self, identifier: str, level: str) -> Collection[str]:
        """What is told of a person, by what is P alone or by all."""
        return self._told[level].get(identifier, ())


def packed(standing: Standings) -> list[list[Any]]:
    """Standings as plain JSON, to be kept sealed."""
    return [
        [
            name,
            entity.sealed,
            entity.level,
            entity.since,
            entity.why,
            entity.against,
            entity.asked,
            entity.identities,
            entity.moved_to,
        ]
        for name, entity in standing.items()
    ]


def unpacked(rows: Iterable[list[Any]]) -> dict[str, Standing]:
    """The inverse of `packed`."""
    return {
        name: Standing(sealed, level, since, why, against, asked, tuple(identities), *moved_to)
        for name, sealed, level, since, why, against, asked, identities, *moved_to in rows
    }
