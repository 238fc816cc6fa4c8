"""Preferences for the next place: nearby, same trade, same kind. Fitted on the moves of the case itself.

A conditional logit (McFadden 1974): a person who leaves a place goes to each other place in proportion to the number of
people who came there, times a factor if that place is nearby, in the same trade or of the same kind. The number of
people who came is corrected for where the leavers were (iterative proportional fitting), so that a town with many
closures does not look popular. A group that was moved must not look like a preference: until it is known who was moved,
each route from one place to another counts once, however many people took it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy

from graphsvc.analysis.displacement.cohorts import Whereabouts
from graphsvc.analysis.displacement.stays import LEAST, WorkPlace

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

# Places closer than this (in kilometres) are near each other; without coordinates, places in the same town are.
NEAR = 10.0
# With fewer routes, no preferences are fitted.
FEWEST_ROUTES = 20
# Memory grows with origins times places, and more origins would change little.
_MOST_ORIGINS = 500
# Standard deviation of the normal prior on each coefficient, which matters only where there are few moves.
_PRIOR = 2.0
# Minimum coefficient: if people seemed to avoid places nearby or of the same trade or kind, going there would look
# forced.
_LEAST = 0.0
# Number of rounds; each fits the coefficients, then the sizes.
_ROUNDS = 6
_EARTH = 6371.0


@dataclass(frozen=True, slots=True)
class Preferences:
    """Logarithms of the factors by which a place is more likely; all 0 where too few routes are known.

    Attributes:
        near, trade, kind: for a place nearby, in the same trade, of the same kind. routes: number of routes used to fit
            them.
    """

    near: float = 0.0
    trade: float = 0.0
    kind: float = 0.0
    routes: int = 0

    def weights(self, origin: WorkPlace, places: Sequence[WorkPlace]) -> Floats:
        """Return, for leavers of `origin`, how likely each place is relative to a place with nothing in common."""
        result: Floats = np.exp(_alike(origin, places) @ np.array([self.near, self.trade, self.kind]))
        return result


def fit_preferences(known: Whereabouts, relation: str, bound: Collection[str] | None = None) -> Preferences:
    """Fit the preferences of a case.

    Args:
        known: the whereabouts of everyone.
        relation: `WORKED_AT` or `LIVED_AT`.
        bound: people to leave out, since they were moved together; None: not known yet.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> fit_preferences(whereabouts([], []), "WORKED_AT")
        Preferences(near=0.0, trade=0.0, kind=0.0, routes=0)

    Limits: ignores people who follow friends or family. A place without position, address or sector is near no other.
    """
    routes = _routes(known, relation, bound or ())
    if bound is None:
        routes = Counter(routes.keys())
    if len(routes) < FEWEST_ROUTES:
        return Preferences()
    heads = Counter(place for _, _, _, place in known.starts(relation))
    names = sorted(heads)
    places = [known.places.get(name, WorkPlace(name)) for name in names]
    went = {name: number for number, name in enumerate(names)}
    origins = {name: row for row, name in enumerate(sorted({origin for origin, _ in routes})[:_MOST_ORIGINS])}
    alike = np.stack([_alike(known.places.get(name, WorkPlace(name)), places) for name in origins])
    taken = np.zeros((len(origins), len(names)))
    for (origin, to), people in routes.items():
        if origin in origins:
            taken[origins[origin], went[to]] = people
    size = np.tile(np.log([heads[name] + 0.5 for name in names]), (len(origins), 1))
    for name, row in origins.items():
        if name in went:
            size[row, went[name]] = -np.inf  # a place is never its own next place
    near, trade, kind = _fit(alike, taken, size).tolist()
    return Preferences(near, trade, kind, len(routes))


def _fit(alike: Floats, taken: Floats, size: Floats) -> Floats:
    """Return the likeliest coefficients, with sizes such that as many people are expected at each place as came."""
    values = np.zeros(alike.shape[-1])
    for _ in range(_ROUNDS):
        values = scipy.optimize.minimize(
            _loss, values, (alike, taken, size), jac=True, method="L-BFGS-B", bounds=[(_LEAST, None)] * len(values)
        ).x
        expected = taken.sum(axis=1) @ scipy.special.softmax(size + alike @ values, axis=1)
        size = size + np.log((taken.sum(axis=0) + 0.5) / (expected + 0.5))
    return np.asarray(values)


def _loss(values: Floats, alike: Floats, taken: Floats, size: Floats) -> tuple[float, Floats]:
    """Return minus the logarithm of the posterior, and its gradient."""
    chance = scipy.special.softmax(size + alike @ values, axis=1)
    surplus = taken - taken.sum(axis=1)[:, None] * chance
    likelihood = float(scipy.special.xlogy(taken, chance).sum())
    return float(values @ values) / (2 * _PRIOR**2) - likelihood, values / _PRIOR**2 - np.einsum(
        "ft,ftk->k", surplus, alike
    )


def _routes(known: Whereabouts, relation: str, bound: Collection[str]) -> Counter[tuple[str, str]]:
    """Count the people who moved between two places, with known days: (from, to) → number."""
    routes: Counter[tuple[str, str]] = Counter()
    for person, stays in known.of.items():
        if person in bound:
            continue
        dated = [stay.place for stay in stays if stay.relation == relation and stay.begin and stay.belief >= LEAST]
        routes.update((origin, to) for origin, to in pairwise(dated) if origin != to)
    return routes


def _alike(origin: WorkPlace, places: Sequence[WorkPlace]) -> Floats:
    """Return whether each place is near `origin`, in its trade and of its kind (places x 3)."""
    return np.array(
        [
            (
                _is_near(origin, place),
                bool(origin.sector) and place.sector.casefold() == origin.sector.casefold(),
                place.kind == origin.kind,
            )
            for place in places
        ],
        float,
    ).reshape(len(places), 3)


def _is_near(origin: WorkPlace, place: WorkPlace) -> bool:
    if origin.position and place.position:
        return _distance(origin.position, place.position) < NEAR
    return bool(origin.town) and origin.town == place.town


def _distance(origin: tuple[float, float], place: tuple[float, float]) -> float:
    """Return the distance between two positions in kilometres, along the surface (haversine)."""
    from_latitude, to_latitude = math.radians(origin[0]), math.radians(place[0])
    across = math.radians(place[1] - origin[1])
    half = math.sin((to_latitude - from_latitude) / 2) ** 2
    half += math.cos(from_latitude) * math.cos(to_latitude) * math.sin(across / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(min(half, 1.0)))
