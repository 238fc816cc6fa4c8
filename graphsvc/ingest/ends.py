"""Ends of claims: the people and things that claims are about stay in a case with them. Pure.

A claim is accepted if its ends are known, and stays accepted when the deliveries that brought them are undone: if claims
disappeared with the row of their subject, readers could see who came with the undone statement, such as its source.
"""

from __future__ import annotations

from collections.abc import Mapping

from graphsvc.ingest.check import ClaimEnd, Row
from graphsvc.ingest.codes import code_of
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State
from graphsvc.records.grading import stricter


class Ends:
    """People and things that the claims of one delivery are about.

    Args:
        state: the missing ones are added to it, known by id.
        number: the delivery's number.
        before: as they were known when the delivery came.
        open_aside: id → the delivery's row under P that is set aside.
        codes: id → code of the delivery's row.
    """

    def __init__(
        self,
        state: State,
        number: int,
        before: Mapping[str, ClaimEnd],
        open_aside: Mapping[str, Row],
        codes: Mapping[str, str],
    ) -> None:
        self._state, self._number, self._before = state, number, before
        self._open_aside, self._codes = open_aside, codes
        self.met: dict[str, ClaimEnd] = {}
        self._known: set[str] = set()

    def table(self, identifier: str) -> str | None:
        """Return the table of an id; None if nobody and nothing has it."""
        end = self._before.get(identifier)
        return self._state.kinds.get(identifier, None if end is None else end.table)

    def keep(self, row: Row) -> None:
        """Keep both ends of an accepted claim in the state, under P if they were known under P when it came."""
        values = row.values
        for identifier in (values["subject_id"], values["object_id"]):
            if identifier not in self._known:
                self._keep(identifier, row)

    def _keep(self, identifier: str, row: Row) -> None:
        state, before = self._state, self._before.get(identifier)
        table = state.kinds[identifier] if before is None else state.kinds.get(identifier, before.table)
        records = state.records[table]
        old = records.get(identifier)
        known = old or FoldedRow({"id": identifier}, self._number, row.line)
        is_open = known.open is not None or identifier in self._open_aside or (before is not None and before.is_open)
        if known.open is None and is_open and self._is_under_p(row):
            # What was known under C alone shows under P what this delivery says of it, as if it were new.
            row_aside = self._open_aside.get(identifier) if old is not None else None
            known = known.known_by_id if row_aside is None else known.opened_by(row_aside.values, self._number)
        if old is None:
            state.bare.add(identifier)
        if known is not old:
            records[identifier], state.kinds[identifier] = known, table
        if known.open is not None:
            self._known.add(identifier)
        self.met[identifier] = ClaimEnd(table, is_open)

    def _is_under_p(self, row: Row) -> bool:
        statement = self._state.records["statements"][row.values["statement_id"]].values
        return stricter(code_of(statement), row.values.get("handling", "P")) == "P"

    def closes(self, row: Row, old: FoldedRow | None) -> bool:
        """Whether a claim is under C although its statement is not.

        It came under C, or now comes as a new or changed claim with a row under C of one end. Whether the end was known
        under P before makes no difference: it would show who was in the case. The claim opens when it comes again with
        rows of both ends under P.
        """
        if row.code == "C":
            return not self._is_of_closed(row)
        codes = self._codes.get(row.values["subject_id"]), self._codes.get(row.values["object_id"])
        if old is not None and old.is_closed:
            return codes != ("P", "P")
        is_same = old is not None and old.status == "active" and old.values == row.values
        return "C" in codes and not is_same

    def _is_of_closed(self, row: Row) -> bool:
        return code_of(self._state.records["statements"][row.values["statement_id"]].values) == "C"
