"""A lost or wrong master key is reported immediately; a rotation killed at any point leaves a home that opens."""

from __future__ import annotations

import base64
import dataclasses
import os
import random
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from filelock import FileLock

from graphsvc.access.log.audit import now
from graphsvc.access.vault import Vault, masterkey, pack, unpack
from graphsvc.access.vault.masterkey import open_vault, rotate
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.cases.register import Register
from graphsvc.config import Settings
from graphsvc.errors import OperatorError

WHO = {"name": "Wit Ness"}


class Killed(BaseException):
    """Raised in place of a kill."""


@pytest.fixture
def settings(tmp_path: Path, database_of: Callable[[Path], str]) -> Settings:
    home = tmp_path / "home"
    return Settings.read({}, home=home, database_url=database_of(home))


@pytest.fixture
def database(settings: Settings) -> Iterator[sa.Engine]:
    engine = open_database(settings)
    yield engine
    engine.dispose()


def fill(vault: Vault, database: sa.Engine) -> None:
    """Store one wrapped key of each kind."""
    with transaction(database) as connection:
        _, wrapped = vault.new_key("case c")
        connection.execute(tables.cases.insert().values(id="c", key_sealed=wrapped, created_at=now()))
        key, wrapped = vault.new_key("identity c S-1")
        connection.execute(
            tables.identities.insert().values(
                case_id="c",
                pseudonym="S-1",
                kind="person",
                key_sealed=wrapped,
                values_sealed=pack(key, WHO, "identity c S-1"),
            )
        )
        _, wrapped = vault.new_key("upload u")
        connection.execute(
            tables.uploads.insert().values(
                id="u", account="a", case_id="c", suffix=".zip", key_sealed=wrapped, expires_at=now()
            )
        )


def require_all_open(vault: Vault, database: sa.Engine) -> None:
    with transaction(database) as connection:
        for row in connection.execute(sa.select(tables.identities)):
            label = f"identity c {row.pseudonym}"
            assert unpack(vault.key(row.key_sealed, label), row.values_sealed, label)["name"] == WHO["name"]
        vault.key(connection.execute(sa.select(tables.cases.c.key_sealed)).scalar_one(), "case c")
        vault.key(connection.execute(sa.select(tables.uploads.c.key_sealed)).scalar_one(), "upload u")


def test_a_new_home_gets_a_key_only_its_owner_reads(settings: Settings, database: sa.Engine) -> None:
    derived = open_vault(settings, database).derive_key("web cookies")
    assert (settings.home / "master.key").stat().st_mode & 0o777 == 0o600
    assert open_vault(settings, database).derive_key("web cookies") == derived


@pytest.mark.parametrize("loaded", [True, False])
def test_a_lost_key_is_told_at_start(settings: Settings, database: sa.Engine, *, loaded: bool) -> None:
    vault = open_vault(settings, database)
    if loaded:
        fill(vault, database)
    (settings.home / "master.key").unlink()
    with pytest.raises(OperatorError, match="is missing"):
        open_vault(settings, database)
    assert not (settings.home / "master.key").exists()


def test_another_key_is_told_at_start_from_the_file_and_from_the_environment(
    settings: Settings, database: sa.Engine
) -> None:
    open_vault(settings, database)
    second_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    with pytest.raises(OperatorError, match=r"GRAPHSVC_MASTER_KEY.*not the one"):
        open_vault(dataclasses.replace(settings, master_key=second_key), database)
    (settings.home / "master.key").write_text(second_key)
    with pytest.raises(OperatorError, match="not the one"):
        open_vault(settings, database)


def test_a_home_sealed_before_there_was_a_check_value_takes_no_other_key(
    settings: Settings, database: sa.Engine
) -> None:
    fill(open_vault(settings, database), database)
    with transaction(database) as connection:
        connection.execute(tables.vault.delete())
    right = (settings.home / "master.key").read_text()
    (settings.home / "master.key").write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    with pytest.raises(OperatorError, match="not the one"):
        open_vault(settings, database)
    (settings.home / "master.key").write_text(right)
    require_all_open(open_vault(settings, database), database)


def test_a_rotation_changes_the_key_and_nothing_else(settings: Settings, database: sa.Engine) -> None:
    before = open_vault(settings, database)
    fill(before, database)
    old = (settings.home / "master.key").read_text()
    rotate(settings, database)
    after = open_vault(settings, database)
    require_all_open(after, database)
    assert after.derive_key("web cookies") == before.derive_key("web cookies")
    assert (settings.home / "master.key").read_text() != old
    assert not masterkey.next_file(settings).exists()
    with transaction(database) as connection:
        wrapped = connection.execute(sa.select(tables.cases.c.key_sealed)).scalar_one()
    with pytest.raises(OperatorError):
        before.key(wrapped, "case c")
    (settings.home / "master.key").write_text(old)
    with pytest.raises(OperatorError, match="not the one"):
        open_vault(settings, database)


