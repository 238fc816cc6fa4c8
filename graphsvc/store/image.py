"""A case's data in the graph, current or intended, and the difference between two such images.

To write a case, read its current image, compare it with the intended one, and write the difference. The same code
repeats an import, undoes one, and recovers after a kill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphsvc.queries import cypher_folder
from graphsvc.records.progress import Progress
from graphsvc.records.properties import INTEREST, LOOKED_IN, P_SUFFIX, SENSITIVITY
from graphsvc.records.readers import Readers
from graphsvc.records.relations import CUSTOM_TYPE, RELATIONS, LinkKey, graph_type
from graphsvc.records.tables import ENTITY_TABLES, EXTRA_PREFIX
from graphsvc.store.bolt import Store

Properties = dict[str, Any]
ENTITY_LABELS = tuple(table.label for table in ENTITY_TABLES)
NODE_LABELS = (*ENTITY_LABELS, "Statement", "Source")
# Properties of a statement that only readers with source clearance see.
_OF_SOURCES = frozenset(
    name.removeprefix("Statement.")
    for name, sensitivity in SENSITIVITY.items()
    if name.startswith("Statement.") and sensitivity == "source"
)
TYPES = (*RELATIONS, CUSTOM_TYPE)
# Up to this many links, one query writes all relations: planning a query for each relation would take longer than
# writing them.
_FEW_LINKS = 5_000
_READ_TIMEOUT_S = 600


@dataclass(slots=True)
class Image:
    """The nodes and links of one case; the property `case` is left out everywhere.

    In a large case, six in seven links have the same figures as another, and three in four claims the same properties.
    So equal properties may share one object (`Alike`), which must never be changed in place.

    Attributes:
        nodes: label → id → properties.
        claims: id → (properties, statement, subject, object).
        given: statement → source.
        links: (subject, relation, object) → properties.
    """

    nodes: dict[str, dict[str, Properties]] = field(default_factory=lambda: {label: {} for label in NODE_LABELS})
    claims: dict[str, tuple[Properties, str, str, str]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    links: dict[LinkKey, Properties] = field(default_factory=dict)

    def size(self) -> int:
        """Return the number of nodes, claims, statements with a source, and links together."""
        return sum(map(len, self.nodes.values())) + len(self.claims) + len(self.given) + len(self.links)


class Alike:
    """Deduplicates properties by always returning the first of equal objects."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, ...], dict[tuple[Any, ...], Properties]] = {}
        self._joined: dict[tuple[int, int], tuple[Properties, Properties, Properties]] = {}

    def of(self, properties: Properties) -> Properties:
        """Return the first properties that were equal to these, which may be these themselves."""
        first = self._first.setdefault(tuple(properties), {})
        try:
            return first.setdefault(tuple(properties.values()), properties)
        except TypeError:  # a list is not hashable
            values = tuple(tuple(value) if isinstance(value, list) else value for value in properties.values())
        try:
            return first.setdefault(values, properties)
        except TypeError:  # a value of a type that graphsvc never writes
            return properties

    def join(self, properties: Properties, more: Properties) -> Properties:
        """Join two sets of deduplicated properties; the same pair always gives the same object."""
        known = self._joined.get((id(properties), id(more)))
        if known is None:
            # The pair is kept too, so that no other object can get the same memory address.
            known = self._joined[id(properties), id(more)] = (self.of(properties | more), properties, more)
        return known[0]


class _Rows(Sequence[Any]):
    """The rows of a write, each made on access, since all of them at once would take the memory of a second case."""

    def __init__(self, keys: Sequence[Any], row: Callable[[Any], dict[str, Any]]) -> None:
        self._keys, self._row = keys, row

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, place: Any) -> Any:
        chosen = self._keys[place]
        return [self._row(key) for key in chosen] if isinstance(place, slice) else self._row(chosen)


@dataclass(frozen=True, slots=True)
class WriteStep:
    """One kind of write, with its Cypher file, the label or type it writes, and its rows, in a fixed order."""

    file: str
    word: str
    rows: Sequence[dict[str, Any]]


