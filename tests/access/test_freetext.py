"""Typed Cypher on a real server: hostile queries do nothing, runaway queries are stopped, the rest work."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graphsvc.access.gate.freetext import require_harmless, require_reading
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.errors import AnswerWarning, CypherFault
from graphsvc.service import Service, Session
from graphsvc.simulate import simulate
from tests.access import hostile

pytestmark = pytest.mark.neo4j
CASE = "typed"
ANN = Principal("ann", frozenset({"analyst"}), {CASE: Grant("C", sources=True)}, free_cypher=True)


@pytest.fixture(scope="module")
def session(
    jars: Path, settings: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """An analyst's session on a small case. It has its own managed server, because some queries end the server."""
    folder = tmp_path_factory.mktemp("typed") / "delivery"
    simulate(folder, seed=5, people=60)
    with Service(settings(cypher_timeout_s=1.0, query_timeout_s=120.0, row_cap=500)) as service:
        loader = accounts.only_account(service.database, "")
        service.session(loader, "tests", CASE).deliveries.load(folder, lambda *_progress: None)
        yield service.session(ANN, "testing", CASE)


def state(session: Session) -> list[tuple[object, ...]]:
    """Counts of the database's contents, with its indexes, constraints and accounts."""
    store = session.ask.home.store()
    questions = (
        "MATCH (n) RETURN count(n), count(DISTINCT labels(n)), sum(size(keys(n)))",
        "MATCH ()-[r]->() RETURN count(r), sum(size(keys(r)))",
        "SHOW INDEXES YIELD name RETURN count(*)",
        "SHOW CONSTRAINTS YIELD name RETURN count(*)",
        "CALL db.labels() YIELD label RETURN count(*)",
        "SHOW USERS YIELD user RETURN count(*)",
        "SHOW DATABASES YIELD name, currentStatus RETURN name, currentStatus",
    )
    return [row for text in questions for row in store.read(text, {}, timeout=20, cap=100).rows]


def refusal(check: Callable[[str], object], text: str) -> CypherFault | None:
    """The error that a check raises for a query, or None if the check accepts it."""
    try:
        check(text)
    except CypherFault as fault:
        return fault
    return None


def test_there_are_enough_hostile_texts() -> None:
    assert len(hostile.REFUSED) > 300


def test_no_hostile_text_gets_past_the_check_and_nothing_changes(session: Session) -> None:
    before = state(session)
    refused = {text: fault for text in hostile.REFUSED if (fault := refusal(session.cypher.examine, text)) is not None}
    assert [text for text in hostile.REFUSED if text not in refused] == []
    for text, fault in refused.items():
        words = str(fault)
        assert words.endswith(".")
        assert len(words) < 700, words
        assert not any(sign in words for sign in ("Neo.", "org.neo4j", "gql_status", "Traceback")), words
        assert fault.line <= text.count("\n") + 1
    assert state(session) == before


@pytest.mark.parametrize("text", [*hostile.PROCEDURES, *hostile.NESTED, *hostile.FILES, *hostile.DATABASES])
def test_the_words_alone_are_refused_and_it_says_where(text: str) -> None:
    with pytest.raises(CypherFault) as refused:
        require_harmless(text)
    assert refused.value.line > 0
    assert refused.value.column > 0


def test_functions_of_lists_that_newer_versions_have_pass_and_no_others_of_their_namespace() -> None:
    assert require_harmless("RETURN coll.sort([2, 1]) AS a, coll.indexOf([1], $x) AS b") == ("x",)
    for text in ("RETURN coll.load('x')", "RETURN coll.sort.all([1])", "RETURN acoll.sort([1])"):
        with pytest.raises(CypherFault, match="is not among those that may be used here"):
            require_harmless(text)


@pytest.mark.parametrize("text", hostile.STRANGE)
def test_functions_of_plugins_are_refused_by_their_words_wherever_they_stand(text: str) -> None:
    """The plan cannot show these: a server without the plugin only says that it does not know the function."""
    with pytest.raises(CypherFault, match=r"is not among those that may be used here|is not taken outside of texts"):
        require_harmless(text)


