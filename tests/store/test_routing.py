"""A routed address (`neo4j://`): calls follow the routing table, reads see earlier writes, faults are survived.

On a real server, whose routing table has one address in every role. Where several are needed, the table names several
addresses that all lead to that server: callers cannot tell them from a cluster, except that they are never behind.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import neo4j
import pytest
from neo4j import exceptions as bolt
from neo4j._sync.io import _pool

from graphsvc.config import Settings
from graphsvc.errors import Busy, OperatorError
from graphsvc.service import Service, quiet
from graphsvc.store import bolt as store_module
from graphsvc.store.address import is_routed
from graphsvc.store.bolt import Login, Store
from graphsvc.store.mark import Held, follow_writes, read_held, read_mark, renew
from graphsvc.store.runners import Runners
from graphsvc.store.server.local import LocalServer
from graphsvc.store.typed import Typed, run_typed
from tests.toolbox.accounts import WHOLE, people
from tests.toolbox.rows import claim, write

pytestmark = pytest.mark.neo4j
# The driver's class that keeps the routing table, by its name in version 6 or 5.
POOL: Any = getattr(_pool, "RoutedBoltPool", None) or getattr(_pool, "Neo4jPool", None)
ADD, COUNT = "CREATE (:Routing {case: $case})", "MATCH (n:Routing {case: $case}) RETURN count(n)"


def routed_uri(server: LocalServer) -> str:
    return server.uri.replace("bolt://", "neo4j://")


def connect(server: LocalServer, uri: str = "") -> Store:
    return Store.connect(uri or routed_uri(server), server.username, server.password, "neo4j")


@pytest.fixture
def store(neo4j_server: LocalServer) -> Iterator[Store]:
    store = connect(neo4j_server)
    yield store
    store.close()


def count_nodes(store: Store, case: str) -> int:
    return int(store.read(COUNT, {"case": case}, timeout=10, cap=1).rows[0][0])


class Sessions:
    """Records the settings with which a driver's sessions are opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[dict[str, Any]] = []
        open_session = neo4j.Driver.session

        def session(driver: neo4j.Driver, **config: Any) -> neo4j.Session:
            self.opened.append(config)
            return open_session(driver, **config)

        monkeypatch.setattr(neo4j.Driver, "session", session)

    def modes(self) -> list[str]:
        return [config["default_access_mode"] for config in self.opened]


# -- one server ---------------------------------------------------------------------------------------------------


def test_a_server_of_ones_own_is_reached_by_a_routed_address(store: Store, case: str) -> None:
    store.write(ADD, {"case": case})
    assert count_nodes(store, case) == 1
    assert store.version().startswith(("5.", "20"))
    assert store.explain(COUNT).kind == "r"
    assert [*store.parts(COUNT, ("count(n)",), {"case": case}, size=10, timeout=10)] == [[(1,)]]


