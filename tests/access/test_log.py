"""The log: a chain of lines without names, in which every change is noticed."""

# ruff: noqa: S608 - attackers write their own SQL

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.log import audit
from graphsvc.access.log.chain import Chain
from graphsvc.access.log.disclosed import disclosed_details
from graphsvc.access.log.verify import Verified, verify
from graphsvc.access.people.principal import Principal
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, OperatorError

KEY = bytes(range(32))
ANN = Principal("ann", frozenset())
SOURCES = ("Q-AAAA-BBBB-CCCC", "Q-DDDD-EEEE-FFFF", "Q-GGGG-HHHH-JJJJ")
COLUMNS = (
    "id",
    "of_line",
    "at",
    "account",
    "purpose",
    "action",
    "case_id",
    "detail",
    "outcome",
    "rows",
    "sources_hmac",
    "hmac",
)


@dataclass
class Kept:
    """A log on disk."""

    home: Path
    engine: sa.Engine
    chain: Chain

    @property
    def anchor(self) -> Path:
        return self.home / "log.anchor"

    def act(self, number: int = 1, sources: tuple[str, ...] = ()) -> None:
        line = audit.begin(self.engine, ANN, "why", "query", "one", query="boats.one", parameters={"id": f"B{number}"})
        audit.finish(self.engine, line, "released", number, sources)

    def tamper(self, *statements: str) -> None:
        """Change the log as an attacker with the database file and an SQL tool could."""
        with sqlite3.connect(self.home / "graphsvc.sqlite") as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    def verify(self) -> Verified:
        return verify(self.chain, lambda *_progress: None)


def open_log(home: Path) -> Kept:
    engine = open_database(Settings.read({}, home=home))
    return Kept(home, engine, audit.keep(engine, KEY, home / "log.anchor"))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Kept]:
    opened = open_log(tmp_path / "home")
    yield opened
    opened.engine.dispose()


@pytest.fixture
def filled_log(log: Kept) -> Kept:
    """Twelve lines; lines 4, 8 and 12 release sources."""
    for number in range(1, 7):
        log.act(number, SOURCES[:2] if number % 2 == 0 else ())
    return log


# -- what is written --------------------------------------------------------------------------------------------


def test_an_act_and_its_end_are_a_line_each_and_nothing_is_changed(log: Kept) -> None:
    line = audit.begin(log.engine, ANN, "why", "query", "one", query="boats.one")
    with transaction(log.engine) as connection:
        before = connection.execute(sa.select(tables.log)).all()
    audit.finish(log.engine, line, "released", 3, SOURCES)
    with transaction(log.engine) as connection:
        act, end = connection.execute(sa.select(tables.log).order_by(tables.log.c.id)).all()
        linked = {tuple(row) for row in connection.execute(sa.select(tables.log_sources))}
    assert [act] == before
    assert (act.id, act.of_line, end.id, end.of_line, end.outcome, end.rows) == (1, None, 2, 1, "released", 3)
    assert linked == {(2, pseudonym) for pseudonym in SOURCES}
    (seen,) = audit.lines(log.engine)
    assert (seen["account"], seen["outcome"], seen["rows"], seen["sources"]) == ("ann", "released", 3, 3)
    with pytest.raises(OperatorError, match="has ended already"):
        audit.finish(log.engine, line, "failed")
    with pytest.raises(OperatorError, match="is gone"):
        audit.finish(log.engine, 99, "released")
    assert log.verify().lines == 2


def test_nothing_is_written_in_a_log_that_is_not_kept(tmp_path: Path) -> None:
    engine = open_database(Settings.read({}, home=tmp_path))
    with pytest.raises(OperatorError, match="log is not open"):
        audit.begin(engine, ANN, "why", "query")
    engine.dispose()


