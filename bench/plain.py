"""Plain logistic regressions on additive ingredients: the standard that any better score has to beat.

The beliefs in the links of each person are summed by relation, end, kind of the other end and kind of source, and by
wider groups of these. An ingredient is the logarithm of 1 plus such a sum. *One step* is a ridge-penalised logistic
regression on the ingredients. *Two steps* adds, as further ingredients, how many hubs the first step expects at the
other end of orders, payments and contacts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.sparse import coo_array, csr_array
from scipy.special import expit

from bench.case_folder import Case
from graphsvc.analysis.claims.belief import claim_belief
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.ranking.candidates import split_people

PENALTY = 100.0
# Relation → its family. Other relations only identify people, and are not ingredients.
_FAMILY_OF = {
    relation: family
    for family, relations in {
        "arranges": ("ORGANISED", "SUPPLIED", "CONTROLS", "RUNS"),
        "commands": ("DIRECTED", "RECRUITED", "COERCED"),
        "money": ("PAID", "OWES"),
        "company": ("CONTACTED", "ASSOCIATES_WITH", "RIVAL_OF", "RELATED_TO"),
        "hands on": ("PILOTED", "ASSISTED", "TRANSPORTED", "HOUSED", "USED", "MANAGED"),
        "presence": ("WORKED_AT", "CROSSED_ON", "LIVED_AT"),
        "service": ("SERVED",),
        "belongs": ("MEMBER_OF",),
    }.items()
    for relation in relations
}
_UPPER = frozenset({"ORGANISED", "DIRECTED", "RUNS", "SUPPLIED", "CONTROLS", "PAID", "RECRUITED", "COERCED"})
_STEERS = frozenset({"PILOTED", "ASSISTED"})
_CARRIES = frozenset({"TRANSPORTED", "HOUSED", "RECRUITED", "COERCED", "DIRECTED"})
_ENDS, _FAR, _KINDS = ("to", "by"), ("carried", "person", "thing"), ("witness", "intelligence", "record")
# Key of a sum: relation, end of the person, kind of the other end, kind of source.
Cell = tuple[str, str, str, str]
CELLS: tuple[Cell, ...] = tuple(product(_FAMILY_OF, _ENDS, _FAR, _KINDS))
_PLACE = {cell: number for number, cell in enumerate(CELLS)}
# Links that the second step follows: orders and payments from subject to object, contacts in both directions.
_FOLLOWED = {"orders": ("DIRECTED", "RECRUITED", "COERCED"), "payments": ("PAID",), "contacts": ("CONTACTED", "ASSOCIATES_WITH")}  # fmt: skip
# Share of hubs among candidates that is assumed when scores of the first step are converted to chances.
_HUBS = 0.12
_LEAST_SPREAD = 0.05


def groups_of(cell: Cell) -> Iterable[str]:
    """Yield the names of the ingredients that include a cell.

    Example:
        >>> list(groups_of(("PILOTED", "to", "thing", "record")))
        ['PILOTED to thing', 'hands on to thing, record', 'works by hand']
    """
    relation, end, far, kind = cell
    yield f"{relation} {end} {far}"
    yield f"{_FAMILY_OF[relation]} {end} {far}, {kind}"
    if end == "to" and (relation in _STEERS or (relation in _CARRIES and far == "carried")):
        yield "works by hand"


NAMES = tuple(dict.fromkeys(name for cell in CELLS for name in groups_of(cell)))
# One more ingredient: number of witnesses who name the person as subject of an `_UPPER` relation, summed over links.
VOICES = "witnesses of an upper part"
_INTO = np.array([[name in members for name in NAMES] for members in map(set, map(groups_of, CELLS))], dtype=float)


@dataclass(frozen=True, slots=True)
class Sums:
    """One world as numbers.

    Attributes:
        ids: ids of all persons.
        values: persons x (`NAMES` and `VOICES`): the ingredients, 0 or more.
        candidate: whether each person is a candidate; hub: whether each person is a hub.
        followed: for each kind of link that the second step follows, persons x persons: sum of beliefs.
    """

    ids: list[str]
    values: Floats
    candidate: Bools
    hub: Bools
    followed: tuple[csr_array, ...]


def sums(case: Case) -> Sums:
    """Compute the ingredients of a world."""
    carried = split_people(case.claims, case.persons)[1]
    ids = [person.id for person in case.persons]
    place = {name: row for row, name in enumerate(ids)}
    entries: dict[tuple[int, int], float] = defaultdict(float)
    voices = np.zeros(len(ids))
    ties: dict[str, list[tuple[int, int, float]]] = {name: [] for name in _FOLLOWED}
    for (subject, relation, target), by_kind in _beliefs(case).items():
        for kind, (belief, sources) in by_kind.items():
            for end, near, far in (("to", subject, target), ("by", target, subject)):
                if near in place:
                    at_far = "carried" if far in carried else "person" if far in place else "thing"
                    entries[place[near], _PLACE[relation, end, at_far, kind]] += belief
            if subject in place and kind == "witness" and relation in _UPPER:
                voices[place[subject]] += sources
            if subject in place and target in place and subject != target and not {subject, target} & carried:
                for name, relations in _FOLLOWED.items():
                    if relation in relations:
                        ties[name].append((place[subject], place[target], belief))
    row, column = np.array([*entries, (0, 0)]).T
    cells = coo_array(([*entries.values(), 0.0], (row, column)), shape=(len(ids), len(CELLS))).tocsr()
    values = np.column_stack((cells @ _INTO, voices))
    planted = case.planted_people
    orders, payments, contacts = (_square(ties[name], len(ids)) for name in _FOLLOWED)
    return Sums(
        ids,
        np.log1p(values),
        np.array([name in planted.candidates for name in ids]),
        np.array([name in planted.hubs for name in ids]),
        (orders, payments, contacts + contacts.T),
    )


def _beliefs(case: Case) -> Mapping[tuple[str, str, str], dict[str, tuple[float, float]]]:
    """Return link → kind of source → (belief in its claims, number of its sources), both reduced by denials."""
    by_link: dict[tuple[str, str, str], dict[tuple[str, str], float]] = defaultdict(dict)
    for claim in case.claims:
        if claim.counts and claim.relation in _FAMILY_OF:
            kind = "denied" if claim.denies else claim.source_kind
            voice = kind, claim.source or claim.statement
            by_link[claim.key][voice] = max(by_link[claim.key].get(voice, 0.0), claim_belief(*claim.grading))
    result = {}
    for key, voices in by_link.items():
        doubt = np.prod([1 - belief for (kind, _), belief in voices.items() if kind == "denied"])
        result[key] = {
            kind: (float((1 - np.prod([1 - belief for belief in beliefs])) * doubt), float(len(beliefs) * doubt))
            for kind in _KINDS
            if (beliefs := [belief for (source_kind, _), belief in voices.items() if source_kind == kind])
        }
    return result


def _square(ties: Sequence[tuple[int, int, float]], size: int) -> csr_array:
    row, column, belief = zip(*ties, strict=True) if ties else ((), (), ())
    return csr_array(
        coo_array((np.array(belief, float), (np.array(row, int), np.array(column, int))), shape=(size, size))
    )


@dataclass(frozen=True, slots=True)
class Plain:
    """A fitted regression: weights of the first step and, if there are two steps, of the second."""

    first: Floats
    second: Floats | None = None

    def score(self, world: Sums) -> Floats:
        """Return the score of each person of a world."""
        if self.second is None:
            return np.asarray(world.values @ self.first)
        return np.asarray(np.hstack((world.values, expected_hubs(world, self.first))) @ self.second)


def expected_hubs(world: Sums, first: Floats) -> Floats:
    """Return how many hubs the first step expects at the other end of each kind of followed link, as a logarithm."""
    score = world.values @ first
    candidates = score[world.candidate]
    start = brentq(lambda start: expit(candidates + start).sum() - _HUBS * len(candidates), -90, 90)
    chance = np.where(world.candidate, expit(score + start), 0.0)
    return np.asarray(np.log1p(np.column_stack([ties @ chance for ties in world.followed])))


def fit(worlds: Mapping[str, Sequence[Sums]], *, steps: int = 1, penalty: float = PENALTY) -> Plain:
    """Fit one or two steps; each family has the same weight, and so has each world of a family.

    Args:
        worlds: family → its worlds.
        steps: 1 or 2.
        penalty: penalty of the ridge.
    """
    every = [(world, 1 / len(family_worlds)) for family_worlds in worlds.values() for world in family_worlds]
    hub = np.concatenate([world.hub[world.candidate] for world, _ in every])
    weight = np.concatenate([np.full(size := int(world.candidate.sum()), share / size) for world, share in every])
    weight *= len(weight) / weight.sum()
    first = _weights(np.vstack([world.values[world.candidate] for world, _ in every]), hub, weight, penalty)
    if steps == 1:
        return Plain(first)
    both = [np.hstack((world.values, expected_hubs(world, first)))[world.candidate] for world, _ in every]
    return Plain(first, _weights(np.vstack(both), hub, weight, penalty))


def _weights(values: Floats, hub: Bools, weight: Floats, penalty: float) -> Floats:
    spread = values.std(axis=0) + _LEAST_SPREAD
    scaled, side = values / spread, np.where(hub, 1.0, -1.0)

    def loss(flat: Floats) -> tuple[float, Floats]:
        margin = side * (scaled @ flat[1:] + flat[0])
        off = -weight * side * expit(-margin)
        value = (weight * np.logaddexp(0, -margin)).sum() + penalty * (flat[1:] ** 2).sum() / 2
        return float(value), np.concatenate(([off.sum()], scaled.T @ off + penalty * flat[1:]))

    start = np.zeros(values.shape[1] + 1)
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    return np.asarray(fitted[1:] / spread)
