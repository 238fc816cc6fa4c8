"""Witness paths: how statements lead to the leads, what they contribute, and what witnesses could add by testifying."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace

from graphsvc.access.decisions.questions import QuestionStore
from graphsvc.analysis.claims.dependence import groups
from graphsvc.analysis.ranking.hubs import Lead
from graphsvc.analysis.ranking.leads import Explanation, Path, paths
from graphsvc.analysis.robustness.brought import Agreement
from graphsvc.analysis.robustness.pieces import Piece
from graphsvc.cases.gc_pause import lasting
from graphsvc.errors import Refused, RequestError
from graphsvc.records.statement_kinds import OPEN_ITEMS
from graphsvc.service.ask import Ask
from graphsvc.service.leads.groups import Groups
from graphsvc.service.leads.material import LeadCaches, Material
from graphsvc.views.picture.network import Picture, picture
from graphsvc.views.through import WitnessWay, through

# Number of leads in a picture if none were chosen, and the maximum that may be chosen.
USUAL_LEADS, MOST_LEADS = 8, 20
# Most paths that are readable in one picture; fewest and most per lead; most per group of witnesses.
_READABLE, _FEWEST, _WAYS, _OF_ONE = 24, 2, 8, 2


@dataclass(frozen=True, slots=True)
class Through:
    """Witness paths to some leads.

    Attributes:
        leads: best first.
        ways: the paths, shortest first for each lead, then strongest.
        groups: number of a group (`Groups.numbers`) → pseudonyms of its witnesses. Without source clearance it is
            empty, and the group of all paths is `""`.
        view: the picture.
    """

    leads: tuple[Lead, ...]
    ways: tuple[WitnessWay, ...]
    groups: dict[str, tuple[str, ...]]
    view: Picture


@dataclass(frozen=True, slots=True)
class RankChange:
    """The ranks of some leads after one change.

    Attributes:
        words: the change, in words that name no source.
        statement: the report or record that would be missing; empty for a source or a group.
        number: number of the group of witnesses (`Groups.numbers`); empty if the change is not about witnesses.
        sources: pseudonyms of the sources.
        ranks: the new rank of each lead; None if it would not be ranked.
        asked_enough: whether one of the sources has been asked as often as allowed.
    """

    words: str
    statement: str
    number: str
    sources: tuple[str, ...]
    ranks: tuple[int | None, ...]
    asked_enough: bool = False


@dataclass(frozen=True, slots=True)
class WhatIf:
    """How the ranks of some leads would change without one source, or if one group of witnesses agreed to testify.

    Attributes:
        leads: those of the requested leads that a claim mentions; ranks in the changes are in this order.
        without: changes if one source, report or record were missing, greatest first.
        unchanged: number of sources, reports and records behind the leads whose absence changes none of the ranks.
        agreed: changes of the ranks on the record if one group of witnesses agreed to testify, greatest first.
    """

    leads: tuple[Lead, ...]
    without: tuple[RankChange, ...]
    unchanged: int
    agreed: tuple[RankChange, ...]


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
        """Return witness paths to some leads; by default, to the first of the list.

        With source clearance, each group of dependent witnesses is shown separately. Without it they are one group, and
        nothing shows who spoke or how many did. With more than three leads, fewer paths are returned for each.

        Args:
            ids: ids of leads, up to 20.

        Raises:
            NotFound: one is not a candidate, or this reader may not see it.
            RequestError: too many.
        """
        with self._ask.look("analyse", query="through") as outcome:
            leads = self._leads(ids)
            wanted = [lead.id for lead in leads]
            ways_to = self._paths(wanted)
            sources = sorted({path.source for paths in ways_to.values() for path in paths} - {""})
            members = self._groups_by_number(sources) if self._ask.grant.sources else {}
            of = {source: turn for turn, group_sources in members.items() for source in group_sources}
            most = min(max(_READABLE // len(wanted), _FEWEST), _WAYS) if wanted else 0
            ways = tuple(way for lead in wanted for way in _ways(lead, ways_to[lead], of, most))
            used = {way.group for way in ways}
            view = self._draw(ways, wanted, {turn: len(members.get(turn, ())) for turn in used})
            outcome |= {"rows": len(ways), "sources": {source for turn in used for source in members.get(turn, ())}}
        return Through(
            leads,
            ways,
            {turn: group_sources for turn, group_sources in members.items() if turn in used},
            view,
        )

    def what_if(self, ids: Sequence[str] = ()) -> WhatIf:
        """Return how the ranks of some leads would change without one source, or if one group agreed to testify.

        Without source clearance only single reports and records are left out, and no groups are shown.

        Args:
            ids: ids of leads, up to 20; empty for the first eight of the list.

        Raises:
            NotFound: one is not a candidate, or this reader may not see it.
            RequestError: too many.
        """
        with self._ask.look("analyse", query="what_if") as outcome:
            leads = self._leads(ids)
            cleared = self._ask.grant.sources
            claims = [claim for lead in leads for claim in self._look(lead.id)[1].claims]
            sources = {claim.source for claim in claims} - {""} if cleared else set()
            statements = {claim.statement for claim in claims} - {""}

            def is_behind_them(piece: Piece) -> bool:
                if piece.kind in ("witness", "source"):
                    return not sources.isdisjoint(piece.sources)
                return piece.kind in OPEN_ITEMS and piece.statement in statements

            placed, left_out = self._material.ranks_without(leads, is_behind_them)
            now = [lead.rank for lead in placed]
            without = [
                RankChange(piece.words, piece.statement, self._number_of(piece), piece.sources, tuple(ranks))
                for piece, ranks in left_out
                if ranks != now
            ]
            agreed = self._find_record_changes(placed, sources) if cleared else []
            outcome |= {
                "rows": len(without) + len(agreed),
                "sources": {source for change in (*without, *agreed) for source in change.sources},
            }
        return WhatIf(
            tuple(placed),
            _greatest_first(without, now),
            len(left_out) - len(without),
            _greatest_first(agreed, [_rank_on_record(lead) for lead in placed]),
        )

    def _groups_by_number(self, sources: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Map the numbers of the groups that some sources form to their members."""
        parts = groups(sources, self._material.analysis_input()[2])
        return dict(zip(self._groups.numbers(parts), (tuple(sorted(part)) for part in parts), strict=True))

    def _number_of(self, piece: Piece) -> str:
        """Return the number of a witness's group; empty for other evidence."""
        return self._groups.numbers([piece.sources])[0] if piece.kind == "witness" else ""

    def _find_record_changes(self, leads: Sequence[Lead], sources: Set[str]) -> list[RankChange]:
        """Return how the ranks on the record would change if one group with any of these sources agreed to testify."""
        concerned = self._groups.whole_groups(sources)
        now = tuple(_rank_on_record(lead) for lead in leads)
        ranked = zip(concerned.items(), self._material.ranks_on_record(concerned.values()), strict=True)
        changes = [
            RankChange("one group of witnesses", "", number, group, then)
            for (number, group), ranks in ranked
            if ranks is not None and (then := tuple(ranks.get(lead.id) for lead in leads)) != now
        ]
        asked_enough = self._asked_enough() if changes else frozenset()
        return [replace(change, asked_enough=not asked_enough.isdisjoint(change.sources)) for change in changes]

    def agreements(self) -> list[tuple[Agreement, bool]]:
        """Return the leads each group of witnesses would bring onto the record by agreeing to testify, most first.

        Agreeing is the witness's own choice: no one may be pressed, and only the witness's officer may ask. The second
        value for each group is whether one of its witnesses has been asked as often as allowed; the group may then not
        be asked again.

        Raises:
            Refused: no source clearance.
        """
        if not self._ask.grant.sources:
            raise Refused("Whose agreement would carry what takes source clearance. An administrator can give it.")
        with self._ask.look("analyse", query="agreements") as outcome:
            every = [group.sources for group in self._groups.of()]
            carrying = self._material.agreements(every)
            asked_enough = self._asked_enough()
            outcome["rows"] = len(carrying)
        return [(each, not asked_enough.isdisjoint(each.sources)) for each in carrying]

    def _asked_enough(self) -> frozenset[str]:
        """Return the sources who have been asked as often as allowed."""
        times_asked = QuestionStore(self._ask.database).of(self._ask.case, self._ask.grant).asked
        most = self._ask.settings.questions_most
        return frozenset(source for source, times in times_asked.items() if times >= most)

    def _leads(self, ids: Sequence[str]) -> tuple[Lead, ...]:
        """Return leads by id, or the first of the list. Raises as `through`."""
        if len(ids) > MOST_LEADS:
            raise RequestError(f"That is {len(ids)} leads at once; {MOST_LEADS} go.")
        ranking = self._material.ranking().leads
        return tuple(map(self._material.require_ranked, dict.fromkeys(ids))) or tuple(ranking[:USUAL_LEADS])

    def _paths(self, leads: Sequence[str]) -> dict[str, tuple[Path, ...]]:
        """Map each lead to the witness paths to it; without source clearance, to those shown on its page."""
        if not self._ask.grant.sources:
            return {lead: self._look(lead)[1].paths for lead in leads}
        return self._caches.ways.of((*self._ask.state, "\0".join(leads)), lambda: self._walk(leads))

    @lasting()
    def _walk(self, leads: Sequence[str]) -> dict[str, tuple[Path, ...]]:
        return paths(leads, self._material.surroundings(), self._ask.home.weights)

    def _draw(self, ways: Sequence[WitnessWay], leads: Sequence[str], sizes: dict[str, int]) -> Picture:
        named = list(dict.fromkeys([*leads, *(name for way in ways for name in way.path_ids)]))
        nodes, among = self._ask.together(
            ("network.nodes", {"ids": named, "beyond": named}), ("network.among", {"ids": named})
        )
        view = picture(
            [named], nodes.dicts(), among.dicts(), truncated=among.truncated, in_steps=not self._ask.grant.sources
        )
        return through(view, ways, sizes, leads)


