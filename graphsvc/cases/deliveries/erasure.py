"""Finds what to erase with a person, and the rows that are left without them. Pure.

With a person go the things only they used, the dwellings where only they lived, the statements they gave, and every
claim about them or in those statements. Where another row's text names the person, `ERASED` replaces the name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from graphsvc.access.vault import kind_of, pseudonym, signs
from graphsvc.cases.graph.identities import formerly
from graphsvc.cases.graph.sealing import Standing
from graphsvc.cases.graph.standing import HOME, Standings
from graphsvc.cases.graph.texts import SourceIds
from graphsvc.ingest.check import Row, columns_left
from graphsvc.names.seal import needles
from graphsvc.names.whole import WholeNames
from graphsvc.records.relations import CUSTOM_PREFIX, OWN
from graphsvc.records.tables import DWELLING, ERASED, EXTRA_PREFIX, TABLES

_LINKS, _STATEMENTS, _PEOPLE, _THINGS, _WORKPLACES = "links", "statements", "people", "things", "workplaces"
_REFS = {
    name: {column.name for column in table.columns if column.kind == "ref" or column.name.endswith("_id")}
    for name, table in TABLES.items()
}
# Replaces a name within the names of custom relations and columns.
_ERASED_WORD = "ERASED"
# Length of the suffix of an id that lost a name: otherwise ids that differ only in that name would become the same.
_SIGNS = 8


@dataclass(frozen=True, slots=True)
class Gone:
    """People, things and statements to erase, by delivered id.

    Attributes:
        people: the persons.
        things: things that only they used, and dwellings where only they lived.
        statements: statements that they gave.
        shared: things that they and others used: these stay, sealed.
        closed: those of `shared` that others used only according to claims under C: these stay only under C.
        names: finds their names in other rows.
        key: the case's data key.
        mentioned: every id that a row has or refers to.
    """

    people: frozenset[str]
    things: frozenset[str]
    statements: frozenset[str]
    shared: frozenset[str]
    names: WholeNames
    key: bytes
    mentioned: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()

    def id_left(self, identifier: str) -> str:
        """Return an id without erased names: the same result wherever it occurs, so that references still match.

        A namesake's id changes as well, so that references to it do not keep the erased name.
        """
        left = self.without_names(identifier)
        return identifier if left == identifier else f"{left}-{signs(self.key, identifier)[:_SIGNS]}"

    def without_names(self, text: str) -> str:
        """Return a text in which `ERASED` replaces each erased name, number and id."""
        return self.names.replace(text, ERASED)

    def label_left(self, name: str, prefix: str) -> str:
        """Return the name of a custom relation or column (with its prefix) without erased names."""
        label = name.removeprefix(prefix)
        if label == name or not self.names.is_in_a_label(label):
            return name
        return prefix + self.names.replace(label, _ERASED_WORD if label.isupper() else _ERASED_WORD.lower())

    def columns_left(self, columns: Mapping[str, list[str]], rows: Iterable[Row]) -> dict[str, list[str]]:
        """Return the columns, without erased names, of a delivery reduced to these rows."""
        left = columns_left(columns, rows)
        return {part: [self.label_left(name, EXTRA_PREFIX) for name in names] for part, names in left.items()}

    def sources_left(self, sources: SourceIds) -> SourceIds:
        """Return the known source ids and handles, except erased ones and any that contain an erased name."""
        return sources.only(lambda name: name not in self.people and self.without_names(name) == name)

    @property
    def changed_ids(self) -> dict[str, str]:
        """Ids that change → their new form."""
        erased_ids = self.ids | self.statements
        ids = {identifier: self.id_left(identifier) for identifier in self.mentioned - erased_ids}
        return {identifier: left for identifier, left in ids.items() if left != identifier}

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the people and things."""
        return self.people | self.things

    def statements_left(self, statements: Iterable[str] | None) -> frozenset[str] | None:
        """Return the ids of the statements that are left, without erased names; None stays None."""
        return None if statements is None else frozenset(map(self.id_left, frozenset(statements) - self.statements))

    def ends_left(self, ends: Mapping[str, str], rows: Iterable[Row]) -> dict[str, str]:
        """Return the ends of the claims in a delivery reduced to these rows, without erased names."""
        left = {row.values[end] for row in rows if row.table == _LINKS for end in ("subject_id", "object_id")}
        return {new: end for old, end in ends.items() if (new := self.id_left(old)) in left}

    @property
    def stays(self) -> frozenset[str]:
        """Ids of things that others also used: both the old ids and those without erased names."""
        return self.shared | {self.id_left(thing) for thing in self.shared}

    def __bool__(self) -> bool:
        return bool(self.people or self.things)


