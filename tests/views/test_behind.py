"""*Who is behind it*: the answer matches the picture, better supported claims come first, and gaps are stated."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfReader

from graphsvc.views.behind.against import Denial
from graphsvc.views.behind.answer import COLUMNS, Answer, behind
from graphsvc.views.behind.common import shared_by
from graphsvc.views.behind.picture import across, beside
from graphsvc.views.behind.printed import as_pdf
from graphsvc.views.behind.rows import CARRIED, SERVES, LeadRank, relations, rows
from graphsvc.views.forms import drawing
from graphsvc.views.picture.network import Picture, picture

CROSSINGS = ("c1", "c2", "c3")


def entity(identifier: str, kind: str, **more: Any) -> dict[str, Any]:
    row = {
        "id": identifier,
        "kind": kind,
        "name": identifier.title(),
        "sort": "",
        "identified": "named",
        "sealed": False,
    }
    return row | {"handling": "P", "gang": "", "more": 0, "day": "", "lat": None, "lon": None} | more


def link(text: str, belief: float = 0.8, **more: Any) -> dict[str, Any]:
    subject, relation, target = text.split()
    row = {"subject": subject, "relation": relation, "object": target, "belief": belief, "denying": 0, "asserting": 1}
    figures = {
        "groups": 1,
        "other_sources": 0,
        "belief_on_record": 0.0,
        "groups_on_record": 0,
        "other_sources_on_record": 0,
    }
    return row | figures | {"first_on": "", "last_on": ""} | more


ENTITIES = [
    *(entity(name, "crossing", name=f"2020-05-0{number}, Dunkirk") for number, name in enumerate(CROSSINGS, start=7)),
    entity("b1", "boat"),
    *(entity(name, "person") for name in ("ann", "bob", "cid", "dan", "eve")),
]
LINKS = [
    link("b1 USED_ON c1"),
    link("ann ORGANISED c1", 0.9),
    link("bob ORGANISED c1", 0.95, denying=1),
    link("ann ORGANISED c2", 0.6),
    link("cid PILOTED c1"),
    link("dan SUPPLIED b1"),
    link("eve CROSSED_ON c1"),
    link("cid ORGANISED c3", 0.2),
]


PRINTED: dict[str, Any] = {
    "version": 3, "subject": "2 crossings of 8 May 2020", "ranked_on": "Ranked on what you may see.",
    "case": "x", "handling": "C", "by": "ann", "purpose": "a test", "printed_at": "8 May 2026", "in_steps": False,
}  # fmt: skip


def view(links: Any = LINKS, entities: Any = ENTITIES) -> Picture:
    return picture([[row["id"] for row in entities]], entities, links, starts=CROSSINGS)


def answer(*ids: str, links: Any = (), entities: Any = (), **known: Any) -> Answer:
    seen = view([*LINKS, *links], [*ENTITIES, *entities])
    return behind(rows(seen, ids or CROSSINGS, known.pop("leads", {}), **known), seen)


def test_people_are_in_the_order_of_their_rank_and_one_denial_moves_nobody() -> None:
    ranks = {name: LeadRank(rank, rank, rank) for name, rank in (("ann", 310), ("bob", 15), ("dan", 2))}
    gang = [link("dan ORGANISED c1", 0.4), link("eve ORGANISED c1", 0.99)]
    entries = answer("c1", links=gang, leads=ranks).rows[0].said
    assert [entry.who.id for entry in entries if entry.edge.relation == "ORGANISED"] == ["dan", "bob", "ann", "eve"]
    # Without ranks, belief alone decides the order.
    unranked = answer("c1", links=gang).rows[0].said
    assert [entry.who.id for entry in unranked if entry.edge.relation == "ORGANISED"] == ["eve", "bob", "ann", "dan"]


def test_what_says_that_somebody_was_forced_is_in_the_same_row() -> None:
    whole = answer("c1", coerced={"cid": (("ann", "Ann"),)})
    (cid,) = (entry for entry in whole.plain()["rows"][0]["said"] if entry["who"]["id"] == "cid")
    assert cid["coerced"] == [{"id": "ann", "name": "Ann"}]
    column = COLUMNS.index("coerced")
    assert [row[column] for row in whole.table() if row[COLUMNS.index("who")] == "cid"] == [["Ann"]]


def test_what_is_denied_does_not_stand_as_if_alike() -> None:
    first = answer(leads={"ann": LeadRank(3, 2, 9)}, served={"bob": 7}, carried={"c1": 12}).rows[0]
    assert [(entry.who.id, entry.edge.relation, entry.is_weak, entry.served) for entry in first.said] == [
        ("ann", "ORGANISED", False, 0),
        ("bob", "ORGANISED", True, 7),
        ("cid", "PILOTED", False, 0),
        ("dan", "SUPPLIED", False, 0),
    ]
    assert first.said[0].lead == LeadRank(3, 2, 9)
    assert first.said[3].what is not None
    assert first.said[3].what.id == "b1"
    assert (first.missing, [node.id for node, _ in first.along], first.carried) == ((), ["b1"], 12)


def test_what_is_said_of_anybody_is_told_in_the_order_of_who_arranges_first() -> None:
    assert answer().acts == ("ORGANISED", "PILOTED", "SUPPLIED")
    assert answer("c3").acts == ("ORGANISED",)
    assert answer("gone").acts == ()
    assert answer().plain()["acts"] == ["ORGANISED", "PILOTED", "SUPPLIED"]


def test_a_table_at_a_glance_leaves_out_nothing_that_nobody_should_be_left_without() -> None:
    """Asked about eve: acts against her do not push out the people who organised, piloted or control the place."""
    done = ("RECRUITED", "COERCED", "PAID", "TRANSPORTED", "HOUSED")
    links = [link(f"bob {name} eve") for name in done]
    links += [link("eve WORKED_AT k1"), link("dan CONTROLS k1")]
    whole = answer("eve", links=links, entities=[entity("k1", "workplace")])
    assert set(whole.acts) == {*done, "ORGANISED", "PILOTED", "CONTROLS"}
    assert set(whole.brief) <= {"ORGANISED", "PILOTED", "SUPPLIED", "CONTROLS", "RUNS"}
    assert len(whole.brief) == 3
    assert [name for name in whole.acts if name in whole.brief] == list(whole.brief) == whole.plain()["brief"]


def test_what_leads_to_those_named_and_is_denied_speaks_against_it_too() -> None:
    links = [link("b1 USED_ON c1", denying=1), *LINKS[1:]]
    seen = picture([[row["id"] for row in ENTITIES]], ENTITIES, links, starts=CROSSINGS)
    denials = [(("b1", "USED_ON", "c1"), Denial("r9", "intelligence"))]
    whole = behind(rows(seen, ["c1"], {}), seen, (), denials)
    assert [
        (item.said.edge.key, item.target.id, [each.statement for each in item.denials]) for item in whole.against
    ] == [
        (("bob", "ORGANISED", "c1"), "c1", []),
        (("b1", "USED_ON", "c1"), "c1", ["r9"]),
    ]


def test_where_the_way_to_those_named_is_denied_nobody_is_told_that_nothing_is() -> None:
    """The page says "nothing is denied" exactly for rows without an entry among the denials."""
    named = [link("ann ORGANISED c1", 0.9), link("cid PILOTED c1")]
    for way, denied in ((link("b1 USED_ON c1", denying=1), True), (link("b1 USED_ON c1"), False)):
        seen = view([way, *named])
        whole = behind(rows(seen, ["c1"], {}), seen)
        assert (whole.plain()["rows"][0]["denied"], bool(whole.against)) == (denied, denied)


def test_what_nobody_says_is_said() -> None:
    assert answer().gaps == (
        "The boat of 2 of 3 crossings is not known.",
        "Who piloted 2 of 3 crossings is not known.",
        "Who organised 1 of 3 crossings (c3) is in doubt: every name is denied or weakly supported.",
    )
    assert answer("b1").gaps == ()


def test_whom_others_deny_or_hardly_believe_is_no_answer_to_who_steered_or_supplied() -> None:
    """Query `incomplete_crossings` counts neither as known, so a page naming them without comment would disagree."""
    organised, boat = LINKS[1], LINKS[0]

    def not_known(*links: dict[str, Any]) -> tuple[str, ...]:
        seen = view([organised, boat, *links])
        return behind(rows(seen, ["c1"], {}), seen).gaps

    steered = link("cid PILOTED c1", 0.6, denying=1)
    assert not_known(steered, link("dan SUPPLIED b1", 0.1)) == (
        "Who piloted the crossing is in doubt: every name is denied or weakly supported.",
        "Who supplied the boat of the crossing is in doubt: every name is denied or weakly supported.",
    )
    assert not_known(steered, link("eve PILOTED c1"), link("dan SUPPLIED b1")) == ()


def test_what_rests_on_one_voice_is_said() -> None:
    assert answer().lone == (
        "Who organised 2 of 3 crossings (c1, c2) rests on one source: if it is wrong, no well supported name is left.",
        "Who piloted 1 of 3 crossings (c1) rests on one source: if it is wrong, no well supported name is left.",
        "Who supplied the boat of 1 of 3 crossings (c1) rests on one source: if it is wrong, no well supported name is left.",
    )
    assert answer("c1", links=[link("dan ORGANISED c1", 0.8)]).lone[0].startswith("Who piloted the crossing rests")
    few = view([link("ann ORGANISED c2", 0.6, groups="few")])
    assert behind(rows(few, ["c2"], {}), few).lone == ()  # `few` must not reveal whether it is one


def test_a_boat_is_answered_with_its_crossing_and_a_passenger_with_theirs() -> None:
    boat, passenger = answer("b1", "eve").rows
    assert [(entry.who.id, entry.edge.relation, entry.what.id if entry.what else "") for entry in boat.said] == [
        ("dan", "SUPPLIED", ""),
        ("bob", "ORGANISED", "c1"),
        ("ann", "ORGANISED", "c1"),
        ("cid", "PILOTED", "c1"),
    ]
    assert [entry.who.id for entry in passenger.said] == ["bob", "ann", "cid"]


def test_of_a_gang_that_is_named_whoever_runs_it_is_told_too() -> None:
    gang = [link("g1 ORGANISED c2", 0.9), link("dan RUNS g1", 0.7), link("eve MEMBER_OF g1", 0.9)]
    (row,) = answer("c2", links=gang, entities=[entity("g1", "gang")]).rows
    assert [(entry.who.id, entry.edge.relation) for entry in row.said] == [
        ("g1", "ORGANISED"),
        ("ann", "ORGANISED"),
        ("dan", "RUNS"),
    ]


def test_a_gang_that_nobody_is_said_to_run_is_named_once_however_many_crossings_it_is_named_for() -> None:
    gang = [link("g1 ORGANISED c1", 0.9), link("g1 ORGANISED c2", 0.9)]
    whole = answer(links=gang, entities=[entity("g1", "gang", name="Dune group")])
    assert "Who runs Dune group, named for 2 of 3 crossings, is not known." in whole.gaps


def test_who_stands_behind_several_is_told_with_how_many_that_links() -> None:
    (both,) = answer().common  # the pilot's link to one of them has low belief
    assert (both.who.id, [node.id for node in both.rows], round(both.strength, 2)) == ("ann", ["c1", "c2"], 1.5)
    more = [link("cid PILOTED c2", 0.8), link("bob ORGANISED c2", 0.9, denying=2)]
    assert [shared.who.id for shared in answer(links=more).common] == ["cid", "ann"]


def test_a_boat_and_its_crossing_are_one_operation_and_link_nobody() -> None:
    assert answer("c1", "b1").common == ()
    assert [[node.id for node in shared.rows] for shared in answer("b1", "c1", "c2").common] == [["b1", "c2"]]


def test_what_is_reached_over_a_denied_or_hardly_believed_link_is_weak_as_well() -> None:
    doubted = [
        link("b2 USED_ON c2", 0.1, denying=1),
        link("eve SUPPLIED b2", 0.9),
        link("g1 ORGANISED c2", 0.2),
        link("dan RUNS g1", 0.9),
    ]
    whole = answer("c2", links=doubted, entities=[entity("b2", "boat"), entity("g1", "gang")])
    (row,) = whole.rows
    assert {entry.who.id: entry.is_weak for entry in row.said} == {"ann": False, "g1": True, "eve": True, "dan": True}
    assert "The boat of the crossing is not known." in whole.gaps
    assert not any("supplied" in sentence for sentence in whole.lone)
    (boat,) = whole.plain()["rows"][0]["along"]
    assert (boat["denied"], boat["weak"]) == (True, True)


def test_a_gap_is_of_the_thing_that_nobody_is_named_for_and_of_no_other() -> None:
    (row,) = answer("b1", links=[link("b1 USED_ON c2")]).rows
    assert [(name, node.id) for name, node in row.missing] == [("PILOTED", "c2")]
    gang = answer("c2", links=[link("g1 ORGANISED c2", 0.9)], entities=[entity("g1", "gang", name="Dune")])
    assert [(name, node.id) for name, node in gang.rows[0].missing][-1] == ("RUNS", "g1")
    assert gang.plain()["rows"][0]["unnamed"] == "Not known: who piloted it, who runs Dune."


SHARED = [
    entity("phone", "thing", sort="phone"),
    entity("house", "workplace"),
    entity("fin", "person"),
    entity("own", "thing", sort="phone"),
    entity("b2", "boat"),
    entity("part", "thing", sort="part"),
]
SHARING = [
    link("dan ORGANISED c3", 0.8),
    link("ann USED phone", 0.9),
    link("dan USED phone", 0.9),
    link("ann CONTROLS house", 0.8),
    link("dan CONTROLS house", 0.3),  # believed less than even
    link("ann USED own"),
    link("ann PAID fin"),
    link("dan PAID fin", denying=1),
    link("b2 USED_ON c2", 0.9),
    link("part PART_OF b1", 0.9),
    link("part PART_OF b2", 0.9),
    link("fin RIVAL_OF ann"),
]


def test_what_those_behind_several_share_links_them_and_what_is_one_mans_own_does_not() -> None:
    whole = answer(links=SHARING, entities=SHARED)
    linking = {shared.who.id: shared for shared in whole.common if shared.ties}
    assert set(linking) == {
        "phone",
        "part",
    }  # not the house, as one control of it has low belief, and not the money, as that is denied
    phone = linking["phone"]
    assert [node.id for node in phone.rows] == ["c1", "c2", "c3"]
    assert {near.id for near, _ in phone.ties} == {"ann", "dan"}
    assert round(phone.strength, 3) == round(0.9 * 0.9 + 0.6 * 0.9 + 0.8 * 0.9, 3)
    seen = view([*LINKS, *SHARING], [*ENTITIES, *SHARED])
    kinds = {row["id"]: row["kind"] for row in [*ENTITIES, *SHARED]}
    around = [
        row | {"subject_kind": kinds[row["subject"]], "object_kind": kinds[row["object"]]} for row in [*LINKS, *SHARING]
    ]
    assert set(shared_by(rows(seen, CROSSINGS, {}), around)) == {"phone", "house", "fin", "part"}


def test_passengers_are_behind_nothing_and_who_is_not_there_is_passed_over() -> None:
    whole = answer("c1", "gone", "c1")
    assert [row.about.id for row in whole.rows] == ["c1"]
    assert "eve" not in {entry.who.id for row in whole.rows for entry in row.said}
    assert "CROSSED_ON" not in relations("crossing")


def test_whoever_was_carried_or_served_is_one_mark_with_their_number() -> None:
    whole = answer(links=SHARING, entities=SHARED)
    seen = view([*LINKS, *SHARING], [*ENTITIES, *SHARED])
    folded = {("c1", CARRIED): (24, 0.9), ("bob", SERVES): (1, 0.6), ("c2", CARRIED): (0, 0.0)}
    drawn = beside(seen, whole.rows, whole.common, folded)
    assert {node.id: node.name for node in drawn.nodes if node.kind == "group"} == {
        "CROSSED_ON:c1": "24 carried",
        "SERVED:bob": "1 lawfully served",
    }
    places = {node.id: (node.x, node.y) for node in drawn.nodes}
    assert "eve" not in places  # carried, without a part
    assert len(set(places.values())) == len(places)
    assert places["phone"][0] < places["ann"][0] < places["c1"][0] < places["b1"][0] < places["cid"][0]
    assert [places[name][1] for name in CROSSINGS] == sorted(places[name][1] for name in CROSSINGS)
    assert all({edge.subject, edge.object} <= places.keys() for edge in drawn.edges)


def test_whoever_is_believed_to_arrange_stands_left_though_they_steered_too_and_the_denied_do_not() -> None:
    more = [link("ann PILOTED c1", 0.95), link("bob ORGANISED c1", 0.9), link("bob PILOTED c1", 0.6, denying=2)]
    more += [link("eve PILOTED c1", 0.7), link("eve ORGANISED c1", 0.4)]
    links = [*(row for row in LINKS if row["object"] != "c1" or row["subject"] == "ann"), *more]
    across = {
        node.id: node.x for node in beside(view(links), tuple(rows(view(links), ["c1"], {}, {}, {})), (), {}).nodes
    }
    assert across["ann"] == across["bob"] < across["c1"] < across["eve"]


def test_nothing_is_drawn_over_anything_else() -> None:
    more = [
        link("g1 ORGANISED c1", 0.9),
        link("eve RUNS g1", 0.9),
        link("fin ORGANISED c2", 0.9),
        link("g1 USED own", 0.9),
        link("fin USED own", 0.9),
    ]
    whole = answer(links=[*SHARING, *more], entities=[*SHARED, entity("g1", "gang")])
    seen = view([*LINKS, *SHARING, *more], [*ENTITIES, *SHARED, entity("g1", "gang")])
    places = [(node.x, node.y) for node in beside(seen, whole.rows, whole.common, {("eve", SERVES): (9, 0.9)}).nodes]
    assert len(set(places)) == len(places)


def test_the_paper_has_two_pages_and_holds_what_the_page_says() -> None:
    whole = answer(links=SHARING, entities=SHARED, served={"bob": 7})
    hostile = entity("c1", "crossing", name='#eval("1") $x$ <b> \\ @ref')
    assert as_pdf(
        behind(rows(view(LINKS, [hostile]), ["c1"], {}), view(LINKS, [hostile])),
        view(LINKS, [hostile]),
        **PRINTED,
    ).startswith(b"%PDF")
    pages = PdfReader(io.BytesIO(as_pdf(whole, view([*LINKS, *SHARING], [*ENTITIES, *SHARED]), **PRINTED))).pages
    assert len(pages) == 3
    first, _, second = (page.extract_text() for page in pages)
    assert all(" ".join(gap.split()) in " ".join(first.split()) for gap in whole.gaps)
    assert all(line in " ".join(first.split()) for line in whole.lone)
    assert all(entry.who.name in second for row in whole.rows for entry in row.said)
    assert "printed by ann for: a test" in first
    assert "Who is behind 2 crossings of 8 May 2020" in first
    assert "Ranked on what you may see." in " ".join(first.split())
    assert "may have been forced to" in " ".join(first.split())
    # The innocent reading is in print as on the page.
    assert "lawfully served 7 people (belief of 0.25 or more)" in " ".join(second.split())


def sheets(links: Any, ids: tuple[str, ...], denials: Any = (), **known: Any) -> list[str]:
    """Text of each sheet, in one line, as cells of a table wrap anywhere."""
    seen = view(links)
    whole = behind(rows(seen, ids, known.pop("leads", {}), **known), seen, (), denials)
    pages = PdfReader(io.BytesIO(as_pdf(whole, seen, **PRINTED))).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_the_paper_says_where_a_rank_would_go_and_what_half_of_it_goes_with() -> None:
    leads = {
        "ann": LeadRank(3, 2, 9, "one record, one statement", "one record", 41),
        "bob": LeadRank(1, 1, 2, "", "one statement", 5),  # denied, so this rank does not put bob forward
        "cid": LeadRank(2, 2, 2, "", "one statement", None),
    }
    first, _, second = sheets(LINKS, CROSSINGS, leads=leads)
    assert "Cid: rank 2; without one statement, not ranked." in first
    assert "Ann: rank 3; without one record, rank 41." in first
    assert "Bob: lead" not in first
    assert "3 (2 to 9); rests on one record, one statement" in second
    whole = answer(leads=leads)
    assert [(each["who"]["id"], each["rank"]) for each in whole.plain()["moved"]] == [("cid", 2), ("ann", 3)]
    assert whole.moved[0].text.startswith("Cid: rank 2; ")


def test_the_paper_says_what_a_denial_says_and_who_says_it_all_the_same() -> None:
    key = ("bob", "ORGANISED", "c1")
    long = "was in hospital that night " * 9
    first, *_ = sheets(
        LINKS, CROSSINGS, [(key, Denial("r9", "intelligence", summary=long)), (key, Denial("", "witness"))]
    )
    assert (
        "Bob organised 7 May 2020, Dunkirk (c1): denied by 1; still said by 1 independent group of witnesses. "
        "Intelligence report r9: “was in hospital that night was in hospital"
    ) in first
    assert "…” Statements of witnesses, which are not shown one by one." in first
    assert long.strip() not in first


def test_the_paper_says_both_where_something_is_denied_and_hardly_believed() -> None:
    links = [link("b1 USED_ON c1", 0.1, denying=2), link("dan SUPPLIED b1"), link("ann ORGANISED c1", 0.2, denying=1)]
    first, _, second = sheets(links, ("c1",))
    assert "Ann organised 7 May 2020, Dunkirk (c1): denied by 1; weakly supported." in first
    assert "· B1 (denied by 2, weakly supported)" in second
    assert "denied by 1, weakly supported" in second
    assert "B1 is contested or weakly supported" in second


def test_the_paper_names_whom_nobody_is_named_for_beside_whom_somebody_is() -> None:
    *_, second = sheets(LINKS, CROSSINGS, carried={"c1": 12})
    assert "Not known: who piloted it." in second
    assert "12 people reported as carried (belief of 0.25 or more)" in second
    *_, second = sheets([link("cid CROSSED_ON c1")], ("c1",))
    assert "Not known: who organised it, who piloted it." in second


def test_the_paper_begins_with_who_did_it_by_rank_and_has_the_picture_on_a_sheet_across() -> None:
    leads = {"ann": LeadRank(3, 2, 9), "bob": LeadRank(15, 9, 20)}
    gang = [link("dan ORGANISED c1", 0.4), link("eve ORGANISED c1", 0.99)]
    seen = view([*LINKS, *gang])
    whole = behind(rows(seen, CROSSINGS, leads, coerced={"cid": (("ann", "Ann"),)}), seen)
    pages = PdfReader(io.BytesIO(as_pdf(whole, seen, **PRINTED))).pages
    first, across, last = (" ".join(page.extract_text().split()) for page in pages)
    table = first.partition("In short")[2].partition("What is not known")[0]
    assert "Who organised Who piloted Who supplied" in table
    assert "Ann rank 3, strong Bob rank 15, contested Eve strong and 1 other, on the last sheet" in table
    assert "Cid strong, coerced" in table
    assert "Cid weak" in table
    assert "not known" in table
    assert "Everything said" in last
    assert "Everything said" not in across
    wide = [float(page.mediabox.width) > float(page.mediabox.height) for page in pages]
    assert wide == [False, True, False]


def test_of_many_boats_what_is_not_known_is_on_a_sheet_of_its_own() -> None:
    named = [f"c{number}" for number in range(1, 9)]
    boats = [entity(name, "crossing") for name in named]
    seen = picture([[*named, "ann"]], [*boats, entity("ann", "person")], [link("ann ORGANISED c1")], starts=named)
    pages = PdfReader(io.BytesIO(as_pdf(behind(rows(seen, named, {}), seen), seen, **PRINTED))).pages
    first, second, *_ = (page.extract_text() for page in pages)
    assert len(pages) == 4
    assert all(name.title() in first or name in first for name in named)
    assert "What is not known" not in first
    assert "What is not known" in second


def test_a_name_reached_by_a_weak_link_is_as_weak_as_that_link() -> None:
    for boat, word in ((link("b1 USED_ON c1", 0.9), "strong"), (link("b1 USED_ON c1", 0.6), "some")):
        seen = view([boat, link("dan SUPPLIED b1")])
        (dan,) = behind(rows(seen, ["c1"], {}), seen).rows[0].said
        assert dan.strength == word
    seen = view([link("b1 USED_ON c1", denying=1), link("dan SUPPLIED b1")])
    assert behind(rows(seen, ["c1"], {}), seen).plain()["rows"][0]["said"][0]["strength"] == "contested"


def test_on_a_sheet_across_the_second_half_is_beside_the_first_and_every_name_has_room() -> None:
    named = [f"c{number}" for number in range(1, 9)]
    people = [f"p{number}" for number in range(1, 33)]
    nodes = [entity(name, "crossing") for name in named] + [
        entity(name, "person", name=f"Person {name}") for name in people
    ]
    links = [link(f"{name} ORGANISED {named[at // 4]}") for at, name in enumerate(people)]
    seen = picture([[*named, *people]], nodes, links, starts=named)
    high = beside(seen, rows(seen, named, {}), (), {})
    wide = across(high)
    places = {node.id: (node.x, node.y) for node in wide.nodes}
    assert places["c1"][1] == places["c5"][1]
    assert max(places[name][0] for name in (*named[:4], *people[:16])) < min(
        places[name][0] for name in (*named[4:], *people[16:])
    )
    drawn = drawing.picture(wide, names_beside=True)
    assert drawn.unlabelled == 0
    assert 1.3 < drawn.width / drawn.height < 2.5
    assert all(f">Person {name}</text>" in drawn.body for name in people)
    few = across(beside(view(), rows(view(), CROSSINGS, {}), (), {}))
    assert len({node.x for node in few.nodes if node.start}) == 1
