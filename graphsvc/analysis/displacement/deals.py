"""Monte Carlo test of whether people who left a place went to the same next place more often than by chance.

Chance sends each leaver to a place where people arrived in the same months. A place is likelier if more people arrived
there, and if such places are preferred (`choice`: nearby, same trade, same kind). The statistic is the most surprising
count over all places, and over the places under the same control taken together: the smallest binomial tail
probability, compared with the smallest in each random draw (min-P; Westfall & Young 1993). The p-value is (r + 1)
/ (n + 1), where *r* of *n* draws reach it (Phipson & Smyth 2010).

Many closures are tested, and the result is a list of closures worth a visit. What matters is the share of that list due
to chance. So p is corrected over closures for the false discovery rate (Benjamini & Hochberg 1995), and not for the
chance of any false result. Within a significant closure, places are tested at the corrected level (Benjamini &
Bogomolov 2014).
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
# The false discovery rate; intervals have the level 1 minus this.
ALPHA = 0.05
# Minimum number of people who appear elsewhere, or went to one place; two may simply know each other.
FEWEST = 3
# Scattered: the data rule out that this share of the people went to one place, or to places of one controller.
MOST_SCATTERED = 0.5

Verdict = Literal["together", "scattered", "cannot tell"]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Excess:
    """People who left for one place (or, with `place` empty, for places under the same control), compared with chance.

    Attributes:
        went: number of people. expected: mean number in a draw.
        share: share of the people seen again, 0 to 1; low, high: its 95 % interval (Clopper & Pearson 1934).
        p: chance that some place is as surprising in a draw; together: whether it is significant after correction.
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
        """Number of people who went, divided by the number expected by chance."""
        return self.went / self.expected if self.expected else 0.0


