"""A home that other users of the machine can read is refused, and files of the service are private to its owner."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graphsvc.appdb import open_database
from graphsvc.config import Settings
from graphsvc.errors import OperatorError

SettingsFactory = Callable[..., Settings]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """Set an open umask: files must be private all the same."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def home(settings: SettingsFactory, tmp_path: Path) -> Settings:
    configured = settings(home=tmp_path / "home", database_url="")
    open_database(configured).dispose()
    return configured


def test_what_is_made_is_private(home: Settings) -> None:
    engine = open_database(home)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE x (id integer)")
    modes = {path.name: path.stat().st_mode & 0o077 for path in (home.home, *home.home.rglob("*"))}
    assert {"graphsvc.sqlite", "graphsvc.sqlite-wal"} <= modes.keys()
    assert set(modes.values()) == {0}, modes
    engine.dispose()


@pytest.mark.parametrize("name", ["", "graphsvc.sqlite", "master.key", "master.key.next", "token"])
@pytest.mark.parametrize("bits", [0o040, 0o004, 0o020, 0o001])
def test_what_others_can_read_is_refused_with_the_command_that_ends_it(home: Settings, name: str, bits: int) -> None:
    path = home.home / name
    if name:
        path.touch(mode=0o600)
    path.chmod((0o600 if name else 0o700) | bits)
    with pytest.raises(OperatorError, match="can read or write") as error:
        open_database(home)
    command = str(error.value).partition("Run: ")[2]
    assert command.startswith("chmod ")
    assert str(path) in command
    assert os.system(command) == 0  # noqa: S605 - what it says is what is tried
    open_database(home).dispose()
