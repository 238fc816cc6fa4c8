"""A marked person is never named, whatever was claimed about that id before: sequences of deliveries on a real case."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.errors import NotFound
from graphsvc.service import PictureRequest, Service, Session, quiet
from graphsvc.service.exports.exposure import Wanted
from graphsvc.store.image import read_image
from tests.toolbox.accounts import WHOLE, People, people
from tests.toolbox.rows import Tables, statement_claims, write

pytestmark = pytest.mark.neo4j

NAMES = ("Kid Childs", "Sealed Byfile", "Vic Timm", "Wit Ness", "Plain Passenger")
IDS = tuple(f"P00{number}" for number in range(1, 6))
BARE: Tables = {
    "people": [{"id": identifier} for identifier in IDS],
    "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
    "statements": [
        {"id": "tip", "kind": "intelligence", "source_grade": "2", "assessment": "B", "handling": "P"},
        {"id": "worst", "kind": "intelligence", "source_grade": "3", "assessment": "E", "handling": "P"},
    ],
    "links": [
        *statement_claims("tip", *(f"{identifier} PILOTED crossing-1" for identifier in IDS)),
        *statement_claims("worst", *(f"{identifier} ASSISTED crossing-1" for identifier in IDS)),
    ],
}
REGISTER: Tables = {
    "people": [
        {
            "id": IDS[0],
            "name": NAMES[0],
            "date_of_birth": "2014",
            "phones": "+447700900001",
            "notes": "in care in Leeds",
        },
        {"id": IDS[1], "name": NAMES[1], "sealed": "yes"},
        {"id": IDS[2], "name": NAMES[2], "category": "victim"},
        {"id": IDS[3], "name": NAMES[3], "category": "witness"},
        {"id": IDS[4], "name": NAMES[4]},
    ],
    "statements": [{"id": "account", "kind": "witness", "source_id": IDS[3], "handling": "P"}],
    "links": statement_claims("account", *(f"{identifier} CROSSED_ON crossing-1" for identifier in IDS)),
}


@pytest.fixture
def sessions(service: Service, case: str) -> People:
    """Sessions of a loader without source clearance, one with it, and a reader cleared for P."""
    roles = {"inv": ("investigator", Grant("C")), "ana": ("analyst", WHOLE), "low": ("investigator", Grant("P"))}
    return people(service, case, roles)


def shows(service: Service, case: str) -> list[str]:
    """Names, phones and notes of these people that are in the graph."""
    image = str(read_image(service.store(), case))
    # Match whole words, because random ids may contain these four digits.
    texts = (*NAMES, "+447700900001", "Leeds", "2014")
    return [text for text in texts if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", image)]


@pytest.mark.parametrize("is_apart", [True, False])
def test_an_act_claimed_of_bare_ids_opens_nobody_whatever_comes_then(
    service: Service, case: str, sessions: People, tmp_path: Path, is_apart: bool
) -> None:
    sessions("inv").deliveries.load(write(tmp_path / "1", **BARE), quiet)
    # Rows delivered with a statement are set aside, except their marks.
    register = write(tmp_path / "2", **({"people": REGISTER["people"]} if is_apart else REGISTER))
    preview = sessions("ana").deliveries.load(register, quiet, partial=True, dry_run=True)
    assert preview.named_anew == 0
    assert sessions("ana").deliveries.load(register, quiet, partial=True).committed
    assert shows(service, case) == []
    for identifier in IDS if is_apart else IDS[:3]:
        with pytest.raises(NotFound):
            sessions("low").network.entities.look(identifier)
    sessions("ana").deliveries.undo(1, quiet)
    assert shows(service, case) == []
    sessions("ana").deliveries.load(register, quiet, partial=True)
    again = {
        "people": [{"id": IDS[4], "name": NAMES[4], "category": "", "sealed": "no"}],
        "crossings": BARE["crossings"],
    }
    again |= {"statements": BARE["statements"], "links": statement_claims("tip", f"{IDS[4]} PILOTED crossing-1")}
    sessions("inv").deliveries.load(write(tmp_path / "3", **again), quiet, partial=True)
    assert shows(service, case) == []


@pytest.mark.parametrize("status", ["retracted_as_false", "withdrawn"])
def test_a_statement_that_was_taken_back_names_nobody(
    service: Service, case: str, sessions: People, tmp_path: Path, status: str
) -> None:
    rows: Tables = {
        "people": [{"id": IDS[4], "name": NAMES[4]}, {"id": "boss-1", "name": "Ari Berg"}],
        "crossings": BARE["crossings"],
        "statements": [
            {"id": "false", "kind": "intelligence", "handling": "P", "status": status},
            {"id": "true", "kind": "record", "handling": "P"},
        ],
        "links": [
            *statement_claims("false", f"{IDS[4]} PILOTED crossing-1"),
            *statement_claims("true", f"{IDS[4]} CROSSED_ON crossing-1", "boss-1 ORGANISED crossing-1"),
        ],
    }
    sessions("inv").deliveries.load(write(tmp_path / "1", **rows), quiet)
    assert shows(service, case) == []
    assert "Ari Berg" in str(read_image(service.store(), case))


def test_who_interpreted_changes_nothing_of_who_is_named(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    rows: Tables = {
        "people": [{"id": identifier, "name": name} for identifier, name in zip(IDS, NAMES, strict=True)],
        "crossings": BARE["crossings"],
        "statements": [
            {"id": "account", "kind": "witness", "source_id": IDS[3], "interpreter_id": IDS[2], "handling": "P"},
            {"id": "log", "kind": "record", "handling": "P"},
        ],
        "links": statement_claims("log", *(f"{identifier} CROSSED_ON crossing-1" for identifier in IDS)),
    }
    sessions("inv").deliveries.load(write(tmp_path / "1", **rows), quiet)
    assert shows(service, case) == []


def test_a_name_whose_last_act_is_taken_back_is_sealed_unless_it_was_read(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    rows: Tables = {
        "people": [{"id": IDS[4], "name": NAMES[4]}],
        "crossings": BARE["crossings"],
        "statements": [{"id": "tip", "kind": "intelligence", "handling": "P"}],
        "links": statement_claims("tip", f"{IDS[4]} PILOTED crossing-1"),
    }
    taken_back = rows | {"statements": [{**rows["statements"][0], "status": "withdrawn"}]}
    sessions("ana").deliveries.load(write(tmp_path / "1", **rows), quiet)
    assert shows(service, case) == [NAMES[4]]
    sessions("ana").deliveries.load(write(tmp_path / "2", **taken_back), quiet, partial=True)
    assert shows(service, case) == []
    # A sealed person stays sealed, even when the act is delivered again.
    sessions("ana").deliveries.load(write(tmp_path / "3", **rows), quiet, partial=True)
    assert shows(service, case) == []


def test_a_row_that_was_refused_names_nobody(service: Service, case: str, sessions: People, tmp_path: Path) -> None:
    rows: Tables = {
        "people": [{"id": IDS[4], "name": NAMES[4], "phones": "+447700900001"}],
        "crossings": BARE["crossings"],
        "statements": [{"id": "tip", "kind": "intelligence", "handling": "P"}],
        "links": statement_claims("tip", f"{IDS[4]} CROSSED_ON crossing-1", f"{IDS[4]} PILOTED crossing-99"),
    }
    loaded = sessions("inv").deliveries.load(write(tmp_path / "1", **rows), quiet)
    assert [rejection.column for rejection in loaded.rejections] == ["object_id"]
    assert shows(service, case) == []


@pytest.mark.parametrize("cells", [{"x_row": "17"}, {"notes": "driver, unknown"}, {"nationality": "unknown"}])
def test_a_column_that_tells_nobody_decides_nothing(
    service: Service, case: str, sessions: People, tmp_path: Path, cells: dict[str, str]
) -> None:
    first = BARE | {"people": [{"id": identifier, **cells} for identifier in IDS]}
    sessions("inv").deliveries.load(write(tmp_path / "1", **first), quiet)
    sessions("ana").deliveries.load(write(tmp_path / "2", **REGISTER), quiet, partial=True)
    assert shows(service, case) == []


def test_two_rows_of_one_person_that_differ_in_a_mark_are_both_refused(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    rows: Tables = {
        "people": [
            {"id": IDS[0], "name": NAMES[0], "sealed": "", "date_of_birth": ""},
            {"id": IDS[0], "name": NAMES[0], "sealed": "yes", "date_of_birth": "2014"},
        ],
        "crossings": BARE["crossings"],
        "statements": [{"id": "tip", "kind": "intelligence", "handling": "P"}],
        "links": statement_claims("tip", f"{IDS[0]} PILOTED crossing-1"),
    }
    loaded = sessions("inv").deliveries.load(write(tmp_path / "1", **rows), quiet)
    assert sorted(each.line for each in loaded.rejections if each.file == "people.csv") == [2, 3]
    assert shows(service, case) == []


def test_an_identity_that_only_c_tells_of_somebody_marked_there_is_shown_to_nobody(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    known: Tables = {
        "people": [{"id": IDS[0], "name": "Shorty"}],
        "crossings": BARE["crossings"],
        "statements": [{"id": "tip", "kind": "intelligence", "handling": "P"}],
        "links": statement_claims("tip", f"{IDS[0]} PILOTED crossing-1"),
    }
    under_c = {"id": IDS[0], "name": NAMES[0], "date_of_birth": "2014", "phones": "+447700900001", "handling": "C"}
    sessions("ana").deliveries.load(write(tmp_path / "1", **known), quiet)
    sessions("ana").deliveries.load(write(tmp_path / "2", people=[under_c]), quiet, partial=True)
    assert "Shorty" in str(read_image(service.store(), case))
    assert shows(service, case) == []


def test_the_history_of_a_record_tells_nobody_who_a_sealed_person_is(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    rows: Tables = {
        "people": [{"id": IDS[4], "name": NAMES[4]}, {"id": "boss-1", "name": "Ari Berg"}],
        "crossings": BARE["crossings"],
        "statements": [{"id": "log", "kind": "record", "handling": "P"}],
        "links": statement_claims("log", f"{IDS[4]} CROSSED_ON crossing-1", "boss-1 PILOTED crossing-1"),
    }
    sessions("ana").deliveries.load(write(tmp_path / "1", **rows), quiet)
    same = {"statements": rows["statements"], "links": statement_claims("log", f"boss-1 SAME_AS {IDS[4]}")}
    sessions("ana").deliveries.load(write(tmp_path / "2", **same), quiet, partial=True)
    relations = {
        who: {
            row["relation"] for version in sessions(who).deliveries.statements.history("log") for row in version.claims
        }
        for who in ("inv", "ana")
    }
    assert relations == {"inv": {"CROSSED_ON", "PILOTED"}, "ana": {"CROSSED_ON", "PILOTED", "SAME_AS"}}


@pytest.mark.parametrize("source", ["P7", "Shorty", "Ari Berg", "07700900123"])
def test_an_informant_who_is_charged_later_is_shown_as_everybody_else(
    service: Service, case: str, sessions: People, tmp_path: Path, source: str
) -> None:
    charged: Tables = {
        "people": [
            {"id": "P7", "name": "Ari Berg", "category": "suspect", "aliases": "Shorty", "phones": "+447700900123"},
            {"id": "P8", "name": "Bo Quist", "category": "suspect"},
        ],
        "gangs": [{"id": "G1", "name": "The Landing"}],
        "statements": [{"id": "R1", "kind": "intelligence", "handling": "P", "summary": "P7 is Shorty, 07700900123."}],
        "links": statement_claims("R1", "P7 RUNS G1", "P8 MEMBER_OF G1"),
    }
    tip: Tables = {
        "people": [charged["people"][1]],
        "gangs": charged["gangs"],
        "statements": [{"id": "RC", "kind": "intelligence", "handling": "C", "source_id": source}],
        "links": statement_claims("RC", "P8 RUNS G1"),
    }

    def load(rows: Tables, name: str) -> int:
        loaded = sessions("ana").deliveries.load(write(tmp_path / name, **rows), quiet, partial=True)
        assert loaded.delivery is not None
        return loaded.delivery

    first = load(charged, "first")
    without = shown_to_p(sessions("low"))
    sessions("ana").deliveries.undo(first, quiet)
    load(tip, "tip")
    again = load(charged, "again")
    assert shown_to_p(sessions("low")) == without
    sessions("ana").deliveries.undo(again, quiet)
    load(charged, "once more")
    assert shown_to_p(sessions("low")) == without


def test_a_disputed_age_is_told_of_nobody_sealed_and_keeps_them_from_the_leads(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    rows: Tables = {
        "people": [
            {"id": IDS[2], "name": NAMES[2], "category": "victim"},
            {"id": "boss-1", "name": "Ari Berg", "category": "suspect"},
        ],
        "crossings": BARE["crossings"],
        "statements": [{"id": "tip", "kind": "intelligence", "source_grade": "1", "assessment": "A", "handling": "P"}],
        "links": statement_claims(
            "tip", f"{IDS[2]} PILOTED crossing-1", f"{IDS[2]} DIRECTED boss-1", "boss-1 ORGANISED crossing-1"
        ),
    }
    sessions("ana").deliveries.load(write(tmp_path / "first", **rows), quiet)
    hidden = pseudonym(service.register.key(case, create=False), "person", IDS[2])
    low = sessions("low")
    page, image = low.network.entities.look(hidden), str(read_image(service.store(), case))
    assert [lead["id"] for lead in low.leads.table()["hubs"]].count(hidden) == 1
    for disputed, in_leads in (("no", 1), ("yes", 0)):
        changed: Tables = {"people": [{**rows["people"][0], "age_disputed": disputed}]}
        assert sessions("ana").deliveries.load(write(tmp_path / disputed, **changed), quiet, partial=True).committed
        assert sessions("low").network.entities.look(hidden) == page
        assert str(read_image(service.store(), case)) == image
        assert [lead["id"] for lead in sessions("low").leads.table()["hubs"]].count(hidden) == in_leads


def shown_to_p(low: Session) -> list[object]:
    """Search, page, report and export of the suspect, as a reader cleared for P sees them."""
    export = low.exports.make(Wanted(picture=PictureRequest(ids=("G1",))), "Kent Police", "asked for it", forms=["csv"])
    _, content = low.exports.given.fetch(export.id)
    nodes = zipfile.ZipFile(io.BytesIO(content)).read("nodes.csv")
    report = low.deliveries.statements.look("R1").values["summary"]
    return [low.search.find("ari").hits, low.network.entities.look("P7").values, report, nodes]
