"""A statement under handling code C is delivered again under P: readers cleared for P get only what that delivery says.

Proof by difference, over sequences of deliveries: the data used for answers at P are the same, byte for byte, as in a
case that never had the statement under C. If the row that opens it is rejected, they are the same as in a case without
the statement.
"""

from __future__ import annotations

import datetime as dt
import html
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.cases.graph.graphing import build_graph
from graphsvc.cases.graph.sealing import Standing
from graphsvc.cases.graph.standing import Deciding, standings
from graphsvc.errors import NotFound, RequestError
from graphsvc.ingest.check import read_case
from graphsvc.ingest.fold import fold
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.rejected import Rejection
from graphsvc.ingest.state import State
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.records.tables import TABLES
from graphsvc.service import Service, Session, quiet
from graphsvc.store.image import Image
from graphsvc.web import create_app
from tests.leaks.small import at_p
from tests.service.test_entering import correct_claim, correction, enter_form
from tests.toolbox.accounts import WHOLE, People, people, signed_in
from tests.toolbox.rows import Tables, claim, statement_claims, write

KEY = b"k" * 32
STATEMENT = "told-1"
PASSED = ("id", "kind", "handling")
COLUMNS = tuple(column.name for column in TABLES["statements"].columns if column.name not in PASSED)
BASE: Tables = {
    "people": [
        {"id": "boss-1", "name": "Ari Berg", "category": "suspect"},
        {"id": "aide-1", "name": "Bo Quist", "category": "suspect"},
        {"id": "aide-2", "name": "Cas Roe", "category": "suspect"},
        {"id": "wit-1", "name": "Wanda Witt", "category": "suspect"},
    ],
    "gangs": [{"id": "gang-1", "name": "The Landing"}],
    "statements": [{"id": "report-1", "kind": "intelligence", "handling": "P"}],
    "links": statement_claims("report-1", "boss-1 RUNS gang-1", "aide-1 MEMBER_OF gang-1", "aide-2 MEMBER_OF gang-1"),
}
SECRETS = ("Dov Hidden", "Sea Urchin", "kitchen table", "secret")
KEPT = claim("boss-1", "DIRECTED", "aide-1", STATEMENT)


def row(kind: str, handling: str, word: str) -> dict[str, str]:
    """Row of the statement, with every column filled."""
    return {
        "id": STATEMENT,
        "kind": kind,
        "handling": handling,
        "source_id": "wit-1",
        "taken_on": "2020-06-01" if handling == "C" else "2020-06",
        "source_grade": "1" if handling == "C" else "2",
        "assessment": "A" if handling == "C" else "B",
        "on_record": "yes" if handling == "C" else "no",
        "status": "given",
        "status_on": "2020-06-03",
        "interpreter_id": "aide-2",
        "statement_id": "report-1",
        "review_on": "2030-01-01",
        **{name: f"{word} {name}" for name in ("conditions", "interest", "summary", "sanitised")},
    }


def under_c(kind: str, *, without: Collection[str] = ()) -> Tables:
    """The version under C, `without` some relations: hidden people and things, and a claim that is P later."""
    links = [
        claim("dov-1", "RECRUITED", "wit-1", STATEMENT, notes="overheard at the kitchen table"),
        claim("dov-1", "SUPPLIED", "boat-1", STATEMENT, subject_as_said="the secret brother"),
        claim("aide-1", "PAID", "aide-2", STATEMENT, place="secret place", amount="500", currency="GBP"),
        claim("aide-2", "MANAGED", "shop-1", STATEMENT, polarity="denies"),
        KEPT | {"notes": "secret notes"},
    ]
    return {
        "people": [{"id": "dov-1", "name": "Dov Hidden", "category": "suspect"}],
        "boats": [{"id": "boat-1", "name": "Sea Urchin"}],
        "workplaces": [{"id": "shop-1", "name": "secret shop"}],
        "statements": [row(kind, "C", "secret")],
        "links": [link for link in links if link["relation"] not in without],
    }


def opening(kind: str, *links: dict[str, str], without: Collection[str] = ()) -> Tables:
    """The version under P, `without` some columns."""
    cells = {name: cell for name, cell in row(kind, "P", "shared").items() if name not in without}
    return {"people": [], "statements": [cells], "links": [*links]}


def case(*deliveries: tuple[Tables, bool]) -> tuple[dict[Any, Any], list[Rejection], Image]:
    """Fold deliveries (rows, partial); return the data used for answers at P, the last rejections and the graph."""
    state, standing, rejections = State(), dict[str, Standing](), list[Rejection]()
    by = Deciding(KEY, dt.date(2020, 5, 8))
    for number, (tables, partial) in enumerate(deliveries, 1):
        with tempfile.TemporaryDirectory() as folder:
            read = read_case(write(Path(folder) / "case", **tables), Limits(5_000_000, 1_000))
        report = fold(state, number, read.rows, read.columns, partial=partial, incomplete=read.incomplete)
        standing = standings(standing, state, by, number, read.rows)
        rejections = [*read.rejections, *report.rejections]
    image = build_graph(state, KEY, standing, few_below=3).image
    visible = at_p(image)
    sources = {("given by", statement): image.given[statement] for statement in image.given.keys() & visible.keys()}
    return visible | sources, rejections, image


