"""`graphsvc neo4j`: its messages, which never contain the password."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click.testing
import pytest

from graphsvc.cli.neo4j import neo4j
from graphsvc.config import Settings
from graphsvc.store.server import local


@pytest.fixture
def fresh(jars: Path, settings: Callable[..., Settings]) -> Iterator[Settings]:
    shipped = settings(quick_java=False)  # as shipped
    yield shipped
    local.stop(shipped)


def run(settings: Settings, command: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(neo4j, [command], obj=settings, catch_exceptions=False)


@pytest.mark.neo4j
@pytest.mark.slow(reason="starts servers and commands as a user does")
def test_start_keeps_the_server_until_stop(fresh: Settings) -> None:
    started = run(fresh, "start")
    answer = local.status(fresh)
    assert answer is not None
    assert (answer["state"], answer["kept"], answer["holders"]) == ("ready", True, 0)
    assert f"Neo4j {fresh.neo4j_version} runs at {answer['uri']} until" in started.stdout
    secret = local.secret_file(fresh)
    assert str(secret) in started.stdout
    assert secret.read_text() not in started.output
    status = run(fresh, "status")
    assert status.exit_code == 0
    assert "ready" in status.stdout
    assert "kept until stop" in status.stdout
    assert run(fresh, "stop").stdout == "Neo4j has stopped.\n"
    assert local.status(fresh) is None


def test_status_and_stop_where_nothing_runs(settings: Callable[..., Settings]) -> None:
    idle = settings()
    status = run(idle, "status")
    assert (status.exit_code, status.stdout) == (3, f"No managed Neo4j runs for {idle.home}\n")
    assert (run(idle, "stop").exit_code, run(idle, "stop").stdout) == (0, f"No managed Neo4j runs for {idle.home}\n")


@pytest.mark.parametrize("command", ["start", "status", "stop"])
def test_with_a_server_of_ones_own_it_says_so_and_starts_none(settings: Callable[..., Settings], command: str) -> None:
    own = settings(neo4j_uri="bolt://db.example:7687")
    output = run(own, command).stdout
    assert "NEO4J_URI is set: graphsvc uses your own server at bolt://db.example:7687" in output
    assert not (own.home / "neo4j").exists()


@pytest.mark.neo4j
def test_fetch_says_where_the_jars_are(fresh: Settings) -> None:
    assert run(fresh, "fetch").stdout == f"Neo4j {fresh.neo4j_version} is in {fresh.jars_folder / 'lib'}\n"
