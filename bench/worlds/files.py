"""Writer for the files of a case."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path


def write_table(
    folder: Path, name: str, columns: Iterable[str], rows: Iterable[Mapping[str, object]], line_end: str = "\r\n"
) -> None:
    """Write one table of a case folder; fields without a column are dropped."""
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(columns), restval="", extrasaction="ignore", lineterminator=line_end)
        writer.writeheader()
        writer.writerows(rows)
