"""How deliveries have changed the leads, or would: which leads move, and because of which statements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.ranking.hubs import Ranking
from graphsvc.analysis.ranking.moved import Move, rank_changes
from graphsvc.analysis.ranking.reasons import Reasons, reasons
from graphsvc.cases.gc_pause import lasting
from graphsvc.cases.graph.computed import analysis_input
from graphsvc.cases.graph.graphing import Graphed
from graphsvc.records.coarsened import denial_mark
from graphsvc.records.coarsened import score as told_score
from graphsvc.records.statement_kinds import OPEN_KINDS
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material

_HAIR = 1e-9


@dataclass(frozen=True)
class ShownMove(Move):
    """A move of a lead, marked if the lead is denied.

    Attributes:
        denied: `denied`, or `contested` if the reader may not see the denial; empty for neither.
    """

    denied: str = ""

    @property
    def words(self) -> str:
        """The move in words, followed by the mark."""
        return ", ".join(filter(None, (super().words, self.denied)))


class LeadMoves:
    """Changes among the leads of one case, as far as one reader may see them."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material

    def since(self, newer: Collection[int]) -> list[Move] | None:
        """Return which of the first leads have moved because of these deliveries, which must be the latest ones.

        Return None if the deliveries changed none of the claims that this reader's leads are computed from.

        Raises:
            Refused: no role of this person may rank leads.
        """
        with self._ask.act("analyse", query="moves") as outcome:
            before, now = self._material.before(newer), self._material.ranking()
            if not before.fresh:
                return None
            claims = self._visible_claims(
                claim for claim in self._material.analysis_input()[0] if claim.id in before.fresh
            )
            leads = self._list_moves(before.ranking, now, claims, before.ended, self._material.reasons)
            outcome |= {"rows": len(leads), "sources": _sources(leads, claims)}
        return leads

    @lasting()
    def expected_moves(self, result: Graphed) -> list[Move]:
        """Return which of the first leads would move if the case became `result`.

        Raises:
            Refused: no role of this person may rank leads, or they are not cleared for all of the case.
        """
        with self._ask.act("analyse", query="moves", dry_run=True) as outcome:
            grant, material = self._ask.grant, self._material
            now = {claim.id: claim for claim in material.analysis_input()[0]}
            on_day = self._ask.home.register.opened_on(self._ask.case)
            then = analysis_input(result, grant.claim_codes, on_day, sources=grant.sources)
            on, ranking = material.rank_other_state(then.claims, then.persons, then.dependence)
            claims = self._visible_claims(claim for claim in then.claims if now.get(claim.id) != claim)
            ended = frozenset(
                claim.id
                for claim in claims
                if not claim.counts and (was := now.get(claim.id)) is not None and was.counts
            )
            leads = self._list_moves(material.ranking(), ranking, claims, ended, lambda lead: reasons(on, lead))
            if not grant.sources:  # a move next to a pseudonym would show whose it is
                sealed = frozenset(result.sealed.values())
                leads = [lead for lead in leads if lead.id not in sealed]
            outcome |= {"rows": len(leads), "sources": _sources(leads, claims)}
        return leads

    def _list_moves(
        self,
        before: Ranking,
        now: Ranking,
        claims: Collection[Claim],
        ended: Collection[str],
        why: Callable[[str], Reasons],
    ) -> list[Move]:
        """Return the moves between two rankings, each with the statements behind it, from those of `claims`.

        `why` returns the reasons for a lead in the later ranking.
        """
        ranked, leads = {lead.id for lead in now.leads}, list[Move]()
        denied = {lead.id: denial_mark(lead.denied) for ranking in (before, now) for lead in ranking.leads}
        for move in rank_changes(before, now):
            about = _about(move, claims)
            named = self._add_statements(move, about, why(move.id).shares if about and move.id in ranked else {}, ended)
            leads.append(ShownMove(**asdict(named), denied=denied[move.id]))
        return leads

    def _add_statements(
        self,
        move: Move,
        about: Collection[Claim],
        shares: Mapping[str | tuple[str, ...], float],
        ended: Collection[str],
    ) -> Move:
        """Add to a move the statements that cause it."""
        raises = move.way in ("appeared", "rose")

        def moves(claim: Claim) -> bool:
            share = shares.get(claim.id, 0.0)
            share = share if self._ask.grant.sources else told_score(share)
            return claim.counts and (share > _HAIR if raises else share < -_HAIR)

        return replace(
            move,
            name=move.name or move.id,
            statements=tuple(sorted({claim.statement for claim in about if moves(claim)})),
            ended=tuple(sorted({claim.statement for claim in about if claim.id in ended})),
        )

    def _visible_claims(self, claims: Iterable[Claim]) -> list[Claim]:
        """Return the claims whose statements this reader may see individually."""
        return [claim for claim in claims if self._ask.grant.sources or claim.source_kind in OPEN_KINDS]


def _about(move: Move, claims: Collection[Claim]) -> list[Claim]:
    """Return the claims that name this lead: no other claim has a share in its score."""
    return [claim for claim in claims if move.id in (claim.subject, claim.object)]


def _sources(leads: Collection[Move], claims: Collection[Claim]) -> set[str]:
    named = {statement for lead in leads for statement in (*lead.statements, *lead.ended)}
    return {claim.source for claim in claims if claim.statement in named} - {""}
