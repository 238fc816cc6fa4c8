"""Belief of links against what was planted: `python -m benchmarks.calibration` (reliability diagram, as a table).

Among links that are believed by so much, as many should be true. Seeds are those the weights were set on; with `--hard
1001-1040` and `--clean 501-510` on others.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.fit_parts import case
from graphsvc.analysis.evidence.belief import link_table
from graphsvc.analysis.evidence.ledger import Floats

_BINS = 10


def beliefs(family: str, seeds: range) -> tuple[Floats, Floats, Floats]:
    """Belief of each link, whether it is true, and whether a record asserts it."""
    found = []
    for seed in seeds:
        world = case(family, seed)
        recorded = {claim.key for claim in world.claims if claim.asserts and claim.source_kind == "record"}
        for key, figures in link_table(world.claims, world.dependence).items():
            found.append((figures.belief, key not in world.untrue, key in recorded))
    belief, true, record = np.array(found, dtype=float).T
    return belief, true, record


def off(belief: Floats, true: Floats) -> float:
    """How far belief is from how many are true, bin by bin, each bin by how many links are in it."""
    place = np.minimum((belief * _BINS).astype(int), _BINS - 1)
    bins = [place == number for number in np.unique(place)]
    return float(sum(inside.sum() * abs(belief[inside].mean() - true[inside].mean()) for inside in bins) / len(belief))


def told(name: str, belief: Floats, true: Floats) -> None:
    """Prints one table: for each bin how many links, their mean belief, and how many of them are true."""
    place = np.minimum((belief * _BINS).astype(int), _BINS - 1)
    print(f"{name}: {len(belief):,} links\n{'belief':>8} {'links':>9} {'believed':>9} {'true':>7}")
    for number in range(_BINS):
        inside = place == number
        if inside.any():
            row = f"{number / _BINS:>8.1f} {inside.sum():>9,} {belief[inside].mean():>9.3f} {true[inside].mean():>7.3f}"
            print(row)
    top = place == _BINS - 1
    print(f"error {off(belief, true):.3f}, in the top bin {abs(belief[top].mean() - true[top].mean()):.3f}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hard", default="1-40")
    parser.add_argument("--clean", default="401-410")
    options = parser.parse_args()
    parts = []
    for family in ("hard", "clean"):
        first, last = (int(part) for part in getattr(options, family).split("-"))
        parts.append(beliefs(family, range(first, last + 1)))
    belief, true, record = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    told("all links", belief, true)
    told("links no record asserts", belief[record == 0], true[record == 0])


if __name__ == "__main__":
    main()
