"""What goes with somebody who is erased. Pure: no server."""

from __future__ import annotations

from graphsvc.access.vault import pseudonym
from graphsvc.cases.deliveries.erasure import gone, standing_without, without
from graphsvc.cases.image.standing import Standing
from graphsvc.ingest.check import Row
from graphsvc.names.seal import ERASED
from tests.service.test_standing import KEY, people, rows, said

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
    what = gone(told, lambda kind, one: (kind, one) == ("person", "p"), KEY)
    assert [set(one) for one in (what.people, what.things, what.shared)] == [{"p"}, {"t1", "t2", "home"}, {"t3"}]
    left = without(told, what)
    assert ids(left, "workplaces") == {"hers", "run", "wash"}
    assert ids(left, "things") == {"t3"}
    (q,) = (row for row in left if row.table == "people")
    assert q.values["notes"] == f"Met at {ERASED}"


def test_an_id_is_masked_the_same_way_wherever_it_stands() -> None:
    """Else the claims of a namesake would lead nowhere, and what is known of them would be somebody else's."""
    told = [
        *people({"id": "p", "name": "Ari Berg"}, {"id": "ari-berg-2", "name": "Ari Berg"}, {"id": "q", "name": "Bo"}),
        *said("ari-berg-2 DIRECTED q"),
    ]
    what = gone(told, lambda kind, one: (kind, one) == ("person", "p"), KEY)
    left = without(told, what)
    (named,) = ids(left, "people") - {"q"}
    (link,) = (row for row in left if row.table == "links")
    assert link.values["subject_id"] == named
    standing = {pseudonym(KEY, "person", "ari-berg-2"): Standing(True, "P", "", identities=(told[1].values,))}
    ((known,),) = (entity.identities for entity in standing_without(standing, what, ()).values())
    assert known["id"] == named
    assert known["name"] == "Ari Berg"


def test_what_is_known_of_a_dwelling_is_masked_as_its_row_is() -> None:
    told = [*people({"id": "p", "name": "Ari Berg"}), *rows("workplaces", {"id": "w", "name": "Flat of Ari Berg"})]
    what = gone(told, lambda kind, one: (kind, one) == ("person", "p"), KEY)
    standing = {pseudonym(KEY, "thing", "w"): Standing(True, "P", "", identities=(told[1].values,))}
    ((known,),) = (entity.identities for entity in standing_without(standing, what, ()).values())
    assert known == without(told, what)[0].values == {"id": "w", "name": f"Flat of {ERASED}"}


def test_statements_of_which_a_row_was_rejected_are_called_as_they_are_left() -> None:
    told = [
        *people({"id": "p", "name": "Ari Berg"}, {"id": "q", "name": "Bo"}),
        *rows(
            "statements",
            *({"id": one, "kind": "witness", "source_id": by} for one, by in (("s", "p"), ("on-ari-berg", "q"))),
        ),
    ]
    what = gone(told, lambda kind, one: (kind, one) == ("person", "p"), KEY)
    assert set(what.statements_left(["", "s", "on-ari-berg"]) or ()) == {"", *ids(without(told, what), "statements")}
    assert what.statements_left(None) is None


def ids(found: list[Row], table: str) -> set[str]:
    return {row.values["id"] for row in found if row.table == table}
