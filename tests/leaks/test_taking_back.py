"""Undoing a delivery does not reveal who gave or interpreted a statement: proof by difference.

Two cases differ in one hidden cell: which of two people, both delivered by the same loader without source clearance, is
the source or the interpreter of another loader's statement. The loader undoes the delivery of one, and delivers it
again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import GraphsvcError
from graphsvc.service import Service, Session, quiet
from graphsvc.service.answers import Loaded
from tests.toolbox.accounts import WHOLE, add, session
from tests.toolbox.cases import new_name
from tests.toolbox.rows import Tables, claim, statement_claims, write

pytestmark = pytest.mark.neo4j
ROLES = {"ann": ("analyst", WHOLE), "ben": ("analyst", Grant("C")), "pat": ("analyst", Grant("P"))}
GUESSES = ("wit-x", "wit-y")
LINK = ("boss-1", "DIRECTED", "aide-1")
BASE: Tables = {
    "people": [{"id": "boss-1", "name": "Ari Berg"}, {"id": "aide-1", "name": "Bo Quist"}],
    "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
    "statements": [{"id": "rec-base", "kind": "record"}],
    "links": statement_claims(
        "rec-base", "boss-1 ORGANISED crossing-1", "aide-1 PILOTED crossing-1", "boss-1 DIRECTED aide-1"
    ),
}
# Hidden fact → rows about one of the two people, delivered by others.
STATEMENTS: dict[str, Callable[[str], Tables]] = {
    "who gave an account": lambda who: {
        "statements": [{"id": "T1", "kind": "witness", "source_id": who}],
        "links": [claim(*LINK, "T1")],
    },
    "who denied": lambda who: {
        "statements": [{"id": "T1", "kind": "witness", "source_id": who, "handling": "C"}],
        "links": [claim(*LINK, "T1", polarity="denies")],
    },
    "who interpreted": lambda who: {
        "statements": [{"id": "T1", "kind": "intelligence", "interpreter_id": who}],
        "links": [claim(*LINK, "T1")],
    },
}


def theirs(who: str) -> Tables:
    """The loader's delivery of one of the two people."""
    return {
        "people": [{"id": who, "name": "Hewa Karim" if who == "wit-x" else "Dilan Aziz"}],
        "statements": [{"id": f"mine-{who}", "kind": "record"}],
        "links": statement_claims(f"mine-{who}", f"{who} CROSSED_ON crossing-1"),
    }


def sees(reader: Session) -> list[Any]:
    """Answers to a reader about the link, the statements and the counts of entities."""
    network = reader.network.entities
    answers: list[Any] = [reader.ask.rows("network.among", ids=["boss-1", "aide-1"]).dicts(), network.counts()]
    for identifier in ("T1", "rec-base"):
        try:
            answers.append(reader.deliveries.statements.look(identifier).numbers)
        except GraphsvcError as error:
            answers.append(str(error))
    return answers


@pytest.mark.changes
@pytest.mark.parametrize("hidden", STATEMENTS)
def test_taking_back_tells_nothing_of_statements_of_others(
    at_server: Callable[..., Settings], tmp_path: Path, hidden: str
) -> None:
    answers: dict[str, list[Any]] = {}
    with Service(at_server()) as service:
        add(service, "*", ROLES)

        def load(who: Session, tables: Tables, *, partial: bool = False) -> Loaded:
            folder = tmp_path / new_name()
            write(folder, **tables)
            loaded = who.deliveries.load(folder, quiet, partial=partial)
            assert loaded.rejections == []
            return loaded

        for guess in GUESSES:
            case = new_name()
            ann, ben, pat = (session(service, name, case) for name in ROLES)
            load(ann, BASE)
            first = load(ben, theirs("wit-x")).delivery
            load(ben, theirs("wit-y"))
            load(ann, STATEMENTS[hidden](guess), partial=True)
            seen = answers[guess] = [sees(ben), sees(pat)]
            assert first is not None
            ben.deliveries.undo(first, quiet)
            seen += [sees(ben), sees(pat)]
            seen.append(load(ben, theirs("wit-x")).outcome["counts"])
            seen += [sees(ben), sees(pat)]
    assert answers["wit-x"] == answers["wit-y"]
