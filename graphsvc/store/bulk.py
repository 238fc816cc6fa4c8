"""Writes a whole case as files for Neo4j's import tool: one for each label and each type of relationship.

In the files each node has a running number, to which relationships refer; the graph has no such numbers. Data
that a file cannot express exactly is refused, never altered: such a case is written in the usual way
(`store.image.write`).
"""

from __future__ import annotations

import datetime as dt
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphsvc.records.progress import Progress
from graphsvc.records.relations import LinkKey, graph_type
from graphsvc.store.image import ENTITY_LABELS, NODE_LABELS, Image, Properties

# Separates the items of a list. Nobody can type it, and a list with an item that contains it is refused.
DELIMITER = "\x1f"
# Columns of a row other than its properties.
_KEYS = ("case", "id")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGS = range(-(2**63), 2**63)
_BATCH = 20_000  # rows between two calls of the progress callback
_LABELS = {label: ("Entity", label) if label in ENTITY_LABELS else (label,) for label in (*NODE_LABELS, "Claim")}
Numbers = dict[str, int]


class UnsaidError(Exception):
    """A case contains something that files cannot express exactly. The message contains no case data."""


@dataclass(slots=True)
class BulkFiles:
    """The files of a case in one folder.

    Attributes:
        nodes: (labels, name of the file).
        relationships: (type, name of the file).
        with_breaks: names of files in which a row spans several lines; the tool cannot read these files in parts.
        longest: characters of the longest row.
        rows: number of rows in all files.
    """

    nodes: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    relationships: list[tuple[str, str]] = field(default_factory=list)
    with_breaks: list[str] = field(default_factory=list)
    longest: int = 0
    rows: int = 0


def write_bulk(folder: Path, case: str, image: Image, progress: Progress) -> BulkFiles:
    """Write the files of a case, private to this account, calling `progress` between rows (it may raise to stop).

    Raises:
        UnsaidError: a file cannot express all the data.
        OSError: the folder cannot be written.
    """
    return _Writing(folder, case, image, progress).files()


def bulk_rows(image: Image) -> int:
    """Return how many nodes and relationships an image has in the graph."""
    return image.size() + 3 * len(image.claims)


class _Writing:
    """Writes the files of one case, one after another."""

    def __init__(self, folder: Path, case: str, image: Image, progress: Progress) -> None:
        self._folder, self._case, self._image, self._progress = folder, _text(case), image, progress
        self._files = BulkFiles()
        self._nodes_written = 0

    def files(self) -> BulkFiles:
        image = self._image
        numbers: dict[str, Numbers] = {label: {} for label, *_ in _LABELS.values()}
        for label, nodes in image.nodes.items():
            self._nodes(label, nodes, numbers[_LABELS[label][0]])
        self._nodes("Claim", {key: claim[0] for key, claim in image.claims.items()}, numbers["Claim"])
        entities, claims, statements = numbers["Entity"], numbers["Claim"], numbers["Statement"]
        try:
            self._bare("GIVEN_BY", ((statements[a], numbers["Source"][b]) for a, b in image.given.items()))
            self._bare("STATED_IN", ((claims[key], statements[claim[1]]) for key, claim in image.claims.items()))
            self._bare("SUBJECT", ((claims[key], entities[claim[2]]) for key, claim in image.claims.items()))
            self._bare("OBJECT", ((claims[key], entities[claim[3]]) for key, claim in image.claims.items()))
            by_type: dict[str, list[LinkKey]] = {}
            for link in image.links:
                by_type.setdefault(graph_type(link[1]), []).append(link)
            for kind, links in by_type.items():
                self._links(kind, links, entities)
        except KeyError:
            raise UnsaidError("a relationship lacks an end") from None
        return self._files

    def _nodes(self, label: str, nodes: Mapping[str, Properties], numbers: Numbers) -> None:
        if not nodes:
            return
        first, before = self._nodes_written, len(numbers)
        numbers.update(zip(nodes, range(first, first + len(nodes)), strict=True))
        if len(numbers) != before + len(nodes):
            raise UnsaidError("a node is of two kinds")  # one node in the graph would become two here
        self._nodes_written += len(nodes)
        columns = _columns(nodes.values(), _KEYS)
        cells = _cells(columns)
        rows = (
            f"{number},{self._case},{_text(key)}{cells(properties)}"
            for number, (key, properties) in enumerate(nodes.items(), first)
        )
        file = self._write([":ID", "case:string", "id:string", *_header(columns)], rows)
        self._files.nodes.append((_LABELS[label], file))

    def _bare(self, kind: str, ends: Iterable[tuple[int, int]]) -> None:
        """Write relationships without properties."""
        rows = (f"{start},{end},{self._case}" for start, end in ends)
        self._files.relationships.append((kind, self._write([":START_ID", ":END_ID", "case:string"], rows)))

    def _links(self, kind: str, links: list[LinkKey], entities: Numbers) -> None:
        known = self._image.links
        columns = _columns((known[link] for link in links), ("case", "relation"))
        cells = _cells(columns)
        rows = (
            f"{entities[link[0]]},{entities[link[2]]},{self._case},{_text(link[1])}{cells(known[link])}"
            for link in links
        )
        header = [":START_ID", ":END_ID", "case:string", "relation:string", *_header(columns)]
        self._files.relationships.append((kind, self._write(header, rows)))

    def _write(self, header: Iterable[str], rows: Iterator[str]) -> str:
        name = f"{len(self._files.nodes) + len(self._files.relationships)}.csv"
        longest, breaks = 0, False
        descriptor = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(",".join(header) + "\n")
            try:
                for row in rows:
                    if self._files.rows % _BATCH == 0:
                        self._progress(self._files.rows, bulk_rows(self._image), "writing to the graph")
                    self._files.rows += 1
                    longest = max(longest, len(row))
                    breaks = breaks or "\n" in row or "\r" in row
                    file.write(row)
                    file.write("\n")
            except UnicodeEncodeError:
                raise UnsaidError("a text has half a sign in it") from None
        self._files.longest = max(self._files.longest, longest)
        if breaks:
            self._files.with_breaks.append(name)
        return name


