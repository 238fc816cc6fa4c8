"""Entities with more links than fit on a page: no row twice or under a wrong heading, and denials always shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Place, open_place
from tests.toolbox.rows import parse_tables

pytestmark = pytest.mark.neo4j
TABLES = {
    "people": "id,name,category,handling\nHUB,Hub,,P\n"
    + "".join(f"P{number},Pal {number},,P\n" for number in range(6))
    + "W1,Wil One,witness,P\n",
    "statements": """id,kind,source_id,handling,status,source_grade,assessment
R1,record,,P,given,1,A
R2,record,,P,given,1,A
R3,record,,P,given,3,D
C1,record,,C,given,3,D
I1,intelligence,,P,withdrawn,2,B
T1,witness,W1,P,given,2,C
""",
    # The least believed contact is denied, and the earliest payment rests on a statement under C.
    "links": """id,subject_id,relation,object_id,statement_id,polarity,amount,currency,from_date
1,HUB,PAID,P0,R1,asserts,100,EUR,2020-05-02
2,HUB,PAID,P0,R2,asserts,100,EUR,2020-05-03
3,HUB,PAID,P0,R2,asserts,100,EUR,2020-05-04
4,HUB,PAID,P1,R1,asserts,10,EUR,2020-05-05
5,HUB,PAID,P2,C1,asserts,1,EUR,2020-01-01
6,HUB,CONTACTED,P0,R1,asserts,,,
7,HUB,CONTACTED,P1,R1,asserts,,,
8,P1,CONTACTED,HUB,R1,asserts,,,
9,HUB,CONTACTED,P2,R3,asserts,,,
10,HUB,CONTACTED,P2,R2,denies,,,
11,HUB,CONTACTED,P3,R3,asserts,,,
12,HUB,CONTACTED,P3,T1,denies,,,
13,HUB,CONTACTED,P4,R2,denies,,,
14,HUB,CONTACTED,P5,I1,asserts,,,
15,HUB,CONTACTED,P0,I1,asserts,,,
16,HUB,CONTACTED,HUB,R1,asserts,,,
""",
}
ROLES = {
    "whole": ("analyst", WHOLE),
    "shared": ("analyst", Grant("P", sources=True)),
    "uncleared": ("analyst", Grant("C")),
    "low": ("analyst", Grant("P")),
}
READERS = pytest.mark.parametrize("who", list(ROLES))


@pytest.fixture(scope="module")
def place(at_server: Callable[..., Settings]) -> Iterator[Place]:
    with open_place(at_server(), ROLES, "whole", parse_tables(**TABLES)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit pages to one link of each relation, and pages of one relation to two links."""
    monkeypatch.setattr("graphsvc.web.network.entities._LINKS", 1)
    monkeypatch.setattr("graphsvc.web.network.network._LINKS", 1)
    for module in ("network.entities", "limits"):
        monkeypatch.setattr(f"graphsvc.service.{module}.LINKS_AT_ONCE", 2)


def get_hub(place: Place, who: str, query: str = "", page: str = "entity") -> Any:
    answer = place.client(who).get(f"/case/{place.case}/{page}.json?id=HUB{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def text(place: Place, who: str, query: str = "", page: str = "entity") -> str:
    return place.client(who).get(f"/case/{place.case}/{page}?id=HUB{query}").text


def all_pages(place: Place, who: str, relation: str) -> list[Any]:
    """All pages of one relation."""
    first = get_hub(place, who, f"&relation={relation}")
    rest = [get_hub(place, who, f"&relation={relation}&page={number}") for number in range(2, first["pages"] + 1)]
    return [first, *rest]


@READERS
def test_a_panel_counts_the_links_that_are_denied_as_their_rows_say(place: Place, who: str) -> None:
    rows = place(who).ask.rows("entities.links", id="HUB").dicts()
    denied = sum(bool(row["denying"]) for row in rows)
    assert denied == 2
    panel = get_hub(place, who, page="network/node")
    assert (panel["links"], panel["denied_links"]) == (len(rows), denied)


@READERS
def test_a_panel_tells_what_speaks_against_links_it_does_not_look_through(place: Place, who: str) -> None:
    panel = get_hub(place, who, page="network/node")
    assert len({row["object"] for row in panel["denying"]}) == 3
    assert len({row["object"] for row in panel["taken_back"]}) == 2
    panel_text = text(place, who, page="network/node")
    assert "No claim denies it" not in panel_text
    assert "Everything else on its page" in panel_text


@READERS
def test_every_link_and_claim_stands_on_one_page(place: Place, who: str) -> None:
    session = place(who)
    rows = session.ask.rows("entities.claims", id="HUB").dicts()
    of = lambda row: (row["claim"], row["subject"], row["relation"], row["object"], row["polarity"], row["status"])  # noqa: E731 - said twice
    claims: Counter[Any] = Counter()
    links: Counter[Any] = Counter()
    for relation in ("PAID", "CONTACTED"):
        for page in all_pages(place, who, relation):
            (section,) = page["sections"]
            assert len(section["links"]) <= 2
            links.update((link["subject"], relation, link["object"]) for link in section["links"])
            linked = [
                row for link in section["links"] for part in ("claims", "denials", "taken_back") for row in link[part]
            ]
            claims.update(map(of, [*linked, *page["denials"], *page["taken_back"]]))
            assert {row["polarity"] for row in page["denials"]} <= {"denies"}
    assert claims == Counter(map(of, rows))
    expected = session.ask.rows("entities.links", id="HUB").dicts()
    assert links == Counter((row["subject"], row["relation"], row["object"]) for row in expected)


def test_what_rests_on_more_than_is_given_is_marked_for_the_reader(place: Place) -> None:
    assert [get_hub(place, "whole")["handling"], get_hub(place, "shared")["handling"]] == ["C", "P"]
    assert get_hub(place, "whole", page="network/node")["handling"] == "C"
    earliest = get_hub(place, "whole")["payments"][0]["counted"][0]
    assert (earliest["handling"], earliest["from_on"]) == ("C", "2020-01-01")


def test_payments_are_summed_whichever_page_they_are_on(place: Place) -> None:
    pages = all_pages(place, "whole", "PAID")
    assert len(pages) == 3
    assert {str(page["payments"][0]["sums"]) for page in pages} == {str(get_hub(place, "whole")["payments"][0]["sums"])}
    assert pages[0]["payments"][0]["sums"] == [{"currency": "EUR", "total": 311.0, "payments": 5}]
    rows = Counter(row["claim"] for page in pages for row in page["payments"][0]["counted"])
    assert (len(rows), set(rows.values())) == (5, {1})
    last = text(place, "whole", "&relation=PAID&page=3")
    assert "No claim that counts" not in last
    assert "At most 311 EUR (5 payments)" in last
    assert "None on this page" in last
    assert [page["sections"][0]["number"] for page in pages] == [3, 3, 3]


def test_a_page_beyond_the_last_is_the_last(place: Place) -> None:
    far = get_hub(place, "whole", "&relation=CONTACTED&page=99999999")
    assert (far["page"], far["sections"]) == (far["pages"], all_pages(place, "whole", "CONTACTED")[-1]["sections"])
