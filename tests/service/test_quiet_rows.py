"""Quiet rows: people in files with statements, but in none of their claims, change no page, whoever gave the statements.

`x1` gave or interpreted a statement, or did not, and `x2` to `x4` are as `x1` in everything else: what readers without
source clearance see of the four has to be the same, and nobody's page may change as something happens to a source.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.vault import pseudonym
from graphsvc.errors import NotFound, Refused
from graphsvc.service import Loaded, PictureRequest, Service, Wanted, quiet
from tests.service.test_waiting import FIRST, PEOPLE, Place
from tests.toolbox.rows import statement_claims, write

pytestmark = pytest.mark.neo4j
READERS = ("low", "tom", "bob")
NAMES = {"x1": "Milan Orchard", "x2": "Petra Voss", "x3": "Tomas Reed", "x4": "Ivo Lund"}
LISTED = [{"id": x, "name": name, "category": "suspect", "handling": "P"} for x, name in NAMES.items()]
ABOUT_ALL = statement_claims("R2", *(f"{x} CONTACTED aide" for x in NAMES))
REPORT = {"id": "R2", "kind": "intelligence", "handling": "P"}
STATEMENT = {"id": "acc-9", "kind": "witness", "handling": "P", "source_id": "wit-0"}
SAID = statement_claims("acc-9", "boss PAID aide")


@pytest.fixture(scope="module")
def service(at_server: Any) -> Iterator[Service]:
    with Service(at_server(named="part")) as opened:
        for name, (roles, grant) in PEOPLE.items():
            accounts.add(opened.database, name, roles, {"*": grant})
        yield opened


@pytest.fixture
def empty(service: Service, tmp_path: Path) -> Place:
    new = Place(service, "q" + uuid.uuid4().hex[:8])
    deliver(new, tmp_path, "ann", **FIRST)
    return new


@pytest.fixture
def place(empty: Place, tmp_path: Path) -> Place:
    """A case with four named suspects, in a report under P."""
    deliver(empty, tmp_path, "ann", people=LISTED)
    deliver(empty, tmp_path, "ann", statements=[REPORT], links=ABOUT_ALL)
    return empty


def deliver(place: Place, folder: Path, name: str, **tables: Any) -> Loaded:
    loaded = place.as_(name).deliveries.load(write(folder / uuid.uuid4().hex, **tables), quiet, partial=True)
    assert loaded.rejections == []
    return loaded


def pages(place: Place, reader: str) -> dict[str, str]:
    """Return the values on the page of each of the four, with `X` and `NAME` for id and name."""
    texts = dict.fromkeys(NAMES, "")
    for x, name in NAMES.items():
        with suppress(NotFound):
            values = place.as_(reader).network.entities.look(x).values
            texts[x] = repr(values).replace(x, "X").replace(name, "NAME")
    return texts


def contacts(place: Place, reader: str) -> list[str]:
    links = place.as_(reader).ask.rows("cases.links", whole=True).dicts()
    return sorted(link["subject"] for link in links if link["relation"] == "CONTACTED")


def rows(names: Any = NAMES, **cells: str) -> list[dict[str, str]]:
    return [{"id": x, "nationality": "Iraq", **cells} for x in names]


def erase(place: Place, person: str) -> None:
    name = pseudonym(place.service.register.key(place.case, create=False), "person", person)
    place.service.casework.erase(place.case, name, "ann", "a reason that is long enough", quiet)


@pytest.mark.parametrize("cells", [{"handling": "P"}, {"handling": "P", "statement_id": "acc-9"}])
@pytest.mark.parametrize("role", ["source_id", "interpreter_id"])
def test_rows_of_all_that_come_with_a_statement_of_one_show_the_same_of_all(
    place: Place, tmp_path: Path, cells: dict[str, str], role: str
) -> None:
    before = {reader: pages(place, reader) for reader in READERS}
    deliver(place, tmp_path, "ann", people=rows(**cells), statements=[{**STATEMENT, role: "x1"}], links=SAID)
    assert {reader: pages(place, reader) for reader in READERS} == before
    # A row that comes without statements, or with a claim about its person, is shown.
    deliver(place, tmp_path, "ann", people=rows(["x2"]))
    more = {"statements": [{**STATEMENT, "id": "acc-8"}], "links": statement_claims("acc-8", "x3 PAID aide")}
    deliver(place, tmp_path, "ann", people=rows(["x3"]), **more)
    now = pages(place, "low")
    assert ["Iraq" in now[x] for x in NAMES] == [False, True, True, False]


@pytest.mark.parametrize("role", ["source_id", "interpreter_id"])
def test_a_corrected_source_changes_no_page(place: Place, tmp_path: Path, role: str) -> None:
    deliver(place, tmp_path, "ann", people=rows(statement_id="acc-9"), statements=[STATEMENT], links=SAID)
    before = pages(place, "low")
    deliver(place, tmp_path, "ann", statements=[{**STATEMENT, role: "x1"}])
    assert pages(place, "low") == before


@pytest.mark.parametrize("cells", [{}, {"statement_id": "acc-9"}])
def test_an_erased_source_shows_no_row_of_the_interpreter(place: Place, tmp_path: Path, cells: dict[str, str]) -> None:
    people = [*rows(["x1"], handling="P", **cells), {"id": "wit-9", "name": "Selma", "handling": "P"}]
    statement = {**STATEMENT, "source_id": "wit-9", "interpreter_id": "x1"}
    deliver(place, tmp_path, "ann", people=people, statements=[statement], links=SAID)
    before = pages(place, "low")
    erase(place, "wit-9")
    assert pages(place, "low") == before


@pytest.mark.parametrize("cells", [{}, {"statement_id": "acc-9"}])
def test_an_erasure_of_somebody_else_hides_no_row(place: Place, tmp_path: Path, cells: dict[str, str]) -> None:
    zed = {"id": "z", "name": "Zed Zimmer", "category": "suspect", "handling": "P"}
    statements = [{**STATEMENT, "source_id": "x1"}, {**REPORT, "id": "R3"}]
    about = statement_claims("R3", *(f"{x} CONTACTED z" for x in NAMES))
    deliver(place, tmp_path, "ann", people=[*rows(**cells), zed], statements=statements, links=[*SAID, *about])
    before = pages(place, "low")
    erase(place, "z")
    assert pages(place, "low") == before


OWN_ROWS: tuple[dict[str, str], ...] = (
    {},
    {"handling": "P"},
    {"name": "Milan Orchard"},
    {"statement_id": "acc-9"},
    {"category": "witness"},
)


@pytest.mark.parametrize("cells", OWN_ROWS)
def test_a_list_that_is_undone_and_loaded_again_shows_all_alike(
    empty: Place, tmp_path: Path, cells: dict[str, str]
) -> None:
    delivery = deliver(empty, tmp_path, "bob", people=LISTED)
    statement = {**STATEMENT, "handling": "C", "source_id": "x1"}
    deliver(empty, tmp_path, "ann", people=[{"id": "x1", **cells}], statements=[statement], links=SAID)
    empty.as_("bob").deliveries.undo(delivery.delivery or 0, quiet)
    deliver(empty, tmp_path, "bob", people=LISTED)
    deliver(empty, tmp_path, "bob", statements=[REPORT], links=ABOUT_ALL)
    for reader in READERS:
        assert contacts(empty, reader) == [*NAMES], reader
        assert len(set(pages(empty, reader).values())) == 1, reader


@pytest.mark.parametrize("name", ["ann", "bob"])
@pytest.mark.parametrize("cells", [*OWN_ROWS, {"name": "Milan Orchard", "category": "suspect"}])
def test_a_list_that_is_undone_leaves_no_claim_about_the_source_alone(
    empty: Place, tmp_path: Path, name: str, cells: dict[str, str]
) -> None:
    delivery = deliver(empty, tmp_path, name, people=LISTED)
    own = {"people": [{"id": "x1", **cells}], "statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(empty, tmp_path, "ann", **own)
    deliver(empty, tmp_path, name, statements=[REPORT], links=ABOUT_ALL)
    with suppress(Refused):
        empty.as_(name).deliveries.undo(delivery.delivery or 0, quiet)
    for reader in READERS:
        assert contacts(empty, reader) in ([], [*NAMES]), reader


@pytest.mark.parametrize(("cells", "code", "name"), [({"handling": "P"}, "P", "low"), ({}, "C", "tom")])
def test_exports_outlive_the_undo_of_a_list_whoever_is_on_it(
    service: Service, tmp_path: Path, cells: dict[str, str], code: str, name: str
) -> None:
    states = []
    for source in ("wit-0", "x1"):
        place = Place(service, "q" + uuid.uuid4().hex[:8])
        deliver(place, tmp_path, "ann", **FIRST)
        listed = deliver(place, tmp_path, "bob", people=LISTED)
        own = {"statements": [{**STATEMENT, "handling": code, "source_id": source}], "links": SAID}
        deliver(place, tmp_path, "ann", people=[{"id": source, **cells}], **own)
        wanted = Wanted(picture=PictureRequest(ids=("boss",), depth=1))
        exports = place.as_(name).exports
        export = exports.make(wanted, "Partner", "they ask for it", handling=code, ask=True)
        place.as_("bob").deliveries.undo(listed.delivery or 0, quiet)
        with pytest.raises(Refused) as refused:
            exports.given.fetch(export.id)
        states.append(str(refused.value))
    assert states[0] == states[1]


def test_a_quiet_row_is_not_found_by_a_known_number(empty: Place, tmp_path: Path) -> None:
    deliver(empty, tmp_path, "ann", people=[{"id": x, "name": name, "handling": "P"} for x, name in NAMES.items()])
    carried = statement_claims("R2", *(f"{x} CROSSED_ON C1" for x in NAMES))
    deliver(empty, tmp_path, "ann", statements=[REPORT], links=carried)
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(empty, tmp_path, "ann", people=[{"id": "x1", "phones": "+447700900991", "aliases": "Zeko"}], **own)
    for text in ("+447700900991", "Zeko"):
        for reader in READERS:
            assert empty.as_(reader).search.find_pseudonyms(text) == []
        assert len(empty.as_("ann").search.find_pseudonyms(text)) == 1
    assert len(empty.as_("low").search.find_pseudonyms("Milan Orchard")) == 1


def test_a_version_counts_and_names_no_source(place: Place, tmp_path: Path) -> None:
    own = {"statements": [{**STATEMENT, "source_id": "x9"}], "links": SAID}
    deliver(place, tmp_path, "ann", people=[{"id": "x9", "name": "Zed Quark", "statement_id": "acc-9"}], **own)
    source = pseudonym(place.service.register.key(place.case, create=False), "person", "x9")
    view = place.as_("bob").network.views.save(
        {"asked": [["id", "boss"]], "arranged": {"boss": [3, 4]}}, "mine", "", shared=True
    )
    more = {"asked": [["id", "boss"], ["add", source]], "arranged": {source: [10, 5], "boss": [3, 4]}}
    place.as_("ann").network.views.save_version(view.id, more, 1)
    for reader in ("bob", "tom"):
        views = place.as_(reader).network.views
        assert views.open(view.id).absent == 0
        assert [version.said for version in views.look(view.id)[1]] == ["", "saved first"]


def test_a_quiet_row_charges_no_pseudonym(empty: Place, tmp_path: Path) -> None:
    deliver(empty, tmp_path, "ann", people=[{"id": x, "name": name, "handling": "P"} for x, name in NAMES.items()])
    deliver(
        empty,
        tmp_path,
        "ann",
        statements=[REPORT],
        links=statement_claims("R2", *(f"{x} CROSSED_ON C1" for x in NAMES)),
    )

    def look() -> list[list[dict[str, Any]]]:
        return [empty.as_(reader).ask.rows("cases.entities", whole=True).dicts() for reader in READERS]

    before = look()
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(empty, tmp_path, "ann", people=[{"id": "x1", "name": "Milan Orchard", "category": "suspect"}], **own)
    assert look() == before


def test_a_quiet_row_seals_by_its_marks(place: Place, tmp_path: Path) -> None:
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(place, tmp_path, "ann", people=[{"id": "x1", "date_of_birth": "2009", "handling": "P"}], **own)
    assert not pages(place, "low")["x1"]
    assert pages(place, "low")["x2"]


def test_a_preview_says_which_rows_change_no_page(place: Place, tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        statement = {**STATEMENT, "id": f"acc-{name}", "source_id": "x1"}
        links = statement_claims(f"acc-{name}", "boss PAID aide", "x2 CROSSED_ON C1")
        path = write(tmp_path / name, people=rows(), statements=[statement], links=links)
        notes = place.as_(name).deliveries.load(path, quiet, partial=True, dry_run=True).notes
        assert [note for note in notes if note.startswith("3 people in people.csv were known before, and no claim")]
        assert [note for note in notes if note.startswith("3 people in these files are in none of their claims.")]
