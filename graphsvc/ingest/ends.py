"""Ends of claims: the people and things that claims are about stay in a case with them. Pure.

A claim is accepted if its ends are known, and stays accepted when the deliveries that brought them are undone: if claims
disappeared with the row of their subject, readers could see who came with the undone statement, such as its source.
"""

from __future__ import annotations

from collections.abc import Mapping

from graphsvc.ingest.check import Row
from graphsvc.ingest.codes import code_of
from graphsvc.ingest.layers import CODES, DeliveredRows
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State
from graphsvc.records.grading import stricter

_STATEMENTS = "statements"


class Ends:
    """People and things that the claims of one delivery are about.

    Args:
        state: the missing ones are added to it, known by id.
        before: id → table, as they were known when the delivery came.
        codes: id → code of the delivery's row.
        brought: gets the ends, by the codes of the claims.
    """

    def __init__(
        self, state: State, before: Mapping[str, str], codes: Mapping[str, str], brought: DeliveredRows
    ) -> None:
        self._state, self._before, self._codes, self._brought = state, before, codes, brought
        self.met: dict[str, str] = {}

    def table(self, identifier: str) -> str | None:
        """Return the table of an id; None if nobody and nothing has it."""
        return self._state.kinds.get(identifier, self._before.get(identifier))

    def keep(self, row: Row, *, is_closed: bool) -> None:
        """Keep both ends of an accepted claim in the state, and note who may see that it mentions them."""
        values, state = row.values, self._state
        statement = state.records[_STATEMENTS][values["statement_id"]].values
        is_under_p = not is_closed and stricter(code_of(statement), values.get("handling", "P")) == "P"
        for identifier in (values["subject_id"], values["object_id"]):
            for code in CODES if is_under_p else CODES[1:]:
                self._brought.mentioned[code].add(identifier)
            if identifier not in self.met:
                table = self.met[identifier] = self.table(identifier) or ""
                if identifier not in state.records[table]:
                    state.records[table][identifier] = FoldedRow({"id": identifier}, self._brought.number, row.line)
                    state.kinds[identifier] = table
                    state.bare.add(identifier)

    def closes(self, row: Row, old: FoldedRow | None) -> bool:
        """Whether a claim is under C although its statement is not.

        It came under C, or now comes as a new or changed claim with a row under C of one end. How its ends were
        known does not matter: it would show who was in the case before. The claim opens when it comes again with rows of
        both ends under P.
        """
        if row.code == "C":
            return code_of(self._state.records[_STATEMENTS][row.values["statement_id"]].values) != "C"
        codes = self._codes.get(row.values["subject_id"]), self._codes.get(row.values["object_id"])
        if old is not None and old.is_closed:
            return codes != ("P", "P")
        is_same = old is not None and old.status == "active" and old.values == row.values
        return "C" in codes and not is_same
