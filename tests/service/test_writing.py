"""Free Cypher in a session: permissions, answers, cancelling, and the log."""

from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.gate import cyphergate
from graphsvc.access.gate.cyphergate import CypherGate, Stands
from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.appdb import tables, transaction
from graphsvc.cases import cypher_runs
from graphsvc.cases.cypher_runs import Runs
from graphsvc.cases.processes import Processes
from graphsvc.cases.stores.erased import Leaving, take_out
from graphsvc.config import Settings
from graphsvc.errors import AnswerWarning, Busy, CypherFault, NotFound, Refused
from graphsvc.records.iso import json_safe
from graphsvc.service import Service, Session, quiet
from graphsvc.simulate import simulate
from graphsvc.store.bolt import Rows, Store
from graphsvc.store.typed import Typed, run_typed
from tests.leaks.small import FIRST
from tests.toolbox.accounts import WHOLE, People, Roles
from tests.toolbox.accounts import people as people_of
from tests.toolbox.rows import write
from tests.toolbox.two_persons import seal

pytestmark = pytest.mark.neo4j
CASE = f"writing-{uuid.uuid4().hex[:8]}"
EVERYTHING = {"*": Grant("C", sources=True)}
ANN = Principal("ann", frozenset({"analyst"}), EVERYTHING, free_cypher=True)
LONG = "UNWIND range(1, 2000000000) AS i RETURN sum(i)"


@pytest.fixture(scope="module")
def writing_service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("writing") / "delivery"
    simulate(folder, seed=6, people=60)
    with Service(at_server(cypher_timeout_s=20.0, row_cap=50)) as service:
        loader = accounts.only_account(service.database, "")
        service.session(loader, "tests", CASE).deliveries.load(folder, lambda *_progress: None)
        yield service


@pytest.fixture
def session(writing_service: Service) -> Session:
    return writing_service.session(ANN, "testing", CASE)


def texts(service: Service, newest: int) -> list[tuple[str, str, str]]:
    """Step, outcome and text of the newest acts of free Cypher, newest first."""
    lines = audit.lines(service.database, newest=newest, sought=audit.Sought(action="cypher"))
    logged_texts = service.cypher_texts.of(lines)
    return [
        (act["detail"]["step"], act["outcome"], logged_texts[act["id"]].text)
        for act in lines
        if act["id"] in logged_texts
    ]


def test_an_answer_comes_in_values_of_python(session: Session) -> None:
    run = session.cypher.run(
        "MATCH p = (a:Person {case: $case})-[r:PILOTED]->(c:Crossing) RETURN a, r, p, c.date_earliest AS day,"
        " point({latitude: 51, longitude: 1}) AS at, duration('P1D') AS span, [1, 2.5, null, $x] AS list LIMIT 1",
        {"x": {"a": "b"}},
    )
    assert run.columns == ("a", "r", "p", "day", "at", "span", "list")
    ((person, link, path, day, at, span, numbers),) = run.rows
    assert (person["kind"], person["labels"]) == ("node", ["Entity", "Person"])
    assert (link["kind"], link["type"], link["start"]) == ("relationship", "PILOTED", person["properties"]["id"])
    assert path["nodes"][0] == person
    assert path["relationships"][0]["end"] == path["nodes"][1]["properties"]["id"]
    assert isinstance(day, dt.date)
    assert (at["kind"], span, numbers) == ("point", dt.timedelta(days=1), [1, 2.5, None, {"a": "b"}])
    assert json.loads(json.dumps(json_safe(run.rows)))[0][3:6] == [day.isoformat(), at, "P1D"]


def test_parameters_that_are_missing_or_bound_are_told_and_others_are_passed_over(session: Session) -> None:
    for text, parameters, says in (
        ("RETURN $x + $y", {"x": 1}, r"needs a value for \$y"),
        ("MATCH (n {case: $case}) RETURN n", {"case": "other"}, "case is bound for you"),
    ):
        with pytest.raises(CypherFault, match=says):
            session.cypher.start(text, parameters)
    assert session.cypher.run("RETURN $x", {"x": 1, "not_used": 2}).rows == [(1,)]
    assert session.cypher.run("MATCH (p:Person {case: $case}) RETURN count(p) AS n").rows[0][0] > 0
    assert session.cypher.examine("MATCH (n {case: $case}) WHERE n.id = $who RETURN n").parameters == ("case", "who")


