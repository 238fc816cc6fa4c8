"""Input of the displacement analysis: links visible to this reader, and derived results, cached per state."""

from __future__ import annotations

from typing import Any

from graphsvc.analysis.displacement.cohorts import Whereabouts, whereabouts
from graphsvc.analysis.displacement.flows import Departure, find_departures
from graphsvc.analysis.displacement.one_hand import HandTest, hand_tests
from graphsvc.analysis.displacement.stays import WorkPlace, WorkTie
from graphsvc.cases.cache import Cache, Caches
from graphsvc.cases.gc_pause import lasting
from graphsvc.service.ask import Ask

_RESULTS = 16


class DisplacementCaches(Caches):
    """Whereabouts and departures, by case, version and clearance."""

    def __init__(self) -> None:
        self.known: Cache[Whereabouts] = Cache(_RESULTS)
        self.left: Cache[dict[str, Departure]] = Cache(_RESULTS)
        self.hands: Cache[list[HandTest]] = Cache(_RESULTS)


class Displaced:
    """Everyone's whereabouts, and departures from each place, computed from the data one reader may see."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._caches = ask.home.caches(DisplacementCaches)

    def whereabouts(self) -> Whereabouts:
        """Return the recorded whereabouts of everyone.

        Raises:
            OperatorError: the case has more rows than may be analysed.
        """
        return self._caches.known.of(self._ask.state, self._read)

    def every(self) -> dict[str, Departure]:
        """Map each place to the people who left it, with the test of where they went. Raises as `whereabouts`."""
        return self._caches.left.of(self._ask.state, self._test)

    def hands(self) -> list[HandTest]:
        """Return the test of each controller of several places that closed. Raises as `whereabouts`."""
        return self._caches.hands.of(self._ask.state, lambda: hand_tests(self.whereabouts(), self.every()))

    @lasting()
    def _read(self) -> Whereabouts:
        places, ties = self._ask.together(("cases.workplaces", {}), ("workplaces.ties", {}), whole=True)
        return whereabouts(map(_place, places.dicts()), map(_tie, ties.dicts()))

    @lasting()
    def _test(self) -> dict[str, Departure]:
        return find_departures(self.whereabouts(), processors=self._ask.home.processors)


def _place(row: dict[str, Any]) -> WorkPlace:
    # A place without a kind is premises, as in the case format.
    position = (row["latitude"], row["longitude"])
    return WorkPlace(
        row["id"],
        row["name"] or "",
        row["kind"] or "premises",
        row["opened_on"] or "",
        row["closed_on"] or "",
        row["sector"] or "",
        row["address"] or "",
        None if None in position else position,
    )


def _tie(row: dict[str, Any]) -> WorkTie:
    return WorkTie(
        row["subject"],
        row["relation"],
        row["object"],
        row["belief"],
        bool(row["denying"]),
        row["first_on"] or "",
        row["last_on"] or "",
    )
