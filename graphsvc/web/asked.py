"""What an address or a form asks for, as values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import request

from graphsvc.errors import RequestError

_Number = TypeVar("_Number", int, float)


def number(name: str, default: _Number, kind: Callable[[str], _Number]) -> _Number:
    """The number that an address or a form gives by a name, or the default where it gives none.

    Args:
        name: as it stands in the address.
        default: where nothing stands there.
        kind: `records.numbers.whole` or `real`.

    Raises:
        RequestError: it is none.
    """
    text = request.values.get(name, "")
    try:
        return kind(text) if text else default
    except ValueError:
        raise RequestError(f"In the address, {name} takes a number, not {text[:40]!r}.") from None
