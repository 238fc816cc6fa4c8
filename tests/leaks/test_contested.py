"""A denial under handling code C marks its link `contested` for readers cleared for P, and changes nothing else.

The same case gets one such denial after another: by each of two witnesses, by a report, by a record, by all of them.
Readers cleared for P get the same bytes every time, so the word reveals no source, no kind of source and no number.
Compared with the case without any denial, the data used for answers at P differs in one figure of that link.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service, quiet
from graphsvc.store.image import Image, read_image
from tests.leaks import homes, small
from tests.leaks.small import CASE, FIRST, Small, at_p
from tests.toolbox import clock
from tests.toolbox.rows import Tables, claim, write

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="reads every page of a case with each of several denials")]
LINK = ("boss-1", "ORGANISED", "crossing-1")
PEOPLE = {
    "low": small.PEOPLE["low"],
    "sourced": (("investigator", "analyst", "supervisor"), {CASE: Grant("P", sources=True)}),
    "whole": (("investigator", "analyst"), {CASE: Grant("C", sources=True)}),
}


def denial(statement: str, **cells: str) -> Tables:
    """A statement under C that denies the link; a witness as its source is named nowhere under P."""
    witness = cells.get("source_id", small.SEALED)
    return {
        "people": [{"id": witness}] if witness != small.SEALED else [],
        "statements": [{"id": statement, "handling": "C", **cells}],
        "links": [claim(*LINK, statement, polarity="denies")],
    }


def together(*deliveries: Tables) -> Tables:
    return {table: [row for delivery in deliveries for row in delivery[table]] for table in deliveries[0]}


ANN = denial("c-account-1", kind="witness", source_id="c-witness-1", source_grade="1", assessment="A", on_record="yes")
# This witness is a passenger; readers cleared for P see a pseudonym.
BEA = denial("c-account-2", kind="witness", source_id=small.SEALED, source_grade="3", assessment="E")
REPORT = denial("c-report", kind="intelligence", taken_on="2020-06-01", summary="was in hospital that night")
RECORD = denial("c-record", kind="record", source_grade="1", assessment="A")
DENIALS = {
    "nothing": Tables(),
    "one witness": ANN,
    "another witness": BEA,
    "a report": REPORT,
    "a record": RECORD,
    "all of them": together(ANN, BEA, REPORT, RECORD),
}
# Pages that depend on the link but do not change with its denial → why that accuses no one.
NOT_MARKED = {
    "entity": "the rank of a person outside the link",
    "export": "how many links an export would hold",
    "exposure": "how many people could have told something",
    "network": "how many links each entity has",
    "network/measures": "measures of a picture that marks the link itself",
    "network/node": "the rank of a person outside the link",
    "network/overview": "how many links join groups of entities",
    "network/overview/names": "the members of a group of entities, by links of any kind",
    "query?name=quality.undated": "how many claims have no date",
    "query?name=gangs.members": "on how many crossings a member of a gang is said to have had a part",
    "search": "how many links each entity has",
    "search/near": "how many links each entity has",
}


@dataclass
class Contested:
    """Answers and graph in each state of the case; state → reader → address → answer."""

    read: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)


@pytest.fixture(scope="module")
def contested_case(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Contested:
    folder, result = tmp_path_factory.mktemp("contested"), Contested()
    write(folder / "first", **FIRST)
    write(folder / "less", **{**FIRST, "links": [row for row in FIRST["links"] if _link(row) != LINK]})
    with clock.standing_still(), homes.hasty(Service(at_server(named="part", snapshot_rows=1))) as first:
        for name, (roles, grants) in PEOPLE.items():
            accounts.add(first.database, name, roles, grants)
        first.register.key(CASE, create=True)
        states = (*DENIALS, "no such link")
        copies = {state: homes.copy_home(first, at_server(named="part", snapshot_rows=1)) for state in states}
    for state, settings in copies.items():
        tables = DENIALS.get(state, Tables())
        with clock.standing_still(), homes.hasty(Service(settings)) as service:
            place, whole = Small(service), Small(service).session("whole")
            whole.deliveries.load(folder / "first" if state in DENIALS else folder / "less", quiet)
            if tables:
                write(folder / state, **tables)
                loaded = whole.deliveries.load(folder / state, quiet, partial=True)
                assert loaded.rejections == []
            result.images[state] = read_image(service.store(), CASE)
            result.read[state] = {"low": place.read("low"), "sourced": place.read("sourced", 1)}
            if tables:
                assert loaded.delivery is not None
                whole.deliveries.undo(loaded.delivery, quiet)
                result.images[f"{state}, taken back"] = read_image(service.store(), CASE)
            homes.wipe(service, CASE)
    return result


def _link(row: dict[str, str]) -> tuple[str, ...]:
    return row["subject_id"], row["relation"], row["object_id"]


def differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [request for request in before.keys() | after.keys() if before.get(request) != after.get(request)]


@pytest.mark.parametrize("reader", ["low", "sourced"])
@pytest.mark.parametrize("state", [*DENIALS][2:])
def test_whoever_denies_and_however_many_the_answers_are_the_same_bytes(
    contested_case: Contested, state: str, reader: str
) -> None:
    assert differing(contested_case.read["one witness"][reader], contested_case.read[state][reader]) == []


@pytest.mark.parametrize("state", [*DENIALS][1:])
def test_nothing_that_answers_at_p_are_made_of_differs_but_that_word(contested_case: Contested, state: str) -> None:
    before, after = at_p(contested_case.images["nothing"]), at_p(contested_case.images[state])
    assert before.keys() == after.keys()
    assert {key for key in before if before[key] != after[key]} == {LINK}
    changes = {name: after[LINK].get(name) for name in after[LINK] if after[LINK][name] != before[LINK].get(name)}
    assert changes == {"denying_p": -1, "denying_told_p": [-1, 0]}
    assert before[LINK].keys() <= after[LINK].keys()
    assert at_p(contested_case.images[f"{state}, taken back"]) == before


@pytest.mark.parametrize("reader", ["low", "sourced"])
def test_the_link_reads_contested_without_a_word_of_what_denies_it(contested_case: Contested, reader: str) -> None:
    before, after = (str(contested_case.read[state][reader]) for state in ("nothing", "all of them"))
    denied = '"denying":"contested"'
    assert denied not in before
    assert denied in after
    for word in ("c-account", "c-report", "c-record", "c-witness", "hospital"):
        assert word not in after


def test_a_statement_says_which_of_its_claims_is_contested(contested_case: Contested) -> None:
    request = "GET /case/classes/statement?id=report-1"
    assert ">contested<" not in contested_case.read["nothing"]["low"][request]
    assert contested_case.read["all of them"]["low"][request].count(">contested<") == 1


def _page(request: str) -> str:
    """Return the page of a request, without its form; of a named query with its name."""
    address = urlsplit(request.partition(f"/case/{CASE}/")[2])
    page = address.path.removesuffix(".json").removesuffix(".bin")
    return f"query?name={parse_qs(address.query)['name'][0]}" if page == "query" else page


@pytest.mark.parametrize("reader", ["low", "sourced"])
def test_every_answer_that_depends_on_the_link_says_that_it_is_contested(
    contested_case: Contested, reader: str
) -> None:
    """JSON twins are compared, because pages have words that vary by reader and time."""
    with_it, denied, without = (
        contested_case.read[state][reader] for state in ("nothing", "one witness", "no such link")
    )
    depending = {request for request in with_it if with_it[request] != without.get(request)}
    unmarked = {request for request in depending if with_it[request] == denied.get(request)}
    assert {page for page in map(_page, unmarked) if page not in NOT_MARKED} == set()
    assert len(depending) > 50