def test_rows_beyond_the_cap_are_cut_and_it_says_so(session: Session) -> None:
    with pytest.warns(AnswerWarning, match="cut at 50 rows"):
        run = session.cypher.run("UNWIND range(1, 60) AS i RETURN i")
    assert (len(run.rows), run.truncated) == (50, True)
    assert session.cypher.run("UNWIND range(1, 50) AS i RETURN i").truncated is False


@pytest.mark.parametrize(
    "who",
    [
        replace(ANN, free_cypher=False),
        replace(ANN, roles=frozenset({"investigator", "custodian", "supervisor"})),
        replace(ANN, grants={"*": Grant("P", sources=True)}),
        replace(ANN, grants={"*": Grant("C")}),
        replace(ANN, grants={"*": Grant("C", sources=True), CASE: Grant("P")}),
        replace(ANN, grants={CASE: Grant("C", sources=True)}),  # other cases are in this database
    ],
    ids=["no grant", "no role", "no C", "no sources", "P here", "other cases"],
)
def test_who_may_not_is_refused_and_the_text_stands_in_the_log(writing_service: Service, who: Principal) -> None:
    with transaction(writing_service.database) as connection:
        values = {"id": "elsewhere", "key_sealed": b"", "state": "open", "created_at": audit.now()}
        connection.execute(tables.cases.insert().values(**values))
    try:
        reader = writing_service.session(who, "testing", CASE)
        for attempt in (reader.cypher.examine, reader.cypher.start, reader.cypher.run):
            with pytest.raises(Refused):
                attempt("RETURN 1 AS one")
        for look in (reader.cypher.history, lambda: reader.cypher.result("none")):
            with pytest.raises(Refused):
                look()
        assert reader.cypher.refusal()
        assert texts(writing_service, 1) == [("check", "refused: Refused", "RETURN 1 AS one")]
    finally:
        with transaction(writing_service.database) as connection:
            connection.execute(tables.cases.delete().where(tables.cases.c.id == "elsewhere"))


def others_there(store: Store) -> set[str]:
    """All cases in the graph, of any home."""
    text = "MATCH (n) WHERE n.case IS NOT NULL RETURN DISTINCT n.case"
    return {row[0] for row in store.read(text, {}, timeout=60, cap=10_000).rows}


def test_a_case_that_only_the_graph_knows_suspends_the_grant(writing_service: Service) -> None:
    """Another home may have loaded the case into a shared server, before the first query or between two."""
    store, second_case = writing_service.store(), f"other-{uuid.uuid4().hex}"
    # Cleared for each case by name, because `*` would include the other one.
    who = replace(ANN, grants={case: Grant("C", sources=True) for case in {CASE, *others_there(store)}})
    reader = writing_service.session(who, "testing", CASE)
    assert reader.cypher.run("RETURN 1 AS one").rows == [(1,)]
    store.write("CREATE (:Entity:Person {case: $case, id: 'x', handling: 'P'})", {"case": second_case})
    try:
        for _ in range(2):
            with pytest.raises(Refused, match="suspended") as refused:
                reader.cypher.run("MATCH (n) RETURN n.case")
            assert second_case not in str(refused.value)
    finally:
        store.write("MATCH (n {case: $case}) DETACH DELETE n", {"case": second_case})
    assert reader.cypher.run("RETURN 1 AS one").rows == [(1,)]


def test_a_case_that_is_written_while_one_looks_is_missed_for_a_moment_at_most(writing_service: Service) -> None:
    """A server may report a state as the newest before all of it can be read."""
    store, gate = writing_service.store(), writing_service.cypher_gate
    text = "UNWIND range(1, 6000) AS n CREATE (:Entity {case: $case, id: toString(n), notes: $notes})"
    for _ in range(3):
        second_case = f"other-{uuid.uuid4().hex}"
        writing = threading.Thread(target=store.write, args=(text, {"case": second_case, "notes": "x" * 1000}))
        writing.start()
        while writing.is_alive():
            gate._cases()
        try:
            assert second_case in gate._cases()
        finally:
            store.write("MATCH (n {case: $case}) DETACH DELETE n", {"case": second_case})


