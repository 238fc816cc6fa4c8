"""Answers of named queries and of pages about the same subject agree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import PictureRequest
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim, statement_claims

pytestmark = pytest.mark.neo4j
ROLES = {
    "whole": ("analyst", Grant("C", sources=True)),
    "told": ("analyst", Grant("C")),
    "low": ("analyst", Grant("P")),
}
READERS = pytest.mark.parametrize("who", list(ROLES))
# People who pay the hub. Their payments are denied by no one, a record, a witness, and a record of restricted access.
SURE, BY_RECORD, BY_WITNESS, BY_SECRET = "sure", "by-record", "by-witness", "by-secret"
# Two people linked by a third, a crossing, a gang and a phone. A restricted statement denies the first link of
# each pair.
FIRST, SECOND, BETWEEN = "first", "second", "between"
DENIED = (
    "first DIRECTED between",
    "dinghy USED_ON X1",
    "engine PART_OF dinghy",
    "between MEMBER_OF gang",
    "first USED phone",
    "phone CONTACTED other-phone",
    "first SAME_AS second",
)
TIES = (
    *DENIED,
    "between DIRECTED second",
    "dinghy USED_ON X2",
    "engine PART_OF rib",
    "between MEMBER_OF rivals",
    "second USED phone",
    "third USED other-phone",
)
# Known parts in a crossing: in general, if only denied ones, if only hardly believed ones.
KNOWN = tuple(
    f"{subject} {relation}" for subject, relation in (("rib", "USED_ON"), ("third", "PILOTED"), ("third", "ORGANISED"))
)
CASE: Tables = {
    "people": [
        {"id": name, "name": f"Name of {name}", "category": "suspect"}
        for name in (
            *("hub", SURE, BY_RECORD, BY_WITNESS, BY_SECRET),
            *(FIRST, SECOND, BETWEEN, "third"),
            *("lodger", "doubted", "cleaner"),
        )
    ],
    "boats": [{"id": "dinghy"}, {"id": "rib"}],
    "things": [
        {"id": "engine", "kind": "part", "value": "S-1"},
        {"id": "phone", "kind": "phone", "value": "+33 6 11 22 33 44"},
        {"id": "other-phone", "kind": "phone", "value": "+33 6 55 66 77 88"},
    ],
    "gangs": [{"id": "gang"}, {"id": "rivals"}],
    "crossings": [{"id": name, "date": "2020-05-08"} for name in ("X1", "X2", "all", "denied", "weak")],
    "workplaces": [
        {"id": "house", "kind": "dwelling", "closed_on": "2020-03-23"},
        {"id": "next-house", "kind": "dwelling"},
        {"id": "wash"},
    ],
    "statements": [
        {"id": "good", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "no", "kind": "record", "handling": "P", "source_grade": "2", "assessment": "C"},
        {"id": "secret", "kind": "record", "handling": "C", "source_grade": "2", "assessment": "C"},
        {"id": "bad", "kind": "intelligence", "handling": "P", "source_grade": "3", "assessment": "E"},
        {"id": "account", "kind": "witness", "source_id": "lodger", "handling": "P"},
    ],
    "links": [
        claim(SURE, "PAID", "hub", "good", amount="0.10", currency="eur"),
        claim(SURE, "PAID", "hub", "no", amount="0.20", currency="EUR"),
        claim(BY_RECORD, "PAID", "hub", "good", amount="1000", currency="EUR"),
        claim(BY_RECORD, "PAID", "hub", "no", polarity="denies"),
        claim(BY_WITNESS, "PAID", "hub", "good", amount="70", currency="EUR"),
        claim(BY_WITNESS, "PAID", "hub", "account", polarity="denies"),
        claim(BY_SECRET, "PAID", "hub", "good", amount="9", currency="EUR"),
        claim(BY_SECRET, "PAID", "hub", "secret", polarity="denies"),
        *statement_claims("good", *TIES),
        *({**link, "polarity": "denies"} for link in statement_claims("secret", *DENIED)),
        *(
            link
            for target in ("all", "denied")
            for link in statement_claims("good", *(f"{person} {target}" for person in KNOWN))
        ),
        *({**link, "polarity": "denies"} for link in statement_claims("no", *(f"{person} denied" for person in KNOWN))),
        *statement_claims("bad", *(f"{person} weak" for person in KNOWN)),
        *(claim(name, "LIVED_AT", "house", "good", from_date="2020-01-10") for name in ("lodger", "cleaner")),
        claim("doubted", "LIVED_AT", "house", "bad", from_date="2020-01-10"),
        claim("cleaner", "WORKED_AT", "house", "good", from_date="2020-01-10"),
        claim("cleaner", "WORKED_AT", "wash", "good", from_date="2020-04-02"),
        *(claim(name, "LIVED_AT", "next-house", "good", from_date="2020-04-02") for name in ("lodger", "doubted")),
    ],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    """Payments, links, parts and stays, some of them denied or hardly believed."""
    return lambda: open_place(at_server(), ROLES, "whole", CASE)


def run_query(people: Place, who: str, name: str, **parameters: Any) -> list[dict[str, Any]]:
    return people(who).queries.run(name, parameters).dicts()


# -- money ----------------------------------------------------------------------------------------------------------


@READERS
def test_a_payment_that_is_denied_is_in_no_sum(people: Place, who: str) -> None:
    page = people.client(who).get(f"/case/{people.case}/entity.json?id=hub").get_json()
    (paid,) = (side for side in page["payments"] if side["side"] == "to")
    sums = {row["currency"]: (row["total"], row["payments"]) for row in paid["sums"]}
    # The payment is in no sum, even if its denial is hidden.
    denied = {row["subject"] for row in paid["denied"]}
    assert denied == {BY_RECORD, BY_WITNESS, BY_SECRET}
    assert [(row["total"], row["payments"]) for row in paid["denied_sums"]] == [(1079.0, 3)]

    (most,) = run_query(people, who, "people.most_paid", payers=1)
    assert {most["currency"]: (most["total"], most["claims"])} == sums
    assert (most["payers"], set(most["denied"]), most["contested"]) == (1, denied, 1079.0)

    rows = {row["payer"]: row for row in run_query(people, who, "people.money_to", person="hub")}
    assert {name for name, row in rows.items() if row["denying"]} == denied
    assert (rows[BY_SECRET]["denying"] == "contested") == (who == "low")
    assert {row["currency"] for row in rows.values()} == set(sums)
    assert sum(row["total"] for row in rows.values()) == sums["EUR"][0]
    assert (rows[BY_RECORD]["total"], rows[BY_RECORD]["largest"]) == (0, 1000)


# -- links ----------------------------------------------------------------------------------------------------------


@READERS
def test_a_tie_that_is_denied_is_named_as_the_picture_draws_it(people: Place, who: str) -> None:
    picture = people(who).network.picture(PictureRequest([FIRST, "gang", "dinghy"], depth=2))
    drawn = {" ".join(edge.key) for edge in picture.edges if edge.denied}
    # A reader cleared for P alone sees the same links as contested.
    assert drawn >= set(DENIED)
    is_denied = True

    two = {"first": FIRST, "second": SECOND}
    without = ["SAME_AS", "USED"]
    for name in ("paths.shortest", "paths.all_ways"):
        (way,) = run_query(people, who, name, **two, without=without)
        assert (way["way"], way["denied"]) == ([FIRST, BETWEEN, SECOND], int(is_denied))
    shared = {row["shared"]: row["denied"] for row in run_query(people, who, "paths.in_common", **two)}
    assert shared == {BETWEEN: int(is_denied), "phone": int(is_denied)}

    rows = {row["boat"]: row for row in run_query(people, who, "boats.reused")}
    assert rows["dinghy"]["denied"] == (["X1"] if is_denied else [])
    (part,) = run_query(people, who, "boats.parts")
    assert part["denied"] == [*(["dinghy", "X1"] if is_denied else []), "denied"]

    (gangs,) = run_query(people, who, "gangs.in_common")
    assert (gangs["shared"], gangs["denied"]) == (BETWEEN, is_denied)

    (users,) = run_query(people, who, "people.shared_phones")
    assert (users["users"], users["denied"]) == ([FIRST, SECOND], [FIRST] if is_denied else [])
    (contact,) = run_query(people, who, "people.phone_contacts", person=SECOND)
    assert (contact["person"], contact["denied"]) == ("third", is_denied)
    same = {row["reason"]: row["denied"] for row in run_query(people, who, "people.same_person", person=FIRST)}
    assert same == {"said to be the same": is_denied, "used the same phone": is_denied}


# -- unknown parts --------------------------------------------------------------------------------------------------


def test_what_who_is_behind_calls_not_known_is_not_known(people: Place) -> None:
    rows = {row["crossing"]: row for row in run_query(people, "whole", "quality.incomplete_crossings")}
    assert {"denied", "weak"} <= set(rows)
    assert "all" not in rows
    for crossing in ("all", "denied", "weak"):
        unknown = crossing in rows
        answer = people("whole").behind(crossing).answer
        assert ("The boat of the crossing is not known." in answer.gaps) is unknown
        assert any("is in doubt: every name is denied or weakly supported" in gap for gap in answer.gaps) is unknown
        if unknown:
            row = rows[crossing]
            assert [row[name] for name in ("boat", "pilot", "organiser", "missing")] == [False, False, False, 3]
    hardly = {row["crossing"] for row in run_query(people, "whole", "quality.incomplete_crossings", least=0.001)}
    assert "weak" not in hardly
    assert "denied" in hardly


# -- workplaces -----------------------------------------------------------------------------------------------------


def test_whoever_worked_and_lived_at_a_place_is_one_of_its_people(people: Place) -> None:
    listed = people("whole").network.lists.workplaces()
    rows = {place.row["id"]: place.row["people"] for place in listed}
    assert rows["house"] == 2  # not counting a person who is hardly believed to have lived there
    page = people.client("whole").get(f"/case/{people.case}/workplaces").text
    line = page.partition("id=house")[2].partition("</tr>")[0]
    assert '<td class="num">2</td>' in line


def test_of_a_dwelling_those_who_lived_there_are_asked_about(people: Place) -> None:
    moves = {row.next: list(row.who) for row in people("whole").displacement.moves(["house"]) if row.next}
    assert moves == {"next-house": ["lodger"]}
    left = {
        row["next"]: row["who"]
        for row in run_query(people, "whole", "workplaces.displacement")
        if row["closed"] == "house"
    }
    assert left == moves

    (closed,) = run_query(people, "whole", "workplaces.closed")
    assert (closed["workers"], closed["seen_since"]) == (2, 1)
    cohort = {row["person"]: row["next"] for row in run_query(people, "whole", "workplaces.cohort", least=0.5)}
    assert cohort == {"lodger": ["next-house"], "cleaner": []}
