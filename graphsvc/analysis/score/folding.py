"""What witnesses said, told as one: for readers who may not know which of them, or how many, said it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from graphsvc.analysis.evidence.belief import LinkFigures, corroboration
from graphsvc.analysis.evidence.claims import Claim, Dependence
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import encode
from graphsvc.records import told
from graphsvc.records.grading import stricter
from graphsvc.records.relations import LinkKey, orders


def folded(claims: Iterable[Claim]) -> list[Claim]:
    """The claims, those of witnesses as one for each subject, relation, object, polarity and status, without a source.

    Each of those stands with the one grade that every account is told by (`told.ACCOUNT`), which `bare` takes away.
    Handling is the strictest of those taken together.

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
        elif stricter(claim.handling, other.handling) != other.handling:
            together[key] = replace(other, handling=claim.handling)
    return apart + [claim for _, claim in sorted(together.items())]


def as_told(claims: Iterable[Claim], dependence: Dependence, few_below: int) -> list[Claim]:
    """The claims with weight as a reader without source clearance may count with them.

    Reports and records stay what they are. Of what witnesses said of a link, for it or against it, there are as many
    accounts as the reader is told of independent groups (one where that is `few`), each of one grade and by nobody who
    said anything else; on the record are as many of them as is told of that.

    Args:
        claims: those of the reader's level.
        dependence: what sources share, see `dependence`.
        few_below: fewer groups than this read `few`; 0 or 1: none do.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> said_by = lambda *names: [said(f"{name}: p1 RUNS g1") for name in names]
        >>> [len(as_told(said_by(*names), {}, 3)) for names in (["s1"], ["s1", "s2"], ["s1", "s2", "s3"])]
        [1, 1, 3]

    Limits: what the same witness said of two links counts as said by two.
    """
    claims = by_statement(claim for claim in claims if claim.counts)
    spoken = [claim for claim in claims if claim.source_kind not in told.OPEN_KINDS]
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
    return [claim for claim in claims if claim.source_kind in told.OPEN_KINDS] + accounts


def by_statement(claims: Iterable[Claim]) -> list[Claim]:
    """Count each report and record as a source of its own: a shared source would confirm a guess at it.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> [claim.source for claim in by_statement([said("s1: p1 RUNS g1"), said("r1: p1 RUNS g1", source_kind="record")])]
        ['s1', '']

    Limits: what one source repeats in several reports counts each time.
    """
    return [replace(claim, source="") if claim.source_kind in told.OPEN_KINDS else claim for claim in claims]


def told_belief(figures: LinkFigures, few_below: int, *, on_record: bool = False) -> float:
    """How far a link is believed, as a reader without source clearance is told it.

    Args:
        figures: of the link, from what is `as_told`.
        few_below: as there.
        on_record: what is on the record alone.

    Example:
        >>> from graphsvc.analysis.evidence.belief import link_table
        >>> from graphsvc.analysis.examples import said
        >>> def told(*claims):
        ...     return [told_belief(one, 3) for one in link_table(as_told(claims, {}, 3), {}).values()]
        >>> told(said("s1: p1 RUNS g1")), told(said("r1: p1 RUNS g1", source_kind="record"))
        ([0.5], [0.625])

    Limits: `told.SOME` is no measurement. It says that somebody of whom there are few says so, and nobody else anything.
    """
    belief = figures.belief_on_record if on_record else figures.belief
    groups = figures.groups_on_record if on_record else figures.groups
    others = figures.other_sources_on_record if on_record else figures.other_sources
    denied_more = figures.denying_others or figures.denying_groups >= few_below
    few_alone = 0 < groups < few_below and not others and not denied_more
    return told.SOME if few_alone and belief > 0 else told.belief(belief)


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


def _as_many(groups: Ints, few_below: int) -> Ints:
    """Numbers of groups as they may be counted with: few as one."""
    result: Ints = np.where((groups > 0) & (groups < few_below), 1, groups)
    return result


def _named_for(claim: Claim) -> LinkKey:
    """The link that the account of a claim is named for: those who deny it in either order are counted once."""
    return min(orders(claim.key)) if claim.denies else claim.key


def _nameless(claim: Claim) -> Claim:
    """A claim without what is of its own account alone."""
    source_grade, assessment = told.ACCOUNT
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
