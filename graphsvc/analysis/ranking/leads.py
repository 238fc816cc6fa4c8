"""Explanation of a lead: statements for and against, their sources, and the paths from sources to the lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from graphsvc.analysis.claims.belief import claim_belief
from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.claims.dependence import groups
from graphsvc.analysis.claims.laid import ByEnd, columnar_claims
from graphsvc.analysis.claims.roles import OPERATION
from graphsvc.analysis.ranking.candidates import carried_people
from graphsvc.analysis.ranking.folding import bare
from graphsvc.analysis.ranking.reasons import Reasons
from graphsvc.records.columns import where
from graphsvc.records.relations import LinkKey
from graphsvc.records.statement_kinds import OPEN_KINDS
from graphsvc.records.weights import SHIPPED, Weights

_LONGEST = 3
# A path does not pass through a node with more claims than this, since it would show as little as a random walk.
_BUSY = 60


@dataclass(frozen=True, slots=True)
class Path:
    """Path from one source's statement to the lead: the source's claim first, the claim that touches the lead last.

    Attributes:
        strength: product of the beliefs of the claims, 0 to 1; only for ordering paths.
    """

    source: str
    statement: str
    claims: tuple[Claim, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Claims for and against one lead.

    Attributes:
        supporting: asserting claims with weight whose share raises the score, largest first.
        lowering: asserting claims whose share lowers the score.
        other: further claims of the operation about the lead, with weight but without effect on the score.
        denying: claims with weight that deny a link of the lead.
        because: the score by claim.
        taken_back: claims about the lead that are superseded or withdrawn.
        groups: independent groups of witnesses that assert links which raise the score, each a set of pseudonyms.
        other_sources: sources of reports and records that assert such links.
        paths: paths from witnesses to the lead, strongest first.
        voices: link → number of groups of witnesses that assert it, where their statements are merged.
        denied: link → `denied` or `contested`, for links with claims against them.
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
    """The network that paths to leads may use.

    Attributes:
        touching: entity → claims of the operation with the entity as subject or object.
        carried: ids of people who were only carried or exploited.
    """

    touching: Mapping[str, Sequence[Claim]]
    carried: frozenset[str]


def surroundings(
    claims: Iterable[Claim], persons: Iterable[Person], left_out: frozenset[str] | None = None
) -> Surroundings:
    """Return the network that paths to any lead may use, so that several leads can share it.

    Args:
        claims: claims the reader may see; folded claims are accepted.
        persons: persons the reader may see.
        left_out: result of `candidates.carried_people` for them, if already computed.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> around = surroundings([claim_from("s1: p2 PILOTED x1"), claim_from("s1: p3 CROSSED_ON x1")], people("p2", "p3"))
        >>> sorted(around.touching), sorted(around.carried)
        (['p2', 'x1'], ['p3'])

    Limits: as `candidates.carried_people`.
    """
    claims = columnar_claims(claims)
    columns = claims.columns()
    asserted = where(columns["status"], {"active"}) & where(columns["polarity"], {"asserts"})
    rows = np.flatnonzero(asserted & where(columns["relation"], OPERATION))
    left_out = carried_people(claims, persons) if left_out is None else left_out
    return Surroundings(ByEnd(claims, rows, twice=True), left_out)


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
    """Explain why this person is a lead.

    Args:
        lead_id: the person's id.
        claims: claims the reader may see, at least those about the person; folded claims are accepted.
        persons: persons the reader may see.
        dependence: shared circumstances of sources.
        because: the score by claim, see `reasons`.
        limit: maximum number of paths.
        weights: values of gradings.
        around: the surroundings of all claims, if already computed; default: made from `claims`.

    Example:
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.ranking.reasons import reasons
        >>> claim = Claim("c1", "p1", "RUNS", "g1", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "gang")
        >>> given = [claim], [Person("p1", "", frozenset(), False)], {}
        >>> why = explain("p1", *given, reasons(basis(*given), "p1"))
        >>> [claim.id for claim in why.supporting], why.groups, why.paths[0].source
        (['c1'], (frozenset({'s1'}),), 's1')

    Limits: paths show how statements connect; a path of true claims can still mean nothing. Names sources by pseudonym,
    so callers show it only to readers cleared for them.
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
    # Only sources that assert a link which raises the score count as the lead's sources, as in every other figure.
    behind = [claim for claim in asserted if claim.key in raising]
    witnesses = {claim.source for claim in behind if claim.source_kind == "witness"}
    return Explanation(
        lead=lead_id,
        supporting=tuple(sorted(supporting, key=lambda claim: (-share(claim), claim.id, claim.key))),
        lowering=tuple(sorted(lowering, key=lambda claim: (share(claim), claim.id, claim.key))),
        other=_sort_claims((claim for claim in asserted if id(claim) not in placed), weights),
        denying=_sort_claims((claim for claim in about if claim.denies), weights),
        taken_back=_sort_claims((claim for claim in about if not claim.counts), weights),
        groups=tuple(groups(witnesses, dependence)),
        other_sources=tuple(sorted({claim.source for claim in behind if claim.source_kind != "witness"})),
        paths=paths([lead_id], around, weights)[lead_id][:limit],
        because=because,
    )


