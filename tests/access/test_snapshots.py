"""Whole-case answers stored on disk: repeated exactly, unreadable to others, deleted when their state changes."""

from __future__ import annotations

import contextvars
import datetime as dt
import math
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.access.gate import arrow, snapshots
from graphsvc.access.gate.arrow import as_arrow, as_batch, from_arrow, join_batches
from graphsvc.access.gate.snapshots import Snapshot, Snapshots
from graphsvc.access.log import audit
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import tables, transaction
from graphsvc.appdb.engine import open_database
from graphsvc.config import Settings
from graphsvc.errors import NotReady, OperatorError
from graphsvc.records.columns import distinct_texts, encode, number_texts, read_rows
from graphsvc.records.patience import PATIENCE

KEY, ROOT = b"k" * 32, b"r" * 32
ALL, OPEN = Grant("C", sources=True), Grant("P")
CANARY = "Zoraya Quillfeather"
ROWS = [(f"p{number}", CANARY, number) for number in range(20)]


class Stands(NamedTuple):
    """The state of a case."""

    held: dict[str, Any] | None
    mark_s: str | None
    mark_p: str | None


NOW = Stands({"mark": "m2"}, "m1", "m1")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_database(Settings.read({}, home=tmp_path / "home"))
    with transaction(engine) as connection:
        connection.execute(
            tables.cases.insert().values(
                id="dover", key_sealed=b"", created_at=audit.now(), held=NOW.held, mark_s=NOW.mark_s, mark_p=NOW.mark_p
            )
        )
    yield engine
    engine.dispose()


def open_snapshots(database: sa.Engine, tmp_path: Path, least: int = 2) -> Snapshots:
    """The snapshots of one home, as one of its processes opens them."""
    return Snapshots(tmp_path / "kept", ROOT, database, lambda _case: KEY, least)


@pytest.fixture
def snapshot_store(database: sa.Engine, tmp_path: Path) -> Snapshots:
    return open_snapshots(database, tmp_path)


def always() -> bool:
    return True


def store_rows(
    store: Snapshots, rows: list[tuple[Any, ...]], *, grant: Grant = ALL, question: str = "q", still: bool = True
) -> None:
    with store.of("dover", grant, NOW, (question,)).writing(always, lambda: still) as writer:
        for row in rows:
            writer.add(row)
        writer.keep({"columns": ["id"]})


def got(
    store: Snapshots, *, grant: Grant = ALL, state: Stands = NOW, question: str = "q"
) -> tuple[list[tuple[Any, ...]], dict[str, Any] | None]:
    rows: list[tuple[Any, ...]] = []
    beside = store.of("dover", grant, state, (question,)).read(rows.extend)
    return rows, beside


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock")


def folders(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_dir()]


def test_what_was_kept_is_read_again_as_it_was(snapshot_store: Snapshots, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "_BATCH", 7)  # the answer is written in three parts
    assert got(snapshot_store) == ([], None)
    store_rows(snapshot_store, ROWS)
    assert got(snapshot_store) == (ROWS, {"columns": ["id"]})


@given(
    st.lists(
        st.tuples(
            *[
                st.none()
                | st.text(st.characters(exclude_categories=["Cs"]))
                | st.integers(-(2**63), 2**63 - 1)
                | st.floats(allow_nan=False)
                | st.booleans()
                | st.dates()
            ],
            st.none() | st.text(st.characters(exclude_categories=["Cs"])),
            st.none() | st.lists(st.text(max_size=3)) | st.just("few") | st.integers(0, 9),
            st.none() | st.floats(allow_nan=False),
            st.none() | st.dates(),
            st.booleans() | st.integers(0, 1),
        ),
        min_size=1,
    )
)
def test_values_come_back_as_what_they_were(rows: list[tuple[Any, ...]]) -> None:
    kinds = {type(row[0]) for row in rows} - {type(None)}
    if dt.date in kinds and len(kinds) > 1:
        with pytest.raises(TypeError):  # no query mixes days with other values in one column
            as_arrow(rows)
        return
    back = from_arrow(as_arrow(rows))
    assert back == rows
    assert [list(map(type, row)) for row in back] == [list(map(type, row)) for row in rows]
    for size in (1, 2, len(rows)):
        batches = [as_batch(as_arrow(rows[first : first + size])) for first in range(0, len(rows), size)]
        together = list(read_rows(join_batches(batches)))
        assert together == rows
        assert [list(map(type, row)) for row in together] == [list(map(type, row)) for row in rows]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, unique=True))
