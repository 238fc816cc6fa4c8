"""Cases opened most recently in this browser, remembered in a cookie that names none of them.

The cookie contains keyed hashes of account and case. They mean nothing to another reader or account, and a case that is
gone or no longer allowed is simply not recognised.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable

from flask import Response, current_app, request
from werkzeug.http import dump_cookie

_MOST = 12
_DAYS = 180
_BYTES = 9


def newest_first(account: str, cases: Iterable[str]) -> list[str]:
    """Sort cases: most recently opened by the account first, then those never opened here, in their order."""
    opened = _read_marks()
    places = {case: opened.index(mark) for case in cases if (mark := _mark(account, case)) in opened}
    return sorted(cases, key=lambda case: places.get(case, _MOST))


def last(account: str, cases: Iterable[str]) -> str:
    """Return the case the account opened last, of those it may see; empty if it opened none of them here."""
    marks = {_mark(account, case): case for case in cases}
    return next((marks[mark] for mark in _read_marks() if mark in marks), "")


def remember(response: Response, account: str, case: str) -> None:
    """Record in a response that this account opened a case."""
    opened, mark = _read_marks(), _mark(account, case)
    if opened[:1] == [mark]:
        return
    config = current_app.config
    cookie = dump_cookie(
        _cookie(),
        ".".join([mark, *(known for known in opened if known != mark)][:_MOST]),
        max_age=_DAYS * 86_400,
        sync_expires=False,  # max_age is enough, and keeps clock times out of answers
        path=config["SESSION_COOKIE_PATH"],
        secure=config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    response.headers.add("Set-Cookie", cookie)


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}_cases"


def _read_marks() -> list[str]:
    return request.cookies.get(_cookie(), "").split(".")[:_MOST]


def _mark(account: str, case: str) -> str:
    key = current_app.config["SECRET_KEY"]
    return base64.urlsafe_b64encode(hmac.digest(key, f"{account}\0{case}".encode(), "sha256")[:_BYTES]).decode()
