"""Forms of pages, and the work that they start."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graphsvc.service import Service

WAIT_S = 60.0
_TOKEN = re.compile(r'(name="csrf_token" value=)"([^"]*)"')


def token(page: str) -> str:
    """Token of the forms of a page."""
    match = _TOKEN.search(page)
    assert match
    return match[2]


def without_tokens(page: str) -> str:
    """A page without its tokens, which differ each time."""
    return _TOKEN.sub(r"\1", page)


def post(client: FlaskClient, page: str, to: str, **data: Any) -> TestResponse:
    """Send a form of a page, with its token."""
    return client.post(to, data={"csrf_token": token(client.get(page).text)} | data)


def wait_for_work(client: FlaskClient, address: str) -> None:
    """Wait until the work named in an address has ended."""
    service: Service = client.application.extensions["graphsvc"]
    match = re.search(r"[?&]id=([0-9a-f]+)", address)
    assert match, address
    service.jobs.wait(match[1], WAIT_S)
