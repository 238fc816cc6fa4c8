"""Which part each person seems to play, worked out for all together, and the score that follows from it.

What somebody is shows in whom they are tied to: directing people who are themselves hands-on is the work of an organiser,
directing passengers that of an aide, being paid by organisers that of a supplier. And what those others are shows in
their ties in turn. So parts are read in rounds: a first reading takes everybody for the average person, each further
one takes the others for what the reading before showed (iterative classification: Neville & Jensen 2000, "Iterative
classification in relational data"; Lu & Getoor 2003). Each reading has a table of its own, `parts.toml`: how far each
ingredient speaks for each part, in log-odds. The score is how far what is told fits the parts of hubs better than those
of others, against somebody of whom nothing is told.

Each part may be played in several ways: a broker who introduces people and never touches money, one who is paid for it, one who
is only told of in passing. So a table has several columns for each part, and what is told fits a part as far as it fits any way of
playing it: with one column, the fit is a compromise between them, and it carries over worse to cases it was not fitted on.

Hubs seldom work with their own hands, which tells the tables who is none; but who steers a boat or houses passengers besides
running the operation must not be hidden by what proves it. So each reading weighs everybody twice: with such work, and as if
nobody had told of it. The second counts the more, the more is told of somebody besides: of whom little else is told, work by hand
makes no hub.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from graphsvc.analysis.evidence.ledger import Floats
from graphsvc.analysis.evidence.roles import HUBS, PARTS, WHOM
from graphsvc.analysis.score.ingredients import BY_HAND, NAMES, WEIGHED, ingredients
from graphsvc.analysis.score.network import Operation

# So many that shares add up to the score to the ninth digit.
_NODES, _SPANS = np.polynomial.legendre.leggauss(64)
# In so many ways each part may be played. Two carry over worse to worlds that were not fitted on, four no better.
WAYS = 3
# How many columns a table has, and how many of them, the first, are of hubs; those of one part stand side by side, parts in the
# order of `roles.PARTS`.
_WIDTH, _HUBS = len(PARTS) * WAYS, len(HUBS) * WAYS
# With so high a score, work by hand left out, that score counts for half.
_FIRM = 2.0
_KIND = np.repeat([[float(part in parts) for parts in WHOM.values()] for part in PARTS], WAYS, axis=0)


@dataclass(frozen=True, slots=True)
class PartTable:
    """One table of what ingredients say of parts, in log-odds.

    Attributes:
        start: for each way (`WAYS`) of each of `roles.PARTS` what holds where nothing is told; as read, all stand
            twice, the second time for what is told without work by hand.
        says: `ingredients.NAMES` x ways of parts, for each unit of an ingredient.
    """

    start: Floats
    says: Floats


@cache
def readings() -> tuple[PartTable, ...]:
    """The tables the score is made with, first reading first.

    Example:
        >>> [reading.says.shape[1] // len(PARTS) // WAYS for reading in readings()]
        [2, 2, 2]

    Limits: fitted on invented worlds (`bench/README.md` says how); real cases are not like them.
    """
    tables = tomllib.loads(files("graphsvc.analysis.score").joinpath("parts.toml").read_text(encoding="utf-8"))
    fitted = [
        PartTable(
            np.array(table["start"], dtype=float).reshape(_WIDTH),
            # A row of nothing only where that is said in the table of relations, so that none is forgotten.
            np.array(
                [
                    np.ravel(table["says"][name]) if weighed else np.zeros(_WIDTH)
                    for name, weighed in zip(NAMES, WEIGHED, strict=True)
                ],
                dtype=float,
            ),
        )
        for table in tables["reading"]
    ]
    return tuple(map(with_own_hands, fitted))


def with_own_hands(table: PartTable) -> PartTable:
    """A reading in which work by hand hides nobody: every column twice, the second time saying nothing of such work (`ingredients.BY_HAND`).

    So it hardly lowers who has a high score for other reasons, and raises nobody (`fits`).

    Example:
        >>> table = PartTable(np.zeros(len(PARTS) * WAYS), np.ones((len(NAMES), len(PARTS) * WAYS)))
        >>> with_own_hands(table).says[NAMES.index("PILOTED")].reshape(2, -1).sum(axis=1).tolist()
        [24.0, 0.0]

    Limits: through others it can lower a little: whom somebody directs counts for less when they seem to be crew themselves.
    """
    without = table.says.copy()
    without[[NAMES.index(name) for name in BY_HAND]] = 0.0
    return PartTable(np.tile(table.start, 2), np.hstack((table.says, without)))


def read(network: Operation, tables: Sequence[PartTable] | None = None) -> Floats:
    """The ingredients of everybody as the last reading sees them.

    Args:
        network: see `network`.
        tables: the readings, first to last (default: `readings()`).

    Returns:
        Persons x `ingredients.NAMES`.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> found = read(tied("s1: p1 DIRECTED p2", "s2: p2 PILOTED c1"))
        >>> told = dict(zip(NAMES, found[0].round(2).tolist()))
        >>> told["DIRECTED to hands-on"] > told["DIRECTED to hub"]
        True

    Limits: parts of those of whom little is told stay close to the average; three rounds, not until nothing moves.
    """
    return ingredients(network, seen(network, tables))


def seen(network: Operation, tables: Sequence[PartTable] | None = None) -> Floats:
    """How far the last reading takes everybody for each kind that ties tell apart: persons x `roles.WHOM`.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> seen(tied("s1: p1 DIRECTED p2", "s2: p2 PILOTED c1")).sum(axis=1).round(9).tolist()
        [1.0, 1.0]

    Limits: as `read`.
    """
    tables = readings() if tables is None else tables
    whom = np.tile(kinds(tables[0].start[None, :]), (network.size, 1))
    for reading in tables[:-1]:
        whom = kinds(weigh(ingredients(network, whom), reading))
    return whom


def weigh(values: Floats, reading: PartTable) -> Floats:
    """How far ingredients speak for each part: persons x parts of the reading, log-odds.

    Args:
        values: persons x ingredients.
        reading: the table.

    Example:
        >>> bool((weigh(np.zeros((1, len(NAMES))), readings()[0]) == readings()[0].start).all())
        True

    Limits: as `score`.
    """
    # Column by column: what is summed over the few parts is then summed along persons, in a fraction of the time.
    result: Floats = np.asfortranarray(values @ reading.says) + reading.start
    return result


def kinds(weighed: Floats) -> Floats:
    """How far each person counts as each kind that ties tell apart: persons x `roles.WHOM`, each row summing to 1.

    Args:
        weighed: persons x ways of parts, log-odds.

    Example:
        >>> kinds(np.zeros((1, len(PARTS) * WAYS))).round(3).tolist()
        [[0.625, 0.125, 0.125, 0.125]]

    Limits: a step on the way to the score, not a finding about anyone.
    """
    whole: Floats = _shares(weighed[:, :_WIDTH]) @ _KIND
    if weighed.shape[1] == _WIDTH:
        return whole
    # Whoever is a hub but for what they do by hand is taken for one by those around them as well.
    besides = _shares(weighed[:, _WIDTH:])
    hub = besides[:, :_HUBS].sum(axis=1, keepdims=True)
    result: Floats = whole + hub * (besides @ _KIND - whole)
    return result


def score(values: Floats, reading: PartTable | None = None) -> Floats:
    """How much better what is told fits a hub than anybody else, against somebody of whom nothing is told.

    Args:
        values: persons x ingredients, see `read`.
        reading: the last table (default: the last of `readings()`).

    Returns:
        For each person a number; 0 where nothing is told. Only the order means something.

    Example:
        >>> score(np.zeros((1, len(NAMES)))).tolist()
        [0.0]

    Limits: log-odds of invented worlds; no probability, and never one of being a hub.
    """
    reading = readings()[-1] if reading is None else reading
    return fits(weigh(values, reading), reading)


def fits(weighed: Floats, reading: PartTable | None = None) -> Floats:
    """`score` of who is weighed already.

    Args:
        weighed: persons x parts of the reading, log-odds.
        reading: as there.

    Example:
        >>> fits(readings()[-1].start[None, :]).tolist()
        [0.0]

    Limits: as `score`.
    """
    reading = readings()[-1] if reading is None else reading
    result: Floats = _together(*_fitting(weighed, reading)) - _together(*_fitting(reading.start[None, :], reading))
    return result


def shares(values: Floats, reading: PartTable | None = None) -> Floats:
    """What each ingredient adds to the score: persons x ingredients, summing to `score`.

    Since parts exclude each other an ingredient is worth more or less beside others; its share is the mean worth of
    its next bit while all ingredients grow from nothing together (Aumann & Shapley 1974).

    Example:
        >>> found = np.zeros((1, len(NAMES)))
        >>> found[0, NAMES.index("ORGANISED")] = 1.0
        >>> bool(abs(shares(found).sum() - score(found)[0]) < 1e-6)
        True

    Limits: a share says what an account did to the number, not how good the account is.
    """
    reading = readings()[-1] if reading is None else reading
    grown = np.asfortranarray(values @ reading.says)
    mean = np.zeros_like(grown)
    for node, span in zip((_NODES + 1) / 2, _SPANS / 2, strict=True):
        mean += span * _turning(reading.start + node * grown, reading)
    result: Floats = values * (mean @ reading.says.T)
    return result


def _shares(weighed: Floats) -> Floats:
    high = weighed - weighed.max(axis=1, keepdims=True)
    share = np.exp(high)
    result: Floats = share / share.sum(axis=1, keepdims=True)
    return result


def _fitting(weighed: Floats, reading: PartTable) -> tuple[Floats, Floats | None]:
    """How much better what is told fits hubs than others: all of it, and, where everything is weighed twice, what is told besides work by hand.

    With *s* and *t* for these, both against nothing told, the score is log(exp s + exp t / (1 + exp(firm - t))): the second counts by its
    last factor, which is part of it here.
    """
    whole = _for_hubs(weighed[:, :_WIDTH])
    if weighed.shape[1] == _WIDTH:
        return whole, None
    besides = _for_hubs(weighed[:, _WIDTH:])
    return whole, besides - np.logaddexp(0.0, _FIRM - (besides - _nothing(reading)))


def _for_hubs(weighed: Floats) -> Floats:
    result: Floats = _sum(weighed[:, :_HUBS]) - _sum(weighed[:, _HUBS:])
    return result


def _together(whole: Floats, besides: Floats | None) -> Floats:
    result: Floats = whole if besides is None else np.logaddexp(whole, besides)
    return result


def _turning(weighed: Floats, reading: PartTable) -> Floats:
    """How far the score moves with each of the log-odds."""
    whole, besides = _fitting(weighed, reading)
    turning = _for_hubs_turning(weighed[:, :_WIDTH])
    if besides is None:
        return turning
    score, second = _together(whole, besides), weighed[:, _WIDTH:]
    counted = np.exp(besides - _for_hubs(second))
    by_whole, by_besides = np.exp(whole - score), np.exp(besides - score) * (2 - counted)
    return np.hstack((by_whole[:, None] * turning, by_besides[:, None] * _for_hubs_turning(second)))


def _for_hubs_turning(weighed: Floats) -> Floats:
    return np.hstack((_shares(weighed[:, :_HUBS]), -_shares(weighed[:, _HUBS:])))


def _nothing(reading: PartTable) -> float:
    """How hubs stand against others where nothing is told."""
    return float(_for_hubs(reading.start[None, :_WIDTH])[0])


def _sum(weighed: Floats) -> Floats:
    # As np.logaddexp.reduce has it, which takes them two by two and ten times as long.
    most = weighed.max(axis=1)
    result: Floats = most + np.log(np.exp(weighed - most[:, None]).sum(axis=1))
    return result
