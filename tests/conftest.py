"""Fixtures for every test: the jars of Neo4j, settings with a new home, and one shared real server.

The jars are fetched once, into GRAPHSVC_JARS or `.cache/jars` of the checkout. Where that is not possible, tests that
need them are skipped with the reason; on CI (variable CI set) they fail instead. GRAPHSVC_NEO4J_VERSION chooses the
version. With GRAPHSVC_TEST_POSTGRES set, every home's application database is on a PostgreSQL that the tests start.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import argon2
import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule
from xdist.scheduler import LoadFileScheduling

from graphsvc import simulate
from graphsvc.access.people import accounts
from graphsvc.appdb import engine, migrating
from graphsvc.cases.gc_pause import freeze_memory
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.service import Service
from graphsvc.store.server.classes import make_ready
from graphsvc.store.server.jars import fetch_jars
from graphsvc.store.server.local import LocalServer, hold
from tests import legs, postgresql
from tests.postgresql import Postgres
from tests.toolbox import cases
from tests.toolbox.cases import Lay, Place

# The time for an example depends on how busy the machine is.
hypothesis.settings.register_profile("graphsvc", deadline=None)
hypothesis.settings.load_profile("graphsvc")
SettingsFactory = Callable[..., Settings]
_ROOT = Path(__file__).parents[1]
# A test is slow above this many seconds of processor time, on a processor that runs `_pace` in `_PACE_S` seconds.
_SLOW_S = 5.0
_PACE_S = 0.018
# Bytes of memory that must be free before test files are stored there.
_ROOM = 4 << 30
# Parallel runs begin with these: the walks take some minutes each.
_LONGEST = (
    "tests/leaks/test_canaries.py",
    "tests/leaks/test_by_difference.py",
    "tests/leaks/test_classes.py",
    "tests/leaks/test_growing.py",
    "tests/leaks/test_over_time.py",
    "tests/access/test_told_as_one.py",
    "tests/access/test_twin.py",
    "tests/store/test_supervised.py",
    "tests/browser/",
)
# Fixtures through which a test reaches the server and the application database that the environment names.
_TO_SERVERS = frozenset({"settings", "database_of", "jars", "postgres"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--leg`, for one of two parallel runs on different servers; `tests/legs.py` lists the tests of each."""
    parser.addoption("--leg", choices=legs.LEGS, default="", help="only the tests of one of two runs side by side")


def pytest_configure(config: pytest.Config) -> None:
    """Keep test files in memory where there is room: short-lived homes and stores need no disk."""
    config.addinivalue_line("markers", "changes: changes the case of `people`, and so gets a separate one")
    room = Path("/dev/shm")
    if config.option.basetemp is None and hasattr(os, "statvfs") and room.is_dir() and _free(room) > _ROOM:
        config.option.basetemp = room / f"graphsvc-tests-{os.getpid()}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the test files from memory."""
    base = config.option.basetemp
    if base is not None and Path(base).name == f"graphsvc-tests-{os.getpid()}":
        shutil.rmtree(base, ignore_errors=True)


def _free(folder: Path) -> int:
    stat = os.statvfs(folder)
    return stat.f_bavail * stat.f_frsize


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Skip folders and files without tests of the leg."""
    if not collection_path.is_relative_to(_ROOT / "tests"):
        return None
    met = legs.may_contain(collection_path.relative_to(_ROOT).as_posix(), config.getoption("--leg", default=""))
    return None if met else True


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Distribute tests by file, or by group of files (`legs.unit`)."""
    leg = config.getoption("--leg", default="")
    dealing = LoadFileScheduling(config, log)
    dealing._split_scope = lambda test: legs.unit(test.partition("::")[0], leg)
    return dealing


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests of other legs, and put the longest first, so that no worker runs one of them alone at the end."""
    leg = config.getoption("--leg", default="")
    chosen: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        meets = bool(_TO_SERVERS & set(getattr(item, "fixturenames", ())))
        mine = legs.of_leg(_file(item), leg, to_servers=meets)
        (chosen if mine else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
    chosen.sort(key=lambda item: not _file(item).startswith(_LONGEST))
    items[:] = chosen


def pytest_collection_finish() -> None:
    """Exempt all tests and their imports from garbage collection: they stay until the end."""
    freeze_memory()


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(_ROOT).as_posix()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that works longer than a few seconds without `@pytest.mark.slow(reason="...")`.

    Only processor time in this process counts: time that Neo4j needs to plan its first queries, or that other processes
    on the machine take, is not the test's own. On a slow or shared processor the limit is higher; a fixed piece of work
    shows by how much. The slowest by the clock are printed at the end (`--durations`).
    """
    before = time.process_time()
    yield
    worked = time.process_time() - before
    marked = item.get_closest_marker("slow")
    if worked <= _SLOW_S or (marked is not None and marked.kwargs.get("reason")):
        return
    # The processor may have been slower during the test than now, so the limit is half as much again.
    if worked > 1.5 * _SLOW_S * max(1.0, _pace() / _PACE_S):
        pytest.fail(f"worked {worked:.1f} s: make it less, or mark it slow with the reason (more than {_SLOW_S:.0f} s)")


