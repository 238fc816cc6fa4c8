"""Reads the folder `cypher/` and checks each header. One file is one named query, named after its path.

A header is TOML in comments at the top of the file:

    // ---
    // title = "Who is behind a crossing"
    // why = "…"
    // kind = "table"                     table · graph · internal (used only by the service)
    // roles = ["investigator"]           optional: by default every role that may run queries
    // limit = 500                        most rows
    // [parameters.crossing]
    // type = "id"                        id · text · int · float · date · choice · list
    // help = "id of the crossing"
    // default = ""                       optional: without it the parameter is required
    // [returns]
    // person = "Person.id"               column = property it shows (records.properties)
    // [example]                          on the demo case; the service's own queries need none
    // parameters = { crossing = "X12" }
    // rows = 7
    // ---

A query of kind graph returns at least the columns of `GRAPH`, one row for each link.

A list of relations that follows from their rows is named between double braces (`-[r:{{PARTS|COMMANDS}}]->`); it is one
of `records.lists`. To paste such a query into Neo4j Browser, copy the expanded text that its page shows.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphsvc.errors import OperatorError, RequestError
from graphsvc.records.dates import convert_typed, parse_date
from graphsvc.records.iso import iso
from graphsvc.records.lists import expand_lists
from graphsvc.records.numbers import real, whole
from graphsvc.records.properties import INTEREST, LINK_FIGURES, SANITISED, SENSITIVITY

# Parameters bound by the gate, never by the caller.
BOUND = ("case", "handling", "limit", "few", "voices", INTEREST, *LINK_FIGURES)
KINDS = ("table", "graph", "internal")
TYPES = ("id", "text", "int", "float", "date", "choice", "list")
# Folders whose files are not queries.
WRITING = ("schema", "load")
_USED = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_UNORDERED = (set, frozenset)
_SEVERAL = (list, tuple, *_UNORDERED)
# The columns that a picture is drawn from.
GRAPH = (
    "subject",
    "subject_name",
    "subject_kind",
    "relation",
    "object",
    "object_name",
    "object_kind",
    "belief",
)
_ORDER = re.compile(r"\nORDER BY [^\n]*(?=\nLIMIT \$limit \+ 1$)")
_CUT = re.compile(r"LIMIT \$limit \+ 1$")
_HEADER: dict[str, type] = {
    "title": str,
    "why": str,
    "kind": str,
    "roles": list,
    "limit": int,
    "parameters": dict,
    "returns": dict,
    "example": dict,
}
_REQUIRED = ("title", "why", "kind", "limit", "returns")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a named query, required unless it has a `default`."""

    name: str
    type: str
    help: str
    default: Any = None
    words: tuple[str, ...] = ()

    def value(self, argument: Any) -> Any:
        """Convert a given value to the parameter's type.

        Blank and missing items of a list are dropped; a moment becomes its UTC day.

        Raises:
            RequestError: the value is not of the parameter's type.
        """
        text: Any = argument
        try:
            if self.type == "list":
                items = argument if isinstance(argument, _SEVERAL) else _text(argument).split(";")
                written = [_text(item) for item in items if not _missing(item)]
                return sorted(filter(None, written)) if isinstance(argument, _UNORDERED) else [*filter(None, written)]
            # A number of thousands of digits cannot be written out.
            text = _text(_day(argument) if self.type == "date" else argument)
            if self.type in ("int", "float"):
                return whole(text) if self.type == "int" else real(text)
            if self.type == "date" and text:
                return parse_date(convert_typed(text)).given
            if self.type == "choice" and text not in self.words:
                raise ValueError
        except ValueError:
            takes = {
                "int": "a whole number",
                "float": "a number",
                "date": "a date such as 2020, May 2020, 8 May 2020, 8/5/2020 or 2020-05-08",
                "choice": "one of " + ", ".join(self.words),
                "list": "texts, or one with ; between them",
            }.get(self.type, "one value")
            raise RequestError(f"The parameter {self.name} takes {takes}, not {_begin(text)!r}.") from None
        return text


