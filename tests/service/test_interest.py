"""Claims in which the source has an interest, and withdrawn statements: marked, without weight, but still shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.records.weights import SHIPPED
from graphsvc.service import Service, Session, quiet
from graphsvc.store.image import read_image
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import parse_tables, texts

pytestmark = pytest.mark.neo4j
PEOPLE = "id,name,category,handling\nB,Boss,,P\nA,Aide,,P\nW1,Wil One,witness,P\nW2,Wil Two,witness,P\n"
STATEMENTS = """id,kind,source_id,handling,status,on_record
T1,witness,W1,P,given,yes
T2,witness,W2,P,withdrawn,yes
R1,record,,C,given,
R2,record,,P,given,
"""
LINKS = """id,subject_id,relation,object_id,statement_id,polarity
1,B,DIRECTED,A,T1,asserts
2,B,DIRECTED,A,T2,asserts
3,B,RUNS,G,T2,asserts
4,A,PAID,B,T1,denies
5,A,PAID,B,R2,asserts
6,W1,OWES,B,R1,asserts
"""
DEBT_OF_A = "7,A,OWES,W1,R2,asserts\n"


TABLES = {"people": PEOPLE, "statements": STATEMENTS, "links": LINKS, "gangs": "id,name\nG,Gulls\n"}


def write(folder: Path, links: str = LINKS) -> Path:
    return texts(folder, **TABLES | {"links": links})


ROLES = {"sourced": ("analyst", WHOLE), "without": ("analyst", Grant("C"))}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), ROLES, "sourced", parse_tables(**TABLES))


def load_case(service: Service, case: str, folder: Path) -> None:
    service.session(accounts.only_account(service.database, ""), "tests", case).deliveries.load(folder, quiet)


def reader(service: Service, case: str, handling: str, *, sources: bool) -> Session:
    roles = frozenset({"analyst", "disclosure"})
    return service.session(Principal("pat", roles, {case: Grant(handling, sources=sources)}), "tests", case)


def marks(session: Session, *link: str) -> list[str | None]:
    return [row["interest"] for row in session.network.entities.between(*link).dicts() if row["statement"] == "T1"]


DIRECTED, PAID = ("B", "DIRECTED", "A"), ("A", "PAID", "B")


def test_a_claim_that_clearances_are_given_alike_is_in_memory_once(service: Service, case: str, tmp_path: Path) -> None:
    load_case(service, case, write(tmp_path / "case", LINKS + DEBT_OF_A))
    cleared = [(handling, sources) for handling in ("C", "P") for sources in (True, False)]
    by_clearance = {
        of: reader(service, case, of[0], sources=of[1]).leads._material.analysis_input()[0] for of in cleared
    }
    # Claims under C alone mark nothing that is computed under P.
    for (handling, _), claims in by_clearance.items():
        marked = {claim.interest for claim in claims if claim.key == DIRECTED}
        assert marked - {""} == {"owes" if handling == "C" else "owed"}
    for first, second in combinations(by_clearance.values(), 2):
        by_id = {claim.id: claim for claim in second}
        alike = [by_id[claim.id] is claim for claim in first if by_id.get(claim.id) == claim]
        assert all(alike)
        assert alike


def test_a_mark_rests_on_what_the_reader_may_see_and_takes_source_clearance(
    service: Service, case: str, tmp_path: Path
) -> None:
    load_case(service, case, write(tmp_path / "case", LINKS + DEBT_OF_A))
    # The debt to B is stated under C alone, A's debt under P.
    assert marks(reader(service, case, "C", sources=True), *DIRECTED) == ["owes"]
    assert marks(reader(service, case, "P", sources=True), *DIRECTED) == ["owed"]
    for handling in ("C", "P"):
        lowly = reader(service, case, handling, sources=False)
        rows = lowly.network.entities.between(*DIRECTED).dicts() + lowly.network.entities.look("B").claims
        assert rows
        assert all("interest" not in row for row in rows)
        assert {edge["interest"] for *_, edge in edges(lowly)} == {""}


def test_without_what_is_under_c_there_is_no_mark_of_it(people: Place) -> None:
    service, case = people.service, people.case
    assert marks(reader(service, case, "C", sources=True), *DIRECTED) == ["owes"]
    assert marks(reader(service, case, "P", sources=True), *DIRECTED) == [None]


def test_every_list_of_claims_shows_the_mark(people: Place) -> None:
    cleared = reader(people.service, people.case, "C", sources=True)
    _, why = cleared.leads.look("B")
    seen = [
        [row["interest"] for row in cleared.deliveries.statements.look("T1").claims],
        [row["interest"] for row in cleared.network.entities.look("A").claims if row["statement"] == "T1"],
        [row["interest"] for row in cleared.ask.rows("cases.claims", whole=True).dicts() if row["statement"] == "T1"],
        [claim.interest for claim in (*why.supporting, *why.denying) if claim.statement == "T1"],
        [edge["interest"] for *_, edge in cleared.graph("claims").edges(data=True) if edge["statement"] == "T1"],
    ]
    assert seen == [["owes", "owes"]] * len(seen)
    rows = cleared.queries.run("statements.interests").dicts()
    assert [(row["statement"], row["marked"]) for row in rows] == [("T1", 2)]


def test_a_table_may_give_such_claims_less_weight_at_each_level_by_its_own_marks(
    at_server: Any, case: str, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[interest]\nowes = 0.2\n", "utf-8")
    settings: Settings = at_server()
    folder = write(tmp_path / "case")
    with Service(settings) as service:
        load_case(service, case, folder)
        before = read_image(service.store(), case).links[DIRECTED]
    with Service(dataclasses.replace(settings, grading=own)) as service:
        service.recover()
        after = read_image(service.store(), case).links[DIRECTED]
        shipped = SHIPPED.chances["witness"]["DIRECTED"]
        odds = 0.2 * shipped / (1 - shipped)
        assert after["belief"] == pytest.approx(odds / (1 + odds))
        assert after["belief_p"] == before["belief_p"] == before["belief"] == pytest.approx(shipped)


# -- denied, and withdrawn ----------------------------------------------------------------------------------------


def test_denials_and_withdrawn_accounts_lower_belief_and_stay_everywhere(
    service: Service, case: str, tmp_path: Path
) -> None:
    standing = LINKS.replace("4,A,PAID,B,T1,denies\n", "")
    (tmp_path / "before").mkdir()
    folder = write(tmp_path / "before" / "case", standing)
    text = (folder / "statements.csv").read_text("utf-8")
    (folder / "statements.csv").write_text(text.replace("T2,witness,W2,P,withdrawn", "T2,witness,W2,P,given"), "utf-8")
    load_case(service, case, folder)
    before = read_image(service.store(), case).links
    load_case(service, case, write(tmp_path / "case"))
    after = read_image(service.store(), case).links
    assert after[DIRECTED]["belief"] < before[DIRECTED]["belief"]
    assert (before[DIRECTED]["groups"], after[DIRECTED]["groups"]) == (2, 1)
    assert after[PAID]["belief"] < before[PAID]["belief"]
    # No other source says that B runs G, so the link is gone. The claims about it are still shown.
    assert ("B", "RUNS", "G") in before
    assert ("B", "RUNS", "G") not in after
    for sources in (True, False):
        session = reader(service, case, "C", sources=sources)
        _, why = session.leads.look("B")
        answers = [
            {claim.key for claim in why.taken_back},
            {key(row) for row in session.network.entities.look("B").claims if row["status"] == "withdrawn"},
            {key(row) for row in session.queries.run("statements.taken_back").dicts()},
            {key(row) for row in session.ask.rows("cases.claims", whole=True).dicts() if row["status"] == "withdrawn"},
            {(a, edge["relation"], b) for a, b, edge in edges(session) if edge["status"] == "withdrawn"},
            {
                link
                for link in (DIRECTED, ("B", "RUNS", "G"))
                for row in session.network.entities.between(*link).dicts()
                if row["status"] == "withdrawn"
            },
        ]
        assert answers == [{DIRECTED, ("B", "RUNS", "G")}] * len(answers)
        denied = [
            {claim.key for claim in why.denying},
            {key(row) for row in session.network.entities.look("B").claims if row["polarity"] == "denies"},
            {key(row) for row in session.queries.run("statements.denials").dicts()},
            {(a, edge["relation"], b) for a, b, edge in edges(session) if edge["polarity"] == "denies"},
        ]
        assert denied == [{PAID}] * len(denied)
    withdrawn = reader(service, case, "C", sources=True).deliveries.statements.look("T2")
    assert {row["status"] for row in withdrawn.claims} == {"withdrawn"}
    assert len(withdrawn.claims) == 2


def key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["subject"], row["relation"], row["object"]


def edges(session: Session) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield from session.graph("claims").edges(data=True)


# -- on pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sources", [True, False])
def test_pages_tell_the_mark_beside_the_claim_with_source_clearance_alone(
    case: str, people: Place, sources: bool
) -> None:
    client = people.client("sourced" if sources else "without")
    pages = ["lead?id=B", "entity?id=B", "network/link?subject=B&relation=DIRECTED&object=A"]
    for page in pages + (["statement?id=T1"] if sources else []):
        answer = client.get(f"/case/{case}/{page}")
        assert answer.status_code == 200
        assert ("about a creditor of the source" in answer.text) == sources, page
