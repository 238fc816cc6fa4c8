"""A case over time: deliveries that name the same people again, undo, sealing and erasing; pages are read after each.

A reader cleared for P alone reads every page before, during and after the presence of rows under handling code C,
and each page is byte for byte the same. After each step, people who were ever sealed are searched for in graph, pages,
log and every file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access import vault
from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service, quiet
from graphsvc.store.image import read_image
from tests.leaks import homes, small
from tests.leaks.small import CASE, FIRST, SEALED_NAME, Small
from tests.toolbox import clock
from tests.toolbox.rows import Tables, statement_claims, write
from tests.toolbox.two_persons import seal

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="reads a case after each of many deliveries")]

# These people are named, and a reader cleared for P knows them.
WITNESS, OTHER = "aide-1", "aide-2"


def account(number: int, source: str, grade: str = "2", day: str = "2020-06-01") -> dict[str, str]:
    return {
        "id": f"hidden-account-{number}",
        "kind": "witness",
        "handling": "C",
        "source_id": source,
        "source_grade": grade,
        "taken_on": day,
        "summary": "Bo Quist says that Ari Berg was there",
        "interest": "was promised to stay",
    }


# Different rows under C about people known by name: a statement, and the deliverer's rows about these people.
HIDDEN: dict[str, Tables] = {
    "a first account, with the row of its source": {
        "people": [
            {
                "id": WITNESS,
                "name": "Bo Quist",
                "category": "witness",
                "handling": "C",
                "notes": "is afraid of Ari Berg",
            }
        ],
        "statements": [account(1, WITNESS)],
        "links": statement_claims(
            "hidden-account-1", "boss-1 DIRECTED aide-1", "boss-1 COERCED aide-1", "boss-1 PAID aide-2"
        ),
    },
    "one more of the same witness, whose row says less": {
        "people": [{"id": WITNESS, "name": "", "category": "", "aliases": "Shorty"}],
        "statements": [account(2, WITNESS, "1", "2020-07-01")],
        "links": statement_claims("hidden-account-2", "boss-1 ORGANISED crossing-1", "aide-1 CROSSED_ON crossing-1"),
    },
    "another witness, with a phone and a house": {
        "people": [{"id": OTHER, "name": "Cas Roe", "sealed": "yes", "age_disputed": "yes", "date_of_birth": "2006"}],
        "things": [{"id": "phone-1", "kind": "phone", "value": "+447700900321"}],
        "statements": [account(3, OTHER)],
        "links": statement_claims(
            "hidden-account-3", "aide-2 USED phone-1", "boss-1 DIRECTED aide-2", "aide-1 SAME_AS aide-2"
        ),
    },
}
# Rows under P that change what every reader sees: people who appear again. Their names are too long to occur in a
# cipher by chance: names of four letters do in one of a dozen homes.
SHOWN: dict[str, Tables] = {
    "a report": {
        "people": [
            {"id": "aide-3", "name": "Dovenant Lindqvist", "notes": "Dovenant Lindqvist drives"},
            {"id": "boss-1"},
        ],
        "statements": [
            {"id": "report-2", "kind": "intelligence", "handling": "P", "summary": "Dovenant Lindqvist met Bo Quist"}
        ],
        "links": statement_claims("report-2", "aide-3 ASSISTED crossing-1", "aide-3 CONTACTED aide-1"),
    },
    "rows without a name, as an empty table brings them": {
        "people": [
            {"id": identifier, "name": "", "category": "", "sealed": "", "age_disputed": "", "date_of_birth": ""}
            for identifier in (small.SEALED, WITNESS, "aide-3")
        ],
    },
    "the sealed by another name, said to act": {
        "people": [{"id": small.SEALED, "name": "Verenike Nightingale", "category": "suspect", "sealed": "no"}],
        "statements": [
            {
                "id": "report-3",
                "kind": "record",
                "handling": "P",
                "summary": f"{SEALED_NAME} paid, as Verenike Nightingale",
            }
        ],
        "links": statement_claims("report-3", f"{small.SEALED} PILOTED crossing-1"),
    },
}


@dataclass
class Told:
    """A service whose case changes over time."""

    small: Small
    folder: Path
    delivery: dict[str, int] = field(default_factory=dict)
    looks: int = 0

    def load(self, name: str, tables: Tables, watching: Callable[[], object] = lambda: None) -> None:
        write(self.folder / str(len(self.delivery)), **tables)

        def progress(_done: int, _total: int, text: str) -> None:
            if text.startswith("writing"):
                watching()

        loaded = self.small.session("whole").deliveries.load(
            self.folder / str(len(self.delivery)), progress, partial=True
        )
        assert loaded.rejections == []
        assert loaded.delivery is not None
        self.delivery[name] = loaded.delivery


@pytest.fixture(scope="module")
def timeline(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("over-time")
    people = {
        "low": small.PEOPLE["low"],
        "whole": (("investigator", "analyst"), {CASE: Grant("C", sources=True)}),
        "cus": (("custodian",), {CASE: Grant("C", sources=True)}),
        "sup": (("supervisor",), {CASE: Grant("C", sources=True)}),
    }
    with clock.standing_still(), homes.hasty(Service(at_server(named="part", snapshot_rows=1))) as service:
        for name, (roles, grants) in people.items():
            accounts.add(service.database, name, roles, grants)
        result = Told(Small(service), folder)
        result.load("first", FIRST)
        result.small.session("low").network.comments.add([WITNESS], "is often there")
        yield result


def test_what_is_c_is_seen_by_nobody_cleared_for_p_before_while_and_after_it_comes_and_goes(timeline: Told) -> None:
    low = timeline.small.session("low")

    def read_answers() -> list[Any]:
        timeline.small.service.forget()
        return [
            timeline.small.client("low").get(f"/case/{CASE}/leads.json").get_json(),
            low.cases(),
            low.deliveries.list_deliveries(),
        ]

    before, at_rest = timeline.small.read("low"), read_answers()
    for name, tables in HIDDEN.items():
        during: list[Any] = []
        timeline.load(name, tables, lambda seen=during: seen.append(read_answers()))  # type: ignore[misc]
        assert during
        assert all(answer == at_rest for answer in during), name
        assert differing(before, timeline.small.read("low")) == [], name
    whole = timeline.small.session("whole")
    # Readers with clearance see the rows.
    assert len(whole.ask.rows("cases.links", whole=True).rows) > len(low.ask.rows("cases.links", whole=True).rows)
    for name in list(HIDDEN)[1::-1]:
        whole.deliveries.undo(timeline.delivery[name], quiet)
        assert differing(before, timeline.small.read("low")) == [], name


def test_who_was_ever_sealed_is_nowhere_whatever_comes_later(timeline: Told) -> None:
    names = [SEALED_NAME, "Veronica", "Abelard"]
    for name, tables in SHOWN.items():
        timeline.load(name, tables)
        if "another name" in name:
            names += ["Verenike", "Nightingale"]
        assert find_words(timeline, names) == [], name
    pages = timeline.small.read("low")
    assert "Dovenant Lindqvist" in str(pages)  # a person who acts is named; an empty row does not change that
    key = timeline.small.service.register.key(CASE, create=False)
    hidden = vault.pseudonym(key, "person", small.SEALED)
    assert hidden in str(pages)
    whole = timeline.small.session("whole")
    whole.deliveries.undo(timeline.delivery["the sealed by another name, said to act"], quiet)
    assert find_words(timeline, names) == []
    seal(timeline.small.session("cus"), timeline.small.session("sup"), "aide-3")
    timeline.load(
        "again by name",
        {"people": [{"id": "aide-3", "name": "Dovenant Lindqvist", "sealed": "no", "category": "suspect"}]},
    )
    names += ["Dovenant", "Lindqvist"]
    assert find_words(timeline, names) == []
    request = timeline.small.session("cus").protection.erasures.ask(WITNESS, "the court says so")
    timeline.small.session("sup").protection.erasures.agree(request, quiet)
    names += ["Quist"]
    assert find_words(timeline, names) == []
    timeline.load("after it", {"people": [{"id": small.SEALED, "name": SEALED_NAME, "sealed": ""}]})
    assert find_words(timeline, names, whole=True) == []


def differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [request for request in before.keys() | after.keys() if before.get(request) != after.get(request)]


def find_words(timeline: Told, names: list[str], *, whole: bool = False) -> list[str]:
    """Places where any of these words occurs: the graph, pages of both readers, the log, files of the home.

    Names removed by one step must stay away after all later steps. So each step requests every address,
    alternating between its page and its JSON twin, and the last step (`whole`) requests both.
    """
    timeline.looks += 1
    turn = None if whole else timeline.looks % 2
    service = timeline.small.service
    image = read_image(service.store(), CASE)
    places = {
        "graph": str((image.nodes, image.claims, image.links, image.given)),
        "pages at P": str(timeline.small.read("low", turn)),
        "pages at C": str(timeline.small.read("whole", turn)),
        "log": str(audit.lines(service.database, newest=100_000)),
    }
    for path in service.settings.home.rglob("*"):
        if path.is_file():
            places[str(path.relative_to(service.settings.home))] = path.read_bytes().decode("latin-1")
    return [
        f"{name} in {place}: {text[max(text.index(name) - 30, 0) :][:80]!r}"
        for place, text in places.items()
        for name in names
        if name in text
    ]
