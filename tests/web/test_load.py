from __future__ import annotations

import csv
import io
import threading
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from filelock import FileLock
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.appdb import tables, transaction
from graphsvc.cases.deliveries import comparing
from graphsvc.cases.deliveries.casework import Casework
from graphsvc.cases.deliveries.loaded import REWRITE_OWED
from graphsvc.cases.deliveries.replay import Replay
from graphsvc.config import Settings
from graphsvc.ingest.forms import SUFFIXES
from graphsvc.service import PictureRequest, Service
from graphsvc.service.deliveries.uploads import Uploads
from graphsvc.views.loading import CHANGED_SINCE, read_otherwise
from graphsvc.web import create_app
from graphsvc.web.deliveries import load
from graphsvc.web.deliveries.load import COUNTS
from tests.toolbox import pages, rows
from tests.toolbox.accounts import session, signed_in

pytestmark = pytest.mark.neo4j

PEOPLE = "id,name,category\nP1,Idris Karam,suspect\nP2,Selam Bekele,witness\nP3,Ana Petrou,other\n"
STATEMENTS = "id,kind,source_id,handling\nST1,witness,P2,C\nST2,record,,P\n"
LINKS = "subject_id,relation,object_id,statement_id\nP1,DIRECTED,P3,ST1\nP1,PAID,P3,ST2\n"
# One row names a person who does not exist, another has an invalid relation.
BAD_LINKS = LINKS + "P1,DIRECTED,Selam Bekele,ST1\nP1,DIRECTTED,P3,ST2\n"
WAIT_S = 60.0


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    with Service(at_server(upload_mb=2)) as opened:
        everywhere = {"*": Grant("C", sources=True)}
        accounts.add(opened.database, "ann", ["investigator"], everywhere)
        accounts.add(opened.database, "bob", ["analyst"], everywhere)
        accounts.add(opened.database, "pam", ["investigator"], {"*": Grant("P")})
        accounts.add(opened.database, "dis", ["disclosure"], everywhere)
        accounts.add(opened.database, "sam", ["investigator"], {"*": Grant("C")})
        yield opened


@pytest.fixture(scope="module")
def app(service: Service) -> Flask:
    flask = create_app(service)
    flask.testing = True
    return flask


@pytest.fixture
def case() -> str:
    return f"web-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def ann(app: Flask) -> FlaskClient:
    return signed_in(app, "ann")


def zip_case(links: str = LINKS, people: str = PEOPLE) -> bytes:
    return rows.zip_tables(people=people, statements=STATEMENTS, links=links)


def zip_people(people: str, **more: str) -> bytes:
    """A case without witness statements, so that rows about people known before are not set aside."""
    return rows.zip_tables(people=people, **more)


def token(client: FlaskClient, case: str) -> str:
    return pages.token(client.get(f"/case/{case}/load").text)


def sent(client: FlaskClient, case: str, content: bytes, name: str = "case.zip", **fields: Any) -> TestResponse:
    data = {"csrf_token": token(client, case), "file": (io.BytesIO(content), name), **fields}
    return client.post(f"/case/{case}/load", data=data, content_type="multipart/form-data")


def preview_upload(client: FlaskClient, case: str, content: bytes, **fields: Any) -> str:
    """Send an upload, and return the address of its finished preview."""
    answer = sent(client, case, content, **fields)
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    wait_for_job(client, client.get(address))
    return address


def wait_for_job(client: FlaskClient, answer: TestResponse) -> dict[str, Any]:
    """The job that an answer redirects to, once it has ended; empty without such a job."""
    address = answer.headers.get("Location", "")
    if "/job" not in address:
        return {}
    pages.wait_for_work(client, address)
    job: dict[str, Any] = client.get(address.replace("/job?", "/job.json?")).json["job"]  # type: ignore[index]
    return job


def load_content(client: FlaskClient, case: str, content: bytes, **fields: Any) -> dict[str, Any]:
    upload = preview_upload(client, case, content, **fields).rpartition("upload=")[2]
    form = {"csrf_token": token(client, case), "upload": upload}
    return wait_for_job(client, client.post(f"/case/{case}/load/confirm", data=form))


def names_kept(service: Service, name: str) -> list[Path]:
    """Files of the home that contain a name unencrypted."""
    return [path for path in service.settings.home.rglob("*") if path.is_file() and name.encode() in path.read_bytes()]


def upload_files(service: Service) -> list[Path]:
    """Files of waiting uploads. Other tests may leave some."""
    return sorted(path for path in (service.settings.home / "uploads").rglob("*") if path.is_file())


