"""A case read from disk always equals the graph, over deliveries, an undo, a sealing and an erasure."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from filelock import FileLock

from graphsvc.access.gate import gate
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.claims.laid import LaidClaims
from graphsvc.analysis.robustness.falsehood import alone
from graphsvc.appdb import tables, transaction
from graphsvc.cases.register import Register
from graphsvc.config import Settings
from graphsvc.errors import Busy, NotReady
from graphsvc.records.columns import read_rows
from graphsvc.records.patience import PATIENCE
from graphsvc.service import Service, Session, quiet
from graphsvc.service.ask import Ask
from graphsvc.service.leads import material, prepared
from graphsvc.service.network.paths import BESIDES
from graphsvc.store.bolt import Store
from tests.leaks.small import CASE, FIRST, HIDDEN, SECOND
from tests.toolbox.accounts import WHOLE, Roles, add, session
from tests.toolbox.rows import Tables, statement_claims, write
from tests.toolbox.two_persons import seal

pytestmark = pytest.mark.neo4j

READERS: Roles = {
    "low": ("analyst", Grant("P")),
    "sourced": ("analyst", Grant("P", sources=True)),
    "high": ("analyst", Grant("C")),
    "all": ("analyst", WHOLE),
}
OFFICERS: Roles = {"inv": ("investigator", WHOLE), "cus": ("custodian", WHOLE), "sup": ("supervisor", WHOLE)}
THIRD: Tables = {
    "people": [{"id": "aide-3", "name": "Zoraya Quillfeather", "category": "suspect"}],
    "statements": [{"id": "report-3", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
    "links": statement_claims("report-3", "boss-1 DIRECTED aide-3", "aide-3 PAID aide-1", "aide-2 DIRECTED aide-3"),
}
WHOLE_CASE = (
    "paths.links",
    "cases.entities",
    "cases.links",
    "network.whole",
    "cases.crossings",
    "cases.parts",
    "cases.workplaces",
    "workplaces.ties",
    "cases.crossing_days",
    "crossings.compared",
)
MATERIAL = ("hubs.claims", "hubs.persons")


class Asked:
    """Recorder of the queries about a whole case that a store gets."""

    def __init__(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        texts = {service.library[name].text: name for name in (*WHOLE_CASE, *MATERIAL)}
        for method in ("read_blocks", "read_at_once"):
            plain = getattr(Store, method)

            def counted_read(store: Store, text: str, *arguments: Any, _plain: Any = plain, **named: Any) -> Any:
                if store is service.store() and text in texts:
                    self.names.append(texts[text])
                return _plain(store, text, *arguments, **named)

            monkeypatch.setattr(Store, method, counted_read)

    def take_names(self) -> list[str]:
        names, self.names = sorted(self.names), []
        return names


@dataclasses.dataclass
class Twice:
    """Two services on one home: one stores snapshots, the other reads everything from the graph."""

    kept: Service
    plain: Service
    folder: Path

    def deliver(self, rows: Tables) -> None:
        number = len(list(self.folder.iterdir()))
        write(self.folder / str(number), **rows)
        loaded = session(self.plain, "inv", CASE).deliveries.load(self.folder / str(number), quiet)
        assert loaded.rejections == []

    def overtaken_in(self, name: str, change: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Make an undo or third delivery follow the first call of a `material` function; return the changes made."""
        call, changes = getattr(material, name), list[str]()

        def slowly(*arguments: Any, **named: Any) -> Any:
            answer = call(*arguments, **named)
            if not changes:
                changes.append(change)
                if change == "an undo":
                    session(self.plain, "inv", CASE).deliveries.undo(2, quiet)
                else:
                    self.deliver(THIRD)
            return answer

        monkeypatch.setattr(material, name, slowly)
        return changes

    @property
    def files(self) -> set[Path]:
        return {path for path in (self.kept.settings.home / "snapshots").rglob("*") if path.is_file()}


def whole_case_answers(by: Service, name: str) -> dict[str, Any]:
    """All answers about the whole case to a reader, from a service with empty caches."""
    by.forget()
    asking = session(by, name, CASE)
    answers: dict[str, Any] = {query: rows_of(asking, query) for query in WHOLE_CASE}
    for query in MATERIAL:
        answers[query] = sorted(asking.ask.material(query, lambda block, row: (*block, *row)))
    return answers


