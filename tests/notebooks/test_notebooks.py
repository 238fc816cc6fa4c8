"""The notebooks run as they are, top to bottom, against a real server, and use the public API alone."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def read_notebook(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat types only part of itself


def code(path: Path) -> str:
    notebook = read_notebook(path)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def test_there_are_notebooks() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_hold_no_outputs_and_import_only_the_public_api(path: Path) -> None:
    notebook = read_notebook(path)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)
    for node in ast.walk(ast.parse(code(path))):
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] != "graphsvc", node.module
        elif isinstance(node, ast.Import):
            assert all(not name.name.startswith("graphsvc.") for name in node.names)


@pytest.mark.neo4j
@pytest.mark.slow(reason="runs whole notebooks in a kernel")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run(path: Path, demo_home: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in demo_home.items():
        monkeypatch.setenv(name, value)
    notebook = read_notebook(path)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any(output.output_type == "execute_result" for output in outputs)
    assert not any(output.output_type == "error" for output in outputs)
