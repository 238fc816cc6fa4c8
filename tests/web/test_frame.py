from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient

from graphsvc.access.people.policy import ALLOWED
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.errors import RECORDED
from graphsvc.records.iso import json_safe
from graphsvc.service import Session
from graphsvc.service.network.entities import Entities
from graphsvc.views.files import some_in_words
from graphsvc.web import rail
from graphsvc.web.frame import PUBLIC
from tests.toolbox.pages import without_tokens

pytestmark = pytest.mark.neo4j


@pytest.fixture
def inv(site: Any) -> FlaskClient:
    client: FlaskClient = site.client("inv")
    return client


def every_address(app: Flask) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, address) of every route, with a value in each of its placeholders."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: "1" if "Integer" in type(rule._converters[name]).__name__ else "x" for name in rule.arguments}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, adapter.build(rule.endpoint, values, method=method)


@contextlib.contextmanager
def record_contexts(app: Flask) -> Iterator[list[dict[str, Any]]]:
    """Collect the contexts of the templates rendered in the block."""
    contexts: list[dict[str, Any]] = []

    def note(_sender: Flask, context: dict[str, Any], **_extra: Any) -> None:
        contexts.append(context)

    template_rendered.connect(note, app)
    try:
        yield contexts
    finally:
        template_rendered.disconnect(note, app)


def test_only_the_public_list_answers_who_has_not_signed_in(site: Any) -> None:
    public = {"signin.form", "signin.enter", "signin.link", "account.setup", "account.choose"}
    assert public | {"static", "bootstrap.static"} == PUBLIC
    site.app.config["WTF_CSRF_ENABLED"] = False
    try:
        for endpoint, method, address in every_address(site.app):
            answer = site.app.test_client().open(address, method=method)
            if endpoint in PUBLIC:
                continue
            if endpoint.endswith("_json"):
                assert answer.status_code == 401, address
                assert set(answer.get_json()) == {"error"}
            else:
                assert answer.status_code == 302, (method, address)
                assert answer.location.startswith("/sign-in?next="), address
    finally:
        site.app.config["WTF_CSRF_ENABLED"] = True


def test_an_address_that_does_not_exist_tells_a_stranger_nothing(site: Any) -> None:
    assert site.app.test_client().get("/no/such/page").location.startswith("/sign-in")


