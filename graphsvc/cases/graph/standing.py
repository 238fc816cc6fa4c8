"""Standings of the people and things in a case: facts gathered from deliveries, decided by `sealing`, and kept. Pure.

Each person is decided on separately (`sealing`). A new person said to be the same as a sealed person is sealed too.
Things and dwellings follow the people they lead to. Decisions are kept, whatever later deliveries or undos say.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from graphsvc.access import vault
from graphsvc.analysis.claims.roles import ACTIVE_SUBJECT, PASSIVE_OBJECT, PASSIVE_SUBJECT, TIED_OBJECT, TIED_SUBJECT
from graphsvc.cases.graph.handling import Handling, mark_hidden, mentioned_ids
from graphsvc.cases.graph.identities import keep_identities, pseudonyms_of
from graphsvc.cases.graph.sealing import (
    BY_ACT,
    BY_DECISION,
    PASSIVE,
    THE_SAME,
    UNDER_C,
    Moment,
    PersonFacts,
    SharedMark,
    Standing,
    decide,
    has_identity,
    is_charged,
    marks,
)
from graphsvc.ingest.check import Row
from graphsvc.ingest.fold import claim_key
from graphsvc.ingest.layers import CODES, LayerRow
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State
from graphsvc.names.seal import categories
from graphsvc.records import grading
from graphsvc.records.relations import OWN, SAME, those
from graphsvc.records.tables import DWELLING, PROTECTED

# Value of the setting GRAPHSVC_NAMED → the people that a home shows by name.
NAMED = MappingProxyType(
    {
        "part": "who plays a visible part",
        "tie": "who plays a visible part, and who is only said to know, pay or take orders from somebody",
    }
)
# A dwelling that claims mention only for its sealed residents is their home, and is sealed with them.
HOME = frozenset(those(lambda relation: relation.sealed == "home"))
_THEIRS = OWN | HOME
_TIED = (("subject_id", TIED_SUBJECT), ("object_id", TIED_OBJECT))
_PASSIVE = (("subject_id", PASSIVE_SUBJECT), ("object_id", PASSIVE_OBJECT))
WHERE_THEY_LIVE = "where somebody sealed lives"
WITH_THEIRS = "used by somebody sealed"

# Pseudonym that a person or thing has or would have → its standing.
Standings = Mapping[str, Standing]


@dataclass(frozen=True, slots=True)
class Deciding:
    """Inputs to a decision on standings, other than the state.

    Attributes:
        key: the case's data key.
        on: the day that counts for being under 18.
        named: which people the home shows by name, a key of `NAMED`.
        decided: pseudonym → decision taken by persons: `sealed`, `opened` or `erased`.
        decided_at: pseudonym → when (ISO, UTC).
        now: pseudonyms being decided on now.
        at: the moment of the decision (ISO, UTC).
        floor: the worst grade of a claim that can name somebody, such as `2D`.
        last_read: when somebody last read the case (ISO, UTC); empty: never.
        protects_marked: whether the case protects marked people only.
        loosened_at: when two persons chose that (ISO, UTC); empty: never.
        elsewhere: delivered id of a person sealed in cases that share ids with this case → their marks there.
    """

    key: bytes
    on: dt.date
    named: str = "part"
    decided: Mapping[str, str] = field(default_factory=dict)
    decided_at: Mapping[str, str] = field(default_factory=dict)
    now: Collection[str] = ()
    at: str = "0001-01-01"
    floor: str = "2D"
    last_read: str = ""
    protects_marked: bool = False
    loosened_at: str = ""
    elsewhere: Mapping[str, tuple[SharedMark, ...]] = field(default_factory=dict)

    def moment(self, name: str, number: int) -> Moment:
        """Return the time of a decision on a pseudonym, with the last decision by persons."""
        decision = self.decided.get(name, "")
        decided_at = self.at if name in self.now else self.decided_at.get(name, "")
        return Moment(self.at, decision, decided_at, number, self.last_read, self.loosened_at)

    def reopens(self, name: str, standing: Standing) -> bool:
        """Whether two persons opened a pseudonym after it was sealed."""
        now = self.moment(name, 0)
        return now.decision == "opened" and now.decided_at >= standing.at


def standings(
    before: Standings, state: State, by: Deciding, number: int = 0, coming: Iterable[Row] | None = None
) -> dict[str, Standing]:
    """Return the standings after a delivery.

    Args:
        before: standings before it. Sealed ones are kept, even if they are no longer in the state.
        state: result of the deliveries up to and including it.
        by: other inputs to the decisions.
        number: its number, recorded for entries that its rows alone would not seal.
        coming: rows of the deliveries decided on now; None: all rows of the state.

    Of named people who are no longer in any delivery, only the identities are kept: if delivered again, they count as
    new. Marks in rows that the case does not accept (`fold.fold`) seal; otherwise these rows decide nothing.
    """
    handling = Handling(state)
    facts = _Facts(state, handling, by, coming)
    known = _under_their_ids(before, by)
    moved = {name: old for name, old in known.items() if old.moved_to}
    before = {name: old for name, old in known.items() if old.sealed or old.is_named}
    result = {name: old for name, old in before.items() if old.sealed and not by.reopens(name, old)}
    names = pseudonyms_of(state, by.key)
    # No page has named these people, so at the first claim about them they are decided on as new.
    unseen = {name for name in by_name(before) if before[name].is_hidden and by.decided.get(name) != "opened"}
    in_claims = mentioned_ids(state, ()) if unseen else set[str]()
    for identifier, row in state.records["people"].items():
        name = names["people"][identifier]
        old = None if name in unseen and identifier in in_claims else before.get(name)
        if old is not None and old.is_hidden:
            old = replace(old, level=handling.entity(identifier, is_listed=by.protects_marked))
        result[name] = _person(old, facts, identifier, row, handling, by, name, number)
    _same(result, before, state, handling, by)
    sealed = {person for person, name in names["people"].items() if result[name].sealed}
    _things(result, before, state, handling, sealed, names, by)
    all_sealed = {each for bearers in names.values() for each, name in bearers.items() if result[name].sealed}
    in_claims = mentioned_ids(state, all_sealed)
    mark_hidden(result, state, names["people"], in_claims, protects_marked=by.protects_marked)
    keep_identities(result, known, state, handling, names)
    for name, old in moved.items():
        result[name] = replace(result.get(name) or Standing(False, old.level, old.since), moved_to=old.moved_to)
    return {name: standing for name, standing in result.items() if by.decided.get(name) != "erased"}


def sealed_ids(standing: Standings, state: State, key: bytes) -> dict[str, str]:
    """Map the ids of the sealed persons and things in a state to their pseudonyms."""
    return {
        identifier: name
        for table, kind in (("people", "person"), ("things", "thing"), ("workplaces", "thing"))
        for identifier in state.records[table]
        if (entity := standing.get(name := vault.pseudonym(key, kind, identifier))) is not None and entity.sealed
    }


def alone_theirs(state: State, key: bytes, person: str) -> set[str]:
    """Return pseudonyms of the things and dwellings that lead only to one person, given by pseudonym.

    For a thing known under P, only claims under P count.
    """
    handling, led = Handling(state), defaultdict[str, set[str]](set)
    for row in state.claims.values():
        thing = row.values["object_id"]
        if row.values["relation"] in _THEIRS and (handling.claim(row) == "P" or handling.entity(thing) == "C"):
            led[thing].add(row.values["subject_id"])
    return {
        vault.pseudonym(key, "thing", thing)
        for thing, people in led.items()
        if {vault.pseudonym(key, "person", identifier) for identifier in people} == {person}
    }


def opened_by(before: Standings, after: Standings, number: int) -> int:
    """Count the identities that a delivery would unseal if decisions were not kept, for its preview."""
    return sum(
        standing.sealed and standing.against == number and not (name in before and before[name].against == number)
        for name, standing in after.items()
    )


def asked_by(before: Standings, after: Standings) -> int:
    """Count the named people that this delivery newly refers to the custodian."""
    return sum(bool(standing.asked) and not (name in before and before[name].asked) for name, standing in after.items())


def by_name(standing: Standings) -> set[str]:
    """Return the would-be pseudonyms of the named people and things: those they would have if sealed."""
    return {name for name, entity in standing.items() if entity.is_named}


def sealed_anew(before: Standings, after: Standings) -> set[str]:
    """Return the pseudonyms of people and things named before and sealed after."""
    return {name for name in by_name(before) if name in after and after[name].sealed}


def _under_their_ids(before: Standings, by: Deciding) -> Standings:
    """Return the standings; each sealed or absent entry is also listed under the pseudonym of its current id.

    An erasure removes the erased name from ids and all other text, in rows and known identities. As pseudonyms are
    made from ids, the next delivery would otherwise bring these people as new people, and show their names. The old
    pseudonym stays sealed, since its id may be delivered again, and keeps the identities that still have that id.
    """
    if "erased" not in by.decided.values():
        return before
    result, coming = dict(before), list[tuple[str, Standing, Mapping[str, Any]]]()
    for old, standing in before.items():
        for identity in standing.identities if standing.sealed or standing.is_absent else ():
            name = vault.pseudonym(by.key, vault.kind_of(old), identity["id"])
            if name != old:
                coming.append((name, standing, identity))
                left = tuple(known for known in result[old].identities if known is not identity)
                against = result[old].against if left else 0
                result[old] = replace(result[old], against=against, identities=left, moved_to="" if left else name)
    for name, standing, identity in coming:
        bearer = result.get(name)
        if bearer is None or (standing.sealed and not bearer.sealed):
            bearer = replace(standing, identities=bearer.identities if bearer is not None else (), moved_to="")
        if identity not in bearer.identities:
            bearer = replace(bearer, identities=(*bearer.identities, identity))
        result[name] = bearer
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
    level = handling.entity(identifier, is_listed=by.protects_marked)
    visible = facts.visible_row(identifier, row, level)
    # Marks count in rows that readers of this level may know.
    in_rows = facts.marks(identifier, row.values if level == "C" else row.open or {}, "PC" if level == "C" else "P")
    elsewhere = by.elsewhere.get(identifier, ())
    counting = (*in_rows, *(mark for mark in elsewhere if level == "C" or mark.level == "P"))
    about = PersonFacts(
        level,
        counting,
        has_identity(visible.values),
        by.protects_marked or facts.acts(identifier, level),
        by.protects_marked or facts.acts(identifier, level, now=True),
        is_charged(visible.listed or {}),
        tuple(mark for mark in (*facts.marks(identifier, row.values), *elsewhere) if mark not in counting),
    )
    standing = decide(old, about, by.moment(name, number))
    if not standing.sealed:
        # Rows under C change nothing under P, so they cannot seal: the custodian is asked to check.
        more = [mark for mark in about.marks_under_c if mark not in standing.why]
        if standing.why == BY_ACT and about.acts and not (by.protects_marked or facts.acts(identifier, "C")):
            more.append(PASSIVE)
        question = f"{', '.join(more)}, {UNDER_C}" if more else standing.asked
        return replace(standing, asked=question)
    would_seal = bool(about.marks) or not (about.acts or about.is_charged)
    against = 0 if would_seal else standing.against or number
    return replace(standing, against=against, asked="")


def _same(result: dict[str, Standing], before: Standings, state: State, handling: Handling, by: Deciding) -> None:
    """Seal new people who are said to be the same as somebody sealed; ask the custodian about those already named.

    A claim under C seals nobody known under P: the custodian is asked.
    """
    ties: dict[str, set[str]] = defaultdict(set)
    sealing = set[tuple[str, str]]()
    for row in state.claims.values():
        if (
            row.values["relation"] in SAME
            and row.status == "active"
            and row.values.get("polarity", "asserts") == "asserts"
        ):
            subject, target = row.values["subject_id"], row.values["object_id"]
            for mine, theirs in ((subject, target), (target, subject)):
                ties[mine].add(theirs)
                if handling.claim(row) == "P" or handling.entity(theirs) == "C":
                    sealing.add((mine, theirs))
    names = {person: vault.pseudonym(by.key, "person", person) for person in set(ties).union(*ties.values())}
    waiting = [(person, True) for person in ties if result[names[person]].sealed]
    asked_about = set[str]()
    while waiting:
        person, is_sealed = waiting.pop()
        for other in ties[person]:
            name = names[other]
            standing, old = result[name], before.get(name)
            if standing.sealed:
                continue
            new = old is None or old.sealed or (old.level == "C" and standing.level == "P")
            seals = is_sealed and (person, other) in sealing and (new or standing.is_open_id)
            if by.decided.get(name) == "opened" or not seals:
                result[name] = replace(standing, asked=standing.asked or THE_SAME)
                if other not in asked_about:
                    asked_about.add(other)
                    waiting.append((other, False))
                continue
            result[name] = Standing(True, standing.level, standing.since, THE_SAME, at=standing.at)
            waiting.append((other, True))


def _things(
    result: dict[str, Standing],
    before: Standings,
    state: State,
    handling: Handling,
    sealed: Collection[str],
    names: Mapping[str, Mapping[str, str]],
    by: Deciding,
) -> None:
    """Decide on things and workplaces: a thing or dwelling is sealed with the people it leads to."""
    leads = _Leads(state, handling, sealed)
    waiting = [(table, identifier) for table in ("things", "workplaces") for identifier in state.records[table]]
    count = len(waiting) + 1
    while len(waiting) < count:  # things at a sealed address are sealed, then things at those, and so on
        count, left = len(waiting), []
        for table, identifier in waiting:
            name, why = names[table][identifier], leads.why(table, identifier)
            result[name] = _thing(before.get(name), handling.entity(identifier), name, why, by)
            if result[name].sealed:
                leads.sealed.add(identifier)
            else:
                left.append((table, identifier))
        waiting = left


class _Leads:
    """People, things and places to which things and dwellings lead, with the levels of the claims that say so."""

    def __init__(self, state: State, handling: Handling, sealed: Collection[str]) -> None:
        self.sealed = set[str]()
        self._handling = handling
        # Levels of links: to the sealed owner or resident; to sealed people in another way; to anyone else.
        self._owned, self._theirs, self._others = (defaultdict[str, set[str]](set) for _ in range(3))
        self._things: dict[str, list[tuple[str, str]]] = defaultdict(list)
        places = {
            workplace
            for workplace, row in state.records["workplaces"].items()
            if any(each.values.get("kind") == DWELLING for each in (row, *state.rows_aside.get(workplace, ())))
        }
        things = state.records["things"]
        for row in state.claims.values():
            subject, relation, target = (row.values[name] for name in ("subject_id", "relation", "object_id"))
            level = handling.claim(row)
            if subject in sealed and (relation in OWN or (relation in HOME and target in places)):
                self._owned[target].add(level)
                continue
            is_said = stands(row, state)
            for end, partner in ((subject, target), (target, subject)):
                if end in places and is_said:
                    self._others[end].add(level)
                if end not in things:
                    continue
                if partner in sealed:
                    self._theirs[end].add(level)
                elif partner in things:
                    if end == subject and relation in OWN:
                        self._things[end].append((partner, level))
                elif is_said:
                    self._others[end].add(level)

    def why(self, table: str, identifier: str) -> str:
        """Return the reason to seal a thing or dwelling with the people it leads to; empty without one."""
        # Claims under C decide nothing about a thing known under P.
        seen = {"P"} if self._handling.entity(identifier) == "P" else {"P", "C"}
        if table == "things" and not seen.isdisjoint(self._owned[identifier]):
            return WITH_THEIRS
        if not seen.isdisjoint(self._others[identifier]):
            return ""
        if table == "workplaces":
            return "" if seen.isdisjoint(self._owned[identifier]) else WHERE_THEY_LIVE
        at_sealed = any(thing in self.sealed and level in seen for thing, level in self._things[identifier])
        return WITH_THEIRS if at_sealed or not seen.isdisjoint(self._theirs[identifier]) else ""


def _thing(old: Standing | None, level: str, name: str, why: str, by: Deciding) -> Standing:
    """Decide on a thing or dwelling; `why` is the reason to seal it with the people it leads to, or empty."""
    now = by.moment(name, 0)
    seals = bool(why) or now.decision == "sealed"
    if old is None or (seals and not old.sealed) or (old.sealed and not seals and by.reopens(name, old)):
        return Standing(seals, level, now.day, (why or BY_DECISION) if seals else "", at=now.at)
    return replace(old, level="P") if old.level == "C" and level == "P" else old


def stands(row: FoldedRow, state: State) -> bool:
    """Whether a claim asserts something and still counts: it is not superseded, and its statement is not withdrawn."""
    statement = state.records["statements"][row.values["statement_id"]].values
    return (
        row.status == "active"
        and row.values.get("polarity", "asserts") == "asserts"
        and statement.get("status", "given") == "given"
    )


class _Facts:
    """Valid acts of each person by handling level, in all deliveries and in the deliveries decided on now."""

    def __init__(self, state: State, handling: Handling, by: Deciding, coming: Iterable[Row] | None) -> None:
        self._state, self._handling, self._by = state, handling, by
        self._statements = {name: row.values for name, row in state.records["statements"].items()}
        # A witness or victim is not named for a link alone.
        self._protected = {
            code: {name for name, row in state.layer(code).items() if PROTECTED & categories(row.values).keys()}
            for code in (CODES if by.named == "tie" else ())
        }
        self._acts = self._of([row for row in state.claims.values() if stands(row, state)])
        self._now = self._acts if coming is None else self._of(list(self._asserted_claims(coming)))

    def visible_row(self, identifier: str, row: FoldedRow, level: str) -> LayerRow:
        """Return what readers of a level may know of a person; for a person in no claim, the contents of their rows.

        A charge counts only in a row that names no statement; otherwise it could show that they gave the statement.
        """
        known = self._state.layer(level).get(identifier)
        if known is None and not self._handling.is_mentioned(identifier):
            return LayerRow(row.values, row.listed)
        return known or LayerRow({"id": identifier}, None)

    def marks(self, identifier: str, row: Mapping[str, Any], codes: str = "PC") -> list[str]:
        """Return the marks in a person's row, and in rows under some codes that the case does not accept."""
        rows_aside = self._state.rows_aside.get(identifier, ())
        rows = (row, *(each.values for each in rows_aside if (each.code or "P") in codes))
        by = self._by
        return [
            *dict.fromkeys(mark for values in rows for mark in marks(values, by.on, of_witnesses=by.protects_marked))
        ]

    def _asserted_claims(self, coming: Iterable[Row]) -> Iterator[FoldedRow]:
        """Yield the claims in the coming rows that the case accepted and that count."""
        for row in coming:
            if row.table == "links":
                claim = self._state.claims.get(claim_key(row.values))
                if claim is not None and claim.values == row.values and stands(claim, self._state):
                    yield claim

    def _of(self, claims: Collection[FoldedRow]) -> dict[str, set[str]]:
        """Map each handling level to the people with an act at that level or at P."""
        under_p = [row.values for row in claims if self._handling.claim(row) == "P"]
        return {"P": self._acting(under_p, "P"), "C": self._acting([row.values for row in claims], "C")}

    def _acting(self, claims: Collection[Mapping[str, Any]], level: str) -> set[str]:
        """Find the people with an act in these claims, which readers of a level see."""
        acting, tied = set[str](), set[str]()
        for values in claims:
            relation = values["relation"]
            active = relation in ACTIVE_SUBJECT
            ends = [values[end] for end, ties in _TIED if relation in ties] if self._by.named == "tie" else []
            if (active or ends) and self._is_graded(values):
                acting |= {values["subject_id"]} if active else set()
                tied.update(ends)
        # A person carried or exploited is not named for a link alone.
        passive = {values[end] for values in claims for end, relations in _PASSIVE if values["relation"] in relations}
        return acting | (tied - passive - self._protected.get(level, set()))

    def _is_graded(self, values: Mapping[str, Any]) -> bool:
        """Whether a claim is graded no worse than the floor."""
        statement = self._statements[values["statement_id"]]
        source = statement.get("source_grade", grading.DEFAULT_SOURCE_GRADE)
        assessment = values.get("assessment", statement.get("assessment", grading.DEFAULT_ASSESSMENT))
        return bool(source <= self._by.floor[0] and assessment <= self._by.floor[1])

    def acts(self, identifier: str, level: str, *, now: bool = False) -> bool:
        """Whether a person has an act that counts at a level; `now`: consider only the deliveries decided on now."""
        return identifier in (self._now if now else self._acts)[level]


def people_to_check(standing: Standings) -> set[str]:
    """Return the would-be pseudonyms of the named people that the custodian has to check."""
    return {name for name in by_name(standing) if standing[name].asked}


def named_by(standing: Standings, number: int) -> set[str]:
    """Return the would-be pseudonyms of the people that the delivery with this number named."""
    return {name for name in by_name(standing) if standing[name].named_by == number}
