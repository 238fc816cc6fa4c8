"""The cases opened last in this browser, remembered in a cookie that does not name them.

The cookie contains keyed hashes of account and case, which mean nothing to other people. Cases that no longer exist, or
that the account may no longer see, are not recognised.
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
    """Sort cases: first cases that the account opened in this browser, latest first, then the others unsorted."""
    opened = _read_marks()
    places = {case: opened.index(mark) for case in cases if (mark := _mark(account, case)) in opened}
    return sorted(cases, key=lambda case: places.get(case, _MOST))


def last(account: str, cases: Iterable[str]) -> str:
    """Return which of these cases the account opened last in this browser; empty if it opened none."""
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
        sync_expires=False,  # max_age is enough; the same request then always gets the same answer
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
