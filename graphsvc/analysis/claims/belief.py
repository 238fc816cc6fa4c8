"""Belief in a claim and in a link: a number from 0 to 1.

A claim's belief comes from its grading and from how often such a source is right about that relation. A link's
belief comes from all claims about it, counted over independent groups of sources. Support for the link and support
against it each build up over groups, as evidence that may fail independently. The two are then combined by Dempster's
rule for two simple support functions (Shafer, *A Mathematical Theory of Evidence*, 1976, chapter 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.claims.bins import distinct
from graphsvc.analysis.claims.claims import Claim, Dependence
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.independence import shared_circumstances
from graphsvc.analysis.claims.ledger import Floats, Ledger, encode
from graphsvc.errors import RequestError
from graphsvc.records.dates import ending
from graphsvc.records.relations import LinkKey
from graphsvc.records.weights import OTHER, SHIPPED, Weights

# Upper limit of support for or against a link.
_NEARLY = 1 - 1e-12
# Number of links whose figures are converted to Python numbers at a time.
_AT_ONCE = 1 << 14


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """Figures of one link, from all claims about it.

    Attributes:
        belief: 0 to 1, from all claims that carry weight.
        asserting: number of claims with weight that assert the link; `denying`: number that deny it.
        groups: independent groups of witnesses that assert it.
        other_sources: reports and records that assert it, by distinct source.
        belief_on_record: 0 to 1, from claims on the record alone; 0 if none of these asserts the link.
        first_on: earliest date reported, as given, or empty; `last_on`: the latest.
        denying_groups: independent groups of witnesses that deny it; `denying_others`: reports and records that deny
            it.
        groups_on_record: as `groups`, from claims on the record alone; `other_sources_on_record`: as `other_sources`,
            from the same claims.
        independent: effective number of independent statements those groups are worth (`independence.effective`).
    """

    belief: float
    asserting: int
    denying: int
    groups: int
    other_sources: int
    belief_on_record: float
    first_on: str
    last_on: str
    denying_groups: int = 0
    denying_others: int = 0
    groups_on_record: int = 0
    other_sources_on_record: int = 0
    independent: float = 0.0


def claim_belief(
    source_kind: str,
    source_grade: str,
    assessment: str,
    says: str,
    interest: str = "",
    weights: Weights = SHIPPED,
) -> float:
    """Return the belief in one claim, from its grading and its relation, 0 to 1.

    Args:
        source_kind: `witness`, `intelligence` or `record`.
        source_grade: 1 to 3 of 3x5x2.
        assessment: A to E of 3x5x2.
        says: the claim's relation, or `denied`.
        interest: the source's interest in a person the claim is about (`records.grading.INTERESTS`), or empty.
        weights: how often such claims are true, and the factors by which grading and interest multiply the odds.

    Example:
        >>> claim_belief("witness", "2", "C", "CROSSED_ON") > claim_belief("witness", "2", "C", "RUNS")
        True

    Raises:
        RequestError: if one of the values is not a known kind or grade.

    Limits: the chances were counted on invented cases (`bench.fit_beliefs`). Other claims are ignored.
    """
    try:
        chances = weights.chances[source_kind]
        chance = chances.get(says, chances[OTHER])
        odds = weights.source_grade[source_grade] * weights.assessments(source_kind)[assessment]
        odds *= chance / (1 - chance) * (weights.interest[interest] if interest else 1.0)
    except KeyError as missing:
        raise RequestError(
            f"{missing} is no part of a grading: a source is a witness, intelligence or record, graded 1 to 3, and what it says A to E;"
            f" an interest is {', '.join(weights.interest)}."
        ) from None
    return odds / (1 + odds)


def strengths(ledger: Ledger) -> Floats:
    """Return the belief in each row's claim, 0 to 1.

    Example:
        >>> strengths(encode([], {})).tolist()
        []

    Limits: as `claim_belief`.
    """
    table = np.array([claim_belief(*grading, ledger.weights) for grading in ledger.gradings], dtype=float)
    return table[ledger.grading] if len(table) else np.zeros(0)


def support(owner: Ints, group: Ints, strength: Floats, size: int, repeated: float = SHIPPED.repeated) -> Floats:
    """Return how strongly each owner is supported, 0 to 1, when only one row of each group counts in full.

    Args:
        owner: for each row the entity or link it supports, 0 to `size - 1`.
        group: for each row its group; a group belongs to one owner.
        strength: for each row 0 to 1.
        size: number of owners.
        repeated: how much a second row of a group adds, as a share of that row's strength.

    Within a group the strongest row counts in full and the next counts `repeated` of its strength. Over groups, the
    chance that all fail is the product of the chances that each fails.

    Example:
        >>> support(np.array([0, 0]), np.array([0, 1]), np.array([0.6, 0.5]), 1).round(6).tolist()
        [0.8]
        >>> support(np.array([0, 0]), np.array([0, 0]), np.array([0.6, 0.5]), 1).round(6).tolist()
        [0.62]

    Limits: groups are treated as independent of each other; a story that many people heard still makes many groups.
    """
    result: Floats = 0.0 - np.expm1(np.bincount(owner, weights=_alone(group, strength, repeated), minlength=size))
    return result


def _alone(group: Ints, strength: Floats, repeated: float) -> Floats:
    """Return for each row the logarithm of the chance that it fails, given how much it counts within its group."""
    order = np.lexsort((-strength, group))
    first = np.ones(len(order), dtype=bool)
    first[1:] = group[order][1:] != group[order][:-1]
    second = ~first
    second[1:] &= first[:-1]
    share = np.where(first, 1.0, np.where(second, repeated, 0.0))
    failing = np.empty(len(order))
    failing[order] = np.log1p(-share * strength[order])
    return failing


def _failing(ledger: Ledger, owner: Ints, rows: Ints, strength: Floats) -> Floats:
    """Return `_alone` for rows of a ledger, reduced for groups that share circumstances with stronger groups.

    A group counts to the power 1 / (1 + Σ strength · p), where *p* is the number of stronger groups behind the same
    owner that share the same circumstance. The strongest group counts in full, and so does a group that shares nothing.
    A further statement never lowers the weight of stronger ones.
    """
    group = ledger.groups(owner, rows)
    failing = _alone(group, strength, ledger.weights.repeated)
    seen = np.flatnonzero(ledger.witness[rows])
    if not len(ledger.colours.keys) or not len(seen):
        return failing
    heads, number = np.unique(group[seen], return_index=True, return_inverse=True)[1:]
    source = ledger.source[rows[seen]]
    holder, key, thing = shared_circumstances(owner[seen], number, source, ledger.colours)
    whole = np.bincount(number, weights=failing[seen])
    # Ties are broken by source order, so row order never changes a figure.
    foremost = np.full(len(heads), len(ledger.starts))
    np.minimum.at(foremost, number, source)
    order = np.lexsort((foremost[holder], whole[holder], thing))
    begins = np.searchsorted(thing[order], thing[order])
    stronger = np.arange(len(order)) - begins
    alike = np.bincount(
        holder[order],
        weights=ledger.colours.strength[ledger.colours.kind[key[order]]] * stronger,
        minlength=len(heads),
    )
    failing[seen] /= 1 + alike[number]
    return failing


def reduced_support(ledger: Ledger, owner: Ints, rows: Ints, strength: Floats, size: int) -> Floats:
    """Return `support` for rows of a ledger, reduced where their groups share circumstances.

    Args:
        ledger: the claims.
        owner: for each of `rows` the entity or link it supports, 0 to `size - 1`.
        rows: rows of the ledger.
        strength: for each of `rows` 0 to 1.
        size: number of owners.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> told = [claim_from("s1: p1 RUNS g1"), claim_from("s2: p1 RUNS g1")]
        >>> def through(key):
        ...     ledger = encode(told, {"s1": frozenset({key}), "s2": frozenset({key})})
        ...     return float(reduced_support(ledger, np.array([0, 0]), np.array([0, 1]), strengths(ledger), 1)[0].round(3))
        >>> through("k0"), through("interpreter 0")
        (0.434, 0.607)

    Limits: as `support`. A shared circumstance is assumed to affect all statements equally, whatever they say.
    """
    result: Floats = 0.0 - np.expm1(np.bincount(owner, weights=_failing(ledger, owner, rows, strength), minlength=size))
    return result


def combined_belief(supporting: Floats, opposing: Floats) -> Floats:
    """Combine support for and against into a belief, by Dempster's rule for two simple support functions.

    Example:
        >>> combined_belief(np.array([0.8, 0.8, 1.0]), np.array([0.0, 0.5, 1.0])).round(4).tolist()
        [0.8, 0.6667, 0.5]

    Limits: a flat contradiction gives 0.5; only `asserting` and `denying` show the contradiction.
    """
    # With very many sources on both sides, both values round to 1, where the rule is undefined.
    supporting, opposing = np.minimum(supporting, _NEARLY), np.minimum(opposing, _NEARLY)
    result: Floats = supporting * (1 - opposing) / (1 - supporting * opposing)
    return result


def link_beliefs(ledger: Ledger, strength: Floats, links: int) -> tuple[Floats, Floats]:
    """Return for each link its belief and its support before any denial, 0 to 1; 0 if no claim asserts it.

    Example:
        >>> [figures.tolist() for figures in link_beliefs(encode([], {}), np.zeros(0), 1)]
        [[0.0], [0.0]]

    Limits: as `support` and `combined_belief`.
    """
    supporting, opposing = _supported_sides(ledger, strength, links)
    return combined_belief(supporting, opposing), supporting


def standing(ledger: Ledger, strength: Floats, links: int) -> Floats:
    """Return the standing of each link, 0 to 1: 1 minus the support of its denials.

    A denial of a relation without direction counts against both orders.

    Args:
        ledger: the claims.
        strength: for each row 0 to 1, see `strengths`.
        links: number of links.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> ledger = encode([claim_from("s1: p1 RUNS g1"), claim_from("s2: p2 RUNS g1"), claim_from("s3: p2 not RUNS g1")], {})
        >>> standing(ledger, strengths(ledger), 2).round(2).tolist()
        [1.0, 0.37]

    Limits: the claims that assert the link are ignored.
    """
    denied, denying = ledger.against
    result: Floats = 1 - reduced_support(ledger, denied, denying, strength[denying], links)
    return result


def asserted_shares(ledger: Ledger, strength: Floats, links: int) -> Floats:
    """Return each row's share of its link's support before any denial, 0 to 1; 0 for a denial.

    The share is the row's part in lowering the chance that all rows fail. A row that adds nothing to its group has no
    share.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> ledger = encode([claim_from("s1: p1 RUNS g1"), claim_from("s2: p1 RUNS g1"), claim_from("s3: p1 not RUNS g1")], {})
        >>> asserted_shares(ledger, strengths(ledger), 1).tolist()
        [0.5, 0.5, 0.0]

    Limits: a share of support, not of truth.
    """
    rows = np.flatnonzero(~ledger.denies)
    worth = np.zeros(len(strength))
    worth[rows] = 0.0 - _failing(ledger, ledger.link[rows], rows, strength[rows])
    total = np.bincount(ledger.link, weights=worth, minlength=links)[ledger.link]
    result: Floats = np.divide(worth, total, out=np.zeros(len(worth)), where=total > 0)
    return result


def _rows_of_sides(ledger: Ledger) -> tuple[Ints, Ints]:
    return np.flatnonzero(~ledger.denies), np.flatnonzero(ledger.denies)


def _supported_sides(
    ledger: Ledger, strength: Floats, links: int, against: tuple[Ints, Ints] | None = None
) -> tuple[Floats, Floats]:
    """Return the support for and against each link; `against` has links and their denials (default: denied links)."""
    asserting, own = _rows_of_sides(ledger)
    denied, denying = against or (ledger.link[own], own)
    return (
        reduced_support(ledger, ledger.link[asserting], asserting, strength[asserting], links),
        reduced_support(ledger, denied, denying, strength[denying], links),
    )


def link_table(
    claims: Iterable[Claim], dependence: Dependence, weights: Weights = SHIPPED
) -> dict[LinkKey, LinkFigures]:
    """Return the figures of each link that a claim with weight asserts.

    A denial of a relation without direction counts against the link in both orders.

    Example:
        >>> claim = Claim("c1", "p1", "RUNS", "g1", "asserts", "active", "t1", "s1", "witness", "2", "C", True, 1, "P",
        ...     "person", "gang", from_on="2020-05")
        >>> ((key, figures),) = link_table([claim], {}).items()
        >>> key, figures.asserting, figures.groups, figures.other_sources, figures.first_on
        (('p1', 'RUNS', 'g1'), 1, 1, 0, '2020-05')

    Limits: this is belief in the statements, not in guilt.
    """
    ledger = encode(claims, dependence, weights)
    size = int(ledger.link.max(initial=-1)) + 1
    strength = strengths(ledger)
    recorded = np.flatnonzero(ledger.on_record)
    of_records = ledger.rows(ledger.on_record)
    belief = combined_belief(*_supported_sides(ledger, strength, size, ledger.against))
    on_record = combined_belief(*_supported_sides(of_records, strength[recorded], size, of_records.against))
    asserting = np.bincount(ledger.link[~ledger.denies], minlength=size)
    denied, against = ledger.against
    denying = np.bincount(denied, minlength=size)
    rows = np.flatnonzero(~ledger.denies)
    witnesses, other_sources = corroboration(ledger, ledger.link[rows], rows, size)
    independent = ledger.effective(ledger.link[rows], rows, size).round(6)
    rows = np.flatnonzero(~ledger.denies & ledger.on_record)
    recorded_witnesses, recorded_others = corroboration(ledger, ledger.link[rows], rows, size)
    deniers, denying_others = corroboration(ledger, denied, against, size)
    first, last = _dates(ledger, size)
    keys: dict[int, LinkKey] = {}
    for number, claim in zip(ledger.link.tolist(), ledger.claims, strict=True):
        if number not in keys and claim.polarity == "asserts":
            keys[number] = claim.key
    counted = (belief, asserting, denying, witnesses, other_sources, on_record)
    more = (deniers, denying_others, recorded_witnesses, recorded_others, independent)
    figures = _figures(counted, (first, last), more, size)
    return {key: figures[number] for number, key in keys.items()}


def _figures(
    counted: Sequence[NDArray[Any]], dates: Sequence[list[str]], more: Sequence[NDArray[Any]], size: int
) -> list[LinkFigures]:
    """Return the figures of each link. Links with equal figures share one object, since many have the same."""
    known_figures: dict[tuple[Any, ...], LinkFigures] = {}
    figures: list[LinkFigures] = []
    for start in range(0, size, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        numbers, further = ([array[part].tolist() for array in arrays] for arrays in (counted, more))
        for row in zip(*numbers, *(days[part] for days in dates), *further, strict=True):
            if (known := known_figures.get(row)) is None:
                known = known_figures[row] = LinkFigures(*row)
            figures.append(known)
    return figures


def corroboration(ledger: Ledger, owner: Ints, rows: Ints, size: int) -> tuple[Ints, Ints]:
    """Count the independent groups of witnesses and the distinct other sources behind each owner.

    Args:
        ledger: the claims.
        owner: for each of `rows` the entity or link it supports, 0 to `size - 1`.
        rows: rows of the ledger; a row may appear several times, for several owners.
        size: number of owners.

    Example:
        >>> none = np.zeros(0, dtype=np.int64)
        >>> [figures.tolist() for figures in corroboration(encode([], {}), none, none, 1)]
        [[0], [0]]

    Limits: counts only, not quality: a group of grade 3 counts as much as one of grade 1.
    """
    seen = ledger.witness[rows]
    group = ledger.groups(owner[seen], rows[seen])
    heads = np.unique(group, return_index=True)[1]
    witnesses = np.bincount(owner[seen][heads], minlength=size)
    span = len(ledger.starts)
    pairs = distinct(owner[~seen] * span + ledger.source[rows[~seen]])
    return witnesses.astype(np.int64), np.bincount(pairs // span, minlength=size).astype(np.int64)


def _dates(ledger: Ledger, size: int) -> tuple[list[str], list[str]]:
    """Return each link's first and last reported date, as given; the first is empty if no claim reports a start.

    A coarse date counts as its first day for the first date, and as its last day for the last date.
    """
    first, last, begun = [""] * size, [""] * size, [False] * size
    for number, claim in zip(ledger.link.tolist(), ledger.claims, strict=True):
        if claim.polarity != "asserts" or not (claim.from_on or claim.to_on):
            continue
        start, end = claim.from_on or claim.to_on, claim.to_on or claim.from_on
        first[number] = min(first[number] or start, start)
        last[number] = max(last[number], end, key=lambda day: ending(day) if day else "")
        begun[number] |= bool(claim.from_on)
    # An end date alone is not used as the first date, or the link would seem to last a single day.
    return [day if known else "" for day, known in zip(first, begun, strict=True)], last
