"""Linked crossings in words and as plain data. Pure functions; they return text, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphsvc.analysis.linkage.features import SHARED
from graphsvc.analysis.linkage.figures import read_figures
from graphsvc.analysis.linkage.linked import SharedName
from graphsvc.analysis.linkage.overlap import PEOPLE, SOURCES, TIMES, Mention, Overlap
from graphsvc.records.dates import ending
from graphsvc.records.numbers import count, plural

# Features that link boats by the origin of the boats and of their parts.
MARKET = ("supplier", "part", "batch", "store")
# Columns of a table of linked pairs.
COLUMNS = (
    "first",
    "first_date",
    "second",
    "second_date",
    "cluster",
    "people",
    "of_people",
    "names",
    "of_names",
    "shares",
)


def describe(name: str, features: Iterable[str], names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Describe a name that crossings share: its role in them, and its entity if it has one.

    Args:
        name: id of an entity, or a batch of serial numbers.
        features: kinds of name that it is in the crossings, from `features.SHARED`.
        names: id → row of `entities.named`.
    """
    row = names.get(name)
    return {
        "words": ", ".join(SHARED[feature] for feature in SHARED if feature in features),
        "value": name,
        "name": (row["name"] or name) if row else name,
        "kind": row["kind"] if row else "",
        "sealed": bool(row and row.get("sealed")),
    }


