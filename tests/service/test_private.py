"""Files that the service makes in its home are always its owner's alone, even in a process with an open umask."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.vault import masterkey
from graphsvc.cases.locks import Locks
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.service import Options, Service, command_line
from graphsvc.simulate import simulate

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def others_may(home: Path) -> dict[str, str]:
    """The files of a home that others may access, with their modes."""
    return {
        str(path.relative_to(home)): oct(path.stat().st_mode)
        for path in (home, *home.rglob("*"))
        if path.stat().st_mode & 0o077
    }


def test_nothing_in_a_home_is_open_to_others(settings: Callable[..., Settings], tmp_path: Path) -> None:
    simulate(tmp_path / "delivery", seed=4, people=20)
    home = settings(
        home=tmp_path / "homes" / "home", neo4j_uri="bolt://127.0.0.1:9", neo4j_password="none", database_url=""
    )
    seen: list[dict[str, str]] = []
    with Service(home) as service:
        account = accounts.only_account(service.database, "")
        link = service.sign_in_link(account.name, "testing")
        command_line.command_line_login(service, command_line.token_file(home), "", "", "", link, "testing")

        def look(_progress: Any) -> dict[str, int]:
            seen.append(others_may(home.home))
            return {}

        service.jobs.wait(service.jobs.start(account.name, "dover", "load", look), 60)
        with service.uploads.receiving() as parcel:
            parcel.write(b"x" * 9)
            upload = service.uploads.keep(parcel, account.name, "dover", "case.zip", Options("map.toml", 'title = "m"'))
        with service.uploads.open_upload(upload.id, account.name, "dover"), Locks(home.home).case("dover"):
            seen.append(others_may(home.home))
        with suppress(OperatorError):
            service.session(account, "testing", "dover").deliveries.load(tmp_path / "delivery", lambda *_progress: None)
        masterkey.rotate(home, service.database)
    seen.append(others_may(home.home))
    assert seen == [{}, {}, {}]
