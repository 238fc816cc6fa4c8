"""A picture of a whole case: each entity is a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphsvc.cases.cache import Cache, Caches
from graphsvc.cases.gc_pause import lasting
from graphsvc.service.ask import Ask
from graphsvc.views.picture.overview import Overview, overview

_RESULTS = 64


class OverviewCaches(Caches):
    """Overviews of cases."""

    def __init__(self) -> None:
        self.overviews: Cache[Overview] = Cache(_RESULTS)


class Overviews:
    """Overviews of a whole case, computed from the data this reader may see."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def draw(
        self,
        *,
        relations: Sequence[str] = (),
        least: float = 0.0,
        recorded: float = 0.0,
        grades: Sequence[str] = (),
    ) -> Overview:
        """Draw every entity as a point, closely linked ones together. Cached until the case changes.

        Args:
            relations: only links of these relations; empty for all.
            least: only links with at least this belief, 0 to 1.
            recorded: only links with at least this belief from evidence on the record alone, 0 to 1.
            grades: only links asserted by a claim of one of these grades, as in `PictureRequest`.

        Raises:
            OperatorError: the case has more rows than may be analysed.
        """
        with self._ask.act("analyse", query="overview") as outcome:
            filters = {"relations": sorted(relations), "least": least, "recorded": recorded, "grades": sorted(grades)}
            level = (*self._ask.state, str(filters))
            drawing = self._ask.home.caches(OverviewCaches).overviews.of(level, lambda: self._draw(filters))
            outcome["rows"] = len(drawing.ids)
        return drawing

    @lasting()
    def _draw(self, filters: Mapping[str, Any]) -> Overview:
        entities, links = self._ask.together(("cases.entities", {}), ("network.whole", filters), whole=True)
        return overview(entities.dicts(), [(subject, objects) for subject, objects in links.rows])
