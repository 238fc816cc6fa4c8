"""The main proof: readers not cleared for C, or for this case, get byte for byte the answers of a case without it.

There is one exception: a link denied by a statement of code C reads `contested`. So the case without C has one report
that denies each such link, in place of all these denials (`invented.without_c`). The result is the same whatever their
number and sources.

Every address of the app's own map with its JSON twin, every form, named query, command and notebook call is requested
from two services with the same keys and clock (`conftest`): one has the whole case, the other only what this reader may
see. Status, headers and bodies are compared whole.
"""

from __future__ import annotations

from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.service import Service
from graphsvc.web import create_app
from tests.leaks import calls, commands, pages

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="walks every page, command, query and call of two services")]


def test_every_address_is_walked(service: Service) -> None:
    assert pages.find_unwalked(create_app(service)) == set()


def test_every_command_is_walked() -> None:
    assert set(commands.leaves()) == set(commands.COMMANDS)


def test_every_call_of_a_notebook_is_walked(service: Service) -> None:
    session = service.session(accounts.only_account(service.database, ""), "tests")
    assert calls.public(session) == set(calls.CALLS)


def test_every_query_is_walked(twofold: Any) -> None:
    assert {name for name, _ in twofold.known.runs} == set(twofold.whole.library)


def test_the_walk_meets_what_there_is(twofold: Any) -> None:
    """Ensure that the tests below do not compare only errors."""
    walked = twofold.walked["whole", "reader"].answers
    good = [address for address, answer in walked["pages"].items() if answer.status == 200]
    rooms = {address.partition("?")[0].removesuffix(".json") for address in good}
    assert len(rooms) > 20, rooms
    assert len(good) > 150
    for kind, least in (("queries", 60), ("calls", 80), ("commands", 12)):
        answers = [str(answer) for answer in walked[kind].values()]
        successes = [
            answer for answer in answers if not answer.startswith(("Refused", "NotFound", "RequestError", "6", "7"))
        ]
        assert len(successes) > least, kind


@pytest.mark.parametrize("name", ["reader", "sourced"])
def test_without_clearance_for_c_it_is_as_if_c_had_never_been_loaded(twofold: Any, name: str) -> None:
    assert twofold.walked["whole", name].differing(twofold.walked["part", name]) == {}


@pytest.mark.parametrize("reader", ["outsider", "elsewhere"])
def test_a_case_that_is_not_granted_is_as_if_it_were_not_there(twofold: Any, reader: str) -> None:
    """Readers ask for the hidden case, and for their own case."""
    assert twofold.walked["whole", reader].differing(twofold.walked["absent", reader]) == {}


def test_the_case_holds_what_its_readers_are_not_shown(twofold: Any) -> None:
    """Ensure that the case has something to hide."""
    reader, outsider = (twofold.walked["whole", name].answers["calls"] for name in ("reader", "outsider"))
    assert reader["network.entities.counts () {}"] != outsider["network.entities.counts () {}"]
    hidden = [row for row in twofold.rows["links"] if row["statement_id"] == "XS3"]
    assert len(hidden) > 3
    links = twofold.walked["whole", "reader"].answers["queries"]
    assert sum(str(answer).count("contested") for answer in links.values()) > 3
