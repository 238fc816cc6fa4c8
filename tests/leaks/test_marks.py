"""No mark is lost with a rejected row: if the mark may concern a named person, nothing is loaded."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.errors import InputError
from graphsvc.service import Service, Session, quiet
from graphsvc.service.answers import Loaded
from tests.toolbox.accounts import WHOLE, People, people
from tests.toolbox.rows import Rows, Tables, statement_claims, write

pytestmark = pytest.mark.neo4j
NAMED, SEALED = "aide-1", "wit-1"
NEW = {"id": "new-1", "name": "Milan Orchard", "category": "suspect"}
BASE: Tables = {
    "people": [
        {"id": NAMED, "name": "Zoltan Quarrel", "category": "suspect"},
        {"id": SEALED, "name": "Wanda Witt"},
    ],
    "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
    "statements": [{"id": "report-1", "kind": "intelligence", "handling": "P"}],
    "links": statement_claims("report-1", f"{NAMED} PILOTED crossing-1", f"{SEALED} CROSSED_ON crossing-1"),
}
MARKS = (
    {"sealed": "yes"},
    {"age_disputed": "yes"},
    {"date_of_birth": "2013-02-03"},
    {"category": "victim"},
    {"category": "victim@2020-05;suspect"},
)
UNREADABLE = (
    {"sealed": "Yes"},
    {"age_disputed": "perhaps"},
    {"date_of_birth": "01/02/2013"},
    {"category": "possible victim"},
    {"date_of_birth": "20x0", "sealed": "yes"},
    {"date_of_birth": "2015-01-01", "category": "witnes"},
)
# Cells that get the row rejected on reading, or on folding it into the case (statement missing, or rejected itself).
READ = ({"handling": "Q"}, {"review_on": "soon"})
FOLDED = ({"statement_id": "nowhere-1"}, {"statement_id": "report-9"})
REFUSED_STATEMENT = {"id": "report-9", "kind": "intelligence", "handling": "P", "source_grade": "9"}
FAULTS = [mark | fault for mark in MARKS for fault in (*READ, *FOLDED)] + [*UNREADABLE]


@pytest.fixture
def sessions(service: Service, case: str, tmp_path: Path) -> People:
    roles = {"ana": ("analyst", WHOLE), "inv": ("investigator", Grant("C")), "low": ("investigator", Grant("P"))}
    result = people(service, case, roles)
    assert result("ana").deliveries.load(write(tmp_path / "base", **BASE), quiet).rejections == []
    assert names_shown(result("low")) == {"Zoltan Quarrel"}
    return result


def names_shown(reader: Session) -> set[str]:
    return {row["name"] for row in reader.ask.rows("tables.people").dicts() if row["name"]}


NUMBER = count()


def load(session: Session, folder: Path, rows: Rows, *, dry_run: bool = False) -> Loaded:
    delivery: Tables = {
        "people": rows,
        "statements": [REFUSED_STATEMENT, {"id": "report-2", "kind": "record", "handling": "P"}],
        "links": statement_claims("report-2", "new-1 PILOTED crossing-1"),
    }
    return session.deliveries.load(write(folder / str(next(NUMBER)), **delivery), quiet, partial=True, dry_run=dry_run)


@pytest.mark.parametrize("loader", ["ana", "inv"])
def test_a_refused_mark_of_somebody_named_stops_the_delivery(loader: str, sessions: People, tmp_path: Path) -> None:
    for fault in FAULTS:
        rows = [NEW, {"id": NAMED, **fault}]
        preview = load(sessions(loader), tmp_path, rows, dry_run=True)
        assert [row.row_id for row in preview.unsafe] == [NAMED], fault
        assert "must be sealed" in preview.notes[0]
        with pytest.raises(InputError, match=r"must be sealed.*people\.csv, line 3"):
            load(sessions(loader), tmp_path, rows)
    assert names_shown(sessions("low")) == {"Zoltan Quarrel"}
    assert load(sessions(loader), tmp_path, [NEW, {"id": NAMED, "sealed": "yes"}]).committed
    assert names_shown(sessions("low")) == {"Milan Orchard"}


@pytest.mark.parametrize("order", [1, -1])
def test_so_does_one_of_somebody_whom_the_delivery_itself_names(order: int, sessions: People, tmp_path: Path) -> None:
    faults = [mark | fault for mark in MARKS for fault in READ] + [*UNREADABLE]
    for fault in faults:
        rows = [NEW, NEW | fault, {"id": "new-1", **fault}][::order]
        assert load(sessions("ana"), tmp_path, rows, dry_run=True).unsafe, fault
        with pytest.raises(InputError, match="must be sealed"):
            load(sessions("ana"), tmp_path, rows)
    assert names_shown(sessions("low")) == {"Zoltan Quarrel"}


def test_one_that_does_not_say_of_whom_it_is_stops_the_delivery_too(sessions: People, tmp_path: Path) -> None:
    for mark in MARKS:
        with pytest.raises(InputError, match="must be sealed"):
            load(sessions("ana"), tmp_path, [NEW, {"id": "", **mark}])


def test_what_is_refused_without_a_mark_or_of_somebody_sealed_or_not_there_stops_nothing(
    sessions: People, tmp_path: Path
) -> None:
    for fault in (*READ, *FOLDED):
        rows = [{"id": NAMED, "name": "Zoltan Quarrel", **fault}, NEW]
        rows += [{"id": person, "sealed": "yes", **fault} for person in (SEALED, "absent-1")]
        loaded = load(sessions("ana"), tmp_path, rows, dry_run=True)
        assert (len(loaded.rejections), loaded.unsafe, loaded.unsafe_words) == (4, [], ""), fault
    assert load(sessions("ana"), tmp_path, rows).committed
    assert names_shown(sessions("low")) == {"Zoltan Quarrel", "Milan Orchard"}
