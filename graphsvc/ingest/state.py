"""State of a case: what its deliveries make together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from graphsvc.ingest.check import Row
from graphsvc.ingest.layers import CODES, DeliveredRows, Layer, make_layer
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.several import Key


@dataclass(slots=True)
class State:
    """State of a case, made from its deliveries in order.

    Attributes:
        records: table → id → row, for entities and statements.
        kinds: id → (record kind, table), over all entities and statements.
        claims: key of the claim → row; see `claim_key`.
        by_statement: statement id → keys of its claims.
        rows_aside: id → rows of a person or thing that were set aside: their marks still seal.
        bare: ids of people and things that only claims hold, since the delivery of their row was undone.
        history: what each delivery brought of people and things.
        closed_in: statement → number of the last delivery after which it was under C.
    """

    records: dict[str, dict[str, FoldedRow]] = field(default_factory=lambda: defaultdict(dict))
    kinds: dict[str, str] = field(default_factory=dict)
    claims: dict[Key, FoldedRow] = field(default_factory=dict)
    by_statement: dict[str, list[Key]] = field(default_factory=lambda: defaultdict(list))
    rows_aside: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    bare: set[str] = field(default_factory=set)
    history: list[DeliveredRows] = field(default_factory=list)
    closed_in: dict[str, int] = field(default_factory=dict)
    _layers: dict[str, Layer] = field(default_factory=dict)

    def layer(self, code: str) -> Layer:
        """Return the people and things that readers of a handling code may know: see `ingest.layers`."""
        if code not in self._layers:
            self._layers[code] = make_layer(code, self.history, self.records["statements"].keys(), self.closed_in)
        return self._layers[code]

    def known_among(self, rows: Iterable[Row]) -> set[tuple[str, str]]:
        """Return table and id of the people and things in rows that readers of each row may know; see `ingest.layers`."""
        entities = [(row.code, row.table, row.values["id"]) for row in rows if row.code in CODES and "id" in row.values]
        mentioned = {code: set[str]().union(*(each.mentioned[code] for each in self.history)) for code in CODES}
        return {
            (table, identifier)
            for code, table, identifier in entities
            if identifier in self.layer(code) or (table == "people" and identifier in mentioned[code])
        }

    def keep_aside(self, entities: Iterable[tuple[str, str]]) -> None:
        """Mark the rows about these people and things, by table and id, that stay aside."""
        for table, identifier in entities:
            rows = self.rows_aside[identifier]
            self.rows_aside[identifier] = [replace(row, is_aside=row.is_aside or row.table == table) for row in rows]

    def begin(self, brought: DeliveredRows) -> DeliveredRows:
        """Add what one more delivery brings to the history, and return it."""
        self._layers.clear()
        self.history.append(brought)
        return brought
