"""The score: a weighted count of sources about a person, and of likely hubs the person directs, pays or is paid by.

It is a ridge-penalised logistic regression on invented cases by nine authors (`bench.fit_weights`). Each ingredient
adds its weight times log(1 + number of sources). The sum is the person's own part; converted to a chance, it shows how
much the person looks like a hub. Each kind of link in `ingredients.TIES` then adds its weight times log(1 + sum of
these chances over the people at the other end).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np

from graphsvc.analysis.claims.bins import Kept
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Floats
from graphsvc.analysis.ranking.ingredients import TIES
from graphsvc.analysis.ranking.network import Operation


@dataclass(frozen=True, eq=False)
class ScoreWeights:
    """The weights of ingredients and of links to likely hubs.

    Attributes:
        columns: ingredient → column, from 0.
        said: the weight of each ingredient; `ties`: the weight of each of `ingredients.TIES`.
        start: log-odds of being a hub for a person no source mentions.
    """

    columns: Mapping[str, int]
    said: Floats
    ties: Floats
    start: float

    def nameless(self) -> ScoreWeights:
        """Return the weights without the ingredients' names, since other machines may receive only numbers.

        Example:
            >>> shipped_weights().nameless().columns
            {}
        """
        return replace(self, columns={})


@cache
def shipped_weights() -> ScoreWeights:
    """Read the shipped weights, `weights.toml` in this folder.

    Example:
        >>> weights = shipped_weights()
        >>> bool(weights.said[weights.columns["upper part, witness"]] > 0 > weights.said[weights.columns["PILOTED to thing"]])
        True

    Limits: fitted on invented cases (`bench/README.md` says how); real cases differ from them.
    """
    return of_table(
        tomllib.loads(files("graphsvc.analysis.ranking").joinpath("weights.toml").read_text(encoding="utf-8"))
    )


def of_table(table: Mapping[str, Mapping[str, float]]) -> ScoreWeights:
    """Make weights from a table; an ingredient absent from it has no weight.

    Example:
        >>> of_table({"said": {"RUNS to thing": 1.0}, "ties": {}, "start": {"chance": -2.0}}).columns
        {'RUNS to thing': 0}

    Limits: none.
    """
    ingredients, ties = table["said"], table["ties"]
    return ScoreWeights(
        {name: place for place, name in enumerate(ingredients)},
        np.array(list(ingredients.values()), dtype=float),
        np.array([ties.get(name, 0.0) for name in TIES], dtype=float),
        float(table["start"]["chance"]),
    )


@dataclass(frozen=True, eq=False)
class Scored:
    """A scored network.

    Attributes:
        weights: the weights.
        voice: the value of each cell of the network, 0 to 1; for a link to a likely hub, times that person's chance.
        value: the same before multiplying by that chance.
        sums: people x (ingredients, then `TIES`): the sums of `voice`, before the logarithm.
        own: each person's own part of the score; `score`: the whole score.
        chance: chance of being a hub from the own part, 0 to 1; 0 for people who were only carried.
    """

    weights: ScoreWeights
    value: Floats
    voice: Floats
    sums: Floats
    own: Floats
    chance: Floats
    score: Floats

    def rates(self, person: Kept, column: Kept) -> Floats:
        """Return the score per unit of some sums; a sum times its rate is what its column adds to the score."""
        weights = np.concatenate((self.weights.said, self.weights.ties))[column]
        sums = self.sums[person, column]
        result: Floats = weights * np.divide(np.log1p(sums), sums, out=np.zeros_like(sums), where=sums > 0)
        return result


def chances(own: Floats, weights: ScoreWeights) -> Floats:
    """Convert own parts of scores to the chance of being a hub, 0 to 1.

    Example:
        >>> float(chances(np.zeros(1), of_table({"said": {}, "ties": {}, "start": {"chance": 0.0}}))[0])
        0.5

    Limits: a chance for invented cases; for a real case it only orders people.
    """
    result: Floats = 1 / (1 + np.exp(-np.clip(own + weights.start, -500, 500)))
    return result


def score(network: Operation, weights: ScoreWeights | None = None) -> Scored:
    """Score a network.

    Args:
        network: see `network`.
        weights: the weights (default: `shipped_weights()`).

    Returns:
        The scores; 0 for a person no source mentions. Only the order is meaningful.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> found = score(network_from("s1: p1 ORGANISED c1", "s2: p2 PILOTED c1"))
        >>> bool(found.score[0] > 0 > found.score[1])
        True

    Limits: log-odds for invented cases; not a probability, least of all of guilt. Sources who agreed beforehand count
    one by one; `robustness.stability` shows the list without a whole group of them.
    """
    weights = shipped_weights() if weights is None else weights
    cells = network.cells
    value = cells.greatest(network.stands)
    tied = np.flatnonzero(cells.other >= 0)
    sums, own, chance, total = sum_cells(network, weights, cells.person, cells.column, value, (tied, cells.other[tied]))
    voice = value.copy()
    voice[tied] *= chance[cells.other[tied]]
    return Scored(weights, value, voice, sums, own, chance, total)


def sum_cells(
    network: Operation, weights: ScoreWeights, person: Kept, column: Kept, value: Floats, ties: tuple[Ints, Kept]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Add up cells, and return sums, own parts, chances and scores, as in `Scored`.

    Args:
        network: the people.
        weights: the weights.
        person: the person of each cell.
        column: the ingredient or kind of link of each cell.
        value: the value of each cell, 0 to 1.
        ties: the cells of links to likely hubs, and the person at the other end of each.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> none = np.zeros(0, dtype=np.int64)
        >>> [column.tolist() for column in sum_cells(network_from("s1: p1 RUNS g1"), shipped_weights(), none, none, none + 0.0, (none, none))[1::2]]
        [[0.0], [0.0]]

    Limits: as `score`.
    """
    own_width, size = network.columns, network.size

    def add_cells(cells: Ints | slice, voices: Floats, first: int, weight: Floats) -> tuple[Floats, Floats]:
        owner, kind = person[cells], column[cells].astype(np.int64) - first
        place = owner * np.int64(len(weight)) + kind
        sums = np.bincount(place, weights=voices, minlength=size * len(weight)).astype(float, copy=False)
        # Most sums are empty, so logarithms are taken for each cell, which adds its part of the weighted logarithm.
        own_sum = sums[place]
        rate = np.divide(np.log1p(own_sum), own_sum, out=np.zeros_like(own_sum), where=own_sum > 0)
        weighted = np.bincount(owner, weights=voices * rate * weight[kind], minlength=size)
        return sums.reshape(size, len(weight)), weighted.astype(float, copy=False)

    of_tie, neighbour = ties
    sums, own = add_cells(slice(None), value, 0, np.concatenate((weights.said, np.zeros(len(TIES)))))
    chance = np.where(network.plays, chances(own, weights), 0.0)
    sums[:, own_width:], through_ties = add_cells(of_tie, value[of_tie] * chance[neighbour], own_width, weights.ties)
    return sums, own, chance, own + through_ties
