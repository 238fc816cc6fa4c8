"""Deliveries minus erased persons: what goes with someone, and the rows that are left. Pure.

With a person go the things only they used, the dwellings where only they lived, the statements they gave, and every claim about them or in those statements.
Where another row's text names them, `ERASED` stands instead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from graphsvc.access.vault import kind_of, pseudonym, signs
from graphsvc.cases.image.sealing import Standing
from graphsvc.cases.image.standing import HOME, OWN, Standings, formerly
from graphsvc.cases.image.texts import SourceIds
from graphsvc.ingest.check import Row, columns_left
from graphsvc.names.seal import needles
from graphsvc.names.whole import WholeNames
from graphsvc.records.relations import CUSTOM_PREFIX
from graphsvc.records.tables import DWELLING, ERASED, EXTRA_PREFIX, TABLES

_LINKS, _STATEMENTS, _PEOPLE, _THINGS, _WORKPLACES = "links", "statements", "people", "things", "workplaces"
_REFS = {
    name: {column.name for column in table.columns if column.kind == "ref" or column.name.endswith("_id")}
    for name, table in TABLES.items()
}
# Replaces a name within the names of custom relations and columns.
_ERASED_WORD = "ERASED"
# Signs behind an id out of which a name was taken. Two that differed in that name alone would be one: somebody else's.
_SIGNS = 8


@dataclass(frozen=True, slots=True)
class Gone:
    """What goes, by delivered id.

    Attributes:
        people: the persons. things: what only they used, and dwellings where only they lived. statements: what they gave.
        shared: things they used as others did: these stay, sealed.
        names: finds them in other rows.
        key: the case's data key.
        mentioned: every id that some row bears or refers to.
    """

    people: frozenset[str]
    things: frozenset[str]
    statements: frozenset[str]
    shared: frozenset[str]
    names: WholeNames
    key: bytes
    mentioned: frozenset[str] = frozenset()

    def id_left(self, identifier: str) -> str:
        """What an id is once their names are taken out of it, the same way wherever it stands, so that references lead on.

        So a namesake's id changes as well: who refers to them is not told their name.
        """
        left = self.without_names(identifier)
        return identifier if left == identifier else f"{left}-{signs(self.key, identifier)[:_SIGNS]}"

    def without_names(self, text: str) -> str:
        """A text with `ERASED` for each of their names, numbers and ids."""
        return self.names.replaced(text, ERASED)

    def label_left(self, name: str, prefix: str) -> str:
        """The name of a custom relation or column (with its prefix) without a name of theirs."""
        label = name.removeprefix(prefix)
        if label == name or not self.names.is_in_a_label(label):
            return name
        return prefix + self.names.replaced(label, _ERASED_WORD if label.isupper() else _ERASED_WORD.lower())

    def columns_left(self, columns: Mapping[str, list[str]], rows: Iterable[Row]) -> dict[str, list[str]]:
        """The columns of a delivery of which these rows are left, without names of theirs."""
        left = columns_left(columns, rows)
        return {part: [self.label_left(name, EXTRA_PREFIX) for name in names] for part, names in left.items()}

    def sources_left(self, sources: SourceIds) -> SourceIds:
        """Ids and handles of sources that texts go on being withheld for."""
        return sources.only(lambda name: name not in self.people and self.without_names(name) == name)

    @property
    def moved(self) -> dict[str, str]:
        """The ids that change → what is left of them."""
        gone = self.ids | self.statements
        ids = {identifier: self.id_left(identifier) for identifier in self.mentioned - gone}
        return {identifier: left for identifier, left in ids.items() if left != identifier}

    @property
    def ids(self) -> frozenset[str]:
        """All of it but the statements."""
        return self.people | self.things

    def statements_left(self, statements: Iterable[str] | None) -> frozenset[str] | None:
        """What is left of ids of statements; None stays None."""
        return None if statements is None else frozenset(map(self.id_left, frozenset(statements) - self.statements))

    @property
    def stays(self) -> frozenset[str]:
        """What others used as well, by its id as it was and as it is left where the name stood in it."""
        return self.shared | {self.id_left(thing) for thing in self.shared}

    def __bool__(self) -> bool:
        return bool(self.people or self.things)


def gone(
    rows: Iterable[Row],
    erased: Callable[[str, str], bool],
    key: bytes,
    standing: Standings = MappingProxyType({}),
) -> Gone:
    """What goes from these rows, and from what is known of who is sealed.

    Args:
        rows: of one delivery, or of all that count.
        erased: (kind `person` or `thing`, id) → whether it is erased.
        key: the case's data key.
        standing: how everybody stands: what was ever delivered of who goes is looked for, taken back or not; who is in no
            delivery any more goes from there.
    """
    rows = list(rows)
    known = [(kind_of(name), identity) for name, entity in standing.items() for identity in entity.identities]
    mentioned = {value for row in rows for name in _REFS[row.table] if isinstance(value := row.values.get(name), str)}
    mentioned |= {row.values["id"] for row in rows if row.table in (_PEOPLE, _THINGS, _WORKPLACES)}
    known_ids = {kind: {identity["id"] for of, identity in known if of == kind} for kind in ("person", "thing")}
    people = frozenset(identifier for identifier in mentioned | known_ids["person"] if erased("person", identifier))
    homes = {row.values["id"] for row in rows if row.table == _WORKPLACES and row.values.get("kind") == DWELLING}
    used, others = set[str](), set[str]()
    for row in rows:
        if row.table == _LINKS:
            subject, target = row.values["subject_id"], row.values["object_id"]
            if subject in people and (
                row.values["relation"] in OWN or (row.values["relation"] in HOME and target in homes)
            ):
                used.add(target)
            elif subject not in people and target not in people:
                others |= {subject, target}
    ever = mentioned | known_ids["thing"]
    things = frozenset(used - others) | {identifier for identifier in ever if erased("thing", identifier)}
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
    return Gone(people, things, statements, frozenset((used & others) - homes), names, key, frozenset(mentioned))


def without(rows: Iterable[Row], what: Gone) -> list[Row]:
    """The rows that stay, without the names of the erased."""
    return parted(rows, what)[0]


def parted(rows: Iterable[Row], what: Gone) -> tuple[list[Row], list[Row]]:
    """The rows that stay, without the names of the erased, and the rows that go, unchanged."""
    left, out = [], []
    for row in rows:
        values = _left(row, what)
        if values is None:
            out.append(row)
        else:
            left.append(replace(row, values=values))
    return left, out


def standing_without(standing: Standings, what: Gone, erased: Collection[str]) -> dict[str, Standing]:
    """Standings of all but the erased (by pseudonym), without the names of the erased.

    Names are taken out as in rows, so that what is known is still told to be what a row says. Who stands by name under an id that
    changes stands so under the other, and it is kept which one that is; who is sealed follows from what is known of them.
    """
    result = {
        name: replace(entity, identities=tuple(_known_without(name, identity, what) for identity in entity.identities))
        for name, entity in standing.items()
        if name not in erased
    }
    for old, new in pseudonyms(what.moved, what.key).items():
        named, bearer = result.get(old), result.get(new)
        if named is not None and not named.sealed and (bearer is None or bearer.is_absent):
            known = (*(bearer.identities if bearer is not None else ()), *named.identities)
            result |= {
                new: replace(named, identities=known),
                old: Standing(False, named.level, named.since, moved_to=new),
            }
    return result


def pseudonyms(ids: Mapping[str, str], key: bytes) -> dict[str, str]:
    """Ids that change → the pseudonyms that whoever bears them has or would have, as what they may be."""
    kinds = ("person", "thing", "source")
    return {pseudonym(key, kind, old): pseudonym(key, kind, new) for old, new in ids.items() for kind in kinds}


def _known_without(name: str, identity: Mapping[str, Any], what: Gone) -> dict[str, Any]:
    # A workplace's words are treated as a thing's are.
    return _without_names(_PEOPLE if kind_of(name) == "person" else _THINGS, identity, what)


def _left(row: Row, what: Gone) -> dict[str, Any] | None:
    values = row.values
    if _is(row, what.ids) or (row.table == _STATEMENTS and values["id"] in what.statements):
        return None
    if row.table == _LINKS and (
        what.ids & {values["subject_id"], values["object_id"]} or values["statement_id"] in what.statements
    ):
        return None
    lost = {
        name
        for name in _REFS[row.table]
        if name != "id" and (values.get(name) in what.ids or values.get(name) in what.statements)
    }
    # That a row came with an erased statement stays, or readers who may not see such people would see them from then on.
    came_with = {"statement_id": ERASED} if "statement_id" in lost and row.table != _STATEMENTS else {}
    left = {name: value for name, value in values.items() if name not in lost}
    return _without_names(row.table, left | came_with, what)


def _without_names(table: str, values: Mapping[str, Any], what: Gone) -> dict[str, Any]:
    left = dict[str, Any]()
    for name, value in values.items():
        column, cell = what.label_left(name, EXTRA_PREFIX), _cell_left(table, name, value, what)
        left[column] = f"{left[column]}; {cell}" if column in left else cell
    return left


def _cell_left(table: str, name: str, value: Any, what: Gone) -> Any:
    """Free words without the names of the erased, and what something is called where a name of theirs is in it; ids too."""
    if isinstance(value, list) and name != "category":
        return [_name_left(item, what) for item in value]
    if not isinstance(value, str):
        return value
    if name == "id" or name in _REFS[table]:
        return what.id_left(value)
    column = TABLES[table].column(name)
    if table == _PEOPLE and name == "name":
        # Somebody else's own name is theirs, whoever bore it as well.
        return value if what.names.is_one(value) else _name_left(value, what)
    if name == "relation":
        return what.label_left(value, CUSTOM_PREFIX)
    if column is None or column.sensitivity in ("text", "interest"):
        return what.without_names(value)
    return _name_left(value, what) if column.kind == "text" else value


def _name_left(value: str, what: Gone) -> str:
    return what.without_names(value) if what.names.is_in_a_name(value) else value


def _is(row: Row, ids: frozenset[str] | set[str]) -> bool:
    return row.table in (_PEOPLE, _THINGS, _WORKPLACES) and row.values["id"] in ids
