"""Makes the rows of a delivery from a form and the loaded state. Pure, given the case's key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from graphsvc.access import vault
from graphsvc.cases.deliveries import statement_form
from graphsvc.cases.deliveries.statement_form import Cells, Form, FormPart
from graphsvc.cases.graph.id_map import IdMap
from graphsvc.errors import RequestError
from graphsvc.ingest.cells import write_cell
from graphsvc.ingest.check import Delivery, digest
from graphsvc.ingest.several import takes_back
from graphsvc.ingest.state import State
from graphsvc.ingest.versions import KeptRows
from graphsvc.records.lines import plain
from graphsvc.records.tables import REASON, TABLES

STATEMENT = "statement"  # handle of a new statement; its id is derived from it
# Handle, table, cells.
Made = tuple[str, str, Cells]


@dataclass(frozen=True, slots=True)
class Correctable:
    """A statement offered for correction.

    Attributes:
        values, claims: cells of the statement and of its claims, as pages show them.
        seen: digest that shows whether the statement has changed since.
    """

    id: str
    values: dict[str, Any]
    claims: list[dict[str, Any]]
    seen: str


class FormRows:
    """Makes the rows of a delivery from a form and the loaded state."""

    def __init__(self, form: Form, state: State, key: bytes, telling: Callable[[], IdMap]) -> None:
        self._form, self._state, self._key, self._telling = form, state, key, telling
        self._new_ones = {part.handle for part in form.new}
        self._back: dict[str, str] = {}

    def addition(self) -> list[Made]:
        """Return rows for a new statement, its claims, and the new entities."""
        statement = self._id(STATEMENT)
        cells = {"id": statement, **self._own("statements", self._form.statement)}
        return [
            *self._new(statement),
            (statement_form.STATEMENT, "statements", cells),
            *(self._new_claim(statement, part) for part in self._form.claims),
        ]

    def correction(self, now: Correctable, columns: Collection[str], withheld: Collection[str]) -> list[Made]:
        """Return all rows of an existing statement as they were delivered, with the typed corrections.

        Args:
            now: the statement.
            columns: columns of the statement that may be corrected.
            withheld: columns that the author may not see: left out, since the delivery can be compared.
        """
        statement = self._delivered_id(now.id)
        values = self._state.records["statements"][statement].values
        anew = statement_form.changed_cells(self._form.statement, statement_form.statement_cells(now.values))
        anew = self._own("statements", {name: cell for name, cell in anew.items() if name in columns})
        by_id = {row["claim"]: row for row in now.claims}
        claims, touched = self._claims(
            statement, by_id, opens=anew.get("handling") == "P", closes=anew.get("handling") == "C"
        )
        if not anew and not touched:
            raise RequestError("Nothing is changed yet: correct a field, or say what becomes of a claim.")
        stays = {name: cell for name, cell in _cells(values).items() if name not in withheld}
        row = stays | anew | {REASON: self._form.reason}
        return [*self._new(statement), (statement_form.STATEMENT, "statements", row), *claims]

    def _claims(
        self, statement: str, by_id: Mapping[str, Mapping[str, Any]], *, opens: bool, closes: bool
    ) -> tuple[list[Made], bool]:
        """Return all claims of the statement after the correction, and whether the form changes any.

        If the form `opens` the statement to readers of P, withdrawn claims stay under C; if it `closes` it, all do.
        """
        parts = {part.claim: part for part in self._form.claims if part.claim}
        rows: list[Made] = []
        touched = False
        for key in self._state.by_statement.get(statement, ()):
            loaded = self._state.claims[key]
            if loaded.status != "active":
                continue
            claim = vault.claim_id(self._key, *key)
            part = parts.pop(claim, None) if claim in by_id else None
            if part is None:
                # The author does not see this claim, so it must not prevent a correction to C.
                stricter = {"handling": "C"} if closes else {}
                rows.append(("", "links", _close_taken_back(_cells(loaded.values) | stricter, opens=opens)))
            elif part.fate == "mistake":
                touched = True
            else:
                anew = self._own(
                    "links", statement_form.changed_cells(part.cells, statement_form.claim_cells(by_id[claim]))
                )
                if part.fate == "withdrawn":
                    anew["polarity"] = "withdrawn"
                rows.append((part.handle, "links", _close_taken_back(_cells(loaded.values) | anew, opens=opens)))
                touched = touched or bool(anew)
        if parts:
            raise RequestError("A claim of this form is not in this statement. Open the form again.")
        new = [self._new_claim(statement, part) for part in self._form.claims if not part.claim]
        return [*rows, *new], touched or bool(new)

    def _new_claim(self, statement: str, part: FormPart) -> Made:
        cells = {"id": self._id(part.handle), **self._own("links", part.cells), "statement_id": statement}
        return part.handle, "links", cells

    def _new(self, statement: str) -> list[Made]:
        return [
            (
                part.handle,
                part.table,
                {"id": self._id(part.handle), **self._own(part.table, part.cells), "statement_id": statement},
            )
            for part in self._form.new
        ]

    def _own(self, table: str, cells: Cells) -> dict[str, str]:
        """Return the typed cells in the table's own columns, with references as delivered ids."""
        values = {}
        for column in TABLES[table].columns:
            if column.name in cells and column.name != "id":
                reference = reference_in(column.name, cells, table)
                values[column.name] = (
                    self._delivered_id(reference)
                    if reference
                    else statement_form.cell(table, column.name, cells[column.name])
                )
        return values

    def _delivered_id(self, reference: str) -> str:
        """Return the delivered id behind a handle, or behind an id that pages show."""
        if reference in self._new_ones:
            return self._id(reference)
        if reference not in self._back:
            self._back[reference] = self._telling().delivered_id(reference) or reference
        return self._back[reference]

    def _id(self, handle: str) -> str:
        return entered_id(self._key, self._form.token, handle)


