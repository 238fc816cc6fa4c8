"""People known before while hidden: pages show them as they show people who are new.

`x9` came as source or interpreter of `acc-9` and is in no claim. Later files name `x9` and `z9`, who is new, alike.
Readers without source clearance must see the same of both, whatever becomes of `acc-9`.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.vault import pseudonym
from graphsvc.errors import NotFound
from graphsvc.service import PictureRequest, Service, Wanted, quiet
from tests.service.test_rows_set_aside import READERS, REPORT, SAID, STATEMENT, contacts, deliver, service
from tests.service.test_waiting import FIRST, Place
from tests.toolbox.rows import claim, statement_claims

__all__ = ["service"]
pytestmark = pytest.mark.neo4j
BOTH = ("x9", "z9")
WITNESS = {"id": "acc-8", "kind": "witness", "handling": "P", "source_id": "wit-0"}
# How the row of the source came, with which code of the statement.
CAME: dict[str, tuple[str, dict[str, str]]] = {
    "P row": ("P", {"handling": "P", "review_on": "2027-01-31"}),
    "P statement": ("P", {"statement_id": "acc-9", "review_on": "2027-01-31", "identified": "nickname"}),
    "C row under P": ("P", {"handling": "C", "notes": "spoke to us"}),
    "C": ("C", {"review_on": "2027-01-31"}),
    "C statement": ("C", {"statement_id": "acc-9", "identified": "nickname"}),
}
# How later files name both: their statement, and the cells of their rows.
NAMED: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "witness, P": (WITNESS, {"handling": "P", "review_on": "2028-02-28"}),
    "witness, C row": (WITNESS, {"handling": "C", "review_on": "2028-02-28"}),
    "witness, its statement": (WITNESS, {"statement_id": "acc-8", "review_on": "2028-02-28"}),
    "report, P": (REPORT, {"handling": "P"}),
    "report, C row": (REPORT, {"handling": "C", "review_on": "2028-02-28"}),
}


@pytest.fixture
def empty(service: Service, tmp_path: Path) -> Place:
    new = Place(service, "h" + uuid.uuid4().hex[:8])
    deliver(new, tmp_path, "ann", **FIRST)
    return new


def look(place: Place, reader: str, person: str) -> str:
    """Return what a reader sees of a person and their links, with `X` for their id."""
    name = pseudonym(place.service.register.key(place.case, create=False), "person", person)
    session = place.as_(reader)
    try:
        values = session.network.entities.look(name).values
    except NotFound:
        values = {}
    links = [link for link in session.ask.rows("cases.links", whole=True).dicts() if name in repr(link)]
    claims = [row for row in session.ask.rows("cases.claims", whole=True).dicts() if name in repr(row)]
    claims = [{column: cell for column, cell in row.items() if column != "claim"} for row in claims]
    return repr((values, links, claims)).replace(name, "X")


def require_alike(place: Place) -> None:
    for reader in READERS:
        assert look(place, reader, "x9") == look(place, reader, "z9"), reader


@pytest.mark.parametrize("loader", ["tom", "ann"])
@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("came", CAME)
def test_somebody_hidden_is_shown_as_somebody_new(
    empty: Place, tmp_path: Path, came: str, named: str, loader: str
) -> None:
    code, cells = CAME[came]
    statement, later = NAMED[named]
    role = "interpreter_id" if loader == "tom" and came == "P row" else "source_id"
    spoken = {**STATEMENT, "handling": code, role: "x9"}
    own = [{"id": "x9", "name": "Zed Quark", **cells}]
    first = deliver(empty, tmp_path, "ann", people=own, statements=[spoken], links=SAID)
    people = [{"id": each, **later} for each in BOTH]
    links = statement_claims(statement["id"], *(f"{each} CROSSED_ON C1" for each in BOTH))
    deliver(empty, tmp_path, loader, people=people, statements=[statement], links=links)
    require_alike(empty)
    if code == "P":
        deliver(empty, tmp_path, "ann", statements=[{**spoken, "handling": "C"}])
        require_alike(empty)
    empty.as_("ann").deliveries.undo(first.delivery or 0, quiet)
    require_alike(empty)


@pytest.mark.parametrize("role", ["source_id", "interpreter_id"])
def test_a_charge_in_a_hidden_row_names_nobody(empty: Place, tmp_path: Path, role: str) -> None:
    own = [{"id": "x9", "name": "Zed Quark", "category": "suspect", "handling": "P"}]
    deliver(empty, tmp_path, "ann", people=own, statements=[{**STATEMENT, role: "x9"}], links=SAID)
    wanted = Wanted(picture=PictureRequest(ids=("boss",), depth=1))
    export = empty.as_("tom").exports.make(wanted, "Partner", "they ask for it", handling="P", ask=True)
    people = [{"id": each, "name": "Zed Quark", "handling": "P"} for each in BOTH]
    links = statement_claims("R2", *(f"{each} CROSSED_ON C1" for each in BOTH))
    deliver(empty, tmp_path, "tom", people=people, statements=[REPORT], links=links)
    require_alike(empty)
    (mine,) = [each for each in empty.as_("tom").exports.given.list_exports() if each.id == export.id]
    assert mine.state == "waiting"


@pytest.mark.parametrize("loader", ["tom", "ann"])
def test_a_list_shows_somebody_hidden_as_somebody_new(empty: Place, tmp_path: Path, loader: str) -> None:
    own = [{"id": "x9", "name": "Zed Quark", "review_on": "2027-01-31", "handling": "P"}]
    deliver(empty, tmp_path, "ann", people=own, statements=[{**STATEMENT, "source_id": "x9"}], links=SAID)
    deliver(empty, tmp_path, loader, people=[{"id": each, "identified": "nickname", "handling": "P"} for each in BOTH])
    links = statement_claims("R2", *(f"{each} CROSSED_ON C1" for each in BOTH))
    deliver(empty, tmp_path, loader, statements=[REPORT], links=links)
    require_alike(empty)


@pytest.mark.parametrize("came", ["P row", "P statement"])
@pytest.mark.parametrize("change", ["closed", "undone"])
def test_claims_outlive_what_becomes_of_the_statement_that_first_brought_their_people(
    empty: Place, tmp_path: Path, came: str, change: str
) -> None:
    spoken = {**STATEMENT, "source_id": "x9"}
    own = [{"id": "x9", "name": "Zed Quark", **CAME[came][1]}, {"id": "z9", "name": "Una Moss", **CAME[came][1]}]
    said = [*SAID, claim("z9", "PAID", "aide", "acc-9")]
    first = deliver(empty, tmp_path, "ann", people=own, statements=[spoken], links=said)
    links = statement_claims("R2", *(f"{each} CONTACTED aide" for each in BOTH))
    deliver(empty, tmp_path, "bob", statements=[REPORT], links=links)
    names = [pseudonym(empty.service.register.key(empty.case, create=False), "person", each) for each in BOTH]
    assert contacts(empty, "low") == sorted(names)
    if change == "closed":
        deliver(empty, tmp_path, "ann", statements=[{**spoken, "handling": "C"}])
    else:
        empty.as_("ann").deliveries.undo(first.delivery or 0, quiet)
    for reader in READERS:
        assert contacts(empty, reader) == sorted(names), reader


def test_a_claim_shows_a_thing_under_p_that_was_known_under_c(empty: Place, tmp_path: Path) -> None:
    under_c = {"statements": [{"id": "R6", "kind": "intelligence"}], "links": statement_claims("R6", "boss USED firm")}
    deliver(empty, tmp_path, "ann", things=[{"id": "firm", "kind": "organisation", "notes": "watched"}], **under_c)
    own: dict[str, Any] = {"statements": [WITNESS], "links": statement_claims("acc-8", "aide USED firm")}
    deliver(empty, tmp_path, "ann", things=[{"id": "firm", "kind": "organisation", "handling": "P"}], **own)
    values = empty.as_("low").network.entities.look("firm").values
    assert (values["id"], "watched" in repr(values)) == ("firm", False)
    links = empty.as_("low").ask.rows("cases.links", whole=True).dicts()
    assert [link["subject"] for link in links if link["object"] == "firm"] == ["aide"]
