"""Folds deliveries in order into the state of a case. Pure: the same deliveries always give the same state.

Loading, reloading, undoing and recovering all use `fold`, so by construction a case after an undo equals the remaining
deliveries loaded in order. Each delivery remembers what was decided when it came: see `check.Delivery` and `check.Row`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from graphsvc.ingest.check import Row, may_mark
from graphsvc.ingest.codes import code_of, columns_delivered, kept_closed, opening_fault, opens, with_codes
from graphsvc.ingest.ends import Ends
from graphsvc.ingest.layers import DeliveredRows
from graphsvc.ingest.rejected import Rejection
from graphsvc.ingest.report import FoldedRow, Report, TakenRow, merge_row
from graphsvc.ingest.several import HeldClaim, Key, are_several, identify_claims, keys_of, polarity, takes_back
from graphsvc.ingest.state import State
from graphsvc.records.grading import stricter
from graphsvc.records.nearest import SUGGESTIONS, near_id
from graphsvc.records.relations import CUSTOM_PREFIX, RELATIONS, happens_again
from graphsvc.records.tables import ENTITY_TABLES, ERASED, TABLES

_RECORD = {table.name: table.record for table in TABLES.values()}
_STATEMENTS = "statements"
_LINKS = "links"
_PEOPLE = "people"
_CONTENT = "content"
_NOBODY = "nobody and nothing with this id is accepted here or loaded earlier"
_NOTHING_BACK = (
    "there is nothing here to take back: no claim of this statement differs from the row in polarity alone; give it as it was"
    " loaded, or with the id it was loaded with"
)
_REFUSED = "the row with this id is rejected itself"
_STAYS_WITNESS = (
    "a witness statement with this id is loaded and cannot become another kind: deliver this row under a new id"
)


class Why(NamedTuple):
    """Reason to refuse a row; fields as in `Rejection`."""

    column: str
    reason: str
    fault: str = ""
    cause: str = ""


def claim_key(values: Mapping[str, Any]) -> Key:
    """Return the key of a claim: its delivered id, or else its content, never its line.

    For events that can repeat, several rows may have the same content: see `several`.

    Example:
        >>> claim_key({"id": "L1", "subject_id": "a"})
        ('id', 'L1')
    """
    if "id" in values:
        return ("id", values["id"])
    names = ("statement_id", "subject_id", "relation", "object_id", "from_date", "to_date")
    return (_CONTENT, *(values.get(name, "") for name in names))


def fold(
    state: State,
    number: int,
    rows: Iterable[Row],
    columns: Mapping[str, list[str]],
    *,
    partial: bool,
    refused: Mapping[str, str] = MappingProxyType({}),
    incomplete: Collection[str] | None = None,
    accepted_before: Collection[str] = (),
    ends_before: Mapping[str, str] = MappingProxyType({}),
    rejected_c: Collection[str] = (),
    sets_aside: bool = False,
    hides: bool = False,
    watch: Callable[[TakenRow], object] | None = None,
) -> Report:
    """Fold one delivery into the state, which is changed, and report the effects.

    With `sets_aside`, rows of people and things already in the state are *set aside*: they change no values. A page
    that changes when a statement arrives could reveal its source. The rule does not depend on the sources.

    Args:
        state: result of the deliveries before it.
        number: the delivery's number.
        rows: its valid rows (see `check`); references between rows are checked here. Rows of people and things without
            a code get one here: see `codes`.
        columns: table → columns in its header (see `Delivery.columns`): a missing column keeps earlier values.
        partial: the delivery only adds: nothing is superseded, and an empty cell keeps the earlier value.
        refused: id → place of its row, for rows already left out: rejections of rows that refer to them say so.
        incomplete: ids of statements with links already left out. These may be loaded claims, so no claim of these
            statements is superseded; an empty id means no claim of any statement. None: left-out links were not
            recorded, and those refused here are not considered either.
        accepted_before: ids of statements that were accepted when they came. They stay even if the row of their source
            or interpreter was undone since: a statement that disappeared with it would reveal its source.
        ends_before: ends of its claims when they came (`Report.ends`). They stay, known by id, even if the rows that
            brought them were undone since: see `ends`.
        rejected_c: ids in its rejected rows under C: claims that first come with them are under C.
        sets_aside: see `check.Delivery`.
        hides: see `check.Delivery`.
        watch: see `Report`.
    """
    report = Report(refused=dict(refused), watch=watch)
    by_table: dict[str, list[Row]] = defaultdict(list)
    rows, rows_aside = with_codes(list(rows), state.records[_STATEMENTS], columns, partial=partial), list[Row]()
    met = {row.values[end] for row in rows if row.table == _LINKS for end in ("subject_id", "object_id")}
    for row in rows:
        if row.is_aside and (not sets_aside or (row.table == _PEOPLE and row.values["id"] not in met)):
            # It stays aside even if what the case knew before was undone since: the person may be a source. Earlier
            # versions set single rows of a delivery aside.
            rows_aside.append(row)
        else:
            by_table[row.table].append(kept_closed(row, state.records[_STATEMENTS]))
        report.counts[row.table].read += 1
    accepted = _accept(state, by_table, report, accepted_before, columns, partial=partial)
    barred = {row.values["id"] for row in by_table.get(_STATEMENTS, ())} - accepted[_STATEMENTS].keys()
    before = state.records[_STATEMENTS]
    opened = [identifier for identifier, row in accepted[_STATEMENTS].items() if opens(before.get(identifier), row)]
    coming = [row for each in ENTITY_TABLES for row in accepted[each.name].values()]
    brought = state.begin(DeliveredRows(number, coming, columns, partial, sets_aside, hides))
    for each in ENTITY_TABLES if sets_aside else ():
        mine, records = accepted[each.name], state.records[each.name]
        known = [name for name in mine if name in records and (each.name == _PEOPLE or name not in state.bare)]
        for identifier in known:
            rows_aside.append(mine.pop(identifier))
            report.set_aside(rows_aside[-1], records[identifier].values)
    for row in rows_aside:
        state.rows_aside[row.values["id"]].append(row)
    codes = dict.fromkeys(rejected_c, "C")
    for row in [*rows_aside, *(row for each in ENTITY_TABLES for row in by_table.get(each.name, ()))]:
        code = "C" if _is_closed(state, row, accepted[_STATEMENTS]) else "P"
        codes[row.values["id"]] = stricter(code, codes.get(row.values["id"], code))
    ends = Ends(state, ends_before, codes, brought)
    for table, kept_rows in accepted.items():
        _merge_records(state, number, table, kept_rows, columns, accepted[_STATEMENTS], report, partial=partial)
    delivered = {
        identifier for table, table_rows in accepted.items() if table != _STATEMENTS for identifier in table_rows
    }
    whole = set[str]() if partial or "" in (incomplete or ()) else accepted[_STATEMENTS].keys() - set(incomplete or ())
    claims = by_table.get(_LINKS, [])
    seen = _merge_claims(state, number, claims, report, ends, delivered, whole, barred, notes=incomplete is not None)
    # A row goes if the statement that it names is undone.
    lasting = {
        name
        for table in ENTITY_TABLES
        for name, row in accepted[table.name].items()
        if "statement_id" not in row.values or row.values["statement_id"] in accepted[_STATEMENTS]
    }
    report.ends = {name: end for name, end in ends.met.items() if name not in lasting}
    for statement in accepted[_STATEMENTS]:
        for key in state.by_statement.get(statement, ()) if statement in whole else ():
            if key not in seen and state.claims[key].status == "active":
                # A new row, because other states may share the old one.
                old = state.claims[key]
                state.claims[key] = replace(old, status="superseded")
                report.counts[_LINKS].superseded += 1
                report.superseded.append(key)
    statements = state.records[_STATEMENTS]
    touched = {*accepted[_STATEMENTS], *(row.values["statement_id"] for row in claims)}
    report.closed = frozenset(name for name in touched & statements.keys() if code_of(statements[name].values) == "C")
    state.closed_in |= dict.fromkeys(report.closed, number)
    _keep_closed(state, opened, report)
    return report


def _keep_closed(state: State, opened: Iterable[str], report: Report) -> None:
    """Put claims of opened statements under handling code C for good, unless the delivery repeats them."""
    for statement in opened:
        for key in state.by_statement.get(statement, ()):
            old = state.claims[key]
            if key not in report.claims and old.values.get("handling") != "C":
                state.claims[key] = replace(old, values={**old.values, "handling": "C"})


def _accept(
    state: State,
    by_table: Mapping[str, list[Row]],
    report: Report,
    accepted_before: Collection[str],
    columns: Mapping[str, list[str]],
    *,
    partial: bool,
) -> dict[str, dict[str, Row]]:
    """Return the rows of entities and statements with free ids and valid references, by table and id."""
    accepted: dict[str, dict[str, Row]] = {}
    owner: dict[str, Row] = {}
    for table in (*(table.name for table in ENTITY_TABLES), _STATEMENTS):
        mine = accepted[table] = {}
        for row in by_table.get(table, ()):
            identifier = row.values["id"]
            first = owner.get(identifier)
            known = state.kinds.get(identifier)
            if first is not None and first.table == table:
                report.counts[table].duplicate += 1
                report.note_equal(row, again=False)
            elif first is not None:
                record = _RECORD[first.table]
                why = Why("id", f"is the id of a {record} too ({first.file}, line {first.line})", f"{record} too")
                _reject(report, row, why)
            elif known is not None and known != table:
                why = Why("id", f"is the id of a {_RECORD[known]} loaded earlier; ids are unique in a case")
                _reject(report, row, why)
            elif table == _STATEMENTS and (fault := _statement_fault(state, row, columns, partial=partial)):
                _reject(report, row, fault)
            else:
                mine[identifier] = owner[identifier] = row
    _reject_dangling(state, accepted, report, accepted_before)
    return accepted


def _statement_fault(state: State, row: Row, columns: Mapping[str, list[str]], *, partial: bool) -> Why | None:
    """Return why a row would show a loaded statement's contents to more readers; None if it would not."""
    old = state.records[_STATEMENTS].get(row.values["id"])
    if old is not None and old.values["kind"] == "witness" != row.values["kind"]:
        return Why("kind", _STAYS_WITNESS)
    fault = opening_fault(old, row, columns, partial=partial)
    return Why("handling", fault) if fault else None


