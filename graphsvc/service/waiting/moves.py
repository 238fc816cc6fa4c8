"""What new deliveries did to the leads: whose place is another one, and by which statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from graphsvc.analysis.evidence.claims import Claim
from graphsvc.analysis.score.moved import Move, moved
from graphsvc.records.told import OPEN_KINDS
from graphsvc.records.told import score as told_score
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Before, Material

_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class MovedLead:
    """A lead whose place is another one, as it is told.

    Attributes:
        way: `appeared`, `rose`, `fell` or `left`. before, now: ranks; None: not ranked.
        own: whether its own score is another one.
        statements: ids of those that came, or were changed, and raise it (it rose or appeared) or lower it, as the reasons of
            its score say; without source clearance none of a witness.
        ended: ids of those about it that counted and do not any more, likewise.
    """

    id: str
    name: str
    way: str
    before: int | None
    now: int | None
    own: bool
    statements: tuple[str, ...]
    ended: tuple[str, ...]

    @property
    def notable(self) -> bool:
        """Whether more is told than that others moved: a statement can be named, it appeared or left, or its own score raised it."""
        raised = self.way == "rose" and self.own
        return raised or self.way in ("appeared", "left") or bool(self.statements or self.ended)


class LeadMoves:
    """What deliveries did to the leads, for one reader of one case."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material

    def since(self, newer: Collection[int]) -> list[MovedLead] | None:
        """Whose place among the first leads is another one than before the deliveries of these numbers.

        None: they changed nothing that this reader's leads are computed on.

        Raises:
            Refused: no role of theirs ranks leads.
        """
        with self._ask.act("analyse", query="moves") as outcome:
            before, now = self._material.before(newer), self._material.ranking()
            if not before.fresh:
                return None
            claims = [claim for claim in self._material.given()[0] if claim.id in before.fresh and self._is_told(claim)]
            ranked = {lead.id for lead in now.leads}
            leads = [self._told(move, before, claims, ranked=move.id in ranked) for move in moved(before.ranking, now)]
            named = {statement for lead in leads for statement in (*lead.statements, *lead.ended)}
            sources = {claim.source for claim in claims if claim.statement in named}
            outcome |= {"rows": len(leads), "sources": sources - {""}}
        return leads

    def _told(self, move: Move, before: Before, claims: Collection[Claim], *, ranked: bool) -> MovedLead:
        raises = move.way in ("appeared", "rose")
        # A score has shares of links that somebody is at an end of, and of no other.
        about = [claim for claim in claims if move.id in (claim.subject, claim.object)]
        shares = self._material.reasons(move.id).shares if ranked and about else {}

        def moves(claim: Claim) -> bool:
            share = shares.get(claim.id, 0.0)
            share = share if self._ask.grant.sources else told_score(share)
            return claim.counts and (share > _HAIR if raises else share < -_HAIR)

        return MovedLead(
            move.id,
            move.name or move.id,
            move.way,
            move.before,
            move.now,
            move.own,
            tuple(sorted({claim.statement for claim in about if moves(claim)})),
            tuple(sorted({claim.statement for claim in about if claim.id in before.ended})),
        )

    def _is_told(self, claim: Claim) -> bool:
        """Whether this reader is shown the statement of a claim one by one."""
        return self._ask.grant.sources or claim.source_kind in OPEN_KINDS
