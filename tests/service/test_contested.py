"""Every page, query, graph and file that shows a denied link marks it as denied."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import PictureRequest, Wanted
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {
    "whole": ("analyst", Grant("C", sources=True)),
    "high": ("investigator", Grant("C")),
    "low": ("investigator", Grant("P")),
}
MET, PAID = ("ann", "ASSOCIATES_WITH", "bea"), ("ann", "PAID", "bea")
ORGANISED, CONTROLS = ("ann", "ORGANISED", "c1"), ("ann", "CONTROLS", "k1")
ROWS: Tables = {
    "people": [{"id": name, "name": name.title(), "category": "suspect"} for name in ("ann", "bea", "cid", "dov")],
    "crossings": [
        {"id": "c1", "date": "2020-05-08", "launch_site": "Dunkirk"},
        {"id": "c2", "date": "2020-05-12", "launch_site": "Dunkirk"},
        # Extra crossings that share nothing, so that two others make a cluster.
        *({"id": f"x{month}", "date": f"2019-0{month}-01", "launch_site": f"Beach {month}"} for month in range(1, 9)),
    ],
    "boats": [{"id": "b1", "name": "Gull"}],
    "workplaces": [{"id": "k1", "name": "Wash"}],
    "statements": [
        {"id": "report", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "denial", "kind": "intelligence", "handling": "C", "summary": "was in hospital"},
    ],
    "links": [
        *statement_claims(
            "report", *(" ".join(link) for link in (MET, ORGANISED, CONTROLS)), "ann ORGANISED c2", "bea WORKED_AT k1"
        ),
        *statement_claims(
            "report", "bea OWES ann", "cid DIRECTED dov", "ann SERVED dov", "dov PILOTED c1", "dov PILOTED c2"
        ),
        *statement_claims("report", "b1 USED_ON c1", "b1 USED_ON c2", "cid ASSISTED c1", "cid ASSISTED c2"),
        claim(*PAID, "report", amount="5000", currency="GBP"),
        claim("cid", "PAID", "bea", "report", amount="100", currency="GBP"),
        claim("bea", "ASSOCIATES_WITH", "ann", "denial", polarity="denies"),
        *(claim(*link, "denial", polarity="denies") for link in (PAID, ORGANISED, CONTROLS, ("ann", "SERVED", "dov"))),
    ],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "whole", ROWS)


def links_of(people: Place, reader: str, entity: str) -> dict[tuple[str, str, str], Any]:
    """The links on the page of an entity, each with its `denying`."""
    page = people.client(reader).get(f"/case/{people.case}/entity.json?id={entity}").get_json()
    links = [link for section in page["sections"] for link in section["links"]]
    return {(link["subject"], link["relation"], link["object"]): link["denying"] for link in links}


def test_a_denial_with_swapped_ends_of_a_relation_without_direction_counts(people: Place) -> None:
    assert links_of(people, "low", "ann")[MET] == "contested"
    assert links_of(people, "high", "ann")[MET] == 1


def test_an_export_says_so_too(people: Place) -> None:
    export = people("low").exports.make(
        Wanted(picture=PictureRequest(ids=("ann",))), "Police", "they ask", handling="P", forms=["csv"]
    )
    with zipfile.ZipFile(io.BytesIO(people("low").exports.given.fetch(export.id)[1])) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("links.csv").decode())))
    assert {row["denied"] for row in rows if (row["Source"], row["Kind"], row["Target"]) == MET} == {"contested"}


def test_the_claims_of_a_link_hold_its_denial_in_either_order(people: Place) -> None:
    answer = people("high").network.entities.between(*MET).dicts()
    assert [row["polarity"] for row in answer] == ["denies", "asserts"]
    ways = people("high").network.paths.find(["ann", "bea"], kind="every", steps=1).between[0].ways
    (step,) = (step for way in ways for step in way.steps if (step.subject, step.relation, step.object) == MET)
    assert [row["statement"] for row in step.denying] == ["denial"]


def test_queries_on_money_mark_a_payment_that_is_denied_or_contested(people: Place) -> None:
    for reader, mark in (("low", "contested"), ("high", 1)):
        queries = people(reader).queries
        paid = {row["payer"]: row for row in queries.run("people.money_to", {"person": "bea"}).dicts()}
        assert {payer: (row["denying"], row["total"]) for payer, row in paid.items()} == {
            "ann": (mark, 0),
            "cid": (0, 100),
        }
        (most,) = queries.run("people.most_paid", {"payers": 1}).dicts()
        assert (most["total"], most["contested"], most["denied"], most["doubtful"]) == (100, 5000, ["ann"], [])


def test_a_debt_says_where_the_hold_over_a_place_is_contested(people: Place) -> None:
    for reader in ("low", "high"):
        (debt,) = people(reader).queries.run("people.debts", {"tied": "yes"}).dicts()
        assert (debt["places"], debt["contested"]) == (["k1"], ["k1"])


def test_payments_of_an_entity_keep_what_is_contested_out_of_the_sum(people: Place) -> None:
    client, address = people.client("low"), f"/case/{people.case}/entity"
    (side,) = (side for side in client.get(f"{address}.json?id=bea").get_json()["payments"] if side["side"] == "to")
    assert side["sums"] == [{"currency": "GBP", "total": 100.0, "payments": 1}]
    assert side["denied_sums"] == [{"currency": "GBP", "total": 5000.0, "payments": 1}]
    assert [row["denying"] for row in side["denied"]] == ["contested"]
    section = client.get(f"{address}?id=bea").text.partition('id="payments"')[2].partition("</section>")[0]
    assert "Denied or contested, and in no sum: 5,000 GBP (1 payment)" in section
    assert section.count(">contested<") == 1


def test_leads_at_either_end_of_a_contested_link_read_contested(people: Place) -> None:
    """A payment accuses the person paid as well; lawful service accuses nobody."""
    leads = {row["id"]: row["denied"] for row in people("low").leads.table()["hubs"]}
    assert leads == {"ann": "contested", "bea": "contested", "cid": 0, "dov": 0}
    page = people.client("low").get(f"/case/{people.case}/lead?id=bea").text
    assert "contested" in page
    denied = {row["id"]: row["denied"] for row in people("high").leads.table()["hubs"]}
    assert {name for name, number in denied.items() if number} == {"ann", "bea"}


@pytest.mark.parametrize(("reader", "word"), [("low", "contested"), ("high", "denied")])
def test_what_crossings_share_says_what_of_it_is_denied(people: Place, reader: str, word: str) -> None:
    linkage, client = people(reader).linkage, people.client(reader)
    marks = {row["value"]: row["denied"] for row in linkage.pair("c1", "c2")["lines"]}
    assert marks["ann"] == word
    assert set(marks.values()) <= {word, ""}
    nearest = next(row for row in linkage.of("c1")["nearest"] if row["id"] == "c2")
    assert {row["value"]: row["denied"] for row in nearest["shares"]}["ann"] == word
    assert f"organised by Ann ({word})" in linkage.table("c1").rows[0][-1]
    clusters = ("linked/cluster?id=c1", "linked") if linkage.cluster("c1")["crossings"] else ()
    for address in ("linked/pair?first=c1&second=c2", "linked?id=c1", *clusters):
        page = client.get(f"/case/{people.case}/{address}").text
        assert f">{word}<" in page, address


@pytest.mark.parametrize(("reader", "word"), [("low", "contested"), ("high", "yes"), ("whole", "yes")])
def test_the_graph_of_claims_marks_those_whose_link_is_denied(people: Place, reader: str, word: str) -> None:
    edges = people(reader).graph("claims").edges(data=True)
    marks = {
        (subject, claimed["relation"], target): claimed.get("denied")
        for subject, target, claimed in edges
        if claimed["polarity"] == "asserts"
    }
    assert {marks[link] for link in (MET, PAID, ORGANISED, CONTROLS)} == {word}
    assert marks["cid", "PAID", "bea"] == "no"


def test_the_panel_of_an_entity_marks_claims_whose_link_is_denied(people: Place) -> None:
    address = f"/case/{people.case}/network/node"
    panel = people.client("low").get(f"{address}.json?id=c1").get_json()
    marks = {(row["subject"], row["relation"], row["object"]): row["denying"] for row in panel["asserting"]}
    assert (marks[ORGANISED], marks["dov", "PILOTED", "c1"]) == ("contested", 0)
    page = people.client("low").get(f"{address}?id=c1").text
    assert page.partition("Who says so")[2].partition("</section>")[0].count(">contested<") == 1


def test_the_history_of_a_statement_marks_claims_whose_link_is_denied(people: Place) -> None:
    (version,) = people("high").deliveries.statements.history("report")
    marks = {(row["subject"], row["relation"], row["object"]): row["denying"] for row in version.claims}
    assert {link for link, denying in marks.items() if denying} >= {MET, PAID, ORGANISED, CONTROLS}
    assert not marks["cid", "PAID", "bea"]
    assert ">denied by 1<" in people.client("high").get(f"/case/{people.case}/statement/history?id=report").text
