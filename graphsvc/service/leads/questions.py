"""Innocent readings of a lead, and the next best question.

A question goes to the officer responsible for a statement, and asks only about its existing contents. Readers without
source clearance see questions about reports and records; about witness statements they see only that there is a
question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from graphsvc.access.decisions.questions import QuestionStore
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.roles import ABOARD
from graphsvc.analysis.robustness.questions import ENOUGH, NOT_WEIGHED, WITH_CUSTODIAN, Question, choose
from graphsvc.analysis.robustness.readings import InnocentReading, owing, readings
from graphsvc.cases.gc_pause import lasting
from graphsvc.errors import NotFound
from graphsvc.records.coarsened import denial_mark
from graphsvc.records.relations import RELATIONS
from graphsvc.records.statement_kinds import OPEN_KINDS
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import LeadCaches, LeadReadings, Material

__all__ = ["Asking", "InnocentReading", "NextQuestion", "Questions"]


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """One question worth asking.

    Attributes:
        claim: the claim it is about; without source clearance, one from a report or record, without its source.
        text: the question, one of a few fixed sentences.
        rank_if_true: the lead's rank if the claim were beyond dispute.
        rank_if_false: the lead's rank without the claim; None if it would not be ranked. Without source clearance both
            are empty: together they would show how much rests on witnesses.
        denied: `denied` or `contested` if anything contradicts what the claim asserts; else empty.
    """

    claim: Claim
    text: str
    rank_if_true: int | None
    rank_if_false: int | None
    denied: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Next questions about a lead.

    Attributes:
        questions: the best ones, best first.
        notes: further remarks, in fixed sentences.
        put: claim about this lead on which a question was already asked → by which account, and when.
        most: how often one witness may be asked.
    """

    questions: tuple[NextQuestion, ...]
    notes: tuple[str, ...]
    put: dict[str, tuple[str, dt.datetime]]
    most: int


