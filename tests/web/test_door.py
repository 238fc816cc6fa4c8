"""Hosts, addresses, and the validity of a session: only on its own host and port, for the machine user who began it."""

from __future__ import annotations

import datetime as dt
import http.client
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from graphsvc.access.people import accounts
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.service import Service
from graphsvc.web import create_app, door, frame, peer
from tests.toolbox.pages import token
from tests.web.serving import serve_app

PASSWORD = "correct horse battery"


@pytest.fixture
def service(no_graph: Callable[..., Settings]) -> Iterator[Service]:
    """A service whose account pages need no graph."""
    with Service(no_graph()) as opened:
        accounts.add(opened.database, "ann", ["administrator"], {}, PASSWORD)
        accounts.add(opened.database, "bob", ["analyst"], {}, PASSWORD)
        yield opened


@pytest.fixture
def app(service: Service) -> Flask:
    return create_app(service)


def open_session(service: Service, app: Flask, name: str = "ann", path: str = "") -> FlaskClient:
    client: FlaskClient = app.test_client()
    answer = client.get(f"{path}/link/{service.sign_in_link(name, 'testing')}")
    assert answer.status_code == 303, answer.text
    return client


def sign_in(client: FlaskClient, password: str = PASSWORD, name: str = "ann", **request: Any) -> TestResponse:
    fields = {
        "csrf_token": token(client.get("/sign-in").text),
        "name": name,
        "password": password,
        "purpose": "testing",
    }
    return client.post("/sign-in", data=fields, **request)


# -- hosts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8420", "LOCALHOST.", "[::1]:8420", "localhost:1"])
def test_the_names_of_this_machine_are_answered(app: Flask, host: str) -> None:
    assert app.test_client().get("/sign-in", headers={"Host": host}).status_code == 200


NOT_OURS = ("evil.test", "evil.test:8420", "127.0.0.1.evil.test", "localhost@evil.test", "[::1", "x" * 70_000, "a." * 200,
            "xn--" + "a" * 80, "127.0.0.1\x00", "\u00e4.test")  # fmt: skip


@pytest.mark.parametrize("host", NOT_OURS)
def test_another_host_is_refused_in_one_sentence(app: Flask, host: str) -> None:
    # Without werkzeug's client, which fails on some of these hosts.
    body, status, headers = run_wsgi_app(app.wsgi_app, create_environ("/sign-in") | {"HTTP_HOST": host})
    text = b"".join(body).decode()
    assert status.startswith("400 ")
    assert "GRAPHSVC_TRUSTED_HOSTS" in text
    assert host[:9] not in text
    assert headers["Cache-Control"] == "no-store"


def test_hosts_come_from_the_settings(settings: Callable[..., Settings]) -> None:
    assert door.trusted_hosts(settings(host="graphs.lan")) == {"localhost", "127.0.0.1", "[::1]", "graphs.lan"}
    assert "example.org" in door.trusted_hosts(settings(address="https://example.org:8443/graphs"))
    assert door.trusted_hosts(settings(trusted_hosts=" Graphs.lan, [fd00::7]")) == {"graphs.lan", "[fd00::7]"}
    assert door.trusted_hosts(settings(host="0.0.0.0")) == {"localhost", "127.0.0.1", "[::1]"}  # noqa: S104
    for wrong in (
        "graphs.lan",
        "ftp://graphs.lan",
        "https://localhost:p@graphs.lan",
        "https://[",
        "https://example.org/?q=1",
    ):
        with pytest.raises(OperatorError, match="GRAPHSVC_ADDRESS"):
            door.address_of(settings(address=wrong))


def test_a_setup_link_names_the_host_of_the_settings(service: Service, app: Flask) -> None:
    client, base = app.test_client(), "http://localhost:666"
    client.get(f"/link/{service.sign_in_link('ann', 'testing')}", base_url=base)
    fields = {"csrf_token": token(client.get("/people/one?name=bob", base_url=base).text), "name": "bob"}
    page = client.post("/people/link", data=fields, base_url=base).text
    assert "http://127.0.0.1:8420/setup/" in page
    assert "localhost:666" not in page


# -- other origins, other ports -------------------------------------------------------------------------------


