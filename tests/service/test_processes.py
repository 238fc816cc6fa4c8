"""Several processes serve one home: a request to any process reaches data in the memory of another."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from filelock import FileLock

from graphsvc.appdb import open_database
from graphsvc.cases import processes
from graphsvc.cases.cypher_runs import Runs
from graphsvc.cases.jobs import Jobs
from graphsvc.cases.processes import GoneError, Processes
from graphsvc.config import Settings
from graphsvc.errors import Busy, CypherFault, InputError, NotFound
from graphsvc.records.progress import Progress
from graphsvc.store.typed import Typed

KEY = b"what they have in common"
LONG_S = 60.0


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Processes, Processes]]:
    both = Processes(tmp_path, KEY), Processes(tmp_path, KEY)
    yield both
    for process in both:
        process.close()
    assert [path.name for path in (tmp_path / "processes").glob("*") if path.name != "lock"] == []


def fail(error: Exception) -> None:
    raise error


def test_each_answers_the_others_and_what_went_wrong_is_told_as_it_was(two: tuple[Processes, Processes]) -> None:
    caller, listener = two
    identifier = listener.new_id()
    assert listener.is_mine(identifier)
    assert not caller.is_mine(identifier)
    assert caller.ask_others("sum", 1, 2) == []
    listener.listen({"sum": lambda *numbers: sum(numbers), "fail": fail})
    assert caller.ask(identifier, "sum", 1, 2) == 3
    assert caller.ask_others("sum", 1, 2) == [3]
    assert listener.ask_others("sum", 1, 2) == [], "itself is no other"
    with pytest.raises(CypherFault) as caught:
        caller.ask(identifier, "fail", CypherFault("there is no such label", 2, 7))
    assert (caught.value.line, caught.value.column) == (2, 7)
    assert str(caught.value) == "Line 2, column 7: there is no such label"


def test_what_nobody_expected_is_no_answer_and_its_words_stay_where_they_are(
    two: tuple[Processes, Processes], caplog: pytest.LogCaptureFixture
) -> None:
    caller, listener = two
    listener.listen({"fail": fail, "odd": lambda: threading.Lock()})
    with pytest.raises(Busy, match="does not answer"):
        caller.ask(listener.new_id(), "fail", KeyError("Quillfeather"))
    assert caller.ask_others("odd") == []
    assert "another process asked fail: KeyError" in caplog.text
    assert "another process asked odd: TypeError" in caplog.text
    assert "Quillfeather" not in caplog.text
    # The process answered, so it is asked again immediately.
    with pytest.raises(Busy):
        caller.ask(listener.new_id(), "fail", KeyError("Quillfeather"))
    assert caplog.text.count("another process asked fail: KeyError") == 2


def test_a_library_that_cannot_prove_the_key_is_no_answer(
    two: tuple[Processes, Processes], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """This happens where a policy forbids the digest that the library uses. Other processes still forget results."""
    caller, listener = two
    listener.listen({"sum": lambda *numbers: sum(numbers)})
    monkeypatch.setattr(processes, "answer_challenge", lambda *_: fail(ValueError("unsupported hash type")))
    assert caller.ask_others("sum", 1) == []
    assert "does not answer: sum" in caplog.text


def test_who_does_not_have_the_key_is_not_answered_and_keeps_nobody_from_it(
    tmp_path: Path, two: tuple[Processes, Processes]
) -> None:
    caller, listener = two
    listener.listen({"sum": lambda *numbers: sum(numbers)})
    with pytest.raises(GoneError):
        Processes(tmp_path, b"another").ask(listener.new_id(), "sum", 1)
    assert caller.ask(listener.new_id(), "sum", 1) == 1
    assert (tmp_path / "processes").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("identifier", ["", "0" * 32, "../../../x", "..", "????????", "\0", "ü" * 9, "x" * 5000])
def test_an_id_of_nobody_is_one_of_who_is_gone(two: tuple[Processes, Processes], identifier: str) -> None:
    caller, listener = two
    listener.listen({})
    with pytest.raises(GoneError):
        caller.ask(identifier, "sum")


@contextmanager
def other(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run another process that answers; yield it, and an id of one of its objects."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from graphsvc.cases.processes import Processes\n"
        f"processes = Processes(Path(sys.argv[1]), {KEY!r})\n"
        "processes.listen({'pid': __import__('os').getpid})\n"
        "print(processes.new_id(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_one_that_was_killed_is_gone_at_once(tmp_path: Path, two: tuple[Processes, Processes]) -> None:
    with other(tmp_path) as (process, identifier):
        assert two[0].ask(identifier, "pid") == process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with pytest.raises(GoneError):
        two[0].ask(identifier, "pid")
    assert list((tmp_path / "processes").iterdir()) == []
    assert two[0].ask_others("pid") == []


def test_one_that_stands_still_holds_nobody_up_for_long(
    tmp_path: Path, two: tuple[Processes, Processes], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(processes, "_PATIENCE_S", 1.0)
    caller, listener = two
    listener.listen({"sum": lambda *numbers: sum(numbers)})
    with other(tmp_path) as (process, identifier):
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(Busy, match="does not answer at this moment"):
            caller.ask(identifier, "pid")
        assert caller.ask_others("sum", 1) == [1]
        assert "does not answer: sum" in caplog.text
        # For some time the process gets no further quick requests.
        began = time.monotonic()
        assert caller.ask_others("sum", 1) == [1]
        assert time.monotonic() - began < 0.9
        caller.settle()
        os.kill(process.pid, signal.SIGCONT)
        with pytest.raises(Busy):
            caller.ask(identifier, "pid")
        assert caller.ask(identifier, "pid", wait_s=0.1) == process.pid
    caller.settle()
    # A client that connects and sends nothing delays no one either.
    (path,) = [path for path in (tmp_path / "processes").iterdir() if listener.is_mine(path.name + "0" * 24)]
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(path))
        assert caller.ask(listener.new_id(), "sum", 2) == 2


# -- runs of Cypher -------------------------------------------------------------------------------------------------


@pytest.fixture
def runs(two: tuple[Processes, Processes]) -> Iterator[tuple[Runs, Runs]]:
    both = Runs(two[0]), Runs(two[1])
    for process, mine in zip(two, both, strict=True):
        process.listen(mine.answers())
    yield both
    for mine in both:
        mine.close()


def wait(typed: Typed) -> dict[str, Any]:
    typed.cancelled.wait(LONG_S)
    typed.columns, typed.rows = ("one",), [(1,)]
    return {}


def test_a_run_of_one_process_is_watched_and_ended_through_another(runs: tuple[Runs, Runs]) -> None:
    first, second = runs
    run = second.start("ann", "north", "RETURN 1 AS one", {"a": 1}, wait)
    assert first.one(run, "ann", "north").state == "running"
    assert (
        [each.id for each in first.going("ann", "north")] == [run] == [each.id for each in second.going("ann", "north")]
    )
    for account, case in (("bob", "north"), ("ann", "south")):
        assert first.going(account, case) == []
        with pytest.raises(NotFound, match="no such run of yours"):
            first.one(run, account, case)
        with pytest.raises(NotFound, match="no such run of yours"):
            first.cancel(run, account, case)
    first.cancel(run, "ann", "north")
    answer = first.one(run, "ann", "north", wait_s=LONG_S)
    assert (answer.state, answer.columns, answer.rows, dict(answer.parameters)) == ("done", ("one",), [(1,)], {"a": 1})
    assert first.whole(run, "ann", "north") == second.whole(run, "ann", "north")


def test_no_more_run_at_once_than_may_in_all_of_them(runs: tuple[Runs, Runs]) -> None:
    first, second = runs
    second.start("ann", "c", "x", {}, wait)
    first.start("ann", "c", "x", {}, wait)
    for each in runs:
        with pytest.raises(Busy, match="2 of your queries and 2 in all"):
            each.start("ann", "c", "x", {}, wait)


def test_who_cannot_be_counted_with_is_told_so(
    tmp_path: Path, two: tuple[Processes, Processes], runs: tuple[Runs, Runs], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_PATIENCE_S", 0.1)
    with FileLock(tmp_path / "processes" / "lock"), pytest.raises(Busy, match="too much to do"):
        runs[0].start("ann", "c", "x", {}, wait)


def test_what_ended_a_run_is_told_through_another(runs: tuple[Runs, Runs]) -> None:
    first, second = runs
    run = second.start("ann", "c", "x", {}, lambda _typed: fail(CypherFault("it is wrong", 3, 4)))  # type: ignore[arg-type,return-value]
    answer = first.one(run, "ann", "c", wait_s=LONG_S)
    assert (answer.state, answer.line, answer.column) == ("failed", 3, 4)
    with pytest.raises(CypherFault, match="it is wrong"):
        first.whole(run, "ann", "c")


def test_of_a_process_that_is_gone_there_is_no_run(two: tuple[Processes, Processes], runs: tuple[Runs, Runs]) -> None:
    run = runs[1].start("ann", "c", "x", {}, lambda _typed: {})
    two[1].close()
    with pytest.raises(NotFound, match="no such run of yours"):
        runs[0].one(run, "ann", "c")
    assert runs[0].going("ann", "c") == []


# -- jobs -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_database(Settings.read({}, home=tmp_path))
    yield engine
    engine.dispose()


def test_what_ended_a_job_and_that_it_did_is_told_through_another_process(
    tmp_path: Path, two: tuple[Processes, Processes], database: sa.Engine
) -> None:
    settings = Settings.read({}, home=tmp_path)
    first, second = (Jobs(database, settings, process, every=0.0) for process in two)
    two[1].listen(second.answers())
    go = threading.Event()

    def work(_progress: Progress) -> dict[str, Any]:
        go.wait(LONG_S)
        raise InputError("links.csv, row 7: Quillfeather is no date")

    job = second.start("ann", "north", "load", work)
    assert first.one(job, "north", "ann", wait_s=0.05).state == "running"
    threading.Timer(0.2, go.set).start()
    ended = first.one(job, "north", "ann", wait_s=LONG_S)
    assert (ended.state, ended.said) == ("failed", "links.csv, row 7: Quillfeather is no date")
    assert first.one(job, "north", "bob").said == ""
    two[1].close()
    assert first.one(job, "north", "ann").said == ""
    for jobs in (first, second):
        jobs.close()


# -- results in memory ----------------------------------------------------------------------------------------------


def test_what_one_forgets_all_forget(settings: Callable[..., Settings]) -> None:
    from graphsvc.cases.cache import Cache, Caches
    from graphsvc.service import Service

    class Some(Caches):
        def __init__(self) -> None:
            self.names: Cache[str] = Cache(2)

    chosen = settings(neo4j_uri="bolt://127.0.0.1:9", neo4j_password="none")
    with Service(chosen) as first, Service(chosen) as second:
        second.answer_others()
        of = second.caches(Some).names.of
        assert (of(("c", 1, "P"), lambda: "a"), of(("c", 1, "P"), lambda: "b")) == ("a", "a")
        first.forget()
        assert of(("c", 1, "P"), lambda: "b") == "b"
