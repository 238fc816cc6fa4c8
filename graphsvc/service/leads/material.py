"""Input of the lead analyses: the claims this reader may see, and results derived from them, cached per state.

Most of it includes sources and must not be shown as it is. Every access is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

import numpy as np

from graphsvc.access.gate.redact import coarsen
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.claims.belief import LinkFigures
from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.claims.dependence import Thing
from graphsvc.analysis.claims.laid import ByEnd, LaidClaims, columnar_claims, of_twins
from graphsvc.analysis.key_players.ground import Ground
from graphsvc.analysis.ranking.basis import Basis, basis
from graphsvc.analysis.ranking.folding import bare, merge_witness_claims
from graphsvc.analysis.ranking.hubs import Lead, Ranking, rank_basis
from graphsvc.analysis.ranking.leads import Explanation, Path, Surroundings, surroundings
from graphsvc.analysis.ranking.reasons import Reasons, raising, reasons, scored_by, split_scores
from graphsvc.analysis.robustness.brought import Agreement, Brought, agreements, brought, ranks_with_agreement
from graphsvc.analysis.robustness.falsehood import (
    FalseAccounts,
    Gathering,
    first_places,
    invented_needed,
    would_leave,
)
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.pieces import Piece
from graphsvc.analysis.robustness.questions import Question, weigh, weighable
from graphsvc.analysis.robustness.readings import InnocentReading
from graphsvc.analysis.robustness.stability import Place, places
from graphsvc.cases.cache import CLEARANCES, Cache, Caches
from graphsvc.cases.deliveries.earlier import earlier
from graphsvc.cases.gc_pause import lasting
from graphsvc.cases.graph.computed import children
from graphsvc.errors import Busy, NotFound, Refused
from graphsvc.records.coarsened import CONTESTED, denial
from graphsvc.records.coarsened import score as told_score
from graphsvc.records.columns import Batch, distinct_texts, where
from graphsvc.records.properties import LINK_FIGURES
from graphsvc.records.relations import LinkKey, link_key
from graphsvc.service.ask import Ask
from graphsvc.service.leads.as_claims import claim_columns, claim_of, person_of
from graphsvc.service.leads.as_rows import BROUGHT, INTEREST, PLACES, RANKING, HeldPlaces
from graphsvc.service.leads.prepared import Prepared
from graphsvc.service.leads.rows import not_ranked
from graphsvc.store.bolt import Make

# Claims, persons, and the keys by which sources depend on each other.
Given = tuple[LaidClaims, Sequence[Person], dict[str, frozenset[str]]]
# State of the case, with the clearance, for which a result is valid: see `Ask.state`.
State = tuple[str, int, str, bool]


@dataclass(frozen=True, slots=True)
class Before:
    """The ranking before some deliveries, computed on what the reader may see now.

    Attributes:
        fresh: ids of claims that did not exist then, or had a different status, grade or weight.
        ended: ids of claims that counted then and no longer do.
    """

    ranking: Ranking
    fresh: frozenset[str]
    ended: frozenset[str]


@dataclass(frozen=True, slots=True)
class LeadReadings:
    """Innocent readings of a lead.

    Attributes:
        interested: sources with a recorded interest, among those whose claims raise the lead.
    """

    readings: tuple[InnocentReading, ...]
    interested: frozenset[str]


# Source → things it may share with others; source → keys by which it depends on others; source → number of its group.
Depending = tuple[dict[str, list[Thing]], dict[str, frozenset[str]], dict[str, int]]
# Cache sizes: for results, and for single leads, of which readers open many. Inputs are cached once per clearance.
_RESULTS = 64
_LEADS = 500
# If more leads than this share the first places, what would make one drop out is computed only on request.
_GATHERED = 100


class LeadCaches(Caches):
    """Results about leads."""

    def __init__(self) -> None:
        self.given: Cache[Given] = Cache(CLEARANCES)
        self.folded: Cache[Given] = Cache(CLEARANCES)
        self.bases: Cache[Basis] = Cache(CLEARANCES)
        self.rankings: Cache[Ranking] = Cache(_RESULTS)
        self.before: Cache[Before] = Cache(_RESULTS)
        self.leaving: Cache[Prepared | None] = Cache(CLEARANCES)
        self.surroundings: Cache[Surroundings] = Cache(CLEARANCES)
        self.depending: Cache[Depending] = Cache(CLEARANCES)
        self.about: Cache[Mapping[str, Sequence[Claim]]] = Cache(CLEARANCES)
        self.shown_about: Cache[Mapping[str, Sequence[Claim]]] = Cache(CLEARANCES)
        self.interested: Cache[frozenset[str]] = Cache(CLEARANCES)
        self.interest: Cache[dict[str, str]] = Cache(CLEARANCES)
        self.explained: Cache[Explanation] = Cache(_LEADS)
        self.ways: Cache[dict[str, tuple[Path, ...]]] = Cache(CLEARANCES)
        self.readings: Cache[LeadReadings] = Cache(_LEADS)
        self.falsehood: Cache[FalseAccounts | None] = Cache(_LEADS)
        self.places: Cache[HeldPlaces] = Cache(_RESULTS)
        self.brought: Cache[dict[str, Brought]] = Cache(_RESULTS)
        self.agreements: Cache[list[Agreement]] = Cache(_RESULTS)
        self.questions: Cache[list[Question]] = Cache(_LEADS)
        self.networks: Cache[Ground] = Cache(CLEARANCES)
        self.sets: Cache[tuple[str, ...]] = Cache(_RESULTS)


class Material:
    """The claims, links and persons of one case within one reader's clearance, and their ranking."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._caches = ask.home.caches(LeadCaches)

    def merged_input(self) -> Given:
        """Return the input of the analysis, with the statements of witnesses merged."""
        return self._caches.folded.of(self._ask.state, self._fold)

    @lasting()
    def _fold(self) -> Given:
        claims, persons, _ = self.analysis_input()
        return columnar_claims(merge_witness_claims(claims)), persons, {}

    def at_hand(self, *, claims: bool) -> bool:
        """Whether the ranking, the rank ranges and, if asked, the claims are in memory; False for a closed case."""
        wanted: list[Cache[Any]] = [self._caches.rankings, self._caches.places]
        wanted += [self._caches.given] if claims else []
        # Errors are reported by the request that needs the data, not here.
        with suppress(Busy, NotFound, Refused):
            state = self._ask.state
            return all(cache.there(state) is not None for cache in wanted)
        return False

    def analysis_input(self) -> Given:
        """Return the input of the analysis. It includes sources, so none of it may be shown as it is."""
        return self._caches.given.of(self._ask.state, self._read)

    def without_sources(self) -> Material:
        """Return the same material for a reader with these handling codes but no source clearance."""
        grant = self._ask.grant
        return Material(self._ask.as_(replace(grant, sources=False))) if grant.sources else self

    def basis(self) -> Basis:
        """Return the input of this reader's ranking; none of it may be shown as it is."""
        return self._caches.bases.of(self._ask.state, self._lay)

    @lasting()
    def _lay(self) -> Basis:
        return self._basis_of(*self.analysis_input())

    def _basis_of(self, claims: Sequence[Claim], persons: Sequence[Person], dependence: Dependence) -> Basis:
        few_below = 0 if self._ask.grant.sources else self._ask.settings.few_below
        return basis(claims, persons, dependence, few_below=few_below, weights=self._ask.home.weights)

    def rank_other_state(
        self, claims: Sequence[Claim], persons: Sequence[Person], dependence: Dependence
    ) -> tuple[Basis, Ranking]:
        """Return the input of a ranking of another state of the case, and this ranking as shown to this reader."""
        on = self._basis_of(claims, persons, dependence)
        return on, self._as_told(on, rank_basis(on, self._ask.home.processors))

    def reasons(self, lead: str) -> Reasons:
        """Return what one person's score is made of, as computed for this reader's ranking."""
        return reasons(self.basis(), lead)

    def ranking(self) -> Ranking:
        """Return the ranking as shown to this reader."""
        return self._caches.rankings.of(self._ask.state, lambda: self._ask.cached_result(RANKING, self._rank))

    @lasting()
    def _rank(self) -> Ranking:
        on = self.basis()
        return self._as_told(on, rank_basis(on, self._ask.home.processors))

    def _as_told(self, on: Basis, ranking: Ranking) -> Ranking:
        grant, few = self._ask.grant, self._ask.settings.few_below
        leads = ranking.leads if grant.sources else [_redact_lead(grant, lead, few) for lead in ranking.leads]
        contested = self._contested_people(on)
        return replace(
            ranking,
            leads=[
                replace(lead, denied=CONTESTED) if lead.id in contested and not lead.denied else lead for lead in leads
            ],
        )

    def _contested_people(self, on: Basis) -> frozenset[str]:
        """Find people whose score rests on a link that is denied only under handling codes hidden from this reader."""
        if self._ask.grant.handling == "C":
            return frozenset()
        rows = self._ask.rows("hubs.contested", whole=True).dicts()
        return scored_by(on, {link_key(row) for row in rows if row["denying"] == CONTESTED})

    def before(self, newer: Collection[int]) -> Before:
        """Return the ranking as shown to this reader before these deliveries, which must be the latest ones.

        It is computed from the claims as they were then, but with today's dependence between sources.
        """
        state = (*self._ask.state, " ".join(map(str, sorted(newer))))
        return self._caches.before.of(state, lambda: self._rank_before(frozenset(newer)))

    @lasting()
    def _rank_before(self, newer: frozenset[int]) -> Before:
        ask = self._ask
        now, persons, dependence = self.analysis_input()
        then = earlier(ask.home.casework.replay, ask.home.register, ask.case, ask.key, newer, ask.grant)
        pairs = [(claim, then.claim(claim)) for claim in now]
        claims = [was for _, was in pairs if was is not None]
        people = then.people.union(*((was.subject, was.object) for was in claims))
        _, ranking = self.rank_other_state(claims, [person for person in persons if person.id in people], dependence)
        return Before(
            ranking,
            frozenset(claim.id for claim, was in pairs if was is not claim),
            frozenset(claim.id for claim, was in pairs if was is not None and was.counts and not claim.counts),
        )

    def _read(self) -> Given:
        with lasting():
            claims = self._ask.material("hubs.claims", self._claims_made(), self._claims_laid)
            if not isinstance(claims, LaidClaims):
                claims = columnar_claims(sorted(claims, key=attrgetter("id")))
            children = self._children()
            persons = [
                replace(person, child=True) if person.id in children else person
                for person in self._ask.material("hubs.persons", person_of)
            ]
        level = "all" if self._ask.grant.handling == "C" else "p"
        return claims, persons, self._ask.home.register.dependence(self._ask.case, level)

    def _children(self) -> frozenset[str]:
        register, case = self._ask.home.register, self._ask.case
        return children(register.sealed_standings(case), register.opened_on(case), self._ask.grant.codes)

    def _claims_made(self) -> Make[Claim]:
        """Return a function that makes claims from rows, reusing equal claims in memory for another clearance.

        Otherwise most of a case would be in memory once per clearance.
        """
        twins: dict[str, Claim] | None = None

        def make_claim(statement: list[Any], row: list[Any]) -> Claim:
            nonlocal twins
            if twins is None:
                twins = self._twins()
            return of_twins(claim_of(statement, row), twins)

        return make_claim

    def _claims_laid(self, columns: Batch) -> Sequence[Claim]:
        """Return claims stored in columns, sorted by id; a claim becomes an object only when it is accessed."""
        return LaidClaims(claim_columns(columns).sort_by("id"), self._twins, lasting)

    def _twins(self) -> dict[str, Claim]:
        """Return the claims of the case that are already objects, for any clearance."""
        every = (claims for claims, _, _ in self._caches.given.of_case(self._ask.case))
        return {claim.id: claim for claims in every for claim in claims.objects()}

    def places(self) -> Mapping[str, Place]:
        """Return how firm each rank is, with the sources of what moves it most: see `Leads.places`."""
        return self._cached_places().places

    def _cached_places(self) -> HeldPlaces:
        return self._caches.places.of(self._ask.state, lambda: self._ask.cached_result(PLACES, self._place))

    @lasting()
    def _place(self) -> HeldPlaces:
        prepared = self._leaving()
        if prepared is None:
            return HeldPlaces({}, {}, None)
        leaving, left_out = prepared.leaving, prepared.pieces()
        if not self._ask.grant.sources:
            return HeldPlaces(places(leaving.on, left_out, leaving=leaving), {}, None)
        invented, gathering = invented_needed(leaving.on), Gathering(leaving, left_out)
        if gathering.width > _GATHERED:
            return HeldPlaces(places(leaving.on, left_out, leaving=leaving), None, invented)
        # Rank ranges and falsehood both need the ranking without each single piece, so one pass computes both.
        ranked_places = places(leaving.on, left_out, leaving=leaving, beside=gathering.take)
        singly = gathering.result()
        false = {name: would_leave(leaving.on, singly, name, leaving=leaving) for name in gathering.ids}
        return HeldPlaces(ranked_places, {name: those for name, those in false.items() if those is not None}, invented)

    def _leaving(self) -> Prepared | None:
        """Return the prepared leave-out rankings; None if no one has a recorded part in the operation."""
        return self._caches.leaving.of(self._ask.state, self._prepare)

    @lasting()
    def _prepare(self) -> Prepared | None:
        on = self.basis()
        if on.network is None:
            return None
        return Prepared(LeavingOut(on, self._ask.home.processors), told_as_one=not self._ask.grant.sources)

    def weigh_questions(self, lead: str, kinds: Collection[str]) -> list[Question]:
        """Return claims about a lead worth asking about, first those whose answer changes most. Includes sources."""
        prepared = self._leaving()
        return [] if prepared is None else weigh(lead, prepared.leaving.on, kinds, prepared.leaving)

    def weighable(self, lead: str) -> bool:
        """Whether claims about a lead can be weighed at all."""
        return weighable(lead, self.basis())

    def brought(self) -> dict[str, Brought]:
        """Return how much witness statements contribute to each lead, on this reader's ranking."""
        return self._caches.brought.of(self._ask.state, lambda: self._ask.cached_result(BROUGHT, self._bring))

    @lasting()
    def _bring(self) -> dict[str, Brought]:
        return brought(self.basis(), self.ranking())

    def agreements(self, groups: Sequence[Collection[str]]) -> list[Agreement]:
        """Return the leads that each group of witnesses of the case would bring onto the record. Includes sources."""
        return self._caches.agreements.of(self._ask.state, lambda: self._agree(groups))

    def ranks_without(
        self, leads: Sequence[Lead], wanted: Callable[[Piece], bool]
    ) -> tuple[list[Lead], list[tuple[Piece, list[int | None]]]]:
        """Return those leads that a claim mentions, and their ranks (None: not ranked) without each wanted piece."""
        prepared = self._leaving()
        if prepared is None:
            return [], []
        placed = [lead for lead in leads if lead.id in prepared.leaving.numbers]
        left_out = [piece for piece in prepared.pieces() if wanted(piece)]
        ranks = list[tuple[Piece, list[int | None]]]()
        for lists in prepared.leaving.lists([piece.rows for piece in left_out], [lead.id for lead in placed]):
            rows = zip(lists.left_out.tolist(), np.where(lists.ranked, lists.rank, 0).tolist(), strict=True)
            ranks += [(left_out[number], [rank or None for rank in row]) for number, row in rows]
        return placed, ranks

    def ranks_on_record(self, groups: Iterable[Collection[str]]) -> Iterator[dict[str, int] | None]:
        """Yield the ranks on the record if each group of witnesses agreed: see `brought.ranks_with_agreement`."""
        return ranks_with_agreement(self.basis(), groups)

    @lasting()
    def _agree(self, groups: Sequence[Collection[str]]) -> list[Agreement]:
        return agreements(self.basis(), self.ranking(), groups)

    def about(self) -> Mapping[str, Sequence[Claim]]:
        """Map each entity to the claims about it, as subject or object. Includes sources: not to be shown as it is."""
        return self._caches.about.of(self._ask.state, lambda: ByEnd(self.analysis_input()[0]))

    def visible_input(self) -> Given:
        """Return the input this reader may be shown: `analysis_input` with source clearance, else `merged_input`."""
        return self.analysis_input() if self._ask.grant.sources else self.merged_input()

    def shown_about(self) -> Mapping[str, Sequence[Claim]]:
        """Return the same as `about`, from `visible_input`."""
        if self._ask.grant.sources:
            return self.about()
        return self._caches.shown_about.of(self._ask.state, lambda: ByEnd(self.merged_input()[0]))

    def interested_sources(self) -> frozenset[str]:
        """Return sources with an interest recorded in one of their statements; empty without source clearance."""
        return (
            self._caches.interested.of(self._ask.state, self._interested_sources)
            if self._ask.grant.sources
            else frozenset()
        )

    def _interested_sources(self) -> frozenset[str]:
        noted = set(self._ask.material("hubs.interests", lambda _kind, row: str(row[0])))
        claims = self.analysis_input()[0]
        columns = claims.columns()
        return frozenset(distinct_texts(columns["source"], where(columns["statement"], noted))) - {""}

    def interest(self) -> dict[str, str]:
        """Map leads to `all` or `some`, if all or some sources of the claims that raise them have a recorded interest.

        Agrees with the reading of a single lead (`readings.owing`). Empty without source clearance.
        """
        if not self._ask.grant.sources:
            return {}
        return self._caches.interest.of(self._ask.state, lambda: self._ask.cached_result(INTEREST, self._note))

    @lasting()
    def _note(self) -> dict[str, str]:
        interested = self.interested_sources()
        if not interested:
            return {}
        on = self.basis()
        person, row = raising(on, split_scores(on))
        moved = np.array([claim.source in interested for claim in on.told.claims], dtype=bool)[row]
        every, noted = (np.bincount(who, minlength=len(on.told.ids)) for who in (person, person[moved]))
        return {
            on.told.ids[who]: "all" if noted[who] == every[who] else "some" for who in np.flatnonzero(noted).tolist()
        }

    def surroundings(self) -> Surroundings:
        """Return the network that paths to leads run through, as this reader may be shown it."""
        return self._caches.surroundings.of(self._ask.state, self._surround)

    @lasting()
    def _surround(self) -> Surroundings:
        claims, persons, _ = self.visible_input()
        # With source clearance, the ranking is computed on the same input, so its work can be reused.
        on = self._caches.bases.there(self._ask.state) if self._ask.grant.sources else None
        return surroundings(claims, persons, None if on is None else on.left_out)

    def falsehood(self, lead: str) -> FalseAccounts | None:
        """Return the fewest pieces of evidence that keep a lead among the first places. Includes sources."""
        every = self._cached_places().falsehood
        if every is not None:
            return every.get(lead)
        return self._caches.falsehood.of((*self._ask.state, lead), lambda: self._would_leave(lead))

    def _would_leave(self, lead: str) -> FalseAccounts | None:
        prepared = self._leaving()
        if prepared is None or prepared.leaving.numbers.get(lead) not in first_places(prepared.leaving):
            return None
        return would_leave(prepared.leaving.on, prepared.alone(), lead, leaving=prepared.leaving)

    def invented_statements_needed(self) -> int | None:
        """Return how many agreeing invented statements would put an unmentioned person among the first places."""
        return self._cached_places().invented

    def require_ranked(self, lead: str) -> Lead:
        """Return the lead of a person.

        Raises:
            NotFound: this person is not a candidate, or this reader may not see them.
        """
        for candidate in self.ranking().leads:
            if candidate.id == lead:
                return candidate
        raise not_ranked(self._ask, lead)

    def links(self) -> dict[LinkKey, LinkFigures]:
        """Map the links of the case to the figures of their claims, as shown to this reader."""
        links: dict[LinkKey, LinkFigures] = {}
        for row in self._ask.rows("cases.links", whole=True).dicts():
            figures: dict[str, Any] = {
                name: "" if row[name] is None else row[name] for name in LINK_FIGURES if name in row
            }
            links[row["subject"], row["relation"], row["object"]] = LinkFigures(**figures)
        return links

    def claims(self) -> list[Claim]:
        """Return the claims; without source clearance, those of witnesses are merged by link, polarity and status."""
        with self._ask.act("analyse", query="claims") as outcome:
            claims = (
                [*self.analysis_input()[0]]
                if self._ask.grant.sources
                else [bare(claim) for claim in self.merged_input()[0]]
            )
            outcome |= {"rows": len(claims), "sources": {claim.source for claim in claims} - {""}}
        return claims


def _redact_lead(grant: Grant, lead: Lead, few_below: int) -> Lead:
    """Return a lead as shown to readers without source clearance; its place in the list is unchanged."""
    return replace(
        lead,
        score=told_score(lead.score),
        score_on_record=told_score(lead.score_on_record),
        shares={name: told_score(share) for name, share in lead.shares.items()},
        groups=coarsen(grant, int(lead.groups), few_below),
        independent=None,
        groups_on_record=coarsen(grant, int(lead.groups_on_record), few_below),
        denied=coarsen(grant, denial(lead.denying_groups, lead.denying_others, few_below), few_below),
        denying_groups=0,
        denying_others=0,
    )
