"""The next best question: which claim, once checked, would tell most about where a lead stands.

A question concerns what a statement already says, and goes to who answers for the statement: the officer of a witness, the
owner of a report, the keeper of a record. It never asks anybody to learn more than they know: that would make a witness into
something else, and put them at risk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from graphsvc.analysis.belief import claim_belief
from graphsvc.analysis.evidence import Claim, Dependence, Person
from graphsvc.analysis.hubs import rank
from graphsvc.analysis.roles import ARRANGES, COMMANDS, HANDS_ON, OPERATION, TAKES_ORDERS

# (kind of statement, polarity) → the question. Nothing else is ever asked.
QUESTIONS = MappingProxyType(
    {
        (
            "witness",
            "asserts",
        ): "Ask the officer of this statement to check how the witness knows that this is so: first hand, or from others.",
        (
            "witness",
            "denies",
        ): "Ask the officer of this statement to check how the witness knows that this is not so: first hand, or from others.",
        (
            "intelligence",
            "asserts",
        ): "Ask the owner of this report to check how its grade was reached, and whether it shares its origin with another.",
        (
            "intelligence",
            "denies",
        ): "Ask the owner of this report to check how its grade was reached, and whether it shares its origin with another.",
        ("record", "asserts"): "Check the record: does it show this, and does it show this person.",
        ("record", "denies"): "Check the record: does it show that this is not so, and does it show this person.",
    }
)
# What is told of a question about what witnesses said to who may not know which of them, and where sources are passed over.
WITH_CUSTODIAN = "A question about what witnesses already said is with the witness custodian."
ENOUGH = (
    "Asked often enough: a source of what is said here has been asked as often as any should be, and is passed over."
)

# Claims weighed for one lead: about them, and about those one step away.
_ABOUT, _BESIDE = 12, 8
# Those with more claims than this say little about one lead; and claims that a lead is weighed among, at most.
_BUSY, _AMONG = 60, 600
_ROLES = frozenset({*COMMANDS, *ARRANGES, *HANDS_ON, *TAKES_ORDERS})


@dataclass(frozen=True, slots=True)
class Question:
    """One claim worth a check.

    Attributes:
        claim: the claim.
        rank_if_true: the lead's rank, from 1, if the claim were as good as any; `rank_if_false` if it were not there.
        worth: how much is uncertain about the lead for the claim alone, 0 or more; orders questions, means nothing by
            itself.
    """

    claim: Claim
    rank_if_true: int
    rank_if_false: int
    worth: float

    @property
    def text(self) -> str:
        """The question: one of `QUESTIONS`."""
        return QUESTIONS[self.claim.source_kind, self.claim.polarity]


@dataclass(frozen=True, slots=True)
class Choice:
    """What to ask next.

    Attributes:
        questions: the best, best first. enough: whether a better one was passed over because its source was asked enough.
    """

    questions: tuple[Question, ...]
    enough: bool


def weigh(
    lead: str,
    claims: Iterable[Claim],
    persons: Iterable[Person],
    dependence: Dependence,
    scores: Mapping[str, float],
    *,
    singly: bool = False,
    kinds: Collection[str] = ("witness", "intelligence", "record"),
) -> list[Question]:
    """The claims about a lead, and about those one step from them, by how far the answer could move the lead.

    Each of about 20 is once made as good as a claim can be and once left out, and the lead is scored again among the claims
    about them and their neighbours. The difference, in places of the ranking, is weighed by belief * (1 - belief): what is
    all but certain, or all but dismissed, is not worth a question (the uncertainty sampling of Lewis & Gale 1994).

    Args:
        lead: id of a ranked person.
        claims: those the reader may see.
        persons: likewise.
        dependence: what sources share, see `dependence`.
        scores: of everyone ranked, the lead among them.
        singly: see `hubs.rank`.
        kinds: kinds of statement asked about.

    Raises:
        KeyError: the lead is not ranked.

    Example:
        >>> from graphsvc.analysis.examples import people, said
        >>> claims = [said("s1: p1 RUNS g1"), said("r1: p2 RUNS g2", source_kind="record")]
        >>> found = weigh("p1", claims, people("p1", "p2"), {}, {"p1": 0.62, "p2": 0.7})
        >>> [(question.claim.id, question.rank_if_true, question.rank_if_false) for question in found]
        [('s1: p1 RUNS g1', 1, 2)]

    Limits: one claim at a time, so two that only matter together are missed; and only among those near the lead, so ranks are
    near what they would be, not exactly. What would be most worth knowing may be what nobody has said.
    """
    persons = list(persons)
    near, about = _neighbourhood(lead, claims)
    if not any(claim.relation in _ROLES for claim in near):
        return []
    ends = {end for claim in near for end in (claim.subject, claim.object)}
    some = [person for person in persons if person.id in ends]
    others = sorted(score for name, score in scores.items() if name != lead)

    def scored(among: list[Claim]) -> float:
        found = rank(among, some, dependence, singly=singly).leads
        return next((one.score for one in found if one.id == lead), 0.0)

    base = scored(near)
    found = []
    for claim in _candidates(near, about, kinds):
        rest = [one for one in near if one is not claim]
        sure = replace(claim, source_grade="1", assessment="A")
        moves = [scores[lead] + scored(among) - base for among in ([*rest, sure], rest)]
        places = [1 + sum(score > move + 1e-9 for score in others) for move in moves]
        belief = _belief(claim)
        worth = belief * (1 - belief) * (abs(places[0] - places[1]) + min(abs(moves[0] - moves[1]), 0.99))
        if worth > 1e-9:
            found.append(Question(claim, places[0], places[1], worth))
    return sorted(found, key=lambda question: (-round(question.worth, 9), question.claim.id))


def choose(
    weighed: Sequence[Question], asked: Mapping[str, int], put: Collection[str], most: int, shown: int = 3
) -> Choice:
    """The questions to be put next: not what was put already, and nothing more to a witness who was asked `most` times.

    Args:
        weighed: see `weigh`.
        asked: source → how often it was asked.
        put: ids of claims that were asked about.
        most: how often one witness may be asked.
        shown: how many questions are given.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> weighed = [Question(said(f"s{n}: p1 RUNS g1"), 1, 2, 1 / n) for n in (1, 2, 3)]
        >>> choice = choose(weighed, {"s1": 3}, {"s2: p1 RUNS g1"}, most=3)
        >>> [question.claim.source for question in choice.questions], choice.enough
        (['s3'], True)

    Limits: what was asked by other ways than this is not counted.
    """
    questions: list[Question] = []
    enough = False
    for question in weighed:
        if len(questions) == shown:
            break
        if question.claim.id in put:
            continue
        if question.claim.source_kind == "witness" and asked.get(question.claim.source, 0) >= most:
            enough = True
        else:
            questions.append(question)
    return Choice(tuple(questions), enough)


def _neighbourhood(lead: str, claims: Iterable[Claim]) -> tuple[list[Claim], list[Claim]]:
    """Claims with weight of the operation about a lead or those one step away, and those about the lead alone."""
    counting = [claim for claim in claims if claim.counts and claim.relation in OPERATION]
    about = [claim for claim in counting if lead in (claim.subject, claim.object)]
    beside = {end for claim in about for end in (claim.subject, claim.object)} - {lead}
    touching = [claim for claim in counting if claim.subject in beside or claim.object in beside]
    busy = Counter(end for claim in touching for end in {claim.subject, claim.object} & beside)
    quiet = {end for end in beside if busy[end] <= _BUSY}
    more = [
        claim
        for claim in touching
        if lead not in (claim.subject, claim.object) and (claim.subject in quiet or claim.object in quiet)
    ]
    # The lead's own claims all; of the others the best known ones, the same whatever order they come in.
    more.sort(key=lambda claim: (-_belief(claim), claim.id))
    return about + more[: max(_AMONG - len(about), 0)], about


def _candidates(near: Sequence[Claim], about: Collection[Claim], kinds: Collection[str]) -> list[Claim]:
    """The claims to be weighed: the least certain about the lead, then the least certain beside them."""
    own = {claim.id for claim in about}

    def uncertain(claim: Claim) -> tuple[float, str]:
        belief = _belief(claim)
        return -round(belief * (1 - belief), 9), claim.id

    asked = sorted((claim for claim in near if claim.source_kind in kinds), key=uncertain)
    mine = [claim for claim in asked if claim.id in own]
    others = [claim for claim in asked if claim.id not in own and claim.relation in _ROLES]
    return mine[:_ABOUT] + others[:_BESIDE]


def _belief(claim: Claim) -> float:
    return claim_belief(claim.source_kind, claim.source_grade, claim.assessment)
