"""Reads a chart as a delivery: its entities as people, boats, places and things, its links as claims of one statement.

Types are read as in `records.charts` and the mapping. A link of an unknown type, or with ends that do not fit its
relation, becomes a custom relation, which is never scored. An entity of an unknown type is left out and reported, so
that the loader can choose its kind.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path

from graphsvc.errors import InputError
from graphsvc.ingest.cells import seen_id
from graphsvc.ingest.i2.anx import Item, Items, read_items
from graphsvc.ingest.i2.merging import BETWEEN_NOTES, merge_links, merge_rows
from graphsvc.ingest.mapping import ChartTypes, Mapping
from graphsvc.ingest.raw import Limits, Progress, RawTable
from graphsvc.records.charts import EVENTS, LINKED_AS, OTHERWISE, READ_AS
from graphsvc.records.grading import ASSESSMENTS, HANDLING, SOURCE_GRADES
from graphsvc.records.marks import mark_in, marks_by_type
from graphsvc.records.relations import CUSTOM_PREFIX, ENTITIES, RELATIONS
from graphsvc.records.tables import ENTITY_TABLES, EXTRA_PREFIX, PROTECTING, TABLES, THING_KINDS

IGNORE = "ignore"
_TABLE = {table.record: table.name for table in ENTITY_TABLES}
# Columns that attributes of a chart never fill.
_OURS = ("id", "subject_id", "object_id", "relation", "statement_id", "handling", "review_on")
_DATES = ("date", "from_date", "to_date")
# A 3x5x2 code at the start of a grade's words.
_CODE = re.compile(r"\W*([A-Z0-9])(?![A-Za-z0-9])")
_RESERVED = re.compile(r"[SQTH]-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
_DAY = re.compile(r"(?:(\d{1,2}) )?(?:([A-Z][a-z]+) )?(\d{4})(?:, (\d\d:\d\d(?::(?!00)\d\d)?)(?::00)? UTC)?(?:, |$)")
_MONTHS = {f"{dt.date(2000, month, 1):%B}": month for month in range(1, 13)}


@dataclass(frozen=True, slots=True)
class TypeRead:
    """One type of a chart: the number of its items, and their meaning.

    Attributes:
        read_as: a kind, a kind of thing, a relation, or `ignore`; empty for an entity of an unknown kind.
        chosen: whether `read_as` is from the loader or a table of types; otherwise it is the default for unknown types.
        otherwise: relation → number of this type's links read as that relation, as their ends do not fit `read_as`.
    """

    name: str
    items: int
    read_as: str
    chosen: bool
    otherwise: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChartRead:
    """Meaning given to a chart, for the loader.

    Attributes:
        entities, links: its types, most items first.
        statement: the statement that its links are claims of, as fields of `statements`.
        graded: number of links with a 3x5x2 grade. others: number of other items.
        ignored: number of items left out by choice.
    """

    entities: list[TypeRead]
    links: list[TypeRead]
    statement: dict[str, str]
    graded: int
    others: int
    ignored: int


@dataclass(frozen=True, slots=True)
class Unread:
    """An entity of a type whose kind is unknown."""

    line: int
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class ChartTables:
    """A chart as tables, its meaning, and the entities that were not read."""

    tables: list[RawTable]
    read: ChartRead
    unread: list[Unread]


def read_chart(
    path: Path, limits: Limits, mapping: Mapping | None = None, progress: Progress | None = None
) -> ChartTables:
    """Read the tables of a chart.

    Raises:
        InputError: see `read_items`; or the mapping is for tables.
    """
    path = path.absolute()
    if mapping is not None and mapping.chart is None:
        raise InputError(
            f"{path.name} is a chart, and {mapping.file} maps tables: use a mapping with [chart.entities], or none."
        )
    types = mapping.chart if mapping is not None and mapping.chart is not None else ChartTypes()
    items = read_items(path, limits, progress)
    return _Chart(path, items, types, mapping.statement if mapping else {}).tables()


def chart_mapping(entities: Table[str, str], links: Table[str, str], statement: Table[str, str]) -> str:
    r"""Return a mapping for charts as TOML text.

    Example:
        >>> print(chart_mapping({"Lorry \"firm\"": "workplace"}, {}, {"handling": "P"}))
        [statement]
        handling = "P"
        <BLANKLINE>
        [chart.entities]
        "Lorry \"firm\"" = "workplace"
        <BLANKLINE>
        [chart.links]
    """

    def lines(table: Table[str, str], *, quoted: bool) -> Iterable[str]:
        for name, value in table.items():
            key = _quote(name) if quoted else name
            yield f"{key} = {_quote(value)}"

    parts = (
        ["[statement]", *lines(statement, quoted=False)],
        ["[chart.entities]", *lines(entities, quoted=True)],
        ["[chart.links]", *lines(links, quoted=True)],
    )
    return "\n\n".join("\n".join(part) for part in parts)


def _quote(text: str) -> str:
    # JSON's escapes are valid in TOML too; DEL is the only character that TOML alone refuses.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


class _Chart:
    """Converts one chart to tables."""

    def __init__(self, path: Path, items: Items, types: ChartTypes, statement: dict[str, str]) -> None:
        self._path, self._items, self._types = path, items, types
        self._kinds = {item.type: self._kind(item.type) for item in items.entities}
        self._relations = {item.type: self._relation(item.type) for item in items.links}
        self._kinds |= dict.fromkeys(self._crossings(), "crossing")
        self._otherwise: dict[str, Counter[str]] = defaultdict(Counter)
        self._called = self._ids()
        self._statement = self._statement_row(statement)

    def tables(self) -> ChartTables:
        """Return the whole chart as tables."""
        rows: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
        unread = []
        seen: dict[str, tuple[int, dict[str, str]]] = {}
        for item in self._items.entities:
            kind = self._kinds[item.type]
            if not kind:
                unread.append(Unread(item.line, item.type, self._called[id(item)]))
            elif kind != IGNORE:
                record = "thing" if kind in THING_KINDS else kind
                row, identifier = self._entity(item, kind, record), self._called[id(item)]
                first, known = seen.setdefault(identifier, (item.line, row))
                if known is row:
                    rows[_TABLE[record]].append((item.line, row))
                else:
                    self._require_same_marks(known, first, row, item.line)
                    merge_rows(known, row, record)
        ends = {name: item for item in self._items.entities for name in item.ids}
        self._seal_ends(seen, ends)
        links = [item for item in self._items.links if not self._left_out(item, ends)]
        rows["links"] += merge_links([(item.line, self._link(item, ends)) for item in links])
        rows["statements"].append((1, self._statement))
        names = [name for name in TABLES if name in rows or name == "people"]
        tables = [self._table(name, rows[name]) for name in names]
        return ChartTables(tables, self._summary(len(links)), unread)

    def _seal_ends(self, rows: Table[str, tuple[int, dict[str, str]]], ends: Table[str, Item]) -> None:
        """Seal the people at the ends of links whose type, label or attribute may mark a person, such as *Victim*."""
        for link in self._items.links:
            marks = marks_by_type(link.type) or marks_by_type(link.label)
            if marks or any(mark_in(name, value) == ("sealed", "yes") for name, value in link.told):
                for item in (ends[end] for end in link.ends if end in ends):
                    if self._kinds[item.type] == "person":
                        rows[self._called[id(item)]][1]["sealed"] = "yes"

    def _table(self, name: str, rows: list[tuple[int, dict[str, str]]]) -> RawTable:
        required = [column.name for column in TABLES[name].columns if column.required]
        header = list(dict.fromkeys([*required, *(column for _, row in rows for column in row)]))
        cells = [(line, [row.get(column, "") for column in header]) for line, row in rows]
        return RawTable(name, self._path.name, header, cells)

    def _require_same_marks(self, row: Table[str, str], line: int, second: Table[str, str], second_line: int) -> None:
        """Refuse a chart with two different marks for one person: neither can be trusted."""
        for column in PROTECTING:
            if row.get(column, second.get(column)) != second.get(column, row.get(column)):
                raise InputError(
                    f"{self._path.name}, lines {line} and {second_line}: two items of one identity have a different {column},"
                    " which may say that the person must be sealed. Give both the same, or another identity if they are two"
                    " people. Nothing was read."
                )

    # -- types ----------------------------------------------------------------------------------------------------

    def _kind(self, name: str) -> str:
        return self._types.entities.get(name) or READ_AS.get(name.casefold(), "")

    def _relation(self, name: str) -> str:
        return self._types.links.get(name) or LINKED_AS.get(name.casefold()) or self._own(name)

    def _own(self, name: str) -> str:
        """Return the custom relation for a type of link; types that may mark a person are not shown to readers."""
        name = "link" if marks_by_type(name) else name
        words = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
        # Names of relations cannot have letters of other scripts: a hash of the whole name replaces these letters.
        mark = "" if name.isascii() and words else hashlib.sha256(name.encode()).hexdigest()[:6].upper()
        own = "_".join(part for part in (words.removeprefix(CUSTOM_PREFIX), mark) if part)
        return f"{CUSTOM_PREFIX}{own or 'LINK'}"

    def _crossings(self) -> list[str]:
        """Return event types that are crossings: each item has a day, and a link of a kind that only crossings have."""
        events: dict[str, list[Item]] = defaultdict(list)
        for item in self._items.entities:
            if item.type.casefold() in EVENTS and item.type not in self._types.entities:
                events[item.type].append(item)
        tied = {end for item in self._items.links if self._is_of_a_crossing(item) for end in item.ends}
        return [
            name
            for name, items in events.items()
            if all((item.when or _crossing(item.label)[0]) and not tied.isdisjoint(item.ids) for item in items)
        ]

    def _is_of_a_crossing(self, item: Item) -> bool:
        relation = RELATIONS.get(self._relations[item.type])
        return relation is not None and relation.objects == ("crossing",)

    def _summary(self, links: int) -> ChartRead:
        entities = Counter(item.type for item in self._items.entities)
        tied = Counter(item.type for item in self._items.links)
        left_out = sum(self._kinds[item.type] == IGNORE for item in self._items.entities)
        return ChartRead(
            [TypeRead(name, many, self._kinds[name], bool(self._kinds[name])) for name, many in entities.most_common()],
            [
                TypeRead(
                    name,
                    many,
                    self._relations[name],
                    name in self._types.links or name.casefold() in LINKED_AS,
                    dict(self._otherwise[name].most_common()),
                )
                for name, many in tied.most_common()
            ],
            self._statement,
            sum(bool(_grades(item)) for item in self._items.links),
            self._items.others,
            left_out + len(self._items.links) - links,
        )

    # -- rows -----------------------------------------------------------------------------------------------------

    def _ids(self) -> dict[int, str]:
        """Return item → its id in the case: its identity, with its kind added if several kinds share that identity."""
        kinds: dict[str, set[str]] = defaultdict(set)
        for item in self._items.entities:
            kinds[_identity(item)].add(self._kinds[item.type])
        called = {}
        for item in self._items.entities:
            identity = _identity(item)
            several = len(kinds[identity]) > 1
            called[id(item)] = f"{identity} ({self._kinds[item.type] or item.type})" if several else identity
        return called

    def _entity(self, item: Item, kind: str, record: str) -> dict[str, str]:
        row = {"id": self._called[id(item)], "statement_id": self._statement["id"]} | _strict(item)
        notes = _notes(item)
        name = item.label.strip() or item.identity
        if record == "crossing":
            date, site = _crossing(name)
            row |= {"date": item.when or date, "launch_site": site}
            notes = _notes(item, item.when)
        else:
            row["name"] = " ".join(name.split())
        row |= marks_by_type(item.type) if record == "person" else {}
        if record == "thing":
            row |= {"kind": kind, "value": row["name"]}
        return self._with_attributes(_TABLE[record], row, item, notes)

    def _link(self, item: Item, ends: Table[str, Item]) -> dict[str, str]:
        subject, target = item.ends
        if item.arrow == "ArrowOnTail":
            subject, target = target, subject
        relation = self._relations[item.type]
        kinds = self._record(subject, ends), self._record(target, ends)
        for name in filter(None, (relation, OTHERWISE.get(relation, ""))):
            if _fits(name, *kinds):
                break
            # A link may be drawn from its object: if only the reverse direction fits, it is meant that way.
            if _fits(name, *kinds[::-1]):
                subject, target = target, subject
                break
        else:
            # An end of an unknown kind is reported separately.
            name = self._own(item.type) if all(kinds) else relation
        if name != relation:
            self._otherwise[item.type][name] += 1
        row = {
            "subject_id": self._end(subject, ends),
            "relation": name,
            "object_id": self._end(target, ends),
            "statement_id": self._statement["id"],
            "from_date": item.when,
            **_strict(item),
        }
        if assessment := _grades(item).get("assessment"):
            row["assessment"] = assessment
        label = "" if marks_by_type(item.label) else item.label.strip()
        # Details that the relation no longer expresses are kept as a note.
        lost = item.type if name in OTHERWISE.values() and name != relation else ""
        notes = [lost, label if label.casefold() != item.type.casefold() else "", *_notes(item, item.when)]
        return self._with_attributes("links", row, item, notes)

    def _left_out(self, item: Item, ends: Table[str, Item]) -> bool:
        """Whether a link, or an entity at one of its ends, has a type that is left out by choice."""
        entities = (ends[end] for end in item.ends if end in ends)
        return self._relations[item.type] == IGNORE or any(self._kinds[entity.type] == IGNORE for entity in entities)

    def _record(self, end: str, ends: Table[str, Item]) -> str:
        kind = self._kinds[ends[end].type] if end in ends else ""
        return "thing" if kind in THING_KINDS else kind if kind in ENTITIES else ""

    def _end(self, end: str, ends: Table[str, Item]) -> str:
        return self._called[id(ends[end])] if end in ends else end

    def _with_attributes(self, table: str, row: dict[str, str], item: Item, notes: list[str]) -> dict[str, str]:
        """Return the row with its item's attributes, each in the case format's column of that name or a custom one."""
        known = {column.name for column in TABLES[table].columns} - set(_OURS)
        for name, value in item.told:
            column = re.sub(r"\W+", "_", name.strip().casefold()).strip("_") or "attribute"
            column, value = (table == "people" and mark_in(name, value)) or (column, value)
            column = column if column in known else f"{EXTRA_PREFIX}{column}"
            # Both of two attributes with the same name are kept. A date attribute replaces the item's own date.
            already = "" if column in _DATES else row.get(column, "")
            row[column] = value if already in ("", value) else f"{already}; {value}"
        said = [" ".join(note.split()) for note in (row.pop("notes", ""), *notes)]
        if any(said):
            row["notes"] = BETWEEN_NOTES.join(dict.fromkeys(note for note in said if note))
        return row

    # -- the statement --------------------------------------------------------------------------------------------

    def _statement_row(self, chosen: dict[str, str]) -> dict[str, str]:
        """Return the statement for all links, with their worst grade and strictest code; `chosen` fields override."""
        graded = [_grades(item) for item in self._items.links]
        sources = [grades["source_grade"] for grades in graded if "source_grade" in grades]
        open_to_share = bool(graded) and all(_handling(item) == "P" for item in self._items.links)
        content = hashlib.sha256(self._path.read_bytes()).hexdigest()
        return {
            "id": f"chart-{content[:12]}",
            "kind": "intelligence",
            "source_grade": max(sources, default=""),
            "handling": "P" if open_to_share else "C",
            "summary": "Read from an i2 chart.",
        } | {name: value for name, value in chosen.items() if value}


def _notes(item: Item, date: str = "") -> list[str]:
    """Return the words of an item and its cards, each preceded by its date unless the row has the same date.

    Example:
        >>> _notes(Item(1, "", "tall", "2020-05-08", cards=[("2020-05-09", "limps"), ("", "")]), "2020-05-08")
        ['tall', '2020-05-09: limps', '']
    """
    entries = [(item.date, item.description), *item.cards]
    return [": ".join(part for part in (day if day != date else "", words) if part) for day, words in entries]


def _fits(name: str, subject: str, target: str) -> bool:
    relation = RELATIONS.get(name)
    return relation is None or (subject in relation.subjects and target in relation.objects)


def _identity(item: Item) -> str:
    identity = seen_id(item.identity or item.label or (item.ids or [""])[0])
    # Only our pseudonyms may have their form.
    return identity.replace("-", ".") if _RESERVED.fullmatch(identity) else identity


def _grades(item: Item) -> dict[str, str]:
    """Return the 3x5x2 grades of an item; grades of other schemes are not guessed at.

    Example:
        >>> item = Item(1, "", "", "", grades={"GradeOne": "2 - untested", "GradeTwo": "Known directly", "GradeThree": "x"})
        >>> _grades(item)
        {'source_grade': '2', 'assessment': 'A'}
    """
    codes = {
        name: _code(item.grades.get(grade, ""), scheme)
        for grade, name, scheme in (
            ("GradeOne", "source_grade", SOURCE_GRADES),
            ("GradeTwo", "assessment", ASSESSMENTS),
            ("GradeThree", "handling", HANDLING),
        )
    }
    return {name: code for name, code in codes.items() if code}


def _code(text: str, scheme: Table[str, str]) -> str:
    words = text.strip()
    code = _CODE.match(words)
    if code and code[1] in scheme:
        return code[1]
    return next((key for key, meaning in scheme.items() if meaning == words.casefold()), "")


def _handling(item: Item) -> str:
    """Return the strictest code of an item and its cards; C for a grade of another scheme, empty without grades."""
    codes = {_code(text, HANDLING) for text in item.handlings if text.strip()}
    return "C" if codes - {"P"} else "P" if codes else ""


def _strict(item: Item) -> dict[str, str]:
    """Return the handling cell of a row that is C because its item or one of the item's cards is."""
    return {"handling": "C"} if _handling(item) == "C" else {}


def _crossing(label: str) -> tuple[str, str]:
    """Return the (date, launch site) in the label of a crossing.

    Example:
        >>> _crossing("8 May 2020, 04:30 UTC, Dunkirk"), _crossing("May 2020"), _crossing("the night boat")
        (('2020-05-08T04:30Z', 'Dunkirk'), ('2020-05', ''), ('', 'the night boat'))
    """
    match = _DAY.match(label)
    if match is None or (match[2] and match[2] not in _MONTHS) or (match[1] and not match[2]):
        return "", " ".join(label.split())
    date = match[3] + (f"-{_MONTHS[match[2]]:02d}" if match[2] else "") + (f"-{int(match[1]):02d}" if match[1] else "")
    return date + (f"T{match[4]}Z" if match[4] and match[1] else ""), " ".join(label[match.end() :].split())
