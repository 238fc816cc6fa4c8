"""The files of a case folder and their columns, as tables that the import, its checks and the pages share.

A column's `sensitivity` decides where its value may go:

* `open`: to every reader of the case at the row's handling level
* `identity`: identifies a person or their things; goes to the vault instead of the graph if that person is sealed
* `text`: free text; never markup, and may name anyone
* `source`: reveals who a source is, or which source spoke: only with source clearance
* `interest`: bears on a source's motive: may have to be disclosed to the defence, but needs source clearance
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from graphsvc.records import grading
from graphsvc.records.relations import ENTITIES
from graphsvc.records.statement_kinds import STATEMENT_KINDS

CATEGORIES = ("suspect", "convicted", "victim", "witness", "other")
IDENTIFIED = ("named", "nickname", "unknown")
YES_NO = ("yes", "no")
# Replaces an erased name in a text, or an erased statement that a row names. It is nobody's real name.
ERASED = "[erased]"
# Categories that would single out a witness or victim; kept in the vault only.
PROTECTED = frozenset({"witness", "victim"})
DWELLING = "dwelling"
WORKPLACE_KINDS = ("premises", DWELLING, "site", "online")
THING_KINDS = ("phone", "vehicle", "address", "account", "online", "document", "organisation", "part")
STATEMENT_STATUSES = ("given", "withdrawn", "retracted_as_false")
POLARITIES = ("asserts", "denies", "withdrawn")
# Columns of a person row that may cause the person to be sealed.
PROTECTING = ("category", "sealed", "date_of_birth", "age_disputed")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one file.

    Attributes:
        name: as in the header.
        kind: `id` (free text id) · `ref` (id of a row elsewhere, see `refers`) · `text` · `list` (separated by `;`) ·
            `choice` (one of `words`) · `categories` (list of `words`, each with an optional `@date`) · `date` ·
            `number` (any, finite) · `count` (whole number from 0) · `latitude` · `longitude` · `relation`.
        required: whether the cell must be filled.
        words: the vocabulary of a choice.
        default: value meant by an empty cell, if any.
        refers: kinds of row an id refers to.
        sensitivity: see the module docstring.
        help: what to write in the cell, in one line, where the name does not say it.
    """

    name: str
    kind: str = "text"
    required: bool = False
    words: tuple[str, ...] = ()
    default: str = ""
    refers: tuple[str, ...] = ()
    sensitivity: str = "open"
    help: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One file of a case folder: `people.csv` is Table("people", "person", "Person", ...)."""

    name: str
    record: str
    label: str
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """File name in a case folder; in a workbook the sheet is called `name`."""
        return f"{self.name}.csv"

    def column(self, name: str) -> Column | None:
        """Return the column with that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


_HANDLING = Column("handling", "choice", words=tuple(grading.HANDLING), help="only if stricter than the statement's")
# The statement a row comes from, and when the row must be reviewed.
_ROW = (
    _HANDLING,
    Column("statement_id", "ref", refers=("statement",)),
    Column("review_on", "date", help="when it must be looked at again"),
)
_ID = Column("id", "id", required=True)
_NOTES = Column("notes", "text", sensitivity="text")


def _identity(name: str, kind: str = "text", says: str = "") -> Column:
    return Column(name, kind, sensitivity="identity", help=says)


