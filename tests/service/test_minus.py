"""What goes with somebody who is erased. Pure: no server."""

from __future__ import annotations

from graphsvc.access.vault import pseudonym
from graphsvc.cases.deliveries.erasure import gone, standing_without, without
from graphsvc.cases.image.sealing import Standing
from graphsvc.cases.image.texts import shown_rows
from graphsvc.ingest.check import Row
from graphsvc.ingest.fold import State, fold
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


def test_what_others_hold_as_well_is_left_to_them_and_what_tells_the_erased_apart_goes() -> None:
    """As of who is sealed: what several hold names nobody. The erased and their own things are one, however often delivered."""
    erased = {"id": "p", "name": "Yara Demir", "x_language": "Kurdish Sorani", "x_passport": "AB12CDE"}
    others = [{"id": name, "name": "Bo Quist", "x_language": "kurdish sorani"} for name in "qr"]
    cards = [{"id": thing, "kind": "document", "name": "identity card"} for thing in ("t1", "t2", "t3")]
    summary = "Yara Demir showed an identity card (AB12CDE), spoke Kurdish Sorani and sat in the Demir Cafe"
    told = [
        *people(erased, *others, {**erased, "notes": "again"}),
        *rows(
            "things",
            {**cards[0], "x_number": "AB12CDE"},
            *cards[1:],
            {"id": "t4", "kind": "document", "name": "pass of Demir"},
        ),
        *rows("things", {**cards[0], "name": "Demir visa"}, {"id": "t5", "kind": "document", "name": "Demir visa 2"}),
        *said("p USED t1", "p USED t2", "q USED t3", "q USED t4", "r USED t5"),
        *rows("statements", {"id": "S2", "kind": "record", "summary": summary}),
    ]
    what = gone(told, lambda kind, one: (kind, one) == ("person", "p"), KEY)
    assert [set(what.people), set(what.things)] == [{"p"}, {"t1", "t2"}]
    left = {row.values["id"]: row.values for row in without(told, what) if "id" in row.values}
    assert [left[name]["x_language"] for name in "qr"] == ["kurdish sorani"] * 2
    assert left["t3"]["name"] == "identity card"
    assert left["t4"]["name"] == f"pass of {ERASED}"
    assert left["S2"]["summary"] == (
        f"{ERASED} showed an identity card ({ERASED}), spoke Kurdish Sorani and sat in the {ERASED} Cafe"
    )


def test_places_and_words_of_every_day_in_the_case_are_left() -> None:
    everyday = (
        {"id": f"S{number}", "kind": "record", "handling": "P", "summary": "they paid by hand, karim"}
        for number in range(20)
    )
    told = [
        *people({"id": "p", "name": "Berber Karim"}, {"id": "q", "nationality": "Berber"}),
        *rows(
            "statements", {"id": "T", "kind": "record", "summary": "A Berber was there. Berber Karim too."}, *everyday
        ),
    ]
    what = gone(told, lambda kind, one: (kind, one) == ("person", "p"), KEY)
    left = {row.values["id"]: row.values for row in without(told, what)}
    assert left["T"]["summary"] == f"A Berber was there. {ERASED} too."
    assert left["S1"]["summary"] == "they paid by hand, karim"


def test_what_somebody_held_by_mistake_and_holds_no_more_goes_as_it_was_masked() -> None:
    """What stands in the case decides, as it does of who is sealed: nothing that was masked until then comes to light."""
    first = people({"id": "p", "name": "Yara Demir", "x_passport": "AB12CDE"}, {"id": "q", "x_passport": "AB12CDE"})
    second = [
        *people({"id": "q"}),
        *rows("statements", {"id": "S2", "kind": "record", "summary": "a passport, AB12CDE"}),
    ]
    state = State()
    for number, delivered in enumerate((first, second), 1):
        fold(state, number, delivered, {"people": ["id", "x_passport"]}, partial=False)
    told = [*first, *second]
    what = gone(told, lambda kind, one: (kind, one) == ("person", "p"), KEY, shown=shown_rows(state))
    left = without(told, what)
    assert [row.values["summary"] for row in left if row.table == "statements"] == [f"a passport, {ERASED}"]
    assert "AB12CDE" not in str(left)


def test_what_is_c_alone_makes_no_other_text_of_an_erasure() -> None:
    told = [
        *people({"id": "p", "name": "Yara Demir", "x_passport": "AB12CDE", "x_language": "Kurdish Sorani"}),
        *people(
            {"id": "q", "x_passport": "AB12CDE", "x_language": "Kurdish Sorani"},
            {"id": "r", "x_language": "Kurdish Sorani"},
        ),
        *rows("statements", {"id": "S2", "kind": "record", "summary": "AB12CDE, Kurdish Sorani"}),
    ]
    what = gone(told, lambda kind, one: (kind, one) == ("person", "p"), KEY, seen=lambda one: one == "r")
    (summary,) = (row.values["summary"] for row in without(told, what) if row.table == "statements")
    assert summary == f"{ERASED}, Kurdish Sorani"


def test_what_is_known_of_who_goes_is_looked_for_whether_it_was_taken_back_or_not() -> None:
    told = [
        *people(
            {"id": "p", "name": "Ysra Sahin"}, {"id": "q", "notes": "with Yara Demir, +447700900431 and Ivo Strand"}
        ),
        *rows("things", {"id": "t", "kind": "phone", "value": "+447700900123"}),
        *said("p USED t"),
    ]
    earlier = {
        ("person", "p"): {"id": "p", "name": "Yara Demir", "handling": "C"},
        ("thing", "t"): {"id": "t", "kind": "phone", "value": "+447700900431"},
        ("person", "absent"): {"id": "absent", "name": "Ivo Strand"},
        ("person", "x"): {"id": "x", "name": "Bo Quist"},
    }
    standing = {pseudonym(KEY, *whom): Standing(True, "P", "", identities=(known,)) for whom, known in earlier.items()}
    what = gone(told, lambda kind, one: kind == "person" and one in ("p", "absent"), KEY, standing)
    assert [set(what.people), set(what.things)] == [{"p", "absent"}, {"t"}]
    (q,) = (row for row in without(told, what) if row.table == "people")
    assert q.values["notes"] == f"with {ERASED}, {ERASED} and {ERASED}"
    assert what.masker.mask("Bo Quist") == "Bo Quist"


def ids(found: list[Row], table: str) -> set[str]:
    return {row.values["id"] for row in found if row.table == table}
