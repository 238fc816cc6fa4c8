"""The page of groups of witnesses: its readers, its content, and decisions made there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.pages import wait_for_work
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
REASON = "<b>a year apart</b>, in two countries"
LINKS = statement_claims("T1", "W1 CROSSED_ON north-1", "B DIRECTED A") + statement_claims(
    "T2", "W2 CROSSED_ON north-1", "B DIRECTED A"
)
CASE: Tables = {
    "people": [
        {"id": "B", "name": "Boss", "handling": "P"},
        {"id": "A", "name": "Aide", "handling": "P"},
        *({"id": f"W{n}", "name": f"Wil {n}", "category": "witness", "handling": "P"} for n in (1, 2, 3)),
    ],
    "statements": [{"id": f"T{n}", "kind": "witness", "source_id": f"W{n}", "handling": "P"} for n in (1, 2, 3)],
    "crossings": [
        {"id": "north-1", "date": "2020-05-08", "launch_site": "<i>Dunkirk</i>", "handling": "P"},
        {"id": "north-2", "date": "2020-05-09", "handling": "P"},
    ],
    "links": LINKS + statement_claims("T3", "W3 CROSSED_ON north-2", "B DIRECTED A"),
}
ROLES = {
    "ann": ("analyst", Grant("C", sources=True)),
    "inv": ("investigator", Grant("C", sources=True)),
    "low": ("analyst", Grant("C")),
}


@dataclass(frozen=True)
class Groups:
    """The pages of a small case."""

    place: Place
    case: str

    def client(self, name: str) -> FlaskClient:
        return self.place.client(name)

    def post(self, name: str, address: str, **form: str) -> tuple[int, str]:
        """Send a form, wait until the work it started is done, and return the status and text of the final page."""
        client = self.client(name)
        sent = client.post(f"/case/{self.case}/{address}", data=form)
        if sent.status_code != 303:
            return sent.status_code, sent.text
        wait_for_work(client, sent.headers["Location"])
        page = client.get(sent.headers["Location"])
        assert "<progress" not in page.text, "the work did not end"
        return page.status_code, page.text


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), ROLES, "inv", CASE)


@pytest.fixture
def groups(people: Place) -> Groups:
    people.app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    return Groups(people, people.case)


def test_it_takes_source_clearance_and_stands_in_the_rail_for_those_who_have_it(groups: Groups) -> None:
    for name, sees in (("ann", True), ("inv", True), ("low", False)):
        client = groups.client(name)
        assert client.get(f"/case/{groups.case}/groups").status_code == (200 if sees else 403)
        assert client.get(f"/case/{groups.case}/groups.json").status_code == (200 if sees else 403)
        assert (">Groups of witnesses</a>" in client.get(f"/case/{groups.case}/through").text) == sees
        assert ("All groups of the case" in client.get(f"/case/{groups.case}/lead?id=B").text) == sees


def test_it_tells_what_is_shared_as_text_and_is_searched(groups: Groups) -> None:
    client, base = groups.client("ann"), f"/case/{groups.case}/groups"
    page = client.get(base).text
    assert "On the same crossing" in page
    assert "&lt;i&gt;Dunkirk&lt;/i&gt;" in page
    assert "<i>Dunkirk</i>" not in page
    every = client.get(f"{base}.json").get_json()
    assert [len(group["sources"]) for group in every["groups"]] == [2, 1]
    together, (alone,) = every["groups"][0], every["groups"][1]["sources"]
    assert [(group["reason"], group["thing"]) for group in together["shared"]] == [("crossing", "north-1")]
    for text, count in ((alone, 1), ("dunkirk", 1), ("north-1", 1), ("crossing", 1), ("nothing of it", 0), ("", 2)):
        assert client.get(f"{base}.json", query_string={"q": text}).get_json()["found"] == count
    beyond = client.get(f"{base}?from=99").text
    assert "No group fits" not in beyond
    assert "1 to 2 of 2" in re.sub(r"\s+", " ", beyond)
    lead = client.get(f"/case/{groups.case}/lead.json?id=B").get_json()
    assert lead["groups"] == [reason["sources"] for reason in lead["reasons"]]
    assert sorted(map(len, lead["groups"])) == [1, 2]
    assert "On the same crossing" in client.get(f"/case/{groups.case}/lead?id=B").text


@pytest.mark.changes
def test_a_decision_is_made_told_and_taken_back(groups: Groups) -> None:
    client, base = groups.client("ann"), f"/case/{groups.case}/groups"
    first, second = client.get(f"{base}.json").get_json()["groups"][0]["sources"]
    form = {"one": first, "other": second, "kind": "independent", "handling": "P", "reason": REASON}
    status, text = groups.post("ann", "groups", **form)
    assert (status, "<h1>Decided</h1>" in text) == (200, True)
    page = client.get(base).text
    assert "&lt;b&gt;a year apart&lt;/b&gt;" in page
    assert [len(group["sources"]) for group in client.get(f"{base}.json").get_json()["groups"]] == [1, 1, 1]
    (pairing,) = client.get(f"{base}.json").get_json()["pairings"]
    assert (pairing["kind"], pairing["by"], pairing["reason"]) == ("independent", "ann", REASON)
    # Only people who may decide may take a decision back.
    assert "Take back" in page
    assert "Take back" not in groups.client("inv").get(base).text
    assert groups.post("inv", "groups/end", id=pairing["id"], reason="no")[0] == 403
    refused, page = groups.post("ann", "groups/end", id=pairing["id"], reason="x" * 2001)
    assert (refused, f'value="{"x" * 2001}"' in page, "<details open>" in page) == (400, True, True)
    assert groups.post("ann", "groups/end", id=pairing["id"], reason="they had met")[0] == 200
    assert "taken back by ann" in re.sub(r"\s+", " ", client.get(base).text)
    assert [len(group["sources"]) for group in client.get(f"{base}.json").get_json()["groups"]] == [2, 1]


@pytest.mark.parametrize(
    ("name", "changes", "status"),
    [
        ("inv", {}, 403),
        ("low", {}, 403),
        ("ann", {"reason": " "}, 400),
        ("ann", {"kind": "cousins"}, 400),
        ("ann", {"other": "Q-0000-0000-0000"}, 404),
        ("ann", {"handling": "Q"}, 400),
    ],
)
def test_what_is_no_decision_of_theirs_is_refused_and_changes_nothing(
    groups: Groups, name: str, changes: dict[str, str], status: int
) -> None:
    first, second = groups.client("ann").get(f"/case/{groups.case}/groups.json").get_json()["groups"][0]["sources"]
    form = {"one": first, "other": second, "kind": "dependent", "handling": "P", "reason": REASON} | changes
    refused, page = groups.post(name, "groups", **form)
    assert refused == status
    if name == "ann":  # the typed text is not lost
        assert 'role="alert"' in page
        assert page.count(f'value="{form["other"]}"') == page.count(f'value="{first}"') == 1
        assert ('value="dependent" selected' in page) == ("kind" not in changes)
        assert ('value="P" selected' in page) == ("handling" not in changes)
        assert ("&lt;b&gt;a year apart&lt;/b&gt;" in page) == ("reason" not in changes)
    assert groups.client("ann").get(f"/case/{groups.case}/groups.json").get_json()["pairings"] == []


@pytest.mark.changes
def test_the_work_is_its_beginners_alone(groups: Groups) -> None:
    client = groups.client("ann")
    first, second = client.get(f"/case/{groups.case}/groups.json").get_json()["groups"][0]["sources"]
    form = {"one": first, "other": second, "kind": "independent", "reason": REASON}
    sent = client.post(f"/case/{groups.case}/groups", data=form)
    for name, status in (("ann", 200), ("inv", 404), ("low", 404)):
        assert groups.client(name).get(sent.headers["Location"]).status_code == status
