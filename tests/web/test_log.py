"""The auditor's page: searching and verifying the log, without other data."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.records import dates
from graphsvc.service import Service
from graphsvc.web import create_app
from graphsvc.web.log import log
from tests.toolbox.accounts import find_account, signed_in
from tests.toolbox.pages import token

SOURCE = "Q-AAAA-BBBB-CCCC"
ANN, BOB = Principal("ann", frozenset()), Principal("bob", frozenset())


@pytest.fixture
def service(settings: Callable[..., Settings]) -> Iterator[Service]:
    """A home with some lines in its log. Reading them needs no Neo4j."""
    with Service(settings()) as opened:
        accounts.add(opened.database, "aud", ["auditor"], {})
        accounts.add(opened.database, "inv", ["investigator"], {"*": Grant("C", sources=True)})
        for number in range(120):
            who = ANN if number % 2 else BOB
            query = {"query": "statements.one", "parameters": {"id": f"T{number}"}}
            line = audit.begin(opened.database, who, "May <b>crossings</b>", "read", f"case {number % 3}", **query)
            audit.finish(opened.database, line, "released", 1, [SOURCE] if number == 7 else [])
        yield opened


@pytest.fixture
def aud(service: Service) -> FlaskClient:
    return client(service, "aud")


def client(service: Service, name: str) -> FlaskClient:
    return signed_in(create_app(service), name, "the yearly check")


def find_lines(aud: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    answer = aud.get("/log.json", query_string=query)
    assert answer.status_code == 200, answer.text
    lines: list[dict[str, Any]] = answer.get_json()["lines"]
    return lines


def verify(aud: FlaskClient) -> str:
    fields = {"csrf_token": token(aud.get("/log").text)}
    done = aud.post("/log/verify", data=fields, follow_redirects=True)
    assert done.status_code == 200
    return done.text


def test_lines_are_found_by_person_case_action_day_and_source(aud: FlaskClient) -> None:
    assert {line["account"] for line in find_lines(aud, account="ann")} == {"ann"}
    assert len(find_lines(aud, account="ann")) == 60
    assert {line["case_id"] for line in find_lines(aud, case="case 1")} == {"case 1"}
    assert {line["action"] for line in find_lines(aud, action="read")} == {"read"}
    (line,) = find_lines(aud, source=SOURCE)
    assert (line["account"], line["detail"]["parameters"], line["sources"]) == ("ann", {"id": "T7"}, 1)
    assert find_lines(aud, source="Q-NONE-NONE-NONE") == []
    assert "Nothing fits" in aud.get("/log?source=Q-NONE-NONE-NONE").text
    today = line["at"][:10]
    assert len(find_lines(aud, account="ann", since=today, until=today)) == 60
    assert find_lines(aud, until="2020-05") == []
    wrong = aud.get("/log?since=yesterday")
    assert wrong.status_code == 400
    assert "&#39;yesterday&#39; is no date. Write it as 8 May 2020" in wrong.text
    assert len(find_lines(aud, account="ann", since=dates.day(today), until=dates.day(today))) == 60
    assert len(find_lines(aud, account="ann", until="9999-12-31")) == 60


def test_pages_keep_what_was_asked(aud: FlaskClient) -> None:
    first = aud.get("/log.json?action=read").get_json()
    second = aud.get(f"/log.json?action=read&before={first['older']}").get_json()
    assert (len(first["lines"]), len(second["lines"]), second["older"]) == (100, 20, None)
    page = aud.get("/log?action=read").text
    assert f"/log?before={first['older']}&amp;action=read" in page
    assert "May &lt;b&gt;crossings&lt;/b&gt;" in page


def test_the_csv_holds_what_was_asked(aud: FlaskClient) -> None:
    answer = aud.get(f"/log?as=csv&source={SOURCE}")
    assert answer.mimetype == "text/csv"
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["account"], row["sources"], row["detail"]) == ("ann", "1", "query statements.one · id T7")


def test_a_csv_that_does_not_hold_every_line_says_so(aud: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "older ones" not in aud.get("/log?as=csv&action=read").text
    monkeypatch.setattr(log, "_CSV", 7)
    rows = list(csv.reader(io.StringIO(aud.get("/log?as=csv&action=read").text)))
    assert len(rows) == 1 + 7 + 1
    assert rows[-1][0] == "The newest 7 lines that fit; there may be older ones."
    assert rows[-1][0] in aud.get("/log").text


def test_verifying_says_up_to_where_and_is_in_the_log(aud: FlaskClient) -> None:
    assert "Nobody has verified this log yet" in aud.get("/log").text
    assert "The log is as it was written" in verify(aud)
    assert "as it was written, up to line" in aud.get("/log").text
    assert any(line["outcome"].startswith("verified: whole") for line in find_lines(aud, account="aud", action="log"))


def test_verifying_keeps_what_was_asked(aud: FlaskClient) -> None:
    page = aud.get("/log?account=ann&case=case+1&before=90").text
    form = page.partition('action="/log/verify"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    sent = aud.post("/log/verify", data=fields)
    assert re.fullmatch(r"/log\?job=\w+&before=90&account=ann&case=case\+1", sent.location)
    assert "/log?account=ann&amp;case=case+1" in aud.get(sent.location).text


def test_a_changed_line_is_named_on_the_page(aud: FlaskClient, service: Service) -> None:
    with service.database.begin() as connection:
        connection.execute(sa.text("UPDATE log SET account = 'carol' WHERE id = 41"))
    page = verify(aud)
    assert "The log is not as it was written" in page
    assert "Line 41 (" in page
    assert "Not as it was written" in aud.get("/log").text


def test_only_auditors_read_and_verify(service: Service, aud: FlaskClient) -> None:
    inv = client(service, "inv")
    fields = {"csrf_token": token(inv.get("/").text)}
    for answer in (
        inv.get("/log"),
        inv.get("/log?as=csv"),
        inv.get("/log.json?job=1"),
        inv.post("/log/verify", data=fields),
    ):
        assert answer.status_code == 403
        assert SOURCE not in answer.text
    assert any(line["outcome"] == "refused: Refused" for line in find_lines(aud, account="inv", action="log"))
    assert aud.post("/log/verify").status_code == 400  # without the form's token


def test_what_an_auditor_types_to_look_for_is_no_way_to_write_names_down(aud: FlaskClient) -> None:
    find_lines(aud, account="Wilma Witness", source="Wilma Witness", case="Wilma Witness", action="Wilma Witness")
    assert "Wilma" not in str(find_lines(aud))


# -- lines that the pages of a case leave -----------------------------------------------------------------------


@pytest.mark.neo4j
def test_the_sources_that_pages_show_are_in_the_log_and_no_others(site: Any) -> None:
    inv, aud = site.client("inv"), site.client("aud")
    source = inv.get(site.address("statement.json", id="T1")).get_json()["values"]["source"]

    def who_saw() -> int:
        number, before = 0, dict[str, int]()
        while lines := find_lines(aud, source=source, account="inv", **before):
            number, before = number + len(lines), {"before": lines[-1]["id"]}
        return number

    seen = who_saw()
    assert seen
    for page, query in (("statement", {"id": "T1"}), ("lead", {"id": site.boss}), ("entity", {"id": site.boss})):
        assert source in inv.get(site.address(page, **query)).text
        assert who_saw() > seen, page
        seen = who_saw()
    inv.get(site.address("leads"))
    assert who_saw() == seen
    principal = find_account(site.service, "inv")
    session = site.service.session(principal, "a notebook", site.case)
    for of, more in (("claims", 1), ("links", 0)):
        session.graph(of)
        assert who_saw() == seen + more, of
        seen = who_saw()
    # Without source clearance no source is shown, so none is in the log.
    site.client("pam").get(site.address("lead", id=site.boss))
    assert find_lines(aud, account="pam", source=source) == []


@pytest.mark.neo4j
def test_no_name_that_was_looked_for_is_in_the_log(site: Any) -> None:
    inv = site.client("inv")
    for page, name in (("search", "q"), ("entity", "id"), ("lead", "id"), ("statement", "id")):
        inv.get(site.address(page, **{name: "Wilma Witness"}))
    inv.get(site.address("query", **{"name": "crossings.per_day", "run": "1", "p.site": "Wilma Witness"}))
    inv.get(site.address("query", **{"name": "people.one", "run": "1", "p.Wilma": "Wilma Witness"}))
    assert "Wilma" not in str(find_lines(site.client("aud")))
