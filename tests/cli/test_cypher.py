"""`graphsvc cypher`, on a real server."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from graphsvc.access.people import accounts, changes
from graphsvc.cli import program
from graphsvc.config import Settings
from graphsvc.errors import CypherFault, GraphsvcError, NotFound, Refused, RequestError
from graphsvc.service import Service
from graphsvc.service.cypher.exchange import Words
from tests.toolbox.rows import texts

pytestmark = pytest.mark.neo4j
CASE = "cypher by command"
FILES = {
    "people": "id,name,category\nP1,Idris Karam,suspect\nP2,=1+1,suspect\nP3,,suspect\nP4,,suspect\nP5,,suspect\n",
    "statements": "id,kind,handling\nS1,record,P\n",
    "links": "subject_id,relation,object_id,statement_id\nP1,PAID,P2,S1\n",
}
SLOW = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a = -b RETURN count(*) AS n"


@pytest.fixture(scope="module")
def home(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = texts(tmp_path_factory.mktemp("delivery") / "case", **FILES)
    configured = at_server()
    with Service(configured) as service:
        only = accounts.only_account(service.database, "")
        changes.set_free_cypher(service.database, only.name, is_granted=True)
        session = service.session(accounts.only_account(service.database, ""), "tests", CASE)
        session.deliveries.load(folder, lambda *_progress: None)
        session.cypher.library.save(
            Words(
                "People of", "MATCH (p:Person {case: $case, id: $who}) RETURN p.name AS name", parameters={"who": "P1"}
            )
        )
    return configured


def environment(home: Settings) -> dict[str, str]:
    values = {
        "GRAPHSVC_HOME": str(home.home),
        "NEO4J_URI": home.neo4j_uri,
        "NEO4J_PASSWORD": home.neo4j_password,
        "GRAPHSVC_DATABASE_URL": home.database_url,
    }
    return {name: value for name, value in values.items() if value}


@pytest.fixture
def run(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    # On a slow machine, the message that a query takes long would go to the stream that these tests read.
    monkeypatch.setattr("graphsvc.cli.writing._SAID_AFTER_S", math.inf)

    def call(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(program, ["cypher", *arguments], input=stdin, env=environment(home))

    return call


def test_a_text_runs_from_wherever_it_comes(run: Callable[..., Result], tmp_path: Path) -> None:
    text = "MATCH (p:Person {case: $case, id: $who})\nRETURN p.id AS id, p.name AS name, $n + 1 AS more"
    outcome = run(text, "--param", "who=P2", "--param", "n=41")
    assert outcome.exit_code == 0, outcome.output
    assert [line.split() for line in outcome.stdout.splitlines()] == [["id", "name", "more"], ["P2", "=1+1", "42"]]
    (tmp_path / "text.cypher").write_text(text, "utf-8")
    outcome = run("--file", str(tmp_path / "text.cypher"), "--param", "who=P2", "--param", "n=41", "--format", "csv")
    assert outcome.stdout.splitlines() == ["id,name,more", "P2,'=1+1,42"]
    outcome = run("--file", "-", "--format", "json", stdin="MATCH (p:Person {case: $case, id: 'P1'}) RETURN p")
    (row,) = json.loads(outcome.stdout)
    assert (row["p"]["kind"], row["p"]["properties"]["name"]) == ("node", "Idris Karam")
    assert '"kind": "node"' in run("MATCH (p:Person {case: $case, id: 'P1'}) RETURN p").stdout
    assert run("--saved", "people OF").stdout.split() == ["name", "Idris", "Karam"]
    assert run("--saved", "People of", "--param", "who=P2").stdout.split() == ["name", "=1+1"]


def test_explain_shows_the_plan_and_runs_nothing(run: Callable[..., Result]) -> None:
    outcome = run("--explain", "MATCH (p:Person {case: $case, id: $who}) RETURN p.name")
    assert outcome.stdout.startswith("ProduceResults (about ")
    assert "\n  Projection" in outcome.stdout
    assert "parameters: case, who" in outcome.stderr


def test_a_word_that_nothing_bears_is_told_beside_the_answer(run: Callable[..., Result]) -> None:
    text = "MATCH (p:Person {case: $case, id: 'P1'}) RETURN p.id AS id, p.naem AS name"
    hint = "Line 1, column 63: `naem` is no property here: did you mean `name`?"
    answer = run(text, "--format", "json")
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, [{"id": "P1", "name": None}])
    assert answer.stderr.splitlines() == [hint]
    assert hint in run("--explain", text).stderr.splitlines()
    assert run("RETURN 1 AS a").stderr == ""


def test_an_answer_that_is_cut_ends_with_a_status_of_its_own(home: Settings) -> None:
    """The exit status: the rows so far are on standard output, and a script learns that some are missing."""
    variables = {"PATH": os.environ["PATH"], "HOME": str(home.home), "GRAPHSVC_ROW_CAP": "2", **environment(home)}
    for arguments in (
        ["cypher", "UNWIND range(1, 3) AS n RETURN n", "--format", "csv"],
        ["query", "quality.unmentioned", "--format", "csv"],
    ):
        called = subprocess.run(
            [sys.executable, "-m", "graphsvc", *arguments],
            env=variables | {"PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert len(called.stdout.splitlines()) == 3
        assert "The answer is cut at 2 rows and there are more" in called.stderr
        assert called.returncode == 75
    whole = ["-m", "graphsvc", "cypher", "UNWIND range(1, 2) AS n RETURN n"]
    assert subprocess.run([sys.executable, *whole], env=variables, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        (["RETRUN 1"], CypherFault, "RETRUN"),
        (["RETURN 1 / (size([1]) - 1)"], CypherFault, "by zero"),
        ([], RequestError, "Give one text"),
        (["RETURN 1", "--saved", "x"], RequestError, "Give one text"),
        (["RETURN 1", "--param", "n"], RequestError, "NAME=VALUE"),
        (["RETURN $n", "--param", "n=1", "--param", "n=2"], RequestError, "given twice"),
        (["RETURN 1", "--param", "case=x"], RequestError, "bound by the service"),
        (["--saved", "nothing"], NotFound, "There are: People of."),
    ],
)
def test_what_is_wrong_is_one_sentence(
    run: Callable[..., Result], arguments: list[str], kind: type[GraphsvcError], says: str
) -> None:
    outcome = run(*arguments)
    assert type(outcome.exception) is kind
    assert says in str(outcome.exception)
    assert outcome.stdout == ""


def test_without_the_grant_nothing_runs(run: Callable[..., Result], home: Settings) -> None:
    with Service(home) as service:
        name = accounts.only_account(service.database, "").name
        changes.set_free_cypher(service.database, name, is_granted=False)
        try:
            for arguments in (["RETURN 1"], ["--explain", "RETURN 1"], ["--saved", "People of"]):
                assert type(run(*arguments).exception) is Refused
        finally:
            changes.set_free_cypher(service.database, name, is_granted=True)


def heeding() -> None:
    """Restore the default action of an interrupt, as in a terminal: background processes of a shell ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_stops_it(home: Settings, tmp_path: Path) -> None:
    variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **environment(home)}
    called = subprocess.Popen(
        [sys.executable, "-m", "graphsvc", "cypher", SLOW],
        env=variables | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeding,
    )
    assert called.stderr
    assert called.stderr.readline() == "running; Ctrl-C stops it\n"
    called.send_signal(signal.SIGINT)
    out, errors = called.communicate(timeout=60)
    *meanwhile, last = filter(None, errors.splitlines())
    assert (called.returncode, out, last) == (130, "", "graphsvc: Stopped.")
    # The line is repeated after a while: on a busy machine, before the signal arrives.
    assert set(meanwhile) <= {"running; Ctrl-C stops it"}
