"""Web pages: `create_app`, with one blueprint for each kind of page. They use only the Service, nothing below it."""

from __future__ import annotations

import datetime as dt
import hmac
import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

from flask import Flask, Response, abort, send_from_directory
from flask.json.provider import DefaultJSONProvider
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from jinja2 import FileSystemLoader

from graphsvc.service import Service
from graphsvc.web import door, error_pages, frame, words

_HOME = Path(__file__).parent


def create_app(service: Service, address: str = "") -> Flask:
    """Create the Flask app of a service, ready for a WSGI server. The caller keeps the service open and closes it.

    Args:
        service: source of everything the pages show.
        address: URL of the front page, from `door.address_of`; if empty, built from the settings. Pages are served
            below its path.
    """
    app = Flask(__name__, static_folder=None)
    settings = service.settings
    address = address or door.address_of(settings)
    path = door.path_of(address)
    app.wsgi_app = door.HostDoor(app.wsgi_app, door.trusted_hosts(settings), path)  # type: ignore[method-assign]
    app.config.update(
        SECRET_KEY=service.web_key(),
        # Browsers send cookies to every port of a host. The name depends on home and URL, so that two services do not
        # overwrite each other's cookies.
        SESSION_COOKIE_NAME=f"graphsvc_{hmac.digest(service.web_key(), address.encode(), 'sha256')[:6].hex()}",
        SESSION_COOKIE_PATH=path or "/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=settings.upload_mb * 1024 * 1024,
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,  # a form is valid as long as its session
        SEND_FILE_MAX_AGE_DEFAULT=dt.timedelta(hours=1),
    )
    provider = DefaultJSONProvider(app)
    provider.sort_keys = False  # keeps fields in the order of the page
    app.json = provider
    app.extensions["graphsvc"] = service
    app.extensions["graphsvc-address"] = address
    frame.install(app)
    error_pages.install(app)
    CSRFProtect(app)
    Bootstrap5(app)
    words.install(app)
    _furnish(app)
    return app


def _furnish(app: Flask) -> None:
    """Register the blueprints, menu entries, templates and static files of all modules on an app."""
    for module in _modules():
        if hasattr(module, "blueprint"):
            app.register_blueprint(module.blueprint)
    app.extensions["graphsvc-rail"] = sorted(entry for module in _modules() for entry in getattr(module, "ENTRIES", ()))
    app.jinja_loader = FileSystemLoader([_HOME / "templates", *sorted(_HOME.glob("*/templates"))])
    files = _files()

    @app.get("/static/<path:filename>", endpoint="static")
    def static(filename: str) -> Response:
        if filename not in files:
            abort(404)
        return send_from_directory(files[filename].parent, files[filename].name)


@cache
def _modules() -> list[ModuleType]:
    """Import and return every module of this package, sorted by name."""
    names = sorted(package.name for package in pkgutil.walk_packages(__path__, f"{__name__}."))
    return [importlib.import_module(name) for name in names]


@cache
def _files() -> dict[str, Path]:
    """Map the name of each static file in URLs to its path on disk."""
    folders = [_HOME / "static", *sorted(_HOME.glob("*/static"))]
    return {path.relative_to(folder).as_posix(): path for folder in folders for path in folder.rglob("*.*")}
