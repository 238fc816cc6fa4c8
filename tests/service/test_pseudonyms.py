"""The graph has sealed people only under pseudonyms, which are valid in one case alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from graphsvc.access.people import accounts
from graphsvc.appdb import tables, transaction
from graphsvc.service import Service, Session, quiet
from graphsvc.store.image import Image, read_image

pytestmark = pytest.mark.neo4j
WITNESSES = [f"W{number:02}" for number in range(40)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty witnesses in order, each with a statement; one suspect who is also a source; a phone of a witness."""
    folder = tmp_path / "case"
    folder.mkdir()
    people = "".join(f"{witness},Name Number {witness},witness\n" for witness in WITNESSES)
    (folder / "people.csv").write_text(f"id,name,category\nsuspect-1,Ari Berg,suspect;witness\n{people}")
    statements = "".join(f"S-{witness},witness,{witness},P\n" for witness in WITNESSES)
    (folder / "statements.csv").write_text(f"id,kind,source_id,handling\nS-own,witness,suspect-1,P\n{statements}")
    (folder / "things.csv").write_text("id,kind,value\nT1,phone,+447700900777\nT2,phone,+447700900778\n")
    (folder / "links.csv").write_text(
        "subject_id,relation,object_id,statement_id\nsuspect-1,PAID,W00,S-own\nW03,USED,T1,S-W03\nsuspect-1,USED,T2,S-W04\n"
    )
    return folder


def at(service: Service, case: str) -> Session:
    return service.session(accounts.only_account(service.database, ""), "tests", case)


def order(service: Service, case: str, image: Image) -> list[str]:
    """The pseudonyms of the witnesses as persons (not as sources), in the order of the delivery."""
    by_id = {
        values["id"]: pseudonym
        for pseudonym, values in service.register.identities(case)
        if pseudonym in image.nodes["Person"]
    }
    return [by_id[witness] for witness in WITNESSES]


def test_pseudonyms_are_stable_in_a_case_unlinkable_across_cases_and_tell_no_order(
    service: Service, case: str, folder: Path
) -> None:
    second_case = f"{case}-other"
    at(service, case).deliveries.load(folder, quiet)
    at(service, second_case).deliveries.load(folder, quiet)
    first = order(service, case, read_image(service.store(), case))
    second_image = read_image(service.store(), second_case)
    at(service, case).deliveries.undo(1, quiet)
    at(service, case).deliveries.load(folder, quiet)
    first_image = read_image(service.store(), case)
    assert order(service, case, first_image) == first
    assert len(set(first)) == len(WITNESSES)
    for label in ("Person", "Source", "Thing"):
        shared = set(first_image.nodes[label]) & set(second_image.nodes[label])
        assert shared == ({"suspect-1"} if label == "Person" else {"T2"} if label == "Thing" else set())
    assert not set(first_image.claims) & set(second_image.claims)
    # The order of pseudonyms does not reveal the order of delivery or the order in another case.
    ups = sum(before < after for before, after in pairwise(first))
    assert 8 <= ups <= 31
    assert sorted(first) != first
    second = order(service, second_case, second_image)
    assert sorted(range(40), key=first.__getitem__) != sorted(range(40), key=second.__getitem__)


def test_what_a_sealed_person_used_is_sealed_and_what_others_used_is_not(
    service: Service, case: str, folder: Path
) -> None:
    at(service, case).deliveries.load(folder, quiet)
    things = read_image(service.store(), case).nodes["Thing"]
    assert things["T2"]["value"] == "+447700900778"
    (sealed,) = set(things) - {"T2"}
    assert sealed.startswith("T-")
    assert "900777" not in str(things)


def test_that_a_suspect_is_a_source_stands_in_no_node_or_relationship(
    service: Service, case: str, folder: Path
) -> None:
    at(service, case).deliveries.load(folder, quiet)
    image = read_image(service.store(), case)
    source = image.given["S-own"]
    assert image.nodes["Person"]["suspect-1"]["name"] == "Ari Berg"
    assert "witness" not in str(image.nodes["Person"])
    assert "suspect-1" not in str((image.nodes["Source"], image.nodes["Statement"], image.given))
    text = "MATCH (a {case: $case, id: $source})-[r]-(b) RETURN labels(b) AS labels"
    rows = service.store().read(text, {"case": case, "source": source}, timeout=30, cap=100).rows
    assert rows == [(["Statement"],)]
    # Only the vault contains this, encrypted.
    assert dict(service.register.identities(case))[source]["id"] == "suspect-1"
    with transaction(service.database) as connection:
        for row in connection.execute(sa.select(tables.identities)):
            assert b"suspect-1" not in row.values_sealed
