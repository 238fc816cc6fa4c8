"""Named queries that a person may run, and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphsvc.access.gate.redact import Released
from graphsvc.access.log.audit import now
from graphsvc.errors import RequestError
from graphsvc.queries import Query
from graphsvc.records.iso import json_safe
from graphsvc.service.ask import Ask
from graphsvc.service.cypher.frames import warn
from graphsvc.service.cypher.parameters import native
from graphsvc.views.beside import Answered, beside, cut_message, ids_without_names
from graphsvc.views.files import some_in_words
from graphsvc.views.wording import title


def left_out(released: Released) -> list[str]:
    """Return sentences on what an answer leaves out: cut rows and withheld columns."""
    return [*filter(None, [cut_message(len(released.rows)) if released.truncated else "", released.taken_out])]


class Queries:
    """The named queries, as one person may run them on one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def listed(self) -> list[Query]:
        """Return the queries this person's roles allow; those about sources only if cleared for sources."""
        cleared = any(grant is not None and grant.sources for grant in self._ask.grants)
        return [
            query
            for query in self._ask.home.library.public()
            if (not query.roles or self._ask.principal.roles & set(query.roles)) and (cleared or not query.for_sources)
        ]

    def run(self, name: str, parameters: Mapping[str, Any] | None = None) -> Released:
        """Run a query on the case; cut rows and missing columns cause a warning (`errors.AnswerWarning`).

        Args:
            name: the query's name.
            parameters: name → value, in the parameter's type or as text to be parsed; of kinds that
                `service.cypher.parameters.native` accepts.

        Raises:
            RequestError: no such query, or a parameter is wrong.
            Refused, NotFound, Busy: see `access.gate.gate`.
        """
        released = self.run_without_warnings(name, parameters)
        warn(left_out(released))
        return released

    def run_without_warnings(self, name: str, parameters: Mapping[str, Any] | None = None) -> Released:
        """Return the answer without warnings, for callers that show what it leaves out. Raises as `run`."""
        if self._ask.home.library[name].kind == "internal":
            raise RequestError(f"The query {name} is the service's own. `graphsvc query` lists those you can run.")
        return self._ask.read(name, native(parameters or {}))

    def run_with_extra_columns(
        self, name: str, parameters: Mapping[str, Any] | None = None, *, names: bool = True
    ) -> tuple[Released, Answered]:
        """Return the answer of a query, and the same with columns added: names for ids, days overdue for reviews.

        Args:
            name: the query's name.
            parameters: as for `run`.
            names: whether to add names next to ids; not needed for a page, which puts them into the cells.

        Raises:
            RequestError, Refused, NotFound, Busy: as `run`.
        """
        released = self.run_without_warnings(name, parameters)
        returns = self._ask.home.library[name].returns
        rows = [tuple(json_safe(value) for value in row) for row in released.rows]
        if names and not self._ask.grant.sources:
            # In a file, the figure *some* becomes the same word as on pages and in pictures.
            shows = [returns[column].partition(".")[2] for column in released.columns]
            rows = [tuple(map(some_in_words, row, shows)) for row in rows]
        known = self.names(name, released.columns, rows) if names else None
        return released, beside(returns, released.columns, rows, now().date(), known)

    def names(self, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
        """Map ids to names, for visible entities that appear in an answer without a name."""
        named = self._ask.entity_rows(ids_without_names(self._ask.home.library[name].returns, columns, rows))
        return {identifier: title(row["name"] or identifier, row["kind"]) for identifier, row in named.items()}

    def text(self, name: str) -> str:
        """Return the Cypher of a query."""
        return self._ask.home.library[name].text
