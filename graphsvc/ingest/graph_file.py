"""Reads graphs of other programs (GEXF, GraphML, JSON lines of APOC) as two tables for a mapping: nodes and edges.

They are read as a stream, without doctypes, entities or external content, and with limits on sizes and numbers. The XML
attributes and the data of a node or edge are columns; if both have the same name, the data column's ends in `(data)`.
Several values, or a list, are in one cell, separated by `; `. Positions and styles are not read.
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
# Bytes of a file that show its format.
_START = 4_096
_BEFORE_ROOT = re.compile(
    rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>)*", re.DOTALL
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(gexf|graphml)[\s>/]")
_DEEPEST = 60
_MOST_COLUMNS = 1_000
_BETWEEN = "; "
# Prefix of the name of a data column, since an attribute may have the same name.
_DATA = "\0"
# Column for the times when an element exists; as a suffix of a column's name, the times when its values apply.
_SPELL = "spell"
_NAMES_SHOWN, _NAME_CHARS = 40, 60
# Text of a property → its values.
_Values = Callable[[str], list[str]]


@dataclass(slots=True)
class GraphPart:
    """The nodes or the edges of a graph.

    Attributes:
        name: `nodes` or `edges`.
        shown: name shown to people: `file.gexf, nodes`.
        columns: name → default value, in order of appearance; names of data columns begin with `_DATA`.
        records: (line, column → text) of each.
    """

    name: str
    shown: str
    columns: dict[str, str] = field(default_factory=dict)
    records: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    @property
    def is_hidden(self) -> bool:
        """Always False for a graph."""
        return False

    @property
    def names(self) -> dict[str, str]:
        """Column → name shown to people, attributes first."""
        own = [name for name in self.columns if not name.startswith(_DATA)]
        data = {name: name[1:] for name in self.columns if name.startswith(_DATA)}
        return dict(zip(own, own, strict=True)) | {
            name: f"{called} (data)" if called in self.columns else called for name, called in data.items()
        }

    def table(self, name: str, delimiter: str = ",", encoding: str = "utf-8", *, header: bool = True) -> RawTable:  # noqa: ARG002 - a graph has neither
        """Return its content as the table `name`.

        Raises:
            InputError: the mapping has header = false.
        """
        if not header:
            raise InputError(
                f"{self.shown}: the columns of a graph have names. Take header = false out of the mapping."
            )
        return RawTable(name, self.shown, list(self.names.values()), _Rows(self), is_named=True)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows as wide as the table, created during iteration, because few of very many columns may be filled."""

    part: GraphPart

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        defaults = [(name, self.part.columns[name]) for name in self.part.names]
        for line, cells in self.part.records:
            yield line, [cells.get(name, default) for name, default in defaults]