def test_who_called_a_column_call_is_told_how_to_write_it() -> None:
    with pytest.raises(CypherFault, match="If CALL is a name of yours, put it in backticks"):
        require_harmless("MATCH (n) RETURN n.id AS call ORDER BY call")


def test_the_plan_alone_is_refused_too(session: Session) -> None:
    """Second line of defence: the check of the plan refuses queries that the check of words would pass."""
    texts = (
        *hostile.WRITES,
        *hostile.SCHEMA,
        *hostile.ACCOUNTS,
        *hostile.OTHERS,
        *hostile.PROCEDURES,
        *hostile.NESTED,
        *hostile.FILES,
    )
    store = session.ask.home.store()
    assert [text for text in texts if refusal(lambda query: require_reading(store.explain(query)), text) is None] == []


def test_what_is_refused_says_where_it_is_wrong(session: Session) -> None:
    for text, line, column in (
        ("MATCH (n)\nRETRUN n", 2, 1),
        ("MATCH (n)\nWHERE n.id = 'x'\nRETURN m", 3, 8),
        ("MATCH (n)\n  CALL dbms.listConfig() YIELD name\nRETURN name", 2, 8),
        ("// a\n\n  SHOW USERS", 3, 3),
        ("MATCH (n) RETURN foo(n)", 1, 18),
        ("RETURN 'a\nb", 1, 8),
    ):
        with pytest.raises(CypherFault) as refused:
            session.cypher.examine(text)
        assert (refused.value.line, refused.value.column) == (line, column), text
        assert f"Line {line}, column {column}: " in str(refused.value)


def test_harmless_texts_run(session: Session) -> None:
    parameters = {"label": "Person"}
    for text in hostile.HARMLESS:
        used = {name: value for name, value in parameters.items() if f"${name}" in text or f"$({name}" in text}
        used |= {"label": "Person"} if "$label" in text else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AnswerWarning)  # some texts use labels or properties that this case lacks
            assert session.cypher.run(text, used).columns


def test_harmless_texts_of_the_newer_language_run_where_the_server_has_it(session: Session) -> None:
    newer = refusal(session.cypher.examine, "CYPHER 25 RETURN 1 AS one") is None
    for text in hostile.HARMLESS_25:
        if newer:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", AnswerWarning)
                assert session.cypher.run(text).columns
        else:
            with pytest.raises(CypherFault, match="25 is not a valid option for cypher version"):
                session.cypher.examine(text)


@pytest.mark.parametrize("text", hostile.NOT_TAKEN)
def test_what_analysts_tried_and_is_not_taken_says_why(text: str) -> None:
    with pytest.raises(CypherFault) as refused:
        require_harmless(text)
    assert str(refused.value).partition(": ")[2].startswith(hostile.NOT_TAKEN[text])


@pytest.mark.parametrize("text", hostile.RUNAWAYS)
def test_a_runaway_text_is_stopped_or_cut_and_the_service_goes_on(session: Session, text: str) -> None:
    outcome = hostile.RUNAWAYS[text]
    ended = session.cypher.result(session.cypher.start(text), wait_s=120)
    assert ended.state in {"cut": ("done",), "stopped": ("failed",), "either": ("done", "failed")}[outcome]
    if ended.state == "failed":
        assert "Ask for less" in ended.fault
        assert (ended.rows, ended.columns) == ([], ())
    else:
        assert ended.truncated or outcome == "either"
        assert len(ended.rows) <= session.ask.settings.row_cap
    assert session.network.entities.counts()["person"] > 0
    running = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.graphsvc IS NOT NULL RETURN count(*)"
    assert session.ask.home.store().read(running, {}, timeout=10, cap=1).rows == [(0,)]


@pytest.mark.parametrize("text", [*hostile.STUCK, *hostile.DEADLY])
def test_where_only_a_new_start_helps_the_managed_server_is_started_again_and_it_is_told(
    session: Session, text: str
) -> None:
    before = session.network.entities.counts()
    run = session.cypher.start(text)
    ended = session.cypher.result(run, wait_s=240)
    assert ended.state == "failed"
    assert ended.restarted
    assert "Neo4j" in ended.fault
    assert "nothing was lost" in ended.fault
    assert session.network.entities.counts() == before
