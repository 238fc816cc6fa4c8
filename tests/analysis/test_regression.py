"""Fits of regressions: at the maximum of the likelihood, with the covariance that its curvature gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import scipy.stats

from graphsvc.analysis.surges.regression import Array, Fitted, fit

RNG = np.random.default_rng(3)
COLUMNS = np.column_stack([np.ones(300), RNG.normal(size=(300, 2)), np.arange(300) % 7 == 0])
WEIGHTS = 0.5 ** RNG.uniform(0, 3, 300)
OFFSET = 0.3 * RNG.normal(size=300)
PREDICTOR = COLUMNS @ np.array([0.4, 0.5, -0.3, 0.8]) + OFFSET
COUNTS = RNG.negative_binomial(2, 1 / (1 + np.exp(PREDICTOR) / 2)).astype(float)
ACTIVE = (RNG.random(300) < 1 / (1 + np.exp(-PREDICTOR))).astype(float)


def logistic(predictor: Array) -> Array:
    return np.asarray(scipy.stats.bernoulli.logpmf(ACTIVE.astype(int), 1 / (1 + np.exp(-predictor))))


def negative_binomial(predictor: Array) -> Array:
    return np.asarray(scipy.stats.nbinom.logpmf(COUNTS, 2, 1 / (1 + np.exp(predictor) / 2)))


def poisson(predictor: Array) -> Array:
    return np.asarray(scipy.stats.poisson.logpmf(COUNTS, np.exp(predictor)))


FITS: dict[str, tuple[Callable[[], Fitted], Callable[[Array], Array]]] = {
    "logistic": (lambda: fit(COLUMNS, ACTIVE, WEIGHTS, None, OFFSET), logistic),
    "negative binomial": (lambda: fit(COLUMNS, COUNTS, WEIGHTS, 0.5, OFFSET), negative_binomial),
    "poisson": (lambda: fit(COLUMNS, COUNTS, WEIGHTS, 0, OFFSET), poisson),
}


@pytest.mark.parametrize("name", FITS)
def test_no_other_coefficients_are_likelier(name: str) -> None:
    make, likelihood = FITS[name]
    fitted = make()

    def at(coefficients: Array) -> float:
        return float(WEIGHTS @ likelihood(COLUMNS @ coefficients + OFFSET))

    assert fitted.log_likelihood == pytest.approx(at(fitted.coefficients), abs=1e-8)
    for column in range(4):
        for step in (-0.01, 0.01):
            assert at(fitted.coefficients + step * np.eye(4)[column]) < fitted.log_likelihood


@pytest.mark.parametrize("name", FITS)
def test_errors_are_those_of_simulated_fits(name: str) -> None:
    """Coefficients of fits to new draws scatter as the covariance says."""
    rng, columns = np.random.default_rng(5), COLUMNS[:, :2]
    true = np.array([0.4, 0.5])
    means = np.exp(columns @ true)
    drawn = []
    for _ in range(300):
        if name == "logistic":
            fitted = fit(columns, (rng.random(300) < means / (1 + means)).astype(float), np.ones(300), None)
        elif name == "poisson":
            fitted = fit(columns, rng.poisson(means).astype(float), np.ones(300), 0)
        else:
            values = rng.negative_binomial(2, 1 / (1 + means / 2)).astype(float)
            fitted = fit(columns, values, np.ones(300), 0.5)
        drawn.append((fitted.coefficients - true) / np.sqrt(np.diag(fitted.covariance)))
    assert np.std(drawn, axis=0) == pytest.approx(np.ones(2), abs=0.15)


def test_a_weight_of_two_counts_a_value_twice() -> None:
    twice = np.where(np.arange(300) < 100, 2.0, 1.0)
    repeated = np.concatenate([np.arange(300), np.arange(100)])
    weighted, longer = (
        fit(COLUMNS, COUNTS, twice, 0.5),
        fit(COLUMNS[repeated], COUNTS[repeated], np.ones(400), 0.5),
    )
    assert weighted.coefficients == pytest.approx(longer.coefficients, abs=1e-5)
    assert weighted.log_likelihood == pytest.approx(longer.log_likelihood, abs=1e-6)


def test_a_start_does_not_change_the_fit() -> None:
    fitted = fit(COLUMNS, COUNTS, WEIGHTS, 0.5, OFFSET)
    again = fit(COLUMNS, COUNTS, WEIGHTS, 0.5, OFFSET, start=fitted.coefficients + 0.5)
    assert again.coefficients == pytest.approx(fitted.coefficients, abs=1e-4)


def test_a_column_that_separates_leaves_the_others_as_they_are() -> None:
    always = np.where(COLUMNS[:, 3] == 1, 1.0, ACTIVE)
    fitted = fit(COLUMNS, always, WEIGHTS, None)
    without = COLUMNS[:, 3] == 0
    alone = fit(COLUMNS[without][:, :3], ACTIVE[without], WEIGHTS[without], None)
    assert fitted.coefficients[:3] == pytest.approx(alone.coefficients, abs=1e-4)
    assert np.isfinite(fitted.covariance).all()
    assert fitted.coefficients[3] > 10
