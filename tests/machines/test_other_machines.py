"""Work done by other machines: equal to the last digit, whichever process dies, and without names."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import dask
import pytest

from graphsvc.analysis.ranking.chance import head_of_deal
from graphsvc.analysis.robustness import leaving_out
from graphsvc.analysis.side_by_side import THIS_MACHINE
from graphsvc.errors import OperatorError
from graphsvc.machines import connection, other_machines, versions
from graphsvc.machines.connection import LostError
from graphsvc.machines.other_machines import OtherMachines, processors_of
from tests.machines import invented
from tests.machines.cluster import Wire, kill, scheduler, workers


@pytest.fixture(scope="module", autouse=True)
def readable() -> Iterator[None]:
    """Send data uncompressed, so that the tests can read it."""
    with dask.config.set({"distributed.comm.compression": None}), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASK_DISTRIBUTED__COMM__COMPRESSION", "none")
        patch.setattr(leaving_out, "_AT_ONCE", 8)  # so that small cases make many tasks
        yield


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler."""
    with scheduler(tmp_path_factory.mktemp("scheduler")) as (address, _):
        yield address


@pytest.fixture(scope="module")
def own_results() -> list[Any]:
    """Results computed by this machine."""
    return invented.results(THIS_MACHINE)


class _Nobody:
    """A replacement for this machine that fails if work is done here."""

    def each(self, _work: Callable[..., Any], _shared: Any, inputs: Iterable[Any]) -> Iterator[Any]:
        for _ in inputs:
            raise AssertionError("it was done here")
        return iter(())

    def close(self) -> None:
        pass


