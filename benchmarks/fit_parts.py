"""Fits the tables of `graphsvc.analysis.score.parts`: `python -m benchmarks.fit_parts --write`.

On three families of invented cases: randomised worlds (`benchmarks.worlds`), hard and clean worlds of `graphsvc.simulate`.
Each reading is a ridge-penalised multinomial regression of the true part on the ingredients, with the readings before it
in place; every world weighs the same, whatever its size. `--only` fits on some of the families, to see how well tables
carry over to one they have not seen.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.case_folder import Case, read
from benchmarks.worlds import World
from graphsvc.analysis.evidence.belief import link_beliefs, strengths
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Floats, encode
from graphsvc.analysis.evidence.roles import PARTS
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.candidates import parted
from graphsvc.analysis.score.ingredients import NAMES, WEIGHED
from graphsvc.analysis.score.network import Operation, network
from graphsvc.simulate import simulate

FALSE_SHARES = (0.0, 0.2, 0.4)
READINGS = 3
PENALTY = 40.0
# Below this spread an ingredient is too rare for its weight to be trusted.
_LEAST_SPREAD = 0.02
_PART_OF = {
    "leader": "top", "financier": "top", "organiser": "organiser", "controller": "controller", "supplier": "supplier",
    "broker": "broker", "go-between": "go-between",
    **dict.fromkeys(
        (
            "pilot", "recruiter", "driver", "keeper", "cashier", "assistant", "enforcer", "manager", "coerced pilot", "front",
        ),
        "hands-on",
    ),
}  # fmt: skip
_TARGET = Path(__file__).parent.parent / "graphsvc" / "analysis" / "score" / "parts.toml"


@dataclass(frozen=True, slots=True)
class Sample:
    """One world: its network, and for each candidate the row in it (-1: nothing is told) and the true part."""

    network: Operation
    rows: Ints
    part: Ints


def sample(case: Case) -> Sample:
    """A case as the fit wants it."""
    ledger = encode(case.claims, case.dependence)
    belief, _ = link_beliefs(ledger, strengths(ledger), int(ledger.link.max(initial=-1)) + 1)
    carried = parted(case.claims, case.persons)[1]
    found = network(ledger, belief, [person.id for person in case.persons], carried)
    place = {name: row for row, name in enumerate(found.ids)}
    candidates = case.truth["candidates"]
    return Sample(
        found,
        np.array([place.get(name, -1) for name in candidates]),
        np.array([PARTS.index(_PART_OF.get(case.truth["roles"][name], "outside")) for name in candidates]),
    )


def found(one: Sample, tables: Sequence[parts.PartTable]) -> Floats:
    """Candidates x ingredients as the last of `tables` sees them; nothing of those that are not weighed."""
    return np.vstack((parts.read(one.network, tables) * np.array(WEIGHED), np.zeros(len(NAMES))))[one.rows]


def fit(samples: Sequence[Sample], penalty: float = PENALTY, readings: int = READINGS) -> list[parts.PartTable]:
    """The readings, one after the other."""
    weight = np.concatenate([np.full(len(one.part), 1 / len(one.part)) for one in samples])
    weight *= len(weight) / weight.sum()
    part = np.concatenate([one.part for one in samples])
    start = np.log(np.bincount(part, weights=weight, minlength=len(PARTS)) / weight.sum())
    reading = parts.PartTable(start - start.mean(), np.zeros((len(NAMES), len(PARTS))))
    tables: list[parts.PartTable] = []
    for _ in range(readings):
        values = np.concatenate([found(one, [*tables, reading]) for one in samples])
        reading = _regression(values, part, weight, penalty, reading)
        tables.append(reading)
    return tables


def _regression(values: Floats, part: Ints, weight: Floats, penalty: float, before: parts.PartTable) -> parts.PartTable:
    spread = np.sqrt((weight[:, None] * values**2).sum(axis=0) / weight.sum()) + _LEAST_SPREAD
    scaled = values / spread
    count, width = scaled.shape
    true = np.zeros((count, len(PARTS)))
    true[np.arange(count), part] = 1.0

    def loss(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(width + 1, len(PARTS))
        weighed = scaled @ table[1:] + table[0]
        total = np.logaddexp.reduce(weighed, axis=1)
        off = weight[:, None] * (np.exp(weighed - total[:, None]) - true)
        value = (weight * (total - weighed[np.arange(count), part])).sum() + penalty * (table[1:] ** 2).sum() / 2
        return float(value), np.vstack((off.sum(axis=0), scaled.T @ off + penalty * table[1:])).ravel()

    first = np.vstack((before.start, before.says * spread[:, None])).ravel()
    table = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 250}).x.reshape(width + 1, -1)
    says = table[1:] / spread[:, None]
    # Only differences between parts mean anything: told around their mean they can be read.
    return parts.PartTable(table[0] - table[0].mean(), says - says.mean(axis=1, keepdims=True))


def text(tables: Iterable[parts.PartTable], how: str) -> str:
    """The tables as they are kept."""
    lines = [
        f"# {how}",
        "# What each ingredient says of each part, in log-odds for each unit, around the mean over parts.",
        f"# Parts: {', '.join(PARTS)}.",
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
    return ", ".join(f"{value:6.2f}" for value in np.where(np.abs(values) < 0.005, 0.0, values))


# Family → seeds used to fit. Others, those of the final test among them, are never read here.
SEEDS = {"worlds": range(1, 241), "hard": range(1, 161), "clean": range(401, 441)}
_SIZES = (300, 400, 500, 600, 800, 1000, 1200)


def case(family: str, seed: int) -> Case:
    """One world of a family: false accounts, and for simulated worlds the number of people, go with the seed."""
    share = FALSE_SHARES[seed % len(FALSE_SHARES)]
    if family == "worlds":
        return World(seed, share).case()
    with tempfile.TemporaryDirectory() as folder:
        people = _SIZES[seed % len(_SIZES)]
        simulate(Path(folder) / "case", seed=seed, people=people, false_share=share, hard=family == "hard")
        return read(Path(folder) / "case")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(SEEDS), help="families, separated by commas (default: all)")
    parser.add_argument("--write", action="store_true", help="put the tables in the place of those that are there")
    options = parser.parse_args()
    families = options.only.split(",")
    tables = fit([sample(case(family, seed)) for family in families for seed in SEEDS[family]])
    told = text(tables, f"Made by `python -m benchmarks.fit_parts --only {','.join(families)} --write`.")
    if options.write:
        _TARGET.write_text(told, encoding="utf-8")
    else:
        print(told, end="")


if __name__ == "__main__":
    main()
