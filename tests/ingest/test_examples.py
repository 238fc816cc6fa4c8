"""Every example in the docstrings of reading and checking runs."""

import doctest
from types import ModuleType

import pytest

from graphsvc.ingest import archive, cells, check, codes, csvtext, mapped, mapping, raw, readers, versions, workbook
from graphsvc.records import nearest

MODULES = [archive, cells, check, codes, csvtext, mapped, mapping, raw, readers, versions, workbook]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_run(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_a_word_like_none_gets_the_known_ones() -> None:
    assert nearest.nearest("qqq", ("P", "C")) is None
    assert nearest.hint("qqq", [str(number) for number in range(50)]).endswith("38, 39 …")
    assert nearest.nearest("x" * 100_000, ("P", "C")) is None
