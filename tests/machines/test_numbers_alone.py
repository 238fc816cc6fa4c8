"""Data allowed to go to other machines: checked as deep as it would be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import scipy.sparse

from graphsvc.machines import numbers_alone
from graphsvc.machines.numbers_alone import NotNumbersAlone, require_numbers

NAME = "Quillfeather"


@dataclass
class Hung:
    """A class without slots: any attribute may be attached to it."""

    number: int = 1


class Own(np.ndarray[Any, Any]):
    """A custom array class, which may be serialised differently from its contents."""


def hung(thing: Any) -> Any:
    thing.names = [NAME]
    return thing


@pytest.mark.parametrize(
    "thing",
    [
        NAME,
        [1, [2.0, (NAME,)]],
        {1: NAME},
        {NAME: 1},
        np.array([NAME]),
        np.array([NAME], dtype=object),
        np.array([(1, 2)], dtype=[(NAME, int), ("b", int)]),
        np.zeros(2).view(Own),
        np.ma.MaskedArray(np.zeros(2), mask=[True, False]),
        np.zeros(2, dtype=np.dtype(float, metadata={"of": NAME})),
        np.array(["2020-05-08"], dtype="datetime64[D]"),
        hung(scipy.sparse.csr_array(np.eye(2))),
        hung(Hung()),
        memoryview(b"x"),
        b"x",
        {1, 2},
        range(2),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_whatever_is_not_known_to_be_numbers_is_refused_and_not_repeated(
    thing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers_alone, "_OURS", "tests.machines.")
    with pytest.raises(NotNumbersAlone) as caught:
        require_numbers(thing)
    assert NAME not in str(caught.value)


@pytest.mark.parametrize(
    "thing",
    [
        None,
        1,
        2.5,
        True,
        [1, (2.0, None)],
        {1: 2.0},
        np.zeros(3, dtype=np.float32),
        np.float64(1),
        scipy.sparse.csr_array(np.eye(2)),
        Hung(),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_numbers_are_not(thing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers_alone, "_OURS", "tests.machines.")
    require_numbers(thing)
