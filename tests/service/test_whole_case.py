"""A whole case as Parquet: its readers get exactly what they may see, complete or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from graphsvc.access.people.principal import Grant
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, GraphsvcError, NotFound, OperatorError, Refused, RequestError
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.service import PictureRequest, Wanted, quiet
from graphsvc.service.exports import exposure, whole_case
from graphsvc.service.exports.bundle import verify
from graphsvc.service.exports.whole_case import WHOLE_TABLES
from graphsvc.views import parquet
from tests.toolbox.accounts import WHOLE, Roles
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim
from tests.toolbox.two_persons import seal

pytestmark = pytest.mark.neo4j
ROOT = Path(__file__).parents[2]
CANARY = "Qqcanary"
ROLES: Roles = {
    "inv": ("investigator", WHOLE),
    "p": ("investigator", Grant("P")),
    "p-sources": ("investigator", Grant("P", sources=True)),
    "c": ("investigator", Grant("C")),
    "other": ("investigator", None),
    "cus": ("custodian", WHOLE),
    "sup": ("supervisor", WHOLE),
}
ROWS: Tables = {
    "people": [
        {"id": "W1", "name": f"{CANARY} Hale", "category": "witness", "phones": "+447700900123"},
        {
            "id": "P1", "name": "Ari Berg", "aliases": "Ari; The Tall One", "category": "suspect@2020-05", "phones": "+447700900200; +447700900201",
            "date_of_birth": "1980-05", "notes": "seen often", "x_page": "12", "x_file": "A/7",
        },
        {"id": "P2", "name": "Zorabel Quist", "category": "suspect", "date_of_birth": "1979"},
    ],
    "boats": [{"id": "B1", "name": "Sea, \"Star\"", "length_m": "7.5", "engine_hp": "40"}, {"id": "B2", "name": "Ünïcode حسن"}],
    "crossings": [
        {"id": "C1", "date": "2020-05-08T04:30Z", "launch_site": "Dunkirk", "launch_lat": "51.05", "launch_lon": "2.37", "people_count": "12"},
        {"id": "C2", "date": "2020-05"},
    ],
    "gangs": [{"id": "G1", "name": "The Firm", "aliases": "Firm; F"}],
    "workplaces": [
        {"id": "K1", "name": "=Wash", "opened_on": "2019", "closed_on": "2020-06-01"},
        {"id": "K2", "name": "12 Low Street", "kind": "dwelling", "handling": "P"},
    ],
    "things": [{"id": "T1", "kind": "phone", "value": "+447700900999"}],
    "statements": [
        {"id": "S1", "kind": "witness", "source_id": "W1", "handling": "P", "summary": "saw Ari Berg", "interest": "promised papers", "taken_on": "2020-06-02"},
        {"id": "S2", "kind": "intelligence", "handling": "C", "summary": "he pays", "conditions": "ask first"},
        {"id": "S3", "kind": "record", "handling": "P"},
    ],
    "links": [
        claim("W1", "CROSSED_ON", "C1", "S3"),
        claim("P2", "PILOTED", "C1", "S1", from_date="2020-05-08", subject_as_said="the old one", place="the beach"),
        claim("P1", "DIRECTED", "P2", "S1", from_date="2020-05"),
        claim("P1", "DIRECTED", "P2", "S3", polarity="denies"),
        claim("P1", "PAID", "P2", "S2", amount="2500.5", currency="EUR", weight="3", notes="in cash", x_line="9"),
        claim("P1", "X_LENT_TO", "P2", "S3"),
        claim("P1", "USED", "T1", "S3"),
        claim("P1", "MEMBER_OF", "G1", "S3"),
        claim("P1", "CONTROLS", "K1", "S3", from_date="2020"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(second_factor_roles="none"), ROLES, "inv", ROWS)


@pytest.fixture
def case_folder(people: Place, tmp_path: Path) -> Path:
    """The whole case, as exported by its investigator."""
    return (
        people("inv")
        .exports.whole.parquet(tmp_path / "all", recipient="Data team", reason="series of crossings")
        .folder
    )


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    """The rows of one table as plain values, with custom columns as a dictionary."""
    rows: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return [{column: dict(value) if column == "extra" else value for column, value in row.items()} for row in rows]


def by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def everything(folder: Path) -> str:
    """The text of all files."""
    files = [str(table(folder, name)) for name in WHOLE_TABLES]
    heads = [str(pq.read_schema(folder / f"{name}.parquet").metadata) for name in WHOLE_TABLES]
    return "\n".join([*files, *heads, (folder / "manifest.json").read_text("utf-8")])


def test_it_holds_what_its_maker_is_shown(people: Place, case_folder: Path) -> None:
    inv = people("inv")
    entities = by_id(table(case_folder, "entities"))
    assert entities == by_id(inv.ask.rows("cases.entities", whole=True).dicts())
    for of in ENTITY_TABLES:
        rows = by_id(table(case_folder, of.name))
        assert set(rows) == {name for name, row in entities.items() if row["kind"] == of.record}
        for identifier, row in rows.items():
            (page,) = inv.ask.rows(f"{of.name}.one", id=identifier).dicts()
            assert row_on_page(row) == row_on_page(page), identifier
    statements = by_id(table(case_folder, "statements"))
    assert set(statements) == {"S1", "S2", "S3"}
    for identifier, row in statements.items():
        (page,) = inv.ask.rows("statements.one", id=identifier).dicts()
        assert row_on_page(row) == row_on_page(page), identifier
    claims = {row["id"]: row for row in table(case_folder, "claims")}
    of_notebooks = {row["claim"]: row for row in inv.ask.rows("cases.claims", whole=True).dicts()}
    assert set(claims) == set(of_notebooks)
    assert len(claims) == len(ROWS["links"])
    for identifier, row in of_notebooks.items():
        same = {name: value for name, value in row.items() if name in claims[identifier]}
        assert len(same) > 15
        assert {name: claims[identifier][name] for name in same} == same
    assert {(a, b) for a, b, _ in inv.graph("claims").edges(keys=True)} == {
        (c["subject"], c["object"]) for c in claims.values()
    }
    links = table(case_folder, "links")
    assert sorted(map(str, links)) == sorted(map(str, inv.ask.rows("cases.links", whole=True).dicts()))


def row_on_page(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a page has it: without the ends of dates, and with custom columns as texts."""
    extra = row.get("extra") or []
    pairs = sorted(f"{name}: {text}" for name, text in extra.items()) if isinstance(extra, dict) else sorted(extra)
    return {name: value for name, value in row.items() if not name.endswith(("_earliest", "_latest"))} | {
        "extra": pairs
    }


