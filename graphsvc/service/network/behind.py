"""Who is behind some things, for a notebook: the answer as tables, and as a NetworkX graph."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphsvc.records.iso import json_safe
from graphsvc.service.cypher.frames import answer_frame, warn
from graphsvc.views.behind.answer import COLUMNS, Answer
from graphsvc.views.files import some_in_words
from graphsvc.views.forms.graphs import as_networkx
from graphsvc.views.picture.network import Picture

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Behind:
    """Who is behind some things: the answer and the picture beside it, as a page and a notebook show them.

    Attributes:
        answer: rows, who links several, what is not known, what to ask.
        view: the picture: by command from left to right, whoever was carried as one mark for each crossing, lawful service left out unless asked for.
        asked: ids that were asked about, those of the crossings of the days among them.
        days: the days whose crossings were asked about, in words; empty: it was asked by id.
        perhaps: no crossing is known to be of these days, and those asked about only may be.
        ranked_on: what the ranks beside the names leave out, or that no one stands out and none is told; empty: nothing.
    """

    answer: Answer
    view: Picture
    asked: tuple[str, ...]
    days: str = ""
    perhaps: bool = False
    ranked_on: str = ""

    @property
    def subject(self) -> str:
        """What it is about, with the days: `8 crossings of 8 May 2020`."""
        of = f"{' that may be' if self.perhaps else ''} of {self.days}" if self.days else ""
        return f"{self.answer.asked}{of}"

    @property
    def beside(self) -> list[str]:
        """What a table alone would be silent on, in sentences: what the answer is silent on, and what its ranks leave out."""
        return [*self.answer.beside, *filter(None, [self.ranked_on])]

    def plain(self) -> dict[str, Any]:
        """The answer as plain data, with what is said of it as a whole."""
        return self.answer.plain() | {
            "subject": self.subject,
            "days": self.days,
            "perhaps": self.perhaps,
            "ranked_on": self.ranked_on,
        }

    @property
    def cells(self) -> list[list[Any]]:
        """The rows of the answer as files and commands give them: *some* as the word that the page shows."""
        rows = self.answer.table()
        if not self.view.in_steps:
            return rows
        return [[some_in_words(cell, name) for name, cell in zip(COLUMNS, row, strict=True)] for row in rows]

    def as_json(self) -> dict[str, Any]:
        """The same as the command gives it, and the page's JSON twin: *some* as a word."""
        plain: dict[str, Any] = json_safe(self.plain())
        return some_in_words(plain) if self.view.in_steps else plain

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each thing said of somebody, or of which nothing is: `views.behind.answer.COLUMNS`; `attrs["gaps"]` says what is not known."""
        return self._table(COLUMNS, self.answer.table())

    @property
    def common(self) -> pd.DataFrame:
        """Who and what links several, strongest first: `id`, `name`, `kind`, `links` (how many), `strength`, `by` (names)."""
        rows = [
            [
                shared.who.id,
                shared.who.name,
                shared.who.kind,
                len(shared.rows),
                shared.strength,
                list(dict.fromkeys(actor.name for actor, _ in shared.ties)),
            ]
            for shared in self.answer.common
        ]
        return self._table(("id", "name", "kind", "links", "strength", "by"), rows)

    @property
    def graph(self) -> nx.MultiDiGraph[str]:
        """What the picture draws, as a NetworkX graph that writes GraphML and GEXF; edges are keyed by their relation."""
        graph = as_networkx(self.view)
        for name, values in graph.nodes(data=True):
            values["asked"] = name in self.asked
        return graph

    def _table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
        answer = self.answer
        sentences = [sentence for sentence in (answer.cut, answer.passed_over) if sentence]
        warn(sentences)
        questions = [question.text for question in answer.questions]
        return answer_frame(
            columns,
            list(map(tuple, rows)),
            sentences,
            gaps=list(answer.gaps),
            lone=list(answer.lone),
            moved=[each.text for each in answer.moved],
            against=[item.text for item in answer.against],
            questions=questions,
            ranked_on=self.ranked_on,
        )

    def __repr__(self) -> str:
        """What there is of it."""
        return f"<Behind {len(self.answer.rows)} asked about, {len(self.answer.table())} things said, {len(self.answer.gaps)} gaps>"

    def _repr_html_(self) -> str:
        """The table, with what is not known above it."""
        gaps = "".join(f"<li>{html.escape(gap)}</li>" for gap in self.answer.gaps)
        return f"<ul>{gaps}</ul>{self.frame.to_html(notebook=True)}"
