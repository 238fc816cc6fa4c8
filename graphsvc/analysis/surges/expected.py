"""Expected count of each day, from earlier days alone: whether it is above 0, and if so, how large.

On most days weather and sea prevent any launch, and on other days few or many boats are launched. So two regressions
are fitted: whether the count is above 0 (logistic), and how far above 1 it then is (negative binomial, whose dispersion
is estimated from its Pearson statistic, Breslow 1984). This is a hurdle model (Mullahy 1986). Both have a season, and a
condition if one is given; a weekday where it improves the fit by the Bayesian criterion; and after a year a trend,
where it improves the fit, as in Noufaily et al. (2013). With less than three years of data a season looks much like a
trend, so until then the trend is limited to `_STEEPEST`; and no mean may be far beyond past counts. Past outbreaks do
not raise the expectation for long: counts that Noufaily et al. (2013) would weigh down are limited to their bound.
Older days have less weight than recent days.

Limits: days are treated as independent of each other, given the model. A spell of fine weather that is not in the data
is unknown, and may be the whole reason for a run of busy days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from graphsvc.analysis.surges.counts import LEAST_ACTIVE, LEAST_DAYS, YEAR, Series
from graphsvc.analysis.surges.regression import fit

Array = npt.NDArray[np.float64]

# Days used by a fit; minimum for a season and a trend (a full year), and for an unlimited trend (nearly three).
_WINDOW, _SEASON, _ANY_TREND = 3 * YEAR + 1, YEAR, 3 * YEAR - LEAST_DAYS
# Until then, the logarithm changes by at most this much a year, which is growth by 60 % or a fall by 37 %.
_STEEPEST = 0.47
# Age in days at which a day has half the weight.
_HALF_LIFE = 2 * YEAR
# A fit is renewed once there is a twentieth more data, and after this many days at the latest.
_GROWTH, _LONGEST = 1.05, 28
# Past counts beyond this normal score are limited to it; at first, to the value that a twentieth of them exceed.
_FAR, _FIRST_BOUND = 2.58, 0.95
_REGRESSIONS, _ROUNDS = 2, 2
_LEAST_DISPERSION, _MOST_DISPERSION = 1e-4, 200.0
_WEEK = 7
# Gauss-Hermite nodes and weights, for the uncertainty of a mean.
_NODES, _SHARES = (np.asarray(part) for part in np.polynomial.hermite_e.hermegauss(7))
_SHARES = _SHARES / _SHARES.sum()


@dataclass(frozen=True, slots=True)
class Outlook:
    """Expectations for a series, each from the counts before it alone. All arrays have one row per count.

    Attributes:
        chance: probability of a count above 0, 0 to 1; NaN, here and in all arrays: too little was known.
        means: how far above 1 the count then is, shape (counts, 7): at each node of the fit's uncertainty.
        dispersion: dispersion of that, from 0: the variance is `mean + dispersion * mean ** 2`.
        parts: parts of the last fit: `season`, `weekday`, `trend`, `condition`.
    """

    chance: Array
    means: Array
    dispersion: Array
    parts: tuple[str, ...]

    @property
    def mean(self) -> Array:
        """The expected count."""
        return np.asarray(self.chance * (1 + _weigh(self.means)))

    def above(self, counts: Array) -> Array:
        """Return the probability of more than each of these counts (from 0)."""
        # The upper tail of a negative binomial.
        more = scipy.special.betainc(
            np.maximum(counts, 1)[:, None],
            1 / self.dispersion[:, None],
            1 - 1 / (1 + self.dispersion[:, None] * self.means),
        )
        return np.asarray(self.chance * np.where(counts < 1, 1.0, _weigh(more)))

    def at_least(self, counts: Array) -> Array:
        """Return the mid-p of these counts: the probability of more, plus half that of as many (Lancaster 1961)."""
        more = self.above(counts)
        as_many = np.where(counts < 1, 1 - self.chance, self.above(counts - 1) - more)
        return np.asarray(more + as_many / 2)

    def quantile(self, tail: float) -> Array:
        """Return the smallest count that is exceeded with a probability of at most `tail`."""
        high = np.full(len(self.chance), 1.0)
        known = ~np.isnan(self.chance)
        while np.any(known & (self.above(high) > tail)):
            high = np.where(known & (self.above(high) > tail), 2 * high, high)
        low = np.full_like(high, -1.0)
        middle = np.floor((low + high) / 2)
        # Only while a value lies between: beyond 2**53 neighbours differ by more than 1, and halving cannot separate
        # them.
        while np.any(between := (low < middle) & (middle < high)):
            enough = self.above(middle) <= tail
            low, high = np.where(between & ~enough, middle, low), np.where(between & enough, middle, high)
            middle = np.floor((low + high) / 2)
        return np.where(known, high, np.nan)


def _weigh(values: Array) -> Array:
    """Return the mean of each row over the nodes, not by a matrix product, which rounds by the number of rows."""
    return np.asarray((values * _SHARES).sum(axis=-1))


def outlook(series: Series, since: int = 0) -> Outlook:
    """Return the expectation for each count of a series, from the counts before it.

    Args:
        series: the counts.
        since: position, from 0, of the first count that needs an expectation; earlier counts may have none.

    Example:
        >>> import datetime as dt
        >>> series = Series(dt.date(2020, 1, 1), (2, 0, 3, 2, 1, 0, 2) * 20)
        >>> seen = outlook(series)
        >>> bool(np.isnan(seen.chance[20])), bool(0.5 < seen.chance[-1] < 0.9), bool(1 < seen.mean[-1] < 2)
        (True, True, True)

    Limits: see the module. Needs `LEAST_DAYS` days, and `LEAST_ACTIVE` days above 0 in the three years before.
    """
    counts = np.array([np.nan if count is None else count for count in series.counts], float)
    chance, dispersion = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    means = np.full((len(counts), len(_NODES)), np.nan)
    grid, parts = _Grid(series), tuple[str, ...]()
    for start, end in _blocks(counts, series.step):
        # Old days do not help here, since nothing can be fitted with hardly any recent days above 0.
        if end <= since or np.count_nonzero(np.nan_to_num(counts[_window(grid.step, start) : start])) < LEAST_ACTIVE:
            continue
        fitted = _fit_counts(grid, counts, start)
        chance[start:end], means[start:end], dispersion[start:end] = fitted.ahead(grid, start, end)
        parts = fitted.parts
    return Outlook(chance, means, dispersion, parts)


def _blocks(counts: Array, step: int) -> Iterator[tuple[int, int]]:
    """Yield (first, end) of the counts predicted by each fit, which uses the counts before the first."""
    active = np.cumsum(np.nan_to_num(counts) > 0)
    enough = np.nonzero((active >= LEAST_ACTIVE) & (np.arange(1, len(counts) + 1) * step >= LEAST_DAYS))[0]
    start = int(enough[0]) + 1 if len(enough) else len(counts)
    while start < len(counts):
        length = max(1, min(int(start * (_GROWTH - 1)), _LONGEST // step))
        yield start, min(start + length, len(counts))
        start += length


class _Grid:
    """The regression columns for all days of a series."""

    def __init__(self, series: Series) -> None:
        places = np.arange(len(series.counts))
        self.step = series.step
        self.years = places * series.step / YEAR
        angle = 2 * np.pi * (self.years + series.first.timetuple().tm_yday / YEAR)
        weekday = (places + series.first.weekday()) % _WEEK
        self.season = np.column_stack([np.sin(angle), np.cos(angle)])
        self.weekday = np.column_stack([weekday == day for day in range(1, _WEEK)]).astype(float)
        self.condition = np.array([np.nan if value is None else value for value in series.condition], float)

    def columns(self, parts: tuple[str, ...], start: int, end: int, now: int) -> Array:
        """Return the columns of some days, as of day `now`; unknown conditions are replaced by the mean."""
        columns = [np.ones((end - start, 1))]
        if "season" in parts:
            columns.append(self.season[start:end])
        if "weekday" in parts:
            columns.append(self.weekday[start:end])
        if "trend" in parts:
            columns.append((self.years[start:end] - self.years[now])[:, None])
        if "condition" in parts:
            past = self.condition[:now]
            mean, spread = np.nanmean(past), np.nanstd(past)
            columns.append(np.nan_to_num((self.condition[start:end] - mean) / spread)[:, None])
        return np.hstack(columns)

    def has_condition(self, start: int, now: int) -> bool:
        """Whether a condition is known for enough days and varies."""
        past = self.condition[start:now]
        return bool(np.count_nonzero(~np.isnan(past)) > LEAST_ACTIVE and np.nanstd(past) > 0)


@dataclass(frozen=True, slots=True)
class _Regression:
    """Coefficients, their covariance, and the parts they belong to."""

    parts: tuple[str, ...]
    now: int
    values: Array
    covariance: Array
    criterion: float

    def ahead(self, grid: _Grid, start: int, end: int) -> Array:
        """Return the linear predictor of some days at each node of its uncertainty, shape (days, 7)."""
        columns = grid.columns(self.parts, start, end, self.now)
        error = np.sqrt(np.einsum("ij,jk,ik->i", columns, self.covariance, columns))
        middle = np.einsum("ij,j->i", columns, self.values)
        return np.asarray(middle[:, None] + error[:, None] * _NODES)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Both regressions, fitted on all days before a day. `active`: None if too few days are above 0, or at 0."""

    active: _Regression | None
    always: float
    size: _Regression
    dispersion: float
    most: float

    @property
    def parts(self) -> tuple[str, ...]:
        every = {*self.size.parts, *(self.active.parts if self.active else ())}
        return tuple(sorted(every))

    def ahead(self, grid: _Grid, start: int, end: int) -> tuple[Array, Array, float]:
        """Return chance, means and dispersion of some days."""
        chance = (
            _weigh(scipy.special.expit(self.active.ahead(grid, start, end)))
            if self.active
            else np.full(end - start, self.always)
        )
        # Past counts do not support a mean far beyond all of them.
        means = np.exp(np.minimum(self.size.ahead(grid, start, end), np.log(max(10 * self.most, 10.0))))
        return chance, means, self.dispersion


