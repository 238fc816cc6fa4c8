"""A lead as a row: the same for pages, JSON, CSV, the command line and notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from graphsvc.analysis.ranking.hubs import Lead, Ranking
from graphsvc.analysis.robustness.brought import Brought
from graphsvc.analysis.robustness.pieces import KINDS
from graphsvc.analysis.robustness.stability import Place
from graphsvc.errors import NotFound
from graphsvc.service.ask import Ask, nothing
from graphsvc.views import wording

# Columns on how firm a rank is: ranges with their explanation, the witness contribution, recorded interests.
RANKS_HELD = ("best_rank", "worst_rank", "low_rank", "high_rank")
_OF_PLACE = (*RANKS_HELD, "rests_on", "moved_by", "rank_without")
RANGE_COLUMNS = (*_OF_PLACE, "rank_without_witnesses", "surfaced", "interest")
# Columns with a rank that may be missing.
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
# Columns of a table of leads, in order.
LEAD_COLUMNS = ("id", "name", "score", "rank", *_FIGURES, *RANGE_COLUMNS)
# Columns of the list of leads in CSV and on the command line, in order.
LISTED_COLUMNS = ("rank", *RANGE_COLUMNS, "name", "id", "score", *_FIGURES, "review")


def said_of_ranks(ranking: Ranking, ranked_on: str) -> str:
    """Return the sentence shown with ranks: what the ranking leaves out and, if ranks are hidden, why.

    If no one stands out, the order of the list could be mistaken for a ranking. Only readers who ask for the list see
    it then.

    Args:
        ranking: as shown to this reader.
        ranked_on: what it leaves out, in a sentence; may be empty.
    """
    return f"There are no ranks. {ranking.reason} {ranked_on}".strip() if ranking.verdict == "abstains" else ranked_on


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One lead, as shown in every list of leads.

    Attributes:
        id, name: the person's id and name; without a name, the id is used.
        score, rank, groups, independent, other_sources, score_on_record, denied, shares, stages: as in
            `analysis.ranking.hubs.Lead`; zero shares are left out.
        rank_on_record, groups_on_record, other_sources_on_record: the same.
        best_rank, worst_rank: range of ranks if one piece of evidence is left out. None, like the next fields up to
            `rank_without`, if not requested or not known (people are ranked by contacts alone, or this person has no
            recorded part in the operation).
        low_rank, high_rank: range of likely ranks (nine in ten), given uncertain data.
        rests_on: kinds of evidence of which a single piece is behind at least half of the score ("one witness, one
            record"); may be empty.
        moved_by: what moves the rank most when left out, without naming a source; empty if nothing does.
        rank_without: the rank in that case; None with a `moved_by` if they would not be ranked, as only carried.
        rank_without_witnesses: the rank if no witness had spoken; None if the person would not be ranked.
        surfaced: whether they are among the first fifty only because of witness statements.
        interest: `all` or `some`, if all or some sources of the claims that raise the score have a recorded interest;
            empty for none. None without source clearance.
        asked: whether the rank ranges were requested.
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
        wants_ranges: bool = False,
    ) -> Self:
        """Return the row of a lead.

        Args:
            lead: as shown to this reader.
            place: how firm its rank is; None if not requested or not known.
            brought: contribution of witnesses; None if not requested or not known.
            interest: as the attribute; None if not shown.
            wants_ranges: whether the rank ranges were requested.
        """
        rank_values: dict[str, Any] = {}
        if place is not None:
            rests_on = ", ".join(KINDS[kind] for kind in place.rests_on)
            moved = (place.most.words if place.most is not None else "", place.rank_without)
            ranges = (place.best, place.worst, place.low, place.high, rests_on, *moved)
            rank_values = dict(zip(_OF_PLACE, ranges, strict=True))
        if brought is not None:
            rank_values |= {"rank_without_witnesses": brought.without, "surfaced": brought.found_through_witnesses}
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
            asked=wants_ranges,
            **rank_values,
        )

    @property
    def counted(self) -> int:
        """`groups` as a sort key. All values shown as `few` rank equal, so that sorting reveals nothing."""
        return self.groups if isinstance(self.groups, int) else 1

    @property
    def deniers(self) -> int:
        """`denied` as a sort key; the same for `few`."""
        return self.denied if isinstance(self.denied, int) else 1

    def columns(self) -> dict[str, Any]:
        """Return column → value for `LEAD_COLUMNS`; without those on rank ranges if these were not requested."""
        columns = LEAD_COLUMNS if self.asked else LEAD_COLUMNS[: -len(RANGE_COLUMNS)]
        return {name: getattr(self, name) for name in columns}

    def whole(self) -> dict[str, Any]:
        """Return the columns and what charts and sorting need in addition, for a page and its JSON."""
        more = ("shares", "stages", "counted", "deniers")
        return self.columns() | {name: getattr(self, name) for name in more}


def not_ranked(ask: Ask, identifier: str) -> NotFound:
    """Return the error for an id that is not in the list; it says what the id is, if this reader may see that."""
    row = ask.entity_rows([identifier]).get(identifier)
    if row is None:
        return nothing(identifier)
    kind = wording.kind(row["kind"]).lower()
    if row["kind"] != "person":
        return NotFound(f"{identifier} is a {kind}, and only people are leads. Search for it to see its own page.")
    return NotFound(
        f"{identifier} is in the case, and no lead: nobody is who was only carried or exploited, was forced, or is a child."
    )
