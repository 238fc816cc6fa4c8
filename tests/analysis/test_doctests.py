"""Every example in the analysis runs, and every public function has one and states its limits."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import graphsvc
from graphsvc import analysis

MODULES = [
    importlib.import_module(module.name) for module in pkgutil.walk_packages(analysis.__path__, "graphsvc.analysis.")
]
# Modules tested above or run as programs; one changes its process, which would disturb other tests.
_APART = ("graphsvc.analysis", "graphsvc.appdb.migrations", "graphsvc.__main__", "graphsvc.store.typedrun")
# Other places that may contain examples.
OTHERS = [
    module.name
    for module in pkgutil.walk_packages(graphsvc.__path__, "graphsvc.")
    if not module.name.startswith(_APART)
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_run(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", OTHERS)
def test_examples_run_wherever_they_stand(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_function_says_its_limits(module: ModuleType) -> None:
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__ and not name.startswith("_"):
            text = inspect.getdoc(function) or ""
            assert "Limits: " in text, f"{name} has no Limits note"
            assert ">>> " in text, f"{name} has no example"
