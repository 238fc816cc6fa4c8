"""Description of one form that the file of a delivery may have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphsvc.errors import InputError
from graphsvc.ingest.i2.chart import ChartTables
from graphsvc.ingest.mapping import Mapping
from graphsvc.ingest.raw import Limits, Progress, RawPart

PartsReader = Callable[[Path, Limits, Progress | None, Collection[str]], Sequence[RawPart]]
ChartReader = Callable[[Path, Limits, Mapping | None, Progress | None], ChartTables]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """One form of a file. It has `parts` or a `chart`.

    Attributes:
        order: forms are offered in this order, and tried for a file from the last.
        name: in sentences, such as `an .xlsx workbook`.
        suffixes: what the name of an uploaded file may end in.
        advice: how to make one, such as `save it as one workbook`.
        recognises: whether an existing file has this form, by its content: an upload may have lost its name.
        parts: returns its files or sheets, except the ignored ones.
        chart: returns its tables, if the file itself says what it holds.
        needs_mapping: returns the error for a file without a mapping; None if the case format may be in it.
    """

    order: int
    name: str
    suffixes: tuple[str, ...]
    advice: str
    recognises: Callable[[Path], bool]
    parts: PartsReader | None = None
    chart: ChartReader | None = None
    needs_mapping: Callable[[Path, Limits], InputError] | None = None
