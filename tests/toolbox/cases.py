"""Cases that the tests of a module share as long as no test changes them, and the accounts that use them."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from graphsvc.access.log import audit
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.service import Options, Service, Session, quiet
from graphsvc.service.answers import Loaded
from graphsvc.web import create_app
from tests.toolbox import accounts
from tests.toolbox.accounts import Roles
from tests.toolbox.rows import Tables, write

# Tables of additions, which leave the case itself unchanged.
_KEPT = frozenset(
    {
        "comments",
        "drafts",
        "picture_versions",
        "pictures",
        "reviews",
        "questions",
        "requests",
        "holds",
        "saved_queries",
        "last_looks",
        "reference_series",
    }
)


class Place:
    """A service with one case: `place("low")` is the session of an account there."""

    def __init__(self, service: Service, case: str) -> None:
        self.service, self.case = service, case
        self._begun = 0

    def __call__(self, name: str) -> Session:
        return accounts.session(self.service, name, self.case)

    @cached_property
    def app(self) -> Flask:
        app = create_app(self.service)
        app.testing = True  # an error in a page fails its test
        return app

    def client(self, name: str) -> FlaskClient:
        """Return a browser signed in as an account."""
        return accounts.signed_in(self.app, name)

    def load(self, by: str, delivery: Tables, **options: Any) -> Loaded:
        """Load rows, all of which must be accepted."""
        with tempfile.TemporaryDirectory() as folder:
            loaded = self(by).deliveries.load(write(Path(folder) / "delivery", **delivery), quiet, **options)
        assert loaded.rejections == []
        return loaded

    def begin(self) -> None:
        """Mark the start of another test."""
        self._begun = max((line["id"] for line in audit.lines(self.service.database, newest=1)), default=0)

    def lines(self) -> list[dict[str, Any]]:
        """The acts in the log since the test began, newest first."""
        return [line for line in audit.lines(self.service.database, newest=1000) if line["id"] > self._begun]

    def state(self) -> object:
        """A value that changes whenever the case changes."""
        with transaction(self.service.database) as connection:
            case = sa.select(tables.cases).where(tables.cases.c.id == self.case)
            loaded = sa.select(tables.deliveries.c.number, tables.deliveries.c.status)
            loaded = loaded.where(tables.deliveries.c.case_id == self.case).order_by(tables.deliveries.c.number)
            return list(connection.execute(case)), list(connection.execute(loaded))

    def forget(self) -> None:
        """Remove the additions to the case."""
        with transaction(self.service.database) as connection:
            for table in reversed(tables.metadata.sorted_tables):
                if table.name in _KEPT:
                    connection.execute(table.delete().where(table.c.case_id == self.case))


def send_upload(session: Session, content: bytes, name: str = "case.zip", **options: Any) -> str:
    """Send an upload, and return its key."""
    with session.deliveries.uploads.receiving() as parcel:
        parcel.write(content)
        return session.deliveries.uploads.keep(parcel, name, Options(**options)).id


Lay = Callable[[], AbstractContextManager[Place]]


def new_name() -> str:
    """A case name that no other test uses, as tests share a database."""
    return f"case-{uuid.uuid4().hex[:12]}"


@contextmanager
def open_place(settings: Settings, roles: Roles, by: str, *deliveries: Tables) -> Iterator[Place]:
    """Make a case in a new home with these accounts and deliveries, loaded by one of the accounts."""
    with Service(settings) as service:
        place = Place(service, new_name())
        accounts.add(service, place.case, roles)
        for delivery in deliveries:
            place.load(by, delivery)
        yield place
