"""Addresses of Neo4j servers, checked before the driver is given one."""

from __future__ import annotations

from urllib.parse import urlsplit

from graphsvc.errors import OperatorError

_SCHEMES = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})


def require_address(uri: str) -> None:
    """Raise OperatorError unless an address is valid; the driver's own errors for invalid ones vary.

    Raises:
        OperatorError: the address is not valid. The message does not repeat it: it may contain a password.
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        raise no_address("is no address") from None
    if parts.scheme not in _SCHEMES:
        raise no_address(f"begins with {uri.partition('://')[0][:20]!r}, which Neo4j does not speak to programs")
    if parts.username or parts.password:
        raise no_address("holds a name or password, which belong in NEO4J_USERNAME and NEO4J_PASSWORD")
    try:
        (parts.hostname or "").encode("idna")
        if not parts.hostname or " " in parts.hostname:
            raise ValueError
    except ValueError:
        raise no_address("names no host") from None
    try:
        if parts.port == 0:
            raise ValueError
    except ValueError:
        raise no_address("has an invalid port: a port is a number from 1 to 65535") from None


def is_routed(uri: str) -> bool:
    """Whether an address leads to all servers of a cluster (`neo4j://`) rather than to a single server.

    Example:
        >>> is_routed("neo4j+s://graph.example:7687"), is_routed("bolt://127.0.0.1:7687")
        (True, False)
    """
    return uri.partition(":")[0].startswith("neo4j")


def no_address(why: str) -> OperatorError:
    """Return the error for an invalid NEO4J_URI; its message says what to do."""
    return OperatorError(
        f"NEO4J_URI {why}. Write it like bolt://host:7687, or neo4j://host:7687 for a cluster, or unset it for the managed server."
    )
