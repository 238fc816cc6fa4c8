"""Numbers as bytes and back, without pickle: a tree in JSON, followed by the arrays as they are in memory.

Only numbers and arrays of numbers go to other machines. Reading creates nothing but these and the analysis's
dataclasses, and runs no code. A worker's answer may not contain sparse arrays: compiled code would trust their indices.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from importlib import import_module
from math import prod
from typing import Any, Literal

import numpy as np

# Dataclasses of these modules are written field by field, since their field names are code and reveal nothing.
_OURS = "graphsvc.analysis."
_LENGTH = struct.Struct("<Q")
# Types of NumPy array: booleans, signed and unsigned integers, floats. No text, bytes, objects or days.
_DTYPE = re.compile(r"[<>|][biuf][0-9]{1,2}")
_NUMBERS = (type(None), bool, int, float)


class NotNumbersAlone(TypeError):
    """Data other than numbers would have gone to other machines."""


def pack(numbers: object, at: str = "it") -> bytes:
    """Write numbers as bytes, checked down to the last field.

    Args:
        numbers: the data to be sent.
        at: its name in the message, never its content.

    Raises:
        NotNumbersAlone: something in it is not a number.

    Example:
        >>> unpack(pack([1, 2.5, None, (True, {3: -0.0})]))
        [1, 2.5, None, (True, {3: -0.0})]
        >>> pack([1, "p1"])
        Traceback (most recent call last):
        ...
        graphsvc.machines.packing.NotNumbersAlone: it[1] is a str, no number: nothing of it leaves this machine
    """
    writer = _Writer()
    tree = writer.tree(numbers, at)
    about = [(array.dtype.str, array.shape, _order(array)) for array in writer.arrays]
    head = json.dumps([tree, about]).encode("ascii")
    return b"".join([_LENGTH.pack(len(head)), head, *(array.tobytes(_order(array)) for array in writer.arrays)])


def unpack(sent: bytes, *, allow_sparse: bool = False) -> Any:
    """Read numbers that `pack` wrote.

    Raises:
        ValueError: the bytes are something else.

    Example:
        >>> unpack(pack(np.arange(3)))
        array([0, 1, 2])
    """
    try:
        (length,) = _LENGTH.unpack_from(sent)
        tree, about = json.loads(sent[_LENGTH.size : _LENGTH.size + length])
        arrays, end = [], _LENGTH.size + length
        for dtype, shape, order in about:
            array = _read_array(sent, end, dtype, shape, order)
            arrays.append(array)
            end += array.nbytes
        if end != len(sent):
            raise ValueError("it is longer than its arrays")
        return _Reader(arrays, allow_sparse=allow_sparse).thing(tree)
    except (
        AttributeError,
        ImportError,
        IndexError,
        KeyError,
        RecursionError,
        TypeError,
        ValueError,
        struct.error,
    ) as error:
        raise ValueError(f"what came is not numbers ({type(error).__name__})") from None


def _order(array: np.ndarray[Any, Any]) -> Literal["C", "F"]:
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def _read_array(
    sent: bytes, start: int, dtype: str, shape: list[int], order: Literal["C", "F"]
) -> np.ndarray[Any, Any]:
    if not _DTYPE.fullmatch(dtype) or order not in ("C", "F"):
        raise ValueError("an array of something else than numbers")
    count = prod(shape)
    if (
        not all(type(length) is int and length >= 0 for length in shape)
        or count * np.dtype(dtype).itemsize > len(sent) - start
    ):
        raise ValueError("a shape that its bytes do not fill")
    flat: Any = np.frombuffer(sent, dtype, count, start) if count else np.empty(0, dtype)
    # Copied, so that it can be written to and is aligned.
    array: np.ndarray[Any, Any] = flat.reshape(shape, order=order).copy("K")
    return array


class _Writer:
    """Builds the tree, and collects the arrays that it refers to by number."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray[Any, Any]] = []
        self._numbers: dict[int, int] = {}

    def tree(self, thing: object, at: str) -> Any:
        """Convert one thing to JSON: a number stays, anything else becomes a list that begins with its kind."""
        kind = type(thing)
        if kind in _NUMBERS:
            return thing
        if isinstance(thing, np.generic):
            return ["number", self._add(np.asarray(thing), at)]
        if isinstance(thing, np.ndarray) and kind is np.ndarray:
            if id(thing) not in self._numbers:
                self._numbers[id(thing)] = self._add(thing, at)
            return ["array", self._numbers[id(thing)]]
        # Only exactly these types, since a subclass may contain hidden data.
        if isinstance(thing, list | tuple) and kind in (list, tuple):
            return [kind.__name__, [self.tree(part, f"{at}[{number}]") for number, part in enumerate(thing)]]
        if isinstance(thing, dict) and kind is dict:
            pairs = (
                [self.tree(key, f"key {number} of {at}"), self.tree(part, f"value {number} of {at}")]
                for number, (key, part) in enumerate(thing.items())
            )
            return ["dict", list(pairs)]
        if kind.__module__.startswith("scipy.sparse."):
            # A sparse array consists of some arrays, a shape, and any attributes added to it.
            return ["sparse", kind.__name__, self._parts(thing, vars(thing), at)]
        if is_dataclass(thing) and kind.__module__.startswith(_OURS):
            names = [field.name for field in fields(thing)]
            # Attributes added to a dataclass are checked as its fields are, but not written.
            _Writer()._parts(thing, getattr(thing, "__dict__", {}).keys() - names, at)
            return ["of", f"{kind.__module__}:{kind.__qualname__}", self._parts(thing, names, at)]
        raise _refusal(at, f"a {kind.__name__}")

    def _parts(self, thing: object, names: Iterable[str], at: str) -> dict[str, Any]:
        return {name: self.tree(getattr(thing, name), f"{at}.{name}") for name in names}

    def _add(self, array: np.ndarray[Any, Any], at: str) -> int:
        if not _DTYPE.fullmatch(array.dtype.str) or array.dtype.metadata:
            raise _refusal(at, f"an array of {array.dtype.name}")
        self.arrays.append(array)
        return len(self.arrays) - 1


