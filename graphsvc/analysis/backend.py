"""Which backend does the work of NetworkX's algorithms: NetworkX itself, or one that is installed beside it and was named.

What has one right answer may be worked out by any of them (betweenness, components, PageRank). What depends on the order in which
an implementation goes on (communities by modularity) is always NetworkX's own work: else a case would fall into other groups on
another machine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from graphsvc.errors import OperatorError

_LOG = logging.getLogger(__name__)
OWN = "networkx"
_SETTING = "GRAPHSVC_NETWORKX_BACKEND"
# An entry of NetworkX's own, for its tests.
_NONE_OF_THEM = "nx_loopback"
Answer = TypeVar("Answer")
# Algorithms in which a backend failed: said once.
_failed: set[str] = set()


def use_backend(name: str) -> None:
    """Have a backend do what it can of NetworkX's algorithms as long as this process lives, by NetworkX's own configuration.

    Args:
        name: of the backend, such as `parallel` or `cugraph`; empty: nothing is loaded or changed.

    Raises:
        OperatorError: it is not installed, or does not load.

    Example:
        >>> use_backend("")

    Limits: of the whole process, so of what others compute in it with NetworkX too.
    """
    if name in ("", OWN):
        return
    # Costs a hundredth of a second, which who names none need not wait for.
    from importlib.metadata import entry_points

    installed = {entry.name: entry for entry in entry_points(group="networkx.backends") if entry.name != _NONE_OF_THEM}
    if name not in installed:
        raise OperatorError(
            f"{_SETTING} is {name[:40]!r}, which is no backend of NetworkX that is installed ({_named(installed)}). Install it"
            " where graphsvc is, or unset it for NetworkX's own."
        )
    import networkx as nx

    try:
        installed[name].load()
    except Exception as error:  # whatever somebody else's package raises
        raise OperatorError(
            f"{_SETTING} is {name!r}, which does not load with NetworkX {nx.__version__} ({type(error).__name__}:"
            f" {str(error)[:200]}). Install versions of both that fit each other, or unset it."
        ) from error
    _priority().algos = [name]
    nx.config.fallback_to_nx = True
    # Our graphs are not changed once they are made.
    nx.config.warnings_to_ignore.add("cache")
    own_settings = nx.config.backends.get(name, None)
    if getattr(own_settings, "n_jobs", 0) is None:  # nx-parallel goes on with one processor until it is told otherwise
        own_settings.n_jobs, own_settings.active = -1, True


def by_backend(algorithm: Callable[..., Answer], *given: Any, **options: Any) -> Answer:
    """What an algorithm of NetworkX gives: of the backend in use, or of NetworkX where that has none, or fails.

    Example:
        >>> import networkx as nx
        >>> by_backend(nx.betweenness_centrality, nx.path_graph(3))
        {0: 0.0, 1: 1.0, 2: 0.0}

    Limits: for what has one right answer. The last places of a number may differ, as another backend adds up in another order; and
    where a sample is drawn, one that draws otherwise estimates otherwise.
    """
    try:
        return algorithm(*given, **options)
    except Exception as error:  # whatever somebody else's package raises
        if not _priority().algos:
            raise
        name = getattr(algorithm, "__name__", str(algorithm))
        if name not in _failed:
            _failed.add(name)
            _LOG.warning(
                "the backend %s failed in %s (%s): NetworkX does it from here on, at each call after a try",
                ", ".join(_priority().algos),
                name,
                type(error).__name__,
            )
        return algorithm(*given, **options, backend=OWN)


def _priority() -> Any:
    """NetworkX's own setting: which backends are tried, for algorithms among others."""
    import networkx as nx

    return nx.config.backend_priority


def _named(installed: dict[str, Any]) -> str:
    return f"there are {', '.join(sorted(installed))}" if installed else "there is none"
