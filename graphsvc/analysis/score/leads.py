"""Why a lead is one: the accounts for and against, who stands behind them, and how sources lead there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from graphsvc.analysis.evidence.belief import claim_belief
from graphsvc.analysis.evidence.claims import Claim, Dependence, Person
from graphsvc.analysis.evidence.dependence import groups
from graphsvc.analysis.evidence.laid import ByEnd, LaidClaims
from graphsvc.analysis.evidence.roles import OPERATION
from graphsvc.analysis.score.candidates import carried
from graphsvc.analysis.score.folding import bare
from graphsvc.analysis.score.reasons import Reasons
from graphsvc.records import told
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
        supporting: claims with weight that assert something and have a share that raises the score, largest first.
        lowering: those that have one that lowers it.
        other: further claims with weight of the operation about the lead; the score is the same without any of them.
        denying: claims with weight that deny something said of the lead.
        because: what the score is made of, claim by claim.
        taken_back: claims about the lead that are superseded or withdrawn.
        groups: independent groups of witnesses who assert what raises it, each a set of pseudonyms.
        other_sources: reports and records that do.
        paths: from witnesses to the lead, strongest first.
        voices: link → how many groups of witnesses assert it, where their accounts are told as one.
        denied: link → `denied` or `contested`, of those that something speaks against.
    """

    lead: str
    supporting: tuple[Claim, ...]
    lowering: tuple[Claim, ...]
    other: tuple[Claim, ...]
    denying: tuple[Claim, ...]
    taken_back: tuple[Claim, ...]
    groups: tuple[frozenset[str], ...]
    other_sources: tuple[str, ...]
    paths: tuple[Path, ...]
    because: Reasons
    voices: Mapping[LinkKey, int | str] = field(default_factory=dict)
    denied: Mapping[LinkKey, str] = field(default_factory=dict)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim about the lead."""
        return (*self.supporting, *self.lowering, *self.other, *self.denying, *self.taken_back)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What ways to a lead go over.

    Attributes:
        touching: person or thing → the claims of the operation that have it at an end.
        carried: ids of whoever was only carried or exploited.
    """

    touching: Mapping[str, Sequence[Claim]]
    carried: frozenset[str]


def surroundings(
    claims: Iterable[Claim], persons: Iterable[Person], left_out: frozenset[str] | None = None
) -> Surroundings:
    """What ways to any lead go over, for who looks at several.

    Args:
        claims: those the reader may be shown; folded ones do.
        persons: likewise.
        left_out: what `candidates.carried` gives of them, where it was worked out already.

    Example:
        >>> from graphsvc.analysis.examples import people, said
        >>> around = surroundings([said("s1: p2 PILOTED x1"), said("s1: p3 CROSSED_ON x1")], people("p2", "p3"))
        >>> sorted(around.touching), sorted(around.carried)
        (['p2', 'x1'], ['p3'])

    Limits: as `candidates.carried`.
    """
    claims = claims if isinstance(claims, LaidClaims) else list(claims)
    left_out = carried(claims, persons) if left_out is None else left_out
    columns = claims.columns() if isinstance(claims, LaidClaims) else None
    if isinstance(claims, LaidClaims) and columns is not None:
        asserted = columns["status"].where("active".__eq__) & columns["polarity"].where("asserts".__eq__)
        rows = np.flatnonzero(asserted & columns["relation"].where(OPERATION.__contains__))
        return Surroundings(ByEnd(claims, columns, rows, twice=True), left_out)
    touching: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.asserts and claim.relation in OPERATION:
            touching[claim.subject].append(claim)
            touching[claim.object].append(claim)
    return Surroundings(touching, left_out)


def explain(
    lead_id: str,
    claims: Iterable[Claim],
    persons: Iterable[Person],
    dependence: Dependence,
    because: Reasons,
    limit: int = 20,
    weights: Weights = SHIPPED,
    around: Surroundings | None = None,
) -> Explanation:
    """Why this person is a lead, as data.

    Args:
        lead_id: the person's id.
        claims: those the reader may be shown, of the person at least; folded ones do.
        persons: those the reader may be shown.
        dependence: what sources share.
        because: what the score is made of, see `reasons`.
        limit: of paths.
        weights: what a grading is worth.
        around: the surroundings of all claims, where they were made already; else of these.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.score.reasons import reasons
        >>> claim = Claim("c1", "p1", "RUNS", "g1", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "gang")
        >>> given = [claim], [Person("p1", "", frozenset(), False)], {}
        >>> why = explain("p1", *given, reasons(basis(*given), "p1"))
        >>> [claim.id for claim in why.supporting], why.groups, why.paths[0].source
        (['c1'], (frozenset({'s1'}),), 's1')

    Limits: paths show how accounts hang together; a path of true claims can still mean nothing. Names sources by
    pseudonym, so the caller shows it only to those cleared for them.
    """
    claims, share = list(claims), because.share
    around = around or surroundings(claims, persons)
    about = [
        claim
        for claim in claims
        if lead_id in (claim.subject, claim.object) and (claim.relation in OPERATION or share(claim))
    ]
    asserted = [claim for claim in about if claim.asserts]
    upper = [claim for claim in asserted if share(claim) > 0]
    raising = {claim.key for claim in upper}
    supporting, lowering = upper, [claim for claim in asserted if share(claim) < 0]
    placed = {id(claim) for claim in (*supporting, *lowering)}
    # Behind it stands whoever asserts what raises it, as the groups of a figure are counted everywhere.
    behind = [claim for claim in asserted if claim.key in raising]
    witnesses = {claim.source for claim in behind if claim.source_kind == "witness"}
    return Explanation(
        lead=lead_id,
        supporting=tuple(sorted(supporting, key=lambda claim: (-share(claim), claim.id, claim.key))),
        lowering=tuple(sorted(lowering, key=lambda claim: (share(claim), claim.id, claim.key))),
        other=_ordered((claim for claim in asserted if id(claim) not in placed), weights),
        denying=_ordered((claim for claim in about if claim.denies), weights),
        taken_back=_ordered((claim for claim in about if not claim.counts), weights),
        groups=tuple(groups(witnesses, dependence)),
        other_sources=tuple(sorted({claim.source for claim in behind if claim.source_kind != "witness"})),
        paths=paths([lead_id], around, weights)[lead_id][:limit],
        because=because,
    )


