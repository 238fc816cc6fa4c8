"""A graph without the latest changes is restored from the deliveries or refused, and never read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.cases.locks import Locks
from graphsvc.config import Settings
from graphsvc.errors import Busy, OperatorError
from graphsvc.service import Service, quiet
from graphsvc.store import mark
from graphsvc.store.bolt import Store
from graphsvc.store.image import difference, read_image, write
from tests.leaks import homes
from tests.leaks.small import FIRST
from tests.toolbox import rows

pytestmark = pytest.mark.neo4j
CASE = "lost"


@pytest.fixture
def home(at_server: Callable[..., Settings], tmp_path: Path) -> Settings:
    """A home with a loaded case."""
    chosen = at_server()
    rows.write(tmp_path / "1", **FIRST)
    with Service(chosen) as service:
        owner = accounts.only_account(service.database, "")
        assert service.session(owner, "tests", CASE).deliveries.load(tmp_path / "1", quiet).committed
    return chosen


def take_out_one(service: Service) -> None:
    """Remove the links of the case from the store behind the service's back, and leave the mark."""
    before = read_image(service.store(), CASE)
    less = read_image(service.store(), CASE)
    less.links.clear()
    write(service.store(), CASE, difference(before, less), 5000, quiet)


@pytest.mark.parametrize(
    "damage", [lambda service: homes.wipe(service, CASE), take_out_one], ids=["emptied", "thinned"]
)
def test_a_store_that_was_emptied_is_restored_at_the_next_start(
    home: Settings, damage: Callable[[Service], None]
) -> None:
    with Service(home) as service:
        before = read_image(service.store(), CASE)
        damage(service)
        assert read_image(service.store(), CASE) != before
    with Service(home) as service:
        session = service.session(accounts.only_account(service.database, ""), "tests", CASE)
        assert session.leads.table()["hubs"][0]["id"] == "boss-1"
        assert read_image(service.store(), CASE) == before


def lose_mark(service: Service) -> None:
    """Remove the whole case, with the mark."""
    homes.wipe(service, CASE)
    service.store().write("MATCH (m:GraphsvcMark {of: $case}) DELETE m", {"case": CASE})


def empty(service: Service) -> None:
    """Empty the case by Cypher, and leave the mark."""
    service.store().write("MATCH (n {case: $case}) DETACH DELETE n", {"case": CASE})


@pytest.fixture
def check_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have cases checked at every question, without a pause."""
    monkeypatch.setattr(mark, "_EVERY_S", 0.0)
    monkeypatch.setattr(mark, "_TIMES", 0.0)


@pytest.mark.usefixtures("check_always")
@pytest.mark.parametrize("damage", [lose_mark, empty, take_out_one])
def test_a_graph_that_is_emptied_while_it_is_read_is_refused_and_restored(
    home: Settings, damage: Callable[[Service], None]
) -> None:
    with Service(home) as service:
        session = service.session(accounts.only_account(service.database, ""), "tests", CASE)
        assert session.network.entities.counts()["person"] == 4
        before = read_image(service.store(), CASE)
        damage(service)
        with pytest.raises(OperatorError, match="lacks the latest changes"):
            session.leads.table()
        with pytest.raises(Busy):
            session.network.entities.counts()
        assert read_image(service.store(), CASE) != before
        assert service.recover() == [CASE]
        assert read_image(service.store(), CASE) == before
        assert session.network.entities.counts()["person"] == 4


def test_a_whole_case_is_counted_again_only_when_the_size_of_the_store_changed(
    home: Settings, monkeypatch: pytest.MonkeyPatch, check_always: None
) -> None:
    counted: list[str] = []
    count = mark.read_held

    def count_again(store: Store, case: str) -> mark.Held:
        counted.append(case)
        return count(store, case)

    monkeypatch.setattr(mark, "read_held", count_again)
    with Service(home) as service:
        session = service.session(accounts.only_account(service.database, ""), "tests", CASE)
        session.network.entities.counts()
        once = len(counted)
        for _ in range(3):
            session.leads.table()
            session.network.entities.counts()
        assert len(counted) == once
        service.store().write("CREATE (:Unrelated)", {})
        try:
            session.network.entities.counts()
            assert len(counted) == once + 1
        finally:
            service.store().write("MATCH (n:Unrelated) DELETE n", {})


@pytest.mark.parametrize("handling", ["C", "P"])
def test_an_answer_read_from_an_emptied_graph_is_not_kept(home: Settings, handling: str) -> None:
    """One look before the next check may read the emptied graph, but its answer is gone once the case is restored."""
    with Service(home) as service:
        owner = replace(accounts.only_account(service.database, ""), grants={CASE: Grant(handling)})
        session = service.session(owner, "tests", CASE)
        whole = service.session(owner, "tests", CASE).network.entities.counts()
        empty(service)
        service.gate.forget()
        assert session.leads.table()["hubs"] == []
        service.gate._checks._due.clear()
        with pytest.raises(OperatorError, match="lacks the latest changes"):
            session.network.entities.counts()
        assert service.recover() == [CASE]
        assert session.network.entities.counts() == whole
        assert session.leads.table()["hubs"][0]["id"] == "boss-1"


def test_what_another_process_writes_meanwhile_is_not_taken_for_lost(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting the graph takes a while. A case written in the meantime is not lost."""
    read_held, behind = mark.read_held, [CASE]

    def slowly(store: Store, case: str) -> mark.Held:
        return mark.Held("of before", {}) if behind and behind.pop() else read_held(store, case)

    with Service(home) as service:
        store = service.store()
        monkeypatch.setattr(mark, "read_held", slowly)
        assert not service.casework.close_lost(store)
        assert [case["state"] for case in service.register.cases()] == ["open"]
        # While another process writes the case, it is not checked; a write of this process does not prevent the
        # check.
        homes.wipe(service, CASE)
        with Locks(home.home).case(CASE):
            assert not service.casework.close_lost(store)
        with service.casework._locks.case(CASE):
            assert service.casework.close_lost(store)
        assert [case["state"] for case in service.register.cases()] == ["loading"]
        assert service.recover() == [CASE]


def test_a_case_that_cannot_be_opened_keeps_no_other_closed(home: Settings, tmp_path: Path) -> None:
    with Service(home) as service:
        owner = accounts.only_account(service.database, "")
        rows.write(tmp_path / "2", **FIRST)
        assert service.session(owner, "tests", "another").deliveries.load(tmp_path / "2", quiet).committed
        real = service.register.key

        def key(case: str, *, create: bool) -> bytes:
            if case == "another":
                raise OperatorError("The vault cannot open it.")
            return real(case, create=create)

        for case in (CASE, "another"):
            service.register.close(case)
        service.register.key = key  # type: ignore[method-assign]
        assert service.recover() == [CASE]
        assert service.session(owner, "tests", CASE).network.entities.counts()["person"] == 4
        with pytest.raises(Busy):
            service.session(owner, "tests", "another").network.entities.counts()
