"""Days, moments, spans and numbers in forms that JSON can hold: ISO 8601 text, and words for NaN and infinity."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

_UNITS = ((3600, "H"), (60, "M"))


def iso(value: Any) -> Any:
    """Return a temporal value as ISO 8601 text, NaN or infinity as a word; anything else unchanged.

    Example:
        >>> iso(dt.date(2020, 5, 8)), iso(dt.timedelta(days=3, hours=2)), iso(float("nan")), iso(1.5), iso(None)
        ('2020-05-08', 'P3DT2H', 'NaN', 1.5, None)
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _span(value)
    # Spans with months, which Python has no type for, format themselves.
    named = getattr(value, "iso_format", None)
    return value if named is None else named()


def json_safe(value: Any) -> Any:
    """Convert a value and its contents for JSON: dataclasses to objects, sets to sorted lists, the rest by `iso`.

    Example:
        >>> json_safe({"days": [dt.date(2020, 5, 8), float("-inf")], "ids": {"P2", "P1"}})
        {'days': ['2020-05-08', '-Infinity'], 'ids': ['P1', 'P2']}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: json_safe(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): json_safe(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((json_safe(item) for item in value), key=str)
    if isinstance(value, list | tuple) and not hasattr(value, "iso_format"):  # a span of months is a tuple too
        return [json_safe(item) for item in value]
    return iso(value)


def _span(span: dt.timedelta) -> str:
    """Format a span as Neo4j writes it: each part with its own sign.

    Example:
        >>> _span(dt.timedelta(days=-1, seconds=-4.5)), _span(dt.timedelta(seconds=90)), _span(dt.timedelta())
        ('P-1DT-4.5S', 'PT1M30S', 'PT0S')
    """
    sign, size = ("-", -span) if span < dt.timedelta() else ("", span)
    left, fraction = size.seconds, f"{size.microseconds:06d}".rstrip("0")
    parts = []
    for seconds, unit in _UNITS:
        count, left = divmod(left, seconds)
        parts += [f"{sign}{count}{unit}"] if count else []
    if left or fraction:
        parts.append(f"{sign}{left}{'.' * bool(fraction)}{fraction}S")
    day = f"{sign}{size.days}D" if size.days else ""
    clock = f"T{''.join(parts)}" if parts else ""
    return f"P{day}{clock}" if day or clock else "PT0S"
