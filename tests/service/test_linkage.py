"""Which crossings hang together, on a real case: what each reader is told of, pages, tables and graphs that agree, and nothing of what is hidden."""

from __future__ import annotations

import csv
import html
import io
import math
import re
from collections.abc import Callable
from dataclasses import replace

import networkx
import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.told import ranked_on
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from graphsvc.service.linkage import compared as compared_module
from graphsvc.service.linkage import linkage
from graphsvc.service.linkage.compared import ComparedCase, compared
from graphsvc.views.linked import COLUMNS, apart, in_no_cluster, likely, no_pair
from tests.toolbox.cases import Lay, Place, laid
from tests.toolbox.rows import Tables, said

pytestmark = pytest.mark.neo4j
READERS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "low": ("analyst", Grant("P")),
    "aud": ("auditor", Grant("C")),
}
# c1 and c2 are of one series by records; c3 comes in by one witness's word alone; c4 and c5 share their boat under C alone.
OTHERS = [f"c{number}" for number in range(4, 24)]
HOSTILE = '<img src=x onerror="alert(1)">'
ROWS: Tables = {
    "people": [
        {"id": name, "name": HOSTILE if name == "boss" else name.title(), "category": "suspect"}
        for name in ("boss", "steersman", "dealer", "hidden", *(f"own{name}" for name in OTHERS))
    ]
    + [{"id": name, "name": f"Wit {name}", "category": "witness"} for name in ("wit1", "rider1", "rider2")],
    "crossings": [
        {"id": name, "date": f"2020-05-{number + 1:02d}", "launch_lat": "50.9", "launch_lon": "1.7", "handling": "P"}
        for number, name in enumerate(["c1", "c2", "c3", *OTHERS])
    ],
    "boats": [{"id": f"b{name}", "kind": "inflatable", "handling": "P"} for name in ("c1", "c2", "c3", *OTHERS)],
    "things": [
        {"id": "t1", "kind": "phone", "value": "+44700", "handling": "P"},
        {"id": "e1", "kind": "part", "value": "HK123401", "handling": "P"},
        {"id": "e2", "kind": "part", "value": "HK123402", "handling": "P"},
    ],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "r2", "kind": "record", "handling": "C", "source_grade": "1", "assessment": "A"},
        {"id": "w1", "kind": "witness", "source_id": "wit1", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "w2", "kind": "witness", "source_id": "rider1", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "i1", "kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"},
    ],
    "links": [
        *said("r1", *(f"b{name} USED_ON {name}" for name in ("c1", "c2", "c3", *OTHERS))),
        *said("r1", *(f"own{name} ORGANISED {name}" for name in OTHERS)),
        *said("r1", "boss ORGANISED c1", "boss ORGANISED c2", "steersman PILOTED c1", "steersman PILOTED c2"),
        *said("r1", "dealer SUPPLIED bc1", "dealer SUPPLIED bc2", "e1 PART_OF bc1", "e2 PART_OF bc2"),
        *said("r1", "boss USED t1", "rider1 CROSSED_ON c1", "rider2 CROSSED_ON c2"),
        *said("r2", "hidden ORGANISED c4", "hidden ORGANISED c5", "hidden PILOTED c4", "hidden PILOTED c5"),
        *said("w1", "boss ORGANISED c3", "steersman PILOTED c3"),
        # What a place cost: of both by a report, of c1 by somebody aboard as well.
        *({**row, "amount": "3000", "currency": "EUR"} for row in said("i1", "rider1 PAID boss", "rider2 PAID boss")),
        *({**row, "amount": "3500", "currency": "EUR"} for row in said("w2", "rider1 PAID boss")),
    ],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: laid(at_server(), READERS, "ana", ROWS)


def test_what_is_planted_is_a_cluster_and_the_rest_is_not(people: Place) -> None:
    told = people("ana").linkage.clusters()
    clusters = [{row["id"] for row in cluster["crossings"]} for cluster in told["clusters"]]
    assert any({"c1", "c2"} <= cluster for cluster in clusters)
    assert not any(set(OTHERS[2:]) & cluster for cluster in clusters)
    assert told["compared"] == 23
    assert told["apart"] == 23 - sum(map(len, clusters))
    shared = {row["value"] for cluster in told["clusters"] for row in cluster["shares"]}
    assert {"boss", "steersman"} <= shared


