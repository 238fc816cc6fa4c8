"""What speaks against an accusation reaches everybody who reads it, wherever they do."""

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
from tests.toolbox.cases import Lay, Place, laid
from tests.toolbox.rows import Tables, claim, said

pytestmark = pytest.mark.neo4j
READERS = {
    "whole": ("analyst", Grant("C", sources=True)),
    "high": ("investigator", Grant("C")),
    "low": ("investigator", Grant("P")),
}
MET = ("ann", "ASSOCIATES_WITH", "bea")
ROWS: Tables = {
    "people": [{"id": name, "name": name.title(), "category": "suspect"} for name in ("ann", "bea")],
    "statements": [
        {"id": "report", "kind": "intelligence", "handling": "P"},
        {"id": "denial", "kind": "intelligence", "handling": "C", "summary": "was in hospital"},
    ],
    "links": [*said("report", " ".join(MET)), claim("bea", "ASSOCIATES_WITH", "ann", "denial", polarity="denies")],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: laid(at_server(), READERS, "whole", ROWS)


def links_of(people: Place, reader: str, entity: str) -> dict[tuple[str, str, str], Any]:
    """Link → what its denials are told as, on the page of an entity."""
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
    assert {row["denied"] for row in rows if row["Source"] == "ann"} == {"contested"}


def test_the_claims_of_a_link_hold_its_denial_in_either_order(people: Place) -> None:
    answer = people("high").network.entities.between(*MET).dicts()
    assert [row["polarity"] for row in answer] == ["denies", "asserts"]
    (step,) = people("high").network.paths.find(["ann", "bea"]).between[0].ways[0].steps
    assert [row["statement"] for row in step.denying] == ["denial"]
