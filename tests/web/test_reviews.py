"""Deciding about a lead on the pages: the form, the history with its figures, the list's filter and column."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graphsvc.config import Settings
from graphsvc.errors import Busy
from graphsvc.service.leads.leads import Leads
from graphsvc.service.leads.reviews import Reviews
from tests.leaks.small import FIRST, SECOND
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Lay, Place, open_place

pytestmark = pytest.mark.neo4j
Browser = Callable[[str], FlaskClient]
HOSTILE = '<script>alert(1)</script> {{ 7*7 }} "quoted"'


ROLES = {"ana": ("analyst", WHOLE), "dis": ("disclosure", WHOLE)}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), ROLES, "ana", FIRST)


@pytest.fixture
def browser(people: Place) -> Browser:
    """`browser("ana")`: a signed-in browser, at a small case."""
    people.app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    return people.client


def decide(client: FlaskClient, case: str, lead: str, judgement: str, reason: str) -> int:
    """Open a lead and decide about it; returns the status."""
    return post_review(
        client, case, form(client.get(f"/case/{case}/lead?id={lead}").text) | {"judgement": judgement, "reason": reason}
    ).status_code


def form(page: str) -> dict[str, str]:
    """The hidden fields of a lead's form."""
    return dict(re.findall(r'<input type="hidden" name="(id|seen)" value="([^"]*)">', page.partition('id="review"')[2]))


def post_review(client: FlaskClient, case: str, fields: dict[str, str]) -> TestResponse:
    return client.post(f"/case/{case}/lead/review", data=fields)


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
    leads = {
        value: [lead["id"] for lead in ana.get(f"/case/{case}/leads.json?review={value}").get_json()["leads"]]
        for value in ("park", "agree", "any", "none", "changed")
    }
    assert leads["park"] == leads["any"] == leads["changed"] == ["boss-1"]
    assert leads["agree"] == []
    assert "boss-1" not in leads["none"]
    assert len(leads["none"]) == 4
    listed = ana.get(f"/case/{case}/leads").text
    assert "parked" in listed
    assert "changed since" in listed
    lines = ana.get(f"/case/{case}/leads.csv?review=any").text.splitlines()
    assert [row["review"] for row in csv.DictReader(lines)] == ["park"]


@pytest.mark.changes
def test_what_was_shown_before_a_delivery_is_not_decided_on_after_it(
    case: str, people: Place, browser: Browser
) -> None:
    """A review records what was shown: an analyst reads a lead, a colleague loads, then the review is sent."""
    ana = browser("ana")
    sent = form(ana.get(f"/case/{case}/lead?id=boss-1").text) | {"judgement": "agree", "reason": HOSTILE}
    assert sent["seen"] == "1"
    people.load("ana", SECOND)
    answer = post_review(ana, case, sent)
    assert answer.status_code == 409
    assert "The data have changed since this lead was shown to you, so nothing was kept" in answer.text
    assert "Nobody has decided about this lead yet" in answer.text
    # The form keeps the written text, and the review is saved when the form is sent again.
    again = form(answer.text)
    assert again == {"id": "boss-1", "seen": "2"}
    assert re.search(r'value="agree" required checked', answer.text)
    assert "&#34;quoted&#34;</textarea>" in answer.text
    assert post_review(ana, case, sent | again).status_code == 303
    (row,) = ana.get(f"/case/{case}/lead.json?id=boss-1").get_json()["reviews"]
    assert (row["judgement"], row["case_version"], row["since"]) == ("agree", 2, "")
    # A form from elsewhere, without the version that was seen.
    assert post_review(ana, case, {"id": "boss-1", "judgement": "agree", "reason": "x"}).status_code == 409


@pytest.mark.changes
def test_that_nothing_was_kept_is_told_where_the_page_of_the_lead_cannot_be_shown(
    case: str, people: Place, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = browser("ana")
    sent = form(ana.get(f"/case/{case}/lead?id=boss-1").text) | {"judgement": "agree", "reason": "x"}
    people.load("ana", SECOND)

    def changed_again(_leads: Leads, _identifier: str) -> None:
        raise Busy("The case was changed while you looked. Look again; nothing is wrong with it.")

    monkeypatch.setattr(Leads, "look", changed_again)
    for headers in ({}, {"Sec-Fetch-Dest": "document"}):
        answer = ana.post(f"/case/{case}/lead/review", data=sent, headers=headers)
        assert answer.status_code == 409
        assert "so nothing was kept" in answer.text


def test_what_is_no_decision_changes_nothing(case: str, browser: Browser) -> None:
    ana = browser("ana")
    assert decide(ana, case, "boss-1", "guilty", "x") == 400
    sent = form(ana.get(f"/case/{case}/lead?id=boss-1").text)
    refused = post_review(ana, case, sent | {"judgement": "agree", "reason": "<i>" * 2000})
    assert refused.status_code == 400
    assert "Give a reason, of at most 2000 characters" in refused.text
    assert 'What you wrote is still in <a href="#review">the form</a>' in refused.text
    assert re.search(r'value="agree" required checked', refused.text)
    assert "&lt;i&gt;&lt;i&gt;</textarea>" in refused.text
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


def test_a_fault_of_what_was_sent_says_that_it_may_have_been_done(
    case: str, people: Place, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(Reviews, "add", broken)
    answer = post_review(browser("ana"), case, {"id": "boss-1", "judgement": "agree", "reason": "x", "seen": "1"})
    assert answer.status_code == 500
    assert "Look whether what you sent was done" in answer.text
    assert "only read" not in answer.text
    assert "secret" not in answer.text
