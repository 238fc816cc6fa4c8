"""How many independent accounts some groups of sources are worth, where something may have coloured the accounts of several.

What makes people agree beforehand (a boat, a house, a family) makes one group of them (`dependence`). What may only colour what
they say (one interpreter, one day of interviews) leaves them apart, and each counts in part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.evidence.bins import sorted_into
from graphsvc.analysis.evidence.claims import Dependence
from graphsvc.analysis.evidence.dependence import Ints, groups, joins

_NEARLY = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class Colours:
    """What sources share that may colour their accounts.

    Attributes:
        starts: `keys[starts[s]:starts[s + 1]]` are the keys source `s` shares.
        keys: numbers of keys, from 0.
        kind: for each key as what it colours.
        strength: for each of these how far it makes two accounts alike, up to 1.
    """

    starts: Ints
    keys: Ints
    kind: Ints
    strength: NDArray[np.float64]


def colours(shared: Sequence[Collection[str]], strength: Mapping[str, float]) -> Colours:
    """What sources share that may colour their accounts, as arrays.

    Args:
        shared: the keys of each source (`dependence.shared_keys`); those that join make no difference here.
        strength: as what a key colours → how far.

    Example:
        >>> colours([{"interpreter 4", "k0"}, {"interpreter 4"}], {"interpreter": 0.3}).strength.tolist()
        [0.3]

    Limits: none.
    """
    held = [sorted(key for key in keys if not joins(key)) for keys in shared]
    names = sorted({key for keys in held for key in keys})
    number = {key: place for place, key in enumerate(names)}
    reasons = sorted({key.partition(" ")[0] for key in names})
    return Colours(
        starts=np.concatenate(([0], np.cumsum([len(keys) for keys in held], dtype=np.int64))).astype(np.int64),
        keys=np.array([number[key] for keys in held for key in keys], dtype=np.int64),
        kind=np.array([reasons.index(key.partition(" ")[0]) for key in names], dtype=np.int64),
        strength=np.array([strength[reason] for reason in reasons], dtype=float),
    )


def independent(sources: Iterable[str], dependence: Dependence, strength: Mapping[str, float]) -> float:
    """The effective number of independent accounts that some sources are worth: see `effective`.

    Args:
        sources: their names.
        dependence: what they share.
        strength: as what a key colours → how far.

    Example:
        >>> heard = {name: frozenset({"interpreter 0"}) for name in ("s1", "s2")}
        >>> round(independent(["s1", "s2", "s3"], heard, {"interpreter": 0.3}), 2)
        2.5

    Limits: as `effective`.
    """
    sets = [(name, number) for number, names in enumerate(groups(sources, dependence)) for name in sorted(names)]
    of = colours([dependence.get(name, frozenset()) for name, _ in sets], strength)
    group, rows = np.array([number for _, number in sets], dtype=np.int64), np.arange(len(sets))
    return float(effective(0 * rows, group, rows, of, 1)[0])


def effective(owner: Ints, group: Ints, source: Ints, shared: Colours, size: int) -> NDArray[np.float64]:
    """The effective number of independent accounts behind each owner: so many independent ones would tell as much.

    Groups are alike as far as something may colour the accounts of both: of two groups *r*, the chance that they agree for
    what they share, is 1 − Π(1 − strength) over the kinds of thing that somebody of the one shares with somebody of the other.
    The effective number of *G* groups is *G*² / Σ *r* over all ordered pairs, a group with itself counting 1: the number of
    independent ones whose mean varies as much (Kish 1965, *Survey Sampling*: the design effect; for equal *r* it is
    *G* / (1 + (*G* − 1) *r*)).

    Args:
        owner: for each row the figure it belongs to, 0 to `size - 1`.
        group: for each row its group (`components`).
        source: for each row the number of its source.
        shared: what sources share that may colour their accounts.
        size: number of owners.

    Returns:
        For each owner from 1 to its number of groups; 0 where it has no row.

    Example:
        >>> heard = colours([{"interpreter 4"}, {"interpreter 4"}, {}], {"interpreter": 0.5})
        >>> rows = np.zeros(3, dtype=np.int64), np.arange(3), np.arange(3)
        >>> effective(*rows, heard, 1).round(3).tolist()
        [2.25]

    Limits: strengths are set, not measured; groups of many count as groups of one.
    """
    heads, group = np.unique(group, return_index=True, return_inverse=True)[1:]
    count = np.bincount(owner[heads], minlength=size).astype(float)
    held = shared.starts[source + 1] - shared.starts[source]
    held[count[owner] < 2] = 0
    row = np.repeat(np.arange(len(owner)), held)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(held) - held, held)
    key = shared.keys[shared.starts[source[row]] + offset]
    # Who holds what, once for each group; then any two groups that hold the same, once for each kind of thing.
    span, kinds, width = int(shared.keys.max(initial=0)) + 1, max(len(shared.strength), 1), max(len(heads), 1)
    holder, named = np.divmod(np.unique(group[row] * span + key), span)
    bins = np.unique(owner[heads][holder] * span + named, return_inverse=True)[1].astype(np.int64)
    member, held_by = sorted_into(bins, int(bins.max(initial=-1)) + 1).members(bins)
    alike = np.unique((holder[held_by] * width + holder[member]) * kinds + shared.kind[named[held_by]])
    alike = alike[alike // kinds // width != alike // kinds % width]
    pair, which = np.unique(alike // kinds, return_inverse=True)
    differing = np.log1p(-np.minimum(shared.strength[alike % kinds], _NEARLY))
    correlation = -np.expm1(np.bincount(which, weights=differing, minlength=len(pair)))
    total = count + np.bincount(owner[heads][pair // width], weights=correlation, minlength=size)
    result: NDArray[np.float64] = np.divide(count**2, total, out=np.zeros(size), where=count > 0)
    return result