def test_every_answer_carries_the_headers_that_keep_it_closed(site: Any, inv: FlaskClient) -> None:
    stranger = site.app.test_client()
    answers = [
        inv.get(site.address("")),
        inv.get("/nothing-here"),
        inv.get("/cases.json"),
        inv.get(site.address("leads.csv")),
        inv.post("/sign-out"),
        stranger.get("/"),
        stranger.get("/sign-in"),
        stranger.get("/static/graphsvc.css"),
        stranger.get("/bootstrap/static/css/bootstrap.min.css"),
    ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        answer.close()
    assert inv.get(site.address("")).headers["Cache-Control"] == "no-store"


PAGES = ("", "crossings", "workplaces", "leads", "lead", "entity", "statement", "search", "numbers", "roles", "cases")


def addresses(site: Any, page: str) -> tuple[str, str]:
    """The addresses of a page and its JSON twin."""
    query = {"lead": {"id": site.boss}, "entity": {"id": site.boss}, "statement": {"id": site.report}}
    query["search"] = {"q": "script"}
    if page in ("numbers", "roles"):
        return f"/{page}", f"/{page}.json"
    if page == "cases":
        return "/", "/cases.json"
    parameters = query.get(page, {})
    return site.address(page, **parameters), site.address(f"{page or 'overview'}.json", **parameters)


@pytest.mark.parametrize("reader", ["inv", "pam"])
@pytest.mark.parametrize("page", PAGES)
def test_the_json_twin_holds_what_the_page_was_made_of(site: Any, page: str, reader: str) -> None:
    client, (address, twin) = site.client(reader), addresses(site, page)
    with record_contexts(site.app) as contexts:
        assert client.get(address).status_code == 200
    answer = client.get(twin)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    data = answer.get_json()
    assert len(data) > int("handling" in data)
    expected = {name: json_safe(contexts[-1][name]) for name in data}
    assert data == (some_in_words(expected) if contexts[-1]["in_steps"] else expected)


def test_the_mark_says_the_strictest_code_of_the_page(site: Any) -> None:
    inv, pam = site.client("inv"), site.client("pam")
    of_c = site.address("statement.json", id="C1")
    assert inv.get(of_c).get_json()["handling"] == "C"
    assert inv.get(site.address("statement.json", id="R1")).get_json()["handling"] == "P"
    assert inv.get(site.address("leads.json")).get_json()["handling"] == "C"
    assert pam.get(site.address("leads.json")).get_json()["handling"] == "P"
    assert "<span>Handling</span> C</a>" in inv.get(site.address("statement", id="C1")).text
    assert "<span>Handling</span> P</a>" in pam.get(site.address("leads")).text


def page_text(answer: Any) -> str:
    """A page without the token of its forms, which contains the second."""
    return without_tokens(answer.text)


def test_not_there_and_not_yours_are_one_answer(site: Any) -> None:
    nobody, pam = site.client("nobody"), site.client("pam")
    for page in ("", "leads", "crossings", "entity", "search", "leads.csv", "leads.json", "overview.json"):
        yours = nobody.get(site.address(page))
        missing = nobody.get(site.address(page).replace("it%27s", "isn%27t"))
        assert yours.status_code == missing.status_code == 404, page
        assert page_text(yours).replace("it&#39;s", "isn&#39;t").replace("it's", "isn't") == page_text(missing)
    for page, hidden in (("entity", site.hidden), ("lead", site.hidden), ("statement", "C1")):
        answer, missing = pam.get(site.address(page, id=hidden)), pam.get(site.address(page, id="gone"))
        assert answer.status_code == missing.status_code == 404
        assert page_text(answer).replace(hidden, "gone") == page_text(missing)


def test_a_reader_of_p_finds_no_trace_of_c(site: Any) -> None:
    pam = site.client("pam")
    for page in ("overview.json", "leads.json", "search.json"):
        assert site.hidden not in pam.get(site.address(page, q="only")).text
    entity = pam.get(site.address("entity.json", id=site.boss)).get_json()
    assert site.hidden not in str(entity)
    assert site.hidden in site.client("inv").get(site.address("entity.json", id=site.boss)).text


def test_without_source_clearance_no_source_and_few_groups(site: Any) -> None:
    pam, inv = site.client("pam"), site.client("inv")
    lead = pam.get(site.address("lead.json", id=site.boss)).get_json()
    assert lead["lead"]["groups"] == "few"
    assert lead["groups"] == lead["other_sources"] == []
    assert {row["source"] for row in lead["supporting"]} == {""}
    cleared = inv.get(site.address("lead.json", id=site.boss)).get_json()
    in_quarters, exact = (
        [row["share"] for row in (*answer["supporting"], *answer["lowering"], *answer["denying"])]
        for answer in (lead, cleared)
    )
    assert all((4 * share).is_integer() for share in in_quarters), in_quarters
    assert not all((4 * share).is_integer() for share in exact), exact
    assert sum(exact) == pytest.approx(cleared["lead"]["score"], abs=1e-6)
    assert sum(share for part in cleared["made_of"] for share in part["by_kind"].values()) == pytest.approx(sum(exact))
    assert {share for part in lead["made_of"] for share in part["by_kind"].values()} == {None}
    # The list of claims also has the kind of source of each claim.
    listed = {(row["relation"], row["source_kind"]) for row in (*lead["supporting"], *lead["lowering"])}
    assert {(part["relation"], kind) for part in lead["made_of"] for kind in part["by_kind"]} == listed
    assert {kind for _, kind in listed} > {"witness"}
    assert cleared["lead"]["groups"] == 1
    assert len(cleared["groups"]) == 1
    sealed, absent = (pam.get(site.address("statement.json", id=statement)) for statement in ("T1", "T0"))
    assert (sealed.status_code, sealed.text.replace("T1", "T0")) == (absent.status_code, absent.text)
    assert sealed.status_code == 404
    assert "interest" in inv.get(site.address("statement.json", id="T1")).get_json()["values"]


def test_roles_without_an_action_get_a_page_that_says_so(site: Any) -> None:
    refused = site.client("dis").get(site.address("leads"))
    assert refused.status_code == 403
    assert "Not allowed" in refused.text
    assert refused.text.count("An administrator can give it.") == refused.text.count("administrator") == 1
    assert site.client("dis").get(site.address("")).status_code == 200
    assert site.client("inv").get("/log").status_code == 403
    assert site.client("inv").get("/log.json").get_json().keys() == {"error"}


def test_the_auditor_reads_the_log_page_by_page(site: Any) -> None:
    reading = site.service.session(Principal("aud", frozenset({"auditor"})), site.purpose)
    for _ in range(101):
        reading.log.lines(newest=1)
    client = site.client("aud")
    first = client.get("/log.json").get_json()
    assert len(first["lines"]) == 100
    second = client.get(f"/log.json?before={first['older']}").get_json()
    assert 0 < first["older"] - second["lines"][0]["id"] < 3  # a second line has the outcome of an act
    assert any(line["purpose"] == site.purpose and line["action"] == "sign in" for line in first["lines"])
    assert "&lt;i&gt;Tern&lt;/i&gt;" in client.get("/log").text
    assert client.get("/").text.count("<table") == 0


def rail_of(page: str) -> str:
    return page.partition('class="rail"')[2].partition("</nav>")[0]


def test_the_rail_says_where_one_is_and_what_it_is_part_of(site: Any, inv: FlaskClient) -> None:
    def current_entries(page: str, **query: str) -> set[tuple[str, str]]:
        links = rail_of(inv.get(site.address(page, **query)).text)
        return set(re.findall(r'aria-current="(page|true)">.*?<span>([^<]+)</span>', links, re.S))

    assert current_entries("leads") == {("page", "Leads")}
    assert current_entries("network/overview") == {("true", "Network")}
    assert current_entries("") == {("page", "Overview")}
    assert current_entries("search", q="tern") == set()
    # A page behind another tab of the same door.
    assert current_entries("surges") == {("true", "Crossings")}


@pytest.mark.parametrize("role", sorted(ALLOWED["read"]))
def test_nobody_has_more_than_the_overview_and_nine_doors(site: Any, role: str) -> None:
    everything = Principal("one", frozenset({role}), {site.case: Grant("C", sources=True)}, free_cypher=True)
    with site.app.test_request_context("/"):
        entries = site.app.extensions["graphsvc-rail"]
        side_menu = rail.make_rail(entries, site.service.session(everything, site.purpose), site.case, "case.overview")
    labels = [link.label for _, links in side_menu.groups for link in links]
    assert labels[0] == "Overview"
    assert 4 <= len(labels[1:]) <= 9
    assert len(set(labels)) == len(labels)
    assert len(side_menu.groups) == 6
    assert all(link.icon.startswith("<svg") for _, links in side_menu.groups for link in links)


def test_pages_behind_one_door_are_tabs_of_each_other(site: Any, inv: FlaskClient) -> None:
    def tabs(page: str, reader: FlaskClient = inv) -> list[tuple[str, str]]:
        links = reader.get(site.address(page)).text.partition('class="tabs"')[2].partition("</nav>")[0]
        return re.findall(r"<a href=\"[^\"]+/(\w+)\"[^>]*>([^<]+)</a>", links)

    crossings = [("crossings", "List"), ("where", "Map and calendar"), ("surges", "Surges"), ("linked", "Linked")]
    for page, _ in crossings:
        assert tabs(page) == crossings
    assert tabs("load") == [("load", "Import"), ("add", "Add a statement"), ("exports", "Export")]
    # Analysts and supervisors choose whom to act on first.
    assert ("sets", "Key players") not in tabs("network")
    assert ("sets", "Key players") in tabs("network", site.client("pam"))
    assert tabs("leads") == []


def test_the_role_table_is_the_policy(site: Any, inv: FlaskClient) -> None:
    rows = inv.get("/roles.json").get_json()["roles"]
    assert {row["role"]: row["may"] for row in rows} == {
        row["role"]: {action: row["role"] in roles for action, roles in ALLOWED.items()} for row in rows
    }


def test_faults_become_pages_that_tell_no_secret(site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_session: Session) -> dict[str, int]:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(Entities, "counts", broken)
    for address in (site.address(""), site.address("overview.json")):
        answer = inv.get(address)
        assert answer.status_code == 500
        assert "unharmed" in answer.text
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
    assert inv.get("/nothing-here").status_code == 404
    assert inv.delete("/numbers").status_code == 405
    wrong = inv.get(site.address("leads", sort="guilt"))
    assert wrong.status_code == 400
    assert "not by &#39;guilt&#39;" in wrong.text
    assert inv.get(site.address("search", q="x" * 300)).status_code == 400
    assert inv.get(site.address("lead", id="")).status_code == 404


def test_a_wrong_address_or_id_within_a_case_keeps_its_frame_and_says_what_the_id_is(
    site: Any, inv: FlaskClient
) -> None:
    wrong = inv.get(site.address("no-such-page"))
    assert wrong.status_code == 404
    assert "There is no page at this address." in wrong.text
    assert "Leads" in rail_of(wrong.text)
    for elsewhere in ("/case/nobodys/no-such-page", "/no-such-page"):
        assert 'class="rail"' not in inv.get(elsewhere).text
    boat = inv.get(site.address("lead", id="B1"))
    assert boat.status_code == 404
    assert "B1 is a boat, and only people are leads." in boat.text
    assert "Leads" in rail_of(boat.text)


def test_what_a_thread_recorded_for_one_request_is_not_told_of_the_next(inv: FlaskClient) -> None:
    RECORDED.set(frozenset({"dover"}))
    inv.get("/")
    assert RECORDED.get() == frozenset()
