"""The case switcher: last opened first, links to the same page of the other case, and no hidden cases."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from graphsvc.access.people import accounts, changes
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.web import create_app
from tests.toolbox.accounts import session, signed_in
from tests.toolbox.rows import parse_tables, write

pytestmark = pytest.mark.neo4j
CASES = ("alder", "birch & <b>", "cedar")
TABLES = {
    "people": "id,name,handling\nP1,Ash,P\nP2,Oak,P\n",
    "statements": "id,kind,handling\nR1,record,P\n",
    "links": "subject_id,relation,object_id,statement_id\nP1,DIRECTED,P2,R1\n",
}


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = write(tmp_path_factory.mktemp("delivery") / "case", **parse_tables(**TABLES))
    with Service(at_server()) as opened:
        accounts.add(opened.database, "all", ["analyst"], {"*": Grant("C", sources=True)})
        for case in CASES:
            session(opened, "all", case).deliveries.load(folder, lambda *_progress: None)
        yield opened


@pytest.fixture
def ann(service: Service) -> FlaskClient:
    """A reader cleared for two of the three cases, and for sources in the first of them only."""
    name = f"ann{len(accounts.list_accounts(service.database))}"
    grants = {CASES[0]: Grant("C", sources=True), CASES[1]: Grant("P")}
    accounts.add(service.database, name, ["analyst"], grants)
    return signed_in(create_app(service), name)


def at(case: str, page: str = "") -> str:
    return f"/case/{quote(case, safe='&')}{page}"


def switcher(page: str) -> list[tuple[str, str]]:
    menu = page.partition('class="menu switcher"')[2].partition('<li class="apart">')[0]
    links = re.findall(r'<li><a href="([^"]*)"[^>]*>(.*?)</a>', menu)
    return [(html.unescape(name), html.unescape(address)) for address, name in links]


def again(client: FlaskClient, service: Service, name: str, target: str = "") -> str:
    """Sign in again with this browser, and return the address of the first page."""
    answer = client.get(f"/link/{service.sign_in_link(name, 'tests')}{target}")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def account_of(client: FlaskClient) -> str:
    return str(re.findall(r'<span class="name">(.*?)</span>', client.get("/").text)[0])


def test_the_case_opened_last_is_first_and_where_one_lands(ann: FlaskClient, service: Service) -> None:
    name = account_of(ann)
    assert again(ann, service, name) == "/"
    for case in (CASES[0], CASES[1]):
        assert ann.get(at(case, "/leads")).status_code == 200
    assert [case for case, _ in switcher(ann.get("/").text)] == [CASES[1], CASES[0]]
    ann.get(at(CASES[0], "/leads.json"))
    ann.get(at(CASES[0], "/leads"), headers={"Sec-Fetch-Dest": "empty"})
    assert again(ann, service, name) == at(CASES[1]), "only a page that is opened counts"
    assert again(ann, service, name, "?next=/account") == "/account"


def test_who_has_one_case_lands_in_it(service: Service) -> None:
    accounts.add(service.database, "one", ["analyst"], {CASES[1]: Grant("P")})
    assert again(create_app(service).test_client(), service, "one") == at(CASES[1])


def test_the_switcher_leads_to_the_same_room_and_takes_nothing_along(ann: FlaskClient) -> None:
    for path in ("/leads?q=ash&sort=name", "/lead?id=P1"):
        assert dict(switcher(ann.get(at(CASES[0], path)).text))[CASES[1]] in (at(CASES[1], "/leads"), at(CASES[1]))
    assert dict(switcher(ann.get(at(CASES[0], "/leads?q=ash")).text))[CASES[1]] == at(CASES[1], "/leads")
    assert dict(switcher(ann.get(at(CASES[0], "/network?id=P1")).text))[CASES[1]] == at(CASES[1], "/network")
    assert dict(switcher(ann.get(at(CASES[0], "/entity?id=P1")).text))[CASES[1]] == at(CASES[1])
    # This page needs a clearance that the reader has in the first case only.
    assert dict(switcher(ann.get(at(CASES[0], "/witnesses")).text))[CASES[1]] == at(CASES[1])


def test_a_case_that_is_no_longer_theirs_is_just_not_there(ann: FlaskClient, service: Service) -> None:
    name = account_of(ann)
    ann.get(at(CASES[0]))
    ann.get(at(CASES[1]))
    changes.revoke(service.database, name, CASES[1])
    assert again(ann, service, name) == at(CASES[0])
    assert [case for case, _ in switcher(ann.get("/").text)] == [CASES[0]]


def test_the_cookie_names_no_case_and_is_nothing_to_another_account(ann: FlaskClient, service: Service) -> None:
    ann.get(at(CASES[1]))
    cookie = ann.get_cookie(f"{ann.application.config['SESSION_COOKIE_NAME']}_cases")
    assert cookie is not None
    assert cookie.http_only
    assert "birch" not in cookie.value
    assert again(ann, service, "all") == "/"
