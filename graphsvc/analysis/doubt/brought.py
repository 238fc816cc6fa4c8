"""What witnesses bring: where each lead would stand had none spoken, and on the record if some agreed to give evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.evidence.laid import texts
from graphsvc.analysis.evidence.ledger import Bools
from graphsvc.analysis.score.basis import Basis
from graphsvc.analysis.score.hubs import Ranking, ranks, score_of

# So many leads are read: whoever is not among them is not seen.
FIRST = 50


@dataclass(frozen=True, slots=True)
class Brought:
    """What witnesses bring to one lead.

    Attributes:
        rank: from 1. without: the rank had no witness spoken, None: they would not be ranked.
    """

    rank: int
    without: int | None

    @property
    def surfaced(self) -> bool:
        """Whether they are among the first `FIRST` with what witnesses said, and would not be without.

        Example:
            >>> Brought(7, 80).surfaced, Brought(7, 9).surfaced, Brought(60, None).surfaced
            (True, False, False)
        """
        return self.rank <= FIRST and (self.without is None or self.without > FIRST)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What it would do if a group of witnesses agreed to give evidence.

    Attributes:
        sources: the group.
        ranks: of the first `FIRST` leads those who would come among the first `FIRST` on the record and are not now → (rank on
            the record now, None: nothing on the record raises them; rank then), by their rank.
    """

    sources: tuple[str, ...]
    ranks: dict[str, tuple[int | None, int]]


def brought(on: Basis, ranking: Ranking) -> dict[str, Brought]:
    """What all accounts of witnesses together bring to each lead: person → ranks with and without.

    Args:
        on: what the ranking is computed on.
        ranking: the ranking.

    Example:
        >>> from graphsvc.analysis.examples import people, said
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.score.hubs import ranked
        >>> claims = [said("s1: p1 RUNS g1"), said("r1: p2 RUNS g2", source_kind="record")]
        >>> on = basis(claims, people("p1", "p2"), {})
        >>> {name: (one.rank, one.without) for name, one in brought(on, ranked(on)).items()}
        {'p1': (1, 2), 'p2': (2, 1)}

    Limits: all are left out at once; what one of them brings is told by `stability`.
    """
    rest = ranks(on.anew(np.flatnonzero(on.told.witness)))
    return {lead.id: Brought(lead.rank, rest.get(lead.id)) for lead in ranking.leads}


def agreements(on: Basis, ranking: Ranking, groups: Iterable[Collection[str]], first: int = FIRST) -> list[Agreement]:
    """For each group of witnesses who are not all on the record, which leads it would carry there by agreeing to give evidence.

    Args:
        on: what the ranking is computed on, sources included.
        ranking: the ranking.
        groups: of sources.
        first: so many are read, of the leads and on the record.

    Returns:
        Those that carry somebody, the most carried first.

    Example:
        >>> from graphsvc.analysis.examples import people, said
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.score.hubs import ranked
        >>> on = basis([said("s1: p1 RUNS g1", on_record=False)], people("p1", "p2"), {})
        >>> agreements(on, ranked(on), [{"s1"}])
        [Agreement(sources=('s1',), ranks={'p1': (None, 1)})]

    Limits: one group at a time. It says what a case would rest on, not that anybody should be asked: whether somebody gives evidence
    is theirs to say, and the worth of an account is no reason to press for it.
    """
    now = {
        lead.id: lead.rank_on_record if lead.score_on_record > 0 else None
        for lead in ranking.leads
        if lead.rank <= first
    }
    waiting = [name for name, rank in now.items() if rank is None or rank > first]
    source = np.array(texts(on.told.claims, "source"), dtype=object)
    carrying = []
    for group in groups:
        theirs = np.isin(source, list(group)) & on.told.witness
        if not (theirs & ~on.told.on_record).any():
            continue
        then = _ranks_on(on, on.told.on_record | theirs)
        carried = {name: (now[name], then[name]) for name in waiting if then.get(name, first + 1) <= first}
        if carried:
            carrying.append(Agreement(tuple(sorted(group)), carried))
    return sorted(carrying, key=lambda agreement: (-len(agreement.ranks), agreement.sources))


def _ranks_on(on: Basis, heard: Bools) -> dict[str, int]:
    """Rank of each person on some of the claims alone, of those whom they raise; ties share the lowest."""
    place = {name: number for number, name in enumerate(on.ledger.ids)}
    scores = np.append(score_of(on, on.told.rows(heard)), 0.0).round(9)
    mine = scores[[place.get(person.id, -1) for person in on.people]]
    placed = zip(on.people, mine, rereading.ranks(mine), strict=True)
    return {person.id: int(rank) for person, score, rank in placed if score > 0}