def compute_figures(by: Service, name: str) -> dict[str, Any]:
    """All figures over all leads at once, from a service with empty caches."""
    by.forget()
    asking = session(by, name, CASE)
    of = asking.leads._material
    ranking = asking.leads.ranking()
    false = asking.leads.falsehood(ranking.leads[0].id) if asking.ask.grant.sources else None
    return {"ranking": ranking, "places": of.places(), "brought": of.brought(), "false": false}


def of_each_lead(by: Service, name: str) -> dict[str, Any]:
    """The figures of single leads, from a service that may have results for other clearances in its caches."""
    asking = session(by, name, CASE)
    of, material_of = asking.leads, asking.leads._material
    leads = of.ranking().leads
    rows: Any = asking.ask.read("paths.links", action="analyse", whole=True, in_columns=True).rows
    return {
        "named": {name: list(claims) for name, claims in material_of.about().items()},
        "interested": material_of.interested_sources(),
        "around": {name: list(claims) for name, claims in material_of.surroundings().touching.items()},
        "links": [*rows] if isinstance(rows, list) else [*read_rows(rows)],
        "ways": asking.network.paths.find([lead.id for lead in leads[:2]], "likeliest", besides=BESIDES),
        "carried": material_of.surroundings().carried,
        **{
            lead.id: (
                of.look(lead.id),
                of.questions.readings(lead.id),
                of.questions.next(lead.id),
                of.falsehood(lead.id) if asking.ask.grant.sources else None,
            )
            for lead in leads
        },
    }


def log_lines(by: Service) -> dict[int, tuple[Any, ...]]:
    """The lines of the log, without their times."""
    columns = [tables.log.c[name] for name in ("id", "account", "action", "detail", "outcome", "rows")]
    with transaction(by.database) as connection:
        return {line[0]: tuple(line[1:]) for line in connection.execute(sa.select(*columns))}


def rows(answers: dict[str, Any], query: str) -> Any:
    return answers[query][1]


def rows_of(asking: Session, query: str) -> object:
    released = asking.ask.rows(query, whole=True)
    return released.columns, released.rows, released.truncated, released.withheld


