"""Time and memory of a ranking and its stability: `python -m bench.stability` (three sizes; `--people 10000` for one).

It measures processor seconds from claims in columns, as in the service, to the ranking, and from there to the stability
of each rank. For comparison, stability is also computed by ranking everything again without each witness, group, source
and statement (timed on 3 of them). Making and reading the case are timed too, each in a separate process. Memory is the
maximum of the process that ranks, including 145 MiB for the program. `--picture FILE.svg` draws the measurements by
number of people (`bench.curve`).
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

from bench.case_folder import read
from bench.curve import Size, draw, exponent
from graphsvc.analysis.claims.claims import Dependence, Person
from graphsvc.analysis.claims.laid import LaidClaims, columnar_claims
from graphsvc.analysis.ranking.basis import basis
from graphsvc.analysis.ranking.hubs import rank_basis
from graphsvc.analysis.robustness.pieces import pieces
from graphsvc.analysis.robustness.stability import places
from graphsvc.records.columns import Batch, distinct_texts, where
from graphsvc.simulate import Knobs, simulate

_SIZES = (10_000, 30_000, 100_000)
# 5 % of people are witnesses: 500 of 10,000.
_KNOBS = Knobs(witness_share=0.05)
_RERUNS = 3


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds and MiB for one case, and its size."""

    people: int
    claims: int
    pieces: int
    making: float
    making_memory: int
    reading: float
    reading_memory: int
    ranking: float
    stability: float
    memory: int
    rerun: float


_P = ParamSpec("_P")
_R = TypeVar("_R")


def _memory() -> int:
    """Return the maximum memory of this process so far, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _apart(work: Callable[_P, _R], *arguments: _P.args, **named: _P.kwargs) -> _R:
    """Run a function in a new process, with separate memory, and return its result."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *arguments, **named).result()


def _write_case(folder: Path, people: int) -> tuple[float, int]:
    """Write an invented case with this many people; return processor seconds and MiB."""
    start = time.process_time()
    simulate(folder, seed=7, people=people, knobs=_KNOBS)
    return time.process_time() - start, _memory()


def _read_case(folder: Path) -> tuple[Batch, list[Person], Dependence, float, int]:
    """Read a case; return claims in columns, persons, shared circumstances of sources, processor seconds, and MiB."""
    start = time.process_time()
    case = read(folder)
    columns = columnar_claims(case.claims).columns()
    return columns, list(case.persons), case.dependence, time.process_time() - start, _memory()


def _measure_case(columns: Batch, persons: list[Person], dependence: Dependence, **before: Any) -> Taken:
    """Measure one case: ranking, stability, and ranking again without single sources."""
    claims = LaidClaims(columns)
    start = time.process_time()
    on = basis(claims, persons, dependence)
    rank_basis(on)
    ranking = time.process_time() - start
    start = time.process_time()
    left_out = pieces(on.told)
    places(on, left_out)
    stability, memory = time.process_time() - start, _memory()
    names = sorted(distinct_texts(columns["source"], where(columns["source_kind"], {"witness"})))[:_RERUNS]
    start = time.process_time()
    for name in names:
        rows = np.flatnonzero(~where(columns["source"], {name}))
        rank_basis(basis(LaidClaims(columns.take(rows)), persons, dependence))
    rerun = (time.process_time() - start) / len(names)
    return Taken(
        people=len(persons),
        claims=len(claims),
        pieces=len(left_out),
        ranking=ranking,
        stability=stability,
        memory=memory,
        rerun=rerun,
        **before,
    )


def measure_people(people: int) -> Taken:
    """Measure an invented case with this many people."""
    with tempfile.TemporaryDirectory() as folder:
        making, making_memory = _apart(_write_case, Path(folder) / "case", people)
        columns, persons, dependence, reading, reading_memory = _apart(_read_case, Path(folder) / "case")
        return _apart(
            _measure_case,
            columns,
            persons,
            dependence,
            making=making,
            making_memory=making_memory,
            reading=reading,
            reading_memory=reading_memory,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, help=f"one size instead of {', '.join(map(str, _SIZES))}")
    parser.add_argument("--picture", type=Path, help="an SVG that is drawn of what was measured")
    options = parser.parse_args()
    sizes = (options.people,) if options.people else _SIZES
    print(
        f"{'people':>7} {'claims':>8} {'making':>8} {'MiB':>6} {'reading':>8} {'MiB':>6}"
        f" {'pieces':>7} {'ranking':>9} {'stability':>10} {'MiB':>6} {'rerun each':>11} {'times':>6}",
        flush=True,
    )
    taken = []
    for people in sizes:
        case = measure_people(people)
        taken.append(case)
        times = case.rerun * case.pieces / case.stability
        print(
            f"{case.people:>7} {case.claims:>8} {case.making:>7.1f}s {case.making_memory:>6}"
            f" {case.reading:>7.1f}s {case.reading_memory:>6} {case.pieces:>7} {case.ranking:>8.2f}s"
            f" {case.stability:>9.2f}s {case.memory:>6} {case.rerun:>10.2f}s {times:>6.0f}",
            flush=True,
        )
    if len(taken) > 1:
        for name in ("making", "reading", "ranking", "stability"):
            grown = exponent([(case.claims, getattr(case, name)) for case in taken])
            print(f"growth of {name} with claims: exponent {grown:.2f}, by least squares over all sizes")
    if options.picture:
        options.picture.write_text(draw([_size(case) for case in taken]), "utf-8")


def _size(case: Taken) -> Size:
    return Size(case.people, {"ranking": case.ranking, "leave-outs": case.stability, "memory": case.memory})


if __name__ == "__main__":
    main()
