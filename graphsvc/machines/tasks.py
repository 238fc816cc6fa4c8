"""Tasks that a worker runs: a named function of the analysis, on numbers. Both sides have the code, so none is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphsvc.machines.packing import NotNumbersAlone, find, pack, unpack


def unpack_shared(sent: bytes) -> Any:
    """Read, on a worker, the numbers shared by all pieces of some work; sparse arrays from the service are accepted."""
    return unpack(sent, allow_sparse=True)


def name_of(work: Callable[..., object]) -> str:
    """Return the name by which a worker finds a function.

    Raises:
        NotNumbersAlone: there is no function of that name, or a different one.

    Example:
        >>> from graphsvc.analysis.ranking.chance import head_of_deal
        >>> name_of(head_of_deal)
        'graphsvc.analysis.ranking.chance:head_of_deal'
    """
    name = f"{work.__module__}:{getattr(work, '__qualname__', '')}"
    if find(name) is not work:
        raise NotNumbersAlone(f"{name} is no function of a module of the analysis, so no other machine has it")
    return name


def done(name: str, shared: object, sent: bytes) -> bytes:
    """Call the named function with the shared data and one item that was sent, and return its packed result.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> from graphsvc.analysis.ranking import additive, chance
        >>> network = network_from("s1: p1 ORGANISED c1")
        >>> given = chance.Dealt(network, additive.shipped_weights()), pack(network.at)
        >>> unpack(done("graphsvc.analysis.ranking.chance:head_of_deal", *given)) > 0
        True
    """
    return pack(find(name)(shared, unpack(sent, allow_sparse=True)))