def _ways(lead: str, lead_paths: Iterable[Path], of: dict[str, str], most: int) -> list[WitnessWay]:
    """Return paths to a lead, the shortest and then strongest first, with few per group and without duplicates."""
    ways: list[WitnessWay] = []
    taken: dict[str, int] = {}
    for path in sorted(lead_paths, key=lambda path: (len(path.claims), -path.strength)):
        group = of.get(path.source, "")
        way = WitnessWay(lead, group, tuple(claim.key for claim in path.claims))
        if way in ways or (group and taken.get(group, 0) >= _OF_ONE):
            continue
        taken[group] = taken.get(group, 0) + 1
        ways.append(way)
        if len(ways) == most:
            break
    return ways


def _rank_on_record(lead: Lead) -> int | None:
    """Return a lead's rank on the record; None if nothing on the record raises it."""
    return lead.rank_on_record if lead.score_on_record > 0 else None


def _greatest_first(changes: Iterable[RankChange], now: Sequence[int | None]) -> tuple[RankChange, ...]:
    """Sort changes by the greatest move of any lead, largest first; losing or gaining a rank counts most."""

    def greatest(change: RankChange) -> float:
        return max(
            math.inf if before is None or after is None else abs(math.log(after / before))
            for before, after in zip(now, change.ranks, strict=True)
            if before != after
        )

    return tuple(sorted(changes, key=lambda change: (-greatest(change), change.number, change.words, change.sources)))