def test_the_graph_is_looked_through_again_only_where_it_was_written_to(
    writing_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, looks = writing_service.store(), []
    read = Store.read

    def count_looks(self: Store, text: str, *arguments: Any, **more: Any) -> Rows:
        looks.extend([text] * ("DISTINCT n.case" in text))
        return read(self, text, *arguments, **more)

    monkeypatch.setattr(Store, "read", count_looks)
    reader = writing_service.session(ANN, "testing", CASE)
    reader.cypher.run("RETURN 1 AS one")
    looks.clear()
    for _ in range(3):
        reader.cypher.run("RETURN 1 AS one")
    assert looks == []
    store.write("CREATE (:GraphsvcMark {of: 'nobody', mark: 'x'})", {})
    store.write("MATCH (m:GraphsvcMark {of: 'nobody'}) DELETE m", {})
    reader.cypher.run("RETURN 1 AS one")
    assert len(looks) == 1


def test_the_mark_of_a_case_suspends_nothing(writing_service: Service) -> None:
    store, second_case = writing_service.store(), f"other-{uuid.uuid4().hex}"
    # Cleared for each case by name, because `*` would also cover any case found in a node.
    who = replace(ANN, grants={case: Grant("C", sources=True) for case in {CASE, *others_there(store)}})
    store.write("CREATE (:GraphsvcMark {of: $case, mark: 'x'})", {"case": second_case})
    try:
        assert writing_service.session(who, "testing", CASE).cypher.run("RETURN 1 AS one").rows
    finally:
        store.write("MATCH (m:GraphsvcMark {of: $case}) DELETE m", {"case": second_case})


def test_a_case_that_is_not_there_and_one_that_is_not_theirs_read_the_same(writing_service: Service) -> None:
    messages = []
    for case in ("nowhere", CASE):
        who = replace(ANN, grants={"mine": Grant("C", sources=True)})
        with pytest.raises(NotFound) as refused:
            writing_service.session(who, "testing", case).cypher.examine("RETURN 1")
        messages.append(str(refused.value).replace(case, "CASE"))
    assert messages[0] == messages[1]
    with pytest.raises(NotFound):
        writing_service.session(ANN, "testing", "nowhere").cypher.examine("RETURN 1")


def test_while_a_case_is_loaded_nobody_writes_cypher(writing_service: Service, session: Session) -> None:
    mine = tables.cases.c.id == CASE
    with transaction(writing_service.database) as connection:
        connection.execute(tables.cases.update().where(mine).values(state="loading"))
    try:
        with pytest.raises(Busy, match="being loaded"):
            session.cypher.run("RETURN 1")
    finally:
        with transaction(writing_service.database) as connection:
            connection.execute(tables.cases.update().where(mine).values(state="open"))


def test_a_long_text_is_cancelled_here_and_on_the_server(writing_service: Service, session: Session) -> None:
    run = session.cypher.start(LONG)
    assert [entry.id for entry in session.cypher.running()] == [run]
    progress = session.cypher.result(run, wait_s=1.0)
    assert (progress.state, progress.rows, progress.text) == ("running", [], LONG)
    session.cypher.cancel(run)
    ended = session.cypher.result(run, wait_s=60)
    assert (ended.state, ended.rows, ended.fault) == ("cancelled", [], "The query was cancelled.")
    assert ended.seconds < 19
    assert session.cypher.running() == []
    left = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.graphsvc IS NOT NULL RETURN count(*)"
    assert writing_service.store().read(left, {}, timeout=10, cap=1).rows == [(0,)]
    session.cypher.cancel(run)  # the query has ended, so there is nothing to cancel


def test_runs_are_of_who_began_them_alone(writing_service: Service, session: Session) -> None:
    run = session.cypher.start("RETURN 1 AS one")
    assert session.cypher.result(run, wait_s=60).rows == [(1,)]
    bob = writing_service.session(replace(ANN, name="bob"), "testing", CASE)
    for attempt in (bob.cypher.result, bob.cypher.cancel):
        with pytest.raises(NotFound):
            attempt(run)
    assert [past.text for past in bob.cypher.history()].count("RETURN 1 AS one") == 0


def test_no_more_run_at_once_than_may(tmp_path: Path) -> None:
    runs = Runs(Processes(tmp_path, b"key"))

    def wait(typed: Typed) -> Stands:
        typed.cancelled.wait(60)
        return {}

    ids = [runs.start("ann", "c", "x", {}, wait) for _ in range(2)]
    with pytest.raises(Busy, match="2 of your queries"):
        runs.start("ann", "c", "x", {}, wait)
    second_ids = [runs.start("bob", "c", "x", {}, wait) for _ in range(2)]
    with pytest.raises(Busy, match="4 in all"):
        runs.start("eve", "c", "x", {}, wait)
    runs.cancel(ids[0], "ann", "c")
    assert runs.one(ids[0], "ann", "c", wait_s=60).state == "done"
    runs.close()
    assert [runs.one(run, "bob", "c").state for run in second_ids] == ["done", "done"]


def test_an_answer_that_is_old_is_kept_no_longer(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    run = session.cypher.start("RETURN 1 AS one")
    assert session.cypher.result(run, wait_s=60).rows == [(1,)]
    monkeypatch.setattr(cypher_runs, "_KEPT_S", 0.0)
    with pytest.raises(NotFound, match="kept no longer"):
        session.cypher.result(run)


CREW: Roles = {"cus": ("custodian", WHOLE), "sup": ("supervisor", WHOLE)}
NAMES = "MATCH (p:Person {case: $case}) RETURN p.name AS name"


@pytest.fixture
def people(service: Service, case: str, tmp_path: Path) -> People:
    service.session(accounts.only_account(service.database, ""), "tests", case).deliveries.load(
        write(tmp_path / "case", **FIRST), quiet
    )
    return people_of(service, case, CREW)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "by another process"])
