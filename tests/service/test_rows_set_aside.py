"""Rows set aside: files with statements change nothing about people known before, whoever spoke.

`x1` may have given or interpreted a statement; otherwise `x2` to `x4` are like `x1`. What readers without
source clearance see of the four has to be the same, and no page may change through an event about a source.
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
from graphsvc.service import PictureRequest, Service, Wanted, quiet
from graphsvc.service.answers import Loaded
from tests.service.test_waiting import FIRST, PEOPLE, Place
from tests.toolbox import two_persons
from tests.toolbox.rows import claim, statement_claims, write

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


def load(place: Place, folder: Path, name: str, *, dry_run: bool = False, **tables: Any) -> Loaded:
    files = write(folder / uuid.uuid4().hex, **tables)
    return place.as_(name).deliveries.load(files, quiet, partial=True, dry_run=dry_run)


def deliver(place: Place, folder: Path, name: str, **tables: Any) -> Loaded:
    loaded = load(place, folder, name, **tables)
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
    # Claims about the person change nothing about that; a row delivered without statements is shown.
    more = {"statements": [{**STATEMENT, "id": "acc-8"}], "links": statement_claims("acc-8", "x3 PAID aide")}
    deliver(place, tmp_path, "ann", people=rows(["x3"]), **more)
    assert pages(place, "low") == before["low"]
    deliver(place, tmp_path, "ann", people=rows(["x2"]))
    now = pages(place, "low")
    assert ["Iraq" in now[x] for x in NAMES] == [False, True, False, False]


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
        assert len(contacts(empty, reader)) in (0, len(NAMES)), reader


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


def test_a_row_set_aside_charges_no_pseudonym(empty: Place, tmp_path: Path) -> None:
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


def test_a_row_set_aside_seals_by_its_marks(place: Place, tmp_path: Path) -> None:
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(place, tmp_path, "ann", people=[{"id": "x1", "date_of_birth": "2009", "handling": "P"}], **own)
    assert not pages(place, "low")["x1"]
    assert pages(place, "low")["x2"]
    # The mark outlives the row, which is not in the case.
    deliver(place, tmp_path, "ann", people=rows(["x1"]))
    assert not pages(place, "low")["x1"]


def test_a_row_set_aside_that_makes_a_place_a_dwelling_seals_the_home_of_a_sealed_person(
    place: Place, tmp_path: Path
) -> None:
    home = {"id": "h1", "name": "12 Dock Road", "address": "12 Dock Road, Dover", "handling": "P"}
    lives = statement_claims("R3", "y1 CROSSED_ON C1", "y1 LIVED_AT h1")
    person = {"id": "y1", "name": "Rana Moss", "handling": "P"}
    report = {**REPORT, "id": "R3"}
    crossing = {"id": "C1", "date": "2020-05-08", "handling": "P"}
    deliver(
        place,
        tmp_path,
        "ann",
        people=[person],
        crossings=[crossing],
        workplaces=[home],
        statements=[report],
        links=lives,
    )
    assert place.as_("low").network.entities.look("h1").values["address"] == "12 Dock Road, Dover"
    kind = {"id": "h1", "kind": "dwelling", "handling": "P"}
    deliver(place, tmp_path, "ann", workplaces=[kind], statements=[STATEMENT], links=SAID)
    with pytest.raises(NotFound):
        place.as_("low").network.entities.look("h1")


def test_a_preview_says_which_rows_are_set_aside(place: Place, tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        statement = {**STATEMENT, "id": f"acc-{name}", "source_id": "x1"}
        links = statement_claims(f"acc-{name}", "boss PAID aide", "x2 CROSSED_ON C1")
        loaded = load(place, tmp_path, name, dry_run=True, people=rows(), statements=[statement], links=links)
        assert (loaded.counts["people"]["changed"], loaded.counts["people"]["unchanged"]) == (0, 4)
        assert [note for note in loaded.notes if note.startswith("4 rows about people and things that the case knows")]
        assert [
            note for note in loaded.notes if note.startswith("3 people in these files are in none of their claims.")
        ]


# Deliveries about a statement of x1, though no accepted row of statements.csv names its source.
ROUNDABOUT: dict[str, dict[str, Any]] = {
    "more claims": {"links": statement_claims("acc-9", "boss DIRECTED aide")},
    "no column": {"statements": [{"id": "acc-9", "kind": "witness", "handling": "P", "status": "withdrawn"}]},
    "rejected": {"statements": [{**STATEMENT, "source_id": "x1", "taken_on": "2020-13-45"}]},
    "unreadable": {"statements": [{**STATEMENT, "source_id": "x" * 300}]},
    "no such end": {
        "statements": [{**STATEMENT, "source_id": "x1"}],
        "links": [*SAID, *statement_claims("acc-9", "x1 PAID nobody-7")],
    },
    "reserved": {
        "statements": [{**STATEMENT, "source_id": "x1"}],
        "links": [*SAID, *statement_claims("acc-9", "x1 SAME_AS wit-0")],
    },
}


@pytest.mark.parametrize("cells", [{"handling": "P"}, {}])
@pytest.mark.parametrize("way", ROUNDABOUT)
def test_a_row_is_set_aside_however_the_statement_comes(
    place: Place, tmp_path: Path, way: str, cells: dict[str, str]
) -> None:
    if way in ("more claims", "no column"):
        deliver(place, tmp_path, "ann", statements=[{**STATEMENT, "source_id": "x1"}], links=SAID)
    before = pages(place, "low")
    load(place, tmp_path, "ann", people=rows(["x1"], **cells), **ROUNDABOUT[way])
    assert pages(place, "low") == before


@pytest.mark.parametrize("name", ["ann", "bob"])
def test_a_file_that_comes_again_after_its_source_was_erased_shows_no_interpreter(
    place: Place, tmp_path: Path, name: str
) -> None:
    people = [*rows(["x1"]), {"id": "wit-9", "name": "Selma", "handling": "P"}]
    statement = {**STATEMENT, "source_id": "wit-9", "interpreter_id": "x1"}
    deliver(place, tmp_path, "ann", people=people, statements=[statement], links=SAID)
    before = pages(place, "low")
    erase(place, "wit-9")
    load(place, tmp_path, name, people=[people[0] | {"sex": "male"}, people[1]], statements=[statement], links=SAID)
    assert pages(place, "low") == before


def test_a_row_given_twice_stays_set_aside(place: Place, tmp_path: Path) -> None:
    before = pages(place, "low")
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(place, tmp_path, "ann", people=rows(["x1", "x1"], handling="P"), **own)
    deliver(place, tmp_path, "ann", people=[{"id": "q1", "name": "Quinn Vale", "handling": "P"}])
    assert pages(place, "low") == before


@pytest.mark.parametrize("cells", [{"date_of_birth": "2009"}, {"category": "victim"}])
@pytest.mark.parametrize("code", ["P", "C"])
def test_a_mark_under_p_seals_whatever_the_code_of_the_claims(
    place: Place, tmp_path: Path, cells: dict[str, str], code: str
) -> None:
    links = [claim("x1", "PAID", "aide", "acc-9", handling="C")]
    statement = {**STATEMENT, "handling": code}
    deliver(
        place, tmp_path, "ann", people=[{"id": "x1", "handling": "P", **cells}], statements=[statement], links=links
    )
    assert not pages(place, "low")["x1"]


def test_the_custodian_is_asked_about_a_mark_until_two_persons_decide(place: Place, tmp_path: Path) -> None:
    under_c = {"id": "acc-9", "kind": "witness", "source_id": "x1"}
    deliver(place, tmp_path, "ann", people=[{"id": "x1", "date_of_birth": "2009"}], statements=[under_c], links=SAID)
    sealings = place.as_("cus").protection.sealings
    question = repr(sealings.to_be_sealed())
    assert "under 18" in question
    deliver(place, tmp_path, "bob", people=[{"id": "q1", "name": "Quinn Vale", "handling": "P"}])
    assert repr(sealings.to_be_sealed()) == question
    two_persons.seal(place.as_("cus"), place.as_("sup"), "x1")
    assert not sealings.to_be_sealed()
    assert not pages(place, "low")["x1"]


@pytest.mark.parametrize("code", ["P", "C"])
def test_a_mark_outlives_the_list_that_named_its_person(empty: Place, tmp_path: Path, code: str) -> None:
    listed = deliver(empty, tmp_path, "bob", people=LISTED)
    marked = [{"id": "x1", "date_of_birth": "2009", "handling": code}]
    deliver(empty, tmp_path, "ann", people=marked, statements=[STATEMENT | {"handling": "C"}], links=SAID)
    empty.as_("bob").deliveries.undo(listed.delivery or 0, quiet)
    deliver(empty, tmp_path, "bob", people=LISTED)
    deliver(empty, tmp_path, "bob", statements=[REPORT], links=ABOUT_ALL)
    assert not pages(empty, "low")["x1"] or "under 18" in repr(empty.as_("cus").protection.sealings.to_be_sealed())


@pytest.mark.parametrize("name", ["ann", "bob"])
def test_the_row_of_somebody_hidden_is_set_aside_whoever_loads_it(empty: Place, tmp_path: Path, name: str) -> None:
    deliver(empty, tmp_path, "ann", people=LISTED)
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    loaded = deliver(empty, tmp_path, name, people=rows(["x1"], handling="P"), **own)
    # For a loader without source clearance the row counts as new, as if the case did not know the id.
    assert loaded.counts["people"]["added"] == (name == "bob")
    assert bool(loaded.rows_aside) == (name == "ann")
    deliver(empty, tmp_path, "ann", statements=[REPORT], links=ABOUT_ALL)
    assert len(set(pages(empty, "low").values())) == 1


@pytest.mark.parametrize("is_dry", [True, False])
def test_no_preview_tells_which_id_is_a_pseudonym(service: Service, tmp_path: Path, is_dry: bool) -> None:
    answers = []
    passengers = [{"id": "s1", "name": "Omar Dal", "handling": "P"}, {"id": "s2", "name": "Rosa Lim", "handling": "P"}]
    for payer in ("s1", "s2"):
        place = Place(service, "q" + uuid.uuid4().hex[:8])
        deliver(place, tmp_path, "ann", **FIRST)
        links = statement_claims("R9", "s1 CROSSED_ON C1", "s2 CROSSED_ON C1", f"{payer} PAID boss")
        deliver(place, tmp_path, "ann", people=passengers, statements=[{**REPORT, "id": "R9"}], links=links)
        taken_back = [claim("s1", "PAID", "boss", "R9", polarity="withdrawn")]
        boss = [{"id": "boss", "nationality": "Iraq", "handling": "P"}]
        loaded = load(place, tmp_path, "bob", dry_run=is_dry, people=boss, links=taken_back)
        answers.append((loaded.counts, loaded.notes, loaded.rejections))
    assert answers[0] == answers[1]


def previews(place: Place, folder: Path, **cells: str) -> set[str]:
    """Return the previews of a row about each of the four, with `X` and `NAME` in place of id and name."""
    answers = set()
    for x, name in NAMES.items():
        loaded = load(place, folder, "bob", dry_run=True, people=[{"id": x, "name": name, **cells}])
        answers.add(repr((loaded.counts["people"], loaded.notes)).replace(x, "X").replace(name, "NAME"))
    return answers


@pytest.mark.parametrize("name", ["ann", "bob"])
def test_a_list_that_is_undone_previews_alike_for_all(empty: Place, tmp_path: Path, name: str) -> None:
    listed = deliver(empty, tmp_path, name, people=LISTED)
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(empty, tmp_path, "ann", people=rows(["x1"], handling="P"), **own)
    empty.as_(name).deliveries.undo(listed.delivery or 0, quiet)
    assert len(previews(empty, tmp_path, category="suspect", handling="P")) == 1


@pytest.mark.parametrize("cells", [{}, {"nationality": "Iraq"}, {"handling": "C", "nationality": "Syria"}])
@pytest.mark.parametrize("claims", [True, False])
def test_rows_set_aside_change_no_preview(empty: Place, tmp_path: Path, cells: dict[str, str], claims: bool) -> None:
    deliver(empty, tmp_path, "bob", people=LISTED)
    if claims:
        deliver(empty, tmp_path, "bob", statements=[REPORT], links=ABOUT_ALL)
    bobs = {"statements": [{**STATEMENT, "id": "bobs"}], "links": statement_claims("bobs", "boss DIRECTED aide")}
    deliver(empty, tmp_path, "bob", people=rows(handling="P"), **bobs)
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(empty, tmp_path, "ann", people=rows(["x1"], handling="P"), **own)
    assert len(previews(empty, tmp_path, **cells)) == 1


def test_a_thing_known_before_is_set_aside(place: Place, tmp_path: Path) -> None:
    firms = [{"id": f"firm-{x}", "kind": "organisation", "name": f"Firm {x}", "handling": "P"} for x in NAMES]
    used = statement_claims("R3", *(f"{x} USED firm-{x}" for x in NAMES))
    deliver(place, tmp_path, "ann", things=firms, statements=[{**REPORT, "id": "R3"}], links=used)
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(place, tmp_path, "ann", things=[{**firms[0], "notes": "closed in 2019"}], **own)
    assert "closed" not in repr(place.as_("low").network.entities.look("firm-x1").values)
    # A delivery of only the table of things is accepted.
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "things.csv").write_text("id,kind,notes,handling\nfirm-x1,organisation,closed in 2019,P\n")
    place.as_("ann").deliveries.load(tmp_path / "things", quiet, partial=True)
    assert "closed" in repr(place.as_("low").network.entities.look("firm-x1").values)


@pytest.fixture
def undone(empty: Place, tmp_path: Path) -> Place:
    """A case where a list of the four was loaded, then the statement and row of x1, and then the list undone."""
    listed = deliver(empty, tmp_path, "bob", people=LISTED)
    boats = [
        {"id": f"b-{x}", "name": f"Boat {x}", "notes": f"seen with {name}", "handling": "P"}
        for x, name in NAMES.items()
    ]
    used = statement_claims("R5", *(f"b-{x} USED_ON C1" for x in NAMES))
    deliver(empty, tmp_path, "ann", boats=boats, statements=[{**REPORT, "id": "R5"}], links=used)
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(empty, tmp_path, "ann", people=[{"id": "x1", "phones": "+447700900991"}], **own)
    empty.as_("bob").deliveries.undo(listed.delivery or 0, quiet)
    return empty


def test_nothing_stays_of_the_source_alone_after_an_undo(undone: Place, tmp_path: Path) -> None:
    for reader in READERS:
        notes = [undone.as_(reader).network.entities.look(f"b-{x}").values["notes"] for x in NAMES]
        assert {note.replace(name, "N") for note, name in zip(notes, NAMES.values(), strict=True)} == {"seen with N"}
    answers = set()
    for x in NAMES:
        spoken = {"statements": [{**STATEMENT, "id": "t1", "source_id": x}]}
        about = {"statements": [REPORT], "links": statement_claims("R2", f"{x} PAID aide")}
        previews = [load(undone, tmp_path, "bob", dry_run=True, **tables) for tables in (spoken, about)]
        answers.add(tuple(len(preview.rejections) for preview in previews))
    assert len(answers) == 1
    further = {"statements": [{**STATEMENT, "id": "acc-5"}], "links": statement_claims("acc-5", "aide PAID boss")}
    deliver(undone, tmp_path, "ann", people=LISTED, **further)
    deliver(undone, tmp_path, "bob", statements=[REPORT], links=ABOUT_ALL)
    for reader in READERS:
        assert contacts(undone, reader) == [*NAMES]
        assert undone.as_(reader).search.find_pseudonyms("+447700900991") == []


def test_exports_of_people_on_an_undone_list_end_alike(empty: Place, tmp_path: Path) -> None:
    listed = deliver(empty, tmp_path, "bob", people=LISTED)
    deliver(empty, tmp_path, "ann", statements=[REPORT], links=ABOUT_ALL)
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(empty, tmp_path, "ann", people=[{"id": "x1"}], **own)
    exports = empty.as_("tom").exports
    asked_for = {
        x: exports.make(
            Wanted(picture=PictureRequest(ids=(x,), depth=0)), "Partner", "they ask for it", handling="P", ask=True
        )
        for x in ("x1", "x2", "boss")
    }
    empty.as_("ann").deliveries.undo(listed.delivery or 0, quiet)
    with suppress(Refused):
        exports.given.fetch(asked_for["boss"].id)
    states = {export.id: export.state for export in exports.given.list_exports()}
    assert states[asked_for["x1"].id] == states[asked_for["x2"].id]


@pytest.mark.parametrize("is_declared_first", [True, False])
def test_a_case_that_shares_its_ids_names_the_source_as_the_others(
    service: Service, tmp_path: Path, is_declared_first: bool
) -> None:
    case, sharing = (Place(service, "s" + uuid.uuid4().hex[:8]) for _ in "ab")
    for place in (case, sharing):
        deliver(place, tmp_path, "ann", **FIRST)
    share = case.as_("cus").protection.sharing.declare
    if is_declared_first:
        share(sharing.case, "one register of people")
    people = [{"id": x, "name": name, "handling": "P"} for x, name in NAMES.items()]
    listed = deliver(case, tmp_path, "bob", people=people)
    carried = statement_claims("R2", *(f"{x} CROSSED_ON C1" for x in NAMES))
    deliver(case, tmp_path, "bob", statements=[REPORT], links=carried)
    own = {"statements": [{**STATEMENT, "source_id": "x1"}], "links": SAID}
    deliver(case, tmp_path, "ann", people=[{"id": "x1"}], **own)
    case.as_("ann").deliveries.undo(listed.delivery or 0, quiet)
    if not is_declared_first:
        share(sharing.case, "one register of people")
    piloted = statement_claims("R2", *(f"{x} PILOTED C1" for x in NAMES))
    deliver(sharing, tmp_path, "bob", people=people, statements=[REPORT], links=piloted)
    for reader in READERS:
        assert len(set(pages(sharing, reader).values())) == 1, reader
