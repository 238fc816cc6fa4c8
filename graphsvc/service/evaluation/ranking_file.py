"""A ranking somebody made, from a file: what `graphsvc hubs --all` prints as JSON or CSV, or a CSV of ids and scores."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphsvc.errors import InputError


def read(path: Path) -> dict[str, float]:
    """Person → score, higher is further forward. Where ranks are given they count: scores may be told coarsely.

    Raises:
        InputError: the file cannot be read, or is no ranking.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as text ({error}).") from None
    scores: dict[str, float] = {}
    for place, row in _json(path, text) if text.lstrip()[:1] in ("{", "[") else _csv(path, text):
        identifier, score = row.get("id"), _score(row)
        if not isinstance(identifier, str) or not identifier or score is None:
            raise InputError(f"{path}, {place}: takes an id with a score or a rank that is a number.")
        if identifier in scores:
            raise InputError(f"{path}, {place}: {identifier!r} is ranked twice.")
        scores[identifier] = score
    if not scores:
        raise InputError(f"{path} ranks nobody.")
    return scores


def _score(row: Mapping[str, Any]) -> float | None:
    """How far forward; None if the row does not say."""
    for name, sign in (("rank", -1.0), ("score", 1.0)):
        given = row.get(name)
        if given not in (None, "") and not isinstance(given, bool):
            try:
                value = float(given)
            except (TypeError, ValueError, OverflowError):
                return None
            return sign * value if math.isfinite(value) else None
    return None


def _json(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON ({error}).") from None
    rows = content.get("hubs") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{path} takes a list of persons, each with id and score, or such a list under `hubs`.")
    for number, row in enumerate(rows, start=1):
        yield f"entry {number}", row


def _csv(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    lines = csv.reader(io.StringIO(text))
    try:
        header = next(lines, [])
        if "id" not in header:
            header = ["id", "score"]
            lines = csv.reader(io.StringIO(text))
        for row in lines:
            if row:
                yield f"line {lines.line_num}", dict(zip(header, row, strict=False))
    except csv.Error as error:
        raise InputError(f"{path}, line {lines.line_num}: {error}.") from None