def difference(old: Image, new: Image) -> list[WriteStep]:
    """Return the steps that turn `old` into `new`, in an order that never leaves a claim without its ends."""
    steps: list[WriteStep] = []

    def claim(key: str) -> dict[str, Any]:
        properties, statement, subject, target = new.claims[key]
        return {"id": key, "set": properties, "statement": statement, "subject": subject, "object": target}

    def node(label: str, key: str) -> dict[str, Any]:
        return {"id": key, "set": new.nodes[label][key]}

    moved = {key for key, claim in new.claims.items() if key in old.claims and old.claims[key][1:] != claim[1:]}
    removed_claims = sorted({key for key in old.claims if key not in new.claims} | moved)
    steps.append(WriteStep("remove_links", "", _Rows(sorted(old.links.keys() - new.links.keys()), _ends)))
    steps.append(WriteStep("remove_claims", "", _Rows(removed_claims, _by_id)))
    taken = [key for key, was in sorted(old.given.items()) if new.given.get(key) != was]
    steps.append(WriteStep("remove_given", "", _Rows(taken, _by_id)))
    for label in NODE_LABELS:
        removed = sorted(old.nodes[label].keys() - new.nodes[label].keys())
        steps.append(WriteStep("remove_nodes", label, _Rows(removed, _by_id)))
    steps += [
        WriteStep("nodes", label, _Rows(_changed_keys(old.nodes[label], new.nodes[label]), partial(node, label)))
        for label in NODE_LABELS
    ]
    new_sources = [key for key in sorted(new.given) if old.given.get(key) != new.given[key]]
    steps.append(WriteStep("given", "", _Rows(new_sources, lambda key: {"id": key, "source": new.given[key]})))
    changed = sorted(key for key, now in new.claims.items() if key in moved or old.claims.get(key) != now)
    steps.append(WriteStep("claims", "", _Rows(changed, claim)))

    def link(key: LinkKey) -> dict[str, Any]:
        return _ends(key) | {"set": new.links[key]}

    changed_links = _changed_keys(old.links, new.links)
    if len(new.links) <= _FEW_LINKS:
        steps.append(
            WriteStep("any_links", "", _Rows(changed_links, lambda key: link(key) | {"type": graph_type(key[1])}))
        )
    else:
        by_type: dict[str, list[LinkKey]] = {name: [] for name in TYPES}
        for key in changed_links:
            by_type[graph_type(key[1])].append(key)
        steps += [WriteStep("links", name, _Rows(keys, link)) for name, keys in by_type.items()]
    return [step for step in steps if step.rows]


def readers_of_change(old: Image, new: Image) -> Readers:
    """Return the readers who can see a difference between two images.

    Example:
        >>> old, new = Image(), Image()
        >>> new.nodes["Boat"]["b1"] = {"handling": "C", "name": "Sea Urchin"}
        >>> readers_of_change(old, new).name
        'CLEARED_FOR_C'
        >>> for image, interpreter in ((old, "p7"), (new, "S-A7")):
        ...     image.nodes["Statement"]["r1"] = {"handling": "P", "interpreter_id": interpreter}
        >>> readers_of_change(old, new).name
        'WITH_SOURCES'
        >>> old.nodes["Boat"]["b1"] = {"handling": "P", "name": "Sea Urchin"}
        >>> readers_of_change(old, new).name
        'ALL'
    """
    if _differs_for_all(old, new):
        return Readers.ALL
    statements = old.nodes["Statement"], new.nodes["Statement"]
    return Readers.WITH_SOURCES if _differ(*statements, _open_node) else Readers.CLEARED_FOR_C


def _differs_for_all(old: Image, new: Image) -> bool:
    return (
        any(_differ(old.nodes[label], new.nodes[label], _open_node) for label in ENTITY_LABELS)
        or _differ(old.nodes["Statement"], new.nodes["Statement"], _open_statement)
        or _differ(old.claims, new.claims, _open_claim)
        or _differ(old.links, new.links, _open_link)
        or any(
            old.given.get(key) != new.given.get(key)
            for key, properties in new.nodes["Statement"].items()
            if properties.get("handling") == "P"
        )
    )


def _differ(old: Mapping[Any, Any], new: Mapping[Any, Any], visible_part: Callable[[Any], Any]) -> bool:
    """Whether the visible part of any item differs between `old` and `new`."""
    return any(
        (was := old.get(key)) != (now := new.get(key)) and visible_part(was) != visible_part(now)
        for key in old.keys() | new.keys()
    )


def _open_node(properties: Properties | None) -> Properties | None:
    """Return a node's properties that readers under P see, without search words and custom columns; None under C."""
    if properties is None or not str(properties.get("handling")).startswith("P"):
        return None
    return {
        name: value for name, value in properties.items() if not (name.startswith(EXTRA_PREFIX) or name in LOOKED_IN)
    }


