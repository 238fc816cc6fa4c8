"""The gate, with a store that records each question and a real application database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.gate import snapshots
from graphsvc.access.gate.gate import Gate
from graphsvc.access.gate.snapshots import AsRows, Snapshots
from graphsvc.access.log import audit
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, NotFound, OperatorError, Refused, RequestError
from graphsvc.queries import Library
from graphsvc.records.coarsened import TOLD_FIGURES
from graphsvc.records.properties import LINK_FIGURES
from graphsvc.store.bolt import Rows

QUERY = """// ---
// title = "Boats"
// why = "To see them"
// kind = "table"
// limit = 5
// [parameters.boat]
// type = "id"
// help = "id of the boat"
// default = "B1"
// [returns]
// boat = "Boat.id"
// source = "{shown}"
// [example]
// rows = 1
// ---
MATCH (b:Boat {{case: $case, id: $boat}}) RETURN b.id AS boat, 1 AS source LIMIT $limit + 1
"""
READER = Principal("ann", frozenset({"investigator"}), {"one": Grant("P"), "none": Grant("C"), "shut": Grant("C")})


class Told:
    """A store that gives prepared answers and records each question."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], float, int]] = []
        self.log_then: list[dict[str, Any]] = []
        self.answer: Rows | BaseException = Rows(("boat", "source"), [("B1", "Q1")], False)
        self.watch: Callable[[], list[dict[str, Any]]] = list

    def read(self, text: str, parameters: dict[str, Any], *, timeout: float, cap: int) -> Rows:
        self.asked.append((text, parameters, timeout, cap))
        self.log_then = self.watch()
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def read_at_once(
        self, text: str, columns: tuple[str, ...], parameters: dict[str, Any], *, timeout: float, cap: int
    ) -> Rows:
        assert columns == ("boat", "source")  # undeclared columns are not even requested
        return self.read(text, parameters, timeout=timeout, cap=cap)

    def read_blocks(
        self, text: str, parameters: dict[str, Any], make: Callable[..., Any], *, timeout: float, cap: int
    ) -> tuple[list[Any], bool]:
        rows = self.read(text, parameters, timeout=timeout, cap=cap)
        return [make(block, row) for *block, block_rows in rows.rows for row in block_rows], rows.truncated


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind, source in (("open", "computed.number"), ("sourced", "Source.id")):
        (tmp_path / "cypher" / "boats").mkdir(parents=True, exist_ok=True)
        (tmp_path / "cypher" / "boats" / f"{kind}.cypher").write_text(QUERY.format(shown=source), "utf-8")
    own = QUERY.format(shown="Source.id").replace('"table"', '"internal"')
    (tmp_path / "cypher" / "boats" / "own.cypher").write_text(own, "utf-8")
    roles = QUERY.format(shown="computed.number").replace('"table"', '"table"\n// roles = ["disclosure"]')
    (tmp_path / "cypher" / "boats" / "roles.cypher").write_text(roles, "utf-8")
    return tmp_path


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_database(Settings.read({}, home=tmp_path / "home"))
    with transaction(engine) as connection:
        for name, state in (("one", "open"), ("shut", "loading")):
            values = {"id": name, "key_sealed": b"k", "state": state, "created_at": audit.now()}
            connection.execute(tables.cases.insert().values(**values))
    audit.keep(engine, bytes(32), tmp_path / "home" / "log.anchor")
    yield engine
    engine.dispose()


@pytest.fixture
def fake_store(database: sa.Engine) -> Told:
    store = Told()
    store.watch = lambda: audit.lines(database)
    return store


@pytest.fixture
def gate(fake_store: Told, database: sa.Engine, folder: Path) -> Gate:
    settings = Settings.read({}, home=folder / "home", row_cap=3, query_timeout_s=7.0, analysis_row_cap=9)
    none = Snapshots(folder / "none", b"", database, lambda _case: b"", 0)
    return Gate(lambda: fake_store, database, Library(folder / "cypher"), settings, none)  # type: ignore[arg-type, return-value]


def outcomes(database: sa.Engine) -> list[tuple[str, str, int | None]]:
    return [(line["action"], line["outcome"], line["rows"]) for line in audit.lines(database)]


