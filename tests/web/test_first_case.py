"""The first case of an empty home, made in the browser: from one's own files, or the invented demo case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.web import create_app
from tests.toolbox.accounts import signed_in
from tests.toolbox.pages import post
from tests.web.test_load import wait_for_job

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    with Service(at_server()) as opened:
        for name, role in (("ana", "analyst"), ("sup", "supervisor")):
            accounts.add(opened.database, name, [role], {"*": Grant("C", sources=True)})
        yield opened


@pytest.fixture
def ana(service: Service) -> FlaskClient:
    return signed_in(create_app(service), "ana")


def test_an_empty_home_leads_to_the_first_case(ana: FlaskClient, service: Service) -> None:
    assert 'href="/load"' in ana.get("/").text
    start = ana.get("/load").text
    assert "Take the demo case" in start
    assert "Name of the case" in start
    form = ana.get("/load?case=north", follow_redirects=True).text
    assert "There is no case north yet" in form
    assert re.findall(r'name="protection" value="(\w+)"( checked)?', form) == [("witness", " checked"), ("marked", "")]
    # Somebody who may not load has no button that would be refused.
    assert "/load" not in signed_in(create_app(service), "sup").get("/").text


def test_the_demo_case_goes_through_the_preview_like_any_delivery(ana: FlaskClient) -> None:
    address = post(ana, "/load", "/load/demo").headers["Location"]
    wait_for_job(ana, ana.get(address))
    assert "demo.zip" in ana.get(address).text
    counts = ana.get(address.replace("preview", "preview.json")).get_json()["counts"]
    assert {row["table"]: row["added"] for row in counts}["crossings"] == 60
    # Nothing is loaded before it is confirmed.
    assert ana.get("/cases.json").get_json()["cases"] == []
