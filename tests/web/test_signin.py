from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.toolbox.pages import post, token

pytestmark = pytest.mark.neo4j


def enter(client: FlaskClient, **fields: str) -> TestResponse:
    return post(client, "/sign-in", "/sign-in", **{"purpose": "a test"} | fields)


def test_name_password_and_purpose_open_the_cases(site: Any) -> None:
    client = site.app.test_client()
    answer = enter(client, name="inv", password=site.password, purpose="Who is <b>behind</b> it")
    assert (answer.status_code, answer.location) == (303, site.address(""))
    page = client.get("/").text
    assert "Who is &lt;b&gt;behind&lt;/b&gt; it" in page
    assert "inv" in page
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in cookie for cookie in cookies)
    assert sorted(re.findall("SameSite=([A-Za-z]+)", " ".join(cookies))) == ["Lax", "Strict"]


@pytest.mark.parametrize(("name", "password"), [("inv", "wrong"), ("no one", "wrong"), ("", ""), ("pam", "")])
def test_what_is_wrong_is_not_told(site: Any, name: str, password: str) -> None:
    client = site.app.test_client()
    answer = enter(client, name=name, password=password)
    assert answer.status_code == 401
    assert "Name, password or code is not right" in answer.text
    assert client.get("/").status_code == 302


def test_without_a_purpose_nobody_gets_in(site: Any) -> None:
    client = site.app.test_client()
    answer = enter(client, name="inv", password=site.password, purpose="  ")
    assert answer.status_code == 401
    assert "Say for which purpose" in answer.text


@pytest.mark.parametrize("purpose", ["x" * 201, "two\nlines", "bell\x07", "\x1b[2J", "turned \u202e"])
def test_a_purpose_is_one_printable_line(site: Any, purpose: str) -> None:
    client = site.app.test_client()
    answer = enter(client, name="inv", password=site.password, purpose=purpose)
    assert answer.status_code == 401
    assert "A purpose" in answer.text
    assert client.get("/").status_code == 302


def test_a_name_that_is_none_is_not_written_in_the_log(site: Any) -> None:
    enter(site.app.test_client(), name="my-secret-password", password="x")
    lines = site.client("aud").get("/log.json").text
    assert "my-secret-password" not in lines
    assert '"account":"unknown"' in lines


def test_forms_from_elsewhere_are_refused(site: Any) -> None:
    client = site.app.test_client()
    data = {"name": "inv", "password": site.password, "purpose": "p"}
    assert client.post("/sign-in", data=data).status_code == 400
    assert client.post("/sign-in", data=data | {"csrf_token": "made-up"}).status_code == 400
    assert client.get("/").status_code == 302
    signed = site.client("inv")
    refused = signed.post("/sign-out")
    assert refused.status_code == 400
    assert "Nothing was changed" in refused.text
    assert signed.get("/").status_code == 200


def test_a_form_outlives_a_session_for_the_same_person_alone(site: Any) -> None:
    """If the session ends while someone writes, they can sign in in another tab and still send what they wrote."""
    client = site.client("inv")
    before = token(client.get("/").text)
    with client.session_transaction() as session:
        site.service.sign_out(session["token"])
    late = client.post("/sign-out", data={"csrf_token": before})
    assert (late.status_code, late.location.endswith("&sent=yes")) == (302, True)
    assert "To keep what you typed: go back" in client.get(late.location).text
    assert enter(client, name="inv", password=site.password).status_code == 303
    assert client.post("/account/end-others", data={"csrf_token": before}).status_code == 303
    assert client.get(f"/link/{site.service.sign_in_link('inv', 'again')}").status_code == 303
    assert client.post("/account/end-others", data={"csrf_token": before}).status_code == 303
    # No one else can send the form, in whatever state the browser was left, even after a stranger or a sign-out.
    assert client.get(f"/link/{site.service.sign_in_link('pam', 'another')}").status_code == 303
    refused = client.post("/account/end-others", data={"csrf_token": before})
    assert refused.status_code == 400
    assert "Go back and copy what you typed" in refused.text
    pams = token(client.get("/").text)
    assert post(client, "/", "/sign-out").status_code == 302
    strangers = token(client.get("/sign-in").text)
    assert client.get(f"/link/{site.service.sign_in_link('pam', 'once more')}").status_code == 303
    for old in (before, pams, strangers):
        assert client.post("/account/end-others", data={"csrf_token": old}).status_code == 400


ELSEWHERE = (
    "//evil.test",
    "https://example.org/",
    "/\\evil.test",
    "\\\\evil.test",
    "/%09/evil.test\t",
    "\t//evil.test",
    "javascript:alert(1)",
    "http:///evil.test",
    "//[evil",
    "evil.test",
    "/a\r\nSet-Cookie: x=y",
    "",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_leads_nowhere_else(site: Any, target: str) -> None:
    client = site.app.test_client()
    answer = enter(client, name="inv", password=site.password, next=target)
    # The only case they see.
    assert (answer.status_code, answer.location) == (303, site.address(""))
    link = site.service.sign_in_link("inv", "test")
    assert site.app.test_client().get(f"/link/{link}", query_string={"next": target}).location == site.address("")
    assert client.get("/sign-in", query_string={"next": target}).location == "/"


def test_next_leads_back_to_what_was_asked(site: Any) -> None:
    client = site.app.test_client()
    wanted = site.address("entity", id=site.aide)
    response = client.get(wanted)
    form = client.get(response.location)
    match = re.search(r'name="next" value="([^"]+)"', form.text)
    assert match
    target = html.unescape(match[1])
    answer = enter(client, name="inv", password=site.password, next=target)
    page = client.get(answer.location)
    assert page.status_code == 200
    assert "O&#39;Neil" in page.text


def test_a_link_opens_once_with_its_own_purpose(site: Any) -> None:
    link = site.service.sign_in_link("pam", "purpose of the link")
    assert site.app.test_client().head(f"/link/{link}").status_code == 200
    client = site.app.test_client()
    assert client.get(f"/link/{link}").status_code == 303
    assert "purpose of the link" in client.get("/").text
    again = site.app.test_client().get(f"/link/{link}")
    assert again.status_code == 401
    assert "Sign in again" in again.text
    assert site.app.test_client().get("/link/made-up").status_code == 401


def test_signing_out_ends_the_session_on_the_server(site: Any) -> None:
    client = site.client("inv")
    name = site.app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    out = post(client, "/", "/sign-out")
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert (out.status_code, out.location) == (302, "/sign-in")
    assert client.get("/").status_code == 302
    thief = site.app.test_client()
    thief.set_cookie(name, cookie.value)
    assert thief.get("/").status_code == 302


def test_the_cookie_holds_nothing_of_the_case(site: Any) -> None:
    client = site.client("inv")
    client.get(site.address("entity", id=site.boss))
    with client.session_transaction() as session:
        assert set(session) <= {"token", "csrf_token", "whose"}
        assert "inv" not in session["whose"]


def test_a_link_works_only_on_the_machine_that_printed_it(site: Any) -> None:
    link = site.service.sign_in_link("pam", "testing")
    for address in ("192.0.2.7", "10.0.0.1", "2001:db8::1"):
        elsewhere = site.app.test_client().get(f"/link/{link}", environ_base={"REMOTE_ADDR": address})
        assert elsewhere.status_code != 303
    assert site.app.test_client().get(f"/link/{link}").status_code == 303
