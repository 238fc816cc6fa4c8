"""How good a ranking is, on cases whose truth is known: invented ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np


def order(scores: Mapping[str, float], candidates: Collection[str], seed: int = 0) -> list[str]:
    """The candidates, best first; ties in a random order that the seed fixes, those without a score last.

    Example:
        >>> order({"a": 1.0, "b": 3.0}, ["a", "b", "c"])
        ['b', 'a', 'c']

    Limits: one random order; average over seeds where many are tied.
    """
    rng = np.random.default_rng(seed)
    names = sorted(candidates)
    luck = dict(zip(names, rng.random(len(names)).tolist(), strict=True))
    return sorted(names, key=lambda name: (-scores.get(name, -np.inf), luck[name]))


def average_precision(ranked: Sequence[str], wanted: Collection[str]) -> float:
    """Mean, over those wanted, of the share of wanted among all down to each: 0 to 1, 1 if all come first.

    Example:
        >>> average_precision(["a", "b", "c", "d"], {"a", "c"}).__round__(3)
        0.833

    Limits: chance is about the share of those wanted, so compare only within one case. 0 if none is wanted.
    """
    found, total = 0, 0.0
    for place, name in enumerate(ranked, start=1):
        if name in wanted:
            found += 1
            total += found / place
    return total / len(wanted) if wanted else 0.0


def precision_at(ranked: Sequence[str], wanted: Collection[str], count: int) -> float:
    """The share of those wanted among the first `count`, 0 to 1.

    Example:
        >>> precision_at(["a", "b", "c"], {"a", "c"}, 2)
        0.5

    Limits: cannot reach 1 where fewer than `count` are wanted. Also tells the share of lawful helpers on top.
    """
    top = ranked[:count]
    return sum(name in wanted for name in top) / len(top) if top else 0.0


def recall_at(ranked: Sequence[str], wanted: Collection[str], count: int) -> float:
    """The share, of those wanted, that is among the first `count`, 0 to 1.

    Example:
        >>> recall_at(["a", "b", "c"], {"a", "c"}, 2)
        0.5

    Limits: 0 if none is wanted.
    """
    return sum(name in wanted for name in ranked[:count]) / len(wanted) if wanted else 0.0


def top_tenth(ranked: Sequence[str], wanted: Collection[str]) -> float:
    """The share, of those wanted, in the first tenth of the list, 0 to 1.

    Example:
        >>> top_tenth([str(number) for number in range(20)], {"0", "5"})
        0.5

    Limits: a list of fewer than ten counts its first place.
    """
    return recall_at(ranked, wanted, max(1, len(ranked) // 10))
