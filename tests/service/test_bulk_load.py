"""The import tool writes a first large case exactly as row-by-row writing does, after any change or kill."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.cases.deliveries import bulk_load
from graphsvc.cases.deliveries.bulk_load import BulkLoad
from graphsvc.config import Settings
from graphsvc.errors import CancelledError
from graphsvc.records.progress import Progress
from graphsvc.service import Service, Session, quiet
from graphsvc.simulate import simulate
from graphsvc.store.image import Image, read_image
from graphsvc.store.server import launch, local
from graphsvc.store.server.importing import ImportToolError
from tests.service.test_casework import hold_a_sequence_against_its_deliveries_in_order
from tests.store.test_importing import graph, no_folder

pytestmark = pytest.mark.neo4j

CASE = "first"


@pytest.fixture
def managed_settings(jars: Path, settings: Callable[..., Settings]) -> Iterator[Settings]:
    """Settings of a home with a separate server, in which every first case is imported."""
    server_settings = settings(import_rows=1, neo4j_linger_s=300)
    yield server_settings
    local.stop(server_settings)


@pytest.fixture
def invented_folder(tmp_path: Path) -> Path:
    simulate(tmp_path / "invented", seed=5, people=40)
    return tmp_path / "invented"


def session_of(service: Service) -> Session:
    return service.session(accounts.only_account(service.database, ""), "testing", CASE)


def starts(settings: Settings) -> int:
    """The number of times the server switched to another store."""
    answer = local.status(settings)
    assert answer is not None
    return int(answer["renewed"])


def rebuild_graph(service: Service) -> Any:
    """Return the case rebuilt from its deliveries in an empty store, row by row."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BulkLoad, "write", lambda *_: False)
        service.store().write("MATCH (n {case: $case}) DETACH DELETE n", {"case": CASE})
        service.casework.replay.restore(CASE, service.register.key(CASE, create=False), quiet)
    return graph(service.store(), CASE)


@pytest.mark.slow(reason="starts a managed server, and writes it again")
def test_the_case_is_the_one_that_rows_would_have_made_and_stays_so(
    managed_settings: Settings, invented_folder: Path, tmp_path: Path
) -> None:
    simulate(tmp_path / "more", seed=6, people=20)
    with Service(managed_settings) as service:
        session = session_of(service)
        texts: set[str] = set()
        session.deliveries.load(invented_folder, lambda _done, _total, text: texts.add(text))
        assert "Neo4j builds the store" in texts
        assert starts(managed_settings) == 1
        assert no_folder(managed_settings)
        assert session.cases()[0].state == "open"
        assert not service.casework.close_lost(service.store())
        imported = graph(service.store(), CASE)
        assert imported == rebuild_graph(service)
        # A later delivery, and the undo of it.
        session.deliveries.load(tmp_path / "more", quiet, other_names=True)
        both = graph(service.store(), CASE)
        assert both != imported
        session.deliveries.undo(2, quiet)
        undone = graph(service.store(), CASE)
        assert undone != both
        assert undone == rebuild_graph(service)
        # Sealing and erasing have the same result in place, rewritten by the tool, and row by row.
        key = service.register.key(CASE, create=False)
        standing = service.register.standings(CASE, key) or {}
        by_name = sorted(name for name, entity in standing.items() if not entity.sealed and name.startswith("S-"))
        account = accounts.only_account(service.database, "").name
        service.casework.decide(CASE, by_name[0], "sealed", account, "testing", quiet)
        sealed = graph(service.store(), CASE)
        assert sealed != undone
        assert sealed == rebuild_graph(service)
        service.casework.erase(CASE, by_name[1], account, "testing", quiet)
        erased = graph(service.store(), CASE)
        assert erased != sealed
        before = starts(managed_settings)
        service.casework.rewrite(quiet)
        assert starts(managed_settings) == before + 2, "an empty store, and the one that the tool made"
        assert graph(service.store(), CASE) == erased
        assert service.casework.replay.plan(CASE, key, quiet).steps == [], "it is what the deliveries make"
        assert no_folder(managed_settings)


@pytest.mark.slow(reason="starts a managed server, and takes random sequences of deliveries")
def test_after_undos_a_case_that_began_with_an_import_equals_its_remaining_deliveries_written_row_by_row(
    managed_settings: Settings, tmp_path: Path
) -> None:
    """The twin is written row by row: its store is not empty, so the tool is never used for it."""
    by_tool: list[str] = []
    with Service(managed_settings) as service, pytest.MonkeyPatch.context() as patch:
        write = BulkLoad.write

        def write_and_check(bulk: BulkLoad, case: str, image: Image, progress: Progress) -> bool:
            whether = write(bulk, case, image, progress)
            if whether:  # checked now, because the next delivery would correct mistakes of the tool
                assert read_image(service.store(), case) == image
                by_tool.append(case)
            return whether

        patch.setattr(BulkLoad, "write", write_and_check)
        for seed in (1, 2):  # in the second run someone is sealed midway, so the tool rewrites the store
            case = f"drawn-{seed}"
            session = service.session(accounts.only_account(service.database, ""), "testing", case)
            hold_a_sequence_against_its_deliveries_in_order(service, session, case, tmp_path / case, seed)
            assert case in by_tool
            assert f"{case}-twin" not in by_tool
            service.store().write("MATCH (n:!GraphsvcSchema) DETACH DELETE n", {})  # make room for the next first case
        assert starts(managed_settings) >= len(by_tool)


