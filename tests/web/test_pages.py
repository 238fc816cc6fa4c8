"""The text of a case's pages."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from graphsvc.records.coarsened import ranked_on
from graphsvc.service.leads.leads import Leads

pytestmark = pytest.mark.neo4j


@pytest.fixture
def inv(site: Any) -> FlaskClient:
    client: FlaskClient = site.client("inv")
    return client


def test_the_overview_counts_what_is_there(site: Any, inv: FlaskClient) -> None:
    data = inv.get(site.address("overview.json")).get_json()
    assert data["counts"] == {"person": 6, "boat": 1, "crossing": 1, "workplace": 1}
    assert data["statements"] == {"intelligence": 2, "record": 2, "witness": 2}
    assert (data["people_carried"], data["crossings_counted"]) == (21, 1)
    assert data["timeline"]["peak"]["when"] == "8 May 2020"
    assert [delivery["number"] for delivery in data["deliveries"]] == [1]
    assert data["deliveries"][0]["counts"]["people"]["added"] == 6
    # Readers see a delivery and its contents only if they may see all of it.
    of_p = site.client("pam").get(site.address("overview.json")).get_json()
    # No claim mentions the two witnesses, so only source clearance shows them.
    assert of_p["counts"]["person"] == 3
    assert of_p["statements"] == {}
    assert of_p["deliveries"] == []


def test_beyond_the_last_lead_stand_the_last(site: Any, inv: FlaskClient) -> None:
    for query in ({"all": "yes"}, {"q": "cmd"}):
        first, beyond = (
            inv.get(site.address("leads.json", **query, **more)).get_json() for more in ({}, {"from": "999"})
        )
        assert (beyond["first"], beyond["leads"]) == (1, first["leads"])
        assert first["leads"]


def test_a_lead_says_what_supports_it_and_what_speaks_against_it(site: Any, inv: FlaskClient) -> None:
    data = inv.get(site.address("lead.json", id=site.boss)).get_json()
    assert data["lead"]["rank"] <= 2
    assert data["lead"]["best_rank"] <= data["lead"]["rank"] <= data["lead"]["worst_rank"]
    assert data["lead"]["stages"] == {"money": 1}
    assert data["lead"]["denied"] == 1
    assert {row["statement"] for row in data["supporting"]} == {site.report, "T1", "R1", "C1"}
    assert [row["statement"] for row in data["denying"]] == ["R2"]
    assert [row["statement"] for row in data["taken_back"]] == ["T2"]
    assert data["paths"][0]["steps"][-1]["said"] == f"{site.boss_name} gave instructions to {site.aide_name}"
    page = inv.get(site.address("lead", id=site.boss)).text
    assert "Intelligence, not evidence" in page
    for word in ("suspect", "guilty"):
        assert word not in page.lower()


def test_the_lists_of_a_lead_say_what_is_in_them(site: Any, inv: FlaskClient) -> None:
    """*Denied* counts only denials with a share in the score, so the list of denials may be longer."""
    leads = [row["id"] for row in inv.get(site.address("leads.json", all="yes")).get_json()["leads"]]
    seen = set()
    for name in leads:
        answer = inv.get(site.address("lead.json", id=name)).get_json()
        page = inv.get(site.address("lead", id=name)).text
        for those, says in (
            ("denying", "counts only denials"),
            ("lowering", "Claims that lower the score"),
        ):
            assert (says in page) == bool(answer[those]), (name, those)
            seen.add((those, bool(answer[those])))
    assert seen == {(those, is_present) for those in ("denying", "lowering") for is_present in (True, False)}


@pytest.mark.parametrize("name", ["", "leads", "lead", "through", "behind"])
def test_a_page_with_ranks_says_what_they_leave_out(site: Any, name: str) -> None:
    """Two clearances see different lists; readers should not have to find that out by comparing screens."""
    query = {"lead": {"id": site.boss}, "behind": {"id": site.boss}}.get(name, {})

    def rank_note(account: str) -> str:
        answer = site.client(account).get(site.address(name, **query))
        assert answer.status_code == 200
        page: str = answer.text
        return page.partition('<p class="note ranked-on">')[2].partition("<a")[0].strip()

    # If no one stands out, this page gives no ranks, and says that first.
    def stands_out(account: str) -> bool:
        return bool(
            site.client(account).get(site.address("leads").partition("?")[0] + ".json").get_json()["verdict"] == "leads"
        )

    none = "There are no ranks. No one stands out: " if name == "behind" and not stands_out("pam") else ""
    assert rank_note("inv").partition("There are no ranks")[0] == ""
    assert bool(rank_note("inv")) is (name == "behind" and not stands_out("inv"))
    of_p = rank_note("pam")
    assert of_p.startswith(none)
    assert of_p.endswith(ranked_on("P", sources=False))
    assert none or of_p == ranked_on("P", sources=False)
    assert "statements under handling code C, if there are any, are not in it, and where only a few witnesses" in of_p
    assert not any(character.isdigit() for character in of_p), "how many there are is what pam may not know"


def test_leads_filter_sort_and_page(site: Any, inv: FlaskClient) -> None:
    def lead_ids(**query: str) -> list[str]:
        return [row["id"] for row in inv.get(site.address("leads.json", **query)).get_json()["leads"]]

    everyone = lead_ids(all="yes")
    assert site.boss in everyone[:2]
    assert lead_ids(stage="money") == [site.boss]
    assert set(lead_ids(rests="one")).isdisjoint(lead_ids(rests="more"))
    # Leads without a rank range fit neither filter.
    rows = inv.get(site.address("leads.json", all="yes")).get_json()["leads"]
    ranged = {row["id"] for row in rows if row["best_rank"] is not None}
    assert set(lead_ids(rests="one")) | set(lead_ids(rests="more")) == ranged < set(everyone)
    assert sorted(lead_ids(sort="worst_rank")) == sorted(everyone)
    assert lead_ids(q="o'neil") == [site.aide]
    assert site.boss in lead_ids(denied="yes")
    assert set(lead_ids(denied="no")).isdisjoint(lead_ids(denied="yes"))
    assert set(lead_ids(denied="no")) | set(lead_ids(denied="yes")) == set(everyone)
    assert sorted(lead_ids(sort="name")) == sorted(everyone)
    assert lead_ids(all="yes", **{"from": "2"}) == everyone[1:]
    assert "No lead fits" in inv.get(site.address("leads", q="nobody of that name")).text


def test_the_list_that_nothing_is_asked_of_is_the_one_that_is_sorted(
    site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = Leads.ranking
    monkeypatch.setattr(Leads, "ranking", lambda leads: dataclasses.replace(ranking(leads), verdict="leads"))
    for first in ("1", "3", "99"):
        plain, rows = (
            inv.get(site.address("leads.json", **query, **{"from": first})).get_json()
            for query in ({}, {"sort": "rank"})
        )
        assert plain["leads"] == rows["leads"]
        assert plain["leads"]


def test_where_no_one_stands_out_the_list_is_shown_to_who_asks_for_it(
    site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphsvc.analysis.ranking.chance.stands_out", lambda *_, **__: False)
    site.service.forget()
    try:
        page, data = inv.get(site.address("leads")).text, inv.get(site.address("leads.json")).get_json()
        assert (data["verdict"], data["leads"]) == ("abstains", [])
        assert "No one stands out" in page
        assert "people anyway" in page
        assert inv.get(site.address("leads.json", all="yes")).get_json()["leads"]
        # A file repeats the verdict, because it is read without its page.
        rows = list(csv.DictReader(io.StringIO(inv.get(site.address("leads.csv")).text)))
        assert rows
        assert {row["verdict"] for row in rows} == {"abstains"}
    finally:
        site.service.forget()


def test_an_entity_shows_denials_and_what_was_taken_back_apart(site: Any, inv: FlaskClient) -> None:
    boss = inv.get(site.address("entity.json", id=site.boss)).get_json()
    links = {(link["relation"], link["object"]): link for section in boss["sections"] for link in section["links"]}
    directed = links["DIRECTED", site.aide]
    assert {claim["statement"] for claim in directed["claims"]} == {site.report, "T1"}
    assert [claim["statement"] for claim in directed["denials"]] == ["R2"]
    assert [claim["statement"] for claim in links["PAID", "=cmd"]["taken_back"]] == ["T2"]
    aide = inv.get(site.address("entity.json", id=site.aide)).get_json()
    assert [claim["relation"] for claim in aide["denials"]] == ["ASSOCIATES_WITH"]
    assert "Only denied" in inv.get(site.address("entity", id=site.aide)).text
    assert aide["lead"]["rank"] > 1


def test_many_links_of_one_relation_have_pages_of_their_own(
    site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sections = inv.get(site.address("entity.json", id=site.boss)).get_json()["sections"]
    most = max(sections, key=lambda section: section["number"])
    assert most["number"] == len(most["links"]) > 1
    monkeypatch.setattr("graphsvc.web.network.entities._OPEN", 0)
    monkeypatch.setattr("graphsvc.web.network.entities._LINKS", 1)
    for module in ("network.entities", "limits"):
        monkeypatch.setattr(f"graphsvc.service.{module}.LINKS_AT_ONCE", 1)
    first = inv.get(site.address("entity", id=site.boss)).text
    assert first.count('<li class="link">') == len(sections)
    assert f"All {most['number']} on a separate page" in first
    few = inv.get(site.address("entity.json", id=site.boss)).get_json()["sections"]
    assert [section["number"] for section in few] == [section["number"] for section in sections]
    assert [section["links"] for section in few] == [section["links"][:1] for section in sections]

    query = {"id": site.boss, "relation": most["relation"]}
    pages = most["number"]

    def of_page(number: int) -> Any:
        return inv.get(f"{site.address('entity.json', **query)}&page={number}").get_json()

    pages_read = [of_page(number) for number in range(1, pages + 1)]
    assert {page["pages"] for page in pages_read} == {pages}
    # Pages have each link once, in the same order and with the same claims as a single page.
    assert [link for page in pages_read for link in page["sections"][0]["links"]] == most["links"]
    beyond = of_page(pages + 7)
    assert (beyond["page"], beyond["sections"]) == (pages, pages_read[-1]["sections"])
    apart = inv.get(site.address("entity", **query)).text
    assert apart.count('<li class="link">') == 1
    assert "Everything about" in apart
    assert f"Page 1 of {pages}" in apart
    assert "on a separate page" not in apart


def test_what_does_not_stand_on_the_page_stands_nowhere_as_denied(
    site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def entity_answers() -> dict[str, Any]:
        return {who: inv.get(site.address("entity.json", id=who)).get_json() for who in (site.boss, site.aide)}

    whole = entity_answers()
    assert any(section["number"] > 1 for section in whole[site.boss]["sections"])
    monkeypatch.setattr("graphsvc.web.network.entities._LINKS", 1)
    for who, page in entity_answers().items():
        assert all(len(section["links"]) == 1 for section in page["sections"])
        for apart in ("denials", "taken_back", "payments"):
            by = (lambda row: row["side"]) if apart == "payments" else (lambda row: (row["claim"], row["relation"]))
            rows, before = (sorted(source[apart], key=by) for source in (page, whole[who]))
            if apart == "payments":
                assert [(side["sums"], side["numbers"], side["unstated"]) for side in rows] == [
                    (side["sums"], side["numbers"], side["unstated"]) for side in before
                ]
            else:
                assert rows == before


def test_a_statement_of_many_claims_is_turned_page_by_page(
    site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_page(number: int) -> Any:
        return inv.get(f"{site.address('statement.json', id='T1')}&page={number}").get_json()

    parts = ("asserts", "denies", "taken_back")
    whole = of_page(1)
    assert whole["numbers"] == {part: len(whole[part]) for part in parts}
    assert whole["numbers"]["asserts"] > 1
    assert whole["pages"] == 1
    monkeypatch.setattr("graphsvc.web.deliveries.statements.PER_PAGE", 1)
    pages = max(whole["numbers"].values())
    pages_read = [of_page(number) for number in range(1, pages + 1)]
    for part in parts:
        assert [row for page in pages_read for row in page[part]] == whole[part]
        assert all(page["numbers"] == whole["numbers"] for page in pages_read)
    assert of_page(pages + 7) == pages_read[-1]
    text = inv.get(f"{site.address('statement', id='T1')}&page=2").text
    assert f"Page 2 of {pages}" in text
    assert text.count('<li class="claim ') == sum(len(pages_read[1][part]) for part in parts)


def test_a_statement_says_its_grading_in_words(site: Any, inv: FlaskClient) -> None:
    page = inv.get(site.address("statement", id="R1")).text
    assert "Source reliable, known directly (1A)" in page
    withdrawn = inv.get(site.address("statement", id="T2")).text
    assert "Withdrawn by its source, June 2020" in withdrawn
    assert "without weight" in withdrawn
    conditions = inv.get(site.address("statement", id="C1")).text
    assert "sharing permitted with conditions: ask first" in conditions


def test_search_finds_by_part_of_a_name_and_says_what_to_do_when_it_does_not(site: Any, inv: FlaskClient) -> None:
    results = inv.get(site.address("search.json", q="o'neil")).get_json()["results"]
    assert [(row["id"], row["name"]) for row in results] == [(site.aide, site.aide_name)]
    assert inv.get(results[0]["href"]).status_code == 200
    assert "Nothing found" in inv.get(site.address("search", q="zzzz")).text
    assert "What are you looking for" in inv.get(site.address("search")).text


def test_a_sealed_witness_stands_under_a_pseudonym(site: Any, inv: FlaskClient) -> None:
    for page in ("overview.json", "leads.json", "search.json"):
        assert "Wilma" not in inv.get(site.address(page, q="wil")).text.replace("q=wil", "")
    results = inv.get(site.address("search.json", q="S-")).get_json()["results"]
    sealed = [row for row in results if row["sealed"]]
    assert len(sealed) == 2
    page = inv.get(sealed[0]["href"]).text
    assert "A sealed person" in page
    about_her = re.sub(r"Witness(es\b| paths\b| statement| case)", "", page)
    assert "Witness" not in about_her


def test_crossings_and_workplaces_are_listed(site: Any, inv: FlaskClient) -> None:
    listed = inv.get(site.address("crossings")).text
    assert "&lt;Dunkirk&gt;" in listed
    (crossing,) = inv.get(site.address("crossings.json")).get_json()["crossings"]
    assert [pilot["id"] for pilot in crossing["pilots"]] == [site.aide]
    assert crossing["organisers"] == crossing["suppliers"] == []
    assert inv.get(site.address("workplaces.json")).get_json()["workplaces"][0]["people"] == 0
    assert "<em>" not in inv.get(site.address("workplaces")).text


def test_another_day_is_asked_about_with_lawful_service_where_this_one_was(site: Any, inv: FlaskClient) -> None:
    field = '<input type="hidden" name="service" value="yes">'
    for query, is_kept in (({"service": "yes"}, True), ({}, False)):
        page = inv.get(site.address("behind", day="2020-05-08", **query)).text
        assert (field in page) == is_kept
        assert ("Without lawful service" in page) == is_kept


@pytest.mark.parametrize("text", ["8 May 2020", "8/5/2020", "2020-05-08"])
def test_a_search_for_a_day_leads_to_who_is_behind_its_boats(site: Any, inv: FlaskClient, text: str) -> None:
    page = inv.get(site.address("search", q=text)).text
    assert "Who is behind the boats of 8 May 2020" in page
    assert '/behind?day=2020-05-08"' in page
    assert inv.get(site.address("search.json", q=text)).get_json()["day"] == "2020-05-08"
    assert "the boats of" not in inv.get(site.address("search", q="May 2020")).text
    assert inv.get(site.address("search.json", q="Kestrel")).get_json()["day"] == ""


def test_a_day_without_its_year_leads_to_its_boats_of_every_year(site: Any, inv: FlaskClient) -> None:
    page = inv.get(site.address("search", q="8 May")).text
    assert "Crossings you can see were on 8 May in 2020." in page
    assert '/behind?day=2020-05-08"' in page
    twin = inv.get(site.address("search.json", q="8 May")).get_json()
    assert (twin["days"], [row["id"] for row in twin["results"]]) == (["2020-05-08"], ["X1"])
    page = inv.get(site.address("search", q="9 May")).text
    assert "No crossing you can see is known to have been on 9 May in any year." in page
    assert "the boats of" not in page
