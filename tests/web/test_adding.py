"""Adding and correcting by form, as in a browser without JavaScript: every button sends the whole form."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from graphsvc.access.people.principal import Grant
from graphsvc.cases.deliveries.casework import Casework
from graphsvc.cases.deliveries.loaded import REWRITE_OWED
from graphsvc.config import Settings
from tests.pseudonyms import sources
from tests.service.test_entering import open_case
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Lay, Place
from tests.toolbox.pages import wait_for_work, without_tokens

pytestmark = pytest.mark.neo4j


class Fields(HTMLParser):
    """The fields that a browser would send from the page's form, and the faults it shows."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.sent: MultiDict[str, str] = MultiDict()
        self.buttons: list[str] = []
        self.relations: list[str] = []
        self._inside = False
        self._area = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "adding" in attributes.get("class", "")
        if not self._inside:
            return
        name = attributes.get("name", "")
        if tag == "input" and name and (attributes.get("type") != "radio" or "checked" in attributes):
            self.sent.add(name, attributes.get("value", ""))
        elif tag == "button" and name == "do":
            self.buttons.append(attributes["value"])
        elif tag == "textarea":
            self._area = name
            self.sent.add(name, "")
        elif tag == "select":
            self._select = name
            self.sent.add(name, "")
        elif tag == "option":
            if self._select.endswith(".relation"):
                self.relations.append(attributes.get("value", ""))
            if "selected" in attributes:
                self.sent[self._select] = attributes.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] += data if self.sent[self._area] else data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False


