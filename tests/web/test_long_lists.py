"""Lists of crossings and workplaces longer than a page: sorted and filtered over all the rows each reader may see."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from graphsvc.access.gate.gate import Gate
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.queries import Query
from graphsvc.store.bolt import Store
from graphsvc.web import paging
from graphsvc.web.network import where
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims
from tests.web.test_looks import MOST_STATEMENTS, statements

pytestmark = pytest.mark.neo4j
READERS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "low": ("analyst", Grant("P")),
    "cus": ("custodian", Grant("C", sources=True)),
}
PER_PAGE = 4
HIDDEN = ("x-hidden", "Unterholz", "Hidehaven")
CROSSINGS: list[dict[str, str]] = [
    {"id": "x03", "date": "2020-05-08", "launch_site": "Équihen-Plage", "landing_site": "Deal", "people_count": "21"},
    {"id": "x01", "date": "2020-05-08T04:30Z", "launch_site": "Dunkirk", "people_count": "9"},
    {"id": "x02", "date": "2020-05", "launch_site": "", "landing_site": "Dover", "people_count": ""},
    {"id": "x10", "date": "2020-04-01", "launch_site": "Calais", "landing_site": "Łeba", "people_count": "100"},
    {"id": "x05", "date": "2022", "launch_site": "calais", "landing_site": "", "people_count": "3"},
    {"id": "x06", "date": "2019-12-24", "launch_site": "Gravelines", "landing_site": "Deal", "people_count": "0"},
    {"id": "x07", "date": "2021-01-02", "launch_site": "Dunkirk", "landing_site": "Deal", "people_count": "14"},
    {"id": "x08", "date": "2021-01-02", "launch_site": "Wissant", "landing_site": "", "people_count": ""},
    {"id": "x09", "date": "2020-06-30", "launch_site": "Dunkirk", "landing_site": "Dover", "people_count": "14"},
]
WORKPLACES: list[dict[str, str]] = [
    {"id": f"w{number}", "name": name, "kind": kind, "address": address, "closed_on": closed}
    for number, (name, kind, address, closed) in enumerate(
        (
            ("Nail Bar", "", "1 High Street, Lewes", "2020-03-23"),
            ("Ångström Wash", "", "", ""),
            ("ábaco", "dwelling", "2 Low Road, Deal", "2020-02"),
            ("Zebra", "", "Hove", "2019"),
            ("Café Zoë", "online", "", "2021-01-01"),
            ("nettle", "dwelling", "Hythe", ""),
        ),
        1,
    )
]
PEOPLE = {"boss": "Zoë Müller", "aide": "Łukasz Żak", "dealer": "José Dealer", "deep": "Unterholz"}
ROWS: Tables = {
    "people": [{"id": name, "name": called, "category": "suspect"} for name, called in PEOPLE.items()],
    "crossings": [
        *(row | {"handling": "P"} for row in CROSSINGS),
        {"id": "x-hidden", "date": "2020-05-09", "launch_site": "Hidehaven", "handling": "C"},
    ],
    "workplaces": [*(row | {"handling": "P"} for row in WORKPLACES)],
    "boats": [{"id": "b1", "name": "Möwe"}],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "r2", "kind": "record", "handling": "C", "source_grade": "1", "assessment": "A"},
    ],
    "links": statement_claims(
        "r1",
        *("b1 USED_ON x03", "b1 USED_ON x07", "dealer SUPPLIED b1", "boss ORGANISED x03", "aide PILOTED x03"),
        *("aide ORGANISED x08", "boss CONTROLS w2", "aide MANAGED w4", "dealer CONTROLS w6", "dealer WORKED_AT w3"),
    )
    + statement_claims("r2", "deep ORGANISED x01", "deep CONTROLS w1", "deep ORGANISED x-hidden"),
}
# Column of a list → ids in that order, ties in one list, without rows with an unknown value.
BY_ID = sorted(row["id"] for row in CROSSINGS)
ORDERED: dict[str, dict[str, list[list[str]]]] = {
    "crossings": {
        "id": [[name] for name in BY_ID],
        "date": [["x06"], ["x10"], ["x02"], ["x01", "x03"], ["x09"], ["x07", "x08"], ["x05"]],
        "launch_site": [["x10", "x05"], ["x01", "x09", "x07"], ["x03"], ["x06"], ["x08"]],
        "landing_site": [["x06", "x03", "x07"], ["x02", "x09"], ["x10"]],
        "people_count": [["x06"], ["x05"], ["x01"], ["x09", "x07"], ["x03"], ["x10"]],
        "boats": [["x03", "x07"]],
        "organisers": [["x03"], ["x08"]],
        "suppliers": [["x03", "x07"]],
        "pilots": [["x03"]],
        "helpers": [],
    },
    "workplaces": {
        "name": [["w3"], ["w2"], ["w5"], ["w1"], ["w6"], ["w4"]],
        "kind": [["w3", "w6"], ["w5"]],
        "sector": [],
        "address": [["w1"], ["w3"], ["w4"], ["w6"]],
        "opened_on": [],
        "closed_on": [["w4"], ["w3"], ["w1"], ["w5"]],
        "people": [["w1", "w2", "w4", "w5", "w6"], ["w3"]],
        "controllers": [["w6"], ["w2"]],
        "managers": [["w4"]],
    },
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "ana", ROWS)


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", PER_PAGE)


def address(people: Place, name: str, /, **query: object) -> str:
    return f"/case/{people.case}/{name}" + (f"?{urlencode(query)}" if query else "")


def page(people: Place, who: str, name: str, **query: object) -> str:
    answer = people.client(who).get(address(people, name, **query))
    assert answer.status_code == 200
    return answer.text


def twin(people: Place, who: str, name: str, **query: object) -> dict[str, Any]:
    plain: dict[str, Any] = people.client(who).get(address(people, f"{name}.json", **query)).get_json()
    return plain


def ids(text: str) -> list[str]:
    """The ids of the tick boxes on a page, in their order."""
    return [html.unescape(name) for name in re.findall(r'<input type="checkbox" name="id" value="([^"]*)"', text)]


def every(people: Place, who: str, name: str, **query: object) -> list[str]:
    """The ids on all pages. Each page must have the same ids as its twin."""
    first = twin(people, who, name, **query)
    gathered: list[str] = []
    for number in range(1, first["pages"] + 1):
        plain = twin(people, who, name, **query, page=number)
        listed = [row["id"] for row in plain[name]]
        assert listed == ids(page(people, who, name, **query, page=number))
        assert len(listed) <= PER_PAGE
        assert (plain["page"], plain["pages"], plain["found"]) == (number, first["pages"], first["found"])
        gathered += listed
    assert len(gathered) == first["found"]
    return gathered


@pytest.mark.parametrize("who", ["ana", "low", "cus"])
def test_every_row_stands_on_one_page_and_its_twin_has_the_same(people: Place, who: str) -> None:
    hidden = {"x-hidden"} if who != "low" else set()
    listed = every(people, who, "crossings")
    assert len(listed) == len(set(listed)) == twin(people, who, "crossings")["total"]
    assert set(listed) == {*BY_ID, *hidden}
    # The default order is by day.
    assert [name for name in listed if name not in hidden] == [
        *("x06", "x10", "x02", "x01", "x03", "x09", "x07", "x08", "x05"),
    ]
    assert every(people, who, "workplaces") == ["w3", "w1", "w2", "w4", "w5", "w6"]


def test_pages_lead_to_each_other_and_keep_what_is_asked(people: Place) -> None:
    middle = html.unescape(page(people, "low", "crossings", sort="-id", q="x0", page=2))
    assert "Page 2 of 2" in middle
    assert f'href="/case/{people.case}/crossings?q=x0&sort=-id"' in middle  # the first page
    assert "8 of 9 crossings have" in middle
    assert 'name="q" value="x0"' in middle
    assert '<input type="hidden" name="sort" value="-id">' in middle
    first = html.unescape(page(people, "low", "crossings"))
    assert f'href="/case/{people.case}/crossings?page=2"' in first
    assert "Previous" not in first
    assert "Page 1 of 3" in first
    assert "9 crossings" in first
    # A page beyond the end is the last page; any other invalid page is the first.
    for number in ("99", "-1", "x", "0", "9" * 40):
        assert twin(people, "low", "crossings", page=number)["page"] == (3 if number == "99" else 1)


@pytest.mark.parametrize(
    ("name", "column", "falling"),
    [(name, column, falling) for name, columns in ORDERED.items() for column in columns for falling in (False, True)],
)
def test_all_rows_are_sorted_by_any_heading_and_what_is_unknown_stays_last(
    people: Place, name: str, column: str, falling: bool
) -> None:
    plainly = every(people, "low", name)
    steps = ORDERED[name][column]
    known = [
        identifier
        for step in (reversed(steps) if falling else steps)
        for identifier in sorted(step, key=plainly.index)  # ties keep their default order
    ]
    sort = f"-{column}" if falling else column
    assert every(people, "low", name, sort=sort) == known + [
        identifier for identifier in plainly if identifier not in known
    ]
    text = html.unescape(page(people, "low", name, sort=sort))
    assert f'aria-sort="{"descending" if falling else "ascending"}"' in text
    assert f'href="/case/{people.case}/{name}?sort={column if falling else "-" + column}"' in text


@pytest.mark.parametrize("sort", ["nothing", "-", "words", "day", "latitude", '"><b>'])
def test_what_is_no_column_sorts_nothing(people: Place, sort: str) -> None:
    assert every(people, "low", "crossings", sort=sort) == every(people, "low", "crossings")
    assert twin(people, "low", "crossings", sort=sort)["sort"] == ""


@pytest.mark.parametrize(
    ("name", "words", "fitting"),
    [
        ("crossings", "zoe muller", {"x03"}),
        ("crossings", "MÜLLER zoë", {"x03"}),
        ("crossings", "equihen", {"x03"}),
        ("crossings", "may 2020", {"x01", "x02", "x03"}),
        ("crossings", "8 may", {"x01", "x03"}),
        ("crossings", "2020-05-08", {"x01", "x03"}),
        ("crossings", "mowe", {"x03", "x07"}),
        ("crossings", "jose dunkirk", {"x07"}),
        ("crossings", "żak", {"x03", "x08"}),
        ("crossings", "x10", {"x10"}),
        ("crossings", "  ", set(BY_ID)),
        ("workplaces", "zoe", {"w2", "w5"}),
        ("workplaces", "muller angstrom", {"w2"}),
        ("workplaces", "dwelling", {"w3", "w6"}),
        ("workplaces", "february", {"w3"}),
        ("workplaces", "lewes w1", {"w1"}),
        ("workplaces", "nail lewes", {"w1"}),
    ],
)
def test_a_row_fits_by_all_the_words_that_it_shows(people: Place, name: str, words: str, fitting: set[str]) -> None:
    listed = every(people, "low", name, q=words)
    assert set(listed) == fitting
    assert len(listed) == len(fitting)


@pytest.mark.parametrize("words", [*HIDDEN, "deep", "unterholz", "hidehaven", "9 may", "r2"])
def test_nothing_is_found_by_what_a_reader_is_not_shown(people: Place, words: str) -> None:
    for name in ("crossings", "workplaces"):
        plain = twin(people, "low", name, q=words)
        assert (plain[name], plain["found"], plain["total"]) == ([], 0, {"crossings": 9, "workplaces": 6}[name])
        answer = page(people, "low", name, q=words)
        assert "fits" in answer
        assert f'href="/case/{people.case}/{name}"' in answer  # the link back
        assert ids(answer) == []
    assert every(people, "ana", "crossings", q="unterholz") == ["x01", "x-hidden"]
    assert every(people, "ana", "workplaces", q="unterholz") == ["w1"]
    # The same search by a cleared reader does not affect the answers to others.
    assert twin(people, "low", "crossings", q="unterholz")["found"] == 0


def test_what_is_typed_is_never_markup(people: Place) -> None:
    for words in ("<script>x</script>", '"><img src=x onerror=alert(1)>', "' onfocus='x", "{{ 7*7 }}", "\x00"):
        for name in ("crossings", "workplaces"):
            text = page(people, "low", name, q=words, sort=words, page=words)
            assert "<script>x" not in text
            assert "<img src=x" not in text
            assert "' onfocus='" not in text
            assert twin(people, "low", name, q=words)["found"] == 0


def test_what_is_ticked_on_a_page_is_asked_about(people: Place) -> None:
    for name in ("crossings", "workplaces"):
        text = page(people, "low", name, page=2)
        forms = re.findall(r"<form\b.*?</form>", text, re.DOTALL)
        (ticked,) = [form for form in forms if f'action="/case/{people.case}/behind"' in form]
        assert ids(ticked) == [row["id"] for row in twin(people, "low", name, page=2)[name]] != []
        assert "Who is behind those ticked" in ticked
        assert 'name="q"' not in ticked
        (filtering,) = [form for form in forms if f'action="/case/{people.case}/{name}"' in form]
        assert 'method="get"' in filtering


def test_what_fits_on_one_page_is_sorted_and_filtered_there(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 200)
    for name in ("crossings", "workplaces"):
        text = page(people, "low", name)
        assert "data-sortable" in text
        assert "data-filter" in text
        assert 'name="q"' not in text.partition("<h1>")[2]
        assert "Page 1" not in text
        plain = twin(people, "low", name)
        assert (plain["page"], plain["pages"], plain["total"]) == (1, 1, len(plain[name]))
        # A filter address made when there were more rows still finds the same rows, and has a link back.
        filtered = page(people, "low", name, q="deal")
        assert 0 < len(ids(filtered)) < len(ids(text))
        assert f'href="/case/{people.case}/{name}"' in filtered


def test_the_time_line_is_of_all_crossings_whatever_is_asked(people: Place) -> None:
    whole = twin(people, "low", "crossings")["timeline"]
    assert sum(bar["count"] for bar in whole["bars"]) + whole["undated"] == len(CROSSINGS)
    for query in ({"page": 2}, {"q": "dunkirk"}, {"q": "nothing fits"}, {"sort": "-date"}):
        assert twin(people, "low", "crossings", **query)["timeline"] == whole
    overview = people.client("low").get(f"/case/{people.case}/overview.json").get_json()
    assert overview["timeline"] == whole
    assert (overview["people_carried"], overview["crossings_counted"]) == (21 + 9 + 100 + 3 + 0 + 14 + 14, 7)


def test_more_than_a_page_of_a_query_are_listed_and_found(
    at_server: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = Gate._bound

    def fewer(gate: Gate, query: Query, of: str, grant: Grant) -> dict[str, Any]:
        return bound(gate, query, of, grant) | ({"limit": 2} if query.name.startswith("cases.") else {})

    monkeypatch.setattr(Gate, "_bound", fewer)
    with open_place(at_server(), READERS, "ana", ROWS) as place:
        for who in ("cus", "ana"):
            assert len(every(place, who, "crossings")) == 10
            assert every(place, who, "crossings", q="zoe") == ["x03"]
            assert len(every(place, who, "workplaces")) == 6
            assert every(place, who, "workplaces", q="lukasz") == []
            assert every(place, who, "workplaces", q="łukasz") == ["w4"]
        assert "than this page shows" not in page(place, "ana", "crossings")


@pytest.mark.parametrize("name", ["crossings", "workplaces"])
def test_a_look_is_one_line_in_the_log_and_the_second_asks_the_graph_for_nothing(
    people: Place, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = people.client("cus")
    assert client.get(address(people, name)).status_code == 200

    def never(*_: object, **__: object) -> Any:
        raise AssertionError("the graph is asked again")

    monkeypatch.setattr(Store, "read_at_once", never)
    for query in ({}, {"page": 2, "sort": "-id"}, {"q": "zoë"}):
        for form in (name, f"{name}.json"):
            people.begin()
            with statements(people.service) as sent:
                assert client.get(address(people, form, **query)).status_code == 200
            (line,) = people.lines()
            assert (line["action"], line["outcome"], line["detail"]["query"]) == ("read", "released", name)
            assert name in line["detail"]["opened"]
            assert len(sent) <= MOST_STATEMENTS, "\n".join(sent)
            assert "zo" not in str(line["detail"]).casefold()


def test_where_and_when_says_that_there_is_more_than_it_shows(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "There is more than this page shows" not in page(people, "low", "where")
    monkeypatch.setattr(where, "_MOST", 6)
    assert "There is more than this page shows" in page(people, "low", "where")
    listed = twin(people, "low", "where")["events"]
    assert {row["id"] for row in listed if row["kind"] == "crossing"} == {"x01", "x03", "x09", "x07", "x08", "x05"}


def test_nobody_is_shown_a_list_who_may_not_read_the_case(people: Place) -> None:
    page(people, "ana", "crossings")
    elsewhere = "/case/no-such-case/crossings"
    assert people.client("ana").get(elsewhere).status_code == 404


@pytest.mark.changes
def test_lists_follow_the_case_over_a_delivery_and_an_undo(people: Place) -> None:
    def read_lists(who: str) -> tuple[list[str], list[str], list[str]]:
        return (
            every(people, who, "crossings", sort="id"),
            every(people, who, "crossings", q="nova"),
            every(people, who, "workplaces", q="nova"),
        )

    before = {who: read_lists(who) for who in READERS}
    people.load(
        "ana",
        {
            "people": [{"id": "new", "name": "Nova"}],
            "crossings": [{"id": "y1", "date": "2020-07-01", "handling": "P"}],
            "statements": [{"id": "r3", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
            "links": statement_claims("r3", "new PILOTED y1", "new MANAGED w5"),
        },
        partial=True,
    )
    for who in READERS:
        listed, crossings, workplaces = read_lists(who)
        assert listed == [*before[who][0], "y1"]
        assert (crossings, workplaces) == (["y1"], ["w5"])
    people("ana").deliveries.undo(2, lambda *_: None)
    assert {who: read_lists(who) for who in READERS} == before


@pytest.mark.changes
def test_a_list_is_never_of_two_states(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    more: Tables = {
        "crossings": [{"id": "y1", "date": "2020-07-01", "handling": "P"}],
        "statements": [{"id": "r3", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
        "links": statement_claims("r3", "boss ORGANISED y1"),
    }
    read = Store.read_at_once

    def slowly(*arguments: Any, **named: Any) -> Any:
        rows = read(*arguments, **named)
        monkeypatch.setattr(Store, "read_at_once", read)
        people.load("ana", more, partial=True)
        return rows

    client = people.client("ana")
    monkeypatch.setattr(Store, "read_at_once", slowly)
    refused = client.get(address(people, "crossings"))
    assert refused.status_code == 503
    assert "changed while you looked" in refused.text
    assert every(people, "ana", "crossings", q="y1 muller") == ["y1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "read_at_once", read)
        assert len(every(people, "low", "crossings")) == 10
