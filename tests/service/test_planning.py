"""Queries are planned before any reader waits for them, all internal queries included; nothing is read or logged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

import graphsvc.service
from graphsvc.appdb import tables, transaction
from graphsvc.errors import OperatorError
from graphsvc.service import Service

pytestmark = pytest.mark.neo4j


def _log_length(service: Service) -> int:
    with transaction(service.database) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(tables.log)).scalar_one()


def _asked_by_pages(service: Service) -> set[str]:
    """Queries named in the code of the service, which answers pages."""
    folder = Path(graphsvc.service.__file__).parent
    texts = (file.read_text("utf-8") for file in folder.rglob("*.py"))
    return {name for text in texts for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', text) if name in service.library}


def test_every_query_of_the_services_own_can_be_planned_and_nothing_is_logged(service: Service) -> None:
    # Whole tables are only for files, not for pages, so no reader waits for their plans.
    own = {query.name for query in service.library.values() if query.kind == "internal" and query.subject != "tables"}
    page_queries = {name for name in _asked_by_pages(service) if not name.startswith("tables.")}
    before = _log_length(service)
    assert service.gate.plan(lambda: True) == len(own | page_queries) > len(own) > 20
    assert _log_length(service) == before


def test_planning_stops_when_it_is_told_to(service: Service) -> None:
    turns = iter([True, True, False])
    assert service.gate.plan(lambda: next(turns)) == 2


def test_a_service_that_closes_ends_its_planning(service: Service) -> None:
    service.plan_ahead()
    service.close()
    assert [thread.is_alive() for thread in service._threads] == [False]


def test_a_store_that_is_gone_is_no_fault_of_planning(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail_to_connect(_goes_on: object) -> int:
        raise OperatorError("Neo4j cannot be reached.")

    monkeypatch.setattr(service.gate, "plan", fail_to_connect)
    with caplog.at_level("INFO", logger="graphsvc"):
        service.plan_ahead()
        service.close()
    assert "Neo4j cannot be reached" in caplog.text
