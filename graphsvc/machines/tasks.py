"""What a worker runs: a function of the analysis, by its name, on numbers. Both sides have this module, so none of it is sent."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from graphsvc.machines.packing import pack, unpack

# Modules whose functions may be asked for.
_OURS = "graphsvc.analysis."


def unpack_shared(sent: bytes) -> Any:
    """Read, on a worker, the numbers that all of some work is over; sparse arrays of the service are accepted."""
    return unpack(sent, allow_sparse=True)


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
        >>> from graphsvc.analysis.score import additive, chance
        >>> network = tied("s1: p1 ORGANISED c1")
        >>> given = chance.Dealt(network, additive.shipped()), pack(network.at)
        >>> unpack(done("graphsvc.analysis.score.chance:head_of_deal", *given)) > 0
        True
    """
    return pack(_named(name)(shared, unpack(sent, allow_sparse=True)))
