"""What a case may be called."""

from __future__ import annotations

from graphsvc.errors import RequestError

_CASE_NAME = 100


def require_name(case: str) -> None:
    """Nothing, if a case may be called so.

    Raises:
        RequestError: it may not, and what a name is.
    """
    if (
        not case
        or len(case) > _CASE_NAME
        or not case.isprintable()
        or case != case.strip()
        or case == "*"
        or "/" in case
    ):
        raise RequestError(
            f"A case needs a name of 1 to {_CASE_NAME} printable characters without / and without blanks at its ends."
        )
