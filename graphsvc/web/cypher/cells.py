"""How tables show the values of an answer to free Cypher, and which entities an answer names. Pure.

Values of a run are scalars, lists, maps, and graph values as objects with `kind` (see `service.cypher.cypher`). Their
text comes from other people and is not trusted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graphsvc.records.labels import INNER
from graphsvc.records.relations import ENTITIES, RELATIONS, LinkKey, says

# Columns of named queries that contain ids of entities. So do columns whose names end in `.id` or `_id`.
_ID_COLUMNS = frozenset({"id", "subject", "object", *ENTITIES})
_SHOWN = 8  # items of a list that are shown unfolded
_LONGEST = 400  # characters of a map in a table; the JSON has all of it
Cell = dict[str, Any]


def mentioned_ids(case: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[dict[str, None], set[str]]:
    """Return the possible entity ids in an answer: those of this case, in order, and those of other cases."""
    mentioned: dict[str, None] = {}
    elsewhere: set[str] = set()
    ids = [is_id(column) for column in columns]
    for row in rows:
        for is_one, value in zip(ids, row, strict=True):
            for identifier, of in _entities(value, is_one=is_one):
                if of in ("", case):
                    mentioned[identifier] = None
                else:
                    elsewhere.add(f"{of}\0{identifier}")
    return mentioned, elsewhere


def links(case: str, rows: Iterable[Sequence[Any]]) -> dict[LinkKey, None]:
    """Return the links of an answer that belong to a case, in order."""
    return dict.fromkeys(link for row in rows for value in row for link in _links(value, case))


def _links(value: Any, case: str) -> Iterator[LinkKey]:
    kind = _kind(value) if isinstance(value, dict) else ""
    if kind == "relationship":
        of = value["properties"]
        if value["type"] not in INNER and of.get("case") == case and value["start"] and value["end"]:
            yield _text(value["start"]), _text(of.get("relation")) or value["type"], _text(value["end"])
    elif isinstance(value, list | dict) and kind != "node":
        for item in value.values() if isinstance(value, dict) else value:
            yield from _links(item, case)


def is_id(column: str) -> bool:
    """Whether a column contains entity ids, judging by its name.

    Example:
        >>> is_id("p.id"), is_id("person"), is_id("boat_id"), is_id("paid"), is_id("name")
        (True, True, True, False, False)
    """
    name = column.casefold().strip("`")
    return name in _ID_COLUMNS or name.endswith((".id", "_id"))


def cell(value: Any, case: str, known: Mapping[str, tuple[str, str]], *, is_one: bool) -> Cell:
    """Return how to show a value: its kind of cell (`look`) and the fields that this kind needs.

    Args:
        value: value from a run.
        case: case of the page.
        known: id → (name, kind) of the entities of this case.
        is_one: whether the column contains entity ids.
    """
    if value is None or isinstance(value, bool | int | float):
        return {"look": "none" if value is None else "yes" if isinstance(value, bool) else "number", "value": value}
    if isinstance(value, str):
        if is_one and value in known:
            return {"look": "entity", "id": value, "name": "", "kind": known[value][1]}
        return {"look": "text", "text": value}
    if isinstance(value, list):
        items = [cell(item, case, known, is_one=is_one) for item in value]
        return {"look": "list", "items": items[:_SHOWN], "rest": items[_SHOWN:]}
    kind = _kind(value)
    if kind == "node":
        return _node(value, case)
    if kind == "relationship":
        return {"look": "parts", "parts": [_end(value["start"], known), _tie(value), _end(value["end"], known)]}
    if kind == "path":
        return {"look": "parts", "parts": list(_path(value, case))}
    text = as_json(value)
    return {"look": "code", "text": text[:_LONGEST] + "…" * (len(text) > _LONGEST)}


def flat(value: Any) -> Any:
    """Return a value for a CSV cell: scalars and lists of scalars unchanged, anything else as JSON."""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict | list) for item in value)):
        return as_json(value)
    return value


def as_json(value: Any) -> str:
    """Return a value as JSON in one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _entities(value: Any, *, is_one: bool) -> Iterator[tuple[str, str]]:
    """Yield (id, case) of the entities in a value; the case is empty if the value does not give it."""
    if isinstance(value, str):
        if is_one and value:
            yield value, ""
    elif isinstance(value, list):
        for item in value:
            yield from _entities(item, is_one=is_one)
    elif isinstance(value, dict):
        kind = _kind(value)
        if kind == "node":
            if "Entity" in value["labels"]:
                yield _text(value["properties"].get("id")), _text(value["properties"].get("case"))
        elif kind == "relationship":
            if value["type"] not in INNER:
                for end in ("start", "end"):
                    if value[end]:
                        yield _text(value[end]), _text(value["properties"].get("case"))
        elif kind == "path":
            for node in value["nodes"]:
                yield from _entities(node, is_one=False)
        else:
            for item in value.values():
                yield from _entities(item, is_one=False)


def _kind(value: Mapping[str, Any]) -> str:
    """Return `node`, `relationship` or `path`; empty for a map, even if it has a key `kind`."""
    wanted = {
        "node": {"kind", "labels", "properties"},
        "relationship": {"kind", "type", "start", "end", "properties"},
        "path": {"kind", "nodes", "relationships"},
    }
    kind = value.get("kind")
    return kind if isinstance(kind, str) and wanted.get(kind) == set(value) else ""


def _node(value: Mapping[str, Any], case: str) -> Cell:
    of = value["properties"]
    label = next((name for name in value["labels"] if name != "Entity"), "")
    identifier, same_case = _text(of.get("id")), of.get("case") == case
    if same_case and "Entity" in value["labels"] and identifier:
        return {
            "look": "entity",
            "id": identifier,
            "name": _text(of.get("name") or of.get("value") or of.get("date")),
            "kind": label.lower(),
            "also": identifier,
        }
    if same_case and label == "Statement" and identifier:
        return {"look": "statement", "id": identifier}
    where = "" if same_case or not of.get("case") else f" of {_text(of['case'])}"
    return {"look": "code", "text": f"(:{label} {identifier}{where})"}


def _path(value: Mapping[str, Any], case: str) -> Iterator[Cell]:
    nodes = value["nodes"]
    for place, node in enumerate(nodes):
        if place:
            tie = value["relationships"][place - 1]
            before = _text(nodes[place - 1]["properties"].get("id"))
            back = _text(tie["start"]) != before and _text(tie["end"]) == before
            yield _tie(tie, back=back)
        yield _node(node, case)


def _tie(value: Mapping[str, Any], *, back: bool = False) -> Cell:
    name = _text(value["properties"].get("relation")) or value["type"]
    words = says(name) if name in RELATIONS or name.startswith("X_") else name.lower().replace("_", " ")
    return {"look": "tie", "text": f"← {words}" if back else f"{words} →", "type": value["type"]}


def _end(identifier: Any, known: Mapping[str, tuple[str, str]]) -> Cell:
    identifier = _text(identifier)
    if identifier in known:
        return {"look": "entity", "id": identifier, "name": known[identifier][0], "kind": known[identifier][1]}
    return {"look": "text", "text": identifier}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