def test_upload_preview_confirm_and_the_case_is_there(ann: FlaskClient, case: str) -> None:
    address = preview_upload(ann, case, zip_case(BAD_LINKS))
    page = ann.get(address).text
    assert "9 rows read = 7 added + 0 changed + 0 unchanged + 0 duplicate + 2 rejected" in page
    assert f"The case {case} would be made" in page
    assert ann.get(f"/case/{case}").status_code == 404
    form = {"csrf_token": token(ann, case), "upload": address.rpartition("upload=")[2]}
    job = wait_for_job(ann, ann.post(f"/case/{case}/load/confirm", data=form))
    assert (job["state"], job["result"]["delivery"], job["result"]["rejected"]) == ("done", 1, 2)
    assert ann.get(f"/case/{case}/overview.json").json["counts"] == {"person": 3}  # type: ignore[index]
    result = ann.get(f"/case/{case}/load/job?id={job['id']}").text
    assert "Delivery 1 is loaded" in result
    assert "2 rows were left out" in result
    assert ann.post(f"/case/{case}/load/confirm", data=form).status_code == 404


def test_each_rejection_says_where_what_and_why(ann: FlaskClient, case: str) -> None:
    address = preview_upload(ann, case, zip_case(BAD_LINKS))
    twin = ann.get(address.replace("/preview?", "/preview.json?")).json
    assert twin is not None
    assert [(row["file"], row["line"], row["column"], row["value"]) for row in twin["rejections"]] == [
        ("links.csv", 4, "object_id", "Selam Bekele"),
        ("links.csv", 5, "relation", "DIRECTTED"),
    ]
    assert "DIRECTED" in twin["rejections"][1]["reason"]
    assert twin["reconciles"] is True
    falling = ann.get(address.replace("/preview?", "/preview.json?") + "&sort=-line").json
    assert [row["line"] for row in falling["rejections"]] == [5, 4]  # type: ignore[index]
    none = ann.get(address.replace("/preview?", "/preview.json?") + "&file=people.csv").json
    assert none is not None
    assert (none["chosen"], none["rejected"]) == (0, 2)


def test_the_same_fault_of_many_rows_is_one_line_and_causes_come_first(ann: FlaskClient, case: str) -> None:
    people = PEOPLE + "P4,Omar Said,suspected\n"
    links = LINKS + "P1,PAID,P4,ST2\n" * 300 + "P1,DIRECTTED,P3,ST2\n" + "P1,DIRECTEDD,P3,ST2\n"
    address = preview_upload(ann, case, zip_case(links, people))
    twin = ann.get(address.replace("/preview?", "/preview.json?")).json
    assert twin is not None
    assert [(fault["file"], fault["column"], fault["count"], fault["places"]) for fault in twin["faults"]] == [
        ("people.csv", "category", 1, "line 5"),
        ("links.csv", "relation", 2, "lines 304, 305"),
        ("links.csv", "object_id", 300, "lines 4, 5, 6, 7, 8, 9, 10, 11 and 292 more"),
    ]
    assert "people.csv, line 5" in twin["faults"][2]["reason"]
    assert twin["rejections"][0]["file"] == "people.csv"
    page = ann.get(address).text
    assert page.count("the row with this id is rejected itself (people.csv, line 5)") == 1
    rows_of = ann.get(address.replace("/preview?", "/preview.json?") + "&fault=3&page=2").json
    assert rows_of is not None
    assert (rows_of["chosen"], len(rows_of["rejections"]), rows_of["rejections"][-1]["line"]) == (300, 100, 303)
    page = ann.get(address + "&fault=2").text
    assert "DIRECTTED" in page
    assert "All rejected rows" in page
    assert len(list(csv.reader(io.StringIO(ann.get(address + "&as=csv").text)))) == 304
    assert ann.get(address + "&fault=9").status_code == 200
    assert ann.get(address + "&fault=x").status_code == 400


def test_rejections_as_csv_run_nothing_in_a_spreadsheet(ann: FlaskClient, case: str) -> None:
    address = preview_upload(ann, case, zip_case(LINKS + '"=HYPERLINK(""x"")",PAID,P3,ST2\n'))
    rows = list(csv.reader(io.StringIO(ann.get(address + "&as=csv").text)))
    assert rows[0] == ["file", "line", "column", "value", "reason"]
    assert rows[1][3] == '\'=HYPERLINK("x")'


def test_a_preview_says_what_changes_and_other_names_are_confirmed(ann: FlaskClient, case: str) -> None:
    load_content(ann, case, zip_case())
    page = ann.get(preview_upload(ann, case, zip_people(PEOPLE.replace("Idris", "<b>Idriss")))).text
    assert "What changes" in page
    assert "<td>Idris Karam</td><td>&lt;b&gt;Idriss Karam</td>" in page
    assert "Type <strong>yes</strong>" not in page
    people = "id,name,category\nP1,Mehdi Vahidi,suspect\nP2,Yara Haddad,witness\nP3,Tarek Aziz,other\n"
    address = preview_upload(ann, case, zip_people(people))
    page = ann.get(address).text
    assert "Most rows of people whose ids are loaded already have another name there." in page
    assert "Type <strong>yes</strong>" in page
    form = {"csrf_token": token(ann, case), "upload": address.rpartition("upload=")[2]}
    for typed in ({}, {"other_names": "on"}, {"other_names": "no"}):
        refused = ann.post(f"/case/{case}/load/confirm", data=form | typed)
        assert refused.status_code == 422
        assert "Most rows of people" in refused.text
    confirmed = ann.post(f"/case/{case}/load/confirm", data=form | {"other_names": " Yes"})
    assert wait_for_job(ann, confirmed)["result"]["committed"]