_ALL = (
    Table(
        "people",
        "person",
        "Person",
        (
            _ID,
            _identity("name"),
            _identity("aliases", "list", "other names and spellings, separated by ;"),
            Column("identified", "choice", words=IDENTIFIED, default="named"),
            Column(
                "category",
                "categories",
                words=CATEGORIES,
                default="other",
                help="separated by ;, each with a date if it is known: suspect@2020-05",
            ),
            Column(
                "sealed",
                "choice",
                words=YES_NO,
                default="no",
                help="yes: the name and other identifying cells go to the vault, and a pseudonym is shown instead",
            ),
            _identity("date_of_birth", "date", "as far as it is known: 1998, 1998-05 or 1998-05-08"),
            Column("age_disputed", "choice", words=YES_NO, default="no", sensitivity="identity"),
            _identity("nationality"),
            _identity("sex"),
            _identity("phones", "list", "separated by ;"),
            _NOTES,
            *_ROW,
        ),
    ),
    Table(
        "boats",
        "boat",
        "Boat",
        (
            _ID,
            Column("name"),
            Column("kind"),
            Column("registration"),
            Column("length_m", "number"),
            Column("engine_hp", "number"),
            _NOTES,
            *_ROW,
        ),
    ),
    Table(
        "crossings",
        "crossing",
        "Crossing",
        (
            _ID,
            Column("date", "date", required=True, help="as far as it is known: 2020-05-08, or 2020-05-08T04:30Z"),
            Column("launch_site"),
            Column("launch_lat", "latitude"),
            Column("launch_lon", "longitude"),
            Column("landing_site"),
            Column("landing_lat", "latitude"),
            Column("landing_lon", "longitude"),
            Column("people_count", "count"),
            Column("intercepted_by"),
            _NOTES,
            *_ROW,
        ),
    ),
    Table("gangs", "gang", "Gang", (_ID, Column("name"), Column("aliases", "list"), _NOTES, *_ROW)),
    Table(
        "workplaces",
        "workplace",
        "Workplace",
        (
            _ID,
            Column("name"),
            Column("kind", "choice", words=WORKPLACE_KINDS, default="premises"),
            Column("sector"),
            Column("address"),
            Column("latitude", "latitude"),
            Column("longitude", "longitude"),
            Column("opened_on", "date"),
            Column("closed_on", "date"),
            _NOTES,
            *_ROW,
        ),
    ),
    Table(
        "things",
        "thing",
        "Thing",
        (
            _ID,
            Column("kind", "choice", required=True, words=THING_KINDS),
            _identity("value"),
            _identity("name"),
            _NOTES,
            *_ROW,
        ),
    ),
    Table(
        "statements",
        "statement",
        "Statement",
        (
            _ID,
            Column("kind", "choice", required=True, words=tuple(STATEMENT_KINDS)),
            Column(
                "source_id",
                "text",
                sensitivity="source",
                help="of a witness statement, the person who gives it; told to nobody without source clearance",
            ),
            Column("taken_on", "date"),
            Column(
                "source_grade",
                "choice",
                words=tuple(grading.SOURCE_GRADES),
                default=grading.DEFAULT_SOURCE_GRADE,
                help="how reliable the source is",
            ),
            Column(
                "assessment",
                "choice",
                words=tuple(grading.ASSESSMENTS),
                default=grading.DEFAULT_ASSESSMENT,
                help="how what is said is known; a claim can have its own",
            ),
            Column(
                "handling",
                "choice",
                words=tuple(grading.HANDLING),
                default=grading.DEFAULT_HANDLING,
                help="what derives from a C statement is C",
            ),
            Column("conditions", sensitivity="text", help="of C: under which it may be shared, in words"),
            Column(
                "on_record",
                "choice",
                words=YES_NO,
                help="the source agreed to give evidence, or the record can be produced",
            ),
            Column("status", "choice", words=STATEMENT_STATUSES, default="given"),
            Column("status_on", "date"),
            Column(
                "interest",
                sensitivity="interest",
                help="what bears on the source's motive: immigration position, promises, payments, debts, quarrels; it is disclosable",
            ),
            Column("interpreter_id", "ref", refers=("person",), sensitivity="source"),
            Column("summary", sensitivity="text"),
            Column(
                "sanitised",
                sensitivity="text",
                help="of a witness: the version of the summary for readers without source clearance; it must name no source and nobody sealed",
            ),
            Column("statement_id", "ref", refers=("statement",)),
            Column("review_on", "date"),
        ),
    ),
    Table(
        "links",
        "link",
        "Claim",
        (
            Column("id", "id"),
            Column("subject_id", "ref", required=True, refers=ENTITIES),
            Column("relation", "relation", required=True),
            Column("object_id", "ref", required=True, refers=ENTITIES),
            Column("statement_id", "ref", required=True, refers=("statement",)),
            Column("from_date", "date"),
            Column("to_date", "date"),
            Column("polarity", "choice", words=POLARITIES, default="asserts"),
            Column("weight", "count", default="1", help="how often: calls, payments"),
            Column("amount", "number"),
            Column("currency", help="such as GBP or EUR"),
            Column("place", sensitivity="text"),
            Column("subject_as_said", sensitivity="text", help="the words of the source, such as the tall one"),
            Column("object_as_said", sensitivity="text", help="the words of the source"),
            Column(
                "assessment", "choice", words=tuple(grading.ASSESSMENTS), help="only if another than the statement's"
            ),
            _HANDLING,
            _NOTES,
        ),
    ),
)
TABLES = MappingProxyType({table.name: table for table in _ALL})
REQUIRED_TABLES = ("people", "links")
ENTITY_TABLES = tuple(table for table in _ALL if table.record in ENTITIES)
IGNORED_FILES = ("truth.json",)

# The deliverer's own columns: kept unchanged, free text under handling C.
EXTRA_PREFIX = "x_"
# Column of a statement for the reason why it was corrected by form. Only the statement's history shows it.
REASON = f"{EXTRA_PREFIX}correction_reason"
