"""The list of mutations stays valid: each text it replaces occurs in the code exactly once, and each test exists."""

from __future__ import annotations

import ast

import pytest

from tests.leaks.mutations import MUTATIONS, ROOT, Mutation

README = (ROOT / "tests" / "leaks" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation.name for mutation in MUTATIONS])
def test_a_mutation_still_finds_its_place_and_its_test(mutation: Mutation) -> None:
    assert (ROOT / mutation.file).read_text("utf-8").count(mutation.old) == 1
    assert mutation.new != mutation.old
    file, _, name = mutation.test.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert name.partition("[")[0] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_mutation_is_in_the_readme_as_seen_failing() -> None:
    for mutation in MUTATIONS:
        assert f"| {mutation.protects} | `{mutation.file}` | `{mutation.test}` | yes |" in README, mutation.name
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS) >= 20