def test_what_changes_is_filtered_by_table_and_field_and_saved_whole(ann: FlaskClient, case: str) -> None:
    load_content(ann, case, zip_case())
    record = {
        "statements": "id,kind,handling\nST2,record,P\n",
        "links": LINKS.replace("PAID", "CONTACTED").replace("P1,DIRECTED,P3,ST1\n", ""),
    }
    address = preview_upload(
        ann, case, zip_people("\n".join(PEOPLE.replace("Idris", "Idriss").splitlines()[:2]), **record)
    )
    twin = address.replace("/preview?", "/preview.json?")
    preview = ann.get(twin).get_json()
    assert preview["fields"] == {"name": len(preview["changes"])}
    assert preview["tables"] == {"people": len(preview["changes"])}
    assert len(preview["weightless"]) == 1
    assert preview["total"]["superseded"] > 0
    assert f"<li>{preview['weightless'][0]}</li>" in ann.get(address).text
    assert ann.get(f"{twin}&table=people&field=name").get_json()["changes"] == preview["changes"]
    for filtering in ("table=boats", "field=phones"):
        assert ann.get(f"{twin}&{filtering}").get_json()["changes"] == []
        assert "None of them: choose another" in ann.get(f"{address}&{filtering}").text
    saved = list(csv.DictReader(io.StringIO(ann.get(f"{address}&as=changes").get_data(as_text=True).lstrip("\ufeff"))))
    assert [(row["now"], row["then"]) for row in saved] == [
        tuple(pair) for row in preview["changes"] for _, *pair in row["fields"]
    ]


def test_a_filter_of_what_changes_stays_when_the_case_changed_meanwhile(
    ann: FlaskClient, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_content(ann, case, zip_case())
    address = preview_upload(ann, case, zip_case(people=PEOPLE.replace("Idris", "Idriss")))
    monkeypatch.setattr(load, "_QUICK_S", pages.WAIT_S)
    monkeypatch.setattr(Uploads, "current_preview", lambda *_: None)
    sent = ann.get(f"{address}&table=people&field=name")
    assert sent.status_code == 303
    assert {"again=1", "table=people", "field=name"} <= set(sent.location.partition("?")[2].split("&"))


def test_a_preview_that_does_not_hold_any_more_is_looked_at_again(ann: FlaskClient, case: str) -> None:
    load_content(ann, case, zip_case())
    load_content(ann, case, zip_case(people=PEOPLE + "P4,Omar Said,other\n"))
    upload = preview_upload(ann, case, zip_case(people=PEOPLE + "P5,Nel Oz,other\n")).rpartition("upload=")[2]
    form = {"csrf_token": token(ann, case), "upload": upload, "delivery": "2"}
    wait_for_job(ann, ann.post(f"/case/{case}/load/take-back", data=form))
    answer = ann.post(f"/case/{case}/load/confirm", data=form)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"/case/{case}/load/preview?")
    wait_for_job(ann, ann.get(answer.headers["Location"]))
    assert CHANGED_SINCE in ann.get(answer.headers["Location"]).text
    listed = ann.get(f"/case/{case}/load.json").json["deliveries"]  # type: ignore[index]
    assert [row["number"] for row in listed if row["status"] == "active"] == [1]
    assert wait_for_job(ann, ann.post(f"/case/{case}/load/confirm", data=form))["result"]["committed"]


def test_what_was_never_previewed_is_not_loaded(ann: FlaskClient, case: str) -> None:
    upload = sent(ann, case, zip_case()).headers["Location"].rpartition("upload=")[2]
    answer = ann.post(f"/case/{case}/load/confirm", data={"csrf_token": token(ann, case), "upload": upload})
    assert answer.headers["Location"].startswith(f"/case/{case}/load/preview?")
    assert ann.get(f"/case/{case}").status_code == 404