def test_what_a_sanitised_export_tells_is_told_here_too(people: Place, case_folder: Path) -> None:
    """Named people have the same name here; the others have different pseudonyms there."""
    drawn = people("inv").exports.preview(Wanted(picture=PictureRequest(ids=("P1", "P2"), depth=0)), "Others")
    assert drawn.links
    links = {(row["subject"], row["relation"], row["object"]) for row in table(case_folder, "links")}
    assert {(row["source"], row["relation"], row["target"]) for row in drawn.links} <= links


def test_columns_have_kinds(case_folder: Path) -> None:
    person, second = by_id(table(case_folder, "people"))["P1"], by_id(table(case_folder, "people"))["P2"]
    assert (person["aliases"], person["phones"]) == (["Ari", "The Tall One"], ["+447700900200", "+447700900201"])
    assert (person["date_of_birth"], str(person["date_of_birth_earliest"]), str(person["date_of_birth_latest"])) == (
        "1980-05", "1980-05-01", "1980-05-31",
    )  # fmt: skip
    assert person["extra"] == {"x_page": "12", "x_file": "A/7"}
    assert (person["sealed"], second["phones"], second["extra"]) == (False, None, {})
    boats = by_id(table(case_folder, "boats"))
    assert (boats["B1"]["length_m"], boats["B2"]["length_m"], boats["B2"]["name"]) == (7.5, None, "Ünïcode حسن")
    crossing = by_id(table(case_folder, "crossings"))["C1"]
    assert (crossing["people_count"], crossing["launch_lat"], crossing["date"]) == (12, 51.05, "2020-05-08T04:30Z")
    paid = next(row for row in table(case_folder, "claims") if row["relation"] == "PAID")
    assert (paid["amount"], paid["weight"], paid["on_record"], paid["handling"]) == (2500.5, 3, False, "C")
    assert paid["extra"] == {"x_line": "9"}


