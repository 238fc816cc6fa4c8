"""Contribution of witnesses: each lead's rank without them, and on the record if some agree to give evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.claims.ledger import Bools
from graphsvc.analysis.ranking.basis import Basis
from graphsvc.analysis.ranking.hubs import Ranking, ranks, score_of
from graphsvc.analysis.robustness import rereading

# Number of leads that readers are assumed to see.
FIRST = 50


@dataclass(frozen=True, slots=True)
class Brought:
    """How much witness statements contribute to one lead.

    Attributes:
        rank: from 1. without: the rank without any witness statement; None: not ranked then.
    """

    rank: int
    without: int | None

    @property
    def found_through_witnesses(self) -> bool:
        """Whether the lead is among the first `FIRST` because of witness statements, and would not be without them.

        Example:
            >>> Brought(7, 80).found_through_witnesses, Brought(7, 9).found_through_witnesses, Brought(60, None).found_through_witnesses
            (True, False, False)
        """
        return self.rank <= FIRST and (self.without is None or self.without > FIRST)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Effect of a group of witnesses agreeing to give evidence.

    Attributes:
        sources: the group.
        ranks: lead → (its rank on the record now, None: nothing on the record raises it; its rank then), by rank. Only
            leads among the first `FIRST` that would newly be among the first `FIRST` on the record.
    """

    sources: tuple[str, ...]
    ranks: dict[str, tuple[int | None, int]]


def brought(on: Basis, ranking: Ranking) -> dict[str, Brought]:
    """Return, by lead, the contribution of all witness statements together: the rank with and without them.

    Args:
        on: the basis of the ranking.
        ranking: the ranking.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.ranking.hubs import rank_basis
        >>> claims = [claim_from("s1: p1 RUNS g1"), claim_from("r1: p2 RUNS g2", source_kind="record")]
        >>> on = basis(claims, people("p1", "p2"), {})
        >>> {name: (one.rank, one.without) for name, one in brought(on, rank_basis(on)).items()}
        {'p1': (1, 2), 'p2': (2, 1)}

    Limits: all witness statements are left out together; `stability` shows the contribution of each item.
    """
    rest = ranks(on.anew(np.flatnonzero(on.told.witness)))
    return {lead.id: Brought(lead.rank, rest.get(lead.id)) for lead in ranking.leads}


def agreements(on: Basis, ranking: Ranking, groups: Iterable[Collection[str]], first: int = FIRST) -> list[Agreement]:
    """Return, for each group of witnesses not all on the record, the leads that its agreement would add there.

    Args:
        on: the basis of the ranking, sources included.
        ranking: the ranking.
        groups: groups of sources.
        first: number of leads to consider, in both rankings.

    Returns:
        Groups that would bring leads onto the record, those with the most leads first.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.ranking.hubs import rank_basis
        >>> on = basis([claim_from("s1: p1 RUNS g1", on_record=False)], people("p1", "p2"), {})
        >>> agreements(on, rank_basis(on), [{"s1"}])
        [Agreement(sources=('s1',), ranks={'p1': (None, 1)})]

    Limits: one group at a time. Shows what a case would rest on, not that anyone should be asked: each witness decides
    whether to give evidence, and the value of a statement is no reason to press for it.
    """
    now = {
        lead.id: lead.rank_on_record if lead.score_on_record > 0 else None
        for lead in ranking.leads
        if lead.rank <= first
    }
    waiting = [name for name, rank in now.items() if rank is None or rank > first]
    carrying = []
    groups = list(groups)
    for group, then in zip(groups, ranks_with_agreement(on, groups), strict=True):
        if then is None:
            continue
        carried = {name: (now[name], then[name]) for name in waiting if then.get(name, first + 1) <= first}
        if carried:
            carrying.append(Agreement(tuple(sorted(group)), carried))
    return sorted(carrying, key=lambda agreement: (-len(agreement.ranks), agreement.sources))


def ranks_with_agreement(on: Basis, groups: Iterable[Collection[str]]) -> Iterator[dict[str, int] | None]:
    """Yield, for each group of witnesses, everyone's rank on the record alone if the group agreed, from 1.

    People without support on the record have no rank. None if everything that the group said is on the record already.

    Args:
        on: the basis of the ranking, sources included.
        groups: groups of sources.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> claims = [claim_from("s1: p1 RUNS g1", on_record=False), claim_from("s2: p2 RUNS g2", on_record=True)]
        >>> on = basis(claims, people("p1", "p2"), {})
        >>> list(ranks_with_agreement(on, [{"s1"}, {"s2"}]))
        [{'p1': 1, 'p2': 1}, None]

    Limits: as `agreements`.
    """
    source = np.array(on.told.claims.texts("source"), dtype=object)
    for group in groups:
        theirs = np.isin(source, list(group)) & on.told.witness
        yield _ranks_on(on, on.told.on_record | theirs) if (theirs & ~on.told.on_record).any() else None


def _ranks_on(on: Basis, heard: Bools) -> dict[str, int]:
    """Return ranks from some of the claims alone, for the people they raise; ties share the lowest."""
    place = {name: number for number, name in enumerate(on.ledger.ids)}
    scores = np.append(score_of(on, on.told.rows(heard)), 0.0).round(9)
    mine = scores[[place.get(person.id, -1) for person in on.people]]
    placed = zip(on.people, mine, rereading.ranks(mine), strict=True)
    return {person.id: int(rank) for person, score, rank in placed if score > 0}
