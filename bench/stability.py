"""How long a ranking and its stability take, and how much memory: `python -m bench.stability` (three sizes; `--people 10000` for one).

Measured from claims in memory to the ranking, and from there to how far each place holds. The baseline of the latter is
the plain rerun: everything from the claims on again, once for each witness, group, source and statement (timed on 3).
Beside it what comes before: making the case, in a process of its own, and reading it. Memory is the most that the process held by
then, with the 145 MiB of the program. `--picture FILE.svg` draws what was measured over the people (`bench.curve`).
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
from typing import ParamSpec, TypeVar

from bench.case_folder import Case, read
from bench.curve import Size, drawn, exponent
from graphsvc.analysis.doubt.pieces import pieces
from graphsvc.analysis.doubt.stability import places
from graphsvc.analysis.score.basis import basis
from graphsvc.analysis.score.hubs import ranked
from graphsvc.simulate import Knobs, simulate

_SIZES = (10_000, 30_000, 100_000)
# Five in a hundred speak: 500 witnesses among 10,000 people.
_KNOBS = Knobs(witness_share=0.05)
_RERUNS = 3


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds and MiB for one case, and what was in it."""

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
    """The most MiB that this process held so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _apart(work: Callable[_P, _R], *given: _P.args, **named: _P.kwargs) -> _R:
    """What a function gives in a new process, whose memory is its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *given, **named).result()


def _made(folder: Path, people: int) -> tuple[float, int]:
    """Writes an invented case of so many people: seconds and MiB."""
    start = time.perf_counter()
    simulate(folder, seed=7, people=people, knobs=_KNOBS)
    return time.perf_counter() - start, _memory()


def _measured(folder: Path, making: float, making_memory: int) -> Taken:
    """One case, read, ranked, held and rerun."""
    start = time.perf_counter()
    case: Case = read(folder)
    reading, reading_memory = time.perf_counter() - start, _memory()
    start = time.perf_counter()
    on = basis(case.claims, case.persons, case.dependence)
    ranked(on)
    ranking = time.perf_counter() - start
    start = time.perf_counter()
    left_out = pieces(on.told)
    places(on, left_out)
    stability, memory = time.perf_counter() - start, _memory()
    names = sorted({claim.source for claim in case.claims if claim.source_kind == "witness"})[:_RERUNS]
    start = time.perf_counter()
    for name in names:
        ranked(basis([claim for claim in case.claims if claim.source != name], case.persons, case.dependence))
    rerun = (time.perf_counter() - start) / len(names)
    return Taken(
        people=len(case.persons),
        claims=len(case.claims),
        pieces=len(left_out),
        making=making,
        making_memory=making_memory,
        reading=reading,
        reading_memory=reading_memory,
        ranking=ranking,
        stability=stability,
        memory=memory,
        rerun=rerun,
    )


def measured(people: int) -> Taken:
    """One invented case of so many people."""
    with tempfile.TemporaryDirectory() as folder:
        making, making_memory = _apart(_made, Path(folder) / "case", people)
        return _apart(_measured, Path(folder) / "case", making, making_memory)


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
        case = measured(people)
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
        options.picture.write_text(drawn([_size(case) for case in taken]), "utf-8")


def _size(case: Taken) -> Size:
    return Size(case.people, {"ranking": case.ranking, "leave-outs": case.stability, "memory": case.memory})


if __name__ == "__main__":
    main()