def _reject_dangling(
    state: State, accepted: dict[str, dict[str, Row]], report: Report, accepted_before: Collection[str]
) -> None:
    """Reject rows with missing references, then rows that refer to rejected rows, until every reference is valid."""
    rejected = True
    while rejected:
        rejected = False
        for rows in accepted.values():
            for identifier, row in list(rows.items()):
                why = _dangling(state, accepted, row, report.refused, accepted_before)
                if why is not None:
                    _reject(report, row, why)
                    del rows[identifier]
                    rejected = True


def _dangling(
    state: State,
    accepted: Mapping[str, Mapping[str, Row]],
    row: Row,
    refused: Mapping[str, str],
    accepted_before: Collection[str],
) -> Why | None:
    values = row.values
    wanted = [("statement_id", _STATEMENTS)] if values.get("statement_id") != ERASED else []
    if row.table == _STATEMENTS and values["id"] not in accepted_before:
        wanted.append(("interpreter_id", "people"))
        if values.get("kind") == "witness":
            wanted.append(("source_id", "people"))
    loaded = state.records[_STATEMENTS].get(values["id"]) if row.table == _STATEMENTS else None
    for column, table in wanted:
        target = values.get(column)
        if loaded is not None and loaded.values.get(column) == target:
            continue  # otherwise other deliveries about the source would decide whether a correction takes effect
        if target is not None and target not in accepted[table] and target not in state.records[table]:
            return _missing(
                column, target, refused, f"no {_RECORD[table]} with this id is accepted here or loaded earlier"
            )
    return None


