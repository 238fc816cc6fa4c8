"""The web pages: `create_app`, and one blueprint per thing a user looks at. Holds a Service and nothing deeper."""

from __future__ import annotations

import datetime as dt
import importlib

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect

from graphsvc.service import Service
from graphsvc.web import frame, words

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


def create_app(service: Service) -> Flask:
    """The pages of a service, ready for a WSGI server. The caller keeps the service open and closes it."""
    app = Flask(__name__)
    settings = service.settings
    app.config.update(
        SECRET_KEY=service.web_key(),
        SESSION_COOKIE_NAME="graphsvc",
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
    frame.install(app)
    CSRFProtect(app)
    Bootstrap5(app)
    words.install(app)
    for room in ROOMS:
        app.register_blueprint(importlib.import_module(f"graphsvc.web.{room}").blueprint)
    return app