def meanwhile(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Change something between the next reading of the graph and the use of its rows."""
    read = Store.read_at_once

    def slowly(*arguments: Any, **named: Any) -> Any:
        rows = read(*arguments, **named)
        monkeypatch.setattr(Store, "read_at_once", read)
        change()
        return rows

    monkeypatch.setattr(Store, "read_at_once", slowly)


@pytest.fixture
def twice(at_server: Callable[..., Settings], tmp_path: Path) -> Iterator[Twice]:
    chosen = at_server(snapshot_rows=1, named="part")
    (tmp_path / "deliveries").mkdir()
    with Service(chosen) as cached, Service(dataclasses.replace(chosen, snapshot_rows=0)) as plain:
        add(cached, CASE, {**READERS, **OFFICERS})
        yield Twice(cached, plain, tmp_path / "deliveries")


@pytest.mark.slow(reason="reads a whole case for four clearances, three times after each of seven changes")
def test_it_is_what_the_graph_says_whatever_becomes_of_the_case(twice: Twice, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = Asked(twice.kept, monkeypatch)
    cus, sup = (session(twice.plain, name, CASE) for name in ("cus", "sup"))

    def erase() -> None:
        sup.protection.erasures.agree(cus.protection.erasures.ask("aide-2", "asked for it"), quiet)

    steps: dict[str, Callable[[], object]] = {
        "a first delivery": lambda: twice.deliver(FIRST),
        "one under C": lambda: twice.deliver(SECOND),
        "a third": lambda: twice.deliver(THIRD),
        "the second is taken back": lambda: session(twice.plain, "inv", CASE).deliveries.undo(2, quiet),
        "and comes again": lambda: twice.deliver(SECOND),
        "somebody is sealed": lambda: seal(cus, sup, "aide-3"),
        "somebody is erased": erase,
    }
    before: set[Path] = set()
    for step, change in steps.items():
        change()
        for name in READERS:
            first = whole_case_answers(twice.kept, name)
            assert queries.take_names(), (step, name)
            again = whole_case_answers(twice.kept, name)
            assert queries.take_names() == [query for query in sorted(WHOLE_CASE) if not rows(again, query)], (
                step,
                name,
            )
            assert first == again == whole_case_answers(twice.plain, name), (step, name)
            queries.take_names()
        under_c = {path for path in twice.files & before if path.name != "lock"}
        # Only a change under C leaves files in place, those read under P.
        assert bool(under_c) == (step in ("one under C", "the second is taken back", "and comes again")), step
        before = twice.files


def test_what_is_computed_of_all_leads_is_not_computed_twice_and_is_that_of_the_case_as_it_is(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> Any:
        raise AssertionError("it is computed again")

    cus, sup = (session(twice.plain, name, CASE) for name in ("cus", "sup"))
    steps: tuple[Callable[[], object], ...] = (
        lambda: twice.deliver(FIRST),
        lambda: twice.deliver(SECOND),
        lambda: session(twice.plain, "inv", CASE).deliveries.undo(2, quiet),
        lambda: seal(cus, sup, "aide-1"),
    )
    before: dict[str, Any] = {}
    for number, change in enumerate(steps):
        change()
        for name in ("low", "all"):
            first = compute_figures(twice.kept, name)
            assert first == compute_figures(twice.plain, name), (number, name)
            assert first["ranking"].leads
            assert first["places"]
            assert (first != before.get(name)) == (number in (0, 3) or name == "all"), (number, name)
            before[name] = first
            with monkeypatch.context() as patch:
                for function in ("rank_basis", "places", "brought", "would_leave"):
                    patch.setattr(material, function, never)
                assert compute_figures(twice.kept, name) == first, (number, name)
                with pytest.raises(AssertionError, match="computed again"):
                    compute_figures(twice.plain, name)


@pytest.mark.slow(reason="works out every lead for four clearances three times, after each of three changes")
def test_a_lead_is_told_alike_of_claims_in_columns_and_of_claims_as_objects(twice: Twice) -> None:
    cus, sup = (session(twice.plain, name, CASE) for name in ("cus", "sup"))
    steps: tuple[Callable[[], object], ...] = (
        lambda: twice.deliver(FIRST),
        lambda: twice.deliver(SECOND),
        lambda: seal(cus, sup, "aide-1"),
    )
    former: dict[str, Any] = {}
    for number, change in enumerate(steps):
        change()
        for each in (twice.kept, twice.plain):
            each.forget()
        plain = {name: of_each_lead(twice.plain, name) for name in READERS}
        assert {name: of_each_lead(twice.kept, name) for name in READERS} == plain, number
        # The caches are empty, and the disk returns columns. The second clearance finds the columns of the first there.
        twice.kept.forget()
        for name in READERS if number % 2 else reversed([*READERS]):
            claims = session(twice.kept, name, CASE).leads._material.analysis_input()[0]
            assert isinstance(claims, LaidClaims), (number, name)
            assert claims.columns() is not None
            assert of_each_lead(twice.kept, name) == plain[name], (number, name)
            assert list(claims) == list(session(twice.plain, name, CASE).leads._material.analysis_input()[0])
        assert plain != former, number
        former = plain


def test_what_is_read_in_columns_stands_in_the_log_as_ever_and_is_one_clearances_alone(twice: Twice) -> None:
    for delivered in (FIRST, SECOND):
        twice.deliver(delivered)
    lines: dict[str, list[Any]] = {}
    for form in ("objects", "columns"):
        twice.kept.forget()
        for name in READERS:
            before = set(log_lines(twice.kept))
            session(twice.kept, name, CASE).leads._material.analysis_input()
            now = log_lines(twice.kept)
            lines.setdefault(form, []).append([now[line] for line in sorted(now.keys() - before)])
    assert lines["objects"] == lines["columns"]
    assert all("hubs.claims" in str(of_one) for of_one in lines["columns"])
    claims_by_reader = {name: session(twice.kept, name, CASE).leads._material.analysis_input()[0] for name in READERS}
    assert {claim.handling for claim in claims_by_reader["sourced"]} == {"P"}
    assert {claim.handling for claim in claims_by_reader["all"]} == {"P", "C"}


def test_another_process_of_the_home_reads_what_the_first_kept_and_asks_the_server_for_nothing_of_it(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rows_of_delivery in (FIRST, SECOND):
        twice.deliver(rows_of_delivery)
    first = {name: (whole_case_answers(twice.kept, name), compute_figures(twice.kept, name)) for name in READERS}
    with Service(twice.kept.settings) as second:
        queries = Asked(second, monkeypatch)
        for name in READERS:
            again = whole_case_answers(second, name)
            # Empty answers are not stored: reading them from the graph costs as little.
            assert queries.take_names() == [query for query in sorted(WHOLE_CASE) if not rows(again, query)], name
            assert (again, compute_figures(second, name)) == first[name]
            assert set(queries.take_names()).isdisjoint(MATERIAL), name


def test_of_a_case_that_is_too_large_for_the_server_to_hold_it_is_the_same(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rows in (FIRST, SECOND, THIRD):
        twice.deliver(rows)
    before = {name: whole_case_answers(twice.plain, name) for name in READERS}
    monkeypatch.setattr(gate, "_HELD_AT_ONCE", 0)
    one_by_one: list[str] = []
    whole = Store.read_one_by_one

    def read(store: Store, text: str, *arguments: Any, **named: Any) -> Any:
        one_by_one.append(text)
        return whole(store, text, *arguments, **named)

    monkeypatch.setattr(Store, "read_one_by_one", read)
    assert {name: whole_case_answers(twice.plain, name) for name in READERS} == before
    assert {twice.plain.library[name].text for name in WHOLE_CASE} == set(one_by_one)


def test_what_a_look_computes_of_a_former_state_is_kept_for_no_later_one(twice: Twice) -> None:
    twice.deliver(FIRST)
    reader = session(twice.kept, "all", CASE)

    def look() -> None:
        with reader.look("analyse"):
            reader.leads._material.basis()
            twice.deliver(THIRD)
            assert "aide-3" not in {lead.id for lead in reader.leads.ranking().leads}
            reader.leads.places()

    with pytest.raises(Busy, match="changed while you looked"):
        look()
    assert compute_figures(twice.kept, "all") == compute_figures(twice.plain, "all")
    assert "aide-3" in {lead.id for lead in compute_figures(twice.kept, "all")["ranking"].leads}


def test_what_a_change_overtakes_is_not_kept_as_of_the_state_after_it(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice.deliver(FIRST)
    twice.deliver(THIRD)
    overtaken = twice.overtaken_in("places", "an undo", monkeypatch)
    # Not within a look, like requests of commands and notebooks.
    session(twice.kept, "all", CASE).leads.places()
    assert overtaken
    assert compute_figures(twice.kept, "all") == compute_figures(twice.plain, "all")


def test_what_false_accounts_could_do_is_kept_and_takes_nothing_that_is_left_out(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice.deliver(FIRST)

    def told_of_each() -> list[Any]:
        twice.kept.forget()
        reader = session(twice.kept, "all", CASE)
        return [reader.leads.falsehood(lead.id) for lead in reader.leads.ranking().leads]

    first = told_of_each()
    assert any(false is not None for false, _ in first)
    with monkeypatch.context() as patch:
        patch.setattr(prepared, "pieces", None)
        assert told_of_each() == first
    # If more leads share the first places than are computed together, each lead is computed on request.
    monkeypatch.setattr(material, "_GATHERED", 0)
    reader = session(twice.plain, "all", CASE)
    twice.plain.forget()
    assert [reader.leads.falsehood(lead.id) for lead in reader.leads.ranking().leads] == first
    assert reader.leads._material._cached_places().falsehood is None


@pytest.mark.parametrize("change", ["a delivery", "an undo"])
def test_what_is_left_out_is_of_the_state_that_it_is_left_out_of(
    twice: Twice, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    twice.deliver(FIRST)
    if change == "an undo":
        twice.deliver(THIRD)
    overtaken = twice.overtaken_in("LeavingOut", change, monkeypatch)
    session(twice.kept, "all", CASE).leads.places()
    assert overtaken
    cached, plain = (session(of, "all", CASE).leads.places() for of in (twice.kept, twice.plain))
    assert cached == plain


@pytest.mark.parametrize("change", ["a delivery", "an undo"])
def test_where_many_share_the_first_places_what_becomes_of_them_is_of_the_state_it_was_worked_out_of(
    twice: Twice, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(material, "_GATHERED", 0)
    twice.deliver(FIRST)
    if change == "an undo":
        twice.deliver(THIRD)
    reader = session(twice.kept, "all", CASE)
    lead = reader.leads.ranking().leads[0].id
    reader.leads.places()
    overtaken = twice.overtaken_in("first_places", change, monkeypatch)
    reader.leads.falsehood(lead)
    assert overtaken
    cached, plain = (
        [asking.leads.falsehood(lead.id) for lead in asking.leads.ranking().leads]
        for asking in (session(of, "all", CASE) for of in (twice.kept, twice.plain))
    )
    assert cached == plain


def test_who_waits_too_long_for_what_becomes_of_the_first_places_is_told_to_look_again(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(material, "_GATHERED", 0)
    twice.deliver(FIRST)
    reader = session(twice.kept, "all", CASE)
    first, second = [lead.id for lead in reader.leads.ranking().leads][:2]
    reader.leads.places()
    began, goes_on = threading.Event(), threading.Event()

    def slowly(*arguments: Any, **named: Any) -> Any:
        began.set()
        assert goes_on.wait(60)
        return alone(*arguments, **named)

    def ask_briefly() -> object:
        PATIENCE.set(0.1)
        return session(twice.kept, "all", CASE).leads.falsehood(second)

    monkeypatch.setattr(prepared, "alone", slowly)
    with ThreadPoolExecutor(2) as pool:
        try:
            waiting = pool.submit(reader.leads.falsehood, first)
            assert began.wait(60)
            with pytest.raises(NotReady, match="look again"):
                pool.submit(ask_briefly).result(60)
        finally:
            goes_on.set()
        assert waiting.result(60)[0] is not None


def test_a_small_case_waits_for_nothing_large_that_is_worked_out(twice: Twice, monkeypatch: pytest.MonkeyPatch) -> None:
    twice.deliver(FIRST)
    reader = session(twice.kept, "all", CASE)

    def ask_briefly() -> object:
        PATIENCE.set(0.1)
        return reader.leads.places()

    folder = twice.kept.settings.home / "snapshots"
    folder.mkdir(mode=0o700, exist_ok=True)
    with ThreadPoolExecutor(1) as pool, FileLock(folder / "heavy", mode=0o600):
        with monkeypatch.context() as patch:
            patch.setattr(gate, "_HELD_AT_ONCE", 0)
            with pytest.raises(NotReady, match="look again"):
                pool.submit(ask_briefly).result(60)
        assert pool.submit(ask_briefly).result(60)


def test_what_is_asked_side_by_side_waits_as_long_as_who_asks_for_all_of_it(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float | None] = []
    monkeypatch.setattr(Ask, "rows", lambda *_given, **_named: waits.append(PATIENCE.get()))

    def ask_briefly() -> None:
        PATIENCE.set(0.1)
        session(twice.kept, "all", CASE).ask.together(("one", {}), ("two", {}))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(ask_briefly).result(60)
    assert waits == [0.1, 0.1]


def test_with_another_table_of_weights_it_is_computed_anew(twice: Twice, tmp_path: Path) -> None:
    """The weights decide who has a part in a stage, and nothing in the graph tells which weights were used."""
    twice.deliver(FIRST)
    shipped = compute_figures(twice.kept, "all")["ranking"]
    (tmp_path / "weights.toml").write_text("[intelligence]\nPILOTED = 0.01\n")
    settings = dataclasses.replace(twice.kept.settings, grading=tmp_path / "weights.toml")
    with Service(settings) as service:
        assert compute_figures(service, "all")["ranking"] != shipped
    assert compute_figures(twice.kept, "all")["ranking"] == shipped


def test_what_is_c_leaves_what_is_read_under_p(twice: Twice) -> None:
    twice.deliver(FIRST)
    whole_case_answers(twice.kept, "low")
    low = twice.files
    twice.deliver(SECOND)
    assert twice.files == low
    assert HIDDEN not in str(whole_case_answers(twice.kept, "low"))
    assert HIDDEN in str(whole_case_answers(twice.kept, "high"))


def test_before_a_change_is_said_to_be_done_nothing_is_left_of_what_was(twice: Twice) -> None:
    twice.deliver(FIRST)
    whole_case_answers(twice.kept, "all")
    assert len(twice.files) > 5
    seal(session(twice.plain, "cus", CASE), session(twice.plain, "sup", CASE), "aide-1")
    assert {path.name for path in twice.files} == {"lock"}


def test_what_was_read_before_a_change_is_not_kept_after_it(twice: Twice, monkeypatch: pytest.MonkeyPatch) -> None:
    twice.deliver(FIRST)
    meanwhile(monkeypatch, lambda: twice.deliver(THIRD))
    session(twice.kept, "all", CASE).ask.rows("cases.entities", whole=True)
    assert {path.name for path in twice.files} <= {"lock"}
    assert whole_case_answers(twice.kept, "all") == whole_case_answers(twice.plain, "all")


def test_a_kill_between_the_change_and_the_clearing_away_leaves_nothing_after_the_next_start(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice.deliver(FIRST)
    whole_case_answers(twice.kept, "all")
    finish = Register.finish

    def finish_then_stop(*arguments: Any, **named: Any) -> None:
        finish(*arguments, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(Register, "finish", finish_then_stop)
    with pytest.raises(KeyboardInterrupt):
        twice.deliver(THIRD)
    monkeypatch.setattr(Register, "finish", finish)
    assert whole_case_answers(twice.kept, "all") == whole_case_answers(
        twice.plain, "all"
    )  # as in the current case, whatever files are left
    twice.plain.recover()
    assert whole_case_answers(twice.kept, "all") == whole_case_answers(twice.plain, "all")
    with transaction(twice.plain.database) as connection:
        assert connection.execute(sa.select(tables.cases.c.state)).scalars().all() == ["open"]
    assert len({path.parent for path in twice.files}) == 2  # the current state, and the lock


def test_a_closed_case_is_not_read_from_disk(twice: Twice) -> None:

    twice.deliver(FIRST)
    whole_case_answers(twice.kept, "all")
    twice.plain.register.close(CASE)
    for name in READERS:
        with pytest.raises(Busy):
            session(twice.kept, name, CASE).ask.rows("cases.entities", whole=True)


def test_what_comes_under_c_meanwhile_keeps_nothing_from_who_is_cleared_for_p(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a second look would be slow, and so reveal that something changed."""
    twice.deliver(FIRST)
    meanwhile(monkeypatch, lambda: twice.deliver(SECOND))
    low = session(twice.kept, "low", CASE)
    low.ask.rows("cases.entities", whole=True)
    assert len(twice.files) == 2
    twice.kept.forget()
    queries = Asked(twice.kept, monkeypatch)
    assert HIDDEN not in str(low.ask.rows("cases.entities", whole=True).rows)
    assert queries.take_names() == []


def test_what_was_read_of_a_graph_that_is_not_the_one_written_is_not_kept(twice: Twice) -> None:
    twice.deliver(FIRST)
    twice.kept.store().write("MATCH (m:GraphsvcMark {of: $case}) SET m.mark = 'of an older copy'", {"case": CASE})
    twice.kept.gate._checks._due[CASE] = math.inf
    session(twice.kept, "all", CASE).ask.rows("cases.entities", whole=True)
    assert {path.name for path in twice.files} <= {"lock"}


def test_a_filter_of_ones_own_pushes_nothing_out(twice: Twice) -> None:
    twice.deliver(FIRST)
    whole_case_answers(twice.kept, "all")
    before = twice.files
    asking = session(twice.kept, "all", CASE)
    for least in (0.1, 0.2, 0.3):
        assert asking.ask.rows("network.whole", whole=True, least=least).rows
    assert twice.files == before
