"""The pages of search, growth and paths, and their twins."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.neo4j


@pytest.fixture
def inv(site: Any) -> FlaskClient:
    client: FlaskClient = site.client("inv")
    return client


@pytest.fixture
def pam(site: Any) -> FlaskClient:
    client: FlaskClient = site.client("pam")
    return client


class Links(HTMLParser):
    """The addresses of a page's links, by their text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._at = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._at = (dict(attrs).get("href") or "") if tag == "a" else self._at

    def handle_data(self, data: str) -> None:
        if self._at:
            self.found.setdefault(data.strip(), self._at)

    def handle_endtag(self, tag: str) -> None:
        self._at = "" if tag == "a" else self._at


# -- search ---------------------------------------------------------------------------------------------------


def test_search_says_why_and_finds_what_was_said(site: Any, inv: FlaskClient, pam: FlaskClient) -> None:
    data = inv.get(site.address("search.json", q="javascript")).get_json()
    assert [(row["id"], row["why"]) for row in data["results"]] == [(site.boss, [["alias", "javascript:alert(3)"]])]
    assert "alias: javascript:alert(3)" in inv.get(site.address("search", q="javascript")).text
    results = inv.get(site.address("search.json", q="alone")).get_json()["said"]
    assert [result["statement"]["statement"] for result in results] == ["C1"]
    assert pam.get(site.address("search.json", q="alone")).get_json()["said"] == []
    page = inv.get(site.address("search", q="bold")).text
    assert "&lt;b&gt;<mark>bold</mark>&lt;/b&gt;" in page


def test_suggestions_are_the_nearest_of_the_search(site: Any, inv: FlaskClient) -> None:
    near = inv.get(site.address("search/near.json", q="e")).get_json()
    whole = inv.get(site.address("search.json", q="e")).get_json()
    assert near["results"] == whole["results"][:12]
    assert "said" not in near
    assert {"id", "name", "kind", "href", "why", "level", "says", "apart"} <= set(near["results"][0])


@pytest.mark.parametrize(
    "query", ["", "%", "“", "x" * 200, "a b c d e f g h i j k", '") OR *:*', "/.*/", "\\", "*", "?"]
)
def test_no_search_fails(site: Any, inv: FlaskClient, query: str) -> None:
    for page in ("search", "search.json", "search/near.json"):
        assert inv.get(site.address(page, q=query)).status_code == 200, query


def test_too_long_a_search_is_told_what_to_do(site: Any, inv: FlaskClient) -> None:
    answer = inv.get(site.address("search/near.json", q="x" * 201))
    assert answer.status_code == 400
    assert "up to 200 characters" in answer.get_json()["error"]


# -- growth ---------------------------------------------------------------------------------------------------


def test_growth_counts_by_relation_and_each_leads_to_its_picture(site: Any, inv: FlaskClient, pam: FlaskClient) -> None:
    address = site.address("network/growth", node=site.boss, id=site.boss, depth="0")
    growth = inv.get(site.address("network/growth.json", node=site.boss, id=site.boss, depth="0")).get_json()["growth"]
    assert {way["word"]: way["number"] for way in growth["relations"]} == {"DIRECTED": 2, "PAID": 1}
    of_p = pam.get(site.address("network/growth.json", node=site.boss, id=site.boss, depth="0")).get_json()["growth"]
    assert {way["word"]: way["number"] for way in of_p["relations"]} == {"DIRECTED": 1, "PAID": 1}
    links = Links(inv.get(address).text).found
    view = inv.get(links["paid"].replace("/network?", "/network.json?")).get_json()["view"]
    assert {node["id"] for node in view["nodes"]} == {site.boss, "=cmd"}
    # Without a picture only the node is drawn, and its links still lead somewhere.
    alone = Links(inv.get(site.address("network/growth", node=site.boss)).text).found
    assert inv.get(alone["paid"]).status_code == 200


def test_growth_of_what_is_not_theirs_is_not_there(site: Any, pam: FlaskClient) -> None:
    answers = [pam.get(site.address("network/growth.json", node=node)) for node in (site.hidden, "only-d")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].get_json()["error"].replace(site.hidden, "only-d") == answers[1].get_json()["error"]