def test_the_line_is_written_before_the_store_is_asked_and_the_outcome_after(
    gate: Gate, fake_store: Told, database: sa.Engine
) -> None:
    released = gate.read(READER, "the May crossings", "boats.open", "one", {"boat": "B7"})
    assert released.rows == [("B1", "Q1")]
    (before,) = fake_store.log_then
    assert (before["account"], before["purpose"], before["case_id"]) == ("ann", "the May crossings", "one")
    assert before["detail"] == {"query": "boats.open", "parameters": {"boat": "B7"}}
    assert (before["outcome"], before["ended_at"]) == ("begun", None)
    assert outcomes(database) == [("query", "released", 1)]


def test_the_sources_that_come_out_are_in_the_log_and_those_that_do_not_are_not(
    gate: Gate, database: sa.Engine
) -> None:
    cleared = Principal("sue", READER.roles, {"one": Grant("P", sources=True)})
    gate.read(cleared, "why", "boats.sourced", "one")
    gate.read(cleared, "why", "boats.open", "one")
    gate.read(READER, "why", "boats.own", "one")
    seen = audit.lines(database, sought=audit.Sought(source="Q1"))
    assert [(line["account"], line["detail"]["query"]) for line in seen] == [("sue", "boats.sourced")]


def test_a_typed_value_is_not_in_the_log(gate: Gate, database: sa.Engine) -> None:
    gate.read(READER, "why", "boats.open", "one", {"boat": "Wilma Witness"})
    with pytest.raises(RequestError):
        gate.read(READER, "why", "boats.open", "one", {"Wilma": "Witness"})
    unknown, typed = (line["detail"]["parameters"] for line in audit.lines(database))
    assert (unknown, typed) == ({"unknown": 1}, {"boat": "13 characters"})


