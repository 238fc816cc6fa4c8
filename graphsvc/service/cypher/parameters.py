"""Parameters of free Cypher as people type them: a name and a text that is read as JSON, or else taken as it is. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from graphsvc.errors import RequestError
from graphsvc.queries.library import BOUND

MOST = 50
LONGEST = 20_000  # characters of all values together, as JSON
_NAME = re.compile(r"[^\W\d]\w{0,63}")
_INTEGERS = range(-(2**63), 2**63)  # what the database keeps
_DEEPEST = 20


def guessed(text: str) -> Any:
    """The value a text stands for: JSON if it is some, else the text itself, without blanks around it.

    Example:
        >>> guessed("12"), guessed('["P1", "P2"]'), guessed("true"), guessed(" P12 "), guessed('"12"'), guessed("NaN")
        (12, ['P1', 'P2'], True, 'P12', '12', 'NaN')
    """
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text.strip()


def typed(value: Any) -> str:
    """The text that `guessed` reads as `value`.

    Example:
        >>> typed("P12"), typed("12"), typed(["P1"]), typed(None)
        ('P12', '"12"', '["P1"]', 'null')
    """
    if isinstance(value, str) and guessed(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def given(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Name → value of what was typed; pairs without name and value are passed over, and a `$` before a name is.

    Raises:
        RequestError: a name is none, comes twice or is bound by the service, or a value is none or too much.
    """
    values: dict[str, Any] = {}
    for name, text in pairs:
        name = name.strip().removeprefix("$")
        if not name and not text.strip():
            continue
        if name in values:
            raise RequestError(f"The parameter ${name} is given twice. Take one of them out.")
        values[name] = guessed(text)
    require(values)
    return values


def require(parameters: dict[str, Any]) -> None:
    """Nothing, if these can be parameters of a text.

    Raises:
        RequestError: one cannot, or there are too many, in one sentence.
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


def _faults(value: Any, depth: int) -> Iterator[str]:
    """What keeps a value from being one of the database's."""
    if depth > _DEEPEST:
        yield f"is nested more than {_DEEPEST} deep"
    elif isinstance(value, str):
        if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value):
            yield "holds characters that cannot be kept"
    elif isinstance(value, int) and not isinstance(value, bool):
        if value not in _INTEGERS:
            yield "is a larger whole number than the database keeps; put quotation marks around it to make it text"
    elif isinstance(value, float):
        if value - value != 0:
            yield "is no number"
    elif isinstance(value, list):
        for item in value:
            yield from _faults(item, depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _faults(name, depth + 1)
            yield from _faults(item, depth + 1)


def _no_number(word: str) -> Any:
    raise ValueError(word)