def _refusal(at: str, kind: str) -> NotNumbersAlone:
    return NotNumbersAlone(f"{at} is {kind}, no number: nothing of it leaves this machine")


class _Reader:
    """Rebuilds the things in a tree, from arrays already read."""

    def __init__(self, arrays: list[np.ndarray[Any, Any]], *, allow_sparse: bool) -> None:
        self._arrays, self._allow_sparse = arrays, allow_sparse

    def thing(self, tree: Any) -> Any:
        """Rebuild one thing; raises various errors if it does not fit."""
        if type(tree) in _NUMBERS:
            return tree
        kind, *parts = tree
        return getattr(self, f"_{_KINDS[kind]}")(*parts)

    def _array(self, number: int) -> np.ndarray[Any, Any]:
        return self._arrays[number]

    def _number(self, number: int) -> Any:
        return self._arrays[number][()]

    def _list(self, parts: list[Any]) -> list[Any]:
        return [self.thing(part) for part in parts]

    def _tuple(self, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(self.thing(part) for part in parts)

    def _dict(self, parts: list[Any]) -> dict[Any, Any]:
        return {self.thing(key): self.thing(part) for key, part in parts}

    def _dataclass(self, name: str, parts: dict[str, Any]) -> Any:
        instance = object.__new__(class_of(name))
        if parts.keys() != {field.name for field in fields(instance)}:
            raise ValueError("other fields")
        for field, part in parts.items():
            object.__setattr__(instance, field, self.thing(part))
        return instance

    def _sparse(self, name: str, parts: dict[str, Any]) -> Any:
        if not self._allow_sparse:
            raise ValueError("a sparse array in an answer")
        import scipy.sparse

        kind = getattr(scipy.sparse, name)
        array = kind.__new__(kind)
        vars(array).update({field: self.thing(part) for field, part in parts.items()})
        return array


_KINDS = {name: name for name in ("array", "number", "list", "tuple", "dict", "sparse")} | {"of": "dataclass"}


def find(name: str) -> Any:
    """Return the object with this name (`module:name`) in the analysis; None if there is no such object."""
    module, _, named = name.partition(":")
    return getattr(import_module(module), named, None) if module.startswith(_OURS) else None


def class_of(name: str) -> Any:
    """Return a dataclass of the analysis, by module and name.

    Raises:
        ValueError: the analysis has no such dataclass.
    """
    named = find(name)
    if not (isinstance(named, type) and is_dataclass(named) and name.startswith(f"{named.__module__}:")):
        raise ValueError(f"{name} is no dataclass of the analysis")
    return named