def thing(shared: SharedName, names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Describe a name that crossings share, and list these crossings."""
    return describe(shared.name, shared.features, names) | {"crossings": list(shared.crossings)}


def line(name: str, first: Mention, second: Mention, names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Describe a name that two crossings share: its role in each, and whether it counts as a person behind both."""
    return describe(name, (*first.features, *second.features), names) | {
        "first": describe(name, first.features, {})["words"],
        "second": describe(name, second.features, {})["words"],
        "is_behind": first.is_behind and second.is_behind,
    }


def figures(both: Overlap) -> dict[str, Any]:
    """Return the counts of an overlap, and sentences on them."""
    return {
        "people": len(both.people),
        "of_people": both.behind,
        "names": len(both.shared),
        "of_names": both.named,
        "is_link": both.is_link,
        "shares_says": overlap(both),
        "says": verdict(both),
    }


def overlap(both: Overlap) -> str:
    """Say how much two crossings share.

    Example:
        >>> overlap(Overlap(("b1", "p1", "p2"), 7, ("p1", "p2"), 3, 2))
        '2 of 3 people or groups behind them, 3 of 7 names in all'
        >>> overlap(Overlap((), 7, (), 3, 0))
        'no name'
    """
    if not both.shared:
        return "no name"
    people = f"{len(both.people)} of {count(both.behind, 'person or group', 'people or groups')} behind them, "
    return f"{people if both.behind else ''}{len(both.shared)} of {count(both.named, 'name')} in all"


def verdict(both: Overlap) -> str:
    """Say whether two crossings are linked or, if not, what is missing.

    Example:
        >>> verdict(Overlap((), 4, (), 2, 0))
        'No support for one operation: they share no name.'
        >>> verdict(Overlap(("p1",), 4, ("p1",), 2, 1))
        'Not linked: fewer than 2 people or groups are behind both.'
        >>> verdict(Overlap(("p1", "p2"), 4, ("p1", "p2"), 4, 1))
        'Not linked: one source, or one group of sources, alone says who is behind both.'
        >>> verdict(Overlap(("p1", "p2"), 3, ("p1", "p2"), 3, 2))
        'Linked: the same people or groups are behind both.'
    """
    if both.is_link:
        return "Linked: the same people or groups are behind both."
    if not both.shared:
        return "No support for one operation: they share no name."
    if len(both.people) < PEOPLE:
        return f"Not linked: fewer than {PEOPLE} people or groups are behind both."
    if both.sources < SOURCES:
        return "Not linked: one source, or one group of sources, alone says who is behind both."
    return f"Not linked: they share fewer than 1 in {TIMES} of those behind them."


def describe_parts(parts: Sequence[Sequence[str]], size: int) -> dict[str, Any]:
    """Describe what remains of a cluster of `size` crossings without a shared name or evidence item.

    Example:
        >>> describe_parts([("c1", "c2"), ("c3",)], 3)["says"]
        'falls into 2 parts; the largest has 2 of 3'
    """
    whole = max(map(len, parts), default=0)
    if len(parts) == 1:
        says = "still hangs together"
    elif whole < 2:
        says = "falls apart: no two of them are linked then"
    else:
        says = f"falls into {len(parts)} parts; the largest has {whole} of {size}"
    return {"splits": len(parts) > 1, "says": says, "parts": [list(part) for part in parts]}


def boats_sentence(shared: SharedName, names: Mapping[str, Mapping[str, Any]]) -> str:
    """Say what boats of several launches have in common: "one supplier, five launches".

    Example:
        >>> boats_sentence(SharedName("p1", ("supplier",), ("c1", "c2")), {"p1": {"name": "Marlow Marine", "kind": "person"}})
        'Marlow Marine: one supplier, 2 launches'
    """
    nouns = {
        "supplier": "one supplier",
        "part": "one part",
        "batch": "serials next to each other",
        "store": "one store",
    }
    noun = next(noun for feature, noun in nouns.items() if feature in shared.features)
    return f"{describe(shared.name, shared.features, names)['name']}: {noun}, {len(shared.crossings)} launches"


def days(dates: Iterable[str]) -> tuple[str, str]:
    """Return the first and last of some dates, as precise as given, or empty texts."""
    day_texts = [date[:10] for date in dates if date]
    return (min(day_texts), max(day_texts, key=ending)) if day_texts else ("", "")


def nothing_links(compared: int) -> str:
    """Say why there is no cluster.

    Example:
        >>> nothing_links(1)
        'There are fewer than two crossings to compare.'
        >>> nothing_links(12)
        '12 crossings were compared, and no two of them are linked. More may be reported later, or different people arranged them.'
    """
    if compared < 2:
        return "There are fewer than two crossings to compare."
    compared_says = f"{count(compared, 'crossing')} were compared, and no two of them are linked."
    return f"{compared_says} More may be reported later, or different people arranged them."


# Messages for a crossing in no cluster, for a table without pairs, and for a crossing that shares no name.
IN_NO_CLUSTER = "It is in no cluster: no other crossing that you can see is linked to it."
NO_PAIR = "No two of these crossings are linked."
NO_NAME = "No other crossing that you can see shares a name with it."


def apart(crossings: int) -> str:
    """Say how many crossings are in no cluster; empty if each is in one.

    Example:
        >>> apart(1), apart(0)
        ('1 crossing is in no cluster.', '')
    """
    return f"{count(crossings, 'crossing')} {plural(crossings, 'is', 'are')} in no cluster." if crossings else ""


def shares_text(things: Sequence[Mapping[str, Any]]) -> str:
    """Return shared names for a table cell; denied and contested names are marked."""
    return "; ".join(
        f"{row['words']} {row['name']}".strip() + (f" ({row['denied']})" if row["denied"] else "") for row in things
    )


def figure_rows() -> list[dict[str, Any]]:
    """Return rows of the help page on how many linked pairs are right and how many are found, worst family first."""
    return [
        {
            "worlds": f"{family.family} (author {family.author})",
            "links": family.links,
            "right": in_hundred(family.right),
            "clustered": in_hundred(family.clustered),
            "found": in_hundred(family.found),
            "by_chance": in_hundred(family.by_chance),
        }
        for family in sorted(read_figures(), key=lambda family: (family.right, family.family))
    ]


def in_hundred(share: float) -> str:
    """Write a share as a number out of 100; a small share is never 0.

    Example:
        >>> in_hundred(0.983), in_hundred(0.018), in_hundred(0.0004), in_hundred(0.0)
        ('98 in 100', '1.8 in 100', 'under 0.1 in 100', 'none')
    """
    if share < 0.001:
        return "under 0.1 in 100" if share else "none"
    return f"{100 * share:.1f} in 100" if share < 0.095 else f"{round(100 * share)} in 100"
