"""Leads: the people who stand out, the reasons, and how firm each rank is.

Everything is computed from what this reader may see, instead of being hidden afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphsvc.access.gate.redact import coarsen
from graphsvc.analysis.claims.belief import link_table
from graphsvc.analysis.claims.claims import Claim, Dependence
from graphsvc.analysis.ranking.folding import as_told, told_belief
from graphsvc.analysis.ranking.hubs import Lead, Ranking
from graphsvc.analysis.ranking.leads import Explanation, explain, retold
from graphsvc.analysis.ranking.reasons import Reasons, without_amounts
from graphsvc.analysis.robustness.falsehood import FalseAccounts
from graphsvc.analysis.robustness.readings import FEWEST_SERVED
from graphsvc.analysis.robustness.stability import Place
from graphsvc.errors import Refused
from graphsvc.records.coarsened import denial_mark
from graphsvc.records.coarsened import score as told_score
from graphsvc.records.relations import orders
from graphsvc.service.ask import Ask
from graphsvc.service.leads.groups import Groups
from graphsvc.service.leads.material import LeadCaches, Material
from graphsvc.service.leads.questions import Questions
from graphsvc.service.leads.reviews import Reviews
from graphsvc.service.leads.rows import LeadRow, said_of_ranks
from graphsvc.service.leads.sets import Sets
from graphsvc.service.leads.through import Witnesses


class Leads:
    """The leads of one case, with the questions, decisions and analyses about them."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material
        self._caches = ask.home.caches(LeadCaches)
        self.reviews = Reviews(ask, material)
        self.questions = Questions(ask, material)
        self.groups = Groups(ask)
        self.witnesses = Witnesses(ask, material, self.groups, self.look)
        self.sets = Sets(ask, material)

    def at_hand(self, *, claims: bool = False) -> bool:
        """Whether this reader's list of leads is in memory and can be shown without waiting.

        Args:
            claims: also require the claims, which the page of one lead needs.
        """
        return self._material.at_hand(claims=claims)

    def ranking(self) -> Ranking:
        """Return the ranking, computed from what this reader may see. Cached until the case changes; calls are logged.

        Without source clearance, it is computed from statements as shown to such a reader (`folding.as_told`). A small
        number of groups then reads `few`, and scores and shares are rounded to the nearest quarter.
        """
        with self._ask.act("analyse", query="hubs") as outcome:
            ranking = self._material.ranking()
            outcome["rows"] = len(ranking.leads)
        return ranking

    def places(self) -> dict[str, Place]:
        """Return how firm each rank is: person → ranges of ranks (`analysis.robustness.stability.Place`).

        Each report, each record and each of their sources is left out in turn. With source clearance, so is each
        witness, each of their statements, and every set of witnesses who share a boat, house or interpreter. Without
        it, whatever only few witnesses say about a person is left out instead. The result does not name the
        sources of what moves a rank most; `place` does. Cached like the ranking.
        """
        return {name: unnamed for name, place in self._places().items() if (unnamed := _hide_sources(place))}

    def _places(self) -> Mapping[str, Place]:
        with self._ask.act("analyse", query="places") as outcome:
            places = self._material.places()
            outcome["rows"] = len(places)
        return places

    def place(self, identifier: str) -> Place | None:
        """Return how firm one rank is, or None if unknown; with the sources of what moves it most, if cleared for them.

        Raises:
            NotFound: this person is not a candidate, or this reader may not see them.
        """
        with self._ask.act("analyse", query="places", lead=identifier) as outcome:
            self._material.require_ranked(identifier)
            place = self._material.places().get(identifier)
            outcome["sources"] = set(place.most.sources) if place is not None and place.most is not None else set()
        return place

    def table(self) -> dict[str, Any]:
        """Return the ranking as plain data: case, verdict, its reason, omissions, and hubs (candidates, best first).

        Columns of a hub, in addition to those of a lead:

        - `best_rank`, `worst_rank`: range of ranks if one witness, report, record or group with something in common
          is left out
        - `low_rank`, `high_rank`: range of likely ranks (nine in ten), given uncertain data
        - `rests_on`: kinds of evidence of which a single piece is behind at least half of the score
        - `moved_by`: what moves the rank most when left out
        - `rank_without`: the rank in that case; None if no longer listed, as someone who was only carried
        - `rank_without_witnesses`: the rank if no witness had spoken
        - `surfaced`: whether they are among the first fifty only because of witnesses
        - `interest`: `all` or `some`, if all or some sources of what raises the score have a recorded interest; None
          without source clearance

        The columns up to `rank_without` are empty if no range is known: people are ranked by contacts alone, or the
        person has no recorded part in the operation.
        """
        ranking = self.ranking()
        rows = [row.columns() for row in self.rows(ranking.leads)]
        return {
            "case": self._ask.case,
            "verdict": ranking.verdict,
            "reason": ranking.reason,
            "ranked_on": self.ranked_on,
            "hubs": rows,
        }

    @property
    def ranked_on(self) -> str:
        """Sentence on what this reader's ranking leaves out; empty for full clearance."""
        return self._ask.ranked_on

    def ranks_note(self, ranking: Ranking) -> str:
        """Return the sentence to show with the ranks: `ranked_on`, preceded by why ranks are hidden, if they are."""
        return said_of_ranks(ranking, self.ranked_on)

    def rows(self, leads: Iterable[Lead]) -> list[LeadRow]:
        """Return leads as rows with their rank ranges and the other columns of the list (None if not available)."""
        places, brought = self._places(), self._material.brought()
        noted, default = self._material.interest(), "" if self._ask.grant.sources else None
        return [
            LeadRow.of(
                lead,
                _hide_sources(places.get(lead.id)),
                brought.get(lead.id),
                noted.get(lead.id, default),
                wants_ranges=True,
            )
            for lead in leads
        ]

    def count_served(self, identifiers: Sequence[str]) -> dict[str, int]:
        """Count the people each of these lawfully served, according to claims; omit counts below `FEWEST_SERVED`."""
        counted = self._ask.rows("network.counted", ids=list(identifiers), into=[]).dicts()
        return {row["id"]: row["number"] for row in counted if row["number"] >= FEWEST_SERVED}

    def falsehood(self, identifier: str) -> tuple[FalseAccounts | None, int | None]:
        """Return how false statements could affect one lead.

        Returns:
            The smallest set found of witnesses, reports and records without which the lead would leave the first ten,
            and how many agreeing invented statements would put an unmentioned person there.

        Raises:
            NotFound: this person is not a candidate, or this reader may not see them.
            Refused: no source clearance.
        """
        if not self._ask.grant.sources:
            raise Refused("Seeing what a lead rests on takes source clearance; an administrator gives it.")
        with self._ask.act("analyse", query="falsehood", lead=identifier) as outcome:
            self._material.require_ranked(identifier)
            false_accounts, invented = self._material.falsehood(identifier), self._material.invented_statements_needed()
            named = false_accounts.pieces if false_accounts else ()
            outcome["sources"] = {source for piece in named for source in piece.sources}
        return false_accounts, invented

    def look(self, identifier: str) -> tuple[Lead, Explanation]:
        """Return one lead and its explanation. Without source clearance, witnesses are merged and sources left out.

        Raises:
            NotFound: this person is not a candidate, or this reader may not see them.
        """
        with self._ask.act("analyse", lead=identifier) as outcome:
            lead = self._material.require_ranked(identifier)
            explain_to = self._explain_in_full if self._ask.grant.sources else self._retold
            explanation = self._caches.explained.of((*self._ask.state, identifier), lambda: explain_to(identifier))
            outcome["sources"] = _sources(explanation)
            denying = self._ask.denials({claim.key for claim in _told_of(explanation)})
        return lead, replace(explanation, denied={link: denial_mark(each) for link, each in denying.items()})

    def _explain_in_full(self, identifier: str) -> Explanation:
        """Explain one lead, sources included."""
        return self._explain(identifier, self._material.analysis_input()[2])

    def _explain(self, identifier: str, dependence: Dependence) -> Explanation:
        material = self._material
        return explain(
            identifier,
            material.shown_about().get(identifier, []),
            (),
            dependence,
            material.reasons(identifier),
            weights=self._ask.home.weights,
            around=material.surroundings(),
        )

    def _retold(self, identifier: str) -> Explanation:
        """Explain one lead as a reader without source clearance may see it."""
        claims, _, dependence = self._material.analysis_input()
        weights, few = self._ask.home.weights, self._ask.settings.few_below
        why = self._explain(identifier, {})
        # A denial may name the two entities of a link in the opposite order.
        wanted = {link for claim in _told_of(why) for link in orders(claim.key)}
        about = [claim for claim in claims if claim.key in wanted]
        coarse = link_table(as_told(about, dependence, few), {}, weights)
        exact = link_table(about, dependence, weights)
        why = retold(why, {key: told_belief(figures, few) for key, figures in coarse.items()})
        return replace(
            why,
            because=Reasons(
                {key: told_score(share) for key, share in why.because.shares.items()},
                without_amounts(why.because.made_of),
            ),
            voices={key: coarsen(self._ask.grant, exact[key].groups, few) for key in sorted(exact)},
        )


def _hide_sources(place: Place | None) -> Place | None:
    return place if place is None or place.most is None else replace(place, most=replace(place.most, sources=()))


def _sources(explanation: Explanation) -> set[str]:
    """Return the pseudonyms of all sources that an explanation names."""
    along = (claim for path in explanation.paths for claim in path.claims)
    about = (*explanation.claims, *along)
    named = {claim.source for claim in about} | {path.source for path in explanation.paths}
    return named.union(explanation.other_sources, *explanation.groups) - {""}


def _told_of(why: Explanation) -> list[Claim]:
    """Return every claim an explanation shows."""
    return [*why.claims, *(claim for path in why.paths for claim in path.claims)]