def test_texts_that_arrow_keeps_are_read_and_sorted_as_others_are(texts: list[str]) -> None:
    rows = [(text, number) for number, text in enumerate(texts)]
    columns = join_batches([as_batch(as_arrow(rows[first : first + 2])) for first in range(0, len(rows), 2)])
    assert not hasattr(columns[0], "dictionary")
    together = list(read_rows(columns.sort_by("0")))
    assert together == sorted(rows)
    assert [row for place in range(len(rows)) for row in read_rows(columns.slice(place, 1))] == rows
    for column in (columns[0], encode(texts)[0]):
        assert distinct_texts(column, np.ones(len(rows), dtype=bool)) == set(texts)
        names, (numbers,) = number_texts(column)
        assert names == sorted(texts)
        assert [names[number] for number in numbers] == texts


def test_a_column_of_which_some_batches_have_nothing_is_of_the_kind_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arrow, "reader", None)  # no value is checked on its own
    batches = [as_batch(as_arrow([(value, text)])) for value, text in ((None, "a"), (1.5, None), (None, None))]
    assert list(read_rows(join_batches(batches))) == [(None, "a"), (1.5, None), (None, None)]
    assert list(read_rows(join_batches(batches[2:]))) == [(None, None)]


def test_no_number_stays_none_and_every_row_has_a_list_of_its_own() -> None:
    (row,) = from_arrow(as_arrow([(math.nan,)]))
    assert math.isnan(row[0])
    first, second = from_arrow(as_arrow([(["a"],), (["a"],)]))
    first[0].append("b")
    assert second == (["a"],)


def test_a_state_a_clearance_and_a_question_have_one_each(snapshot_store: Snapshots) -> None:
    store_rows(snapshot_store, ROWS)
    assert got(snapshot_store, grant=Grant("C"))[1] is None
    assert got(snapshot_store, grant=Grant("P", sources=True))[1] is None
    assert got(snapshot_store, question="other")[1] is None
    assert got(snapshot_store, state=Stands({"mark": "m3"}, "m1", "m1"))[1] is None


def test_what_is_c_moves_nothing_of_who_is_cleared_for_p(snapshot_store: Snapshots) -> None:
    store_rows(snapshot_store, ROWS, grant=OPEN)
    assert got(snapshot_store, grant=OPEN, state=Stands({"mark": "m3"}, "m1", "m1"))[0] == ROWS
    assert got(snapshot_store, grant=OPEN, state=Stands({"mark": "m2"}, "m1", "m3"))[1] is None


def test_nothing_on_disk_can_be_read_or_guessed_from(snapshot_store: Snapshots, tmp_path: Path) -> None:
    store_rows(snapshot_store, ROWS)
    (file,) = files(tmp_path / "kept")
    assert CANARY.encode() not in file.read_bytes()
    assert "dover" not in str(file.relative_to(tmp_path))
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    second = Snapshots(tmp_path / "kept", b"s" * 32, snapshot_store._database, lambda _case: KEY, 2)
    store_rows(second, ROWS)
    names = [path.name for path in files(tmp_path / "kept")]
    assert len(set(names)) == 2  # names depend on a key, so they do not show whether a case exists


