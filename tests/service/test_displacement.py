"""Worker movements on a real case, as each reader sees them on pages, in twins, commands and notebooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import networkx
import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service import PictureRequest
from graphsvc.views.displacement.rows import MOVE_COLUMNS, NOBODY_LEFT
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Rows, Tables, claim

pytestmark = pytest.mark.neo4j
READERS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "inv": ("investigator", Grant("C")),
    "low": ("analyst", Grant("P")),
    "cus": ("custodian", Grant("C", sources=True)),
}
# Five move from the wash to the site and one to the farm; one is abandoned, one unknown. Twelve others move elsewhere.
MOVED, LONE, LEFT, UNKNOWN = [f"m{n}" for n in range(5)], "lone", "left", "gone"
OTHERS = [f"o{n}" for n in range(12)]
NAMED = ("boss", "rival", "driver")


def work_claim(who: str, place: str, statement: str, since: str) -> dict[str, str]:
    return claim(who, "WORKED_AT", place, statement, from_date=since)


LINKS: Rows = [
    *(work_claim(who, "wash", "r1", "2020-01-05") for who in (*MOVED, LONE, LEFT, UNKNOWN)),
    *(work_claim(who, "live", "r1", f"2020-03-2{day}") for day, who in enumerate(MOVED, 1)),
    work_claim(LONE, "farm", "r1", "2020-04-02"),
    *(work_claim(who, f"shop{number}", "r1", "2020-04-03") for number, who in enumerate(OTHERS)),
    claim("boss", "CONTROLS", "wash", "r1"),
    claim("boss", "CONTROLS", "live", "r1"),
    claim("rival", "CONTROLS", "live", "r1"),
    claim("rival", "CONTROLS", "live", "r2", polarity="denies"),
    claim("boss", "CONTROLS", "bar", "r2"),
    *(claim("boss", "ABANDONED", who, "r1", from_date="2020-03-20") for who in (LEFT, "m4")),
    *(claim("driver", "TRANSPORTED", who, "r1", from_date="2020-03-21") for who in MOVED[:3]),
    claim("boss", "COERCED", "m0", "r1"),
    claim("boss", "USED", "till", "r1"),
    claim("live", "LOCATED_AT", "site", "r1"),
]
ROWS: Tables = {
    "people": [{"id": who} for who in (*MOVED, LONE, LEFT, UNKNOWN, *OTHERS)]
    + [{"id": who, "name": f"<b>{who}</b>", "category": "suspect"} for who in NAMED],
    "workplaces": [
        {"id": "wash", "name": "<b>Wash</b>", "closed_on": "2020-03-20"},
        {"id": "live", "name": "Live", "kind": "online"},
        {"id": "farm", "name": "Farm", "kind": "site"},
        {"id": "bar", "name": "Bar"},
        *({"id": f"shop{number}"} for number in range(len(OTHERS))),
    ],
    "things": [
        {"id": "till", "kind": "account", "value": "GB01"},
        {"id": "site", "kind": "online", "value": "live.example"},
    ],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "r2", "kind": "intelligence", "handling": "C", "source_grade": "1", "assessment": "B"},
    ],
    "links": LINKS,
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "ana", ROWS)


def test_a_closure_is_told_with_its_verdict_and_what_became_of_each(people: Place) -> None:
    (row,) = people("ana").displacement.closures()
    assert (row.place, row.on, row.verdict, row.ids) == ("wash", "2020-03-20", "together", ("live",))
    assert (row.there, row.moved, row.abandoned, row.unknown) == (8, 6, 2, 1), (
        "one was abandoned and then made to work elsewhere"
    )
    moves = people("ana").displacement.moves()
    assert [(move.outcome, move.next, move.people, move.abandoned) for move in moves] == [
        ("moved", "live", 5, 1),
        ("moved", "farm", 1, 0),
        ("abandoned", "", 1, 1),
        ("unknown", "", 1, 0),
    ]


def test_who_moved_them_and_where_to_look_stand_beside_it(people: Place) -> None:
    place = people("ana").displacement.place("wash")
    assert [(row.name, row.people) for row in place.movers] == [("<b>driver</b>", 3), ("<b>boss</b>", 5)]
    assert [(row.place, row.reached) for row in place.next] == [("live", True), ("bar", False)]


def test_an_online_place_tells_who_came_who_runs_it_and_whom_to_look_after(people: Place) -> None:
    place = people("ana").displacement.place("live")
    assert (place.closure, [(row.left, row.people) for row in place.came]) == (None, [("wash", 5)])
    assert [(row["id"], row["relation"], row["denied"]) for row in place.runs] == [
        ("boss", "CONTROLS", False),
        ("rival", "CONTROLS", True),
    ]
    assert {row["thing"] for row in place.things} == {"till", "site"}
    first = place.at_risk[0]
    assert first.signs[:2] == ("coerced", "moved")
    assert len(place.at_risk) == place.count == 5


def test_without_source_clearance_small_cells_read_few_and_nobody_in_them_is_listed(people: Place) -> None:
    ana, inv = (people(who).displacement for who in ("ana", "inv"))
    whole = {(move.outcome, move.next): move for move in ana.moves()}
    partial = {(move.outcome, move.next): move for move in inv.moves()}
    assert (partial["moved", "farm"].people, partial["moved", "farm"].who) == ("few", ())
    assert (partial["moved", "live"].people, partial["moved", "live"].p, whole["moved", "live"].p is None) == (
        5,
        None,
        False,
    )
    (row,) = inv.closures()
    assert (row.there, row.moved, row.q) == ("at least 5", "at least 5", None)
    edges = {(origin, target): values for origin, target, values in inv.graph().edges(data=True)}
    assert edges["wash", "farm"] == {"people": "few", "together": False}


def test_what_only_c_tells_is_not_there_for_p_in_whichever_order_they_ask(people: Place) -> None:
    for order in (("ana", "low"), ("low", "ana")):
        places = {who: people(who).displacement.place("wash") for who in order}
        assert [row.place for row in places["low"].next] == ["live"]
        assert len(places["ana"].next) == 2
    # The hidden denial shows only as the word *contested*, so the mark is set.
    assert people("low").displacement.place("live").runs[1]["denied"]


def test_page_twin_table_graph_and_notebook_give_one_answer(people: Place) -> None:
    client, case = people.client("ana"), f"/case/{people.case}/displacement"
    frame = people("ana").moves()
    twin = client.get(f"{case}.json").get_json()
    assert set(frame["q"]) == {twin["closures"][0]["q"]}
    assert "of this closure alone" in client.get(f"{case}/place?id=wash").text
    assert [[row["left"], row["next"], row["people"]] for row in twin["moves"]] == frame[
        ["left", "next", "people"]
    ].to_numpy().tolist()
    rows = list(csv.reader(io.StringIO(client.get(f"{case}?as=csv").text)))
    assert tuple(rows[0]) == tuple(frame.columns) == MOVE_COLUMNS
    assert len(rows) == len(frame) + 2
    assert rows[-1][0] == f"wash: {twin['closures'][0]['text']}"
    assert rows[1][MOVE_COLUMNS.index("months")] == "2020-03: 5"
    assert frame.attrs["verdicts"] == {"wash": twin["closures"][0]["text"]}
    graph = people("ana").graph(of="moves")
    assert graph.edges["wash", "live", "MOVED"]["people"] == 5
    assert graph.nodes["live"] == {"name": "Live", "kind": "online"}
    networkx.write_graphml(graph, io.BytesIO())
    networkx.write_graphml(people("inv").graph(of="moves"), io.BytesIO())


@pytest.mark.parametrize("who", ["ana", "inv", "low"])
def test_the_graph_of_moves_says_what_the_table_says(people: Place, who: str) -> None:
    session = people(who)
    edges = {(left, to): values for left, to, values in session.graph(of="moves").edges(data=True)}
    rows = {(move.left, move.next): move for move in session.displacement.moves() if move.outcome == "moved"}
    assert edges.keys() == rows.keys()
    for flow, values in edges.items():
        row = rows[flow]
        # Empty cells are left out of a graph, because GraphML has no None. If one number is `few`, all are text: GEXF
        # needs one type.
        in_table = {name: getattr(row, name) for name in ("people", "belief", "chance", "first", "last", "together")}
        in_table["people"] = row.people if who == "ana" else str(row.people)
        assert values == {name: value for name, value in in_table.items() if value is not None and value != ""}
    assert any("chance" in values for values in edges.values()) == (who == "ana")


@pytest.mark.parametrize("who", ["ana", "inv", "low"])
def test_pages_show_names_as_text_and_lead_to_the_answer(people: Place, who: str) -> None:
    client, case = people.client(who), f"/case/{people.case}"
    pages = {
        address: client.get(f"{case}{address}")
        for address in (
            "/displacement",
            "/displacement/place?id=wash",
            "/displacement/place?id=live",
            "/displacement/place?id=shop0",
            "/displacement/place?id=wash&day=2020-03-25",
        )
    }
    assert {address: page.status_code for address, page in pages.items()} == dict.fromkeys(pages, 200)
    assert not any("<b>Wash" in page.text or "<b>boss" in page.text for page in pages.values())
    assert f"{case}/behind?id=wash" in pages["/displacement"].text
    assert "Nobody is known to have left" in pages["/displacement/place?id=shop0"].text
    assert f"{case}/displacement/place?id=wash" in client.get(f"{case}/workplaces").text
    assert f"{case}/displacement/place?id=wash" in client.get(f"{case}/entity?id=wash").text


def test_somebodys_places_stand_by_their_days(people: Place) -> None:
    ana = people("ana")
    who = ana.displacement.moves()[0].who[0]
    line = ana.displacement.person(who)
    assert [(stay.place, stay.open) for stay in line.lines] == [("wash", True), ("live", True)]
    client, case = people.client("ana"), f"/case/{people.case}"
    page = client.get(f"{case}/displacement/person?id={who}")
    assert page.status_code == 200
    assert "5 January 2020" in page.text
    assert f"{case}/displacement/person?id={who}" in client.get(f"{case}/entity?id={who}").text.replace("&amp;", "&")


def test_a_visit_is_asked_about_by_its_day(people: Place) -> None:
    place = people("ana").displacement.place("live", day="8 May 2020")
    assert place.closure is not None
    assert (place.closure.why, place.closure.on, place.closure.there) == ("asked", "2020-05-08", 5)
    page = people.client("ana").get(f"/case/{people.case}/displacement/place?id=live&day=2020-05-08").text
    assert "they may still be there" in page


def test_what_is_not_there_or_not_asked_right_is_said(people: Place) -> None:
    displacement = people("ana").displacement
    for nothing in ("nowhere", "boss", "till"):
        with pytest.raises(NotFound):
            displacement.place(nothing)
    with pytest.raises(NotFound):
        displacement.person("nobody")
    with pytest.raises(RequestError, match="'8th' is no date"):
        displacement.place("wash", day="8th")
    for far in ("0001-01-01", "9999-12-31"):
        with pytest.raises(RequestError, match=f"within the years .*not '{far}'"):
            displacement.place("wash", day=far)
        assert people.client("ana").get(f"/case/{people.case}/displacement/place?id=wash&day={far}").status_code == 400
    with pytest.raises(RequestError, match="Name a place"):
        displacement.moves(day="2020-05-08")
    with pytest.raises(Refused):
        people("cus").displacement.closures()
    assert people.client("ana").get(f"/case/{people.case}/displacement/place?id=nowhere").status_code == 404


def test_a_place_that_nobody_is_known_to_have_left_is_not_passed_over_in_silence(people: Place) -> None:
    ana, client = people("ana"), people.client("ana")
    assert ana.displacement.verdicts(["bar", "wash"])["bar"] == NOBODY_LEFT
    frame = ana.moves("bar")
    assert len(frame) == 0
    assert frame.attrs["warnings"] == [f"bar: {NOBODY_LEFT}"]
    rows = list(csv.reader(io.StringIO(client.get(f"/case/{people.case}/displacement/place?id=bar&as=csv").text)))
    assert [row[0] for row in rows] == [MOVE_COLUMNS[0], f"bar: {NOBODY_LEFT}"]
    assert NOBODY_LEFT in client.get(f"/case/{people.case}/displacement/place?id=bar").text
    assert list(ana.displacement.verdicts()) == ["wash"], "without ids those alone that people left"


def test_each_answer_is_one_look_in_the_log(people: Place) -> None:
    client = people.client("ana")
    for address in (
        "displacement.json",
        "displacement?as=csv",
        "displacement/place.json?id=wash",
        "displacement/person.json?id=boss",
    ):
        people.begin()
        client.get(f"/case/{people.case}/{address}")
        assert [(line["action"], line["detail"].get("query")) for line in people.lines()] == [
            ("analyse", "displacement")
        ], address


def test_the_plain_list_tells_of_nobody_what_their_own_links_do_not(people: Place) -> None:
    """Even if a flow reads few, `workplaces.cohort` has a row for each person, with nothing beyond each single link."""
    inv = people("inv")
    rows = inv.queries.run("workplaces.cohort", {"workplace": "wash"}).dicts()
    assert {tuple(row["next"]) for row in rows} == {("live",), ("farm",), ()}
    for row in rows:
        edges = {
            (edge.subject, edge.relation, edge.object): edge
            for edge in inv.network.picture(PictureRequest([row["person"]])).edges
        }
        stay = edges[row["person"], "WORKED_AT", "wash"]
        assert (stay.belief, stay.first_on, stay.last_on) == (row["belief"], row["first_on"], row["last_on"])
        later = {target for _, relation, target in edges if relation == "WORKED_AT" and target != "wash"}
        assert set(row["next"]) == later
        assert {who for who, relation, _ in edges if relation == "ABANDONED"} == set(row["abandoned_by"])
        line = inv.displacement.person(row["person"])
        assert {"wash", *row["next"]} == {each.place for each in (*line.lines, *line.undated)}


@pytest.mark.changes
def test_no_query_says_how_many_few_are_without_source_clearance(people: Place) -> None:
    """As on the page, numbers below the limit are hidden, and so are numbers that reveal one by subtraction."""
    people.load(
        "ana",
        {
            "workplaces": [
                {"id": "house", "kind": "dwelling"},
                {"id": "cam", "kind": "online"},
                {"id": "mill", "closed_on": "2020-03-20"},
            ],
            "statements": [{"id": "r4", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
            "links": [
                claim("boss", "CONTROLS", "house", "r4"),
                *(claim(who, "LIVED_AT", "house", "r4") for who in MOVED[:2]),
                *(work_claim(who, "cam", "r4", "2020-03-25") for who in MOVED[:2]),
                *(work_claim(who, "mill", "r4", "2020-01-05") for who in (*MOVED[:3], *OTHERS[:3])),
            ],
        },
        partial=True,
    )

    def cells(name: str, query: str, row: str, *columns: str) -> list[object]:
        (matching,) = (each for each in people(name).queries.run(query, {}).dicts() if row in each.values())
        return [matching[column] for column in columns]

    closed = {place: ("workplaces.closed", place, "workers", "seen_since") for place in ("wash", "mill")}
    assert [cells(name, *closed["wash"]) for name in ("ana", "inv")] == [[8, 6], [8, None]]
    assert [cells(name, *closed["mill"]) for name in ("ana", "inv")] == [[6, 6], [6, 6]]
    # People who lived in the house and worked at the wash, and people who work at the site.
    hand = ("workplaces.house_and_work", "wash", "people", "who", "denied", "doubtful")
    people_of = cells("ana", *hand)
    assert (people_of[0], len(people_of[1])) == (2, 2)  # type: ignore[arg-type]
    assert cells("inv", *hand) == [None, [], [], []]
    assert [cells(name, "workplaces.online", "cam", "workers") for name in ("ana", "inv")] == [[2], [None]]
    assert [cells(name, "workplaces.online", "live", "workers") for name in ("ana", "inv")] == [[5], [5]]
    rows = people("inv").queries.run("workplaces.house_and_work", {}).dicts()
    assert [row["people"] for row in rows] == [None] * len(rows)


@pytest.mark.changes
def test_queries_read_a_month_by_any_of_its_days(people: Place) -> None:
    people.load(
        "ana",
        {
            "people": [{"id": who} for who in ("month", "year", "leaver")],
            "workplaces": [{"id": "mill", "closed_on": "2020-03-31"}],
            "statements": [{"id": "r3", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
            "links": [
                *(work_claim(who, "mill", "r3", "2020-01-05") for who in ("month", "year")),
                claim("leaver", "WORKED_AT", "mill", "r3", from_date="2020-01-05", to_date="2020-03"),
                claim("month", "WORKED_AT", "live", "r3", from_date="2020-03", to_date="2020-04-10"),
                claim("year", "WORKED_AT", "live", "r3", from_date="2020", to_date="2020-04-10"),
            ],
        },
    )
    ana = people("ana")
    cohort = ana.frame("workplaces.cohort", workplace="mill")
    assert sorted(list(places) for places in cohort["next"].tolist()) == [[], [], ["live"]]
    moves = ana.frame("workplaces.displacement", workplace="mill")
    assert moves[["next", "people", "earliest"]].to_numpy().tolist() == [["live", 1, "2020-03"]]


@pytest.mark.changes
def test_a_table_tells_the_verdict_also_of_a_place_of_which_nobody_is_told(people: Place) -> None:
    people.load(
        "ana",
        {
            "workplaces": [{"id": "yard", "closed_on": "2020-08-01"}],
            "statements": [{"id": "r3", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
            "links": [claim("boss", "CONTROLS", "yard", "r3")],
        },
    )
    client, case = people.client("low"), f"/case/{people.case}/displacement"
    twin = client.get(f"{case}.json").get_json()
    expected = {row["place"]: row["verdict"] for row in twin["closures"]}
    assert expected == {"wash": "together", "yard": "cannot tell"}
    for address in (f"{case}?as=csv", f"{case}/place?id=wash&as=csv", f"{case}/place?id=yard&as=csv"):
        rows = list(csv.DictReader(io.StringIO(client.get(address).text)))
        remarks = [row["left"] for row in rows if not row["verdict"]]
        assert remarks
        assert {*remarks} <= {f"{row['place']}: {row['text']}" for row in twin["closures"]}
        flows = [row for row in rows if row["verdict"]]
        assert flows
        assert all(row["verdict"] == expected[row["left"]] for row in flows)
    assert (rows[0]["outcome"], rows[0]["people"]) == ("", "0")
    frame = people("low").moves()
    assert dict(zip(frame["left"], frame["verdict"], strict=True)) == expected
    assert client.get(f"{case}/place?id=yard").status_code == 200


@pytest.mark.changes
def test_what_is_delivered_later_changes_the_answer(people: Place) -> None:
    assert people("ana").displacement.moves()[0].people == 5
    people.load(
        "ana",
        {
            "statements": [{"id": "r3", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
            "links": [work_claim(UNKNOWN, "live", "r3", "2020-04-01")],
        },
    )
    assert people("ana").displacement.moves()[0].people == 6