def test_programs_of_others_read_it(people: Place, case_folder: Path) -> None:
    frame = pd.read_parquet(case_folder / "claims.parquet")
    assert frame.dtypes[["belief", "weight"]].map(str).tolist() == ["float64", "int64"]
    assert frame["amount"].sum() == 2500.5
    crossings = ds.dataset(case_folder / "crossings.parquet", format="parquet")
    wanted = crossings.to_table(filter=ds.field("people_count") > 10, columns=["id", "date_earliest"]).to_pylist()
    assert [(row["id"], str(row["date_earliest"])) for row in wanted] == [("C1", "2020-05-08")]
    for name in WHOLE_TABLES:
        file = pq.ParquetFile(case_folder / f"{name}.parquet")
        assert {column.compression for group in range(file.num_row_groups) for column in columns(file, group)} <= {
            "ZSTD"
        }
        assert b"Handling C, with sources" in file.schema_arrow.metadata[b"graphsvc"]
        assert b"Intelligence, not evidence" in file.schema_arrow.metadata[b"graphsvc.says"]


def columns(file: pq.ParquetFile, group: int) -> list[Any]:
    part = file.metadata.row_group(group)
    return [part.column(place) for place in range(part.num_columns)]


def test_polars_reads_it(case_folder: Path) -> None:
    polars = pytest.importorskip("polars")
    assert polars.scan_parquet(case_folder / "claims.parquet").select(polars.len()).collect().item() == len(
        ROWS["links"]
    )


