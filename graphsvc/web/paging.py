"""One page of a table, sorted as the URL requests. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PER_PAGE = 200
_UNKNOWN: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Paged:
    """Rows of one page.

    Attributes:
        rows: the rows.
        sort: requested column, with `-` before it for descending order.
        page: number of the page, from 1.
        pages: number of pages.
        first: number of rows before the page.
    """

    rows: list[tuple[Any, ...]]
    sort: str
    page: int
    pages: int
    first: int


def paginate(names: Sequence[str], rows: Sequence[tuple[Any, ...]], args: Mapping[str, str]) -> Paged:
    """Return the page of rows that `page` requests, sorted by `sort`; unknown values are last in both directions.

    Args:
        names: column names for `sort`, in the order of the rows' values.
        rows: all rows.
        args: query parameters of the URL.
    """
    sort, chosen = args.get("sort", ""), list(rows)
    if sort.removeprefix("-") in names:
        place = list(names).index(sort.removeprefix("-"))
        known = [row for row in chosen if row[place] not in _UNKNOWN]
        known.sort(key=lambda row: _order(row[place]), reverse=sort.startswith("-"))
        chosen = known + [row for row in chosen if row[place] in _UNKNOWN]
    pages = pages_of(len(chosen), PER_PAGE)
    number = min(page_of(args), pages)
    first = (number - 1) * PER_PAGE
    return Paged(chosen[first : first + PER_PAGE], sort, number, pages, first)


def page_of(args: Mapping[str, str]) -> int:
    """Return the page number in `page`, from 1; 1 if it is missing or invalid.

    Example:
        >>> [page_of({"page": text}) for text in ("2", "0", "last", "9" * 30)], page_of({})
        ([2, 1, 1, 1], 1)
    """
    text = args.get("page", "1")
    return max(1, int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1)


def pages_of(total: int, per_page: int) -> int:
    """Return the number of pages for `total` rows, at least 1.

    Example:
        >>> [pages_of(total, 50) for total in (0, 50, 51)]
        [1, 1, 2]
    """
    return max(1, -(-total // per_page))


def first_of(args: Mapping[str, str], total: int, per_page: int) -> int:
    """Return the number, from 1, of the row that `from` puts first; if it is too high, the first of the last page.

    Args:
        args: query parameters of the URL.
        total: number of rows.
        per_page: rows on a page.

    Example:
        >>> [first_of({"from": text}, 120, 50) for text in ("51", "60", "0", "first", "121", "9" * 30)]
        [51, 60, 1, 1, 101, 101]
    """
    text = args.get("from", "1")
    number = int(text[:9]) if text.isascii() and text.isdigit() else 1
    return max(number if number <= total else (total - 1) // per_page * per_page + 1, 1)


def _order(value: Any) -> tuple[int, Any]:
    if isinstance(value, list):
        return (2, (len(value), str(value)))
    return (0, value) if isinstance(value, int | float) else (1, str(value).casefold())
