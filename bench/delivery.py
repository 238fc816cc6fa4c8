"""A later delivery to a large case, and its undo: how long the case is closed, and how readers are served until then.

The delivery is an invented case with its own ids and about a twelfth as many people. A reader keeps asking for the
counts of the case, and gets answers until the case is closed. The case counts as closed from the first to the last
refused request.
"""

from __future__ import annotations

import csv
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.stage import KNOBS, Figure, invent_case, measure_seconds, open_service, quiet, session_of
from graphsvc.errors import Busy
from graphsvc.records.tables import TABLES
from graphsvc.service import Session
from graphsvc.simulate import simulate

CASE = "large"
SEED, PART = 2, 12
CLOSED_S = 5.0
_LOOK_S = 0.02
_PREFIX = "later-"


@dataclass
class Reader:
    """A reader who asks repeatedly.

    Attributes:
        answered: number of answers before the case was closed.
        closed: times of the first and the last refusal.
        longest: the longest time to an answer.
    """

    session: Session
    answered: int = 0
    closed: list[float] = field(default_factory=list)
    longest: float = 0.0

    def read(self, goes_on: Callable[[], bool]) -> None:
        """Ask again and again while `goes_on()` is true."""
        while goes_on():
            begun = time.perf_counter()
            try:
                self.session.network.entities.counts()
            except Busy:
                self.closed = [*self.closed[:1], time.perf_counter()]
            else:
                self.answered += not self.closed
                self.longest = max(self.longest, time.perf_counter() - begun)
            time.sleep(_LOOK_S)


def run(people: int) -> Iterator[Figure]:
    """Load a first delivery, then measure a later one and its undo."""
    with invent_case(people) as folder, tempfile.TemporaryDirectory() as beside, open_service() as service:
        session = session_of(service, CASE)
        session.deliveries.load(folder, quiet)
        rows = later(Path(beside) / "later", max(20, people // PART))
        took = dict[str, float]()
        for label, change in (
            (f"a delivery of {rows:,} rows", lambda: session.deliveries.load(Path(beside) / "later", quiet)),
            ("its undo", lambda: session.deliveries.undo(2, quiet)),
        ):
            reader, ended = Reader(session_of(service, CASE)), threading.Event()
            reading = threading.Thread(target=reader.read, args=(lambda ended=ended: not ended.is_set(),))
            reading.start()
            try:
                took[label] = measure_seconds(change)
            finally:
                ended.set()
                reading.join()
            closed = reader.closed[-1] - reader.closed[0] if reader.closed else 0.0
            yield Figure(f"{label}, all of it", f"{took[label]:.1f} s")
            yield Figure(
                f"{label}: answers before it is closed, the slowest", f"{reader.answered}, {reader.longest:.2f} s"
            )
            yield Figure(f"{label}: closed for", f"{closed:.1f} s", f"< {CLOSED_S:.0f} s", closed < CLOSED_S)


def later(folder: Path, people: int) -> int:
    """Write an invented case with ids that no other case has; return the number of its rows."""
    simulate(folder, seed=SEED, people=people, knobs=KNOBS)
    rows = 0
    for table in TABLES.values():
        path = folder / table.file
        if not path.exists():
            continue
        named = {column.name for column in table.columns if column.kind in ("id", "ref")} | {"source_id"}
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns, content = list(reader.fieldnames or ()), list(reader)
        rows += len(content)
        for row in content:
            row |= {name: _PREFIX + row[name] for name in named if row.get(name)}
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(content)
    return rows