ROLES = {
    "ann": ("investigator", WHOLE),
    "bob": ("analyst", Grant("C")),
    "pam": ("investigator", Grant("P")),
    "dis": ("disclosure", WHOLE),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_case(at_server(), ROLES)


class Hand:
    """A person filling in the form."""

    def __init__(self, client: FlaskClient, case: str) -> None:
        self.client, self.case = client, case
        self.page = ""
        self.status = 0
        self.fields = Fields("")

    def open(self, **query: Any) -> Hand:
        return self._take(self.client.get(f"/case/{self.case}/add?{urlencode(query, doseq=True)}"))

    def press(self, do: str, **cells: str) -> TestResponse:
        """Press a button of the form, after filling in cells (`c1__place` is the field `c1.place`)."""
        assert do in self.fields.buttons, (do, self.fields.buttons)
        sent = self.fields.sent.copy()
        for name, cell in cells.items():
            key = name.replace("__", ".")
            assert key in sent, (key, list(sent))
            sent[key] = cell
        sent["do"] = do
        answer = self.client.post(f"/case/{self.case}/add", data=sent)
        self._take(answer)
        return answer

    def done(self, **cells: str) -> dict[str, Any]:
        """Press the button that loads, wait, and return the JSON of the last page."""
        answer = self.press("add", **cells)
        assert answer.status_code == 303, answer.text
        address = answer.headers["Location"]
        wait_for_work(self.client, address)
        self.page = self.client.get(address).text
        job_page: dict[str, Any] = self.client.get(address.replace("/done?", "/done.json?")).json  # type: ignore[assignment]
        assert job_page["job"]["state"] == "done", job_page
        return job_page

    def _take(self, answer: TestResponse) -> Hand:
        self.page, self.status = answer.text, answer.status_code
        self.fields = Fields(self.page)
        return self


@pytest.fixture
def ann(people: Place) -> Hand:
    return Hand(people.client("ann"), people.case)


@pytest.mark.changes
def test_a_statement_with_somebody_new_is_added_previewed_and_undone(ann: Hand) -> None:
    before = ann.client.get(f"/case/{ann.case}/overview.json").json
    ann.open(subject="P1", relation="DIRECTED", next=f"/case/{ann.case}/network?id=P1&depth=1")
    ann.press("new:people:c1.object_id", c1__object_id="Omar Said", s__kind="intelligence", s__handling="P")
    assert ann.fields.sent["c1.object_id"] == "new1"
    assert ann.fields.sent["new1.name"] == "Omar Said"
    ann.press("claim", c1__place="Calais\r\nthe <b>port</b>")
    ann.press("check", c2__subject_id="new1", c2__relation="PILOTED", c2__object_id="X1", c2__from_date="2020-05-08")
    assert ann.status == 200, ann.page
    assert "This adds 1 statement, 2 claims, 1 person." in ann.page
    assert "Omar Said piloted 8 May 2020" in ann.page
    outcome = ann.done()
    assert "Undo: take it back" in ann.page
    (new,) = (entity["id"] for entity in outcome["new"])
    assert outcome["back"] == f"/case/{ann.case}/network?id=P1&depth=1&add={new}#new={new}"
    claims = ann.client.get(f"/case/{ann.case}/statement.json?id={outcome['statement']}").json["asserts"]  # type: ignore[index]
    assert {(row["relation"], row["subject"], row["object"], row["place"]) for row in claims} == {
        ("DIRECTED", "P1", new, "Calais\nthe <b>port</b>"),
        ("PILOTED", new, "X1", None),
    }
    undone = ann.client.post(
        f"/case/{ann.case}/load/take-back",
        data={"csrf_token": token(ann), "delivery": outcome["job"]["result"]["delivery"]},
    )
    wait_for_work(ann.client, undone.headers["Location"])
    after = ann.client.get(f"/case/{ann.case}/overview.json").json
    assert after["counts"] == before["counts"]  # type: ignore[index]


@pytest.mark.changes
def test_the_page_says_what_is_owed_of_what_was_added(ann: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Casework, "rewrite_after", lambda *_: REWRITE_OWED)
    ann.open(subject="P1", relation="DIRECTED")
    ann.press("check", c1__object_id="P2", s__kind="intelligence", s__handling="P")
    ann.done()
    assert REWRITE_OWED in ann.page


def token(hand: Hand) -> str:
    hand.open()
    return hand.fields.sent["csrf_token"]


def test_a_form_that_came_back_says_that_something_is_typed_in_it(ann: Hand) -> None:
    """Otherwise users would not be warned on leaving the page, the only place with the text they typed."""
    assert 'data-typed="yes"' not in ann.open(subject="P1", relation="DIRECTED").page
    for button in ("claim", "check"):
        ann.press(button, c1__object_id="P2", s__kind="intelligence", s__handling="P")
        assert 'data-typed="yes"' in ann.page


def test_what_is_typed_outlasts_every_button(ann: Hand) -> None:
    ann.open()
    typed = {
        "s__kind": "record", "s__summary": 'two\nlines, "quoted" & <b>', "s__taken_on": "2020-05", "s__on_record": "yes",
        "c1__subject_id": "Idris", "c1__notes": "a note", "c1__amount": "12.50", "c1__polarity": "denies",
    }  # fmt: skip
    ann.press("claim", **typed)
    for do in ("new:boats:c2.object_id", "claim", "drop:c3", "drop:new1", "check"):
        ann.press(do)
        for name, cell in typed.items():
            assert ann.fields.sent[name.replace("__", ".")] == cell, (do, name)
    assert ann.status == 422
    assert ann.fields.sent["c2.object_id"] == ""  # the cell referred to the removed entity


def test_a_fault_stands_beside_its_field_and_somebody_meant_is_picked(ann: Hand) -> None:
    ann.open()
    ann.press(
        "check",
        s__kind="record",
        c1__subject_id="Idris",
        c1__relation="PILOTED",
        c1__object_id="X1",
        c1__from_date="8/5/20",
    )
    assert (ann.status, "2 fields need another look" in ann.page) == (422, True)
    assert 'id="c1.from_date-wrong"' in ann.page
    ann.press("pick:c1.subject_id:P1")
    assert ann.fields.sent["c1.subject_id"] == "P1"
    assert "Idris Karam" in ann.page
    # Both ends are known, so only relations that fit them are offered.
    assert set(ann.fields.relations) == {"", "CROSSED_ON", "PILOTED", "ASSISTED", "ORGANISED"}
    ann.press("check", c1__from_date="2020-05-08")
    assert "This adds 1 statement, 1 claim." in ann.page


@pytest.mark.changes
def test_who_is_there_already_takes_the_place_of_who_is_new(ann: Hand) -> None:
    ann.open(object="X1", relation="ASSISTED")
    ann.press("new:people:c1.subject_id", c1__subject_id="Idris Karam", s__kind="record", s__handling="P")
    ann.press("check", new1__phones="07700 900001")
    assert "Is Idris Karam in the case already?" in ann.page
    assert "shares: name Idris Karam, phones 07700 900001; 2 links" in ann.page
    ann.press("take:new1:P1")
    assert "This adds 1 statement, 1 claim." in ann.page
    assert ann.done()["new"] == []
    links = ann.client.get(f"/case/{ann.case}/entity.json?id=P1").json["sections"]  # type: ignore[index]
    assert "ASSISTED" in [section["relation"] for section in links]


@pytest.mark.changes
def test_a_claim_is_corrected_from_its_row_with_its_history(ann: Hand) -> None:
    page = ann.client.get(f"/case/{ann.case}/statement?id=R1").text
    claim = page.partition("statement=R1&amp;claim=")[2][:24]
    ann.open(statement="R1", claim=claim)
    assert {"s.source_id", "s.kind"}.isdisjoint(ann.fields.sent)
    ann.press("check")
    assert "reason-help" in ann.page
    assert ann.status == 422
    ann.press("check", c1__notes="seen again", reason="misheard by the interpreter")
    assert "This changes 1 statement, 1 claim." in ann.page
    outcome = ann.done()
    assert outcome["statement"] == "R1"
    history = ann.client.get(f"/case/{ann.case}/statement/history?id=R1").text
    assert "Because: misheard by the interpreter" in history
    assert "seen again" in history
    assert "by ann, delivery 2" in history
    assert "Selam" not in history


@pytest.mark.changes
def test_a_statement_is_withdrawn(ann: Hand) -> None:
    ann.open(statement="T1", fate="withdrawn")
    assert ann.fields.sent["s.status"] == "withdrawn"
    ann.press("check", s__status_on="2020-06", reason="afraid")
    # The effect on the leads is computed on request, and loses nothing typed.
    assert "would become of the leads" not in re.sub(r"<button.*?</button>", "", ann.page, flags=re.DOTALL)
    ann.press("leads")
    effect = re.search(r"What would become of the leads|None of the first leads would change rank", ann.page)
    assert effect
    assert "leads" not in ann.fields.buttons
    ann.done()
    assert "Withdrawn by its source, June 2020" in ann.client.get(f"/case/{ann.case}/statement?id=T1").text


@pytest.mark.changes
def test_two_at_once_are_told_and_what_the_second_typed_stands(ann: Hand) -> None:
    first, second = Hand(ann.client, ann.case), ann
    claim = ann.client.get(f"/case/{ann.case}/statement.json?id=R1").json["asserts"][0]["claim"]  # type: ignore[index]
    first.open(statement="R1", claim=claim)
    second.open(statement="R1", claim=claim)
    second.press("check", c1__place="Dover", reason="mine")
    first.press("check", c1__place="Calais", reason="theirs")
    first.done()
    answer = second.press("add")
    assert answer.status_code == 409
    assert "changed since you opened the form" in answer.text
    assert "Because: theirs" in answer.text
    assert "It says now: <strong>Calais</strong>" in answer.text
    assert second.fields.sent["c1.place"] == "Dover"
    second.press("check")
    second.done()
    versions = ann.client.get(f"/case/{ann.case}/statement/history.json?id=R1").json["versions"]  # type: ignore[index]
    assert [(version["reason"], version["claims"][0]["place"]) for version in versions[:2]] == [
        ("mine", "Dover"),
        ("theirs", "Calais"),
    ]


@pytest.mark.changes
def test_the_source_of_a_witness_account_is_told_to_nobody_without_clearance(ann: Hand, people: Place) -> None:
    bob = Hand(people.client("bob"), ann.case)
    bob.open(subject="P1", relation="PILOTED", object="X1")
    bob.press("new:people:s.source_id", s__source_id="Layla Rostami", s__kind="witness")
    bob.press("check")
    assert "only the vault knows that this person gave it" in bob.page
    assert "Witness statement by Layla Rostami; source untested, not known (2D), handling C. It says:" in bob.page
    outcome = bob.done()
    assert outcome["statement"] == ""
    assert outcome["new"] == []
    assert "Layla" not in bob.page
    for page in ("load", "network", "search?q=S-", "entity?id=P1"):
        text = bob.client.get(f"/case/{ann.case}/{page}").text
        assert "Layla" not in text, page
        assert sources(text) == [], page


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_the_way_back_leads_nowhere_else(ann: Hand, target: str) -> None:
    ann.open(next=target)
    assert ann.fields.sent["next"] == ""
    assert "example.org" not in ann.page
    done = ann.client.get(f"/case/{ann.case}/add/done?{urlencode({'id': 'x', 'next': target})}").text
    assert "example.org" not in done


@pytest.mark.parametrize(
    ("name", "page"), [("pam", "add"), ("dis", "add"), ("pam", "add?statement=R1"), ("dis", "add?statement=R1")]
)
def test_who_may_not_load_is_told_so(people: Place, case: str, name: str, page: str) -> None:
    client = people.client(name)
    assert client.get(f"/case/{case}/{page}").status_code == 403
    for address in ("statement?id=R1", "entity?id=P1"):
        assert "/add?" not in client.get(f"/case/{case}/{address}").text
    assert client.post(f"/case/{case}/add", data={"do": "add"}).status_code == 400  # without the form's token
    assert client.get(f"/case/{case}/statement/history?id=R1").status_code == (200 if name == "dis" else 403)


def test_the_statement_of_a_witness_is_not_there_for_who_lacks_source_clearance(people: Place, case: str) -> None:
    client = people.client("bob")
    for page in ("add?statement=T1", "statement/history?id=T1"):
        hidden, absent = (client.get(f"/case/{case}/{address}") for address in (page, page.replace("T1", "T9")))
        hidden_text, absent_text = (without_tokens(answer.text) for answer in (hidden, absent))
        assert (hidden.status_code, hidden_text.replace("T1", "T9")) == (404, absent_text)


def test_hostile_fields_do_no_harm(ann: Hand) -> None:
    ann.open()
    for name, value in (
        ("new", "x1"),
        ("claim", "c1"),
        ("c1.table", "statements"),
        ("token", "x"),
        ("do", "pick:q.r:s"),
    ):
        sent = ann.fields.sent.copy()
        sent.setlist(name, [*(sent.getlist(name) if name == "claim" else []), value])
        answer = ann.client.post(f"/case/{ann.case}/add", data=sent)
        assert answer.status_code in (200, 400, 422), (name, answer.text)
    sent = ann.fields.sent.copy()
    sent.setlist("new", ["new1"])
    sent["new1.table"] = "links"
    assert ann.client.post(f"/case/{ann.case}/add", data=sent).status_code == 400
    sent = ann.fields.sent.copy()
    sent.setlist("claim", [f"c{number}" for number in range(1, 100)])
    assert ann.client.post(f"/case/{ann.case}/add", data=sent).status_code == 400


def test_the_form_is_one_click_from_search_and_from_each_page_of_an_entity(people: Place) -> None:
    base = f"/case/{people.case}"
    for address, form in (
        ("entity?id=P1", f"{base}/add?subject=P1"),
        ("entity?id=X1", f"{base}/add?object=X1"),
        ("search?q=P1", f"{base}/add"),
    ):
        assert f'href="{form}"' in people.client("ann").get(f"{base}/{address}").text, address
    opened = Hand(people.client("ann"), people.case).open(object="X1")
    assert opened.fields.sent["c1.object_id"] == "X1"
