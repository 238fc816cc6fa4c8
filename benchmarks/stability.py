"""How long a ranking and its stability take: `python -m benchmarks.stability` (three sizes; `--people 10000` for one).

Measured from claims in memory to the ranking, and from there to how far each place holds. The baseline of the latter is
the plain rerun: everything from the claims on again, once for each witness, group, source and statement (timed on 3).
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.case_folder import Case, read
from graphsvc.analysis.doubt.pieces import pieces
from graphsvc.analysis.doubt.stability import places
from graphsvc.analysis.score.basis import basis
from graphsvc.analysis.score.hubs import ranked
from graphsvc.simulate import Knobs, simulate

_SIZES = (2_500, 5_000, 10_000)
# Five in a hundred speak: 500 witnesses among 10,000 people.
_KNOBS = Knobs(witness_share=0.05)
_RERUNS = 3


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds for one case, and what was in it."""

    people: int
    claims: int
    pieces: int
    ranking: float
    stability: float
    rerun: float


def measured(case: Case) -> Taken:
    """One case, ranked, held and rerun."""
    start = time.perf_counter()
    on = basis(case.claims, case.persons, case.dependence)
    ranked(on)
    ranking = time.perf_counter() - start
    start = time.perf_counter()
    left_out = pieces(on.told)
    places(on, left_out)
    stability = time.perf_counter() - start
    names = sorted({claim.source for claim in case.claims if claim.source_kind == "witness"})[:_RERUNS]
    start = time.perf_counter()
    for name in names:
        ranked(basis([claim for claim in case.claims if claim.source != name], case.persons, case.dependence))
    rerun = (time.perf_counter() - start) / len(names)
    return Taken(len(case.persons), len(case.claims), len(left_out), ranking, stability, rerun)


def invented(people: int) -> Case:
    """An invented case of so many people."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder) / "case", seed=7, people=people, knobs=_KNOBS)
        return read(Path(folder) / "case")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, help=f"one size instead of {', '.join(map(str, _SIZES))}")
    options = parser.parse_args()
    sizes = (options.people,) if options.people else _SIZES
    print(f"{'people':>7} {'claims':>8} {'pieces':>9} {'ranking':>9} {'stability':>10} {'rerun each':>11} {'times':>6}")
    found = [measured(invented(people)) for people in sizes]
    for one in found:
        times = one.rerun * one.pieces / one.stability
        print(
            f"{one.people:>7} {one.claims:>8} {one.pieces:>9} {one.ranking:>8.2f}s {one.stability:>9.2f}s"
            f" {one.rerun:>10.2f}s {times:>6.0f}"
        )
    if len(found) > 1:
        wide = math.log(found[-1].claims / found[0].claims)
        for name in ("ranking", "stability"):
            exponent = math.log(getattr(found[-1], name) / getattr(found[0], name)) / wide
            print(f"growth of {name} with claims: exponent {exponent:.2f}")


if __name__ == "__main__":
    main()