def retold(why: Explanation, beliefs: Mapping[LinkKey, float]) -> Explanation:
    """An explanation of folded claims as it may be shown: bare, without sources; what has no share ordered by told beliefs.

    Args:
        why: see `leads.explain`, of claims that were `folded`.
        beliefs: link → how far it is told as believed (`told_belief`); absent ones as nothing.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.score.folding import folded
        >>> from graphsvc.analysis.score.reasons import Reasons
        >>> claims = [said("s1: p1 RUNS g1")]
        >>> why = retold(explain("p1", folded(claims), [], {}, Reasons({})), {("p1", "RUNS", "g1"): 0.5})
        >>> [(path.source, path.strength) for path in why.paths]
        [('', 0.5)]

    Limits: of two ways of one length between the same two ends only the better supported is among the paths.
    """

    def belief(claim: Claim) -> float:
        return beliefs.get(claim.key, 0.0)

    def ordered(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """Reports and records as they were, best graded first; then accounts, of the best believed link first."""
        apart = [claim for claim in claims if claim.source_kind in told.OPEN_KINDS]
        accounts = [claim for claim in claims if claim.source_kind not in told.OPEN_KINDS]
        return tuple(map(bare, apart + sorted(accounts, key=lambda claim: (-belief(claim), claim.key, claim.status))))

    ways = []
    for path in why.paths:
        strength = 1.0
        for claim in path.claims:
            strength *= belief(claim)
        ways.append(Path("", "", tuple(map(bare, path.claims)), strength))
    return replace(
        why,
        supporting=tuple(map(bare, why.supporting)),
        lowering=tuple(map(bare, why.lowering)),
        other=ordered(why.other),
        denying=ordered(why.denying),
        taken_back=ordered(why.taken_back),
        groups=(),
        other_sources=(),
        paths=tuple(sorted(ways, key=lambda path: (-path.strength, len(path.claims), [c.key for c in path.claims]))),
    )


def _strength(claim: Claim, weights: Weights) -> float:
    return claim_belief(*claim.grading, weights)


def _ordered(claims: Iterable[Claim], weights: Weights) -> tuple[Claim, ...]:
    return tuple(sorted(claims, key=lambda claim: (-_strength(claim, weights), claim.id)))


def paths(leads: Iterable[str], around: Surroundings, weights: Weights = SHIPPED) -> dict[str, tuple[Path, ...]]:
    """How what witnesses said leads to some leads: person → paths, strongest first.

    Args:
        leads: their ids.
        around: what ways go over.
        weights: what a grading is worth.

    Example:
        >>> from graphsvc.analysis.examples import people, said
        >>> claims = [said("s1: p2 PILOTED x1"), said("r1: p1 DIRECTED p2", source_kind="record")]
        >>> [[claim.id for claim in path.claims] for path in paths(["p1"], surroundings(claims, people("p1", "p2")))["p1"]]
        [['s1: p2 PILOTED x1', 'r1: p1 DIRECTED p2']]

    Limits: up to three claims long. One path per source, end and length: the strongest. Whoever was only carried is no step on
    the way, and nobody who has to do with more than sixty others.
    """
    return {lead: _outwards(lead, around, weights) for lead in leads}


def _outwards(lead: str, around: Surroundings, weights: Weights) -> tuple[Path, ...]:
    """Walks outwards from the lead along the operation; each walk that a witness's claim ends is a path back."""
    touching, best = around.touching, dict[tuple[str, str, int], Path]()
    front: dict[str, tuple[tuple[Claim, ...], float]] = {lead: ((), 1.0)}
    seen = {lead}
    for _ in range(_LONGEST):
        further: dict[str, tuple[tuple[Claim, ...], float]] = {}
        for place, (way, so_far) in sorted(front.items()):
            for claim in _ordered(touching.get(place, ()), weights):
                end = claim.object if claim.subject == place else claim.subject
                if end in seen:
                    continue
                path = Path(claim.source, claim.statement, (claim, *way), so_far * _strength(claim, weights))
                if claim.source_kind == "witness":
                    _keep(best, (claim.source, end, len(path.claims)), path)
                if (
                    end not in around.carried
                    and len(touching.get(end, ())) <= _BUSY
                    and path.strength > further.get(end, ((), 0.0))[1]
                ):
                    further[end] = path.claims, path.strength
        seen |= further.keys()
        front = further
    return tuple(
        sorted(best.values(), key=lambda path: (-path.strength, len(path.claims), [claim.id for claim in path.claims]))
    )


def _keep(best: dict[tuple[str, str, int], Path], key: tuple[str, str, int], path: Path) -> None:
    if key not in best or path.strength > best[key].strength:
        best[key] = path
