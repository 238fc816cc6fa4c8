"""Plain English in the repository: the share of texts that have to be read twice may only fall."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolbox.prose import faults, shares, texts

ROOT = Path(__file__).parents[1]
PACKAGE = ("graphsvc", "bench")
DOCUMENTS = ("docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")
# Folders → kind of text → most findings, in per cent. The goal is 2 of each; lower a figure once the repository is below it.
CEILINGS = {
    PACKAGE: {"docstring": 0.7, "docstring body": 2.5, "comment": 0.5, "message": 1.3, "page": 2.0},
    ("tests",): {"docstring": 0.5, "docstring body": 4.0, "comment": 0.5, "message": 5.0},
    DOCUMENTS: {"documentation": 1.0},
}


@pytest.mark.slow(reason="reads every line of prose in the repository")
@pytest.mark.parametrize("folders", CEILINGS, ids=lambda folders: folders[0])
def test_prose_becomes_no_harder_to_read(folders: tuple[str, ...]) -> None:
    lines = list(texts(ROOT, folders))
    worse = {kind: share for kind, share in shares(lines).items() if share > CEILINGS[folders].get(kind, 100)}
    listed = [f"{path}:{line}: {text}" for path, (kind, line, text) in lines if kind in worse and faults(kind, text)]
    assert worse == {}, "\n".join(listed)


@pytest.mark.parametrize(
    ("kind", "text", "names"),
    [
        ("docstring", "What a table holds.", ["noun clause as a summary"]),
        ("docstring", "Return the contents of a table.", []),
        ("comment", "Who is cleared for more has another list.", ["a person named by a clause"]),
        ("message", "The file was written anew.", ["old word"]),
        ("page", "Nothing is told of them.", ["told"]),
        ("documentation", " ".join(["word"] * 36), ["too long"]),
    ],
)
def test_a_sentence_that_is_read_twice_is_found(kind: str, text: str, names: list[str]) -> None:
    assert faults(kind, text) == names