def retold(why: Explanation, beliefs: Mapping[LinkKey, float]) -> Explanation:
    """Return an explanation with bare claims, for display; claims without a share are sorted by shown belief.

    Args:
        why: explanation of folded claims (`folding.merge_witness_claims`), see `explain`.
        beliefs: link → belief as disclosed (`told_belief`); 0 if absent.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> from graphsvc.analysis.ranking.folding import merge_witness_claims
        >>> from graphsvc.analysis.ranking.reasons import Reasons
        >>> claims = [claim_from("s1: p1 RUNS g1")]
        >>> why = retold(explain("p1", merge_witness_claims(claims), [], {}, Reasons({})), {("p1", "RUNS", "g1"): 0.5})
        >>> [(path.source, path.strength) for path in why.paths]
        [('', 0.5)]

    Limits: of two equally long paths between the same ends, only the better supported is listed.
    """

    def belief(claim: Claim) -> float:
        return beliefs.get(claim.key, 0.0)

    def sort_claims(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """Sort reports and records as before, best graded first; then statements, by falling belief in their link."""
        apart = [claim for claim in claims if claim.source_kind in OPEN_KINDS]
        accounts = [claim for claim in claims if claim.source_kind not in OPEN_KINDS]
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
        other=sort_claims(why.other),
        denying=sort_claims(why.denying),
        taken_back=sort_claims(why.taken_back),
        groups=(),
        other_sources=(),
        paths=tuple(sorted(ways, key=lambda path: (-path.strength, len(path.claims), [c.key for c in path.claims]))),
    )


def _strength(claim: Claim, weights: Weights) -> float:
    return claim_belief(*claim.grading, weights)


def _sort_claims(claims: Iterable[Claim], weights: Weights) -> tuple[Claim, ...]:
    return tuple(sorted(claims, key=lambda claim: (-_strength(claim, weights), claim.id)))


def paths(leads: Iterable[str], around: Surroundings, weights: Weights = SHIPPED) -> dict[str, tuple[Path, ...]]:
    """Return, by lead, the paths from witness statements to it, strongest first.

    Args:
        leads: ids of the leads.
        around: the network that paths may use.
        weights: values of gradings.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> claims = [claim_from("s1: p2 PILOTED x1"), claim_from("r1: p1 DIRECTED p2", source_kind="record")]
        >>> [[claim.id for claim in path.claims] for path in paths(["p1"], surroundings(claims, people("p1", "p2")))["p1"]]
        [['s1: p2 PILOTED x1', 'r1: p1 DIRECTED p2']]

    Limits: at most three claims long. One path per source, end and length: the strongest. No path leads through people
    who were only carried, or through anyone with more than sixty claims.
    """
    return {lead: _outwards(lead, around, weights) for lead in leads}


def _outwards(lead: str, around: Surroundings, weights: Weights) -> tuple[Path, ...]:
    """Walk outwards from the lead along the operation; a walk that ends with a witness's claim is a path, reversed."""
    touching, best = around.touching, dict[tuple[str, str, int], Path]()
    front: dict[str, tuple[tuple[Claim, ...], float]] = {lead: ((), 1.0)}
    seen = {lead}
    for _ in range(_LONGEST):
        further: dict[str, tuple[tuple[Claim, ...], float]] = {}
        for place, (way, so_far) in sorted(front.items()):
            for claim in _sort_claims(touching.get(place, ()), weights):
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
