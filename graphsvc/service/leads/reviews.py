"""Reviews: a person decides about a lead, with a reason, beside what was shown then.

The software ranks; a person decides. A decision changes no score. Who is cleared for less than the reviewer was is not
told of it (handling) or not of its words and exact figures (sources).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from graphsvc.access.decided.reviews import JUDGEMENTS, Figures, ReviewStore, StoredReview
from graphsvc.analysis.score.hubs import RULES_VERSION, Ranking
from graphsvc.errors import Outdated
from graphsvc.service.ask import Ask, nothing
from graphsvc.service.leads.material import Material
from graphsvc.views import wording

__all__ = ["JUDGEMENTS", "Figures", "Review", "Reviews"]


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody decided about a lead, as this reader may know it.

    Attributes:
        lead: the id that pages show.
        judgement: one of JUDGEMENTS. reason: empty where `withheld`.
        handling: what the reviewer saw: `P` alone, or `C` as well.
        case_version, rules: state of the data and version of the score's rules then.
        version: state of the data now.
        then: what was shown. now: the same today, empty where it cannot be compared: the reviewer saw less than the reader.
        rules_changed: whether the score is made by other rules by now.
        withheld: the reviewer had source clearance and the reader has none: the reason may tell of witnesses.
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
    def changed(self) -> bool:
        """Whether the data have changed since."""
        return self.version != self.case_version

    @property
    def since(self) -> str:
        """What has become of the lead since, in one line; empty if nothing can have."""
        versions = self.case_version, self.version
        return wording.since(self.then, self.now, versions, rules_changed=self.rules_changed)

    @property
    def done(self) -> str:
        """The judgement as what was done: `agreed`, `refused`, `parked`."""
        return wording.JUDGEMENTS[self.judgement][1]

    @property
    def shown(self) -> str:
        """What was shown then, in one line."""
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
        """Agree with a lead, refuse it or park it; gives the review's id. It stands beside earlier ones for good.

        Args:
            lead: who is decided about.
            judgement: one of JUDGEMENTS.
            reason: why.
            seen: the version of the case in which it was shown (`Session.version`); None where nothing was shown before.

        Raises:
            Refused: the role is missing. NotFound: this person is no candidate, or not theirs to see.
            RequestError: judgement or reason is none.
            Outdated: the case has changed since it was shown, and what is kept beside the review would be what nobody saw.
        """
        case, grant = self._ask.case, self._ask.grant
        step = {"step": "add", "kind": judgement} if judgement in JUDGEMENTS else {"step": "add"}
        with self._ask.act("review", lead=lead, **step) as outcome:
            version = self._ask.version
            shown, coarsened = (
                _figures(material.ranking(), lead) for material in (self._material, self._material.without_sources())
            )
            if shown is None or coarsened is None:
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
                figures=(shown, coarsened),
                withhold=self._ask.withhold(),
            )

    def of(self, lead: str = "") -> list[Review]:
        """What people decided about one lead, or about all that are ranked for this reader; newest first."""
        with self._ask.act("analyse", query="reviews") as outcome:
            stored = self._store.of(self._ask.case, self._ask.grant, self._ask.principal.name)
            reviews = self._told(stored, lead) if stored else []
            outcome["rows"] = len(reviews)
        return reviews

    def latest(self) -> dict[str, Review]:
        """Of each lead that is ranked for this reader and was decided about the latest review."""
        return {review.lead: review for review in reversed(self.of())}

    def _told(self, reviews: list[StoredReview], lead: str) -> list[Review]:
        """Those about leads that are ranked for this reader: of anybody else nothing is told."""
        ranked = [candidate.id for candidate in self._material.ranking().leads if not lead or candidate.id == lead]
        shown = {behind: identifier for identifier, behind in self._pseudonyms(ranked).items()}
        version = self._ask.version
        # What was decided on a name does not go on from it to the pseudonym, but for who knows sources.
        knows = self._ask.grant.sources
        return [
            self._told_review(review, shown[review.pseudonym], version)
            for review in reviews
            if review.pseudonym in shown and (knows or not review.of_name)
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
        """Person, by the id that pages show → the pseudonym they have, or would have if they were sealed."""
        sealed = {person.id for person in self._material.given()[1] if person.sealed}
        named = self._ask.pseudonyms("person", [person for person in people if person not in sealed])
        return {person: named.get(person, person) for person in people}


def _figures(ranking: Ranking, lead: str) -> Figures | None:
    """What a ranking says of one lead; None if it does not rank them."""
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
