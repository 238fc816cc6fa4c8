"""Addresses of Neo4j servers: which the driver can make something of, told before it is asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from graphsvc.errors import OperatorError

_SCHEMES = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})


def require_address(uri: str) -> None:
    """Nothing, if the driver can make something of an address; what it makes of others it says in ways of its own.

    Raises:
        OperatorError: it is no address. What it holds is not repeated: there may be a password in it.
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
        raise no_address("has a port that is none: a port is a number from 1 to 65535") from None


def is_routed(uri: str) -> bool:
    """Whether an address leads to whichever servers have the database: those of a cluster, of which one alone takes writes.

    Example:
        >>> is_routed("neo4j+s://graph.example:7687"), is_routed("bolt://127.0.0.1:7687")
        (True, False)
    """
    return uri.partition(":")[0].startswith("neo4j")


def no_address(why: str) -> OperatorError:
    """Why an address is none, and the way out."""
    return OperatorError(
        f"NEO4J_URI {why}. Write it like bolt://host:7687, or neo4j://host:7687 for a cluster, or unset it for the managed server."
    )