def _pace() -> float:
    """Seconds of processor time for a fixed piece of work, averaged over ten."""
    before = time.process_time()
    for _ in range(10):
        texts: dict[str, complex] = {}
        for number in range(100_000):
            texts[f"{number % 1000}"] = complex(number)
    return (time.process_time() - before) / 10


class _Compiled(BytecodeCache):
    """Compiled templates, shared in a run: each of hundreds of apps would compile its own."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", Flask.jinja_options | {"bytecode_cache": _Compiled()})
        yield


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> Iterator[None]:
    """Compile each rule's address builder once: it depends on the rule only, and takes most of an app's 0.1 s start."""
    build = Rule._compile_builder
    built: dict[tuple[Any, ...], Any] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, rule.host, rule.build_only, repr(rule.defaults), append_unknown)
        if key not in built:
            built[key] = build(rule, append_unknown)
        return built[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


class _Statements(dict[Any, Any]):
    """SQL that SQLAlchemy compiled, shared by all engines: of the dialect in a key, the name is enough."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, statement: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), statement)


@pytest.fixture(scope="session", autouse=True)
def _statements_written_once() -> Iterator[None]:
    """Compile each statement once: otherwise the engine of each of thousands of homes would compile it again."""
    make, shared = engine._engine, _Statements()

    def sharing(settings: Settings) -> sa.Engine:
        new_engine = make(settings)
        new_engine._compiled_cache = shared
        return new_engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_engine", sharing)
        yield


class _Migrated:
    """The tables of an empty SQLite file, made once in a run and then copied; `tests/appdb` makes them each time."""

    def __init__(self) -> None:
        self._made: sqlite3.Connection | None = None

    def __call__(self, database: sa.Engine) -> None:
        own = os.environ.get("PYTEST_CURRENT_TEST", "").startswith("tests/appdb/")
        if own or database.dialect.name != "sqlite" or sa.inspect(database).get_table_names():
            migrating.migrate(database)
            return
        if self._made is None:
            migrating.migrate(database)
            self._made = sqlite3.connect(":memory:", check_same_thread=False)
            self._copy(database, self._made, back=False)
        else:
            self._copy(database, self._made, back=True)

    @staticmethod
    def _copy(database: sa.Engine, snapshot: sqlite3.Connection, *, back: bool) -> None:
        with database.connect() as connection:
            file: Any = connection.connection.dbapi_connection
            source, target = (snapshot, file) if back else (file, snapshot)
            source.backup(target)


@pytest.fixture(scope="session", autouse=True)
def _tables_made_once() -> Iterator[None]:
    """Make tables once: each of hundreds of homes would need a twentieth of a second for them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "migrate", _Migrated())
        yield


@pytest.fixture(scope="session")
def shipped_hasher() -> argon2.PasswordHasher:
    """The password hasher as shipped."""
    return accounts._HASHER


@pytest.fixture(scope="session", autouse=True)
def _hash_lightly(shipped_hasher: argon2.PasswordHasher) -> Iterator[None]:
    """Hash passwords with almost no work: the fifth of a second as shipped is meant to slow down guessing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def _nothing_lingers() -> Iterator[None]:
    """End a managed server with the process that used it, also where a test starts `graphsvc` as a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAPHSVC_NEO4J_LINGER_S", "0")
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL, whose databases go with it."""
    with postgresql.running() as server:
        yield server


