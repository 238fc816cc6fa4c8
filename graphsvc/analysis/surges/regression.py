"""Fits generalised linear models by iteratively reweighted least squares (McCullagh & Nelder 1989, section 2.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.special
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Maximum number of rounds; they end early once the log-likelihood changes by no more than this.
_ROUNDS, _CLOSE = 25, 5e-7
# Largest linear predictor, without which means would overflow or become 0 in a fit that diverges.
_FARTHEST = 30.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted model.

    Attributes:
        coefficients: one for each column. covariance: of the coefficients, shape (columns, columns).
        log_likelihood: of the values, each multiplied by its weight.
    """

    coefficients: Array
    covariance: Array
    log_likelihood: float


def fit(
    columns: Array,
    values: Array,
    weights: Array,
    dispersion: float | None,
    offset: Array | float = 0.0,
    start: Array | None = None,
) -> Fitted:
    """Fit the chance that a value is 1 and not 0, or the logarithm of the mean of counts.

    Args:
        columns: shape (values, coefficients).
        values: 0 or 1; with a dispersion, counts from 0.
        weights: weight of each value, above 0.
        dispersion: None: logistic, 0: Poisson; else of a negative binomial, with variance mean + dispersion * mean².
        offset: added to the linear predictor of each value.
        start: initial coefficients.

    Example:
        >>> half = fit(np.ones((4, 1)), np.array([0.0, 1, 1, 0]), np.ones(4), None)
        >>> half.coefficients.round(6) + 0, half.covariance.round(3)
        (array([0.]), array([[1.]]))
        >>> np.exp(fit(np.ones((3, 1)), np.array([1.0, 2, 6]), np.ones(3), 0).coefficients).round(4)
        array([3.])

    Limits: the dispersion is given, not fitted. Where a column separates zeros from ones, coefficients are those of the
    last round.
    """
    if start is not None:
        predictor = columns @ start + offset
    elif dispersion is None:
        predictor = scipy.special.logit((values + 0.5) / 2)
    else:
        predictor = np.log((values + values.mean()) / 2)
    coefficients, covariance, best = np.zeros(columns.shape[1]), np.empty(0), -np.inf
    for _ in range(_ROUNDS):
        predictor = np.clip(predictor, -_FARTHEST, _FARTHEST)
        means, slopes, variances = _moments(predictor, dispersion)
        root = np.sqrt(weights * slopes**2 / variances)
        response = predictor - offset + (values - means) / slopes
        inverse = _inverse(root[:, None] * columns)
        coefficients, covariance = inverse @ (root * response), inverse @ inverse.T
        predictor = columns @ coefficients + offset
        reached = _log_likelihood(predictor, values, weights, dispersion)
        if abs(reached - best) <= _CLOSE:
            break
        best = reached
    return Fitted(coefficients, covariance, reached)


def _inverse(columns: Array) -> Array:
    """Return the inverse for least squares; if columns depend on each other, the one of the smallest coefficients."""
    basis, triangle = np.linalg.qr(columns)
    try:
        return np.asarray(np.linalg.solve(triangle, basis.T))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(columns))


def _moments(predictor: Array, dispersion: float | None) -> tuple[Array, Array, Array]:
    """Return the mean of each value, its derivative by the predictor, and its variance."""
    if dispersion is None:
        means = scipy.special.expit(predictor)
        variances = scipy.special.expit(-predictor) * means
        return means, variances, variances
    means = np.exp(predictor)
    return means, means, means + dispersion * means**2


def _log_likelihood(predictor: Array, values: Array, weights: Array, dispersion: float | None) -> float:
    predictor = np.clip(predictor, -_FARTHEST, _FARTHEST)
    if dispersion is None:
        each = values * predictor - np.logaddexp(0.0, predictor)
    elif dispersion == 0:
        each = values * predictor - np.exp(predictor) - scipy.special.gammaln(values + 1)
    else:
        size, log_size = 1 / dispersion, -np.log(dispersion)
        each = (
            values * predictor
            + size * log_size
            - (values + size) * np.logaddexp(predictor, log_size)
            + scipy.special.gammaln(values + size)
            - scipy.special.gammaln(size)
            - scipy.special.gammaln(values + 1)
        )
    return float(weights @ each)
