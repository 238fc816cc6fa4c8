"""Checks that only numbers and arrays of numbers go to other machines; refuses everything else."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np

# Kinds of NumPy array: booleans, signed and unsigned integers, floats. No text, bytes, objects or days.
_KINDS = "biuf"
# Dataclasses of these modules are checked field by field: their field names are code.
_OURS = "graphsvc.analysis."


class NotNumbersAlone(TypeError):
    """Data other than numbers would have gone to other machines."""


def require_numbers(thing: object, at: str = "it") -> None:
    """Refuse data that is not only numbers, checked down to the last field.

    Args:
        thing: the data to be sent.
        at: its name in the message, never its content.

    Raises:
        NotNumbersAlone: something in it is not a number.

    Example:
        >>> require_numbers([1, 2.5, None, (np.zeros(3), True)])
        >>> require_numbers([1, "p1"])
        Traceback (most recent call last):
        ...
        graphsvc.machines.numbers_alone.NotNumbersAlone: it[1] is a str, no number: nothing of it leaves this machine
    """
    kind = type(thing)
    if thing is None or kind in (bool, int, float):
        return
    if isinstance(thing, np.generic) or (isinstance(thing, np.ndarray) and kind is np.ndarray):
        if thing.dtype.kind not in _KINDS or thing.dtype.metadata:
            raise _refusal(at, f"an array of {thing.dtype.name}")
        return
    # Exactly these types: a subclass may hold more than it shows.
    if isinstance(thing, list | tuple) and kind in (list, tuple):
        for number, part in enumerate(thing):
            require_numbers(part, f"{at}[{number}]")
    elif isinstance(thing, dict) and kind is dict:
        for number, (key, part) in enumerate(thing.items()):
            require_numbers(key, f"key {number} of {at}")
            require_numbers(part, f"value {number} of {at}")
    elif kind.__module__.startswith("scipy.sparse."):
        # A sparse array consists of some arrays, a shape, and any attributes added to it.
        for name, part in vars(thing).items():
            require_numbers(part, f"{at}.{name}")
    elif is_dataclass(thing) and kind.__module__.startswith(_OURS):
        # Its fields, and any attributes added to it.
        hung = getattr(thing, "__dict__", {})
        for name in {*(field.name for field in fields(thing)), *hung}:
            require_numbers(getattr(thing, name), f"{at}.{name}")
    else:
        raise _refusal(at, f"a {kind.__name__}")


def _refusal(at: str, kind: str) -> NotNumbersAlone:
    return NotNumbersAlone(f"{at} is {kind}, no number: nothing of it leaves this machine")