@dataclass(frozen=True, slots=True)
class Query:
    """A named query: its text and its header's declarations."""

    name: str
    title: str
    why: str
    kind: str
    roles: tuple[str, ...]
    limit: int
    parameters: tuple[Parameter, ...]
    returns: Mapping[str, str]
    text: str
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The query's subject: the folder that contains its file."""
        return self.name.partition(".")[0]

    @property
    def for_sources(self) -> bool:
        """Whether the query needs source clearance: it shows or counts sources, so its rows reveal them.

        False for the service's own queries: they serve everyone, and the gate removes the columns.
        """
        sensitivities = {SENSITIVITY.get(name) for name in self.returns.values()}
        return self.kind != "internal" and bool(sensitivities & {"source", "interest"})

    @property
    def text_without_order(self) -> str:
        """The text without the order of its rows, to read very many of them a part at a time."""
        return _ORDER.sub("", self.text)

    @property
    def shows_statements(self) -> bool:
        """Whether the query shows single statements or claims to readers without source clearance."""
        single = any(
            (name.startswith(("Statement.", "Claim.")) and name != SANITISED) or name.endswith(".statement_id")
            for name in self.returns.values()
        )
        return single and not self.for_sources and not self.is_material

    @property
    def is_material(self) -> bool:
        """Whether the query returns blocks, for analyses inside the service (`access.gate.gate.Gate.material`)."""
        return "material" in {SENSITIVITY.get(name) for name in self.returns.values()}

    def bind(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Convert the given values for the query's own parameters.

        Raises:
            RequestError: a parameter is unknown, missing, or of the wrong type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in arguments:
            if name not in known:
                raise RequestError(
                    f"The query {self.name} has no parameter {name!r}. It takes: {', '.join(known) or 'none'}."
                )
        values: dict[str, Any] = {}
        for name, parameter in known.items():
            value = arguments.get(name)
            if value is None or value == "":
                if parameter.default is None:
                    raise RequestError(f"The query {self.name} needs the parameter {name} ({parameter.help}).")
                value = parameter.default
            values[name] = parameter.value(value)
        return values


class Library(Mapping[str, Query]):
    """All named queries, by name."""

    def __init__(self, folder: Path | None = None, further: Iterable[Query] = ()) -> None:
        root = folder or cypher_folder()
        read = [
            read_query(path, root)
            for path in sorted(root.rglob("*.cypher"))
            if path.relative_to(root).parts[0] not in WRITING
        ]
        self._queries = {query.name: query for query in sorted((*read, *further), key=lambda query: query.name)}

    def __getitem__(self, name: str) -> Query:
        """Return the query with that name.

        Raises:
            RequestError: there is no such query.
        """
        if name not in self._queries:
            raise RequestError(f"There is no named query {name[:80]!r}. `graphsvc query` lists them.")
        return self._queries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._queries

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def public(self) -> list[Query]:
        """Return the queries that people may choose from, by name."""
        return [query for query in self._queries.values() if query.kind != "internal"]


def cypher_folder() -> Path:
    """Return the folder of the Cypher files: inside the installed package, or next to it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "cypher"
    return inside if inside.is_dir() else package.parent / "cypher"


def read_query(path: Path, root: Path) -> Query:
    """Read the named query in one file.

    Raises:
        OperatorError: the header is missing or wrong; names the file and the key.
    """
    name = ".".join(path.relative_to(root).with_suffix("").parts)
    header, text = _split(path)
    _check_keys(path, header)
    parameters = tuple(_parameter(path, key, spec) for key, spec in header.get("parameters", {}).items())
    query = Query(
        name=name,
        title=header["title"],
        why=header["why"],
        kind=header["kind"],
        roles=tuple(header.get("roles", ())),
        limit=header["limit"],
        parameters=parameters,
        returns=header["returns"],
        text=text,
        example=header.get("example", {}),
    )
    _check(path, query)
    return query


def _missing(value: Any) -> bool:
    """Whether a value marks a missing cell in a notebook's column: None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _day(value: Any) -> Any:
    """Return the day of a moment; anything else unchanged."""
    if not isinstance(value, dt.datetime):
        return value
    return (value.astimezone(dt.UTC) if value.tzinfo else value).date()


def _text(value: Any) -> str:
    """Return a single value as text, without blanks around it.

    Raises:
        ValueError: there are several values, or the value cannot be written out.
    """
    if isinstance(value, (*_SEVERAL, Mapping, bytes)):
        raise ValueError("no single value")
    return str(iso(value)).strip()


def _begin(value: Any) -> str:
    """Return the first characters of a given value, for a message."""
    try:
        return str(value)[:60]
    except ValueError:
        return "a number of thousands of digits"


def _check_keys(path: Path, header: Mapping[str, Any]) -> None:
    """Refuse a header that has an unknown key, lacks a required one, or holds a value of the wrong type."""
    for key, value in header.items():
        if key not in _HEADER:
            raise OperatorError(
                f"The header of {path.name} has the unknown key {key!r}. It takes {', '.join(_HEADER)}."
            )
        if not isinstance(value, _HEADER[key]) or isinstance(value, bool) or value == "":
            raise OperatorError(f"The header of {path.name} has no fitting value at {key!r}: {value!r}.")
    for key in _REQUIRED:
        if key not in header:
            raise OperatorError(f"The header of {path.name} lacks {key!r}.")


def _split(path: Path) -> tuple[dict[str, Any], str]:
    try:
        lines = expand_lists(path.read_text("utf-8")).splitlines()
    except KeyError as error:
        raise OperatorError(
            f"{path.name} names {error} in braces, which is no list of relations and no relation."
        ) from None
    fences = [number for number, line in enumerate(lines) if line.strip() == "// ---"]
    if len(fences) < 2 or fences[0] != 0:
        raise OperatorError(f"{path.name} does not begin with a header between two lines `// ---`.")
    block = "\n".join(line.strip().removeprefix("//").removeprefix(" ") for line in lines[1 : fences[1]])
    try:
        return tomllib.loads(block), "\n".join(lines[fences[1] + 1 :]).strip()
    except tomllib.TOMLDecodeError as error:
        raise OperatorError(f"The header of {path.name} is no TOML: {error}.") from error


def _parameter(path: Path, name: str, spec: Mapping[str, Any]) -> Parameter:
    allowed = {"type", "help", "default", "words"}
    if not isinstance(spec, dict) or set(spec) - allowed or spec.get("type") not in TYPES or not spec.get("help"):
        raise OperatorError(
            f"The parameter {name!r} of {path.name} needs a type ({', '.join(TYPES)}) and a help, and may have"
            " a default and, for a choice, words."
        )
    return Parameter(name, spec["type"], spec["help"], spec.get("default"), tuple(spec.get("words", ())))


def _check(path: Path, query: Query) -> None:
    """Refuse a header that does not match its query text."""
    declared = {parameter.name for parameter in query.parameters}
    used = set(_USED.findall(re.sub(r"//[^\n]*", "", query.text)))
    properties = set(query.returns.values())
    faults = {
        f"kind {query.kind!r} is none of {', '.join(KINDS)}": query.kind not in KINDS,
        "it does not bind $case": "case" not in used,
        f"it uses undeclared parameters {sorted(used - declared - set(BOUND))}": bool(used - declared - set(BOUND)),
        f"it declares parameters it does not use {sorted(declared - used)}": bool(declared - used),
        "a parameter has a name the gate binds": bool(declared & set(BOUND)),
        "a returned column shows no known property": any(name not in SENSITIVITY for name in query.returns.values()),
        "the limit is less than 1": query.limit < 1,
        "it shows statements or claims and does not ask `$voices` which kinds of statement are shown one by one": (
            query.shows_statements and "voices" not in used
        ),
        "it shows ids of statements or claims without `Statement.kind`, by which the gate knows those of witnesses": (
            query.shows_statements
            and bool(properties & {"Statement.id", "Claim.id"})
            and "Statement.kind" not in properties
        ),
        "a query people may run must end with `LIMIT $limit + 1`, so that a cut can be seen": query.kind != "internal"
        and not _CUT.search(query.text),
        f"a query of kind graph returns {', '.join(GRAPH)}": query.kind == "graph"
        and bool(set(GRAPH) - set(query.returns)),
        "its example needs `rows`, the number of rows on the demo case, and perhaps `parameters`": query.kind
        != "internal"
        and not {"rows"} <= set(query.example) <= {"rows", "parameters"},
    }
    for fault, holds in faults.items():
        if holds:
            raise OperatorError(f"The query {path.name} is refused: {fault}.")
    if query.kind != "internal":
        try:
            query.bind(query.example.get("parameters", {}))
        except RequestError as error:
            raise OperatorError(f"The example of {path.name} does not fit its parameters. {error}") from error