def test_the_lines_say_what_each_is_worth_and_nobody_carried_is_one(people: Place) -> None:
    pair = people("ana").linkage.pair("c1", "c2")
    by = {(line["feature"], line["value"]): line for line in pair["lines"]}
    assert by["organiser", "boss"]["log_ratio"] > 1
    assert by["supplier", "dealer"]["name"] == "Dealer"
    assert by["batch", "HK123401 to HK123402"]["counted"]
    assert sum(line["log_ratio"] for line in pair["lines"]) == pytest.approx(pair["log_ratio"], abs=0.02)
    assert not [line for line in pair["lines"] if line["value"].startswith("rider")]


def test_one_witness_s_word_on_both_counts_once(people: Place) -> None:
    lines = people("ana").linkage.pair("c1", "c3")["lines"]
    # Records say it of c1, a witness of c3 alone: two voices. Of c3 and another by the same witness alone there is no pair here.
    assert all(line["counted"] for line in lines if line["feature"] in ("organiser", "pilot"))


def test_what_would_split_it_is_said(people: Place) -> None:
    cluster = people("ana").linkage.cluster("c1")
    assert {row["id"] for row in cluster["crossings"]} >= {"c1", "c2"}
    pieces = {(piece["kind"], piece["id"]): piece for piece in cluster["pieces"]}
    assert pieces["record", "r1"]["splits"]
    assert any(kind == "witness" for kind, _ in pieces) == ("c3" in {row["id"] for row in cluster["crossings"]})
    assert all(thing["without"]["log_ratio"] <= cluster["log_ratio"] + 5 for thing in cluster["things"])


def test_what_is_under_c_links_nothing_for_who_may_not_see_it(people: Place) -> None:
    assert people("ana").linkage.cluster("c4")["crossings"]
    low = people("low")
    assert low.linkage.cluster("c4")["crossings"] == []
    assert "hidden" not in str(low.linkage.of("c4"))
    assert "hidden" not in str(low.linkage.pair("c4", "c5"))
    with pytest.raises(NotFound):
        low.linkage.of("no-such")


def test_no_witness_is_named_without_source_clearance(people: Place) -> None:
    pieces = people("low").linkage.cluster("c1")["pieces"]
    assert {piece["kind"] for piece in pieces} <= {"record", "report", "witnesses"}
    assert all(not piece["id"] for piece in pieces if piece["kind"] == "witnesses")


def test_whoever_told_only_a_price_is_left_out_with_it(people: Place) -> None:
    pieces = {(piece["kind"], piece["id"]): piece for piece in people("ana").linkage.cluster("c1")["pieces"]}
    assert ("report", "i1") in pieces
    assert len([kind for kind, _ in pieces if kind == "witness"]) == 1 + any(
        "c3" in part for part in pieces["report", "i1"]["parts"]
    )
    low = people("low").linkage.cluster("c1")["pieces"]
    assert ("report", "i1") in {(piece["kind"], piece["id"]) for piece in low}
    # What a witness paid is nothing that is compared for who may not know what each of them said.
    lines = {line["feature"]: line for line in people("low").linkage.pair("c1", "c2")["lines"]}
    assert lines["price"]["apart"] == 1.0
    assert people("ana").linkage.pair("c1", "c2")["lines"] != people("low").linkage.pair("c1", "c2")["lines"]


def test_tables_graphs_pages_and_files_agree(people: Place) -> None:
    ana = people("ana")
    frame = ana.linked_crossings()
    assert list(frame.columns) == list(COLUMNS)
    graph = ana.graph("linked")
    assert graph.number_of_edges() == len(frame)
    assert graph.nodes["c1"]["cluster"] == graph.nodes["c2"]["cluster"]
    assert list(networkx.generate_graphml(graph))
    client = people.client("ana")
    rows = list(csv.reader(io.StringIO(client.get(f"/case/{people.case}/linked?as=csv").text)))
    assert tuple(rows[0]) == COLUMNS
    assert [row[0] for row in rows[1:]] == list(frame["first"])
    told = client.get(f"/case/{people.case}/linked.json").get_json()
    assert told["clusters"] == client.get(f"/case/{people.case}/linked.json").get_json()["clusters"]
    assert len(told["clusters"]) == len(frame.attrs["clusters"])


def test_what_a_comparison_leaves_out_is_said_wherever_it_is_read(people: Place) -> None:
    """By who is cleared for less: on the page, in its twin, in the file, beside the table of a notebook."""
    leaves_out = ranked_on("P", sources=False)
    client, case = people.client("low"), f"/case/{people.case}"
    for of in ("linked", "linked?id=c1", "linked/cluster?id=c1", "linked/pair?first=c1&second=c2", "linked?id=c9"):
        name, _, asked = of.partition("?")
        assert leaves_out in html.unescape(client.get(f"{case}/{of}").text), of
        assert client.get(f"{case}/{name}.json?{asked}").get_json()["ranked_on"] == leaves_out, of
    rows = list(csv.reader(io.StringIO(client.get(f"{case}/linked?as=csv").text)))
    assert rows[-1][0] == leaves_out
    assert leaves_out in people("low").linked_crossings().attrs["warnings"]
    assert people("low").graph("linked").graph["ranked_on"] == leaves_out
    whole = people.client("ana")
    assert whole.get(f"{case}/linked.json").get_json()["ranked_on"] == ""
    assert "leaves out" not in whole.get(f"{case}/linked?as=csv").text


