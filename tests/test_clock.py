"""After a test has set the clock, the true clock is back, however a module imported it."""

from __future__ import annotations

import datetime as dt
import sys
from types import ModuleType

import pytest

from graphsvc.access.log import audit
from tests.toolbox.clock import MOMENT, standing_still


def test_a_module_first_imported_meanwhile_has_the_true_clock_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    late = ModuleType("graphsvc.late")
    with standing_still():
        monkeypatch.setitem(sys.modules, late.__name__, late)
        exec("from graphsvc.access.log.audit import now", late.__dict__)  # noqa: S102 - as an import does
        assert late.now() == MOMENT
    assert late.now is audit.now
    assert audit.now() > MOMENT


def test_a_clock_within_a_clock_gives_the_outer_one_back() -> None:
    with standing_still():
        with standing_still(MOMENT + dt.timedelta(days=2)):
            assert audit.now() == MOMENT + dt.timedelta(days=2)
        assert audit.now() == MOMENT
