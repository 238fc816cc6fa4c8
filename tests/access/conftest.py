"""One invented case, loaded three times into one database: as it is, as its twin, and without its C rows.

All three share the case key, so the same rows get the same pseudonyms and claim ids, and answers can be compared row by
row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from graphsvc.access import vault
from graphsvc.access.log import audit
from graphsvc.access.people.principal import ANY_CASE, Grant, Principal
from graphsvc.appdb import tables as appdb
from graphsvc.appdb import transaction
from graphsvc.config import Settings
from graphsvc.queries import Query
from graphsvc.service import Service
from tests.leaks import invented
from tests.leaks.invented import KEY
from tests.toolbox.rows import Tables, write

LOADER = Principal("loader", frozenset({"investigator"}), {ANY_CASE: Grant("C", sources=True)})


@dataclass(frozen=True)
class Cases:
    """A service with the case `one`, its rows, and a function that loads similar cases."""

    service: Service
    rows: Tables
    load: Callable[[str, Tables], None]

    def reader(self, handling: str, *, sources: bool = True) -> Principal:
        roles = frozenset({"investigator", "analyst", "disclosure", "custodian"})
        return Principal("reader", roles, {ANY_CASE: Grant(handling, sources=sources)})


@pytest.fixture(scope="module")
def cases(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    """The case `one`, in a database with no other case of this service yet."""
    folder = tmp_path_factory.mktemp("cases")
    rows = invented.simulate_case(folder / "simulated")

    with Service(at_server(named="part", snapshot_rows=1)) as service:

        def load(case: str, tables: Tables) -> None:
            wrapped = vault.encrypt(service.vault._master, KEY, f"case {case}")
            with transaction(service.database) as connection:
                values = {"id": case, "key_sealed": wrapped, "created_at": audit.now()}
                connection.execute(appdb.cases.insert().values(**values))
            write(folder / case, **tables)
            service.session(LOADER, "tests", case).deliveries.load(folder / case, lambda *_progress: None)

        load("one", rows)
        yield Cases(service, rows, load)


@pytest.fixture(scope="module")
def without_c(cases: Cases) -> Tables:
    """The rows of the case as if nothing with handling code C had ever been delivered."""
    return invented.without_c(cases.rows)


@pytest.fixture(scope="module")
def arguments(cases: Cases) -> Callable[[Query], list[dict[str, Any]]]:
    """`arguments(query)`: parameter sets worth trying: the defaults, the loosest, and several ids."""
    return lambda query: invented.arguments(query, cases.rows)
