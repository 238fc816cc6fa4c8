"""CSV downloads, with the page's notes below the table, and with formulas made inert."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from graphsvc.views.forms.rows import cell as cell
from graphsvc.web.frame import handling_code


def csv_file(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    last: Iterable[str] = (),
    under: str = "",
    handling: str = "",
) -> Response:
    """Return a CSV download (UTF-8, header row) whose file name includes its handling code.

    In the file name, spreadsheets and mail show the code, and programs that read the rows do not mistake it for data.

    Args:
        name: file name without its extension.
        columns: column names of the table.
        rows: rows of the table.
        last: sentences to add at the end, one per row. They repeat the notes of the page, which users of the file do
            not see.
        under: column for these sentences. If empty, the first: there they are noticed, and can extend over the empty
            cells on their right.
        handling: strictest handling code of the content, or empty: see `frame.handling_code`.
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
    code = handling_code(handling)
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"{name}-handling-{code}.csv" if code else f"{name}.csv"
    )
    return response
