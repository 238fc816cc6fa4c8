"""Fixtures every room may use: the jars of Neo4j, settings with a home of their own, and one shared real server.

The jars are fetched once, into GRAPHSVC_JARS or `.cache/jars` of the checkout. Where that is not possible, tests that
need them are skipped with the reason; on CI (variable CI set) they fail instead. GRAPHSVC_NEO4J_VERSION chooses the
version. With GRAPHSVC_TEST_POSTGRES set the application database of every home is on a PostgreSQL of the tests' own.
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
from graphsvc.cases.gc_pause import settle
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

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("graphsvc", deadline=None)
hypothesis.settings.load_profile("graphsvc")
SettingsFactory = Callable[..., Settings]
_ROOT = Path(__file__).parents[1]
# Seconds of work above which a test is slow, on a processor that is through with `_pace` in so many of them.
_SLOW_S = 5.0
_PACE_S = 0.018
# Bytes that the memory must have free for what tests write to lie in it.
_ROOM = 4 << 30
# What a run side by side begins with: the walks, each of some minutes.
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
# What leads a test to the server and the application database that the environment names.
_TO_SERVERS = frozenset({"settings", "database_of", "jars", "postgres"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--leg`: for a run beside another one, on other servers; what it has is in `tests/legs.py`."""
    parser.addoption("--leg", choices=legs.LEGS, default="", help="only the tests of one of two runs side by side")


def pytest_configure(config: pytest.Config) -> None:
    """Let what tests write lie in memory where there is room: homes and stores of minutes need not reach a disk."""
    config.addinivalue_line("markers", "changes: changes the case of `people`, and so has one of its own")
    room = Path("/dev/shm")
    if config.option.basetemp is None and hasattr(os, "statvfs") and room.is_dir() and _free(room) > _ROOM:
        config.option.basetemp = room / f"graphsvc-tests-{os.getpid()}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Nothing stays in memory."""
    base = config.option.basetemp
    if base is not None and Path(base).name == f"graphsvc-tests-{os.getpid()}":
        shutil.rmtree(base, ignore_errors=True)


def _free(folder: Path) -> int:
    stat = os.statvfs(folder)
    return stat.f_bavail * stat.f_frsize


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A leg that is of some rooms does not look into the others."""
    if not collection_path.is_relative_to(_ROOT / "tests"):
        return None
    met = legs.met(collection_path.relative_to(_ROOT).as_posix(), config.getoption("--leg", default=""))
    return None if met else True


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Deal by file, or by what goes together (`legs.unit`)."""
    leg = config.getoption("--leg", default="")
    dealing = LoadFileScheduling(config, log)
    dealing._split_scope = lambda test: legs.unit(test.partition("::")[0], leg)
    return dealing


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is of the other leg, and begin with what takes longest: at the end nobody waits for it alone."""
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
    """All tests and what they import stay until the end: the collector need not look at them time and again."""
    settle()


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(_ROOT).as_posix()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test that works longer than a few seconds says so, and why: `@pytest.mark.slow(reason="...")`.

    What counts is the time of processors in this process: how long Neo4j takes to plan its first texts, and all else where
    the machine is busy, is no test's own. The same work counts for more on a slow processor, and on one that is shared: a
    fixed work says how much. The slowest by the clock are printed at the end (`--durations`).
    """
    before = time.process_time()
    yield
    worked = time.process_time() - before
    marked = item.get_closest_marker("slow")
    if worked <= _SLOW_S or (marked is not None and marked.kwargs.get("reason")):
        return
    # It was slower at times while the test ran than it is now: half as much again is no reason to fail.
    if worked > 1.5 * _SLOW_S * max(1.0, _pace() / _PACE_S):
        pytest.fail(f"worked {worked:.1f} s: make it less, or mark it slow with the reason (more than {_SLOW_S:.0f} s)")


def _pace() -> float:
    """Seconds of a processor that a fixed work takes here and now, on the average of ten."""
    before = time.process_time()
    for _ in range(10):
        texts: dict[str, complex] = {}
        for number in range(100_000):
            texts[f"{number % 1000}"] = complex(number)
    return (time.process_time() - before) / 10


class _Compiled(BytecodeCache):
    """Templates as compiled once in a run: each app compiles its own, and there are hundreds of apps."""

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
    """What builds an address follows from its rule alone, and takes most of the tenth of a second of an app."""
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
    """Statements as SQLAlchemy wrote them out for any engine: the first of a key says for which, and the kind is enough."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, statement: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), statement)


@pytest.fixture(scope="session", autouse=True)
def _statements_written_once() -> Iterator[None]:
    """Each of thousands of homes has an engine of its own, which would write out each statement anew."""
    make, shared = engine._engine, _Statements()

    def sharing(settings: Settings) -> sa.Engine:
        made = make(settings)
        made._compiled_cache = shared
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_engine", sharing)
        yield


class _Migrated:
    """The tables of an empty SQLite file, made once in a run and then copied; where `tests/appdb` looks on they are made."""

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
    def _copy(database: sa.Engine, made: sqlite3.Connection, *, back: bool) -> None:
        with database.connect() as connection:
            file: Any = connection.connection.dbapi_connection
            source, target = (made, file) if back else (file, made)
            source.backup(target)


@pytest.fixture(scope="session", autouse=True)
def _tables_made_once() -> Iterator[None]:
    """Each of hundreds of homes would take a twentieth of a second for them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "migrate", _Migrated())
        yield