ELSEWHERE = (
    {"Origin": "http://127.0.0.1:9999"},
    {"Origin": "null"},
    {"Origin": "https://example.net"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
)


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_what_a_page_elsewhere_sends_changes_nothing(service: Service, app: Flask, headers: dict[str, str]) -> None:
    client = open_session(service, app)
    data = {"csrf_token": token(client.get("/account").text)}
    answer = client.post("/account/end-others", data=data, headers=headers)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/account/end-others", data=data, headers=own).status_code == 303


def test_a_page_elsewhere_may_link_here_and_not_read(service: Service, app: Flask) -> None:
    client = open_session(service, app)
    link = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/account", headers=link).status_code == 200
    for mode, kind in (("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")):
        headers = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": kind}
        assert client.get("/account", headers=headers).status_code == 400


def test_each_home_and_port_has_a_cookie_of_its_own(service: Service, no_graph: Callable[..., Settings]) -> None:
    addresses = ("http://127.0.0.1:8420", "http://127.0.0.1:8421")
    names = {create_app(service, address).config["SESSION_COOKIE_NAME"] for address in addresses}
    with Service(no_graph()) as second:
        names.add(create_app(second, addresses[0]).config["SESSION_COOKIE_NAME"])
    assert len(names) == 3
    assert all(re.fullmatch("graphsvc_[0-9a-f]{12}", name) for name in names)


def test_a_session_is_good_on_its_own_host_and_port(service: Service, app: Flask) -> None:
    client = open_session(service, app)
    assert client.get("/account").status_code == 200
    for host in ("localhost:9999", "127.0.0.1"):
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = client.get_cookie(name)
        assert cookie
        thief = app.test_client(use_cookies=False)
        response = thief.get("/account", headers={"Host": host, "Cookie": f"{name}={cookie.value}"})
        assert response.status_code == 302
    assert client.get("/account").status_code == 200


def test_below_a_path_that_nobody_can_guess(service: Service) -> None:
    address = door.address_of(service.settings, service.hidden_path())
    path = door.path_of(address)
    assert re.fullmatch("/[0-9a-f]{32}", path)
    app = create_app(service, address)
    client = open_session(service, app, path=path)
    for beside in ("/", "/sign-in", "/account", path[:-1], f"{path}x", f"{path}x/account", "//", "/%00"):
        answer = client.get(beside)
        assert (answer.status_code, path in answer.text) == (404, False), beside
    page = client.get(f"{path}/account")
    assert page.status_code == 200
    addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text)
    assert len(addresses) > 10
    assert all(address.startswith(f"{path}/") for address in addresses)
    # A browser sends the cookie to this path only, whatever the port.
    cookies = list((client._cookies or {}).values())
    assert {cookie.path for cookie in cookies} == {path}
    stranger = app.test_client()
    assert stranger.get(f"{path}/account").location.startswith(f"{path}/sign-in?next={path.replace('/', '%2F')}"[:40])
    for target in ("/account", "//evil.test", f"{path}//evil.test/.."):
        link = service.sign_in_link("ann", "testing")
        answer = app.test_client().get(f"{path}/link/{link}", query_string={"next": target})
        assert answer.location.startswith(f"{path}/")


def test_the_path_is_the_same_at_every_start_and_none_where_others_come_in(
    service: Service, settings: Callable[..., Settings]
) -> None:
    with Service(service.settings) as again:
        assert again.hidden_path() == service.hidden_path()
    for configured in (settings(host="10.1.2.3"), settings(address="https://example.org")):
        assert door.path_of(door.address_of(configured, "/hidden")) == ""
    assert door.address_of(settings(host="::1"), "/hidden", 5) == "http://[::1]:5/hidden"


# -- users of the machine -------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the kernel does not say whose a connection is")
def test_another_user_of_the_machine_cannot_use_a_session(
    service: Service, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    entered = False
    real = peer.owner

    def note_owner(environ: Any) -> str:
        seen.append(real(environ))
        return seen[-1] if len(seen) != 2 or not entered else "65534"

    monkeypatch.setattr(peer, "owner", note_owner)
    with serve_app(app) as port:

        def ask(path: str, cookie: str = "") -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            return answer

        cookie = ask(f"/link/{service.sign_in_link('ann', 'testing')}").headers["Set-Cookie"].partition(";")[0]
        seen.clear()
        entered = True
        statuses = [ask("/account", cookie).status for _ in range(3)]
    assert set(seen) == {str(os.getuid())}
    assert statuses == [200, 302, 200]


# -- session lifetimes ----------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    moment = [dt.datetime(2026, 5, 8, 12)]  # noqa: DTZ001  # times are kept in UTC without saying so
    monkeypatch.setattr(accounts, "now", lambda: moment[0])

    def go(**how: float) -> None:
        moment[0] += dt.timedelta(**how)

    return go


def test_a_session_ends_after_a_set_time_whatever_is_done(
    service: Service, app: Flask, clock: Callable[..., None]
) -> None:
    client = open_session(service, app)
    for _ in range(service.settings.session_hours * 2 - 1):
        clock(minutes=30)
        assert client.get("/account").status_code == 200
    clock(minutes=31)
    assert client.get("/account").status_code == 302


def test_what_a_page_asks_by_itself_keeps_no_session_alive(
    service: Service, app: Flask, clock: Callable[..., None]
) -> None:
    client = open_session(service, app)
    rules = {
        rule.endpoint.removesuffix("_json"): rule.rule.replace("<case>", "none") for rule in app.url_map.iter_rules()
    }
    polled = ["/log?job=x", *(rules[endpoint] for endpoint in frame.POLLED)]
    for _ in range(service.settings.session_minutes // 20 - 1):
        clock(minutes=20)
        for path in polled:
            assert client.get(path).status_code in (403, 404), path
    clock(minutes=21)
    assert client.get("/account").status_code == 302


def test_what_is_polled_is_there(app: Flask) -> None:
    assert {
        endpoint for endpoint in frame.POLLED if not {endpoint, f"{endpoint}_json"} & app.view_functions.keys()
    } == set()


# -- repeated failures ----------------------------------------------------------------------------------------


def test_a_stranger_at_the_sign_in_does_not_lock_a_browser_out_that_has_been_in(service: Service, app: Flask) -> None:
    ours, stranger = app.test_client(), app.test_client()
    assert sign_in(ours).status_code == 303
    assert ours.post("/sign-out", data={"csrf_token": token(ours.get("/account").text)}).status_code == 302
    for _ in range(8):
        assert sign_in(stranger, "wrong password").status_code == 401
    assert sign_in(stranger).status_code == 401
    assert sign_in(ours).status_code == 303
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert sign_in(app.test_client(), environ_overrides=elsewhere).status_code == 303
