"""Reads i2 Analyst's Notebook charts (`.anx`, XML) as items with their line. Nothing in the file is trusted.

It is read as a stream, without doctypes, entities or external content, and with limits on sizes and numbers. This
module only reads the contents; `ingest.i2.chart` decides what they mean for a case.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import defusedxml
import defusedxml.sax

from graphsvc.errors import InputError
from graphsvc.ingest.raw import PROGRESS_ROWS, Limits, Progress, too_large, too_much

_DEEPEST = 60
# Maximum number of attributes, and of cards, of one item.
_MOST_TOLD = 1_000
# First bytes of XML, with or without a byte order mark.
_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\0", b"\xfe\xff\0<")
_SECONDS = re.compile(r":(?!00)\d\d")
GRADES = ("GradeOne", "GradeTwo", "GradeThree")


@dataclass(slots=True)
class Item:
    """An entity or a link of a chart.

    Attributes:
        line: line on which it begins.
        type: the name of its type.
        ids: ids by which links refer to an entity (`EntityId`, and the reference if the file has one).
        identity: its name for people, unique by type.
        ends: for a link, the ids of its two ends.
        arrow: `ArrowOnHead`, `ArrowOnTail`, `ArrowOnBoth` or `ArrowNone`.
        date: ISO day, with the time if it is set; empty without a date.
        told: attribute → value.
        cards: date (as for an item) and words of each card.
        grades: text of each grade, by `GRADES`; empty if it is not graded.
        handlings: text of every third grade, of the item and its cards.
    """

    line: int
    label: str
    description: str
    date: str
    type: str = ""
    reference: str = ""
    entity: bool = False
    link: bool = False
    ids: list[str] = field(default_factory=list)
    identity: str = ""
    ends: tuple[str, str] = ("", "")
    arrow: str = ""
    told: list[tuple[str, str]] = field(default_factory=list)
    cards: list[tuple[str, str]] = field(default_factory=list)
    grades: dict[str, str] = field(default_factory=dict)
    handlings: list[str] = field(default_factory=list)

    @property
    def when(self) -> str:
        """Its date, or else the first date among its cards."""
        return self.date or next((date for date, _ in self.cards if date), "")


@dataclass(frozen=True, slots=True)
class Items:
    """Contents of a chart: its entities, its links, and the number of other items (text, pictures)."""

    entities: list[Item]
    links: list[Item]
    others: int


def is_anx(path: Path) -> bool:
    """Whether a file is XML, by its first bytes, as an upload may have lost its name."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(8).startswith(_STARTS)


