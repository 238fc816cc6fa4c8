"""The map of the package in docs/architecture.md, made from the first docstring lines of packages and modules.

    python -m tests.house     # rewrites it

`test_architecture.py` checks that the map is up to date.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphsvc"
DOCUMENT = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- the map: `python -m tests.house` writes it -->\n", "<!-- the end of the map -->\n"


def first_line(path: Path) -> str:
    """First line of a module's docstring."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return docstring.partition("\n")[0].strip()


def map_text() -> str:
    """The map: a heading for each room, a line for each package in it and each module."""
    own = (path for path in sorted(PACKAGE.glob("*.py")) if path.name not in ("__init__.py", "__main__.py"))
    lines = [f"- `{path.stem}` {first_line(path)}" for path in own]
    for room in sorted(folder for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()):
        lines += ["", f"### {room.name}/", "", first_line(room / "__init__.py"), "", *_inside(room, "")]
    return "\n".join(lines) + "\n"


def _inside(folder: Path, indent: str) -> list[str]:
    lines = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and (path / "__init__.py").exists():
            lines.append(f"{indent}- **{path.name}/** {first_line(path / '__init__.py')}")
            lines += _inside(path, f"{indent}  ")
        elif path.suffix == ".py" and path.name != "__init__.py":
            lines.append(f"{indent}- `{path.stem}` {first_line(path)}")
    return lines


def main() -> None:
    """Write the map into the document, between its two marks."""
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}{map_text()}{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