@pytest.mark.parametrize(
    ("detail", "disclosed"),
    [
        ({"query": "boats.one", "partial": True, "undo": 3}, {"query": "boats.one", "partial": True, "undo": 3}),
        ({"parameters": {"text": "Wilma"}}, {"parameters": {"text": "5 characters"}}),
        ({"parameters": {"text": "W1"}}, {"parameters": {"text": "2 characters"}}),
        ({"parameters": {"id": "Wilma Witness"}}, {"parameters": {"id": "13 characters"}}),
        ({"parameters": {"id": "+447700900123"}}, {"parameters": {"id": "13 characters"}}),
        ({"parameters": {"id": "447700900123"}}, {"parameters": {"id": "12 characters"}}),
        ({"parameters": {"id": "P12"}}, {"parameters": {"id": "P12"}}),
        ({"lead": SOURCES[0]}, {"lead": SOURCES[0]}),
        ({"parameters": {"ids": ["P1", "Wilma"]}}, {"parameters": {"ids": ["5 characters", "P1"]}}),
        ({"parameters": {"ids": [f"P{n}" for n in range(99)]}}, {"parameters": {"ids": "99 values"}}),
        ({"parameters": {"relation": "PILOTED"}}, {"parameters": {"relation": "PILOTED"}}),
        ({"parameters": {"relation": "X_WILMA"}}, {"parameters": {"relation": "7 characters"}}),
        (
            {"parameters": {"kind": "Wilma", "query": "Wilma"}},
            {"parameters": {"kind": "5 characters", "query": "5 characters"}},
        ),
        ({"roles": ["auditor"], "grants": ["dover:C+sources"]}, {"roles": ["auditor"], "grants": ["dover:C+sources"]}),
        ({"reason": "Wilma is in danger"}, {"reason": "18 characters"}),
        ({"parameters": {"since": "2020-05"}}, {"parameters": {"since": "2020-05"}}),
        # An empty decision is a decision too: it is logged.
        ({"roles": [], "undo": 0}, {"roles": [], "undo": 0}),
    ],
)
def test_what_could_name_someone_is_told_by_its_length(detail: dict[str, Any], disclosed: dict[str, Any]) -> None:
    assert disclosed_details(detail) == disclosed
    assert disclosed_details(disclosed_details(detail)) == disclosed


def test_acts_are_found_by_who_where_what_when_and_which_source(filled_log: Kept) -> None:
    audit.finish(
        filled_log.engine,
        audit.begin(filled_log.engine, Principal("bob", frozenset()), "why", "read", "two"),
        "refused",
    )

    def find_ids(**sought: Any) -> list[int]:
        return [line["id"] for line in audit.lines(filled_log.engine, sought=audit.Sought(**sought))]

    assert find_ids() == [13, 11, 9, 7, 5, 3, 1]
    assert find_ids(account="bob") == find_ids(case="two") == find_ids(action="read") == [13]
    assert find_ids(source=SOURCES[0]) == find_ids(source=SOURCES[1]) == [11, 7, 3]
    assert find_ids(source=SOURCES[2]) == []
    moment = audit.lines(filled_log.engine)[3]["at"]
    assert find_ids(since=moment) == [13, 11, 9, 7]
    assert find_ids(until=moment) == [5, 3, 1]
    assert [line["id"] for line in audit.lines(filled_log.engine, newest=2, before=9)] == [7, 5]


# -- verifying --------------------------------------------------------------------------------------------------


def test_an_untouched_log_verifies(filled_log: Kept) -> None:
    verification = filled_log.verify()
    assert verification.whole, verification.faults
    assert verification.lines == 12


