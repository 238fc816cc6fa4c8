"""Typed text, as counted and stored: a line break is one character, as a browser counts it."""

from __future__ import annotations

import pytest

from graphsvc.cases.stores.view_store import LONGEST_NOTES, normalise_texts
from graphsvc.errors import RequestError
from graphsvc.records.lines import LONGEST_REASON, require_reason

LINES = LONGEST_REASON // 2


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_a_reason_that_fits_its_box_is_kept(ends: str) -> None:
    assert require_reason(ends.join("a" * LINES) + "b") == "\n".join("a" * LINES) + "b"
    with pytest.raises(RequestError, match="Give a reason"):
        require_reason(ends.join("a" * LINES) + "bc")


def test_so_are_notes_that_fit_theirs() -> None:
    assert normalise_texts("a view", "\r\n".join("a" * (LONGEST_NOTES // 2)))[1].count("\n") == LONGEST_NOTES // 2 - 1
