"""Read a ranking from a file: the output of `graphsvc hubs --all` as JSON or CSV, or a CSV of ids and scores.

A file ranks one case, or several whose names appear in each row (`case`) or above each list of rows.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphsvc.errors import InputError

_NAMED = 5  # maximum number of cases listed in a message
# Person → score; higher is better.
Scores = Mapping[str, float]


def read(path: Path) -> dict[str, Scores]:
    """Map each case (empty if none is named) to its scores. Ranks are used if present, since scores may be coarse.

    Raises:
        InputError: the file cannot be read, or is not a ranking.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as text ({error}).") from None
    cases: dict[str, dict[str, float]] = {}
    for place, case, row in _json(path, text) if text.lstrip()[:1] in ("{", "[") else _csv(path, text):
        identifier, score = row.get("id"), _score(row)
        if not isinstance(identifier, str) or not identifier or score is None:
            raise InputError(f"{path}, {place}: takes an id with a score or a rank that is a number.")
        if not isinstance(case, str):
            raise InputError(f"{path}, {place}: takes the name of a case as text, not {case!r}.")
        scores = cases.setdefault(case, {})
        if identifier in scores:
            raise InputError(f"{path}, {place}: {identifier!r} is ranked twice{f' in {case}' if case else ''}.")
        scores[identifier] = score
    if not cases:
        raise InputError(f"{path} ranks nobody.")
    return dict(cases)


def of_folder(path: Path, cases: Mapping[str, Scores], name: str, *, alone: bool) -> Scores:
    """Return the scores for the case in a folder; with a single folder, the ranking need not name the case.

    Args:
        path: the ranking file.
        cases: as returned by `read`.
        name: name of the folder.
        alone: whether it is the only folder.

    Raises:
        InputError: the ranking does not say which of its rows belong to this case.
    """
    if name in cases:
        return cases[name]
    if alone and len(cases) == 1:
        return next(iter(cases.values()))
    if "" in cases:
        raise InputError(
            f"{path} has rows that name no case: of several, each row takes the name of its folder, such as case={name!r}."
        )
    named = ", ".join(sorted(cases)[:_NAMED])
    raise InputError(f"{path} ranks nobody of {name!r}. It ranks: {named}{' …' if len(cases) > _NAMED else ''}.")


def _score(row: Mapping[str, Any]) -> float | None:
    """Return the score of a row, or its rank negated; None if the row has neither."""
    for name, sign in (("rank", -1.0), ("score", 1.0)):
        cell = row.get(name)
        if cell not in (None, "") and not isinstance(cell, bool):
            try:
                value = float(cell)
            except (TypeError, ValueError, OverflowError):
                return None
            return sign * value if math.isfinite(value) else None
    return None


def _json(path: Path, text: str) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON ({error}).") from None
    answers = content if _is_list(content) and any("hubs" in answer for answer in content) else [content]
    for answer in answers:
        rows: Any = answer.get("hubs") if isinstance(answer, dict) else answer
        if not _is_list(rows):
            raise InputError(f"{path} takes a list of persons, each with id and score, or such a list under `hubs`.")
        above = answer.get("case", "") if isinstance(answer, dict) else ""
        for number, row in enumerate(rows, start=1):
            of = f" of {above!r}" if len(answers) > 1 else ""
            yield f"entry {number}{of}", row.get("case", above), row


def _is_sentence(values: Mapping[str, str]) -> bool:
    """Whether a row is a remark below the list: its only filled cell is no id and no number."""
    return sum(map(bool, values.values())) == 1 and not values.get("id") and _score(values) is None


def _is_list(content: Any) -> bool:
    """Whether the content is a list of objects."""
    return isinstance(content, list) and all(isinstance(row, dict) for row in content)


def _csv(path: Path, text: str) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    lines = csv.reader(io.StringIO(text))
    try:
        header = next(lines, [])
        if "id" not in header:
            header = ["id", "score"]
            lines = csv.reader(io.StringIO(text))
        for row in lines:
            values = dict(zip(header, row, strict=False))
            if values and not _is_sentence(values):
                yield f"line {lines.line_num}", values.get("case", ""), values
    except csv.Error as error:
        raise InputError(f"{path}, line {lines.line_num}: {error}.") from None
