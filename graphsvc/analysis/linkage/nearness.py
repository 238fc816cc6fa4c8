"""How few pairs of crossings are as near as each is: what is near in one sea may be far in another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Halves = NDArray[np.float32]


def how_few(apart: Halves, among: Halves) -> Halves:
    """Minus the logarithm of the share of pairs that are at most as far apart, less 1; 0 where that is not known.

    Args:
        apart: how far apart some pairs are, NaN where that is not known.
        among: all pairs of the case.

    Example:
        >>> how_few(np.ones(1, dtype=np.float32), np.arange(1, 9, dtype=np.float32)).astype(float).round(3).tolist()
        [0.735]

    Limits: pairs whose distance nobody knows are in no share.
    """
    known, every = np.flatnonzero(~np.isnan(apart)), among[~np.isnan(among)]
    result: Halves = np.zeros(len(apart), dtype=np.float32)
    if len(known):
        ranks = np.searchsorted(np.sort(every), apart[known], side="right")
        result[known] = -np.log((ranks + 0.5) / (len(every) + 0.5)) - 1
    return result
