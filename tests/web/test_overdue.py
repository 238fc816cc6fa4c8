"""A review date that has passed is marked as passed in words, wherever it is shown."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Place, open_place
from tests.toolbox.pages import post
from tests.toolbox.rows import parse_tables

pytestmark = pytest.mark.neo4j
TODAY = dt.datetime.now(dt.UTC).date()
PAST, AHEAD = (TODAY + dt.timedelta(days) for days in (-12, 12))
TABLES = {
    "people": f"id,name,review_on,handling\nP1,Ash,{PAST},P\nP2,Birch,{AHEAD},P\nP3,Cedar,,P\n",
    "statements": f"id,kind,handling,review_on\nR1,record,P,{PAST}\nR2,record,P,{AHEAD}\n",
    "links": "subject_id,relation,object_id,statement_id\nP1,DIRECTED,P2,R1\nP2,DIRECTED,P3,R2\n",
}
ROLES = {"ann": ("analyst", WHOLE), "sup": ("supervisor", WHOLE)}


def words() -> str:
    """Today's words, because the tests may have begun yesterday."""
    return f"overdue by {(dt.datetime.now(dt.UTC).date() - PAST).days} days"


@pytest.fixture(scope="module")
def place(at_server: Callable[..., Settings]) -> Iterator[Place]:
    with open_place(at_server(), ROLES, "ann", parse_tables(**TABLES)) as opened:
        yield opened


def both(place: Place, path: str, name: str = "ann") -> tuple[str, Any]:
    page, _, query = path.partition("?")
    client = place.client(name)
    response = client.get(f"/case/{place.case}/{path}")
    twin = client.get(f"/case/{place.case}/{page}.json?{query}")
    assert (response.status_code, twin.status_code) == (200, 200)
    return response.text, twin.get_json()


@pytest.mark.parametrize("path", ["entity?id=P", "network/node?id=P", "statement?id=R"])
def test_a_review_that_is_overdue_is_told_beside_its_day(place: Place, path: str) -> None:
    page, twin = both(place, f"{path}1")
    assert words() in page
    assert twin["overdue"] == words()
    page, twin = both(place, f"{path}2")
    assert "overdue" not in page
    assert twin["overdue"] == ""


def test_a_query_for_reviews_tells_how_long_each_is_overdue(place: Place) -> None:
    address = f"query?name=quality.due_for_review&run=1&p.day={AHEAD}"
    page, twin = both(place, address)
    rows = {(row["kind"], row["id"]): row["review_overdue"] for row in twin["result"]["rows"]}
    assert rows == {
        ("person", "P1"): words(),
        ("person", "P2"): "",
        ("statement", "R1"): words(),
        ("statement", "R2"): "",
    }
    assert page.count(words()) == 2
    text = place.client("ann").get(f"/case/{place.case}/{address}&as=csv").text
    assert [row["review_overdue"] for row in csv.DictReader(io.StringIO(text))].count(words()) == 2


def test_a_hold_whose_review_is_overdue_says_so_until_it_is_released(place: Place) -> None:
    sup, page = place.client("sup"), f"/case/{place.case}/holds"
    fields = {"kind": "prosecution", "owner": "DI Marsh", "reason": "R v Berg", "review_on": str(AHEAD)}
    assert post(sup, page, page, **fields).status_code == 303
    assert both(place, "holds", "sup")[1]["holds"][0]["overdue"] == ""
    with transaction(place.service.database) as connection:
        connection.execute(sa.update(tables.holds).values(review_on=PAST))
    text, twin = both(place, "holds", "sup")
    assert words() in text
    assert twin["holds"][0]["overdue"] == words()
    post(sup, page, f"{page}/release", id=twin["holds"][0]["id"])
    text, twin = both(place, "holds", "sup")
    assert words() not in text
    assert twin["holds"][0]["overdue"] == ""