def _missing(column: str, target: str, refused: Mapping[str, str], reason: str) -> Why:
    """Return why a row with a missing reference is refused; if the row it refers to was refused, that is the cause."""
    cause = refused.get(target, "")
    return Why(column, f"{_REFUSED} ({cause})", _REFUSED, cause) if cause else Why(column, reason)


def _merge_records(
    state: State,
    number: int,
    table: str,
    rows: Mapping[str, Row],
    columns: Mapping[str, list[str]],
    statements: Mapping[str, Row],
    report: Report,
    *,
    partial: bool,
) -> None:
    records = state.records[table]
    for identifier, row in rows.items():
        old = records.get(identifier)
        is_closed = _is_closed(state, row, statements)
        present = () if old is None else columns_delivered(row, columns, partial=partial)
        is_listed = "statement_id" not in row.values
        is_shared = is_listed and not is_closed and row.values.get("handling") == "P"
        if old is None:
            shared, listed = None if is_closed else row.values, row.values if is_listed else None
            records[identifier] = FoldedRow(
                row.values, number, row.line, open=shared, listed=listed, is_shared=is_shared
            )
            state.kinds[identifier] = table
            report.take(TakenRow(row, (identifier,), None, records[identifier]))
            continue
        state.bare.discard(identifier)
        values = merge_row(old.values, row.values, present)
        # Rows under C never change values known under P.
        now = old.open if is_closed else merge_row(old.open or {}, row.values, present)
        listed = merge_row(old.listed or {}, row.values, present) if is_listed else old.listed
        is_shared = is_shared or old.is_shared
        if values != old.values or now != old.open:
            records[identifier] = FoldedRow(values, number, row.line, open=now, listed=listed, is_shared=is_shared)
        elif (listed, is_shared) != (old.listed, old.is_shared):
            records[identifier] = replace(old, listed=listed, is_shared=is_shared)
        report.take(TakenRow(row, (identifier,), old, records[identifier]))


