"""Merged witness statements, for readers who may not know which witnesses spoke, or how many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from graphsvc.analysis.claims.belief import LinkFigures, corroboration
from graphsvc.analysis.claims.claims import Claim, Dependence
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import encode
from graphsvc.records import coarsened
from graphsvc.records.grading import stricter
from graphsvc.records.relations import LinkKey, orders
from graphsvc.records.statement_kinds import OPEN_KINDS


def merge_witness_claims(claims: Iterable[Claim]) -> list[Claim]:
    """Merge witness claims of equal subject, relation, object, polarity and status, without a source; keep the rest.

    Merged claims carry one common grade (`coarsened.ACCOUNT`), which `bare` removes, and the strictest handling code of the
    merged claims.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> told = merge_witness_claims([claim_from("s1: p1 RUNS g1"), claim_from("s2: p1 RUNS g1")])
        >>> [(claim.id, claim.source, claim.subject, claim.relation) for claim in told]
        [('', '', 'p1', 'RUNS')]

    Limits: assertions and denials stay separate, and so do claims of different status.
    """
    apart: list[Claim] = []
    together: dict[tuple[str, ...], Claim] = {}
    for claim in claims:
        if claim.source_kind in OPEN_KINDS:
            apart.append(claim)
            continue
        key = (*claim.key, claim.polarity, claim.status)
        merged = together.get(key)
        if merged is None:
            together[key] = _nameless(claim)
        elif stricter(claim.handling, merged.handling) != merged.handling:
            together[key] = replace(merged, handling=claim.handling)
    return apart + [claim for _, claim in sorted(together.items())]


def as_told(claims: Iterable[Claim], dependence: Dependence, few_below: int) -> list[Claim]:
    """Return the claims with weight to compute with for readers without source clearance.

    Reports and records keep their claims. For witnesses, each link and polarity gets as many statements as the reader
    is shown independent groups (one where the number is `few`). Each has the same grade and a separate source. The
    number of statements on the record follows the same rule.

    Args:
        claims: claims of the reader's clearance class.
        dependence: shared circumstances of sources, see `dependence`.
        few_below: fewer groups than this are shown as `few`; 0 or 1: every number is shown.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> said_by = lambda *names: [claim_from(f"{name}: p1 RUNS g1") for name in names]
        >>> [len(as_told(said_by(*names), {}, 3)) for names in (["s1"], ["s1", "s2"], ["s1", "s2", "s3"])]
        [1, 1, 3]

    Limits: claims of one witness about two links count as from two witnesses.
    """
    claims = by_statement(claim for claim in claims if claim.counts)
    spoken = [claim for claim in claims if claim.source_kind not in OPEN_KINDS]
    ledger = encode(spoken, dependence)
    owner = ledger.link * 2 + ledger.denies
    size = int(owner.max(initial=-1)) + 1
    every = np.arange(len(spoken))
    recorded = np.flatnonzero(ledger.on_record)
    groups, on_record = (
        _as_many(corroboration(ledger, owner[rows], rows, size)[0], few_below).tolist() for rows in (every, recorded)
    )
    first = dict(zip(owner[::-1].tolist(), spoken[::-1], strict=True))
    accounts = [
        replace(
            _nameless(claim),
            source=f"{' '.join(_named_for(claim))} {claim.polarity} {number}",
            on_record=number < on_record[of],
        )
        for of, claim in sorted(first.items(), key=lambda pair: (pair[1].key, pair[1].polarity))
        for number in range(groups[of])
    ]
    return [claim for claim in claims if claim.source_kind in OPEN_KINDS] + accounts


def by_statement(claims: Iterable[Claim]) -> list[Claim]:
    """Count each report and record as a separate source; counting a shared one once would confirm a guess at it.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> [claim.source for claim in by_statement([claim_from("s1: p1 RUNS g1"), claim_from("r1: p1 RUNS g1", source_kind="record")])]
        ['s1', '']

    Limits: a source that repeats itself in several reports counts each time.
    """
    return [replace(claim, source="") if claim.source_kind in OPEN_KINDS else claim for claim in claims]


def told_belief(figures: LinkFigures, few_below: int, *, on_record: bool = False) -> float:
    """Return the belief in a link as shown to readers without source clearance.

    Args:
        figures: figures of the link, from the result of `as_told`.
        few_below: as for `as_told`.
        on_record: whether to use only claims on the record.

    Example:
        >>> from graphsvc.analysis.claims.belief import link_table
        >>> from graphsvc.analysis.examples import claim_from
        >>> def told(*claims):
        ...     return [told_belief(one, 3) for one in link_table(as_told(claims, {}, 3), {}).values()]
        >>> told(claim_from("s1: p1 RUNS g1")), told(claim_from("r1: p1 RUNS g1", source_kind="record"))
        ([0.5], [0.625])

    Limits: `coarsened.SOME` is not a measurement. It means that only a few witnesses assert the link, and no other source.
    """
    belief = figures.belief_on_record if on_record else figures.belief
    groups = figures.groups_on_record if on_record else figures.groups
    other_sources = figures.other_sources_on_record if on_record else figures.other_sources
    denied_more = figures.denying_others or figures.denying_groups >= few_below
    few_alone = 0 < groups < few_below and not other_sources and not denied_more
    return coarsened.SOME if few_alone and belief > 0 else coarsened.belief(belief)


def bare(claim: Claim) -> Claim:
    """Return a folded claim without its common grade, and any other claim without its source.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> bare(merge_witness_claims([claim_from("s1: p1 RUNS g1")])[0]).source_grade
        ''

    Limits: a claim without a grade can be shown but not computed with.
    """
    if claim.source_kind in OPEN_KINDS:
        return replace(claim, source="")
    return replace(_nameless(claim), source_grade="", assessment="")


def _as_many(groups: Ints, few_below: int) -> Ints:
    """Return the counts of groups to compute with: a count shown as `few` is taken as 1."""
    result: Ints = np.where((groups > 0) & (groups < few_below), 1, groups)
    return result


def _named_for(claim: Claim) -> LinkKey:
    """Return the link after which a claim's made-up source is named, the same for denials in either order."""
    return min(orders(claim.key)) if claim.denies else claim.key


def _nameless(claim: Claim) -> Claim:
    """Return a claim without the details that belong to one statement."""
    source_grade, assessment = coarsened.ACCOUNT
    return replace(
        claim,
        source_grade=source_grade,
        assessment=assessment,
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
