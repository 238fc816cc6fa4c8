"""Results are kept while they are current."""

from __future__ import annotations

import doctest

from graphsvc.service import kept
from graphsvc.service.kept import Kept


def test_the_example_holds() -> None:
    assert doctest.testmod(kept).attempted
    assert not doctest.testmod(kept).failed


def test_levels_of_one_version_stay_apart_and_the_oldest_goes_first() -> None:
    results = Kept[str](2)
    for level in ("P", "C", "other"):
        results.of(("dover", 1, level), lambda level=level: level)  # type: ignore[misc]  # bound at once
    assert results.of(("dover", 1, "C"), lambda: "again") == "C"
    assert results.of(("dover", 1, "P"), lambda: "again") == "again"
