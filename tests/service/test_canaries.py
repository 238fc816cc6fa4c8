"""One sealed person's names and phone, in every cell, name and title of a delivery, are nowhere after loading."""

from __future__ import annotations

import csv
import io
import logging
import zipfile
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.appdb import tables, transaction
from graphsvc.errors import GraphsvcError, InputError, Refused
from graphsvc.names.spelling import words
from graphsvc.records.tables import TABLES, Column, Table
from graphsvc.service import Service, Session
from tests.toolbox import cases

pytestmark = pytest.mark.neo4j

# Names and a number that occur nowhere else, not even in part.
NAME, ALIAS, PHONE, NATIVE = "Zoraqim Velthanur", "Qizzbe", "+447700977431", "زوراقم ولثانور"
# The phone is long enough that no random hexadecimal id contains it by chance.
TRACES = ("zoraqim", "velthanur", "qizzbe", "7700977431", "wltnwr")
MENTIONS = (
    NAME, NAME.upper(), "Velthanur, Zoraqim", "z o r a q i m velthanur", "ZoraqimVelthanur", "Zôraqîm Velthanur", ALIAS,
    "Zoraqim al-Velthanur", NATIVE, "07700 977 431", "Zor\u200baqim Velthanur", "Zоrаqim Vеlthаnur",
)  # fmt: skip
SLUG = "zoraqim_velthanur"
SEALED = "W-zoraqim"
WAIT_S = 120.0
# Kinds of cell that cannot contain a name: their values are checked, and a name is refused.
CHECKED = {"choice", "categories", "date", "number", "count", "latitude", "longitude"}


def cell(table: Table, column: Column, mention: str) -> str:
    """Return a cell that names the sealed person, or else a valid cell."""
    known = {
        ("people", "phones"): f"07700900001;{PHONE}",
        ("people", "aliases"): f"Somebody;{NAME};{ALIAS};{NATIVE}",
        ("people", "name"): f"Brother of {NAME}",
        ("crossings", "date"): "2020-05-08",
        ("things", "kind"): "vehicle",
        ("statements", "kind"): "record",
        ("statements", "handling"): "P",
        ("statements", "interpreter_id"): f"people-{SLUG}",
        ("links", "subject_id"): f"people-{SLUG}",
        ("links", "object_id"): f"boats-{SLUG}",
        ("links", "relation"): f"X_SOLD_BY_{SLUG.upper()}",
    }
    if (table.name, column.name) in known:
        return known[table.name, column.name]
    if column.name == "id":
        return f"{table.name}-{SLUG}"
    if column.name == "statement_id":
        return f"statements-{SLUG}" if table.name != "statements" else ""
    if column.name == "source_id":
        mention = mention.replace("\u200b", "")  # an id with an invisible character is refused
    if column.kind not in ("text", "list"):
        return ""
    # The name of a thing with a one-word sealed name in it is withheld only if that is all of it.
    return mention if mention == ALIAS and column.sensitivity in ("open", "identity") else f"of {mention} and others"


