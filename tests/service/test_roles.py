"""Every cell of the table of roles, by a real call: each role tries each action."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graphsvc.access.people import accounts, policy
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.errors import GraphsvcError, Refused
from graphsvc.service import Service, Session
from graphsvc.service.protection.holds import NewHold
from graphsvc.simulate import simulate

pytestmark = pytest.mark.neo4j
CASE = "roles-of-this-test"
EVERYTHING = {"*": Grant("C", sources=True)}
HOLD = NewHold("investigation", "owner", "a reason that is long enough", dt.date(2030, 1, 1))
REASON = "a reason that is long enough"

# Action → a call that does it. The object of the call need not exist, because the role is checked first.
CALLS: dict[str, Callable[[Session], object]] = {
    "read": lambda session: session.network.entities.counts(),
    "query": lambda session: session.queries.run(
        "people.list" if "people.list" in _names(session) else _names(session)[0]
    ),
    "analyse": lambda session: session.leads.ranking(),
    "export": lambda session: session.exports.given.list_exports(),
    "review": lambda session: session.leads.reviews.add("no-such-person", "agree", REASON),
    "keep": lambda session: session.network.views.delete("no-such-view"),
    "regroup": lambda session: session.leads.groups.decide(
        "Q-0", "Q-1", "independent", REASON, lambda *_progress: None
    ),
    "load": lambda session: session.deliveries.require(),
    "cypher": lambda session: session.cypher.examine("RETURN 1 AS one"),
    "log": lambda session: session.log.lines(),
    "accounts": lambda session: session.accounts.list_accounts(),
    "reveal": lambda session: session.protection.reveals.ask("S-0000-0000-0000", REASON),
    "agree": lambda session: session.protection.reveals.agree("no-such-request"),
    "hold": lambda session: session.protection.holds.add(HOLD),
    "known": lambda session: session.search.find_pseudonyms("Nobody At All"),
    "seal": lambda session: session.protection.sealings.ask("no-such-person", REASON),
    "open": lambda session: session.protection.sealings.ask_opening("S-0000-0000-0000", REASON),
    "erase": lambda session: session.protection.erasures.ask("no-such-person", REASON),
    "keys": lambda session: session.protection.rotate_key(),
}
# These calls succeed; the others ask about something that does not exist.
SUCCEED = {"read", "query", "known", "analyse", "export", "load", "cypher", "log", "accounts", "hold"}
CELLS = [(role, action) for role in policy.ROLES for action in policy.ACTIONS]


def _names(session: Session) -> list[str]:
    """Queries that run without parameters."""
    library = session.ask.home.library
    return [query.name for query in library.public() if all(p.default is not None for p in query.parameters)]


@pytest.fixture(scope="module")
def roles_service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("roles") / "delivery"
    simulate(folder, seed=4, people=40)
    with Service(at_server()) as service:
        loader = accounts.only_account(service.database, "")
        service.session(loader, "tests", CASE).deliveries.load(folder, lambda *_progress: None)
        yield service


def asking(service: Service, role: str) -> Session:
    return service.session(Principal(role, frozenset({role}), EVERYTHING, free_cypher=True), "testing", CASE)


def test_every_action_has_a_call() -> None:
    assert set(CALLS) == set(policy.ACTIONS)


@pytest.mark.parametrize(("role", "action"), CELLS)
def test_each_cell_is_what_happens(roles_service: Service, role: str, action: str) -> None:
    session = asking(roles_service, role)
    if role not in policy.ALLOWED[action]:
        with pytest.raises(Refused):
            CALLS[action](session)
        return
    try:
        CALLS[action](session)
    except Refused as error:
        pytest.fail(f"refused: {error}")
    except GraphsvcError:
        assert action not in SUCCEED


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_neither_administrator_nor_auditor_has_a_case(roles_service: Service, role: str, tmp_path: Path) -> None:
    session = asking(roles_service, role)
    assert session.cases() == []
    for attempt in (
        lambda: session.network.entities.look("P1"),
        lambda: session.deliveries.statements.look("S1"),
        lambda: session.search.find("a"),
        lambda: session.search.said("a"),
        lambda: session.network.growth("P1"),
        lambda: session.network.paths.find(("P1", "P2")),
        lambda: session.deliveries.list_deliveries(),
        lambda: session.graph(),
        lambda: session.hubs(),
        lambda: session.network.overview.draw(),
        lambda: session.network.views.list_views(),
        lambda: session.frame(_names(session)[0]),
        lambda: session.deliveries.load(tmp_path, lambda *_progress: None),
        lambda: session.leads.look("P1"),
    ):
        with pytest.raises(Refused):
            attempt()
