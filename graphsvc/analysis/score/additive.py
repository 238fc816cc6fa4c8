"""The score: a weighted count of sources about a person, and of the likely hubs that the person directs, pays or is paid by.

It is a ridge-penalised logistic regression on invented cases by nine authors (`bench.fit_weights`). Each ingredient adds its weight
times log(1 + number of sources). The sum is a person's own part, and as a chance it says how much the person looks like a hub. Each
tie then adds its weight times log(1 + sum of these chances over the people at its other end).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np

from graphsvc.analysis.evidence.bins import Kept
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Floats
from graphsvc.analysis.score.ingredients import TIES
from graphsvc.analysis.score.network import Operation


@dataclass(frozen=True, eq=False)
class ScoreWeights:
    """The weights of ingredients and ties.

    Attributes:
        columns: ingredient → column, from 0.
        said: the weight of each ingredient; `ties` the weight of each of `ingredients.TIES`.
        start: log-odds of being a hub for somebody no source speaks of.
    """

    columns: Mapping[str, int]
    said: Floats
    ties: Floats
    start: float

    def nameless(self) -> ScoreWeights:
        """The same in numbers alone, without the ingredients' names: what other machines may be given.

        Example:
            >>> shipped().nameless().columns
            {}
        """
        return replace(self, columns={})


@cache
def shipped() -> ScoreWeights:
    """Read the shipped weights, `weights.toml` in this folder.

    Example:
        >>> weights = shipped()
        >>> bool(weights.said[weights.columns["upper part, witness"]] > 0 > weights.said[weights.columns["PILOTED to thing"]])
        True

    Limits: fitted on invented cases (`bench/README.md` says how); real ones are not like them.
    """
    return of_table(
        tomllib.loads(files("graphsvc.analysis.score").joinpath("weights.toml").read_text(encoding="utf-8"))
    )


def of_table(table: Mapping[str, Mapping[str, float]]) -> ScoreWeights:
    """Make weights of a table; an ingredient it leaves out weighs nothing.

    Example:
        >>> of_table({"said": {"RUNS to thing": 1.0}, "ties": {}, "start": {"chance": -2.0}}).columns
        {'RUNS to thing': 0}

    Limits: none.
    """
    said, ties = table["said"], table["ties"]
    return ScoreWeights(
        {name: place for place, name in enumerate(said)},
        np.array(list(said.values()), dtype=float),
        np.array([ties.get(name, 0.0) for name in TIES], dtype=float),
        float(table["start"]["chance"]),
    )


@dataclass(frozen=True, eq=False)
class Scored:
    """A weighed network.

    Attributes:
        weights: the weights.
        voice: the worth of each cell of the network, 0 to 1; of a tie times the chance of the person at its other end.
        value: the same before that chance.
        sums: people x (ingredients, then ties): the voices added up, before the logarithm.
        own: each person's own part of the score; `score` the whole score.
        chance: chance of being a hub by the own part, 0 to 1; 0 for people who were only carried.
    """

    weights: ScoreWeights
    value: Floats
    voice: Floats
    sums: Floats
    own: Floats
    chance: Floats
    score: Floats

    def rates(self, person: Kept, column: Kept) -> Floats:
        """Score for each unit of some sums; a sum times its rate is what the column adds to the person's score."""
        weights = np.concatenate((self.weights.said, self.weights.ties))[column]
        sums = self.sums[person, column]
        result: Floats = weights * np.divide(np.log1p(sums), sums, out=np.zeros_like(sums), where=sums > 0)
        return result


def chances(own: Floats, weights: ScoreWeights) -> Floats:
    """The chance of being a hub for each own part of a score, 0 to 1.

    Example:
        >>> float(chances(np.zeros(1), of_table({"said": {}, "ties": {}, "start": {"chance": 0.0}}))[0])
        0.5

    Limits: a chance on invented cases; on a real one it orders people and no more.
    """
    result: Floats = 1 / (1 + np.exp(-np.clip(own + weights.start, -500, 500)))
    return result


def score(network: Operation, weights: ScoreWeights | None = None) -> Scored:
    """Weigh a network.

    Args:
        network: see `network`.
        weights: the weights (default: `shipped()`).

    Returns:
        The scores. Somebody no source speaks of has 0. Only the order means something.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> found = score(tied("s1: p1 ORGANISED c1", "s2: p2 PILOTED c1"))
        >>> bool(found.score[0] > 0 > found.score[1])
        True

    Limits: log-odds of invented cases; no probability, and never one of being guilty of anything. Sources who agreed beforehand
    count one by one: `doubt.stability` says what becomes of the list without all of a group.
    """
    weights = shipped() if weights is None else weights
    cells = network.cells
    value = cells.greatest(network.stands)
    tied = np.flatnonzero(cells.other >= 0)
    sums, own, chance, total = summed(network, weights, cells.person, cells.column, value, (tied, cells.other[tied]))
    voice = value.copy()
    voice[tied] *= chance[cells.other[tied]]
    return Scored(weights, value, voice, sums, own, chance, total)


def summed(
    network: Operation, weights: ScoreWeights, person: Kept, column: Kept, value: Floats, ties: tuple[Ints, Kept]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Add voices up: sums, own parts, chances and scores, as of `Scored`.

    Args:
        network: the people.
        weights: the weights.
        person: of each voice.
        column: the ingredient or tie of each voice.
        value: the worth of each voice, 0 to 1.
        ties: which voices are of ties, and the person at the other end of each.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> none = np.zeros(0, dtype=np.int64)
        >>> [column.tolist() for column in summed(tied("s1: p1 RUNS g1"), shipped(), none, none, none + 0.0, (none, none))[1::2]]
        [[0.0], [0.0]]

    Limits: as `score`.
    """
    said, size = network.columns, network.size

    def added(which: Ints | slice, voices: Floats, first: int, width: int) -> Floats:
        place = person[which].astype(np.int64) * width + (column[which] - first)
        total: Floats = np.bincount(place, weights=voices, minlength=size * width).astype(float, copy=False)
        return total.reshape(size, width)

    of_tie, other = ties
    sums = added(slice(None), value, 0, said + len(TIES))
    own = np.log1p(sums[:, :said]) @ weights.said
    chance = np.where(network.plays, chances(own, weights), 0.0)
    sums[:, said:] = added(of_tie, value[of_tie] * chance[other], said, len(TIES))
    return sums, own, chance, own + np.log1p(sums[:, said:]) @ weights.ties
