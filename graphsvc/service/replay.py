"""A case made anew from the deliveries that count: the state, how everybody stands, the graph and the vault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphsvc.access.audit import now
from graphsvc.access.pairs import Pairs
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.ingest.fold import Report, State, fold
from graphsvc.records.weights import Weights
from graphsvc.service.collector import uncollected
from graphsvc.service.delivered import open_rows
from graphsvc.service.graphing import Graphed, graphed
from graphsvc.service.keeping import KeptRows
from graphsvc.service.register import Register
from graphsvc.service.shelf import Shelf
from graphsvc.service.standing import NAMED, Deciding, Standings, sealed_anew, standings, unknown
from graphsvc.service.watching import Progress
from graphsvc.store.bolt import Store
from graphsvc.store.image import difference, read_image, write


class Replay:
    """Makes cases anew. Its caller holds the case's lock, and has recorded what makes the case another one.

    Args:
        store: opens the graph database.
        register: knows the deliveries, decisions and standings.
        shelf: brought in line with who is sealed and erased.
        settings: who is named, and how much is written at once.
        pairs: what was decided on pairs of sources.
        weights: what a grading is worth.

    Raises:
        OperatorError: GRAPHSVC_NAMED is none of its words.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        register: Register,
        shelf: Shelf,
        settings: Settings,
        pairs: Pairs,
        weights: Weights,
    ) -> None:
        if settings.named not in NAMED:
            raise OperatorError(
                f"GRAPHSVC_NAMED is {settings.named!r}, but takes {' or '.join(NAMED)}. Correct it or unset it."
            )
        self._store, self._register, self._shelf = store, register, shelf
        self._settings, self._pairs, self._weights = settings, pairs, weights

    def restore(self, case: str, key: bytes, progress: Progress) -> None:
        """Make the graph what the deliveries that count say, and settle their marks."""
        past = self._register.counting(case)
        state, before, settled = self.replayed(case, key, past)
        undone = (number for number, status in settled.items() if status == "undone")
        standing = standings(before, state, self.deciding(case, key), next(undone, max(past, default=0)))
        result = self.graphed(case, state, key, standing)
        self.write(case, result, progress)
        self.finish(case, key, result, before, standing, settled)

    def replayed(self, case: str, key: bytes, past: Mapping[int, Any]) -> tuple[State, Standings, dict[int, str]]:
        """What deliveries make, how everybody stood before the last decision, and what settles their marks."""
        state, settled = State(), dict[int, str]()
        deciding = self.deciding(case, key)
        standing: Standings = self._register.standings(case, key) or {}
        for number, row in past.items():
            if row.status == "undoing":
                settled[number] = "undone"
                continue
            if row.status == "loading":
                settled[number] = "active"
            self.fold(state, key, case, number, row)
            if unknown(standing, state, key):
                standing = standings(standing, state, deciding, number)
        return state, standing, settled

    def deciding(self, case: str, key: bytes) -> Deciding:
        """What standings are decided by now."""
        on, decided = self._register.opened_on(case), self._register.decided(case)
        return Deciding(key, on, self._settings.named, decided, now().date())

    def graphed(self, case: str, state: State, key: bytes, standing: Standings) -> Graphed:
        """What a state becomes under what was decided on the case."""
        return graphed(state, key, standing, self._weights, self._pairs.lasting(case, key))

    def write(self, case: str, result: Graphed, progress: Progress) -> None:
        """Write the difference to what the graph holds."""
        progress(0, 0, "comparing with the graph")
        store = self._store()
        with uncollected():
            steps = difference(read_image(store, case), result.image)
        write(store, case, steps, self._settings.batch_rows, progress)

    def finish(
        self,
        case: str,
        key: bytes,
        result: Graphed,
        before: Standings,
        standing: Standings,
        settled: Mapping[int, str],
    ) -> None:
        """Bring the vault and what people keep in line, and open the case; a kill in between is completed with the rest."""
        erased = self._register.overrules(case, "erased")
        self._shelf.settle(case, key, sealed=frozenset(result.sealed.values()), erased=erased)
        if sealed_anew(before, standing):
            self._register.ask_rewrite(case)
        self._register.finish(case, key, result, standing, settled, self._weights.digest)

    @uncollected()
    def fold(self, state: State, key: bytes, case: str, number: int, row: Any) -> Report:
        """Take a delivery that is kept into a state."""
        rows, columns = open_rows(key, case, number, row.rows_sealed)
        return fold(state, number, rows, columns, partial=row.partial)

    def kept(self, case: str, key: bytes) -> dict[int, KeptRows]:
        """The deliveries that count, opened: number → (rows, columns, partial)."""
        return {
            number: (*open_rows(key, case, number, row.rows_sealed), row.partial)
            for number, row in self._register.counting(case).items()
        }
