"""Merges rows of a chart that are about one entity, or one claim. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from graphsvc.records.relations import happens_again
from graphsvc.records.tables import ENTITY_TABLES, EXTRA_PREFIX

BETWEEN_NOTES = " · "
_ALIASED = frozenset(table.record for table in ENTITY_TABLES if any(c.name == "aliases" for c in table.columns))
_LISTS = frozenset(column.name for table in ENTITY_TABLES for column in table.columns if column.kind == "list")


def merge_links(links: list[tuple[int, dict[str, str]]]) -> list[tuple[int, dict[str, str]]]:
    """Merge links that differ only in their notes into one claim, unless their relation can repeat.

    Equal links stay, to be counted as duplicates.
    """
    alike: dict[tuple[tuple[str, str], ...], list[dict[str, str]]] = defaultdict(list)
    for _, row in links:
        if not happens_again(row["relation"]):
            alike[tuple(sorted(cell for cell in row.items() if cell[0] != "notes"))].append(row)
    dropped = set[int]()
    for first, *repeats in alike.values():
        if any(row.get("notes") != first.get("notes") for row in repeats):
            notes = [note for row in (first, *repeats) for note in row.get("notes", "").split(BETWEEN_NOTES) if note]
            first["notes"] = BETWEEN_NOTES.join(dict.fromkeys(notes))
            dropped.update(map(id, repeats))
    return [(line, row) for line, row in links if id(row) not in dropped]


def merge_rows(row: dict[str, str], second: Mapping[str, str], record: str) -> None:
    """Add cells of another item of the same entity to its row; conflicting values go into the notes, a name to the aliases.

    Example:
        >>> row = {"id": "Ash", "name": "Ash", "sex": "m"}
        >>> merge_rows(row, {"id": "Ash", "name": "Ashraf", "phones": "222", "sex": "f", "notes": "tall"}, "person")
        >>> row
        {'id': 'Ash', 'name': 'Ash', 'sex': 'm', 'aliases': 'Ashraf', 'phones': '222', 'notes': 'sex: f · tall'}
    """
    notes = row.get("notes", "").split(BETWEEN_NOTES)
    for name, value in second.items():
        column = "aliases" if name == "name" and record in _ALIASED and row.get(name, value) != value else name
        already = row.get(column, "")
        if column == "notes":
            notes += value.split(BETWEEN_NOTES)
        elif not already or not value or value == already:
            row[column] = already or value
        elif column.startswith(EXTRA_PREFIX) or column in _LISTS:
            row[column] = already if value in already.split("; ") else f"{already}; {value}"
        else:
            notes.append(f"{column}: {value}")
    if any(notes):
        row["notes"] = BETWEEN_NOTES.join(dict.fromkeys(note for note in notes if note))
