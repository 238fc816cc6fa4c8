"""Graphs of other programs (GEXF, GraphML, JSON lines of APOC) → two tables for a mapping: nodes and edges.

Read as a stream, without a doctype, entities or anything from elsewhere; sizes and numbers have caps. The XML attributes of
a node or an edge are columns, and so is its data; where both have one name, that of the data has `(data)` behind it. What
has several values has them in one cell, with `; ` between; so has a list. Where things lie in a picture and how they look is not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import defusedxml
import defusedxml.sax

from graphsvc.errors import InputError
from graphsvc.ingest.graph_values import gexf_values, is_storable, json_text, json_values
from graphsvc.ingest.raw import PROGRESS_ROWS, Limits, Progress, RawTable, too_large, too_much

SUFFIXES = (".gexf", ".graphml", ".json", ".jsonl")
_FORMS = {"gexf": "a GEXF graph", "graphml": "a GraphML graph", "json": "a graph as APOC writes it"}
_TABLES = {"node": "nodes", "edge": "edges"}
# What of a file tells what it is.
_START = 4_096
_BEFORE_ROOT = re.compile(
    rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>)*", re.DOTALL
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(gexf|graphml)[\s>/]")
_DEEPEST = 60
_MOST_COLUMNS = 1_000
_BETWEEN = "; "
# Before the name of a column that is data: it may be that of an attribute too.
_DATA = "\0"
# The column of times during which something was there, and behind the name of another, during which its values held.
_SPELL = "spell"
_NAMES_SHOWN, _NAME_CHARS = 40, 60
# Text of a property → its values.
_Values = Callable[[str], list[str]]


@dataclass(slots=True)
class GraphPart:
    """The nodes or the edges of a graph.

    Attributes:
        name: `nodes` or `edges`.
        shown: how people know it: `file.gexf, nodes`.
        columns: name → what stands in it where nothing is said, in the order in which they came; of data with `_DATA` before it.
        records: (line, column → text) of each.
    """

    name: str
    shown: str
    columns: dict[str, str] = field(default_factory=dict)
    records: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    @property
    def is_hidden(self) -> bool:
        """None is."""
        return False

    @property
    def names(self) -> dict[str, str]:
        """Column → what people call it, attributes first."""
        own = [name for name in self.columns if not name.startswith(_DATA)]
        data = {name: name[1:] for name in self.columns if name.startswith(_DATA)}
        return dict(zip(own, own, strict=True)) | {
            name: f"{called} (data)" if called in self.columns else called for name, called in data.items()
        }

    def table(self, name: str, delimiter: str = ",", encoding: str = "utf-8", *, header: bool = True) -> RawTable:  # noqa: ARG002 - a graph has neither
        """Its content as the table `name`.

        Raises:
            InputError: it is to be read without a header.
        """
        if not header:
            raise InputError(
                f"{self.shown}: the columns of a graph have names. Take header = false out of the mapping."
            )
        return RawTable(name, self.shown, list(self.names.values()), _Rows(self), is_named=True)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows as wide as the table, made as they are walked: few of very many columns may be filled."""

    part: GraphPart

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        defaults = [(name, self.part.columns[name]) for name in self.part.names]
        for line, cells in self.part.records:
            yield line, [cells.get(name, default) for name, default in defaults]


