"""Every derived figure twice: on all intelligence, and on the record alone, each as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.service import Session
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import parse_tables

pytestmark = pytest.mark.neo4j
PEOPLE = "id,name,category,handling\nB,Boss,,P\nA,Aide,,P\nW1,Wil One,witness,P\nW2,Wil Two,witness,P\nW3,Wil Three,witness,P\n"
STATEMENTS = """id,kind,source_id,handling,on_record
T1,witness,W1,P,yes
T2,witness,W2,C,yes
T3,witness,W3,P,no
R1,record,,P,yes
I1,intelligence,,P,no
"""
LINKS = "id,subject_id,relation,object_id,statement_id\n" + "".join(
    f"{statement},B,DIRECTED,A,{statement}\n" for statement in ("T1", "T2", "T3", "R1", "I1")
)


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    rows = parse_tables(people=PEOPLE, statements=STATEMENTS, links=LINKS)
    return lambda: open_place(at_server(), {"ann": ("analyst", WHOLE), "pat": ("analyst", Grant("C"))}, "ann", rows)


def reader(people: Place, handling: str, *, sources: bool) -> Session:
    principal = Principal("pat", frozenset({"analyst"}), {people.case: Grant(handling, sources=sources)})
    return people.service.session(principal, "tests", people.case)


@pytest.mark.parametrize(
    ("handling", "sources", "all_groups", "on_record"),
    [("C", True, 3, 2), ("P", True, 2, 1), ("C", False, 3, "few"), ("P", False, "few", "few")],
)
def test_links_leads_and_frames_tell_groups_and_others_on_the_record(
    people: Place, handling: str, sources: bool, all_groups: int | str, on_record: int | str
) -> None:
    session = reader(people, handling, sources=sources)
    (lead,) = [lead for lead in session.leads.ranking().leads if lead.id == "B"]
    (hub,) = session.hubs().query("id == 'B'").to_dict("records")
    (link,) = session.network.entities.look("B").links
    (edge,) = [edge for *_, edge in session.graph("operation").edges(data=True)]
    (query,) = session.queries.run("people.on_the_record", {"person": "B"}).dicts()
    assert (lead.groups, lead.other_sources) == (all_groups, 2)
    assert (lead.groups_on_record, lead.other_sources_on_record, lead.rank_on_record) == (on_record, 1, 1)
    for row in (hub, link, edge, query):
        assert (row["groups_on_record"], row["other_sources_on_record"]) == (on_record, 1)
    assert hub["rank_on_record"] == 1


def test_pages_and_their_twins_tell_them(people: Place) -> None:
    client = people.client("pat")
    base = f"/case/{people.case}"
    resting = "resting on few independent groups of witnesses and 1 other source"
    for page in ("lead?id=B", "entity?id=B", "network/link?subject=B&relation=DIRECTED&object=A"):
        assert resting in client.get(f"{base}/{page}").text, page
    (row,) = [lead for lead in client.get(f"{base}/leads.json?all=yes").get_json()["leads"] if lead["id"] == "B"]
    assert (row["rank_on_record"], row["groups_on_record"], row["other_sources_on_record"]) == (1, "few", 1)
    assert client.get(f"{base}/leads.csv").text.splitlines()[0] == (
        "rank,best_rank,worst_rank,low_rank,high_rank,rests_on,moved_by,rank_without,"
        "rank_without_witnesses,surfaced,interest,name,id,score,groups,independent,"
        "other_sources,score_on_record,rank_on_record,groups_on_record,other_sources_on_record,denied,review,verdict"
    )