def unwritable(database: sa.Engine) -> list[dict[str, Any]]:
    """Make the application database behave as on a read-only or full disk: reading works, writing does not."""
    database.dispose()
    sa.event.listen(database, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    return []


def test_nothing_is_released_when_the_line_cannot_be_written(gate: Gate, fake_store: Told, database: sa.Engine) -> None:
    unwritable(database)
    with pytest.raises(OperatorError, match="application database cannot be used"):
        gate.read(READER, "why", "boats.open", "one")
    assert fake_store.asked == []


def test_nothing_is_released_when_the_outcome_cannot_be_written(
    gate: Gate, fake_store: Told, database: sa.Engine
) -> None:
    fake_store.watch = lambda: unwritable(database)
    with pytest.raises(OperatorError, match="application database cannot be used"):
        gate.read(READER, "why", "boats.open", "one")
    assert len(fake_store.asked) == 1


@pytest.mark.parametrize(
    ("roles", "name", "case", "error", "outcome"),
    [
        ({"auditor"}, "boats.open", "one", Refused, "refused: Refused"),
        ({"investigator"}, "boats.open", "two", NotFound, "failed: NotFound"),
        ({"investigator"}, "boats.open", "none", NotFound, "failed: NotFound"),
        ({"investigator"}, "boats.open", "shut", Busy, "failed: Busy"),
        ({"investigator"}, "boats.roles", "one", Refused, "refused: Refused"),
        ({"investigator"}, "boats.sourced", "one", Refused, "refused: Refused"),
    ],
)
def test_what_is_refused_is_not_asked_and_is_in_the_log(
    gate: Gate,
    fake_store: Told,
    database: sa.Engine,
    roles: set[str],
    name: str,
    case: str,
    error: type[Exception],
    outcome: str,
) -> None:
    with pytest.raises(error):
        gate.read(Principal("ann", frozenset(roles), READER.grants), "why", name, case)
    assert fake_store.asked == []
    assert outcomes(database) == [("query", outcome, None)]


def test_a_wrong_parameter_is_in_the_log_as_failed(gate: Gate, fake_store: Told, database: sa.Engine) -> None:
    with pytest.raises(RequestError, match="no parameter 'case'"):
        gate.read(READER, "why", "boats.open", "one", {"case": "two"})
    assert fake_store.asked == []
    assert outcomes(database) == [("query", "failed: RequestError", None)]


def test_a_case_not_there_and_one_not_yours_read_the_same(gate: Gate) -> None:
    sentences = []
    for case in ("none", "two"):  # cleared, but no such case; not cleared, whether the case exists or not
        with pytest.raises(NotFound) as refused:
            gate.read(READER, "why", "boats.open", case)
        sentences.append(str(refused.value).replace(repr(case), "CASE"))
    assert sentences[0] == sentences[1]


def test_a_case_being_loaded_is_closed_to_readers(gate: Gate) -> None:
    with pytest.raises(Busy, match="shut is being loaded"):
        gate.read(READER, "why", "boats.own", "shut")
    with pytest.raises(Busy, match="shut is being loaded"):
        gate.material(READER, "why", "boats.own", "shut", lambda *row: row)


def test_a_look_opens_no_other_case_and_excuses_no_other_act(gate: Gate, fake_store: Told, database: sa.Engine) -> None:
    """Only parts of a look skip the check that the case is open, because the look has already made it."""

    def state(state: str) -> None:
        with transaction(database) as connection:
            connection.execute(tables.cases.update().where(tables.cases.c.id == "one").values(state=state))

    colleague = Principal("bob", READER.roles, READER.grants)
    with gate.looking(READER, "why", "read", "one", query="boat") as (look, _):
        gate.read(READER, "why", "boats.own", "one", look=look)
        for reading in (
            lambda: gate.read(READER, "why", "boats.own", "shut", look=look),
            lambda: gate.material(READER, "why", "boats.own", "shut", lambda *row: row, look),
        ):
            with pytest.raises(Busy, match="shut is being loaded"):
                reading()
        state("loading")
        gate.read(READER, "why", "boats.own", "one", look=look)
        for person, action in ((READER, "review"), (colleague, "read")):
            with pytest.raises(Busy, match="one is being loaded"):
                gate.read(person, "why", "boats.own", "one", action=action, look=look)
        state("open")
    with pytest.raises(Busy, match="shut is being loaded"), gate.looking(READER, "why", "read", "shut"):
        pass
    assert len(fake_store.asked) == 2
    lines = [(line["account"], line["action"], line["outcome"]) for line in audit.lines(database)]
    assert ("ann", "read", "released") in lines
    assert sorted(line[2] for line in lines) == ["failed: Busy"] * 5 + ["released"]


def test_a_look_that_has_ended_excuses_nothing_and_ends_in_the_state_it_began_in(
    gate: Gate, fake_store: Told, database: sa.Engine
) -> None:
    with gate.looking(READER, "why", "read", "one") as (look, _):
        pass
    gate.read(READER, "why", "boats.own", "one", look=look)
    assert [line["action"] for line in audit.lines(database)].count("query") == 1
    for values, says in (({"version_p": 7}, "was changed while you looked"), ({"state": "loading"}, "is being loaded")):
        with pytest.raises(Busy, match=says), gate.looking(READER, "why", "read", "one"):
            change_case(database, **values)


def test_case_and_level_are_bound_by_the_gate(gate: Gate, fake_store: Told) -> None:
    gate.read(READER, "why", "boats.open", "one")
    _, parameters, timeout, cap = fake_store.asked[-1]
    assert parameters == {
        "boat": "B1",
        "case": "one",
        "handling": ["P"],
        "limit": 3,
        "few": 3,
        "voices": ["intelligence", "record"],
        **{name: f"{name}{'_told' if name in TOLD_FIGURES else ''}_p" for name in LINK_FIGURES},
        "interest": "interest_p",
    }
    assert (timeout, cap) == (7.0, 3)
    cleared = Principal("bob", READER.roles, {"*": Grant("C", sources=True)})
    gate.read(cleared, "why", "boats.open", "one")
    assert (fake_store.asked[-1][1]["few"], fake_store.asked[-1][1]["voices"]) == (
        0,
        ["witness", "intelligence", "record"],
    )
    assert fake_store.asked[-1][1]["handling"] == ["P", "C", "PS", "CS"]
    gate.read(Principal("cay", READER.roles, {"*": Grant("C")}), "why", "boats.open", "one")
    assert fake_store.asked[-1][1]["handling"] == ["P", "C"]
    limited = fake_store.asked[-2][1]
    assert {name: limited[name] for name in LINK_FIGURES} == {name: name for name in LINK_FIGURES}
    assert limited["interest"] == "interest"


def test_asked_again_of_the_same_state_the_store_is_not_asked_and_the_log_has_its_lines(
    gate: Gate, fake_store: Told, database: sa.Engine
) -> None:
    fake_store.answer = Rows(("boat", "source"), [("B1", ["Q1"])], False)
    cleared = Principal("sue", READER.roles, {"one": Grant("P", sources=True)})
    first = gate.read(cleared, "why", "boats.sourced", "one", {"boat": "B1"})
    first.rows[0][1].append("changed by its receiver")
    first.rows.append(("more",))
    again = gate.read(cleared, "why", "boats.sourced", "one", {"boat": "B1"})
    assert (again.columns, again.rows) == (("boat", "source"), [("B1", ["Q1"])])
    assert len(fake_store.asked) == 1
    seen = audit.lines(database, sought=audit.Sought(source="Q1"))
    assert [(line["outcome"], line["rows"], line["sources"]) for line in seen] == [("released", 1, 1)] * 2


@pytest.mark.parametrize(
    "difference",
    [
        {"arguments": {"boat": "B2"}},
        {"name": "boats.own"},
        {"principal": Principal("ann", READER.roles, {"one": Grant("C")})},
        {"principal": Principal("ann", READER.roles, {"one": Grant("P", sources=True)})},
        {"whole": True},
    ],
)
def test_another_question_or_clearance_asks_the_store(gate: Gate, fake_store: Told, difference: dict[str, Any]) -> None:
    question: dict[str, Any] = {"principal": READER, "purpose": "why", "name": "boats.open", "case": "one"}
    gate.read(**question)
    gate.read(**{**question, **difference})
    assert len(fake_store.asked) == 2


def test_a_role_that_may_not_ask_is_refused_what_another_was_given(gate: Gate, fake_store: Told) -> None:
    discloser = Principal("dee", frozenset({"disclosure", "investigator"}), READER.grants)
    gate.read(discloser, "why", "boats.roles", "one")
    with pytest.raises(Refused, match="is for the roles"):
        gate.read(READER, "why", "boats.roles", "one")
    with pytest.raises(NotFound):
        gate.read(Principal("bob", READER.roles, {}), "why", "boats.open", "one")
    assert len(fake_store.asked) == 1


@pytest.mark.parametrize(("values", "count"), [({"version_p": 7}, 2), ({"version": 7}, 1), ({"state": "loading-c"}, 1)])
def test_a_new_version_at_the_clearance_asks_the_store(
    gate: Gate, fake_store: Told, database: sa.Engine, values: dict[str, Any], count: int
) -> None:
    gate.read(READER, "why", "boats.open", "one")
    change_case(database, **values)
    gate.read(READER, "why", "boats.open", "one")
    assert len(fake_store.asked) == count
    gate.forget()
    gate.read(READER, "why", "boats.open", "one")
    assert len(fake_store.asked) == count + 1


def test_a_closed_case_gives_nothing_that_was_read_before(gate: Gate, database: sa.Engine) -> None:
    gate.read(READER, "why", "boats.open", "one")
    change_case(database, state="loading")
    with pytest.raises(Busy, match="one is being loaded"):
        gate.read(READER, "why", "boats.open", "one")


@pytest.mark.parametrize("looks", [True, False])
@pytest.mark.parametrize("values", [{"version": 7}, {"state": "loading-c"}, {}])
def test_an_answer_read_while_something_was_written_is_not_given_again(
    gate: Gate, fake_store: Told, database: sa.Engine, values: dict[str, Any], looks: bool
) -> None:
    def writing() -> list[dict[str, Any]]:
        if values:
            change_case(database, **values)
        return []

    fake_store.watch = writing
    if looks:
        with gate.looking(READER, "why", "query", "one") as (look, _):
            gate.read(READER, "why", "boats.open", "one", look=look)
    else:
        gate.read(READER, "why", "boats.open", "one")
    change_case(database, version=0, state="open")
    fake_store.watch = list
    gate.read(READER, "why", "boats.open", "one")
    assert len(fake_store.asked) == (2 if values else 1)


def change_case(database: sa.Engine, **values: Any) -> None:
    with transaction(database) as connection:
        connection.execute(tables.cases.update().where(tables.cases.c.id == "one").values(**values))


@pytest.fixture
def snapshot_store(database: sa.Engine, folder: Path) -> Snapshots:
    """Snapshots of the case `one`, whose graph is in its last written state."""
    with transaction(database) as connection:
        contents = {"mark": "m1", "counts": {"Boat": 2}}
        connection.execute(tables.cases.update().values(held=contents, mark_p="m1").where(tables.cases.c.id == "one"))
    return Snapshots(folder / "kept", bytes(32), database, lambda _case: bytes(32), 1)


def test_what_was_computed_before_a_change_writes_nothing_after_it(
    fake_store: Told, database: sa.Engine, folder: Path, snapshot_store: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(
        lambda: fake_store,  # type: ignore[arg-type, return-value]
        database,
        Library(folder / "cypher"),
        Settings.read({}, home=folder / "home"),
        snapshot_store,
    )
    monkeypatch.setattr(gate._checks, "is_due", lambda _case: False)
    monkeypatch.setattr(gate._checks, "passes", lambda _case, expected: expected["mark"] == "m2")
    written: list[bytes] = []
    monkeypatch.setattr(snapshots, "_write_all", lambda _file, data: written.append(data))

    def compute() -> list[int]:
        with transaction(database) as connection:
            contents = {"mark": "m2", "counts": {"Boat": 1}}
            connection.execute(
                tables.cases.update().values(held=contents, mark_p="m2").where(tables.cases.c.id == "one")
            )
        snapshot_store.settle()  # the change is reported as complete
        return [1, 2, 3]

    form: AsRows[list[int]] = AsRows(
        "numbers", lambda them: ([(each,) for each in them], {}), lambda rows, _: list(*rows)
    )
    assert gate.get_or_compute(READER, "one", form, (), compute) == [1, 2, 3]
    assert written == []
    assert not [path for path in (folder / "kept").rglob("*") if path.name != "lock"]
    assert gate.get_or_compute(READER, "one", form, (), lambda: [4]) == [4]
    assert len(written) == 2  # the rows and the end marker


def test_columns_are_redacted_and_a_cut_is_told(gate: Gate, fake_store: Told) -> None:
    fake_store.answer = Rows(("boat", "source", "secret"), [("B1", "Q1", "x")], True)
    released = gate.read(READER, "why", "boats.own", "one", action="read")
    assert (released.columns, released.rows, released.truncated) == (("boat",), [("B1",)], True)
    assert released.withheld == ("source", "secret")
    cleared = Principal("bob", READER.roles, {"one": Grant("P", sources=True)})
    assert gate.read(cleared, "why", "boats.sourced", "one").columns == ("boat", "source")


@pytest.mark.parametrize("fault", [Busy("slow"), OperatorError("gone"), RuntimeError("a bug"), KeyboardInterrupt()])
def test_whatever_breaks_is_in_the_log_and_goes_on(
    gate: Gate, fake_store: Told, database: sa.Engine, fault: BaseException
) -> None:
    fake_store.answer = fault
    with pytest.raises(type(fault)):
        gate.read(READER, "why", "boats.open", "one")
    assert outcomes(database)[0] == ("query", f"failed: {type(fault).__name__}", None)


def test_the_log_never_holds_what_was_found(gate: Gate, fake_store: Told, database: sa.Engine) -> None:
    fake_store.answer = Rows(("boat", "source"), [("HEWA KARIM", 1)], False)
    gate.read(READER, "why", "boats.open", "one")
    with transaction(database) as connection:
        assert "HEWA" not in str(connection.execute(sa.select(tables.log)).all())


def test_material_for_an_analysis_is_whole_or_an_error(gate: Gate, fake_store: Told, database: sa.Engine) -> None:
    def material(principal: Principal = READER) -> list[str]:
        return [*gate.material(principal, "why", "boats.own", "one", lambda block, row: f"{block[0]} {row}")]

    fake_store.answer = Rows(("boat", "source"), [("B1", ["Q1", "Q2"]), ("B2", ["Q1"])], False)
    assert material() == ["B1 Q1", "B1 Q2", "B2 Q1"]
    assert fake_store.asked[-1][1]["limit"] == 9
    assert fake_store.asked[-1][1]["handling"] == ["P"]
    fake_store.answer = Rows(("boat", "source"), [], True)
    with pytest.raises(OperatorError, match="more than 9 rows"):
        material()
    with pytest.raises(OperatorError, match="more than 9 rows"):
        gate.read(READER, "why", "boats.own", "one", action="analyse", whole=True)
    with pytest.raises(Refused):
        material(Principal("cus", frozenset({"custodian"}), READER.grants))
    assert [line[1] for line in outcomes(database)] == [
        "refused: Refused",
        "failed: OperatorError",
        "failed: OperatorError",
        "released",
    ]


def test_an_act_on_a_case_that_is_not_there_is_none(gate: Gate, database: sa.Engine) -> None:
    """The refusal is the same with and without clearance for the case. Only an act that loads may create the case."""
    cleared: list[str] = []
    uncleared: list[str] = []
    for case, refusals in (("none", cleared), ("other", uncleared)):
        with pytest.raises(NotFound) as refused, gate.acting(READER, "why", "read", case, query="deliveries"):
            pytest.fail("it was begun")
        refusals.append(str(refused.value).replace(case, ""))
    assert cleared == uncleared
    assert outcomes(database)[0] == ("read", "failed: NotFound", None)
    with gate.acting(READER, "why", "load", "none"):
        pass
    assert outcomes(database)[0] == ("load", "released", None)
