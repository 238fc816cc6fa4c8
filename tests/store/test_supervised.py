"""Holders of the managed server, and the effect of the death of any process. Tests of processes, not of Neo4j."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.store.server import launch, local
from graphsvc.store.server.local import hold
from tests.store.conftest import driver_of, state

pytestmark = pytest.mark.neo4j

Holder = Callable[[Settings], "subprocess.Popen[str]"]
Eventually = Callable[[Callable[[], bool]], None]


def end(settings: Settings, kill: Callable[[int], None]) -> int:
    """Kill the Java of that home, and return its process id."""
    pid = state(settings)["java_pid"]
    assert isinstance(pid, int)
    kill(pid)
    return pid


@pytest.mark.slow(reason="starts its own managed servers")
def test_two_that_start_at_once_share_one_server_until_the_last_has_left(
    fresh: Settings,
    holder: Holder,
    wait_until_gone: Callable[..., None],
    kill: Callable[[int], None],
    eventually: Eventually,
) -> None:
    first, second = holder(fresh), holder(fresh)
    assert first.stdout is not None
    assert second.stdout is not None
    assert first.stdout.readline() == second.stdout.readline() == f"{state(fresh)['uri']}\n"
    running = state(fresh)
    assert (running["holders"], running["kept"]) == (2, False)
    if sys.platform == "linux":  # the kernel says which files Java has in memory
        classes = launch.classes_file(fresh.jars_folder.absolute() / "lib")
        assert str(classes) in Path(f"/proc/{running['java_pid']}/maps").read_text()
    first.communicate()  # ends its stdin, so it exits cleanly
    eventually(lambda: state(fresh)["holders"] == 1)
    with hold(fresh) as server, driver_of(server) as driver:
        driver.execute_query("RETURN 1")
    assert state(fresh)["java_pid"] == running["java_pid"]
    kill(second.pid)  # the last holder dies without warning
    wait_until_gone(running["pid"], running["java_pid"])
    assert local.status(fresh) is None


@pytest.mark.slow(reason="starts its own managed servers")
def test_neo4j_that_dies_comes_back_with_its_data_and_at_its_address_but_not_for_ever(
    fresh: Settings, kill: Callable[[int], None], eventually: Eventually
) -> None:
    with hold(fresh) as server, driver_of(server) as driver:
        driver.execute_query("CREATE (:Kept {value: 7})")
        seen = {end(fresh, kill)}

        def is_back() -> bool:
            answer = state(fresh)  # asked once, because the answer may change between two requests
            return answer["state"] == "ready" and answer["java_pid"] not in seen

        eventually(is_back)
        assert state(fresh)["uri"] == server.uri
        assert driver.execute_query("MATCH (n:Kept) RETURN n.value").records[0][0] == 7
        for _death in range(2):
            seen.add(end(fresh, kill))
            eventually(lambda: state(fresh)["java_pid"] not in seen)
        end(fresh, kill)
        eventually(lambda: local.status(fresh) is None)
    assert "died 4 times in 10 minutes" in (fresh.home / "neo4j/logs/supervisor.log").read_text()


@pytest.mark.slow(reason="starts its own managed servers")
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_a_killed_supervisor_leaves_no_java_and_the_next_start_finds_the_data(
    fresh: Settings, kill: Callable[[int], None], wait_until_gone: Callable[..., None]
) -> None:
    with hold(fresh) as server:
        with driver_of(server) as driver:
            driver.execute_query("CREATE (:Kept {value: 8})")
        running = state(fresh)
        supervisor = running["pid"]
        assert isinstance(supervisor, int)
        kill(supervisor)
        wait_until_gone(supervisor, running["java_pid"])
        assert (fresh.home / "neo4j/supervisor.json").exists()  # the card of a supervisor that is gone
    with hold(fresh) as server, driver_of(server) as driver:
        assert driver.execute_query("MATCH (n:Kept) RETURN n.value").records[0][0] == 8


@pytest.mark.slow(reason="starts its own managed servers")
def test_a_kept_server_outlives_its_holders_until_it_is_stopped(
    fresh: Settings, wait_until_gone: Callable[..., None]
) -> None:
    with hold(fresh):
        local.keep(fresh)
    running = state(fresh)
    assert (running["holders"], running["kept"], running["state"]) == (0, True, "ready")
    other_version = Settings.read({}, home=fresh.home, jars=fresh.jars, neo4j_version="5.26.31")
    if fresh.neo4j_version != other_version.neo4j_version and (other_version.jars_folder / ".complete").exists():
        with pytest.raises(OperatorError, match=r"that runs is .*, but 5\.26\.31 is set"):
            hold(other_version)
    assert local.stop(fresh)
    wait_until_gone(running["pid"], running["java_pid"])
    assert not local.stop(fresh)


@pytest.mark.slow(reason="starts its own managed servers")
def test_a_server_goes_on_for_a_while_and_the_next_holder_finds_it(
    fresh: Settings, wait_until_gone: Callable[..., None], eventually: Eventually
) -> None:
    stages: list[str] = []
    with hold(dataclasses.replace(fresh, neo4j_linger_s=600), lambda _done, _total, stage: stages.append(stage)):
        running = state(fresh)
    assert stages == ["Neo4j starts, which takes some seconds"]
    eventually(lambda: state(fresh)["holders"] == 0)
    waiting = state(fresh)
    assert (waiting["state"], waiting["java_pid"], waiting["kept"]) == ("ready", running["java_pid"], False)
    lasts = waiting["lasts_s"]
    assert isinstance(lasts, int)
    assert 500 < lasts <= 600
    with hold(fresh, lambda _done, _total, stage: stages.append(stage)):
        assert state(fresh)["java_pid"] == running["java_pid"]
    assert len(stages) == 1
    assert local.stop(fresh)
    wait_until_gone(running["pid"], running["java_pid"])
    with hold(dataclasses.replace(fresh, neo4j_linger_s=1)):
        running = state(fresh)
    wait_until_gone(running["pid"], running["java_pid"])


def test_a_stop_and_a_keep_where_nothing_runs(settings: Callable[..., Settings]) -> None:
    idle = settings()
    assert local.status(idle) is None
    assert not local.stop(idle)
    with pytest.raises(OperatorError, match="graphsvc neo4j start"):
        local.keep(idle)


def test_a_supervisor_nobody_comes_to_ends(fresh: Settings, tmp_path: Path) -> None:
    code = "import sys; from graphsvc.store.server import supervisor; supervisor.UNCLAIMED_S = 0.5; sys.exit(supervisor.main())"
    environment = os.environ | {"GRAPHSVC_JARS": str(fresh.jars), "PYTHONPATH": str(Path(__file__).parents[2])}
    environment["GRAPHSVC_NEO4J_VERSION"] = fresh.neo4j_version
    run = subprocess.run([sys.executable, "-c", code, str(fresh.home)], env=environment, timeout=100, check=False)
    assert run.returncode == 0
    assert local.status(fresh) is None


def test_a_start_that_takes_too_long_is_reported(fresh: Settings) -> None:
    hasty = Settings.read({}, home=fresh.home, jars=fresh.jars, neo4j_version=fresh.neo4j_version, start_timeout_s=1)
    with pytest.raises(OperatorError, match=r"within 1 seconds.*GRAPHSVC_NEO4J_START_S"):
        hold(hasty)
