"""What witnesses said, told as one: for readers who may not know which of them, or how many, said it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graphsvc.analysis.belief import LinkFigures, claim_belief
from graphsvc.analysis.evidence import Claim, LinkKey
from graphsvc.analysis.leads import Explanation, Path
from graphsvc.records import told
from graphsvc.records.grading import stricter
from graphsvc.records.weights import SHIPPED, Weights


def folded(claims: Iterable[Claim], weights: Weights = SHIPPED) -> list[Claim]:
    """The claims, those of witnesses as one for each subject, relation, object, polarity and status, without a source.

    Of those taken together the best graded stands for all, since what is computed on them needs a grade: `bare` takes
    that away too. Handling is the strictest of them.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> told = folded([said("s1: p1 RUNS g1"), said("s2: p1 RUNS g1")])
        >>> [(claim.id, claim.source, claim.subject, claim.relation) for claim in told]
        [('', '', 'p1', 'RUNS')]

    Limits: who denies and who asserts are two; so are what stands and what was taken back.
    """
    apart: list[Claim] = []
    together: dict[tuple[str, ...], Claim] = {}
    for claim in claims:
        if claim.source_kind in told.OPEN_KINDS:
            apart.append(claim)
            continue
        key = (*claim.key, claim.polarity, claim.status)
        other = together.get(key)
        if other is None:
            together[key] = _nameless(claim)
        else:
            best = max(claim, other, key=lambda one: _strength(one, weights))
            together[key] = replace(
                other,
                source_grade=best.source_grade,
                assessment=best.assessment,
                handling=stricter(claim.handling, other.handling),
            )
    return apart + [claim for _, claim in sorted(together.items())]


def bare(claim: Claim) -> Claim:
    """A folded claim without the grade that stood for all; any other claim without its source.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> bare(folded([said("s1: p1 RUNS g1")])[0]).source_grade
        ''

    Limits: a claim that has no grade can be shown and not computed with.
    """
    if claim.source_kind in told.OPEN_KINDS:
        return replace(claim, source="")
    return replace(_nameless(claim), source_grade="", assessment="")


def retold(why: Explanation, links: Mapping[LinkKey, LinkFigures]) -> Explanation:
    """An explanation of folded claims as it may be shown: bare, without sources, ordered and weighed by told beliefs.

    Args:
        why: see `leads.explain`, of claims that were `folded`.
        links: the figures of every link it speaks of.

    Example:
        >>> from graphsvc.analysis.belief import link_table
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.leads import explain
        >>> claims = [said("s1: p1 RUNS g1")]
        >>> why = retold(explain("p1", folded(claims), [], {}), link_table(claims, {}))
        >>> [(path.source, path.strength) for path in why.paths]
        [('', 0.625)]

    Limits: of two ways of one length between the same two ends only the better supported is among the paths.
    """

    def belief(claim: Claim) -> float:
        figures = links.get(claim.key)
        return told.belief(figures.belief_once) if figures else 0.0

    def ordered(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """Reports and records as they were, best graded first; then accounts, of the best believed link first."""
        apart = [claim for claim in claims if claim.source_kind in told.OPEN_KINDS]
        accounts = [claim for claim in claims if claim.source_kind not in told.OPEN_KINDS]
        return tuple(map(bare, apart + sorted(accounts, key=lambda claim: (-belief(claim), claim.key, claim.status))))

    paths = []
    for path in why.paths:
        strength = 1.0
        for claim in path.claims:
            strength *= belief(claim)
        paths.append(Path("", "", tuple(map(bare, path.claims)), strength))
    return replace(
        why,
        supporting=ordered(why.supporting),
        other=ordered(why.other),
        denying=ordered(why.denying),
        taken_back=ordered(why.taken_back),
        groups=(),
        other_sources=(),
        paths=tuple(sorted(paths, key=lambda path: (-path.strength, len(path.claims), [c.key for c in path.claims]))),
    )


def _strength(claim: Claim, weights: Weights) -> float:
    return claim_belief(claim.source_kind, claim.source_grade, claim.assessment, weights=weights)


def _nameless(claim: Claim) -> Claim:
    """A claim without what is of its own account alone."""
    return replace(
        claim,
        id="",
        statement="",
        source="",
        on_record=False,
        weight=1,
        amount=None,
        currency="",
        from_on="",
        to_on="",
        interest="",
    )
