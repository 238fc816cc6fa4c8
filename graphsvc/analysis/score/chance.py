"""Whether what is told makes anyone stand out, or whether chance would do as well."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.score import parts
from graphsvc.analysis.score.network import Operation
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors

DEALS = 39
# Of so many deals chance may reach the case once: at most one time in twenty, the case itself counted in.
_MAY_REACH = 1
# One in so many is compared.
_FIRST = 10


def stands_out(network: Operation, seed: int = 0, processors: Processors = THIS_MACHINE) -> bool:
    """Whether the first tenth stands higher than in networks rewired at random (permutation test, one-sided, 5 %).

    In each rewired network the same links are dealt out anew: everybody is told of as often as before, but in any role
    and with anybody. What falls apart is that those who direct are not those who are directed, that the same few arrange,
    and that they are tied to those whom it takes. Compared is the mean score of the first tenth.

    Args:
        network: see `network`.
        seed: of the deals; the same seed gives the same answer.
        processors: who deals.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> stands_out(tied(*(f"s{n}: p{n} ORGANISED c{n}" for n in range(30))))  # one relation alone: any order would do
        False

    Limits: that somebody stands out does not say that the accounts are true. Where little is told the test sees little.
    """
    bare = network.nameless()
    reached = _head(bare)
    rng, ends = np.random.default_rng(seed), bare.ends()
    # Numbers of persons are small: half of the bytes hold them on their way to whoever deals.
    deals = (rng.permutation(ends).astype(np.int32) for _ in range(DEALS))
    as_high = 0
    for head in processors.each(head_of_deal, bare, deals):
        # A hair lower is the same: sums in another order differ in the last digit.
        as_high += head >= reached - 1e-9
        if as_high > _MAY_REACH:
            return False
    return True


def head_of_deal(network: Operation, ends: NDArray[np.int32]) -> float:
    """The mean score of the first tenth in one deal.

    Args:
        network: see `stands_out`.
        ends: see `network.Operation.dealt`.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> head_of_deal(tied("s1: p1 ORGANISED c1"), np.array([0], dtype=np.int32)) > 0
        True

    Limits: says something only beside others.
    """
    return _head(network.dealt(ends.astype(np.int64)))


def _head(network: Operation) -> float:
    top = max(1, network.size // _FIRST)
    return float(np.sort(parts.score(parts.read(network)))[-top:].mean()) if network.size else 0.0