def _open_statement(properties: Properties | None) -> Properties | None:
    """Return the properties of a statement that readers under P without source clearance see."""
    visible = _open_node(properties)
    return visible and {name: value for name, value in visible.items() if name not in _OF_SOURCES}


def _open_claim(claim: tuple[Properties, str, str, str] | None) -> tuple[Any, ...] | None:
    if claim is None:
        return None
    properties = {name: value for name, value in claim[0].items() if name != INTEREST}
    visible = _open_node(properties)
    return None if visible is None else (visible, *claim[1:])


def _open_link(properties: Properties | None) -> Properties:
    return {name: value for name, value in (properties or {}).items() if name.endswith(P_SUFFIX)}


def write(store: Store, case: str, steps: Iterable[WriteStep], batch: int, progress: Progress) -> None:
    """Write these steps, `batch` rows in a transaction, and call `progress` in between, which may raise to stop."""
    steps = list(steps)
    total = sum(len(step.rows) for step in steps)
    done = 0
    # Called even with nothing to write, since a missing call could reveal something about the sources.
    progress(0, total, "writing to the graph")
    for step in steps:
        text = writing_text(step.file, step.word)
        for start in range(0, len(step.rows), batch):
            progress(done, total, "writing to the graph")
            rows = step.rows[start : start + batch]
            store.write(text, {"case": case, "label": step.word, "rows": rows}, writing_mark(case))
            done += len(rows)
    progress(total, total, "written")


def writing_mark(case: str) -> str:
    """Return the mark of transactions that write a case; those of a killed process are found by it and ended."""
    return f"writing {case}"


def writing_text(file: str, word: str = "") -> str:
    """Return a query from `cypher/load/`, with `LABEL` or `TYPE` replaced by a word of our own tables, never by data.

    The server plans each new query, so all kinds of entity share one: it matches `Entity`, the label with the key
    index, and takes the specific label as a parameter. In `links` the type is part of the query: given it as a
    parameter, a server with an empty store plans to search every relationship for each row. `any_links` avoids that by
    searching all links of one end, which are few in a small case.

    Raises:
        ValueError: the word is in none of the tables.
    """
    if word and word not in NODE_LABELS and word not in TYPES:
        raise ValueError(word)
    label = "Entity" if word in ENTITY_LABELS else word
    text = (cypher_folder() / "load" / f"{file}.cypher").read_text("utf-8")
    return text.replace(":LABEL", f":{label}").replace(":TYPE", f":{word}")


def read_image(store: Store, case: str) -> Image:
    """Read a case's data from the graph."""
    image, alike = Image(), Alike()

    def node(labels: list[str], identifier: str, properties: Properties) -> None:
        for label in image.nodes.keys() & labels:  # without `Entity`, and without foreign labels
            image.nodes[label][identifier] = _own(properties)

    def claim(
        identifier: str, properties: Properties, statement: str | None, subject: str | None, target: str | None
    ) -> None:
        # A claim without one of its ends, which only an interrupted older version could leave, is rewritten.
        image.claims[identifier] = (alike.of(_own(properties)), statement or "", subject or "", target or "")

    def source_of(statement: str, source: str) -> None:
        image.given[statement] = source

    def link(subject: str, relation: str, target: str, properties: Properties) -> None:
        image.links[subject, relation, target] = alike.of(_own(properties))

    def read(file: str, take: Callable[..., None]) -> None:
        store.each(writing_text(file), {"case": case}, take, timeout=_READ_TIMEOUT_S)

    read("image_nodes", node)
    read("image_claims", claim)  # even without nodes: a claim may have lost its ends
    if any(image.nodes.values()):  # without nodes there are no relationships
        read("image_given", source_of)
        read("image_links", link)
    return image


def _own(properties: Mapping[str, Any]) -> Properties:
    return {name: value for name, value in properties.items() if name not in ("case", "id")}


def _by_id(key: str) -> dict[str, Any]:
    return {"id": key}


def _ends(link: LinkKey) -> dict[str, Any]:
    return {"subject": link[0], "relation": link[1], "object": link[2]}


def _changed_keys(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> list[Any]:
    """Return the keys of `new` whose value differs from `old`, sorted so that writers do not wait for each other."""
    return sorted(key for key, value in new.items() if old.get(key) != value)
