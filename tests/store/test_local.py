"""The managed server on each version of Neo4j: reasons not to start, and no access from outside."""

from __future__ import annotations

import http.server
import os
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import neo4j
import pytest
from neo4j.exceptions import ClientError, DriverError, Neo4jError

from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.store.server import launch, local
from graphsvc.store.server.local import LocalServer, hold
from tests.store.conftest import driver_of, state

pytestmark = pytest.mark.neo4j


@pytest.mark.slow(reason="starts its own managed servers")
def test_a_database_that_cannot_be_opened_is_reported_though_bolt_answers(fresh: Settings) -> None:
    with hold(fresh):
        pass
    local.stop(fresh)
    store = fresh.home / "neo4j/data/databases/neo4j"
    damaged = [path for path in store.rglob("neostore") if path.is_file()]
    assert damaged
    for path in damaged:
        path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(OperatorError, match=r"The database cannot be opened .*Restore a backup, or move"):
        hold(fresh)
    assert local.status(fresh) is None


@pytest.mark.slow(reason="starts its own managed server")
def test_neo4j_without_its_own_database_is_reported_before_it_gives_up(fresh: Settings) -> None:
    """Neo4j 2026.x would go on for two minutes, the longest time allowed for its start."""
    data = fresh.home / "neo4j/data"
    data.mkdir(parents=True)
    (data / "transactions").write_text("no folder")
    with pytest.raises(
        OperatorError, match=r"`system` of Neo4j cannot be opened \(.*transactions.*\)\. Restore a backup"
    ):
        hold(fresh)
    assert local.status(fresh) is None


def test_a_store_of_another_version_is_left_alone(fresh: Settings) -> None:
    folder = fresh.home / "neo4j"
    (folder / "data/databases/system").mkdir(parents=True)
    (folder / "version").write_text("4.4.0")
    with pytest.raises(OperatorError, match=r"made by Neo4j 4\.4\.0, .*Set GRAPHSVC_NEO4J_VERSION=4\.4\.0"):
        hold(fresh)


def test_a_store_without_its_secret_is_reported(fresh: Settings) -> None:
    (fresh.home / "neo4j/data/databases/system").mkdir(parents=True)
    with pytest.raises(OperatorError, match="secret is gone"):
        hold(fresh)


def test_a_home_that_is_a_file_is_reported(jars: Path, settings: Callable[..., Settings], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match=r"cannot be used: .*set GRAPHSVC_HOME"):
        hold(settings(home=tmp_path / "file"))


# Closed ports and private files, on the shared server.


@pytest.fixture
def home(neo4j_server: LocalServer) -> Path:
    """The folder of the running server."""
    with driver_of(neo4j_server) as driver:
        row = driver.execute_query("SHOW SETTINGS 'server.directories.neo4j_home' YIELD value").records[0]
    return Path(row["value"])


def test_load_csv_reads_neither_files_nor_addresses(neo4j_server: LocalServer, tmp_path: Path) -> None:
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()

    (tmp_path / "a.csv").write_text("1,2\n")
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as web, driver_of(neo4j_server) as driver:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        try:
            port = web.server_address[1]
            for address in (
                (tmp_path / "a.csv").as_uri(),
                f"http://127.0.0.1:{port}/a.csv",
                f"http://localhost:{port}/a.csv",
            ):
                with pytest.raises(ClientError) as refused:
                    driver.execute_query("LOAD CSV FROM $address AS row RETURN row", address=address)
                assert refused.value.code == "Neo.ClientError.Statement.ExternalResourceFailed"
        finally:
            web.shutdown()
            thread.join()
    assert requests == []


def test_nothing_is_sent_home_and_the_limits_are_set(neo4j_server: LocalServer) -> None:
    with driver_of(neo4j_server) as driver:
        rows = driver.execute_query("SHOW SETTINGS YIELD name, value").records
    values = {row["name"]: row["value"] for row in rows}
    closed = [name for name in values if re.search(r"usage_report|fleet.*enabled|https?\.enabled", name)]
    assert len(closed) >= 3
    assert {values[name] for name in closed} == {"false"}
    assert values["server.memory.pagecache.size"] == "64.00MiB"
    assert values["db.memory.transaction.max"] == "128.00MiB"


