"""Backend that runs NetworkX's algorithms: NetworkX itself, or an installed backend named by the operator.

Any backend may compute results with one right answer (betweenness, components, PageRank). Results that depend on the
order of work (communities by modularity) always come from NetworkX itself; else the same case would be divided into
different groups on another machine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from graphsvc.errors import OperatorError

_LOG = logging.getLogger(__name__)
OWN = "networkx"
_SETTING = "GRAPHSVC_NETWORKX_BACKEND"
# A backend entry that NetworkX registers for its own tests.
_NONE_OF_THEM = "nx_loopback"
Answer = TypeVar("Answer")
# Algorithms in which a backend has failed; each is logged once.
_failed: set[str] = set()


def use_backend(name: str) -> None:
    """Use a backend for NetworkX's algorithms in this process, through NetworkX's configuration.

    Args:
        name: name of the backend, such as `parallel` or `cugraph`; empty: nothing is loaded or changed.

    Raises:
        OperatorError: if it is not installed or does not load.

    Example:
        >>> use_backend("")

    Limits: applies to the whole process, including other code there that uses NetworkX.
    """
    if name in ("", OWN):
        return
    # Imported here, since the import takes 10 ms, which deployments without a backend save.
    from importlib.metadata import entry_points

    installed = {entry.name: entry for entry in entry_points(group="networkx.backends") if entry.name != _NONE_OF_THEM}
    if name not in installed:
        raise OperatorError(
            f"{_SETTING} is {name[:40]!r}, which is no backend of NetworkX that is installed ({_list_installed(installed)}). Install it"
            " where graphsvc is, or unset it for NetworkX's own."
        )
    import networkx as nx

    try:
        installed[name].load()
    except Exception as error:  # a third-party package may raise anything
        raise OperatorError(
            f"{_SETTING} is {name!r}, which does not load with NetworkX {nx.__version__} ({type(error).__name__}:"
            f" {str(error)[:200]}). Install versions of both that fit each other, or unset it."
        ) from error
    _priority().algos = [name]
    nx.config.fallback_to_nx = True
    # Graphs in graphsvc are not changed after they are made.
    nx.config.warnings_to_ignore.add("cache")
    own_settings = nx.config.backends.get(name, None)
    if getattr(own_settings, "n_jobs", 0) is None:  # nx-parallel uses one processor by default
        own_settings.n_jobs, own_settings.active = -1, True


def by_backend(algorithm: Callable[..., Answer], *arguments: Any, **options: Any) -> Answer:
    """Run an algorithm of NetworkX in the backend in use, or in NetworkX if the backend lacks it or fails.

    Example:
        >>> import networkx as nx
        >>> by_backend(nx.betweenness_centrality, nx.path_graph(3))
        {0: 0.0, 1: 1.0, 2: 0.0}

    Limits: for results with one right answer. The last digits may differ, as another backend adds up in another order.
    Where a sample is drawn, a backend that draws differently estimates differently.
    """
    try:
        return algorithm(*arguments, **options)
    except Exception as error:  # a third-party package may raise anything
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
        return algorithm(*arguments, **options, backend=OWN)


def _priority() -> Any:
    """Return NetworkX's setting of the backends to try, including those for algorithms."""
    import networkx as nx

    return nx.config.backend_priority


def _list_installed(installed: dict[str, Any]) -> str:
    return f"there are {', '.join(sorted(installed))}" if installed else "there is none"
