"""A witness statement keeps its kind: no later delivery makes it a report shown without source clearance."""

from __future__ import annotations

import html
from contextlib import suppress
from pathlib import Path

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.errors import GraphsvcError
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.service import Service, quiet
from graphsvc.web import create_app
from tests.toolbox.accounts import WHOLE, People, people, signed_in
from tests.toolbox.rows import Rows, Tables, claim, statement_claims, write

pytestmark = pytest.mark.neo4j
OTHER_KINDS = [kind for kind in STATEMENT_KINDS if kind != "witness"]
WORDS = ("back room", "my bed", "the tall one", "to stay")
LINK = "boss-1 DIRECTED aide-1"
ACCOUNT = {
    "id": "told-1",
    "kind": "witness",
    "handling": "P",
    "source_id": "wit-1",
    "summary": "I slept in the back room",
    "interest": "was promised to stay",
}
FIRST: Tables = {
    "people": [
        {"id": "boss-1", "name": "Ari Berg", "category": "suspect"},
        {"id": "aide-1", "name": "Bo Quist", "category": "suspect"},
        {"id": "wit-1", "name": "Wanda Witt"},
    ],
    "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
    "statements": [{"id": "report-1", "kind": "intelligence", "handling": "P"}, ACCOUNT],
    "links": [
        *statement_claims(
            "report-1", "boss-1 ORGANISED crossing-1", "aide-1 PILOTED crossing-1", "wit-1 CROSSED_ON crossing-1"
        ),
        *statement_claims("told-1", LINK),
        claim("boss-1", "COERCED", "wit-1", "told-1", notes="I saw it from my bed", subject_as_said="the tall one"),
    ],
}


def again(kind: str, **cells: str) -> Tables:
    statement = {"id": "told-1", "kind": kind, "handling": "P", **cells}
    return {"people": [], "statements": [statement], "links": statement_claims("told-1", LINK, "aide-1 PAID boss-1")}


# Cells of a statement delivered again as another kind: other words, no words, an empty cell, code C.
VERSIONS: tuple[dict[str, str], ...] = (
    {"source_id": "", "summary": "a report"},
    {},
    {"summary": ""},
    {"handling": "C", "source_id": "falcon-77"},
)


@pytest.fixture
def readers(service: Service, case: str) -> People:
    roles = {
        "ana": ("analyst", WHOLE),
        "inv": ("investigator", Grant("C")),
        "low": ("investigator", Grant("P")),
    }
    return people(service, case, roles)


def words_of_the_witness(service: Service, case: str, readers: People) -> list[str]:
    """Words of the witness that are shown to readers without source clearance."""
    app, leaked = create_app(service), list[str]()
    for name in ("low", "inv"):
        client = signed_in(app, name)
        pages = (
            "statement?id=told-1",
            "statement/history?id=told-1",
            "entity?id=boss-1",
            "search?q=room",
            "search?q=bed",
        )
        answers = [html.unescape(client.get(f"/case/{case}/{page}").text) for page in pages]
        answers += [str(readers(name).ask.rows(query).rows) for query in ("tables.claims", "statements.taken_back")]
        for look in (readers(name).deliveries.statements.look, readers(name).deliveries.statements.history):
            with suppress(GraphsvcError):  # readers without access to the statement get an error
                answers.append(str(look("told-1")))
        leaked += [f"{name}: {word}" for word in WORDS for answer in answers if word in answer]
    return leaked


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_a_witness_statement_delivered_again_as_another_kind_is_refused_with_the_way_out(
    kind: str, service: Service, case: str, readers: People, tmp_path: Path
) -> None:
    readers("ana").deliveries.load(write(tmp_path / "0", **FIRST), quiet)
    assert words_of_the_witness(service, case, readers) == []
    before = readers("ana").deliveries.statements.look("told-1")
    for number, cells in enumerate(VERSIONS):
        for partial in (False, True):
            folder = write(tmp_path / f"{number}-{partial}", **again(kind, **cells))
            rejections = readers("ana").deliveries.load(folder, quiet, partial=partial).rejections
            first = str(next(each for each in rejections if each.table == "statements"))
            assert first.startswith(f"statements.csv, line 2, column kind, value '{kind}': ")
            assert "deliver this row under a new id" in first
            assert {each.table for each in rejections} == {"statements", "links"}
            assert readers("ana").deliveries.statements.look("told-1") == before
            assert words_of_the_witness(service, case, readers) == []
    assert len(readers("ana").deliveries.statements.history("told-1")) == 1


def test_what_was_entered_as_a_report_may_become_a_witness_statement_and_no_report_again(
    service: Service, case: str, readers: People, tmp_path: Path
) -> None:
    rows: Rows = [{"id": "told-1", "kind": "intelligence", "handling": "P"}, FIRST["statements"][0]]
    readers("ana").deliveries.load(write(tmp_path / "0", **FIRST | {"statements": rows, "links": []}), quiet)
    assert readers("ana").deliveries.load(write(tmp_path / "1", **FIRST), quiet).rejections == []
    assert words_of_the_witness(service, case, readers) == []
    assert readers("ana").deliveries.load(write(tmp_path / "2", **again("record")), quiet).rejections != []
    assert words_of_the_witness(service, case, readers) == []
    # Once the statement is undone, the remaining deliveries contain none of its words.
    readers("ana").deliveries.undo(2, quiet)
    assert words_of_the_witness(service, case, readers) == []