def test_where_more_changes_than_is_told_the_file_says_so_and_every_table_is_offered(
    ann: FlaskClient, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST_TOLD", 2)
    links = LINKS.replace("statement_id", "statement_id,notes").replace("ST1", "ST1,").replace("ST2", "ST2,")
    load_content(ann, case, zip_case(links))
    people = PEOPLE.replace("Idris", "Idriss").replace("Ana", "Anna").replace("P2,Selam Bekele,witness\n", "")
    record = {"statements": "id,kind,handling\nST2,record,P\n", "links": links.replace("ST2,", "ST2,at night")}
    record["links"] = record["links"].replace("P1,DIRECTED,P3,ST1,\n", "")
    address = preview_upload(ann, case, zip_people(people, **record))
    preview = ann.get(address.replace("/preview?", "/preview.json?")).get_json()
    assert preview["tables"] == {"people": 2, "links": 1}
    assert len(preview["changes"]) == 2
    page = ann.get(f"{address}&table=links").text
    assert "None of the 2 rows shown field by field" in page
    assert "1 more row would change." in page
    saved = list(csv.reader(io.StringIO(ann.get(f"{address}&as=changes").text)))
    assert saved[-1] == ["1 more row would change.", *[""] * 6]


def test_an_upload_whose_names_turn_out_to_be_others_after_its_preview_goes_on_waiting(
    ann: FlaskClient, case: str
) -> None:
    load_content(
        ann,
        case,
        zip_case(people=PEOPLE.partition("\n")[0] + "\nP9,Zoran Ilic,suspect\n", links=LINKS.partition("\n")[0] + "\n"),
    )
    people = "id,name,category\nP1,Mehdi Vahidi,suspect\nP2,Yara Haddad,witness\nP3,Tarek Aziz,other\n"
    address = preview_upload(ann, case, zip_case(people=people))
    form = {"csrf_token": token(ann, case), "upload": address.rpartition("upload=")[2]}
    load_content(ann, case, zip_case())  # meanwhile a load gives these ids names
    answer = ann.post(f"/case/{case}/load/confirm", data=form)
    assert answer.headers["Location"].startswith(f"/case/{case}/load/preview?"), "it is looked at again"
    wait_for_job(ann, ann.get(address))
    page = ann.get(address).text
    assert "Most rows of people whose ids are loaded already have another name there." in page
    confirmed = ann.post(f"/case/{case}/load/confirm", data=form | {"other_names": " Yes"})
    assert wait_for_job(ann, confirmed)["result"]["committed"]


def test_rows_that_are_equal_are_named_in_the_preview_and_nowhere_after(ann: FlaskClient, case: str) -> None:
    links = LINKS + "P1,DIRECTED,P3,ST1\nP1,PAID,P3,ST2\nP1,PAID,P3,ST2\n"
    page = ann.get(preview_upload(ann, case, zip_case(links))).text
    assert "1 row of links is equal to an earlier one and was read once (links.csv, line 4)." in page
    assert "2 rows of links are equal to an earlier one, and each of them counts as one more" in page
    assert "(links.csv, lines 5, 6)" in page
    job = load_content(ann, case, zip_case(links))
    assert (job["result"]["counts"]["links"]["added"], job["result"]["counts"]["links"]["duplicate"]) == (4, 1)
    assert "links.csv" not in str(job)


def test_rows_that_a_mapping_passes_over_are_named_in_the_preview_and_nowhere_after(
    ann: FlaskClient, case: str
) -> None:
    content = rows.zip_tables(people=PEOPLE, links="a,b\nP1,P3\nP1,\n")
    text = """
[statement]
id = "S"
kind = "record"
[[table]]
record = "people"
file = "people.csv"
ignore_others = true
ignore = ["category"]
columns.id = "id"
[[table]]
record = "links"
file = "links.csv"
pass_over_empty = ["object_id"]
columns.subject_id = "a"
columns.object_id = "b"
constants.relation = "PAID"
"""
    sending: dict[str, Any] = {"mapping_file": (io.BytesIO(text.encode()), "map.toml")}
    page = ann.get(preview_upload(ann, case, content, **sending)).text
    passed = (
        "1 row was passed over, since object_id of links is empty in it, as the mapping has it (links.csv, line 3)."
    )
    assert passed in page
    sending["mapping_file"] = (io.BytesIO(text.encode()), "map.toml")
    job = load_content(ann, case, content, **sending)
    assert job["result"]["counts"]["links"]["read"] == 1
    assert "links.csv" not in str(job)


def test_a_graph_of_another_program_loads_with_a_mapping(ann: FlaskClient, case: str) -> None:
    graph = (
        '<gexf><graph><nodes><node id="P1" label="Hewa"/><node id="P2" label="Karo"/><node id="P3" label="Omar"/></nodes>'
        '<edges><edge source="P1" target="P2"/><edge source="P2" target="P9"/></edges></graph></gexf>'
    )
    text = """
[statement]
id = "S"
kind = "record"
[[table]]
record = "people"
file = "nodes"
columns.id = "id"
columns.name = "label"
[[table]]
record = "links"
file = "edges"
columns.subject_id = "source"
columns.object_id = "target"
constants.relation = "CONTACTED"
"""

    def sending() -> dict[str, Any]:
        return {"name": "calls.gexf", "mapping_file": (io.BytesIO(text.encode()), "map.toml")}

    form = ann.get(f"/case/{case}/load").text
    assert "or a graph (GEXF, GraphML, JSON lines) with its mapping" in form
    assert f'accept="{",".join(SUFFIXES)}"' in form
    page = ann.get(preview_upload(ann, case, graph.encode(), **sending())).text
    assert "6 rows read = 5 added + 0 changed + 0 unchanged + 0 duplicate + 1 rejected" in page
    assert "calls.gexf, edges" in page
    job = load_content(ann, case, graph.encode(), **sending())
    assert (job["state"], job["result"]["rejected"]) == ("done", 1)
    assert ann.get(f"/case/{case}/overview.json").json["counts"] == {"person": 3}  # type: ignore[index]


def test_what_is_delivered_is_never_markup(ann: FlaskClient, case: str) -> None:
    address = preview_upload(ann, case, zip_case(LINKS + "<script>alert(1)</script>,PAID,P3,ST2\n"))
    page = ann.get(address).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_identity_values_stay_with_the_live_answer(ann: FlaskClient, app: Flask, service: Service, case: str) -> None:
    address = preview_upload(ann, case, zip_case(BAD_LINKS))
    assert "Selam Bekele" in ann.get(address).text
    assert names_kept(service, "Selam Bekele") == []
    bob = signed_in(app, "bob")
    assert bob.get(address).status_code == 404
    upload = address.rpartition("upload=")[2]
    form = {"csrf_token": token(ann, case), "upload": upload}
    assert wait_for_job(ann, ann.post(f"/case/{case}/load/confirm", data=form))["state"] == "done"
    assert ann.get(address).status_code == 404
    assert names_kept(service, "Selam Bekele") == []
    assert not (service.settings.home / "uploads" / upload).exists()


def test_a_file_that_cannot_be_read_is_told_to_its_loader_alone_and_deleted(
    ann: FlaskClient, app: Flask, service: Service, case: str
) -> None:
    answer = sent(ann, case, zip_case(people="P1,Selam Bekele\n"))
    job = wait_for_job(ann, ann.get(answer.headers["Location"]))
    assert job["state"] == "failed"
    page = ann.get(f"/case/{case}/load/job?id={job['id']}").text
    assert "people.csv" in page
    assert "This cannot be read as it is" in page
    assert signed_in(app, "bob").get(f"/case/{case}/load/job.json?id={job['id']}").json["job"]["said"] == ""  # type: ignore[index]
    assert names_kept(service, "Selam Bekele") == []
    assert ann.get(f"/case/{case}/load.json").json["uploads"] == []  # type: ignore[index]


def test_cancelled_nothing_is_left(ann: FlaskClient, service: Service, case: str) -> None:
    upload = preview_upload(ann, case, zip_case()).rpartition("upload=")[2]
    assert [upload_row["id"] for upload_row in ann.get(f"/case/{case}/load.json").json["uploads"]] == [upload]  # type: ignore[index]
    form = {"csrf_token": token(ann, case), "upload": upload}
    assert ann.post(f"/case/{case}/load/cancel", data=form).status_code == 303
    assert not (service.settings.home / "uploads" / upload).exists()
    assert ann.post(f"/case/{case}/load/confirm", data=form).status_code == 404
    with transaction(service.database) as connection:
        assert connection.execute(sa.select(tables.cases.c.id).where(tables.cases.c.id == case)).first() is None


def test_the_same_again_offers_no_load(ann: FlaskClient, case: str) -> None:
    load_content(ann, case, zip_case())
    page = ann.get(preview_upload(ann, case, zip_case())).text
    assert "it repeats delivery 1" in page
    assert "Load it" not in page


def test_all_or_nothing_loads_nothing(ann: FlaskClient, case: str) -> None:
    address = preview_upload(ann, case, zip_case(BAD_LINKS), strict="on")
    page = ann.get(address).text
    assert "nothing would be loaded" in page
    assert "Load it" not in page
    form = {"csrf_token": token(ann, case), "upload": address.rpartition("upload=")[2]}
    job = wait_for_job(ann, ann.post(f"/case/{case}/load/confirm", data=form))
    assert job["result"]["committed"] is False
    assert ann.get(f"/case/{case}").status_code == 404
    assert [upload["id"] for upload in ann.get(f"/case/{case}/load.json").json["uploads"]] == [form["upload"]]  # type: ignore[index]
    assert "The upload still waits on the page Import of ann" in ann.get(f"/case/{case}/load/job?id={job['id']}").text


def test_only_adding_supersedes_nothing(ann: FlaskClient, case: str) -> None:
    load_content(ann, case, zip_case())
    fewer = zip_case(LINKS.replace("P1,PAID,P3,ST2\n", ""))
    total = ann.get(preview_upload(ann, case, fewer).replace("/preview?", "/preview.json?")).json["total"]  # type: ignore[index]
    assert total["superseded"] == 1
    total = ann.get(preview_upload(ann, case, fewer, partial="on").replace("/preview?", "/preview.json?")).json["total"]  # type: ignore[index]
    assert total["superseded"] == 0


def test_taking_back_asks_once_more(ann: FlaskClient, case: str) -> None:
    load_content(ann, case, zip_case())
    load_content(ann, case, zip_case(people=PEOPLE + "P4,Omar Said,other\n"))
    assert "Undo the import of delivery 2?" in ann.get(f"/case/{case}/load/take-back?delivery=2").text
    assert ann.get(f"/case/{case}/overview.json").json["counts"] == {"person": 4}  # type: ignore[index]
    form = {"csrf_token": token(ann, case), "delivery": "2"}
    job = wait_for_job(ann, ann.post(f"/case/{case}/load/take-back", data=form))
    assert (job["kind"], job["state"]) == ("undo", "done")
    assert ann.get(f"/case/{case}/overview.json").json["counts"] == {"person": 3}  # type: ignore[index]
    assert ann.get(f"/case/{case}/load/take-back?delivery=2").status_code == 404


def test_tables_of_others_load_through_a_mapping_of_ones_own(ann: FlaskClient, case: str) -> None:
    mapping = (
        'title = "t"\n[statement]\nid = "S"\nkind = "record"\nhandling = "P"\n'
        '[[table]]\nrecord = "people"\nfile = "nodes.csv"\ncolumns.id = "nr"\n'
        '[[table]]\nrecord = "links"\nfile = "edges.csv"\ncolumns.subject_id = "a"\ncolumns.object_id = "b"\n'
        'constants.relation = "CONTACTED"\n'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("nodes.csv", "nr\nA\nB\n")
        archive.writestr("edges.csv", "a,b\nA,B\n")
    job = load_content(ann, case, packed.getvalue(), mapping_file=(io.BytesIO(mapping.encode()), "mine.toml"))
    assert job["result"]["counts"]["links"]["added"] == 1


def test_the_report_of_a_load_says_nothing_of_texts_that_name_somebody_sealed(ann: FlaskClient, case: str) -> None:
    people = (
        "id,name,category,notes\nP1,Idris Karam,suspect,saw BEKELE Selam\nP2,Selam Bekele,witness,\nP3,Ana Petrou,,\n"
    )
    upload = preview_upload(ann, case, zip_case(people=people)).rpartition("upload=")[2]
    answer = ann.post(f"/case/{case}/load/confirm", data={"csrf_token": token(ann, case), "upload": upload})
    job = wait_for_job(ann, answer)
    assert set(job["result"]["counts"]["people"]) == set(COUNTS)
    page = ann.get(answer.headers["Location"]).text
    assert "withheld" not in page
    assert "Selam" not in page
    assert "Bekele" not in page


def test_a_mapping_is_never_a_path(ann: FlaskClient, case: str) -> None:
    assert sent(ann, case, zip_case(), mapping="/etc/passwd").status_code == 400


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("case.csv", b"x", "no .zip, .xlsx, .anx, .gexf, .graphml, .json or .jsonl"),
        ("case.zip", b"", "empty"),
    ],
)
def test_what_is_no_delivery_is_refused_in_words(
    ann: FlaskClient, service: Service, case: str, name: str, content: bytes, says: str
) -> None:
    before = upload_files(service)
    answer = sent(ann, case, content, name)
    assert answer.status_code in (413, 422)
    assert says in answer.text
    assert upload_files(service) == before


