"""The part of a session that shows a whole case at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphsvc.cases.gc_pause import lasting
from graphsvc.service.ask import Reading
from graphsvc.views.picture.overview import Overview, overview


class Overviewing(Reading):
    """A whole case, computed on what this reader may see."""

    def overview(
        self,
        *,
        relations: Sequence[str] = (),
        least: float = 0.0,
        recorded: float = 0.0,
        grades: Sequence[str] = (),
    ) -> Overview:
        """Every entity as a point, in groups of those that hang together. Kept until the case changes.

        Args:
            relations: only links of these; empty for all.
            least: only links believed at least so much, 0 to 1.
            recorded: only links believed at least so much on the record alone, 0 to 1.
            grades: only links that a claim of one of these grades asserts, as for `network`.

        Raises:
            OperatorError: the case has more rows than may be analysed.
        """
        with self._service.gate.acting(self.principal, self.purpose, "analyse", self.case, query="overview") as outcome:
            filters = {"relations": sorted(relations), "least": least, "recorded": recorded, "grades": sorted(grades)}
            level = (self.case, self.version, self.grant.handling, self.grant.sources, str(filters))
            found = self._service.overviews.of(level, lambda: self._drawn(filters))
            outcome["rows"] = len(found.ids)
        return found

    @lasting()
    def _drawn(self, filters: Mapping[str, Any]) -> Overview:
        entities, links = self._together(("cases.entities", {}), ("network.whole", filters), whole=True)
        return overview(entities.dicts(), [(subject, objects) for subject, objects in links.rows])
