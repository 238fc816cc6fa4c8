"""Everything the documentation mentions exists: links, commands, options, queries, settings, methods."""

from __future__ import annotations

import ast
import dataclasses
import re
import shlex
from pathlib import Path

import click
import pytest

from graphsvc.cli import program
from graphsvc.config import Settings
from graphsvc.queries import own_library
from graphsvc.service import Session

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "bench" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "cypher" / "README.md",
]


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def anchors(page: Path) -> set[str]:
    """Return the names by which links reach the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_to_headings_find_them(path: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#]*)#([^)]+)\)", path.read_text("utf-8")):
        page = path.parent / target if target else path
        assert page.suffix != ".md" or anchor in anchors(page), f"{target}#{anchor}"


def commands() -> list[str]:
    return [
        line.partition("#")[0].strip()
        for path in PAGES
        for block in blocks(path, "")
        for line in block.splitlines()
        if line.startswith("graphsvc ")
    ]


@pytest.mark.parametrize("line", commands())
def test_commands_exist_with_their_options(line: str) -> None:
    words = shlex.split(line)[1:]
    command: click.Command = program
    while isinstance(command, click.Group) and words:
        inner = command.get_command(click.Context(command), words[0])
        if inner is None:
            break
        command = inner
        words.pop(0)
    assert command is not program, line
    options = {option for parameter in command.params for option in parameter.opts}
    for word in words:
        if word.startswith("--"):
            assert word in options, f"{line}: {word}"
    if command.name == "query" and words:
        query = own_library()[words[0]]
        parameters = {words[place + 1].partition("=")[0] for place, word in enumerate(words) if word == "--param"}
        assert parameters <= {parameter.name for parameter in query.parameters}


def test_python_in_the_readme_uses_what_there_is() -> None:
    library = own_library()
    for block in blocks(ROOT / "README.md", "python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "session":
                assert hasattr(Session, node.attr), node.attr
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "frame":
                assert ast.literal_eval(node.args[0]) in library


def test_every_variable_named_is_a_setting() -> None:
    known = {item.metadata["variable"] for item in dataclasses.fields(Settings)}
    for path in PAGES:
        named = set(re.findall(r"\b(?:GRAPHSVC|NEO4J)_[A-Z0-9_]+\b", path.read_text("utf-8")))
        assert named <= known, path


def test_the_two_commands_of_the_readme_are_targets_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE):
        assert f"\n{target}:" in makefile


def test_every_query_named_in_a_document_exists() -> None:
    library = own_library()
    for path in (ROOT / "README.md", ROOT / "docs" / "working.md"):
        for name in re.findall(r'frame\("([\w.]+)"', path.read_text("utf-8")):
            assert name in library
