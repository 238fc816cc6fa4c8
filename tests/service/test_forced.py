"""Children, people of disputed age and forced pilots are no leads; claims of force are in their row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {
    "whole": ("analyst", Grant("C", sources=True)),
    "officer": ("investigator", Grant("C")),
    "low": ("investigator", Grant("P")),
}
NAMED = ("boss", "aide", "cook", "hew", "dov", "ari")
ROWS: Tables = {
    "people": [{"id": name, "name": name.title(), "category": "suspect"} for name in NAMED]
    + [
        {"id": "kid", "name": "Kit Small", "date_of_birth": "2010-05"},
        {"id": "maybe", "name": "Max Young", "age_disputed": "yes"},
    ],
    "crossings": [{"id": "c1", "date": "2020-05-08"}],
    "gangs": [{"id": "g1", "name": "Line"}],
    "statements": [
        {"id": name, "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A", "source_id": f"office {name}"}
        for name in ("r1", "r2", "r3")
    ],
    "links": statement_claims("r1", "boss ORGANISED c1", "boss RUNS g1", "boss DIRECTED aide", "aide DIRECTED cook")
    + statement_claims("r2", "boss DIRECTED cook", *(f"{name} PILOTED c1" for name in ("hew", "dov", "kid", "maybe", "aide")))
    + statement_claims("r3", "boss COERCED hew", "ari DIRECTED dov", "boss PAID ari")
    + [claim("boss", "COERCED", "hew", "r1", polarity="denies")],
}  # fmt: skip


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "whole", ROWS)


@pytest.mark.parametrize("reader", READERS)
def test_neither_children_nor_forced_pilots_are_in_the_list_of_leads(people: Place, reader: str) -> None:
    ranked = {lead.id for lead in people(reader).leads.ranking().leads}
    assert ranked == {"boss", "aide", "cook", "dov", "ari"}
    places = people(reader).leads.places()
    assert places.keys() <= ranked


@pytest.mark.parametrize("reader", READERS)
def test_what_says_that_somebody_was_forced_is_in_the_same_row(people: Place, reader: str) -> None:
    answered = people(reader).behind("c1")
    pilots = {
        participant.who.name: participant
        for participant in answered.answer.rows[0].said
        if participant.edge.relation == "PILOTED"
    }
    assert pilots["Hew"].coerced == (("boss", "Boss"),)
    assert (pilots["Hew"].lead, pilots["Dov"].coerced) == (None, ())
    assert answered.frame.set_index("name").loc["Hew", "coerced"] == ["Boss"]
    page = " ".join(people.client(reader).get(f"/case/{people.case}/behind?id=c1").text.split())
    assert "Said to have been coerced by Boss</a>: no lead." in page
    assert people(reader).network.answers.pdf(["c1"]).startswith(b"%PDF")
