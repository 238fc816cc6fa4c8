"""Changes in the links of a saved picture since it was saved. Pure.

Only figures that a reader without source clearance may see are stored, so the changes disclose no more than these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphsvc.records.coarsened import step
from graphsvc.records.relations import says
from graphsvc.views import wording

# Subject, relation, object.
Key = tuple[str, str, str]
# Step of belief (1 to 4), step on the record (0 without claims on it), denied, groups (None for few), other sources.
Figures = tuple[int, int, bool, int | None, int]


@dataclass(frozen=True, slots=True)
class Change:
    """One link that has changed.

    Attributes:
        kind: `new`, `gone` or `moved`. says: the relation in words. what: the change, in words.
    """

    subject: str
    relation: str
    object: str
    kind: str
    says: str
    what: str


def figures(rows: Iterable[Mapping[str, Any]]) -> dict[Key, Figures]:
    """Return the figures to store, from rows of `network.among` as shown to a reader without source clearance."""
    return {(row["subject"], row["relation"], row["object"]): _figures(row) for row in rows}


def changed_links(before: Mapping[Key, Figures], after: Mapping[Key, Figures]) -> list[Change]:
    """Return the links that have changed: new ones first, then missing ones, then those with other figures.

    Example:
        >>> old = {("P1", "PAID", "P2"): (2, 0, False, 1, 0), ("P1", "PAID", "P3"): (4, 0, False, 1, 0)}
        >>> new = {("P1", "PAID", "P2"): (3, 0, True, 1, 0)}
        >>> [(change.object, change.kind, change.what) for change in changed_links(old, new)]
        [('P3', 'gone', 'gone'), ('P2', 'moved', 'believed more, denied or contested now')]
        >>> [change.what for change in changed_links({}, new)]
        ['new, denied or contested']
    """
    changes = [
        _change(key, "new", f"new, {wording.SIGNS['denied']}" if now[2] else "new")
        for key, now in after.items()
        if key not in before
    ]
    changes += [_change(key, "gone", "gone") for key in before if key not in after]
    changes += [
        _change(key, "moved", _describe_move(was, after[key]))
        for key, was in before.items()
        if key in after and was != after[key]
    ]
    order = ("new", "gone", "moved")
    return sorted(
        changes, key=lambda change: (order.index(change.kind), change.subject, change.relation, change.object)
    )


def pack_links(links: Mapping[Key, Figures]) -> list[list[Any]]:
    """Return links in their stored form."""
    return [[*key, *values] for key, values in links.items()]


def unpack_links(rows: Iterable[list[Any]]) -> dict[Key, Figures]:
    """Return links from their stored form; the inverse of `pack_links`."""
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5], row[6], row[7]) for row in rows}


def _figures(row: Mapping[str, Any]) -> Figures:
    groups, recorded = row["groups"], float(row["belief_on_record"] or 0.0)
    return (
        step(float(row["belief"])),
        step(recorded) if recorded else 0,
        bool(row["denying"]),
        groups if isinstance(groups, int) else None,
        int(row["other_sources"] or 0),
    )


def _change(key: Key, kind: str, detail: str) -> Change:
    return Change(*key, kind, says(key[1]), detail)


def _describe_move(was: Figures, now: Figures) -> str:
    words = []
    if was[0] != now[0]:
        words.append("believed more" if now[0] > was[0] else "believed less")
    if was[2] != now[2]:
        words.append(f"{wording.SIGNS['denied']} now" if now[2] else "denied no more")
    if was[1] != now[1]:
        words.append("more on the record" if now[1] > was[1] else "less on the record")
    if was[3:] != now[3:]:
        before, after = (wording.voices("few" if values[3] is None else values[3], values[4]) for values in (was, now))
        words.append(f"rested on {before}, now on {after}" if before != after else "rests on others")
    if was[2] and now[2]:
        words.append(wording.SIGNS["denied"])
    return ", ".join(words)
