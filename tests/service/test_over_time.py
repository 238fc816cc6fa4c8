"""Series of a case and imported series, as readers of two clearances see them in sessions, pages and the log."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.gate.gate import Gate
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.queries.library import Query
from graphsvc.service import SeriesChoice
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.pages import post
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "low": ("investigator", Grant("P")),
    "cus": ("custodian", Grant("C", sources=True)),
}
FIRST, SURGE = dt.date(2020, 1, 1), dt.date(2020, 5, 8)
# One boat every other day, and eight on 8 May. Boats of code C are on other days.
_DAYS = [FIRST + dt.timedelta(days=2 * place) for place in range(64)]
_OPEN = [
    *(
        {
            "id": f"c{place}",
            "date": day.isoformat(),
            "launch_site": ("Dunkirk", "Calais")[place % 2],
            "people_count": "12",
        }
        for place, day in enumerate(_DAYS)
    ),
    *(
        {"id": f"s{place}", "date": SURGE.isoformat(), "launch_site": "Dunkirk", "people_count": "18"}
        for place in range(8)
    ),
    {"id": "coarse", "date": "2020-05", "launch_site": "Calais"},
]
_CLOSED = [
    {"id": f"h{place}", "date": "2020-05-11", "launch_site": "Hidden", "people_count": "90"} for place in range(9)
]
ROWS: Tables = {
    "people": [
        {"id": "boss", "name": "Boss", "category": "suspect"},
        {"id": "aide", "name": "Aide", "category": "suspect"},
    ],
    "gangs": [{"id": "g1", "name": "Harbour"}],
    "crossings": [*(row | {"handling": "P"} for row in _OPEN), *(row | {"handling": "C"} for row in _CLOSED)],
    "statements": [{"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
    "links": statement_claims(
        "r1", "boss RUNS g1", *(f"boss ORGANISED s{place}" for place in range(8)), "aide PILOTED c0"
    ),
}
FIGURES = "Datum;Boote;Wellen\n" + "".join(
    f"{day:%d.%m.%Y};{9 if day == SURGE else (1, 0, 2)[place % 3]};{(0.5, 1.5)[place % 2]:.1f}\n".replace(".5", ",5")
    for place, day in enumerate(FIRST + dt.timedelta(days=place) for place in range(140))
)


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "ana", ROWS)


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    path = tmp_path / "official.csv"
    path.write_text(FIGURES.replace(",5.", ",5"), "utf-8")
    return path


@pytest.fixture
def brought(people: Place, figures: Path) -> Iterator[Place]:
    people("ana").time.reference.load(figures, "official", handling="P")
    people("ana").time.reference.load(figures, "secret")
    yield people
    people.forget()


def test_a_surge_of_the_case_is_found_on_its_day(people: Place) -> None:
    answer = people("ana").time.surges(SeriesChoice(until="2020-05-08"))
    assert (answer.days[-1].day, answer.days[-1].count, answer.days[-1].alarm) == (SURGE, 8 + (SURGE in _DAYS), True)
    assert "1 crossing is left out" in " ".join(answer.notes)
    frame = people("ana").surges("people")
    assert frame.attrs["surges"][0]["first"] == SURGE
    assert frame[frame.day == SURGE].iloc[0]["count"] == 8 * 18 + 12 * (SURGE in _DAYS)


def test_what_one_may_not_see_is_in_no_figure(people: Place) -> None:
    """The figures at the lower clearance are those of a case without the other rows."""
    low, high = (people(name).series() for name in ("low", "ana"))
    assert low["count"].sum() == len(_OPEN) - 1
    assert high["count"].sum() == len(_OPEN) - 1 + len(_CLOSED)
    assert people("low").time.sites()["launch"] == ["Calais", "Dunkirk"]
    hidden = people("low").time.surges(SeriesChoice())
    assert [surge.peak for surge in hidden.surges] == [SURGE]
    with pytest.raises(NotFound) as no_site:
        people("low").time.series(SeriesChoice(launch="Hidden"))
    with pytest.raises(NotFound) as nowhere:
        people("low").time.series(SeriesChoice(launch="Nowhere"))
    assert str(no_site.value) == str(nowhere.value)


def test_a_series_is_chosen_by_site_gang_and_week(people: Place) -> None:
    ana = people("ana")
    assert ana.series(launch="dunkirk")["count"].sum() == 32 + 8
    assert ana.series(gang="g1")["count"].sum() == 8
    weeks = ana.series(step="week")
    assert set(weeks["day"].map(lambda day: day.weekday())) == {0}
    assert weeks["count"].sum() == ana.series()["count"].sum()
    for wrong in ({"step": "month"}, {"column": "n"}, {"until": "soon"}, {"until": "2019"}):
        with pytest.raises(RequestError):
            ana.series(**wrong)


def test_what_came_later_is_in_no_figure_of_a_day(people: Place) -> None:
    """An unfinished week counts only boats up to that day, and so do the notes."""
    ana = people("ana")
    weeks = ana.series(step="week", until="2020-05-07")
    by_day = ana.series(until="2020-05-07")
    assert weeks["count"].iloc[-1] == by_day["count"].tail(4).sum() < 8
    assert weeks["count"].sum() == by_day["count"].sum()
    noted = ana.time.series(SeriesChoice("people", until="2020-04-30"))
    assert (noted.series.unplaced, noted.notes) == (0, ())
    later = ana.time.series(SeriesChoice(until="2020-05-01"))
    assert later.series.unplaced == 1
    for until in ("2019-06-01", "2019-12-31"):
        with pytest.raises(RequestError, match="Take 2020-01-01 or a later day"):
            ana.series(until=until)


def test_reference_series_are_of_those_cleared_for_them(brought: Place) -> None:
    assert [series.name for series in brought("ana").time.reference.list_series()] == ["official", "secret"]
    assert [series.name for series in brought("low").time.reference.list_series()] == ["official"]
    said_of = []
    for name in ("secret", "nothing"):
        with pytest.raises(NotFound) as refused:
            brought("low").time.surges(SeriesChoice(name))
        said_of.append(str(refused.value).replace(name, "NAME"))
    assert said_of[0] == said_of[1]
    with pytest.raises(NotFound):
        brought("low").time.reference.remove("secret")
    with pytest.raises(Refused):
        brought("cus").time.reference.remove("official")


def test_a_reference_series_is_read_as_its_country_writes(brought: Place) -> None:
    (stored, _) = brought("ana").time.reference.list_series()
    assert (stored.columns, stored.first, len(stored.numbers[0])) == (("Boote", "Wellen"), FIRST, 140)
    answer = brought("low").time.surges(SeriesChoice("OFFICIAL", column="boote", condition="Wellen"))
    assert [surge.peak for surge in answer.surges] == [SURGE]
    assert SURGE in answer.beyond
    low = brought("low").time
    weeks = low.series(SeriesChoice("official", step="week", until="2020-05-09")).series
    assert (weeks.last, weeks.counts[-1]) == (
        dt.date(2020, 4, 27),
        sum((1, 0, 2)[place % 3] for place in range(117, 124)),
    )
    for until, says in (
        ("2019-06-01", "Take 2020-01-01 or a later day"),
        ("2020-01-07", "no whole week by 2020-01-07"),
    ):
        with pytest.raises(RequestError, match=says):
            low.series(SeriesChoice("official", step="week", until=until))
    with pytest.raises(RequestError, match="no counts"):
        brought("ana").time.series(SeriesChoice("official", column="Wellen"))
    with pytest.raises(RequestError, match="Its columns: Boote, Wellen"):
        brought("ana").time.series(SeriesChoice("official", column="Segel"))


def test_a_name_is_taken_once_and_replaced_on_purpose(brought: Place, figures: Path) -> None:
    reference = brought("ana").time.reference
    for name, says in (
        ("Official", "There is a series"),
        ("people", "a series of the case itself"),
        ("  ", "1 to 60"),
        ("x" * 61, "1 to 60"),
    ):
        with pytest.raises(RequestError, match=says):
            reference.load(figures, name)
    figures.write_text("date,boats\n2021-01-01,1\n2021-01-02,2\n")
    reference.load(figures, "official", replace=True, handling="P")
    assert [series.first.year for series in reference.list_series()] == [2021, 2020]
    with pytest.raises(RequestError, match="cleared for C"):
        brought("low").time.reference.load(figures, "mine", handling="C")


def test_a_replaced_figure_is_told_as_it_was_known(brought: Place, figures: Path) -> None:
    """The press said 145 people on the day; 152 was published on 1 June."""
    ana = brought("ana").time
    for people_of_day, more in ((145, {}), (150, {"published": "2020-05-20"}), (152, {"published": "2020-06-01"})):
        days = (FIRST + dt.timedelta(days=place) for place in range(140))
        lines = (f"{day},{people_of_day if day == SURGE else 20}" for day in days)
        figures.write_text("\n".join(("date,people", *lines)))
        stored = ana.reference.load(figures, "press", handling="P", replace=bool(more), **more)
    assert "'people': 8 May 2020 is 152, and was 150 before." in stored.notes
    for until, known in (("", 152), ("2020-05-08", 145), ("2020-05-19", 145), ("2020-05-31", 150), ("2020-06-01", 152)):
        chosen = brought("low").time.series(SeriesChoice("press", until=until))
        assert chosen.series.at(SURGE) == known, until
    answer = brought("low").time.surges(SeriesChoice("press", until="2020-05-08"))
    assert "'people': 8 May 2020 was 145 until 20 May 2020." in answer.notes
    for wrong in ("2020", "2999-01-01", "soon"):
        with pytest.raises(RequestError):
            ana.reference.load(figures, "press", replace=True, published=wrong)


def test_a_revision_tells_no_figure_of_code_c(brought: Place, figures: Path) -> None:
    """A series of code C that is replaced by one of code P reveals nothing to readers without C."""
    ana = brought("ana").time
    figures.write_text("date,people\n2020-05-08,145\n2020-05-09,82\n")
    ana.reference.load(figures, "opened", handling="C")
    figures.write_text("date,people\n2020-05-08,152\n2020-05-09,82\n")
    stored = ana.reference.load(figures, "opened", handling="P", replace=True)
    assert (stored.revisions, stored.notes) == ((), ())
    assert brought("low").time.series(SeriesChoice("opened", until="2020-05-09")).series.counts == (152, 82)


def test_what_lies_in_the_database_names_nothing(brought: Place) -> None:
    with transaction(brought.service.database) as connection:
        rows = connection.execute(sa.select(tables.reference_series)).mappings().all()
    assert {row["handling"] for row in rows if row["case_id"] == brought.case} == {"P", "C"}
    assert not any(
        word in bytes(row[column])
        for row in rows
        for column in ("words_sealed", "counts_sealed")
        for word in (b"official", b"Boote")
    )


def test_each_look_and_load_is_one_line_in_the_log(brought: Place) -> None:
    brought.begin()
    brought("low").time.surges(SeriesChoice())
    brought("low").time.surges(SeriesChoice())
    lines = brought.lines()
    assert [(line["action"], line["detail"].get("query")) for line in lines] == [("read", "surges")] * 2
    assert all("official" not in str(line) for line in lines)


def test_the_page_leads_from_a_day_to_who_is_behind_it(people: Place) -> None:
    client = people.client("low")
    address = f"/case/{people.case}/surges"
    page = client.get(address).text
    assert f'href="/case/{people.case}/behind?day=2020-05-08"' in page.replace("&amp;", "&")
    assert "8 May 2020: 8 crossings; expected" in page
    assert "Hidden" not in page
    data = client.get(f"{address}.json").get_json()
    day = next(row for row in data["days"] if row["day"] == "2020-05-08")
    assert (day["count"], day["alarm"], data["surges"][0]["peak"]) == (8, True, "2020-05-08")
    table = client.get(address, query_string={"as": "csv"})
    assert f"2020-05-08,{day['count']}," in table.text
    assert people.case not in table.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(table.text)))
    assert [row[-1] for row in rows if not row[0]] == [data["verdict"], *data["notes"]]
    assert client.get(address, query_string={"of": "no-such"}).status_code == 404
    assert client.get(address, query_string={"year": "x"}).status_code == 400


def test_too_many_boats_of_a_day_are_not_said_to_be_none(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphsvc.service.limits.MOST_STARTS", 7)
    page = people.client("low").get(f"/case/{people.case}/surges").text
    assert "day=2020-05-08" not in page
    assert page.count("8 crossings, more than the 7 that are asked about at once") > 2
    assert "no crossing in the case" not in page


def test_a_file_is_brought_in_and_removed_on_the_page(people: Place) -> None:
    client = people.client("ana")
    address = f"/case/{people.case}/surges"

    def sent(text: str, name: str = "official <b>.csv", **fields: Any) -> Any:
        file = (io.BytesIO(text.encode()), name)
        return post(client, address, f"{address}/load", **{"file": file, "name": "<i>official</i>"} | fields)

    try:
        assert sent(FIGURES).status_code == 303
        page = client.get(address, query_string={"of": "<i>official</i>"}).text
        assert "&lt;i&gt;official" in page
        assert "<i>official" not in page
        assert "no crossing in the case" in page
        taken = sent(FIGURES)
        assert taken.status_code == 400
        assert "Nothing was brought in" in taken.text
        wrong = sent("date,n\n2020-05-08,x\n2020-05-09,y1\n", name="counts.csv", replace="yes")
        assert wrong.status_code == 422
        assert "counts.csv has no column of numbers" in wrong.text
        # 90 characters of three bytes are longer than a file name may be.
        assert sent(FIGURES, name="\u754c" * 90 + ".csv", replace="yes").status_code == 303
        assert post(client, address, f"{address}/remove", name="<i>official</i>").status_code == 303
        assert people("ana").time.reference.list_series() == []
        assert post(people.client("cus"), address, f"{address}/load", name="x").status_code == 403
    finally:
        people.forget()


def test_a_series_reaches_the_newest_crossing_however_many_there_are(
    brought: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, case = brought.client("low"), f"/case/{brought.case}"
    whole = client.get(f"{case}/surges?of=official").text
    days, last = brought("low").time.crossing_days(), brought("low").time.series(SeriesChoice("crossings")).series.last
    bound = Gate._bound

    def fewer(gate: Gate, query: Query, of: str, grant: Grant) -> dict[str, Any]:
        return bound(gate, query, of, grant) | ({"limit": 3} if query.name == "cases.crossings" else {})

    monkeypatch.setattr(Gate, "_bound", fewer)
    brought.service.forget()
    assert brought("low").time.crossing_days() == days
    chosen = brought("low").time.series(SeriesChoice("crossings"))
    assert (chosen.series.last, chosen.notes) == (last, ())
    page = client.get(f"{case}/surges?of=official").text
    assert page.count("no crossing in the case") == whole.count("no crossing in the case") > 0


def test_people_per_boat_are_told_as_a_mean(people: Place) -> None:
    client, address = people.client("low"), f"/case/{people.case}/surges"
    means = {of: client.get(f"{address}.json?of={of}").get_json()["mean"] for of in ("per_boat", "people")}
    assert means == {"per_boat": True, "people": False}
    page, added = (client.get(f"{address}?of={of}").text for of in ("per_boat", "people"))
    assert "Sum of its days" in added
    assert "Sum of its days" not in page
