"""The list of mutations stays valid: each text it replaces occurs in the code exactly once, and each test exists."""

from __future__ import annotations

import ast

import pytest

from tests.leaks.mutations import MUTATIONS, ROOT, Mutation

README = (ROOT / "tests" / "leaks" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[one.name for one in MUTATIONS])
def test_a_mutation_still_finds_its_place_and_its_test(mutation: Mutation) -> None:
    assert (ROOT / mutation.file).read_text("utf-8").count(mutation.old) == 1
    assert mutation.new != mutation.old
    file, _, name = mutation.test.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert name.partition("[")[0] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_mutation_is_in_the_readme_as_seen_failing() -> None:
    for one in MUTATIONS:
        assert f"| {one.protects} | `{one.file}` | `{one.test}` | yes |" in README, one.name
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS) >= 20
