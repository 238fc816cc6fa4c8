"""Why a lead is one: the accounts for and against, who stands behind them, and how sources lead there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from graphsvc.analysis.evidence.belief import claim_belief
from graphsvc.analysis.evidence.claims import Claim, Dependence, Person
from graphsvc.analysis.evidence.dependence import groups
from graphsvc.analysis.evidence.roles import ARRANGES, COMMANDS, LEVEL_TIES, OPERATION
from graphsvc.analysis.score.candidates import carried
from graphsvc.records.relations import LinkKey
from graphsvc.records.weights import SHIPPED, Weights

_LONGEST = 3
# Nodes tied to more than this many others say little about a path through them, and would make it a random walk.
_BUSY = 60


@dataclass(frozen=True, slots=True)
class Path:
    """How one source's account leads to the lead: the source's own claim first, the claim that touches the lead last.

    Attributes:
        strength: product of the beliefs of the claims, 0 to 1; orders paths, means nothing by itself.
    """

    source: str
    statement: str
    claims: tuple[Claim, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What speaks for one lead and what against it.

    Attributes:
        supporting: claims with weight that raise the lead, strongest first.
        other: further claims with weight of the operation about the lead (lower parts, orders taken, plain ties).
        denying: claims with weight that deny something said of the lead.
        taken_back: claims about the lead that are superseded or withdrawn.
        groups: independent groups of witnesses behind `supporting`, each a set of pseudonyms.
        other_sources: reports and records behind `supporting`.
        paths: from witnesses to the lead, strongest first.
        voices: link → how many groups of witnesses assert it, where their accounts are told as one.
    """

    lead: str
    supporting: tuple[Claim, ...]
    other: tuple[Claim, ...]
    denying: tuple[Claim, ...]
    taken_back: tuple[Claim, ...]
    groups: tuple[frozenset[str], ...]
    other_sources: tuple[str, ...]
    paths: tuple[Path, ...]
    voices: Mapping[LinkKey, int | str] = field(default_factory=dict)


def explain(
    lead_id: str,
    claims: Iterable[Claim],
    persons: Iterable[Person],
    dependence: Dependence,
    limit: int = 20,
    weights: Weights = SHIPPED,
) -> Explanation:
    """Why this person is a lead, as data, with at most `limit` paths; `weights` say what a grading is worth.

    Example:
        >>> claim = Claim("c1", "p1", "RUNS", "g1", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "gang")
        >>> why = explain("p1", [claim], [], {})
        >>> [claim.id for claim in why.supporting], why.groups, why.paths[0].source
        (['c1'], (frozenset({'s1'}),), 's1')

    Limits: paths show how accounts hang together; a path of true claims can still mean nothing. Names sources by
    pseudonym, so the caller shows it only to those cleared for them.
    """
    claims, persons = list(claims), list(persons)
    roles = any(claim.relation in COMMANDS or claim.relation in ARRANGES for claim in claims)
    about = [claim for claim in claims if lead_id in (claim.subject, claim.object) and claim.relation in OPERATION]
    upper = [claim for claim in about if claim.asserts and _raises(claim, lead_id, roles)]
    witnesses = {claim.source for claim in upper if claim.source_kind == "witness"}
    return Explanation(
        lead=lead_id,
        supporting=_ordered(upper, weights),
        other=_ordered((claim for claim in about if claim.asserts and not _raises(claim, lead_id, roles)), weights),
        denying=_ordered((claim for claim in about if claim.denies), weights),
        taken_back=_ordered((claim for claim in about if not claim.counts), weights),
        groups=tuple(groups(witnesses, dependence)),
        other_sources=tuple(sorted({claim.source for claim in upper if claim.source_kind != "witness"})),
        paths=_paths(lead_id, claims, persons, weights)[:limit],
    )


def _raises(claim: Claim, lead: str, roles: bool) -> bool:
    if not roles:
        return claim.relation in LEVEL_TIES
    return claim.subject == lead and (claim.relation in COMMANDS or claim.relation in ARRANGES)


def _strength(claim: Claim, weights: Weights) -> float:
    return claim_belief(claim.source_kind, claim.source_grade, claim.assessment, claim.interest, weights)


def _ordered(claims: Iterable[Claim], weights: Weights) -> tuple[Claim, ...]:
    return tuple(sorted(claims, key=lambda claim: (-_strength(claim, weights), claim.id)))


def _paths(lead: str, claims: list[Claim], persons: list[Person], weights: Weights) -> tuple[Path, ...]:
    """Walks outwards from the lead along the operation; each walk that a witness's claim ends is a path back.

    One path per source, end and length: the strongest. Whoever was only carried is no step on the way.
    """
    only_carried = carried(claims, persons)
    touching: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.asserts and claim.relation in OPERATION:
            touching[claim.subject].append(claim)
            touching[claim.object].append(claim)
    best: dict[tuple[str, str, int], Path] = {}
    front: dict[str, tuple[tuple[Claim, ...], float]] = {lead: ((), 1.0)}
    seen = {lead}
    for _ in range(_LONGEST):
        further: dict[str, tuple[tuple[Claim, ...], float]] = {}
        for place, (way, so_far) in sorted(front.items()):
            for claim in _ordered(touching[place], weights):
                end = claim.object if claim.subject == place else claim.subject
                if end in seen:
                    continue
                path = Path(claim.source, claim.statement, (claim, *way), so_far * _strength(claim, weights))
                if claim.source_kind == "witness":
                    _keep(best, (claim.source, end, len(path.claims)), path)
                if (
                    end not in only_carried
                    and len(touching[end]) <= _BUSY
                    and path.strength > further.get(end, ((), 0.0))[1]
                ):
                    further[end] = path.claims, path.strength
        seen |= further.keys()
        front = further
    paths = chain(best.values())
    return tuple(
        sorted(paths, key=lambda path: (-path.strength, len(path.claims), [claim.id for claim in path.claims]))
    )


def _keep(best: dict[tuple[str, str, int], Path], key: tuple[str, str, int], path: Path) -> None:
    if key not in best or path.strength > best[key].strength:
        best[key] = path
