"""Fits the tables of `graphsvc.analysis.score.parts`: `python -m bench.fit_parts`; `bench.fit` puts them in place.

On the families of invented worlds that `SHIPPED` names (see `bench.worlds`). Each reading is a ridge-penalised multinomial regression of the true part on the
ingredients, with the readings before it in place; each part may be played in several ways (`parts.WAYS`), which nobody tells and
the fit finds. Where a family tells a person's part only in part (hub or not), any of the parts that fit will do. Every world of a
family weighs the same, whatever its size, and every family as `bench.worlds.FAMILIES` says.
`--without FAMILY` leaves one out, to see how well tables carry over to one they have not seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from bench.case_folder import Case
from bench.worlds import FAMILIES, case, usual_share
from graphsvc.analysis.evidence.belief import link_beliefs, strengths
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats, encode
from graphsvc.analysis.evidence.roles import HUBS, PARTS
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.candidates import parted
from graphsvc.analysis.score.ingredients import BY_HAND, EVERYDAY, NAMES, RAISING, WEIGHED
from graphsvc.analysis.score.network import Operation, network

# Families the shipped tables are fitted on; the other families judge them.
SHIPPED = ("worlds", "close", "hard", "clean", "second", "first")
READINGS = 3
PENALTY = 40.0
# Of each hub so much counts as if they did by hand, besides, what somebody who is none does in the same world: in most worlds no
# hub ever steers or houses, and a case in which they do is not to be read as one without hubs.
_BY_HAND_TOO = 0.15
# How far apart the ways of a part are drawn at the start; the fit is the same for the same seed.
_APART, _SEED = 0.3, 0
# Columns of the last reading: what says nothing of a part, however it comes out in the worlds, is no part of its fit.
_LAST = np.array([weighed and name not in EVERYDAY for name, weighed in zip(NAMES, WEIGHED, strict=True)])
_HAND = np.array([NAMES.index(name) for name in BY_HAND])
# In the last reading: 1 where an ingredient speaks for no part more than for any hub's, -1 the other way round, 0 where it is free.
_BOUND = np.array([(name in RAISING) - (name in BY_HAND) for name in NAMES])
# Below this spread an ingredient is too rare for its weight to be trusted.
_LEAST_SPREAD = 0.02
# Role in the truth of a world → the parts that may be.
_PARTS_OF: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("leader", "financier", "top"), ("top",)), **dict.fromkeys(("organiser", "mid"), ("organiser",)),
    **dict.fromkeys(("controller", "placeboss"), ("controller",)), "supplier": ("supplier",), "broker": ("broker",),
    **dict.fromkeys(("go-between", "fixer"), ("go-between",)),
    **dict.fromkeys(
        (
            "pilot", "recruiter", "driver", "keeper", "cashier", "assistant", "enforcer", "manager", "coerced pilot", "low", "coerced",
        ),
        ("hands-on",),
    ),
    "front": ("hands-on", "outside"),
}  # fmt: skip
TARGET = Path(__file__).parent.parent / "graphsvc" / "analysis" / "score" / "parts.toml"


@dataclass(frozen=True, slots=True)
class Sample:
    """One world: its network, and for each candidate the row in it (-1: nothing is told) and the parts it may truly be."""

    network: Operation
    rows: Ints
    may: Bools


def sample(case: Case) -> Sample:
    """A case as the fit wants it."""
    ledger = encode(case.claims, case.dependence)
    belief, _ = link_beliefs(ledger, strengths(ledger), int(ledger.link.max(initial=-1)) + 1)
    carried = parted(case.claims, case.persons)[1]
    found = network(ledger, belief, [person.id for person in case.persons], carried)
    place = {name: row for row, name in enumerate(found.ids)}
    candidates = case.truth["candidates"]
    may = np.zeros((len(candidates), len(PARTS)), dtype=bool)
    for row, name in enumerate(candidates):
        may[row, [PARTS.index(part) for part in _parts(case.truth, name)]] = True
    return Sample(found, np.array([place.get(name, -1) for name in candidates]), may)


def _parts(truth: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if "roles" not in truth:
        return HUBS if name in truth["hubs"] else PARTS[len(HUBS) :]
    return _PARTS_OF.get(truth["roles"][name], HUBS if name in truth["hubs"] else ("outside",))


def found(one: Sample, tables: Sequence[parts.PartTable]) -> Floats:
    """Candidates x ingredients as the last of `tables` sees them; nothing of those that are not weighed."""
    return np.vstack((parts.read(one.network, tables) * np.array(WEIGHED), np.zeros(len(NAMES))))[one.rows]


def fit(
    families: Mapping[str, Sequence[Sample]], penalty: float = PENALTY, readings: int = READINGS
) -> list[parts.PartTable]:
    """The readings, one after the other.

    Args:
        families: name of the family → its worlds.
        penalty: of the ridge.
        readings: how many.
    """
    samples = [one for worlds in families.values() for one in worlds]
    weight = np.concatenate(
        [
            np.full(len(one.may), FAMILIES[family].weight / len(worlds) / len(one.may))
            for family, worlds in families.items()
            for one in worlds
        ]
    )
    weight *= len(weight) / weight.sum()
    may = np.concatenate([one.may for one in samples])
    start = np.log(weight @ (may / may.sum(axis=1, keepdims=True)) / weight.sum())
    nothing = parts.PartTable(
        np.repeat(start - start.mean(), parts.WAYS), np.zeros((len(NAMES), len(PARTS) * parts.WAYS))
    )
    at = np.cumsum([0, *(len(one.may) for one in samples)])
    tables: list[parts.PartTable] = []
    for number in range(readings):
        drawn = np.random.default_rng(_SEED)
        blocks = [found(one, [*tables, nothing]) for one in samples]
        hubs, too = zip(
            *(_by_hand_too(one, block, drawn) for one, block in zip(samples, blocks, strict=True)), strict=True
        )
        again = np.concatenate([first + rows for first, rows in zip(at, hubs, strict=False)])
        values = np.concatenate([*blocks, *too])
        last = number == readings - 1
        if last:
            values = values * _LAST
        counted = np.concatenate((weight, weight[again] * _BY_HAND_TOO))
        counted[again] *= 1 - _BY_HAND_TOO
        tables.append(
            _regression(values, np.concatenate((may, may[again])), counted, penalty, nothing.start, _BOUND * last)
        )
    return tables


def _by_hand_too(one: Sample, values: Floats, drawn: np.random.Generator) -> tuple[Ints, Floats]:
    """The hubs of a world, and what would be told of each if they did by hand what one of the others does."""
    hub = one.may[:, : len(HUBS)].any(axis=1)
    others = np.flatnonzero(~hub & values[:, _HAND].any(axis=1))
    rows = np.flatnonzero(hub & ~one.may[:, len(HUBS) :].any(axis=1)) if len(others) else np.zeros(0, dtype=np.int64)
    result = values[rows]
    if len(rows):
        more = values[drawn.choice(others, len(rows))][:, _HAND]
        result[:, _HAND] = np.log1p(np.expm1(result[:, _HAND]) + np.expm1(more))
    return rows, result


def _regression(
    values: Floats, may: Bools, weight: Floats, penalty: float, start: Floats, bound: Ints
) -> parts.PartTable:
    """One reading; `bound` as `_BOUND`. A bound row is its middle and squares above and below it, so that any number will do."""
    spread = np.sqrt((weight[:, None] * values**2).sum(axis=0) / weight.sum()) + _LEAST_SPREAD
    scaled = (values / spread).astype(np.float32)
    shape = (scaled.shape[1] + 1, len(start))
    out = np.where(np.repeat(may, parts.WAYS, axis=1), np.float32(0.0), np.float32(-np.inf))
    bounded = 1 + np.flatnonzero(bound)
    side = np.where(np.arange(len(start)) < len(HUBS) * parts.WAYS, 1.0, -1.0) * bound[bounded - 1, None]

    def unpacked(flat: Floats) -> tuple[Floats, Floats]:
        table, middle = flat[: shape[0] * shape[1]].reshape(shape).copy(), flat[shape[0] * shape[1] :]
        root = table[bounded]
        table[bounded] = middle[:, None] + side * root**2
        return table, root

    def sums(weighed: Floats) -> Floats:
        most = weighed.max(axis=1, keepdims=True)
        return np.asarray(most + np.log(np.exp(weighed - most).sum(axis=1, keepdims=True)))

    def loss(flat: Floats) -> tuple[float, Floats]:
        table, root = unpacked(flat)
        weighed = scaled @ table[1:].astype(np.float32) + table[0].astype(np.float32)
        total, fitting = sums(weighed), sums(weighed + out)
        off = weight[:, None] * (np.exp(weighed - total) - np.exp(weighed + out - fitting))
        value = (weight * (total - fitting)[:, 0]).sum() + penalty * (table[1:] ** 2).sum() / 2
        turning = np.vstack((off.sum(axis=0), scaled.T @ off.astype(np.float32) + penalty * table[1:]))
        by_middle = turning[bounded].sum(axis=1)
        turning[bounded] *= 2 * side * root
        return float(value), np.concatenate((turning.ravel(), by_middle))

    # Ways that start alike stay alike.
    first = np.random.default_rng(_SEED).normal(0.0, _APART, shape)
    first[0] += start
    given = np.concatenate((first.ravel(), np.zeros(len(bounded))))
    table = unpacked(minimize(loss, given, jac=True, method="L-BFGS-B", options={"maxiter": 350}).x)[0]
    says = table[1:] / spread[:, None]
    # Only differences between parts mean anything: told around their mean they can be read.
    return parts.PartTable(table[0] - table[0].mean(), says - says.mean(axis=1, keepdims=True))


def text(tables: Iterable[parts.PartTable], how: str) -> str:
    """The tables as they are kept."""
    lines = [
        f"# {how}",
        "# What each ingredient says of each way of playing each part, in log-odds for each unit, around the mean over all.",
        f"# Parts, each with its ways: {', '.join(PARTS)}.",
    ]
    for number, one in enumerate(tables, start=1):
        lines += ["", f"# Reading {number}", "[[reading]]", f"start = [{_row(one.start)}]", "[reading.says]"]
        lines += [
            f"{f'{name!r}'.replace(chr(39), chr(34)):32} = [{_row(row)}]"
            for name, row, weighed in zip(NAMES, one.says, WEIGHED, strict=True)
            if weighed
        ]
    return "\n".join(lines) + "\n"


def _row(values: Floats) -> str:
    ways = np.where(np.abs(values) < 0.005, 0.0, values).reshape(len(PARTS), -1)
    return ", ".join(f"[{', '.join(f'{value:6.2f}' for value in part)}]" for part in ways)


def tried() -> Iterator[tuple[str, list[Case]]]:
    """Each family with twelve worlds that nothing is fitted on."""
    for name, family in FAMILIES.items():
        if family.tried:
            yield name, [case(name, seed, usual_share(seed)) for seed in family.tried[:12]]


def samples(family: str) -> list[Sample]:
    """The worlds of a family that are fitted on."""
    return [sample(case(family, seed, usual_share(seed))) for seed in FAMILIES[family].fitted]


def made(without: Collection[str] = ()) -> str:
    """Fit the tables on all families but some, as they are kept."""
    families = [name for name in SHIPPED if name not in without]
    tables = fit({name: samples(name) for name in families})
    return text(tables, f"Made by `python -m bench.fit` on {', '.join(families)}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without", default="", help="families left out, separated by commas")
    print(made(parser.parse_args().without.split(",")), end="")


if __name__ == "__main__":
    main()
