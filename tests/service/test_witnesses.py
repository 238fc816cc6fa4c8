"""Witness paths for readers with and without source clearance, without hints about hidden sources."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable

import pytest

from graphsvc.access.log import audit
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.views.through import WITNESSES
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.clock import standing_still
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {
    "ann": ("analyst", WHOLE),
    "told": ("analyst", Grant("C")),
    "low": ("analyst", Grant("P")),
    "cus": ("custodian", WHOLE),
}
PEOPLE = ("boss", "chief", "aide", "pilot")
SAID = ("pilot PILOTED x1", "boss DIRECTED pilot")


def tables(voices: int = 2, on_record: str = "") -> Tables:
    """A case in which `voices` witnesses say the same about one lead; a record and reports name another lead.

    The witness `on_record`, if any, agreed to give evidence.
    """
    witnesses = [f"w{number}" for number in range(1, voices + 1)]
    return {
        "people": [{"id": name, "name": name.title(), "category": "suspect"} for name in PEOPLE]
        + [{"id": name, "name": name.title(), "category": "witness"} for name in ("w1", "w2", "w3")],
        "crossings": [{"id": "x1", "date": "2020-05-08"}],
        "gangs": [{"id": "g1", "name": "Dune"}],
        "statements": [
            *(
                {
                    "id": f"t{name}",
                    "kind": "witness",
                    "source_id": name,
                    "handling": "P",
                    "on_record": "yes" if name == on_record else "no",
                }
                for name in witnesses
            ),
            {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A", "on_record": "yes"},
            {"id": "i1", "kind": "intelligence", "handling": "P", "source_grade": "2", "assessment": "B"},
            {"id": "i2", "kind": "intelligence", "handling": "P", "source_grade": "2", "assessment": "C"},
        ],
        "links": [link for name in witnesses for link in statement_claims(f"t{name}", *SAID)]
        + statement_claims("r1", "chief RUNS g1")
        + statement_claims("i1", "chief DIRECTED aide", "chief ORGANISED x1")
        + statement_claims("i2", "chief PAID aide"),
    }


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "ann", tables())


def test_with_source_clearance_groups_stand_apart_and_open_to_their_sources(people: Place) -> None:
    through = people("ann").leads.witnesses.through(["boss"])
    assert {way.group for way in through.ways} == {"1", "2"}
    assert all(way.path_ids[-1] == "boss" for way in through.ways)
    assert {(["pilot", "PILOTED", "x1"][0], "x1")} <= {(link[0], link[2]) for way in through.ways for link in way.links}
    assert all(len(sources) == 1 and sources[0].startswith("Q-") for sources in through.groups.values())
    marks = {node.id for node in through.view.nodes if node.kind == "group"}
    assert marks == {f"{WITNESSES}1", f"{WITNESSES}2"}
    data = people.client("ann").get(f"/case/{people.case}/through/picture.json?id=boss").get_json()
    assert set(data["to"]) == marks


def test_without_it_witnesses_are_one_mark_that_leads_nowhere(people: Place) -> None:
    answer = people("told").leads.witnesses.through(["boss"])
    assert (answer.groups, {way.group for way in answer.ways}) == ({}, {""})
    (mark,) = (node for node in answer.view.nodes if node.kind == "group")
    assert (mark.id, mark.name) == (WITNESSES, "Witnesses")
    client = people.client("told")
    answers = [client.get(f"/case/{people.case}/through{part}?id=boss").text for part in ("", ".json", "/picture.json")]
    texts = [without_token(text) for text in answers]
    assert not any("Q-" in text or "tw1" in text for text in texts)
    assert "If they went on the record" not in texts[0]
    with pytest.raises(Refused):
        people("told").leads.witnesses.agreements()


def plain(text: str, case: str) -> str:
    """An answer without anything that differs between two cases: name, pseudonyms, and the form's token."""
    text = re.sub(r"[SQT](-[0-9A-HJKMNP-TV-Z]{4}){3}", "PSEUDONYM", text.replace(case, "CASE"))
    return without_token(text)


def without_token(text: str) -> str:
    """Remove the form's token, which is random and may spell anything."""
    return re.sub(r'(name="csrf_token" value|"csrf-token" content)="[^"]+"', "", text)


@pytest.mark.slow(reason="lays two cases to compare them")
def test_nothing_tells_whether_one_spoke_or_two_did(at_server: Callable[..., Settings]) -> None:
    answers = []
    moment = audit.now() + dt.timedelta(hours=1)  # pages say when they were read; no clock is set back
    for voices in (1, 2):
        with open_place(at_server(), READERS, "ann", tables(voices)) as place, standing_still(moment):
            client = place.client("told")
            pages = (
                "through",
                "through.json",
                "through/picture.json",
                "through?id=boss",
                "through.json?id=boss",
                "behind?id=x1",
            )
            whole = [plain(client.get(f"/case/{place.case}/{page}").text, place.case) for page in pages]
            answers.append(whole)
            (group,) = {len(place("ann").leads.witnesses.through(["boss"]).groups)}
            assert group == voices
    for first, second in zip(*answers, strict=True):
        assert first.splitlines() == second.splitlines()


