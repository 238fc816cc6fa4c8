"""Named queries: which of them somebody may run, and the answer of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphsvc.access.door.redact import Released
from graphsvc.access.log.audit import now
from graphsvc.cases.cypher_runs import cut
from graphsvc.errors import RequestError
from graphsvc.queries import Query
from graphsvc.records.iso import json_safe
from graphsvc.service.ask import Ask
from graphsvc.service.cypher.frames import warn
from graphsvc.service.cypher.parameters import native
from graphsvc.views.beside import Answered, beside, ids_without_names
from graphsvc.views.files import some_in_words
from graphsvc.views.wording import title


def left_out(released: Released) -> list[str]:
    """What an answer leaves out, in sentences: rows, as it is cut, and columns."""
    return [*filter(None, [cut(len(released.rows)) if released.truncated else "", released.taken_out])]


class Queries:
    """The named queries, as one person may run them on one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def listed(self) -> list[Query]:
        """Those this person may run: by role, and those about sources only with source clearance."""
        cleared = any(grant is not None and grant.sources for grant in self._ask.grants)
        return [
            query
            for query in self._ask.home.library.public()
            if (not query.roles or self._ask.principal.roles & set(query.roles)) and (cleared or not query.for_sources)
        ]

    def run(self, name: str, parameters: Mapping[str, Any] | None = None) -> Released:
        """Run one on the case; that its answer is cut, or lacks columns, is warned of (`errors.AnswerWarning`).

        Args:
            name: of the query.
            parameters: name → value, in the type of the parameter or as text that is read as it; of kinds that
                `service.cypher.parameters.native` takes.

        Raises:
            RequestError: no such query, or a parameter is wrong. Refused, NotFound, Busy: see `access.door.gate`.
        """
        released = self.released(name, parameters)
        warn(left_out(released))
        return released

    def released(self, name: str, parameters: Mapping[str, Any] | None = None) -> Released:
        """The same for who says of an answer what it leaves out. Nothing is warned of; raises as `run`."""
        if self._ask.home.library[name].kind == "internal":
            raise RequestError(f"The query {name} is the service's own. `graphsvc query` lists those you can run.")
        return self._ask.read(name, native(parameters or {}))

    def answered(
        self, name: str, parameters: Mapping[str, Any] | None = None, *, names: bool = True
    ) -> tuple[Released, Answered]:
        """The answer of one, and the same with what stands beside its columns: names beside ids, how long a review is overdue.

        Args:
            name: of the query.
            parameters: of it.
            names: whether names are put beside ids; a page puts them into the cells.

        Raises:
            RequestError, Refused, NotFound, Busy: as `run`.
        """
        released = self.released(name, parameters)
        returns = self._ask.home.library[name].returns
        rows = [tuple(json_safe(value) for value in row) for row in released.rows]
        if names and not self._ask.grant.sources:
            # A file gives the word that pages and pictures show.
            shows = [returns[column].partition(".")[2] for column in released.columns]
            rows = [tuple(map(some_in_words, row, shows)) for row in rows]
        known = self.names(name, released.columns, rows) if names else None
        return released, beside(returns, released.columns, rows, now().date(), known)

    def names(self, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
        """Id → name, of the entities in rows of an answer beside which no name stands and whom this reader may see."""
        named = self._ask.named(ids_without_names(self._ask.home.library[name].returns, columns, rows))
        return {identifier: title(row["name"] or identifier, row["kind"]) for identifier, row in named.items()}

    def text(self, name: str) -> str:
        """The Cypher of one."""
        return self._ask.home.library[name].text
