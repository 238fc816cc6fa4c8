"""Payments reported by and to a person, on their page and in its JSON twin."""

from __future__ import annotations

import re
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
    "people": "id,name,category,handling\nB,Boss,,P\nA,Aide,,P\nS,Supplier,,P\nZ,Zero,,P\nV,Vera,,C\nW1,Wil One,witness,P\n",
    "statements": """id,kind,source_id,handling,status,source_grade,assessment
R1,record,,P,given,1,A
R2,record,,P,given,1,A
I1,intelligence,,P,withdrawn,2,B
C1,record,,C,given,1,A
T1,witness,W1,P,given,2,C
""",
    "links": """id,subject_id,relation,object_id,statement_id,polarity,amount,currency,from_date,notes
1,B,PAID,S,R1,asserts,1200.50,EUR,2020-05-02,two boats
2,B,PAID,S,R2,asserts,300,EUR,2020-05-06,
3,B,PAID,A,R1,asserts,75,GBP,2020-05-03,
4,B,PAID,Z,R1,asserts,9000,EUR,2020-05-04,
5,B,PAID,Z,R2,denies,,,,
6,B,PAID,A,I1,asserts,5000,GBP,2020-05-05,
7,B,PAID,V,C1,asserts,444,EUR,2020-05-07,
8,A,PAID,B,T1,asserts,250,EUR,2020-05-08,
9,S,PAID,B,R1,asserts,,,2020-05-09,
10,B,OWES,S,R1,asserts,7777,EUR,,
""",
}
ROLES = {"sourced": ("analyst", WHOLE), "shared": ("analyst", Grant("P")), "uncleared": ("analyst", Grant("C"))}


@pytest.fixture(scope="module")
def place(at_server: Callable[..., Settings]) -> Iterator[Place]:
    with open_place(at_server(), ROLES, "sourced", parse_tables(**TABLES)) as opened:
        yield opened


def entity_page(place: Place, name: str, identifier: str, twin: str = ".json") -> Any:
    answer = place.client(name).get(f"/case/{place.case}/entity{twin}?id={identifier}")
    return answer.get_json() if twin else answer.text


def sides(place: Place, name: str, identifier: str) -> dict[str, dict[str, Any]]:
    return {side["side"]: side for side in entity_page(place, name, identifier)["payments"]}


def sums(side: dict[str, Any]) -> dict[str, tuple[float, int]]:
    return {row["currency"]: (row["total"], row["payments"]) for row in side["sums"]}


def test_what_was_paid_is_summed_for_each_currency(place: Place) -> None:
    payments = sides(place, "sourced", "B")
    assert sums(payments["by"]) == {"EUR": (1944.5, 3), "GBP": (75.0, 1)}
    assert sums(payments["to"]) == {"EUR": (250.0, 1)}
    assert payments["to"]["unstated"] == 1
    assert {(row["object"], row["amount"], row["from_on"]) for row in payments["by"]["counted"]} == {
        ("S", 1200.5, "2020-05-02"),
        ("S", 300.0, "2020-05-06"),
        ("A", 75.0, "2020-05-03"),
        ("V", 444.0, "2020-05-07"),
    }
    assert sums(sides(place, "sourced", "S")["to"]) == {"EUR": (1500.5, 2)}


def test_what_is_denied_or_taken_back_is_in_no_sum(place: Place) -> None:
    by = sides(place, "sourced", "B")["by"]
    assert {(row["statement"], row["polarity"]) for row in by["denied"]} == {("R1", "asserts"), ("R2", "denies")}
    assert [(row["statement"], row["amount"]) for row in by["taken_back"]] == [("I1", 5000.0)]
    zero = sides(place, "sourced", "Z")["to"]
    assert (zero["counted"], zero["sums"]) == ([], [])
    assert "Denied or contested, and in no sum: 9,000 EUR (1 payment)" in entity_page(place, "sourced", "Z", "")


def test_a_sum_holds_nothing_its_reader_may_not_see(place: Place) -> None:
    assert sums(sides(place, "shared", "B")["by"]) == {"EUR": (1500.5, 2), "GBP": (75.0, 1)}
    # Amounts stated by a witness need source clearance. Without it, they count as payments without an amount.
    to = sides(place, "uncleared", "B")["to"]
    assert (to["sums"], to["unstated"]) == ([], 2)
    for name in ("shared", "uncleared"):
        section = entity_page(place, name, "B", "").partition('<h2 id="payments">')[2].partition("</section>")[0]
        # Match the whole number, because a claim's id may contain these digits.
        assert not re.search(r"\b250\b", section)


def test_the_page_says_what_its_twin_says(place: Place) -> None:
    page = entity_page(place, "sourced", "B", "")
    section = page.partition('<h2 id="payments">')[2].partition("</section>")[0]
    assert "At most 1,944.50 EUR (3 payments) and 75 GBP (1 payment)." in section
    assert "At most 250 EUR (1 payment). 1 more has no amount shown." in section
    for words in ("2 May 2020", "1,200.50 EUR", "two boats", "Supplier", "record R1", "Taken back, and in no sum"):
        assert words in section
    assert "7,777" not in section, "a debt is no payment"