def read_items(path: Path, limits: Limits, progress: Progress | None = None) -> Items:
    """Read the items of a chart.

    Raises:
        InputError: it is not a chart, or is damaged, too large or hostile; the line is named.
    """
    if path.stat().st_size > limits.file_bytes:
        raise too_large(path.name, limits)
    reader = _Reader(path.name, limits, progress or (lambda _file, _rows: None))
    try:
        with path.open("rb") as stream:
            defusedxml.sax.parse(stream, reader, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except defusedxml.DefusedXmlException:
        raise InputError(
            f"{path.name} declares a document type or entities, as no chart does: save it again from Analyst's Notebook."
        ) from None
    except SAXParseException as error:
        raise InputError(
            f"{path.name}, line {error.getLineNumber()} is no XML ({error.getMessage()}): the file is damaged or cut off."
            " Save it again from Analyst's Notebook."
        ) from None
    except (UnicodeError, LookupError, ValueError) as error:
        raise InputError(
            f"{path.name} cannot be read as XML ({type(error).__name__}): save it again as UTF-8."
        ) from None
    return reader.resolve_items()


class _Reader(ContentHandler):
    def __init__(self, label: str, limits: Limits, progress: Progress) -> None:
        super().__init__()
        self._shown, self._limits, self._progress = label, limits, progress
        self._items: list[Item] = []
        self._now: Item | None = None
        self._path: list[str] = []
        # Collection → reference → name; kind of grade → words of its grades.
        self._names: dict[str, dict[str, str]] = defaultdict(dict)
        self._grades: dict[str, list[str]] = defaultdict(list)
        self._graded: list[tuple[Item, dict[str, int]]] = []
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "ChartItem": self._item,
            "End": lambda attributes: self._id(attributes.get("Id", "")),
            "Entity": self._entity,
            "Link": self._link,
            "Attribute": self._attribute,
            "Card": self._card,
            "String": self._grade,
            **dict.fromkeys(("EntityType", "LinkType", "AttributeClass"), self._add_name),
        }

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - as SAX calls it
        """Keep the parser's locator; called before anything else."""
        self._where = locator

    # -- calls of the parser --------------------------------------------------------------------------------------

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - as SAX calls it
        """Handle the start of an element."""
        if not self._path and name != "Chart":
            raise InputError(
                f"{self._shown}, line {self._line()} begins with <{name[:40]}> and not with <Chart>: it is no chart of"
                " Analyst's Notebook. Save the chart as Analyst's Notebook XML."
            )
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise InputError(f"{self._shown}, line {self._line()} nests deeper than any chart does. Nothing was read.")
        attributes = dict(attrs.items())
        if name in self._starts:
            self._starts[name](attributes)
        elif self._now is not None and name.endswith("Style") and name not in ("FrameStyle", "ConnectionStyle"):
            self._style(name, attributes)

    def endElement(self, name: str) -> None:  # noqa: N802 - as SAX calls it
        """Handle the end of an element."""
        self._path.pop()
        if name == "ChartItem":
            self._now = None

    def resolve_items(self) -> Items:
        """Return the items, with references replaced by names."""
        for item in self._items:
            kind = "EntityType" if item.entity else "LinkType"
            item.type = item.type or self._names[kind].get(item.reference, "")
            item.told = [(self._names["AttributeClass"].get(name, name), value) for name, value in item.told]
        # Every item has the first grade until an analyst chooses one: if no item has a different grade, none is graded.
        used = {grade for _, indices in self._graded for grade, index in indices.items() if index > 0}
        for item, indices in self._graded:
            for grade, index in indices.items():
                words = self._grades[grade]
                if grade in used and 0 <= index < len(words):
                    item.grades.setdefault(grade, words[index])
                    if grade == GRADES[-1]:
                        item.handlings.append(words[index])
        return Items(
            [item for item in self._items if item.entity],
            [item for item in self._items if item.link and not item.entity],
            sum(not (item.entity or item.link) for item in self._items),
        )

    # -- elements -------------------------------------------------------------------------------------------------

    def _line(self) -> int:
        return int(self._where.getLineNumber() or 1)

    def _item(self, attributes: dict[str, str]) -> None:
        if len(self._items) >= self._limits.rows:
            raise too_much(self._shown, f"has more than {self._limits.rows:,} items")
        self._now = Item(
            self._line(), attributes.get("Label", ""), attributes.get("Description", ""), _date(attributes)
        )
        self._items.append(self._now)
        self._grading(self._now, attributes)
        if len(self._items) % PROGRESS_ROWS == 0:
            self._progress(self._shown, len(self._items))

    def _id(self, identifier: str) -> None:
        if self._now is not None and identifier:
            self._now.ids.append(identifier)

    def _entity(self, attributes: dict[str, str]) -> None:
        if self._now is not None:
            self._now.entity = True
            self._now.identity = attributes.get("Identity", "")
            self._id(attributes.get("EntityId", ""))

    def _link(self, attributes: dict[str, str]) -> None:
        if self._now is not None:
            self._now.link = True
            ends = [attributes.get(f"End{end}Id") or attributes.get(f"End{end}Reference", "") for end in (1, 2)]
            self._now.ends = (ends[0], ends[1])

    def _style(self, name: str, attributes: dict[str, str]) -> None:
        item = self._now
        if item is None or item.type or item.reference:
            return
        kind = "Link" if name == "LinkStyle" else "Entity"
        item.type = attributes.get("Type", "")
        item.reference = attributes.get(f"{kind}TypeReference", "")
        item.arrow = attributes.get("ArrowStyle", "")

    def _attribute(self, attributes: dict[str, str]) -> None:
        name = attributes.get("AttributeClass") or attributes.get("AttributeClassReference", "")
        if self._now is not None and name and attributes.get("Value"):
            self._require_room(self._now.told)
            self._now.told.append((name, attributes["Value"]))

    def _card(self, attributes: dict[str, str]) -> None:
        if self._now is not None:
            self._require_room(self._now.cards)
            words = [attributes.get(name, "").strip() for name in ("Summary", "Text")]
            self._now.cards.append((_date(attributes), ": ".join(word for word in words if word)))
            self._grading(self._now, attributes)

    def _require_room(self, entries: list[Any]) -> None:
        if len(entries) >= _MOST_TOLD:
            raise InputError(
                f"{self._shown}, line {self._line()}: one item has more than {_MOST_TOLD:,} attributes or cards."
                " Nothing was read."
            )

    def _grading(self, item: Item, attributes: dict[str, str]) -> None:
        texts = {grade: attributes.get(f"{grade}Index", "") for grade in GRADES}
        indices = {
            grade: int(text) for grade, text in texts.items() if text.isascii() and text.isdigit() and len(text) < 9
        }
        if indices:
            self._graded.append((item, indices))

    def _grade(self, attributes: dict[str, str]) -> None:
        grade = self._path[-3] if len(self._path) > 2 else ""
        if grade in GRADES and len(self._grades[grade]) < _MOST_TOLD:
            self._grades[grade].append(attributes.get("Text", ""))

    def _add_name(self, attributes: dict[str, str]) -> None:
        if attributes.get("Id"):
            self._names[self._path[-1]][attributes["Id"]] = attributes.get("Name", "")


def _date(attributes: dict[str, str]) -> str:
    """Return the day of an item, with its time if set. Times count as UTC: a time zone in the chart changes nothing.

    Example:
        >>> dated = {"DateSet": "true", "TimeSet": "true"}
        >>> _date(dated | {"DateTime": "2020-05-08T04:30:00.000"}), _date(dated | {"DateTime": "2020-05-08T04:30:09.000"})
        ('2020-05-08T04:30Z', '2020-05-08T04:30:09Z')
    """
    if attributes.get("DateSet", "").lower() not in ("true", "1"):
        return ""
    day, _, time = attributes.get("DateTime", "").partition("T")
    timed = attributes.get("TimeSet", "").lower() in ("true", "1") and len(time) >= 5
    seconds = _SECONDS.match(time, 5)
    return f"{day}T{time[:5]}{seconds[0] if seconds else ''}Z" if timed else day
