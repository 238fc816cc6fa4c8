"""Lasting changes of a series: weeks after which counts were higher, or lower, until the next change.

Days are added up to weeks, as most are 0, and transformed to a scale where noise is the same at every level. The series
is cut where a change of mean outweighs a penalty (optimal partitioning, Jackson et al. 2005). The penalty is set on
calm years simulated for this series, from a negative binomial with its season and dispersion, so that about one calm
series in twenty is cut at all. A Poisson cost with the usual penalty cuts every month, as it mistakes each spell of
weather for a change.

Limits: simulated days are independent of each other, so a series with long spells is cut too often. Changes are found
afterwards, from all weeks: nothing here was known on the day.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from graphsvc.analysis.surges.counts import MOST_DAYS, STEPS, Series, by_week
from graphsvc.analysis.surges.regression import fit

Array = npt.NDArray[np.float64]

# A series of fewer weeks is not cut, and no part is shorter than a month.
LEAST_WEEKS, _SHORTEST = 26, 4
# Maximum number of weeks used (the latest ones), for thirty years with partial weeks at the ends.
MOST_WEEKS = MOST_DAYS // 7 + 2
# Share of calm series that may be cut. It is half of 5 %, as the parameters of calm series are uncertain too.
_FALSE = 0.025
_DRAWS = 99
_YEAR_WEEKS, _YEAR, _AROUND = 52.18, 53, 9
# Largest logarithm of a week's multiple of its year's mean.
_STEEPEST = 30.0


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """Part of a series between two changes.

    Attributes:
        first, last: Mondays of its first and last week.
        weekly: the mean count of a week; for counts that are means, their mean. times: ratio to the previous part; None
            for the first part, or if the previous part is 0.
    """

    first: dt.date
    last: dt.date
    weekly: float
    times: float | None


def segments(series: Series, *, seed: int = 0) -> list[SeriesPart]:
    """Return the parts of a series in order, one if nothing changed for good, none if it is too short or full of gaps.

    Only the last `MOST_WEEKS` weeks are used.

    Args:
        series: days or weeks.
        seed: seed of the simulated calm years.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> calm, busy = rng.poisson(3, 7 * 40), rng.poisson(9, 7 * 40)
        >>> parts = segments(Series(dt.date(2018, 1, 1), tuple(map(int, (*calm, *busy)))))
        >>> [(part.first.isoformat(), round(part.weekly)) for part in parts]
        [('2018-01-01', 22), ('2018-10-08', 61)]

    Limits: see the module.
    """
    try:
        weeks = series if series.step == STEPS["week"] else by_week(series)
    except ValueError:
        return []
    early = max(0, len(weeks.counts) - MOST_WEEKS)
    weeks = replace(weeks, first=weeks.day(early), counts=weeks.counts[early:], condition=weeks.condition[early:])
    known = [count for count in weeks.counts if count is not None]
    if len(known) < max(LEAST_WEEKS, len(weeks.counts) * 0.9):
        return []
    # The few unknown weeks repeat the week before, which hardly changes a mean.
    counts = np.array(_carry_forward(weeks.counts), float)
    spread = _spread(counts) if counts.any() else 1.0
    scaled = _scale_noise(counts, spread)
    if scaled is None:
        return [SeriesPart(weeks.first, weeks.last, float(counts.mean()), None)]
    penalty = _penalty(counts, spread, np.random.default_rng(seed))
    edges = [0, *_cuts(scaled, penalty), len(counts)]
    means = [float(counts[start:end].mean()) for start, end in itertools.pairwise(edges)]
    return [
        SeriesPart(weeks.day(start), weeks.day(end - 1), mean, mean / before if before else None)
        for start, end, mean, before in zip(edges, edges[1:], means, [0.0, *means], strict=False)
    ]


def _carry_forward(counts: tuple[int | None, ...]) -> list[int]:
    last = next(count for count in counts if count is not None)
    carried = []
    for count in counts:
        last = last if count is None else count
        carried.append(last)
    return carried


def _scale_noise(counts: Array, spread: float) -> Array | None:
    """Return counts on a scale of equal noise (for a negative binomial, Anscombe 1948), in units of that noise.

    The noise is the change from week to week, which a lasting change hardly affects. None if there is no noise.
    """
    values = np.arcsinh(np.sqrt(spread * (counts + 0.375)))
    noise = np.std(np.diff(values)) / np.sqrt(2)
    return np.asarray(values / noise) if noise > 0 else None


def _cuts(scaled: Array, penalty: float) -> list[int]:
    """Return the cuts of the least cost, after comparing all of them (optimal partitioning, Jackson et al. 2005)."""
    number = len(scaled)
    sums = np.pad(np.cumsum(scaled - scaled.mean()), (1, 0))
    # The least cost of the first weeks, up to each week, and where their last part starts.
    least, starts = np.full(number + 1, np.inf), np.zeros(number + 1, dtype=int)
    least[0] = 0.0
    for end in range(_SHORTEST, number + 1):
        places = np.arange(end - _SHORTEST + 1)
        costs = least[places] + penalty - (sums[end] - sums[places]) ** 2 / (end - places)
        starts[end], least[end] = costs.argmin(), costs.min()
    cuts: list[int] = []
    while number := int(starts[number]):
        cuts.insert(0, number)
    return cuts


def _penalty(counts: Array, spread: float, rng: np.random.Generator) -> float:
    """Return the limit that the gain of a single cut, or of each of two, stays below in nearly all calm series."""
    calm = (_scale_noise(draw, spread) for draw in _calm(counts, spread, rng))
    gains = _gains(np.stack([scaled for scaled in calm if scaled is not None]))
    return float(np.quantile(gains, 1 - _FALSE, method="higher"))


def _gains(scaled: Array) -> Array:
    """Return how much the best cut of each row lowers the sum of squares, or half for two cuts. Shape (rows,)."""
    number = scaled.shape[1]
    sums = np.pad(np.cumsum(scaled - scaled.mean(axis=1, keepdims=True), axis=1), ((0, 0), (1, 0)))
    places = np.arange(_SHORTEST, number - _SHORTEST + 1)
    ends = sums[:, places]
    best = (number / (places * (number - places)) * ends**2).max(axis=1)
    last = ends**2 / (number - places)
    # One start at a time, since all pairs of cuts together would take memory by the square of the weeks.
    for start in range(_SHORTEST, number - 2 * _SHORTEST + 1):
        begin = sums[:, start, None]
        middle = (ends[:, start:] - begin) ** 2 / (places[start:] - start)
        best = np.maximum(best, (begin**2 / start + middle + last[:, start:]).max(axis=1) / 2)
    return np.asarray(best)


def _calm(counts: Array, spread: float, rng: np.random.Generator) -> Array:
    """Return calm series of weeks with the season around one level, and as much noise. Shape (draws, weeks)."""
    means = np.maximum(counts.mean() * _season(counts), 0.05)
    return np.asarray(rng.negative_binomial(1 / spread, 1 / (1 + spread * means), size=(_DRAWS, len(counts))), float)


def _season(counts: Array) -> Array:
    """Return each week's expected multiple of its year's mean; 1 throughout if there is no full year."""
    if len(counts) < _YEAR:
        return np.ones(len(counts))
    angle = 2 * np.pi * np.arange(len(counts)) / _YEAR_WEEKS
    columns = np.column_stack([np.ones(len(counts)), np.sin(angle), np.cos(angle)])
    level = np.log(_level(counts, _YEAR) + 0.5)
    fitted = fit(columns, counts, np.ones(len(counts)), 0, offset=level)
    # With hardly any counts above 0, the season may grow without limit.
    times = np.exp(np.clip(columns[:, 1:] @ fitted.coefficients[1:], -_STEEPEST, _STEEPEST))
    return np.asarray(times / times.mean())


def _spread(counts: Array) -> float:
    """Return the dispersion of counts around nearby weeks, so that a change of level is not taken for noise."""
    level = _level(counts, _AROUND)
    about = (counts - level) ** 2 * _AROUND / (_AROUND - 1)
    return max(float(np.mean(about - level) / np.mean(level**2)), 0.01)


def _level(counts: Array, weeks: int) -> Array:
    """Return the moving mean of this many weeks, centred on each week."""
    kernel = np.ones(weeks)
    around = np.convolve(np.ones(len(counts)), kernel, "full")[weeks // 2 : weeks // 2 + len(counts)]
    return np.asarray(np.convolve(counts, kernel, "full")[weeks // 2 : weeks // 2 + len(counts)] / around)
