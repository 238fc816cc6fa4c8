"""Saved queries never name a sealed or erased person, whatever the order of events."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphsvc.access.people import changes
from graphsvc.appdb import tables, transaction
from graphsvc.service import Service, Session, quiet
from graphsvc.service.cypher.exchange import Words
from tests.toolbox.accounts import WHOLE, add, session
from tests.toolbox.rows import texts
from tests.toolbox.two_persons import seal

pytestmark = pytest.mark.neo4j

PEOPLE = "id,name,category\nzoraya-1,Zoraya Quillfeather,suspect\nP2,Bo Quist,suspect\nP3,Mirela Vantongeren,suspect\n"
LINKS = "subject_id,relation,object_id,statement_id\nzoraya-1,PAID,P2,S1\nP3,PAID,P2,S1\n"


def delivery(folder: Path, name: str, people: str, statements: str, links: str = "") -> Path:
    header = LINKS.partition("\n")[0] + "\n"
    return texts(folder / name, people=people, statements=statements, links=links or header)


@pytest.fixture
def ann(service: Service, case: str, tmp_path: Path) -> Session:
    add(service, "*", {"ann": ("analyst", WHOLE), "cus": ("custodian", WHOLE), "sup": ("supervisor", WHOLE)})
    changes.set_free_cypher(service.database, "ann", is_granted=True)
    ann = session(service, "ann", case)
    statements = "id,kind,handling\nS1,intelligence,P\n"
    ann.deliveries.load(delivery(tmp_path, "first", PEOPLE, statements, LINKS), quiet)
    return ann


def about(name: str, identifier: str) -> Words:
    text = f"MATCH (p:Person {{case: $case, id: '{identifier}'}}) // {name}\nRETURN p, $who AS who"
    return Words(f"What {name} paid", text, f"About {name}", f"{name} pays", {"who": {"name": [name, "Bo Quist"]}})


def saved_words(session: Session) -> str:
    return str([query.words for query in session.cypher.library.list_queries()])


def test_a_query_is_masked_when_somebody_is_sealed_by_hand(service: Service, case: str, ann: Session) -> None:
    ann.cypher.library.save(about("Zoraya Quillfeather", "zoraya-1"))
    seal(session(service, "cus", case), session(service, "sup", case), "zoraya-1")
    (query,) = ann.cypher.library.list_queries()
    assert "oraya" not in saved_words(ann)
    assert "Quillfeather" not in saved_words(ann)
    assert "Bo Quist" in saved_words(ann)
    assert (query.words.name, query.words.text) == ("[withheld]", "[withheld]")
    assert (query.version, query.mine) == (1, True)


def test_a_query_goes_on_naming_who_gives_an_account(ann: Session, tmp_path: Path, service: Service, case: str) -> None:
    ann.cypher.library.save(about("Mirela Vantongeren", "P3"), shared=True)
    ann.deliveries.load(
        delivery(tmp_path, "second", "id,name\n", "id,kind,source_id,handling\nS2,witness,P3,C\n"), quiet
    )
    before = saved_words(ann)
    assert "Vantongeren" in before
    third = "id,name,category\nP3,Mirela Vantongeren,victim\n"
    ann.deliveries.load(delivery(tmp_path, "third", third, "id,kind,source_id,handling\nS2,witness,P3,C\n"), quiet)
    assert saved_words(ann) == before


def test_a_query_is_masked_when_somebody_is_erased(service: Service, case: str, ann: Session) -> None:
    ann.cypher.library.save(about("Zoraya Quillfeather", "zoraya-1"))
    request = session(service, "cus", case).protection.erasures.ask("zoraya-1", "the court ordered it")
    session(service, "sup", case).protection.erasures.agree(request, quiet)
    assert "oraya" not in saved_words(ann)
    assert "[erased]" in saved_words(ann)
    # The earlier text is not left anywhere in the row.
    with transaction(service.database) as connection:
        rows = connection.execute(tables.saved_queries.select()).mappings().all()
    assert len(rows) == 1
    assert b"oraya" not in str(dict(rows[0])).encode()


def test_a_case_that_came_to_nothing_leaves_no_queries(service: Service, case: str, ann: Session) -> None:
    service.register.key(f"{case}-new", create=True)
    ann.at(f"{case}-new").cypher.library.save(Words("One", "RETURN 1"))
    service.register.unmake(f"{case}-new")
    assert [row["id"] for row in service.register.cases()] == [case]