def _window(step: int, now: int) -> int:
    """Return the first count used by a fit on the counts before `now`."""
    return max(0, now - int(_WINDOW / step))


def _fit_counts(grid: _Grid, counts: Array, now: int) -> _Fitted:
    start = _window(grid.step, now)
    days = start + np.nonzero(~np.isnan(counts[start:now]))[0]
    ages = (now - days) * grid.step
    weights = 0.5 ** (ages / _HALF_LIFE)
    above = counts[days] > 0
    share = (weights @ above + 0.5) / (weights.sum() + 1)
    active = None
    if LEAST_ACTIVE <= above.sum() <= len(days) - LEAST_ACTIVE:
        active = _best(grid, days, above.astype(float), weights, now, None)
    big, values = days[above], counts[days[above]] - 1
    dispersion, size = _fit_size(grid, big, values, weights[above], now)
    return _Fitted(active, float(share), size, dispersion, float(counts[big].max()))


def _fit_size(grid: _Grid, days: Any, values: Array, weights: Array, now: int) -> tuple[float, _Regression]:
    """Return dispersion and regression of how far above 1 the counts are."""
    more = float(values @ weights)
    if more < 1:  # hardly ever above 1, so no fit is possible, and half a count is added
        level, error = np.log((more + 0.5) / weights.sum()), 1 / (more + 0.5)
        return _LEAST_DISPERSION, _Regression((), now, np.array([level]), np.array([[error]]), 0.0)
    first = _best(grid, days, np.minimum(values, _first_bound(values)), weights, now, _MOST_DISPERSION)
    return _settle(grid, first, days, values, weights)


