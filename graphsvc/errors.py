"""What can go wrong, told apart by who must act.

One root, so that every door (web, command line, notebook) can show any of them as one clear sentence.
Each message is written for the person who must act: what happened, what is unharmed, and the way out.
"""

from __future__ import annotations


class GraphsvcError(Exception):
    """Root of all errors that graphsvc raises on purpose.

    Attributes:
        exit_code: the status of the command line when this ends it.
        status: the HTTP status when this ends a request.
    """

    exit_code = 1
    status = 500


class InputError(GraphsvcError):
    """A file or a table cannot be read as it is: whoever delivered it must act."""

    exit_code = 65
    status = 422


class RequestError(GraphsvcError):
    """The request makes no sense as put (a wrong parameter, an unknown query): whoever asked must act."""

    exit_code = 64
    status = 400


class CypherFault(RequestError):
    """A text of free Cypher is wrong or refused: whoever wrote it must act.

    Attributes:
        line, column: where in the text, from 1; 0 where it is not known.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line, self.column = line, column


class NotFound(RequestError):
    """Nothing of that name is visible to this person: "not there" and "not yours" are the same answer."""

    exit_code = 66
    status = 404


class NotSignedIn(GraphsvcError):
    """Nobody has proven who they are: whoever asked must sign in, or say why they ask."""

    exit_code = 77
    status = 401


class Refused(GraphsvcError):
    """This person's roles or grants do not allow it: an administrator or supervisor must act."""

    exit_code = 77
    status = 403


class Busy(GraphsvcError):
    """It cannot be done at this moment (a case being loaded, a limit reached): waiting or asking for less helps."""

    exit_code = 75
    status = 503


class OperatorError(GraphsvcError):
    """The machine, its disk, a port, a key or the database server is at fault: whoever runs it must act."""

    exit_code = 71
    status = 503
