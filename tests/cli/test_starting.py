"""A command loads what it needs and no more."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from graphsvc import cli
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.store.server import local

ROOT = Path(__file__).parents[2]
# Slow modules, which only commands that compute, draw or export tables may load.
HEAVY = {
    "alembic",
    "dask",
    "distributed",
    "flask",
    "matplotlib",
    "networkx",
    "openpyxl",
    "scipy.sparse",
    "typst",
}
DATA = {"neo4j", "numpy", "pandas", "sqlalchemy"}


def modules_loaded_by(code: str) -> set[str]:
    """Modules loaded in a new Python process after running some code."""
    script = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT, timeout=100
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_version_is_told_without_loading_what_commands_need() -> None:
    code = "from graphsvc.cli import program\nprogram.main(['--version'], standalone_mode=False)"
    modules = modules_loaded_by(code)
    assert modules & (HEAVY | DATA) == set()
    assert len(modules) < 350
    assert {name for name in modules if name.startswith("graphsvc.")} <= {
        "graphsvc.cli",
        "graphsvc.cli.printed",
        "graphsvc.config",
        "graphsvc.errors",
    }


def test_opening_a_home_loads_nothing_that_only_computes() -> None:
    assert modules_loaded_by("import graphsvc.cases.home") & HEAVY == set()


def test_the_service_loads_neither_graphs_nor_tables_before_they_are_asked_for() -> None:
    code = "from graphsvc.cli import program\nassert program.get_command(None, 'query') is not None"
    assert modules_loaded_by(code) & {*HEAVY, "pandas", "pyarrow"} == set()
    assert "pandas" in modules_loaded_by(f"{code}\nimport pandas\npandas.DataFrame([1])")


def test_a_notebooks_own_driver_takes_tables_whoever_was_loaded_first() -> None:
    code = "import graphsvc.service, pandas\nfrom neo4j import _optional_deps\nassert _optional_deps.pd is pandas"
    assert "pandas" in modules_loaded_by(code)


def test_every_command_stands_where_the_table_says() -> None:
    """The table finds the module of a command without loading it."""
    rooms = {
        module.name: tuple(command.name for command in commands)
        for module in pkgutil.iter_modules(cli.__path__)
        if (commands := getattr(import_module(f"graphsvc.cli.{module.name}"), "commands", None)) is not None
    }
    assert {room: set(names) for room, names in rooms.items()} == {
        room: set(names) for room, names in cli.ROOMS.items()
    }


def test_a_command_that_must_start_neo4j_says_so_at_once(
    settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message comes before the wait for the first answer: ten silent seconds look like a hang."""
    home = settings()
    with Service(home) as service:
        service.register.key("north", create=True)
        with transaction(service.database) as connection:
            connection.execute(
                tables.cases.update().values(state="open", graded_with=service.casework.replay.graded_with)
            )
    before_waiting: list[str] = []
    sleep = time.sleep

    def waits(seconds: float) -> None:
        before_waiting.append(sys.stderr.buffer.getvalue().decode())  # type: ignore[union-attr]  # of the runner
        sleep(seconds)

    monkeypatch.setattr(local, "fetch_jars", lambda *_: Path())
    monkeypatch.setattr(local, "_spawn", lambda *_: subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"]))
    monkeypatch.setattr(time, "sleep", waits)
    monkeypatch.setattr(sys, "argv", ["graphsvc", "hubs", "north"])
    environ = {
        "GRAPHSVC_HOME": str(home.home),
        "GRAPHSVC_DATABASE_URL": home.database_url,
        "GRAPHSVC_PURPOSE": "testing",
        "NEO4J_URI": "",
    }
    done = CliRunner(env=environ).invoke(click.Command("graphsvc", callback=cli.main), [])
    assert "The supervisor of Neo4j could not work" in done.stderr
    assert before_waiting[0] == "Neo4j starts, which takes some seconds\n"
    assert done.stdout == ""


def test_a_command_that_is_none_is_told() -> None:
    with pytest.raises(click.UsageError, match="No such command 'nosuch'"):
        cli.program.main(["nosuch"], standalone_mode=False)
