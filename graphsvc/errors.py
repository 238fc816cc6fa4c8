"""What can go wrong, told apart by who must act.

One root, so that every door (web, command line, notebook) can show any of them as one clear sentence.
Each message is written for the person who must act: what happened, what is unharmed, and the way out.
"""

from __future__ import annotations

from contextvars import ContextVar

# Cases that whoever works here has closed for a change and not opened again: the change is recorded, and completed by the
# next start. Told by what the application database keeps (`appdb.engine`).
RECORDED: ContextVar[frozenset[str]] = ContextVar("recorded", default=frozenset())


def standing() -> str:
    """What an error may say of what stands, as the beginning of a sentence."""
    if RECORDED.get():
        return "What was begun is recorded, and will be completed by the next start"
    return "Nothing was changed"


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
    """A Cypher text is wrong or may not run: who wrote it must act.

    Attributes:
        line, column: where, both from 1; 0 where it is not known.
    """

    def __init__(self, says: str, line: int = 0, column: int = 0) -> None:
        super().__init__(f"Line {line}, column {column}: {says}" if line else says)
        self.says, self.line, self.column = says, line, column


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


class NotReady(Busy):
    """Somebody else is working it out, and it will be there in a while: asking again helps."""


class Outdated(RequestError):
    """What somebody decided on has changed since it was shown to them: they look again, then decide."""

    status = 409


class OperatorError(GraphsvcError):
    """The machine, its disk, a port, a key or the database server is at fault: whoever runs it must act."""

    exit_code = 71
    status = 503


class AnswerWarning(UserWarning):
    """An answer in a notebook may not be all that was meant: rows were cut, or the text has words that nothing bears."""