def test_too_large_is_refused_and_leaves_nothing(ann: FlaskClient, service: Service, case: str) -> None:
    before = upload_files(service)
    head = f'--cut\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token(ann, case)}\r\n--cut\r\n'
    head += 'Content-Disposition: form-data; name="file"; filename="case.zip"\r\n\r\n'
    body = head.encode() + bytes(3 << 20) + b"\r\n--cut--\r\n"
    answer = ann.post(f"/case/{case}/load", data=body, content_type="multipart/form-data; boundary=cut")
    assert answer.status_code == 413
    assert "larger" in answer.text
    assert upload_files(service) == before


def test_without_a_file_it_says_so(ann: FlaskClient, case: str) -> None:
    answer = ann.post(f"/case/{case}/load", data={"csrf_token": token(ann, case)}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "No file was chosen" in answer.text


def test_another_site_cannot_send_a_file(ann: FlaskClient, service: Service, case: str) -> None:
    before = upload_files(service)
    data = {"file": (io.BytesIO(zip_case()), "case.zip")}
    answer = ann.post(f"/case/{case}/load", data=data, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert upload_files(service) == before
    for address in ("confirm", "cancel", "job/cancel", "take-back"):
        assert ann.post(f"/case/{case}/load/{address}", data={"upload": "x"}).status_code == 400


@pytest.mark.parametrize("name", ["pam", "dis"])
def test_who_may_not_load_is_refused_before_anything_is_received(
    app: Flask, ann: FlaskClient, case: str, name: str
) -> None:
    load_content(ann, case, zip_case())
    client = signed_in(app, name)
    assert client.get(f"/case/{case}/load").status_code == 403
    data = {"file": (io.BytesIO(zip_case()), "case.zip")}
    assert client.post(f"/case/{case}/load", data=data, content_type="multipart/form-data").status_code == 403
    assert client.get(f"/case/{case}/load/take-back?delivery=1").status_code == 403


def test_a_new_case_begins_with_its_name(ann: FlaskClient, case: str) -> None:
    assert ann.get(f"/load?case={case}").headers["Location"] == f"/case/{case}/load"
    assert "There is no case" in ann.get(f"/case/{case}/load").text
    assert ann.get("/load?case=%2A").status_code == 400


def test_without_source_clearance_nothing_tells_how_many_statements_others_loaded(
    app: Flask, ann: FlaskClient, case: str
) -> None:
    own = load_content(ann, case, zip_case())
    assert own["result"]["counts"]["statements"]["added"] == 2
    sam = signed_in(app, "sam")
    (listed, *_) = sam.get(f"/case/{case}/load.json").json["jobs"]  # type: ignore[index]
    watched = sam.get(f"/case/{case}/load/job.json?id={own['id']}").json["job"]  # type: ignore[index]
    for result in (listed["result"], watched["result"]):
        assert set(result["counts"]) == {"people"}
        assert result.keys().isdisjoint({"rejected", "notes"})
    page = sam.get(f"/case/{case}/load/job?id={own['id']}").text
    assert "holds what this delivery" in page
    assert set(load_content(sam, case, zip_case(people=PEOPLE + "P4,Bo Quist,\n"))["result"]["counts"]) > {
        "statements",
        "links",
    }
    refused = load_content(ann, case, zip_case(links=BAD_LINKS), strict="yes")
    assert refused["result"]["committed"] is False
    assert "Nothing of it was taken into the case" in sam.get(f"/case/{case}/load/job?id={refused['id']}").text


def test_a_job_that_runs_can_be_watched_without_scripts(ann: FlaskClient, service: Service, case: str) -> None:
    begun, go = threading.Event(), threading.Event()

    def work(progress: Callable[[int, int, str], None]) -> dict[str, Any]:
        progress(3, 9, "writing to the graph")
        begun.set()
        go.wait(WAIT_S)
        return {}

    key = service.jobs.start("ann", case, "load", work)
    begun.wait(WAIT_S)
    page = ann.get(f"/case/{case}/load/job?id={key}").text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "3 of 9" in page
    ann.post(f"/case/{case}/load/job/cancel", data={"csrf_token": token(ann, case), "id": key})
    assert ann.get(f"/case/{case}/load/job.json?id={key}").json["job"]["state"] == "cancelling"  # type: ignore[index]
    go.set()
    service.jobs.wait(key, WAIT_S)


# -- charts -------------------------------------------------------------------------------------------------------


def chart_of(*types: str) -> bytes:
    """An i2 chart with a person, one entity of each type, and a link from the person to each."""
    items = []
    for number, kind in enumerate(("Person", *types)):
        style = f'<Icon><IconStyle Type="{kind}"/></Icon>'
        entity = f'<Entity EntityId="n{number}" Identity="E{number}">{style}</Entity>'
        items.append(f'<ChartItem Label="Label {number}"><End X="0" Y="0">{entity}</End></ChartItem>')
        if number:
            style = '<LinkStyle Type="Drove &lt;b&gt;" ArrowStyle="ArrowOnHead"/>'
            items.append(f'<ChartItem Label=""><Link End1Id="n0" End2Id="n{number}">{style}</Link></ChartItem>')
    return f"<Chart><ChartItemCollection>{''.join(items)}</ChartItemCollection></Chart>".encode()


def test_a_chart_is_read_as_its_preview_says_and_as_somebody_corrects_it(
    ann: FlaskClient, service: Service, case: str
) -> None:
    address = preview_upload(ann, case, chart_of("Lorry", "Tractor"), name="port.anx")
    page = ann.get(address).text
    assert "What the chart is read as" in page
    assert "Drove &lt;b&gt;" in page
    assert "not known: left out until you choose" in page
    preview = ann.get(address.replace("preview?", "preview.json?")).get_json()
    assert [(entity["name"], entity["read_as"]) for entity in preview["chart"]["entities"]] == [
        ("Person", "person"), ("Lorry", "vehicle"), ("Tractor", ""),
    ]  # fmt: skip
    assert [(link["name"], link["read_as"], link["chosen"]) for link in preview["chart"]["links"]] == [
        ("Drove <b>", "X_DROVE_B", False)
    ]
    # Rejected: the entity of unknown type, and the link to it.
    assert preview["rejected"] == 2
    upload = address.rpartition("upload=")[2]
    form = {
        "csrf_token": token(ann, case), "upload": upload, "entity": ["Tractor", "Lorry"], "entity_as": ["vehicle", ""],
        "link": ["Drove <b>"], "link_as": ["USED"], "id": "chart of the port", "handling": "P", "source_grade": "1",
    }  # fmt: skip
    ann.post(f"/case/{case}/load/chart", data=form | {"link_as": ["CONTROLS"]})
    wait_for_job(ann, ann.get(address))
    # A place can be controlled, a lorry cannot.
    assert read_otherwise({"USED": 2}) in ann.get(address).text
    answer = ann.post(f"/case/{case}/load/chart", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    wait_for_job(ann, ann.get(address))
    page = ann.get(address).text
    assert "None: every row can be loaded." in page
    assert "&#34;Drove &lt;b&gt;&#34; = &#34;USED&#34;" in page
    data = {"csrf_token": token(ann, case), "upload": upload}
    job = wait_for_job(ann, ann.post(f"/case/{case}/load/confirm", data=data))
    assert (job["state"], job["result"]["rejected"]) == ("done", 0)
    reader = session(service, "ann", case)
    # No claim gives the person a part, so the person has a pseudonym, and so have the vehicles they used.
    key = service.register.key(case, create=False)
    driver, lorry, tractor = (
        pseudonym(key, kind, entity_id) for kind, entity_id in (("person", "E0"), ("thing", "E1"), ("thing", "E2"))
    )
    drawn = {node.id: node.sort for node in reader.network.picture(PictureRequest([driver])).nodes}
    assert drawn == {driver: "", lorry: "vehicle", tractor: "vehicle"}
    claims = reader.network.entities.between(driver, "USED", tractor).dicts()
    assert [(claim["statement"], claim["handling"]) for claim in claims] == [("chart of the port", "P")]


def test_a_correction_that_is_none_is_told_in_a_sentence_and_changes_nothing(ann: FlaskClient, case: str) -> None:
    address = preview_upload(ann, case, chart_of("Tractor"), name="port.anx")
    before = ann.get(address.replace("preview?", "preview.json?")).get_json()["chart"]
    upload = address.rpartition("upload=")[2]
    for wrong, says in (
        ({"entity": ["Tractor"], "entity_as": ["tractors"]}, "is &#39;tractors&#39;"),
        ({"link": ["x"], "link_as": ["NO_SUCH"]}, "is &#39;NO_SUCH&#39;"),
    ):
        answer = ann.post(f"/case/{case}/load/chart", data={"csrf_token": token(ann, case), "upload": upload, **wrong})
        assert answer.status_code == 422
        assert says in answer.text
    assert ann.get(address.replace("preview?", "preview.json?")).get_json()["chart"] == before
    refused = ann.post(f"/case/{case}/load/chart", data={"csrf_token": token(ann, case), "upload": "0" * 32})
    assert refused.status_code == 404


def test_a_chart_that_is_none_says_where(ann: FlaskClient, case: str) -> None:
    answer = sent(ann, case, b"<Chart>\n<ChartItem>\n</Chart>", name="port.anx")
    job = wait_for_job(ann, ann.get(answer.headers["Location"]))
    assert job["state"] == "failed"
    assert job["said"].startswith("port.anx, line 3 is no XML")


@pytest.fixture
def elsewhere(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileLock]:
    """Let another process write another case from the end of the next load on, in a managed store."""
    monkeypatch.setattr(service.casework._rewriting, "_settings", replace(service.settings, neo4j_uri=""))
    lock, finish = FileLock(service.settings.home / "locks" / "store.lock", thread_local=False), Replay.finish

    def finish_and_lock(*arguments: Any) -> None:
        finish(*arguments)
        lock.acquire()

    monkeypatch.setattr(Replay, "finish", finish_and_lock)
    yield lock
    lock.release()


def test_a_delivery_that_seals_while_another_case_is_loaded_is_in_and_says_what_is_owed(
    ann: FlaskClient, service: Service, case: str, request: pytest.FixtureRequest
) -> None:
    texts = {
        "people": PEOPLE,
        "statements": STATEMENTS,
        "things": "id,kind,value,handling\nphone-1,phone,+447700900321,P\n",
    }
    load_content(ann, case, rows.zip_tables(**texts, links=LINKS + "P1,CONTACTED,phone-1,ST2\n"))
    theirs = {"people": "id,handling\nP2,P\n", "statements": "id,kind,handling\nST3,record,P\n"}
    sealing = rows.zip_tables(**theirs, links="subject_id,relation,object_id,statement_id\nP2,USED,phone-1,ST3\n")
    lock = request.getfixturevalue("elsewhere")
    job = load_content(ann, case, sealing, partial="yes")
    lock.release()
    assert (job["state"], job["result"].get("delivery")) == ("done", 2), job
    assert "by a pseudonym from now on" in str(job["result"]["notes"])
    page = ann.get(f"/case/{case}/load/job?id={job['id']}").text
    assert "Delivery 2 is loaded" in page
    assert REWRITE_OWED in page
    assert "as it was" not in page
    assert session(service, "ann", case).deliveries.uploads.list_uploads() == []
    ends = {line["outcome"] for line in audit.lines(service.database) if line["case_id"] == case}
    assert "released, delivery 2" in ends
    assert "failed: Busy" not in ends
    assert service.register.rewriting()  # the rewriting is still to be done
    assert "owed" not in session(service, "sam", case).deliveries.job(job["id"]).result


def test_so_does_an_undo(ann: FlaskClient, service: Service, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    load_content(ann, case, zip_case())
    load_content(ann, case, zip_case(people=PEOPLE + "P4,Omar Said,other\n"))
    monkeypatch.setattr(Casework, "rewrite_after", lambda *_: REWRITE_OWED)
    deliveries = session(service, "ann", case).deliveries
    job = deliveries.job(deliveries.take_back(2), wait_s=WAIT_S)
    page = ann.get(f"/case/{case}/load/job?id={job.id}").text
    assert "Delivery 2 is taken back" in page
    assert REWRITE_OWED in page
