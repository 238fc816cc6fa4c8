"""Values of a notebook as parameters, including NumPy and pandas values: each keeps its type and value."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from neo4j.time import Duration

from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.errors import AnswerWarning, RequestError
from graphsvc.records.iso import json_safe
from graphsvc.service import Service, Session
from graphsvc.service.cypher.parameters import native
from tests.toolbox.rows import texts

CASE = "values"
ANN = Principal("ann", frozenset({"analyst"}), {"*": Grant("C", sources=True)}, free_cypher=True)
DAY, MOMENT = dt.date(2020, 5, 8), dt.datetime(2020, 5, 8, 4, 30, 1, 500)  # noqa: DTZ001 - of no zone, as pandas has them
LONDON = MOMENT.replace(tzinfo=ZoneInfo("Europe/London"))
# The given value, and the value in the database.
VALUES: list[tuple[Any, Any]] = [
    (None, None),
    (True, True),
    (3, 3),
    (2.5, 2.5),
    ("P1", "P1"),
    (np.int64(3), 3),
    (np.uint8(3), 3),
    (np.float32(1.5), 1.5),
    (np.bool_(True), True),
    (np.str_("P1"), "P1"),
    (np.array([1, 2]), [1, 2]),
    (np.array([[1.5], [2.5]]), [[1.5], [2.5]]),
    (np.array(3), 3),
    (np.array(["a", None], dtype=object), ["a", None]),
    (np.datetime64("2020-05-08"), DAY),
    (np.datetime64("2020-05-08T04:30:01.000500000"), MOMENT),
    (np.datetime64("NaT"), None),
    (np.timedelta64(3, "D"), dt.timedelta(days=3)),
    (np.timedelta64(1_500_000_000, "ns"), dt.timedelta(seconds=1.5)),
    (np.array(["2020-05-08"], dtype="datetime64[D]"), [DAY]),
    (pd.Timestamp(MOMENT), MOMENT),
    (pd.Timestamp(LONDON), LONDON),
    (pd.Timestamp("2020-05-08T04:30:01.000500123"), MOMENT),
    (pd.Timedelta(days=3), dt.timedelta(days=3)),
    (pd.NaT, None),
    (pd.NA, None),
    (pd.Series(["P1", "P2"]), ["P1", "P2"]),
    (pd.Series([1, None], dtype="Int64"), [1, None]),
    (pd.Series([MOMENT, None]), [MOMENT, None]),
    (pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
    (pd.Index(["P1"]), ["P1"]),
    (pd.DataFrame({"id": ["P1"], "n": [2]}), [{"id": "P1", "n": 2}]),
    ({"P2", "P1"}, ["P1", "P2"]),
    (frozenset({1}), [1]),
    (("a", 1), ["a", 1]),
    (range(3), [0, 1, 2]),
    ({"a": {"b": DAY}}, {"a": {"b": DAY}}),
    ({"a": 1}.keys(), ["a"]),
    (DAY, DAY),
    (MOMENT, MOMENT),
    (LONDON, LONDON),
    (MOMENT.replace(tzinfo=dt.UTC), MOMENT.replace(tzinfo=dt.UTC)),
    (dt.time(4, 30), dt.time(4, 30)),
    (dt.timedelta(days=-1, hours=2), dt.timedelta(days=-1, hours=2)),
    (Duration(months=1, days=3), Duration(months=1, days=3)),
    (math.inf, math.inf),
    # The driver lost an hour of these, or ended the process, when they were inside other values.
    ({"a": [LONDON, {"b": LONDON}], "c": LONDON}, {"a": [LONDON, {"b": LONDON}], "c": LONDON}),
    # A map that looks like a packed value is still a map.
    ({"date": "2020-05-08"}, {"date": "2020-05-08"}),
    ({"node": {"labels": [], "properties": {}}}, {"node": {"labels": [], "properties": {}}}),
    ({"kind": "node", "end": "4:x:0"}, {"kind": "node", "end": "4:x:0"}),
]


def same(value: Any) -> tuple[Any, Any]:
    """A value with its type, also inside containers, since otherwise 1, True and 1.0 would be equal."""
    if isinstance(value, dict):
        return dict, {name: same(item) for name, item in value.items()}
    return (list, [same(item) for item in value]) if type(value) is list else (type(value), value)


# Names by type alone: test workers must agree on names of tests, and each prints a set in another order.
@pytest.mark.parametrize(("value", "meant"), VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_taken_for_what_it_holds(value: Any, meant: Any) -> None:
    assert same(native({"x": value})["x"]) == same(meant)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (decimal.Decimal("1.5"), "is a Decimal, which the database has no kind for"),
        (object(), "is a object, which the database has no kind for"),
        (pd.Period("2020-05"), "is a Period, which"),
        (np.complex128(1), "is a complex128, which"),
        (np.timedelta64(1, "M"), "is a span of months"),
        ([2**63], "is a larger whole number"),
        (np.uint64(2**63), "is a larger whole number"),
        ("\ud800", "holds characters that cannot be kept"),
        (pd.Series(["a\0"]), "holds characters that cannot be kept"),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_a_value_of_no_kind_is_one_sentence(value: Any, says: str) -> None:
    with pytest.raises(RequestError) as refused:
        native({"x": value})
    assert str(refused.value).startswith(f"The value of $x {says}")


def test_what_is_nested_without_end_is_refused() -> None:
    nested: list[Any] = []
    nested.append(nested)
    with pytest.raises(RequestError, match=r"\$x is nested more than 20 deep"):
        native({"x": nested})


# The case for named queries: the same case with a second crossing, in which both people had a part.
NAMED = "values of named queries"
ROWS = {
    "people": "id,name,category\nP1,Ann,suspect\nP2,Ben,suspect\n",
    "crossings": "id,date\nC1,2020-05-08\n",
    "statements": "id,kind,handling\nS1,record,P\n",
    "links": "subject_id,relation,object_id,statement_id\nP1,PILOTED,C1,S1\nP1,PAID,P2,S1\n",
}
MORE = ROWS | {
    "crossings": ROWS["crossings"] + "C2,2020-05-09\n",
    "links": ROWS["links"] + "P2,ASSISTED,C1,S1\nP1,ORGANISED,C2,S1\nP2,ASSISTED,C2,S1\n",
}


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(at_server()) as opened:
        for case, rows in ((CASE, ROWS), (NAMED, MORE)):
            folder = texts(tmp_path_factory.mktemp("delivery") / "case", **rows)
            opened.session(ANN, "tests", case).deliveries.load(folder, lambda *_progress: None)
        yield opened


@pytest.fixture(scope="module")
def session(service: Service) -> Session:
    return service.session(ANN, "tests", CASE)


@pytest.fixture(scope="module")
def named_session(service: Service) -> Session:
    return service.session(ANN, "tests", NAMED)


@pytest.mark.neo4j
def test_every_value_comes_back_as_what_it_is(session: Session) -> None:
    run = session.cypher.run("RETURN $values AS values", {"values": [value for value, _ in VALUES]})
    assert [same(value) for value in run.rows[0][0]] == [same(meant) for _, meant in VALUES]
    # Also as JSON, which has no NaN.
    assert json.loads(json.dumps(json_safe(run.rows[0]), allow_nan=False))
    # The history can be read when it is opened again.
    assert session.cypher.history()[0].parameters["values"][14] == "2020-05-08"


@pytest.mark.neo4j
def test_an_answer_comes_in_values_that_can_be_counted_with(session: Session) -> None:
    text = (
        "MATCH (c:Crossing {case: $case}) UNWIND [0, 1] AS n "
        "RETURN c.date_earliest AS day, datetime({epochSeconds: n, timezone: 'Europe/London'}) AS moment, "
        "duration({days: n}) AS span, n / 0.0 AS ratio, [c.date_earliest] AS days, duration({months: n, days: 1}) AS months"
    )
    frame = session.cypher_frame(text)
    assert list(frame["day"]) == [DAY, DAY]
    assert frame["span"].sum() == pd.Timedelta(days=1)
    assert [str(ratio) for ratio in frame["ratio"]] == ["nan", "inf"]
    assert frame["days"][0] == [DAY]
    assert list(frame["months"]) == [dt.timedelta(days=1), Duration(months=1, days=1)]
    assert (frame["moment"][1] - frame["moment"][0]).total_seconds() == 1
    assert str(frame["moment"][0].tzinfo) == "Europe/London"
    assert json_safe(session.cypher.run(text).rows[1])[:5] == [
        "2020-05-08", "1970-01-01T01:00:01+01:00", "P1D", "Infinity", ["2020-05-08"]
    ]  # fmt: skip


@pytest.mark.neo4j
def test_a_relationship_that_comes_alone_knows_its_ends(session: Session) -> None:
    for text in (
        "MATCH (:Person {case: $case})-[r:PAID]->() RETURN r",
        "MATCH (:Person {case: $case})-[r:PAID]->() RETURN collect(r)[0] AS r",
        "MATCH (p:Person {case: $case})-[r:PAID]->() RETURN r, p",
        "MATCH (p:Person {case: $case})-[r:PAID]->(q) RETURN r, p, q",
    ):
        link = session.cypher.run(text).rows[0][0]
        assert (link["start"], link["end"]) == ("P1", "P2"), text


@pytest.mark.neo4j
@pytest.mark.parametrize("day", [pd.Timestamp("2020-05-08"), "2020-05-08"], ids=["moment", "text"])
def test_a_day_beside_what_is_none_fits_nothing_and_that_is_told(session: Session, day: Any) -> None:
    text = "MATCH (c:Crossing {case: $case}) WHERE c.date_earliest <= $day RETURN c.id"
    with pytest.warns(AnswerWarning, match=r"^Line 1, column 40: .*Write date\(\$day\)"):
        assert session.cypher.run(text, {"day": day}).rows == []
    assert session.cypher.run(text.replace("$day", "date($day)"), {"day": day}).rows == [("C1",)]
    assert session.cypher.run(text, {"day": DAY}).rows == [("C1",)]
    with pytest.warns(AnswerWarning, match=r"`date` is text and \$day is a day.*Write toString\(\$day\)"):
        assert session.cypher.run(text.replace("date_earliest", "date"), {"day": DAY}).rows == []
    # Text is not a day, so it differs from every day, as the warning says.
    with pytest.warns(AnswerWarning, match=r"which always differ"):
        assert session.cypher.run(text.replace("<=", "<>"), {"day": day}).rows == [("C1",)]
    assert session.cypher.run(text.replace("<=", "<>"), {"day": DAY}).rows == []


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "without",
    [{"PILOTED"}, ["PILOTED"], np.array(["PILOTED"]), pd.Series(["PILOTED", None]), pd.Index(["PILOTED"]), "PILOTED"],
    ids=lambda value: type(value).__name__,
)
def test_a_list_of_a_named_query_is_taken_in_every_kind(named_session: Session, without: Any) -> None:
    frame = named_session.frame("paths.in_common", first="P1", second="P2", without=without)
    assert list(frame["shared"]) == ["C2"]
    assert [
        tuple(row)
        for row in named_session.queries.run(
            "paths.in_common", {"first": "P1", "second": "P2", "without": without}
        ).rows
    ] == [tuple(row) for row in frame.itertuples(index=False)]


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "day",
    [DAY, pd.Timestamp(DAY), pd.Timestamp(LONDON), np.datetime64(DAY), np.datetime64(MOMENT), "8 May 2020"],
    ids=lambda value: type(value).__name__,
)
def test_a_day_of_a_named_query_is_taken_in_every_kind(named_session: Session, day: Any) -> None:
    frame = named_session.frame("crossings.on_days", first=day, last=day, least=np.float32(0.25))
    assert list(frame["crossing"]) == ["C1"]


@pytest.mark.neo4j
def test_what_is_missing_is_left_out_and_several_where_one_goes_are_refused(named_session: Session) -> None:
    assert len(named_session.frame("crossings.on_days", first="2020-05-08", last=pd.NaT)) == 2
    with pytest.raises(RequestError, match=r"The parameter crossing takes one value, not \"\['C1'\]\""):
        named_session.frame("crossings.behind", crossing={"C1"})
    with pytest.raises(RequestError, match=r"The value of \$crossing is a Decimal"):
        named_session.frame("crossings.behind", crossing=decimal.Decimal(1))
