"""Joint test of closures under the same control: whether their people went to other places of that controller.

A closure that few people left cannot show anything; several closures under one controller can. Chance sends each person
seen again to places of that controller with the probability from the closure's own test (`flows.chances_of`). The sum
over all closures is compared with its exact distribution, and p is corrected over controllers for the false discovery
rate (Benjamini & Hochberg 1995).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from graphsvc.analysis.displacement.cohorts import Whereabouts
from graphsvc.analysis.displacement.deals import ALPHA, FEWEST
from graphsvc.analysis.displacement.flows import Departure, chances_of, moved_together
from graphsvc.analysis.displacement.stays import hands

# A single closure has its own test (`deals`).
_FEWEST_CLOSURES = 2


@dataclass(frozen=True, slots=True)
class HandTest:
    """Test of a person or gang that controls several places which people left.

    Attributes:
        who: id. closures: places that closed or emptied, with people who are seen again.
        seen, stayed: for each closure, people seen again, and those of them at other places of this controller.
        expected: total number expected by chance. p, q: its p, and q corrected over all controllers. together: whether
            significant.
    """

    who: str
    closures: tuple[str, ...]
    seen: tuple[int, ...]
    stayed: tuple[int, ...]
    expected: float
    p: float
    q: float = 1.0
    together: bool = False


def hand_tests(known: Whereabouts, every: Mapping[str, Departure]) -> list[HandTest]:
    """Test each controller of several closures, the most surprising first.

    Args:
        known: the whereabouts of everyone.
        every: departures, as `flows.find_departures` returns them.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> hand_tests(whereabouts([], []), {})
        []

    Limits: as `deals.chance_test`. Only believed control counts; people behind a front are not known.
    """
    by_place = hands(known.ties)
    controlled: dict[str, set[str]] = defaultdict(set)
    for place, controllers in by_place.items():
        for who in controllers:
            controlled[who].add(place)
    together = moved_together(every)
    parts: dict[str, list[tuple[str, int, int, float]]] = defaultdict(list)
    for place, left in every.items():
        went = [became.following.place for became in left.cohort.went if became.following]
        if not went or place not in by_place:
            continue
        chances = chances_of(known, left, frozenset().union(*together.values()) - together[place])
        for who in by_place[place]:
            theirs = controlled[who] - {place}
            stayed = sum(name in theirs for name in went)
            parts[who].append((place, len(went), stayed, sum(chances.get(name, 0.0) for name in theirs)))
    return _correct(_test(who, closures) for who, closures in parts.items() if len(closures) >= _FEWEST_CLOSURES)


def _test(who: str, parts: list[tuple[str, int, int, float]]) -> HandTest:
    # Imported here: all of scipy.stats takes a second to load.
    from scipy import stats

    places, seen, stayed, chances = zip(*parts, strict=True)
    distribution = np.ones(1)
    for number, chance in zip(seen, chances, strict=True):
        distribution = np.convolve(distribution, stats.binom.pmf(np.arange(number + 1), number, min(chance, 1.0)))
    p = min(float(distribution[sum(stayed) :].sum()), 1.0)
    return HandTest(who, places, seen, stayed, float(np.dot(seen, chances)), p)


def _correct(tests: Iterable[HandTest]) -> list[HandTest]:
    """Return the tests that had a chance of showing anything, with p corrected over them."""
    from scipy.stats import false_discovery_control

    testable = sorted(
        (test for test in tests if test.expected > 0 and sum(test.seen) >= FEWEST), key=lambda test: test.who
    )
    if not testable:
        return []
    corrected = false_discovery_control([test.p for test in testable]).tolist()
    adjusted = [
        replace(test, q=q, together=q <= ALPHA and sum(test.stayed) >= FEWEST)
        for test, q in zip(testable, corrected, strict=True)
    ]
    return sorted(adjusted, key=lambda test: (test.p, test.who))
