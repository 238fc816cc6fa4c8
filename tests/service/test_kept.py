"""Results are cached while they are current."""

from __future__ import annotations

import doctest
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from graphsvc.cases import cache
from graphsvc.cases.cache import Cache, Caches
from graphsvc.config import Settings
from graphsvc.errors import Busy, NotReady
from graphsvc.records.patience import PATIENCE
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
    """A case has a version for each handling code, so readers of one must not drop the results of the other."""
    results = Cache[str](9)
    for handling, version in (("P", 3), ("C", 8)):
        results.of(("dover", version, handling, True), lambda handling=handling: handling)  # type: ignore[misc]
    results.of(("dover", 9, "C", True), lambda: "new")
    assert results.of(("dover", 3, "P", True), lambda: "again") == "P"
    assert results.of(("dover", 8, "C", True), lambda: "again") == "again"


def test_who_waits_a_little_is_told_that_it_is_being_worked_out_and_finds_it_later() -> None:
    results, begun, goes_on = Cache[str](9), threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert goes_on.wait(10)
        return "worked out"

    def wait_briefly() -> str:
        PATIENCE.set(0.05)
        return results.of(("dover", 1, "C"), lambda: "worked out twice")

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(results.of, ("dover", 1, "C"), slow)
        assert begun.wait(10)
        patient = pool.submit(results.of, ("dover", 1, "C"), lambda: "worked out twice")
        with pytest.raises(NotReady, match="look again in a moment"):
            pool.submit(wait_briefly).result(10)
        goes_on.set()
        assert first.result(10) == patient.result(10) == pool.submit(wait_briefly).result(10) == "worked out"


def test_what_is_there_of_a_case_is_told_while_others_ask_for_it() -> None:
    results = Cache[str](9)

    class Case(str):
        """A key that requests a result whenever it is compared, as another thread might in between."""

        def __eq__(self, value: object) -> bool:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(results.of, first, lambda: "again").result(10)
            return str(self) == value

        __hash__ = str.__hash__

    first = (Case("dover"), 1, "P")
    for key in (first, (Case("dover"), 2, "C"), (Case("calais"), 1, "P")):
        results.of(key, lambda key=key: key[2])  # type: ignore[misc]  # bound at once
    assert sorted(results.of_case("dover")) == ["C", "P"]


def test_who_asks_while_somebody_computes_waits_for_that() -> None:
    results, begun, goes_on, computed = Cache[str](9), threading.Event(), threading.Event(), list[str]()

    def slow() -> str:
        begun.set()
        assert goes_on.wait(10)
        computed.append("once")
        return "the same"

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(results.of, ("dover", 1, "C"), slow)
        assert begun.wait(10)
        futures = [pool.submit(results.of, ("dover", 1, "C"), slow) for _ in range(3)]
        # A request about another state does not wait.
        assert results.of(("dover", 1, "P"), lambda: "another") == "another"
        goes_on.set()
        assert {first.result(10), *(future.result(10) for future in futures)} == {"the same"}
    assert computed == ["once"]


def test_where_it_fails_nobody_waits_for_another_who_waited() -> None:
    """Callers who wait for a stuck server all get the error together, not one after the other."""
    results, begun, goes_on, all_at_work = Cache[str](9), threading.Event(), threading.Event(), threading.Barrier(3)

    def fails() -> str:
        begun.set()
        assert goes_on.wait(10)
        raise Busy("Not now.")

    def again() -> str:
        all_at_work.wait(10)  # fails unless all three compute at the same time
        return "each"

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(results.of, ("dover", 1, "C"), fails)
        assert begun.wait(10)
        futures = [pool.submit(results.of, ("dover", 1, "C"), again) for _ in range(3)]
        time.sleep(0.2)  # let them start waiting
        goes_on.set()
        with pytest.raises(Busy):
            first.result(10)
        assert {future.result(10) for future in futures} == {"each"}


def test_what_was_forgotten_while_it_was_computed_is_not_kept() -> None:
    results = Cache[str](9)

    def meanwhile() -> str:
        results.clear()
        return "of before"

    assert results.of(("dover", 1, "C"), meanwhile) == "of before"
    assert results.of(("dover", 1, "C"), lambda: "anew") == "anew"


def test_where_it_fails_the_next_computes_it() -> None:
    results = Cache[str](9)

    def fails() -> str:
        raise Busy("Not now.")

    for _ in range(2):
        with pytest.raises(Busy):
            results.of(("dover", 1, "C"), fails)
    assert results.of(("dover", 1, "C"), lambda: "now") == "now"


def test_a_service_forgets_all_it_has_kept(settings: Callable[..., Settings]) -> None:
    with Service(settings()) as service:
        subjects = [service.caches(kind) for kind in Caches.__subclasses__()]
        everything = [
            subject_cache
            for subject in subjects
            for subject_cache in vars(subject).values()
            if isinstance(subject_cache, Cache)
        ]
        assert len(everything) > 9
        for subject_cache in everything:
            subject_cache.of(("dover", 1, "C"), lambda: "old")
        service.forget()
        assert {subject_cache.of(("dover", 1, "C"), lambda: "new") for subject_cache in everything} == {"new"}