def test_each_read_is_given_what_was_written_before(store: Store, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(ADD, {"case": case})
    first = store.last_bookmarks()
    assert len(first) == 1
    store.write(ADD, {"case": case})
    assert store.last_bookmarks() != first
    sessions = Sessions(monkeypatch)
    count_nodes(store, case)
    (config,) = sessions.opened
    assert config["default_access_mode"] == neo4j.READ_ACCESS
    assert config["bookmark_manager"].get_bookmarks() == set(store.last_bookmarks())


def test_a_single_server_is_asked_without_bookmarks(neo4j_server: LocalServer, case: str) -> None:
    """A single server never lags; restored from an older copy, it would wait for writes that it does not have."""
    store = connect(neo4j_server, neo4j_server.uri)
    store.write(ADD, {"case": case})
    store.follow("x", ["FB:unknown"])
    assert store.last_bookmarks() == []
    assert count_nodes(store, case) == 1
    store.close()


def test_another_process_meets_what_was_written(neo4j_server: LocalServer, store: Store, case: str) -> None:
    second_store = connect(neo4j_server)
    store.write(ADD, {"case": case})
    before = set(second_store.last_bookmarks())
    second_store.follow(case, store.last_bookmarks())
    assert set(second_store.last_bookmarks()) == before | set(store.last_bookmarks())
    assert count_nodes(second_store, case) == 1
    # Following the same bookmarks twice adds none, since each read waits for all of them and the list would grow.
    after = second_store.last_bookmarks()
    second_store.follow(case, store.last_bookmarks())
    assert second_store.last_bookmarks() == after
    second_store.close()


def test_a_typed_text_meets_what_was_written(
    neo4j_server: LocalServer,
    store: Store,
    case: str,
    settings: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.write(ADD, {"case": case})
    bookmarks: list[list[str]] = []
    runners = Runners()
    pass_on = runners.start_job

    def note_bookmarks(job: Any) -> Any:
        bookmarks.append(job["bookmarks"])
        return pass_on(job)

    monkeypatch.setattr(runners, "start_job", note_bookmarks)
    of = settings(neo4j_uri=routed_uri(neo4j_server), neo4j_password=neo4j_server.password)
    typed = Typed()
    run_typed(of, store, runners, COUNT, {"case": case}, typed)
    runners.close()
    assert typed.rows == [(1,)]
    assert bookmarks == [store.last_bookmarks()]


def test_what_cannot_be_met_is_told_and_whoever_asks_for_the_newest_need_not(
    neo4j_server: LocalServer, case: str
) -> None:
    store = connect(neo4j_server)
    store.follow(case, ["FB:nothing like it"])
    with pytest.raises((OperatorError, Busy)) as caught:
        count_nodes(store, case)
    assert "start graphsvc again, and it restores its cases" in str(caught.value)
    assert read_mark(store, case) == ""
    assert store.read(COUNT, {"case": case}, timeout=10, cap=1, newest=True).rows == [(0,)]
    store.close()


def test_a_mark_is_asked_for_where_it_is_written(store: Store, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a lagging server the store would seem to be lost."""
    sessions = Sessions(monkeypatch)
    read_mark(store, case)
    read_held(store, case)
    assert set(sessions.modes()) == {neo4j.WRITE_ACCESS}
    assert not [config for config in sessions.opened if "bookmark_manager" in config]


def test_bookmarks_are_kept_beside_the_mark_and_decide_nothing(store: Store, case: str) -> None:
    from graphsvc.store.image import Image

    current = renew(store, case, Image())
    assert current.bookmarks
    assert current == Held(current.mark, current.counts)
    assert Held.of_json(current.as_json()).bookmarks == current.bookmarks
    assert "bookmarks" not in Held("m", {}).as_json()
    follow_writes(never_open, case, {"mark": "m"})


def never_open() -> Store:
    raise AssertionError("nothing to follow, and so no reason to start a server")


def test_processes_of_a_home_tell_each_other_by_the_application_database(
    at_server: Callable[..., Settings], neo4j_server: LocalServer, case: str, tmp_path: Any
) -> None:
    settings = at_server(neo4j_uri=routed_uri(neo4j_server))
    rows = {
        "people": [{"id": "P1", "name": "Ari"}, {"id": "P2", "name": "Bo"}],
        "statements": [{"id": "S1", "kind": "record", "handling": "P"}],
        "links": [claim("P1", "PAID", "P2", "S1")],
    }
    with Service(settings) as writer, Service(settings) as reader:
        acts = people(writer, case, {"inv": ("investigator", WHOLE)})
        acts("inv").deliveries.load(write(tmp_path / "first", **rows), quiet)
        asks = people_of(reader, case)
        assert {row["id"] for row in asks.ask.rows("cases.entities", whole=True).dicts()} == {"P1", "P2"}
        first = reader.store()._followed[case]
        assert first
        rows["people"].append({"id": "P3", "name": "Cas"})
        acts("inv").deliveries.load(write(tmp_path / "second", **rows), quiet)
        assert len(asks.ask.rows("cases.entities", whole=True).rows) == 3
        assert reader.store()._followed[case] != first


def people_of(service: Service, case: str) -> Any:
    from tests.toolbox.accounts import session

    return session(service, "inv", case)


# -- several addresses --------------------------------------------------------------------------------------------


class Member:
    """A separate address that leads to the server: to callers, one member of a cluster."""

    def __init__(self, server: LocalServer) -> None:
        host, _, port = server.uri.removeprefix("bolt://").partition(":")
        self._server = host, int(port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = neo4j.Address(self._listener.getsockname())
        self._pairs: list[socket.socket] = []
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            onward = socket.create_connection(self._server)
            self._pairs += [caller, onward]
            for source, target in ((caller, onward), (onward, caller)):
                threading.Thread(target=self._copy, args=(source, target), daemon=True).start()

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                end.close()

    def stop(self) -> None:
        """Act as a member that is switched off."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # closing alone would accept one more connection
        self._listener.close()
        for end in self._pairs:
            end.close()


class Cluster:
    """Three members: one for writing, two for reading; each knows them all."""

    def __init__(self, server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.writer, self.readers = Member(server), [Member(server), Member(server)]
        self.uri = f"neo4j://127.0.0.1:{self.writer.address[1]}"
        fetch = POOL.fetch_routing_table

        def table(pool: Any, **options: Any) -> Any:
            routes = fetch(pool, **options)
            if routes is not None:
                for role, members in (
                    ("routers", [self.writer]),
                    ("writers", [self.writer]),
                    ("readers", self.readers),
                ):
                    of = getattr(routes, role)
                    for address in list(of):
                        of.discard(address)
                    for member in members:
                        of.add(member.address)
            return routes

        monkeypatch.setattr(POOL, "fetch_routing_table", table)

    def stop(self) -> None:
        for member in (self.writer, *self.readers):
            member.stop()


@pytest.fixture
def cluster(neo4j_server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setattr(store_module, "_ELSEWHERE_S", (0.05, 0.05, 0.05))
    cluster = Cluster(neo4j_server, monkeypatch)
    yield cluster
    cluster.stop()


@pytest.fixture
def member_store(cluster: Cluster, neo4j_server: LocalServer) -> Iterator[Store]:
    store = connect(neo4j_server, cluster.uri)
    yield store
    store.close()


def test_reads_go_to_readers_and_writes_to_the_one_that_takes_them(
    cluster: Cluster, member_store: Store, case: str
) -> None:
    routing = cluster.writer.connections
    for _ in range(4):
        assert count_nodes(member_store, case) == 0
    assert cluster.writer.connections == routing
    assert sum(member.connections for member in cluster.readers) >= 1
    member_store.write(ADD, {"case": case})
    assert count_nodes(member_store, case) == 1
    assert read_mark(member_store, case) == ""  # from the member for writing


def test_where_a_reader_is_switched_off_another_answers(cluster: Cluster, member_store: Store, case: str) -> None:
    member_store.write(ADD, {"case": case})
    for _ in range(4):
        count_nodes(member_store, case)
    cluster.readers[0].stop()
    assert [count_nodes(member_store, case) for _ in range(6)] == [1] * 6
    cluster.readers[1].stop()
    with pytest.raises(OperatorError, match=r"Neo4j cannot be reached\."):
        count_nodes(member_store, case)


def test_the_addresses_that_a_server_advertises_have_to_be_reachable(
    cluster: Cluster, neo4j_server: LocalServer
) -> None:
    for member in cluster.readers:
        member.stop()
    with pytest.raises(OperatorError, match=r"Neo4j cannot be reached\."):
        connect(neo4j_server, cluster.uri)


# -- faults that pass ---------------------------------------------------------------------------------------------


class Switching:
    """A driver whose first sessions meet a cluster that is choosing another leader."""

    def __init__(self, times: int, error: Exception) -> None:
        self.left, self.error, self.modes = times, error, list[str]()

    def session(self, **config: Any) -> Switching:
        self.modes.append(config["default_access_mode"])
        return self

    def __enter__(self) -> Switching:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def run(self, *_asked: Any) -> Any:
        if self.left:
            self.left -= 1
            raise self.error

        class Answer(list[Any]):
            def keys(self) -> tuple[str, ...]:
                return ("n",)

        return Answer()


def _of(code: str) -> bolt.Neo4jError:
    return bolt.Neo4jError._hydrate_neo4j(code=code, message="m")


@pytest.mark.parametrize(
    "error",
    [
        bolt.SessionExpired("gone"),
        bolt.ServiceUnavailable("no reader"),
        _of("Neo.TransientError.General.DatabaseUnavailable"),
        _of("Neo.TransientError.Cluster.ReplicationFailure"),
    ],
    ids=str,
)
def test_a_read_outlives_the_choice_of_a_leader_in_a_cluster_alone(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_ELSEWHERE_S", (0.0, 0.0, 0.0))
    of_cluster, alone = Login("neo4j://graph", "", "", "neo4j"), Login("bolt://graph", "", "", "neo4j")
    driver = Switching(3, error)
    assert Store(driver, of_cluster).read("", {}, timeout=1, cap=1).rows == []  # type: ignore[arg-type]
    for times, login in ((4, of_cluster), (1, alone)):
        with pytest.raises((OperatorError, Busy)):
            Store(Switching(times, error), login).read("", {}, timeout=1, cap=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "error",
    [
        _of("Neo.TransientError.General.MemoryPoolOutOfMemoryError"),
        _of("Neo.TransientError.Transaction.BookmarkTimeout"),
        _of("Neo.ClientError.Statement.SyntaxError"),
    ],
    ids=str,
)
def test_what_would_fail_again_is_not_asked_again(error: Exception) -> None:
    driver = Switching(1, error)
    with pytest.raises(Exception):  # noqa: B017,PT011 - each in its own words, which test_bolt holds
        Store(driver, Login("neo4j://graph", "", "", "neo4j")).read("", {}, timeout=1, cap=1)  # type: ignore[arg-type]
    assert len(driver.modes) == 1


def test_which_addresses_are_routed() -> None:
    assert [is_routed(uri) for uri in ("neo4j://a", "neo4j+s://a", "neo4j+ssc://a", "bolt://a", "bolt+s://a")] == [
        True, True, True, False, False,
    ]  # fmt: skip