@pytest.mark.parametrize(
    "damage", ["another key", "cut", "shorter", "longer", "flipped", "exchanged", "emptied", "endless", "begun"]
)
def test_what_does_not_open_is_made_anew(
    snapshot_store: Snapshots, tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_BATCH", 5)
    store_rows(snapshot_store, ROWS)
    (file,) = files(tmp_path / "kept")
    whole = file.read_bytes()
    if damage == "another key":
        snapshot_store._key_of = lambda _case: b"x" * 32
    elif damage == "exchanged":  # the answer to another question, in place of this one
        store_rows(snapshot_store, ROWS[:9], question="other")
        (second_file,) = set(files(tmp_path / "kept")) - {file}
        file.write_bytes(second_file.read_bytes())
        second_file.unlink()
    else:
        first = 8 + int.from_bytes(whole[:8])
        file.write_bytes(
            {
                "cut": whole[:-9],
                "shorter": whole[:first],
                "longer": whole[:first] + whole[:first] + whole[first:],
                "flipped": whole[:-1] + bytes([whole[-1] ^ 1]),
                "emptied": b"",
                "endless": b"\xff" * 8 + whole[8:],
                "begun": whole[:3],
            }[damage]
        )
    assert got(snapshot_store)[1] is None
    assert files(tmp_path / "kept") == []
    store_rows(snapshot_store, ROWS)
    assert got(snapshot_store)[0] == ROWS


def test_what_holds_no_more_is_not_kept(snapshot_store: Snapshots, tmp_path: Path) -> None:
    store_rows(snapshot_store, ROWS, still=False)
    assert got(snapshot_store)[1] is None
    assert files(tmp_path / "kept") == []


def watch_writes(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Collect everything written from now on, part by part."""
    parts: list[bytes] = []
    write = snapshots._write_all

    def record_and_write(file: Any, data: bytes) -> None:
        parts.append(data)
        write(file, data)

    monkeypatch.setattr(snapshots, "_write_all", record_and_write)
    return parts


def test_of_a_state_that_is_no_more_nothing_is_written(
    snapshot_store: Snapshots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = watch_writes(monkeypatch)
    for rows in (ROWS, ROWS[:3]):
        monkeypatch.setattr(snapshots, "_BATCH", 7)
        store_rows(snapshot_store, rows, still=False)
    assert parts == []
    assert folders(tmp_path / "kept") == []


def test_nor_is_the_rest_of_what_was_begun_before_the_change(
    snapshot_store: Snapshots, database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_BATCH", 7)
    parts, states = watch_writes(monkeypatch), [True]
    with snapshot_store.of("dover", ALL, NOW, ("q",)).writing(always, lambda: states[-1]) as writer:
        for row in ROWS[:7]:
            writer.add(row)
        assert len(parts) == len(folders(tmp_path / "kept")) == 1
        with transaction(database) as connection:
            connection.execute(tables.cases.update().values(held={"mark": "m4"}, mark_s="m4", mark_p="m4"))
        states.append(False)
        snapshot_store.settle()
        for row in ROWS[7:]:
            writer.add(row)
        writer.keep({})
    assert len(parts) == 1
    assert folders(tmp_path / "kept") == []


def test_what_the_graph_does_not_hold_is_not_completed(snapshot_store: Snapshots, tmp_path: Path) -> None:
    with snapshot_store.of("dover", ALL, NOW, ("q",)).writing(lambda: False, always) as writer:
        for row in ROWS:
            writer.add(row)
        writer.keep({})
    assert folders(tmp_path / "kept") == []


def test_a_change_waits_for_what_is_written_at_that_moment_and_removes_it(
    snapshot_store: Snapshots, database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the old state would be written after the change was reported as complete."""
    changed, write = threading.Event(), snapshots._write_all

    def settle() -> None:
        snapshot_store.settle()
        changed.set()

    change = threading.Thread(target=settle)

    def slowly(file: Any, data: bytes) -> None:
        with transaction(database) as connection:
            connection.execute(tables.cases.update().values(held={"mark": "m4"}, mark_s="m4", mark_p="m4"))
        change.start()
        assert not changed.wait(0.5)
        write(file, data)

    monkeypatch.setattr(snapshots, "_write_all", slowly)
    with snapshot_store.of("dover", ALL, NOW, ("q",)).writing(always, lambda: change.ident is None) as writer:
        for row in ROWS:
            writer.add(row)
        writer.keep({})
    change.join()
    assert folders(tmp_path / "kept") == []


def test_where_the_database_does_not_say_how_the_case_stands_nothing_is_kept_and_who_asks_has_the_answer(
    snapshot_store: Snapshots, tmp_path: Path
) -> None:
    def lost() -> bool:
        raise OperatorError("the database went away")

    with snapshot_store.of("dover", ALL, NOW, ("q",)).writing(always, lost) as writer:
        for row in ROWS:
            writer.add(row)
        writer.keep({})
    assert folders(tmp_path / "kept") == []


def test_what_was_not_completed_leaves_nothing(
    snapshot_store: Snapshots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_BATCH", 2)
    with snapshot_store.of("dover", ALL, NOW, ("q",)).writing(always, always) as writer:
        for row in ROWS[:4]:
            writer.add(row)
        assert len(files(tmp_path / "kept")) == 1
    assert files(tmp_path / "kept") == folders(tmp_path / "kept") == []
    store_rows(snapshot_store, ROWS[:4], question="another")
    with snapshot_store.of("dover", ALL, NOW, ("q",)).writing(always, always) as writer:
        for row in ROWS[:4]:
            writer.add(row)
    assert got(snapshot_store, question="another")[0] == ROWS[:4]


def test_small_answers_and_cases_without_a_mark_are_not_kept(
    snapshot_store: Snapshots, database: sa.Engine, tmp_path: Path
) -> None:
    store_rows(snapshot_store, ROWS[:1])
    unmarked = Stands(None, None, None)
    for grant in (ALL, OPEN):
        with snapshot_store.of("dover", grant, unmarked, ("q",)).writing(always, always) as writer:
            for row in ROWS:
                writer.add(row)
            writer.keep({})
    off = open_snapshots(database, tmp_path, least=0)
    store_rows(off, ROWS)
    assert not (tmp_path / "kept").exists()


class Wanting(threading.Thread):
    """A process that needs one answer. It reads the answer, or computes it, which lasts until `on` is set."""

    def __init__(self, store: Snapshots, on: threading.Event) -> None:
        super().__init__()
        self._kept, self._on = store, on
        self.making, self.made = threading.Event(), False
        self.rows: list[tuple[Any, ...]] = []
        self.start()

    def run(self) -> None:
        place = self._kept.of("dover", ALL, NOW, ("q",))
        with place.alone():
            if place.read(self.rows.extend) is not None:
                return
            self.made = True
            self.making.set()
            self._on.wait(20)
            store_rows(self._kept, ROWS)


def test_what_several_processes_want_is_made_by_one(
    snapshot_store: Snapshots, database: sa.Engine, tmp_path: Path
) -> None:
    on = threading.Event()
    first = Wanting(snapshot_store, on)
    assert first.making.wait(20)
    processes = [Wanting(open_snapshots(database, tmp_path), on) for _ in range(3)]
    assert not any(process.making.wait(0.3) for process in processes)
    on.set()
    for each in (first, *processes):
        each.join(20)
    assert [each.made for each in (first, *processes)] == [True, False, False, False]
    assert all(process.rows == ROWS for process in processes)
    assert not list((tmp_path / "kept").glob("making-*"))


def test_who_makes_it_for_too_long_or_is_gone_is_not_waited_for(
    snapshot_store: Snapshots, database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_MAKING_S", 0.2)
    stays, goes = threading.Event(), threading.Event()
    goes.set()
    first = Wanting(snapshot_store, stays)
    assert first.making.wait(20)
    second = Wanting(open_snapshots(database, tmp_path), goes)
    second.join(20)
    assert second.made
    assert not second.is_alive()
    stays.set()
    first.join(20)
    # A file left by a killed process blocks no reader, and is removed with other unfinished files.
    left = tmp_path / "kept" / "making-by-nobody"
    left.touch()
    os.utime(left, (0, 0))
    snapshot_store.settle()
    assert not left.exists()
    assert got(snapshot_store)[0] == ROWS


def test_of_what_takes_the_whole_machine_one_is_made_at_a_time_and_who_looks_at_a_page_is_told_to_look_again(
    snapshot_store: Snapshots, database: sa.Engine, tmp_path: Path
) -> None:
    second = open_snapshots(database, tmp_path)
    heavy, also_heavy = (by.of("dover", grant, NOW, ("q",)) for by, grant in ((snapshot_store, ALL), (second, OPEN)))
    context = contextvars.copy_context()
    context.run(PATIENCE.set, 0.1)

    def make_alone(place: Snapshot, *, heavy: bool) -> str:
        with place.alone(heavy=heavy):
            return "made"

    with ThreadPoolExecutor(1) as pool:
        with heavy.alone(heavy=True):
            for where in (also_heavy, second.of("dover", ALL, NOW, ("q",))):
                with pytest.raises(NotReady, match="look again"):
                    pool.submit(context.run, partial(make_alone, where, heavy=True)).result(20)
            assert pool.submit(context.run, partial(make_alone, also_heavy, heavy=False)).result(20) == "made"
        assert pool.submit(context.run, partial(make_alone, also_heavy, heavy=True)).result(20) == "made"


def test_settling_leaves_what_is_of_the_state_of_today(
    snapshot_store: Snapshots, database: sa.Engine, tmp_path: Path
) -> None:
    snapshot_store.settle()  # while no snapshot exists yet
    store_rows(snapshot_store, ROWS)
    store_rows(snapshot_store, ROWS, grant=OPEN)
    folder = files(tmp_path / "kept")[0].parent
    left, written = folder / "part-of-a-process-that-was-killed", folder / "part-of-one-that-is-at-it"
    for part in (left, written):
        part.write_bytes(b"x")
    os.utime(left, (0, 0))
    snapshot_store.settle()
    assert (left.exists(), written.exists()) == (False, True)
    assert (got(snapshot_store)[0], got(snapshot_store, grant=OPEN)[0]) == (ROWS, ROWS)
    with transaction(database) as connection:  # a change under C
        connection.execute(tables.cases.update().values(held={"mark": "m3"}))
    snapshot_store.settle()
    assert got(snapshot_store)[1] is None
    assert got(snapshot_store, grant=OPEN)[0] == ROWS
    with transaction(database) as connection:
        connection.execute(tables.cases.update().values(held={"mark": "m4"}, mark_s="m4", mark_p="m4"))
    snapshot_store.settle()
    assert files(tmp_path / "kept") == []


def test_those_used_last_stay(snapshot_store: Snapshots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "_MOST", 2)
    for moment, name in enumerate("abc"):
        store_rows(snapshot_store, ROWS, question=name)
        for path in files(tmp_path / "kept"):
            if path.stat().st_mtime > 1e6:
                os.utime(path, (moment, moment))
        if name == "b":
            assert got(snapshot_store, question="a")[0] == ROWS  # used again
    assert [name for name in "abc" if got(snapshot_store, question=name)[1]] == ["a", "c"]


def test_who_asks_has_the_answer_where_the_disk_does_not_take_it(
    snapshot_store: Snapshots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    store_rows(snapshot_store, ROWS)
    assert "could not be written: No space left on device" in caplog.text
    assert got(snapshot_store)[1] is None


def test_nor_is_it_lost_where_the_disk_fails_on_the_way(
    snapshot_store: Snapshots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "_write_all", fails)
    store_rows(snapshot_store, ROWS)
    assert "could not be written" in caplog.text
    monkeypatch.undo()
    store_rows(snapshot_store, ROWS)
    monkeypatch.setattr(snapshots, "_read_frames", fails)
    assert got(snapshot_store)[1] is None
    assert "does not open (OSError)" in caplog.text
    assert files(tmp_path / "kept") == []


def test_what_cannot_be_deleted_keeps_no_change_from_being_done(
    snapshot_store: Snapshots, database: sa.Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def deny_permission(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    store_rows(snapshot_store, ROWS)
    with transaction(database) as connection:
        connection.execute(tables.cases.update().values(held={"mark": "m4"}, mark_s="m4", mark_p="m4"))
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", deny_permission)
        snapshot_store.settle()
    assert "was not all deleted: PermissionError" in caplog.text
    assert got(snapshot_store, state=Stands({"mark": "m4"}, "m4", "m4"))[1] is None
    snapshot_store.settle()
    assert got(snapshot_store)[1] is None


@pytest.fixture
def rules_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module of a package that replaces graphsvc and has not been read yet."""
    (tmp_path / "package").mkdir()
    module = tmp_path / "package" / "release.py"
    module.write_text("SHOWN = ('name', 'role')\n")
    monkeypatch.setattr(snapshots, "_PACKAGE", tmp_path / "package")
    snapshots._rules.cache_clear()
    yield module
    snapshots._rules.cache_clear()


def test_an_upgrade_that_changes_what_is_released_gives_nothing_of_before(
    database: sa.Engine, tmp_path: Path, rules_module: Path
) -> None:
    def anew() -> Snapshots:
        snapshots._rules.cache_clear()  # like a separate process
        return open_snapshots(database, tmp_path)

    store_rows(anew(), ROWS)
    assert got(anew())[0] == ROWS
    rules_module.write_text("SHOWN = ('role',)\n")
    assert got(anew())[1] is None


def test_what_a_service_keeps_after_an_upgrade_under_it_is_of_the_code_that_it_runs(
    database: sa.Engine, tmp_path: Path, rules_module: Path
) -> None:
    running = open_snapshots(database, tmp_path)
    rules_module.write_text("SHOWN = ('role',)\n")
    store_rows(running, ROWS)
    assert got(running)[0] == ROWS
    snapshots._rules.cache_clear()  # as after its next start
    assert got(open_snapshots(database, tmp_path))[1] is None


def test_where_nothing_is_kept_no_code_is_read(database: sa.Engine, tmp_path: Path, rules_module: Path) -> None:
    store_rows(open_snapshots(database, tmp_path, least=0), ROWS)
    assert snapshots._rules.cache_info().misses == 0


def test_a_case_of_a_thousand_filters_keeps_none_of_them(snapshot_store: Snapshots, tmp_path: Path) -> None:
    with snapshot_store.of("dover", ALL, NOW, ("q",), usual=False).writing(always, always) as writer:
        for row in ROWS:
            writer.add(row)
        writer.keep({})
    assert files(tmp_path / "kept") == []
