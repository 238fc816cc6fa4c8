"""People named with an act in the library's answers: links that are denied or have low belief are marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.config import Settings
from graphsvc.queries import own_library
from graphsvc.service import PictureRequest
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim, statement_claims

pytestmark = pytest.mark.neo4j
ROLES = {"whole": ("analyst", Grant("C", sources=True)), "told": ("analyst", Grant("C"))}
SURE, LIED, POOR, WORST = "sure", "denied-one", "poor", "worst"
# Recorded as living and working in a house; one such record is also denied, and one rests on a report believed to be
# false.
WORKERS = (PLAIN, DISPUTED, UNSURE) = ("w-plain", "w-disputed", "w-unsure")
CASE: Tables = {
    "people": [
        {"id": name, "name": f"Name of {name}", "category": "suspect" if name in (POOR, WORST) else ""}
        for name in (SURE, LIED, POOR, WORST, "worker", *WORKERS)
    ],
    "crossings": [{"id": "X1", "date": "2020-05-08"}, {"id": "X2", "date": "2020-05-09"}],
    "workplaces": [
        {"id": "K1", "closed_on": "2020-03-23"},
        {"id": "K2", "kind": "online"},
        {"id": "house", "kind": "dwelling"},
    ],
    "boats": [{"id": "B1"}],
    "statements": [
        {"id": "good", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "no", "kind": "record", "handling": "P", "source_grade": "2", "assessment": "C"},
        {"id": "bad", "kind": "intelligence", "handling": "P", "source_grade": "3", "assessment": "D"},
        {"id": "left", "kind": "witness", "source_id": POOR, "handling": "P"},
        {"id": "false", "kind": "intelligence", "handling": "P", "source_grade": "3", "assessment": "E"},
    ],
    "links": [
        link | ({"polarity": "denies"} if statement == "no" else {})
        for statement, people in (("good", (SURE, LIED)), ("no", (LIED,)), ("bad", (POOR,)), ("false", (WORST,)))
        for link in statement_claims(
            statement,
            *(
                f"{person} {act}"
                for person in people
                for act in ("ORGANISED X1", "ORGANISED X2", "CONTROLS K1", "CONTROLS K2", "SUPPLIED B1")
            ),
        )
    ]
    + statement_claims("good", "B1 USED_ON X1", "B1 USED_ON X2", f"{SURE} CONTROLS house")
    + [
        claim(who, relation, place, statement, from_date=since)
        for who, statement in ((PLAIN, "good"), (DISPUTED, "good"), (UNSURE, "false"))
        for relation, place, since in (
            ("LIVED_AT", "house", "2020-01-05"),
            ("WORKED_AT", "K1", "2020-01-05"),
            ("WORKED_AT", "K2", "2020-03-25"),
        )
    ]
    + [claim(DISPUTED, "WORKED_AT", "K1", "no", from_date="2020-01-05", polarity="denies")]
    + statement_claims("left", f"{SURE} ABANDONED worker", "gang ABANDONED worker", "worker WORKED_AT K1"),
    "gangs": [{"id": "gang"}],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    """Four people with the same act: recorded, recorded and denied, reported by a bad source, reported as a lie."""
    return lambda: open_place(at_server(), ROLES, "whole", CASE)


def run_query(people: Place, who: str, name: str, **parameters: Any) -> list[dict[str, Any]]:
    return people(who).queries.run(name, parameters).dicts()


@pytest.mark.parametrize("who", ["whole", "told"])
def test_who_is_behind_crossings_begins_above_lies_and_marks_doubt(people: Place, who: str) -> None:
    row = run_query(people, who, "crossings.on_days")[0]
    assert row["organisers"] == sorted([SURE, LIED, POOR])
    assert (row["denied"], row["doubtful"]) == ([LIED], [POOR])
    whole = run_query(people, who, "crossings.on_days", least=0)[0]
    assert whole["organisers"] == sorted([SURE, LIED, POOR, WORST])
    assert (whole["denied"], whole["doubtful"]) == ([LIED], sorted([POOR, WORST]))


@pytest.mark.parametrize(
    ("name", "column"),
    [("workplaces.closed", "controllers"), ("workplaces.online", "controllers")],
)
def test_who_controls_a_place_is_marked(people: Place, name: str, column: str) -> None:
    (row,) = run_query(people, "whole", name)
    assert row[column] == sorted([SURE, LIED, POOR])
    assert (row["denied"], row["doubtful"]) == ([LIED], [POOR])
    (row,) = run_query(people, "whole", name, least=0)
    assert row[column] == sorted([SURE, LIED, POOR, WORST])
    assert (row["denied"], row["doubtful"]) == ([LIED], sorted([POOR, WORST]))


def pseudonyms_of(people: Place, *who: str) -> list[str]:
    """Pseudonyms of the workers with these ids."""
    key = people.service.register.key(people.case, create=False)
    return sorted(pseudonym(key, "person", name) for name in who)


def test_who_lived_and_worked_under_one_hand_is_marked(people: Place) -> None:
    (row,) = [
        row
        for row in run_query(people, "whole", "workplaces.house_and_work")
        if (row["controller"], row["workplace"]) == (SURE, "K1")
    ]
    assert row["who"] == pseudonyms_of(people, *WORKERS)
    assert (row["denied"], row["doubtful"]) == (pseudonyms_of(people, DISPUTED), pseudonyms_of(people, UNSURE))
    page = people.client("whole").get(f"/case/{people.case}/query?name=workplaces.house_and_work&run=1").text
    marked = page.partition(f"id={row['denied'][0]}")[2].partition("<a ")[0]
    assert '<span class="tag">contested</span>' in marked


def test_who_went_elsewhere_is_marked_where_they_are_told(people: Place) -> None:
    (row,) = run_query(people, "whole", "workplaces.displacement")
    assert row["who"] == pseudonyms_of(people, DISPUTED, PLAIN)
    assert row["denied"] == [LIED, *pseudonyms_of(people, DISPUTED)]
    # If fewer than 3 left, no one is named, not even as denied.
    (row,) = run_query(people, "told", "workplaces.displacement")
    assert (row["who"], row["denied"]) == ([], [LIED])


@pytest.mark.parametrize(("parameters", "doubtful"), [({}, {POOR}), ({"least": 0}, {POOR, WORST})])
def test_suppliers_and_organisers_are_marked(people: Place, parameters: dict[str, Any], doubtful: set[str]) -> None:
    rows = {row["supplier"]: row for row in run_query(people, "whole", "boats.suppliers", **parameters)}
    assert set(rows) == {SURE, LIED, *doubtful}
    for supplier, row in rows.items():
        assert row["denied"][-1] == LIED
        assert set(row["doubtful"]) == doubtful
        assert (supplier in row["denied"]) == (supplier == LIED)


def test_what_is_added_up_says_how_much_of_it_is_denied_and_how_little_believed(people: Place) -> None:
    rows = {row["person"]: row for row in run_query(people, "whole", "people.several_crossings")}
    assert {name: row["denied"] for name, row in rows.items()} == {SURE: 0, LIED: 2, POOR: 0}
    assert rows[POOR]["weakest"] < 0.5 < rows[SURE]["weakest"]
    shared = run_query(people, "whole", "crossings.hang_together", least=0)
    assert {row["shared"]: row["denied"] for row in shared} == {
        SURE: False,
        LIED: True,
        POOR: False,
        WORST: False,
        "B1": False,
    }
    orders = {row["person"]: row for row in run_query(people, "whole", "hubs.give_orders", least=0)}
    assert {name: row["denied"] for name, row in orders.items()} == {SURE: 0, LIED: 5, POOR: 0, WORST: 0}
    assert orders[WORST]["weakest"] < 0.25


def test_workers_who_were_abandoned_are_found(people: Place) -> None:
    rows = run_query(people, "whole", "people.acted_on")
    assert [(row["subject"], row["relation"]) for row in rows] == [("gang", "ABANDONED"), (SURE, "ABANDONED")]
    picture = people("whole").network.picture(PictureRequest([SURE], relations=["ABANDONED"]))
    assert [edge.relation for edge in picture.edges] == ["ABANDONED"]
    # Being abandoned is something done to a person: it makes no one a lead.
    assert rows[0]["object"] not in {lead.id for lead in people("whole").leads.ranking().leads}


def test_the_page_marks_them_where_they_stand(people: Place) -> None:
    client = people.client("whole")
    page = " ".join(client.get(f"/case/{people.case}/query?name=crossings.on_days&run=1&p.least=0").text.split())
    row = page.partition("<tbody>")[2].partition("</tr>")[0]
    organisers = row.split("<td")[7]
    for name, marks in ((SURE, ()), (LIED, ("contested",)), (POOR, ("doubtful",)), (WORST, ("doubtful",))):
        entity = organisers.partition(f"id={name}")[2].partition("<a ")[0]
        assert [mark for mark in ("contested", "doubtful") if f'<span class="tag">{mark}</span>' in entity] == list(
            marks
        ), name


# Boats whose part in C1 is false, doubtful or denied; each has a different supplier, recorded as such.
WAYS: Tables = {
    "people": [{"id": name} for name in ("s7", "s8", "s9", "org", "member", "debtor", "creditor", POOR)],
    "boats": [{"id": f"B{number}"} for number in (7, 8, 9)],
    "crossings": [{"id": "C1", "date": "2020-05-08"}],
    "gangs": [{"id": "G1"}],
    "workplaces": [{"id": "K9"}],
    "statements": [
        *CASE["statements"],
        {"id": "doubted", "kind": "record", "handling": "P", "source_grade": "2", "assessment": "E"},
    ],
    "links": statement_claims("false", "B7 USED_ON C1", "debtor WORKED_AT K9")
    + statement_claims("doubted", "B8 USED_ON C1")
    + statement_claims(
        "good",
        "B9 USED_ON C1",
        *(f"s{number} SUPPLIED B{number}" for number in (7, 8, 9)),
        *("org ORGANISED C1", "member ASSISTED C1", "member MEMBER_OF G1"),
        *("debtor OWES creditor", "creditor CONTROLS K9"),
    )
    + [
        claim("B9", "USED_ON", "C1", "no", polarity="denies"),
        claim("member", "MEMBER_OF", "G1", "no", polarity="denies"),
    ],
}


def test_what_is_reached_over_another_link_is_believed_no_further_than_that(
    at_server: Callable[..., Settings],
) -> None:
    """A query names no one through a boat whose presence is hardly believed; the list of crossings does the same."""
    with open_place(at_server(), ROLES, "whole", WAYS) as people:

        def suppliers(**parameters: Any) -> dict[str, tuple[float, int]]:
            rows = run_query(people, "whole", "crossings.behind", crossing="C1", **parameters)
            assert {row["used_on"] for row in rows if row["relation"] != "SUPPLIED"} == {None}
            return {
                row["subject"]: (row["used_on"], row["used_on_denying"])
                for row in rows
                if row["relation"] == "SUPPLIED"
            }

        beliefs = suppliers()
        assert set(beliefs) == {"s8", "s9"}
        assert beliefs["s8"][0] < 0.5 < beliefs["s9"][0]
        assert (beliefs["s8"][1], beliefs["s9"][1]) == (0, 1)
        assert set(suppliers(least=0)) == {"s7", "s8", "s9"}
        (listed,) = people.client("whole").get(f"/case/{people.case}/crossings.json").get_json()["crossings"]
        assert {named["id"]: named["doubtful"] for named in listed["suppliers"]} == {"s8": True, "s9": True}
        rows = {row["supplier"]: row for row in run_query(people, "whole", "boats.suppliers")}
        assert (rows["s7"]["crossings"], rows["s7"]["organisers"]) == ([], [])
        assert (rows["s8"]["denied"], rows["s8"]["doubtful"]) == ([], ["C1", "org"])
        assert (rows["s9"]["denied"], rows["s9"]["doubtful"]) == (["C1"], ["org"])
        assert {tuple(row["organisers"]) for name, row in rows.items() if name != "s7"} == {("org",)}
        (part,) = run_query(people, "whole", "gangs.crossings", gang="G1")
        assert (part["actor"], part["denying"], part["membership_denying"]) == ("member", 0, 1)
        assert [row["places"] for row in run_query(people, "whole", "people.debts")] == [[]]
        assert [row["places"] for row in run_query(people, "whole", "people.debts", least=0)] == [["K9"]]


def test_a_list_of_workplaces_counts_nobody_who_is_hardly_believed_to_have_been_there(people: Place) -> None:
    listed = people.client("whole").get(f"/case/{people.case}/workplaces.json").get_json()["workplaces"]
    # One of the three is there only by a report believed to be false.
    assert {row["id"]: row["people"] for row in listed} == {"K1": 3, "K2": 2, "house": 2}
    page = people.client("whole").get(f"/case/{people.case}/workplaces").text
    assert "how many are said to have worked or lived there (belief of 0.25 or more)" in page


# Relations by which a person does something to people, boats or money.
ACCUSING = (
    *("ORGANISED", "SUPPLIED", "PILOTED", "ASSISTED", "RUNS", "MEMBER_OF", "CONTROLS", "MANAGED", "RECRUITED"),
    *("TRANSPORTED", "COERCED", "ABANDONED", "DIRECTED", "OWES"),
)
# Queries that read such links without accusing anyone → why they show all links by default.
OTHERWISE = {
    "gangs.in_common": "finds what two gangs share, to be looked at",
    "gangs.rivals": "rivalry is no accusation",
    "hubs.by_groups": "begins with two groups of witnesses",
    "people.nationalities": "for interpreters: how sure a part is weighs nothing",
    "quality.partly_identified": "is about whoever is not identified, however little is said",
    "quality.two_boats_one_day": "is about what cannot both be true",
}


def test_whoever_is_hardly_believed_stands_in_no_list_of_accused_unasked() -> None:
    """By default, lists leave out acts that rest on one weak statement; a reader may ask for all."""
    library = own_library()
    accusing = [
        query
        for query in library.values()
        if query.kind != "internal" and any(f":{part}" in query.text or f"|{part}" in query.text for part in ACCUSING)
    ]
    least = {
        query.name: parameter.default
        for query in accusing
        for parameter in query.parameters
        if parameter.name == "least" and parameter.type == "float"
    }
    unasked = {query.name for query in accusing} - least.keys()
    assert unasked == set(OTHERWISE)
    assert {name for name, default in least.items() if float(default) < 0.25} == set()
