"""The fields of a form, made from the record tables: their labels, accepted values and errors. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from graphsvc.records import grading
from graphsvc.records.relations import KINDS, fitting, says
from graphsvc.records.tables import TABLES, Column
from graphsvc.views.wording import STANDING, STATEMENTS, begin, label

# Table → columns shown at the top of a form; the others are under "More".
_FIRST = MappingProxyType(
    {
        "statements": (
            "kind",
            "source_id",
            "taken_on",
            "source_grade",
            "assessment",
            "handling",
            "on_record",
            "conditions",
            "summary",
            "sanitised",
        ),
        "links": (
            "subject_id",
            "relation",
            "object_id",
            "from_date",
            "to_date",
            "polarity",
            "assessment",
            "place",
            "notes",
        ),
        "people": ("name", "aliases", "phones", "identified", "category"),
        "boats": ("name", "kind", "registration"),
        "crossings": ("date", "launch_site", "landing_site", "people_count"),
        "gangs": ("name", "aliases"),
        "workplaces": ("name", "kind", "sector", "address"),
        "things": ("kind", "value", "name"),
    }
)
_LABELS = MappingProxyType(
    {
        ("statements", "source_id"): "Source",
        ("statements", "interpreter_id"): "Interpreter",
        ("statements", "statement_id"): "Brought by the statement",
        ("links", "subject_id"): "Who or what",
        ("links", "object_id"): "Whom or what",
        ("links", "from_date"): "From",
        ("links", "to_date"): "Until",
        ("links", "polarity"): "The source",
        ("links", "weight"): "How often",
    }
)
_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "source_grade": {code: f"{code} {words}" for code, words in grading.SOURCE_GRADES.items()},
        "assessment": {code: f"{code} {words}" for code, words in grading.ASSESSMENTS.items()},
        "handling": {code: f"{code} {words}" for code, words in grading.HANDLING.items()},
        "polarity": {"asserts": "says so", "denies": "denies it", "withdrawn": "has taken it back"},
        "status": STANDING,
    }
)
# Columns whose value is chosen by search.
_PICKED = frozenset({"subject_id", "object_id", "interpreter_id", "source_id"})
# Help for date columns that have no help text.
_DATE = "as far as it is known: 2020, 2020-05 or 2020-05-08"
_LONG = frozenset({"notes", "summary", "sanitised", "conditions", "interest"})


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form.

    Attributes:
        name: the name it is sent under, such as `c1.place`.
        kind: `choice`, `relation`, `pick` (an entity, by search), `long`, `number`, `date` or `text`.
        options: (heading, choices) each; a choice is (value, words, kinds of subject, kinds of object).
        named: name of the entity in a `pick`; of_kind: its kind, if known.
        wrong: why the value is rejected; meant: entities that it may mean, to choose from.
        now: current value, if another user has changed it in the meantime.
    """

    name: str
    label: str
    kind: str
    value: str
    required: bool = False
    help: str = ""
    options: tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...] = ()
    named: str = ""
    of_kind: str = ""
    wrong: str = ""
    meant: tuple[Mapping[str, Any], ...] = ()
    now: str | None = None


def fields(
    table: str,
    handle: str,
    cells: Mapping[str, str],
    *,
    columns: Collection[str] | None = None,
    ends: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    wrong: Mapping[str, tuple[str, tuple[Mapping[str, Any], ...]]] = MappingProxyType({}),
    now: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[FormField], list[FormField]]:
    """Return the fields of one row: those at the top of the form, and those under "More".

    Args:
        table: table of the row.
        handle: prefix of the names of its fields.
        cells: column → typed text.
        columns: columns to ask for; None for all except the id of the row and that of its statement.
        ends: text typed for an entity → `kind` and `name` of that entity.
        wrong: name of a field → why its value is rejected, and entities it may mean.
        now: column → current value, for columns that were changed in the meantime.

    Example:
        >>> first, more = fields("links", "c1", {"subject_id": "P1"}, ends={"P1": {"kind": "boat", "name": "Urchin"}})
        >>> first[0].named, [choice[0] for _, choices in first[1].options for choice in choices]
        ('Urchin', ['', 'USED_ON', 'LOCATED_AT'])
    """
    columns_by_name = {column.name: column for column in TABLES[table].columns}
    if columns is None:
        columns = [
            name for name in columns_by_name if name != "id" and (name != "statement_id" or table == "statements")
        ]
    form_fields = {}
    for name in columns:
        cell = cells.get(name, "")
        reason, meant = wrong.get(f"{handle}.{name}", ("", ()))
        column = columns_by_name[name]
        form_fields[name] = FormField(
            f"{handle}.{name}",
            _LABELS.get((table, name)) or label(name),
            _kind(column, cell),
            cell,
            column.required,
            column.help or (_DATE if column.kind == "date" else ""),
            _relations(cells, ends) if column.kind == "relation" else _choices(table, column),
            str(ends[cell]["name"] or cell) if name in _PICKED and cell in ends else "",
            str(ends[cell]["kind"]) if name in _PICKED and cell in ends else "",
            reason,
            tuple(meant),
            now.get(name),
        )
    first = [form_fields.pop(name) for name in _FIRST[table] if name in form_fields]
    return first, list(form_fields.values())


