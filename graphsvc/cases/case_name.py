"""Rules for the name of a case."""

from __future__ import annotations

from graphsvc.errors import RequestError
from graphsvc.records.lines import is_line

_CASE_NAME = 100


def require_name(case: str) -> None:
    """Require a valid name for a case.

    Raises:
        RequestError: the name is invalid; the message says what is valid.
    """
    if not is_line(case, _CASE_NAME) or case == "*" or "/" in case:
        raise RequestError(
            f"A case needs a name of 1 to {_CASE_NAME} printable characters without / and without blanks at its ends."
        )
