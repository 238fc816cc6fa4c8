"""The driver's errors in our words, time and row limits, on the real server where possible."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from typing import Any

import neo4j
import pytest
from neo4j import exceptions as bolt

from graphsvc.config import Settings
from graphsvc.errors import Busy, GraphsvcError, OperatorError, RequestError
from graphsvc.store.bolt import Login, Store
from graphsvc.store.faults import translate_errors
from graphsvc.store.server.local import LocalServer


@pytest.fixture(scope="module")
def store(neo4j_server: LocalServer) -> Iterator[Store]:
    store = Store.connect(neo4j_server.uri, neo4j_server.username, neo4j_server.password, "neo4j")
    yield store
    store.close()


def _neo4j_error(code: str, message: str = "m") -> bolt.Neo4jError:
    return bolt.Neo4jError._hydrate_neo4j(code=code, message=message)


@pytest.mark.parametrize(
    ("error", "ours", "says"),
    [
        (_neo4j_error("Neo.ClientError.Security.Unauthorized"), OperatorError, "refuses the password"),
        (bolt.ServiceUnavailable("gone"), OperatorError, "cannot be reached"),
        (bolt.SessionExpired("gone"), OperatorError, "cannot be reached"),
        (ConnectionResetError("reset"), OperatorError, "cannot be reached"),
        (_neo4j_error("Neo.TransientError.General.MemoryPoolOutOfMemoryError"), Busy, "needs more memory"),
        (_neo4j_error("Neo.TransientError.Transaction.DeadlockDetected"), Busy, "met other work"),
        (_neo4j_error("Neo.ClientError.Transaction.TransactionTimedOut"), Busy, "longer than allowed"),
        (
            _neo4j_error("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"),
            Busy,
            "longer than allowed",
        ),
        (_neo4j_error("Neo.ClientError.Statement.SyntaxError", "line one\nline two"), RequestError, "query: line one$"),
        (_neo4j_error("Neo.DatabaseError.General.UnknownError", "odd"), OperatorError, "internal fault: odd"),
        (bolt.ResultConsumedError(None, "used"), OperatorError, "connection to Neo4j broke"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_error_of_the_driver_is_told_by_who_must_act(error: Exception, ours: type[GraphsvcError], says: str) -> None:
    with pytest.raises(ours, match=says) as caught, translate_errors():
        raise error
    assert caught.value.__cause__ is error


class Outrun:
    """A driver whose first reads fail after one row, because of a concurrent write."""

    def __init__(self, times: int, code: str = "Neo.TransientError.Transaction.Outdated") -> None:
        self.left, self.error = times, _neo4j_error(code)

    def session(self, **_more: Any) -> Outrun:
        return self

    def __enter__(self) -> Outrun:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def run(self, *_asked: Any) -> Any:
        class Answer(list[Any]):
            def keys(self) -> tuple[str, ...]:
                return ("rows",)

            def __iter__(answer) -> Iterator[Any]:  # noqa: N805 - `self` is the driver here
                for record in list.__iter__(answer):
                    yield record
                    if self.left:
                        self.left -= 1
                        raise self.error

        return Answer([neo4j.Record({"rows": [[1]]})])  # type: ignore[no-untyped-call]


READS: dict[str, Callable[[Store], object]] = {
    "read": lambda store: store.read("", {}, timeout=1, cap=9).rows,
    "at once": lambda store: store.read_at_once("", ["n"], {}, timeout=1, cap=9).rows,
    "in blocks": lambda store: store.read_blocks("", {}, lambda _block, row: row, timeout=1, cap=9)[0],
}


@pytest.mark.parametrize("read", READS)
def test_a_read_that_others_outran_by_writing_is_asked_again(read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neo4j 2026 reports that the transaction read outdated data. Rows read before that do not count twice."""
    monkeypatch.setattr("graphsvc.store.bolt.time.sleep", lambda _seconds: None)
    login = Login("bolt://x", "n", "p", "d")
    assert READS[read](Store(Outrun(2), login)) == READS[read](Store(Outrun(0), login))  # type: ignore[arg-type]
    with pytest.raises(Busy, match="met other work"):
        READS[read](Store(Outrun(9), login))  # type: ignore[arg-type]
    starved = Outrun(1, "Neo.TransientError.General.MemoryPoolOutOfMemoryError")
    with pytest.raises(Busy, match="needs more memory"):
        READS[read](Store(starved, login))  # type: ignore[arg-type]


class Hidden(Outrun):
    """A driver whose first writes fail, and whose own error on ending the transaction hides the server's."""

    def execute_write(self, _work: object) -> None:
        if self.left:
            self.left -= 1
            raise bolt.ResultFailedError(None, "m") from self.error


