"""Tables as CSV to take away: nothing in them runs when a spreadsheet opens the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A CSV file (UTF-8, header row) to be saved as `name`."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def cell(value: Any) -> Any:
    """A value as it goes into a cell: lists joined by `;`, and text that a spreadsheet would run made text.

    Example:
        >>> cell("=1+1"), cell(-3), cell(["a", "b"])
        ("'=1+1", -3, 'a;b')
    """
    if isinstance(value, list | tuple):
        value = ";".join(str(item) for item in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
