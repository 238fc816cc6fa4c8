"""Witness paths: how statements lead to the leads, what they contribute, and what agreement to testify would add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from graphsvc.access.decisions.questions import QuestionStore
from graphsvc.analysis.claims.dependence import groups
from graphsvc.analysis.ranking.hubs import Lead
from graphsvc.analysis.ranking.leads import Explanation, Path, paths
from graphsvc.analysis.robustness.brought import Agreement
from graphsvc.cases.gc_pause import lasting
from graphsvc.errors import Refused, RequestError
from graphsvc.service.ask import Ask
from graphsvc.service.leads.groups import Groups
from graphsvc.service.leads.material import LeadCaches, Material
from graphsvc.views.picture.network import Picture, picture
from graphsvc.views.through import WitnessWay, through

# Number of leads in a picture if none were chosen, and the maximum that may be chosen.
USUAL_LEADS, MOST_LEADS = 8, 20
# Number of paths that stay readable in one picture; minimum and maximum per lead; maximum per group of witnesses.
_READABLE, _FEWEST, _WAYS, _OF_ONE = 24, 2, 8, 2


@dataclass(frozen=True, slots=True)
class Through:
    """Witness paths to some leads.

    Attributes:
        leads: best first.
        ways: the paths, shortest first for each lead, then strongest.
        groups: group → pseudonyms of its witnesses. Empty without source clearance; all paths then have group 0.
        view: the picture.
    """

    leads: tuple[Lead, ...]
    ways: tuple[WitnessWay, ...]
    groups: dict[int, tuple[str, ...]]
    view: Picture


class Witnesses:
    """Contribution of witnesses to the leads of one case."""

    def __init__(
        self,
        ask: Ask,
        material: Material,
        told_groups: Groups,
        look: Callable[[str], tuple[Lead, Explanation]],
    ) -> None:
        self._ask = ask
        self._material = material
        self._groups = told_groups
        self._look = look
        self._caches = ask.home.caches(LeadCaches)

    def through(self, ids: Sequence[str] = ()) -> Through:
        """Return witness paths to some leads, or to the first of the list.

        With source clearance, each group of dependent witnesses is shown separately. Without it they are one group, and
        nothing shows who spoke or how many did. From four leads on, each further lead leaves fewer paths for each.

        Args:
            ids: of leads, up to 20.

        Raises:
            NotFound: one is not a candidate, or this reader may not see it.
            RequestError: too many.
        """
        if len(ids) > MOST_LEADS:
            raise RequestError(f"That is {len(ids)} leads at once; {MOST_LEADS} go.")
        with self._ask.look("analyse", query="through") as outcome:
            ranking = self._material.ranking().leads
            wanted = list(dict.fromkeys(ids)) or [lead.id for lead in ranking[:USUAL_LEADS]]
            leads = [self._material.require_ranked(identifier) for identifier in wanted]
            ways_to = self._paths(wanted)
            sources = sorted({path.source for paths in ways_to.values() for path in paths} - {""})
            dependence = self._material.analysis_input()[2] if self._ask.grant.sources else {}
            members = {
                turn: tuple(sorted(group_sources))
                for turn, group_sources in enumerate(groups(sources, dependence), start=1)
            }
            of = {source: turn for turn, group_sources in members.items() for source in group_sources}
            most = min(max(_READABLE // len(wanted), _FEWEST), _WAYS) if wanted else 0
            ways = tuple(way for lead in wanted for way in _ways(lead, ways_to[lead], of, most))
            used = {way.group for way in ways}
            view = self._draw(ways, wanted, {turn: len(members.get(turn, ())) for turn in used})
            outcome |= {"rows": len(ways), "sources": {source for turn in used for source in members.get(turn, ())}}
        return Through(
            tuple(leads),
            ways,
            {turn: group_sources for turn, group_sources in members.items() if turn in used},
            view,
        )

    def agreements(self) -> list[tuple[Agreement, bool]]:
        """Return the leads each group of witnesses would bring onto the record by agreeing to testify, most first.

        Agreeing is the witness's own choice: no one may be pressed, and only the witness's officer may ask. The result
        also says for each group whether one of its witnesses has been asked as often as allowed; the group may then be
        asked no more questions.

        Raises:
            Refused: no source clearance.
        """
        if not self._ask.grant.sources:
            raise Refused("Whose agreement would carry what takes source clearance. An administrator can give it.")
        with self._ask.look("analyse", query="agreements") as outcome:
            every = [group.sources for group in self._groups.of()]
            carrying = self._material.agreements(every)
            times_asked = QuestionStore(self._ask.database).of(self._ask.case, self._ask.grant).asked
            most = self._ask.settings.questions_most
            outcome["rows"] = len(carrying)
        return [(each, any(times_asked[source] >= most for source in each.sources)) for each in carrying]

    def _paths(self, leads: Sequence[str]) -> dict[str, tuple[Path, ...]]:
        """Return witness paths to each lead; without source clearance, those shown on the lead's page."""
        if not self._ask.grant.sources:
            return {lead: self._look(lead)[1].paths for lead in leads}
        return self._caches.ways.of((*self._ask.state, "\0".join(leads)), lambda: self._walk(leads))

    @lasting()
    def _walk(self, leads: Sequence[str]) -> dict[str, tuple[Path, ...]]:
        return paths(leads, self._material.surroundings(), self._ask.home.weights)

    def _draw(self, ways: Sequence[WitnessWay], leads: Sequence[str], sizes: dict[int, int]) -> Picture:
        named = list(dict.fromkeys([*leads, *(name for way in ways for name in way.path_ids)]))
        nodes, among = self._ask.together(
            ("network.nodes", {"ids": named, "beyond": named}), ("network.among", {"ids": named})
        )
        view = picture(
            [named], nodes.dicts(), among.dicts(), truncated=among.truncated, in_steps=not self._ask.grant.sources
        )
        return through(view, ways, sizes, leads)


def _ways(lead: str, lead_paths: Iterable[Path], of: dict[str, int], most: int) -> list[WitnessWay]:
    """Return the shortest paths to a lead, then the strongest; few per group and no duplicates."""
    ways: list[WitnessWay] = []
    taken: dict[int, int] = {}
    for path in sorted(lead_paths, key=lambda path: (len(path.claims), -path.strength)):
        group = of.get(path.source, 0)
        way = WitnessWay(lead, group, tuple(claim.key for claim in path.claims))
        if way in ways or (group and taken.get(group, 0) >= _OF_ONE):
            continue
        taken[group] = taken.get(group, 0) + 1
        ways.append(way)
        if len(ways) == most:
            break
    return ways
