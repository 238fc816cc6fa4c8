"""The web pages: `create_app`, and one blueprint per thing a user looks at. Holds a Service and nothing deeper."""

from __future__ import annotations

import datetime as dt
import hmac
import importlib

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect

from graphsvc.service import Service
from graphsvc.web import door, frame, words

# One module each, with `blueprint`.
ROOMS = (
    "signin",
    "account",
    "people",
    "cases",
    "case",
    "leads",
    "groups",
    "sets",
    "entities",
    "statements",
    "network",
    "growth",
    "paths",
    "pictures",
    "comments",
    "overview",
    "search",
    "numbers",
    "log",
    "reveals",
    "holds",
    "sealing",
    "erasures",
    "load",
    "adding",
    "queries",
    "cypher",
    "saved",
    "exports",
)


def create_app(service: Service, address: str = "") -> Flask:
    """The pages of a service, ready for a WSGI server. The caller keeps the service open and closes it.

    Args:
        service: what the pages show.
        address: of the front page, as `door.address_of` gives it (empty: from the settings); they lie below its path.
    """
    app = Flask(__name__)
    settings = service.settings
    address = address or door.address_of(settings)
    path = door.path_of(address)
    app.wsgi_app = door.Door(app.wsgi_app, door.trusted_hosts(settings), path)  # type: ignore[method-assign]
    app.config.update(
        SECRET_KEY=service.web_key(),
        # Browsers send cookies to every port of a host: each address of each home has names of its own, so none ends another.
        SESSION_COOKIE_NAME=f"graphsvc_{hmac.digest(service.web_key(), address.encode(), 'sha256')[:6].hex()}",
        SESSION_COOKIE_PATH=path or "/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=settings.upload_mb * 1024 * 1024,
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,  # a form is good as long as its session
        SEND_FILE_MAX_AGE_DEFAULT=dt.timedelta(hours=1),
    )
    provider = DefaultJSONProvider(app)
    provider.sort_keys = False  # fields come in the order they are explained in
    app.json = provider
    app.extensions["graphsvc"] = service
    app.extensions["graphsvc-address"] = address
    frame.install(app)
    CSRFProtect(app)
    Bootstrap5(app)
    words.install(app)
    for room in ROOMS:
        app.register_blueprint(importlib.import_module(f"graphsvc.web.{room}").blueprint)
    return app
