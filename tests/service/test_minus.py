"""Everything that is removed with an erased person. No server."""

from __future__ import annotations

from graphsvc.access.vault import pseudonym
from graphsvc.cases.deliveries.erasure import find_erased, standing_without, without
from graphsvc.cases.graph.sealing import Standing
from graphsvc.cases.graph.texts import SourceIds
from graphsvc.ingest.check import Row
from graphsvc.records.tables import ERASED
from tests.service.test_standing import KEY, people, rows, statement_rows

PLACES = rows(
    "workplaces",
    {"id": "home", "kind": "dwelling", "address": "12 Harbour Lane, Dover"},
    {"id": "hers", "kind": "dwelling"},
    {"id": "run", "kind": "dwelling"},
    {"id": "wash", "kind": "premises"},
)
THINGS = rows("things", {"id": "t1", "kind": "phone"}, {"id": "t2", "kind": "address"}, {"id": "t3", "kind": "phone"})


def test_with_somebody_go_what_only_they_used_and_where_only_they_lived() -> None:
    delivered = [
        *people({"id": "p"}, {"id": "q", "notes": "Met at 12 Harbour Lane"}),
        *PLACES,
        *THINGS,
        *statement_rows("p USED t1", "p LOCATED_AT t2", "p USED t3", "q USED t3", "p LIVED_AT home", "p LIVED_AT hers"),
        *statement_rows("q LIVED_AT hers", "p LIVED_AT run", "q MANAGED run", "p LIVED_AT wash", statement="S2"),
    ]
    erasure = find_erased(delivered, lambda kind, identifier: (kind, identifier) == ("person", "p"), KEY)
    assert [set(removed) for removed in (erasure.people, erasure.things, erasure.shared)] == [
        {"p"},
        {"t1", "t2", "home"},
        {"t3"},
    ]
    left = without(delivered, erasure)
    assert ids(left, "workplaces") == {"hers", "run", "wash"}
    assert ids(left, "things") == {"t3"}
    (q,) = (row for row in left if row.table == "people")
    assert q.values["notes"] == f"Met at {ERASED}"


def test_an_id_changes_the_same_way_wherever_it_stands() -> None:
    """Otherwise the claims of a namesake would lead nowhere, and facts about them would belong to someone else."""
    delivered = [
        *people({"id": "p", "name": "Ari Berg"}, {"id": "ari-berg-2", "name": "Ari Berg"}, {"id": "q", "name": "Bo"}),
        *statement_rows("ari-berg-2 DIRECTED q"),
    ]
    erasure = find_erased(delivered, lambda kind, identifier: (kind, identifier) == ("person", "p"), KEY)
    left = without(delivered, erasure)
    (named,) = ids(left, "people") - {"q"}
    (link,) = (row for row in left if row.table == "links")
    assert link.values["subject_id"] == named
    standing = {pseudonym(KEY, "person", "ari-berg-2"): Standing(True, "P", "", identities=(delivered[1].values,))}
    ((known,),) = (entity.identities for entity in standing_without(standing, erasure, ()).values())
    assert known["id"] == named
    assert known["name"] == "Ari Berg"


def test_a_named_person_keeps_how_they_stand_under_an_id_that_somebody_taken_back_had() -> None:
    delivered = [*people({"id": "p", "name": "Ari Berg"}, {"id": "ari-berg-2", "name": "Bo Quist"})]
    erasure = find_erased(delivered, lambda kind, identifier: (kind, identifier) == ("person", "p"), KEY)
    (left,) = ids(without(delivered, erasure), "people")
    earlier = {"id": left, "name": "Cas Roe"}
    standing = {
        pseudonym(KEY, "person", "ari-berg-2"): Standing(False, "P", "", "act", identities=(delivered[1].values,)),
        pseudonym(KEY, "person", left): Standing(False, "P", "", identities=(earlier,), is_absent=True),
    }
    now = standing_without(standing, erasure, ())[pseudonym(KEY, "person", left)]
    assert now == Standing(False, "P", "", "act", identities=(earlier, {"id": left, "name": "Bo Quist"}))


def test_what_is_known_of_a_dwelling_is_left_as_its_row_is() -> None:
    delivered = [*people({"id": "p", "name": "Ari Berg"}), *rows("workplaces", {"id": "w", "name": "Flat of Ari Berg"})]
    erasure = find_erased(delivered, lambda kind, identifier: (kind, identifier) == ("person", "p"), KEY)
    standing = {pseudonym(KEY, "thing", "w"): Standing(True, "P", "", identities=(delivered[1].values,))}
    ((known,),) = (entity.identities for entity in standing_without(standing, erasure, ()).values())
    assert known == without(delivered, erasure)[0].values == {"id": "w", "name": f"Flat of {ERASED}"}


def test_statements_of_which_a_row_was_rejected_are_called_as_they_are_left() -> None:
    delivered = [
        *people({"id": "p", "name": "Ari Berg"}, {"id": "q", "name": "Bo"}),
        *rows(
            "statements",
            *(
                {"id": statement, "kind": "witness", "source_id": by}
                for statement, by in (("s", "p"), ("on-ari-berg", "q"))
            ),
        ),
    ]
    erasure = find_erased(delivered, lambda kind, identifier: (kind, identifier) == ("person", "p"), KEY)
    assert set(erasure.statements_left(["", "s", "on-ari-berg"]) or ()) == {
        "",
        *ids(without(delivered, erasure), "statements"),
    }
    assert erasure.statements_left(None) is None


