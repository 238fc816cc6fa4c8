"""Every error that graphsvc raises on purpose, one class for each kind of person who must act.

All share one root, so the web pages, the command line and notebooks can each show an error as one clear sentence.
Each message is written for the person who must act: what happened, what is unharmed, and what to do next.
"""

from __future__ import annotations

from contextvars import ContextVar

# Cases that the current request or command closed for a change and has not reopened. The change is recorded, so that the
# next start of the service can complete it. Set from the application database (`appdb.engine`).
RECORDED: ContextVar[frozenset[str]] = ContextVar("recorded", default=frozenset())


def standing() -> str:
    """Return the start of a sentence that says whether a failed change left anything to complete."""
    if RECORDED.get():
        return "What was begun is recorded, and will be completed by the next start"
    return "Nothing was changed"


class GraphsvcError(Exception):
    """Root of all errors that graphsvc raises on purpose.

    Attributes:
        exit_code: exit status of the command line when this error ends a command.
        status: HTTP status when this error ends a request.
    """

    exit_code = 1
    status = 500


class InputError(GraphsvcError):
    """A file or table cannot be read as it was delivered: the person who delivered it must act."""

    exit_code = 65
    status = 422


class RequestError(GraphsvcError):
    """The request is invalid (a wrong parameter, an unknown query): the person who made it must act."""

    exit_code = 64
    status = 400


class CypherFault(RequestError):
    """A Cypher query is wrong or may not run: its author must act.

    Attributes:
        line, column: position in the query, both from 1; 0 if not known.
    """

    def __init__(self, says: str, line: int = 0, column: int = 0) -> None:
        super().__init__(f"Line {line}, column {column}: {says}" if line else says)
        self.says, self.line, self.column = says, line, column


class NotFound(RequestError):
    """No such thing is visible to this person: "not there" and "not yours" get the same answer."""

    exit_code = 66
    status = 404


class NotSignedIn(GraphsvcError):
    """The person has not signed in, or has not stated a purpose: they must do so first."""

    exit_code = 77
    status = 401


class Refused(GraphsvcError):
    """This person's roles or grants do not allow the action: an administrator or supervisor must act."""

    exit_code = 77
    status = 403


class Busy(GraphsvcError):
    """The request is not possible at the moment (a case is being imported, a limit is reached): wait, or ask for less."""

    exit_code = 75
    status = 503


class NotReady(Busy):
    """The answer is already being computed for another reader: asking again in a while helps."""


class Outdated(RequestError):
    """The basis of a decision has changed since it was shown: the person looks again, then decides."""

    status = 409


class CancelledError(GraphsvcError):
    """The work was stopped on request, and undone."""

    exit_code = 130
    status = 409


class OperatorError(GraphsvcError):
    """The machine, its disk, a port, a key or the database server is at fault: the operator must act."""

    exit_code = 71
    status = 503


class AnswerWarning(UserWarning):
    """An answer in a notebook may be incomplete: rows were cut, or the query has words that the graph lacks."""