Sequence = Callable[[str], list[tuple[Tables, bool]]]
WAYS: dict[str, Sequence] = {
    "at once": lambda kind: [(under_c(kind), False), (opening(kind, KEPT), False)],
    "by a delivery that only adds": lambda kind: [(under_c(kind), False), (opening(kind, KEPT), True)],
    "after claims were taken out under C": lambda kind: [
        (under_c(kind), False),
        (under_c(kind, without=("RECRUITED", "SUPPLIED")), False),
        (opening(kind, KEPT), False),
    ],
    "after it was under P already": lambda kind: [
        (opening(kind, KEPT, claim("aide-2", "PAID", "aide-1", STATEMENT)), False),
        (under_c(kind), False),
        (opening(kind, KEPT), False),
    ],
    "after claims were taken out under P": lambda kind: [
        (opening(kind, KEPT, claim("aide-2", "PAID", "aide-1", STATEMENT)), False),
        (opening(kind, KEPT), False),
        (under_c(kind), True),
        (opening(kind, KEPT), True),
    ],
    "with a claim that is refused": lambda kind: [
        (under_c(kind), False),
        (opening(kind, KEPT, claim("dov-1", "RECRUITED", "nobody-1", STATEMENT)), False),
    ],
    "twice": lambda kind: [
        (under_c(kind), False),
        (opening(kind, KEPT), False),
        (under_c(kind), False),
        (opening(kind, KEPT), True),
        (opening(kind, KEPT), True),
    ],
}


