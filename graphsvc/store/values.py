"""Values exchanged with the process that runs a typed query: as JSON in which each object has one key, its kind.

So each value can be restored, whatever keys a map in an answer has. The other process's code is in `store.typedrun`,
which imports nothing of the package.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from neo4j.time import Duration

_NO_NUMBER = "number"


def pack_value(value: Any) -> Any:
    """Convert a parameter for the other process: scalars, lists, maps, dates, datetimes, times, durations and bytes."""
    if isinstance(value, float) and not math.isfinite(value):
        return {_NO_NUMBER: str(value)}
    if isinstance(value, Duration):  # before tuples, since a Duration is one
        return {"duration": list(value)}
    if isinstance(value, list | tuple):
        return [pack_value(item) for item in value]
    if isinstance(value, Mapping):
        return {"map": {name: pack_value(item) for name, item in value.items()}}
    if isinstance(value, dt.datetime):  # before dates, since a datetime is one
        return {"moment": [value.isoformat(), zone(value.tzinfo)]}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, dt.time):
        return {"time": value.isoformat()}
    if isinstance(value, dt.timedelta):
        return {"duration": [0, value.days, value.seconds, value.microseconds * 1000]}
    return {"bytes": value.hex()} if isinstance(value, bytes) else value


def unpack_value(value: Any, ends: Mapping[str, str | None]) -> Any:
    """Convert a value of an answer back.

    Dates, times and datetimes become those of the standard library, to the microsecond. Durations become `timedelta`,
    or the driver's `Duration` if they count months, which have no fixed length. Bytes are hexadecimal text. Nodes,
    relationships, paths and points are dictionaries with a `kind`.

    Args:
        value: as written by the other process.
        ends: `id` properties of nodes that relationships name as an end, by the database's own ids.
    """
    if isinstance(value, list):
        return [unpack_value(item, ends) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind in ("node", "relationship", "path", "point"):
        return {"kind": kind, **{name: unpack_value(item, ends) for name, item in content.items()}}
    if kind == "map":
        return {name: unpack_value(item, ends) for name, item in content.items()}
    if kind == "end":
        return ends.get(content)
    return _SCALARS[kind](content)


def zone(of: dt.tzinfo | None) -> str:
    """Return the name of a time zone; empty for a fixed offset from UTC."""
    return str(getattr(of, "key", "") or getattr(of, "zone", "") or "")


def _moment(parts: list[str]) -> dt.datetime:
    text, name = parts
    moment = dt.datetime.fromisoformat(text)
    try:
        return moment.astimezone(ZoneInfo(name)) if name else moment
    except (ZoneInfoNotFoundError, ValueError):
        return moment


def _span(parts: list[int]) -> Any:
    months, days, seconds, nanoseconds = parts
    if months:
        return Duration(months=months, days=days, seconds=seconds, nanoseconds=nanoseconds)
    try:
        return dt.timedelta(days=days, seconds=seconds, microseconds=nanoseconds // 1000)
    except OverflowError:
        return Duration(days=days, seconds=seconds, nanoseconds=nanoseconds)


_SCALARS: dict[str, Callable[[Any], Any]] = {
    _NO_NUMBER: float,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "moment": _moment,
    "duration": _span,
}