# -- paths ----------------------------------------------------------------------------------------------------


def test_ways_are_told_step_by_step_with_who_says_so(site: Any, inv: FlaskClient) -> None:
    query = {"from": "=cmd", "to": site.aide}
    data = inv.get(site.address("network/paths.json", **query)).get_json()
    (between,) = data["between"]
    (way,) = between["ways"]
    assert way["nodes"] == ["=cmd", site.boss, site.aide]
    assert [step["says"] for step in way["steps"]] == [
        f"{site.boss_name} paid =1+1",
        f"{site.boss_name} gave instructions to {site.aide_name}",
    ]
    assert [row["statement"] for row in way["steps"][1]["denying"]] == ["R2"]
    assert {row["statement"] for row in way["steps"][1]["asserting"]} == {site.report, "T1"}
    page = inv.get(site.address("network/paths", **query)).text
    assert "denied by" in page
    links = Links(page).found
    view = inv.get(links["Show on the canvas"].replace("/network?", "/network.json?")).get_json()["view"]
    assert {node["id"] for node in view["nodes"]} == set(way["nodes"])
    assert inv.get(links["who says so"]).status_code == 200


def test_ways_without_source_clearance_are_told_in_steps(site: Any, inv: FlaskClient, pam: FlaskClient) -> None:
    query = {"from": "=cmd", "to": site.aide}
    (way,) = pam.get(site.address("network/paths.json", **query)).get_json()["between"][0]["ways"]
    claims = [
        (row["statement"], row["groups"]) for row in way["steps"][1]["asserting"] if row["statement_kind"] == "witness"
    ]
    assert claims == [(None, "few")]
    assert "0." in way["believed"]
    assert "what each group of witnesses" not in pam.get(site.address("network/paths", **query)).text
    assert "what each group of witnesses" in inv.get(site.address("network/paths", **query)).text
    refused = pam.get(site.address("network/paths.json", to=site.aide, kind="accounts"))
    assert refused.status_code == 403
    assert "takes source clearance" in refused.get_json()["error"]
    accounts = inv.get(site.address("network/paths.json", to=site.boss, kind="accounts")).get_json()["between"]
    assert [way["statement"] for way in accounts[0]["ways"]] == ["T1"]


def test_the_form_asks_between_whom_and_keeps_what_was_chosen(site: Any, inv: FlaskClient) -> None:
    assert "Between whom?" in inv.get(site.address("network/paths")).text
    page = inv.get(
        site.address(
            "network/paths", **{"from": "=cmd", "to": "X1", "recorded": "yes", "besides": "presence", "avoid": "B1"}
        )
    ).text
    assert 'name="recorded" value="yes" checked' in page
    assert 'value="presence" checked' in page
    assert ">B1</textarea>" in page


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"from": "=cmd"}, 400, "choose 2 to 6 ends"),
        ({"from": "=cmd", "to": "nowhere"}, 404, "nothing with the id"),
        ({"from": "=cmd", "to": "X1", "kind": "longest"}, 400, "kinds of path are shortest"),
        ({"from": "=cmd", "to": "X1", "steps": "x"}, 400, "takes a whole number"),
        ({"from": "=cmd", "to": "X1", "kind": "every", "steps": "40"}, 400, "1 to 6 steps"),
        ({"from": "=cmd", "to": "X1", "least": "nan"}, 400, "0 to 1"),
        ({"from": "=cmd", "to": "X1", "most": "101"}, 400, "1 to 100"),
    ],
)
def test_what_is_wrong_is_said(site: Any, inv: FlaskClient, query: dict[str, str], status: int, words: str) -> None:
    answer = inv.get(site.address("network/paths.json", **query))
    assert answer.status_code == status
    assert words in answer.get_json()["error"]


def test_who_may_not_analyse_is_refused_whether_the_case_is_there_or_not(site: Any) -> None:
    answer = site.client("dis").get(site.address("network/paths"))
    assert answer.status_code == 403
    assert 'data-tool="paths"' not in site.client("dis").get(site.address("network", id=site.boss)).text