@pytest.mark.parametrize("kind", STATEMENT_KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_an_opened_statement_says_under_p_what_is_delivered_under_p(kind: str, way: str) -> None:
    opened, rejections, image = case((BASE, False), *WAYS[way](kind))
    assert {each.table for each in rejections} <= {"links"}
    assert opened == case((BASE, False), (opening(kind, KEPT), False))[0]
    assert STATEMENT in opened
    assert "Dov Hidden" in str(image)  # present for readers cleared for C


@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_row_that_does_not_give_every_filled_cell_again_opens_nothing(column: str, partial: bool) -> None:
    for kind in STATEMENT_KINDS:
        shared = opening(kind, KEPT, without=(column,))
        opened, rejections, _ = case((BASE, False), (under_c(kind), False), (shared, partial))
        assert opened == case((BASE, False))[0]
        refused = next(each for each in rejections if each.table == "statements")
        assert (refused.column, refused.value) == ("handling", "P")
        assert column in refused.reason
        assert "under a new id" in refused.reason
        # Claims of the shared version must not join those under C.
        assert {each.table for each in rejections} == {"statements", "links"}


def test_a_cell_is_emptied_by_a_whole_delivery_and_kept_by_one_that_only_adds() -> None:
    shared = opening("record", KEPT)
    shared["statements"][0]["summary"] = ""
    assert (
        case((BASE, False), (under_c("record"), False), (shared, False))[0] == case((BASE, False), (shared, False))[0]
    )
    assert case((BASE, False), (under_c("record"), False), (shared, True))[0] == case((BASE, False))[0]


# -- the same, as readers of a case get it ---------------------------------------------------------------------


@pytest.fixture
def readers(service: Service, case: str) -> People:
    roles = {
        "ana": ("analyst", WHOLE),
        "inv": ("investigator", Grant("C")),
        "sourced": ("investigator", Grant("P", sources=True)),
        "low": ("investigator", Grant("P")),
    }
    return people(service, case, roles)


def load(session: Session, folder: Path, tables: Tables) -> list[Rejection]:
    return session.deliveries.load(write(folder, **tables), quiet).rejections


def leaks(service: Service, case: str, readers: People) -> list[str]:
    """Secrets that pages and queries show to a reader cleared for P."""
    app, leaked = create_app(service), list[str]()
    addresses = [
        f"statement?id={STATEMENT}",
        "entity?id=dov-1",
        "entity?id=boss-1",
        "entity?id=aide-1",
        "leads",
        *(f"search?q={word}" for word in ("dov", "kitchen", "secret", "urchin")),
    ]
    for name in ("low", "sourced"):
        client = signed_in(app, name)
        for address in addresses:
            text = html.unescape(client.get(f"/case/{case}/{address}").text)
            leaked += [f"{name}: {secret} on {address}" for secret in SECRETS if secret in text and secret != "secret"]
        for query in ("tables.people", "tables.claims", "tables.boats", "tables.statements", "statements.taken_back"):
            rows = str(readers(name).ask.rows(query).rows)
            leaked += [f"{name}: {secret} in {query}" for secret in SECRETS if secret in rows]
    return leaked


@pytest.mark.neo4j
@pytest.mark.parametrize("kind", STATEMENT_KINDS)
def test_no_reader_of_p_gets_what_was_taken_out_of_a_statement_under_c(
    kind: str, service: Service, case: str, readers: People, tmp_path: Path
) -> None:
    for number, tables in enumerate((BASE, under_c(kind))):
        assert load(readers("ana"), tmp_path / str(number), tables) == []
    assert leaks(service, case, readers) == []
    folder = write(tmp_path / "opened", **opening(kind, KEPT))
    assert readers("ana").deliveries.load(folder, quiet, partial=kind == "record").rejections == []
    latest = readers("ana").deliveries.statements.history(STATEMENT)[0]
    assert latest.statement["handling"] == ("C", "P")
    # Claims that stay under C are not listed as added by this delivery.
    assert [row["relation"] for row in latest.claims if row["before"]] == ["DIRECTED"]
    assert {row["did"] for row in latest.claims} == ({"changed"} if kind == "record" else {"changed", "superseded"})
    assert readers("sourced").deliveries.statements.look(STATEMENT).values["summary"] == "shared summary"
    assert leaks(service, case, readers) == []
    readers("ana").deliveries.undo(3, quiet)
    assert leaks(service, case, readers) == []
    with pytest.raises(NotFound):
        readers("sourced").deliveries.statements.look(STATEMENT)


@pytest.mark.neo4j
def test_a_claim_taken_out_by_form_stays_under_c_when_a_form_opens_the_statement(
    service: Service, case: str, readers: People, tmp_path: Path
) -> None:
    for number, tables in enumerate((BASE, under_c("intelligence"))):
        assert load(readers("ana"), tmp_path / str(number), tables) == []
    for relation in ("RECRUITED", "SUPPLIED", "PAID", "MANAGED"):
        fate = "withdrawn" if relation == "SUPPLIED" else "mistake"
        enter_form(readers("ana"), correct_claim(readers("ana"), STATEMENT, relation, fate))
    enter_form(readers("ana"), correct_claim(readers("ana"), STATEMENT, "DIRECTED", notes=""))
    shared = {name: f"shared {name}" for name in ("conditions", "interest", "summary", "sanitised")}
    enter_form(readers("ana"), correction(readers("ana"), STATEMENT, handling="P", **shared))
    assert readers("low").deliveries.statements.look(STATEMENT).values["summary"] == "shared summary"
    assert leaks(service, case, readers) == []
    claims = readers("ana").deliveries.statements.look(STATEMENT).claims
    assert {row["relation"]: (row["status"], row["handling"]) for row in claims} == {
        "RECRUITED": ("superseded", "C"),
        "SUPPLIED": ("withdrawn", "C"),
        "MANAGED": ("superseded", "C"),
        "PAID": ("superseded", "C"),
        "DIRECTED": ("active", "P"),
    }


@pytest.mark.neo4j
def test_without_source_clearance_nobody_opens_what_others_delivered_whatever_it_holds(
    service: Service, case: str, readers: People, tmp_path: Path
) -> None:
    """A refusal that named the missing parts would reveal cells that need source clearance."""
    bare = {"id": "told-2", "kind": "record", "handling": "C"}
    hidden = bare | {"id": "told-3", "interest": "was promised to stay", "interpreter_id": "aide-2"}
    load(readers("ana"), tmp_path / "0", BASE)
    load(readers("ana"), tmp_path / "1", {"people": [], "statements": [bare, hidden], "links": []})
    counts = []
    for identifier in ("told-2", "told-3"):
        opens: Tables = {"people": [], "statements": [bare | {"id": identifier, "handling": "P"}], "links": []}
        opens["links"] = statement_claims(identifier, "boss-1 DIRECTED aide-1")
        loaded = readers("inv").deliveries.load(write(tmp_path / identifier, **opens), quiet)
        assert loaded.rejections == []
        counts.append(loaded.counts)
        form = correction(readers("inv"), identifier, handling="P")
        faults = readers("inv").deliveries.form.check(form).faults
        assert [(fault.field, "source clearance" in fault.reason) for fault in faults] == [("statement.handling", True)]
        with pytest.raises(RequestError, match="source clearance"):
            readers("inv").deliveries.form.enter(form)
        with pytest.raises(NotFound):
            readers("low").deliveries.statements.look(identifier)
    assert counts[0] == counts[1]
    assert [counts[0][table]["received"] for table in ("statements", "links")] == [1, 1]