@pytest.fixture(scope="session")
def database_of(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    """`database_of(home)`: the address of a home's application database, always the same; empty: SQLite in the home."""
    if not os.environ.get("GRAPHSVC_TEST_POSTGRES"):
        return lambda _home: ""
    server: Postgres = request.getfixturevalue("postgres")
    known: dict[Path, str] = {}

    def address(home: Path) -> str:
        if home not in known:
            known[home] = server.url()
        return known[home]

    return address


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, database_of: Callable[[Path], str]) -> SettingsFactory:
    """`settings(**overrides)`: settings with a new empty home, a small server and the shared jars.

    The only environment variables that count are the three named above.
    """
    jars = os.environ.get("GRAPHSVC_JARS") or str(Path(__file__).parents[1] / ".cache" / "jars")
    version = os.environ.get("GRAPHSVC_NEO4J_VERSION") or Settings.neo4j_version

    def make(**overrides: Any) -> Settings:
        values: dict[str, Any] = {"jars": Path(jars), "neo4j_version": version, "heap_mb": 512, "page_cache_mb": 64}
        values["quick_java"] = True  # half the work for a server that runs for seconds or minutes
        values["start_timeout_s"] = 300  # a busy test machine may be slow
        values["neo4j_linger_s"] = 0  # no server outlives its test
        # Most test cases have people with only a link or two, and use their names. By default only people with a
        # visible part are named: the demo and the tests of leaks and of standings keep that default.
        values["named"] = "tie"
        # In the same way, statements added by form open immediately, except in the tests of waiting.
        values["accounts_open"] = "at once"
        if "home" not in overrides:
            values["home"] = tmp_path_factory.mktemp("home")
        values |= overrides
        values.setdefault("database_url", database_of(values["home"]))
        return Settings.read({}, **values)

    return make


@pytest.fixture(scope="session")
def jars(settings: SettingsFactory) -> Path:
    """The folder with the jars of Neo4j, fetched and made ready as `graphsvc neo4j fetch` does."""
    try:
        folder = fetch_jars(settings())
        make_ready(settings(), folder)
        return folder
    except OperatorError as error:
        if os.environ.get("CI"):
            pytest.fail(f"the jars are needed here: {error}")
        pytest.skip(f"no jars of Neo4j: {error}")


@pytest.fixture(scope="session")
def neo4j_server(jars: Path, settings: SettingsFactory) -> Iterator[LocalServer]:
    """One running Neo4j for each worker of the run. Written data stays: use a new case, or wipe it.

    Workers do not share a server: another home's cases suspend free Cypher, and two homes cannot both contain the
    demo. The server runs for minutes, too short for thorough compilation by Java, without which it does two thirds
    of the work.
    """
    with hold(settings()) as server:
        yield server


@pytest.fixture(scope="session")
def at_server(settings: SettingsFactory, neo4j_server: LocalServer) -> SettingsFactory:
    """`at_server(**overrides)`: as `settings`, on the shared server, so that a new home costs nothing."""

    def make(**overrides: Any) -> Settings:
        server = {"neo4j_uri": neo4j_server.uri, "neo4j_password": neo4j_server.password}
        return settings(**(server | overrides))

    return make


@pytest.fixture(scope="session")
def no_graph(settings: SettingsFactory) -> SettingsFactory:
    """`no_graph(**overrides)`: as `settings`, for pages that never use the graph, so that no server need run."""
    return lambda **overrides: settings(**({"neo4j_uri": "bolt://127.0.0.1:9", "neo4j_password": "none"} | overrides))


@pytest.fixture(scope="module")
def lasting(lay: Lay) -> Iterator[Place]:
    """The shared case of a module, made by its `lay`."""
    with lay() as place:
        yield place


@pytest.fixture
def people(request: pytest.FixtureRequest, lay: Lay) -> Iterator[Place]:
    """`people("low")`: the session of an account at the case of the module, which is loaded once.

    Additions to the case by a test (views, reviews, requests) are removed after it. A test that changes the case itself
    is marked `changes` and gets a separate case; any other test that changes the case fails.
    """
    if request.node.get_closest_marker("changes") is not None:
        with lay() as own:
            yield own
        return
    place: Place = request.getfixturevalue("lasting")
    place.begin()
    before = place.state()
    yield place
    place.forget()
    assert place.state() == before, "this changed the case that others read: mark it `changes`"


@pytest.fixture
def service(request: pytest.FixtureRequest, at_server: SettingsFactory) -> Iterator[Service]:
    """A service with a fresh home on the shared server; in a test with `people`, the service of `people`."""
    if "lay" in request.fixturenames:
        yield request.getfixturevalue("people").service
        return
    with Service(at_server()) as opened:
        yield opened


@pytest.fixture
def case(request: pytest.FixtureRequest) -> str:
    """A case name that no other test uses; in a test with `people`, the case of `people`."""
    return str(request.getfixturevalue("people").case) if "lay" in request.fixturenames else cases.new_name()


@pytest.fixture(scope="session")
def demo(at_server: SettingsFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with the demo case, loaded as `demo` once for all tests: read only."""
    folder = tmp_path_factory.mktemp("demo") / "case"
    simulate.demo(folder)
    with Service(at_server(named="part")) as opened:
        loader = accounts.list_accounts(opened.database)[0]
        opened.session(loader, "tests", "demo").deliveries.load(folder, lambda *_progress: None)
        yield opened
