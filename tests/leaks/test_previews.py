"""A preview shows a loader without source clearance no more than pages do. Proof by difference over all columns.

Two cases differ in every cell that such a loader may not see: each row of the tables below differs in one column. The
same delivery, which repeats the rows of the first case, is previewed and loaded into both, and every answer is the
same. In the first case it changes nothing, in the second it changes each row, so a count of changed rows would reveal
the difference.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import Refused
from graphsvc.records.tables import TABLES, Column
from graphsvc.service import Service, Session, quiet
from graphsvc.service.answers import Loaded
from graphsvc.store.image import Image, read_image
from tests.toolbox.accounts import WHOLE, add, session
from tests.toolbox.cases import new_name
from tests.toolbox.rows import Rows, Tables, statement_claims, write

pytestmark = pytest.mark.neo4j

# Named people, the targets of sample references.
NAMED = ("boss-1", "boss-2")
# Column → two valid values; neither changes who is named or sealed.
PAIRS = {
    ("people", "category"): ("witness", "victim"),
    ("people", "sealed"): ("yes", "no"),
    ("people", "date_of_birth"): ("1980", "1981-02"),
    ("statements", "source_id"): ("person-source", "person-other"),
    ("statements", "interpreter_id"): NAMED,
    ("statements", "kind"): ("intelligence", "record"),
    ("links", "subject_id"): NAMED,
    ("links", "object_id"): ("person-source", "person-other"),
    ("links", "relation"): ("PAID", "OWES"),
    ("links", "statement_id"): ("report-links", "report-other"),
    ("workplaces", "kind"): ("dwelling", "dwelling"),
    ("things", "kind"): ("phone", "vehicle"),
}
# Columns that identify rows, or must be equal so that a row exists in both cases.
FIXED = {"id", ("workplaces", "kind")}
# Columns of a named person that may reveal why someone else is sealed, or who spoke.
HIDDEN_OF_NAMED = ("category", "sealed")


def sample(table: str, column: Column) -> tuple[str, str]:
    """Return two different values of a column."""
    if (table, column.name) in PAIRS:
        return PAIRS[table, column.name]
    if column.kind == "choice":
        return column.words[0], column.words[1]
    if column.kind == "ref":
        return "report-links", "report-other"
    kinds = {
        "date": ("2020-05-01", "2020-06"),
        "number": ("10", "20"),
        "count": ("1", "2"),
        "latitude": ("51.1", "51.2"),
        "longitude": ("1.1", "1.2"),
    }
    return kinds.get(column.kind, (f"{column.name} one", f"{column.name} two"))


def columns(table: str) -> list[Column]:
    """The columns of a table that may differ, and one custom column."""
    candidates = [*TABLES[table].columns, Column("x_colour")]
    return [column for column in candidates if not {column.name, (table, column.name)} & FIXED]


def differing(table: str, prefix: str, index: int, **base: str) -> Rows:
    """Make a row for each column of a table, in which only that column depends on the case it is for."""
    return [
        {"id": f"{prefix}-{column.name}", **base, column.name: sample(table, column)[index]}
        for column in columns(table)
    ]


def hidden(index: int, protection: str = "witness") -> Tables:
    """Rows delivered to one of the two cases by other loaders."""
    # If only marked people are protected, each row has a mark in a column other than the differing one.
    mark = {"age_disputed": "yes"} if protection == "marked" else {}
    people = [
        row | ({"sealed": "yes"} if mark and row["id"] == "sealed-age_disputed" else {})
        for row in differing("people", "sealed", index, name="Hewa Karim", **mark)
    ]
    people += [
        {"id": f"named-{name}", "name": "Ari Berg", name: ("witness", "victim")[index] if name == "category" else value}
        for name, value in zip(HIDDEN_OF_NAMED, ("", ("no", "")[index]), strict=True)
    ]
    people += [{"id": person, "name": f"Bo {person}"} for person in (*NAMED, "person-source", "person-other")]
    things = differing("things", "thing", index, kind="phone", value="+447700900001")
    homes = differing("workplaces", "home", index, kind="dwelling", name="Blue House")
    reports = differing("statements", "report", index, kind="intelligence", handling="P")
    accounts = [
        row | ({"source_id": "person-source"} if "source_id" not in row else {})
        for row in differing("statements", "account", index, kind="witness", handling="P")
        if row["kind"] == "witness"
    ]
    claim = {"subject_id": "boss-1", "relation": "PAID", "object_id": "boss-2", "statement_id": "report-links"}
    links = differing("links", "claim", index, **claim)
    # A claim without an id is identified by its content: each case has a claim that the other lacks.
    links += [
        {name: value for name, value in row.items() if name != "id"} | {"statement_id": f"report-{at}"}
        for at, row in enumerate(differing("links", "claim", index, **(claim | {"from_date": "2020-01"})))
    ]
    base = [
        {"id": f"report-{at}", "kind": "intelligence", "handling": "P"}
        for at in ("links", "other", "base", "super", *range(len(columns("links"))))
    ]
    carried = [f"{row['id']} CROSSED_ON crossing-1" for row in people if row["id"].startswith(("sealed-", "person-"))]
    steered = [f"{person} PILOTED crossing-1" for person in (*NAMED, *(f"named-{name}" for name in HIDDEN_OF_NAMED))]
    led = [f"sealed-name USED {row['id']}" for row in things] + [f"sealed-name LIVED_AT {row['id']}" for row in homes]
    more = statement_claims(
        "report-super", *(f"boss-1 DIRECTED {person}" for person in ("boss-2", "person-source")[: 2 - index])
    )
    if protection == "marked":
        accounts = []
    return {
        "people": people,
        "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
        "things": things,
        "workplaces": homes,
        "statements": [*base, *reports, *accounts],
        "links": [*statement_claims("report-base", *carried, *steered, *led), *links, *more],
    }


def guess(protection: str = "witness") -> Tables:
    """Rows of the loader: all cells as in the first case, but fewer claims and one claim withdrawn."""
    tables = hidden(0, protection)
    links = [row for row in tables["links"] if row["statement_id"] not in ("report-super", "report-base")]
    taken_back = {**statement_claims("report-super", "boss-1 DIRECTED person-source")[0], "polarity": "withdrawn"}
    return tables | {
        "links": [*links, taken_back],
        "statements": [row for row in tables["statements"] if row["id"] != "report-base"],
    }


class Pair:
    """Two cases that differ only in what `ben` may not see; `ann` loaded both, and has source clearance."""

    def __init__(
        self,
        service: Service,
        folder: Path,
        protection: str = "witness",
        tables: Callable[[int], Tables] | None = None,
    ) -> None:
        self.service, self.protection = service, protection
        self.cases = (new_name(), new_name())
        add(service, "*", {"ann": ("analyst", WHOLE), "ben": ("analyst", Grant("C"))})
        for index in range(2):
            base = write(folder / f"base{index}", **(tables(index) if tables else hidden(index, protection)))
            loaded = self.load("ann", index, base, protection=protection)
            assert loaded.rejections == []
            assert loaded.committed

    def load(self, who: str, index: int, folder: Path, **options: Any) -> Loaded:
        """Load a delivery into one of the cases."""
        return self.at(who, index).deliveries.load(folder, quiet, **options)

    def at(self, who: str, index: int) -> Session:
        """Open the session of an account at one of the cases."""
        return session(self.service, who, self.cases[index])

    def both(self, who: str, folder: Path, **options: Any) -> tuple[Loaded, Loaded]:
        """Both cases' answers to one delivery."""
        return self.load(who, 0, folder, **options), self.load(who, 1, folder, **options)

    def plain(self, answer: Loaded) -> str:
        """All of an answer, without the name of its case."""
        text = json.dumps(dataclasses.asdict(answer), default=str, sort_keys=True)
        return text.replace(answer.case, "CASE")


