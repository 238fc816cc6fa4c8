"""Effective number of independent statements of some groups of sources, where groups may share circumstances.

Sources who may have agreed beforehand (same boat, house or family) form one group (`dependence`). Circumstances that
may only affect their wording (one interpreter, one day of interviews) leave the groups separate, but each then counts
in part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.claims.bins import Bins
from graphsvc.analysis.claims.claims import Dependence
from graphsvc.analysis.claims.dependence import Ints, groups, joins


@dataclass(frozen=True, slots=True)
class Colours:
    """Shared circumstances that may affect the statements of sources.

    Attributes:
        starts: `keys[starts[s]:starts[s + 1]]` are the keys source `s` shares.
        keys: numbers of keys, from 0.
        kind: for each key its kind, a position in `strength`.
        strength: for each kind how similar it makes two statements, up to 1.
    """

    starts: Ints
    keys: Ints
    kind: Ints
    strength: NDArray[np.float64]


def colours(shared: Sequence[Collection[str]], strength: Mapping[str, float]) -> Colours:
    """Convert the shared circumstances of sources to arrays.

    Args:
        shared: the keys of each source (`dependence.shared_keys`); keys that join are ignored here.
        strength: kind of key → how similar it makes two statements.

    Example:
        >>> colours([{"interpreter 4", "k0"}, {"interpreter 4"}], {"interpreter": 0.3}).strength.tolist()
        [0.3]

    Limits: none.
    """
    colour_keys = [sorted(key for key in keys if not joins(key)) for keys in shared]
    names = sorted({key for keys in colour_keys for key in keys})
    number = {key: place for place, key in enumerate(names)}
    reasons = sorted({key.partition(" ")[0] for key in names})
    return Colours(
        starts=np.concatenate(([0], np.cumsum([len(keys) for keys in colour_keys], dtype=np.int64))).astype(np.int64),
        keys=np.array([number[key] for keys in colour_keys for key in keys], dtype=np.int64),
        kind=np.array([reasons.index(key.partition(" ")[0]) for key in names], dtype=np.int64),
        strength=np.array([strength[reason] for reason in reasons], dtype=float),
    )


def independent(sources: Iterable[str], dependence: Dependence, strength: Mapping[str, float]) -> float:
    """Return the effective number of independent statements of some sources, see `effective`.

    Args:
        sources: their names.
        dependence: the keys of each source.
        strength: kind of key → how similar it makes two statements.

    Example:
        >>> heard = {name: frozenset({"interpreter 0"}) for name in ("s1", "s2")}
        >>> round(independent(["s1", "s2", "s3"], heard, {"interpreter": 0.3}), 2)
        2.54

    Limits: as `effective`.
    """
    sets = [(name, number) for number, names in enumerate(groups(sources, dependence)) for name in sorted(names)]
    of = colours([dependence.get(name, frozenset()) for name, _ in sets], strength)
    group, rows = np.array([number for _, number in sets], dtype=np.int64), np.arange(len(sets))
    return float(effective(0 * rows, group, rows, of, 1)[0])


def effective(owner: Ints, group: Ints, source: Ints, shared: Colours, size: int) -> NDArray[np.float64]:
    """Return, for each owner, how many independent statements would be as informative as those behind it.

    Each group counts as 1 / its design effect, 1 + Σ strength · (m − 1), summed over the circumstances it shares with
    other groups behind the same owner; *m* is the number of groups that share the circumstance. If *G* groups all share
    one circumstance of strength *r*, the result is *G* / (1 + (*G* − 1) *r*) (Kish 1965, *Survey Sampling*: the
    effective size of a sample in clusters). A group that shares nothing counts as 1, whatever others share.

    Args:
        owner: for each row the figure it belongs to, 0 to `size - 1`.
        group: for each row its group (`dependence.components`).
        source: for each row the number of its source.
        shared: the shared circumstances of the sources.
        size: number of owners.

    Returns:
        One number for each owner, from 1 to its number of groups; below 1 only where the strengths add up to more than
        1; 0 for an owner without rows.

    Example:
        >>> heard = colours([{"interpreter 4"}, {"interpreter 4"}, {}], {"interpreter": 0.5})
        >>> rows = np.zeros(3, dtype=np.int64), np.arange(3), np.arange(3)
        >>> effective(*rows, heard, 1).round(3).tolist()
        [2.333]

    Limits: strengths are set, not measured; a group counts the same whatever its size.
    """
    heads, group = np.unique(group, return_index=True, return_inverse=True)[1:]
    holder, key, thing = shared_circumstances(owner, group, source, shared)
    other_groups = np.bincount(thing, minlength=1)[thing] - 1.0
    alike = np.bincount(holder, weights=shared.strength[shared.kind[key]] * other_groups, minlength=len(heads))
    result: NDArray[np.float64] = np.bincount(owner[heads], weights=1 / (1 + alike), minlength=size).astype(float)
    return result


def shared_circumstances(owner: Ints, group: Ints, source: Ints, shared: Colours) -> tuple[Ints, Ints, Ints]:
    """Return the shared circumstances of each group, each once.

    Args:
        owner: for each row the figure it belongs to.
        group: for each row its group, from 0.
        source: for each row the number of its source.
        shared: the shared circumstances of the sources.

    Returns:
        Group, key, and a number that two groups have in common if, and only if, they share the key for one owner.

    Example:
        >>> heard = colours([{"interpreter 4"}, {"interpreter 4"}], {"interpreter": 0.5})
        >>> [column.tolist() for column in shared_circumstances(np.array([0, 0]), np.array([0, 1]), np.array([0, 1]), heard)]
        [[0, 1], [0, 0], [0, 0]]

    Limits: none.
    """
    key, row = Bins(shared.keys, shared.starts).members(source)
    span = int(shared.keys.max(initial=0)) + 1
    pairs, first = np.unique(group[row] * span + key, return_index=True)
    holder, key = np.divmod(pairs, span)
    thing = np.unique(owner[row][first] * span + key, return_inverse=True)[1].astype(np.int64)
    return holder, key, thing