@dataclass(frozen=True, slots=True)
class ChanceTest:
    """Result of the test of one closure.

    Attributes:
        seen: number of leavers who appear elsewhere. arrivals: number of all people who came to any place at the time.
        verdict: `together`, `scattered` or `cannot tell`.
        p: None where no result could be significant. q: p corrected over closures; None: not corrected, or no p.
        places: by place, the most surprising first. control: for places under the same control; None: no such place is
            known.
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
    """Rank of the observed counts among those of the random draws.

    Attributes:
        beyond: draws more surprising than the observed counts; equal: as surprising; draws: number of draws.
        surprise: chance of the most surprising observed count. least: the same for each draw.
    """

    beyond: int
    equal: int
    draws: int
    surprise: float
    least: Floats

    @property
    def p(self) -> float:
        """The p-value, (r + 1) / (n + 1)."""
        return (self.beyond + self.equal + 1) / (self.draws + 1)


@dataclass(frozen=True, slots=True)
class AskedOf:
    """Input of a test.

    Attributes:
        went: the next place of each leaver. arrivals: the places of all people who came to a place in that time.
        controlled: places under the same control as the place that was left.
        weights: place → how many times as likely it is for leavers (`Preferences.weights`); 1 for an absent place.
        seed: seed of the draws; None: derived from the numbers in the test, so that the same question always has the
            same answer, and other machines learn nothing from it (a seed from an id would reveal the id).
    """

    went: Sequence[str]
    arrivals: Sequence[str]
    controlled: Collection[str] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Hands:
    """Input of a test as numbers only, so that other machines may receive it.

    Attributes:
        heads: arrivals at each place. chances: chance of each place in a draw of one person.
        ours: whether each place is under the same control. surprise: (places + 1) x (went + 1): the chance of at least
            that many; the last row is for the places under the same control.
        counts: number of leavers who went to each place; seen: number in total.
        draws: number of draws. seed: their seed.
    """

    heads: Ints
    chances: Floats
    ours: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    surprise: Floats
    counts: Ints
    seen: int
    draws: int
    seed: int


def chance_test(
    went: Sequence[str],
    arrivals: Sequence[str],
    controlled: Collection[str] = (),
    *,
    weights: Mapping[str, float] = MappingProxyType({}),
    draws: int = DRAWS,
    seed: int = 0,
) -> ChanceTest:
    """Test one closure, without correction; its verdict is final only after `correct_tests` has seen all tests.

    Args:
        went: the next place of each leaver; empty: no one was seen again.
        arrivals: the places of all people who came to a place in that time, leavers included.
        controlled: places under the same control as the place that was left.
        weights: as in `AskedOf`.
        draws: number of draws.
        seed: seed of the draws; the same seed gives the same answer.

    Example:
        >>> test = chance_test(["w2"] * 5 + ["w3"], ["w2"] * 6 + [f"w{n}" for n in range(3, 40)], draws=999)
        >>> test.p, test.places[0].place, test.places[0].went, round(test.places[0].expected, 2)
        (0.007, 'w2', 5, 0.84)

    Limits: the test knows nothing of what attracts people to a place except `weights`. People who follow a workmate or
    their family look as if moved. People moved with others from elsewhere do not show where free people go, so callers
    leave them out (`flows.find_departures`).
    """
    return chance_tests({"": AskedOf(went, arrivals, controlled, weights, seed)}, draws=draws)[""]


def chance_tests(
    inputs: Mapping[str, AskedOf], *, draws: int = DRAWS, processors: Processors = THIS_MACHINE
) -> dict[str, ChanceTest]:
    """Test several closures, each as `chance_test` does, without correction.

    Args:
        inputs: closure → input of its test.
        draws: number of draws for each.
        processors: workers that compute the draws.

    Example:
        >>> some = chance_tests({"w1": AskedOf(["w2"] * 3, ["w2"] * 3 + ["w3"] * 9), "w4": AskedOf([], [])}, draws=99)
        >>> [(place, test.seen) for place, test in some.items()]
        [('w1', 3), ('w4', 0)]

    Limits: as `chance_test`.
    """
    dealing = {place: question for place, question in inputs.items() if len(question.went) >= FEWEST}
    hands = {place: _hands(question, draws) for place, question in dealing.items()}
    standing = dict(zip(hands, processors.each(standing_of, None, hands.values()), strict=True))
    return {
        place: _test(question, hands[place], standing[place])
        if place in hands
        else ChanceTest(len(question.went), len(question.arrivals))
        for place, question in inputs.items()
    }


def _test(question: AskedOf, hands: Hands, standing: Reached) -> ChanceTest:
    seen, arrivals, draws = hands.seen, len(question.arrivals), hands.draws
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

    names = sorted(set(question.arrivals))
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
        tuple(sorted(places, key=lambda surplus: (surplus.p, -surplus.ratio, surplus.place))),
        control,
    )


def correct_tests(tests: Mapping[str, ChanceTest]) -> dict[str, ChanceTest]:
    """Correct p over the tests of all closures of a case, and set their verdicts.

    Example:
        >>> arrivals = ["w2"] * 6 + [f"w{n}" for n in range(3, 40)]
        >>> one, two = chance_test(["w2"] * 5, arrivals, draws=999), chance_test(["w2", "w4"], arrivals, draws=999)
        >>> [test.verdict for test in correct_tests({"a": one, "b": two}).values()]
        ['together', 'cannot tell']

    Limits: a closure whose people were not seen again is not corrected for, since no result of it could have counted.
    """
    p = {name: test.p for name, test in tests.items() if test.p is not None}
    if not p:
        return dict(tests)
    # Imported here: all of scipy.stats takes a second to load.
    from scipy.stats import false_discovery_control

    q = dict(zip(p, false_discovery_control(list(p.values())).tolist(), strict=True))
    standing = sum(value <= ALPHA for value in q.values())
    # Within a significant closure, a place is tested at `ALPHA` times the share of closures that are significant.
    level = ALPHA * standing / len(p)
    return {name: _set_verdict(test, q.get(name), level) for name, test in tests.items()}


def chances(arrivals: Iterable[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Return, by place, the chance that a draw sends a leaver there; sorted by id.

    Example:
        >>> chances(["w2", "w2", "w3"], {"w3": 2.0})
        {'w2': 0.5, 'w3': 0.5}

    Limits: as `chance_test`.
    """
    heads = Counter(arrivals)
    pulls = {name: heads[name] * weights.get(name, 1.0) for name in sorted(heads)}
    total = sum(pulls.values())
    return {name: pull / total for name, pull in pulls.items()}