def test_a_write_that_met_others_is_tried_again_though_the_driver_hides_why(monkeypatch: pytest.MonkeyPatch) -> None:
    login = Login("bolt://x", "n", "p", "d")
    deadlock = Hidden(3, "Neo.TransientError.Transaction.DeadlockDetected")
    Store(deadlock, login).write("", {})  # type: ignore[arg-type]
    assert deadlock.left == 0
    monkeypatch.setattr("graphsvc.store.bolt._RETRY_S", -1)
    with pytest.raises(Busy, match="met other work"):
        Store(Hidden(1, "Neo.TransientError.Transaction.DeadlockDetected"), login).write("", {})  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="refuses the query"):
        Store(Hidden(1, "Neo.ClientError.Statement.SyntaxError"), login).write("", {})  # type: ignore[arg-type]


def test_errors_of_our_own_pass_as_they_are() -> None:
    with pytest.raises(ZeroDivisionError), translate_errors():
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ftp://somewhere", "begins with 'ftp'"),
        ("http://localhost:7474", "begins with 'http'"),
        ("https://localhost", "begins with 'https'"),
        ("localhost:7687", "begins with 'localhost:7687'"),
        ("bolt://localhost:99999", "a number from 1 to 65535"),
        ("bolt://localhost:0", "a number from 1 to 65535"),
        ("neo4j://localhost:-1", "a number from 1 to 65535"),
        ("neo4j+s://localhost:http", "a number from 1 to 65535"),
        ("bolt://", "names no host"),
        ("bolt://a b:7687", "names no host"),
        (f"bolt://{'a' * 70}:7687", "names no host"),
        ("bolt://ä..ö:7687", "names no host"),
        ("bolt://[::1", "is no address"),
        ("bolt://localhost:7687?policy=x", "is no address that can be connected to"),
        ("bolt://neo4j:hush-hush@localhost:7687", "holds a name or password"),
    ],
)
def test_an_address_that_is_none_says_why_and_how_to_write_one(address: str, why: str) -> None:
    with pytest.raises(
        OperatorError, match=r"Write it like bolt://host:7687, or neo4j://host:7687 for a cluster, or unset it"
    ) as refused:
        Store.connect(address, "neo4j", "x", "neo4j")
    assert why in str(refused.value)
    assert "hush" not in str(refused.value)


def test_nobody_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(OperatorError, match="cannot be reached"):
        Store.of(Settings.read({}, neo4j_uri=f"bolt://127.0.0.1:{port}", neo4j_password="x"))


@pytest.mark.neo4j
def test_a_wrong_password_and_a_database_that_is_not_there(neo4j_server: LocalServer) -> None:
    with pytest.raises(OperatorError, match="refuses the password"):
        Store.connect(neo4j_server.uri, "neo4j", "wrong", "neo4j")
    with pytest.raises(GraphsvcError, match="nosuch"):
        Store.connect(neo4j_server.uri, neo4j_server.username, neo4j_server.password, "nosuch")


@pytest.mark.neo4j
@pytest.mark.parametrize(("cap", "rows", "cut"), [(2, 2, True), (3, 3, False), (4, 3, False), (0, 0, True)])
def test_rows_beyond_the_cap_are_cut_and_it_is_told(store: Store, cap: int, rows: int, cut: bool) -> None:
    answer = store.read("UNWIND range(1, 3) AS n RETURN n", {}, timeout=10, cap=cap)
    assert answer.columns == ("n",)
    assert answer.rows == [(n + 1,) for n in range(rows)]
    assert answer.truncated == cut


@pytest.mark.parametrize(("cap", "cut"), [(3, True), (6, False), (7, False)])
def test_rows_of_blocks_are_made_one_by_one_and_cut_at_the_cap(store: Store, cap: int, cut: bool) -> None:
    text = "UNWIND range(0, 2) AS n RETURN n, 'b' AS word, [m IN range(1, n + 1) | [m, 'x']] AS told"
    answer = store.read_blocks(text, {}, lambda block, row: (*block, *row), timeout=30, cap=cap)
    rows = [(n, "b", m, "x") for n in range(3) for m in range(1, n + 2)]
    assert answer == (rows[:cap], cut)


@pytest.mark.neo4j
@pytest.mark.parametrize(("cap", "cut"), [(4, True), (5, False), (9, False)])
def test_rows_that_come_at_once_are_those_that_come_one_by_one(store: Store, cap: int, cut: bool) -> None:
    text = (
        "UNWIND [3, 1, 5, 2, 4] AS n // in what order\n"
        "RETURN n, CASE WHEN n > 2 THEN n END AS some, [n, null] AS l, date('2020-05-08') AS d, n * $by AS m"
        " ORDER BY n DESC LIMIT 5 // at most"
    )
    once = store.read_at_once(text, ("n", "some", "l", "d", "m"), {"by": 2}, timeout=10, cap=cap)
    assert once == store.read(text, {"by": 2}, timeout=10, cap=cap)
    assert once.truncated == cut
    assert once.rows[0] == (5, 5, [5, None], dt.date(2020, 5, 8), 10)
    assert store.read_at_once("UNWIND [] AS n RETURN n", ("n",), {}, timeout=10, cap=5).rows == []


