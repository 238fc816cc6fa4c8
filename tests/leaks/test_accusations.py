"""No accusation is shown without its denial: readers cleared for P see *contested* on a link denied under C."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from graphsvc.access.log.audit import now
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.displacement.cohorts import whereabouts
from graphsvc.analysis.displacement.stays import WorkPlace, WorkTie
from graphsvc.config import Settings
from graphsvc.service import PictureRequest, Wanted
from graphsvc.views.displacement.safeguarding import at_risk
from graphsvc.views.picture.folding import groups
from graphsvc.views.picture.since import changed_links
from tests.toolbox.accounts import WHOLE, Roles
from tests.toolbox.cases import Place, open_place
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
ROLES: Roles = {
    "inv": ("investigator", WHOLE),
    "low": ("analyst", Grant("P")),
    "high": ("investigator", Grant("C")),
    "sourced": ("analyst", Grant("P", sources=True)),
}
LINKS = (
    "boss-1 ORGANISED crossing-1",
    "boss-1 RUNS gang-1",
    "boss-1 CONTROLS site-1",
    "boss-1 USED phone-1",
    "aide-1 PILOTED crossing-1",
    "aide-1 ASSOCIATES_WITH boss-1",
    "gang-2 RIVAL_OF gang-1",
)
FIRST: Tables = {
    "people": [
        {"id": "boss-1", "name": "Ari Berg", "category": "suspect"},
        {"id": "aide-1", "name": "Bo Quist", "category": "suspect"},
        {"id": "idle-1", "name": "Cy Tell", "category": "suspect"},
    ],
    "gangs": [{"id": "gang-1", "name": "The Landing"}, {"id": "gang-2", "name": "The Other"}],
    "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
    "workplaces": [{"id": "site-1", "name": "Rooms 24", "kind": "online"}],
    "things": [{"id": "phone-1", "kind": "phone", "value": "+447700900123"}],
    "statements": [{"id": "rep-1", "kind": "intelligence", "handling": "P"}],
    "links": [
        *({**row, "place": "Loon beach"} for row in statement_claims("rep-1", *LINKS)),
        *statement_claims("rep-1", "idle-1 ASSOCIATES_WITH boss-1"),
    ],
}
DENIALS: Tables = {
    "statements": [{"id": "rep-c", "kind": "intelligence", "handling": "C"}],
    "links": [{**row, "polarity": "denies"} for row in statement_claims("rep-c", *LINKS)],
}
LATER: Tables = {
    "statements": [{"id": report, "kind": "intelligence", "handling": "P"} for report in ("rep-2", "rep-3")],
    "links": [
        row
        for report in ("rep-2", "rep-3")
        for row in statement_claims(
            report, "aide-1 ORGANISED crossing-1", "aide-1 RUNS gang-1", "aide-1 CONTROLS site-1"
        )
    ],
}
ACCUSED = ("boss-1 ORGANISED crossing-1", "boss-1 RECRUITED wit-1", "boss-1 RECRUITED wit-2")
WITNESSED: Tables = {
    "people": [*FIRST["people"], {"id": "wit-1"}, {"id": "wit-2"}],
    "crossings": FIRST["crossings"],
    "statements": [{"id": f"acc-{n}", "kind": "witness", "source_id": f"wit-{n}", "handling": "P"} for n in (1, 2)],
    "links": [
        *statement_claims("acc-1", *ACCUSED, "wit-1 CROSSED_ON crossing-1"),
        *statement_claims("acc-2", *ACCUSED, "wit-2 CROSSED_ON crossing-1"),
    ],
}
ACCUSED_DENIED: Tables = {
    "statements": [{"id": "rep-c", "kind": "intelligence", "handling": "C"}],
    "links": [{**row, "polarity": "denies"} for row in statement_claims("rep-c", *ACCUSED)],
}


@pytest.fixture(scope="module")
def people(at_server: Callable[..., Settings]) -> Iterator[Place]:
    """A case whose links were denied under C after the reader had looked; a later report has added claims."""
    with open_place(at_server(), ROLES, "inv", FIRST) as place:
        place.load("inv", DENIALS, partial=True)
        waiting = place("low").waiting
        waiting.mark_seen(now(), waiting.listed().version)
        place("low").leads.reviews.add("boss-1", "park", "to be looked at again")
        place.load("inv", LATER, partial=True)
        yield place


def pages(people: Place, path: str, query: str = "") -> tuple[str, str]:
    """Request a page and its JSON twin."""
    client = people.client("low")
    page = client.get(f"/case/{people.case}/{path}{query}")
    twin = client.get(f"/case/{people.case}/{path}.json{query}")
    assert (page.status_code, twin.status_code) == (200, 200)
    return page.text, twin.text


def test_key_players_and_their_rivals_are_marked(people: Place) -> None:
    players = people("low").leads.sets.find(2, people=["boss-1", "aide-1"])
    assert [rival.denied for rival in players.rivals] == ["contested"] * len(players.rivals) != []
    assert players.denied["boss-1"] == "contested"
    page, twin = pages(people, "sets", "?id=boss-1&id=aide-1")
    assert page.count(">contested<") >= 1 + len(players.rivals)
    assert twin.count('"contested"') >= 1 + len(players.rivals)


def test_words_of_a_claim_that_are_found_are_marked(people: Place) -> None:
    hits = people("low").search.said("Loon")
    assert [text.statement["denying"] for text in hits.texts if text.statement] == ["contested"] * len(LINKS)
    page, twin = pages(people, "search", "?q=Loon")
    assert page.count(">contested<") == len(LINKS)
    assert twin.count('"denying":"contested"') == len(LINKS)


def test_a_lead_says_that_it_is_contested_with_each_of_its_claims_and_paths(people: Place) -> None:
    page, twin = pages(people, "lead", "?id=boss-1")
    assert "nobody denies it" not in page
    assert "that you may not see denies" in page
    assert twin.count('"denying":"contested"') >= 3
    assert page.count(">contested<") >= 4


@pytest.mark.parametrize("reader", ["inv", "low"])
def test_a_node_tells_no_gang_by_a_link_that_is_denied(people: Place, reader: str) -> None:
    picture = people(reader).network.picture(PictureRequest(ids=("boss-1", "aide-1"), depth=0))
    assert {node.id: node.gang for node in picture.nodes} == {"boss-1": "", "aide-1": "The Landing"}


def test_what_became_of_a_lead_is_marked(people: Place) -> None:
    moved = [move for move in people("low").waiting.listed().moved or [] if move.id != "idle-1"]
    assert [", contested" in str(move) for move in moved] == [True] * len(moved) != []
    page, twin = pages(people, "waiting")
    assert twin.count(", contested") == len(moved)
    assert page.count(", contested") == sum(move.notable for move in moved) > 0


def test_what_those_who_run_a_place_use_is_marked(people: Place) -> None:
    page, twin = pages(people, "displacement/place", "?id=site-1")
    things = page[page.index("Sites, accounts and payments") :]
    assert ">contested<" in things
    assert '"denied":"contested"' in twin


def test_a_review_keeps_the_word(people: Place) -> None:
    (review,) = people("low").leads.reviews.of("boss-1")
    assert review.then is not None
    assert review.then.denied == "contested"
    assert "denied contested" in review.figures_line


def test_what_a_node_would_bring_into_the_picture_says_how_much_of_it_is_denied(people: Place) -> None:
    growth = people("low").network.growth("boss-1")
    denied = {way.word: (way.number, way.denied) for way in growth.relations}
    assert denied["ORGANISED"] == denied["RUNS"] == denied["CONTROLS"] == (1, 1)
    assert denied["ASSOCIATES_WITH"] == (2, 1)
    page, twin = pages(people, "network/growth", "?node=boss-1")
    assert page.count("denied or contested") >= len(LINKS) - 2
    assert '"denied":1' in twin


@pytest.mark.parametrize("reader", ["inv", "low"])
def test_nobody_is_in_a_group_of_the_picture_by_a_link_that_is_denied(people: Place, reader: str) -> None:
    picture = people(reader).network.picture(PictureRequest(ids=("boss-1", "aide-1", "gang-1", "crossing-1"), depth=0))
    (group,) = groups(picture, "gang")
    assert group.members == ("gang-1", "aide-1")
    assert groups(picture, "crossing") == []


def test_what_changed_since_a_view_was_kept_is_marked() -> None:
    link = ("boss-1", "ORGANISED", "crossing-1")
    ((new,), (more,)) = (changed_links(was, {link: (3, 0, True, 1, 2)}) for was in ({}, {link: (2, 0, True, 1, 2)}))
    assert (new.what, more.what) == ("new, denied or contested", "believed more, denied or contested")


@pytest.fixture(scope="module")
def accused_case(at_server: Callable[..., Settings]) -> Iterator[Place]:
    """A case in which two witnesses accuse a person of something that a report under C denies."""
    with open_place(at_server(), ROLES, "inv", WITNESSED) as place:
        place.load("inv", ACCUSED_DENIED, partial=True)
        yield place


@pytest.mark.parametrize(("reader", "word"), [("inv", "denied"), ("sourced", "contested")])
def test_facts_that_could_give_a_source_away_are_marked(accused_case: Place, reader: str, word: str) -> None:
    exposed = accused_case(reader).exports.compute_exposure(
        Wanted(picture=PictureRequest(ids=("boss-1", "crossing-1"), depth=0))
    )
    facts = [each.fact for witness in exposed.witnesses for each in witness.facts]
    assert {fact.denied for fact in facts if fact.relation == "ORGANISED"} == {word}
    page = accused_case.client(reader).get(f"/case/{accused_case.case}/exposure?id=boss-1&id=crossing-1&depth=0").text
    assert f">{word}<" in page


@pytest.mark.parametrize(("reader", "word"), [("inv", "denied"), ("sourced", "contested")])
def test_a_lead_and_the_questions_about_them_are_marked(accused_case: Place, reader: str, word: str) -> None:
    _, why = accused_case(reader).leads.look("boss-1")
    accused = {claim.key for claim in why.claims if claim.asserts and claim.subject == "boss-1"}
    assert {why.denied.get(link) for link in accused} == {word}
    questions = accused_case(reader).leads.questions.next("boss-1").questions
    assert [each.denied for each in questions if each.claim.asserts] == [
        word if each.claim.subject == "boss-1" else "" for each in questions if each.claim.asserts
    ]


@pytest.mark.parametrize("reader", ["inv", "sourced"])
def test_a_recruiter_whom_witnesses_have_in_common_is_marked(accused_case: Place, reader: str) -> None:
    (group,) = accused_case(reader).leads.groups.of()
    (recruiter,) = (shared for shared in group.shared if shared.reason == "recruiter")
    assert recruiter.denied == "denied or contested"
    assert accused_case.client(reader).get(f"/case/{accused_case.case}/groups").text.count("denied or contested") == 1


def test_the_form_that_corrects_a_statement_marks_its_other_claims(people: Place) -> None:
    page = people.client("high").get(f"/case/{people.case}/add?statement=rep-1").text
    assert page.count(">denied by 1<") == len(LINKS)


def test_people_of_one_name_are_told_apart_by_no_tie_that_is_denied(people: Place) -> None:
    rows = people("low").ask.rows("entities.apart", ids=["boss-1"], ties=9).dicts()
    assert [row["ties"] for row in rows] == [["Cy Tell"]]


def test_signs_of_risk_that_rest_on_denied_links_alone_are_marked() -> None:
    links = statement_claims(
        "r",
        "p1 WORKED_AT w2",
        "p2 WORKED_AT w2",
        "boss CONTROLS w2",
        "boss COERCED p1",
        "boss ABANDONED p2",
        "p2 OWES boss",
    )
    ties = [
        WorkTie(row["subject_id"], row["relation"], row["object_id"], 0.7, row["relation"] in ("COERCED", "ABANDONED"))
        for row in links
    ]
    known = whereabouts([WorkPlace("w2")], [*ties, WorkTie("aide", "ABANDONED", "p2", 0.7)])
    risks = {row.person: (set(row.signs), row.contested) for row in at_risk(known, "w2", [])}
    assert risks == {"p1": ({"coerced"}, ("coerced",)), "p2": ({"abandoned", "owes"}, ())}
