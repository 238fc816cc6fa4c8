"""Addresses of pages in templates: a page has some two hundred, and makes most of them as the one before it did."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from graphsvc.service import Caches, Service

# So many are kept; then it begins anew.
_MOST = 20_000
# Values that are equal only where they are written alike.
_PLAIN = (str, int, type(None))


class AddressCaches(Caches):
    """Addresses that were made, by what they were made of. Ids stand in them: they are forgotten with all else."""

    def __init__(self) -> None:
        self.made: dict[tuple[Any, ...], str] = {}

    def clear(self) -> None:
        """Forget them."""
        self.made.clear()


def install(app: Flask, service: Service) -> None:
    """Make `url_for` of templates remember."""
    made = service.caches(AddressCaches).made

    def url_for(endpoint: str, **values: Any) -> str:
        # Of a part of the app that is named as seen from the page, and with a host, the page decides.
        if endpoint[0] == "." or any(type(value) not in _PLAIN or name[0] == "_" for name, value in values.items()):
            return app.url_for(endpoint, **values)
        key = (request.script_root, endpoint, *values.items())
        address = made.get(key)
        if address is None:
            if len(made) >= _MOST:
                made.clear()
            address = made[key] = app.url_for(endpoint, **values)
        return address

    app.jinja_env.globals["url_for"] = url_for
