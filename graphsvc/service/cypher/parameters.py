"""Parameters of free Cypher. No I/O.

People type names and values; a value is read as JSON if possible, else taken literally. Notebooks pass Python values,
also of NumPy and pandas, which are converted.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from graphsvc.errors import RequestError
from graphsvc.queries.library import BOUND

MOST = 50
LONGEST = 20_000  # maximum number of characters in all values together, as JSON
_NAME = re.compile(r"[^\W\d]\w{0,63}")
_INTEGERS = range(-(2**63), 2**63)  # whole numbers that the database can store
_DEEPEST = 20


def guess_value(text: str) -> Any:
    """Return the value of a text: parsed if it is JSON, else the text itself without surrounding blanks.

    Example:
        >>> guess_value("12"), guess_value('["P1", "P2"]'), guess_value("true"), guess_value(" P12 "), guess_value('"12"'), guess_value("NaN")
        (12, ['P1', 'P2'], True, 'P12', '12', 'NaN')
    """
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text.strip()


def value_text(value: Any) -> str:
    """Return the text that `guess_value` reads as `value`.

    Example:
        >>> value_text("P12"), value_text("12"), value_text(["P1"]), value_text(None)
        ('P12', '"12"', '["P1"]', 'null')
    """
    if isinstance(value, str) and guess_value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def parse_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Map names to values from typed pairs; empty pairs are skipped, and a leading `$` is removed.

    Raises:
        RequestError: a name is invalid, repeated or bound by the service, or a value is invalid or too long.
    """
    values: dict[str, Any] = {}
    for name, text in pairs:
        name = name.strip().removeprefix("$")
        if not name and not text.strip():
            continue
        if name in values:
            raise RequestError(f"The parameter ${name} is given twice. Take one of them out.")
        values[name] = guess_value(text)
    require(values)
    return values


def require(parameters: dict[str, Any]) -> None:
    """Raise an error unless these can be parameters of a query.

    Raises:
        RequestError: one is invalid, or there are too many; the message is one sentence.
    """
    if len(parameters) > MOST:
        raise RequestError(f"There are {len(parameters)} parameters; a text may have {MOST}.")
    for name, value in parameters.items():
        if not _NAME.fullmatch(name):
            raise RequestError(
                f"{name[:40]!r} is no name of a parameter: a letter or _ first, then letters, digits and _, 64 at most."
            )
        if name in BOUND:
            raise RequestError(f"${name} is bound by the service and cannot be given. Choose another name.")
        for fault in _faults(value, 0):
            raise RequestError(f"The value of ${name} {fault}.")
    if len(json.dumps(parameters)) > LONGEST:
        raise RequestError(f"The values of the parameters are longer than {LONGEST:,} characters together.")


def native(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Convert values from a notebook to types of the database.

    Scalars, dates, times and durations are kept, including those of NumPy and pandas (missing values become null).
    Lists, tuples, sets, arrays, series and other iterables become lists; tables become lists of maps; mappings become
    maps.

    Raises:
        RequestError: a value has a type the database does not know, or cannot be stored; the message is one sentence.

    Example:
        >>> native({"ids": {"P1"}, "days": np.array(["2020-05-08"], "datetime64[D]"), "least": np.float64(0.5)})
        {'ids': ['P1'], 'days': [datetime.date(2020, 5, 8)], 'least': 0.5}
    """
    values: dict[str, Any] = {}
    for name, value in parameters.items():
        try:
            values[name] = _native(value, 0)
        except _Odd as error:
            raise RequestError(f"The value of ${name} {error}.") from None
        for fault in _faults(values[name], 0, any_number=True):
            raise RequestError(f"The value of ${name} {fault}.")
    return values


class _Odd(Exception):
    """A value has a type that no parameter can have."""


# pandas types of missing values.
_MISSING = ("NaTType", "NAType")
_DAYS = ("Y", "M", "W", "D")


def _native(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise _Odd(f"is nested more than {_DEEPEST} deep")
    kind = type(value)
    if value is None or kind.__name__ in _MISSING:
        return None
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.generic):
        return _scalar(value, depth)
    if isinstance(value, bool | bytes):
        return value
    if isinstance(value, str | float):
        return str(value) if isinstance(value, str) else float(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, dt.date | dt.timedelta):
        # Types of pandas are subclasses that also have nanoseconds.
        plainly = getattr(value, "to_pydatetime", None) or getattr(value, "to_pytimedelta", None)
        return value if plainly is None else plainly(**({"warn": False} if isinstance(value, dt.date) else {}))
    if isinstance(value, dt.time) or hasattr(value, "iso_format"):
        return value
    if hasattr(value, "columns") and hasattr(value, "to_dict"):
        value = value.to_dict("records")
    if isinstance(value, Mapping):
        return {str(name): _native(item, depth + 1) for name, item in value.items()}
    if isinstance(value, Iterable):
        items = [_native(item, depth + 1) for item in value]
        return sorted(items, key=repr) if isinstance(value, set | frozenset) else items
    raise _Odd(f"is a {kind.__name__}, which the database has no kind for. Give numbers, text, dates, or lists of them")


def _scalar(value: Any, depth: int) -> Any:
    """Return a NumPy value as a Python one: dates as dates, other times and durations to the microsecond."""
    if isinstance(value, np.datetime64):
        unit = np.datetime_data(value.dtype)[0]
        return value.astype(f"datetime64[{'D' if unit in _DAYS else 'us'}]").item()
    if isinstance(value, np.timedelta64):
        if np.datetime_data(value.dtype)[0] in _DAYS[:2]:
            raise _Odd("is a span of months, which NumPy has no length for. Give days")
        return value.astype("timedelta64[us]").item()
    if isinstance(value, np.void | np.complexfloating):
        raise _Odd(f"is a {type(value).__name__}, which the database has no kind for. Give numbers, text or dates")
    return _native(value.item(), depth)


def _faults(value: Any, depth: int, *, any_number: bool = False) -> Iterator[str]:
    """Yield reasons why a value cannot be stored in the database. `any_number` accepts NaN and infinities."""
    if depth > _DEEPEST:
        yield f"is nested more than {_DEEPEST} deep"
    elif isinstance(value, str):
        if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value):
            yield "holds characters that cannot be kept"
    elif isinstance(value, int) and not isinstance(value, bool):
        if value not in _INTEGERS:
            yield "is a larger whole number than the database keeps; put quotation marks around it to make it text"
    elif isinstance(value, float):
        if not any_number and value - value != 0:
            yield "is no number"
    elif isinstance(value, list):
        for item in value:
            yield from _faults(item, depth + 1, any_number=any_number)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _faults(name, depth + 1, any_number=any_number)
            yield from _faults(item, depth + 1, any_number=any_number)


def _no_number(word: str) -> Any:
    raise ValueError(word)
