"""The glossary, applied to the names of modules, classes and functions: no dropped word is used again."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphsvc"
# Words of the glossary's last table, which no name may contain.
GONE = {"desk", "shelf", "album", "minus", "keyplayers", "telling", "trials", "whose", "watching", "collector"}
# Words that are not nouns, so no variable or parameter may have them as its name.
NO_NOUNS = {"one", "found", "here", "told", "kept"}
# Words that do not say what a value is. Some fields of stored rows still have such names; no more may be added.
RIDDLES = frozenset(
    [
        "one",
        "some",
        "other",
        "others",
        "here",
        "there",
        "told",
        "kept",
        "found",
        "given",
        "held",
        "asked",
        "shown",
        "said",
        "made",
        "put",
        "gone",
        "come",
        "stands",
        "whom",
        "whose",
        "what",
        "which",
        "such",
        "laid",
        "aside",
        "ground",
    ]
)
PARTICIPLES = frozenset(
    [
        "told",
        "said",
        "kept",
        "known",
        "shown",
        "given",
        "made",
        "held",
        "taken",
        "left",
        "seen",
        "put",
        "met",
        "set",
        "found",
        "dealt",
        "laid",
    ]
)
NO_PARTICIPLES = {"read", "feed", "seed", "need", "embed", "exceed"}
MOST_RIDDLES = {"graphsvc": 92, "tests": 6}
# Class names used by several rooms, each for its own class; no module imports two of them.
SEVERAL: set[str] = set()


def names() -> dict[str, list[str]]:
    """Name of a module, class or function of the package → its places."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        places[path.stem].append(where)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                places[node.name].append(where)
    return places


def classes() -> dict[str, list[str]]:
    """Name of a public class → its places."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(ROOT).as_posix())
    return places


def test_no_name_is_made_of_a_word_that_is_gone() -> None:
    used = {
        name: where
        for name, where in names().items()
        if GONE & set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))
    }
    assert not used


def test_no_class_name_is_borne_twice() -> None:
    twice = {name: where for name, where in classes().items() if len(where) > 1 and name not in SEVERAL}
    assert not twice


def variables() -> dict[str, list[str]]:
    """Name of a variable or parameter of a function of the package → its places."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        functions = [
            node
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        ]
        for node in (inner for function in functions for inner in ast.walk(function)):
            if isinstance(node, ast.arg):
                places[node.arg].append(f"{path.relative_to(ROOT).as_posix()}:{node.lineno}")
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                places[node.id].append(f"{path.relative_to(ROOT).as_posix()}:{node.lineno}")
    return places


def test_what_is_assigned_is_named_by_a_noun() -> None:
    places = variables()
    assert len(places) > 1000
    assert {name: places[name] for name in sorted(NO_NOUNS & places.keys())} == {}


def riddles(folder: str) -> list[str]:
    """List place and name of the variables, parameters and functions in a folder with a name that says nothing."""
    names = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = ""
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                bare = node.name.strip("_")
                is_participle = bare in PARTICIPLES or (bare.endswith("ed") and bare not in NO_PARTICIPLES)
                name = node.name if bare.isalpha() and is_participle else ""
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in RIDDLES:
                name = node.id
            elif isinstance(node, ast.arg) and node.arg in RIDDLES:
                name = node.arg
            if name:
                names.append(f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)} {name}")
    return names


@pytest.mark.parametrize("folder", MOST_RIDDLES)
def test_names_that_are_riddles_become_no_more(folder: str) -> None:
    names = riddles(folder)
    assert len(names) <= MOST_RIDDLES[folder], "\n".join(names)


def test_the_glossary_says_which_words_are_gone() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8").partition("## Gone")[2].lower()
    assert {word for word in GONE if word not in text} == set()
