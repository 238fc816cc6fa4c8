"""Whether people who left a place went to the same one more often than chance would send them: a Monte Carlo test.

Chance sends each person who left to a place where people came in the same months. A place is the likelier the more people came there and
the more such places are preferred (`choice`: nearby, same trade, same kind). What is compared is the most surprising count, over all
places and over the places under the same control taken as one: its chance in the binomial distribution, the least of which is set
against the least in each deal (min-P; Westfall & Young 1993). The p-value is (r + 1) / (n + 1), *r* deals of *n* that reach
it (Phipson & Smyth 2010).

Closures are many, and each is a question of its own whose answer is a list of those worth a visit: what matters is how much of that list is
chance, so p is corrected over closures for the false discovery rate (Benjamini & Hochberg 1995), and not for the chance of a single false one. Within
a closure that stands, places are held to what was corrected for (Benjamini & Bogomolov 2014).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal
from zlib import crc32

import numpy as np
import scipy

from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors

DRAWS = 9_999
# The false discovery rate, and the level of intervals.
ALPHA = 0.05
# Fewer who appear elsewhere, or who went to one place, tell nothing: two people know each other.
FEWEST = 3
# They scattered if it can be ruled out that so large a share of them went to one place, or stayed under one hand.
MOST_SCATTERED = 0.5

Verdict = Literal["together", "scattered", "cannot tell"]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Excess:
    """How many of those who left went to one place (or, `place` empty, to places under the same control), beside what chance gives.

    Attributes:
        went: how many. expected: how many a deal has on average.
        share: of those seen again, 0 to 1; low, high: its 95 % interval (Clopper & Pearson 1934).
        p: in a deal, the chance that any place surprises as much; together: whether it stands once corrected.
    """

    place: str
    went: int
    expected: float
    share: float
    low: float
    high: float
    p: float
    together: bool = False

    @property
    def ratio(self) -> float:
        """So many times as many as chance gives."""
        return self.went / self.expected if self.expected else 0.0


@dataclass(frozen=True, slots=True)
class ChanceTest:
    """The test of one closure.

    Attributes:
        seen: how many of those who left appear elsewhere. arrivals: how many people in all came to a place in that time.
        verdict: `together`, `scattered` or `cannot tell`.
        p: None where no outcome could have told anything. q: p corrected over closures; None: not corrected, or no p.
        places: by place, the most surprising first. control: to places under the same control; None: no such place is known.
    """

    seen: int
    arrivals: int
    verdict: Verdict = "cannot tell"
    p: float | None = None
    q: float | None = None
    places: tuple[Excess, ...] = ()
    control: Excess | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """How a case stands among deals of it.

    Attributes:
        beyond: deals that are more surprising than the case; equal: as surprising; draws: deals in all.
        surprise: chance of the most surprising count of the case. least: of each deal.
    """

    beyond: int
    equal: int
    draws: int
    surprise: float
    least: Floats

    @property
    def p(self) -> float:
        """(r + 1) / (n + 1)."""
        return (self.beyond + self.equal + 1) / (self.draws + 1)


@dataclass(frozen=True, slots=True)
class AskedOf:
    """What a test is asked of.

    Attributes:
        went: where each of those who left appears next. arrivals: where everybody appears who came to a place in that time.
        controlled: places under the same control as the one that was left.
        weights: place → how many times as likely it is for those who left (`Preferences.weights`); a place that is missing: 1.
        seed: of the deals; None: made of the numbers that are asked about, so that the same question has the same answer
            whichever others are asked, and whoever deals learns nothing by it (of an id it would tell which).
    """

    went: Sequence[str]
    arrivals: Sequence[str]
    controlled: Collection[str] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Hands:
    """The places dealt over as numbers alone, and what is asked of them: other machines may be given it.

    Attributes:
        heads: arrivals at each place. chances: that one person is dealt to each place.
        ours: for each place whether it is under the same control. surprise: (places + 1) x (went + 1): the chance of at least so
            many; the last row is that of the places under the same control.
        counts: how many of those who left went to each place; seen: how many in all.
        draws: deals. seed: of them.
    """

    heads: Ints
    chances: Floats
    ours: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    surprise: Floats
    counts: Ints
    seen: int
    draws: int
    seed: int


def dealt(
    went: Sequence[str],
    arrivals: Sequence[str],
    controlled: Collection[str] = (),
    *,
    weights: Mapping[str, float] = MappingProxyType({}),
    draws: int = DRAWS,
    seed: int = 0,
) -> ChanceTest:
    """The test of one closure, not yet corrected: its verdict stands once `corrected` has seen all of them.

    Args:
        went: where each of those who left appears next; empty: nobody was seen again.
        arrivals: where everybody appears who came to a place in that time, those who left among them.
        controlled: places under the same control as the one that was left.
        weights: as in `AskedOf`.
        draws: deals.
        seed: of the deals; the same seed gives the same answer.

    Example:
        >>> test = dealt(["w2"] * 5 + ["w3"], ["w2"] * 6 + [f"w{n}" for n in range(3, 40)], draws=999)
        >>> test.p, test.places[0].place, test.places[0].went, round(test.places[0].expected, 2)
        (0.007, 'w2', 5, 0.84)

    Limits: of what draws people somewhere only `weights` are known. Whoever follows a workmate or their family looks moved. Whoever was moved with others from elsewhere says nothing of where the free go, so a caller leaves them out (`flows.displaced`).
    """
    return chance_tests({"": AskedOf(went, arrivals, controlled, weights, seed)}, draws=draws)[""]


def chance_tests(
    asked: Mapping[str, AskedOf], *, draws: int = DRAWS, processors: Processors = THIS_MACHINE
) -> dict[str, ChanceTest]:
    """The tests of several closures, not yet corrected: each as `dealt` has it.

    Args:
        asked: closure → what is asked of it.
        draws: deals of each.
        processors: who deals.

    Example:
        >>> some = chance_tests({"w1": AskedOf(["w2"] * 3, ["w2"] * 3 + ["w3"] * 9), "w4": AskedOf([], [])}, draws=99)
        >>> [(place, test.seen) for place, test in some.items()]
        [('w1', 3), ('w4', 0)]

    Limits: as `dealt`.
    """
    dealing = {place: question for place, question in asked.items() if len(question.went) >= FEWEST}
    hands = {place: _hands(question, draws) for place, question in dealing.items()}
    standing = dict(zip(hands, processors.each(standing_of, None, hands.values()), strict=True))
    return {
        place: _test(question, hands[place], standing[place])
        if place in hands
        else ChanceTest(len(question.went), len(question.arrivals))
        for place, question in asked.items()
    }


def _test(asked: AskedOf, hands: Hands, standing: Reached) -> ChanceTest:
    seen, arrivals, draws = hands.seen, len(asked.arrivals), hands.draws
    best = float(hands.surprise[np.arange(len(hands.heads)), np.minimum(hands.heads, seen)].min(initial=1.0))
    if hands.ours.any():
        best = min(best, float(hands.surprise[-1, min(int(hands.heads[hands.ours].sum()), seen)]))
    could_tell = (int((standing.least <= best * _HAIR).sum()) + 1) / (draws + 1) <= ALPHA

    def excess(place: str, number: int, row: int, chance: float) -> Excess:
        surprise = float(hands.surprise[row, number])
        low, high = _interval(number, seen)
        return Excess(
            place,
            number,
            seen * chance,
            number / seen,
            low,
            high,
            (int((standing.least <= surprise * _HAIR).sum()) + 1) / (draws + 1),
        )

    names = sorted(set(asked.arrivals))
    places = [
        excess(names[row], int(hands.counts[row]), row, float(hands.chances[row]))
        for row in np.flatnonzero(hands.counts).tolist()
    ]
    ours = int(hands.counts[hands.ours].sum())
    control = excess("", ours, len(hands.heads), float(hands.chances[hands.ours].sum())) if hands.ours.any() else None
    return ChanceTest(
        seen,
        arrivals,
        "cannot tell",
        standing.p if could_tell else None,
        None,
        tuple(sorted(places, key=lambda some: (some.p, -some.ratio, some.place))),
        control,
    )


def corrected(tests: Mapping[str, ChanceTest]) -> dict[str, ChanceTest]:
    """The tests of all closures of a case, with p corrected over them and their verdicts.

    Example:
        >>> arrivals = ["w2"] * 6 + [f"w{n}" for n in range(3, 40)]
        >>> one, two = dealt(["w2"] * 5, arrivals, draws=999), dealt(["w2", "w4"], arrivals, draws=999)
        >>> [test.verdict for test in corrected({"a": one, "b": two}).values()]
        ['together', 'cannot tell']

    Limits: a closure whose people nobody saw again says nothing, and is in no correction: nothing it could have shown would have counted.
    """
    p = {name: test.p for name, test in tests.items() if test.p is not None}
    if not p:
        return dict(tests)
    # Imported when there is something to correct: all of scipy.stats takes a second to load.
    from scipy.stats import false_discovery_control

    q = dict(zip(p, false_discovery_control(list(p.values())).tolist(), strict=True))
    standing = sum(value <= ALPHA for value in q.values())
    # A place within a closure that stands is held to the share of closures that do.
    level = ALPHA * standing / len(p)
    return {name: _judged(test, q.get(name), level) for name, test in tests.items()}


def chances(arrivals: Iterable[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Place → the chance that a person who left is dealt there, in order of ids.

    Example:
        >>> chances(["w2", "w2", "w3"], {"w3": 2.0})
        {'w2': 0.5, 'w3': 0.5}

    Limits: as `dealt`.
    """
    heads = Counter(arrivals)
    pulls = {name: heads[name] * weights.get(name, 1.0) for name in sorted(heads)}
    total = sum(pulls.values())
    return {name: pull / total for name, pull in pulls.items()}


