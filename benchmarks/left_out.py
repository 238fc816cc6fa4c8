"""How far the score carries over to a family of worlds it was not fitted on: `python -m benchmarks.left_out --beside FOLDER`.

For each family of `benchmarks.fit_parts` the tables are fitted on all others and tried on worlds of the one left out, beside
the shipped tables. Clean worlds go with hard ones: both are of one author and one mechanism.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.fit_parts import FAMILIES, Sample, case, fit, sample, samples
from graphsvc.analysis.evaluation import measures
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import ONLY_CARRIED
from graphsvc.analysis.score.candidates import parted

_TRIED = {
    "hard": range(2001, 2013),
    "worlds": range(3001, 3031),
    "close": range(3001, 3025),
    "second": range(31, 52),
    "first": range(1, 16),
}
_TOGETHER = {"hard": ("hard", "clean")}
# Figure of `measures.figures` → the head of its column.
_COLUMNS = {
    "average precision": "AP",
    f"hubs in the first {measures.TOP}": f"P@{measures.TOP}",
    f"helpers in the first {measures.TOP}": "helpers",
    "leaders in the first tenth": "leaders",
    "brokers in the first tenth": "brokers",
}


def figures(
    worlds: Sequence[tuple[measures.Planted, Sample, dict[str, float]]], tables: Sequence[parts.PartTable]
) -> list[float]:
    """Each of `_COLUMNS`: the mean over worlds, those left out in which there is nobody of that kind."""
    rows = []
    for planted, one, scores in worlds:
        score = parts.score(parts.read(one.network, tables), tables[-1])
        told = scores | dict(zip(one.network.ids, score.tolist(), strict=True))
        rows.append(measures.figures(measures.order(told, planted.candidates), planted))
    return [float(np.nanmean([row[name] for row in rows])) for name in _COLUMNS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, required=True, help="folder with first.py and second.py")
    options = parser.parse_args()
    fitted_on = {name: samples(name, options.beside) for name in FAMILIES}
    print(f"{'family':>8} {'tables':<9}" + "".join(f"{head:>9}" for head in _COLUMNS.values()))
    for family, seeds in _TRIED.items():
        worlds = []
        for seed in seeds:
            world = case(family, seed, options.beside)
            carried = parted(world.claims, world.persons)[1]
            apart = {name: ONLY_CARRIED if name in carried else 0.0 for name in world.planted.candidates}
            worlds.append((world.planted, sample(world), apart))
        out = _TOGETHER.get(family, (family,))
        tables = fit({name: ones for name, ones in fitted_on.items() if name not in out})
        tried = {
            "left out": [*tables[:-1], parts.with_own_hands(tables[-1])],
            "shipped": parts.readings(),
        }
        for name, table in tried.items():
            row = figures(worlds, table)
            print(f"{family:>8} {name:<9}" + "".join(f"{figure:>9.3f}" for figure in row), flush=True)


if __name__ == "__main__":
    main()