def test_a_text_is_planned_once_however_long_what_it_is_asked_with_is(neo4j_server: LocalServer) -> None:
    """Otherwise a query would be planned again, for up to a second, for parameters of another length (1, 10, 100)."""
    with driver_of(neo4j_server) as driver:

        def clear_caches() -> int:
            (record,) = driver.execute_query("CALL db.clearQueryCaches()").records
            return int(re.findall(r"\d+", record["value"])[0])

        clear_caches()
        for ids in (["a"], ["a", "bc"], [f"an id {number}" for number in range(50)], []):
            driver.execute_query(
                "MATCH (n) WHERE n.id IN $ids AND n.name = $name RETURN n.id", ids=ids, name="x" * len(ids)
            )
        planned = clear_caches()
    assert planned <= 2, "the text, and the one that clears"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_only_the_loopback_address_listens(neo4j_server: LocalServer, home: Path) -> None:
    answer = local.status(Settings.read({}, home=home.parent))
    assert answer is not None
    listening = []
    for pid in (answer["pid"], answer["java_pid"]):
        sockets = {
            re.sub(r"\D", "", link)
            for link in map(os.readlink, Path(f"/proc/{pid}/fd").iterdir())
            if link.startswith("socket:")
        }
        for table in ("tcp", "tcp6", "udp", "udp6"):
            rows = (line.split() for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:])
            listening += [
                (table, row[1].split(":")[0])
                for row in rows
                if row[9] in sockets and (table.startswith("udp") or row[3] == "0A")
            ]
    loopback = {("tcp", "0100007F"), ("tcp6", "0000000000000000FFFF00000100007F")}
    assert len(listening) == 2  # the supervisor's door and Bolt
    assert set(listening) <= loopback


def test_everything_is_private_to_the_account(neo4j_server: LocalServer, home: Path) -> None:
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "secret").stat().st_mode & 0o777 == 0o600
    assert [path for path in home.rglob("*") if path.stat().st_mode & 0o077] == []


def test_the_password_opens_it_and_the_usual_one_does_not(neo4j_server: LocalServer) -> None:
    assert neo4j_server.password not in repr(neo4j_server)
    assert len(neo4j_server.password) >= 32
    with (
        neo4j.GraphDatabase.driver(neo4j_server.uri, auth=("neo4j", "neo4j")) as driver,
        pytest.raises((DriverError, Neo4jError)) as refused,
    ):
        driver.verify_connectivity()
    assert "Unauthorized" in str(refused.value)


def test_neo4j_does_not_see_the_secrets_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHSVC_MASTER_KEY", "x")
    monkeypatch.setenv("NEO4J_PASSWORD", "x")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Dx")
    monkeypatch.setenv("LANG", "C.UTF-8")
    passed = launch.environment()
    assert passed["LANG"] == "C.UTF-8"
    assert not {"GRAPHSVC_MASTER_KEY", "NEO4J_PASSWORD", "JAVA_TOOL_OPTIONS"} & set(passed)


@pytest.mark.slow(reason="starts its own managed servers")
def test_a_renewed_store_is_empty_at_the_same_address_and_nothing_old_stays_on_the_disk(fresh: Settings) -> None:
    folder = launch.server_home(fresh.home)
    with hold(fresh) as server, driver_of(server) as driver:
        # A long text, because Neo4j packs short ones so that a search for their letters misses them.
        driver.execute_query("CREATE (:Person {name: 'Wilhelmina Canary' + $more})", more="-äöü" * 15)
        assert "Canary" in everything_under(folder / "data")
        pid = state(fresh)["java_pid"]
        local.renew(fresh)
        assert state(fresh)["java_pid"] != pid
        assert state(fresh)["uri"] == server.uri
        assert driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"] == 0
        assert "Canary" not in everything_under(folder)
        assert not list(folder.glob("old-store-*"))


def test_a_store_set_aside_when_killed_is_deleted_at_the_next_start(fresh: Settings) -> None:
    old = launch.server_home(fresh.home) / "data"
    old.mkdir(parents=True)
    (old / "neostore").write_text("Wilhelmina Canary")
    launch.set_store_aside(fresh.home)
    with hold(fresh):
        assert "Canary" not in everything_under(launch.server_home(fresh.home))


def everything_under(folder: Path) -> str:
    """All bytes of all files, as one character each."""
    return "".join(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())
