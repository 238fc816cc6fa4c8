"""Results kept in memory while they are current: by case, its version at the reader's handling code, and their clearance."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from graphsvc.records.patience import PATIENCE, not_ready

Result = TypeVar("Result")
Key = tuple[str, int, str, *tuple[str | bool, ...]]


class _Computing(Generic[Result]):
    """A result that is on its way: `over` once it is there or failed."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.results: list[Result] = []


# So many ways there are to be cleared for a case: what is large is cached once for each.
CLEARANCES = 4


class Cache(Generic[Result]):
    """The results that were wanted last, at most `most`; a new version of a case at a handling code drops what was computed on older ones.

    Example:
        >>> cache = Cache[str](2)
        >>> cache.of(("dover", 1, "P"), lambda: "old"), cache.of(("dover", 1, "P"), lambda: "not asked")
        ('old', 'old')
        >>> cache.of(("dover", 2, "P"), lambda: "new"), cache.of(("dover", 1, "P"), lambda: "computed again")
        ('new', 'computed again')
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[Key, Result] = OrderedDict()
        # What is being computed at this moment; and how often everything was forgotten.
        self._computing: dict[Key, _Computing[Result]] = {}
        self._forgotten = 0
        self._alone = threading.Lock()

    def of(self, key: Key, compute: Callable[[], Result]) -> Result:
        """The result cached under `key`, or else what `compute` gives, which is cached then.

        Who asks while somebody computes it waits for that; where it fails, each who waited computes it for themselves.

        Raises:
            NotReady: somebody computes it for longer than this one waits (`records.patience`).
        """
        with suppress(KeyError):
            result = self._results[key]
            self._results.move_to_end(key)
            return result
        with self._alone:
            if key in self._results:  # since a moment
                self._results.move_to_end(key)
                return self._results[key]
            mine = _Computing[Result]()
            computing = self._computing.setdefault(key, mine)
        if computing is not mine:
            if not computing.over.wait(PATIENCE.get()):
                raise not_ready()
            return computing.results[0] if computing.results else compute()
        try:
            before = self._forgotten
            result = compute()
            mine.results.append(result)
            with self._alone:
                if self._forgotten == before:
                    self._put(key, result)
        finally:
            with self._alone:
                del self._computing[key]
            mine.over.set()
        return result

    def there(self, key: Key) -> Result | None:
        """The result cached under `key`, if there is one.

        Example:
            >>> Cache[str](2).there(("dover", 1, "P"))
        """
        return self._results.get(key)

    def of_case(self, case: str) -> list[Result]:
        """What is cached of a case, for whatever clearance.

        Example:
            >>> Cache[str](2).of_case("dover")
            []
        """
        with self._alone:
            # Whoever finds what they ask for moves it to the end without waiting.
            return [result for key, result in list(self._results.items()) if key[0] == case]

    def _put(self, key: Key, result: Result) -> None:
        for other in list(self._results):
            if (other[0], other[2]) == (key[0], key[2]) and other[1] != key[1]:
                self._results.pop(other, None)
        self._results[key] = result
        while len(self._results) > self._most:
            self._results.popitem(last=False)

    def clear(self) -> None:
        """Forget everything, also what is being computed."""
        with self._alone:
            self._forgotten += 1
            self._results.clear()


class Caches:
    """The caches of one subject: a subclass names them as attributes. One of each for a home (`cases.home.Home.caches`)."""

    def clear(self) -> None:
        """Forget everything in all of them."""
        for cache in vars(self).values():
            if isinstance(cache, Cache):
                cache.clear()