def find_erased(
    rows: Iterable[Row],
    erased: Callable[[str, str], bool],
    key: bytes,
    standing: Standings = MappingProxyType({}),
    codes: Mapping[str, str] = MappingProxyType({}),
    waiting: Iterable[Row] = (),
) -> Gone:
    """Find the people, things and statements to erase from these rows and standings.

    Args:
        rows: rows of one delivery, or of all that count.
        erased: (kind `person` or `thing`, id) → whether it is erased.
        key: the case's data key.
        standing: standings of the case: the search uses every identity ever delivered for the erased, even if undone
            since, and entries no longer in any delivery are found only here.
        codes: id → handling code of the things and places that readers know. Only claims that readers of the code see
            decide whether such a thing is erased: otherwise its erasure would reveal hidden claims.
        waiting: rows of statements that wait, which no reader sees.
    """
    seen, waiting = list(rows), list(waiting)
    rows = [*seen, *waiting]
    known = [(kind_of(name), identity) for name, entity in standing.items() for identity in entity.identities]
    mentioned = {value for row in rows for name in _REFS[row.table] if isinstance(value := row.values.get(name), str)}
    mentioned |= {row.values["id"] for row in rows if row.table in (_PEOPLE, _THINGS, _WORKPLACES)}
    known_ids = {kind: {identity["id"] for of, identity in known if of == kind} for kind in ("person", "thing")}
    people = frozenset(identifier for identifier in mentioned | known_ids["person"] if erased("person", identifier))
    homes = {row.values["id"] for row in rows if row.table == _WORKPLACES and row.values.get("kind") == DWELLING}
    used, used_by_others, others_under_c = set[str](), set[str](), set[str]()
    for row, waits in (*((row, False) for row in seen), *((row, True) for row in waiting)):
        if row.table == _LINKS:
            subject, target = row.values["subject_id"], row.values["object_id"]
            is_c = "C" in (row.code, row.values.get("handling"))
            hidden_from = {"P", "C"} if waits else {"P"} if is_c else set[str]()
            if subject in people and (
                row.values["relation"] in OWN or (row.values["relation"] in HOME and target in homes)
            ):
                if codes.get(target) not in hidden_from:
                    used.add(target)
            elif subject not in people and target not in people:
                for thing in (subject, target):
                    if codes.get(thing) not in hidden_from:
                        used_by_others.add(thing)
                    elif not waits:
                        others_under_c.add(thing)
    closed = frozenset((used & others_under_c) - used_by_others)
    used_by_others |= closed
    ever = mentioned | known_ids["thing"]
    things = frozenset(used - used_by_others) | {identifier for identifier in ever if erased("thing", identifier)}
    if before := formerly(standing, [pseudonym(key, "thing", thing) for thing in things]):
        things |= {identifier for identifier in ever if pseudonym(key, "thing", identifier) in before}
    statements = frozenset(
        row.values["id"] for row in rows if row.table == _STATEMENTS and row.values.get("source_id") in people
    )
    ids = people | things
    named: list[Mapping[str, Any]] = [row.values for row in rows if _is(row, ids)]
    named += [identity for kind, identity in known if identity["id"] in (people if kind == "person" else things)]
    names = WholeNames(needle for values in named for needle in needles(values))
    mentioned |= {row.values["id"] for row in rows if "id" in row.values}
    return Gone(
        people,
        things,
        statements,
        frozenset((used & used_by_others) - homes),
        names,
        key,
        frozenset(mentioned),
        closed,
    )


def without(rows: Iterable[Row], removal: Gone) -> list[Row]:
    """Return the rows that stay, without the names of the erased."""
    return split_rows(rows, removal)[0]