def kill_when(monkeypatch: pytest.MonkeyPatch, database: sa.Engine, place: str) -> None:
    """Make a rotation die at the named step."""

    def die(*_given: Any, **_named: Any) -> None:
        raise Killed

    if place == "before the key is written":
        monkeypatch.setattr(masterkey, "_write_key", die)
    elif place == "while keys are wrapped":

        def update(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith("UPDATE identities"):
                raise Killed

        sa.event.listen(database, "before_cursor_execute", update)
    else:
        monkeypatch.setattr(masterkey, "_promote", die)


@pytest.mark.parametrize(
    "place", ["before the key is written", "while keys are wrapped", "before the old key is replaced"]
)
def test_killed_at_any_point_the_home_opens(
    settings: Settings, database: sa.Engine, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    vault = open_vault(settings, database)
    fill(vault, database)
    doomed = open_database(settings)
    with monkeypatch.context() as patched:
        kill_when(patched, doomed, place)
        with pytest.raises(Killed):
            rotate(settings, doomed)
    doomed.dispose()
    opened = open_vault(settings, database)
    require_all_open(opened, database)
    assert opened.derive_key("x") == vault.derive_key("x")
    rotate(settings, database)
    require_all_open(open_vault(settings, database), database)
    assert not masterkey.next_file(settings).exists()


def test_a_key_of_the_environment_is_rotated_into_a_file_to_take_it_from(
    settings: Settings, database: sa.Engine
) -> None:
    old = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()

    def with_key(key: str) -> Settings:
        return dataclasses.replace(settings, master_key=key)

    fill(open_vault(with_key(old), database), database)
    advice = rotate(with_key(old), database)
    path = masterkey.next_file(settings)
    new = path.read_text().strip()
    assert str(path) in advice
    assert new not in advice
    with pytest.raises(OperatorError, match="was rotated"):
        open_vault(with_key(old), database)
    require_all_open(open_vault(with_key(new), database), database)


def test_a_home_that_is_served_is_not_rotated(settings: Settings, database: sa.Engine) -> None:
    open_vault(settings, database)
    with FileLock(settings.home / "serve.lock"), pytest.raises(OperatorError, match="serving"):
        rotate(settings, database)


def test_who_wrapped_a_key_with_the_old_master_key_keeps_nothing(settings: Settings, database: sa.Engine) -> None:
    stale = open_vault(settings, database)
    rotate(settings, database)
    register = Register(database, stale)
    with pytest.raises(OperatorError, match="rotated"):
        register.key("late", create=True)
    with transaction(database) as connection:
        assert connection.execute(sa.select(tables.cases)).all() == []


def test_every_wrapped_key_of_the_database_is_rotated() -> None:
    named = {table for table in tables.metadata.sorted_tables if "key_sealed" in table.c}
    assert {table for table, _, _ in masterkey.WRAPPED} == named


# -- killed for real ----------------------------------------------------------------------------------------------

MANY = 120
# Rotates the key repeatedly in a separate process. Each rotation is killed at the requested write: before a file is
# opened for writing, linked, renamed or removed, before a row is changed, or before the commit.
_DOOMED = """
import os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from graphsvc.access.vault.masterkey import rotate
from graphsvc.appdb import open_database
from graphsvc.config import Settings

settings = Settings.read()
writes = 0

def rotating(last):
    global writes
    def wrote(*_):
        global writes
        writes += 1
        if writes == last:
            os.kill(os.getpid(), signal.SIGKILL)
    def touched(event, given):
        named = str(given[0]) if given else ""
        writing = event != "open" or (given[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        if event in ("open", "os.link", "os.rename", "os.remove") and "master.key" in named and writing:
            wrote()
    sys.addaudithook(touched)
    database = open_database(settings)
    def changed(_c, _cursor, statement, *_rest):
        if statement.startswith("UPDATE"):
            wrote()
    sa.event.listen(database, "before_cursor_execute", changed)
    sa.event.listen(database, "commit", wrote)
    rotate(settings, database)
    print("whole", writes, flush=True)
    os._exit(0)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        rotating(int(line))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        print("killed", os.WTERMSIG(status), flush=True)
    elif status:
        print("failed", status, flush=True)
"""


@pytest.fixture
def rotating(settings: Settings) -> Iterator[Callable[[int], tuple[str, int]]]:
    """`rotating(n)`: rotate in a process that is killed at its n-th write: ("killed", 9), or ("whole", writes)."""
    environ = os.environ | {
        "GRAPHSVC_HOME": str(settings.home),
        "GRAPHSVC_DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(Path(masterkey.__file__).parents[2]),
    }
    with subprocess.Popen(
        [sys.executable, "-c", _DOOMED], env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def rotate_until(last: int) -> tuple[str, int]:
            print(last, file=process.stdin, flush=True)
            word, number = process.stdout.readline().split()  # type: ignore[union-attr]
            return word, int(number)

        yield rotate_until
        process.stdin.close()


def test_killed_for_real_at_any_write_the_home_opens(
    settings: Settings, database: sa.Engine, rotating: Callable[[int], tuple[str, int]]
) -> None:
    vault = open_vault(settings, database)
    fill(vault, database)
    derived = vault.derive_key("x")
    with transaction(database) as connection:
        # Many and large enough that the database cannot hold the whole transaction in memory until its commit.
        for number in range(MANY):
            label = f"identity c S-{number + 2}"
            key, wrapped = vault.new_key(label)
            sealed = pack(key, WHO | {"notes": secrets.token_hex(20_000)}, label)
            row = {"case_id": "c", "pseudonym": f"S-{number + 2}", "kind": "person"}
            connection.execute(tables.identities.insert().values(**row, key_sealed=wrapped, values_sealed=sealed))
    word, writes = rotating(0)
    assert word == "whole"
    assert writes > MANY + 8
    rng = random.Random(3)
    # Kills at the files and first rows, at some of the many rows, and at the end: commit and move of the new key.
    points = [*range(1, 8), *rng.sample(range(8, writes - 4), 4), *range(writes - 4, writes + 1)]
    keys = {(settings.home / "master.key").read_text()}
    for point in points:
        assert rotating(point) == ("killed", signal.SIGKILL), point
        opened = open_vault(settings, database)
        assert opened.derive_key("x") == derived
        require_all_open(opened, database)
        keys.add((settings.home / "master.key").read_text())
    assert 1 < len(keys) < len(points)  # some kills came before the commit, some after
    rotate(settings, database)
    require_all_open(open_vault(settings, database), database)
    assert not masterkey.next_file(settings).exists()
