"""Translates errors of the driver and of servers into our own, grouped by the role that must act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from neo4j import exceptions as bolt

from graphsvc.errors import Busy, CypherFault, OperatorError, RequestError, standing

# The position at the end of a server's message, such as "(line 2, column 26 (offset: 25))".
_PLACE = re.compile(r"\s*\(line (?P<line>\d+), column (?P<column>\d+) \(offset: \d+\)\)")
_ROUTED = (
    " An address that begins with neo4j leads to those that the servers advertise (server.bolt.advertised_address), which have to"
    " be reachable from here too."
)
_BEHIND = (
    "What was written last has not reached the server of the cluster that was asked. Try again in a moment; where it stays so, the"
    " database was put back from an older copy: start graphsvc again, and it restores its cases."
)


def fault(error: bolt.ClientError, *, lines_before: int = 0) -> CypherFault:
    """Return the error for the server's complaint about a query, with its first sentence and the position."""
    match = _PLACE.search(error.message or "")
    at = (error.diagnostic_record or {}).get("_position") or {}
    line, column = at.get("line", 0), at.get("column", 0)
    if not line and match:
        line, column = int(match["line"]), int(match["column"])
    line -= lines_before
    return CypherFault(sentence(error.message or ""), *((line, column) if line > 0 else (0, 0)))


def sentence(message: str) -> str:
    """Return the first line of the server's complaint about a query, without the position, which is shown elsewhere."""
    return _PLACE.split(" ".join(message.splitlines()[:1]))[0].strip().rstrip(".") + "."


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translate the driver's errors into ours, grouped by the role that must act."""
    try:
        yield
    except bolt.AuthError as error:
        raise OperatorError("Neo4j refuses the password. Check NEO4J_USERNAME and NEO4J_PASSWORD.") from error
    except (bolt.ServiceUnavailable, bolt.SessionExpired, OSError) as error:
        raise OperatorError(
            f"Neo4j cannot be reached. {standing()}; see `graphsvc neo4j status`, then try again."
            + (_ROUTED if "routing" in str(error) else "")
        ) from error
    except bolt.TransientError as error:
        if "Bookmark" in (error.code or ""):
            raise Busy(_BEHIND) from error
        trouble = "needs more memory than one query may use" if "emory" in (error.code or "") else "met other work"
        raise Busy(f"The query {trouble}. Ask for less at once (a filter, a lower limit), or try again.") from error
    except bolt.ClientError as error:
        code = error.code or ""
        if "Bookmark" in code:
            raise OperatorError(_BEHIND) from error
        if "TransactionTimedOut" in code:
            raise Busy("The query ran longer than allowed and was stopped. Ask for less at once.") from error
        raise RequestError(f"Neo4j refuses the query: {str(error.message).splitlines()[0]}") from error
    except bolt.Neo4jError as error:
        raise OperatorError(f"Neo4j reports an internal fault: {str(error.message).splitlines()[0]}") from error
    except bolt.DriverError as error:
        raise OperatorError(f"The connection to Neo4j broke ({type(error).__name__}). Try again.") from error
