"""Denials of an answer's links to the people behind something, with the statements that deny them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphsvc.records.dates import format_date
from graphsvc.records.relations import LinkKey
from graphsvc.views import denials, wording
from graphsvc.views.behind.rows import AnswerRow, PartSaid, denied_parts
from graphsvc.views.behind.words import all_the_same, beginning, name_with_id
from graphsvc.views.picture.network import Node


@dataclass(frozen=True, slots=True)
class Denial:
    """A statement that denies a link; only its kind is given if witness statements may not be shown one by one.

    Attributes:
        statement, kind: its id and kind; the id is empty if it may not be shown.
        taken_on: its date, as `2020-06-03`, or empty. grade: source grade and assessment, such as `2C`, or empty.
        summary: summary of its text, or empty.
    """

    statement: str
    kind: str
    taken_on: str = ""
    grade: str = ""
    summary: str = ""

    @property
    def text(self) -> str:
        """The statement in words.

        Example:
            >>> Denial("S1", "intelligence", "2020-06-03", "2C").text, Denial("", "witness").text
            ('intelligence report S1 of 3 June 2020, graded 2C', 'statements of witnesses, which are not shown one by one')
        """
        if not self.statement:
            return "statements of witnesses, which are not shown one by one"
        of = f" of {format_date(self.taken_on)}" if self.taken_on else ""
        graded = f", graded {self.grade}" if self.grade else ""
        return f"{wording.STATEMENTS.get(self.kind, self.kind)} {self.statement}{of}{graded}"

    @property
    def says(self) -> str:
        """The beginning of its summary in quotation marks; empty if it may not be shown."""
        return f"“{beginning(self.summary)}”" if self.statement and self.summary else ""

    @property
    def line(self) -> str:
        """The statement and the beginning of its summary, as a sentence."""
        line = wording.begin(": ".join(filter(None, (self.text, self.says))))
        return line if line.endswith((".”", "…”")) else f"{line}."


@dataclass(frozen=True, slots=True)
class Against:
    """A denied link of an answer.

    Attributes:
        said: the link, as in the answer. target: its object. denials: statements that deny it.
    """

    said: PartSaid
    target: Node
    denials: tuple[Denial, ...]

    @property
    def all_the_same(self) -> str:
        """Support for the link despite the denial, or a note that this is weak."""
        edge = self.said.edge
        return all_the_same(edge.groups, edge.other_sources, hardly=self.said.is_hardly_believed)

    @property
    def text(self) -> str:
        """The whole entry on one line."""
        sentence = f"{self.said.who.name} {self.said.edge.says} {name_with_id(self.target)}"
        return " ".join(
            (
                f"{sentence}: {denials.denial(self.said.edge.denying)}; {self.all_the_same}.",
                *(each.line for each in self.denials),
            )
        )


def denial(row: dict[str, Any]) -> tuple[LinkKey, Denial]:
    """Return the link that a row of `network.denials` denies, and the statement that denies it.

    Example:
        >>> row = dict(subject="p1", relation="PILOTED", object="c1", statement=None, kind="witness", taken_on=None,
        ...            summary=None, source_grade=None, assessment=None)
        >>> denial(row)
        (('p1', 'PILOTED', 'c1'), Denial(statement='', kind='witness', taken_on='', grade='', summary=''))
    """
    grade = f"{row['source_grade'] or ''}{row['assessment'] or ''}"
    link = row["subject"], row["relation"], row["object"]
    return link, Denial(row["statement"] or "", row["kind"], row["taken_on"] or "", grade, row["summary"] or "")


def against(rows: Iterable[AnswerRow], denials: Iterable[tuple[LinkKey, Denial]]) -> list[Against]:
    """Return each denied link of these rows once: links with a belief of at least one half first, then by belief.

    This includes links through which someone is named, such as that of a boat to a crossing if its supplier is named.
    """
    of: dict[LinkKey, list[Denial]] = {}
    for link, each in denials:
        of.setdefault(link, []).append(each)
    items: dict[LinkKey, Against] = {}
    for row in rows:
        for part in denied_parts(row):
            link = part.edge.key
            if link not in items:
                items[link] = Against(part, part.what or row.about, tuple(of.get(link, ())))
    return sorted(
        items.values(), key=lambda item: (item.said.edge.doubtful, -item.said.edge.belief, item.said.who.name)
    )