def _first_bound(values: Array) -> float:
    return max(float(np.quantile(values, _FIRST_BOUND)), 1.0)


def _best(grid: _Grid, days: Any, values: Array, weights: Array, now: int, dispersion: float | None) -> _Regression:
    """Fit a regression with season and condition if available, and weekday and trend if they improve it.

    The number of parameters is at most a tenth of the days, and of the events: the total by which counts exceed 1, or
    days with (or without) a count above 0.
    """
    events = values.sum() if dispersion is not None else min(values.sum(), len(values) - values.sum())
    if dispersion is not None:
        dispersion = _dispersion_about(values, np.full_like(values, values @ weights / weights.sum()), weights, 1)
    span, most = (now - int(days[0])) * grid.step, int(min(len(days), events)) // LEAST_ACTIVE
    parts: tuple[str, ...] = ()
    if grid.has_condition(int(days[0]), now) and most > 1:
        parts += ("condition",)
    if span >= _SEASON and most >= len(parts) + 3:
        parts += ("season",)
    best = _regress(grid, parts, days, values, weights, now, dispersion)
    ways = (("weekday", _WEEK, grid.step == 1), ("trend", 2, span >= _SEASON))
    for name, cost, possible in ways:
        if possible and most >= len(best.values) + cost - 1:
            candidate = _regress(grid, (*best.parts, name), days, values, weights, now, dispersion)
            best = candidate if candidate.criterion < best.criterion else best
    return best


