"""What a worker runs: a function of the analysis, by its name, on numbers. Both sides have this module, so none of it is sent."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from importlib import import_module
from typing import Any

# Modules whose functions may be asked for.
_OURS = "graphsvc.analysis."
_PROTOCOL = 5


def packed(numbers: object) -> bytes:
    """Numbers as bytes; see `numbers_alone.require_numbers` for what is packed to be sent."""
    return pickle.dumps(numbers, protocol=_PROTOCOL)


def unpacked(sent: bytes) -> Any:
    """What was packed. Whoever is connected to a scheduler trusts it, and its workers, with running code as it is."""
    return pickle.loads(sent)  # noqa: S301 - see above; Dask's own messages are no other


def name_of(work: Callable[..., object]) -> str:
    """The name by which a worker finds a function.

    Raises:
        ValueError: it finds none, or another one, under that name.

    Example:
        >>> from graphsvc.analysis.score.chance import head_of_deal
        >>> name_of(head_of_deal)
        'graphsvc.analysis.score.chance:head_of_deal'
    """
    name = f"{work.__module__}:{getattr(work, '__qualname__', '')}"
    if not name.startswith(_OURS) or _named(name) is not work:
        raise ValueError(f"{name} is no function of a module of the analysis, so no other machine has it")
    return name


def _named(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function, None) if module.startswith(_OURS) else None


def done(name: str, shared: object, sent: bytes) -> bytes:
    """What the function of that name makes of what is shared and of one thing that was sent.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> import numpy as np
        >>> ends = packed(np.array([0], dtype=np.int32))
        >>> unpacked(done("graphsvc.analysis.score.chance:head_of_deal", tied("s1: p1 ORGANISED c1"), ends)) > 0
        True
    """
    return packed(_named(name)(shared, unpacked(sent)))
