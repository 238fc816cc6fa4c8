"""Tables as CSV to take away: what a page says beside one stands below it, and nothing in it runs when a spreadsheet opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from graphsvc.views.forms.rows import cell as cell
from graphsvc.web.frame import marked


def csv_file(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    last: Iterable[str] = (),
    under: str = "",
    handling: str = "",
) -> Response:
    """A CSV file (UTF-8, header row) to be saved as `name` with its handling code.

    The code stands in the file's name: a spreadsheet and mail show it there, and a program that reads the rows does not take it
    for one of them.

    Args:
        name: of the file, without its end.
        columns: of the table.
        rows: of the table.
        last: sentences, each in a row of its own at the end. Who opens the file elsewhere sees nothing but it, so what the page
            says beside the table stands in it too.
        under: the column of these; empty: the first, where they are seen at once and run on over the empty cells beside them.
        handling: strictest handling code of what it holds, or empty: see `frame.marked`.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(value) for value in row] for row in rows)
    at = list(columns).index(under) if under else 0
    for sentence in last:
        row = [""] * max(len(columns), 1)
        row[at] = cell(sentence)
        writer.writerow(row)
    response = Response(text.getvalue(), mimetype="text/csv")
    code = marked(handling)
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"{name}-handling-{code}.csv" if code else f"{name}.csv"
    )
    return response
