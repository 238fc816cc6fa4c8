"""A small case that grows by a delivery of handling code C alone, and its readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.records.properties import P_SUFFIX
from graphsvc.service import Service, Session, quiet
from graphsvc.store.image import Image
from graphsvc.web import create_app
from tests.leaks import homes, pages
from tests.leaks.known import Known
from tests.toolbox import clock
from tests.toolbox.accounts import find_account, signed_in
from tests.toolbox.rows import Tables, statement_claims, write

CASE = "classes"
SEALED, SEALED_NAME = "wit-veronica-abelard", "Veronica Abelard"
HIDDEN, UNKNOWN = "hidden-person-1", "absent-person-1"  # ids of equal length
PEOPLE = {
    "low": (("investigator", "analyst", "disclosure"), {CASE: Grant("P")}),
    "high": (("investigator", "analyst"), {CASE: Grant("C")}),
    "other": (("investigator",), {CASE: Grant("C")}),
    "auditor": (("auditor",), {}),
}


FIRST: Tables = {
    "people": [
        {"id": "boss-1", "name": "Ari Berg", "category": "suspect"},
        {"id": "aide-1", "name": "Bo Quist", "category": "suspect"},
        {"id": "aide-2", "name": "Cas Roe", "category": "suspect"},
        {"id": SEALED, "name": SEALED_NAME, "category": "witness"},
    ],
    "gangs": [{"id": "gang-1", "name": "The Landing"}],
    "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
    "statements": [
        {"id": "report-1", "kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "account-1", "kind": "witness", "handling": "P", "source_id": SEALED},
    ],
    "links": statement_claims(
        "report-1",
        "boss-1 DIRECTED aide-1",
        "boss-1 RUNS gang-1",
        "aide-1 PILOTED crossing-1",
        "boss-1 ORGANISED crossing-1",
        "aide-2 MEMBER_OF gang-1",
        "aide-1 ASSOCIATES_WITH aide-2",
    )
    + statement_claims(
        "account-1", f"boss-1 RECRUITED {SEALED}", f"{SEALED} CROSSED_ON crossing-1", "boss-1 PAID aide-1"
    ),
}
SECOND: Tables = {
    "people": [{"id": HIDDEN, "name": "Dov Hidden", "phones": "+447700900555"}, {"id": "hidden-witness-1"}],
    "crossings": [{"id": "hidden-crossing-1", "date": "2020-06-01"}],
    "boats": [{"id": "hidden-boat-1", "name": "Sea Urchin"}],
    "statements": [
        {"id": "report-c", "kind": "intelligence", "handling": "C", "source_grade": "1", "assessment": "A"},
        {"id": "account-c", "kind": "witness", "handling": "C", "source_id": "hidden-witness-1"},
    ],
    "links": statement_claims(
        "report-c",
        f"{HIDDEN} DIRECTED boss-1",
        f"{HIDDEN} DIRECTED aide-2",
        f"{HIDDEN} X_SHELTERED aide-1",
        "boss-1 DIRECTED aide-2",
        "aide-2 SUPPLIED hidden-boat-1",
        "boss-1 DIRECTED aide-1",
        "hidden-boat-1 USED_ON hidden-crossing-1",
        f"{HIDDEN} ORGANISED hidden-crossing-1",
    )
    + statement_claims("account-c", "boss-1 DIRECTED aide-1", "boss-1 PAID aide-2"),
}
# Everything in the case, and the hidden boat; requested before and after the hidden delivery.
KNOWN = Known(
    CASE,
    ("boss-1", "aide-1", "aide-2", "gang-1", "crossing-1", HIDDEN, "hidden-boat-1"),
    ("report-1", "account-1", "report-c"),
    (("boss-1", "DIRECTED", "aide-1"), ("boss-1", "DIRECTED", "aide-2")),
    ("a", "hid", "+44", "sea"),
)


def at_p(image: Image) -> dict[Any, Any]:
    """Everything in a case that is used for answers at P: element → its properties."""
    nodes = {
        key: properties
        for label in image.nodes
        for key, properties in image.nodes[label].items()
        if properties.get("handling") == "P"
    }
    claims = {key: claim for key, claim in image.claims.items() if str(claim[0]["handling"]).startswith("P")}
    links = {
        link: {name: value for name, value in properties.items() if name.endswith(P_SUFFIX)}
        for link, properties in image.links.items()
    }
    return nodes | claims | {link: values for link, values in links.items() if values}


@dataclass
class Small:
    """The service, and the answers before and after the C delivery: reader → request → answer."""

    service: Service
    before: dict[str, dict[str, str]] = field(default_factory=dict)
    after: dict[str, dict[str, str]] = field(default_factory=dict)

    def session(self, name: str) -> Session:
        """Open a session for one of `PEOPLE`."""
        return self.service.session(find_account(self.service, name), "classes", CASE)

    @cached_property
    def app(self) -> Flask:
        """The pages of the service; forms need no token."""
        app = create_app(self.service)
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False
        return app

    def client(self, name: str) -> FlaskClient:
        """Return a browser signed in as one of `PEOPLE`."""
        client = signed_in(self.app, name, "classes")
        assert client.get("/").status_code == 200  # the first page sets the cookie of its forms
        return client

    def read(self, name: str, turn: int | None = None) -> dict[str, str]:
        """Request every page of the case and its JSON twin, with empty caches; `turn` as in `pages.calls`."""
        self.service.forget()
        client = self.client(name)
        return {
            str(call): pages.ask(client, call).text
            for call in pages.calls(client.application, KNOWN, "GET", turn=turn)
            if call.of_case
        }


@contextmanager
def grown(settings: Settings, folder: Path, *, watched: bool) -> Iterator[Small]:
    """Yield the service with both deliveries loaded; if `watched`, every reader's pages are read after each one."""
    with clock.standing_still(), homes.hasty(Service(settings)) as service:
        for name, (roles, grants) in PEOPLE.items():
            accounts.add(service.database, name, roles, grants)
        result = Small(service)
        for number, (rows, read) in enumerate(((FIRST, result.before), (SECOND, result.after))):
            write(folder / str(number), **rows)
            loaded = result.session("high").deliveries.load(folder / str(number), quiet)
            assert loaded.rejections == []
            if number:  # readers of a part never see decisions made on the whole case
                high = result.session("high")
                high.leads.reviews.add("boss-1", "agree", "on what is hidden")
                high.network.views.save(
                    {"arranged": {HIDDEN: [0, 0], "boss-1": [9, 9]}}, "of what is hidden", shared=True
                )
                high.network.comments.add(["boss-1"], "of what is hidden")
                high.network.comments.add(["boss-1", "DIRECTED", "aide-2"], "of what is hidden")
            else:
                low = result.session("low")
                low.network.views.save(
                    {"arranged": {"boss-1": [0, 0], "aide-1": [9, 9]}}, "of what is open", shared=True
                )
                low.network.comments.add(["boss-1"], "of what is open")
            for name in ("low", "high") if watched else ():
                read[name] = result.read(name)
        yield result
