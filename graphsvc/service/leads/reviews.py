"""Reviews: decisions about leads, each with a reason and a copy of the figures shown.

The software ranks; a person decides. A decision changes no score. Readers with a lower handling clearance than the
reviewer do not see the review. Readers without the reviewer's source clearance do not see its reason and exact figures.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from graphsvc.access.decisions.reviews import JUDGEMENTS, Figures, ReviewStore, StoredReview
from graphsvc.analysis.ranking.hubs import RULES_VERSION, Ranking
from graphsvc.errors import Outdated
from graphsvc.service.ask import Ask, nothing
from graphsvc.service.leads.material import Material
from graphsvc.views import wording

__all__ = ["Figures", "Review", "Reviews"]


@dataclass(frozen=True, slots=True)
class Review:
    """A person's decision about a lead, as this reader may see it.

    Attributes:
        lead: the person's id, as shown on pages.
        judgement: one of JUDGEMENTS.
        reason: empty if `withheld`.
        handling: the reviewer's handling clearance: `P` alone, or `C` for both.
        case_version, rules: state of the data and version of the scoring rules at that time.
        version: state of the data now.
        then: the figures shown to the reviewer.
        now: the same figures today; None if not comparable because the reviewer's handling clearance was different.
        rules_changed: whether the scoring rules have changed since.
        withheld: the reason is withheld, since it may reveal witnesses: only the reviewer had source clearance.
    """

    id: str
    lead: str
    account: str
    at: dt.datetime
    judgement: str
    reason: str
    handling: str
    case_version: int
    version: int
    rules: str
    then: Figures
    now: Figures | None
    rules_changed: bool
    withheld: bool

    @property
    def has_changed(self) -> bool:
        """Whether the data have changed since."""
        return self.version != self.case_version

    @property
    def since(self) -> str:
        """How the lead has changed since, in one line; empty if it cannot have changed."""
        versions = self.case_version, self.version
        return wording.since(self.then, self.now, versions, rules_changed=self.rules_changed)

    @property
    def done(self) -> str:
        """The judgement in the past tense: `agreed`, `refused`, `parked`."""
        return wording.JUDGEMENTS[self.judgement][1]

    @property
    def figures_line(self) -> str:
        """Figures shown to the reviewer, in one line."""
        then = self.then
        voices = wording.voices(then.groups, then.other_sources)
        apart = "" if then.stands_out else ", no one stood out"
        scores = f"score {then.score:.2f}, {then.score_on_record:.2f} on the record"
        return f"rank {then.rank} of {then.of}{apart}; {scores}; {voices}; denied {then.denied}"


class Reviews:
    """Decisions about the leads of one case."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material

    def add(self, lead: str, judgement: str, reason: str, *, seen: int | None = None) -> str:
        """Store a review that agrees with a lead, refuses it or parks it; return its id. Earlier reviews are kept.

        Args:
            lead: the person the decision is about.
            judgement: one of JUDGEMENTS.
            reason: why.
            seen: the version of the case in which the lead was shown (`Session.version`); None if nothing was shown.

        Raises:
            Refused: the role is missing.
            NotFound: this person is not a candidate, or this reader may not see them.
            RequestError: judgement or reason is invalid.
            Outdated: the case has changed since the lead was shown, so the review would be stored with figures no one
                saw.
        """
        case, grant = self._ask.case, self._ask.grant
        step = {"step": "add", "kind": judgement} if judgement in JUDGEMENTS else {"step": "add"}
        with self._ask.act("review", lead=lead, **step) as outcome:
            version = self._ask.version
            figures, coarsened = (
                _figures(material.ranking(), lead) for material in (self._material, self._material.without_sources())
            )
            if figures is None or coarsened is None:
                raise nothing(lead)
            if version != self._ask.version or seen not in (None, version):
                raise Outdated(
                    "The data have changed since this lead was shown to you, so nothing was kept. Look at it as it is now, then"
                    " decide."
                )
            outcome["rows"] = 1
            return self._store.add(
                case,
                self._pseudonyms([lead])[lead],
                judgement,
                reason,
                by=self._ask.principal.name,
                grant=grant,
                state=(version, RULES_VERSION),
                figures=(figures, coarsened),
                withhold=self._ask.withhold(),
            )

    def of(self, lead: str = "") -> list[Review]:
        """Return decisions about one lead, or about all leads ranked for this reader; newest first."""
        with self._ask.act("analyse", query="reviews") as outcome:
            stored = self._store.of(self._ask.case, self._ask.grant, self._ask.principal.name)
            reviews = self._visible_reviews(stored, lead) if stored else []
            outcome["rows"] = len(reviews)
        return reviews

    def latest(self) -> dict[str, Review]:
        """Return the latest review of each lead ranked for this reader."""
        return {review.lead: review for review in reversed(self.of())}

    def _visible_reviews(self, reviews: list[StoredReview], lead: str) -> list[Review]:
        """Return reviews of leads ranked for this reader; all others are left out."""
        ranked = [candidate.id for candidate in self._material.ranking().leads if not lead or candidate.id == lead]
        ids_by_pseudonym = {behind: identifier for identifier, behind in self._pseudonyms(ranked).items()}
        version = self._ask.version
        # If a person was still named when reviewed and is sealed now, only source clearance shows the review.
        knows = self._ask.grant.sources
        return [
            self._told_review(review, ids_by_pseudonym[review.pseudonym], version)
            for review in reviews
            if review.pseudonym in ids_by_pseudonym and (knows or not review.of_name)
        ]

    def _told_review(self, review: StoredReview, lead: str, version: int) -> Review:
        exact = self._ask.grant.sources and review.sources
        now = None
        if review.handling == self._ask.grant.handling:
            now = _figures((self._material if exact else self._material.without_sources()).ranking(), lead)
        withheld = review.sources and not self._ask.grant.sources
        return Review(
            id=review.id,
            lead=lead,
            account=review.account,
            at=review.at,
            judgement=review.judgement,
            reason="" if withheld else review.reason,
            handling=review.handling,
            case_version=review.case_version,
            version=version,
            rules=review.rules,
            then=review.shown if exact else review.told,
            now=now,
            rules_changed=review.rules != RULES_VERSION,
            withheld=withheld,
        )

    @property
    def _store(self) -> ReviewStore:
        return ReviewStore(self._ask.database, self._ask.key)

    def _pseudonyms(self, people: list[str]) -> dict[str, str]:
        """Map person ids, as shown on pages, to the pseudonyms that these people have or would have if sealed."""
        sealed = {person.id for person in self._material.analysis_input()[1] if person.sealed}
        named = self._ask.pseudonyms("person", [person for person in people if person not in sealed])
        return {person: named.get(person, person) for person in people}


def _figures(ranking: Ranking, lead: str) -> Figures | None:
    """Return the figures of one lead in a ranking; None if the ranking does not include it."""
    candidate = next((candidate for candidate in ranking.leads if candidate.id == lead), None)
    if candidate is None:
        return None
    return Figures(
        candidate.rank,
        len(ranking.leads),
        candidate.score,
        candidate.score_on_record,
        candidate.groups,
        candidate.other_sources,
        candidate.denied,
        ranking.verdict == "leads",
    )