# A chance is reached by one that differs from it in the last digits only.
_HAIR = 1 + 1e-9


def _judged(test: ChanceTest, q: float | None, level: float) -> ChanceTest:
    if q is None:
        return test
    every = [*test.places, *([test.control] if test.control else [])]
    if q <= ALPHA:
        places = tuple(replace(excess, together=excess.p <= level) for excess in test.places)
        control = replace(test.control, together=test.control.p <= level) if test.control else None
        return replace(test, verdict="together", q=q, places=places, control=control)
    scattered = all(excess.high < MOST_SCATTERED for excess in every)
    return replace(test, verdict="scattered" if scattered else "cannot tell", q=q)


def _hands(asked: AskedOf, draws: int) -> Hands:
    heads, went, seen = Counter(asked.arrivals), Counter(asked.went), len(asked.went)
    by_place = chances(asked.arrivals, asked.weights)
    # In the order of the places, so that no answer hangs on who came first.
    names, chance = list(by_place), np.array(list(by_place.values()))
    numbers = np.array([heads[name] for name in names], dtype=np.int64)
    ours = np.array([name in asked.controlled for name in names], dtype=np.bool_)
    each = np.minimum(np.append(chance, chance[ours].sum()), 1.0)
    # The upper tail of the binomial distribution.
    table = scipy.special.bdtrc(np.arange(-1, seen)[None, :], seen, each[:, None])
    table[:, :FEWEST] = 1.0
    counts = np.array([went[name] for name in names], dtype=np.int64)
    seed = crc32(counts.tobytes(), crc32(numbers.tobytes())) if asked.seed is None else asked.seed
    return Hands(numbers, chance, ours, table, counts, seen, draws, seed)


