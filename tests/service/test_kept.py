"""Results are kept while they are current."""

from __future__ import annotations

import doctest
from collections.abc import Callable

from graphsvc.cases import cache
from graphsvc.cases.cache import Cache, Caches
from graphsvc.config import Settings
from graphsvc.service import Service


def test_the_example_holds() -> None:
    assert doctest.testmod(cache).attempted
    assert not doctest.testmod(cache).failed


def test_levels_of_one_version_stay_apart_and_the_oldest_goes_first() -> None:
    results = Cache[str](2)
    for level in ("P", "C", "other"):
        results.of(("dover", 1, level), lambda level=level: level)  # type: ignore[misc]  # bound at once
    assert results.of(("dover", 1, "C"), lambda: "again") == "C"
    assert results.of(("dover", 1, "P"), lambda: "again") == "again"


def test_what_is_c_is_not_counted_as_what_is_p_and_drops_nothing_of_it() -> None:
    """A case has a version for each handling code: readers of both must not take each other's results away."""
    results = Cache[str](9)
    for handling, version in (("P", 3), ("C", 8)):
        results.of(("dover", version, handling, True), lambda handling=handling: handling)  # type: ignore[misc]
    results.of(("dover", 9, "C", True), lambda: "new")
    assert results.of(("dover", 3, "P", True), lambda: "again") == "P"
    assert results.of(("dover", 8, "C", True), lambda: "again") == "again"


def test_a_service_forgets_all_it_has_kept(settings: Callable[..., Settings]) -> None:
    with Service(settings()) as service:
        subjects = [service.caches(kind) for kind in Caches.__subclasses__()]
        everything = [one for subject in subjects for one in vars(subject).values() if isinstance(one, Cache)]
        assert len(everything) > 9
        for one in everything:
            one.of(("dover", 1, "C"), lambda: "old")
        service.forget()
        assert {one.of(("dover", 1, "C"), lambda: "new") for one in everything} == {"new"}
