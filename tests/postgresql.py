"""A private PostgreSQL for the tests, from the system's programs: on a socket in a new folder, removed at the end.

If the programs are missing, tests that need them are skipped with the reason; on CI (variable CI set) they fail.
"""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

_WAIT_S = 60
# The server need not wait for the disk, because nothing it stores outlives the tests.
_SETTINGS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c listen_addresses=''"
)
_USERS = ("postgres", "nobody")


class Postgres:
    """A running server. `url()` makes a new empty database and returns its address."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder, self._user = folder, user

    def url(self, database: str = "") -> str:
        """Return the SQLAlchemy address of a database; without a name, make a new one."""
        if not database:
            database = f"home_{uuid.uuid4().hex}"
            engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {database}")
            engine.dispose()
        return f"postgresql+psycopg://{self._user}@/{database}?host={self._folder}"


def programs() -> Path | None:
    """The folder with the newest `postgres` of the system, or None."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    elsewhere = shutil.which("postgres")
    if elsewhere:
        folders.append(Path(elsewhere).parent)
    return max(
        folders, key=lambda path: (path.parent.name.isdigit() and int(path.parent.name), str(path)), default=None
    )


@contextmanager
def running() -> Iterator[Postgres]:
    """Run a server until the end of the block."""
    folder = programs()
    if folder is None:
        reason = "PostgreSQL's programs are not installed (Debian: apt install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(f"they are needed here: {reason}")
        pytest.skip(reason)
    # A short path: a socket's address has room for about a hundred characters.
    place = Path(tempfile.mkdtemp(prefix="graphsvc-pg-", dir="/tmp"))
    # PostgreSQL refuses to run as root, so it runs as one of `_USERS`.
    user = next(name for name in _USERS if _exists(name)) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0:
        shutil.chown(place, user)
    run = functools.partial(
        subprocess.run,
        check=True,
        cwd=place,
        timeout=_WAIT_S * 2,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        user=user if os.geteuid() == 0 else None,
        group=pwd.getpwnam(user).pw_gid if os.geteuid() == 0 else None,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )
    data, log = str(place / "data"), str(place / "log")
    try:
        run([str(folder / "initdb"), "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--no-sync"])
        options = f"{_SETTINGS} -k {place}"
        run([str(folder / "pg_ctl"), "-D", data, "-l", log, "-w", "-t", str(_WAIT_S), "-o", options, "start"])
        try:
            yield Postgres(place, user)
        finally:
            run([str(folder / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "-t", str(_WAIT_S), "stop"])
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
