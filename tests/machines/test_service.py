"""The service on the demo case: it sends only numbers to other machines, and gets the results it would compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.analysis.side_by_side import THIS_MACHINE
from graphsvc.errors import OperatorError
from graphsvc.machines import other_machines, tasks
from graphsvc.machines.packing import pack, unpack
from graphsvc.service import Service
from tests.machines.cluster import scheduler, workers

pytestmark = pytest.mark.neo4j


class _Read:
    """This machine, limited to data that could be sent to another one."""

    def __init__(self) -> None:
        self.works: set[str] = set()

    def each(self, work: Callable[..., Any], shared: Any, inputs: Iterable[Any]) -> Iterator[Any]:
        name = tasks.name_of(work)
        self.works.add(name.rpartition(":")[2])
        sent = tasks.unpack_shared(pack(shared))
        for thing in inputs:
            result = unpack(tasks.done(name, sent, pack(thing)))
            assert pack(result)
            yield result

    def close(self) -> None:
        pass


def _all_results(service: Service) -> list[Any]:
    """All results that the service has others compute, for a reader with full clearance."""
    who = next(account for account in accounts.list_accounts(service.database) if "*" in account.grants)
    session = service.session(who, "tests", "demo")
    ranking = session.leads.ranking()
    first = [lead.id for lead in ranking.leads[:2]]
    return [
        ranking,
        session.leads.places(),
        [session.leads.falsehood(lead) for lead in first],
        [session.leads.questions.next(lead) for lead in first],
        session.displacement.closures(),
        session.linkage.clusters(),
    ]


@pytest.mark.slow(reason="computes a reader's pages of the demo case twice")
def test_what_is_handed_over_is_numbers_alone(demo: Service) -> None:
    read = _Read()
    with Service(replace(demo.settings, snapshot_rows=0)) as alone:
        expected = _all_results(alone)
    with Service(replace(demo.settings, snapshot_rows=0)) as service:
        service.processors = read
        assert _all_results(service) == expected
    assert read.works == {"without_some", "ranks_drawn", "head_of_deal", "standing_of"}


@pytest.mark.slow(reason="computes a reader's pages of the demo case twice")
def test_with_a_scheduler_it_answers_as_without(
    demo: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Service(replace(demo.settings, snapshot_rows=0)) as alone:
        assert alone.processors is THIS_MACHINE
        expected = _all_results(alone)
    with (
        scheduler(tmp_path) as (address, _),
        workers(address, 2),
        Service(replace(demo.settings, snapshot_rows=0, scheduler=address)) as service,
    ):
        processors: Any = service.processors
        assert type(processors) is other_machines.OtherMachines
        processors._here_s = 0.0
        assert _all_results(service) == expected
        assert _is_connected(service)
    assert not _is_connected(service)
    assert not [record for record in caplog.records if record.name.startswith("graphsvc.machines")]


def _is_connected(service: Service) -> bool:
    processors: Any = service.processors
    return processors._connection is not None


def test_no_home_opens_with_a_scheduler_over_a_network_in_the_clear(demo: Service) -> None:
    with pytest.raises(OperatorError, match=r"^GRAPHSVC_SCHEDULER is 'tcp://10\.0\.0\.5:8786', but takes tls"):
        Service(replace(demo.settings, scheduler="tcp://10.0.0.5:8786"))
