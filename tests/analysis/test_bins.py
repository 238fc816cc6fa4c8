"""Sorting numbers by bin: with many numbers, counting them into place gives the same order as sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from graphsvc.analysis.claims import bins
from graphsvc.analysis.claims.bins import sorted_into


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("width", [np.int64, np.int32, np.uint8])
def test_many_lie_in_their_bins_as_few_do(seed: int, width: type, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 200))
    of: NDArray[Any] = rng.integers(0, size, int(rng.integers(bins._MANY, 3 * bins._MANY))).astype(width)
    many = sorted_into(of, size + seed % 3)
    monkeypatch.setattr(bins, "_MANY", len(of) + 1)
    few = sorted_into(of, size + seed % 3)
    for counted, ordered in zip((many.order, many.starts), (few.order, few.starts), strict=True):
        assert counted.dtype == ordered.dtype
        assert counted.tolist() == ordered.tolist()