def elsewhere(address: str) -> OtherMachines:
    return OtherMachines(address, here_s=0)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_results_are_the_same_to_the_last_digit_on_one_two_and_four_workers(
    at: str, count: int, own_results: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(other_machines, "THIS_MACHINE", _Nobody())
    with workers(at, count):
        processors = elsewhere(at)
        try:
            assert invented.results(processors) == own_results
        finally:
            processors.close()


def test_nothing_but_numbers_crosses_the_wire(at: str, own_results: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(other_machines, "THIS_MACHINE", _Nobody())
    wire = Wire(at)
    try:
        with workers(wire.address, 1):
            processors = elsewhere(wire.address)
            assert invented.results(processors) == own_results
            read = b"\n".join(wire.traffic)
            # The traffic was recorded: it has the task names, on the way to the scheduler and on to the worker.
            for work in ("board:without_some", "board:ranks_drawn", "chance:head_of_deal", "deals:standing_of"):
                assert read.count(f"{work}".encode()) >= 2, work
            assert _bearing(read) == []
            # No seed reveals an id either.
            assert [place for place in invented.PLACES if crc32(place.encode()).to_bytes(4, "little") in read] == []
            # A name, if sent, would be found.
            assert processors._connection is not None
            processors._connection._client.submit(len, invented.WORD, pure=False).result(timeout=20)
            assert _bearing(b"\n".join(wire.traffic)) != []
            processors.close()
    finally:
        wire.close()


def _bearing(read: bytes) -> list[str]:
    """Spellings and encodings of the marker word that occur in the traffic."""
    spelt = {spelling(invented.WORD) for spelling in (str.lower, str.upper, str.title)}
    encodings = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
    return [f"{text} {name}" for text in sorted(spelt) for name in encodings if text.encode(name) in read]


def _meanwhile(processors: OtherMachines, network: Any, deals: list[Any], happens: Callable[[], object]) -> list[float]:
    """Results for the deals, with `happens` called after some of them."""
    heads = []
    for number, head in enumerate(processors.each(head_of_deal, network, deals)):
        heads.append(head)
        if number == 40:
            happens()
    return heads


def test_a_worker_that_is_killed_in_the_middle_costs_time_only(
    at: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    network, deals = invented.deals(300)
    expected = list(THIS_MACHINE.each(head_of_deal, network, deals))
    monkeypatch.setattr(other_machines, "THIS_MACHINE", _Nobody())
    with workers(at, 2) as processes:
        processors = elsewhere(at)
        heads = _meanwhile(processors, network, deals, lambda: kill(processes[0]))
        processors.close()
    assert heads == expected
    assert caplog.records == []


def test_whoever_needs_no_more_leaves_nothing_to_be_worked_on(at: str) -> None:
    network, deals = invented.deals(300)
    with workers(at, 1):
        processors = elsewhere(at)
        heads = processors.each(head_of_deal, network, deals)
        assert next(heads) == next(THIS_MACHINE.each(head_of_deal, network, deals))
        assert processors._connection is not None
        client = processors._connection._client
        assert len(client.run_on_scheduler(_keys)) > 1
        heads.close()  # type: ignore[attr-defined]
        # The shared network stays on the scheduler until it is deleted here.
        assert _remaining_tasks(client, 1) == 1
        del network, heads
        assert _remaining_tasks(client, 0) == 0
        processors.close()


def _keys(dask_scheduler: Any) -> list[str]:
    return list(dask_scheduler.tasks)


def _remaining_tasks(client: Any, wanted: int) -> int:
    """Count the tasks on the scheduler, once there are at most `wanted` or after ten seconds."""
    until = time.monotonic() + 10
    while (count := len(client.run_on_scheduler(_keys))) > wanted and time.monotonic() < until:
        time.sleep(0.05)
    return count


def test_when_no_worker_is_left_the_work_goes_on_here(at: str, caplog: pytest.LogCaptureFixture) -> None:
    network, deals = invented.deals(300)
    with workers(at, 1) as processes:
        processors = elsewhere(at)
        heads = _meanwhile(processors, network, deals, lambda: kill(processes[0]))
        processors.close()
    assert heads == list(THIS_MACHINE.each(head_of_deal, network, deals))
    (warning,) = _warnings(caplog)
    assert warning.startswith(f"The scheduler at {at} has no worker that computes the same as this machine: start ")
    assert warning.endswith("; the work goes on here")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "stands still"])
def test_a_scheduler_that_goes_in_the_middle_is_one_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, how: signal.Signals
) -> None:
    network, deals = invented.deals(300)
    expected = list(THIS_MACHINE.each(head_of_deal, network, deals))
    with scheduler(tmp_path) as (address, process), workers(address, 1):
        processors = elsewhere(address)
        heads = _meanwhile(processors, network, deals, lambda: os.kill(process, how))
        assert heads == expected
        # For a while no more work is sent there.
        assert list(processors.each(head_of_deal, network, deals[:3])) == expected[:3]
        processors.close()
        kill(process)
    assert _warnings(caplog) == [f"The scheduler at {address} is gone; the work goes on here"]


def test_a_scheduler_that_is_not_there_is_one_sentence(caplog: pytest.LogCaptureFixture) -> None:
    network, deals = invented.deals(300)
    processors = elsewhere("tcp://127.0.0.1:9")
    assert list(processors.each(head_of_deal, network, deals[:5])) == list(
        THIS_MACHINE.each(head_of_deal, network, deals[:5])
    )
    processors.close()
    assert _warnings(caplog) == [
        "The scheduler at tcp://127.0.0.1:9 cannot be reached (OSError); the work is done here"
    ]