def sheet(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def delivery(**bad: str) -> bytes:
    """A .zip whose tables all name one sealed person, once in each spelling; `bad` goes into a link."""
    packed = io.BytesIO()
    mentions = cycle(MENTIONS)
    with zipfile.ZipFile(packed, "w") as archive:
        for table in TABLES.values():
            rows = []
            for place in range(len(MENTIONS)):
                row = {column.name: cell(table, column, next(mentions)) for column in table.columns}
                row |= {"x_own": f"x {next(mentions)} x", f"x_{SLUG}": "own", f"x_{SLUG.title()}": next(mentions)}
                if place and row["id"]:
                    row["id"] += f"-{place}"
                rows.append(row)
            if table.name == "people":
                rows.append(
                    {"id": SEALED, "name": NAME, "aliases": f"{ALIAS};{NATIVE}", "phones": PHONE, "sealed": "yes"}
                )
            if table.name == "links":
                named = {"subject_id": SEALED, "object_id": f"people-{SLUG}", "statement_id": f"statements-{SLUG}"}
                rows.append(
                    named | {"relation": "ASSOCIATES_WITH", "subject_as_said": NAME, "object_as_said": f"{NAME}'s boat"}
                )
                if bad:
                    rows.append(named | bad)
            archive.writestr(table.file, sheet(rows))
    return packed.getvalue()


def traces(text: str) -> list[str]:
    """The traces of the sealed person in a text, in any spelling."""
    letters = "".join(word.letters for word in words(text))
    return [trace for trace in TRACES if trace in letters]


@pytest.fixture
def session(service: Service, case: str) -> Session:
    service.jobs.every = 0.0
    return service.session(accounts.only_account(service.database, ""), "tests", case)


def upload_named(session: Session, content: bytes, name: str = f"{NAME} case.zip", **options: Any) -> str:
    return cases.send_upload(session, content, name, **options)


def graph(service: Service, case: str) -> Iterator[str]:
    """Every text in the database, without cases of other tests: labels, types, names and values of properties."""
    for query in (
        "MATCH (n) WHERE coalesce(n.case, $case) = $case RETURN labels(n), properties(n)",
        "MATCH ()-[r]->() WHERE coalesce(r.case, $case) = $case RETURN type(r), properties(r)",
        "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey",
        "CALL db.labels() YIELD label RETURN label",
        "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType",
    ):
        for row in service.store().read(query, {"case": case}, timeout=60, cap=1_000_000).rows:
            for value in row:
                if isinstance(value, dict):
                    yield from (f"{name}\t{part}" for name, part in value.items())
                else:
                    yield str(value)


def test_every_column_of_text_names_the_sealed_person() -> None:
    """The test below would pass with a delivery without names, so check that each text column has one."""
    for table in TABLES.values():
        for column in table.columns:
            filled = cell(table, column, NAME)
            if (
                column.kind not in CHECKED
                and column.name != "source_id"
                and (table.name, column.name)
                != (
                    "statements",
                    "statement_id",
                )
            ):
                assert traces(filled), (table.name, column.name)


def test_a_sealed_person_named_everywhere_is_found_nowhere(
    service: Service, session: Session, case: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    upload = upload_named(session, delivery())
    preview = session.deliveries.uploads.preview(upload, lambda *_progress: None)
    assert not preview.rejections
    job = session.deliveries.job(session.deliveries.uploads.confirm(upload), wait_s=WAIT_S)
    assert job.state == "done", job.said

    texts = list(graph(service, case))
    assert sum("[withheld]" in text for text in texts) > 8 * len(MENTIONS)
    assert len(texts) > 1000
    leaks = {text: traces(text) for text in texts if traces(text)}
    assert not leaks

    with transaction(service.database) as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for name, value in row._mapping.items():
                    if not isinstance(value, bytes):
                        assert not traces(str(value)), (table.name, name)
    needles = [NAME, ALIAS, PHONE, NATIVE, SLUG, SEALED, "zoraqim", "Zoraqim", "ZORAQIM", "elthanur", "977431"]
    for path in service.settings.home.rglob("*"):
        assert not traces(path.name), path
        if path.is_file():
            data = path.read_bytes()
            for needle in needles:
                for encoding in ("utf-8", "utf-16-le"):
                    assert needle.encode(encoding) not in data, (path, needle)
    assert not traces(caplog.text)
    assert not traces("".join(capfd.readouterr()))
    for entry in session.deliveries.jobs():
        assert not traces(f"{entry.text} {entry.result}"), entry
    assert not traces(str(session.deliveries.list_deliveries()))


def test_what_a_rejection_quotes_goes_to_the_loader_alone(
    service: Service, session: Session, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    session.deliveries.job(session.deliveries.uploads.confirm(upload_named(session, delivery())), wait_s=WAIT_S)
    upload = upload_named(session, delivery(relation=f"{NAME} drove", id=f"L-{SLUG}"))
    (rejection,) = session.deliveries.uploads.preview(upload, lambda *_progress: None).rejections
    assert traces(str(rejection))
    reader = service.session(
        Principal("reader", frozenset({"investigator", "analyst"}), {case: Grant("P")}), "tests", case
    )
    for look in (
        lambda: reader.deliveries.uploads.look(upload),
        lambda: reader.deliveries.uploads.current_preview(upload),
        lambda: reader.deliveries.uploads.preview(upload, lambda *_progress: None),
        reader.deliveries.uploads.list_uploads,
        reader.deliveries.jobs,
    ):
        with pytest.raises(GraphsvcError) as refused:
            look()
        assert isinstance(refused.value, Refused)
        assert not traces(str(refused.value))
    assert not traces(str(reader.deliveries.list_deliveries()))
    job = session.deliveries.job(session.deliveries.uploads.confirm(upload), wait_s=WAIT_S)
    assert not traces(f"{job.text} {job.result} {job.said}")
    assert not traces(caplog.text)
    assert not any(traces(text) for text in graph(service, case))


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (delivery().replace(b"PK", b"KP"), {}),
        (delivery(), {"mapping": f"{NAME}.toml", "mapping_text": f'title = "{NAME}"\n[[{SLUG}]]\n'}),
    ],
    ids=["no archive", "a mapping that is none"],
)
def test_what_an_error_says_goes_to_the_loader_alone(
    service: Service,
    session: Session,
    case: str,
    caplog: pytest.LogCaptureFixture,
    content: bytes,
    options: dict[str, str],
) -> None:
    caplog.set_level(logging.DEBUG)
    upload = upload_named(session, content, **options)
    job = session.deliveries.job(session.deliveries.uploads.start_preview(upload), wait_s=WAIT_S)
    assert job.state == "failed"
    assert job.said
    assert not traces(f"{job.text} {job.result}")
    assert not traces(caplog.text)
    with transaction(service.database) as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                assert not traces(str([value for value in row if not isinstance(value, bytes)])), table.name
    with pytest.raises((InputError, GraphsvcError)):
        session.deliveries.uploads.preview(upload_named(session, content, **options), lambda *_progress: None)
    assert not traces(caplog.text)