def test_a_file_that_is_cut_says_so_in_its_last_line(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    client, address = people.client("ana"), f"/case/{people.case}/linked?as=csv"
    whole = list(csv.reader(io.StringIO(client.get(address).text)))
    assert "cut" not in whole[-1][0]
    monkeypatch.setattr(linkage, "_PAIRS", 1)
    cut = list(csv.reader(io.StringIO(client.get(address).text)))
    assert cut[:2] == whole[:2]
    assert cut[2][0].startswith("The answer is cut at 1 row")
    assert {len(row) for row in cut} == {len(COLUMNS)}


def test_a_file_of_one_crossing_holds_what_its_page_names(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    client, case = people.client("ana"), f"/case/{people.case}"

    def others(crossing: str) -> list[str]:
        rows = list(csv.DictReader(io.StringIO(client.get(f"{case}/linked?id={crossing}&as=csv").text)))
        pairs = [row for row in rows if row["second"]]
        assert pairs or [row["first"] for row in rows] == [no_pair(None)]
        return [row["second"] if row["first"] == crossing else row["first"] for row in pairs]

    for crossing in ("c1", "c3", "c9"):
        shown = client.get(f"{case}/linked.json?id={crossing}").get_json()
        nearest = [row["id"] for row in shown["nearest"]]
        page = client.get(f"{case}/linked?id={crossing}").text
        assert ("nearest of" in page) == bool(shown["more_nearest"])
        assert others(crossing)[: len(nearest)] == nearest
        assert len(others(crossing)) >= len(nearest) + shown["more_nearest"]
        assert others(crossing) == [
            second if first == crossing else first
            for first, second in people("ana").linked_crossings(crossing)[["first", "second"]].to_numpy().tolist()
        ]
    whole = client.get(f"{case}/linked.json?id=c1").get_json()
    monkeypatch.setattr(linkage, "_NEAREST", 1)
    page = " ".join(client.get(f"{case}/linked?id=c1").text.split())
    assert f"The 1 nearest of {len(whole['nearest']) + whole['more_nearest']} crossings that are more like it" in page


def test_a_file_in_which_nothing_is_says_so(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linkage.Linkage, "_pairs", lambda *_asked: ([], False))
    rows = list(csv.reader(io.StringIO(people.client("ana").get(f"/case/{people.case}/linked?id=c1&as=csv").text)))
    assert [row[0] for row in rows] == [COLUMNS[0], no_pair(None)]


def test_no_chance_is_told_as_none_or_as_certain(people: Place) -> None:
    ana = people("ana")
    chances = [
        *ana.linked_crossings("c1", least=0.0)["chance"],
        *(row["chance"] for row in ana.linkage.of("c1")["nearest"]),
        *(values["chance"] for *_, values in ana.graph("linked").edges(data=True)),
    ]
    assert min(chances) >= 0.001
    assert max(chances) == 0.999


def test_a_ratio_far_below_1_is_told_as_what_it_is(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Table, graph, page and twin tell one figure; none of them tells 0 of what is merely unlikely."""
    ana, case = people("ana"), f"/case/{people.case}"

    def sharper(ask: Ask, material: Material) -> ComparedCase:
        made = compared(ask, material)
        return replace(made, linked=replace(made.linked, together=5 * made.linked.together))

    monkeypatch.setattr(linkage, "compared", sharper)
    frame = ana.linked_crossings(least=0.0)
    assert frame["ratio"].min() > 0
    least = frame.to_dict("records")[-1]
    assert least["ratio"] < 0.005
    twin = people.client("ana").get(f"{case}/linked/pair.json?first={least['first']}&second={least['second']}")
    assert math.log(least["ratio"]) == pytest.approx(twin.get_json()["log_ratio"], abs=0.006)
    rows = csv.DictReader(io.StringIO(people.client("ana").get(f"{case}/linked?id=c1&as=csv").text))
    alone = ana.linked_crossings("c1")
    assert [float(row["ratio"]) for row in rows] == list(alone["ratio"])


@pytest.mark.parametrize("page", ["linked", "linked?id=c1", "linked/cluster?id=c1", "linked/pair?first=c1&second=c2"])
def test_pages_show_names_as_text_and_lead_to_who_is_behind(people: Place, page: str) -> None:
    text = people.client("ana").get(f"/case/{people.case}/{page}").text
    assert HOSTILE not in text
    assert html.escape("<img") in text
    assert "/behind?id=" in text
    assert "Intelligence, not evidence" in " ".join(text.split())


def test_a_crossing_that_nothing_links_says_so(people: Place) -> None:
    client = people.client("low")
    assert "nothing links" in client.get(f"/case/{people.case}/linked/cluster?id=c9").text.lower()
    assert client.get(f"/case/{people.case}/linked?id=no-such").status_code == 404
    assert client.get(f"/case/{people.case}/linked/pair?first=c1&second=c1").status_code == 400
    page = client.get(f"/case/{people.case}/entity?id=c1").text
    assert re.search(r'href="[^"]*/linked\?id=c1"', page)


def test_asking_is_one_line_in_the_log_and_takes_a_role(people: Place) -> None:
    people("ana").linkage.cluster("c1")
    assert next(line["detail"]["query"] for line in people.lines() if line["action"] == "analyse") == "linked cluster"
    with pytest.raises(Refused):
        people("aud").linkage.clusters()
    with pytest.raises(RequestError, match="least is 2"):
        people("ana").linked_crossings(least=2)


def test_nothing_that_links_is_an_answer(people: Place) -> None:
    frame = people("low").linked_crossings("c9", least=1.0)
    assert len(frame) == 0
    assert no_pair(1.0) in frame.attrs["warnings"]


def test_where_no_cluster_is_pairs_that_are_likely_are_said_to_be_there(
    people: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page, one crossing's and a cluster's say of the pairs in table and file that they are there, and how many."""

    def scattered(ask: Ask, material: Material) -> ComparedCase:
        made = compared(ask, material)
        return replace(made, linked=replace(made.linked, clusters=()))

    monkeypatch.setattr(linkage, "compared", scattered)
    client, case = people.client("ana"), f"/case/{people.case}"
    pairs = people("ana").linked_crossings()
    assert len(pairs) > 0
    page = " ".join(client.get(f"{case}/linked").text.split())
    assert f"No cluster stands out; {likely(len(pairs))}." in page
    assert "nothing links" not in page.lower()
    assert "as=csv" in page
    assert "linked.json" in page
    mine = int(((pairs["first"] == "c1") | (pairs["second"] == "c1")).sum())
    assert mine > 0
    for of in ("linked?id=c1", "linked/cluster?id=c1"):
        page = " ".join(client.get(f"{case}/{of}").text.split())
        assert in_no_cluster(mine) in page
        assert "nothing links" not in page.lower()
    monkeypatch.undo()
    told = people("ana").linkage.clusters()
    loose = [row for row in people("ana").linkage.table().rows if row[COLUMNS.index("cluster")] is None]
    assert told["apart_says"] == apart(told["apart"], len(loose))


def test_of_one_crossing_its_own_cluster_alone_is_told_with_its_number(
    people: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_two(ask: Ask, material: Material) -> ComparedCase:
        made = compared(ask, material)
        rows = [made.linked.ids.index(name) for name in ("c4", "c5", "c6", "c1", "c2")]
        return replace(made, linked=replace(made.linked, clusters=(tuple(rows[:3]), tuple(rows[3:]))))

    monkeypatch.setattr(linkage, "compared", in_two)
    ana = people("ana").linkage
    assert ana.table().clusters == {1: ["c4", "c5", "c6"], 2: ["c1", "c2"]}
    pairs = ana.table("c1")
    assert pairs.clusters == {2: ["c1", "c2"]}
    assert {row[4] for row in pairs.rows} <= {2, None}
    assert ana.table("c9").clusters == {}
    assert people("ana").linked_crossings("c1").attrs["clusters"] == [["c1", "c2"]]


@pytest.mark.parametrize("who", ["ana", "low"])
def test_sources_that_are_not_left_out_are_counted(people: Place, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    every = people(who).linkage.cluster("c1")
    assert every["more_pieces"] == 0
    assert len(every["pieces"]) >= 2
    monkeypatch.setattr(compared_module, "_PIECES", 1)
    client, address = people.client(who), f"/case/{people.case}/linked/cluster"
    cluster = client.get(f"{address}.json?id=c1").get_json()
    # For who may not count witnesses all of them are one of these.
    assert (len(cluster["pieces"]), cluster["more_pieces"]) == (1, len(every["pieces"]) - 1)
    assert "not left out" in client.get(f"{address}?id=c1").text
    monkeypatch.undo()
    assert "not left out" not in client.get(f"{address}?id=c1").text
