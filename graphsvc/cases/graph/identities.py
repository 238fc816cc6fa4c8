"""Every identity ever delivered for the people, things and places of a case, sealed or not. Pure.

A person named today may be sealed tomorrow. Texts with any name that the person ever had are then withheld (`texts`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from graphsvc.access import vault
from graphsvc.cases.graph.handling import Handling
from graphsvc.cases.graph.sealing import Standing
from graphsvc.ingest.layers import CODES
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State
from graphsvc.names.seal import split_identity
from graphsvc.records.tables import TABLES

Identities = tuple[Mapping[str, Any], ...]
# Columns that the vault stores with an identity, though they identify nobody.
_NO_IDENTITY = frozenset({"category", "notes"})
_OF_AGE = ("date_of_birth", "age_disputed")


def pseudonyms_of(state: State, key: bytes) -> dict[str, dict[str, str]]:
    """Return, for each table of people, things and places, id → the pseudonym it has or would have."""
    return {
        table: {identifier: vault.pseudonym(key, kind, identifier) for identifier in state.records[table]}
        for table, kind in (("people", "person"), ("things", "thing"), ("workplaces", "thing"))
    }


def _other_rows(state: State, identifier: str, row: FoldedRow) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield code and values of each row of a person or thing in a layer, or set aside because of hidden rows alone."""
    for code in CODES:
        known = state.layer(code).get(identifier)
        if known is not None and known.values not in (row.open, row.values):
            yield code, known.values
    for row_aside in state.rows_aside.get(identifier, ()):
        if not row_aside.is_aside:
            yield row_aside.code, row_aside.values


def ages_aside(state: State, identifier: str) -> Iterator[dict[str, Any]]:
    """Yield the cells about a person's age in rows set aside: such ages seal too, and children are never leads."""
    for row in state.rows_aside.get(identifier, ()):
        age = {name: row.values[name] for name in _OF_AGE if name in row.values}
        if age:
            yield {"id": identifier, **age, **({"handling": "C"} if row.code == "C" else {})}


def formerly(standing: Mapping[str, Standing], names: Collection[str]) -> frozenset[str]:
    """Return the pseudonyms (or would-be pseudonyms) of people and things from before erasures changed their ids."""
    result, sought = set[str](), frozenset(names)
    while sought:
        sought = frozenset(name for name, entity in standing.items() if entity.moved_to in sought) - result
        result |= sought
    return frozenset(result)


def keep_identities(
    standing: dict[str, Standing],
    before: Mapping[str, Standing],
    state: State,
    handling: Handling,
    names: Mapping[str, Mapping[str, str]],
) -> None:
    """Add to the standings every identity known before, and those in the rows of a state.

    Entries named earlier that are no longer in any delivery are kept as `is_absent`. `names` is the result of
    `pseudonyms_of`.
    """
    for name, old in before.items():
        if name not in standing and old.identities:
            standing[name] = Standing(False, old.level, old.since, identities=old.identities, is_absent=True)
    for table, bearers in names.items():
        for identifier, name in bearers.items():
            row = state.records[table][identifier]
            known = before[name].identities if name in before else ()
            if table == "people":
                level = handling.entity(identifier)
                known = _with_person(known, row, level)
                for code, values in _other_rows(state, identifier, row):
                    more = {"handling": "C"} if "C" in (code, level) else {}
                    known = _with_row(known, "person", values, **more)
                for age in ages_aside(state, identifier):
                    known = _with_row(known, "person", age)
            else:
                known = _with_row(known, TABLES[table].record, row.values)
                for _, values in _other_rows(state, identifier, row):
                    known = _with_row(known, TABLES[table].record, values)
            standing[name] = replace(standing[name], identities=known)


def _with_person(identities: Identities, row: FoldedRow, level: str) -> Identities:
    """Add a person's identity under P, if there is one; if it is not all, add the whole with `handling` C."""
    if level == "P" and row.open is not None:
        identities = _with_row(identities, "person", row.open)
        if row.open == row.values:
            return identities
    return _with_row(identities, "person", row.values, handling="C")


def _with_row(identities: Identities, record: str, values: Mapping[str, Any], **more: str) -> Identities:
    """Add the identity in a row, with the cells in `more`, unless it is already there."""
    identity = {
        name: value for name, value in split_identity(record, values)[1].items() if name not in _NO_IDENTITY
    } | more
    if "kind" in values:
        identity["kind"] = values["kind"]
    return identities if identity in identities else (*identities, identity)
