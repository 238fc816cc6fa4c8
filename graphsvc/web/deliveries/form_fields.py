"""The form of a statement as sent: parsed, written as hidden fields, and changed by its buttons. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from werkzeug.datastructures import MultiDict

from graphsvc.errors import RequestError
from graphsvc.records.lines import plain
from graphsvc.records.tables import ENTITY_TABLES, TABLES
from graphsvc.service import Form, FormPart, statement_form

MOST = 60  # maximum claims in a form, and maximum new entities
_HANDLE = re.compile(r"(new|c)([1-9][0-9]{0,3})")
_NEW = tuple(table.name for table in ENTITY_TABLES)
_ENDS = ("subject_id", "object_id")


def sent_form(sent: MultiDict[str, str]) -> Form:
    """Parse the form as it was sent."""
    return Form(
        sent.get("token", ""),
        _cells(sent, statement_form.STATEMENT, "statements"),
        tuple(_part(sent, handle, "links") for handle in _handles(sent, "claim", "c")),
        tuple(_part(sent, handle, _table(sent.get(f"{handle}.table", ""))) for handle in _handles(sent, "new", "new")),
        sent.get("of", "")[:200],
        sent.get("seen", "")[:32],
        plain(sent.get("reason", "")),
    )


def _handles(sent: MultiDict[str, str], name: str, begins: str) -> list[str]:
    handles = [
        handle
        for handle in dict.fromkeys(sent.getlist(name))
        if (match := _HANDLE.fullmatch(handle)) and match[1] == begins
    ]
    if len(handles) > MOST:
        raise RequestError(f"A form takes up to {MOST} rows. Load the rest as a delivery.")
    return handles


def _table(name: str) -> str:
    if name not in _NEW:
        raise RequestError(f"There is nothing called {name[:40]!r} to be added. A form adds {', '.join(_NEW)}.")
    return name


def _part(sent: MultiDict[str, str], handle: str, table: str) -> FormPart:
    fate = sent.get(f"{handle}.fate", statement_form.FATES[0])
    claim = sent.get(f"{handle}.claim", "")[:40]
    return FormPart(
        handle,
        table,
        _cells(sent, handle, table),
        claim,
        fate if fate in statement_form.FATES else statement_form.FATES[0],
    )


def _cells(sent: MultiDict[str, str], handle: str, table: str) -> dict[str, str]:
    names = (column.name for column in TABLES[table].columns)
    return {name: plain(sent[f"{handle}.{name}"]) for name in names if f"{handle}.{name}" in sent}


def hidden_fields(form: Form, back: str) -> list[tuple[str, str]]:
    """Return a form as hidden fields, which `sent_form` parses."""
    pairs = [("token", form.token), ("of", form.of), ("seen", form.seen), ("reason", form.reason), ("next", back)]
    pairs += [(f"{statement_form.STATEMENT}.{name}", cell) for name, cell in form.statement.items()]
    for name, parts in (("claim", form.claims), ("new", form.new)):
        for part in parts:
            pairs += [(name, part.handle), (f"{part.handle}.claim", part.claim), (f"{part.handle}.fate", part.fate)]
            pairs += [(f"{part.handle}.table", part.table)]
            pairs += [(f"{part.handle}.{column}", cell) for column, cell in part.cells.items()]
    return pairs


def next_handle(parts: tuple[FormPart, ...], begins: str) -> str:
    """Return a new handle, which none of these parts has."""
    return f"{begins}{1 + max((int(part.handle.removeprefix(begins)) for part in parts), default=0)}"


def _row(form: Form, _what: str) -> tuple[Form, str]:
    handle = next_handle(form.claims, "c")
    return replace(form, claims=(*form.claims, FormPart(handle, "links", {}))), f"{handle}.subject_id"


def _drop(form: Form, handle: str) -> tuple[Form, str]:
    """Remove one row; references to it become empty if it is a new entity."""
    form = _referring(form, handle, "")
    claims = tuple(part for part in form.claims if part.handle != handle)
    return replace(form, claims=claims, new=tuple(part for part in form.new if part.handle != handle)), ""


def _add_new(form: Form, choice: str) -> tuple[Form, str]:
    """Add a new entity for a field (`people:c1.subject_id`); text typed in the field becomes its name."""
    table, _, place = choice.partition(":")
    handle = next_handle(form.new, "new")
    typed = _at(form, place)
    called = next(name for name in ("name", "value", "date") if TABLES[_table(table)].column(name))
    new = FormPart(handle, table, {called: "" if _HANDLE.fullmatch(typed) else typed})
    return _set_cell(replace(form, new=(*form.new, new)), place, handle), f"{handle}.{called}"


def _pick(form: Form, choice: str) -> tuple[Form, str]:
    """Put the chosen entity in a field: `c1.subject_id:P12`."""
    place, _, meant = choice.partition(":")
    return _set_cell(form, place, meant), place


def same(form: Form, choice: str) -> tuple[Form, str]:
    """Replace a new entity with an existing one: `new1:P12`."""
    handle, _, entity_id = choice.partition(":")
    form = _referring(form, handle, entity_id)
    return replace(form, new=tuple(part for part in form.new if part.handle != handle)), ""


def _same_form(form: Form, _what: str) -> tuple[Form, str]:
    return form, ""


# Value of a button up to its colon → function that returns the changed form and the field to focus.
EDITS: Mapping[str, Callable[[Form, str], tuple[Form, str]]] = MappingProxyType(
    {
        "edit": _same_form,
        "open": _same_form,
        "claim": _row,
        "drop": _drop,
        "new": _add_new,
        "pick": _pick,
        "same": same,
    }
)


def _at(form: Form, place: str) -> str:
    handle, _, column = place.partition(".")
    cells = {part.handle: part.cells for part in form.claims} | {statement_form.STATEMENT: form.statement}
    return cells.get(handle, {}).get(column, "")


def _set_cell(form: Form, place: str, cell: str) -> Form:
    handle, _, column = place.partition(".")
    if handle == statement_form.STATEMENT and TABLES["statements"].column(column):
        return replace(form, statement={**form.statement, column: cell})
    claims = (
        replace(part, cells={**part.cells, column: cell})
        if part.handle == handle and TABLES["links"].column(column)
        else part
        for part in form.claims
    )
    return replace(form, claims=tuple(claims))


def _referring(form: Form, was: str, becomes: str) -> Form:
    """Replace every reference to `was` with one to `becomes`."""
    claims = (
        replace(
            part, cells={name: becomes if name in _ENDS and cell == was else cell for name, cell in part.cells.items()}
        )
        for part in form.claims
    )
    refers = ("source_id", "interpreter_id")
    statement = {name: becomes if name in refers and cell == was else cell for name, cell in form.statement.items()}
    return replace(form, statement=statement, claims=tuple(claims))