def _interval(number: int, of: int) -> tuple[float, float]:
    """The interval of a share (Clopper & Pearson 1934), at 1 - `ALPHA`."""
    low = float(scipy.special.betaincinv(number, of - number + 1, ALPHA / 2)) if number else 0.0
    high = float(scipy.special.betaincinv(number + 1, of - number, 1 - ALPHA / 2)) if number < of else 1.0
    return low, high


def standing_of(_none: None, hands: Hands) -> Reached:
    """How a case stands among deals of it, worked out on numbers alone.

    Args:
        _none: nothing is the same for all closures.
        hands: what is dealt.

    Example:
        >>> standing_of(None, _hands(AskedOf(["a", "b"], ["a", "b", "c", "d"]), 99)).draws
        99

    Limits: as `dealt`.
    """
    counts, seen, draws = hands.counts, hands.seen, hands.draws
    surprise = float(hands.surprise[np.arange(len(counts)), counts].min())
    if hands.ours.any():
        surprise = min(surprise, float(hands.surprise[-1, int(counts[hands.ours].sum())]))
    lots = np.random.default_rng(hands.seed).random((draws, seen))
    # By inversion; rounding must not deal beyond the last place.
    drawn = np.minimum(np.searchsorted(np.cumsum(hands.chances), lots, side="right"), len(counts) - 1)
    drawn.sort(axis=1)
    least = np.ones(draws)
    run = np.ones(draws, dtype=np.int64)
    # Sorted, those who went to one place stand together: the last of a run has its count, and more surprises more.
    for column in range(seen):
        if column:
            run = np.where(drawn[:, column] == drawn[:, column - 1], run + 1, 1)
        np.minimum(least, hands.surprise[drawn[:, column], run], out=least)
    if hands.ours.any():
        np.minimum(least, hands.surprise[-1, hands.ours[drawn].sum(axis=1)], out=least)
    as_much, more = int((least <= surprise * _HAIR).sum()), int((least < surprise / _HAIR).sum())
    return Reached(more, as_much - more, draws, surprise, least)
