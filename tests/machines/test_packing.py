"""Data sent to other machines and their answers are numbers; anything else is refused without running code."""

from __future__ import annotations

import json
import os
import pickle
import random
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse

from graphsvc.analysis.displacement.deals import Reached
from graphsvc.machines import packing
from graphsvc.machines.packing import NotNumbersAlone, pack, unpack
from tests.machines import invented

NAME = "Quillfeather"
ARRAYS = (
    np.arange(6, dtype=np.int32).reshape(2, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(10.0)[::2],
    np.zeros((0, 3)),
    np.array(2.5),
    np.array([True, False]),
    np.array([1, 2], dtype=">u2"),
    np.array([np.nan, -0.0, np.inf]),
)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype.str} {array.shape}")
def test_arrays_come_back_as_they_lay(array: np.ndarray[Any, Any]) -> None:
    back = unpack(pack(array))
    assert (back.dtype, back.shape, back.flags.writeable) == (array.dtype, array.shape, True)
    assert back.tobytes() == array.tobytes()
    assert back.flags.f_contiguous == (array.flags.f_contiguous or array.ndim == 1)


def test_numbers_and_dataclasses_come_back_as_they_were() -> None:
    things = [
        1,
        -(10**30),
        0.1,
        None,
        (True, [2.5]),
        {3: (), 4.5: [None]},
        np.float64(0.1),
        Reached(1, 2, 3, 0.5, np.zeros(2)),
    ]
    back = unpack(pack(things))
    assert repr(back) == repr(things)
    network, deals = invented.deals(3)
    assert pack(unpack(pack(network), allow_sparse=True)) == pack(network)
    assert [deal.tobytes() for deal in unpack(pack(deals))] == [deal.tobytes() for deal in deals]


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
        Path(NAME),
        len,
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_whatever_is_not_known_to_be_numbers_is_refused_and_not_repeated(
    thing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "_OURS", "tests.machines.")
    with pytest.raises(NotNumbersAlone) as caught:
        pack([thing])
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
    monkeypatch.setattr(packing, "_OURS", "tests.machines.")
    assert pack(thing)


def message(tree: Any, about: Any = (), arrays: bytes = b"") -> bytes:
    head = json.dumps([tree, about]).encode()
    return struct.pack("<Q", len(head)) + head + arrays


class _Evil:
    def __init__(self, command: str) -> None:
        self._command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self._command,)


HOSTILE = {
    "a word": message("p1"),
    "another kind": message(["exec", "1"]),
    "a method of the reader": message(["__init__", 1]),
    "a class of others": message(["of", "pathlib:Path", {}]),
    "a module of ours outside the analysis": message(["of", "graphsvc.config:Settings", {}]),
    "an imported class": message(["of", "graphsvc.analysis.displacement.deals:AskedOf.__init__", {}]),
    "no dataclass": message(["of", "graphsvc.analysis.displacement.deals:np", {}]),
    "other fields": message(["of", "graphsvc.analysis.displacement.deals:Reached", {"__class__": 1}]),
    "a sparse array": pack(scipy.sparse.csr_array(np.eye(2))),
    "an array of objects": message(["array", 0], [["|O8", [1], "C"]], bytes(8)),
    "an array of texts": message(["array", 0], [["<U1", [2], "C"]], bytes(8)),
    "a record": message(["array", 0], [["<i4,<i4", [1], "C"]], bytes(8)),
    "too few bytes": message(["array", 0], [["<i8", [1000], "C"]], bytes(8)),
    "too many bytes": message(["array", 0], [["<i8", [1], "C"]], bytes(16)),
    "a negative shape": message(["array", 0], [["<i8", [-1], "C"]], bytes(8)),
    "an endless shape": message(["array", 0], [["<i8", [2**62, 2**62], "C"]], bytes(8)),
    "an array that is not there": message(["array", 3]),
    "a tower": struct.pack("<Q", 200_000) + b"[" * 200_000,
    "nothing": b"",
    "a length alone": struct.pack("<Q", 1 << 62),
    "a dict of lists": message(["dict", [[["list", []], 1]]]),
}


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_answer_is_one_error(sent: bytes) -> None:
    with pytest.raises(ValueError, match="what came is not numbers"):
        unpack(sent)


def test_a_pickle_is_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(ValueError, match="what came is not numbers"):
            unpack(pickle.dumps(_Evil(f"touch {trace}"), protocol))
    assert not trace.exists()


def test_damaged_answers_are_numbers_or_an_error() -> None:
    whole = pack((np.arange(5), [1, 2.5], Reached(1, 2, 3, 0.5, np.zeros(2))))
    chance = random.Random(7)
    for _ in range(3_000):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            back = unpack(bytes(damaged[: chance.choice((len(damaged), chance.randrange(len(damaged))))]))
        except ValueError:
            continue
        assert pack(back)