class Questions:
    """Innocent readings of the leads of one case, and what to ask about them."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material
        self._caches = ask.home.caches(LeadCaches)

    def readings(self, lead: str) -> list[InnocentReading]:
        """Return known facts about a lead that would also fit an innocent person.

        Raises:
            NotFound: this person is not a candidate, or this reader may not see them.
        """
        with self._ask.act("analyse", query="readings", lead=lead) as outcome:
            self._material.require_ranked(lead)
            read = self._caches.readings.of((*self._ask.state, lead), lambda: self._read(lead))
            outcome |= {"rows": len(read.readings), "sources": read.interested}
        return list(read.readings)

    def next(self, lead: str) -> Asking:
        """Return the claims about a lead that would be most useful to check, as questions.

        Raises:
            NotFound: this person is not a candidate, or this reader may not see them.
        """
        with self._ask.act("analyse", query="questions", lead=lead) as outcome:
            self._material.require_ranked(lead)
            weighed = self._caches.questions.of((*self._ask.state, lead), lambda: self._weigh(lead))
            asking = self._asking(lead, weighed)
            outcome |= {
                "rows": len(asking.questions),
                "sources": {question.claim.source for question in asking.questions} - {""},
            }
        return asking

    def statements_on(self, ids: Collection[str]) -> dict[str, tuple[str, str, bool]]:
        """Find, for each entity with no one named behind it, the best statement to ask its officer about.

        Statements that name an actor come before mere mentions of the entity; then better graded ones come first.
        Witnesses who have been asked as often as allowed are passed over. Readers without source clearance get only
        reports and records, and learn whether there are witness statements as well.

        Returns:
            id → (statement, its kind, whether there are statements on the id that this reader may not see). Ids that
            no claim mentions are left out.
        """
        sources, most = self._ask.grant.sources, self._ask.settings.questions_most
        chosen: dict[str, tuple[str, str, bool]] = {}
        with self._ask.act("analyse", query="questions") as outcome:
            every = self._material.about()
            about = {identifier: every[identifier] for identifier in ids if identifier in every}
            times_asked = self._store.of(self._ask.case, self._ask.grant).asked
            named = set()
            for identifier, claims in about.items():
                counting = [claim for claim in claims if claim.counts]
                tellers = [claim for claim in counting if sources or claim.source_kind in OPEN_KINDS]
                able = [
                    claim for claim in tellers if claim.source_kind != "witness" or times_asked[claim.source] < most
                ]
                best = min(able, key=_likely, default=None)
                hidden = len(tellers) < len(counting)
                chosen[identifier] = (best.statement, best.source_kind, hidden) if best else ("", "", hidden)
                named |= {best.source} if best else set()
            outcome |= {"rows": len(chosen), "sources": named - {""} if sources else set()}
        return chosen

    def put(self, lead: str, claim: str) -> None:
        """Record that the officer responsible for a claim's statement was asked about it.

        Raises:
            Refused: the role is missing.
            NotFound: the lead or the claim does not exist, or this reader may not see it.
            RequestError: it was asked already, or its source has been asked as often as allowed.
        """
        case, grant = self._ask.case, self._ask.grant
        with self._ask.act("review", step="put", lead=lead, claim=claim) as outcome:
            self._material.require_ranked(lead)
            row = next((row for row in self._material.analysis_input()[0] if row.id == claim and row.counts), None)
            if row is None or (row.source_kind not in OPEN_KINDS and not grant.sources):
                raise NotFound(f"There is no claim with the id {claim[:40]!r} that you can see in this case.")
            limited = row.source_kind == "witness"
            self._store.record_question(
                case,
                grant,
                claim=claim,
                source=row.source,
                handling=row.handling,
                by=self._ask.principal.name,
                most=self._ask.settings.questions_most if limited else None,
            )
            outcome |= {"rows": 1, "sources": {row.source} if limited else set()}

    # -- helpers ----------------------------------------------------------------------------------------------

    @property
    def _store(self) -> QuestionStore:
        return QuestionStore(self._ask.database)

    def _read(self, lead: str) -> LeadReadings:
        about = self._material.shown_about()
        because, mine = self._material.reasons(lead), about.get(lead, [])
        # Only claims that name the lead have a share in its score.
        raising = [claim for claim in mine if claim.asserts and because.share(claim) > 0]
        interested = self._material.interested_sources() & {claim.source for claim in raising}
        owed = owing(raising, interested)
        without = readings(lead, mine, _aboard_with(mine, about))
        return LeadReadings((*without, *([owed] if owed else [])), interested)

    @lasting()
    def _weigh(self, lead: str) -> list[Question]:
        kinds = ("witness", *OPEN_KINDS) if self._ask.grant.sources else OPEN_KINDS
        return self._material.weigh_questions(lead, kinds)

    def _asking(self, lead: str, weighed: list[Question]) -> Asking:
        sources, most = self._ask.grant.sources, self._ask.settings.questions_most
        history = self._store.of(self._ask.case, self._ask.grant)
        about = [claim for claim in self._material.about().get(lead, []) if claim.counts]
        choice = choose(weighed, history.asked, history.claims, most)
        notes = [ENOUGH] if choice.enough else []
        if not self._material.weighable(lead):
            notes.append(NOT_WEIGHED)
        elif not sources and any(claim.source_kind not in OPEN_KINDS for claim in about):
            notes.append(WITH_CUSTODIAN)
        denying = self._ask.denials([each.claim.key for each in choice.questions if each.claim.asserts])
        shown_claims = [
            claim.id for claim in about if claim.id in history.claims and (sources or claim.source_kind in OPEN_KINDS)
        ]
        return Asking(
            tuple(
                NextQuestion(
                    question.claim if sources else replace(question.claim, source=""),
                    question.text,
                    question.rank_if_true if sources else None,
                    question.rank_if_false if sources else None,
                    denial_mark(denying.get(question.claim.key)) if question.claim.asserts else "",
                )
                for question in choice.questions
            ),
            tuple(notes),
            {claim: history.claims[claim] for claim in sorted(shown_claims)},
            most,
        )


def _aboard_with(mine: Iterable[Claim], about: Mapping[str, Sequence[Claim]]) -> list[Claim]:
    """Return claims on who was aboard any crossing of an entity that these claims name."""
    named = {end for claim in mine for end in (claim.subject, claim.object)}
    crossings = {claim.object for end in named for claim in about.get(end, ()) if claim.relation in ABOARD}
    return [claim for crossing in crossings for claim in about[crossing] if claim.relation in ABOARD]


def _likely(claim: Claim) -> tuple[bool, str, str, str]:
    """Return a sort key: statements whose source is likely to know more come first."""
    known = RELATIONS.get(claim.relation)
    return known is None or known.kind != "part", claim.source_grade, claim.assessment, claim.statement