def test_a_result_that_takes_long_on_its_way_arrives(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Transfer takes longer than the interval between checks: the result is waited for, and fetched once."""
    monkeypatch.setattr(other_machines, "THIS_MACHINE", _Nobody())
    monkeypatch.setattr(connection, "_LOOK_S", 0.02)
    wire = Wire(at, pause_s=0.05)
    processors = elsewhere(wire.address)
    try:
        with workers(at, 1):
            network, deals = invented.deals(300)
            assert len(list(processors.each(head_of_deal, network, deals[:3]))) == 3
    finally:
        processors.close()
        wire.close()


def test_where_nothing_can_be_connected_to_no_thread_is_left(caplog: pytest.LogCaptureFixture) -> None:
    before = {thread.name for thread in threading.enumerate()}
    for _ in range(2):
        processors = elsewhere("tcp://127.0.0.1:9")
        assert list(processors.each(pow, 2, [3])) == [8]
        processors.close()
    assert {thread.name for thread in threading.enumerate()} <= before | {"Dask-Offload_0"}
    assert "cannot be reached" in caplog.text


def test_a_worker_without_memory_left_is_not_waited_for(
    at: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with workers(at, 1):
        processors = elsewhere(at)
        try:
            assert processors._connect() is not None
            known = processors._connection
            assert known is not None
            identity = known._client.sync(known._identity)

            async def report_paused() -> Any:
                return {
                    "workers": {where: {**worker, "status": "paused"} for where, worker in identity["workers"].items()}
                }

            monkeypatch.setattr(known, "_identity", report_paused)
            assert list(processors.each(pow, 2, [3])) == [8]
            assert "have no memory left" in caplog.text
        finally:
            processors.close()


def test_work_that_fails_there_is_one_error(at: str) -> None:
    with workers(at, 1):
        processors = elsewhere(at)
        try:
            assert processors._connect() is not None
            connected = processors._connection
            assert connected is not None
            with pytest.raises(LostError, match="Work failed at"):
                connected.result(connected._client.submit(divmod, 1, 0, pure=False))
        finally:
            processors.close()


def test_a_worker_of_another_version_is_given_nothing(
    at: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    network, deals = invented.deals(300)
    with workers(at, 1):
        monkeypatch.setattr(versions, "digest", lambda: "of another version")
        processors = elsewhere(at)
        assert len(list(processors.each(head_of_deal, network, deals[:5]))) == 5
        processors.close()
    passed_over, nobody = _warnings(caplog)
    assert "is given nothing: it has another graphsvc, or computes otherwise" in passed_over
    assert nobody.endswith("start `graphsvc worker` of this version there; the work is done here")


def test_a_name_is_refused_before_anything_is_sent(at: str, caplog: pytest.LogCaptureFixture) -> None:
    network = invented.case(1).network
    numbers, deals = invented.deals(300)
    assert network is not None
    named = replace(numbers, network=network)
    wire = Wire(at)
    try:
        with workers(at, 1):
            processors = elsewhere(wire.address)
            heads = list(processors.each(head_of_deal, named, deals[:5]))
            processors.close()
    finally:
        wire.close()
    assert heads == list(THIS_MACHINE.each(head_of_deal, named, deals[:5]))
    assert _warnings(caplog) == [
        "Dealt.network.ids[0] is a str, no number: nothing of it leaves this machine; the work is done here"
    ]
    assert _bearing(b"\n".join(wire.traffic)) == []


def test_what_takes_a_moment_is_done_here_without_a_scheduler() -> None:
    processors = OtherMachines("tcp://127.0.0.1:9", here_s=30)
    network, deals = invented.deals(300)
    assert len(list(processors.each(head_of_deal, network, deals))) == len(deals)
    assert processors._connection is None
    processors.close()


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.5:8786",
        "tcp://localhost:8786",
        "tcp://0.0.0.0:8786",
        "ws://127.0.0.1:8786",
        "ucx://127.0.0.1:8786",
        "inproc://1",
        "127.0.0.1:8786",
        "tls://10.0.0.5",
        "tls://:8786",
        "tls://somebody@10.0.0.5:8786",
        "tcp://127.0.0.1:8786@10.0.0.5:1",
        "tcp://127.0.0.1:8786/x",
        "tcp://[::1:8786",
    ],
)
def test_what_would_go_in_the_clear_over_a_network_is_refused(address: str) -> None:
    with pytest.raises(
        OperatorError,
        match=r"takes tls://HOST:PORT or, at a machine where nobody else has an account, tcp://127\.0\.0\.1:PORT",
    ):
        processors_of(address)


def test_without_dask_a_scheduler_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(
        OperatorError, match=r"Dask, which is not installed: pip install '\.\[scale\]' in the checkout\.$"
    ):
        processors_of("tcp://127.0.0.1:8786")


def _warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