def split_rows(rows: Iterable[Row], removal: Gone) -> tuple[list[Row], list[Row]]:
    """Return the rows that stay, without the names of the erased, and the erased rows, unchanged."""
    left, out = [], []
    for row in rows:
        values = _values_left(row, removal)
        if values is None:
            out.append(row)
        else:
            is_closed = row.table in (_THINGS, _WORKPLACES) and row.values["id"] in removal.closed
            left.append(replace(row, values=values, code="C" if is_closed else row.code))
    return left, out


def standing_without(standing: Standings, removal: Gone, erased: Collection[str]) -> dict[str, Standing]:
    """Return the standings of all but the erased (given by pseudonym), without the names of the erased.

    Names are removed in the same way as from rows, so that known identities still match them. A named entry whose id
    changes stays named under the new id, and the old entry points to it. `standing.standings` moves sealed entries.
    """
    result = {
        name: replace(
            entity, identities=tuple(_known_without(name, identity, removal) for identity in entity.identities)
        )
        for name, entity in standing.items()
        if name not in erased
    }
    for old, new in pseudonyms(removal.changed_ids, removal.key).items():
        named, bearer = result.get(old), result.get(new)
        if named is not None and not named.sealed and (bearer is None or bearer.is_absent):
            known = (*(bearer.identities if bearer is not None else ()), *named.identities)
            result |= {
                new: replace(named, identities=known),
                old: Standing(False, named.level, named.since, moved_to=new),
            }
    return result


def pseudonyms(ids: Mapping[str, str], key: bytes) -> dict[str, str]:
    """Return old → new pseudonyms for ids that change (old id → new id), for each kind that an id may have."""
    kinds = ("person", "thing", "source")
    return {pseudonym(key, kind, old): pseudonym(key, kind, new) for old, new in ids.items() for kind in kinds}


def _known_without(name: str, identity: Mapping[str, Any], removal: Gone) -> dict[str, Any]:
    # A workplace's texts are treated like a thing's.
    return _without_names(_PEOPLE if kind_of(name) == "person" else _THINGS, identity, removal)


def _values_left(row: Row, removal: Gone) -> dict[str, Any] | None:
    values = row.values
    if _is(row, removal.ids) or (row.table == _STATEMENTS and values["id"] in removal.statements):
        return None
    if row.table == _LINKS and (
        removal.ids & {values["subject_id"], values["object_id"]} or values["statement_id"] in removal.statements
    ):
        return None
    lost = {
        name
        for name in _REFS[row.table]
        if name != "id" and (values.get(name) in removal.ids or values.get(name) in removal.statements)
    }
    # A row that came with a statement must still say so: otherwise readers who may not see such people would see them.
    came_with = {"statement_id": ERASED} if "statement_id" in lost and row.table != _STATEMENTS else {}
    left = {name: value for name, value in values.items() if name not in lost}
    return _without_names(row.table, left | came_with, removal)


def _without_names(table: str, values: Mapping[str, Any], removal: Gone) -> dict[str, Any]:
    left = dict[str, Any]()
    for name, value in values.items():
        column, cell = removal.label_left(name, EXTRA_PREFIX), _cell_left(table, name, value, removal)
        left[column] = f"{left[column]}; {cell}" if column in left else cell
    return left


def _cell_left(table: str, name: str, value: Any, removal: Gone) -> Any:
    """Return a cell without erased names, in free text, in names of things and in ids; other cells stay unchanged."""
    if isinstance(value, list) and name != "category":
        return [_name_left(item, removal) for item in value]
    if not isinstance(value, str):
        return value
    if name == "id" or name in _REFS[table]:
        return removal.id_left(value)
    column = TABLES[table].column(name)
    if table == _PEOPLE and name == "name":
        # A person's own name stays theirs, even if an erased person had the same.
        return value if removal.names.is_one(value) else _name_left(value, removal)
    if name == "relation":
        return removal.label_left(value, CUSTOM_PREFIX)
    if column is None or column.sensitivity in ("text", "interest"):
        return removal.without_names(value)
    return _name_left(value, removal) if column.kind == "text" else value


def _name_left(value: str, removal: Gone) -> str:
    return removal.without_names(value) if removal.names.is_in_a_name(value) else value


def _is(row: Row, ids: frozenset[str] | set[str]) -> bool:
    return row.table in (_PEOPLE, _THINGS, _WORKPLACES) and row.values["id"] in ids
