"""Changes among the first leads between two rankings: who rose, fell, appeared or left. Pure functions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from graphsvc.analysis.ranking.hubs import Lead, Ranking

# Number of leads that readers are assumed to see.
FIRST = 50
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Move:
    """Change of one lead.

    Attributes:
        way: `appeared`, `rose`, `fell` or `left`, among the first leads.
        before, now: the ranks; None: not ranked.
        own: whether the lead's own score changed, not only its place among others.
        statements: ids of new or changed statements that raise the score of a lead that rose or appeared, or else lower
            it, according to the score's reasons; only for readers who may see each of them.
        ended: ids of statements about the lead that no longer count; for the same readers.
        verdict: verdict of the later ranking: `leads`, or `abstains` where no one stands out and ranks mean nothing.
    """

    id: str
    name: str
    way: str
    before: int | None
    now: int | None
    own: bool
    statements: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    verdict: str = "leads"

    @property
    def words(self) -> str:
        """The change in words, with the ranks.

        Example:
            >>> [Move("p", "", *told, own=True).words for told in (("rose", 9, 3), ("appeared", None, 3), ("left", 3, None))]
            ['rose from 9 to 3', 'appeared at 3', 'left from 3']
        """
        appeared = self.way == "appeared"
        begun = f" from {self.before:,}" if self.before is not None and not appeared else ""
        ended = f" {'at' if appeared else 'to'} {self.now:,}" if self.now is not None else ""
        was = f", was {self.before:,}" if self.before is not None and appeared else ""
        return f"{self.way}{begun}{ended}{was}"

    def plain(self) -> dict[str, Any]:
        """Return the change as plain data, including its wording."""
        return asdict(self) | {"words": self.words, "notable": self.notable}

    def __str__(self) -> str:
        by = f" ({', '.join(self.statements)})" if self.statements else ""
        ended = f"; no longer counts: {', '.join(self.ended)}" if self.ended else ""
        return f"{self.name} {self.words}{by}{ended}"

    @property
    def notable(self) -> bool:
        """Whether the lead itself changed, by a named statement, an arrival, an exit, or a higher score."""
        raised = self.way == "rose" and self.own
        return raised or self.way in ("appeared", "left") or bool(self.statements or self.ended)


def rank_changes(before: Ranking, now: Ranking, first: int = FIRST) -> list[Move]:
    """List the changes among the first leads, ordered by the later rank; leads that left come last.

    Args:
        before: the earlier ranking.
        now: the later one.
        first: number of leads of each ranking to compare.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> from graphsvc.analysis.ranking.hubs import rank
        >>> def ranking(*claims):
        ...     return rank(map(claim_from, claims), people("p1", "p2"), {})
        >>> before, now = ranking("s1: p1 RUNS g1"), ranking("s1: p1 RUNS g1", "s2: p2 RUNS g2", "s3: p2 RUNS g2")
        >>> [(move.id, move.way, move.before, move.now) for move in rank_changes(before, now)]
        [('p2', 'rose', 2, 1), ('p1', 'fell', 1, 2)]

    Limits: compares ranks only, whether or not anyone stands out (see `verdict`). A lead that others overtake falls,
    and a lead rises only by overtaking others.
    """
    earlier, later = _leads(before), _leads(now)
    moves = []
    for identifier in [*later, *(name for name in earlier if name not in later)]:
        old, new = earlier.get(identifier), later.get(identifier)
        way = _way(old.rank if old else None, new.rank if new else None, first)
        if way:
            own = old is None or new is None or abs(old.score - new.score) > _HAIR
            lead = new or old
            name = lead.name if lead else ""
            ranks = old.rank if old else None, new.rank if new else None
            moves.append(Move(identifier, name, way, *ranks, own, verdict=now.verdict))
    return sorted(moves, key=lambda move: (move.way == "left", move.now or 0, move.before or 0, move.id))


def _leads(ranking: Ranking) -> dict[str, Lead]:
    return {lead.id: lead for lead in ranking.leads}


def _way(before: int | None, now: int | None, first: int) -> str:
    """Return how a rank changed; empty if it did not change among the first leads.

    Example:
        >>> [_way(*ranks, 50) for ranks in ((60, 3), (None, 3), (3, 60), (3, None), (9, 3), (3, 9), (3, 3), (70, 60))]
        ['appeared', 'appeared', 'left', 'left', 'rose', 'fell', '', '']
    """
    was = before is not None and before <= first
    is_first = now is not None and now <= first
    if before is None or now is None or was != is_first:
        return "appeared" if is_first else "left" if was else ""
    if not is_first or before == now:
        return ""
    return "rose" if now < before else "fell"
