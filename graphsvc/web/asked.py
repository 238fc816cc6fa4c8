"""Values read from a URL or a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import request

from graphsvc.errors import RequestError

_Number = TypeVar("_Number", int, float)


def number(name: str, default: _Number, kind: Callable[[str], _Number]) -> _Number:
    """Read a number from the URL or form, or return the default if it is missing.

    Args:
        name: name of the parameter.
        default: value used if the parameter is missing or empty.
        kind: parser, `records.numbers.whole` or `real`.

    Raises:
        RequestError: `kind` cannot parse the value.
    """
    text = request.values.get(name, "")
    try:
        return kind(text) if text else default
    except ValueError:
        raise RequestError(f"In the address, {name} takes a number, not {text[:40]!r}.") from None