def _is_closed(state: State, row: Row, statements: Mapping[str, Row]) -> bool:
    """Whether a row is under C by its code, or by its statement (whose opening may have been undone since)."""
    said_in = row.values.get("statement_id", "")
    statement = statements.get(said_in) or state.records[_STATEMENTS].get(said_in)
    return row.code == "C" or (statement is not None and code_of(statement.values) == "C")


def _merge_claims(
    state: State,
    number: int,
    rows: list[Row],
    report: Report,
    ends: Ends,
    delivered: Collection[str],
    whole: set[str],
    barred: Collection[str],
    *,
    notes: bool,
) -> set[Key]:
    """Merge claims into the state; return the keys of all claims in the delivery, including rejected ones.

    `whole` are the statements for which the delivery has all claims, `barred` the statements whose rows are refused.
    With `notes`, a statement is removed from `whole` if a rejected row could be any of its claims: a row without an id,
    whose content is not loaded.
    """
    counts = report.counts[_LINKS]
    first: dict[Key, Row] = {}
    more: dict[Key, list[Row]] = {}
    seen: set[Key] = set()
    for row in rows:
        key = claim_key(row.values)
        near = delivered if len(report.rejections) < SUGGESTIONS else ()
        fault = _claim_fault(state, row, ends, near, report.refused, barred)
        if fault is not None:
            _reject(report, row, fault)
            same = keys_of(state.claims, key)
            seen.update(same or (key,))
            if notes and key[0] == _CONTENT and not same:
                whole.discard(row.values["statement_id"])
        elif key not in first:
            first[key] = row
        elif key[0] == _CONTENT and happens_again(row.values["relation"]):
            more.setdefault(key, [first[key]]).append(row)
        elif first[key].values == row.values:
            counts.duplicate += 1
            report.note_equal(row, again=False)
        else:
            advice = "with other values; give each an id, or correct one"
            column = "id" if key[0] == "id" else "statement_id"
            why = f"this claim is already in line {first[key].line} {advice}"
            _reject(report, row, Why(column, why, f"this claim is already there {advice}"))
    for key, row in first.items():
        several = more.get(key)
        is_whole = row.values["statement_id"] in whole
        if several is None and not _is_among_several(state, key, row, is_whole=is_whole):
            seen.add(key)
            _take(state, number, key, row, report, ends)
            continue
        under_c = code_of(state.records[_STATEMENTS][row.values["statement_id"]].values) == "C"

        def is_under_c(each: Row | FoldedRow, under_c: bool = under_c) -> bool:
            closed = each.code == "C" if isinstance(each, Row) else each.is_closed
            return under_c or closed or each.values.get("handling") == "C"

        claims = {name: state.claims[name] for name in keys_of(state.claims, key)}
        loaded = [
            HeldClaim(name, claim.values, claim.status == "active", is_under_c(claim)) for name, claim in claims.items()
        ]
        result = identify_claims(key, loaded, several or [row], is_whole=is_whole, is_under_c=is_under_c)
        for each, against in result.contrary:
            _reject(report, each, _contrary(against))
            report.contrary[row.values["statement_id"]].append(report.rejections[-1])
            seen.update(keys_of(state.claims, key))
        for each in result.repeated:
            report.note_equal(each, again=True)
        for name, each in result.names:
            seen.add(name)
            _take(state, number, name, each, report, ends)
    return seen


