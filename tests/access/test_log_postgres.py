"""The log on PostgreSQL: several threads and processes write one chain, and tampering is detected."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from graphsvc.access.log import audit
from graphsvc.access.log.chain import Chain
from graphsvc.access.log.verify import verify
from graphsvc.access.people.principal import Principal
from graphsvc.appdb import open_database
from graphsvc.config import Settings
from tests.postgresql import Postgres

KEY = bytes(range(32))
_WRITER = """
import sys
from pathlib import Path
from graphsvc.access.log import audit
from graphsvc.access.people.principal import Principal
from graphsvc.appdb import open_database
from graphsvc.config import Settings
home = Path(sys.argv[1])
engine = open_database(Settings.read({}, home=home, database_url=sys.argv[2]))
audit.keep(engine, bytes(range(32)), home / "log.anchor")
for number in range(20):
    line = audit.begin(engine, Principal("bob", frozenset()), "why", "query", "one", query="boats.one")
    audit.finish(engine, line, "released", number, ["Q-AAAA-BBBB-CCCC"])
"""


@pytest.fixture
def chain(postgres: Postgres, tmp_path: Path) -> Iterator[Chain]:
    """A log of 120 lines that two processes and two threads wrote."""
    home, url = tmp_path / "home", postgres.url()
    engine = open_database(Settings.read({}, home=home, database_url=url))
    log_chain = audit.keep(engine, KEY, home / "log.anchor")
    processes = [subprocess.Popen([sys.executable, "-c", _WRITER, str(home), url]) for _ in range(2)]

    def several() -> None:
        for number in range(10):
            line = audit.begin(engine, Principal("ann", frozenset()), "why \u00fc", "query", "one", partial=False)
            audit.finish(engine, line, "released", number, ["Q-AAAA-BBBB-CCCC", "Q-DDDD-EEEE-FFFF"])

    threads = [threading.Thread(target=several) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for process in processes:
        assert process.wait(60) == 0
    yield log_chain
    engine.dispose()


def faults(chain: Chain, *statements: str) -> tuple[str, ...]:
    """The faults that verification finds after a database administrator ran these SQL statements."""
    with chain.database.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))  # no foreign key is checked
        for statement in statements:
            connection.execute(sa.text(statement))
    return verify(chain, lambda *_progress: None).faults


def test_one_chain_whoever_writes_it_and_every_change_is_found(chain: Chain, tmp_path: Path) -> None:
    assert faults(chain) == ()
    (seen,) = audit.lines(chain.database, newest=1, sought=audit.Sought(source="Q-AAAA-BBBB-CCCC"))
    assert seen["outcome"] == "released"
    for column, value in (
        ("purpose", "'x'"),
        ("at", "at + interval '1 second'"),
        ("rows", "99"),
        ("detail", """'{"a": 1}'"""),
        ("hmac", "'x'"),
    ):
        with chain.database.begin() as connection:
            before = connection.execute(sa.text(f"SELECT {column} FROM log WHERE id = 20")).scalar()  # noqa: S608
        reported = faults(chain, f"UPDATE log SET {column} = {value} WHERE id = 20")  # noqa: S608
        assert any("Line 20 " in fault for fault in reported), column
        with chain.database.begin() as connection:
            log_table = sa.table("log", sa.column("id"), sa.column(column, sa.JSON if column == "detail" else None))
            connection.execute(log_table.update().where(log_table.c.id == 20).values({column: before}))
        assert faults(chain) == (), column
    (fault,) = faults(chain, "DELETE FROM log_sources WHERE line >= 120", "DELETE FROM log WHERE id >= 120")
    assert "Line 120 is missing" in fault
    audit.begin(chain.database, Principal("ann", frozenset()), "why", "query")
    (fault,) = faults(chain)
    assert "Line 120 records" in fault
    reported = faults(chain, "DELETE FROM log WHERE id = 7", "INSERT INTO log_sources VALUES (7, 'Q-ZZZZ-ZZZZ-ZZZZ')")
    assert "Line 7 is missing." in reported
    assert "Sources are linked to line 7, which is not there." in reported
    # Another home on the same database, without an anchor: the log records that, and goes on.
    second_chain = audit.keep(chain.database, KEY, tmp_path / "other.anchor")
    audit.begin(chain.database, Principal("ann", frozenset()), "why", "query")
    assert any("records that the anchor was missing" in fault for fault in faults(second_chain))