def graph_form(path: Path) -> str:
    """Return a graph file's format (`gexf`, `graphml`, `json`) by its first bytes, as an upload may have lost its name.

    Empty for any other file.
    """
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
    """Return the nodes and the edges of a graph, except tables that are `ignored`.

    Raises:
        InputError: it is damaged, too large or hostile, or has edges with more than two ends; the line is named.
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
    """Return the error for a graph without a mapping, with its format and the columns that a mapping can name.

    Raises:
        InputError: it cannot be read.
    """
    nodes, edges = (_join_names(list(part.names.values())) for part in graph_parts(path, limits))
    return InputError(
        f"{path.name} is {_FORMS[graph_form(path)]}, which does not say which source reported what. Load it with a mapping for its"
        f" two tables: nodes with the columns {nodes}, and edges with the columns {edges}."
    )


def _join_names(names: list[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN:,} more" if len(names) > _NAMES_SHOWN else ""
    return (", ".join(name[:_NAME_CHARS] for name in names[:_NAMES_SHOWN]) or "none") + more


class _Tables:
    """Parts of a graph read so far."""

    def __init__(self, label: str, limits: Limits, progress: Progress) -> None:
        self.shown, self.limits = label, limits
        self.parts = {kind: GraphPart(name, f"{label}, {name}") for kind, name in _TABLES.items()}
        self._progress = progress

    def row(self, kind: str, line: int) -> dict[str, str]:
        """Add a row of nodes or edges."""
        records = self.parts[kind].records
        if len(records) >= self.limits.rows:
            raise too_much(self.shown, f"has more than {self.limits.rows:,} nodes or edges")
        cells: dict[str, str] = {}
        records.append((line, cells))
        if len(records) % PROGRESS_ROWS == 0:
            self._progress(self.parts[kind].shown, len(records))
        return cells

    def column(self, kind: str, name: str, default: str = "") -> str:
        """Return a column of nodes or edges, adding it if it is new."""
        columns = self.parts[kind].columns
        if name not in columns and len(columns) >= _MOST_COLUMNS:
            raise InputError(f"{self.shown} has more than {_MOST_COLUMNS:,} columns: export fewer properties.")
        columns[name] = columns.get(name) or default
        return name

    def add(self, kind: str, cells: dict[str, str], name: str, text: str) -> None:
        """Add a value to a cell of a row, after the values already there."""
        self.column(kind, name)
        # Even an empty value creates the cell, so that no default replaces it.
        before = cells.setdefault(name, "")
        # Cut, but still longer than a cell may be, so that the check sees it.
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
    """A node or an edge being read.

    Attributes:
        kind, cells: kind and cells of its row.
        inside: depth of its child elements.
        parent: the id of the node that contains it; empty without such a node.
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
        # Prefix of the names of the graph's own elements.
        self._prefix = ""
        # A stack, as nodes may be nested.
        self._open: list[_Open] = []
        # (kind, id of an attribute) → its column; columns being declared now.
        self._declared: dict[tuple[str, str], str] = {}
        self._declaring: list[tuple[str, str]] = []
        # For list columns, the function that splits their text.
        self._lists: dict[tuple[str, str], _Values] = {}
        self._class = ""
        self._key: str | None = None
        self._is_description = False
        self._text: list[str] | None = None
        self._chars = 0

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - as SAX calls it
        """Keep the parser's locator; called before anything else."""
        self._where = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - as SAX calls it
        """Handle the start of an element."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InputError(f"{self._tables.shown}, line {self._line()} nests deeper than any graph does.")
        attributes = dict(attrs.items())
        if self._depth == 1:
            self._prefix = "".join(name.rpartition(":")[:2])
        match self._own(name):
            case "node" | "edge" as kind:
                around = self._open[-1].cells if kind == "node" and self._open and self._open[-1].kind == "node" else {}
                parent = around.get("id", "")
                self._open.append(_Open(kind, self._tables.row(kind, self._line()), self._depth + 1, parent))
                for column, text in attributes.items():
                    self._add(column, text)
                if parent:
                    self._add("parent", parent)
            case "hyperedge":
                raise InputError(
                    f"{self._tables.shown}, line {self._line()} holds edges of more than two ends (hyperedge):"
                    " export nodes and edges as CSV, and load them with a mapping."
                )
            case "attributes":
                self._class = attributes.get("class", "")
            case "attribute":
                values = gexf_values if attributes.get("type", "").startswith("list") else None
                self._declare(self._class, attributes.get("id", ""), attributes.get("title", ""), values)
            case "key":
                values = json_values if attributes.get("attr.list") else None
                self._declare(
                    attributes.get("for", "all"), attributes.get("id", ""), attributes.get("attr.name", ""), values
                )
            case "default" if self._declaring:
                self._text, self._chars = [], 0
            case "data" if self._open:
                self._key, self._text, self._chars = attributes.get("key", ""), [], 0
            # Only descriptions of nodes and edges: keys, ports and graphs have descriptions too.
            case "desc" if self._open and self._depth == self._open[-1].inside:
                self._is_description, self._text, self._chars = True, [], 0
            case "attvalue" if self._open:
                column = self._data(attributes.get("for") or attributes.get("id", ""), attributes.get("value", ""))
                if period := _period(attributes):
                    self._add(f"{column} {_SPELL}", period)
            case "spell" if self._open:
                self._add(_SPELL, _period(attributes))
            # A `parent` element may repeat the id of the containing node, which is added already.
            case "parent" if self._open and attributes.get("for") != self._open[-1].parent:
                self._add("parent", attributes.get("for", ""))

    def characters(self, content: str) -> None:
        """Collect text of the open element."""
        if self._text is not None and self._chars <= self._tables.limits.cell_chars:
            self._text.append(content)
            self._chars += len(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - as SAX calls it
        """Handle the end of an element."""
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
        """Return an element's name; empty if it is not part of the graph itself, such as a style."""
        before, colon, own = name.rpartition(":")
        return own if before + colon == self._prefix else ""

    def _line(self) -> int:
        return int(self._where.getLineNumber() or 1)

    def _add(self, column: str, text: str) -> None:
        """Add text to a column of the open node or edge."""
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
        """Add data of the open node or edge; return its column."""
        kind = self._open[-1].kind
        column = self._declared.get((kind, identifier), _DATA + identifier)
        self._add(column, self._cell(kind, column, text))
        return column

    def _cell(self, kind: str, column: str, text: str) -> str:
        """Return the text of a cell. An overlong list stays as it is: it may be cut off, and must be rejected whole."""
        values = self._lists.get((kind, column))
        if values is None or len(text) > self._tables.limits.cell_chars:
            return text
        return _BETWEEN.join(value for value in values(text) if value)


def _period(attributes: dict[str, str]) -> str:
    """Return the period in the attributes of a GEXF element; empty if they give no period.

    Example:
        >>> _period({"start": "2019", "endopen": "2020"}), _period({"start": "2019"}), _period({"timestamp": "2019"}), _period({})
        ('2019/2020', '2019/', '2019', '')
    """
    start, end = (attributes.get(side, attributes.get(f"{side}open", "")) for side in ("start", "end"))
    return attributes.get("timestamp") or (f"{start}/{end}" if start or end else "")


# -- JSON -------------------------------------------------------------------------------------------------------------


def _read_lines(path: Path, tables: _Tables) -> None:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                try:
                    _read_line(line, number, tables)
                # Numbers of thousands of digits raise ValueError, very deep brackets RecursionError.
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                    raise InputError(
                        f"{path.name}, line {number} is no node and no relationship as apoc.export.json writes them (JSON lines):"
                        " export it so, or as CSV, and load that with a mapping."
                    ) from None


def _read_line(line: bytes, number: int, tables: _Tables) -> None:
    """Read one line; if it was not written by APOC, one of several built-in errors is raised."""
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
