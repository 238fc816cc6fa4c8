"""Loading on the command line: messages about rows, on a real server."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.records.tables import TABLES
from graphsvc.service import Service
from graphsvc.views.loading import NOBODY_MOVES, UNTOLD, chart_read, nothing_new
from tests.cli.conftest import Command
from tests.toolbox import rows

PASSWORD = "correct horse battery"
REQUIRED = [column.name for column in TABLES["links"].columns if column.required]
MAPPING = """
[statement]
id = "calls"
kind = "record"
handling = "P"
[[table]]
record = "things"
file = "calls.csv"
columns.id = { distinct = ["from", "to"] }
constants.kind = "phone"
constants.handling = "P"
[[table]]
record = "links"
file = "calls.csv"
ignore = ["at"]
columns.subject_id = "from"
columns.object_id = "to"
columns.from_date = { column = "day", date = "%d.%m.%Y" }
constants.relation = "CONTACTED"
"""
CALLS = "from,to,day,at\nA,B,08.05.2020,04:30\nA,B,08.05.2020,04:41\nA,B,08.05.2020,05:02\nA,B,09.05.2020,10:00\n"


@pytest.fixture
def calls(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "calls.csv").write_text(CALLS)
    (tmp_path / "calls.toml").write_text(MAPPING)
    return "load", str(tmp_path / "calls"), "--mapping", str(tmp_path / "calls.toml")


@pytest.mark.neo4j
def test_calls_of_one_day_are_each_loaded_and_said_to_be_equal(
    command: Command, calls: tuple[str, ...], case: str
) -> None:
    loaded = command(*calls, "--case", case)
    assert (
        "equal: 2 rows of links are equal to an earlier one, and each of them counts as one more of the same (calls.csv,"
        " lines 3, 4)." in loaded.messages
    )
    links = next(line.split() for line in loaded.answer.splitlines() if line.startswith("links"))
    assert links[1:3] == ["4", "4"], "read and added"
    again = command(*calls, "--case", case)
    assert "nothing changed" in again.messages


@pytest.mark.neo4j
def test_rows_that_a_mapping_passes_over_are_said(
    command: Command, calls: tuple[str, ...], case: str, tmp_path: Path
) -> None:
    (tmp_path / "calls" / "calls.csv").write_text(CALLS.replace("A,B,09.05", "A,,09.05"))
    (tmp_path / "calls.toml").write_text(f'{MAPPING}pass_over_empty = ["object_id"]\n')
    loaded = command(*calls, "--case", case, "--dry-run")
    passed = "passed over: 1 row was passed over, since object_id of links is empty in it, as the mapping has it (calls.csv, line 5)."
    assert passed in loaded.messages
    assert "rejected:" not in loaded.messages


@pytest.mark.neo4j
def test_a_graph_of_another_program_is_loaded_with_a_mapping(command: Command, case: str, tmp_path: Path) -> None:
    graph, mapping = tmp_path / "calls.gexf", tmp_path / "graph.toml"
    graph.write_text(
        '<gexf><graph><nodes><node id="A"/><node id="B"/></nodes><edges><edge source="A" target="B"/></edges></graph></gexf>'
    )
    refused = command("load", str(graph), "--case", case)
    assert "calls.gexf is a GEXF graph, which does not say which source reported what." in refused.refusal()
    text = MAPPING.replace('file = "calls.csv"', 'file = "edges"').replace('ignore = ["at"]\n', "")
    text = text.replace('"from"', '"source"').replace('"to"', '"target"').replace("columns.from_date", "# ")
    mapping.write_text('ignore_files = ["nodes"]\n' + text)
    loaded = command("load", str(graph), "--case", case, "--mapping", str(mapping))
    links = next(line.split() for line in loaded.answer.splitlines() if line.startswith("links"))
    assert links[1:3] == ["1", "1"], "read and added"


@pytest.mark.neo4j
def test_the_same_fault_is_one_line_and_a_file_has_every_row(command: Command, tmp_path: Path, case: str) -> None:
    links = "subject_id,relation,object_id,statement_id\n" + "P1,PAID,=P9,S1\n" * 40 + "P1,PAID,P2,S9\n"
    folder = rows.texts(
        tmp_path / "case",
        people="id,name,sealed\nP1,Idris,\nP2,Ana,maybe\n=P9,Omar,perhaps\n",
        statements="id,kind\nS1,record\n",
        links=links,
    )
    loaded = command("load", str(folder), "--case", case, "--dry-run")
    rejected = [line for line in loaded.messages.splitlines() if line.startswith("rejected: ")]
    assert [line.split(":")[1] for line in rejected] == [
        " people.csv, line 3, column sealed, value 'maybe'",
        " links.csv, line 42, column statement_id, value 'S9'",
        " links.csv, line 2, column object_id, value '=P9'",
    ]
    assert rejected[0].endswith("(1 more row of this file has the same fault: line 4)")
    assert "is rejected itself (people.csv, line 4)" in rejected[2]
    assert rejected[2].endswith("have the same fault: lines 3, 4, 5, 6, 7, 8, 9 and 32 more)")
    assert "--rejections FILE" in loaded.messages
    target = tmp_path / "rejected.csv"
    loaded = command("load", str(folder), "--case", case, "--dry-run", "--rejections", str(target))
    assert f"Each rejected row is in {target}." in loaded.messages
    with target.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert table[0] == ["file", "line", "column", "value", "reason"]
    assert len(table) == 1 + 2 + 41
    assert table[-1][:4] == ["links.csv", "41", "object_id", "'=P9"]
    assert target.stat().st_mode & 0o077 == 0
    refused = command("load", str(folder), "--case", case, "--rejections", str(target)).refusal()
    assert "is there already. Nothing was loaded" in refused


@pytest.mark.neo4j
def test_a_folder_for_rejections_that_is_not_there_is_said_before_anything_is_loaded(
    command: Command, tmp_path: Path, case: str
) -> None:
    folder = rows.texts(tmp_path / "case", people="id,name\nP1,Idris\n", links=f"{','.join(REQUIRED)}\n")
    (tmp_path / "file").write_text("")
    for nowhere in (tmp_path / "nowhere", tmp_path / "file"):
        refused = command("load", str(folder), "--case", case, "--rejections", str(nowhere / "rejected.csv")).refusal()
        assert f"There is no folder {nowhere} for the rejections. Nothing was loaded" in refused
    assert f"Loaded into {case} as delivery 1." in command("load", str(folder), "--case", case).messages


@pytest.mark.neo4j
def test_a_file_for_rejections_is_made_before_anything_is_loaded(command: Command, tmp_path: Path, case: str) -> None:
    folder = rows.texts(tmp_path / "case", people="id,name\nP1,Idris\n", links=f"{','.join(REQUIRED)}\n")
    too_long = tmp_path / ("r" * 300)
    refused = command("load", str(folder), "--case", case, "--rejections", str(too_long)).refusal()
    assert "Nothing was loaded" in refused
    target = tmp_path / "rejected.csv"
    assert command("load", str(tmp_path / "nowhere"), "--case", case, "--rejections", str(target)).status != 0
    assert not target.exists()
    loaded = command("load", str(folder), "--case", case, "--rejections", str(target)).messages
    assert f"Loaded into {case} as delivery 1." in loaded, "the first that was loaded"
    assert target.stat().st_mode & 0o077 == 0


@pytest.mark.neo4j
def test_where_nothing_was_committed_nobody_was_sealed_by_it(command: Command, tmp_path: Path, case: str) -> None:
    links = f"{','.join(REQUIRED)}\n"
    folder = rows.texts(tmp_path / "case", people="id,name,sealed\nP1,Idris,yes\n", links=links)
    assert "sealed: P1" in command("load", str(folder), "--case", case, "--identities").messages
    faulty = rows.texts(tmp_path / "more", people="id,name,sealed\nP2,Ana,yes\nP3,Omar,maybe\n", links=links)
    for call in ((str(folder),), (str(faulty), "--strict")):
        output = command("load", *call, "--case", case, "--identities").messages
        assert "sealed: nothing was committed, so nobody was sealed by it" in output
        assert "whom this delivery brought" not in output
    second = rows.texts(tmp_path / "other", people="id,name,category\nP4,Yara,suspect\n", links=links)
    assert "sealed: nobody in this delivery" in command("load", str(second), "--case", case, "--identities").messages


@pytest.mark.neo4j
def test_an_empty_name_of_a_case_is_no_name_of_the_only_one(command: Command, tmp_path: Path, case: str) -> None:
    folder = rows.texts(tmp_path / "case", people="id,name\nP1,Idris\n", links=f"{','.join(REQUIRED)}\n")
    assert command("load", str(folder), "--case", case).status == 0
    more = rows.texts(tmp_path / "more", people="id,name\nP2,Ana\n", links=f"{','.join(REQUIRED)}\n")
    for empty in ("", " "):
        for call in (("load", str(more), "--case", empty), ("load", "--undo", "1", "--case", empty), ("hubs", empty)):
            assert "The case is given as an empty text." in command(*call).refusal()
    assert [line.split()[0] for line in command("deliveries", case).answer.splitlines()] == ["1"]
    refused = command("load", str(tmp_path / "nowhere"), "--case", "a/b").refusal()
    assert "A case needs a name" in refused, "it is said before anything is read"


@pytest.mark.neo4j
def test_other_names_behind_the_same_ids_take_a_word(command: Command, tmp_path: Path, case: str) -> None:
    links = f"{','.join(REQUIRED)}\n"
    people = "id,name,category\nP1,Idris Karam,suspect\nP2,Ana Petrou,suspect\n"
    first = rows.texts(tmp_path / "first", people=people, links=links)
    assert command("load", str(first), "--case", case).status == 0
    renamed = people.replace("Idris Karam", "Mehdi Vahidi").replace("Ana Petrou", "Yara Haddad")
    call = ("load", str(rows.texts(tmp_path / "other", people=renamed, links=links)), "--case", case)
    preview = command(*call, "--dry-run").messages
    assert "changes: people P1 (people.csv, line 2): name Idris Karam -> Mehdi Vahidi" in preview
    assert "other names: Most rows of people whose ids are loaded already have another name there." in preview
    assert "--other-names" in command(*call).refusal()
    assert command(*call, "--other-names").status == 0


@pytest.mark.neo4j
def test_a_dry_run_that_changes_nothing_says_so_and_which_delivery_it_repeats(
    command: Command, tmp_path: Path, case: str
) -> None:
    links = f"{','.join(REQUIRED)}\n"
    folder = rows.texts(tmp_path / "case", people="id,name\nP1,Idris\n", links=links)
    first = command("load", str(folder), "--case", case, "--dry-run").messages
    assert "repeats" not in first
    assert NOBODY_MOVES not in first, "of a new case nobody is ranked yet"
    assert command("load", str(folder), "--case", case).status == 0
    again = command("load", str(folder), "--case", case, "--dry-run").messages.splitlines()
    assert nothing_new(1) in again
    assert NOBODY_MOVES not in "".join(again)
    part = rows.texts(tmp_path / "part", people="id,name\nP1,Idris\n", workplaces="id\nK1\n", links=links)
    more = command("load", str(part), "--case", case, "--dry-run").messages
    assert "This delivery would change nothing" not in more
    assert f"leads: {NOBODY_MOVES}" in more.splitlines()


@pytest.mark.neo4j
def test_a_chart_is_said_to_be_graded_or_not_and_what_of_it_is_not_read(
    command: Command, tmp_path: Path, case: str
) -> None:
    person = '<ChartItem Label="Idris"><End X="0" Y="0"><Entity EntityId="n0" Identity="E0"><Icon><IconStyle Type="Person"/></Icon></Entity></End></ChartItem>'
    words = '<ChartItem Label="a note"><TextBlock/></ChartItem>'
    chart = tmp_path / "port.anx"
    chart.write_text(f"<Chart><ChartItemCollection>{person}{words}</ChartItemCollection></Chart>")
    output = command("load", str(chart), "--case", case, "--dry-run").messages
    assert f"chart: {chart_read(0, 1, 0)}" in output.splitlines()


@pytest.mark.neo4j
def test_who_is_not_told_of_deliveries_is_told_that_there_may_be_some(
    command: Command, must: Command, home: Settings, tmp_path: Path, case: str
) -> None:
    with Service(home) as service:
        for name, role, grant in (("inv", "investigator", Grant("C", sources=True)), ("low", "analyst", Grant("P"))):
            accounts.add(service.database, name, [role], {case: grant}, PASSWORD)
    folder = rows.texts(tmp_path / "case", people="id,name,handling\nP1,Idris,P\n", links=f"{','.join(REQUIRED)}\n")
    must("login", "inv", typed=(PASSWORD, ""))
    must("load", str(folder), "--case", case)
    assert must("deliveries", case).answer
    must("login", "low", typed=(PASSWORD, ""))
    deliveries = must("deliveries", case)
    assert (deliveries.answer, deliveries.messages.strip()) == ("", UNTOLD)