def test_names_of_the_erased_go_whole_and_what_others_are_called_stays() -> None:
    delivered = [
        *people(
            {
                "id": "p",
                "name": "Yara Demir",
                "aliases": ["Wolf"],
                "x_passport": "AB12CDE",
                "x_language": "Kurdish Sorani",
            },
            {"id": "q", "name": "Yara Demir", "aliases": ["Wolf Barzan", "Wolf"], "x_language": "Kurdish Sorani"},
            {"id": "r", "name": "Brother of Yara Demir", "notes": "Wolf, AB 12 CDE"},
        ),
        *rows("gangs", {"id": "g", "name": "Wolf Pack", "notes": "cousins of Demir, Yara and of Demir"}),
        *rows(
            "statements",
            {"id": "S2", "kind": "record", "summary": "Yara%20Demir was there", "interest": "owes Yara Demir"},
        ),
    ]
    erasure = find_erased(delivered, lambda kind, identifier: (kind, identifier) == ("person", "p"), KEY)
    left = {row.values["id"]: row.values for row in without(delivered, erasure)}
    assert (left["q"]["name"], left["q"]["aliases"]) == ("Yara Demir", ["Wolf Barzan", ERASED])
    assert left["q"]["x_language"] == "Kurdish Sorani"
    assert (left["r"]["name"], left["r"]["notes"]) == (f"Brother of {ERASED}", f"{ERASED}, {ERASED}")
    assert (left["g"]["name"], left["g"]["notes"]) == ("Wolf Pack", f"cousins of {ERASED} and of Demir")
    assert (left["S2"]["summary"], left["S2"]["interest"]) == (ERASED, f"owes {ERASED}")
    known = SourceIds(frozenset(("p", "CHIS-wolf-1", "R1")), frozenset(("p", "R2")))
    assert erasure.sources_left(known) == SourceIds(frozenset({"R1"}), frozenset({"R2"}))


def test_the_name_of_the_erased_goes_out_of_relations_and_columns() -> None:
    delivered = [
        *people(
            {"id": "p", "name": "Hewa Karim", "aliases": ["Caller"]},
            {"id": "q", "name": "BROTHER OF HEWA KARIM", "x_hewa_karim_said": "yes", "x_said": "no"},
            {"id": "r", "name": "Karim Hewa"},
        ),
        *statement_rows("q X_HEWA_KARIM_FRIEND r", "q X_HEWAKARIM r", "q X_CALLER r"),
    ]
    erasure = find_erased(delivered, lambda kind, identifier: (kind, identifier) == ("person", "p"), KEY)
    left = without(delivered, erasure)
    assert [row.values["relation"] for row in left if row.table == "links"] == [
        "X_ERASED_FRIEND",
        "X_ERASED",
        "X_CALLER",
    ]
    q, r = (row.values for row in left if row.table == "people")
    assert (q["name"], r["name"]) == (f"BROTHER OF {ERASED}", "Karim Hewa")
    assert (q["x_erased_said"], q["x_said"]) == ("yes", "no")
    assert "karim" not in str(q).lower()
    columns = {"people": ["id", "name", "x_hewa_karim_said"]}
    assert erasure.columns_left(columns, left) == {"people": ["id", "name", "x_erased_said"]}


def test_what_is_known_of_who_goes_is_looked_for_whether_it_was_taken_back_or_not() -> None:
    delivered = [
        *people(
            {"id": "p", "name": "Ysra Sahin"}, {"id": "q", "notes": "with Yara Demir, +447700900431 and Ivo Strand"}
        ),
        *rows("things", {"id": "t", "kind": "phone", "value": "+447700900123"}),
        *statement_rows("p USED t"),
    ]
    earlier = {
        ("person", "p"): {"id": "p", "name": "Yara Demir", "handling": "C"},
        ("thing", "t"): {"id": "t", "kind": "phone", "value": "+447700900431"},
        ("person", "absent"): {"id": "absent", "name": "Ivo Strand"},
        ("person", "x"): {"id": "x", "name": "Bo Quist"},
    }
    standing = {
        pseudonym(KEY, *entity): Standing(True, "P", "", identities=(known,)) for entity, known in earlier.items()
    }
    erasure = find_erased(
        delivered, lambda kind, identifier: kind == "person" and identifier in ("p", "absent"), KEY, standing
    )
    assert [set(erasure.people), set(erasure.things)] == [{"p", "absent"}, {"t"}]
    (q,) = (row for row in without(delivered, erasure) if row.table == "people")
    assert q.values["notes"] == f"with {ERASED}, {ERASED} and {ERASED}"
    assert erasure.without_names("Bo Quist") == "Bo Quist"


def ids(remaining: list[Row], table: str) -> set[str]:
    return {row.values["id"] for row in remaining if row.table == table}
