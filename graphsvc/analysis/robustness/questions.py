"""The next best question: the claim whose check would show most about a lead's rank.

A question concerns something a statement already says. It goes to the person responsible for the statement: the officer
of a witness, the owner of a report, the keeper of a record. It never asks anyone to find out more: that would turn a
witness into an informant and put them at risk.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.claims.belief import claim_belief, strengths
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.ledger import Ledger
from graphsvc.analysis.claims.roles import OPERATION, ROLE_RELATIONS
from graphsvc.analysis.ranking.basis import Basis
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.rereading import ClaimChange
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.records.weights import Weights

# Messages in place of questions: without source clearance, where sources are passed over, and for people not weighed.
WITH_CUSTODIAN = "There is a question about what witnesses already said; it takes source clearance to be seen."
ENOUGH = "Asked often enough: one source here has been asked as often as allowed, and is left out."
NOT_WEIGHED = (
    "Not worked out for this person: the list goes by who is linked with whom, or nothing is told of a part of theirs."
)

# Number of claims weighed for one lead: about the lead, and about people one step away.
_ABOUT, _BESIDE = 12, 8
# Neighbours with more claims than this say little about one lead; maximum number of claims used to weigh a lead.
_BUSY, _AMONG = 60, 600


@dataclass(frozen=True, slots=True)
class Question:
    """One claim worth checking.

    Attributes:
        claim: the claim.
        rank_if_true: the lead's rank, from 1, if nothing spoke against the claim; `rank_if_false`: the rank without the
            claim; None: not ranked then.
        worth: how much uncertainty about the lead the claim causes, 0 or more; only for ordering questions.
    """

    claim: Claim
    rank_if_true: int
    rank_if_false: int | None
    worth: float

    @property
    def text(self) -> str:
        """The wording, fixed for each kind of statement; no other question is ever asked."""
        kind = STATEMENT_KINDS[self.claim.source_kind]
        return kind.if_asserts if self.claim.asserts else kind.if_denies


@dataclass(frozen=True, slots=True)
class Choice:
    """The next questions to ask.

    Attributes:
        questions: the best questions, best first. enough: whether a better question was passed over because its source
            was asked often enough.
    """

    questions: tuple[Question, ...]
    enough: bool


def weigh(
    lead: str,
    on: Basis,
    kinds: Collection[str] = tuple(STATEMENT_KINDS),
    leaving: LeavingOut | None = None,
) -> list[Question]:
    """Order the claims about a lead, and about its neighbours, by how far an answer could move the lead.

    Each of about 20 claims is once treated as undisputed and once left out, and everyone is scored again. The
    difference in rank, plus the difference in score up to 0.99, is multiplied by belief * (1 - belief): claims that are
    almost certain, or almost dismissed, are not worth a question (the uncertainty sampling of Lewis & Gale 1994).

    Args:
        lead: id of a ranked person.
        on: the basis of the ranking.
        kinds: kinds of statement to ask about.
        leaving: `LeavingOut` of `on`, if already made.

    Example:
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> claims = [claim_from("s1: p1 RUNS g1"), claim_from("r1: p2 RUNS g2", source_kind="intelligence")]
        >>> found = weigh("p1", basis(claims, people("p1", "p2"), {}))
        >>> [(question.claim.id, question.rank_if_true, question.rank_if_false) for question in found]
        [('s1: p1 RUNS g1', 1, 2)]

    Limits: one claim at a time, so two that only matter together are missed. The most valuable fact may be one that no
    one has stated.
    """
    if not weighable(lead, on):
        return []
    leaving = leaving or LeavingOut(on)
    numbers = _neighbourhood(lead, on.told)
    beside = on.told.claims.among(np.array(numbers, dtype=np.int64))
    near = {id(claim): number for claim, number in zip(beside, numbers, strict=True)}
    candidates = _candidates(lead, list(beside), kinds, on.told.weights)
    numbers = [near[id(claim)] for claim in candidates]
    without = leaving.of_one([np.array([number]) for number in numbers], lead)
    true = [_make_undisputed(on.told, number) for number in numbers]
    at_best = leaving.standing(true, lead)
    questions = []
    for place, claim in enumerate(candidates):
        if_true, if_false = int(at_best.rank[place, 0]), int(without.rank[place, 0])
        belief, moved = _belief(claim, on.told.weights), abs(at_best.score[place, 0] - without.score[place, 0])
        worth = belief * (1 - belief) * (abs(if_true - if_false) + min(moved, 0.99))
        if worth > 1e-9:
            questions.append(Question(claim, if_true, if_false if without.ranked[place, 0] else None, float(worth)))
    return sorted(questions, key=lambda question: (-round(question.worth, 9), question.claim.id))


def weighable(lead: str, on: Basis) -> bool:
    """Whether claims can be weighed for a lead: it must be in the network, ranked by roles, and not only carried.

    Example:
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> on = basis([claim_from("s1: p1 RUNS g1")], people("p1", "p2"), {})
        >>> weighable("p1", on), weighable("p2", on)
        (True, False)

    Limits: checking a claim that can be weighed need not move the lead.
    """
    return on.network is not None and lead in on.network.ids and lead not in on.left_out


def _make_undisputed(ledger: Ledger, number: int) -> ClaimChange:
    """Return the change that makes a claim undisputed, so that an asserted link is true and a denied one is not."""
    return ClaimChange(
        np.zeros(0, dtype=np.int64), ledger.link[[number]], np.array([0.0 if ledger.denies[number] else 1.0])
    )


def choose(
    weighed: Sequence[Question],
    times_asked: Mapping[str, int],
    asked_claims: Collection[str],
    most: int,
    count: int = 3,
) -> Choice:
    """Choose the next questions, leaving out claims already asked about and witnesses asked `most` times.

    Args:
        weighed: the result of `weigh`.
        times_asked: source → number of times it was asked.
        asked_claims: ids of claims already asked about.
        most: how often one witness may be asked.
        count: number of questions to return.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> weighed = [Question(claim_from(f"s{n}: p1 RUNS g1"), 1, 2, 1 / n) for n in (1, 2, 3)]
        >>> choice = choose(weighed, {"s1": 3}, {"s2: p1 RUNS g1"}, most=3)
        >>> [question.claim.source for question in choice.questions], choice.enough
        (['s3'], True)

    Limits: questions asked outside this system are not counted.
    """
    questions: list[Question] = []
    enough = False
    for question in weighed:
        if len(questions) == count:
            break
        if question.claim.id in asked_claims:
            continue
        if question.claim.source_kind == "witness" and times_asked.get(question.claim.source, 0) >= most:
            enough = True
        else:
            questions.append(question)
    return Choice(tuple(questions), enough)


def _neighbourhood(lead: str, ledger: Ledger) -> list[int]:
    """Return rows of the operation about a lead or its direct neighbours."""
    number = bisect_left(ledger.ids, lead)
    if ledger.ids[number : number + 1] != [lead]:
        return []
    operation = ledger.of(OPERATION)
    mine = operation & ((ledger.subject == number) | (ledger.object == number))
    about = np.flatnonzero(mine)
    beside = np.zeros(len(ledger.ids), dtype=bool)
    beside[ledger.subject[about]] = beside[ledger.object[about]] = True
    beside[number] = False
    touching = np.flatnonzero(operation & (beside[ledger.subject] | beside[ledger.object]))
    subject, object_ = ledger.subject[touching], ledger.object[touching]
    ends = np.concatenate((subject, object_[object_ != subject]))
    quiet = beside & (np.bincount(ends, minlength=len(beside)) <= _BUSY)
    more: list[int] = touching[~mine[touching] & (quiet[subject] | quiet[object_])].tolist()
    # All claims about the lead, and the most strongly believed of the others, whatever their order.
    strength = strengths(ledger)
    names = dict(zip(more, ledger.claims.among(np.array(more, dtype=np.int64)).texts("id"), strict=True))
    more.sort(key=lambda row: (-strength[row], names[row]))
    return [*about.tolist(), *more[: max(_AMONG - len(about), 0)]]


def _candidates(lead: str, near: Sequence[Claim], kinds: Collection[str], weights: Weights) -> list[Claim]:
    """Return the claims to weigh: the least certain about the lead, then the least certain about its neighbours."""

    def uncertain(claim: Claim) -> tuple[float, str]:
        belief = _belief(claim, weights)
        return -round(belief * (1 - belief), 9), claim.id

    eligible = sorted((claim for claim in near if claim.source_kind in kinds), key=uncertain)
    mine = [claim for claim in eligible if lead in (claim.subject, claim.object)]
    neighbours = [
        claim for claim in eligible if lead not in (claim.subject, claim.object) and claim.relation in ROLE_RELATIONS
    ]
    return mine[:_ABOUT] + neighbours[:_BESIDE]


def _belief(claim: Claim, weights: Weights) -> float:
    return claim_belief(*claim.grading, weights=weights)
