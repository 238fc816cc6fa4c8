"""A small case in which every text is hostile, with an account for each kind of reader."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.web import create_app
from tests.toolbox.accounts import session, signed_in
from tests.toolbox.rows import Tables, write

PASSWORD = "correct horse battery"
PURPOSE = "Operation <i>Tern</i>"
# Ids and names as an attacker would choose them.
BOSS = '<script>alert("boss")</script>'
BOSS_NAME = '"><img src=x onerror=alert(1)>'
AIDE = "a/b?c=d&e#f 'p' \"q\" ü 漢 %2e%2e"
AIDE_NAME = "O'Neil {{ 7*7 }} ${7*7}"
HIDDEN = "only-c"
REPORT = "S/<1>&'\""
PEOPLE = (
    {"id": BOSS, "name": BOSS_NAME, "notes": "<b>bold</b>", "aliases": "javascript:alert(3);=1+1", "handling": "P"},
    {"id": AIDE, "name": AIDE_NAME, "handling": "P"},
    {"id": "=cmd", "name": "=1+1", "handling": "P"},
    {"id": HIDDEN, "name": "Seen by C alone", "handling": "C"},
    {"id": "W1", "name": "Wilma Witness", "category": "witness", "handling": "P"},
    {"id": "W2", "name": "Walter Witness", "category": "witness", "handling": "P"},
)
STATEMENTS = (
    {"id": REPORT, "kind": "intelligence", "handling": "P", "summary": "</script><script>alert(2)</script>"},
    {"id": "T1", "kind": "witness", "source_id": "W1", "handling": "P", "interest": "asked for <u>leave</u> to stay"},
    {"id": "T2", "kind": "witness", "source_id": "W2", "handling": "P", "status": "withdrawn", "status_on": "2020-06"},
    {"id": "R1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
    {"id": "R2", "kind": "record", "handling": "P", "source_grade": "3", "assessment": "D"},
    {"id": "C1", "kind": "intelligence", "handling": "C", "conditions": "ask first", "summary": "for C alone"},
)
LINKS = (
    (BOSS, "DIRECTED", AIDE, REPORT, "asserts", "the <tall> one"),
    (BOSS, "DIRECTED", AIDE, "T1", "asserts", ""),
    (BOSS, "DIRECTED", AIDE, "R2", "denies", ""),
    (BOSS, "PAID", "=cmd", "R1", "asserts", ""),
    (BOSS, "PAID", "=cmd", "T2", "asserts", ""),
    (AIDE, "PILOTED", "X1", "T1", "asserts", ""),
    (AIDE, "ASSOCIATES_WITH", "=cmd", REPORT, "denies", ""),
    (BOSS, "DIRECTED", HIDDEN, "C1", "asserts", ""),
    ("=cmd", "SUPPLIED", "B1", "R2", "asserts", ""),
)
CROSSINGS = ({"id": "X1", "date": "2020-05-08", "launch_site": "<Dunkirk>", "people_count": "21", "handling": "P"},)
BOATS = ({"id": "B1", "name": "Sea 'Urchin'", "handling": "P"},)
WORKPLACES = ({"id": "K1", "name": "<em>Nails</em>", "handling": "P"},)


@dataclass(frozen=True)
class Site:
    """The pages, the service behind them and the case in it."""

    service: Service
    app: Flask
    case: str
    password: str = PASSWORD
    purpose: str = PURPOSE
    boss: str = BOSS
    boss_name: str = BOSS_NAME
    aide: str = AIDE
    aide_name: str = AIDE_NAME
    hidden: str = HIDDEN
    report: str = REPORT

    def address(self, page: str, **query: str) -> str:
        """`/case/<case>/page?query`, quoted."""
        with self.app.test_request_context():
            base = url_for("case.overview", case=self.case)
        return base + (f"/{page}" if page else "") + (f"?{urlencode(query)}" if query else "")

    def client(self, name: str) -> FlaskClient:
        """A browser signed in by a one-time link."""
        return signed_in(self.app, name, PURPOSE)


@pytest.fixture(scope="session")
def site(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages with the hostile case. Tests only read it."""
    columns = ("subject_id", "relation", "object_id", "statement_id", "polarity", "object_as_said")
    links = [dict(zip(columns, link, strict=True)) for link in LINKS]
    tables: Tables = {
        "people": [*PEOPLE],
        "statements": [*STATEMENTS],
        "crossings": [*CROSSINGS],
        "boats": [*BOATS],
        "workplaces": [*WORKPLACES],
        "links": links,
    }
    folder = write(tmp_path_factory.mktemp("hostile") / "case", **tables)
    case = f'it\'s <b>"odd" & ü {uuid.uuid4().hex[:8]}'
    with Service(at_server()) as service:
        everything = {"*": Grant("C", sources=True)}
        accounts.add(service.database, "inv", ["investigator"], everything, PASSWORD)
        accounts.add(service.database, "pam", ["analyst"], {case: Grant("P")})
        accounts.add(service.database, "nobody", ["investigator"], {})
        accounts.add(service.database, "aud", ["auditor"], {})
        accounts.add(service.database, "dis", ["custodian"], everything)
        loaded = session(service, "inv", case).deliveries.load(folder, lambda *_progress: None)
        assert loaded.rejections == []
        yield Site(service, create_app(service), case)