@pytest.mark.parametrize("erased", [False, True], ids=["sealed", "erased"])
def test_no_answer_outlives_who_is_sealed_or_erased_in_it(
    service: Service, case: str, people: People, monkeypatch: pytest.MonkeyPatch, *, erased: bool, elsewhere: bool
) -> None:
    ann = service.session(ANN, "testing", case)
    run = ann.cypher.start(NAMES)
    assert ("Bo Quist",) in ann.cypher.result(run, wait_s=60).rows
    service.jobs._remember("a job", "cells of its delivery")
    if elsewhere:
        monkeypatch.setattr(service, "forget", lambda: None)
    seal(people("cus"), people("sup"), "aide-1")
    if erased:
        run = ann.cypher.start(NAMES)
        hidden = next(name for name, values in service.register.identities(case) if values.get("id") == "aide-1")
        assert ann.cypher.result(run, wait_s=60).state == "done"
        people("sup").protection.erasures.agree(people("cus").protection.erasures.ask(hidden, "asked for"), quiet)
    with pytest.raises(NotFound, match="a case was changed since"):
        ann.cypher.result(run)
    assert elsewhere or not (service.runs._runs or service.jobs._said)
    assert ("Bo Quist",) not in ann.cypher.run(NAMES).rows


def test_nothing_is_given_of_a_text_during_which_a_case_was_changed(
    service: Service, case: str, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = service.session(ANN, "testing", case)

    def while_a_case_is_changed(*arguments: Any) -> None:
        run_typed(*arguments)
        seal(people("cus"), people("sup"), "aide-1")

    monkeypatch.setattr(cyphergate, "run_typed", while_a_case_is_changed)
    run = ann.cypher.result(ann.cypher.start(NAMES), wait_s=60)
    assert (run.state, run.columns, run.rows) == ("failed", (), [])
    assert run.fault == "A case was changed while this ran, and free Cypher sees them all. Run the text again."
    (act, _) = audit.lines(service.database, newest=2, sought=audit.Sought(action="cypher"))
    assert (act["outcome"], act["rows"]) == ("failed: Busy", None)


def test_nothing_is_given_of_a_text_during_which_a_case_came_that_is_not_theirs(
    service: Service, case: str, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = service.session(replace(ANN, grants={case: Grant("C", sources=True)}), "testing", case)
    cases = {case}  # without cases of other tests on this server

    def while_a_case_comes(*arguments: Any) -> None:
        cases.add("another")
        run_typed(*arguments)

    monkeypatch.setattr(CypherGate, "_cases", lambda _gate: frozenset(cases))
    monkeypatch.setattr(CypherGate, "_stands", lambda _gate: {case: ("open", 1)})
    assert ann.cypher.run(NAMES).rows
    monkeypatch.setattr(cyphergate, "run_typed", while_a_case_comes)
    run = ann.cypher.result(ann.cypher.start(NAMES), wait_s=60)
    assert (run.state, run.columns, run.rows) == ("failed", (), [])


def test_the_history_tells_what_ran_and_what_was_refused(session: Session) -> None:
    session.cypher.run("MATCH (p:Person {case: $case}) RETURN p.id AS id LIMIT $n", {"n": 3})
    with pytest.raises(CypherFault):
        session.cypher.start("MATCH (n) DELETE n")
    refused, ran = session.cypher.history(2)
    assert (refused.text, refused.outcome) == ("MATCH (n) DELETE n", "refused")
    assert (ran.parameters, ran.outcome, ran.rows) == ({"n": 3}, "answered", 3)
    assert ran.seconds > 0


def test_the_log_holds_text_and_sources_and_finds_a_text_that_was_changed(
    writing_service: Service, session: Session
) -> None:
    session.cypher.run("MATCH (q:Source {case: $case}) RETURN q.id AS source LIMIT 2")
    act = audit.lines(writing_service.database, newest=1, sought=audit.Sought(action="cypher"))[0]
    assert (act["outcome"], act["rows"], act["sources"]) == ("released", 2, 2)
    assert "Source" not in json.dumps(act["detail"])
    auditor = writing_service.session(Principal("eve", frozenset({"auditor"}), {}), "auditing")
    assert auditor.log.texts([act])[act["id"]].text.startswith("MATCH (q:Source")
    with pytest.raises(Refused):
        session.log.texts([act])
    assert auditor.log.verify(lambda *_progress: None).whole
    table, mine = tables.cypher_texts, tables.cypher_texts.c.line == act["id"]
    with transaction(writing_service.database) as connection:
        before = connection.execute(sa.select(table.c.text_sealed).where(mine)).scalar_one()
        second_text = connection.execute(sa.select(table.c.text_sealed).where(~mine)).scalars().first()
        connection.execute(table.update().where(mine).values(text_sealed=second_text))
    changed = auditor.log.verify(lambda *_progress: None)
    assert changed.faults == (f"Line {act['id']}: The text is not the one that was typed.",)
    with transaction(writing_service.database) as connection:
        connection.execute(table.delete().where(mine))
    assert auditor.log.verify(lambda *_progress: None).faults == (f"Line {act['id']}: The text is gone.",)
    with transaction(writing_service.database) as connection:
        connection.execute(table.insert().values(line=act["id"], case_id=CASE, text_sealed=before))


def test_a_name_that_is_erased_goes_from_kept_texts_too(writing_service: Service, session: Session) -> None:
    session.cypher.run("MATCH (p:Person) WHERE p.name = 'Zebulon Quist' RETURN p.id")
    leaving = Leaving(lambda text: text.replace("Zebulon Quist", "[erased]"))
    with transaction(writing_service.database) as connection:
        take_out(connection, CASE, writing_service.register.key(CASE, create=False), (), (), leaving)
    past = session.cypher.history(1)[0]
    assert past.text == "MATCH (p:Person) WHERE p.name = '[erased]' RETURN p.id"
    auditor = writing_service.session(Principal("eve", frozenset({"auditor"}), {}), "auditing")
    assert auditor.log.verify(lambda *_progress: None).whole
