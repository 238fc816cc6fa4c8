"""The answer to "Who is behind it" for notebooks: as tables and a NetworkX graph."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphsvc.errors import RequestError
from graphsvc.records.dates import format_date
from graphsvc.records.iso import json_safe
from graphsvc.service.cypher.frames import answer_frame, warn
from graphsvc.views.behind.answer import COLUMNS, Answer
from graphsvc.views.files import some_in_words
from graphsvc.views.forms.graphs import as_networkx
from graphsvc.views.picture.network import Picture

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


class NoCrossings(RequestError):
    """There is no crossing on the days asked about.

    Attributes:
        nearest: nearest day with crossings before and after (ISO) → number of its crossings.
    """

    def __init__(self, days: str, nearest: Mapping[str, int]) -> None:
        self.nearest = nearest
        nearest_days = " and ".join(f"{format_date(day)} ({boats})" for day, boats in nearest.items())
        way_out = (
            f"The nearest days with crossings: {nearest_days}." if nearest_days else "No crossing has a known day."
        )
        super().__init__(f"No crossing on {days}. {way_out}")


@dataclass(frozen=True, slots=True)
class Behind:
    """The actors behind some entities, with a picture, as shown on a page and in a notebook.

    Attributes:
        answer: rows, common actors and entities, gaps, questions to ask.
        view: the picture, ordered by command from left to right. The passengers of a crossing are a single mark; lawful
            service is left out unless requested.
        asked: ids asked about, including the crossings of the requested days.
        days: the days whose crossings were asked about, in words; empty if ids were given.
        perhaps: no crossing is certain to be of these days, so the answer is about possible ones.
        ranked_on: what the ranks next to names leave out, or that ranks are not shown because no one stands out; may be
            empty.
    """

    answer: Answer
    view: Picture
    asked: tuple[str, ...]
    days: str = ""
    perhaps: bool = False
    ranked_on: str = ""

    @property
    def subject(self) -> str:
        """The subject of the answer, with the days: `8 crossings of 8 May 2020`."""
        of = f"{' that may be' if self.perhaps else ''} of {self.days}" if self.days else ""
        return f"{self.answer.subject_name}{of}"

    @property
    def beside(self) -> list[str]:
        """Sentences that a table alone would omit: limits of the answer, and what its ranks leave out."""
        return [*self.answer.beside, *filter(None, [self.ranked_on])]

    def plain(self) -> dict[str, Any]:
        """Return the answer as plain data, with remarks on the whole answer."""
        return self.answer.plain() | {
            "subject": self.subject,
            "days": self.days,
            "perhaps": self.perhaps,
            "ranked_on": self.ranked_on,
        }

    @property
    def cells(self) -> list[list[Any]]:
        """The rows of the answer for files and commands: the figure *some* becomes the word shown on the page."""
        rows = self.answer.table()
        if not self.view.in_steps:
            return rows
        return [[some_in_words(cell, name) for name, cell in zip(COLUMNS, row, strict=True)] for row in rows]

    def as_json(self) -> dict[str, Any]:
        """Return the answer for JSON, from the command or the page: the figure *some* becomes a word."""
        plain: dict[str, Any] = json_safe(self.plain())
        return some_in_words(plain) if self.view.in_steps else plain

    @property
    def frame(self) -> pd.DataFrame:
        """One row per recorded act, or per entity with no one named: `views.behind.answer.COLUMNS`.

        `attrs["gaps"]` lists the gaps.
        """
        return self._table(COLUMNS, self.answer.table())

    @property
    def common(self) -> pd.DataFrame:
        """Common actors and entities, strongest first: `id`, `name`, `kind`, `links`, `strength`, `by`.

        `links` is the number of entities that each of them links; `by` lists names of actors.
        """
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
        """The picture as a NetworkX graph, ready to be written as GraphML or GEXF; edges are keyed by relation."""
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
        """Return a summary of the answer's size."""
        return f"<Behind {len(self.answer.rows)} asked about, {len(self.answer.table())} things said, {len(self.answer.gaps)} gaps>"

    def _repr_html_(self) -> str:
        """Return the table, with the gaps above it."""
        gaps = "".join(f"<li>{html.escape(gap)}</li>" for gap in self.answer.gaps)
        return f"<ul>{gaps}</ul>{self.frame.to_html(notebook=True)}"