@pytest.fixture(scope="module", params=["witness", "marked"])
def lasting_pair(
    request: pytest.FixtureRequest, at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """A pair under each protection."""
    with Service(at_server()) as service:
        yield Pair(service, tmp_path_factory.mktemp("pair"), request.param)


@pytest.fixture
def own_pair(at_server: Callable[..., Settings], tmp_path: Path) -> Iterator[Pair]:
    with Service(at_server()) as service:
        yield Pair(service, tmp_path)


@pytest.mark.parametrize("partial", [True, False], ids=["adds", "whole"])
def test_a_preview_is_the_same_whatever_is_hidden(lasting_pair: Pair, tmp_path: Path, partial: bool) -> None:
    tables = guess(lasting_pair.protection)
    received, changed = 0, [0, 0]
    # No row is set aside in a delivery without statements.
    for name, rows in {"all": tables, "entities": {**tables, "statements": [], "links": []}}.items():
        folder = write(tmp_path / name, **rows)
        first, second = lasting_pair.both("ben", folder, partial=partial, dry_run=True)
        assert lasting_pair.plain(first) == lasting_pair.plain(second)
        assert not first.changes_nothing
        received += first.received_count
        # A loader with source clearance sees the difference, so the cases do differ in each row.
        for case, answer in enumerate(lasting_pair.both("ann", folder, partial=partial, dry_run=True)):
            changed[case] += sum(row["changed"] + row["added"] for row in answer.counts.values())
    assert received > 100
    assert changed[1] - changed[0] > 80


@pytest.mark.parametrize("table", ["people", "things", "workplaces", "statements", "links"])
def test_each_row_alone_is_received(lasting_pair: Pair, tmp_path: Path, table: str) -> None:
    """One row per delivery, so that no sum can hide what a single row reveals."""
    for at, row in enumerate(guess(lasting_pair.protection)[table]):
        if row.get("id") in {*NAMED, "person-source", "person-other"}:
            continue
        first, second = lasting_pair.both(
            "ben", write(tmp_path / f"{at}", **{table: [row]}), partial=True, dry_run=True
        )
        assert lasting_pair.plain(first) == lasting_pair.plain(second), row
        assert first.received_count == 1, row


def test_no_column_of_the_format_is_forgotten() -> None:
    seen = {
        (table, column)
        for table, rows in hidden(0).items()
        for row, twin in zip(rows, hidden(1)[table], strict=False)
        for column in {*row, *twin}
        if row.get("id") == twin.get("id") and row.get(column) != twin.get(column)
    }
    wanted = {
        (table, column.name)
        for table in ("people", "things", "workplaces", "statements", "links")
        for column in columns(table)
    }
    assert wanted - seen == set()


def test_over_a_sequence_of_loads_every_answer_is_the_same(own_pair: Pair, tmp_path: Path) -> None:
    """Loading twice, the results of both jobs, and the list of deliveries are the same in both cases."""
    folder = write(tmp_path / "guess", **guess())
    transcripts: list[list[Any]] = []
    for index in range(2):
        answers: list[Any] = []
        for _ in range(2):
            loaded = own_pair.load("ben", index, folder, partial=True)
            answers += [own_pair.plain(loaded), loaded.outcome]
        listed = own_pair.at("ben", index).deliveries.list_deliveries()
        answers += [{name: row[name] for name in ("number", "status", "account", "counts")} for row in listed]
        transcripts.append(answers)
    assert transcripts[0] == transcripts[1]


def test_rows_of_ones_own_deliveries_are_compared_in_full(own_pair: Pair, tmp_path: Path) -> None:
    own: dict[str, Rows] = {
        "people": [{"id": "mine-1", "name": "Cas Roe", "category": "victim"}, {"id": "mine-2", "name": "Dov Lind"}],
        "statements": [{"id": "mine-account", "kind": "witness", "source_id": "mine-1", "interest": "owes money"}],
        "links": statement_claims("mine-account", "boss-1 DIRECTED mine-2", "boss-2 DIRECTED mine-2"),
    }
    assert own_pair.load("ben", 0, write(tmp_path / "own", **own), partial=True).committed
    own["people"][0]["category"] = "witness"
    own["statements"][0]["source_id"] = "mine-2"
    own["links"].pop()
    loaded = own_pair.load("ben", 0, write(tmp_path / "again", **own), dry_run=True)
    assert {table: (row["changed"], row["unchanged"], row["received"]) for table, row in loaded.counts.items()} == {
        "people": (0, 2, 0),  # one is set aside
        "statements": (1, 0, 0),
        "links": (0, 1, 0),
    }
    people = own_pair.load("ben", 0, write(tmp_path / "people", people=own["people"]), dry_run=True)
    assert [(change.id, change.fields) for change in (people.changes[0], *loaded.changes)] == [
        ("mine-1", {"category": ("victim", "witness")}),
        ("mine-account", {"source_id": ("mine-1", "mine-2")}),
    ]
    assert loaded.counts["links"]["superseded"] == 1
    # Once others deliver the same statements, the loader no longer sees what would change. People are compared with
    # the loader's own rows, or a preview would reveal that others delivered them.
    assert own_pair.load("ann", 0, write(tmp_path / "others", **own), partial=True).committed
    again = own_pair.load("ben", 0, write(tmp_path / "third", **own), dry_run=True)
    assert {table: row["received"] for table, row in again.counts.items()} == {"people": 0, "statements": 1, "links": 1}


def test_named_rows_of_others_are_compared_in_what_pages_show(lasting_pair: Pair, tmp_path: Path) -> None:
    rows: dict[str, Rows] = {
        "people": [{"id": "boss-1", "name": "Bo boss-1"}, {"id": "boss-2", "name": "Bo other"}],
        "crossings": [{"id": "crossing-1", "date": "2020-05-09"}, {"id": "crossing-9", "date": "2020-05-09"}],
    }
    loaded = lasting_pair.load("ben", 0, write(tmp_path / "rows", **rows), partial=True, dry_run=True)
    assert {table: (row["added"], row["changed"], row["unchanged"]) for table, row in loaded.counts.items()} == {
        "people": (0, 1, 1),
        "crossings": (1, 1, 0),
        "links": (0, 0, 0),
    }
    assert [change.fields for change in loaded.changes] == [
        {"name": ("Bo boss-2", "Bo other")},
        {"date": ("2020-05-08", "2020-05-09")},
    ]
    assert loaded.received_count == 0


def statements_behind(index: int) -> Tables:
    """People and a crossing from two witness statements: one (0) or the other (1) introduced Lee Ray and the crossing."""
    accounts = ("acc-1", "acc-2")
    return {
        "people": [
            {"id": "boss", "name": "Ari Berg", "category": "suspect"},
            {"id": "w1", "name": "Wanda Witt"},
            {"id": "w2", "name": "Wen Dy"},
            {"id": "lee", "name": "Lee Ray", "category": "suspect", "statement_id": accounts[index]},
            # P by the cell of the row, or by a statement: pages show the same.
            {"id": "kim", "name": "Kim Roe", "category": "suspect"} | ({"handling": "P"} if index else {}),
        ],
        "crossings": [{"id": "c1", "date": "2020-05-08", "statement_id": accounts[index]}],
        "statements": [
            {"id": "report-1", "kind": "intelligence", "handling": "P"},
            *(
                {"id": account, "kind": "witness", "handling": "P", "source_id": source}
                for account, source in zip(accounts, ("w1", "w2"), strict=True)
            ),
        ],
        "links": statement_claims(
            "report-1",
            "boss ORGANISED c1",
            "w1 CROSSED_ON c1",
            "w2 CROSSED_ON c1",
            "lee ASSISTED c1",
            "kim ASSISTED c1",
        )
        + statement_claims("acc-1", "boss DIRECTED lee")
        + statement_claims("acc-2", "boss DIRECTED lee"),
    }


def test_a_preview_does_not_show_which_witness_statement_brought_a_row(
    at_server: Callable[..., Settings], tmp_path: Path
) -> None:
    with Service(at_server()) as service:
        pair = Pair(service, tmp_path, tables=statements_behind)
        for at, cell in enumerate(("report-1", "acc-1", "acc-2")):
            rows: Tables = {
                "people": [{"id": "lee", "statement_id": cell}],
                "crossings": [{"id": "c1", "date": "2020-05-08", "statement_id": cell}],
            }
            first, second = pair.both("ben", write(tmp_path / f"{at}", **rows), partial=True, dry_run=True)
            assert pair.plain(first) == pair.plain(second)
            assert (first.received_count, first.changes) == (2, [])
        for handling, unchanged in (("P", 1), ("C", 0)):
            rows = {"people": [{"id": "kim", "name": "Kim Roe", "handling": handling}]}
            first, second = pair.both("ben", write(tmp_path / handling, **rows), partial=True, dry_run=True)
            assert pair.plain(first) == pair.plain(second)
            assert (first.counts["people"]["unchanged"], first.changes) == (unchanged, [])


# Column → cell under C of a marked person named under P (the mark, or a cell with it), and the loader's other cell.
UNDER_C = {
    "sealed": ("yes", "no"),
    "category": ("victim", "suspect"),
    "age_disputed": ("yes", "no"),
    "date_of_birth": ("2013-01-01", "1990"),
    "name": ("Hewa Karim", "Cas Roe"),
    "phones": ("+447700900001", "+447700900002"),
    "notes": ("met him", "met her"),
    "statement_id": ("report-c", "report-1"),
    "handling": ("C", "P"),
}


def named_under_p(_which: int) -> Tables:
    """People named under P, one for each column above."""
    people = [{"id": f"p-{name}", "name": "Ari Berg", "category": "suspect"} for name in UNDER_C]
    return {
        "people": people,
        "crossings": [{"id": "c1", "date": "2020-05-08"}],
        "statements": [
            {"id": "report-1", "kind": "intelligence", "handling": "P"},
            {"id": "report-c", "kind": "intelligence", "handling": "C"},
        ],
        "links": statement_claims("report-1", *(f"{row['id']} PILOTED c1" for row in people)),
    }


@pytest.mark.parametrize("under_c", ["", "C"], ids=["under P", "under C"])
def test_a_preview_does_not_show_that_a_named_person_is_marked_under_c(
    at_server: Callable[..., Settings], tmp_path: Path, under_c: str
) -> None:
    handling = {"handling": under_c} if under_c else {}
    with Service(at_server()) as service:
        pair = Pair(service, tmp_path, tables=named_under_p)
        marks = [
            {"id": f"p-{name}", "handling": "C", "sealed": "yes", name: cells[0]} for name, cells in UNDER_C.items()
        ]
        marked = pair.load("ann", 0, write(tmp_path / "marks", people=marks), partial=True)
        assert (marked.rejections, marked.counts["people"]["changed"]) == ([], len(UNDER_C))
        for name, cells in UNDER_C.items():
            for at, cell in enumerate(cells):
                row = {"id": f"p-{name}", **handling, name: cell}
                folder = write(tmp_path / f"{name}{at}", people=[row])
                first, second = pair.both("ben", folder, partial=True, dry_run=True)
                assert pair.plain(first) == pair.plain(second), row


WITNESSED: Tables = {
    "people": [
        *({"id": person, "name": f"Bo {person}"} for person in (*NAMED, "uncle")),
        {"id": "somebody", "name": "Hewa Karim"},
    ],
    "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
    "statements": [
        {"id": "S1", "kind": "witness", "source_id": "somebody", "handling": "C", "summary": "he hid in Calais"},
        {"id": "S2", "kind": "record", "handling": "P"},
        {"id": "S3", "kind": "record", "handling": "P"},
    ],
    "links": [
        *statement_claims("S2", "boss-1 ORGANISED crossing-1", "boss-2 PILOTED crossing-1", "uncle PAID boss-1"),
        {**statement_claims("S1", "boss-1 ORGANISED crossing-1")[0], "id": "L1", "polarity": "denies"},
        {**statement_claims("S3", "boss-2 PILOTED crossing-1")[0], "id": "L2", "polarity": "denies"},
    ],
}


@pytest.fixture
def witness_pair(at_server: Callable[..., Settings], tmp_path: Path) -> Iterator[Pair]:
    """A case with a statement of a witness that `ben` did not deliver, and a similar one that does not change."""
    with Service(at_server()) as service:
        pair = Pair(service, tmp_path)
        for index in range(2):
            assert pair.load("ann", index, write(tmp_path / f"w{index}", **WITNESSED), partial=True).rejections == []
        yield pair


def image(pair: Pair, index: int) -> Image:
    return read_image(pair.service.store(), pair.cases[index])


def test_rows_about_a_witness_statement_of_others_change_nothing_of_it(witness_pair: Pair, tmp_path: Path) -> None:
    """Otherwise a loader could publish, suppress or reword a statement of others, and undo that afterwards."""
    before = image(witness_pair, 0)
    for at, cells in enumerate(
        (
            {"kind": "record"},
            {"kind": "intelligence", "handling": "P"},
            {"kind": "witness", "source_id": "uncle", "handling": "P"},
            {"kind": "witness", "source_id": "somebody", "status": "withdrawn"},
            {"kind": "witness", "source_id": "somebody", "sanitised": "he hid"},
        )
    ):
        rows: Tables = {
            "statements": [{"id": "S1", **cells}],
            "links": statement_claims("S1", "boss-2 ORGANISED crossing-1"),
        }
        rows["people"] = [{"id": f"mine-{at}", "name": "Zed Alm"}]
        for partial in (True, False):
            loaded = witness_pair.load("ben", 0, write(tmp_path / f"{at}{partial}", **rows), partial=partial)
            assert (loaded.counts["statements"]["received"], loaded.counts["links"]["received"]) == (1, 1)
    after = image(witness_pair, 0)
    assert after.nodes["Statement"]["S1"] == before.nodes["Statement"]["S1"]
    of_it = [claim for claim in after.claims.values() if claim[1] == "S1"]
    assert of_it == [claim for claim in before.claims.values() if claim[1] == "S1"]


def test_the_id_of_a_claim_of_others_takes_no_claim_away(witness_pair: Pair, tmp_path: Path) -> None:
    rows: Tables = {
        "statements": [{"id": "mine", "kind": "record", "handling": "P"}],
        "links": [{**statement_claims("mine", "boss-1 PAID boss-2")[0], "id": name} for name in ("L1", "L2", "L9")][:2],
    }
    loaded = witness_pair.load("ben", 0, write(tmp_path / "mine", **rows), partial=True)
    assert (loaded.counts["links"]["added"], loaded.rejections) == (2, [])
    claims = image(witness_pair, 0).claims.values()
    assert {claim[1] for claim in claims if claim[0]["polarity"] == "denies"} == {"S1", "S3"}
    assert sum(claim[1] == "mine" for claim in claims) == 2


def test_what_a_delivery_contradicts_itself_is_told_whosever_the_statement_is(
    witness_pair: Pair, tmp_path: Path
) -> None:
    both = [
        *statement_claims("S2", "uncle PAID boss-2"),
        {**statement_claims("S2", "uncle PAID boss-2")[0], "polarity": "denies"},
    ]
    answers = witness_pair.both("ben", write(tmp_path / "both", links=both), partial=True, dry_run=True)
    assert [[rejection.line for rejection in answer.rejections] for answer in answers] == [[2, 3]] * 2


def test_who_is_sealed_in_a_delivery_is_listed_with_source_clearance_alone(own_pair: Pair, tmp_path: Path) -> None:
    rows: dict[str, Rows] = {"people": [{"id": "sealed-name", "name": "Hewa Karim"}, {"id": "mine", "sealed": "yes"}]}
    ben = own_pair.at("ben", 0).deliveries
    with pytest.raises(Refused, match="takes source clearance"):
        ben.load(write(tmp_path / "rows", **rows), quiet, partial=True, identities=True)
