"""The web pages: `create_app`, and one blueprint per thing a user looks at. Holds a Service and nothing deeper."""

from __future__ import annotations

import datetime as dt
import hmac
import importlib
import pkgutil
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory
from flask.json.provider import DefaultJSONProvider
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from jinja2 import FileSystemLoader

from graphsvc.service import Service
from graphsvc.web import door, frame, words


def create_app(service: Service, address: str = "") -> Flask:
    """The pages of a service, ready for a WSGI server. The caller keeps the service open and closes it.

    Args:
        service: what the pages show.
        address: of the front page, as `door.address_of` gives it (empty: from the settings); they lie below its path.
    """
    app = Flask(__name__, static_folder=None)
    settings = service.settings
    address = address or door.address_of(settings)
    path = door.path_of(address)
    app.wsgi_app = door.HostDoor(app.wsgi_app, door.trusted_hosts(settings), path)  # type: ignore[method-assign]
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
    _furnish(app)
    return app


def _furnish(app: Flask) -> None:
    """Give an app the blueprints of every room, with their templates, files and entries of the rail."""
    home = Path(__file__).parent
    found = sorted(one.name for one in pkgutil.walk_packages(__path__, f"{__name__}."))
    modules = [importlib.import_module(name) for name in found]
    for module in modules:
        if hasattr(module, "blueprint"):
            app.register_blueprint(module.blueprint)
    entries = (entry for module in modules for entry in getattr(module, "ENTRIES", ()))
    app.extensions["graphsvc-rail"] = sorted(entries)
    app.jinja_loader = FileSystemLoader([home / "templates", *sorted(home.glob("*/templates"))])
    folders = [home / "static", *sorted(home.glob("*/static"))]
    files = {path.relative_to(folder).as_posix(): path for folder in folders for path in folder.rglob("*.*")}

    @app.get("/static/<path:filename>", endpoint="static")
    def static(filename: str) -> Response:
        if filename not in files:
            abort(404)
        return send_from_directory(files[filename].parent, files[filename].name)