def test_who_only_witnesses_put_forward_is_told_in_list_table_and_page(people: Place) -> None:
    ranks = {row["id"]: row["rank_without_witnesses"] for row in people("ann").leads.table()["hubs"]}
    assert ranks["chief"] == 1
    assert ranks["boss"] > 1
    client = people.client("ann")
    twin = client.get(f"/case/{people.case}/through.json").get_json()
    assert {row["id"]: row["rank_without_witnesses"] for row in twin["leads"]} == ranks
    assert "Without witnesses" in client.get(f"/case/{people.case}/lead?id=boss").text
    assert client.get(f"/case/{people.case}/leads?surfaced=yes").status_code == 200
    assert client.get(f"/case/{people.case}/leads?surfaced=no-such").status_code == 400
    assert "rank_without_witnesses" in client.get(f"/case/{people.case}/leads.csv").text.splitlines()[0]


def test_an_agreement_is_told_with_who_has_been_asked_often_enough(people: Place) -> None:
    session = people("ann")
    carrying = session.leads.witnesses.agreements()
    assert carrying
    assert all(now is None or now > 50 for each, _ in carrying for now, _ in each.ranks.values())
    assert not any(enough for _, enough in carrying)
    source = carrying[0][0].sources[0]
    claims = [claim.id for claim in session.leads.look("boss")[1].claims if claim.source == source]
    claims += [claim.id for claim in session.leads.look("pilot")[1].claims if claim.source == source]
    for claim in dict.fromkeys(claims):
        session.leads.questions.put("boss", claim)
    asked_enough = {each.sources: enough for each, enough in session.leads.witnesses.agreements()}
    assert asked_enough[carrying[0][0].sources] is (len(set(claims)) >= 3)


@pytest.mark.slow(reason="lays two cases to compare them")
def test_what_if_gives_the_ranks_of_a_case_that_really_is_so(people: Place, at_server: Callable[..., Settings]) -> None:
    what_if = people("ann").leads.witnesses.what_if()
    names = [lead.id for lead in what_if.leads]
    witness_changes = [change for change in what_if.without if change.number]
    assert {change.number for change in witness_changes} <= {"1", "2"}
    with open_place(at_server(), READERS, "ann", tables(1)) as place:
        missing = {lead.id: lead.rank for lead in place("ann").leads.ranking().leads}
    now = [lead.rank for lead in what_if.leads]
    expected = tuple(missing.get(name) for name in names)
    assert {change.ranks for change in witness_changes} == ({expected} if list(expected) != now else set())
    assert what_if.unchanged == 5 - len(what_if.without)  # two witnesses, a record and two reports
    with open_place(at_server(), READERS, "ann", tables(2, on_record="w1")) as place:
        ranking = place("ann").leads.ranking().leads
        agreed = {lead.id: lead.rank_on_record for lead in ranking if lead.score_on_record > 0}
    assert what_if.agreed
    assert {change.ranks for change in what_if.agreed} == {tuple(agreed.get(name) for name in names)}


def test_without_source_clearance_what_if_leaves_out_reports_and_records_alone(people: Place) -> None:
    client = people.client("told")
    what_if = client.get(f"/case/{people.case}/lead.json?id=chief").get_json()["what_if"]
    assert what_if["unchanged"] + len(what_if["without"]) == 3  # a record and two reports
    assert all(change["statement"] and not change["sources"] and not change["number"] for change in what_if["without"])
    assert what_if["agreed"] == []
    page = client.get(f"/case/{people.case}/lead?id=chief").text
    assert "One source were missing" in page
    assert "went on the record" not in page


def test_a_group_has_one_number_on_every_page(people: Place) -> None:
    client, base = people.client("ann"), f"/case/{people.case}"
    groups = client.get(f"{base}/groups.json").get_json()["groups"]
    number = {source: group["number"] for group in groups for source in group["sources"]}
    assert sorted(number.values()) == ["1", "2"]
    through = client.get(f"{base}/through.json?record=yes").get_json()
    lead = client.get(f"{base}/lead.json?id=boss").get_json()
    pairs = [(key, source) for key, sources in through["groups"].items() for source in sources]
    rows = [*through["agreements"], *lead["reasons"], *through["what_if"]["agreed"], *lead["what_if"]["without"]]
    pairs += [(row["number"], source) for row in rows for source in row["sources"] if row["number"]]
    assert len(pairs) >= 4
    assert all(number[source] == key for key, source in pairs)
    page = client.get(f"{base}/groups").text
    assert "Group 1" in page
    assert "Group 2" in page


def test_the_graph_and_the_queries_are_there_and_a_wrong_word_is_one_sentence(people: Place) -> None:
    session = people("ann")
    graph = session.graph(of="witnesses")
    assert {f"{WITNESSES}1", "boss", "pilot"} <= set(graph)
    assert json.dumps(sorted(graph.nodes))
    alone = session.frame("witnesses.alone")
    assert set(alone["subject"]) == {"boss", "pilot"}
    assert set(session.frame("witnesses.off_the_record")["subject"]) == {"boss", "pilot"}
    with pytest.raises(RequestError, match="claims, links, operation, witnesses, moves or linked"):
        session.graph(of="no-such")
    with pytest.raises(NotFound):
        session.leads.witnesses.through(["nobody"])
    with pytest.raises(RequestError, match="20 go"):
        session.leads.witnesses.through([f"p{number}" for number in range(21)])


def test_it_is_one_look_in_the_log_that_names_whose_words_were_followed(people: Place) -> None:
    client = people.client("ann")
    people.begin()
    client.get(f"/case/{people.case}/through.json?id=boss")
    (line,) = people.lines()
    assert (line["action"], line["detail"]["query"]) == ("analyse", "through")
    people.begin()
    client.get(f"/case/{people.case}/through?id=boss", headers={"Sec-Fetch-Dest": "document"}).get_data()
    (line,) = people.lines()
    assert (line["action"], line["detail"]["query"]) == ("analyse", "through")