def graph_form(path: Path) -> str:
    """What graph a file is (`gexf`, `graphml`, `json`), by how it begins: an upload may have lost its name. Empty: none."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        start = stream.read(_START).replace(b"\0", b"")
    text = _BEFORE_ROOT.sub(b"", start, count=1)
    root = _ROOT.match(text)
    if root:
        return root[1].decode()
    return "json" if text[:1] in (b"{", b"[") else ""


def graph_parts(
    path: Path, limits: Limits, progress: Progress | None = None, ignored: Collection[str] = ()
) -> list[GraphPart]:
    """The nodes and the edges of a graph, but for those `ignored`.

    Raises:
        InputError: with the line, if it is damaged, too large or hostile, or has edges of more than two ends.
    """
    if path.stat().st_size > limits.file_bytes:
        raise too_large(path.name, limits)
    tables = _Tables(path.name, limits, progress or (lambda _file, _rows: None))
    if graph_form(path) == "json":
        _read_lines(path, tables)
    else:
        _read_xml(path, tables)
    return [part for part in tables.parts.values() if part.name not in ignored]


def mapping_needed(path: Path, limits: Limits) -> InputError:
    """What is said of a graph that is handed over without a mapping: what it is, and what a mapping can name.

    Raises:
        InputError: it cannot be read.
    """
    nodes, edges = (_listed(list(part.names.values())) for part in graph_parts(path, limits))
    return InputError(
        f"{path.name} is {_FORMS[graph_form(path)]}, which does not say which source reported what. Load it with a mapping for its"
        f" two tables: nodes with the columns {nodes}, and edges with the columns {edges}."
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN:,} more" if len(names) > _NAMES_SHOWN else ""
    return (", ".join(name[:_NAME_CHARS] for name in names[:_NAMES_SHOWN]) or "none") + more


class _Tables:
    """What has been read of a graph so far."""

    def __init__(self, shown: str, limits: Limits, progress: Progress) -> None:
        self.shown, self.limits = shown, limits
        self.parts = {kind: GraphPart(name, f"{shown}, {name}") for kind, name in _TABLES.items()}
        self._progress = progress

    def row(self, kind: str, line: int) -> dict[str, str]:
        """A new row of nodes or edges."""
        records = self.parts[kind].records
        if len(records) >= self.limits.rows:
            raise too_much(self.shown, f"has more than {self.limits.rows:,} nodes or edges")
        cells: dict[str, str] = {}
        records.append((line, cells))
        if len(records) % PROGRESS_ROWS == 0:
            self._progress(self.parts[kind].shown, len(records))
        return cells

    def column(self, kind: str, name: str, default: str = "") -> str:
        """A column of nodes or edges, which is made if it is new."""
        columns = self.parts[kind].columns
        if name not in columns and len(columns) >= _MOST_COLUMNS:
            raise InputError(f"{self.shown} has more than {_MOST_COLUMNS:,} columns: export fewer properties.")
        columns[name] = columns.get(name) or default
        return name

    def add(self, kind: str, cells: dict[str, str], name: str, text: str) -> None:
        """A value of a row, beside those that stand in its cell."""
        self.column(kind, name)
        # Of what is said to be empty nothing else stands there.
        before = cells.setdefault(name, "")
        # Cut, but longer than a cell may be: the check still sees it.
        if text and len(before) <= self.limits.cell_chars:
            whole = f"{before}{_BETWEEN}{text}" if before else text
            cells[name] = whole[: self.limits.cell_chars + 1]


# -- XML --------------------------------------------------------------------------------------------------------------


def _read_xml(path: Path, tables: _Tables) -> None:
    try:
        with path.open("rb") as stream:
            defusedxml.sax.parse(stream, _Handler(tables), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except defusedxml.DefusedXmlException:
        raise InputError(f"{path.name} declares a document type or entities: save it again without them.") from None
    except SAXParseException as error:
        raise InputError(
            f"{path.name}, line {error.getLineNumber()} is no XML ({error.getMessage()}): the file is damaged or cut off."
            " Export it again."
        ) from None
    except (UnicodeError, LookupError, ValueError) as error:
        raise InputError(
            f"{path.name} cannot be read as XML ({type(error).__name__}): save it again as UTF-8."
        ) from None


@dataclass(frozen=True, slots=True)
class _Open:
    """A node or an edge that is being read.

    Attributes:
        kind, cells: of its row.
        inside: how deep what stands directly in it is.
        parent: the id of the node that it is a node in; empty if it is in none.
    """

    kind: str
    cells: dict[str, str]
    inside: int
    parent: str


class _Handler(ContentHandler):
    def __init__(self, tables: _Tables) -> None:
        super().__init__()
        self._tables = tables
        self._depth = 0
        # What stands before the names of the elements of the graph itself.
        self._prefix = ""
        # Nodes may stand in each other.
        self._open: list[_Open] = []
        # (kind, id of an attribute) → its column; that which is being declared; for which kind.
        self._declared: dict[tuple[str, str], str] = {}
        self._declaring: list[tuple[str, str]] = []
        # Of those which are lists, what takes their text apart.
        self._lists: dict[tuple[str, str], _Values] = {}
        self._class = ""
        self._key: str | None = None
        self._is_description = False
        self._text: list[str] | None = None
        self._chars = 0

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - as SAX calls it
        """Where the parser is; called before anything else."""
        self._where = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - as SAX calls it
        """One element begins."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InputError(f"{self._tables.shown}, line {self._line()} nests deeper than any graph does.")
        given = dict(attrs.items())
        if self._depth == 1:
            self._prefix = "".join(name.rpartition(":")[:2])
        match self._own(name):
            case "node" | "edge" as kind:
                around = self._open[-1].cells if kind == "node" and self._open and self._open[-1].kind == "node" else {}
                parent = around.get("id", "")
                self._open.append(_Open(kind, self._tables.row(kind, self._line()), self._depth + 1, parent))
                for column, text in given.items():
                    self._add(column, text)
                if parent:
                    self._add("parent", parent)
            case "hyperedge":
                raise InputError(
                    f"{self._tables.shown}, line {self._line()} holds edges of more than two ends (hyperedge):"
                    " export nodes and edges as CSV, and load them with a mapping."
                )
            case "attributes":
                self._class = given.get("class", "")
            case "attribute":
                values = gexf_values if given.get("type", "").startswith("list") else None
                self._declare(self._class, given.get("id", ""), given.get("title", ""), values)
            case "key":
                values = json_values if given.get("attr.list") else None
                self._declare(given.get("for", "all"), given.get("id", ""), given.get("attr.name", ""), values)
            case "default" if self._declaring:
                self._text, self._chars = [], 0
            case "data" if self._open:
                self._key, self._text, self._chars = given.get("key", ""), [], 0
            # Keys, ports and graphs have one too.
            case "desc" if self._open and self._depth == self._open[-1].inside:
                self._is_description, self._text, self._chars = True, [], 0
            case "attvalue" if self._open:
                column = self._data(given.get("for") or given.get("id", ""), given.get("value", ""))
                if period := _period(given):
                    self._add(f"{column} {_SPELL}", period)
            case "spell" if self._open:
                self._add(_SPELL, _period(given))
            # It may name as well the one it stands in.
            case "parent" if self._open and given.get("for") != self._open[-1].parent:
                self._add("parent", given.get("for", ""))

    def characters(self, content: str) -> None:
        """Text of what is open."""
        if self._text is not None and self._chars <= self._tables.limits.cell_chars:
            self._text.append(content)
            self._chars += len(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - as SAX calls it
        """One element ends."""
        self._depth -= 1
        text = "".join(self._text or ()).strip()
        match self._own(name):
            case "node" | "edge":
                self._open.pop()
            case "default" if self._text is not None:
                for kind, column in self._declaring:
                    self._tables.column(kind, column, self._cell(kind, column, text))
                self._text = None
            case "data" if self._key is not None:
                self._data(self._key, text)
                self._key = self._text = None
            case "desc" if self._is_description:
                self._add("desc", text)
                self._is_description, self._text = False, None
            case "attribute" | "key":
                self._declaring = []

    def _own(self, name: str) -> str:
        """The name of an element, empty if it is none of the graph itself, such as of how it looks."""
        before, colon, own = name.rpartition(":")
        return own if before + colon == self._prefix else ""

    def _line(self) -> int:
        return int(self._where.getLineNumber() or 1)

    def _add(self, column: str, text: str) -> None:
        """Adds what is said of the node or edge that is open."""
        self._tables.add(self._open[-1].kind, self._open[-1].cells, column, text)

    def _declare(self, kind: str, identifier: str, title: str, values: _Values | None) -> None:
        kinds = _TABLES if kind == "all" else [kind] if kind in _TABLES else []
        self._declaring = [
            (each, self._declared.setdefault((each, identifier), _DATA + (title or identifier))) for each in kinds
        ]
        for each, column in self._declaring:
            if values is not None:
                self._lists[each, column] = values
            if kind in _TABLES:
                self._tables.column(each, column)

    def _data(self, identifier: str, text: str) -> str:
        """Adds data of the node or edge that is open, and gives its column."""
        kind = self._open[-1].kind
        column = self._declared.get((kind, identifier), _DATA + identifier)
        self._add(column, self._cell(kind, column, text))
        return column

    def _cell(self, kind: str, column: str, text: str) -> str:
        """The text of a cell; a list that is too long for one may be cut off, and is to be rejected whole."""
        values = self._lists.get((kind, column))
        if values is None or len(text) > self._tables.limits.cell_chars:
            return text
        return _BETWEEN.join(value for value in values(text) if value)


def _period(given: dict[str, str]) -> str:
    """When something was there or held, by the attributes of an element of GEXF; empty if they do not say it.

    Example:
        >>> _period({"start": "2019", "endopen": "2020"}), _period({"start": "2019"}), _period({"timestamp": "2019"}), _period({})
        ('2019/2020', '2019/', '2019', '')
    """
    start, end = (given.get(side, given.get(f"{side}open", "")) for side in ("start", "end"))
    return given.get("timestamp") or (f"{start}/{end}" if start or end else "")


# -- JSON -------------------------------------------------------------------------------------------------------------


def _read_lines(path: Path, tables: _Tables) -> None:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                try:
                    _read_line(line, number, tables)
                # A number of thousands of digits is a ValueError, brackets without end are a RecursionError.
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                    raise InputError(
                        f"{path.name}, line {number} is no node and no relationship as apoc.export.json writes them (JSON lines):"
                        " export it so, or as CSV, and load that with a mapping."
                    ) from None


def _read_line(line: bytes, number: int, tables: _Tables) -> None:
    """Raises what a line raises that is nothing of APOC."""
    item = json.loads(line.decode("utf-8-sig"))
    kind = {"node": "node", "relationship": "edge"}[item["type"]]
    own = {"id": item["id"]}
    if kind == "node":
        own["labels"] = item.get("labels", [])
    else:
        own |= {"label": item["label"], "source": item["start"]["id"], "target": item["end"]["id"]}
    data = {_DATA + name: value for name, value in item.get("properties", {}).items()}
    cells = tables.row(kind, number)
    for name, value in (own | data).items():
        for each in value if isinstance(value, list) else [value]:
            text = json_text(each)
            if not is_storable(name.removeprefix(_DATA) + text):
                raise ValueError
            tables.add(kind, cells, name, text)
        if value == []:
            tables.column(kind, name)
