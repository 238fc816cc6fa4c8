"""The lists of crossings and workplaces: who is said to be behind each, with how far that is believed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphsvc.views.picture.network import DOUBTFUL

# What is said of whom → the column it stands in.
CROSSING_COLUMNS = {"USED_ON": "boats", "ORGANISED": "organisers", "PILOTED": "pilots", "ASSISTED": "helpers"}
WORKPLACE_COLUMNS = {"CONTROLS": "controllers", "MANAGED": "managers"}
_SUPPLIED, _SUPPLIERS = "SUPPLIED", "suppliers"

Row = Mapping[str, Any]


def behind_crossings(crossings: Iterable[Row], parts: Iterable[Row]) -> list[dict[str, Any]]:
    """Each crossing with its boats, who organised, piloted and assisted, and who supplied its boats: columns of `CROSSING_COLUMNS`, `suppliers`.

    Args:
        crossings: rows with `id`.
        parts: rows of `cases.parts`.

    Example:
        >>> parts = [
        ...     {"object": "C1", "relation": "USED_ON", "id": "B1", "name": "", "belief": 0.4, "denying": 0},
        ...     {"object": "B1", "relation": "SUPPLIED", "id": "P1", "name": "Ann", "belief": 0.9, "denying": 1},
        ... ]
        >>> behind_crossings([{"id": "C1"}], parts)[0]["suppliers"]
        [{'id': 'P1', 'name': 'Ann', 'belief': 0.9, 'denied': True, 'doubtful': True}]
    """
    some = _by_object(parts)
    rows = []
    for crossing in crossings:
        columns = _columns(some[crossing["id"]], CROSSING_COLUMNS)
        rows.append({**crossing, **columns, _SUPPLIERS: _suppliers(columns["boats"], some)})
    return rows


def behind_workplaces(workplaces: Iterable[Row], parts: Iterable[Row]) -> list[dict[str, Any]]:
    """Each workplace with who controls and who managed it: columns of `WORKPLACE_COLUMNS`."""
    some = _by_object(parts)
    return [{**workplace, **_columns(some[workplace["id"]], WORKPLACE_COLUMNS)} for workplace in workplaces]


def _by_object(parts: Iterable[Row]) -> dict[str, list[Row]]:
    by_object: dict[str, list[Row]] = defaultdict(list)
    for part in parts:
        by_object[part["object"]].append(part)
    return by_object


def _columns(parts: Sequence[Row], columns: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    return {
        column: [_named(part) for part in parts if part["relation"] == relation] for relation, column in columns.items()
    }


def _suppliers(boats: Sequence[Row], some: Mapping[str, Sequence[Row]]) -> list[dict[str, Any]]:
    """Who supplied these boats: doubtful too where it is doubtful, or denied, that the boat was on the crossing."""
    suppliers: dict[str, dict[str, Any]] = {}
    for boat in boats:
        for part in some.get(boat["id"], ()):
            if part["relation"] != _SUPPLIED:
                continue
            named = _named(part)
            named["doubtful"] |= boat["doubtful"] or boat["denied"]
            best = suppliers.setdefault(part["id"], named)
            if (named["doubtful"], -named["belief"]) < (best["doubtful"], -best["belief"]):
                suppliers[part["id"]] = named
    return sorted(suppliers.values(), key=lambda named: (named["doubtful"], -named["belief"], named["id"]))


def _named(part: Row) -> dict[str, Any]:
    return {
        "id": part["id"],
        "name": part["name"] or part["id"],
        "belief": part["belief"],
        "denied": bool(part["denying"]),
        "doubtful": part["belief"] < DOUBTFUL,
    }
