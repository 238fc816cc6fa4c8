"""Maps delivered rows to what readers cleared for the whole case see, one at a time. Pure, given the case's key."""

from __future__ import annotations

from typing import Any

from graphsvc.analysis.claims.claims import Claim
from graphsvc.cases.graph.graphing import Graphed, NodeWriter
from graphsvc.cases.graph.handling import Handling
from graphsvc.cases.graph.standing import Standings, people_to_check, sealed_ids
from graphsvc.cases.graph.texts import NO_SOURCES, SourceIds, Texts, named_sources, sought_sources, unshown_identities
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State
from graphsvc.records.tables import TABLES
from graphsvc.records.weights import SHIPPED, Weights


class IdMap:
    """Maps delivered rows to what readers cleared for the whole case see; arguments as in `build_graph`."""

    def __init__(
        self,
        state: State,
        key: bytes,
        standing: Standings,
        weights: Weights = SHIPPED,
        sources: SourceIds = NO_SOURCES,
    ) -> None:
        self._state, self._key = state, key
        self._result, handling = Graphed(sealed=sealed_ids(standing, state, key)), Handling(state)
        sought = sought_sources(named_sources(state, sources).apart, state, self._result.sealed, handling)
        checked = people_to_check(standing)
        texts = Texts(standing, sought, unshown_identities(state, key, checked, handling))
        self._writer = NodeWriter(state, key, self._result, texts, handling, weights, checked, standing)

    def graph_id(self, identifier: str) -> str:
        """Return the id that the graph has for a delivered id."""
        return self._writer.graph_id(identifier)

    def delivered_id(self, shown_id: str) -> str | None:
        """Return the delivered id for an id in the graph; None if nothing is shown under it."""
        if shown_id in self._state.kinds and self.graph_id(shown_id) == shown_id:
            return shown_id
        # An id that names somebody sealed is masked. Sealed ids come first: pseudonyms need no masking.
        known = (*self._result.sealed, *self._state.kinds)
        return next((identifier for identifier in known if self.graph_id(identifier) == shown_id), None)

    def entity(self, identifier: str, row: FoldedRow) -> dict[str, Any]:
        """Return a version of an entity as the graph would hold it."""
        table = TABLES[self._state.kinds[identifier]]
        self._writer.version(table, identifier, row)
        return self._result.image.nodes[table.label][self.graph_id(identifier)]

    def statement(self, identifier: str, row: FoldedRow) -> dict[str, Any]:
        """Return a version of a statement as the graph would hold it; claims converted next use its grading."""
        return self._writer.statement(identifier, row)

    def claim(self, key: tuple[str, ...], row: FoldedRow) -> tuple[Claim, dict[str, Any]]:
        """Return a version of a claim as the analysis uses it, and as the graph would hold it."""
        claim = self._writer.claim(key, row)
        return claim, self._result.image.claims[claim.id][0]