CHANGED = {
    "id": "id + 1000",
    "of_line": "CASE WHEN of_line IS NULL THEN id + 99 ELSE NULL END",
    "at": "'2020-01-01 00:00:00.000000'",
    "detail": """'{"query": "other"}'""",
    "rows": "COALESCE(rows, 0) + 1",
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("seed", range(3))
def test_a_change_of_any_column_of_any_line_is_found(filled_log: Kept, column: str, seed: int) -> None:
    line = random.Random(f"{column}{seed}").randint(1, 12)
    value = CHANGED.get(column, f"{column} || 'x'")
    filled_log.tamper(f"UPDATE log SET {column} = {value} WHERE id = {line}")
    verification = filled_log.verify()
    assert not verification.whole
    assert f"ine {line} " in verification.faults[0] or f"ine {line}:" in verification.faults[0] or line == 12, (
        verification.faults
    )


@pytest.mark.parametrize("column", [column for column in COLUMNS if column != "id"])
def test_what_does_not_belong_in_a_column_is_found_and_does_not_stop_the_verification(
    filled_log: Kept, column: str
) -> None:
    filled_log.tamper(f"UPDATE log SET {column} = X'FF00FE' WHERE id = 5", "UPDATE log SET purpose = 'x' WHERE id = 9")
    verification = filled_log.verify()
    assert any("Line 5 " in fault or "Line 5:" in fault for fault in verification.faults), verification.faults
    assert any("Line 9 " in fault for fault in verification.faults), verification.faults


@pytest.mark.parametrize("first", [1, 4, 9, 11])
@pytest.mark.parametrize("count", [1, 2])
def test_lines_that_were_removed_are_found(filled_log: Kept, first: int, count: int) -> None:
    last = first + count - 1
    filled_log.tamper(f"DELETE FROM log WHERE id BETWEEN {first} AND {last}")
    expected = f"Line {first} is missing" if count == 1 else f"Lines {first} to {last} are missing"
    assert any(expected in fault for fault in filled_log.verify().faults)


@pytest.mark.parametrize("left", range(12))
def test_a_tail_that_was_cut_is_found_however_long(filled_log: Kept, left: int) -> None:
    filled_log.tamper(f"DELETE FROM log_sources WHERE line > {left}", f"DELETE FROM log WHERE id > {left}")
    (fault,) = filled_log.verify().faults
    assert fault.startswith(f"Line {12} is missing" if left == 11 else f"Lines {left + 1} to 12 are missing")


def test_lines_that_change_places_are_found(filled_log: Kept) -> None:
    filled_log.tamper(
        "UPDATE log SET id = 1000 WHERE id = 5",
        "UPDATE log SET id = 5 WHERE id = 7",
        "UPDATE log SET id = 7 WHERE id = 1000",
    )
    faults = filled_log.verify().faults
    assert any("Line 5 " in fault for fault in faults)
    assert any("Line 7 " in fault for fault in faults)


@pytest.mark.parametrize("place", [-3, 0, 13, 99])
def test_a_line_that_was_put_in_is_found(filled_log: Kept, place: int) -> None:
    filled_log.tamper(
        "INSERT INTO log (id, at, account, purpose, action, case_id, detail, outcome, rows, sources_hmac, hmac)"
        f" SELECT {place}, at, account, purpose, action, case_id, detail, outcome, rows, sources_hmac, hmac"
        " FROM log WHERE id = 11"
    )
    faults = filled_log.verify().faults
    assert any(f"Line {place} " in fault for fault in faults) or any("13 to 98" in fault for fault in faults)


def test_a_line_put_between_others_is_found(filled_log: Kept) -> None:
    """The later lines move up by one, and so do their references."""
    filled_log.tamper(
        "UPDATE log SET id = id + 1000 WHERE id > 6",
        "INSERT INTO log SELECT 7, of_line, at, account, purpose, action, case_id, detail, outcome, rows, sources_hmac,"
        " hmac FROM log WHERE id = 5",
        "UPDATE log SET id = id - 999 WHERE id > 1000",
    )
    assert any("Line 7 " in fault for fault in filled_log.verify().faults)


@pytest.mark.parametrize(
    "statement",
    [
        f"DELETE FROM log_sources WHERE line = 4 AND pseudonym = '{SOURCES[0]}'",
        f"INSERT INTO log_sources VALUES (4, '{SOURCES[2]}')",
        f"UPDATE log_sources SET pseudonym = '{SOURCES[2]}' WHERE line = 4 AND pseudonym = '{SOURCES[0]}'",
        f"INSERT INTO log_sources VALUES (3, '{SOURCES[2]}')",
        "DELETE FROM log_sources WHERE line = 4",
        "UPDATE log_sources SET line = 6 WHERE line = 4",
        f"INSERT INTO log_sources VALUES (77, '{SOURCES[2]}')",
        f"INSERT INTO log_sources VALUES ('x', '{SOURCES[2]}')",
    ],
)
def test_a_change_of_the_linked_sources_is_found(filled_log: Kept, statement: str) -> None:
    filled_log.tamper(statement)
    assert any("ources" in fault and "linked" in fault for fault in filled_log.verify().faults)


def test_a_log_under_another_key_does_not_verify(filled_log: Kept) -> None:
    foreign = audit.keep(filled_log.engine, bytes(32), filled_log.anchor)
    assert verify(foreign, lambda *_progress: None).count >= 12


def test_a_line_that_could_not_be_forged_without_the_key_is_all_that_follows_a_cut(filled_log: Kept) -> None:
    """If someone removes the last lines and the service goes on, the next line records that for good."""
    filled_log.tamper("DELETE FROM log_sources WHERE line > 6", "DELETE FROM log WHERE id > 6")
    filled_log.act()
    (fault,) = filled_log.verify().faults
    assert "Line 7 records" in fault
    assert "ines 7 to 12 are missing" in fault
    filled_log.act()
    assert len(filled_log.verify().faults) == 1


def test_a_log_put_back_from_before_and_gone_on_with_is_found(filled_log: Kept, tmp_path: Path) -> None:
    with sqlite3.connect(filled_log.home / "graphsvc.sqlite") as live, sqlite3.connect(tmp_path / "copy") as copy:
        live.backup(copy)
    for number in range(4):
        filled_log.act(number)
    filled_log.engine.dispose()
    with sqlite3.connect(tmp_path / "copy") as copy, sqlite3.connect(filled_log.home / "graphsvc.sqlite") as live:
        copy.backup(live)
    for _ in range(6):
        filled_log.act()
    faults = filled_log.verify().faults
    assert ["Line 13 records" in fault and "ines 13 to 20" in fault for fault in faults] == [True]


def test_a_line_of_another_history_is_found_though_it_was_written_by_the_service(
    filled_log: Kept, tmp_path: Path
) -> None:
    """The line has the same number, the same key and its own HMAC. Only the lines before it differ."""
    shutil.copytree(filled_log.home, tmp_path / "fork")
    fork = open_log(tmp_path / "fork")
    for opened, account in ((filled_log, "ann"), (fork, "bob")):
        for _ in range(3):
            audit.begin(opened.engine, Principal(account, frozenset()), "why", "query", "one")
    with fork.engine.connect() as connection:
        columns = [name for name in COLUMNS if name != "id"]
        line = connection.execute(sa.select(tables.log).where(tables.log.c.id == 14)).mappings().one()
        raw = connection.exec_driver_sql("SELECT at FROM log WHERE id = 14").scalar()
    values = {name: line[name] for name in columns} | {"at": raw, "detail": "{}"}
    with sqlite3.connect(filled_log.home / "graphsvc.sqlite") as live:
        live.execute(f"UPDATE log SET {', '.join(f'{name} = :{name}' for name in columns)} WHERE id = 14", values)
    live.close()
    assert any("Line 14 " in fault for fault in filled_log.verify().faults)
    assert fork.verify().whole
    fork.engine.dispose()


def test_a_missing_anchor_is_told_and_stays_in_the_log(filled_log: Kept) -> None:
    filled_log.anchor.unlink()
    (fault,) = filled_log.verify().faults
    assert "missing or unreadable" in fault
    filled_log.act()
    (fault,) = filled_log.verify().faults
    assert "Line 13 records that the anchor was missing" in fault


@pytest.mark.parametrize("with_anchor", [True, False])
def test_lines_whose_codes_were_blanked_are_never_chained_again(filled_log: Kept, *, with_anchor: bool) -> None:
    filled_log.tamper("UPDATE log SET hmac = ''")
    if not with_anchor:
        filled_log.anchor.unlink()
    filled_log.engine.dispose()
    again = open_log(filled_log.home)
    assert any("Line 1 " in fault for fault in again.verify().faults)
    again.act()
    assert any("Line 1 " in fault for fault in again.verify().faults)
    again.engine.dispose()


@pytest.mark.parametrize("place", range(2))
def test_an_anchor_that_was_written_by_hand_counts_for_nothing(filled_log: Kept, place: int) -> None:
    content = bytearray(filled_log.anchor.read_bytes())
    assert len(content) == 1024
    content[place * 512 + 20 : place * 512 + 24] = b"9999"
    filled_log.anchor.write_bytes(content)
    # One copy is torn; the other still names the last line.
    assert filled_log.verify().whole
    filled_log.anchor.write_bytes(b"x" * len(content))
    assert not filled_log.verify().whole


# -- written by many, and killed --------------------------------------------------------------------------------

_WRITER = """
import sys
from pathlib import Path
from graphsvc.access.log import audit
from graphsvc.access.people.principal import Principal
from graphsvc.appdb import open_database
from graphsvc.config import Settings
home, count = Path(sys.argv[1]), int(sys.argv[2])
engine = open_database(Settings.read({}, home=home))
audit.keep(engine, bytes(range(32)), home / "log.anchor")
ann = Principal("ann", frozenset())
print("ready", flush=True)
for number in range(count):
    line = audit.begin(engine, ann, "why", "query", "one", query="boats.one")
    audit.finish(engine, line, "released", number, ["Q-AAAA-BBBB-CCCC"])
    print(number, flush=True)
"""


def writer(home: Path, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(home), str(count)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )


def test_several_threads_and_processes_write_one_chain(log: Kept) -> None:
    processes = [writer(log.home, 40) for _ in range(2)]

    def several() -> None:
        for number in range(20):
            log.act(number)

    threads = [threading.Thread(target=several) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for process in processes:
        assert process.wait(60) == 0
        assert process.stdout
        process.stdout.close()
    verification = log.verify()
    assert verification.whole, verification.faults
    assert verification.lines == 2 * (2 * 40 + 4 * 20)


def test_who_waits_too_long_for_another_is_told_and_nothing_is_released(
    log: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_log = open_log(log.home)
    monkeypatch.setattr("graphsvc.access.log.anchor._PATIENCE_S", 0.2)
    with (
        log.chain.anchor.lock(),
        pytest.raises(Busy, match=r"^The log is being written by another process\. Try again"),
    ):
        second_log.act()
    log.act()  # the lock was released
    second_log.engine.dispose()
    assert log.verify().lines == 2


def test_a_lock_that_was_taken_away_keeps_nobody_else_out_and_lets_no_two_in(log: Kept) -> None:
    """A writer waiting for the removed lock file goes on to the file that replaced it."""
    second_log, inside = open_log(log.home), threading.Event()

    def wait() -> None:
        with second_log.chain.anchor.lock():
            inside.set()

    waiting, third = threading.Thread(target=wait), open_log(log.home)
    with ExitStack() as locks:
        with log.chain.anchor.lock():
            waiting.start()
            assert not inside.wait(0.2)
            (log.home / "log.anchor.lock").unlink()
            locks.enter_context(third.chain.anchor.lock())  # in the replacement file
        assert not inside.wait(0.3)
    assert inside.wait(30)
    waiting.join(30)
    for opened in (second_log, third):
        opened.engine.dispose()


def test_database_and_anchor_are_written_together_whoever_else_writes(log: Kept) -> None:
    """Otherwise a slow process could set the anchor back to its own line after others have written more."""
    second_log = open_log(log.home)
    appended = threading.Event()

    def append() -> None:
        second_log.act()
        appended.set()

    thread = threading.Thread(target=append)
    with log.chain.anchor.lock():
        thread.start()
        assert not appended.wait(0.5)
    thread.join(30)
    assert appended.is_set()
    second_log.engine.dispose()


@pytest.mark.parametrize("seed", range(6))
def test_a_kill_at_any_moment_is_no_tampering_and_loses_nothing_that_was_said_to_be_kept(log: Kept, seed: int) -> None:
    chance = random.Random(seed)
    process = writer(log.home, 10_000)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    last_written = -1
    for _ in range(chance.randint(1, 30)):
        last_written = int(process.stdout.readline())
    threading.Event().wait(chance.random() / 200)
    process.send_signal(signal.SIGKILL)
    last_written = max([last_written, *(int(text) for text in process.stdout.read().split("\n")[:-1])])
    process.wait(30)
    process.stdout.close()
    verification = log.verify()
    assert verification.whole, verification.faults
    assert verification.lines >= 2 * (last_written + 1)
    log.act()
    assert log.verify().whole


# When the process is killed: before the anchor is written, after that but before the commit, or after the commit.
@pytest.mark.parametrize(
    ("dies", "kept_lines"), [("anchor write 1", 2), ("commit", 2), ("anchor write 2", 3)], ids=lambda value: str(value)
)
def test_a_death_at_each_step_is_no_tampering(log: Kept, dies: str, kept_lines: int) -> None:
    log.act()
    program = textwrap.dedent(
        f"""
        import os
        from pathlib import Path
        import sqlalchemy as sa
        from graphsvc.access.log import audit
        from graphsvc.access.log.anchor import Anchor
        from graphsvc.access.people.principal import Principal
        from graphsvc.appdb import open_database
        from graphsvc.config import Settings
        home = Path({str(log.home)!r})
        engine = open_database(Settings.read({{}}, home=home))
        audit.keep(engine, bytes(range(32)), home / "log.anchor")
        write, count = Anchor.write, 0
        def counted(self, mark):
            global count
            count += 1
            if {dies!r} == f"anchor write {{count}}":
                os._exit(9)
            write(self, mark)
        Anchor.write = counted
        if {dies!r} == "commit":
            sa.event.listen(engine, "commit", lambda connection: os._exit(9))
        audit.begin(engine, Principal("ann", frozenset()), "why", "query", "one")
        """
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert done.returncode == 9
    verification = log.verify()
    assert verification.whole, verification.faults
    assert verification.lines == kept_lines
    log.act()
    assert log.verify().whole
    # Once the anchor names a line, removing that line is detected, even if it is the only one.
    log.tamper(f"DELETE FROM log WHERE id = {kept_lines + 2}")
    assert not log.verify().whole


@pytest.mark.parametrize("damage", ["cut", "anchor"])
def test_a_cut_is_not_forgotten_when_the_process_dies_before_it_is_written_down(filled_log: Kept, damage: str) -> None:
    if damage == "cut":
        filled_log.tamper("DELETE FROM log_sources WHERE line > 6", "DELETE FROM log WHERE id > 6")
    else:
        filled_log.anchor.unlink()

    def dead(*_arguments: Any) -> None:
        raise OperatorError("the process dies before it commits")

    sa.event.listen(filled_log.engine, "commit", dead)
    with pytest.raises(OperatorError):
        filled_log.act()
    sa.event.remove(filled_log.engine, "commit", dead)
    assert not filled_log.verify().whole
    filled_log.act()
    (fault,) = filled_log.verify().faults
    assert "Line 7 records" in fault if damage == "cut" else "Line 13 records that the anchor was missing" in fault


def test_nothing_is_kept_when_the_anchor_cannot_be_written(log: Kept) -> None:
    log.act()
    log.anchor.unlink()
    log.anchor.mkdir()
    with pytest.raises(OperatorError, match=r"anchor .* cannot be used"):
        log.act()
    log.anchor.rmdir()
    assert len(audit.lines(log.engine)) == 1


# -- any tampering, anywhere ------------------------------------------------------------------------------------

_STRAY = "Q-ZZZZ-ZZZZ-ZZZZ"


def _tampering(chance: random.Random, last: int) -> list[str]:
    """One random change to a log of `last` lines, as an attacker could make it with an SQL tool."""
    line, second = chance.sample(range(1, last + 1), 2)
    column = chance.choice([column for column in COLUMNS if column not in ("id", "of_line")])
    value = CHANGED.get(column, f"{column} || 'x'")
    random_row = "(SELECT rowid FROM log_sources ORDER BY random() LIMIT 1)"
    put_in = (
        f"INSERT INTO log SELECT {last + chance.randint(1, 9)}, NULL, at, account, purpose, action, case_id, detail,"
        f" outcome, rows, sources_hmac, hmac FROM log WHERE id = {line}"
    )
    kinds = {
        "move in time": [f"UPDATE log SET at = '2026-02-03 04:05:06.{line:06}' WHERE id = {line}"],
        "change": [f"UPDATE log SET {column} = {value} WHERE id = {line}"],
        "remove": [f"DELETE FROM log_sources WHERE line = {line}", f"DELETE FROM log WHERE id = {line}"],
        "remove and close the gap": [
            f"DELETE FROM log_sources WHERE line = {line}",
            f"DELETE FROM log WHERE id = {line}",
            f"UPDATE log SET id = -id WHERE id > {line}",
            "UPDATE log SET id = -id - 1 WHERE id < 0",
            f"UPDATE log_sources SET line = -line WHERE line > {line}",
            "UPDATE log_sources SET line = -line - 1 WHERE line < 0",
        ],
        "cut": [f"DELETE FROM log_sources WHERE line > {line}", f"DELETE FROM log WHERE id > {line}"],
        "swap": [
            f"UPDATE log SET id = -1 WHERE id = {line}",
            f"UPDATE log SET id = {line} WHERE id = {second}",
            f"UPDATE log SET id = {second} WHERE id = -1",
        ],
        "put in": [put_in],
        "link": [f"INSERT INTO log_sources VALUES ({line}, '{_STRAY}')"],
        "unlink": [f"DELETE FROM log_sources WHERE rowid = {random_row}"],
        "put others": [f"UPDATE log_sources SET pseudonym = '{_STRAY}' WHERE rowid = {random_row}"],
    }
    kind = list(kinds)[chance.randrange(len(kinds))]
    return kinds[kind]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a log of a few hundred lines, written by several threads."""
    opened = open_log(tmp_path_factory.mktemp("long") / "home")

    def several() -> None:
        for number in range(40):
            opened.act(number, SOURCES[: number % 3])

    threads = [threading.Thread(target=several) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert opened.verify().whole
    assert opened.verify().lines == 320
    opened.engine.dispose()
    return opened.home


@pytest.mark.parametrize("seed", range(40))
def test_any_tampering_is_found(long: Path, tmp_path: Path, seed: int) -> None:
    statements = _tampering(random.Random(seed), 320)
    home = tmp_path / "home"
    shutil.copytree(long, home)
    opened = open_log(home)
    opened.tamper(*statements)
    verification = opened.verify()
    opened.engine.dispose()
    assert not verification.whole, statements
    assert all("ine" in fault for fault in verification.faults)