@pytest.mark.slow(reason="starts a managed server")
def test_what_does_not_fit_is_written_row_by_row(
    managed_settings: Settings, invented_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Service(managed_settings) as service:
        session = session_of(service)
        deliveries = session.deliveries

        def stop(_done: int, _total: int, text: str) -> None:
            if text == "Neo4j builds the store":
                raise CancelledError("stopped")

        with pytest.raises(CancelledError):
            deliveries.load(invented_folder, stop)
        assert no_folder(managed_settings)
        assert session.cases() == []
        # Reasons to write row by row: tool failed, server in use, store not empty, small case.
        monkeypatch.setattr(bulk_load, "import_files", _failing)
        deliveries.load(invented_folder, quiet)
        assert "a case is written row by row, for the import tool could not: it failed" in caplog.text
        monkeypatch.undo()
        whole = read_image(service.store(), CASE)
        assert whole.size() > 0
        bulk = service.casework.replay._bulk_load
        assert not bulk._fits(whole), "the store is not empty"
        deliveries.undo(1, quiet)
        assert bulk._fits(whole)
        with local.hold(managed_settings):
            assert not bulk._fits(whole), "another holds the server"
        assert bulk._fits(whole)
        for setting in ({"import_rows": 0}, {"import_rows": 10**9}, {"neo4j_uri": "bolt://elsewhere"}):
            loader = BulkLoad(service.store, dataclasses.replace(managed_settings, **setting), service.casework._locks)
            assert not loader._fits(whole)
        # Another process begins to write another case while the tool is at work.
        with service.casework._locks.case(CASE), service.casework._locks.case("another"):
            assert not bulk.write(CASE, whole, quiet)
        assert starts(managed_settings) == 0
        # Half of the case is missing, so the store is emptied and written row by row.
        monkeypatch.setattr(bulk_load, "bulk_rows", lambda _image: 1 + whole.size() + 3 * len(whole.claims))
        deliveries.load(invented_folder, quiet)
        assert starts(managed_settings) == 2
        assert read_image(service.store(), CASE) == whole


def _failing(*_: object) -> Path:
    raise ImportToolError("it failed")


# Moment of the kill → code that kills the load then.
_KILLS = {
    "while the tool is at work": """
def look(done, total, text):
    if text == "Neo4j builds the store":
        look.seen = getattr(look, "seen", 0) + 1
        if look.seen > 5:
            end()
""",
    "before the server starts again": """
local._start_again = lambda settings, command, counter: (local._command(settings, command), end())
""",
    "before the case opens": "mark.renew = lambda *_: end()",
}
_LOAD = """
import os, signal, sys
from pathlib import Path
from graphsvc.access.people import accounts
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.store import mark
from graphsvc.store.server import local

def end():
    os.kill(os.getpid(), signal.SIGKILL)

def look(done, total, text):
    pass

exec(sys.argv[3])
with Service(Settings.read()) as service:
    session = service.session(accounts.only_account(service.database, ""), "testing", sys.argv[2])
    session.deliveries.load(Path(sys.argv[1]), look)
"""


def tools_at_work(settings: Settings) -> list[str]:
    """Import tools still running in a home after ten seconds. Only Linux ends them with their parent process."""
    for _ in range(100):
        working = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # the process has ended, or belongs to another account
                if "/import-" in (cwd := str((process / "cwd").readlink())) and cwd.startswith(str(settings.home)):
                    working.append(cwd)
        if not working:
            break
        time.sleep(0.1)
    return working


@pytest.mark.slow(reason="starts a managed server, again and again")
def test_killed_at_any_step_a_load_is_completed_by_the_next_start(
    managed_settings: Settings, invented_folder: Path
) -> None:
    names = {item.name: item.metadata["variable"] for item in dataclasses.fields(Settings)}
    environ = os.environ | {
        names[name]: str(getattr(managed_settings, name))
        for name in (
            *("home", "jars", "neo4j_version", "heap_mb", "page_cache_mb", "quick_java", "start_timeout_s"),
            *("neo4j_linger_s", "named", "accounts_open", "database_url", "import_rows"),
        )
    }
    environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    whole = None
    for where, how in _KILLS.items():
        ended = subprocess.run(
            [sys.executable, "-c", _LOAD, str(invented_folder), CASE, how],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == -signal.SIGKILL, (where, ended.stderr)
        assert not tools_at_work(managed_settings), where
        with Service(managed_settings) as service:
            assert service.recover() == [CASE], where
            assert no_folder(managed_settings), where
            session = session_of(service)
            assert session.cases()[0].state == "open"
            restored = graph(service.store(), CASE)
            whole = whole or restored
            assert restored == whole, where
            assert restored[0]
            if where == "before the case opens":
                assert restored == rebuild_graph(service)
            (number,) = [row["number"] for row in session.deliveries.list_deliveries() if row["status"] == "active"]
            session.deliveries.undo(number, quiet)
    assert not launch.is_untried(managed_settings.home)
