"""In-memory caches of current results, by case, case version at the reader's handling code, and clearance."""

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
    """A result being computed; `over` is set when the computation is done or has failed."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.results: list[Result] = []


# Number of different clearances for a case: large results are cached separately for each.
CLEARANCES = 4


class Cache(Generic[Result]):
    """The `most` results requested last; a new version of a case at a handling code drops results of older versions.

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
        # Results being computed now; and how often the cache was cleared.
        self._computing: dict[Key, _Computing[Result]] = {}
        self._forgotten = 0
        self._alone = threading.Lock()

    def of(self, key: Key, compute: Callable[[], Result]) -> Result:
        """Return the result cached under `key`; otherwise compute and cache it.

        Concurrent callers wait for the first computation; if it fails, each of them computes the result itself.

        Raises:
            NotReady: the computation takes longer than this caller waits (`records.patience`).
        """
        with suppress(KeyError):
            result = self._results[key]
            self._results.move_to_end(key)
            return result
        with self._alone:
            if key in self._results:  # cached in the meantime
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
                    self._store(key, result)
        finally:
            with self._alone:
                del self._computing[key]
            mine.over.set()
        return result

    def there(self, key: Key) -> Result | None:
        """Return the result cached under `key`; None without one.

        Example:
            >>> Cache[str](2).there(("dover", 1, "P"))
        """
        return self._results.get(key)

    def of_case(self, case: str) -> list[Result]:
        """Return the cached results of a case, for every clearance.

        Example:
            >>> Cache[str](2).of_case("dover")
            []
        """
        with self._alone:
            # A copy, because cache hits reorder the results without taking the lock.
            return [result for key, result in list(self._results.items()) if key[0] == case]

    def _store(self, key: Key, result: Result) -> None:
        for stored_key in list(self._results):
            if (stored_key[0], stored_key[2]) == (key[0], key[2]) and stored_key[1] != key[1]:
                self._results.pop(stored_key, None)
        self._results[key] = result
        while len(self._results) > self._most:
            self._results.popitem(last=False)

    def clear(self) -> None:
        """Forget all results, and do not cache those being computed."""
        with self._alone:
            self._forgotten += 1
            self._results.clear()


class Caches:
    """The caches of one subject, as attributes of a subclass. A home has one of each subclass (`Home.caches`)."""

    def clear(self) -> None:
        """Clear each of the caches."""
        for cache in vars(self).values():
            if isinstance(cache, Cache):
                cache.clear()
