"""Errors as pages, or as JSON if JSON was requested: one sentence that says what to do, without data of a case."""

from __future__ import annotations

import traceback
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from graphsvc.errors import GraphsvcError, NotReady, NotSignedIn
from graphsvc.web import look_again
from graphsvc.web.frame import at, wants_json

_PARTS = {
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.UNAUTHORIZED: "Sign in again",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not at this moment",
    HTTPStatus.BAD_REQUEST: "This request makes no sense as put",
    HTTPStatus.UNPROCESSABLE_ENTITY: "This cannot be read as it is",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Too large",
}


def install(app: Flask) -> None:
    """Register the handlers that show errors as pages."""
    app.register_error_handler(GraphsvcError, _graphsvc_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def _graphsvc_error(error: GraphsvcError) -> ResponseReturnValue:
    if isinstance(error, NotSignedIn) and not g.get("public") and not wants_json():
        url = urlsplit(request.url)  # quoted as it was sent, so that it leads back to the same page
        wanted = f"{url.path}?{url.query}".rstrip("?") if request.method == "GET" else url_for("cases.table")
        return redirect(url_for("signin.form", next=wanted, sent=None if request.method == "GET" else "yes"))
    return _error(error.status, str(error), again=isinstance(error, NotReady))


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return _error_page(
        "This form is from before the last sign-in here, or came from another site. Nothing was changed."
        " Go back and copy what you typed; then reload the page and paste it."
    )


def _error_page(text: str) -> ResponseReturnValue:
    return _error(HTTPStatus.BAD_REQUEST, text)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    _enter_case()
    words = {
        404: "There is no page at this address. Nothing is wrong with your case.",
        405: "This address does not take such a request. Nothing was changed.",
        413: "What you sent is larger than this service takes. Nothing was changed.",
    }
    return _error(error.code, words.get(error.code, "The request could not be understood. Nothing was changed."))


def _enter_case() -> None:
    """If the URL is below a case of this user, enter the case, so that the error page shows its menu."""
    parts = request.path.split("/")
    if len(parts) > 3 and parts[1] == "case" and g.get("session") is not None:
        with suppress(GraphsvcError):
            at(parts[2])


def _unexpected_error(error: Exception) -> ResponseReturnValue:
    # The log of the process contains only where a request failed, as the message or values may be data of a case.
    where = "".join(traceback.format_tb(error.__traceback__))
    current_app.logger.error("A page failed: %s\n%s", type(error).__name__, where)
    reads = request.method in ("GET", "HEAD")
    unharmed = (
        "Your data is unharmed: pages only read."
        if reads
        else "Look whether what you sent was done before you send it again."
    )
    return _error(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        f"The page failed by a fault of the software. {unharmed}"
        " If it fails again, tell whoever runs the service and at what time.",
    )


def _error(status: int, text: str, *, again: bool = False) -> ResponseReturnValue:
    headers = {"Retry-After": str(look_again.AGAIN_S)} if again else {}
    if wants_json():
        response = jsonify({"error": text})
        response.status_code = status
        response.headers.extend(headers)
        return response
    title = "Being worked out" if again else _PARTS.get(HTTPStatus(status), "Something went wrong")
    frame = "rest.html" if g.get("late") else "base.html"
    where = look_again.addresses() if again else {}
    page = render_template("error.html", frame=frame, handling="", title=title, text=text, **where)
    return page, status, headers