@pytest.fixture(scope="session")
def shipped_hasher() -> argon2.PasswordHasher:
    """What hashes passwords as shipped."""
    return accounts._HASHER


@pytest.fixture(scope="session", autouse=True)
def _hash_lightly(shipped_hasher: argon2.PasswordHasher) -> Iterator[None]:
    """A fifth of a second of work is for who guesses: tests hash with next to none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def _nothing_lingers() -> Iterator[None]:
    """A managed server ends with the process that used it, also where a test starts `graphsvc` as one of its own."""
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
    """`database_of(home)`: the address of a home's application database, the same each time; empty: SQLite in it."""
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

    Of the environment only the three variables named above count.
    """
    jars = os.environ.get("GRAPHSVC_JARS") or str(Path(__file__).parents[1] / ".cache" / "jars")
    version = os.environ.get("GRAPHSVC_NEO4J_VERSION") or Settings.neo4j_version

    def make(**overrides: Any) -> Settings:
        values: dict[str, Any] = {"jars": Path(jars), "neo4j_version": version, "heap_mb": 512, "page_cache_mb": 64}
        values["quick_java"] = True  # half the work, where every server lives for seconds or minutes
        values["start_timeout_s"] = 300  # a busy test machine may take long
        values["neo4j_linger_s"] = 0  # nothing outlives its test
        # Most cases of tests have people of whom a tie or two is told, and call them by name. The default names only who
        # plays a visible part: the demo, and the tests of leaks and of how people stand, keep to it.
        values["named"] = "tie"
        # Likewise what a form adds is there at once but in the tests of waiting.
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
    """One running Neo4j for the whole session, or worker. What a test writes stays: use a case of your own, or wipe it.

    Workers share none: cases of others suspend who may run free Cypher, and two homes cannot both hold the demo.
    It lives for minutes, in which compiling its Java well never earns back what it takes: two thirds of the work without.
    """
    with hold(settings()) as server:
        yield server


@pytest.fixture(scope="session")
def at_server(settings: SettingsFactory, neo4j_server: LocalServer) -> SettingsFactory:
    """`at_server(**overrides)`: as `settings`, on the shared server: a home of its own costs nothing then."""

    def make(**overrides: Any) -> Settings:
        server = {"neo4j_uri": neo4j_server.uri, "neo4j_password": neo4j_server.password}
        return settings(**(server | overrides))

    return make


@pytest.fixture(scope="session")
def no_graph(settings: SettingsFactory) -> SettingsFactory:
    """`no_graph(**overrides)`: as `settings`, where no page asks the graph, so none need run."""
    return lambda **overrides: settings(**({"neo4j_uri": "bolt://127.0.0.1:9", "neo4j_password": "none"} | overrides))


@pytest.fixture(scope="module")
def lasting(lay: Lay) -> Iterator[Place]:
    """The case of a module, which says with `lay` how it is laid."""
    with lay() as place:
        yield place


@pytest.fixture
def people(request: pytest.FixtureRequest, lay: Lay) -> Iterator[Place]:
    """`people("low")`: the session of somebody at the case of the module, which is loaded once.

    What a test keeps beside the case (views, reviews, requests) goes with it. A test that changes the case itself is marked
    `changes` and has one of its own: any other that does so fails.
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
    """A service with a fresh home on the shared server; where a test has `people`, the one of theirs."""
    if "lay" in request.fixturenames:
        yield request.getfixturevalue("people").service
        return
    with Service(at_server()) as opened:
        yield opened


@pytest.fixture
def case(request: pytest.FixtureRequest) -> str:
    """A name no other test gives its case; where a test has `people`, the one of theirs."""
    return str(request.getfixturevalue("people").case) if "lay" in request.fixturenames else cases.new_name()


@pytest.fixture(scope="session")
def demo(at_server: SettingsFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with the demo case, loaded as `demo` once for all tests: only to be read."""
    folder = tmp_path_factory.mktemp("demo") / "case"
    simulate.demo(folder)
    with Service(at_server(named="part")) as opened:
        loader = accounts.listed(opened.database)[0]
        opened.session(loader, "tests", "demo").deliveries.load(folder, lambda *_progress: None)
        yield opened
