"""Which part each person seems to play, worked out for all together, and the score that follows from it.

What somebody is shows in whom they are tied to: directing people who are themselves hands-on is the work of an organiser,
directing passengers that of an aide, being paid by organisers that of a supplier. And what those others are shows in
their ties in turn. So parts are read in rounds: a first reading takes everybody for the average person, each further
one takes the others for what the reading before showed (iterative classification: Neville & Jensen 2000, "Iterative
classification in relational data"; Lu & Getoor 2003). Each reading has a table of its own, `parts.toml`: how far each
ingredient speaks for each part, in log-odds. The score is how far what is told fits the parts of hubs better than those
of others, against somebody of whom nothing is told.

Hubs seldom work with their own hands, which tells the tables who is none; but who steers a boat or houses passengers besides
running the operation must not be hidden by what proves it. So in the last reading each hub's part stands twice: as of one
who stays clear of such work, and as of one who does not, for whom it speaks no less than for anybody else. The second counts the
more, the more is told of somebody besides: of whom little else is told, work by hand makes no hub.
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
from graphsvc.analysis.score.ingredients import BY_HAND, EVERYDAY, NAMES, WEIGHED, ingredients
from graphsvc.analysis.score.network import Operation

# So many that shares add up to the score to the ninth digit.
_NODES, _SPANS = np.polynomial.legendre.leggauss(64)
_HUBS, _OTHERS = len(HUBS), len(PARTS) - len(HUBS)
# With so high a score, work by hand left out, one in two hubs is taken to do some: 20 to 1 against nothing told.
_FIRM = 3.0
_KIND = np.array([[float(part in parts) for parts in WHOM.values()] for part in PARTS])


@dataclass(frozen=True, slots=True)
class PartTable:
    """One table of what ingredients say of parts, in log-odds.

    Attributes:
        start: for each of `roles.PARTS` what holds where nothing is told; in the last reading those of hubs stand twice.
        says: `ingredients.NAMES` x parts, for each unit of an ingredient.
    """

    start: Floats
    says: Floats


@cache
def readings() -> tuple[PartTable, ...]:
    """The tables the score is made with, first reading first.

    Example:
        >>> [reading.says.shape == (len(NAMES), len(PARTS) + hubs) for reading, hubs in zip(readings(), (0, 0, len(HUBS)))]
        [True, True, True]

    Limits: fitted on invented worlds (`benchmarks/README.md` says how); real cases are not like them.
    """
    tables = tomllib.loads(files("graphsvc.analysis.score").joinpath("parts.toml").read_text(encoding="utf-8"))
    fitted = [
        PartTable(
            np.array(table["start"], dtype=float),
            # A row of nothing only where that is said in the table of relations, so that none is forgotten.
            np.array(
                [
                    table["says"][name] if weighed else [0.0] * len(PARTS)
                    for name, weighed in zip(NAMES, WEIGHED, strict=True)
                ],
                dtype=float,
            ),
        )
        for table in tables["reading"]
    ]
    return (*fitted[:-1], with_own_hands(everyday(fitted[-1])))


def everyday(table: PartTable) -> PartTable:
    """A last reading to which it says nothing to be ordered about by people of no part, or to pay them (`ingredients.EVERYDAY`).

    Example:
        >>> table = PartTable(np.zeros(len(PARTS)), np.ones((len(NAMES), len(PARTS))))
        >>> [float(everyday(table).says[NAMES.index(name)].sum()) for name in ("PAID to outside", "PAID to hub")]
        [0.0, 8.0]

    Limits: who is taken for somebody of no part may be one of whom too little is told. What others are taken for is
    still read from it.
    """
    says = table.says.copy()
    says[[NAMES.index(name) for name in EVERYDAY]] = 0.0
    return PartTable(table.start, says)


def with_own_hands(table: PartTable) -> PartTable:
    """A last reading in which work by hand hides no hub: the parts of hubs twice, before all others.

    In the second place work by hand (`ingredients.BY_HAND`) says as much for each of them as it does for whichever other part it
    says most for, in the first no more than that. So it hardly lowers who has a high score for other reasons, and raises nobody far who has none (`fits`).

    Example:
        >>> table = PartTable(np.zeros(len(PARTS)), np.zeros((len(NAMES), len(PARTS))))
        >>> table.says[NAMES.index("PILOTED")] = [-1.0] * len(HUBS) + [0.0, 2.0, 0.0]
        >>> with_own_hands(table).says[NAMES.index("PILOTED")].tolist()
        [-1.0, -1.0, -1.0, -1.0, -1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 0.0, 2.0, 0.0]

    Limits: through others it can lower a little: whom somebody directs counts for less when they seem to be crew themselves.
    """
    hubs, others = table.says[:, :-_OTHERS], table.says[:, -_OTHERS:]
    clear, besides = hubs.copy(), hubs.copy()
    rows = [NAMES.index(name) for name in BY_HAND]
    most = others[rows].max(axis=1, keepdims=True)
    clear[rows], besides[rows] = np.minimum(hubs[rows], most), most
    start = table.start[:-_OTHERS]
    return PartTable(np.concatenate((start, table.start)), np.hstack((clear, besides, others)))


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
        weighed: persons x `roles.PARTS`, log-odds.

    Example:
        >>> kinds(np.zeros((1, len(PARTS)))).round(3).tolist()
        [[0.625, 0.125, 0.125, 0.125]]

    Limits: a step on the way to the score, not a finding about anyone.
    """
    result: Floats = _shares(weighed) @ _KIND
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
    """How much better what is told fits hubs than others: those who stay clear of work by hand, and, where hubs stand twice, those who do not.

    With *s* and *t* for these, both against nothing told, the score is log(exp s + exp t / (1 + exp(firm - t))): the second counts by its
    last factor, which is part of it here.
    """
    against = _sum(weighed[:, -_OTHERS:])
    clear = _sum(weighed[:, :_HUBS]) - against
    if weighed.shape[1] == len(PARTS):
        return clear, None
    besides = _sum(weighed[:, _HUBS:-_OTHERS]) - against
    return clear, besides - np.logaddexp(0.0, _FIRM - (besides - _nothing(reading)))


def _together(clear: Floats, besides: Floats | None) -> Floats:
    result: Floats = clear if besides is None else np.logaddexp(clear, besides)
    return result


def _turning(weighed: Floats, reading: PartTable) -> Floats:
    """How far the score moves with each of the log-odds."""
    clear, besides = _fitting(weighed, reading)
    hubs, others = _shares(weighed[:, :_HUBS]), _shares(weighed[:, -_OTHERS:])
    if besides is None:
        return np.hstack((hubs, -others))
    score = _together(clear, besides)
    second = weighed[:, _HUBS:-_OTHERS]
    firm = besides - (_sum(second) - _sum(weighed[:, -_OTHERS:]))
    by_clear, by_besides = np.exp(clear - score)[:, None], (np.exp(besides - score) * (2 - np.exp(firm)))[:, None]
    return np.hstack((by_clear * hubs, by_besides * _shares(second), -(by_clear + by_besides) * others))


def _nothing(reading: PartTable) -> float:
    """How hubs stand against others where nothing is told."""
    return float(np.logaddexp.reduce(reading.start[:_HUBS]) - np.logaddexp.reduce(reading.start[-_OTHERS:]))


def _sum(weighed: Floats) -> Floats:
    # As np.logaddexp.reduce has it, which takes them two by two and ten times as long.
    most = weighed.max(axis=1)
    result: Floats = most + np.log(np.exp(weighed - most[:, None]).sum(axis=1))
    return result