def test_duckdb_reads_it(case_folder: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    assert duckdb.read_parquet(str(case_folder / "claims.parquet")).count("*").fetchone() == (len(ROWS["links"]),)


def test_its_manifest_says_what_it_is_and_holds_it_to_that(people: Place, case_folder: Path) -> None:
    manifest = json.loads((case_folder / "manifest.json").read_text("utf-8"))
    stated = {name: manifest[name] for name in ("case", "version", "made_by", "made_for", "why", "purpose", "handling")}
    assert stated == {
        "case": people.case, "version": people("inv").version, "made_by": "inv", "made_for": "Data team",
        "why": "series of crossings", "purpose": "tests", "handling": "C",
    }  # fmt: skip
    assert set(manifest["tables"]) == set(WHOLE_TABLES)
    assert manifest["tables"]["crossings"]["rows"] == 2
    assert manifest["tables"]["crossings"]["columns"]["date_latest"] == "day"
    assert sorted(path.name for path in case_folder.iterdir()) == sorted(["manifest.json", *manifest["files"]])
    assert verify(case_folder) == []
    for path in (case_folder, *case_folder.iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path
    changed = case_folder / "boats.parquet"
    changed.write_bytes(changed.read_bytes()[:-1] + b"!")
    (case_folder / "people.parquet").unlink()
    (case_folder / "more.txt").write_text("x", "utf-8")
    assert verify(case_folder) == [
        "people.parquet is missing", "more.txt is not in the manifest", "boats.parquet is not as it was",
    ]  # fmt: skip


def test_it_is_in_the_log_with_whose_claims_were_released_and_among_the_exports(
    people: Place, case_folder: Path
) -> None:
    released, export = people.lines()[0], people.lines()[1]
    assert (export["action"], export["detail"]["step"], export["purpose"], export["outcome"]) == (
        "export", "parquet", "tests", "released",
    )  # fmt: skip
    assert set(released["detail"]["opened"]) == set(WHOLE_TABLES.values())
    assert released["sources"] == 3
    listed = people("sup").exports.given.list_exports()[0]
    assert (listed.recipient, listed.state, listed.reason, listed.fetchable) == (
        "Data team", "given", "series of crossings", False,
    )  # fmt: skip


def test_the_page_of_exports_shows_it_with_nothing_to_fetch(people: Place, case_folder: Path) -> None:
    page = people.client("inv").get(f"/case/{people.case}/exports").text
    assert "Data team" in page
    number = json.loads((case_folder / "manifest.json").read_text("utf-8"))["export"]
    assert number in page
    listed = next(row for row in people("inv").exports.given.list_exports() if row.number == number)
    with pytest.raises(Refused, match="not held any more"):
        people("inv").exports.given.fetch(listed.id)


@pytest.mark.parametrize("reader", ["p", "p-sources", "c"])
def test_who_is_cleared_for_less_is_told_what_to_use_instead(people: Place, tmp_path: Path, reader: str) -> None:
    with pytest.raises(
        Refused, match=f"cleared for handling code C and for sources.*graphsvc export make {people.case}"
    ):
        people(reader).exports.whole.parquet(tmp_path / "all")
    assert list(tmp_path.iterdir()) == []
    # The attempt is in the log.
    last = people.lines()[0]
    assert (last["account"], last["action"], last["outcome"]) == (reader, "export", "refused: Refused")
    # No other way gives one of its tables either.
    ask = people(reader).ask
    with pytest.raises(Refused, match=r"The query tables\.people needs clearance for the whole case"):
        ask.parts("tables.people", print)
    # In the order of their ids: the order in which rows came would show who was there before.
    for name in ("tables.people", "tables.claims"):
        ids = [row["id"] for row in ask.rows(name).dicts()]
        assert ids == sorted(ids)


def test_nor_does_anybody_have_it_without_the_role_or_the_case(people: Place, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="that takes the role"):
        people("cus").exports.whole.parquet(tmp_path / "all")
    with pytest.raises(NotFound, match="There is no case"):
        people("other").exports.whole.parquet(tmp_path / "all")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_already_is_not_written_over(people: Place, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    for target, says in ((tmp_path / "all", "is there already"), (tmp_path / "no" / "all", "There is no folder")):
        with pytest.raises(RequestError, match=says):
            people("inv").exports.whole.parquet(target)
    assert list((tmp_path / "all").iterdir()) == []


@pytest.mark.changes
def test_of_who_is_sealed_or_erased_nothing_is_in_it_and_what_went_out_is_asked_back(
    people: Place, tmp_path: Path
) -> None:
    inv, cus, sup = people("inv"), people("cus"), people("sup")
    before = inv.exports.whole.parquet(tmp_path / "before").folder
    named = ("Zorabel", "Quist", "P2")
    assert all(name in everything(before) for name in named)
    assert CANARY not in everything(before)  # a witness is sealed from the first
    assert "+447700900123" not in everything(before)
    seal(cus, sup, "P2")
    sealed = inv.exports.whole.parquet(tmp_path / "sealed").folder
    assert not [name for name in ("Zorabel", "Quist", "'P2'") if name in everything(sealed)]
    assert [(row.recall, row.state) for row in sup.exports.given.recalls()] == [("sealed", "given")]
    sup.protection.erasures.agree(cus.protection.erasures.ask("P1", "asked for it"), quiet)
    erased = inv.exports.whole.parquet(tmp_path / "erased").folder
    assert not [name for name in ("Ari", "Berg", "'P1'", "+447700900200", "A/7") if name in everything(erased)]
    assert sorted(row.recall for row in sup.exports.given.recalls()) == ["erased", "erased"]


@pytest.mark.changes
def test_a_home_that_is_sealed_later_is_asked_back_too(people: Place, tmp_path: Path) -> None:
    inv, sup = people("inv"), people("sup")
    before = inv.exports.whole.parquet(tmp_path / "before").folder
    assert "Low Street" in everything(before)
    lives: Tables = {
        "statements": [{"id": "S9", "kind": "record", "handling": "P"}],
        "links": [claim("W1", "LIVED_AT", "K2", "S9")],
    }
    people.load("inv", lives)
    assert "Low Street" not in everything(inv.exports.whole.parquet(tmp_path / "after").folder)
    assert [(row.recall, row.state) for row in sup.exports.given.recalls()] == [("sealed", "given")]


@pytest.mark.changes
def test_who_is_sealed_after_all_was_read_does_not_go_out_by_name(
    people: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export's content is recorded only after reading, so a delivery in between finds no export to recall."""
    pseudonyms = exposure.lasting

    def slowly(*arguments: Any) -> Any:
        seal(people("cus"), people("sup"), "P2")
        return pseudonyms(*arguments)

    monkeypatch.setattr(whole_case, "lasting", slowly)
    with pytest.raises(Busy, match="was changed in the meantime: nothing was written"):
        people("inv").exports.whole.parquet(tmp_path / "all")
    assert list(tmp_path.iterdir()) == []
    assert people("sup").exports.given.recalls() == []


def test_a_case_that_changes_meanwhile_is_not_written(people: Place, tmp_path: Path) -> None:
    cases = tables.cases

    def by(step: int) -> None:
        with transaction(people.service.database) as connection:
            mine = cases.update().where(cases.c.id == people.case)
            connection.execute(mine.values(version=cases.c.version + step))

    def change(done: int, _total: int, _what: str) -> None:
        if done == 5:
            by(1)

    try:
        with pytest.raises(Busy, match="changed while you looked"):
            people("inv").exports.whole.parquet(tmp_path / "all", progress=change)
    finally:
        by(-1)
    assert list(tmp_path.iterdir()) == []
    assert people.lines()[1]["outcome"] == "failed: Busy"


def test_where_the_disk_is_full_nothing_is_there_and_nothing_counts_as_given(
    people: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_table: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(parquet.ParquetTable, "close", full)
        with pytest.raises(
            OperatorError, match=r"could not be written \(No space left on device\), so nothing is there"
        ):
            people("inv").exports.whole.parquet(tmp_path / "all", recipient="Nobody yet")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full_of)
        with pytest.raises(OperatorError, match="No space left"):
            people("inv").exports.whole.parquet(tmp_path / "all", recipient="Nobody yet")
    assert list(tmp_path.iterdir()) == []
    with transaction(people.service.database) as connection:
        mine = sa.select(tables.exports.c.state).where(tables.exports.c.case_id == people.case)
        assert sorted(connection.execute(mine.order_by(tables.exports.c.made_at.desc()).limit(1)).scalars()) == [
            "removed"
        ]


def full_of(_path: Path, _target: Path) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a kill leaves a hidden folder behind")
def test_a_kill_midway_leaves_nothing(people: Place, tmp_path: Path) -> None:
    target = tmp_path / "there" / "all"
    target.parent.mkdir()
    settings, before = people.service.settings, [row.id for row in people("inv").exports.given.list_exports()]
    text = f"""
        import sys, time
        from pathlib import Path
        from graphsvc.access.people import accounts
        from graphsvc.config import Settings
        from graphsvc.service import Service

        def wait(done, total, what):
            if what == "writing links":
                print("midway", flush=True)
                time.sleep(600)

        with Service(Settings.read()) as service:
            inv = next(one for one in accounts.list_accounts(service.database) if one.name == "inv")
            service.session(inv, "tests", {people.case!r}).exports.whole.parquet(Path({str(target)!r}), progress=wait)
    """
    environ = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "GRAPHSVC_HOME": str(settings.home),
        "GRAPHSVC_DATABASE_URL": settings.database_url, "GRAPHSVC_SECOND_FACTOR_ROLES": "none",
        "NEO4J_URI": settings.neo4j_uri, "NEO4J_PASSWORD": settings.neo4j_password,
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(text)], env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "midway\n"
        finally:
            process.send_signal(signal.SIGKILL)
    assert list(target.parent.iterdir()) == []
    assert [row.id for row in people("inv").exports.given.list_exports()] == before


def test_a_value_of_another_kind_is_one_sentence() -> None:
    import io

    of = parquet.ParquetTable("boats", io.BytesIO(), {"id": parquet.TEXT, "length_m": parquet.NUMBER}, {})
    with pytest.raises(GraphsvcError, match="in the column length_m of the table boats what is no double"):
        of.add([("B1", "long")])


def test_groups_of_rows_are_written_as_they_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr(parquet, "GROUP_ROWS", 100)
    file = io.BytesIO()
    of = parquet.ParquetTable("boats", file, {"id": parquet.TEXT, "length_m": parquet.NUMBER}, {})
    for part in range(6):
        of.add([(f"B{part}-{row}", row / 2) for row in range(40)])
    assert file.tell() > 0  # so not all of it is held back
    of.close()
    assert (of.rows, of.groups) == (240, 2)
    read = pq.ParquetFile(io.BytesIO(file.getvalue()))
    assert [read.metadata.row_group(group).num_rows for group in range(read.num_row_groups)] == [120, 120]
