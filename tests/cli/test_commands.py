"""The command line on a real server, as a person uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.config import Settings
from graphsvc.service.answers import LISTED_COLUMNS

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(command: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in this process, with the signature of `process`."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        done = command(*arguments, typed=tuple(stdin.splitlines()), **({"GRAPHSVC_PURPOSE": ""} | environ))
        return subprocess.CompletedProcess(arguments, done.status, done.answer, done.messages)

    return call


@pytest.fixture
def process(home: Settings, tmp_path: Path) -> Run:
    """The command line in a new process: starting one costs more than most commands take."""

    def call(*arguments: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "GRAPHSVC_HOME": str(home.home),
            "NEO4J_URI": home.neo4j_uri,
            "NEO4J_PASSWORD": home.neo4j_password,
            "GRAPHSVC_DATABASE_URL": home.database_url,
        }
        return subprocess.run(
            [sys.executable, "-m", "graphsvc", *arguments],
            cwd=tmp_path,
            env=variables | environ,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from graphsvc.simulate import simulate

    simulate(tmp_path / "delivery", seed=4, people=40)
    return tmp_path / "delivery"


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("graphsvc: ")
    return last


@pytest.mark.neo4j
@pytest.mark.slow(reason="starts servers and commands as a user does")
def test_from_a_folder_to_leads_straight_after_installation(process: Run, folder: Path, case: str) -> None:
    run = process
    loaded = run("load", str(folder), "--case", case)
    assert loaded.returncode == 0, loaded.stderr
    assert "delivery 1" in loaded.stderr
    hubs = run("hubs", case, "--format", "json", "--all", "--purpose", "who is behind it")
    answer = json.loads(hubs.stdout)
    assert list(answer) == ["case", "verdict", "reason", "ranked_on", "total", "hubs"]
    assert answer["total"] == len(answer["hubs"])
    assert list(answer["hubs"][0]) == [
        "id",
        "name",
        "score",
        "rank",
        "groups",
        "independent",
        "other_sources",
        "score_on_record",
        "rank_on_record",
        "groups_on_record",
        "other_sources_on_record",
        "denied",
        "best_rank",
        "worst_rank",
        "low_rank",
        "high_rank",
        "rests_on",
        "moved_by",
        "rank_without",
        "rank_without_witnesses",
        "surfaced",
        "interest",
    ]
    scores = [hub["score"] for hub in answer["hubs"]]
    assert scores == sorted(scores, reverse=True)
    header, *rows = run("hubs", case, "--format", "csv", "--all").stdout.splitlines()
    assert header.split(",") == [*LISTED_COLUMNS, "verdict"]
    assert {row.rpartition(",")[2] for row in rows} == {answer["verdict"]}
    crossing = (folder / "crossings.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    behind = run("behind", "--id", crossing, "--case", case, "--format", "json")
    assert behind.returncode == 0, behind.stderr
    assert json.loads(behind.stdout)["rows"][0]["about"]["id"] == crossing
    assert run("behind", "--date", "1999-01-01", "--case", case).returncode == 64
    moves = run("moves", "--case", case, "--format", "json")
    assert moves.returncode == 0, moves.stderr
    assert {row["left"] for row in json.loads(moves.stdout)["moves"]} <= set(json.loads(moves.stdout)["verdicts"])
    assert run("moves", "--id", crossing, "--case", case).returncode != 0  # no workplace
    log = run("audit").stdout
    assert "who is behind it" in log
    assert "released" in log
    assert run("cases").stdout.strip() == case
    assert "active" in run("deliveries", case).stdout
    evaluated = run("evaluate", case, "--truth", str(folder / "truth.json"))
    assert "average precision" in evaluated.stdout
    assert run("load", "--case", case, "--undo", "1").returncode == 0
    assert json.loads(run("hubs", case, "--format", "json", "--all").stdout)["hubs"] == []


@pytest.mark.neo4j
def test_where_nothing_is_a_command_says_so_and_names_stand_beside_ids(run: Run, folder: Path, case: str) -> None:
    assert run("load", str(folder), "--case", case).returncode == 0
    moves = run("moves", "--case", case, "--format", "json")
    places = [line.split(",")[0] for line in (folder / "workplaces.csv").read_text("utf-8").splitlines()[1:]]
    lasting = next(place for place in places if place not in json.loads(moves.stdout)["verdicts"])
    single = run("moves", "--id", lasting, "--case", case)
    assert (single.returncode, len(single.stdout.splitlines())) == (0, 1)
    assert f"{lasting}: No statement says in which month this place closed" in single.stderr
    several = run("query", "people.several_crossings", "--case", case, "--format", "csv").stdout.splitlines()
    assert ",which,which_name" in several[0]
    assert "which_name" not in run("query", "people.several_crossings", "--case", case).stdout
    assert run("load", "--case", case, "--undo", "1").returncode == 0
    assert "No workplace you can see is said to have closed" in run("moves", "--case", case).stderr


@pytest.mark.neo4j
def test_signing_in_and_out_with_several_accounts(run: Run, case: str, folder: Path) -> None:
    password = "a long enough password"
    new = f"{password}\n{password}\n"
    assert "Choose a password" in one_sentence(run("users", "add", "pat", stdin=new))
    assert run("account", "password", stdin=new).returncode == 0
    added = run("users", "add", "pat", "--role", "analyst", "--grant", f"{case}:C", stdin=f"{password}\n{password}\n")
    assert added.returncode == 0, added.stderr
    assert "several accounts" in one_sentence(run("cases"))
    assert "Name, password or code is not right" in one_sentence(
        run("login", "pat", "--purpose", "testing", stdin="another password\n\n")
    )
    assert run("login", "pat", "--purpose", "testing", stdin=f"{password}\n\n").returncode == 0
    assert "may not manage accounts" in one_sentence(run("users", "list"))
    assert run("load", str(folder), "--case", case, "--dry-run").returncode == 0
    assert "There is no case" in one_sentence(run("load", str(folder), "--case", f"{case}-other"))
    assert run("logout").returncode == 0
    assert "several accounts" in one_sentence(run("cases"))


def test_folders_are_evaluated_without_a_server(run: Run, folder: Path, tmp_path: Path) -> None:
    done = run("evaluate", str(folder), "--halves", "1", NEO4J_URI="bolt://127.0.0.1:1")
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head.split()[:3] == ["method", "AP", "AUC"]
    assert {row.split("  ")[0] for row in rows} >= {"graphsvc", "degree", "PageRank from witnesses", "chance"}
    assert "samples of the candidates" in done.stderr

    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    ranking = tmp_path / "mine.csv"
    ranking.write_text("id,score\n" + "".join(f"{person},1\n" for person in truth["hubs"]), "utf-8")
    options = ("--ranking", str(ranking), "--halves", "0", "--picture", "figures.svg", "--format")
    answer = json.loads(run("evaluate", str(folder), *options, "json").stdout)
    assert answer["cases"] == ["delivery"]
    first = answer["measures"][0]
    assert (first["method"], first["figure"], first["value"]) == ("ranking given", "average precision", 1.0)
    assert (tmp_path / "figures.svg").read_text("utf-8").startswith("<svg")
    csv = run("evaluate", str(folder), *options, "csv")
    assert csv.stdout.splitlines()[0] == "method,figure,value,low,high"
    ranked_on = len(truth["candidates"]) - len(truth["hubs"])
    assert f"leaves out {ranked_on} of {len(truth['candidates'])} candidates" in csv.stderr


def test_wrong_calls_are_one_sentence(run: Run, tmp_path: Path) -> None:
    assert "There is no case" in one_sentence(run("hubs", "nowhere"))
    assert "not there" in one_sentence(run("load", "nowhere", "--case", "x"))
    assert "not both" in one_sentence(run("load", "--case", "x"))
    assert "takes a whole number" in one_sentence(run("cases", GRAPHSVC_PORT="many"))
    for value in ("99999", "-1"):
        assert "takes a whole number from 0 to 65535" in one_sentence(run("cases", GRAPHSVC_PORT=value))
    for value in ("nan", "inf", "0", "0.0"):
        assert "takes a number from 0.1" in one_sentence(run("cases", GRAPHSVC_QUERY_TIMEOUT_S=value))
    assert "takes a whole number from 1" in one_sentence(run("cases", GRAPHSVC_BATCH_ROWS="0"))
    for variable in ("SESSION_HOURS", "SESSION_MINUTES", "TOKEN_HOURS", "REVEAL_MINUTES", "EXPORT_DAYS"):
        assert "takes a whole number from 0 to" in one_sentence(run("cases", **{f"GRAPHSVC_{variable}": "100000000"}))
    assert "is not in the range 0<=x<=65535" in run("serve", "--port", "99999").stderr
    assert "begins with 'http'" in one_sentence(run("serve", NEO4J_URI="http://127.0.0.1:7474"))
    assert "has an invalid port" in one_sentence(run("serve", NEO4J_URI="bolt://127.0.0.1:99999"))
    assert "There is no named query" in one_sentence(run("query", "people.nothing", "--cypher"))
    assert "people is 3" in one_sentence(run("simulate", "out", "--people", "3"))
    assert "from 150" in one_sentence(run("simulate", "out", "--people", "20", "--hard"))
    assert "Name one or several case folders" in one_sentence(run("evaluate"))
    assert "no truth.json" in one_sentence(run("evaluate", "nowhere"))
    assert "for the picture is not there" in one_sentence(run("evaluate", "nowhere", "--picture", "no/figures.svg"))
    (tmp_path / "truth.json").write_text("{}")
    assert "for one loaded case" in one_sentence(run("evaluate", "a", "b", "--truth", "truth.json"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("x")
    assert "full" in one_sentence(run("simulate", "full"))


def test_queries_are_listed_and_shown(run: Run) -> None:
    assert "crossings.behind" in run("query").stdout
    assert "MATCH" in run("query", "crossings.behind", "--cypher").stdout


def test_settings_name_no_secret(run: Run, home: Settings) -> None:
    output = run("settings").stdout
    assert "GRAPHSVC_HOME" in output
    assert home.neo4j_password not in output


def test_a_taken_port_and_a_second_server_are_one_sentence(process: Run, home: Settings) -> None:
    run = process
    import socket

    from filelock import FileLock

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port}" in one_sentence(run("serve", "--port", str(port)))
    with FileLock(home.home / "serve.lock"):
        assert "is serving" in one_sentence(run("serve"))


def test_a_home_that_cannot_be_written_is_one_sentence(process: Run, tmp_path: Path) -> None:
    run = process
    (tmp_path / "file").write_text("")
    assert "cannot be" in one_sentence(run("cases", GRAPHSVC_HOME=str(tmp_path / "file" / "home")))


def test_the_log_is_read_and_verified(run: Run, home: Settings) -> None:
    run("cases", "--purpose", "to look around")
    assert run("audit", "--purpose", "the yearly check").returncode == 0
    log = run("audit", "--account", "nobody").stdout
    assert log == ""
    assert "the yearly check" in run("audit", "--action", "log", "--newest", "3").stdout
    assert run("audit", "--until", "2000").stdout == ""
    assert "the yearly check" in run("audit", "--since", "2000", "--until", "9998-12").stdout
    assert "is no date" in one_sentence(run("audit", "--until", "yesterday"))
    whole = run("audit", "verify")
    assert (whole.returncode, whole.stdout.startswith("The log is as it was written, up to line")) == (0, True)
    database = sa.create_engine(home.database_url or f"sqlite:///{home.home / 'graphsvc.sqlite'}")
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE log SET purpose = 'another' WHERE id = 1"))
    database.dispose()
    broken = run("audit", "verify")
    assert broken.returncode == 1
    assert broken.stdout.startswith("Line 1 (")
    assert "verified: 1 fault" in run("audit").stdout
    assert "is no date. Write it as 8 May 2020" in one_sentence(run("audit", "--since", "yesterday"))
    elsewhere = run("audit", GRAPHSVC_LOG_ANCHOR=str(home.home / "not there" / "anchor"))
    assert "GRAPHSVC_LOG_ANCHOR" in one_sentence(elsewhere)
    assert elsewhere.stdout == ""


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_what_a_command_writes_is_its_owners_alone(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "GRAPHSVC_HOME": str(tmp_path / "home")}
    command = f"umask 000 && exec {sys.executable} -m graphsvc simulate case --people 20"
    subprocess.run(command, shell=True, check=True, cwd=tmp_path, env=environment, timeout=120)  # noqa: S602
    written = [tmp_path / "case", *(tmp_path / "case").rglob("*")]
    assert len(written) > 3
    assert [path for path in written if path.stat().st_mode & 0o077] == []