def _kind(column: Column, cell: str) -> str:
    if column.name in _PICKED:
        return "pick"
    if column.kind in ("choice", "relation", "date"):
        return column.kind
    if column.kind in ("number", "count", "latitude", "longitude"):
        return "number"
    return "long" if column.name in _LONG or "\n" in cell else "text"


def _choices(table: str, column: Column) -> tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]:
    if column.kind != "choice":
        return ()
    words = STATEMENTS if (table, column.name) == ("statements", "kind") else _WORDS.get(column.name, {})
    options = [(word, begin(words.get(word, word.replace("_", " "))), "", "") for word in column.words]
    if column.required:
        empty = "Choose"
    elif column.default and table == "links":
        return (("", tuple(options)),)
    elif column.default:
        empty = f"Not said: counts as {column.default.replace('_', ' ')}"
    else:
        empty = "As the statement" if table == "links" else "Not said"
    return (("", (("", empty, "", ""), *options)),)


def _relations(
    cells: Mapping[str, str], ends: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]:
    """Return the relations that fit both ends, under headings; a chosen relation is offered even if it does not fit."""
    kinds = [str(ends.get(cells.get(name, ""), {}).get("kind", "")) for name in ("subject_id", "object_id")]
    fit = fitting(*kinds)
    chosen = cells.get("relation", "")
    groups = [
        (
            row.heading,
            tuple(
                (relation.name, relation.says, " ".join(relation.subjects), " ".join(relation.objects))
                for relation in fit
                if relation.kind == kind
            ),
        )
        for kind, row in KINDS.items()
    ]
    first: tuple[tuple[str, str, str, str], ...] = (("", "Choose", "", ""),)
    if chosen and chosen not in {relation.name for relation in fit}:
        first = (*first, (chosen, says(chosen), "", ""))
    return (("", first), *((heading, choices) for heading, choices in groups if choices))


# Table → word for one row, for several rows.
_NOUNS = MappingProxyType(
    {
        "statements": ("statement", "statements"),
        "links": ("claim", "claims"),
        "people": ("person", "people"),
        "boats": ("boat", "boats"),
        "crossings": ("crossing", "crossings"),
        "gangs": ("gang", "gangs"),
        "workplaces": ("workplace", "workplaces"),
        "things": ("thing", "things"),
    }
)


def brings(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Say in words what a delivery does: `adds 1 statement, 2 claims, 1 person`.

    Example:
        >>> brings({"statements": {"added": 1, "changed": 0, "superseded": 0}, "links": {"added": 2, "superseded": 1}})
        ['adds 1 statement, 2 claims', 'leaves 1 claim without weight']
    """
    phrases = []
    for name, verb, after in (
        ("added", "adds", ""),
        ("changed", "changes", ""),
        ("received", "brings", " that others delivered too"),
        ("superseded", "leaves", " without weight"),
    ):
        parts = [
            f"{count[name]} {noun[count[name] != 1]}"
            for table, noun in _NOUNS.items()
            if (count := counts.get(table, {})).get(name)
        ]
        if parts:
            phrases.append(f"{verb} {', '.join(parts)}{after}")
    return phrases
