"""Ranking and stability, computed here and by workers of a scheduler: `python -m bench.machines --people 10000`.

The workers are single-threaded processes on this machine, so they are no faster than its own threads. The figures show
what it costs to distribute work, and how much work the serving machine still does. Therefore processor seconds are
shown next to elapsed time: those of this process, and those of all workers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # which Dask brings

from bench.case_folder import read
from graphsvc.analysis.ranking.basis import Basis, basis
from graphsvc.analysis.ranking.hubs import rank_basis
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.pieces import pieces
from graphsvc.analysis.robustness.stability import places
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors
from graphsvc.machines.other_machines import OtherMachines
from graphsvc.simulate import Knobs, simulate

_KNOBS = Knobs(witness_share=0.05)
_WORKERS = (1, 2)
_START_S = 60.0


@contextmanager
def _process(*words: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def _scheduler() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
        with _process("dask", "scheduler", *options, "--scheduler-file", str(file)):
            until = time.monotonic() + _START_S
            while not (file.exists() and file.read_text().strip().endswith("}")):
                if time.monotonic() > until:
                    raise TimeoutError("the scheduler did not start")
                time.sleep(0.1)
            yield json.loads(file.read_text())["address"]


def _measure(
    on: Basis, processors: Processors, workers: list[psutil.Process], result: Callable[[Any], None]
) -> tuple[float, float, float]:
    """Return the seconds elapsed, and the processor seconds of this process and of all workers."""

    def count_worker_time() -> float:
        return sum(sum(worker.cpu_times()[:2]) for worker in workers)

    began, own_time, worker_time = time.perf_counter(), time.process_time(), count_worker_time()
    ranking = rank_basis(on, processors)
    stabilities = places(on, pieces(on.told), leaving=LeavingOut(on, processors))
    result((ranking, stabilities))
    return time.perf_counter() - began, time.process_time() - own_time, count_worker_time() - worker_time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder) / "case", seed=7, people=options.people, knobs=_KNOBS)
        case = read(Path(folder) / "case")
    on = basis(case.claims, case.persons, case.dependence)
    expected: list[Any] = []
    _measure(on, THIS_MACHINE, [], expected.append)
    taken = {"here": _measure(on, THIS_MACHINE, [], lambda _result: None)}
    for count in _WORKERS:
        with _scheduler() as address, ExitStack() as stack:
            started = [
                stack.enter_context(_process("graphsvc", "worker", "--threads", "1", GRAPHSVC_SCHEDULER=address))
                for _ in range(count)
            ]
            for process in started:
                assert process.stdout is not None
                assert process.stdout.readline().startswith("Working for")
            processors = OtherMachines(address, here_s=0)
            workers = [psutil.Process(process.pid) for process in started]

            def same(result: Any) -> None:
                assert result == expected[0]

            # The first run, which is not timed, connects and sends the data that all tasks share.
            _measure(on, processors, workers, same)
            taken[f"{count} worker{'s' if count > 1 else ''}"] = _measure(on, processors, workers, same)
            processors.close()
    print(
        f"{len(case.persons):,} people, {len(case.claims):,} claims, {len(pieces(on.told)):,} pieces; load {os.getloadavg()[0]:.1f}"
    )
    for name, (clock, own_time, worker_time) in taken.items():
        print(
            f"{name:>10}: {clock:6.2f} s by the clock, of a processor {own_time:6.2f} s here and {worker_time:6.2f} s of workers"
        )


if __name__ == "__main__":
    main()
