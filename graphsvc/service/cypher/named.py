"""Named queries: which of them somebody may run, and the answer of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphsvc.access.door.redact import Released
from graphsvc.errors import RequestError
from graphsvc.queries import Query
from graphsvc.service.ask import Ask


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
        """Run one on the case.

        Raises:
            RequestError: no such query, or a parameter is wrong. Refused, NotFound, Busy: see `access.door.gate`.
        """
        if self._ask.home.library[name].kind == "internal":
            raise RequestError(f"The query {name} is the service's own. `graphsvc query` lists those you can run.")
        return self._ask.read(name, parameters)

    def text(self, name: str) -> str:
        """The Cypher of one."""
        return self._ask.home.library[name].text