def _settle(grid: _Grid, size: _Regression, days: Any, values: Array, weights: Array) -> tuple[float, _Regression]:
    """Return the dispersion that fits, and the regression with it; extreme values are limited to `_FAR`."""
    bounded, dispersion = np.minimum(values, _first_bound(values)), _LEAST_DISPERSION
    columns = grid.columns(size.parts, int(days[0]), int(days[-1]) + 1, size.now)[days - days[0]]
    for _ in range(_REGRESSIONS):
        means = np.exp(columns @ size.values)
        for _ in range(_ROUNDS):
            dispersion = _dispersion_about(bounded, means, weights, columns.shape[1])
            bounds = scipy.special.nbdtrik(scipy.special.ndtr(_FAR), 1 / dispersion, 1 / (1 + dispersion * means))
            bounded = np.minimum(values, np.ceil(bounds))
        size = _regress(grid, size.parts, days, bounded, weights, size.now, dispersion, size.values)
    return dispersion, size


def _dispersion_about(values: Array, means: Array, weights: Array, parameters: int) -> float:
    """Return the dispersion at which the Pearson statistic equals the degrees of freedom."""
    free = weights.sum() * (1 - parameters / len(values))

    def beyond(dispersion: float) -> float:
        return float((weights * (values - means) ** 2 / (means + dispersion * means**2)).sum() - free)

    if beyond(_LEAST_DISPERSION) <= 0:
        return _LEAST_DISPERSION
    return (
        float(scipy.optimize.brentq(beyond, _LEAST_DISPERSION, _MOST_DISPERSION))
        if beyond(_MOST_DISPERSION) < 0
        else _MOST_DISPERSION
    )


def _regress(
    grid: _Grid,
    parts: tuple[str, ...],
    days: Any,
    values: Array,
    weights: Array,
    now: int,
    dispersion: float | None,
    start: Array | None = None,
) -> _Regression:
    """Fit one regression: logistic without dispersion, else negative binomial; `start`: initial coefficients."""
    columns = grid.columns(parts, int(days[0]), int(days[-1]) + 1, now)[days - days[0]]
    fitted = fit(columns, values, weights, dispersion, start=start)
    coefficients, covariance = fitted.coefficients, fitted.covariance
    steepest = np.inf if (now - int(days[0])) * grid.step >= _ANY_TREND else _STEEPEST
    if "trend" in parts and abs(coefficients[-1]) > steepest:
        # The trend is the last column: it is held at the bound, and the rest is fitted around it.
        slope = np.copysign(steepest, coefficients[-1])
        fitted = fit(columns[:, :-1], values, weights, dispersion, slope * columns[:, -1])
        coefficients, covariance = np.append(fitted.coefficients, slope), np.pad(fitted.covariance, (0, 1))
    criterion = columns.shape[1] * float(np.log(weights.sum())) - 2 * fitted.log_likelihood
    return _Regression(parts, now, coefficients, covariance, criterion)
