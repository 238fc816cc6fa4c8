"""Addresses in templates are those that are made anew, and gone when all else is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.web import addresses, create_app
from graphsvc.web.addresses import AddressCaches

VALUES: tuple[dict[str, Any], ...] = (
    {"id": "P1"},
    {"id": "P/1 &?#%+é"},
    {"id": "1"},
    {"id": 1},
    {"id": True},
    {"id": None},
    {"id": ["a", "b"]},
    {"id": ""},
    {"q": "x", "id": "P1"},
    {"id": "P1", "q": "x"},
    {"id": "P1", "_anchor": "claims"},
    {"id": "P1", "_external": True},
)


def test_they_are_those_that_are_made_anew(no_graph: Callable[..., Settings]) -> None:
    with Service(no_graph()) as service:
        app = create_app(service, "http://localhost/below")
        remembered: Any = app.jinja_env.globals["url_for"]
        for root in ("/below", "/elsewhere"):
            with app.test_request_context("/", base_url=f"http://localhost{root}"):
                for _ in range(2):
                    for values in VALUES:
                        for endpoint in ("network.view", "static"):
                            given = {"case": "c", "filename": "x.js"} | values
                            assert remembered(endpoint, **given) == app.url_for(endpoint, **given), values
        made = service.caches(AddressCaches).made
        assert made
        service.forget()
        assert not made


def test_so_many_are_kept_at_most(no_graph: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_MOST", 3)
    with Service(no_graph()) as service:
        app = create_app(service)
        remembered: Any = app.jinja_env.globals["url_for"]
        with app.test_request_context("/"):
            for number in range(10):
                remembered("network.view", case="c", id=f"P{number}")
        assert 0 < len(service.caches(AddressCaches).made) <= 3
