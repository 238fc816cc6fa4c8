"""Typed queries run in waiting processes, which are reused only where that is safe."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from graphsvc.config import Settings
from graphsvc.errors import Busy, CypherFault
from graphsvc.store import runners as processes
from graphsvc.store.bolt import Store
from graphsvc.store.runners import Runners
from graphsvc.store.server import local
from graphsvc.store.typed import CancelledTyped, Typed, run_typed

pytestmark = pytest.mark.neo4j
ENDLESS = "UNWIND range(1, 1000000000) AS n WITH n WHERE n < 0 RETURN n"
Run = Callable[..., Typed]


class Shelf(Runners):
    """Runners that report which processes wait."""

    @property
    def waiting(self) -> list[int]:
        return [process.pid for _since, process in self._waiting]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    empty_shelf = Shelf()
    yield empty_shelf
    empty_shelf.close()


@pytest.fixture
def run(at_server: Callable[..., Settings], shelf: Shelf) -> Iterator[Run]:
    """`run(text)`: the answer to a query, within two seconds and 100 rows."""
    settings = at_server(cypher_timeout_s=2.0, row_cap=100)
    store = Store.of(settings)

    def run_text(text: str, typed: Typed | None = None, **parameters: object) -> Typed:
        typed = typed or Typed()
        run_typed(settings, store, shelf, text, parameters, typed)
        return typed

    yield run_text
    store.close()


def test_the_next_text_runs_in_the_process_of_the_one_before(run: Run, shelf: Shelf) -> None:
    assert run("RETURN 1 AS n").rows == [(1,)]
    (first,) = shelf.waiting
    assert run("RETURN $n AS n", n=2).rows == [(2,)]
    assert run("UNWIND [1, 2, 3] AS n RETURN n").rows == [(1,), (2,), (3,)]
    assert shelf.waiting == [first]


@pytest.mark.parametrize(
    "text",
    [
        "UNWIND range(1, 1000) AS n RETURN n",
        "RETURN 1 / 0",
        "RETURN",
        "UNWIND range(1, 90) AS n RETURN range(1, 9000) AS many",
    ],
    ids=["cut", "failed", "wrong", "heavy"],
)
def test_after_anything_but_a_light_whole_answer_the_process_ends(run: Run, shelf: Shelf, text: str) -> None:
    run("RETURN 1 AS n")
    (first,) = shelf.waiting
    with suppress(CypherFault):
        run(text)
    assert shelf.waiting == []
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert run("RETURN 2 AS n").rows == [(2,)]
    assert first not in shelf.waiting


def test_one_that_is_late_is_ended_and_so_is_one_that_is_cancelled(run: Run, shelf: Shelf) -> None:
    with pytest.raises(Busy, match="longer than allowed"):
        run(ENDLESS)
    assert shelf.waiting == []
    typed = Typed()
    run("RETURN 1 AS n")
    threading.Timer(0.5, typed.cancelled.set).start()
    with pytest.raises(CancelledTyped):
        run(ENDLESS, typed)
    assert shelf.waiting == []
    assert run("RETURN 3 AS n").rows == [(3,)]


def test_one_that_was_killed_while_it_waited_is_replaced(run: Run, shelf: Shelf) -> None:
    run("RETURN 1 AS n")
    (first,) = shelf.waiting
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert run("RETURN 2 AS n").rows == [(2,)]
    assert first not in shelf.waiting


def test_one_that_is_killed_as_it_is_given_a_text_makes_no_error(
    run: Run, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("RETURN 1 AS n")
    (first,) = shelf.waiting
    taken = Runners._take

    def take_killed(self: Runners) -> subprocess.Popen[str] | None:
        process = taken(self)
        if process is not None:
            process.kill()
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        return process

    monkeypatch.setattr(Runners, "_take", take_killed)
    assert run("RETURN 2 AS n").rows == [(2,)]
    assert first not in shelf.waiting


def test_one_that_waited_too_long_is_ended_and_leaves_nothing(
    run: Run, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    monkeypatch.setattr(processes, "_WAITS_S", 0.2)
    run("RETURN 1 AS n")
    eventually(lambda: shelf.waiting == [])
    monkeypatch.setattr(processes, "_WAITS_S", 60.0)
    assert run("RETURN 2 AS n").rows == [(2,)]


def test_what_came_with_much_is_not_used_again(run: Run, shelf: Shelf) -> None:
    assert run("RETURN size($words) AS n", words="x" * 2_000_000).rows == [(2_000_000,)]
    assert shelf.waiting == []


def test_an_answer_nested_too_deeply_says_so(run: Run) -> None:
    with pytest.raises(CypherFault, match="nested too deeply"):
        run("RETURN reduce(a = [], x IN range(1, 3000) | [a]) AS deep")


def test_as_many_as_run_at_once_have_each_a_process_and_few_wait(run: Run, shelf: Shelf) -> None:
    answers: list[object] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(run("RETURN $n AS n", n=n).rows)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == [[(n,)] for n in range(5)]
    assert 1 <= len(shelf.waiting) <= 2


def test_they_end_with_the_service(run: Run, shelf: Shelf) -> None:
    run("RETURN 1 AS n")
    (first,) = shelf.waiting
    shelf.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert run("RETURN 2 AS n").rows == [(2,)]
    assert shelf.waiting == []


def test_a_process_whose_server_started_again_connects_anew(
    jars: object, settings: Callable[..., Settings], shelf: Shelf
) -> None:
    own = settings(cypher_timeout_s=5.0)
    with local.hold(own) as server:
        store = Store.connect(server.uri, "neo4j", server.password, "neo4j")
        run_typed(own, store, shelf, "RETURN 1 AS n", {}, Typed())
        (first,) = shelf.waiting
        local.restart(own)
        typed = Typed()
        run_typed(own, store, shelf, "RETURN 2 AS n", {}, typed)
        assert typed.rows == [(2,)]
        assert shelf.waiting == [first]
        store.close()


def test_bookmarks_change_with_what_is_written_and_with_nothing_else(at_server: Callable[..., Settings]) -> None:
    store = Store.of(at_server())
    before = store.bookmarks()
    assert before
    store.read("MATCH (n) RETURN count(n)", {}, timeout=10, cap=1)
    assert store.bookmarks() == before
    store.write("CREATE (:Marked {case: 'bookmarks'})", {})
    after = store.bookmarks()
    assert after != before
    store.write("MATCH (n:Marked {case: 'bookmarks'}) DELETE n", {})
    assert store.bookmarks() not in (before, after)
    store.close()
