"""Deciding about a lead in the pages: the form, the history beside what was shown, filter and column of the list."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from graphsvc.config import Settings
from tests.leaks.small import FIRST, SECOND
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Lay, Place, laid

pytestmark = pytest.mark.neo4j
Browser = Callable[[str], FlaskClient]
HOSTILE = '<script>alert(1)</script> {{ 7*7 }} "quoted"'


ROLES = {"ana": ("analyst", WHOLE), "dis": ("disclosure", WHOLE)}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: laid(at_server(), ROLES, "ana", FIRST)


@pytest.fixture
def browser(people: Place) -> Browser:
    """`browser("ana")`: someone signed in, at a small case."""
    people.app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    return people.client


def decide(client: FlaskClient, case: str, lead: str, judgement: str, reason: str) -> int:
    sent = client.post(f"/case/{case}/lead/review", data={"id": lead, "judgement": judgement, "reason": reason})
    return sent.status_code


@pytest.mark.changes
def test_a_decision_is_kept_shown_and_found(case: str, people: Place, browser: Browser) -> None:
    ana = browser("ana")
    page = ana.get(f"/case/{case}/lead?id=boss-1").text
    assert "Nobody has decided about this lead yet" in page
    assert decide(ana, case, "boss-1", "park", HOSTILE) == 303
    page = ana.get(f"/case/{case}/lead?id=boss-1").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page
    assert "Parked" in page
    assert "Data version 1, rules" in page
    assert "data have changed since" not in page
    people.load("ana", SECOND)
    (row,) = ana.get(f"/case/{case}/lead.json?id=boss-1").get_json()["reviews"]
    assert row["since"].startswith("The data have changed since (version 1 → 2)")
    found = {
        value: [one["id"] for one in ana.get(f"/case/{case}/leads.json?review={value}").get_json()["leads"]]
        for value in ("park", "agree", "any", "none", "changed")
    }
    assert found["park"] == found["any"] == found["changed"] == ["boss-1"]
    assert found["agree"] == []
    assert "boss-1" not in found["none"]
    assert len(found["none"]) == 4
    listed = ana.get(f"/case/{case}/leads").text
    assert "parked" in listed
    assert "changed since" in listed
    lines = ana.get(f"/case/{case}/leads.csv?review=any").text.splitlines()
    assert [row["review"] for row in csv.DictReader(lines)] == ["park"]


def test_what_is_no_decision_changes_nothing(case: str, browser: Browser) -> None:
    ana = browser("ana")
    assert decide(ana, case, "boss-1", "guilty", "x") == 400
    assert decide(ana, case, "boss-1", "agree", " ") == 400
    assert decide(ana, case, "nobody", "agree", "x") == 404
    assert ana.get(f"/case/{case}/leads.json?review=any").get_json()["leads"] == []
    assert ana.get(f"/case/{case}/leads.json?review=sideways").status_code == 400


def test_who_only_reads_sees_the_history_and_no_form(case: str, browser: Browser) -> None:
    assert decide(browser("ana"), case, "boss-1", "refuse", "an interpreter") == 303
    dis = browser("dis")
    page = dis.get(f"/case/{case}/lead?id=boss-1").text
    assert "an interpreter" in page
    assert "Keep the review" not in page
    assert decide(dis, case, "boss-1", "agree", "x") == 403