def _columns(rows: Iterable[Properties], without: tuple[str, ...]) -> dict[str, str]:
    """Map the name of each property in these rows to its type.

    Raises:
        UnsaidError: a name means something to the import tool, or a property's values have several types.
    """
    columns: dict[str, str] = {}
    for properties in {id(row): row for row in rows}.values():
        for name, value in properties.items():
            kind = _kind(value)
            if kind and columns.setdefault(name, kind) != kind:
                raise UnsaidError("a property has values of several types")
    if not all(map(_NAME.fullmatch, columns)):
        raise UnsaidError("the name of a property could be misread")
    return {name: kind for name, kind in columns.items() if name not in without}


def _header(columns: Mapping[str, str]) -> Iterator[str]:
    return (f"{name}:{kind}" for name, kind in columns.items())


def _kind(value: Any) -> str:
    """Return the tool's name for a value's type; empty for None."""
    if type(value) is list:
        kinds = {_KINDS.get(type(item)) for item in value}
        if kinds == {"string"} and all(value) and not any(DELIMITER in item for item in value):
            return "string[]"
        if kinds == {"long"}:
            return "long[]"
        raise UnsaidError("a list has no items, or such as a file cannot hold")
    if value is None:
        return ""
    kind = _KINDS.get(type(value))
    if kind is None:
        raise UnsaidError("a value is of a type that a file cannot hold")
    return kind


def _cells(columns: Mapping[str, str]) -> Callable[[Properties], str]:
    """Return a function that formats a row's properties as its remaining columns, and shared properties only once."""
    formats = [(name, _SAYS[kind]) for name, kind in columns.items()]
    known: dict[int, str] = {}

    def cells(properties: Properties) -> str:
        text = known.get(id(properties))
        if text is None:
            values = [(says, properties.get(name)) for name, says in formats]
            text = "".join("," if value is None else f",{says(value)}" for says, value in values)
            known[id(properties)] = text
        return text

    return cells


def _text(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _long(value: int) -> str:
    if value not in _LONGS:
        raise UnsaidError("a number is too large")
    return str(value)


def _double(value: float) -> str:
    if not math.isfinite(value):
        raise UnsaidError("a number is not finite")
    return repr(value)


_KINDS = {str: "string", bool: "boolean", int: "long", float: "double", dt.date: "date"}
_SAYS: dict[str, Callable[[Any], str]] = {
    "string": _text,
    "boolean": lambda value: "true" if value else "false",
    "long": _long,
    "double": _double,
    "date": dt.date.isoformat,
    "string[]": lambda items: _text(DELIMITER.join(items)),
    "long[]": lambda items: DELIMITER.join(map(_long, items)),
}
