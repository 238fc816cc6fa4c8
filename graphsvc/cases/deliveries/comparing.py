"""Compares a delivery with loaded rows: changed fields, without masked names, and ids with other names. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from graphsvc.cases.deliveries.statement_form import text
from graphsvc.cases.graph.id_map import IdMap
from graphsvc.cases.graph.standing import Standings, sealed_ids
from graphsvc.ingest.check import Row
from graphsvc.ingest.report import ChangedRow, FoldedRow, Report
from graphsvc.ingest.state import State
from graphsvc.names.naming import sound_alike
from graphsvc.names.spelling import drop_particles, words
from graphsvc.records.numbers import count, plural
from graphsvc.records.tables import EXTRA_PREFIX, TABLES

# Most rows reported field by field on the page, in its CSV and by the command; any more are only counted.
MOST_TOLD = 1000
OTHER_NAMES = (
    "What bears the same id is the same in a case. Is it somebody else's numbering? Then give its ids a prefix. Are they the"
    " same, called otherwise? Then confirm it: in the preview, or with --other-names."
)
# Fewer renamed rows than this count as corrections, whatever their share of the rows.
_FEWEST = 2
# Values of `identified` for which a different name is expected: the person is not properly named yet.
_TO_BE_NAMED = ("nickname", "unknown")
# Kinds of column whose values are listed words, numbers or dates.
_PLAIN = frozenset({"choice", "number", "count", "date"})
# Columns with reasons to seal somebody: not even a change in them is reported.
_OF_STANDING = frozenset({"sealed", "category"})
_COLUMNS = {(table.name, column.name): column for table in TABLES.values() for column in table.columns}


@dataclass(frozen=True, slots=True)
class RowChange:
    """Change to one loaded row. Shown only to the account that delivers it, and never stored.

    Attributes:
        table: table of the case format.
        id: delivered id; empty for a claim without one.
        file, line: place of its new version.
        fields: column → values before and after, if the graph shows both as they were delivered.
        unsaid: changed columns whose values are not shown, because they may name a sealed person.
        is_hidden: whether further columns change whose names are not shown either.
        is_back: whether a superseded claim is made again.
    """

    table: str
    id: str
    file: str
    line: int
    fields: dict[str, tuple[str, str]]
    unsaid: tuple[str, ...]
    is_hidden: bool
    is_back: bool

    @property
    def place(self) -> str:
        """Table, id and place of the row, in words."""
        return " ".join(part for part in (self.table, self.id, f"({self.file}, line {self.line})") if part)

    @property
    def notes(self) -> list[str]:
        """Changes other than those in `fields`, in words."""
        notes = ["is said again"] if self.is_back else []
        if self.unsaid:
            notes.append(
                f"{', '.join(self.unsaid)} {plural(len(self.unsaid), 'changes', 'change')}: no values are shown"
            )
        if self.is_hidden:
            notes.append("something changes that may not be shown")
        return notes

    def __str__(self) -> str:
        fields = [f"{name} {was or 'empty'} -> {will or 'empty'}" for name, (was, will) in self.fields.items()]
        return f"{self.place}: {'; '.join([*fields, *self.notes])}"


@dataclass(frozen=True, slots=True)
class Weightless:
    """A statement with claims that would no longer count: they are superseded or withdrawn, or it is withdrawn.

    Attributes:
        statement: its id, as pages show it.
        claims: how many of its claims lose their weight.
        of: how many of its claims count now.
    """

    statement: str
    claims: int
    of: int

    def __str__(self) -> str:
        lose = plural(self.claims, "loses its", "lose their")
        return f"{self.statement}: {self.claims:,} of {count(self.of, 'claim')} {lose} weight"


@dataclass(frozen=True, slots=True)
class OtherNames:
    """Table in which most redelivered rows have a different name. Their number is hidden: it would confirm guesses."""

    table: str

    def __str__(self) -> str:
        return f"Most rows of {self.table} whose ids are loaded already have another name there."


def effects_on_rows(
    report: Report, state: State, number: int, telling: IdMap | None
) -> tuple[list[RowChange], list[Weightless]]:
    """Return the rows that a delivery changes, and the statements whose claims lose weight because of it.

    Args:
        report: effect of the delivery, as far as its loader may know.
        state: the case with it.
        number: the delivery's number.
        telling: maps rows to what the case will show; None: the report has only rows that the loader may see.
    """
    if telling is None:
        return told_changes(report.changed), weightless(report, state, number, str)
    return row_changes(report.changed, state, telling), weightless(report, state, number, telling.graph_id)


def row_changes(changed: Iterable[ChangedRow], state: State, telling: IdMap) -> list[RowChange]:
    """Return the first rows that a delivery changes, entities first, with values that the graph shows as delivered."""
    return [_row_change(change, state, telling) for change in _first(changed)]


def told_changes(changed: Iterable[ChangedRow]) -> list[RowChange]:
    """Return the first changes, entities first, in rows reduced to what the loader may see (see `loader_view`)."""
    return [_told_change(change) for change in _first(changed)]


def _first(changed: Iterable[ChangedRow]) -> Iterable[ChangedRow]:
    order = {name: place for place, name in enumerate(TABLES)}
    rows = sorted(changed, key=lambda change: (order[change.row.table], change.row.file, change.row.line))
    return islice(rows, MOST_TOLD)


def _told_change(change: ChangedRow) -> RowChange:
    row, was, will = change.row, change.before.values, change.after.values
    cells = {name: (text(was.get(name)), text(will.get(name))) for name in dict.fromkeys([*was, *will])}
    fields = {name: pair for name, pair in cells.items() if pair[0] != pair[1]}
    is_back = change.before.status != change.after.status
    identifier = str(row.values.get("id", ""))
    return RowChange(row.table, identifier, row.file, row.line, fields, (), is_hidden=not fields, is_back=is_back)


def _row_change(change: ChangedRow, state: State, telling: IdMap) -> RowChange:
    row, was, will = change.row, change.before.values, change.after.values
    differing = [name for name in dict.fromkeys([*was, *will]) if text(was.get(name)) != text(will.get(name))]
    # Delivered values are compared, never values in which pseudonyms replace names.
    versions = [_shown_of(change, version, state, telling) for version in (change.before, change.after)]
    fields: dict[str, tuple[str, str]] = {}
    unsaid = []
    for name in differing:
        if is_plain(row.table, name) or all(
            text(version.get(name)) == text(values.get(name))
            for version, values in zip(versions, (was, will), strict=True)
        ):
            fields[name] = (text(was.get(name)), text(will.get(name)))
        elif name not in _OF_STANDING and (name in row.values or not name.startswith(EXTRA_PREFIX)):
            unsaid.append(name)
    # As shown in the graph, so without categories that would reveal a witness or victim.
    categories = [text(version.get("categories")) for version in versions]
    if categories[0] != categories[1]:
        fields["category"] = (categories[0], categories[1])
    return RowChange(
        row.table,
        str(row.values.get("id", "")),
        row.file,
        row.line,
        fields,
        tuple(unsaid),
        is_hidden=len(differing) > len(fields) + len(unsaid)
        or (not differing and (was, change.before.open) != (will, change.after.open)),
        is_back=change.before.status != change.after.status,
    )


def weightless(report: Report, state: State, number: int, shown_id: Callable[[str], str]) -> list[Weightless]:
    """Return the statements whose claims the delivery with this number makes lose weight, most losses first.

    `shown_id` returns the id of a statement as pages show it.
    """
    was_statement = {change.key[-1]: change.before for change in report.changed if change.row.table == "statements"}
    was_claim = {change.key: change.before for change in report.changed if change.row.table == "links"}
    superseded = frozenset(report.superseded)
    statements = state.records["statements"]
    touched = {
        *was_statement,
        *(state.claims[key].values["statement_id"] for key in superseded),
        *(before.values["statement_id"] for before in was_claim.values()),
    }
    counted: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for key in {key for statement in touched for key in state.by_statement.get(statement, ())} | was_claim.keys():
        now = state.claims[key]
        before = was_claim.get(key, now)
        of = before.values["statement_id"]
        added = now.delivery == number and key not in was_claim
        if added or not _counts(before, was_statement.get(of, statements[of]), active=key in superseded):
            continue
        counted[of] += 1
        lost[of] += not _counts(now, statements[now.values["statement_id"]])
    return [
        Weightless(shown_id(statement), claims, counted[statement])
        for statement, claims in sorted(lost.items(), key=lambda pair: (-pair[1], pair[0]))
        if claims
    ]


def _counts(claim: FoldedRow, statement: FoldedRow, *, active: bool = False) -> bool:
    """Whether a claim counts; `active`: treat it as not superseded."""
    return (
        (active or claim.status == "active")
        and claim.values.get("polarity", "asserts") != "withdrawn"
        and statement.values.get("status", "given") == "given"
    )


def is_plain(table: str, name: str) -> bool:
    """Whether no value of a column can name anybody, so that it can always be shown.

    Example:
        >>> is_plain("links", "amount"), is_plain("links", "notes"), is_plain("people", "date_of_birth")
        (True, False, False)
    """
    column = _COLUMNS.get((table, name))
    if column is None or name in _OF_STANDING:
        return False
    return column.kind in _PLAIN and column.sensitivity == "open"


def _shown_of(change: ChangedRow, version: FoldedRow, state: State, telling: IdMap) -> Mapping[str, Any]:
    identifier = change.key[-1]
    if change.row.table == "statements":
        return telling.statement(identifier, version)
    if change.row.table != "links":
        return telling.entity(identifier, version)
    statement = version.values["statement_id"]
    telling.statement(statement, state.records["statements"][statement])
    claim, properties = telling.claim(change.key, version)
    return {**properties, "subject_id": claim.subject, "object_id": claim.object, "statement_id": claim.statement}


def other_names(report: Report, rows: Iterable[Row], before: Standings, state: State, key: bytes) -> list[OtherNames]:
    """Return the tables in which most known ids now have a different name, probably because ids were renumbered.

    Names are compared by words and by sound, so a different spelling, order or script does not count as a different
    name. Sealed people are left out: the answer would reveal whether their name was guessed.

    Args:
        report: effect of the delivery.
        rows: its rows.
        before: standings before it; empty for a loader without source clearance, whose report includes only the sealed
            people that they delivered themselves.
        state: the case with it.
        key: data key of the case.
    """
    compared: list[tuple[Row, Mapping[str, Any], Mapping[str, Any]]] = [
        (change.row, change.before.values, change.after.values) for change in report.changed
    ]
    compared += [(row, known, row.values) for row, known in report.rows_aside.values()]
    renamed = [row for row, was, now in compared if _is_another(was, now)]
    if len(renamed) < _FEWEST:
        return []
    sealed = sealed_ids(before, state, key)
    renamed_counts = Counter(row.table for row in renamed if row.values.get("id") not in sealed)
    known = {table: counts.changed + counts.unchanged for table, counts in report.counts.items()}
    apart = {(row.table, row.values.get("id")) for row in rows} if sealed else set()
    known_apart = Counter(
        table for table, identifier in apart if identifier in sealed and identifier not in report.refused
    )
    return [
        OtherNames(table)
        for table, many in renamed_counts.items()
        if many >= _FEWEST and many * 2 > known[table] - known_apart[table]
    ]


def _is_another(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if before.get("identified") in _TO_BE_NAMED:
        return False
    was, now = _names(before), _names(after)
    if not was or not now:
        return False
    # A shared alias proves nothing: one row's main name must be among the other row's names.
    return not (_is_among(now[0], was) or _is_among(was[0], now))


def _is_among(name: str, names: Iterable[str]) -> bool:
    return any(_words(name) & _words(known) or sound_alike(name, known) for known in names)


def _names(values: Mapping[str, Any]) -> list[str]:
    return [name for name in (values.get("name"), *values.get("aliases", ())) if name]


def _words(name: str) -> set[str]:
    return {word.letters for word in drop_particles(words(name))}
