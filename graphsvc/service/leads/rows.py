"""A lead as one row, made once for page, JSON, CSV, command and notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from graphsvc.analysis.doubt.brought import Brought
from graphsvc.analysis.doubt.pieces import KINDS
from graphsvc.analysis.doubt.stability import Place
from graphsvc.analysis.score.hubs import Lead, Ranking

# How far the rank of a lead holds: the ranges, what is told with them, what witnesses bring, and whose interest is noted.
RANKS_HELD = ("best_rank", "worst_rank", "low_rank", "high_rank")
_OF_PLACE = (*RANKS_HELD, "rests_on", "moved_by", "rank_without")
RANGE_COLUMNS = (*_OF_PLACE, "rank_without_witnesses", "surfaced", "interest")
# Ranks that somebody may lack.
RANKS_OR_NONE = (*RANKS_HELD, "rank_without", "rank_without_witnesses")
_FIGURES = (
    "groups",
    "independent",
    "other_sources",
    "score_on_record",
    "rank_on_record",
    "groups_on_record",
    "other_sources_on_record",
    "denied",
)
# What a table of leads has, in its order.
LEAD_COLUMNS = ("id", "name", "score", "rank", *_FIGURES, *RANGE_COLUMNS)
# What the list of leads has where it is read without its page, in its order: as CSV, and as the command prints it.
LISTED_COLUMNS = ("rank", *RANGE_COLUMNS, "name", "id", "score", *_FIGURES, "review")


def said_of_ranks(ranking: Ranking, ranked_on: str) -> str:
    """What is said of the ranks beside names: what the ranking leaves out, and that none is told where no one stands out.

    The order of a list in which no one stands out would be taken for one, so that it is told to who asks for the list alone.

    Args:
        ranking: as it is told to this reader.
        ranked_on: what it leaves out, in a sentence; may be empty.
    """
    return f"No rank is told. {ranking.reason} {ranked_on}".strip() if ranking.verdict == "abstains" else ranked_on


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One lead, as it is told everywhere.

    Attributes:
        id, name: of the person; who has no name is called by their id.
        score, rank, groups, independent, other_sources, score_on_record, denied, shares, stages: as of `analysis.score.hubs.Lead`; a
            share of nothing is left out.
        rank_on_record, groups_on_record, other_sources_on_record: likewise.
        best_rank, worst_rank: the rank holds so far while what it is told in is left out, piece by piece; None, as all that follows
            but what witnesses bring, where that was not asked or is not told: contacts alone, or nothing told of a part of theirs.
        low_rank, high_rank: nine in ten ranks that uncertain data leave likely.
        rests_on: what half of the score goes with ("one witness, one record"); empty if it does not go with one.
        moved_by: without what the rank moves most, no source named; empty if nothing moves it.
        rank_without: the rank then; None beside `moved_by`: they are not ranked then, as only carried.
        rank_without_witnesses: the rank had no witness spoken; None: they would not be ranked.
        surfaced: whether they are among the first fifty only for what witnesses said.
        interest: whether for `all` or `some` sources of what raises the score an interest is noted; empty: for none. None without
            source clearance.
        asked: whether it was asked how far the rank holds.
    """

    id: str
    name: str
    score: float
    rank: int
    groups: int | str
    independent: float | None
    other_sources: int
    score_on_record: float
    rank_on_record: int
    groups_on_record: int | str
    other_sources_on_record: int
    denied: int | str
    shares: dict[str, float]
    stages: dict[str, int]
    best_rank: int | None = None
    worst_rank: int | None = None
    low_rank: int | None = None
    high_rank: int | None = None
    rests_on: str | None = None
    moved_by: str | None = None
    rank_without: int | None = None
    rank_without_witnesses: int | None = None
    surfaced: bool = False
    interest: str | None = None
    asked: bool = False

    @classmethod
    def of(
        cls,
        lead: Lead,
        place: Place | None = None,
        brought: Brought | None = None,
        interest: str | None = None,
        *,
        asked: bool = False,
    ) -> Self:
        """The row of a lead.

        Args:
            lead: as it is told to this reader.
            place: how far its place holds; None: that is not asked, or nothing is told of it.
            brought: what witnesses bring to it; None likewise.
            interest: for which sources of what raises it an interest is noted; None: that is not told.
            asked: whether it was asked how far its place holds.
        """
        held: dict[str, Any] = {}
        if place is not None:
            rests_on = ", ".join(KINDS[kind] for kind in place.rests_on)
            moved = (place.most.words if place.most is not None else "", place.rank_without)
            ranges = (place.best, place.worst, place.low, place.high, rests_on, *moved)
            held = dict(zip(_OF_PLACE, ranges, strict=True))
        if brought is not None:
            held |= {"rank_without_witnesses": brought.without, "surfaced": brought.surfaced}
        return cls(
            id=lead.id,
            name=lead.name or lead.id,
            score=lead.score,
            rank=lead.rank,
            groups=lead.groups,
            independent=None if lead.independent is None else round(lead.independent, 2),
            other_sources=lead.other_sources,
            score_on_record=lead.score_on_record,
            rank_on_record=lead.rank_on_record,
            groups_on_record=lead.groups_on_record,
            other_sources_on_record=lead.other_sources_on_record,
            denied=lead.denied,
            shares={name: value for name, value in lead.shares.items() if value},
            stages=dict(lead.stages),
            interest=interest,
            asked=asked,
            **held,
        )

    @property
    def counted(self) -> int:
        """`groups` to order by: what is told as few must not be told by its place in a list."""
        return self.groups if isinstance(self.groups, int) else 1

    @property
    def deniers(self) -> int:
        """`denied` to order by, likewise."""
        return self.denied if isinstance(self.denied, int) else 1

    def columns(self) -> dict[str, Any]:
        """As a row of a table: `LEAD_COLUMNS`, without how far the rank holds where that was not asked."""
        columns = LEAD_COLUMNS if self.asked else LEAD_COLUMNS[: -len(RANGE_COLUMNS)]
        return {name: getattr(self, name) for name in columns}

    def whole(self) -> dict[str, Any]:
        """As a page and its JSON hold it: the columns, and what a picture of it and an order take."""
        more = ("shares", "stages", "counted", "deniers")
        return self.columns() | {name: getattr(self, name) for name in more}
