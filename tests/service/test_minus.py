"""What goes with somebody who is erased. Pure: no server."""

from __future__ import annotations

from graphsvc.cases.deliveries.erasure import gone, without
from graphsvc.ingest.check import Row
from graphsvc.names.seal import ERASED
from tests.service.test_standing import people, rows, said

PLACES = rows(
    "workplaces",
    {"id": "home", "kind": "dwelling", "address": "12 Harbour Lane, Dover"},
    {"id": "hers", "kind": "dwelling"},
    {"id": "run", "kind": "dwelling"},
    {"id": "wash", "kind": "premises"},
)
THINGS = rows("things", {"id": "t1", "kind": "phone"}, {"id": "t2", "kind": "address"}, {"id": "t3", "kind": "phone"})


def test_with_somebody_go_what_only_they_used_and_where_only_they_lived() -> None:
    told = [
        *people({"id": "p"}, {"id": "q", "notes": "Met at 12 Harbour Lane"}),
        *PLACES,
        *THINGS,
        *said("p USED t1", "p LOCATED_AT t2", "p USED t3", "q USED t3", "p LIVED_AT home", "p LIVED_AT hers"),
        *said("q LIVED_AT hers", "p LIVED_AT run", "q MANAGED run", "p LIVED_AT wash", statement="S2"),
    ]
    what = gone(told, lambda kind, one: (kind, one) == ("person", "p"))
    assert [set(one) for one in (what.people, what.things, what.shared)] == [{"p"}, {"t1", "t2", "home"}, {"t3"}]
    left = without(told, what)
    assert ids(left, "workplaces") == {"hers", "run", "wash"}
    assert ids(left, "things") == {"t3"}
    (q,) = (row for row in left if row.table == "people")
    assert q.values["notes"] == f"Met at {ERASED}"


def ids(found: list[Row], table: str) -> set[str]:
    return {row.values["id"] for row in found if row.table == table}