@pytest.mark.neo4j
def test_columns_are_there_without_rows(store: Store) -> None:
    answer = store.read("UNWIND [] AS n RETURN n AS a, 1 AS b", {}, timeout=10, cap=5)
    assert (answer.columns, answer.rows, answer.truncated) == (("a", "b"), [], False)


@pytest.mark.neo4j
def test_values_come_in_types_of_the_standard_library(store: Store) -> None:
    text = "RETURN date('2020-05-08') AS d, [date('2020-05-09')] AS l, {at: date('2020-05-10')} AS m, $given AS g"
    parameters: dict[str, Any] = {"given": dt.date(2020, 5, 11)}
    (row,) = store.read(text, parameters, timeout=10, cap=1).rows
    assert row == (dt.date(2020, 5, 8), [dt.date(2020, 5, 9)], {"at": dt.date(2020, 5, 10)}, dt.date(2020, 5, 11))


@pytest.mark.neo4j
def test_a_query_that_runs_too_long_is_stopped(store: Store) -> None:
    endless = "UNWIND range(1, 100000000) AS a UNWIND range(1, 1000) AS b WITH a, b WHERE a + b < 0 RETURN a"
    with pytest.raises(Busy, match="longer than allowed"):
        store.read(endless, {}, timeout=1, cap=1)


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "text",
    ["RETRUN 1", "RETURN missing", "RETURN $absent AS a", "RETURN 1 / 0 AS a", "CREATE (n:GraphsvcTest) RETURN 1 AS a"],
)
def test_a_wrong_text_and_a_write_while_reading_are_refused(store: Store, text: str) -> None:
    with pytest.raises(RequestError, match="Neo4j refuses the query"):
        store.read(text, {}, timeout=10, cap=1)


@pytest.mark.neo4j
def test_explain_tells_reading_from_writing_and_runs_nothing(store: Store) -> None:
    plan = store.explain("MATCH (n:GraphsvcTest) RETURN n.id AS id")
    assert plan.kind == "r"
    assert "ProduceResults" in [step.operator for step in plan.root.walk()]
    assert store.explain("CREATE (n:GraphsvcTest) RETURN n.id AS id").kind == "rw"
    assert store.read("MATCH (n:GraphsvcTest) RETURN count(*) AS n", {}, timeout=10, cap=1).rows == [(0,)]


@pytest.mark.neo4j
def test_explain_tells_of_words_that_nothing_bears_where_they_stand_and_logs_no_text(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    text = (
        "MATCH (p:Persn)-[:PIAD]->(q)\n"
        "WHERE p.naem = $who AND id(q) > 0 AND EXISTS { (q)-[:RIVAL_OF_]-(:`Od``d`) }\n"
        "RETURN p['beleif']"
    )
    # The server also says that `id` will be removed, which makes no answer wrong.
    notices = [(notice.says, notice.line, notice.column) for notice in store.explain(text).notices]
    labels = "Entity, Person, Boat, Crossing, Gang, Workplace, Thing, Statement, Source, Claim"
    assert notices == [
        ("`Persn` is no label here: did you mean `Person`?", 1, 10),
        ("`PIAD` is no relation here: did you mean `PAID`?", 1, 19),
        ("`naem` is no property here: did you mean `name`?", 2, 9),
        ("`RIVAL_OF_` is no relation here: did you mean `RIVAL_OF`?", 2, 54),
        (f"`Od`d` is no label here. There are {labels}.", 2, 67),
        ("`beleif` is no property here: did you mean `belief`?", 3, 10),
    ]
    assert caplog.records == []


def test_what_is_there_since_is_noticed_no_more(store: Store) -> None:
    text = "MATCH (n:Late {late: 1}) RETURN n"
    assert len(store.explain(text).notices) == 2
    store.write("MERGE (:Late {late: 1})", {})
    try:
        assert store.explain(text).notices == ()
    finally:
        store.write("MATCH (n:Late) DELETE n", {})


def test_the_version_is_the_one_that_was_started(store: Store, neo4j_server: LocalServer) -> None:
    assert store.version()[0].isdigit()
    assert store.where == neo4j_server.uri


@pytest.mark.neo4j
def test_transactions_that_bear_a_mark_are_told_from_all_others(store: Store, neo4j_server: LocalServer) -> None:
    login = (neo4j_server.username, neo4j_server.password)
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=login) as driver, driver.session() as session:
        with session.begin_transaction() as unmarked:
            unmarked.run("RETURN 1").consume()
            assert not store.has_marked_transactions()
        with session.begin_transaction(metadata={"graphsvc": "somebody's text"}) as marked:
            marked.run("RETURN 1").consume()
            assert store.has_marked_transactions()
    assert not store.has_marked_transactions()