def reference_in(column: str, cells: Cells, table: str) -> str:
    """Return the reference in a cell; empty if its column does not refer to a person or thing of the case."""
    if table == "statements" and column == "source_id":
        refers = cells.get("kind") == "witness"
    else:
        refers = column in ("subject_id", "object_id", "interpreter_id")
    return plain(cells.get(column, "")) if refers else ""


def _cells(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: write_cell(value) for name, value in values.items()}


def _close_taken_back(cells: dict[str, str], *, opens: bool) -> dict[str, str]:
    """Return the cells of a claim, with handling code C if it is withdrawn in a statement that is opened to P."""
    return cells | {"handling": "C"} if opens and takes_back(cells) else cells


def entered_id(key: bytes, token: str, handle: str) -> str:
    """Return the id of an entry that a form adds: always the same, so sending the form twice adds the entry once."""
    return vault.pseudonym(key, "entered", f"{token}\0{handle}")


class AddedBefore(Exception):
    """Raised if a form was added before, in the delivery with this number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def require_new(state: State, delivery: Delivery, deliveries: Callable[[], Mapping[int, KeptRows]]) -> None:
    """Require that a form was not added before.

    It is compared with the rows of its earlier delivery, never with the case: an answer that depends on later
    deliveries of others would confirm guesses at a source, an interpreter or the age of somebody sealed.

    Args:
        state: the case.
        delivery: the form's rows.
        deliveries: returns the stored deliveries by number.

    Raises:
        AddedBefore: it was added with the same content.
        RequestError: it was added with other content.
    """
    statement = next((row.values["id"] for row in delivery.rows if row.table == "statements"), None)
    if statement not in state.records["statements"]:
        return
    for number, stored in sorted(deliveries().items()):
        if any(row.table == "statements" and row.values["id"] == statement for row in stored.rows):
            if digest(stored.rows) == delivery.digest:
                raise AddedBefore(number)
            break
    raise RequestError(
        "This form was added already, and what you have typed since is not in it. Open the statement to correct it, or"
        " begin a new form."
    )
