"""Keeps recently released answers, for readers who ask the same question again before the case changes.

The key of an answer is everything it depends on: the query and its values, the clearance, and the case version
visible at that clearance. Answers are kept packed, only in memory, until that version ends or `forget` is called.
"""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from graphsvc.access.gate.redact import Released
from graphsvc.access.people.principal import Grant

# Most bytes of all answers together, and of one answer. Results of analyses of a whole case are cached elsewhere.
_MOST, _LARGEST = 64 * 2**20, 2**20
_Asked = tuple[str, str, bool, str, bool, str]


def answer_key(case: str, grant: Grant, name: str, arguments: Mapping[str, Any], *, whole: bool) -> _Asked:
    """Return the key of an answer: case, clearance and question."""
    return case, grant.handling, grant.sources, name, whole, repr(sorted(arguments.items()))


class Repeats:
    """Recently used answers by question, kept while the case stays at their version."""

    def __init__(self, most: int = _MOST, largest: int = _LARGEST) -> None:
        self._most, self._largest = most, largest
        self._packed: OrderedDict[_Asked, bytes] = OrderedDict()
        # Case and clearance → version of the answers kept.
        self._versions: dict[tuple[str, str, bool], int] = {}
        self._size = 0
        self._alone = threading.Lock()

    def get(self, question: _Asked, version: int) -> Released | None:
        """Return the answer released for this question at this version, if still kept. The caller may change it."""
        with self._alone:
            self._keep_at(question[:3], version)
            packed = self._packed.get(question)
            if packed is None:
                return None
            self._packed.move_to_end(question)
        answer: Released = pickle.loads(packed)  # noqa: S301 - packed below, and never outside this process
        return answer

    def keep(self, question: _Asked, version: int, answer: Released) -> None:
        """Keep an answer that was read entirely at this version of the case."""
        # Each value takes at least one byte: an answer with too many values is too large, and is not packed at all.
        if len(answer.rows) * len(answer.columns) > self._largest:
            return
        packed = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        if len(packed) > self._largest:
            return
        with self._alone:
            self._keep_at(question[:3], version)
            self._drop(question)
            self._packed[question] = packed
            self._size += len(packed)
            while self._size > self._most:
                self._drop(next(iter(self._packed)))

    def forget(self) -> None:
        """Forget everything."""
        with self._alone:
            self._packed.clear()
            self._versions.clear()
            self._size = 0

    def _keep_at(self, of: tuple[str, str, bool], version: int) -> None:
        """Drop answers of other versions."""
        if self._versions.get(of, version) != version:
            for question in [question for question in self._packed if question[:3] == of]:
                self._drop(question)
        self._versions[of] = version

    def _drop(self, question: _Asked) -> None:
        self._size -= len(self._packed.pop(question, b""))