def _take(state: State, number: int, key: Key, row: Row, report: Report, ends: Ends) -> None:
    report.claims.add(key)
    old = state.claims.get(key)
    is_closed = ends.closes(row, old)
    ends.keep(row, is_closed=is_closed)
    if is_closed:
        report.closed_claims.add((row.file, row.line))
    if old is not None and old.status == "active" and (old.values, old.is_closed) == (row.values, is_closed):
        report.take(TakenRow(row, key, old, old))
        return
    if old is None:
        state.by_statement[row.values["statement_id"]].append(key)
    elif old.values["statement_id"] != row.values["statement_id"]:
        state.by_statement[old.values["statement_id"]].remove(key)
        state.by_statement[row.values["statement_id"]].append(key)
    state.claims[key] = FoldedRow(row.values, number, row.line, is_closed=is_closed)
    report.take(TakenRow(row, key, old, state.claims[key]))


def _is_among_several(state: State, key: Key, row: Row, *, is_whole: bool) -> bool:
    """Whether a row's claim must be found by comparing claims: several have its content, or may have after this row."""
    if key[0] != _CONTENT or not happens_again(row.values["relation"]):
        return False
    old = state.claims.get(key)
    if old is None:
        return takes_back(row.values) and not is_whole
    return old.values != row.values or are_several(state.claims, key)


def _contrary(opposite: Row | None) -> Why:
    """Return why a row is refused: it contradicts another row of its delivery, or withdraws a claim not loaded."""
    if opposite is None:
        return Why("polarity", _NOTHING_BACK)
    as_well = f"with polarity {polarity(opposite.values)}; give each an id, or correct one"
    return Why(
        "polarity", f"this claim is already in line {opposite.line} {as_well}", f"this claim is already there {as_well}"
    )


def _claim_fault(
    state: State, row: Row, ends: Ends, delivered: Collection[str], refused: Mapping[str, str], barred: Collection[str]
) -> Why | None:
    values = row.values
    statement = state.records[_STATEMENTS].get(values["statement_id"])
    if statement is None or values["statement_id"] in barred:
        reason = "no statement with this id is accepted here or loaded earlier"
        return _missing("statement_id", values["statement_id"], refused, reason)
    relation = RELATIONS.get(values["relation"])
    for column in ("subject_id", "object_id"):
        table = ends.table(values[column])
        if table is None or table == _STATEMENTS:
            why = _missing(column, values[column], refused, _NOBODY)
            # Only ids of this delivery are suggested: an id loaded earlier may name a sealed person.
            near = near_id(values[column], delivered) if delivered and not why.cause else None
            return why._replace(reason=f"{_NOBODY}; did you mean {near}?", fault=_NOBODY) if near else why
        if relation is not None:
            takes = relation.subjects if column == "subject_id" else relation.objects
            if _RECORD[table] not in takes:
                end = "subject" if column == "subject_id" else "object"
                reason = f"is a {_RECORD[table]}, but {relation.name} takes a {' or a '.join(takes)} as its {end}"
                return Why(column, reason)
    if relation is None and not values["relation"].startswith(CUSTOM_PREFIX):
        return Why("relation", "is no relation")
    if values.get("handling") == "P" and code_of(statement.values) == "C":
        return Why("handling", "may only become stricter: its statement has handling code C")
    return None


def _reject(report: Report, row: Row, why: Why) -> None:
    report.counts[row.table].rejected += 1
    row_id = str(row.values.get("id", ""))
    value = str(row.values.get(why.column, ""))
    marks = may_mark(row.table, row.values)
    rejection = Rejection(
        row.file, row.line, why.column, value, why.reason, why.fault, row.table, row_id, why.cause, marks
    )
    report.rejections.append(rejection)
    if row.table != _LINKS:
        report.refused.setdefault(row_id, rejection.place)