# Chances that differ only in the last digits count as equal.
_HAIR = 1 + 1e-9


def _set_verdict(test: ChanceTest, q: float | None, level: float) -> ChanceTest:
    if q is None:
        return test
    every = [*test.places, *([test.control] if test.control else [])]
    if q <= ALPHA:
        places = tuple(replace(excess, together=excess.p <= level) for excess in test.places)
        control = replace(test.control, together=test.control.p <= level) if test.control else None
        return replace(test, verdict="together", q=q, places=places, control=control)
    scattered = all(excess.high < MOST_SCATTERED for excess in every)
    return replace(test, verdict="scattered" if scattered else "cannot tell", q=q)


def _hands(question: AskedOf, draws: int) -> Hands:
    heads, went, seen = Counter(question.arrivals), Counter(question.went), len(question.went)
    by_place = chances(question.arrivals, question.weights)
    # Sorted by place, so that the order of arrivals changes no answer.
    names, chance = list(by_place), np.array(list(by_place.values()))
    numbers = np.array([heads[name] for name in names], dtype=np.int64)
    ours = np.array([name in question.controlled for name in names], dtype=np.bool_)
    each = np.minimum(np.append(chance, chance[ours].sum()), 1.0)
    # The upper tail of the binomial distribution.
    table = scipy.special.bdtrc(np.arange(-1, seen)[None, :], seen, each[:, None])
    table[:, :FEWEST] = 1.0
    counts = np.array([went[name] for name in names], dtype=np.int64)
    seed = crc32(counts.tobytes(), crc32(numbers.tobytes())) if question.seed is None else question.seed
    return Hands(numbers, chance, ours, table, counts, seen, draws, seed)


def _interval(number: int, of: int) -> tuple[float, float]:
    """Return the confidence interval of a share (Clopper & Pearson 1934), at 1 - `ALPHA`."""
    low = float(scipy.special.betaincinv(number, of - number + 1, ALPHA / 2)) if number else 0.0
    high = float(scipy.special.betaincinv(number + 1, of - number, 1 - ALPHA / 2)) if number < of else 1.0
    return low, high


def standing_of(_none: None, hands: Hands) -> Reached:
    """Return the rank of the observed counts among those of the random draws, from numbers only.

    Args:
        _none: unused; closures share no data.
        hands: input of the test.

    Example:
        >>> standing_of(None, _hands(AskedOf(["a", "b"], ["a", "b", "c", "d"]), 99)).draws
        99

    Limits: as `chance_test`.
    """
    counts, seen, draws = hands.counts, hands.seen, hands.draws
    surprise = float(hands.surprise[np.arange(len(counts)), counts].min())
    if hands.ours.any():
        surprise = min(surprise, float(hands.surprise[-1, int(counts[hands.ours].sum())]))
    lots = np.random.default_rng(hands.seed).random((draws, seen))
    # By inversion; rounding must not draw beyond the last place.
    drawn = np.minimum(np.searchsorted(np.cumsum(hands.chances), lots, side="right"), len(counts) - 1)
    drawn.sort(axis=1)
    least = np.ones(draws)
    run = np.ones(draws, dtype=np.int64)
    # Sorting puts people at one place together. The last of a run has its count, and higher counts surprise more.
    for column in range(seen):
        if column:
            run = np.where(drawn[:, column] == drawn[:, column - 1], run + 1, 1)
        np.minimum(least, hands.surprise[drawn[:, column], run], out=least)
    if hands.ours.any():
        np.minimum(least, hands.surprise[-1, hands.ours[drawn].sum(axis=1)], out=least)
    as_much, more = int((least <= surprise * _HAIR).sum()), int((least < surprise / _HAIR).sum())
    return Reached(more, as_much - more, draws, surprise, least)
